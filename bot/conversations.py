"""What Slack says of a conversation, asked before anything is posted there."""

from collections.abc import Collection, Sequence

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.asks import ChannelFacts
from bot.followups import fault_of
from bot.installations import SLACK_FAULTS
from storage.rules.errors import Invalid

log = structlog.get_logger()

NOT_THERE = (
    "Hoshin is not in this conversation, so nothing can be posted there. Type `/invite @Hoshin` in it, then "
    "try again, or choose another one."
)
NOT_GRANTED = (
    "This workspace has not let Hoshin open group conversations (the scope mpim:write). Choose a private "
    "channel that Hoshin is in, or ask your Slack administrator to reinstall the app."
)
PAGE = 1000
MOST_IN_GROUP = 8
"""People beside the app, as Slack counts them."""


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
        is_group=bool(channel.get("is_mpim")),
    )


def check_takes_posts(facts: ChannelFacts) -> None:
    """Whether messages can be posted in a channel.

    Raises:
        Invalid: it is archived, or the app is not in it (field "channel").
    """
    if facts.is_archived:
        raise Invalid("This channel is archived. Unarchive it, or choose another one.", field="channel")
    if not facts.is_member:
        raise Invalid(NOT_THERE, field="channel")


async def open_group(client: AsyncWebClient, slack_user_ids: Sequence[str]) -> ChannelFacts:
    """The group conversation of these people and the app: the one that there is, or a new one.

    Raises:
        Invalid: they are too many, or the workspace did not grant this (field "channel").
        SlackApiError: Slack could not be asked.
    """
    if len(slack_user_ids) > MOST_IN_GROUP:
        raise Invalid(
            f"A group conversation takes {MOST_IN_GROUP} people and Hoshin, and this one would have "
            f"{len(slack_user_ids)}. Choose a private channel instead.",
            field="channel",
        )
    try:
        answer = await client.conversations_open(users=",".join(slack_user_ids))
    except SlackApiError as error:
        if fault_of(error) == "missing_scope":
            raise Invalid(NOT_GRANTED, field="channel") from error
        raise
    return ChannelFacts(
        id=answer["channel"]["id"], is_private=True, is_member=True, present=frozenset(slack_user_ids)
    )


async def find_present(
    client: AsyncWebClient, channel_id: str, slack_user_ids: Collection[str]
) -> frozenset[str] | None:
    """Who of these people is in a conversation; None where Slack does not tell."""
    wanted, found, cursor = frozenset(slack_user_ids), frozenset[str](), ""
    try:
        while True:
            answer = await client.conversations_members(channel=channel_id, limit=PAGE, cursor=cursor)
            found |= wanted.intersection(answer["members"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if found == wanted or not cursor:
                return found
    except SLACK_FAULTS as error:
        log.warning("readers_not_listed", fault=fault_of(error))
        return None
