"""A KPI's plan by month: what it is to be when, and a first proposal of it (rules §4)."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from storage.rules.graph import Node, PlanLine
from storage.rules.terms import Direction, RollUp

_MILLION = 10**6
_MONTHS_A_YEAR = 12


def months_of(plan: PlanLine) -> tuple[date, ...]:
    """The first days of the plan's months, from the one in which it starts to the one in which it ends."""
    months = []
    month = plan.starts_on.replace(day=1)
    while month <= plan.ends_on:
        months.append(month)
        years, number = divmod(month.month, _MONTHS_A_YEAR)
        month = date(month.year + years, number + 1, 1)
    return tuple(months)


def propose(kpi: Node, months: Sequence[date]) -> dict[date, Decimal]:
    """A twelfth of the way each month; of what is summed up, a twelfth of the year's target.

    Only a default: plans follow what the actions are expected to do. Empty where the KPI has no target.
    """
    if kpi.direction is Direction.MAINTAIN:
        goal = kpi.target if kpi.target is not None else _middle(kpi.band_low, kpi.band_high)
        return dict.fromkeys(months, goal) if goal is not None else {}
    if kpi.target is None:
        return {}
    count = len(months)
    if kpi.roll_up is RollUp.SUM:
        return dict.fromkeys(months, _cut(Fraction(kpi.target) / count))
    if kpi.baseline is None:
        return {}
    start, way = Fraction(kpi.baseline), Fraction(kpi.target) - Fraction(kpi.baseline)
    return {month: _cut(start + way * (place + 1) / count) for place, month in enumerate(months)}


def spread(given: Mapping[date, Decimal], months: Sequence[date]) -> dict[date, Decimal]:
    """Every month's plan where only those are given in which it changes: it holds until the next one."""
    found: dict[date, Decimal] = {}
    last: Decimal | None = None
    for month in months:
        last = given.get(month, last)
        if last is not None:
            found[month] = last
    return found


def _middle(low: Decimal | None, high: Decimal | None) -> Decimal | None:
    if low is None or high is None:
        return low if high is None else high
    return _cut((Fraction(low) + Fraction(high)) / 2)


def _cut(value: Fraction) -> Decimal:
    """To six decimals, as figures are stored."""
    cut = Decimal(int(value * _MILLION)) / _MILLION
    return cut.quantize(Decimal(1)) if cut == cut.to_integral_value() else cut.normalize()
