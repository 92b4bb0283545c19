"""How each view of the plan is drawn: facts in, blocks out."""
