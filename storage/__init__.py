"""What is true without Slack: the record of the strategy and the rules of the method."""
