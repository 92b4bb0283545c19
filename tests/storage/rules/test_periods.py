from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.rules.periods import (
    GRACE_DAYS,
    due_on,
    is_stale,
    next_period,
    period_start,
    silent_since,
    stale_from,
)
from storage.rules.terms import Frequency

DATES = st.dates(date(1990, 1, 1), date(2100, 1, 1))
FREQUENCIES = st.sampled_from(list(Frequency))
MONTHS = st.integers(1, 12)


@pytest.mark.parametrize(
    ("frequency", "on", "fiscal_start_month", "expected"),
    [
        (Frequency.WEEKLY, date(2026, 11, 1), 1, date(2026, 10, 26)),
        (Frequency.WEEKLY, date(2026, 11, 2), 1, date(2026, 11, 2)),
        (Frequency.MONTHLY, date(2026, 11, 30), 4, date(2026, 11, 1)),
        (Frequency.QUARTERLY, date(2026, 11, 30), 1, date(2026, 10, 1)),
        (Frequency.QUARTERLY, date(2026, 1, 31), 2, date(2025, 11, 1)),
        (Frequency.QUARTERLY, date(2026, 12, 31), 12, date(2026, 12, 1)),
        (Frequency.ANNUAL, date(2026, 11, 30), 1, date(2026, 1, 1)),
        (Frequency.ANNUAL, date(2026, 3, 31), 4, date(2025, 4, 1)),
        (Frequency.ANNUAL, date(2026, 4, 1), 4, date(2026, 4, 1)),
    ],
)
def test_a_period_starts_by_the_fiscal_calendar(
    frequency: Frequency, on: date, fiscal_start_month: int, expected: date
) -> None:
    assert expected == period_start(frequency, on, fiscal_start_month=fiscal_start_month)


@given(FREQUENCIES, DATES, MONTHS)
def test_every_day_lies_in_exactly_one_period(frequency: Frequency, on: date, month: int) -> None:
    start = period_start(frequency, on, fiscal_start_month=month)
    following = next_period(frequency, start)
    assert start <= on < following
    assert following == period_start(frequency, following, fiscal_start_month=month)
    assert start == period_start(frequency, following - timedelta(days=1), fiscal_start_month=month)


@given(FREQUENCIES, DATES, MONTHS)
def test_a_figure_is_due_in_its_week_or_once_its_period_has_ended(
    frequency: Frequency, on: date, month: int
) -> None:
    start = period_start(frequency, on, fiscal_start_month=month)
    due = due_on(frequency, start)
    if frequency is Frequency.WEEKLY:
        assert start + timedelta(days=2) == due
    else:
        assert next_period(frequency, start) == due


@given(FREQUENCIES, DATES)
def test_a_figure_turns_stale_the_day_after_due_date_and_grace_and_stays_so(
    frequency: Frequency, on: date
) -> None:
    last_period_on = period_start(frequency, on)
    last_good_day = due_on(frequency, next_period(frequency, last_period_on)) + timedelta(
        days=GRACE_DAYS[frequency]
    )
    stale = [
        is_stale(
            frequency,
            last_period_on=last_period_on,
            since_on=date(1980, 1, 1),
            today=last_good_day + timedelta(days=days),
        )
        for days in (0, 1, 400)
    ]
    assert stale == [False, True, True]


def test_a_weekly_figure_is_fresh_until_its_week_is_over() -> None:
    monday = date(2026, 11, 2)
    days = [
        is_stale(
            Frequency.WEEKLY,
            last_period_on=monday - timedelta(days=7),
            since_on=monday - timedelta(days=70),
            today=monday + timedelta(days=day),
        )
        for day in range(8)
    ]
    assert days == [False] * 7 + [True]


def test_a_first_figure_is_expected_only_from_the_first_due_date_after_the_start() -> None:
    thursday = date(2026, 11, 5)

    def stale_on(today: date) -> bool:
        return is_stale(Frequency.WEEKLY, last_period_on=None, since_on=thursday, today=today)

    assert not stale_on(date(2026, 11, 9))
    assert not stale_on(date(2026, 11, 15))
    assert stale_on(date(2026, 11, 16))


def test_grace_and_closing_day_can_be_set() -> None:
    monday = date(2026, 11, 2)

    def stale_on(today: date) -> bool:
        return is_stale(
            Frequency.WEEKLY,
            last_period_on=monday - timedelta(days=7),
            since_on=monday,
            today=today,
            grace_days=0,
            closes_weekday=4,
        )

    assert not stale_on(date(2026, 11, 6))
    assert stale_on(date(2026, 11, 7))


def test_a_fiscal_quarter_without_any_figure_is_due_when_it_has_ended() -> None:
    def stale_on(today: date) -> bool:
        return is_stale(
            Frequency.QUARTERLY,
            last_period_on=None,
            since_on=date(2026, 3, 10),
            today=today,
            fiscal_start_month=2,
        )

    assert not stale_on(date(2026, 5, 16))
    assert stale_on(date(2026, 5, 17))


@pytest.mark.parametrize(
    ("active_on", "since_on"),
    [
        (None, date(2026, 1, 1)),
        (date(2025, 12, 20), date(2026, 1, 1)),
        (date(2026, 1, 1), date(2026, 1, 1)),
        (date(2026, 2, 12), date(2026, 2, 12)),
    ],
)
def test_silence_counts_from_the_first_day_or_from_when_it_became_active_later(
    active_on: date | None, since_on: date
) -> None:
    assert silent_since(date(2026, 1, 1), active_on) == since_on


@given(FREQUENCIES, DATES, DATES, MONTHS)
def test_what_becomes_active_has_the_whole_grace_of_a_figure_that_is_still_to_come(
    frequency: Frequency, starts_on: date, active_on: date, month: int
) -> None:
    """Neither a figure that was due before it was active, nor one much later than the first."""
    since_on = silent_since(starts_on, active_on)
    stale_on = stale_from(frequency, last_period_on=None, since_on=since_on, fiscal_start_month=month)
    first = period_start(frequency, since_on, fiscal_start_month=month)
    grace = timedelta(days=GRACE_DAYS[frequency])
    assert stale_on > since_on + grace
    assert stale_on <= due_on(frequency, next_period(frequency, first)) + grace + timedelta(days=1)
