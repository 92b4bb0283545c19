from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.rules.icalendar import Entry, escape_text, fold, safe_uid, write_calendar

STAMP = datetime(2026, 2, 9, 8, 0, tzinfo=UTC)
REVIEW = Entry(
    uid="monthly-review-2026-01-01@T0001.hoshin",
    starts=datetime(2026, 2, 6, 9, 0, tzinfo=UTC),
    ends=datetime(2026, 2, 6, 10, 0, tzinfo=UTC),
    summary="Monthly review, January 2026",
    description="Red figures, causes; owners\nC:\\plan",
)
SEASON = Entry(
    uid="catchball-2026-04-01@T0001.hoshin",
    starts=date(2026, 3, 11),
    ends=date(2026, 3, 31),
    summary="Catchball",
)


def test_a_calendar_file_as_the_standard_wants_it() -> None:
    written = write_calendar([REVIEW, SEASON], name="Northwind, Service", stamp=STAMP)
    assert written.split("\r\n") == (
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Hoshin//Cadence//EN",
            "CALSCALE:GREGORIAN",
            "METHOD:PUBLISH",
            "X-WR-CALNAME:Northwind\\, Service",
            "BEGIN:VEVENT",
            "UID:monthly-review-2026-01-01@T0001.hoshin",
            "DTSTAMP:20260209T080000Z",
            "DTSTART:20260206T090000Z",
            "DTEND:20260206T100000Z",
            "SUMMARY:Monthly review\\, January 2026",
            "DESCRIPTION:Red figures\\, causes\\; owners\\nC:\\\\plan",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
            "BEGIN:VEVENT",
            "UID:catchball-2026-04-01@T0001.hoshin",
            "DTSTAMP:20260209T080000Z",
            "DTSTART;VALUE=DATE:20260311",
            "DTEND;VALUE=DATE:20260401",
            "SUMMARY:Catchball",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
    )


@pytest.mark.parametrize("text", ["a" * 75, "a" * 76, "ü" * 60, "目" * 90, "🎯" * 40, ""])
def test_a_long_line_is_folded_without_cutting_a_character(text: str) -> None:
    pieces = list(fold(text))
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert all(piece.startswith(" ") for piece in pieces[1:])
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == text


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back_from_a_file_unfolded_and_unescaped(text: str) -> None:
    entry = Entry(uid="one", starts=date(2026, 1, 1), ends=date(2026, 1, 1), summary=text)
    written = write_calendar([entry], name="Plan", stamp=STAMP)
    assert all(len(line.encode()) <= 75 for line in written.split("\r\n"))
    unfolded = written.replace("\r\n ", "")
    (line,) = [line for line in unfolded.split("\r\n") if line.startswith("SUMMARY:")]
    assert line == f"SUMMARY:{escape_text(text)}"
    assert "\n" not in line.replace("\r\n", "")
    assert "\r" not in line


def test_a_uid_holds_nothing_that_programs_stumble_over() -> None:
    assert safe_uid("check in:7@T 1.hoshin") == "check-in-7@T-1.hoshin"
