"""How fast a figure moves: ahead of the line or behind it, where it ends (rules §3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from storage.rules.scoring import FULL
from storage.rules.terms import Direction
from storage.rules.units import Unit

FORECAST_FIGURES = 6
"""The newest figures from which the end is forecast: older ones tell of another time."""

_DAYS_A_WEEK = 7
_TWO = 2
_MILLION = 10**6


@dataclass(frozen=True, slots=True)
class Pace:
    """Days ahead of the expected line (negative: behind it)."""

    days: int

    @property
    def words(self) -> str:
        """ "2 weeks ahead of the line"."""
        if self.days == 0:
            return "on the line"
        count, noun = abs(self.days), "day"
        if count >= 2 * _DAYS_A_WEEK:
            count, noun = count // _DAYS_A_WEEK, "week"
        side = "ahead of" if self.days > 0 else "behind"
        return f"{count} {noun}{'' if count == 1 else 's'} {side} the line"


@dataclass(frozen=True, slots=True)
class Forecast:
    """Where the figure will be on the last day if it goes on as it did."""

    value: Decimal
    progress: Decimal

    @property
    def reaches(self) -> bool:
        return self.progress >= FULL


def pace(
    progress: Decimal, starts_on: date, ends_on: date, today: date, *, direction: Direction
) -> Pace | None:
    """How many days the figure is ahead of the line from the first day to the last.

    None where there is no line: what is to be maintained, or has no length.
    """
    length = (ends_on - starts_on).days
    if direction is Direction.MAINTAIN or length <= 0:
        return None
    over = min(max((today - starts_on).days, 0), length)
    reached = Fraction(min(max(progress, Decimal(-1)), Decimal(1))) * length
    return Pace(int(reached - over))


def forecast(
    figures: Sequence[tuple[date, Decimal]],
    ends_on: date,
    *,
    direction: Direction,
    baseline: Decimal | None,
    target: Decimal | None,
    unit: str = "",
) -> Forecast | None:
    """The straight line through the newest figures (least squares), followed to the last day.

    Args:
        figures: (day, value) in any order; two on different days are needed, else the answer is None.

    A share stays between 0 and 100 where baseline and target lie there, as shares do.
    """
    if direction is Direction.MAINTAIN or baseline is None or target is None or baseline == target:
        return None
    newest = sorted(figures)[-FORECAST_FIGURES:]
    if len({day for day, _ in newest}) < _TWO or Unit(unit).is_yes_no:
        return None
    value = _follow(newest, ends_on)
    if Unit(unit).is_percent and all(0 <= end <= 100 for end in (baseline, target)):  # noqa: PLR2004 - a percentage
        value = min(max(value, Fraction(0)), Fraction(100))
    share = (value - Fraction(baseline)) / (Fraction(target) - Fraction(baseline))
    return Forecast(_cut(value), _cut(share))


def _follow(figures: Sequence[tuple[date, Decimal]], to: date) -> Fraction:
    first = figures[0][0]
    points = [(Fraction((day - first).days), Fraction(value)) for day, value in figures]
    count = len(points)
    mean_x = sum((x for x, _ in points), Fraction(0)) / count
    mean_y = sum((y for _, y in points), Fraction(0)) / count
    spread = sum(((x - mean_x) ** 2 for x, _ in points), Fraction(0))
    slope = sum(((x - mean_x) * (y - mean_y) for x, y in points), Fraction(0)) / spread
    return mean_y + slope * ((to - first).days - mean_x)


def _cut(value: Fraction) -> Decimal:
    return Decimal(int(value * _MILLION)) / _MILLION
