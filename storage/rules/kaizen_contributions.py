"""What Kaizen ideas contribute to the plan: by the item that they serve, and all that it serves (§8)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from storage.rules.graph import Graph, Node
from storage.rules.hierarchy import Ref
from storage.rules.kaizen import IMPLEMENTED, IdeaState
from storage.rules.kaizen_statistics import Benefit
from storage.rules.terms import Kind

Value = tuple[tuple[Benefit, Decimal], ...]
"""A confirmed benefit, by its kind."""


@dataclass(frozen=True, slots=True)
class Contributor:
    """An idea that is linked to the plan.

    `linked` are (kind, row id) of what it serves, and of the initiative whose Kaizen event works on it;
    `value` is the confirmed benefit.
    """

    number: int
    title: str
    state: IdeaState
    linked: tuple[tuple[Kind, int], ...]
    value: Value = ()


@dataclass(frozen=True, slots=True)
class Contribution:
    """What the ideas linked to an item, or to anything below it, came to; `value` is confirmed."""

    ideas: int = 0
    done: int = 0
    value: Value = ()


def contributions(ideas: Sequence[Contributor], graph: Graph) -> Mapping[Ref, Contribution]:
    """By item of the plan; each idea counts once for an item, by however many ways it is linked to it."""
    places = {(node.kind, node.id): node.ref for node in graph.nodes.values()}
    found: dict[Ref, list[Contributor]] = {}
    for idea in ideas:
        served = {ref for link in idea.linked if link in places for ref in served_by(graph, places[link])}
        for ref in served:
            found.setdefault(ref, []).append(idea)
    return {ref: sum_up(linked) for ref, linked in found.items()}


def linked_to(ideas: Sequence[Contributor], kind: Kind, item_id: int) -> list[Contributor]:
    """The ideas that are linked to one item itself."""
    return [idea for idea in ideas if (kind, item_id) in idea.linked]


def sum_up(ideas: Sequence[Contributor]) -> Contribution:
    """What these ideas came to."""
    sums: dict[Benefit, Decimal] = {}
    for idea in ideas:
        for kind, amount in idea.value:
            sums[kind] = sums.get(kind, Decimal(0)) + amount
    done = sum(idea.state in IMPLEMENTED for idea in ideas)
    return Contribution(len(ideas), done, tuple((kind, sums[kind]) for kind in Benefit if kind in sums))


def serving(graph: Graph, ref: Ref) -> Iterator[Node]:
    """What serves an item, with itself: the opposite of `served_by`. A KPI may come more than once."""
    for _, node in graph.subtree(ref):
        yield node
        measure = graph.find(node.measure) if node.measure is not None else None
        if measure is not None:
            yield measure


def served_by(graph: Graph, ref: Ref) -> Iterator[Ref]:
    """An item and all that it serves: what it stands under, and for a KPI whatever reads its figures."""
    starts = [ref, *(reader.ref for reader in graph.measured_by.get(ref, ()))]
    for start in starts:
        yield start
        for node in graph.above(start):
            yield node.ref
