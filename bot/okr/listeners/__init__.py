"""What people do about OKRs in Slack, by occasion."""
