"""The HTTP side: Slack's endpoint, and what operators and their tools ask."""
