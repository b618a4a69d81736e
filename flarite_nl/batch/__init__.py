"""Many prompts in, one result a line out, in the order of the input; one bad line stops nothing else."""
