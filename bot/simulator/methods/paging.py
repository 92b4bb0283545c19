"""Cursors."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from bot.simulator.errors import SlackError

from .call import Call

Item = TypeVar("Item")
DEFAULT_LIMIT = 100
MAX_LIMIT = 1_000


def page_of(call: Call, items: Sequence[Item], *, most: int = MAX_LIMIT) -> tuple[list[Item], dict[str, str]]:
    """The page that `cursor` and `limit` ask for, of at most `most`, and its response_metadata.

    Raises SlackError: invalid_cursor, invalid_limit.
    """
    limit = call.number("limit", DEFAULT_LIMIT)
    if not 1 <= limit <= MAX_LIMIT:
        raise SlackError("invalid_limit")
    limit = min(limit, most)
    start = _start(call.text("cursor"))
    end = start + limit
    following = base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
    return list(items[start:end]), {"next_cursor": following}


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise SlackError("invalid_cursor") from None
    if word != "next" or not number.isdigit():
        raise SlackError("invalid_cursor")
    return int(number)
