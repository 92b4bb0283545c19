"""What an agreement writes into the plan, and with whose right."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from storage.database import UnitOfWork
from storage.editing import add_item, change_item
from storage.editing.marks import get_mark, set_mark
from storage.editing.people import set_readers, set_supporters
from storage.editing.trail import note
from storage.rules import access
from storage.rules.access import Action, Viewer
from storage.rules.catchball import SETTLED, Ball, agreed_words
from storage.rules.catchball_terms import Terms
from storage.rules.errors import Closed, NotAllowed
from storage.rules.finding import search
from storage.rules.graph import Graph, Node
from storage.rules.hierarchy import Ref
from storage.rules.terms import ItemState, Kind, Strength
from storage.tables.catchball import Catchball

AGREED = "agreed"
"""What the item's history calls it."""
PLAIN_REASON = "Agreed."
DRAFTED = frozenset({ItemState.DRAFT, ItemState.IN_CATCHBALL})


def check_writable(
    uow: UnitOfWork, kind: Kind, item: Ref | None, ball: Ball, *, way_on: str = "Throw it to someone who may"
) -> None:
    """Raises NotAllowed where nobody of those who take part may write the agreement into the plan."""
    graph = uow.picture().graph
    node = graph.find(item) if item is not None else None
    if next(_writers(uow, graph, kind, node, ball), None) is not None:
        return
    raise NotAllowed(
        f"Nobody of those who take part may {'change ' + node.reference if node else 'add an ' + kind}, so "
        f"an agreement could not be written into the plan. {way_on}; `/hoshin roles` shows who that is."
    )


def present_terms(uow: UnitOfWork, viewer: Viewer, graph: Graph, node: Node) -> Terms:
    """An item's terms as they stand: what the plan says of it, and what the last agreement about it that the
    viewer may know of said beside."""
    agreed = uow.ball_items.find_agreed_terms(node.kind, node.id, viewer.member_id) or Terms()
    terms = replace(agreed, title=node.title, due_on=node.due_on or agreed.due_on, parent=node.parent)
    measured = find_measured(graph, node, agreed.measure)
    if measured is None:
        return terms
    # A band has no way from here to there, which is what is negotiated.
    if measured.baseline is None or measured.target is None:
        return replace(terms, measure="", unit="", baseline=None, target=None)
    return replace(
        terms,
        measure=measured.title,
        unit=measured.unit,
        baseline=measured.baseline,
        target=measured.target,
    )


def find_measured(graph: Graph, node: Node, measure: str = "") -> Node | None:
    """Whose figures are an item's: its own, its KPI's, that of the KPI that it moves, or those of the key
    result so called or the only one."""
    if node.kind is Kind.KEY_RESULT:
        return node
    if node.kind is Kind.ANNUAL_OBJECTIVE:
        return graph.find(node.measure) if node.measure is not None else None
    if node.kind is Kind.INITIATIVE:
        return _moved_kpi(graph, node, measure)
    below = [one for one in graph.children.get(node.ref, ()) if one.kind is Kind.KEY_RESULT]
    named = [one for one in below if one.title.casefold() == measure.casefold()]
    return named[0] if named else below[0] if len(below) == 1 else None


def _moved_kpi(graph: Graph, initiative: Node, measure: str) -> Node | None:
    """The KPI that an initiative moves, by the marks of the X-matrix: the one so called, or the only one."""
    refs = [
        mark.right
        for mark in graph.marks_of.get(initiative.ref, ())
        if mark.is_confirmed and mark.left == initiative.ref and mark.right[0] is Kind.KPI
    ]
    kpis = [kpi for kpi in map(graph.find, refs) if kpi is not None and kpi.is_live]
    named = [kpi for kpi in kpis if _is_called(kpi, measure)]
    return named[0] if named else kpis[0] if len(kpis) == 1 else None


def keep_in_state(uow: UnitOfWork, row: Catchball, ball: Ball) -> None:
    """A draft that is negotiated stands as such, and as a draft again when nothing came of it.

    A ball among its people shows in nothing else until it is agreed.
    """
    if row.is_private:
        return
    graph = uow.picture().graph
    node = _item_of(graph, row)
    if node is None or node.state not in DRAFTED or ball.state in SETTLED:
        return
    if not ball.is_open and node.id in uow.ball_items.list_open_items(node.kind):
        return  # in another ball, thrown by someone who does not see this one
    _put_in_state(uow, graph, node, row, ball, ItemState.IN_CATCHBALL if ball.is_open else ItemState.DRAFT)


