"""People's own time: when they work, when they are away, what they want to be told."""
