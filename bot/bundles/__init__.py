"""Plan files in Slack: the plan dropped into a form, and taken out to one's direct messages."""
