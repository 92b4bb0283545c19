"""Slack's date tokens, in the reader's zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.simulator.page import dates

NOW = datetime(2026, 3, 23, 8, 0, tzinfo=UTC)
KOLKATA = ZoneInfo("Asia/Kolkata")
NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{date_num}", "2026-06-02"),
        ("{date_slash}", "02/06/2026"),
        ("{date}", "June 2nd, 2026"),
        ("{date_short}", "Jun 2, 2026"),
        ("{date_long}", "Tuesday, June 2nd, 2026"),
        ("{date_long_full}", "June 2, 2026"),
        ("{date_long_pretty} {time}", "Tuesday, June 2nd, 2026 14:30"),
        ("{time_secs}", "14:30:05"),
        ("{ago}", "In 71 days"),
        ("{nonsense} {time}", "{nonsense} 14:30"),
    ],
)
def test_every_token_is_filled(template: str, expected: str) -> None:
    epoch = int(datetime(2026, 6, 2, 9, 0, 5, tzinfo=UTC).timestamp())

    assert dates.fill(template, epoch, KOLKATA, NOW) == expected


@pytest.mark.parametrize(("days", "word"), [(-1, "Yesterday"), (0, "Today"), (1, "Tomorrow")])
def test_near_days_are_words(days: int, word: str) -> None:
    epoch = int((NOW + timedelta(days=days)).timestamp())

    assert dates.fill("{date_short_pretty}", epoch, KOLKATA, NOW) == word


def test_today_is_the_readers_own_today() -> None:
    late_in_new_york = int(datetime(2026, 3, 23, 3, 0, tzinfo=UTC).timestamp())

    assert dates.fill("{date_pretty}", late_in_new_york, NEW_YORK, NOW) == "Yesterday"
    assert dates.fill("{date_pretty}", late_in_new_york, KOLKATA, NOW) == "Today"


@pytest.mark.parametrize(
    ("day", "written"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (22, "22nd"), (30, "30th")]
)
def test_days_are_counted_in_english(day: int, written: str) -> None:
    epoch = int(datetime(2026, 1, day, 12, tzinfo=UTC).timestamp())

    assert dates.fill("{date}", epoch, ZoneInfo("UTC"), NOW) == f"January {written}, 2026"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (5, "just now"),
        (60, "1 minute ago"),
        (7200, "2 hours ago"),
        (86400, "1 day ago"),
        (-7200, "in 2 hours"),
    ],
)
def test_a_gap_is_told_in_words(seconds: int, words: str) -> None:
    assert dates.gap(NOW - timedelta(seconds=seconds), NOW) == words


def test_a_day_of_another_year_names_it() -> None:
    assert dates.day_heading(datetime(2025, 12, 30, tzinfo=UTC), NOW) == "Tuesday, December 30th, 2025"
    assert dates.day_heading(datetime(2026, 3, 2, tzinfo=UTC), NOW) == "Monday, March 2nd"
