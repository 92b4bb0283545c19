"""Who sees which ball. What a person may not see is not there for them: nothing that they can ask, throw or
be refused tells that it is (docs/decisions/0039-private-balls.md)."""

from collections.abc import Sequence

from storage.database import UnitOfWork
from storage.repositories.catchball_lists import BallLine
from storage.rules import access
from storage.rules.access import Viewer
from storage.rules.catchball import OPEN, Ball
from storage.rules.errors import Closed, NotFound
from storage.rules.graph import Node
from storage.rules.hierarchy import format_reference
from storage.rules.terms import ItemState
from storage.tables.catchball import Catchball


def visible_lines(uow: UnitOfWork, viewer: Viewer, lines: Sequence[BallLine]) -> list[BallLine]:
    """Those that a viewer may see: a private ball is for its people, and so is one about something hidden or
    under it."""
    if not lines:
        return []
    graph = uow.picture().graph
    refs = access.hidden_from(graph, viewer)
    hidden = {format_reference(*ref) for ref in refs}
    rows = {(graph.nodes[ref].kind, graph.nodes[ref].id) for ref in refs}
    return [
        line
        for line in lines
        if viewer.member_id in line.people_ids
        or not (
            line.is_private
            or viewer.is_guest
            or viewer.is_stranger
            or line.parent in hidden
            or (line.item_kind, line.item_id) in rows
        )
    ]


def check_visible(uow: UnitOfWork, row: Catchball, ball: Ball, viewer: Viewer) -> None:
    """What a person may not see is not there."""
    if viewer.member_id in ball.people_ids:
        return
    if row.is_private or viewer.is_guest or viewer.is_stranger:
        raise unknown(row.number)
    graph = uow.picture().graph
    item = graph.find_row(row.item_kind, row.item_id)
    about = {ball.terms.parent, item.ref if item is not None else None}
    if not access.hidden_from(graph, viewer).isdisjoint(about):
        raise unknown(row.number)


def check_free(uow: UnitOfWork, viewer: Viewer, node: Node) -> None:
    """Whether a person may throw an item. Of what others negotiate unseen they may throw it too: the one
    whose agreement comes second hears what has changed in the plan (`check_unchanged`).

    Raises:
        Closed: it is over, or negotiated already in a ball that they see.
    """
    if node.state in {ItemState.CLOSED, ItemState.ARCHIVED}:
        raise Closed(f"{node.reference} is {node.state}, so there is nothing to negotiate about it.")
    lines = uow.ball_lists.list_lines(states=OPEN, about=(node.kind, node.id))
    visible = visible_lines(uow, viewer, lines)
    if visible:
        raise Closed(
            f"{node.reference} is being negotiated already, in {visible[0].reference}. Counter there, or "
            "withdraw that ball first."
        )


def unknown(number: int) -> NotFound:
    return NotFound(f"There is no C-{number} here. Check the reference; `/catchball` lists yours.")
