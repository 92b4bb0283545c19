"""A calendar file as RFC 5545 wants it, exactly: every calendar program reads it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

PRODUCT = "-//Hoshin//Cadence//EN"
LINE_OCTETS = 75
"""Octets of a line without its end; a longer one is folded (RFC 5545, 3.1)."""

_LINE_END = "\r\n"
# Text may hold no control characters but the line end, which is escaped (RFC 5545, 3.3.11).
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_UID_UNSAFE = re.compile(r"[^A-Za-z0-9.@-]+")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event. `starts` and `ends` are two dates, both included, or two instants.

    `uid` names it in the world for ever: the same event written again takes the older one's place.
    """

    uid: str
    starts: date | datetime
    ends: date | datetime
    summary: str
    description: str = ""


def write_calendar(entries: Iterable[Entry], *, name: str, stamp: datetime) -> str:
    """The file's text, with CRLF line ends.

    Args:
        name: what calendar programs call it.
        stamp: when it was written (aware).
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escape_text(name)}",
    ]
    for entry in entries:
        lines += _event(entry, stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{piece}{_LINE_END}" for line in lines for piece in fold(line))


def escape_text(text: str) -> str:
    """A value of type TEXT: backslash, semicolon, comma and line ends escaped, other controls left out."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    clean = _CONTROL.sub("", unified)
    escaped = clean.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\n", "\\n")


def fold(line: str) -> Iterator[str]:
    """A content line in pieces of at most 75 octets; every piece but the first begins with a space.

    No character is cut in two, however many octets it has.
    """
    piece, room = "", LINE_OCTETS
    for character in line:
        octets = len(character.encode())
        if octets > room:
            yield piece
            piece, room = " ", LINE_OCTETS - 1
        piece += character
        room -= octets
    yield piece


def safe_uid(text: str) -> str:
    """The text with everything that a UID had better not hold turned into hyphens."""
    return _UID_UNSAFE.sub("-", text)


def _event(entry: Entry, stamp: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{safe_uid(entry.uid)}"
    yield f"DTSTAMP:{_instant(stamp)}"
    if isinstance(entry.starts, datetime) and isinstance(entry.ends, datetime):
        yield f"DTSTART:{_instant(entry.starts)}"
        yield f"DTEND:{_instant(entry.ends)}"
    else:
        # The end of whole days is the day after (RFC 5545, 3.6.1).
        yield f"DTSTART;VALUE=DATE:{entry.starts:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{entry.ends + _DAY:%Y%m%d}"
    yield f"SUMMARY:{escape_text(entry.summary)}"
    if entry.description:
        yield f"DESCRIPTION:{escape_text(entry.description)}"
    # Nobody is busy because of it: people enter the meetings themselves.
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _instant(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"
