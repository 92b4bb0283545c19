"""When people are asked: the weekly check-in's window in each person's own zone and days (rules §6).

Everything is computed from wall-clock time in the person's zone and handed on as an instant in UTC.
A working day is the start hour and the `work_hours` after it; it may run past midnight.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from storage.rules.errors import Invalid
from storage.rules.terms import DigestRhythm

WORK_HOURS = 8
"""A working day is the start hour and these hours after it (rules §6)."""

WEEKS_AHEAD = 60
"""How far `next_opening` looks: past a year's leave, and not for ever."""

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_MINUTE = timedelta(minutes=1)
_WEEKDAYS = range(7)
_LONGEST_WORKING_DAY = 16
_WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class DateRange:
    """Days from `starts_on` to `ends_on`, both included.

    Raises:
        Invalid: it ends before it starts.
    """

    starts_on: date
    ends_on: date

    def __post_init__(self) -> None:
        if self.ends_on < self.starts_on:
            raise Invalid(
                f"An absence cannot end on {self.ends_on} when it starts on {self.starts_on}. "
                "Choose a last day that is not before the first.",
                field="ends_on",
            )

    def __contains__(self, on: date) -> bool:
        return self.starts_on <= on <= self.ends_on


@dataclass(frozen=True, slots=True)
class WorkPattern:
    """When a person works: IANA zone, weekdays (Monday = 0), start of the working day, days away.

    `days_off` are public holidays and the days on which everyone is off, as something hashable. `quiet`
    (from, until) are hours of the day, over midnight too, in which they are left alone. `delay` is working
    time that they are asked later than the start of their day, so that not all are asked in one minute.

    Raises:
        Invalid: an unknown zone, no work days or ones that do not exist, a start with seconds, quiet hours
            that take no time.
    """

    zone: str
    work_days: frozenset[int] = frozenset(range(5))
    start: time = time(9)
    absences: tuple[DateRange, ...] = ()
    days_off: Container[date] = frozenset()
    quiet: tuple[time, time] | None = None
    delay: timedelta = timedelta()

    def __post_init__(self) -> None:
        find_zone(self.zone)
        if not self.work_days:
            raise Invalid("No work days are chosen. Choose at least one.", field="work_days")
        if not self.work_days <= set(_WEEKDAYS):
            raise Invalid(
                "Work days are numbered from 0 for Monday to 6 for Sunday. Choose among these.",
                field="work_days",
            )
        if self.start.second or self.start.microsecond or self.start.tzinfo:
            raise Invalid(
                "The working day starts at an hour and a minute of the person's own time. "
                "Type one such as 09:00.",
                field="start",
            )
        if self.quiet is not None and self.quiet[0] == self.quiet[1]:
            raise Invalid(
                "Quiet hours that begin and end at the same hour take no time. Choose two hours.",
                field="quiet",
            )

    def is_away(self, on: date) -> bool:
        """Whether `on` lies in an absence."""
        return any(on in absence for absence in self.absences)

    def works(self, on: date) -> bool:
        """Whether `on` is a work day that the person is there for."""
        return self.has_work(on) and not self.is_away(on)

    def has_work(self, on: date) -> bool:
        """Whether `on` is a work day and no holiday, whether they are there or not."""
        return on.weekday() in self.work_days and on not in self.days_off


@dataclass(frozen=True, slots=True)
class WeeklyRhythm:
    """When the check-in opens and closes in each person's own week (Monday = 0).

    `opens_time` None is the person's own start; one that lies outside a person's working hours
    gives way to their start. `reminder_share` is the share of the window's working hours after which
    those who are missing are reminded.

    Raises:
        Invalid: the window closes before it opens, or a number is outside its range.
    """

    opens_weekday: int = 0
    opens_time: time | None = None
    closes_weekday: int = 2
    closes_time: time = time(17)
    reminder_share: float = 0.8
    work_hours: int = WORK_HOURS

    def __post_init__(self) -> None:
        for name in ("opens_weekday", "closes_weekday"):
            if getattr(self, name) not in _WEEKDAYS:
                raise Invalid("A weekday is a number from 0 for Monday to 6 for Sunday.", field=name)
        opens = (self.opens_weekday, self.opens_time or time.min)
        if (self.closes_weekday, self.closes_time) <= opens:
            raise Invalid(
                f"The check-in would close on {_moment(self.closes_weekday, self.closes_time)}, "
                f"before it opens on {_moment(self.opens_weekday, self.opens_time)}. "
                "Choose a later close in the same week, Monday to Sunday.",
                field="closes_weekday",
            )
        if not 0 < self.reminder_share <= 1:
            raise Invalid(
                "The reminder goes out after a share of the window between 0 and 1. Type one such as 0.8.",
                field="reminder_share",
            )
        if not 1 <= self.work_hours <= _LONGEST_WORKING_DAY:
            raise Invalid(
                f"A working day has 1 to {_LONGEST_WORKING_DAY} hours. Type a number such as 8.",
                field="work_hours",
            )


