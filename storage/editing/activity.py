"""Since when a key result or KPI is active: from then on its silence counts (`periods.silent_since`)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from storage.rules.graph import PlanLine
from storage.rules.periods import KEEPS_ITS_DAY
from storage.rules.terms import ItemState
from storage.tables.kpi import Kpi
from storage.tables.okr import KeyResult
from storage.tables.plan import Plan, PlanItem


def date_activity(row: PlanItem, before: ItemState | None, plan: Plan | PlanLine, now: datetime) -> None:
    """Dates a key result or KPI that has become active for the first time, or anew after it was a draft or
    thrown; to be called after every change of a state.

    Args:
        before: the state that it was in; None for a new item.
        plan: what the item is in; the day is that of its zone.
    """
    is_measured = isinstance(row, KeyResult | Kpi)
    if is_measured and row.state is ItemState.ACTIVE and before not in KEEPS_ITS_DAY:
        row.active_on = plan_day(plan, now)


def plan_day(plan: Plan | PlanLine, now: datetime) -> date:
    """The day in a plan's zone."""
    return now.astimezone(ZoneInfo(plan.zone)).date()
