"""The 5 Whys of an idea that starts from a problem: an ordered chain, down to what can be changed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storage.rules.errors import Invalid, InvalidFields

LEAST, MOST = 3, 5
_WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^>]*)?>")


@dataclass(frozen=True, slots=True)
class Whys:
    """The chain, and a warning where it ends at a person."""

    chain: tuple[str, ...]
    warning: str = ""


def field_of(number: int) -> str:
    """The input's name of the why with that number, from 1."""
    return f"why{number}"


def read_whys(texts: Sequence[str], names: Iterable[str] = ()) -> Whys:
    """Reads up to five answers to "why?", each of which explains the one before; all empty is no chain.

    Args:
        names: of the people of the workspace.

    Raises:
        InvalidFields: one in between is empty.
        Invalid: there are too few.
    """
    given = [text.strip() for text in texts[:MOST]]
    while given and not given[-1]:
        given.pop()
    if not given:
        return Whys(())
    gaps = [number for number, text in enumerate(given, 1) if not text]
    if gaps:
        raise InvalidFields(
            {
                field_of(gap): "Each why explains the one before it, so none in between stays empty."
                for gap in gaps
            }
        )
    if len(given) < LEAST:
        raise Invalid(
            f"The chain stops after {len(given)}. Ask “why?” again: the causes that can be changed lie "
            f"{LEAST} to {MOST} steps down. Or leave all of it empty.",
            field=field_of(len(given) + 1),
        )
    return Whys(tuple(given), _warning(given[-1], names))


def _warning(last: str, names: Iterable[str]) -> str:
    named = find_person_in(last, names)
    if named is None:
        return ""
    return (
        f"The chain ends with a person ({named}). Ask once more: what in the way the work is set up let that "
        "happen to whoever was there?"
    )


def find_person_in(text: str, names: Iterable[str]) -> str | None:
    """The person that a text speaks of: a mention, a whole name, or a first name with its capital."""
    mention = _MENTION.search(text)
    if mention is not None:
        return "a mention"
    folded = text.casefold()
    words = set(_WORDS.findall(text))
    for name in names:
        parts = name.split()
        if not parts:
            continue
        if len(parts) > 1 and name.casefold() in folded:
            return name
        if parts[0][:1].isupper() and parts[0] in words:
            return parts[0]
    return None
