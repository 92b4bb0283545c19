"""Days off as they are typed: what is written is read as the same."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from storage.rules.calendar import (
    DayOfMonth,
    NthWorkingDay,
    ReviewDay,
    keep_review_day,
    parse_review_day,
    write_review_day,
)
from storage.rules.days_off import parse_days_off, write_days_off

TODAY = date(2026, 1, 1)
DAYS = st.dates(TODAY, TODAY + timedelta(days=400))
TITLES = st.sampled_from(["", "Company day", "to 2026-01-01", "- dash", "2026-05-05"])


@given(st.dictionaries(DAYS, TITLES, max_size=40))
def test_written_days_off_are_read_as_the_same(days: dict[date, str]) -> None:
    assert parse_days_off(write_days_off(days), TODAY) == days


@given(
    st.one_of(
        st.integers(1, 20).map(NthWorkingDay),
        st.integers(1, 28).map(DayOfMonth),
    )
)
def test_a_written_day_of_a_review_is_read_as_the_same(day: ReviewDay) -> None:
    assert day == parse_review_day(write_review_day(day)) == parse_review_day(keep_review_day(day))