def write_agreement(uow: UnitOfWork, row: Catchball, ball: Ball) -> Node:
    """Makes the item that was agreed, or changes the one that the ball is about.

    Raises:
        Closed: nobody of those who take part may write it any more.
        Invalid, InvalidFields: the plan does not take it.
    """
    graph = uow.picture().graph
    node = _item_of(graph, row)
    writer = next(_writers(uow, graph, row.kind, node, ball), None)
    if writer is None:
        raise Closed(
            f"Nobody who takes part in {ball.reference} may write it into the plan any more. Hand your part "
            "over to someone who may, or ask the strategy lead."
        )
    item = _changed(uow, writer, node, row, ball) if node is not None else _added(uow, writer, row, ball)
    if row.is_private:
        # The item's own trail is read by others, too; its people have the ball's.
        return item
    note(
        uow,
        writer,
        item,
        AGREED,
        before=None,
        after={"catchball": ball.reference, "version": ball.version},
        reason=reason_of(row, ball),
    )
    return item


def reason_of(row: Catchball, ball: Ball) -> str:
    """Why an agreement changes what it changes, as the items' histories tell it: of a private one what
    anybody might have typed."""
    return PLAIN_REASON if row.is_private else agreed_words(ball.number, ball.version)


def _item_of(graph: Graph, row: Catchball) -> Node | None:
    node = graph.find_row(row.item_kind, row.item_id)
    return None if node is None or node.state is ItemState.ARCHIVED else node


def _writers(uow: UnitOfWork, graph: Graph, kind: Kind, node: Node | None, ball: Ball) -> Iterator[Viewer]:
    """Those who may, the receivers first: it becomes theirs."""
    for member_id in (*ball.receiver_ids, ball.proposer_id):
        person = graph.people.get(member_id)
        if person is None or person.is_deactivated:
            continue
        viewer = uow.roles.get_viewer(member_id, graph.teams)
        allowed = (
            access.may(viewer, Action.EDIT, graph, node)
            if node is not None
            else access.may_add(viewer, kind, team_id=_team(graph, ball.receiver_ids[0]))
        )
        if allowed:
            yield viewer


def _added(uow: UnitOfWork, writer: Viewer, row: Catchball, ball: Ball) -> Node:
    graph, terms = uow.picture().graph, ball.terms
    owner_id = ball.proposer_id if row.is_upwards else ball.receiver_ids[0]
    values: dict[str, Any] = {
        "title": terms.title,
        "parent": terms.parent,
        "owner_id": owner_id,
        "due_on": terms.due_on,
        "is_restricted": row.is_private,
    }
    if row.kind is Kind.KEY_RESULT:
        return _shared(uow, writer, row, ball, add_item(uow, writer, row.kind, values | _figures(terms)))
    values |= {"starts_on": _starts_on(uow, graph, terms), "team_id": _team(graph, owner_id)}
    if row.kind is Kind.ANNUAL_OBJECTIVE and terms.measure:
        values["measure"] = _kpi(uow, writer, row, ball, is_restricted=row.is_private)
    item = _shared(uow, writer, row, ball, add_item(uow, writer, row.kind, values))
    if row.kind is Kind.OBJECTIVE and terms.measure:
        _add_key_result(uow, writer, item, terms)
    if row.kind is Kind.INITIATIVE and terms.measure:
        _mark_moved(uow, writer, item, _kpi(uow, writer, row, ball, is_restricted=row.is_private))
    return item


def _shared(uow: UnitOfWork, writer: Viewer, row: Catchball, ball: Ball, item: Node) -> Node:
    """Everyone who agreed keeps sight of it: further receivers support it, what is restricted they may
    read."""
    owner_id = item.owner_id or ball.proposer_id
    owner = writer if writer.member_id == owner_id else uow.roles.get_viewer(owner_id)
    others = [one for one in (ball.proposer_id, *ball.receiver_ids) if one != item.owner_id]
    if item.is_restricted:
        set_readers(uow, owner, item.ref, others)
    elif item.kind is row.kind and len(ball.receiver_ids) > 1 and not row.is_upwards:
        set_supporters(uow, owner, item.ref, [one for one in others if one != ball.proposer_id])
    return item


def _changed(uow: UnitOfWork, writer: Viewer, node: Node, row: Catchball, ball: Ball) -> Node:
    graph, terms, reason = uow.picture().graph, ball.terms, reason_of(row, ball)
    values: dict[str, Any] = {"title": terms.title, "due_on": terms.due_on}
    if terms.parent is not None:
        values["parent"] = terms.parent
    if node.kind is Kind.KEY_RESULT:
        values |= _figures(terms)
    if node.kind is Kind.ANNUAL_OBJECTIVE and terms.measure:
        read = graph.find(node.measure) if node.measure is not None else None
        values["measure"] = _agreed_kpi(uow, writer, node, read, row, ball)
    if node.kind is Kind.INITIATIVE and terms.measure:
        moved = _moved_kpi(graph, node, terms.measure)
        _mark_moved(uow, writer, node, _agreed_kpi(uow, writer, node, moved, row, ball))
    changed = change_item(uow, writer, node.ref, values, reason=reason).node
    graph = uow.picture().graph
    if node.kind is Kind.OBJECTIVE and terms.measure:
        below = [
            one
            for one in graph.children.get(node.ref, ())
            if one.title.casefold() == terms.measure.casefold()
        ]
        if below:
            figures = _figures(terms) | {"due_on": terms.due_on}
            change_item(uow, writer, below[0].ref, figures, reason=reason)
        else:
            _add_key_result(uow, writer, changed, terms)
    if changed.state in DRAFTED:
        _put_in_state(uow, uow.picture().graph, changed, row, ball, ItemState.ACTIVE)
    return uow.picture().graph.nodes[node.ref]


