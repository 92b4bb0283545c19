"""The calendar: what comes when, for a person and for the plan, in Slack and as a file."""
