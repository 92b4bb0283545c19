"""A message without what its reader may not see any more, whatever kind of message it is.

Messages are drawn from the record and wait to be sent; what is restricted meanwhile is taken out of them as
they stand. A block that names it goes whole, since what stands beside a name is mostly about it; of a list
only its lines.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.blockkit.mrkdwn import escape

LEFT_OUT = "Something here is for fewer eyes now, and was left out."
_SHORTEST, _LONGEST = 6, 60
_LISTED = "•"


def pattern_of(references: Iterable[str], titles: Iterable[str]) -> re.Pattern[str]:
    """Finds items by their references, and by their titles where these are no single short word."""
    parts = [rf"(?<![\w-]){re.escape(one)}(?!\d)" for one in references]
    for title in titles:
        words = title.strip()
        if len(words) >= _SHORTEST:
            parts += {re.escape(form[:_LONGEST]) for form in (words, escape(words))}
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)


def without(payload: Mapping[str, Any], closed: re.Pattern[str]) -> dict[str, Any] | None:
    """The message without what is closed; None where nothing is left of it."""
    blocks = payload.get("blocks") or ()
    kept = [block for block in (_without(block, closed) for block in blocks) if block is not None]
    if blocks and not any(block.get("type") not in {"actions", "divider"} for block in kept):
        return None
    text = str(payload.get("text") or "")
    if closed.search(text):
        if not kept:
            return None
        text = LEFT_OUT
    return {**payload, "text": text, "blocks": kept} if blocks else {**payload, "text": text}


def names(value: Any, closed: re.Pattern[str]) -> bool:
    """Whether any text in it names what is closed."""
    if isinstance(value, str):
        return closed.search(value) is not None
    if isinstance(value, Mapping):
        return any(names(one, closed) for one in value.values())
    return isinstance(value, Sequence) and any(names(one, closed) for one in value)


def _without(block: Mapping[str, Any], closed: re.Pattern[str]) -> dict[str, Any] | None:
    if not names(block, closed):
        return dict(block)
    text = block.get("text")
    rest = {key: value for key, value in block.items() if key != "text"}
    if not isinstance(text, Mapping) or names(rest, closed):
        return None
    head, *lines = str(text.get("text", "")).split("\n")
    is_list = lines and all(line.startswith(_LISTED) for line in lines)
    kept = [line for line in lines if not closed.search(line)]
    if not is_list or not kept or closed.search(head):
        return None
    return {**rest, "text": {**text, "text": "\n".join([head, *kept])}}
