"""The one calendar: what comes when in a fiscal year, and how long before it the work begins (rules §6).

Everything follows from the plan's fiscal-year start and zone and from the organisation's working days. No
framework keeps a clock of its own: OKRs, the scorecard, catchball and the reviews all read these dates.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from storage.rules.cadence import (
    WeeklyRhythm,
    Window,
    WorkPattern,
    find_zone,
    local_instant,
    weekly_window,
)
from storage.rules.errors import Invalid
from storage.rules.periods import period_start
from storage.rules.terms import Frequency
from storage.rules.working_days import WorkDays, add_months

MEETING = timedelta(hours=1)
"""How long a review is in the calendar, unless people make it longer themselves."""

MOST_LEAD_DAYS = 120
MOST_SPREAD_MINUTES = 240
"""How far questions of one hour may be spread: half a working day, so that nobody's window is lost to it."""
LAST_FIXED_DAY = 28
"""The last day of a month that every month has."""

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_QUARTER, _YEAR = 3, 12
_MONTHS = range(1, 13)
_WORKING_DAYS_A_MONTH = 20


class Occasion(StrEnum):
    """What the calendar holds; the value is what people read."""

    CHECKIN = "weekly check-in"
    MONTHLY_REVIEW = "monthly review"
    GRADING = "grading"
    QUARTERLY_REVIEW = "quarterly review"
    CATCHBALL = "catchball"
    PLANNING = "planning"
    ANNUAL_REVIEW = "annual review"


@dataclass(frozen=True, slots=True)
class NthWorkingDay:
    """A day of a month by its number among the working days.

    Raises:
        Invalid: a number that not every month has.
    """

    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= _WORKING_DAYS_A_MONTH:
            raise Invalid(
                f"A review is held on one of the first {_WORKING_DAYS_A_MONTH} working days of a month. "
                "Type a number such as 5.",
                field="review_day",
            )

    def in_month(self, month_on: date, days: WorkDays) -> date:
        return days.nth_of_month(month_on, self.number)


@dataclass(frozen=True, slots=True)
class DayOfMonth:
    """A fixed day of the month; on a day off it gives way to the next working day.

    Raises:
        Invalid: a day that not every month has.
    """

    day: int

    def __post_init__(self) -> None:
        if not 1 <= self.day <= LAST_FIXED_DAY:
            raise Invalid(
                f"A fixed day lies between the 1st and the {LAST_FIXED_DAY}th, which every month has. Type a "
                "number such as 10.",
                field="review_day",
            )

    def in_month(self, month_on: date, days: WorkDays) -> date:
        return days.on_or_after(month_on.replace(day=self.day))


ReviewDay = NthWorkingDay | DayOfMonth

_TYPED_DAY = re.compile(r"(working(?: day)?|day)\s*(\d{1,3})|(\d{1,3})(?:st|nd|rd|th)?\s+(working day|day)")


def parse_review_day(text: str) -> ReviewDay:
    """`working day 5` (or `5th working day`) and `day 10`, in any case.

    Raises:
        Invalid: it is neither, or there is no such day (field "review_day").
    """
    found = _TYPED_DAY.fullmatch(" ".join(text.lower().split()))
    if found is None:
        raise Invalid(
            f"“{text.strip()[:40]}” is no day of a month. Type one such as working day 5, or day 10.",
            field="review_day",
        )
    number = int(found[2] or found[3])
    return NthWorkingDay(number) if "working" in (found[1] or found[4]) else DayOfMonth(number)


def write_review_day(day: ReviewDay) -> str:
    """The text that `parse_review_day` reads as this day."""
    return f"working day {day.number}" if isinstance(day, NthWorkingDay) else f"day {day.day}"


