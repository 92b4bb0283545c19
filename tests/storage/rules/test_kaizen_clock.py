from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.rules.cadence import DateRange, WorkPattern, local_date
from storage.rules.kaizen_clock import first_response_due, follow_ups, working_days_waited

MADRID = WorkPattern("Europe/Madrid")
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - zones are added


@pytest.mark.parametrize(
    ("submitted", "due"),
    [
        ("2026-02-09T09:30+01:00", "2026-02-12T09:30+01:00"),
        ("2026-02-12T16:00+01:00", "2026-02-17T16:00+01:00"),
        ("2026-02-14T23:00+01:00", "2026-02-19T09:00+01:00"),
        # Over the change to summer time the wall clock counts.
        ("2026-03-27T10:00+01:00", "2026-04-01T10:00+02:00"),
    ],
)
def test_the_first_response_is_due_after_three_working_days(submitted: str, due: str) -> None:
    found = first_response_due(datetime.fromisoformat(submitted), MADRID)
    assert datetime.fromisoformat(due) == found


def test_days_off_do_not_count() -> None:
    away = WorkPattern("UTC", absences=(DateRange(date(2026, 2, 10), date(2026, 2, 11)),))
    assert first_response_due(datetime(2026, 2, 9, 12, tzinfo=UTC), away) == datetime(
        2026, 2, 16, 12, tzinfo=UTC
    )


@given(
    INSTANTS,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Apia", "America/Sao_Paulo"]),
    st.integers(1, 10),
)
def test_the_due_day_is_a_working_day_and_so_many_lie_behind_it(
    at: datetime, days: frozenset[int], zone: str, allowed: int
) -> None:
    pattern = WorkPattern(zone, days, time(9))
    due = first_response_due(at, pattern, allowed)
    assert due > at
    assert local_date(due, zone).weekday() in days
    waited = working_days_waited(at, due, pattern)
    assert waited == allowed + (not pattern.works(local_date(at, zone)))


def test_waiting_is_counted_in_working_days() -> None:
    friday = datetime(2026, 2, 13, 9, tzinfo=UTC)
    assert working_days_waited(friday, friday + timedelta(days=3), WorkPattern("UTC")) == 1
    assert working_days_waited(friday, friday, WorkPattern("UTC")) == 0


def test_a_result_is_looked_at_after_30_60_and_90_days() -> None:
    assert follow_ups(date(2026, 2, 9)) == [date(2026, 3, 11), date(2026, 4, 10), date(2026, 5, 10)]
