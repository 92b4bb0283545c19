"""Where the buttons of the clock's bar lead."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.simulator.page import clock_jumps

from .showcase import HandClock

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("local", "monday"),
    [
        ("2026-03-23T08:59", "2026-03-23T09:00"),
        ("2026-03-23T09:00", "2026-03-30T09:00"),
        ("2026-03-25T12:00", "2026-03-30T09:00"),
        ("2026-03-29T23:59", "2026-03-30T09:00"),
    ],
)
def test_next_monday_is_the_first_one_to_come(local: str, monday: str) -> None:
    now = datetime.fromisoformat(local).replace(tzinfo=BERLIN)

    assert clock_jumps.next_monday(now) == datetime.fromisoformat(monday).replace(tzinfo=BERLIN)


async def test_a_day_later_is_the_same_time_of_day_when_the_clocks_change() -> None:
    clock = HandClock(datetime(2026, 3, 28, 8, 0, tzinfo=UTC))  # the night before summer time

    later = await clock_jumps.target_of("day", clock, BERLIN)

    assert later is not None
    assert later.astimezone(BERLIN).isoformat() == "2026-03-29T09:00:00+02:00"


async def test_an_hour_later_is_an_hour_later() -> None:
    clock = HandClock()

    assert await clock_jumps.target_of("hour", clock, BERLIN) == clock.now() + timedelta(hours=1)


async def test_without_a_prompt_to_come_there_is_nowhere_to_go() -> None:
    assert await clock_jumps.target_of("next-prompt", HandClock(), BERLIN) is None


async def test_another_button_is_not_there() -> None:
    with pytest.raises(LookupError):
        await clock_jumps.target_of("next-year", HandClock(), BERLIN)
