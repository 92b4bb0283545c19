"""Items: added, changed, removed and brought back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from storage.database import UnitOfWork
from storage.editing.activity import date_activity, plan_day
from storage.editing.drafts import bring_back, settle_drafts, was_in
from storage.editing.suggesting import suggest_marks
from storage.editing.trail import note
from storage.editing.versions import changed_since, overtaken, settle
from storage.repositories.audit import Version
from storage.repositories.chores import HANDOVERS
from storage.repositories.plans import ITEM_TABLES, PARENT_COLUMNS
from storage.rules import access, changes
from storage.rules.access import Action, Viewer
from storage.rules.errors import Closed, Invalid, NotAllowed, Overtaken
from storage.rules.graph import Graph, Node
from storage.rules.hierarchy import Ref
from storage.rules.terms import ItemState, Kind
from storage.tables.columns import plain

NEW = 0
"""The number of an item that is not stored yet."""


@dataclass(frozen=True, slots=True)
class Changed:
    """An item after a change: `before` and `after` hold the fields that changed, by the node's names."""

    node: Node
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def look(uow: UnitOfWork, viewer: Viewer, plan_id: int | None = None) -> Graph:
    """What a viewer may see of a plan (the active one without an id).

    Raises:
        NotFound: there is no plan.
    """
    return access.see(uow.picture(plan_id).graph, viewer)


def add_item(
    uow: UnitOfWork, viewer: Viewer, kind: Kind, values: Mapping[str, Any], *, plan_id: int | None = None
) -> Node:
    """Adds an item to a plan (the active one without an id), with the next free reference of its kind.

    Args:
        values: fields of the node, see `changes.FIELDS`; dates that are not given are the plan's.

    Raises:
        NotAllowed: they may not add that kind there.
        Invalid, InvalidFields: the values do not hold together; `field` says which input.
    """
    changes.check_fields(kind, values)
    uow.plans.lock()
    graph = look(uow, viewer, plan_id)
    if not access.may_add(viewer, kind, team_id=values.get("team_id")):
        raise NotAllowed(access.refusal(Action.ADD))
    given = {**_usual_dates(kind, graph, values), **values}
    whole = uow.picture(graph.plan.id)
    node = Node(kind=kind, number=NEW, id=NEW, **{"title": "", "state": ItemState.ACTIVE, **given})
    changes.check_node(node, graph)
    node = node._replace(number=uow.plans.next_number(kind))
    row = ITEM_TABLES[kind](
        plan_id=graph.plan.id, number=node.number, **_columns(kind, graph, {"title": "", **given})
    )
    date_activity(row, None, graph.plan, uow.now)
    uow.plans.add(row)
    node = node._replace(id=row.id)
    note(uow, viewer, node, "added", before=None, after=given)
    marks = suggest_marks(uow, whole.graph, None, node)
    uow.carry(whole, whole.with_item(uow.strategies.node_of(kind, row, whole.graph), marks))
    if node.is_live:
        settle_drafts(uow, viewer, graph.plan.id, [node.measure])
    return node


def change_item(
    uow: UnitOfWork,
    viewer: Viewer,
    ref: Ref,
    values: Mapping[str, Any],
    *,
    reason: str = "",
    since: int | None = None,
) -> Changed:
    """Changes some fields of an item; those that are as they were before are left alone.

    Args:
        since: the version (`version_of`) that the person had before them. What others changed since and this
            person left alone stays as the others have it.

    Raises:
        Overtaken: both changed the same field since then.
        NotFound: there is no such item, or none that they may see.
        NotAllowed: they may not change it.
        Closed: it is archived.
        Invalid, InvalidFields: the values do not hold together, or a reason is wanted (field "reason").
    """
    changes.check_fields(ref[0], values)
    uow.plans.lock()
    graph, node = get_item(uow, viewer, ref)
    if since is not None:
        values = _settled(uow, graph, node, values, since)
    different = {field: value for field, value in values.items() if getattr(node, field) != value}
    if not different:
        return Changed(node, {}, {})
    access.check(viewer, Action.EDIT, graph, node)
    if "is_restricted" in different:
        access.check(viewer, Action.RESTRICT, graph, node)
    if node.state is ItemState.ARCHIVED:
        raise Closed(f"{node.reference} is removed. Bring it back first, then change it.")
    after = node._replace(**different)
    changes.check_node(after, graph)
    if changes.wants_reason(node, different, plan_day(graph.plan, uow.now)) and not reason.strip():
        raise Invalid(changes.REASON_NEEDED, field="reason")
    whole = uow.picture(graph.plan.id)
    change = _Change(uow, viewer, graph, node)
    changed = change.write("changed", different, reason)
    is_moved = bool({"parent", "measure"} & set(different))
    marks = suggest_marks(uow, whole.graph, node, changed.node) if is_moved else ()
    # With its team an objective changes its key results' team, too.
    if "team_id" not in different:
        row = uow.plans.get_item(node.kind, node.number)
        uow.carry(whole, whole.with_item(uow.strategies.node_of(node.kind, row, whole.graph), marks))
    if {"measure", "state"} & set(different):
        settle_drafts(uow, viewer, graph.plan.id, [node.measure, changed.node.measure])
    return changed


def archive_item(uow: UnitOfWork, viewer: Viewer, ref: Ref, *, reason: str = "") -> Changed:
    """Takes an item out of the plan. The row stays, so that nothing that points to it loses its end.

    Raises:
        NotFound, NotAllowed: as `change_item`.
        Invalid: other items stand under it; they are named.
    """
    uow.plans.lock()
    graph, node = get_item(uow, viewer, ref)
    access.check(viewer, Action.ARCHIVE, graph, node)
    if node.state is ItemState.ARCHIVED:
        return Changed(node, {}, {})
    # All of them and not only those that this person sees: a hidden child must not lose its parent either.
    whole = uow.picture(graph.plan.id).graph
    if whole.children.get(ref) or whole.measured_by.get(ref):
        raise Invalid(_still_there(graph, node))
    archived = _Change(uow, viewer, graph, node).write("archived", {"state": ItemState.ARCHIVED}, reason)
    settle_drafts(uow, viewer, graph.plan.id, [node.measure])
    return archived