def keep_review_day(day: ReviewDay) -> str:
    """The day as the record keeps it: `working 5`, `day 10`."""
    return write_review_day(day).replace("working day", "working")


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRules:
    """What a plan's calendar is computed from. Lead times are in working days.

    Raises:
        Invalid: a month, a zone or a lead time that does not exist.
    """

    fiscal_start_month: int = 1
    zone: str = "UTC"
    days: WorkDays = field(default_factory=WorkDays)
    rhythm: WeeklyRhythm = field(default_factory=WeeklyRhythm)
    monthly: ReviewDay = NthWorkingDay(5)
    quarterly: ReviewDay = NthWorkingDay(8)
    annual: ReviewDay = NthWorkingDay(10)
    review_time: time = time(10)
    monthly_lead: int = 3
    quarterly_lead: int = 5
    annual_lead: int = 10
    catchball_lead: int = 15
    planning_lead: int = 60

    def __post_init__(self) -> None:
        find_zone(self.zone)
        if self.fiscal_start_month not in _MONTHS:
            raise Invalid(
                "A fiscal year starts in a month from 1 for January to 12 for December.",
                field="fiscal_start_month",
            )
        for name in ("monthly_lead", "quarterly_lead", "annual_lead", "catchball_lead", "planning_lead"):
            if not 1 <= getattr(self, name) <= MOST_LEAD_DAYS:
                raise Invalid(
                    f"The work before it begins 1 to {MOST_LEAD_DAYS} working days ahead. Type a number such "
                    "as 3.",
                    field=name,
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One entry of the calendar, from `starts_on` to `ends_on`, both included.

    `period_on` is the first day of what it is about: a week, month, quarter or year. `starts_at` and
    `ends_at` (UTC) are None where it takes whole days. `prework_on` is when people are first asked for it.
    """

    occasion: Occasion
    period_on: date
    starts_on: date
    ends_on: date
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    prework_on: date | None = None

    @property
    def key(self) -> str:
        """Names the entry for as long as it exists, wherever its day moves: `monthly-review-2026-02-01`."""
        return f"{self.occasion.name.lower().replace('_', '-')}-{self.period_on.isoformat()}"


def list_events(rules: CalendarRules, first: date, last: date) -> tuple[Event, ...]:
    """Everything that starts from `first` to `last`, both included, in the order in which it starts."""
    events = [*_checkins(rules, first, last), *_months(rules, first, last)]
    found = [event for event in events if first <= event.starts_on <= last]
    order = list(Occasion)
    return tuple(sorted(found, key=lambda event: (event.starts_on, order.index(event.occasion))))


def monthly_review(rules: CalendarRules, month_on: date) -> Event:
    """The review of the month that starts on `month_on`: held in the month after it."""
    on = rules.monthly.in_month(add_months(month_on, 1), rules.days)
    return _review(rules, Occasion.MONTHLY_REVIEW, month_on, on, rules.monthly_lead)


def quarterly_review(rules: CalendarRules, quarter_on: date) -> Event:
    """The review of a fiscal quarter: held in the first month after it."""
    on = rules.quarterly.in_month(add_months(quarter_on, _QUARTER), rules.days)
    return _review(rules, Occasion.QUARTERLY_REVIEW, quarter_on, on, rules.quarterly_lead)


def annual_review(rules: CalendarRules, year_on: date) -> Event:
    """The review of a fiscal year: held in the first month after it."""
    on = rules.annual.in_month(add_months(year_on, _YEAR), rules.days)
    return _review(rules, Occasion.ANNUAL_REVIEW, year_on, on, rules.annual_lead)


def monthly_prework(rules: CalendarRules, on: date) -> date | None:
    """The month (its first day) that a check-in of that day asks about before it is reviewed; None: none.

    That is the last check-in that opens before the day of the review, so each month is asked about once.

    Args:
        on: a day from a check-in's opening to its close.
    """
    next_opens_on = on - timedelta(days=on.weekday()) + _WEEK + timedelta(days=rules.rhythm.opens_weekday)
    this_month = on.replace(day=1)
    # A review at the end of a month may move into the one after it, where that is the next working day.
    for month_on in (add_months(this_month, -2), add_months(this_month, -1), this_month):
        if on < monthly_review(rules, month_on).starts_on <= next_opens_on:
            return month_on
    return None


def grading(rules: CalendarRules, quarter_on: date) -> Event:
    """The days on which a quarter is graded: from the pre-work of its review to the day before that."""
    review = quarterly_review(rules, quarter_on)
    starts_on = review.prework_on or review.starts_on
    ends_on = max(starts_on, rules.days.before(review.starts_on, 1))
    return Event(occasion=Occasion.GRADING, period_on=quarter_on, starts_on=starts_on, ends_on=ends_on)


def catchball_season(rules: CalendarRules, quarter_on: date) -> Event:
    """The days before a quarter on which its objectives are thrown and agreed."""
    return _season(rules, Occasion.CATCHBALL, quarter_on, rules.catchball_lead)


def planning_season(rules: CalendarRules, year_on: date) -> Event:
    """The days before a fiscal year on which it is planned."""
    return _season(rules, Occasion.PLANNING, year_on, rules.planning_lead)


def quarter_of(rules: CalendarRules, on: date) -> date:
    """The first day of the fiscal quarter that a day lies in."""
    return period_start(Frequency.QUARTERLY, on, fiscal_start_month=rules.fiscal_start_month)


def year_of(rules: CalendarRules, on: date) -> date:
    """The first day of the fiscal year that a day lies in."""
    return period_start(Frequency.ANNUAL, on, fiscal_start_month=rules.fiscal_start_month)


def _checkins(rules: CalendarRules, first: date, last: date) -> Iterator[Event]:
    pattern = WorkPattern(
        rules.zone,
        rules.days.weekdays,
        days_off=rules.days.days_off,
    )
    week_on = first - timedelta(days=first.weekday()) - _WEEK
    while week_on <= last:
        window = weekly_window(week_on, pattern, rules.rhythm)
        if isinstance(window, Window):
            yield Event(
                occasion=Occasion.CHECKIN,
                period_on=week_on,
                starts_on=_on(window.opens_at, rules.zone),
                ends_on=_on(window.closes_at, rules.zone),
                starts_at=window.opens_at,
                ends_at=window.closes_at,
            )
        week_on += _WEEK


def _months(rules: CalendarRules, first: date, last: date) -> Iterator[Event]:
    """What belongs to months, quarters and years: looked for beyond both ends, since seasons lead. Where a
    week has one working day, the longest lead is more than two years."""
    month_on = add_months(first, -_YEAR - 2)
    end_on = add_months(last, 3 * _YEAR)
    while month_on <= end_on:
        yield monthly_review(rules, month_on)
        if quarter_of(rules, month_on) == month_on:
            yield grading(rules, month_on)
            yield quarterly_review(rules, month_on)
            yield catchball_season(rules, month_on)
        if year_of(rules, month_on) == month_on:
            yield annual_review(rules, month_on)
            yield planning_season(rules, month_on)
        month_on = add_months(month_on, 1)


def _review(rules: CalendarRules, occasion: Occasion, period_on: date, on: date, lead: int) -> Event:
    starts_at = local_instant(rules.zone, on, rules.review_time)
    # A review lies in the first month after its period; nobody is asked about a period before it is over.
    over_on = rules.days.on_or_after(on.replace(day=1))
    prework_on = min(on, max(rules.days.before(on, lead), over_on))
    return Event(
        occasion=occasion,
        period_on=period_on,
        starts_on=on,
        ends_on=on,
        starts_at=starts_at,
        ends_at=starts_at + MEETING,
        prework_on=prework_on,
    )


def _season(rules: CalendarRules, occasion: Occasion, period_on: date, lead: int) -> Event:
    return Event(
        occasion=occasion,
        period_on=period_on,
        starts_on=rules.days.before(period_on, lead),
        ends_on=period_on - _DAY,
    )


def _on(instant: datetime, zone: str) -> date:
    return instant.astimezone(find_zone(zone)).date()
