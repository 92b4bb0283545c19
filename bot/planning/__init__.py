"""Making and changing the plan in forms: set-up, items, steps, marks, teams and roles."""
