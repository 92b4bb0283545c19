"""Marks that a change makes obvious are put down as suggestions, for a person to agree to."""

from dataclasses import replace

from storage.database import UnitOfWork
from storage.rules import marks
from storage.rules.graph import Graph, Node


def suggest_marks(uow: UnitOfWork, before: Node | None, after: Node) -> int:
    """Puts down what became obvious by a change of an item, and returns how many marks that are.

    Only what was not obvious before the change: a suggestion that someone has turned down does not come back
    with every change of something else.
    """
    # The whole plan: what this person does not see hangs together, too. They see no mark of it.
    graph = uow.picture(_plan_of(uow, after)).graph
    known = {(mark.left, mark.right) for mark in graph.marks}
    earlier = marks.suggest(_with(graph, before, after))
    new = [
        (left, right, strength)
        for (left, right), strength in marks.suggest(_with(graph, after, after)).items()
        if (left, right) not in earlier and (left, right) not in known
    ]
    for left, right, strength in new:
        uow.marks.put(
            (left[0], graph.nodes[left].id),
            (right[0], graph.nodes[right].id),
            strength,
            is_confirmed=False,
            member_id=None,
        )
    return len(new)


def _plan_of(uow: UnitOfWork, node: Node) -> int | None:
    return uow.plans.find_plan_id(node.kind, node.number)


def _with(graph: Graph, node: Node | None, instead_of: Node) -> Graph:
    nodes = dict(graph.nodes)
    nodes.pop(instead_of.ref, None)
    if node is not None:
        nodes[node.ref] = node
    return replace(graph, nodes=nodes)
