"""What Slack says of a conversation, asked before anything is posted there."""

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.asks import ChannelFacts
from bot.followups import fault_of
from storage.rules.errors import Invalid

NOT_THERE = (
    "Hoshin is not in this conversation, so nothing can be posted there. Type `/invite @Hoshin` in it, then "
    "try again, or choose another one."
)


async def look_at(client: AsyncWebClient, channel_id: str) -> ChannelFacts:
    """Asks Slack.

    Raises:
        Invalid: the app is not in it, or may not know of it (field "channel").
        SlackApiError: Slack could not be asked.
    """
    try:
        answer = await client.conversations_info(channel=channel_id)
    except SlackApiError as error:
        if fault_of(error) in {"channel_not_found", "missing_scope", "not_in_channel"}:
            raise Invalid(NOT_THERE, field="channel") from error
        raise
    channel = answer["channel"]
    is_direct = bool(channel.get("is_im"))
    return ChannelFacts(
        id=channel["id"],
        is_private=bool(channel.get("is_private") or channel.get("is_mpim") or is_direct),
        is_member=bool(channel.get("is_member") or channel.get("is_mpim") or is_direct),
        is_archived=bool(channel.get("is_archived")),
        is_direct=is_direct,
    )
