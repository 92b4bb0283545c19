"""What the Events API tells an app, one function a kind of event.

A `Happening` carries the event as Slack words it and the name under which an app subscribes to
it, which for messages differs from the event's own type (`message.im` is a `message`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .mentions import mentions_in
from .rendering import message_as_slack

if TYPE_CHECKING:
    from .channels import Channel
    from .messages import Message
    from .people import User
    from .workspace import Workspace

CHANNEL_TYPES = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}
SUBSCRIPTIONS = {
    "public": "message.channels",
    "private": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}

SCOPES: dict[str, frozenset[str]] = {
    # Any one of these lets the event through; none named: no scope is needed.
    "app_home_opened": frozenset(),
    "app_mention": frozenset({"app_mentions:read"}),
    "app_uninstalled": frozenset(),
    "channel_archive": frozenset({"channels:read"}),
    "channel_rename": frozenset({"channels:read"}),
    "channel_unarchive": frozenset({"channels:read"}),
    "dnd_updated_user": frozenset({"dnd:read"}),
    "group_archive": frozenset({"groups:read"}),
    "group_rename": frozenset({"groups:read"}),
    "group_unarchive": frozenset({"groups:read"}),
    "member_joined_channel": frozenset({"channels:read", "groups:read"}),
    "member_left_channel": frozenset({"channels:read", "groups:read"}),
    "message.channels": frozenset({"channels:history"}),
    "message.groups": frozenset({"groups:history"}),
    "message.im": frozenset({"im:history"}),
    "message.mpim": frozenset({"mpim:history"}),
    "reaction_added": frozenset({"reactions:read"}),
    "reaction_removed": frozenset({"reactions:read"}),
    "team_join": frozenset({"users:read"}),
    "tokens_revoked": frozenset(),
    "user_change": frozenset({"users:read"}),
}


@dataclass(frozen=True, slots=True)
class Happening:
    """`channel_id` set: told only to apps that are members of that conversation."""

    subscription: str
    event: dict[str, Any]
    channel_id: str | None = None
    bot_user_id: str | None = None
    """Set where the event concerns one bot: mentions of it."""


def app_home_opened(
    workspace: Workspace, user_id: str, channel_id: str, view: dict[str, Any] | None, tab: str
) -> Happening:
    event: dict[str, Any] = {
        "type": "app_home_opened",
        "user": user_id,
        "channel": channel_id,
        "tab": tab,
        "event_ts": _event_ts(workspace),
    }
    if view is not None and tab == "home":
        event["view"] = view
    return Happening("app_home_opened", event)


def app_uninstalled() -> Happening:
    return Happening("app_uninstalled", {"type": "app_uninstalled"})


def tokens_revoked(bot_user_id: str) -> Happening:
    tokens = {"oauth": [], "bot": [bot_user_id]}
    return Happening("tokens_revoked", {"type": "tokens_revoked", "tokens": tokens})


def team_join(workspace: Workspace, user: User) -> Happening:
    return _about_user(workspace, "team_join", user)


def user_change(workspace: Workspace, user: User) -> Happening:
    return _about_user(workspace, "user_change", user)


def dnd_updated_user(workspace: Workspace, user: User) -> Happening:
    event = {
        "type": "dnd_updated_user",
        "user": user.id,
        "dnd_status": user.dnd_status(workspace.now()),
        "event_ts": _event_ts(workspace),
    }
    return Happening("dnd_updated_user", event)


def channel_rename(workspace: Workspace, channel: Channel) -> Happening:
    kind = _channel_event(channel, "rename")
    event = {
        "type": kind,
        "channel": {
            "id": channel.id,
            "name": channel.name,
            "name_normalized": channel.name,
            "created": channel.created,
            "is_channel": channel.kind == "public",
            "is_mpim": channel.kind == "mpim",
        },
        "event_ts": _event_ts(workspace),
    }
    return Happening(kind, event, _only_members(channel))


def channel_archive(workspace: Workspace, channel: Channel, by: str) -> Happening:
    return _archiving(workspace, channel, by, "archive")


def channel_unarchive(workspace: Workspace, channel: Channel, by: str) -> Happening:
    return _archiving(workspace, channel, by, "unarchive")


def member_joined_channel(
    workspace: Workspace, channel: Channel, user_id: str, inviter: str | None
) -> Happening:
    happening = _membership(workspace, "member_joined_channel", channel, user_id)
    if inviter is not None:
        happening.event["inviter"] = inviter
    return happening


def member_left_channel(workspace: Workspace, channel: Channel, user_id: str) -> Happening:
    return _membership(workspace, "member_left_channel", channel, user_id)


def reaction(workspace: Workspace, kind: str, message: Message, user_id: str, emoji: str) -> Happening:
    event = {
        "type": kind,
        "user": user_id,
        "reaction": emoji,
        "item_user": message.user,
        "item": {"type": "message", "channel": message.channel, "ts": message.ts},
        "event_ts": _event_ts(workspace),
    }
    return Happening(kind, event, message.channel)


def message_posted(workspace: Workspace, channel: Channel, message: Message) -> Iterator[Happening]:
    """The message itself, and one app_mention for each bot that it names."""
    body = message_as_slack(workspace, message) | {
        "channel": channel.id,
        "event_ts": message.ts,
    }
    yield Happening(
        SUBSCRIPTIONS[channel.kind], body | {"channel_type": CHANNEL_TYPES[channel.kind]}, channel.id
    )
    yield from _mentions(workspace, channel, message, body)


def message_changed(workspace: Workspace, channel: Channel, message: Message) -> Iterator[Happening]:
    """The change, and once more an app_mention for each bot that an edited message names: Slack marks it by
    `edited` and gives it an event id of its own."""
    body = message_as_slack(workspace, message)
    yield _hidden(workspace, channel, "message_changed", message=body)
    if message.edited_ts is not None:
        once_more = body | {"channel": channel.id, "event_ts": _event_ts(workspace)}
        yield from _mentions(workspace, channel, message, once_more)


def _mentions(
    workspace: Workspace, channel: Channel, message: Message, body: dict[str, Any]
) -> Iterator[Happening]:
    if channel.kind == "im":
        return  # a mention in a direct message is only a message
    for user_id in sorted(mentions_in(message.text, message.blocks).users):
        named = workspace.users.get(user_id)
        if named is not None and named.is_bot and user_id != message.user:
            yield Happening("app_mention", body | {"type": "app_mention"}, channel.id, user_id)


def message_deleted(workspace: Workspace, channel: Channel, message: Message) -> Happening:
    return _hidden(workspace, channel, "message_deleted", deleted_ts=message.ts)


def _hidden(workspace: Workspace, channel: Channel, subtype: str, **fields: Any) -> Happening:
    event = {
        "type": "message",
        "subtype": subtype,
        "hidden": True,
        "channel": channel.id,
        "channel_type": CHANNEL_TYPES[channel.kind],
        "ts": _event_ts(workspace),
        "event_ts": _event_ts(workspace),
        **fields,
    }
    return Happening(SUBSCRIPTIONS[channel.kind], event, channel.id)


def _about_user(workspace: Workspace, kind: str, user: User) -> Happening:
    shape = user.as_slack(workspace.now(), seen_from=workspace.team_id, with_email=True)
    event: dict[str, Any] = {"type": kind, "user": shape, "event_ts": _event_ts(workspace)}
    if kind == "user_change":
        event["cache_ts"] = user.updated
    return Happening(kind, event)


def _archiving(workspace: Workspace, channel: Channel, by: str, verb: str) -> Happening:
    kind = _channel_event(channel, verb)
    event = {
        "type": kind,
        "channel": channel.id,
        "user": by,
        "is_moved": 0,
        "event_ts": _event_ts(workspace),
    }
    return Happening(kind, event, _only_members(channel))


def _membership(workspace: Workspace, kind: str, channel: Channel, user_id: str) -> Happening:
    event = {
        "type": kind,
        "user": user_id,
        "channel": channel.id,
        "channel_type": "C" if channel.kind == "public" else "G",
        "team": workspace.team_id,
        "event_ts": _event_ts(workspace),
    }
    return Happening(kind, event, channel.id)


def _channel_event(channel: Channel, verb: str) -> str:
    return f"{'channel' if channel.kind == 'public' else 'group'}_{verb}"


def _only_members(channel: Channel) -> str | None:
    """Everybody hears of public channels, members alone of private ones."""
    return None if channel.kind == "public" else channel.id


def _event_ts(workspace: Workspace) -> str:
    return f"{workspace.now().timestamp():.6f}"