def restore_item(uow: UnitOfWork, viewer: Viewer, ref: Ref) -> Changed:
    """Brings an archived item back, as it was: what was a draft is one again.

    Raises:
        NotFound, NotAllowed: as `change_item`.
        Invalid: what it stood under is archived itself (field "parent").
    """
    uow.plans.lock()
    graph, node = get_item(uow, viewer, ref)
    access.check(viewer, Action.ARCHIVE, graph, node)
    if node.state is not ItemState.ARCHIVED:
        return Changed(node, {}, {})
    changes.check_node(node, graph)
    bring_back(uow, viewer, uow.picture(graph.plan.id).graph, node.measure)
    return _Change(uow, viewer, graph, node).write("restored", {"state": was_in(uow, node)}, "")


def get_item(uow: UnitOfWork, viewer: Viewer, ref: Ref) -> tuple[Graph, Node]:
    """An item and the plan that it is in, as the viewer sees them.

    Raises:
        NotFound: there is none, or none that they may see.
    """
    graph = look(uow, viewer, uow.plans.find_plan_id(*ref))
    return graph, access.get_visible(graph, ref)


def version_of(uow: UnitOfWork, node: Node) -> int:
    """Counts up with every change of an item, so that a form can tell that it was overtaken."""
    return uow.audit.version(str(node.kind), node.id)


@dataclass(frozen=True, slots=True)
class _Change:
    """One person's change of one item."""

    uow: UnitOfWork
    viewer: Viewer
    graph: Graph
    node: Node

    def write(self, action: str, different: Mapping[str, Any], reason: str) -> Changed:
        row = self.uow.plans.get_item(self.node.kind, self.node.number)
        for column, value in _columns(self.node.kind, self.graph, different).items():
            setattr(row, column, value)
        date_activity(row, self.node.state, self.graph.plan, self.uow.now)
        before = {field: getattr(self.node, field) for field in different}
        note(self.uow, self.viewer, self.node, action, before=before, after=different, reason=reason)
        if "owner_id" in different:
            self.uow.chores.poke(self.uow.now, HANDOVERS)
        self.uow.session.flush()
        return Changed(self.node._replace(**different), before, dict(different))


def _settled(
    uow: UnitOfWork, graph: Graph, node: Node, values: Mapping[str, Any], since: int
) -> Mapping[str, Any]:
    """The values without those that this person left as they were when others have changed them.

    Raises:
        Overtaken: both changed the same; both versions stand in its sentence.
    """
    newer = changed_since(uow, str(node.kind), node.id, since)
    now = {field: getattr(node, field) for field in values}
    settled, clashes = settle(newer, values, now)
    if clashes:
        raise _both_versions(graph, clashes)
    return settled


def _both_versions(graph: Graph, clashes: Mapping[str, Version]) -> Overtaken:
    person = graph.people.get(next(iter(clashes.values())).member_id or 0)
    told = [
        f"{changes.word(field)} {_shown(graph, field, version.before.get(field))} → "
        f"{_shown(graph, field, version.after.get(field))}"
        for field, version in clashes.items()
    ]
    return overtaken(person.name if person else "", told, clashes)


def _shown(graph: Graph, field: str, value: Any) -> str:
    """A value of the trail as people read it."""
    if value in (None, ""):
        return "nothing"
    if field == "owner_id":
        person = graph.people.get(value)
        return person.name if person else "someone"
    if field == "team_id":
        team = graph.teams.get(value)
        return team.name if team else "a team"
    return f"“{value}”" if field == "title" else str(value)


def _columns(kind: Kind, graph: Graph, values: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a node as columns of its table."""
    columns: dict[str, Any] = {
        field: plain(value) if isinstance(value, Decimal) else value for field, value in values.items()
    }
    if "parent" in columns:
        parent: Ref | None = columns.pop("parent")
        columns |= dict.fromkeys(PARENT_COLUMNS[kind].values())
        if parent is not None:
            columns[PARENT_COLUMNS[kind][parent[0]]] = graph.nodes[parent].id
    if "measure" in columns:
        measure: Ref | None = columns.pop("measure")
        columns["kpi_id"] = None if measure is None else graph.nodes[measure].id
    if "due_on" in columns and "ends_on" in ITEM_TABLES[kind].model_fields:
        columns["ends_on"] = columns.pop("due_on")
    return columns


def _usual_dates(kind: Kind, graph: Graph, values: Mapping[str, Any]) -> dict[str, date | None]:
    """The dates of a new item whose form said none: the plan's year, or its parent's."""
    if kind is Kind.KEY_RESULT:
        objective = graph.find(values["parent"]) if values.get("parent") else None
        return {"due_on": objective.due_on if objective is not None else graph.plan.ends_on}
    if kind in {Kind.BREAKTHROUGH, Kind.ANNUAL_OBJECTIVE, Kind.OBJECTIVE}:
        return {"starts_on": graph.plan.starts_on, "due_on": graph.plan.ends_on}
    return {}


def _still_there(graph: Graph, node: Node) -> str:
    held = [*graph.children.get(node.ref, ()), *graph.measured_by.get(node.ref, ())]
    named = ", ".join(one.reference for one in held[:5]) or "items that not everyone sees"
    return (
        f"{node.reference} still carries {named}. Move these elsewhere or remove them first, then remove "
        f"{node.reference}."
    )
