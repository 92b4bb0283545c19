"""Following, and the digests of what moved: a person's own, and the organisation's in its channel."""