def _mark_moved(uow: UnitOfWork, writer: Viewer, initiative: Node, kpi: Ref) -> None:
    """An initiative has no figures of its own: it moves a KPI, which the X-matrix says by a mark."""
    if get_mark(uow, writer, initiative.ref, kpi).after is None:
        set_mark(uow, writer, initiative.ref, kpi, Strength.STRONG)


def _agreed_kpi(  # noqa: PLR0917 - who writes what of which ball
    uow: UnitOfWork, writer: Viewer, node: Node, kpi: Node | None, row: Catchball, ball: Ball
) -> Ref:
    """The KPI that was agreed on, with the agreed figures where it is `kpi`, which the item has already."""
    graph, terms = uow.picture().graph, ball.terms
    if kpi is None or not _is_called(kpi, terms.measure):
        # Restricted, it would take an item that everyone sees out of their sight.
        return _kpi(uow, writer, row, ball, is_restricted=row.is_private and node.ref in graph.guards)
    figures = _figures(terms)
    if any(getattr(kpi, name) != value for name, value in figures.items()):
        keeper = next(_writers(uow, graph, kpi.kind, kpi, ball), None)
        if keeper is None:
            raise Closed(
                f"Nobody who takes part in {ball.reference} may change {kpi.reference}, whose figures this "
                "would change. Keep its figures by a counter, or hand your part over to someone who may."
            )
        change_item(uow, keeper, kpi.ref, figures, reason=reason_of(row, ball))
    return kpi.ref


def _put_in_state(  # noqa: PLR0917 - as above
    uow: UnitOfWork, graph: Graph, node: Node, row: Catchball, ball: Ball, state: ItemState
) -> None:
    """An OKR's objective and key results go from state to state together, where someone may say so."""
    reason = PLAIN_REASON if row.is_private else f"{ball.reference} is {ball.state}."
    keeper = next(_writers(uow, graph, node.kind, node, ball), None)
    below = [one for one in graph.children.get(node.ref, ()) if one.kind is Kind.KEY_RESULT]
    for one in (node, *below):
        if keeper is not None and one.state in DRAFTED and access.may(keeper, Action.EDIT, graph, one):
            change_item(uow, keeper, one.ref, {"state": state}, reason=reason)


def _add_key_result(uow: UnitOfWork, writer: Viewer, objective: Node, terms: Terms) -> None:
    """Seen by whoever sees the objective: what stands under something restricted is hidden with it."""
    values = {
        "title": terms.measure,
        "parent": objective.ref,
        "owner_id": objective.owner_id,
        "due_on": terms.due_on,
    }
    add_item(uow, writer, Kind.KEY_RESULT, values | _figures(terms))


def _kpi(uow: UnitOfWork, writer: Viewer, row: Catchball, ball: Ball, *, is_restricted: bool) -> Ref:
    """The KPI of that name, or a new one: a KPI is defined once."""
    terms = ball.terms
    seen = access.see(uow.picture().graph, writer)
    known = [one for one in search(seen, terms.measure, kinds={Kind.KPI}) if _is_called(one, terms.measure)]
    if known:
        return known[0].ref
    values = {"title": terms.measure, "owner_id": ball.receiver_ids[0], "is_restricted": is_restricted}
    return _shared(uow, writer, row, ball, add_item(uow, writer, Kind.KPI, values | _figures(terms))).ref


def _is_called(node: Node, words: str) -> bool:
    return words.casefold().strip() in {node.title.casefold(), node.reference.casefold()}


def _figures(terms: Terms) -> dict[str, Any]:
    if terms.baseline is None or terms.target is None:
        return {}
    return {
        "unit": terms.unit,
        "baseline": terms.baseline,
        "target": terms.target,
        "direction": terms.direction,
    }


def _starts_on(uow: UnitOfWork, graph: Graph, terms: Terms) -> date:
    """Today, within the plan's year and what it stands under."""
    today = uow.now.astimezone(ZoneInfo(graph.plan.zone)).date()
    parent = graph.find(terms.parent) if terms.parent is not None else None
    earliest = max(filter(None, (graph.plan.starts_on, parent.starts_on if parent else None)))
    starts_on = max(today, earliest)
    return min(starts_on, terms.due_on) if terms.due_on is not None else starts_on


def _team(graph: Graph, member_id: int) -> int | None:
    """The team that someone leads, else one that they belong to."""
    teams = sorted(graph.teams.values(), key=lambda team: team.id)
    led = [team.id for team in teams if team.lead_id == member_id]
    return next(iter(led), next((team.id for team in teams if member_id in team.member_ids), None))
