"""What looks alike for many people, drawn once as the JSON that is sent, and filled in for each of them.

A round of asking sends thousands of messages, most of which are the same menus and buttons with another row's
number in them: to draw, measure and write them out each time took longer than to put them in.
"""

from collections.abc import Sequence
from typing import Any

from pydantic_core import to_json

from bot.answers import Block
from bot.blockkit import limits
from bot.blockkit.mrkdwn import clamp

STAND_IN = 9_007_199_254_740_993
"""Drawn in the place of a row's number; no row's is as large."""

WORDS = "\N{REPLACEMENT CHARACTER}"
"""Drawn in the place of the markup."""


_NUMBER_HOLE, _WORDS_HOLE = str(STAND_IN), f'"{WORDS}"'


class Stencil:
    """A block with the `STAND_IN` for a number, the `WORDS` for markup, or both."""

    def __init__(self, drawn: Block) -> None:
        self._written = written(drawn)

    def fill(self, markup: str | None = None, number: int = 0) -> str:
        """The block as JSON."""
        numbered = self._written.replace(_NUMBER_HOLE, str(number))
        if markup is None:
            return numbered
        return numbered.replace(_WORDS_HOLE, written(clamp(markup, limits.TEXT)))


def written(drawn: Any) -> str:
    """Anything drawn, as JSON."""
    return to_json(drawn).decode()


def written_message(text: str, blocks: Sequence[str]) -> str | None:
    """A message's payload as JSON, of blocks that are written out; None where they may be more than Slack
    takes, which is for `surfaces.fit_message` to measure."""
    payload = f'{{"text":{written(text)},"blocks":[{",".join(blocks)}]}}'
    # All that is drawn is part of it, so it is longer than what is counted.
    fits = len(blocks) <= limits.MESSAGE_BLOCKS and len(payload) <= limits.MESSAGE_CHARACTERS
    return payload if fits else None
