"""The days on which everyone of an organisation is off, as people type and read them: one line each."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from storage.rules.errors import Invalid

LONGEST_TITLE = 120
LONGEST_SPAN = 62
"""Days that one line may name: a long shutdown, and no mistyped year."""

_FIELD = "days_off"
_DAY = timedelta(days=1)
_RANGE = re.compile(r"(?:to|until|–|-)\s*\d")
_LINE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s*(?:to|until|–|-)\s*(\d{4}-\d{2}-\d{2}))?(?:[\s,:]+(.*))?")


def parse_days_off(text: str, today: date) -> dict[date, str]:
    """Every day by its title, which may be empty: `2026-12-24 Company day`, `2026-12-28 to 2026-12-31`.

    Raises:
        Invalid: a line that is no day, a day that does not exist or is over, a day that comes twice (field
            "days_off").
    """
    found: dict[date, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        first, last, title = _read_line(line)
        if last < first:
            raise Invalid(f"{first} to {last} ends before it starts. Swap the two days.", field=_FIELD)
        if (last - first).days >= LONGEST_SPAN:
            raise Invalid(
                f"{first} to {last} is longer than {LONGEST_SPAN} days. Check the years, or use two lines.",
                field=_FIELD,
            )
        if first < today:
            raise Invalid(f"{first} is over. Give days from today on, or remove the line.", field=_FIELD)
        for on in _days(first, last):
            if on in found:
                raise Invalid(f"{on} stands there twice. Remove one of the lines.", field=_FIELD)
            found[on] = title
    return found


def write_days_off(days: Mapping[date, str]) -> str:
    """The lines that `parse_days_off` reads as these days; days in a row with one title share a line."""
    lines: list[tuple[date, date, str]] = []
    for on, title in sorted(days.items()):
        if lines and lines[-1][1] + _DAY == on and lines[-1][2] == title and _fits(lines[-1][0], on):
            lines[-1] = (lines[-1][0], on, title)
        else:
            lines.append((on, on, title))
    return "\n".join(_line(*line) for line in lines)


def read_title(text: str) -> str:
    """Raises Invalid where it is too long (field "days_off")."""
    title = " ".join(text.split())
    if len(title) > LONGEST_TITLE:
        raise Invalid(
            f"“{title[:40]}…” has {len(title)} characters; at most {LONGEST_TITLE} fit. Shorten it.",
            field=_FIELD,
        )
    return title


def _read_line(line: str) -> tuple[date, date, str]:
    found = _LINE.fullmatch(line)
    if found is None:
        raise Invalid(
            f"“{line[:40]}” begins with no day. Write one a line, such as 2026-12-24 Company day, or "
            "2026-12-28 to 2026-12-31 Winter break.",
            field=_FIELD,
        )
    first = _read_day(found[1])
    return first, _read_day(found[2]) if found[2] else first, read_title(found[3] or "")


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"{text} is not a day of the calendar. Correct it.", field=_FIELD) from None


def _line(first: date, last: date, title: str) -> str:
    days = f"{first}" if first == last else f"{first} to {last}"
    # Behind a colon nothing is taken for a last day.
    return f"{days}: {title}" if _RANGE.match(title) else f"{days} {title}".strip()


def _fits(first: date, last: date) -> bool:
    return (last - first).days < LONGEST_SPAN


def _days(first: date, last: date) -> Iterator[date]:
    return (first + _DAY * number for number in range((last - first).days + 1))
