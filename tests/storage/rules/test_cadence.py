from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.rules.cadence import (
    DateRange,
    Excused,
    Opening,
    WeeklyRhythm,
    Window,
    WorkPattern,
    first_working_instant,
    instant_after_working_share,
    local_date,
    local_instant,
    next_digest,
    next_opening,
    week_of,
    weekly_window,
    working_hours_between,
)
from storage.rules.errors import Invalid
from storage.rules.terms import DigestRhythm

MONDAY = date(2026, 11, 2)
WEEKLY = WeeklyRhythm()
BERLIN = WorkPattern("Europe/Berlin")
UTC_PATTERN = WorkPattern("UTC")
# What a system's own database adds beside the IANA names has no rules worth asking about.
ZONES = sorted(available_timezones() - {"localtime", "posixrules", "Factory"})


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def away(first: date, last: date) -> tuple[DateRange, ...]:
    return (DateRange(first, last),)


def window_of(pattern: WorkPattern, week_on: date = MONDAY, rhythm: WeeklyRhythm = WEEKLY) -> Window:
    window = weekly_window(week_on, pattern, rhythm)
    assert isinstance(window, Window)
    return window


def excuse_of(pattern: WorkPattern, week_on: date = MONDAY, rhythm: WeeklyRhythm = WEEKLY) -> str:
    excused = weekly_window(week_on, pattern, rhythm)
    assert isinstance(excused, Excused)
    return excused.reason


