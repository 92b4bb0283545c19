"""What a new item's form begins with: mine, my team's, now."""

from datetime import date
from zoneinfo import ZoneInfo

from storage import editing
from storage.database import UnitOfWork
from storage.rules import changes
from storage.rules.access import Viewer
from storage.rules.graph import Graph, Node, PlanLine
from storage.rules.terms import Commitment, Frequency, ItemState, Kind

_COMMITMENT = {Kind.ANNUAL_OBJECTIVE: Commitment.COMMITTED, Kind.OBJECTIVE: Commitment.ASPIRATIONAL}
_MONTHS_A_YEAR = 12
_MONTHS_A_QUARTER = 3
_SHORTEST_MONTH = 28


def today_in(uow: UnitOfWork, graph: Graph) -> date:
    """The day in the plan's own zone."""
    return uow.now.astimezone(ZoneInfo(graph.plan.zone)).date()


def blank_item(uow: UnitOfWork, viewer: Viewer, graph: Graph, kind: Kind, parent: Node | None) -> Node:
    """A new item with the defaults that mostly fit: mine, my team's, now."""
    known = graph.people.get(viewer.member_id)
    can_own = known is not None and not (known.is_guest and kind not in changes.LOWER_KINDS)
    node = Node(
        kind,
        editing.NEW,
        editing.NEW,
        "",
        ItemState.ACTIVE,
        owner_id=viewer.member_id if can_own else None,
        parent=parent.ref if parent is not None else None,
        commitment=_COMMITMENT.get(kind),
        frequency=Frequency.MONTHLY,
    )
    if parent is not None:
        node = node._replace(perspective=parent.perspective, team_id=_team_of(graph, viewer, kind, parent))
    starts_on, due_on = _days(graph, kind, parent, today_in(uow, graph))
    return node._replace(starts_on=starts_on, due_on=due_on)


def _team_of(graph: Graph, viewer: Viewer, kind: Kind, parent: Node) -> int | None:
    if "team_id" not in changes.FIELDS[kind]:
        return None
    if parent.team_id is not None:
        return parent.team_id
    own = [one for one in graph.teams.values() if viewer.member_id in one.member_ids]
    return own[0].id if len(own) == 1 else None


def _days(graph: Graph, kind: Kind, parent: Node | None, today: date) -> tuple[date | None, date | None]:
    plan = graph.plan
    if kind is Kind.KPI:
        return None, None
    if kind in {Kind.DRIVER, Kind.BREAKTHROUGH}:
        # Three years: a breakthrough takes three to five.
        return plan.starts_on, plan.ends_on.replace(year=plan.ends_on.year + 2)
    if kind is Kind.KEY_RESULT:
        return None, parent.due_on if parent is not None else None
    if kind is Kind.OBJECTIVE:
        return _quarter(plan, today)
    return plan.starts_on, plan.ends_on


def _quarter(plan: PlanLine, today: date) -> tuple[date, date]:
    """The quarter of the plan's year in which today lies; before it begins the first, after it the last."""
    within = min(max(today, plan.starts_on), plan.ends_on)
    months = (within.year - plan.starts_on.year) * _MONTHS_A_YEAR + within.month - plan.starts_on.month
    if within.day < plan.starts_on.day:
        months -= 1
    first = _months_later(plan.starts_on, months // _MONTHS_A_QUARTER * _MONTHS_A_QUARTER)
    after = _months_later(first, _MONTHS_A_QUARTER)
    return first, min(date.fromordinal(after.toordinal() - 1), plan.ends_on)


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, _MONTHS_A_YEAR)
    return day.replace(year=day.year + years, month=month + 1, day=min(day.day, _SHORTEST_MONTH))
