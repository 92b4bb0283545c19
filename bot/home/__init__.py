"""The Home tab and the bare `/hoshin`: where a person stands, in one place."""
