from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storage.rules.cadence import WeeklyRhythm, Window, WorkPattern, weekly_window
from storage.rules.calendar import (
    CalendarRules,
    DayOfMonth,
    Event,
    NthWorkingDay,
    Occasion,
    ReviewDay,
    annual_review,
    catchball_season,
    grading,
    list_events,
    monthly_prework,
    monthly_review,
    planning_season,
    quarterly_review,
)
from storage.rules.errors import Invalid
from storage.rules.working_days import WorkDays, add_months

ZONES = sorted(available_timezones() - {"localtime", "posixrules", "Factory"})
JANUARY = CalendarRules()
APRIL = CalendarRules(fiscal_start_month=4, zone="Asia/Tokyo")

REVIEW_DAYS: st.SearchStrategy[ReviewDay] = st.one_of(
    st.builds(NthWorkingDay, st.integers(1, 20)), st.builds(DayOfMonth, st.integers(1, 28))
)
RULES = st.builds(
    CalendarRules,
    fiscal_start_month=st.integers(1, 12),
    zone=st.sampled_from(ZONES),
    days=st.builds(
        WorkDays,
        st.frozensets(st.integers(0, 6), min_size=1),
        st.frozensets(st.dates(date(2025, 1, 1), date(2028, 12, 31)), max_size=20),
    ),
    monthly=REVIEW_DAYS,
    quarterly=REVIEW_DAYS,
    annual=REVIEW_DAYS,
    review_time=st.integers(0, 23).map(time),
    monthly_lead=st.integers(1, 15),
    quarterly_lead=st.integers(1, 15),
    annual_lead=st.integers(1, 15),
    catchball_lead=st.integers(1, 60),
    planning_lead=st.integers(1, 120),
)
DAYS = st.dates(date(2024, 1, 1), date(2034, 12, 31))
MIDNIGHTS = [datetime(2025, 1, 6) + timedelta(weeks=week) for week in range(522)]  # noqa: DTZ001 - of any zone
"""The Mondays from 2025 to 2034."""


def keys(rules: CalendarRules, first: date, last: date, *without: Occasion) -> list[tuple[date, str]]:
    return [
        (event.starts_on, event.key)
        for event in list_events(rules, first, last)
        if event.occasion not in without
    ]


def test_a_quarters_end_by_the_calendar_year() -> None:
    assert keys(JANUARY, date(2026, 3, 1), date(2026, 4, 30), Occasion.CHECKIN) == [
        (date(2026, 3, 6), "monthly-review-2026-02-01"),
        (date(2026, 3, 11), "catchball-2026-04-01"),
        (date(2026, 4, 3), "grading-2026-01-01"),
        (date(2026, 4, 7), "monthly-review-2026-03-01"),
        (date(2026, 4, 10), "quarterly-review-2026-01-01"),
    ]


def test_a_years_end_by_a_fiscal_year_that_starts_in_april() -> None:
    review = annual_review(APRIL, date(2025, 4, 1))
    assert review.starts_on == date(2026, 4, 14)
    assert review.prework_on == date(2026, 4, 1)
    assert review.starts_at == datetime(2026, 4, 14, 1, 0, tzinfo=UTC)
    season = planning_season(APRIL, date(2026, 4, 1))
    assert (season.starts_on, season.ends_on) == (date(2026, 1, 7), date(2026, 3, 31))
    assert [event.period_on for event in list_events(APRIL, date(2026, 1, 1), date(2026, 12, 31))
            if event.occasion is Occasion.QUARTERLY_REVIEW] == [
        date(2025, 10, 1), date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1),
    ]  # fmt: skip


def test_a_fixed_day_on_a_day_off_moves_to_the_next_working_day() -> None:
    rules = CalendarRules(monthly=DayOfMonth(10), days=WorkDays(days_off=frozenset({date(2026, 1, 12)})))
    assert monthly_review(rules, date(2025, 12, 1)).starts_on == date(2026, 1, 13)


