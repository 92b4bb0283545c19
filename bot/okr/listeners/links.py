"""Slack's own links to messages, made from their parts."""

from bot.asks import Ask


def permalink(ask: Ask, channel_id: str, ts: str) -> str:
    """Where a message stands; empty where Slack did not say by which name the workspace goes."""
    domain = (ask.payload.get("team") or {}).get("domain")
    return f"https://{domain}.slack.com/archives/{channel_id}/p{ts.replace('.', '')}" if domain and ts else ""
