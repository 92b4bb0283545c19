"""Marks of the X-matrix: set, agreed to, taken away."""

from dataclasses import dataclass

from storage.database import UnitOfWork
from storage.editing.items import look
from storage.editing.trail import MARK, note_other
from storage.rules import access, marks
from storage.rules.access import Action, Viewer
from storage.rules.errors import Invalid, NotAllowed, NotFound
from storage.rules.graph import Graph, MarkLine, Node
from storage.rules.hierarchy import Ref
from storage.rules.terms import Strength


@dataclass(frozen=True, slots=True)
class Marked:
    """Two items and what is marked between them; None stands for no mark.

    `was_confirmed` and `is_confirmed` tell a mark that people agreed to from one that was suggested.
    """

    left: Node
    right: Node
    before: Strength | None
    after: Strength | None
    was_confirmed: bool = False
    is_confirmed: bool = False


def get_mark(uow: UnitOfWork, viewer: Viewer, one: Ref, other: Ref) -> Marked:
    """What is marked between two items.

    Raises:
        NotFound: one of them is not there, or not for this person.
        Invalid: no mark joins these kinds.
    """
    _, left, right, line = _ends(uow, viewer, one, other)
    strength = line.strength if line else None
    confirmed = line is not None and line.is_confirmed
    return Marked(left, right, strength, strength, confirmed, confirmed)


def set_mark(uow: UnitOfWork, viewer: Viewer, one: Ref, other: Ref, strength: Strength | None) -> Marked:
    """Marks how strongly two items hang together; None takes the mark away.

    Raises:
        NotFound, Invalid: as `get_mark`.
        NotAllowed: they may change neither end.
    """
    uow.plans.lock()
    graph, left, right, line = _ends(uow, viewer, one, other)
    if not may_mark(viewer, graph, left, right):
        raise NotAllowed(access.refusal(Action.LINK, left))
    before = line.strength if line else None
    was_confirmed = line is not None and line.is_confirmed
    marked = Marked(left, right, before, strength, was_confirmed, strength is not None)
    if strength == before and was_confirmed == marked.is_confirmed:
        return marked
    ends = (left.kind, left.id), (right.kind, right.id)
    whole = uow.picture(graph.plan.id)
    if strength is not None:
        mark = uow.marks.put(*ends, strength, is_confirmed=True, member_id=viewer.member_id)
        _note(uow, viewer, marked, mark.id)
        uow.carry(whole, whole.with_marks([MarkLine(left.ref, right.ref, strength, is_confirmed=True)]))
        return marked
    mark_row = uow.marks.find(*ends)
    if mark_row is not None:
        _note(uow, viewer, marked, mark_row.id)
        uow.marks.remove(mark_row)
    return marked


def agree(uow: UnitOfWork, viewer: Viewer, one: Ref, other: Ref) -> Marked:
    """Agrees to a mark that was suggested, as strong as it was suggested.

    Raises:
        NotFound: there is no such mark any more.
    """
    now = get_mark(uow, viewer, one, other)
    if now.before is None:
        raise NotFound(
            f"Nothing is marked between {now.left.reference} and {now.right.reference} any more. "
            f"`/hoshin link {now.left.reference} {now.right.reference} strong` sets a mark."
        )
    return set_mark(uow, viewer, one, other, now.before)


def list_suggested(uow: UnitOfWork, viewer: Viewer, plan_id: int | None = None) -> list[Marked]:
    """The marks that wait for someone to agree and that this person may decide on."""
    graph = look(uow, viewer, plan_id)
    found = []
    for mark in graph.marks:
        left, right = graph.nodes[mark.left], graph.nodes[mark.right]
        if not mark.is_confirmed and may_mark(viewer, graph, left, right):
            found.append(Marked(left, right, mark.strength, mark.strength))
    return found


def may_mark(viewer: Viewer, graph: Graph, left: Node, right: Node) -> bool:
    """Whoever answers for one of the two ends may say that it serves the other."""
    return access.may(viewer, Action.LINK, graph, left) or access.may(viewer, Action.LINK, graph, right)


def _ends(uow: UnitOfWork, viewer: Viewer, one: Ref, other: Ref) -> tuple[Graph, Node, Node, MarkLine | None]:
    plan_id = uow.plans.find_plan_id(*one)
    graph = look(uow, viewer, plan_id)
    access.get_visible(graph, one)
    if graph.find(other) is None and uow.plans.find_plan_id(*other) not in {None, plan_id}:
        # The other plan's items are looked at with the same eyes before anything is said of them.
        node = access.get_visible(look(uow, viewer, uow.plans.find_plan_id(*other)), other)
        raise Invalid(f"{node.reference} belongs to another plan, and marks stay within one.", field="other")
    access.get_visible(graph, other)
    left, right = marks.order_ends(one, other)
    line = next((mark for mark in graph.marks if (mark.left, mark.right) == (left, right)), None)
    return graph, graph.nodes[left], graph.nodes[right], line


def _note(uow: UnitOfWork, viewer: Viewer, marked: Marked, mark_id: int) -> None:
    ends = {"left": marked.left.ref, "right": marked.right.ref}
    before = {**ends, "strength": marked.before, "is_confirmed": marked.was_confirmed}
    after = {**ends, "strength": marked.after, "is_confirmed": marked.is_confirmed}
    action = "added" if marked.before is None else "removed" if marked.after is None else "changed"
    note_other(
        uow,
        viewer,
        action,
        kind=MARK,
        item_id=mark_id,
        reference=marked.left.reference,
        before=None if marked.before is None else before,
        after=after,
    )
