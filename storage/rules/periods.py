"""The periods that figures belong to, and when a missing figure counts as stale (rules §3, §6).

A period is named by its first day: a week by its Monday, a month by its first, a quarter and a year by
the first day of the fiscal quarter and year.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from storage.rules.terms import Frequency, ItemState, RollUp

CHECKIN_CLOSES_WEEKDAY = 2
"""Wednesday: the day on which a week's figure is due unless the plan says otherwise."""

GRACE_DAYS = {
    Frequency.WEEKLY: 4,
    Frequency.MONTHLY: 10,
    Frequency.QUARTERLY: 15,
    Frequency.ANNUAL: 31,
}
"""Days past the due date before silence shows. A weekly figure so turns stale when its week is over."""

KEEPS_ITS_DAY = frozenset({ItemState.ACTIVE, ItemState.CLOSED, ItemState.ARCHIVED})
"""States after which an active item keeps the day on which it became so; after others, such as a draft's, it
gets a new one."""

_MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.ANNUAL: 12}
_MONTHS_A_YEAR = 12
_MILLION = 10**6


@dataclass(frozen=True, slots=True)
class PeriodFigure:
    """A period's figure: its readings that no correction has superseded, rolled up."""

    period_on: date
    value: Decimal
    recorded_at: datetime


def roll_up_readings(values: Sequence[Decimal], how: RollUp) -> Decimal:
    """One period's figure from its readings, in the order in which they were recorded (at least one).

    The same makes a quarter of its months. A mean is cut to six decimals, as figures are stored.
    """
    if how is RollUp.LAST:
        return values[-1]
    total = sum((Fraction(value) for value in values), Fraction(0))
    if how is RollUp.MEAN:
        total /= len(values)
    return Decimal(int(total * _MILLION)) / _MILLION


def period_start(frequency: Frequency, on: date, *, fiscal_start_month: int = 1) -> date:
    """The first day of the period that `on` lies in."""
    if frequency is Frequency.WEEKLY:
        return on - timedelta(days=on.weekday())
    into_period = (on.month - fiscal_start_month) % _MONTHS_A_YEAR % _MONTHS[frequency]
    return _add_months(on.replace(day=1), -into_period)


def next_period(frequency: Frequency, period_on: date) -> date:
    """The first day of the period after the one that starts on `period_on`."""
    if frequency is Frequency.WEEKLY:
        return period_on + timedelta(days=7)
    return _add_months(period_on, _MONTHS[frequency])


def due_on(frequency: Frequency, period_on: date, *, closes_weekday: int = CHECKIN_CLOSES_WEEKDAY) -> date:
    """The day on which a period's figure is due.

    A week's is due when its check-in closes; a longer period's on the first day after it has ended.
    """
    if frequency is Frequency.WEEKLY:
        return period_on + timedelta(days=closes_weekday)
    return next_period(frequency, period_on)


def is_stale(
    frequency: Frequency,
    *,
    last_period_on: date | None,
    since_on: date,
    today: date,
    grace_days: int | None = None,
    closes_weekday: int = CHECKIN_CLOSES_WEEKDAY,
    fiscal_start_month: int = 1,
) -> bool:
    """Whether the next figure is missing past its due date plus grace; see `stale_from`."""
    return today >= stale_from(
        frequency,
        last_period_on=last_period_on,
        since_on=since_on,
        grace_days=grace_days,
        closes_weekday=closes_weekday,
        fiscal_start_month=fiscal_start_month,
    )


def silent_since(starts_on: date, active_on: date | None) -> date:
    """The day from which on a measure's silence counts while it has no figure: the later of the first day of
    its time and the day on which it became active (None where nobody wrote that down)."""
    return starts_on if active_on is None else max(starts_on, active_on)


@lru_cache(maxsize=4096)
def stale_from(
    frequency: Frequency,
    *,
    last_period_on: date | None,
    since_on: date,
    grace_days: int | None = None,
    closes_weekday: int = CHECKIN_CLOSES_WEEKDAY,
    fiscal_start_month: int = 1,
) -> date:
    """The first day on which the next figure is missing past its due date plus grace (default: `GRACE_DAYS`).

    `last_period_on` is the period of the newest figure, None where there is none yet; then the first
    figure expected is the first that falls due on or after `since_on`, the day measuring began
    (`silent_since`). Kept, since most measures of a plan are alike in all of this.
    """
    if last_period_on is not None:
        expected = next_period(frequency, last_period_on)
    else:
        expected = period_start(frequency, since_on, fiscal_start_month=fiscal_start_month)
        if due_on(frequency, expected, closes_weekday=closes_weekday) < since_on:
            expected = next_period(frequency, expected)
    grace = timedelta(days=GRACE_DAYS[frequency] if grace_days is None else grace_days)
    return due_on(frequency, expected, closes_weekday=closes_weekday) + grace + timedelta(days=1)


def _add_months(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, _MONTHS_A_YEAR)
    return first.replace(year=first.year + years, month=month + 1)
