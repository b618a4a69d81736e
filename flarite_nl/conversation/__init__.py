"""A chat: what "it", "those" and "and last month?" mean in the next prompt, and what is said about an answer."""
