"""What blocks stand on: messages, forms and the Home tab, each within its own limits."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar

from bot.answers import Block, Message, View
from bot.blockkit import limits
from bot.blockkit.kit import context, plain
from bot.blockkit.mrkdwn import clamp

T = TypeVar("T")
Rows = Sequence[Sequence[Block]]


def message(text: str, blocks: Sequence[Block] = ()) -> Message:
    """A message within Slack's limits.

    Args:
        text: markup; what notifications and screen readers say, and all there is without blocks.
        blocks: what is drawn; those at the end that do not fit are left out and counted.
    """
    return Message(clamp(text, limits.MESSAGE_TEXT), tuple(fit_message([], [[block] for block in blocks])))


def fit_message(head: Sequence[Block], rows: Rows = (), foot: Sequence[Block] = ()) -> list[Block]:
    """`head`, as many `rows` as a message takes, "and 12 more" for those left out, then `foot`.

    A row is the blocks of one thing, shown together or not at all.
    """
    return _fit(_MESSAGE, head, rows, foot)


def fit_view(head: Sequence[Block], rows: Rows = (), foot: Sequence[Block] = ()) -> list[Block]:
    """As `fit_message`, for a form or the Home tab."""
    return _fit(_VIEW, head, rows, foot)


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    callback_id: str,
    submit: str = "",
    close: str = "Cancel",
    metadata: str = "",
) -> View:
    """A form. The title says what will happen, `submit` is the verb on the button.

    Raises:
        ValueError: inputs without `submit`, which Slack refuses; more blocks than a view takes, since a
            form must not lose its inputs; an id or metadata that is too long.
    """
    if not submit and any(block["type"] == "input" for block in blocks):
        raise ValueError("a form with inputs needs a submit button")
    if len(blocks) > limits.VIEW_BLOCKS:
        raise ValueError(f"{len(blocks)} blocks in a form, Slack takes {limits.VIEW_BLOCKS}: use pages")
    view: View = {
        "type": "modal",
        "title": plain(title, limits.VIEW_TITLE),
        "close": plain(close, limits.VIEW_BUTTON),
        "blocks": list(blocks),
        **_identity(callback_id, metadata),
    }
    return view | {"submit": plain(submit, limits.VIEW_BUTTON)} if submit else view


def home_view(
    head: Sequence[Block],
    rows: Rows = (),
    foot: Sequence[Block] = (),
    *,
    callback_id: str = "home",
    metadata: str = "",
) -> View:
    """The Home tab of one person. Rows that do not fit are left out and counted; where there are none, blocks
    at the end of `head`."""
    return {"type": "home", "blocks": fit_view(head, rows, foot), **_identity(callback_id, metadata)}


def pages(items: Sequence[T], size: int) -> list[Sequence[T]]:
    """`items` in pages of at most `size`; one empty page where there is nothing."""
    return [items[start : start + size] for start in range(0, len(items), size)] or [items]


def and_more(count: int) -> Block:
    """What stands for the rows left out."""
    return context(f"and {count} more")


def _fit(room: "_Room", head: Sequence[Block], rows: Rows, foot: Sequence[Block]) -> list[Block]:
    whole = [*head, *chain.from_iterable(rows), *foot]
    if room.holds(whole):
        return whole
    if not rows:
        head, rows = [], [[block] for block in head]
    shown: list[Block] = []
    for kept, row in enumerate(rows):
        rest = and_more(len(rows) - kept)
        if not room.holds([*head, *shown, *row, rest, *foot]):
            return [*head, *shown, rest, *foot]
        shown += row
    return whole


def _characters(blocks: Sequence[Block]) -> int:
    """Of all texts that are drawn."""
    # Every message is measured, so this goes by type and without a call for each part.
    length = 0
    parts: list[Any] = list(blocks)
    for part in parts:  # which grows by the parts of each
        for key, value in part.items():
            kind = type(value)
            if kind is str:
                if key == "text":
                    length += len(value)
            elif kind is dict:
                parts.append(value)
            elif kind is list:
                parts += value
    return length


def _bytes(blocks: Sequence[Block]) -> int:
    return len(json.dumps(list(blocks)))


@dataclass(frozen=True, slots=True)
class _Room:
    """How much a surface takes."""

    blocks: int
    size: int
    measure: Callable[[Sequence[Block]], int]

    def holds(self, blocks: Sequence[Block]) -> bool:
        return len(blocks) <= self.blocks and self.measure(blocks) <= self.size


_VIEW_ENVELOPE = 10_000
"""Bytes for a view's title, buttons, metadata and what Slack adds to it."""

_MESSAGE = _Room(limits.MESSAGE_BLOCKS, limits.MESSAGE_CHARACTERS, _characters)
_VIEW = _Room(limits.VIEW_BLOCKS, limits.VIEW_BYTES - _VIEW_ENVELOPE, _bytes)


def _identity(callback_id: str, metadata: str) -> dict[str, str]:
    if len(callback_id) > limits.ID or len(metadata) > limits.METADATA:
        raise ValueError("callback_id or private_metadata is too long for Slack")
    return {"callback_id": callback_id, "private_metadata": metadata}
