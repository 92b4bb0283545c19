"""The only places that select. One file an aggregate; every query keeps to its workspace."""