@dataclass(frozen=True, slots=True)
class Window:
    """One person's check-in window; `opens_at` ≤ `reminder_at` ≤ `closes_at`, all in UTC."""

    week_on: date
    opens_at: datetime
    closes_at: datetime
    reminder_at: datetime


@dataclass(frozen=True, slots=True)
class Excused:
    """The person is not asked in this week; `reason` is a sentence."""

    week_on: date
    reason: str


class Opening(NamedTuple):
    """The week (its Monday) and the instant at which a person is asked next."""

    week_on: date
    opens_at: datetime


def find_zone(name: str) -> ZoneInfo:
    """The IANA zone of that name.

    Raises:
        Invalid: there is none (field "zone").
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        # OSError: a folder of the database, such as "America", is found but cannot be read.
        raise Invalid(
            f"“{name}” is not a time zone. Use a name from the IANA list, such as Europe/Berlin.",
            field="zone",
        ) from error


def local_instant(zone: str, on: date, at: time) -> datetime:
    """The instant in UTC at which clocks in `zone` show `at` on `on`.

    A time that daylight saving skips becomes the next minute that exists; of one that occurs twice the
    first counts.
    """
    info = find_zone(zone)
    wall = datetime.combine(on, at.replace(fold=0, tzinfo=None))
    while not _exists(wall, info):
        wall = wall.replace(second=0, microsecond=0) + _MINUTE
    return wall.replace(tzinfo=info).astimezone(UTC)


def local_date(instant: datetime, zone: str) -> date:
    """The date that the calendar in `zone` shows at an instant."""
    return instant.astimezone(find_zone(zone)).date()


def week_of(instant: datetime, zone: str) -> date:
    """The Monday of the week that an instant lies in, by the calendar in `zone`."""
    on = local_date(instant, zone)
    return on - timedelta(days=on.weekday())


@lru_cache(maxsize=4096)
def weekly_window(week_on: date, pattern: WorkPattern, rhythm: WeeklyRhythm) -> Window | Excused:
    """The window of one person in the week that starts on the Monday `week_on`.

    It opens on the first day from the opening weekday on that the person works, and closes when the
    rhythm says. Whoever works on no day of it is excused: moved inside the window, never beyond it.
    Kept, since it is asked several times for each person, and many work alike.
    """
    if week_on.weekday() != 0:
        raise ValueError(f"{week_on} is not a Monday")
    days = [
        week_on + timedelta(days=weekday)
        for weekday in range(rhythm.opens_weekday, rhythm.closes_weekday + 1)
    ]
    present = [day for day in days if pattern.works(day)]
    if not present:
        return Excused(week_on, _why_excused(days, pattern, rhythm))
    closes_at = local_instant(pattern.zone, days[-1], rhythm.closes_time)
    opens_at = next((at for day in present if (at := _opens_at(pattern, rhythm, day)) is not None), None)
    if opens_at is None or opens_at >= closes_at:
        return Excused(week_on, "Their working day begins after this week's check-in has closed.")
    reminder_at = instant_after_working_share(
        pattern, opens_at, closes_at, rhythm.reminder_share, work_hours=rhythm.work_hours
    )
    return Window(week_on, opens_at, closes_at, reminder_at)


def next_opening(after: datetime, pattern: WorkPattern, rhythm: WeeklyRhythm) -> Opening | None:
    """The first opening strictly after an instant; weeks in which the person is excused are passed over.

    None where there is none within `WEEKS_AHEAD` weeks, as for someone who never works on those days.
    """
    week_on = week_of(after, pattern.zone)
    for _ in range(WEEKS_AHEAD):
        window = weekly_window(week_on, pattern, rhythm)
        if isinstance(window, Window) and window.opens_at > after:
            return Opening(week_on, window.opens_at)
        week_on += _WEEK
    return None


def opening_on(pattern: WorkPattern, on: date) -> datetime | None:
    """When a person is first told something on a day: at the start of it, after their quiet hours and their
    delay. None where they do not work on it, or all of it is quiet."""
    return _opens_at(pattern, WeeklyRhythm(), on) if pattern.works(on) else None


def next_digest(after: datetime, pattern: WorkPattern, rhythm: DigestRhythm) -> datetime | None:
    """When a person's next digest comes, strictly after an instant: on each working day, or on the first one
    of each week. None where there is none within `WEEKS_AHEAD` weeks."""
    week_on = week_of(after, pattern.zone)
    for _ in range(WEEKS_AHEAD if rhythm is not DigestRhythm.NONE else 0):
        days = (opening_on(pattern, week_on + timedelta(days=weekday)) for weekday in range(7))
        instants = [at for at in days if at is not None]
        for at in instants if rhythm is DigestRhythm.DAILY else instants[:1]:
            if at > after:
                return at
        week_on += _WEEK
    return None


def working_hours_between(
    pattern: WorkPattern, start_at: datetime, end_at: datetime, *, work_hours: int = WORK_HOURS
) -> timedelta:
    """How much working time of the person lies between two instants; zero where the end is not later."""
    shifts = _shifts(pattern, start_at, end_at, work_hours)
    return sum((ends_at - starts_at for starts_at, ends_at in shifts), timedelta())


def instant_after_working_share(
    pattern: WorkPattern,
    opens_at: datetime,
    closes_at: datetime,
    share: float,
    *,
    work_hours: int = WORK_HOURS,
) -> datetime:
    """The instant at which `share` of the working time between two instants is over.

    Whole minutes, rounded down, never outside the two; the end where nobody works between them.
    """
    left = share * working_hours_between(pattern, opens_at, closes_at, work_hours=work_hours)
    for starts_at, ends_at in _shifts(pattern, opens_at, closes_at, work_hours):
        if left <= ends_at - starts_at:
            return max(opens_at, (starts_at + left).replace(second=0, microsecond=0))
        left -= ends_at - starts_at
    return closes_at


def first_working_instant(
    pattern: WorkPattern, after: datetime, *, work_hours: int = WORK_HOURS, days: int = 366
) -> datetime | None:
    """`after` itself if the person works then, else when they begin to next; None if not within `days`."""
    shifts = _shifts(pattern, after, after + timedelta(days=days), work_hours)
    return next((starts_at for starts_at, _ in shifts), None)


def _shifts(
    pattern: WorkPattern, start_at: datetime, end_at: datetime, work_hours: int
) -> Iterator[tuple[datetime, datetime]]:
    """The working time between two instants, cut to them, without quiet hours, in order."""
    # From the day before: its shift may run past midnight.
    on = local_date(start_at, pattern.zone) - _DAY
    last_on = local_date(end_at, pattern.zone)
    while on <= last_on:
        if pattern.works(on):
            for shift_at, over_at in _loud(pattern, on, work_hours):
                starts_at, ends_at = max(start_at, shift_at), min(end_at, over_at)
                if starts_at < ends_at:
                    yield starts_at, ends_at
        on += _DAY


def _loud(pattern: WorkPattern, on: date, work_hours: int) -> Iterator[tuple[datetime, datetime]]:
    """The parts of one day's shift that do not lie in quiet hours."""
    starts_at = local_instant(pattern.zone, on, pattern.start)
    ends_at = starts_at + timedelta(hours=work_hours)
    if pattern.quiet is None:
        yield starts_at, ends_at
        return
    for day in (on - _DAY, on, on + _DAY):
        quiet_at = local_instant(pattern.zone, day, pattern.quiet[0])
        over_night = _DAY if pattern.quiet[1] < pattern.quiet[0] else timedelta()
        loud_at = local_instant(pattern.zone, day + over_night, pattern.quiet[1])
        if starts_at < min(quiet_at, ends_at):
            yield starts_at, min(quiet_at, ends_at)
        starts_at = max(starts_at, loud_at)
    if starts_at < ends_at:
        yield starts_at, ends_at


