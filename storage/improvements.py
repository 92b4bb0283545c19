"""Kaizen as the plan shows it: what its ideas contribute to an item, and the event that an initiative is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storage.database import UnitOfWork
from storage.rules.graph import Graph, Node
from storage.rules.hierarchy import Ref
from storage.rules.kaizen_contributions import (
    Contribution,
    Contributor,
    contributions,
    linked_to,
    serving,
    sum_up,
)
from storage.rules.terms import Kind

LEVELS = (Kind.INITIATIVE, Kind.ANNUAL_OBJECTIVE)
"""Of what a review wants to know what ideas have contributed."""


@dataclass(frozen=True, slots=True)
class EventFacts:
    """A Kaizen event; its team and dates are those of its initiative. `result` is empty until recorded."""

    problem: str
    before: str
    after: str
    result: str
    result_at: datetime | None


@dataclass(frozen=True, slots=True)
class Improvements:
    """What Kaizen has to say of an item: the sum of what lies below it, the ideas linked to it alone."""

    contribution: Contribution
    ideas: tuple[Contributor, ...] = ()
    event: EventFacts | None = None


def read_improvements(uow: UnitOfWork, graph: Graph, node: Node, *, is_guest: bool = False) -> Improvements:
    """What Kaizen has to say of an item, in what someone sees of the plan; to guests no idea is named."""
    places: dict[Kind, set[int]] = {}
    for one in serving(graph, node.ref):
        places.setdefault(one.kind, set()).add(one.id)
    ideas = uow.kaizen_events.list_contributors(places)
    linked = () if is_guest else tuple(linked_to(ideas, node.kind, node.id))
    return Improvements(sum_up(ideas), linked, find_event(uow, node))


def find_event(uow: UnitOfWork, node: Node) -> EventFacts | None:
    """The event that an initiative is; None for whatever is none."""
    row = uow.kaizen_events.find(node.id) if node.kind is Kind.INITIATIVE else None
    return EventFacts(row.problem, row.before, row.after, row.result, row.result_at) if row else None


def read_contributions(uow: UnitOfWork, graph: Graph) -> Mapping[Ref, Contribution]:
    """By initiative and annual objective of what someone sees of the plan, those with ideas, in order."""
    found = contributions(uow.kaizen_events.list_contributors(), graph)
    nodes = [node for kind in reversed(LEVELS) for node in graph.of_kind(kind)]
    return {node.ref: found[node.ref] for node in nodes if node.ref in found}
