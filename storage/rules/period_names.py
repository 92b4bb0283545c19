"""Periods as machines write them: `2026-02-09`, `2026-W06`, `2026-02`, `2026-Q1`, `2026` (rules §6)."""

import re
from datetime import date

from storage.rules.errors import Invalid
from storage.rules.periods import period_start
from storage.rules.terms import Frequency

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_NAMES = {
    Frequency.WEEKLY: re.compile(r"([0-9]{4})-W([0-9]{2})"),
    Frequency.MONTHLY: re.compile(r"([0-9]{4})-([0-9]{2})"),
    Frequency.QUARTERLY: re.compile(r"([0-9]{4})-Q([1-4])"),
    Frequency.ANNUAL: re.compile(r"([0-9]{4})"),
}
_WITH_PART = 2
_MONTHS_A_YEAR = 12
_EXAMPLES = {
    Frequency.WEEKLY: "2026-W06",
    Frequency.MONTHLY: "2026-02",
    Frequency.QUARTERLY: "2026-Q1",
    Frequency.ANNUAL: "2026",
}


def parse_period(
    text: str, frequency: Frequency, *, fiscal_start_month: int = 1, field: str = "period"
) -> date:
    """The first day of the period that the text names, or that the day in it lies in.

    A quarter and a year are fiscal: `2026-Q1` is the first quarter of the fiscal year that begins in 2026.

    Raises:
        Invalid: it is no period, or one of another length than the figure's.
    """
    try:
        day = _first_day(text.strip(), frequency, fiscal_start_month)
    except (ValueError, OverflowError):
        day = None
    if day is None:
        raise Invalid(
            f"“{text.strip()[:40]}” is not a period of this figure, which is {frequency}. Write one such as "
            f"{_EXAMPLES[frequency]}, or a day of it such as 2026-02-09.",
            field=field,
        )
    return period_start(frequency, day, fiscal_start_month=fiscal_start_month)


def format_period(period_on: date, frequency: Frequency, *, fiscal_start_month: int = 1) -> str:
    """The period's name, as `parse_period` reads it."""
    if frequency is Frequency.WEEKLY:
        year, week, _ = period_on.isocalendar()
        return f"{year}-W{week:02}"
    if frequency is Frequency.MONTHLY:
        return f"{period_on:%Y-%m}"
    year = period_on.year - (period_on.month < fiscal_start_month)
    if frequency is Frequency.ANNUAL:
        return str(year)
    quarter = (period_on.month - fiscal_start_month) % _MONTHS_A_YEAR // 3 + 1
    return f"{year}-Q{quarter}"


def _first_day(text: str, frequency: Frequency, fiscal_start_month: int) -> date | None:
    """Raises ValueError for a day that no calendar has."""
    if match := _DAY.fullmatch(text):
        return date(*map(int, match.groups()))
    match = _NAMES[frequency].fullmatch(text)
    if match is None:
        return None
    year, part = int(match[1]), int(match[2]) if match.lastindex == _WITH_PART else 1
    if frequency is Frequency.WEEKLY:
        return date.fromisocalendar(year, part, 1)
    if frequency is Frequency.MONTHLY:
        return date(year, part, 1)
    months = fiscal_start_month - 1 + 3 * (part - 1)
    return date(year + months // _MONTHS_A_YEAR, months % _MONTHS_A_YEAR + 1, 1)
