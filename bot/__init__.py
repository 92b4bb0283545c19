"""Everything that speaks Slack or runs the process."""