@pytest.mark.parametrize(
    ("zone", "on", "at", "expected"),
    [
        # Winter and summer.
        ("Europe/Berlin", date(2026, 3, 23), time(9), "2026-03-23 08:00"),
        ("Europe/Berlin", date(2026, 3, 30), time(9), "2026-03-30 07:00"),
        # Skipped: the next minute that exists.
        ("Europe/Berlin", date(2026, 3, 29), time(2), "2026-03-29 01:00"),
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), "2026-03-29 01:00"),
        ("Europe/Berlin", date(2026, 3, 29), time(3), "2026-03-29 01:00"),
        # Doubled: the first.
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), "2026-10-25 00:30"),
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30, fold=1), "2026-10-25 00:30"),
        # Midnight itself is skipped, and 23:30 comes twice.
        ("Africa/Cairo", date(2026, 4, 24), time(0), "2026-04-23 22:00"),
        ("Africa/Cairo", date(2026, 10, 29), time(23, 30), "2026-10-29 20:30"),
        ("Asia/Beirut", date(2026, 3, 29), time(0, 15), "2026-03-28 22:00"),
        ("America/Santiago", date(2026, 9, 6), time(0), "2026-09-06 04:00"),
        ("America/Santiago", date(2026, 4, 4), time(23, 30), "2026-04-05 02:30"),
        # Half an hour.
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-03 15:30"),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), "2026-04-04 14:45"),
        ("Asia/Kathmandu", date(2026, 11, 2), time(9), "2026-11-02 03:15"),
        # A whole day that never was.
        ("Pacific/Apia", date(2011, 12, 30), time(9), "2011-12-30 10:00"),
    ],
)
def test_wall_clock_time_becomes_an_instant(zone: str, on: date, at: time, expected: str) -> None:
    assert utc(expected) == local_instant(zone, on, at)


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(ZONES), st.dates(date(2015, 1, 1), date(2035, 12, 31)), st.integers(0, 24 * 60 - 1))
def test_clocks_show_the_time_asked_for_or_the_end_of_what_was_skipped(
    zone: str, on: date, minute: int
) -> None:
    wall = datetime.combine(on, time()) + timedelta(minutes=minute)
    instant = local_instant(zone, on, wall.time())
    shown = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    a_minute_before = (instant - timedelta(minutes=1)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert shown == wall or a_minute_before < wall < shown


def test_the_window_opens_monday_at_the_start_hour_and_closes_wednesday_at_five() -> None:
    expected = Window(
        week_on=MONDAY,
        opens_at=utc("2026-11-02 08:00"),
        closes_at=utc("2026-11-04 16:00"),
        # 24 working hours, of which 80 % are 19:12: Wednesday 12:12.
        reminder_at=utc("2026-11-04 11:12"),
    )
    assert expected == weekly_window(MONDAY, BERLIN, WEEKLY)


def test_it_opens_at_the_persons_own_start_hour() -> None:
    window = window_of(WorkPattern("Asia/Kathmandu", start=time(7, 30)))
    assert utc("2026-11-02 01:45") == window.opens_at


def test_a_fixed_opening_hour_holds_for_whoever_works_then() -> None:
    rhythm = WeeklyRhythm(opens_time=time(10))
    assert utc("2026-11-02 10:00") == window_of(UTC_PATTERN, rhythm=rhythm).opens_at
    mornings = WorkPattern("UTC", start=time(2))
    assert utc("2026-11-02 02:00") == window_of(mornings, rhythm=rhythm).opens_at
    afternoons = WorkPattern("UTC", start=time(13))
    assert utc("2026-11-02 13:00") == window_of(afternoons, rhythm=rhythm).opens_at


def test_the_hours_follow_the_wall_clock_through_daylight_saving() -> None:
    """Sunday to Wednesday, with the hour skipped on the Sunday in between."""
    assert utc("2026-03-23 08:00") == window_of(BERLIN, date(2026, 3, 23)).opens_at
    assert utc("2026-03-30 07:00") == window_of(BERLIN, date(2026, 3, 30)).opens_at
    assert utc("2026-10-26 08:00") == window_of(BERLIN, date(2026, 10, 26)).opens_at


def test_a_night_shift_that_starts_in_a_skipped_hour_opens_when_it_exists() -> None:
    rhythm = WeeklyRhythm(opens_weekday=6, closes_weekday=6)
    nights = WorkPattern("Europe/Berlin", work_days=frozenset({6}), start=time(2, 30))
    assert utc("2026-03-29 01:00") == window_of(nights, date(2026, 3, 23), rhythm).opens_at


def test_a_day_off_moves_the_opening_to_the_next_working_day_inside_the_window() -> None:
    no_mondays = WorkPattern("UTC", work_days=frozenset({1, 2, 3}))
    assert utc("2026-11-03 09:00") == window_of(no_mondays).opens_at


def test_an_absence_moves_the_opening_to_the_day_of_return() -> None:
    back_on_wednesday = WorkPattern("UTC", absences=away(date(2026, 10, 20), date(2026, 11, 3)))
    window = window_of(back_on_wednesday)
    assert utc("2026-11-04 09:00") == window.opens_at
    # Eight hours are left, of which 80 % are 6:24.
    assert utc("2026-11-04 15:24") == window.reminder_at


def test_the_reminder_counts_only_hours_that_the_person_works() -> None:
    only_monday = WorkPattern("UTC", absences=away(date(2026, 11, 3), date(2026, 11, 20)))
    window = window_of(only_monday)
    assert utc("2026-11-02 15:24") == window.reminder_at
    assert utc("2026-11-04 17:00") == window.closes_at


def test_who_is_away_all_through_the_window_is_excused() -> None:
    pattern = WorkPattern("UTC", absences=away(date(2026, 11, 2), date(2026, 11, 4)))
    assert excuse_of(pattern) == "Away on every working day of this week's check-in."


def test_who_never_works_on_its_days_is_excused() -> None:
    weekends = WorkPattern("UTC", work_days=frozenset({4, 5, 6}))
    expected = "The check-in runs Monday to Wednesday, and none of these is a work day of theirs."
    assert expected == excuse_of(weekends)


def test_an_excuse_from_a_check_in_of_one_day_names_the_day() -> None:
    rhythm = WeeklyRhythm(closes_weekday=0)
    assert "runs Monday, and" in excuse_of(WorkPattern("UTC", work_days=frozenset({1})), rhythm=rhythm)


@pytest.mark.parametrize("hour", [17, 22])
def test_who_starts_work_only_at_the_close_or_later_is_excused(hour: int) -> None:
    wednesdays = WorkPattern("UTC", work_days=frozenset({2}), start=time(hour))
    assert excuse_of(wednesdays) == "Their working day begins after this week's check-in has closed."


def test_a_week_is_named_by_its_monday() -> None:
    with pytest.raises(ValueError, match="2026-11-03 is not a Monday"):
        weekly_window(date(2026, 11, 3), UTC_PATTERN, WEEKLY)


def test_the_week_is_read_from_the_persons_own_calendar() -> None:
    sunday_night_in_utc = utc("2026-11-01 23:30")
    assert date(2026, 10, 26) == week_of(sunday_night_in_utc, "UTC")
    assert date(2026, 11, 2) == week_of(sunday_night_in_utc, "Europe/Berlin")


def test_working_hours_leave_out_nights_weekends_and_absences() -> None:
    pattern = WorkPattern("UTC", absences=away(date(2026, 11, 3), date(2026, 11, 3)))
    friday_noon, wednesday_noon = utc("2026-10-30 12:00"), utc("2026-11-04 12:00")
    assert timedelta(hours=5 + 8 + 3) == working_hours_between(pattern, friday_noon, wednesday_noon)


def test_a_shift_past_midnight_belongs_to_the_day_it_starts_on() -> None:
    nights = WorkPattern("UTC", work_days=frozenset({0}), start=time(22))
    tuesday = utc("2026-11-03 00:00")
    assert timedelta(hours=6) == working_hours_between(nights, tuesday, tuesday + timedelta(days=1))


def test_no_working_hours_lie_between_an_instant_and_an_earlier_one() -> None:
    noon = utc("2026-11-02 12:00")
    assert timedelta() == working_hours_between(UTC_PATTERN, noon, noon - timedelta(days=3))
    assert timedelta() == working_hours_between(UTC_PATTERN, noon, noon)


def test_where_nobody_works_a_share_of_the_working_hours_is_the_end() -> None:
    saturday, sunday = utc("2026-11-07 09:00"), utc("2026-11-08 09:00")
    assert sunday == instant_after_working_share(UTC_PATTERN, saturday, sunday, 0.8)


def test_the_next_opening_is_strictly_after_the_instant() -> None:
    opens_at = utc("2026-11-02 08:00")
    assert Opening(MONDAY, opens_at) == next_opening(opens_at - timedelta(microseconds=1), BERLIN, WEEKLY)
    following = Opening(date(2026, 11, 9), utc("2026-11-09 08:00"))
    assert following == next_opening(opens_at, BERLIN, WEEKLY)


def test_weeks_away_are_passed_over() -> None:
    pattern = WorkPattern("UTC", absences=away(date(2026, 11, 2), date(2026, 11, 20)))
    expected = Opening(date(2026, 11, 23), utc("2026-11-23 09:00"))
    assert expected == next_opening(utc("2026-11-01 00:00"), pattern, WEEKLY)


def test_a_years_leave_ends_with_an_opening() -> None:
    pattern = WorkPattern("UTC", absences=away(date(2026, 11, 2), date(2027, 11, 2)))
    expected = Opening(date(2027, 11, 1), utc("2027-11-03 09:00"))
    assert expected == next_opening(utc("2026-11-01 00:00"), pattern, WEEKLY)


def test_who_never_works_in_the_window_has_no_next_opening() -> None:
    weekends = WorkPattern("UTC", work_days=frozenset({5, 6}))
    assert next_opening(utc("2026-11-01 00:00"), weekends, WEEKLY) is None


# The weeks round the changes of clocks in both hemispheres, in Egypt, Lebanon and Morocco, and a quiet one.
@pytest.mark.parametrize(
    "week_on",
    [
        date(2025, 3, 10),
        date(2025, 3, 31),
        date(2025, 4, 7),
        date(2025, 10, 6),
        date(2026, 2, 16),
        date(2026, 3, 23),
        date(2026, 4, 20),
        date(2026, 9, 7),
        date(2027, 10, 25),
        date(2028, 7, 3),
    ],
)
def test_in_every_zone_the_window_opens_at_nine_and_closes_at_five(week_on: date) -> None:
    for name in ZONES:
        window = window_of(WorkPattern(name), week_on)
        zone = ZoneInfo(name)
        shown = [
            instant.astimezone(zone).replace(tzinfo=None) for instant in (window.opens_at, window.closes_at)
        ]
        wednesday = week_on + timedelta(days=2)
        assert [datetime.combine(week_on, time(9)), datetime.combine(wednesday, time(17))] == shown, name
        assert window.opens_at <= window.reminder_at <= window.closes_at, name


PATTERNS = st.builds(
    WorkPattern,
    zone=st.sampled_from(ZONES),
    work_days=st.frozensets(st.integers(0, 6), min_size=1),
    start=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    absences=st.lists(
        st.builds(
            lambda first, days: DateRange(first, first + timedelta(days=days)),
            st.dates(date(2024, 1, 1), date(2029, 12, 31)),
            st.integers(0, 30),
        ),
        max_size=4,
    ).map(tuple),
)


@st.composite
def rhythms(draw: st.DrawFn) -> WeeklyRhythm:
    opens_weekday = draw(st.integers(0, 5))
    return WeeklyRhythm(
        opens_weekday=opens_weekday,
        opens_time=draw(st.none() | st.integers(0, 23).map(time)),
        closes_weekday=draw(st.integers(opens_weekday + 1, 6)),
        closes_time=draw(st.integers(0, 23).map(time)),
        reminder_share=draw(st.floats(0.01, 1)),
        work_hours=draw(st.integers(1, 16)),
    )


WEEKS = st.integers(0, 52 * 5).map(lambda weeks: date(2024, 1, 1) + timedelta(weeks=weeks))


@settings(max_examples=500, deadline=None)
@given(WEEKS, PATTERNS, rhythms())
def test_a_window_opens_in_working_hours_and_reminds_in_working_hours_before_it_closes(
    week_on: date, pattern: WorkPattern, rhythm: WeeklyRhythm
) -> None:
    window = weekly_window(week_on, pattern, rhythm)
    if isinstance(window, Excused):
        assert window.reason.endswith(".")
        return
    assert window.opens_at <= window.reminder_at <= window.closes_at

    def works_at(instant: datetime) -> bool:
        """Working time touches this instant, at its very end too."""
        minute = timedelta(minutes=1)
        around = working_hours_between(
            pattern, instant - minute, instant + minute, work_hours=rhythm.work_hours
        )
        return around > timedelta()

    assert works_at(window.opens_at)
    assert works_at(window.reminder_at)
    assert window.opens_at.astimezone(ZoneInfo(pattern.zone)).date() - week_on < timedelta(days=7)


@settings(deadline=None)
@given(WEEKS, PATTERNS, rhythms())
def test_a_later_share_is_never_earlier(week_on: date, pattern: WorkPattern, rhythm: WeeklyRhythm) -> None:
    window = weekly_window(week_on, pattern, rhythm)
    if isinstance(window, Excused):
        return
    instants = [
        instant_after_working_share(pattern, window.opens_at, window.closes_at, tenth / 10)
        for tenth in range(11)
    ]
    assert sorted(instants) == instants
    assert window.opens_at <= instants[0]
    assert window.closes_at >= instants[-1]


@settings(deadline=None)
@given(st.integers(0, 5 * 365 * 24 * 60), PATTERNS, rhythms())
def test_openings_follow_one_another_at_most_once_a_week(
    minutes: int, pattern: WorkPattern, rhythm: WeeklyRhythm
) -> None:
    at = utc("2024-01-01 00:00") + timedelta(minutes=minutes)
    weeks: list[date] = []
    for _ in range(4):
        opening = next_opening(at, pattern, rhythm)
        if opening is None:
            break
        assert opening.opens_at > at
        window = weekly_window(opening.week_on, pattern, rhythm)
        assert isinstance(window, Window)
        assert window.opens_at == opening.opens_at
        weeks.append(opening.week_on)
        at = opening.opens_at
    assert sorted(set(weeks)) == weeks


@pytest.mark.parametrize(
    "zone",
    [
        "",
        "Berlin",
        "Mars/Olympus",
        "America",
        "../etc/passwd",
        "/etc/passwd",
        "UTC\0",
        "Europe/Bärlin",
        "x" * 500,
    ],
)
def test_an_unknown_zone_is_refused_with_an_example(zone: str) -> None:
    with pytest.raises(Invalid, match=r"is not a time zone\. .*Europe/Berlin") as caught:
        WorkPattern(zone)
    assert caught.value.field == "zone"


def test_a_person_without_work_days_is_refused() -> None:
    with pytest.raises(Invalid, match="Choose at least one"):
        WorkPattern("UTC", work_days=frozenset())


@pytest.mark.parametrize("day", [-1, 7])
def test_a_work_day_that_does_not_exist_is_refused(day: int) -> None:
    with pytest.raises(Invalid, match="from 0 for Monday to 6 for Sunday"):
        WorkPattern("UTC", work_days=frozenset({0, day}))


@pytest.mark.parametrize("start", [time(9, 0, 30), time(9, 0, 0, 1), time(9, tzinfo=UTC)])
def test_a_start_that_is_no_hour_and_minute_of_ones_own_time_is_refused(start: time) -> None:
    with pytest.raises(Invalid, match="Type one such as 09:00"):
        WorkPattern("UTC", start=start)


def test_an_absence_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(Invalid, match="cannot end on 2026-11-02 when it starts on 2026-11-03"):
        DateRange(date(2026, 11, 3), date(2026, 11, 2))


def test_an_absence_includes_its_first_and_last_day() -> None:
    absence = DateRange(date(2026, 11, 3), date(2026, 11, 4))
    days = [date(2026, 11, day) in absence for day in (2, 3, 4, 5)]
    assert days == [False, True, True, False]


def test_a_window_that_closes_before_it_opens_is_refused() -> None:
    with pytest.raises(Invalid, match=r"close on Monday 17:00, before it opens on Wednesday\."):
        WeeklyRhythm(opens_weekday=2, closes_weekday=0)


def test_a_window_that_closes_at_the_minute_it_opens_is_refused() -> None:
    with pytest.raises(Invalid, match=r"close on Monday 09:00, before it opens on Monday 09:00\."):
        WeeklyRhythm(opens_time=time(9), closes_weekday=0, closes_time=time(9))


@pytest.mark.parametrize(("opens", "closes"), [(-1, 2), (0, 7)])
def test_a_weekday_that_does_not_exist_is_refused(opens: int, closes: int) -> None:
    with pytest.raises(Invalid, match="from 0 for Monday to 6 for Sunday"):
        WeeklyRhythm(opens_weekday=opens, closes_weekday=closes)


@pytest.mark.parametrize("share", [0.0, -0.5, 1.01, 80.0, float("nan")])
def test_a_reminder_outside_the_window_is_refused(share: float) -> None:
    with pytest.raises(Invalid, match="between 0 and 1"):
        WeeklyRhythm(reminder_share=share)


@pytest.mark.parametrize("hours", [0, 17])
def test_a_working_day_without_end_or_beginning_is_refused(hours: int) -> None:
    with pytest.raises(Invalid, match="1 to 16 hours"):
        WeeklyRhythm(work_hours=hours)


@settings(max_examples=200, deadline=None)
@given(WEEKS, PATTERNS, st.sampled_from([DigestRhythm.DAILY, DigestRhythm.WEEKLY]))
def test_digests_come_one_after_the_other_in_working_hours(
    week_on: date, pattern: WorkPattern, rhythm: DigestRhythm
) -> None:
    at = datetime.combine(week_on, time(), UTC)
    days = []
    for _ in range(4):
        following = next_digest(at, pattern, rhythm)
        if following is None:
            return
        assert following > at
        assert first_working_instant(pattern, following) == following
        at = following
        days.append(local_date(at, pattern.zone))
    assert len(set(days)) == len(days)
    if rhythm is DigestRhythm.WEEKLY:
        assert len({(day - timedelta(days=day.weekday())) for day in days}) == len(days)


def test_the_weekly_digest_comes_on_the_first_day_of_the_week_that_one_works() -> None:
    holiday = WorkPattern("UTC", days_off=frozenset({MONDAY}), quiet=(time(8), time(10)))
    weekly, daily = DigestRhythm.WEEKLY, DigestRhythm.DAILY
    assert next_digest(utc("2026-11-01 12:00"), holiday, weekly) == utc("2026-11-03 10:00")
    assert next_digest(utc("2026-11-03 10:00"), holiday, weekly) == utc("2026-11-09 10:00")
    assert next_digest(utc("2026-11-03 10:00"), holiday, daily) == utc("2026-11-04 10:00")
    assert next_digest(utc("2026-11-03 10:00"), holiday, DigestRhythm.NONE) is None
