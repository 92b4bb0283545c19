"""The bowling chart: a KPI's plan and its figures month by month, and how each month went (rules §4)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from storage.rules.graph import Node
from storage.rules.monthly import propose
from storage.rules.periods import GRACE_DAYS, PeriodFigure, next_period, period_start, roll_up_readings
from storage.rules.scoring import is_missed
from storage.rules.terms import Direction, Frequency, RollUp

NEAR_PLAN = Decimal("0.95")
"""From this share of the plan on, a miss is a near one, unless the workspace says otherwise."""

_OFTEN = frozenset({Frequency.WEEKLY, Frequency.MONTHLY})


class Colour(StrEnum):
    """How a month went. Silence past the due date and its grace is never green."""

    MET = "met"
    NEAR = "nearly met"
    MISSED = "missed"
    STALE = "no figure"
    OPEN = "to come"

    @property
    def sign(self) -> str:
        return _SIGNS[self]


_SIGNS = {
    Colour.MET: "●",
    Colour.NEAR: "▲",
    Colour.MISSED: "■",
    Colour.STALE: "◌",
    Colour.OPEN: "·",
}


class Month(NamedTuple):
    """One month: what was planned, what came, and how it went. `colour` is None where there is no plan."""

    month_on: date
    planned: Decimal | None
    actual: Decimal | None
    colour: Colour | None


@dataclass(frozen=True, slots=True)
class Bowling:
    """A KPI's year. `planned` and `actual` are the year to date, over the months that have both."""

    kpi: Node
    months: tuple[Month, ...]
    planned: Decimal | None
    actual: Decimal | None
    colour: Colour | None
    is_proposed: bool
    """Nobody has planned it by month: the plan is a twelfth of the way each month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What all charts of a plan have in common."""

    months: Sequence[date]
    """The first days of the plan's months."""
    today: date
    near_plan: Decimal = NEAR_PLAN


def read_bowling(
    frame: Frame, kpi: Node, planned: Mapping[date, Decimal], figures: Iterable[PeriodFigure]
) -> Bowling:
    """The chart of a KPI.

    Args:
        planned: by the first day of the month; empty where nobody has planned it.
        figures: of its periods, in any order.
    """
    plan = planned or propose(kpi, frame.months)
    by_month = _by_month(kpi, figures)
    months = tuple(_month(frame, kpi, month, plan.get(month), by_month.get(month)) for month in frame.months)
    both = [(one.planned, one.actual) for one in months if one.planned is not None and one.actual is not None]
    so_far_planned = _so_far([one for one, _ in both], kpi.roll_up)
    so_far = _so_far([one for _, one in both], kpi.roll_up)
    colour = None
    if so_far_planned is not None and so_far is not None:
        colour = judge(kpi, so_far, so_far_planned, frame.near_plan)
    return Bowling(kpi, months, so_far_planned, so_far, colour, is_proposed=not planned and bool(plan))


def judge(kpi: Node, actual: Decimal, planned: Decimal, near_plan: Decimal = NEAR_PLAN) -> Colour:
    """How a figure stands against its plan: met, near it, or missed; mirrored where less is better, and
    within the band for what is to be maintained.

    How near is near counts from the size of the plan, so that a plan of 0 leaves no room.
    """
    low, high = kpi.band_low, kpi.band_high
    if not is_missed(actual, planned, direction=kpi.direction, band_low=low, band_high=high):
        return Colour.MET
    goal = planned
    if kpi.direction is Direction.MAINTAIN:
        low, high = planned if low is None else low, planned if high is None else high
        goal = low if actual < low else high
    room = abs(goal) * (1 - near_plan)
    return Colour.NEAR if abs(actual - goal) <= room else Colour.MISSED


def _month(frame: Frame, kpi: Node, month: date, planned: Decimal | None, actual: Decimal | None) -> Month:
    colour: Colour | None = None
    if actual is not None:
        colour = None if planned is None else judge(kpi, actual, planned, frame.near_plan)
    elif _is_due(kpi, frame, month):
        grace = timedelta(days=GRACE_DAYS[Frequency.MONTHLY if kpi.frequency in _OFTEN else kpi.frequency])
        is_late = frame.today >= next_period(Frequency.MONTHLY, month) + grace
        colour = Colour.STALE if is_late else Colour.OPEN
    else:
        colour = Colour.OPEN
    return Month(month, planned, actual, colour)


def _by_month(kpi: Node, figures: Iterable[PeriodFigure]) -> dict[date, Decimal]:
    """Its figures by the month in which they stand: a week in the one in which it begins, a quarter and a
    year in their last one."""
    ordered = sorted(figures, key=lambda figure: figure.period_on)
    found: dict[date, list[Decimal]] = {}
    for figure in ordered:
        month = figure.period_on.replace(day=1)
        if kpi.frequency not in _OFTEN:
            month = (next_period(kpi.frequency, figure.period_on) - timedelta(days=1)).replace(day=1)
        found.setdefault(month, []).append(figure.value)
    return {month: roll_up_readings(values, kpi.roll_up) for month, values in found.items()}


def _is_due(kpi: Node, frame: Frame, month: date) -> bool:
    """Whether a figure is due with the end of that month."""
    if kpi.frequency in _OFTEN:
        return True
    after = next_period(Frequency.MONTHLY, month)
    return period_start(kpi.frequency, after, fiscal_start_month=frame.months[0].month) == after


def _so_far(values: Sequence[Decimal], how: RollUp) -> Decimal | None:
    return roll_up_readings(values, how) if values else None
