"""Marks that a change makes obvious are put down as suggestions, for a person to agree to."""

from dataclasses import replace

from storage.database import UnitOfWork
from storage.rules import marks
from storage.rules.graph import Graph, MarkLine, Node


def suggest_marks(uow: UnitOfWork, graph: Graph, before: Node | None, after: Node) -> tuple[MarkLine, ...]:
    """Puts down what became obvious by a change of an item, and returns these marks.

    Args:
        before: None for a new item, to which nothing points yet.
        graph: the whole plan before the change. What this person does not see hangs together, too; they see
            no mark of it.

    Only what was not obvious before the change: a suggestion that someone has turned down does not come back
    with every change of something else.
    """
    now = _with(graph, after, after)
    if before is None and not marks.may_suggest(now, after):
        return ()
    known = {(mark.left, mark.right) for mark in graph.marks}
    earlier = marks.suggest(_with(graph, before, after))
    new = [
        (left, right, strength)
        for (left, right), strength in marks.suggest(now).items()
        if (left, right) not in earlier and (left, right) not in known
    ]
    for left, right, strength in new:
        uow.marks.put(
            (left[0], now.nodes[left].id),
            (right[0], now.nodes[right].id),
            strength,
            is_confirmed=False,
            member_id=None,
        )
    return tuple(MarkLine(left, right, strength, is_confirmed=False) for left, right, strength in new)


def _with(graph: Graph, node: Node | None, instead_of: Node) -> Graph:
    nodes = dict(graph.nodes)
    nodes.pop(instead_of.ref, None)
    if node is not None:
        nodes[node.ref] = node
    return replace(graph, nodes=nodes)
