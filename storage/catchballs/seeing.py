"""Seeing balls: one whole, those that someone may see, and where nothing is agreed below yet."""

from datetime import UTC, date, datetime

from storage.catchballs.facts import Branch, Record
from storage.catchballs.places import names_of
from storage.catchballs.sight import check_visible, unknown, visible_lines
from storage.database import UnitOfWork
from storage.editing import look
from storage.rules.access import Viewer
from storage.rules.catchball import (
    RULES,
    SETTLED,
    Act,
    Ball,
    BallState,
    Move,
    advance,
    check_rounds,
    days_held,
    open_moves,
)
from storage.rules.catchball_terms import Terms
from storage.rules.graph import Graph, in_order
from storage.rules.terms import Kind, Role
from storage.tables.catchball import Catchball


def show(uow: UnitOfWork, viewer: Viewer, number: int) -> Record:
    """A ball with every version and move.

    Raises:
        NotFound: there is none, or none that they may see.
    """
    row = uow.catchballs.find(number)
    if row is None:
        raise unknown(number)
    graph, ball = look(uow, viewer), uow.catchballs.read(row)
    check_visible(uow, row, ball, viewer)
    item = graph.find_row(row.item_kind, row.item_id)
    return Record(
        row=row,
        ball=ball,
        versions=tuple(uow.catchballs.list_versions(row.id)),
        moves=tuple(uow.catchballs.list_moves(row.id)),
        names=names_of(graph),
        remarks=tuple(uow.remarks.list_of(row.id)),
        parent=graph.find(ball.terms.parent) if ball.terms.parent is not None else None,
        item=item,
        days=days_held(ball, uow.now),
        zone=uow.workspace.zone,
    )


def check_may(viewer: Viewer, record: Record, move: Move) -> None:
    """Raises as the move itself where someone may not make it now, so that nobody types in vain."""
    rule, ball = RULES[move], record.ball
    is_lead = Role.STRATEGY_LEAD in viewer.granted
    if move in open_moves(ball, viewer.member_id, is_lead=is_lead):
        if move is Move.COUNTER:
            check_rounds(ball, viewer.member_id, is_lead=is_lead)
        return
    if ball.state in rule.sources and viewer.member_id in ball.people_ids and not rule.holds:
        return
    # The refusal is the move's own: with nothing given, it is made before anything is asked for.
    act = Act(
        move=move,
        by_id=viewer.member_id,
        at=record.row.held_since or datetime.min.replace(tzinfo=UTC),
        on=date.min,
        text="?",
    )
    advance(ball, act, record.names)


def coverage(uow: UnitOfWork, viewer: Viewer) -> list[Branch]:
    """Below each agreed objective: the branches that have no agreed ball, or that there is none at all."""
    graph = look(uow, viewer)
    # Of what is agreed or negotiated unseen nothing is told, not even that it is not missing.
    lines = visible_lines(uow, viewer, uow.ball_lists.list_lines())
    by_item = {(one.item_kind, one.item_id): one for one in lines if one.item_id is not None}
    found = []
    for node in in_order(filter(None, (graph.find_row(*row) for row in by_item))):
        own = by_item[node.kind, node.id]
        if own.state not in SETTLED or not node.is_live:
            continue
        below = [one for one in graph.children.get(node.ref, ()) if one.kind is not Kind.KEY_RESULT]
        if not below and own.state is BallState.AGREED and node.kind is not Kind.KEY_RESULT:
            found.append(Branch(node, None, None))
        for child in below:
            ball = by_item.get((child.kind, child.id))
            if ball is None or ball.state not in SETTLED:
                found.append(Branch(node, child, ball))
    return found


def lock(uow: UnitOfWork, viewer: Viewer, number: int) -> tuple[Catchball, Ball, Graph]:
    """The ball, held until the transaction ends, and the plan as the viewer sees it.

    Raises:
        NotFound: there is none, or none that they may see.
    """
    row = uow.catchballs.lock(number)
    ball = uow.catchballs.read(row)
    check_visible(uow, row, ball, viewer)
    return row, ball, look(uow, viewer)


def terms_at(
    uow: UnitOfWork, viewer: Viewer, number: int, version: int | None, *, locks: bool = False
) -> Terms:
    """The terms of a version, without anything else of the ball; the last one's where there is no such.

    Args:
        locks: a move follows, so the ball is locked already and read only once.

    Raises:
        NotFound: there is no such ball for them.
    """
    row = uow.catchballs.lock(number) if locks else uow.catchballs.find(number)
    if row is None:
        raise unknown(number)
    ball = uow.catchballs.read(row)
    check_visible(uow, row, ball, viewer)
    if version is None or version == ball.version:
        return ball.terms
    return uow.catchballs.find_terms(row.id, version) or ball.terms
