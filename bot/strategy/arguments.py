"""What stands behind the verb of a view: an item, and perhaps a day."""

import re
from datetime import date
from typing import NamedTuple

from storage.rules.errors import Invalid

_DAY = re.compile(r"(?:^|\s)(?:--|[—–-])?as[- ]of[\s=]+(?P<day>\S+)\s*", re.IGNORECASE)


class View(NamedTuple):
    """The words that name an item, and the day as of which it is wanted; None for now."""

    words: str
    on: date | None = None

    def text(self) -> str:
        """As it could be typed: a button's value is read like a command."""
        return f"{self.words} as of {self.on}".strip() if self.on else self.words


def parse_view(text: str) -> View:
    """Reads `A-1`, `A-1 as of 2026-03-01` and `--as-of 2026-03-01`.

    Raises:
        Invalid: what stands behind "as of" is no day.
    """
    found = _DAY.search(text)
    if found is None:
        return View(" ".join(text.split()))
    try:
        on = date.fromisoformat(found["day"])
    except ValueError:
        raise Invalid(
            f"“{found['day']}” is not a day. Write it like this: as of 2026-03-01.", field="on"
        ) from None
    return View(" ".join(f"{text[: found.start()]} {text[found.end() :]}".split()), on)
