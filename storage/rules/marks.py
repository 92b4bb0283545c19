"""Marks of the X-matrix: between what they may stand, and which ones are obvious (rules §2)."""

from collections.abc import Iterator

from storage.rules.errors import Invalid
from storage.rules.graph import Graph, Node
from storage.rules.hierarchy import Ref, format_reference
from storage.rules.terms import ItemState, Kind, Strength

CORNERS: tuple[tuple[Kind, Kind], ...] = (
    (Kind.ANNUAL_OBJECTIVE, Kind.BREAKTHROUGH),
    (Kind.INITIATIVE, Kind.ANNUAL_OBJECTIVE),
    (Kind.INITIATIVE, Kind.KPI),
    (Kind.KPI, Kind.BREAKTHROUGH),
)
"""Which kinds a mark may join: what serves, then what is served. People's marks follow from who owns and
supports, and are not set."""

Pair = tuple[Ref, Ref]


def order_ends(one: Ref, other: Ref) -> Pair:
    """The two ends of a mark in the order of `CORNERS`.

    Raises:
        Invalid: no mark joins these kinds; the sentence names the pairs that there are.
    """
    if (one[0], other[0]) in CORNERS:
        return one, other
    if (other[0], one[0]) in CORNERS:
        return other, one
    pairs = ", ".join(f"{left} – {right}" for left, right in CORNERS)
    raise Invalid(
        f"{format_reference(*one)} and {format_reference(*other)} cannot be marked: a mark joins {pairs}. "
        "Where a person belongs to an item, make them its owner or supporter.",
        field="other",
    )


def suggest(graph: Graph) -> dict[Pair, Strength]:
    """The marks that are obvious from where items stand and what they read, whether or not they are set."""
    found: dict[Pair, Strength] = {}
    for node in graph.nodes.values():
        if node.state is ItemState.ARCHIVED:
            continue
        for left, right, strength in _obvious(graph, node):
            pair = left.ref, right.ref
            if pair not in found or found[pair].weight < strength.weight:
                found[pair] = strength
    return found


def may_suggest(graph: Graph, new: Node) -> bool:
    """Whether an item to which nothing in the plan points yet may make a mark obvious there. A quick look,
    which spares one at the whole plan."""
    # What it reads may be moved by an initiative beside it; else only what it says itself counts.
    return new.measure is not None or next(_obvious(graph, new), None) is not None


def _obvious(graph: Graph, node: Node) -> Iterator[tuple[Node, Node, Strength]]:
    above = list(graph.above(node.ref))
    parent = above[0] if above else None
    if parent is not None and (node.kind, parent.kind) in CORNERS:
        yield node, parent, Strength.STRONG
    if node.kind is Kind.INITIATIVE:
        yield from _of_initiative(graph, node, above)
    measure = graph.nodes.get(node.measure) if node.measure is not None else None
    if measure is None or measure.state is ItemState.ARCHIVED:
        return
    breakthrough = next((one for one in above if one.kind is Kind.BREAKTHROUGH), None)
    if breakthrough is not None:
        # The measure of the goal itself says more of the breakthrough than a figure further down.
        near = node.kind is Kind.ANNUAL_OBJECTIVE
        yield measure, breakthrough, Strength.STRONG if near else Strength.MEDIUM


def _of_initiative(graph: Graph, node: Node, above: list[Node]) -> Iterator[tuple[Node, Node, Strength]]:
    """An initiative is meant to move what measures the goal that it stands under."""
    if not above:
        return
    goal = above[0]
    annual = next((one for one in above if one.kind is Kind.ANNUAL_OBJECTIVE), None)
    if annual is not None and annual is not goal:
        yield node, annual, Strength.MEDIUM
    measured = [goal, *graph.children.get(goal.ref, ())] if goal.kind is Kind.OBJECTIVE else [goal]
    for one in measured:
        measure = graph.nodes.get(one.measure) if one.measure is not None else None
        if measure is not None and measure.state is not ItemState.ARCHIVED:
            yield node, measure, Strength.MEDIUM
