"""A KPI that was defined for an item in draft lives as that one does: it counts once the item counts, and
goes where nothing reads it any more."""

from collections.abc import Iterable

from storage.database import UnitOfWork
from storage.editing.activity import date_activity
from storage.editing.trail import note
from storage.rules.access import Viewer
from storage.rules.graph import Graph, Node
from storage.rules.hierarchy import Ref
from storage.rules.terms import ItemState, Kind

GONE = "Nothing reads it any more: what it was defined for is gone."


def settle_drafts(uow: UnitOfWork, viewer: Viewer, plan_id: int, measures: Iterable[Ref | None]) -> None:
    """Lets KPIs in draft follow what reads them, after that has changed; others are left alone.

    Whoever may change the reader may do this: a KPI in draft is nobody else's yet.
    """
    # Nearly always there is no such KPI, and then nothing is read anew.
    wanted = {ref for ref in measures if ref is not None and ref[0] is Kind.KPI}
    if not any(_is_draft(uow, ref) for ref in wanted):
        return
    graph = uow.picture(plan_id).graph
    for ref in sorted(wanted):
        node = graph.find(ref)
        if node is not None and node.state is ItemState.DRAFT:
            _settle(uow, viewer, graph, node)


def bring_back(uow: UnitOfWork, viewer: Viewer, graph: Graph, measure: Ref | None) -> None:
    """The KPI that went with its reader comes back, in draft, before the reader does."""
    node = graph.find(measure) if measure is not None else None
    if node is not None and node.state is ItemState.ARCHIVED and was_in(uow, node) is ItemState.DRAFT:
        _put(uow, viewer, graph, node, ItemState.DRAFT)


def was_in(uow: UnitOfWork, node: Node) -> ItemState:
    """The state in which an archived item was before; active where nobody wrote that down."""
    entries = uow.audit.list_for(str(node.kind), node.id)
    archived = next((one for one in reversed(entries) if one.action == "archived"), None)
    before = (archived.before or {}).get("state") if archived is not None else None
    return ItemState.ACTIVE if before in {None, ItemState.ARCHIVED} else ItemState(before)


def _is_draft(uow: UnitOfWork, ref: Ref) -> bool:
    return bool(uow.plans.get_item(*ref).state == ItemState.DRAFT)


def _settle(uow: UnitOfWork, viewer: Viewer, graph: Graph, node: Node) -> None:
    readers = graph.measured_by.get(node.ref, ())
    if any(reader.is_live for reader in readers):
        _put(uow, viewer, graph, node, ItemState.ACTIVE)
    elif not readers and not any(mark.is_confirmed for mark in graph.marks_of.get(node.ref, ())):
        _put(uow, viewer, graph, node, ItemState.ARCHIVED)


_ACTIONS = {
    ItemState.ACTIVE: ("changed", ""),
    ItemState.DRAFT: ("restored", ""),
    ItemState.ARCHIVED: ("archived", GONE),
}


def _put(uow: UnitOfWork, viewer: Viewer, graph: Graph, node: Node, state: ItemState) -> None:
    action, reason = _ACTIONS[state]
    row = uow.plans.get_item(node.kind, node.number)
    row.state = state
    date_activity(row, node.state, graph.plan, uow.now)
    note(uow, viewer, node, action, before={"state": node.state}, after={"state": state}, reason=reason)
    uow.session.flush()