def test_the_work_before_a_review_begins_days_ahead_but_not_before_the_period_is_over() -> None:
    assert monthly_review(JANUARY, date(2026, 1, 1)).prework_on == date(2026, 2, 3)
    early = CalendarRules(monthly=NthWorkingDay(1))
    assert monthly_review(early, date(2026, 1, 1)).prework_on == date(2026, 2, 2)


def test_grading_ends_before_the_review_that_talks_about_it() -> None:
    review, grades = quarterly_review(JANUARY, date(2026, 1, 1)), grading(JANUARY, date(2026, 1, 1))
    assert grades.starts_on == review.prework_on
    assert grades.ends_on < review.starts_on


def test_check_ins_stand_in_the_calendar_and_a_week_off_has_none() -> None:
    shutdown = frozenset(date(2026, 2, 9) + timedelta(days=day) for day in range(3))
    rules = CalendarRules(zone="Europe/Berlin", days=WorkDays(days_off=shutdown))
    found = [
        event
        for event in list_events(rules, date(2026, 2, 2), date(2026, 2, 20))
        if event.occasion is Occasion.CHECKIN
    ]
    assert [(event.starts_on, event.ends_on) for event in found] == [
        (date(2026, 2, 2), date(2026, 2, 4)),
        (date(2026, 2, 16), date(2026, 2, 18)),
    ]
    assert found[0].starts_at == datetime(2026, 2, 2, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"fiscal_start_month": 0}, "from 1 for January to 12"),
        ({"fiscal_start_month": 13}, "from 1 for January to 12"),
        ({"zone": "Europe/Berlino"}, "“Europe/Berlino” is not a time zone"),
        ({"monthly_lead": 0}, "1 to 120 working days ahead"),
        ({"planning_lead": 121}, "1 to 120 working days ahead"),
    ],
)
def test_rules_that_name_nothing_are_refused(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        CalendarRules(**change)  # type: ignore[arg-type] # the fault under test


@pytest.mark.parametrize("number", [0, 21, -1])
def test_a_working_day_that_not_every_month_has_is_refused(number: int) -> None:
    with pytest.raises(Invalid, match="first 20 working days"):
        NthWorkingDay(number)


@pytest.mark.parametrize("day", [0, 29, 31])
def test_a_day_that_not_every_month_has_is_refused(day: int) -> None:
    with pytest.raises(Invalid, match="between the 1st and the 28th"):
        DayOfMonth(day)


@pytest.mark.parametrize(
    ("monday", "month_on"),
    [
        (date(2026, 2, 2), date(2026, 1, 1)),  # reviewed on Friday the 6th
        (date(2026, 2, 9), None),
        (date(2026, 6, 29), None),
        (date(2026, 7, 6), date(2026, 6, 1)),  # reviewed the day after
        (date(2026, 8, 31), date(2026, 8, 1)),  # reviewed on the next Monday, when it would be too late
        (date(2026, 9, 7), None),
    ],
)
def test_a_month_is_asked_about_in_the_last_check_in_before_its_review(
    monday: date, month_on: date | None
) -> None:
    assert monthly_prework(JANUARY, monday) == month_on
    assert monthly_prework(JANUARY, monday + timedelta(days=1)) == month_on or month_on == date(2026, 6, 1)


@settings(max_examples=60)
@given(RULES, DAYS, st.integers(0, 400))
def test_every_entry_is_in_its_range_on_a_working_day_after_its_own_pre_work(
    rules: CalendarRules, first: date, length: int
) -> None:
    last = first + timedelta(days=length)
    events = list_events(rules, first, last)
    assert [event.starts_on for event in events] == sorted(event.starts_on for event in events)
    assert len({event.key for event in events}) == len(events)
    for event in events:
        assert first <= event.starts_on <= last
        assert event.starts_on <= event.ends_on
        if event.prework_on is not None:
            assert event.period_on < event.prework_on <= event.starts_on
        if event.starts_at is not None:
            assert event.starts_at.astimezone(ZoneInfo(rules.zone)).date() == event.starts_on


@settings(max_examples=60)
@example(
    # Its review moves from 28 February to 5 March, the next day on which anyone works.
    replace(JANUARY, days=WorkDays(frozenset({1})), monthly=DayOfMonth(28)),
    date(2024, 1, 1),
)
@given(RULES, DAYS)
def test_each_month_is_asked_about_in_one_week_before_its_review(rules: CalendarRules, on: date) -> None:
    month_on = on.replace(day=1)
    review_on = monthly_review(rules, month_on).starts_on
    days = [review_on - timedelta(days=back) for back in range(40)]
    asked = [day for day in days if monthly_prework(rules, day) == month_on]
    openings = [day for day in asked if day.weekday() == rules.rhythm.opens_weekday]
    assert len(openings) == 1
    assert review_on - timedelta(days=7) <= openings[0] < review_on


@settings(max_examples=40)
@given(RULES, DAYS, st.integers(0, 200), st.integers(0, 200))
def test_a_calendar_cut_in_two_holds_what_the_whole_one_holds(
    rules: CalendarRules, first: date, before: int, after: int
) -> None:
    middle = first + timedelta(days=before)
    last = middle + timedelta(days=after)
    halves = (*list_events(rules, first, middle), *list_events(rules, middle + timedelta(days=1), last))
    assert list_events(rules, first, last) == halves


@given(RULES, DAYS)
def test_one_review_follows_the_other(rules: CalendarRules, on: date) -> None:
    months = [monthly_review(rules, add_months(on, number)) for number in range(24)]
    assert all(one.starts_on <= other.starts_on for one, other in pairwise(months))
    assert all(one.period_on < other.period_on for one, other in pairwise(months))


def _weeks_of_change(zone: ZoneInfo) -> list[date]:
    """The Mondays from 2025 to 2034 in whose weeks the clocks change."""
    offsets = pairwise([midnight.replace(tzinfo=zone).utcoffset() for midnight in MIDNIGHTS])
    return [
        midnight.date() for midnight, (one, other) in zip(MIDNIGHTS, offsets, strict=False) if one != other
    ]


def test_over_ten_years_in_every_zone_each_week_has_one_instant_in_local_working_hours() -> None:
    """Where the clocks do not change, one week is as the next: those with a change are looked at, all."""
    patterns = [
        (frozenset(range(5)), time(9), WeeklyRhythm()),
        # The hours that daylight saving takes away and gives twice, on the days on which it does.
        (frozenset({5, 6}), time(2, 30), WeeklyRhythm(opens_weekday=5, closes_weekday=6)),
        (frozenset({4, 5, 6}), time(0), WeeklyRhythm(opens_weekday=4, closes_weekday=6)),
    ]
    for name in ZONES:
        zone = ZoneInfo(name)
        weeks = _weeks_of_change(zone) or [date(2026, 2, 9)]
        for work_days, start, rhythm in patterns:
            pattern = WorkPattern(name, work_days, start)
            opened: list[datetime] = []
            for week_on in weeks:
                window = weekly_window(week_on, pattern, rhythm)
                assert isinstance(window, Window), (name, week_on)
                shown = window.opens_at.astimezone(zone)
                assert shown.weekday() in work_days, (name, week_on)
                at = shown.replace(tzinfo=None)
                began = datetime.combine(shown.date(), start)
                assert began <= at < began + timedelta(hours=8), (name, week_on)
                assert window.opens_at <= window.reminder_at <= window.closes_at, (name, week_on)
                opened.append(window.opens_at)
            assert opened == sorted(set(opened)), name


def test_events_are_named_for_good() -> None:
    event = Event(
        occasion=Occasion.MONTHLY_REVIEW,
        period_on=date(2026, 2, 1),
        starts_on=date(2026, 3, 6),
        ends_on=date(2026, 3, 6),
    )
    assert event.key == "monthly-review-2026-02-01"
    moved = monthly_review(CalendarRules(monthly=DayOfMonth(20)), date(2026, 2, 1))
    assert moved.key == event.key


def test_a_season_ends_the_day_before_what_it_prepares() -> None:
    season = catchball_season(JANUARY, date(2026, 4, 1))
    assert season.ends_on == date(2026, 3, 31)
