"""Composition objects: texts, options, confirmations and the like.

Limits: docs.slack.dev/reference/block-kit/composition-objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .schema import (
    Boolean,
    ByType,
    Choice,
    Findings,
    Items,
    Object,
    String,
    Url,
    at_least_one_of,
    exactly_one_of,
)

TYPE = String(max=60, min=1)
ACTION_ID = String(max=255, min=1)


def plain(limit: int) -> ByType:
    """Where only plain_text is taken."""
    return ByType({"plain_text": _plain_text(limit)})


def text(limit: int) -> ByType:
    """plain_text or mrkdwn."""
    mrkdwn = Object({"type": TYPE, "text": String(max=limit, min=1)}, {"verbatim": Boolean()})
    return ByType({"plain_text": _plain_text(limit), "mrkdwn": mrkdwn})


def _plain_text(limit: int) -> Object:
    return Object({"type": TYPE, "text": String(max=limit, min=1)}, {"emoji": Boolean()})


CONFIRM = Object(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": Choice(("primary", "danger"))},
)
DISPATCH_ACTION_CONFIG = Object(
    {},
    {"trigger_actions_on": Items(Choice(("on_enter_pressed", "on_character_entered")), max=2)},
)
CONVERSATION_FILTER = Object(
    {},
    {
        "include": Items(Choice(("im", "mpim", "private", "public")), max=4),
        "exclude_external_shared_channels": Boolean(),
        "exclude_bot_users": Boolean(),
    },
    (at_least_one_of("include", "exclude_external_shared_channels", "exclude_bot_users"),),
)
SLACK_FILE = Object({}, {"id": String(min=1), "url": Url()}, (exactly_one_of("id", "url"),))

PLAIN_OPTION = Object({"text": plain(75), "value": String(max=150, min=1)}, {"description": plain(75)})
OVERFLOW_OPTION = Object(
    {"text": plain(75), "value": String(max=150, min=1)},
    {"description": plain(75), "url": Url()},
)
MARKED_OPTION = Object({"text": text(75), "value": String(max=150, min=1)}, {"description": text(75)})
OPTION_GROUP = Object({"label": plain(75), "options": Items(PLAIN_OPTION, max=100)})


def distinct_values(value: Mapping[str, Any], path: str, findings: Findings) -> None:
    """Two options of one element cannot carry the same value."""
    options = list(value.get("options") or ())
    for group in value.get("option_groups") or ():
        options += group.get("options", ())
    values = [each.get("value") for each in options if isinstance(each, Mapping)]
    if len(values) != len(set(map(str, values))):
        findings.add("option values must be unique", f"{path}/options")
