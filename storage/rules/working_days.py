"""An organisation's working days: what dates of the calendar are counted in."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from storage.rules.errors import Invalid

MOST_DAYS_AWAY = 1000
"""How far working days are looked for: 120 of them in a week that has one, past a shutdown, not for ever."""

_DAY = timedelta(days=1)
_WEEKDAYS = frozenset(range(7))
_MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class WorkDays:
    """The weekdays worked (Monday = 0) without the days on which everyone is off.

    Raises:
        Invalid: a week without work days, or weekdays that do not exist.
    """

    weekdays: frozenset[int] = frozenset(range(5))
    days_off: Container[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.weekdays:
            raise Invalid("No work days are chosen. Choose at least one.", field="work_days")
        if not self.weekdays <= _WEEKDAYS:
            raise Invalid(
                "Work days are numbered from 0 for Monday to 6 for Sunday. Choose among these.",
                field="work_days",
            )

    def __contains__(self, on: date) -> bool:
        return on.weekday() in self.weekdays and on not in self.days_off

    def on_or_after(self, on: date) -> date:
        """The first working day from `on` on; `on` itself where none comes within years."""
        return next((day for day in _days(on, 1) if day in self), on)

    def before(self, on: date, count: int) -> date:
        """The day that lies `count` (1 or more) working days before `on`; if none is worked, days count."""
        working = (day for day in _days(on - _DAY, -1) if day in self)
        return next(islice(working, count - 1, None), on - count * _DAY)

    def after(self, on: date, count: int) -> date:
        """As `before`, the other way."""
        working = (day for day in _days(on + _DAY, 1) if day in self)
        return next(islice(working, count - 1, None), on + count * _DAY)

    def nth_of_month(self, month_on: date, number: int) -> date:
        """The working day of that number (from 1) in the month that starts on `month_on`.

        A month with fewer ends with its last one; a month without any gives way to the next working day.
        """
        days = [day for day in _days(month_on, 1, 31) if day.month == month_on.month and day in self]
        if not days:
            return self.on_or_after(month_on)
        return days[min(number, len(days)) - 1]


def add_months(month_on: date, months: int) -> date:
    """The first day of the month that lies `months` after (before, where negative) that of `month_on`."""
    years, month = divmod(month_on.month - 1 + months, _MONTHS_A_YEAR)
    return date(month_on.year + years, month + 1, 1)


def _days(start: date, step: int, count: int = MOST_DAYS_AWAY) -> Iterator[date]:
    return (start + timedelta(days=step * number) for number in range(count))
