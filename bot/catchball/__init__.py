"""Catchball in Slack: throwing, negotiating in a thread, seeing where each ball lies."""