def _opens_at(pattern: WorkPattern, rhythm: WeeklyRhythm, on: date) -> datetime | None:
    """When the person is asked on a day that they work; None where all of it is quiet."""
    parts = list(_loud(pattern, on, rhythm.work_hours))
    if rhythm.opens_time is not None:
        fixed_at = local_instant(pattern.zone, on, rhythm.opens_time)
        if any(starts_at <= fixed_at < ends_at for starts_at, ends_at in parts):
            parts = [
                (max(starts_at, fixed_at), ends_at) for starts_at, ends_at in parts if ends_at > fixed_at
            ]
    left = pattern.delay
    for starts_at, ends_at in parts:
        if left < ends_at - starts_at:
            return starts_at + left
        left -= ends_at - starts_at
    # A delay longer than the day's working time is none.
    return parts[0][0] if parts else None


def _why_excused(days: list[date], pattern: WorkPattern, rhythm: WeeklyRhythm) -> str:
    if any(pattern.has_work(day) for day in days):
        return "Away on every working day of this week's check-in."
    if any(day.weekday() in pattern.work_days for day in days):
        return "Every working day of this week's check-in is a day off."
    first, last = _WEEKDAY_NAMES[rhythm.opens_weekday], _WEEKDAY_NAMES[rhythm.closes_weekday]
    run = first if first == last else f"{first} to {last}"
    return f"The check-in runs {run}, and none of these is a work day of theirs."


def _exists(wall: datetime, info: ZoneInfo) -> bool:
    """A skipped time comes back changed from the way through UTC."""
    there = wall.replace(tzinfo=info).astimezone(UTC)
    return there.astimezone(info).replace(tzinfo=None) == wall


def _moment(weekday: int, at: time | None) -> str:
    return _WEEKDAY_NAMES[weekday] + (f" {at:%H:%M}" if at else "")
