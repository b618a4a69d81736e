"""``Plan`` → ``Outcome``: the only room that speaks to Stripe."""
