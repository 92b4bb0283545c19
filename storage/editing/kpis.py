"""What belongs to a KPI beside its definition: other names, and its plan by month."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from storage.database import UnitOfWork
from storage.editing.items import Changed, get_item
from storage.editing.trail import note
from storage.editing.versions import overtaken
from storage.rules import access, changes, monthly
from storage.rules.access import Action, Viewer
from storage.rules.errors import Closed, Invalid
from storage.rules.graph import Graph, Node
from storage.rules.hierarchy import Ref
from storage.rules.likeness import is_same_name
from storage.rules.terms import ItemState, Kind
from storage.tables.columns import plain


def add_alias(uow: UnitOfWork, viewer: Viewer, ref: Ref, name: str) -> Changed:
    """Gives a KPI another name, so that one definition is kept where people say it in two ways.

    Whoever may add a KPI may do this instead.

    Raises:
        NotFound, NotAllowed: there is no such KPI for them, or they may add none.
        Invalid: the name is empty, too long, or another KPI's (field "title").
    """
    uow.plans.lock()
    graph, node = _open(uow, viewer, ref)
    if not access.may_add(viewer, Kind.KPI, team_id=node.team_id):
        access.check(viewer, Action.EDIT, graph, node)
    name = " ".join(name.split())
    before = graph.aliases.get(ref, ())
    if is_same_name(name, node.title) or any(is_same_name(name, one) for one in before):
        return Changed(node, {}, {})
    _check_name(graph, node, name)
    if not uow.kpis.add_alias(node.id, name):
        raise Invalid(
            f"“{name}” is another KPI's name already. Use that KPI, or another name.", field="title"
        )
    after = sorted((*before, name))
    note(uow, viewer, node, "changed", before={"aliases": before}, after={"aliases": after})
    return Changed(node, {"aliases": before}, {"aliases": tuple(after)})


def remove_alias(uow: UnitOfWork, viewer: Viewer, ref: Ref, name: str) -> Changed:
    """Takes another name away from a KPI."""
    uow.plans.lock()
    graph, node = _open(uow, viewer, ref)
    access.check(viewer, Action.EDIT, graph, node)
    before = graph.aliases.get(ref, ())
    gone = [one for one in before if is_same_name(one, name)]
    for one in gone:
        uow.kpis.remove_alias(node.id, one)
    if not gone:
        return Changed(node, {}, {})
    after = tuple(one for one in before if one not in gone)
    note(uow, viewer, node, "changed", before={"aliases": before}, after={"aliases": after})
    return Changed(node, {"aliases": before}, {"aliases": after})


def monthly_plan(uow: UnitOfWork, viewer: Viewer, ref: Ref) -> dict[date, Decimal]:
    """What a KPI is planned to be, by month; what is not planned has no entry."""
    _, node = _open(uow, viewer, ref)
    return uow.kpis.monthly_plan(node.id)


def set_monthly_plan(
    uow: UnitOfWork,
    viewer: Viewer,
    ref: Ref,
    values: Mapping[date, Decimal],
    *,
    reason: str = "",
    since: int | None = None,
) -> Changed:
    """Sets a KPI's plan by month, all of it: a month that is not among `values` has none from now on.

    Args:
        since: the version (`version_of`) that the person had before them. Months that others changed since
            and this person left alone stay as the others have them.

    Raises:
        Overtaken: both changed the same month since then.
        NotFound, NotAllowed: there is no such KPI for them, or they may not change it.
        Invalid: a month lies outside the plan's year (field "months").
    """
    uow.plans.lock()
    graph, node = _open(uow, viewer, ref)
    access.check(viewer, Action.EDIT, graph, node)
    months = monthly.months_of(graph.plan)
    outside = sorted(set(values) - set(months))
    if outside:
        raise Invalid(
            f"{outside[0]:%B %Y} lies outside the plan, which runs from {months[0]:%B %Y} to "
            f"{months[-1]:%B %Y}.",
            field="months",
        )
    before = uow.kpis.monthly_plan(node.id)
    wanted: dict[date, Decimal | None] = {month: plain(value) for month, value in values.items()}
    if since is not None:
        wanted |= _left_to_others(uow, graph, node, wanted, since)
    changed = [month for month in months if before.get(month) != wanted.get(month)]
    if not changed:
        return Changed(node, {}, {})
    uow.kpis.put_monthly_plan(node.id, {month: wanted.get(month) for month in changed})
    was = {month.isoformat(): before.get(month) for month in changed}
    now = {month.isoformat(): wanted.get(month) for month in changed}
    was_planned, is_planned = {"monthly_plan": was}, {"monthly_plan": now}
    note(uow, viewer, node, "planned", before=was_planned, after=is_planned, reason=reason)
    return Changed(node, was_planned, is_planned)


def _left_to_others(
    uow: UnitOfWork, graph: Graph, node: Node, wanted: Mapping[date, Decimal | None], since: int
) -> dict[date, Decimal | None]:
    """The months that others have planned anew since, where this person left them as they were.

    Raises:
        Overtaken: this person planned one of them anew, too.
    """
    theirs: dict[date, Decimal | None] = {}
    drawn: dict[date, Decimal | None] = {}
    member_id: int | None = None
    for version in uow.audit.list_newer(str(node.kind), node.id, since):
        for month, value in _months(version.after).items():
            drawn.setdefault(month, _months(version.before).get(month))
            theirs[month], member_id = value, version.member_id
    clashes = [month for month in theirs if wanted.get(month) not in {drawn[month], theirs[month]}]
    if clashes:
        person = graph.people.get(member_id or 0)
        told = [f"{month:%b %Y} {_said(drawn[month])} → {_said(theirs[month])}" for month in sorted(clashes)]
        raise overtaken(person.name if person else "", told, {"months"})
    return theirs


def _months(fields: Mapping[str, Any]) -> dict[date, Decimal | None]:
    """The months of an entry of the trail."""
    return {
        date.fromisoformat(month): None if value is None else plain(Decimal(value))
        for month, value in fields.get("monthly_plan", {}).items()
    }


def _said(value: Decimal | None) -> str:
    return "nothing" if value is None else str(value)


def _open(uow: UnitOfWork, viewer: Viewer, ref: Ref) -> tuple[Graph, Node]:
    graph, node = get_item(uow, viewer, ref)
    if node.kind is not Kind.KPI:
        raise Invalid(f"{node.reference} is no KPI. Type a reference such as KPI-1.")
    if node.state is ItemState.ARCHIVED:
        raise Closed(f"{node.reference} is removed. Bring it back first, then change it.")
    return graph, node


def _check_name(graph: Graph, node: Node, name: str) -> None:
    if not name:
        raise Invalid("Another name needs a word or two.", field="title")
    if len(name) > changes.LONGEST_TITLE:
        raise Invalid(
            f"The name has {len(name)} characters; at most {changes.LONGEST_TITLE} fit.", field="title"
        )
    for other in graph.of_kind(Kind.KPI):
        if other.ref != node.ref and is_same_name(other.title, name):
            raise Invalid(f"{other.reference} is called that. Use it, or another name.", field="title")
