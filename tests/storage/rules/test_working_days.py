from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.rules.errors import Invalid
from storage.rules.working_days import WorkDays, add_months

NEW_YEAR = WorkDays(days_off=frozenset({date(2026, 1, 1), date(2026, 1, 6)}))
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
WEEKS = st.builds(
    WorkDays,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.frozensets(st.dates(date(2024, 1, 1), date(2027, 12, 31)), max_size=30),
)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(1, date(2026, 1, 2)), (2, date(2026, 1, 5)), (3, date(2026, 1, 7)), (5, date(2026, 1, 9))],
)
def test_the_nth_working_day_passes_over_weekends_and_days_off(number: int, expected: date) -> None:
    assert NEW_YEAR.nth_of_month(date(2026, 1, 1), number) == expected


def test_a_month_with_fewer_working_days_ends_with_its_last_one() -> None:
    mondays = WorkDays(frozenset({0}))
    assert mondays.nth_of_month(date(2026, 2, 1), 9) == date(2026, 2, 23)


def test_a_month_without_a_working_day_gives_way_to_the_next_one() -> None:
    shut = WorkDays(days_off=frozenset(date(2026, 8, 1) + timedelta(days=day) for day in range(31)))
    assert shut.nth_of_month(date(2026, 8, 1), 5) == date(2026, 9, 1)


def test_days_before_and_after_count_working_days_only() -> None:
    assert NEW_YEAR.before(date(2026, 1, 7), 1) == date(2026, 1, 5)
    assert NEW_YEAR.before(date(2026, 1, 7), 2) == date(2026, 1, 2)
    assert NEW_YEAR.before(date(2026, 1, 7), 3) == date(2025, 12, 31)
    assert NEW_YEAR.after(date(2025, 12, 31), 1) == date(2026, 1, 2)


def test_who_is_off_for_ever_still_gets_an_answer() -> None:
    off = WorkDays(
        frozenset({0}), frozenset(date(2026, 1, 5) + timedelta(weeks=week) for week in range(-200, 200))
    )
    assert off.on_or_after(date(2026, 1, 5)) == date(2026, 1, 5)
    assert off.before(date(2027, 1, 1), 3) == date(2026, 12, 29)
    assert off.after(date(2027, 1, 1), 3) == date(2027, 1, 4)


@pytest.mark.parametrize(
    ("weekdays", "sentence"),
    [(frozenset(), "No work days are chosen"), (frozenset({7}), "from 0 for Monday to 6 for Sunday")],
)
def test_a_work_week_without_days_is_refused(weekdays: frozenset[int], sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence) as refused:
        WorkDays(weekdays)
    assert refused.value.field == "work_days"


@given(WEEKS, DAYS, st.integers(1, 30))
def test_going_back_and_forth_ends_on_a_working_day_that_is_not_further(
    days: WorkDays, on: date, count: int
) -> None:
    there = days.before(on, count)
    if there in days:
        assert there < on
        assert days.after(there, count) >= on or on not in days


@given(DAYS, st.integers(-60, 60))
def test_adding_months_and_taking_them_away_comes_back(on: date, months: int) -> None:
    assert add_months(add_months(on, months), -months) == on.replace(day=1)
