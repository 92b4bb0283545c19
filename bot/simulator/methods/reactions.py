"""reactions.add, reactions.remove."""

from __future__ import annotations

import re
from typing import Any

from bot.simulator.errors import SlackError
from bot.simulator.messages import Message
from bot.simulator.rates import TIERS

from .call import Call, Method


def add(call: Call) -> dict[str, Any]:
    message, name = _target(call)
    if not call.workspace.react(message, call.bot, name):
        raise SlackError("already_reacted")
    return {}


def remove(call: Call) -> dict[str, Any]:
    message, name = _target(call)
    if not call.workspace.unreact(message, call.bot, name):
        raise SlackError("no_reaction")
    return {}


def _target(call: Call) -> tuple[Message, str]:
    channel = call.channel()
    if call.bot not in channel.members:
        raise SlackError("not_in_channel")
    if channel.archived:
        raise SlackError("is_archived")
    message = channel.messages.get(call.text("timestamp"))
    if message is None or message.ephemeral_to is not None or message.deleted:
        raise SlackError("message_not_found")
    name = call.text("name").strip(":")
    if not re.fullmatch(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?", name):
        raise SlackError("invalid_name")
    return message, name


TARGET = ("channel", "timestamp", "name")
WRITE = ("reactions:write",)
METHODS = (
    Method("reactions.add", add, TARGET, (), WRITE, TIERS[3]),
    Method("reactions.remove", remove, TARGET, (), WRITE, TIERS[2]),
)
