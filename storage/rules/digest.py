"""What happened to some items of a plan between two days: what a digest tells (rules §6).

Both days are given as the plan stood at their end, and as the reader may see it. Nothing else is known here:
what did not change is no news.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, NamedTuple

from storage.rules.graph import Graph, Node
from storage.rules.hierarchy import Ref
from storage.rules.scoring import WEAKEST_FIRST
from storage.rules.standing import Standing
from storage.rules.terms import ItemState, Kind, Status

TEAM, PERSON, ORGANISATION = "team", "person", "organisation"
"""What can be followed beside items; those are followed by their kind."""

Followed = tuple[str, int]
"""What someone follows: a kind of item or one of the words above, and the row's id (0: the organisation)."""

BAD = frozenset({Status.AT_RISK, Status.OFF_TRACK, Status.STALE})
MEASURES = frozenset({Kind.KEY_RESULT, Kind.KPI})
DECISIONS = ("target", "due_on", "owner_id", "not_deployed_reason")
"""Fields of an item whose change is a decision."""

_DONE = Decimal(1)


class Look(NamedTuple):
    """A plan at the end of a day, and how its items stood."""

    graph: Graph
    standings: Mapping[Ref, Standing]


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure before and after; `stride` is how much of the way that is, a share. For an initiative the
    figures are shares of it that are done."""

    node: Node
    before: Decimal | None
    after: Decimal | None
    stride: Decimal
    status: Status


@dataclass(frozen=True, slots=True)
class Turned:
    """An item that stands better or worse than before, and why."""

    node: Node
    before: Status
    after: Status
    reason: str


@dataclass(frozen=True, slots=True)
class Finished:
    """An item that is done or closed, or a step of an initiative that is ticked off."""

    node: Node
    step: str = ""
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A change of what the plan is: `field` is one of `DECISIONS`, or empty where the item is new (`after` is
    then "added") or no longer in the plan ("removed")."""

    node: Node
    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """All of it; empty where nothing happened."""

    moved: tuple[Moved, ...] = ()
    worse: tuple[Turned, ...] = ()
    better: tuple[Turned, ...] = ()
    finished: tuple[Finished, ...] = ()
    agreed: tuple[Node, ...] = ()
    decided: tuple[Decided, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, one.name) for one in fields(self))


def spread_follows(graph: Graph, follows: Collection[Followed]) -> frozenset[Ref]:
    """The items that are meant: an item with all below it, a team's and those of the teams below it, those
    that a person owns, or all."""
    if (ORGANISATION, 0) in follows:
        return frozenset(graph.nodes)
    teams = {number for kind, number in follows if kind == TEAM}
    people = {number for kind, number in follows if kind == PERSON}
    followed = set(follows)
    found: set[Ref] = set()
    for ref, node in graph.nodes.items():
        if (str(node.kind), node.id) in followed:
            found.update(below.ref for _, below in graph.subtree(ref))
        elif node.owner_id in people or any(one.id in teams for one in graph.team_path(node.team_id)):
            found.add(ref)
    return frozenset(found)


def compare(before: Look, after: Look, refs: Collection[Ref], agreed: Collection[Ref] = ()) -> Digest:
    """What happened to these items. Of items that tell the same, the one furthest down is told.

    Args:
        agreed: those that an agreement in catchball was reached about meanwhile.
    """
    if before.graph.plan.id != after.graph.plan.id:
        return Digest()
    here = [ref for ref in sorted(refs, key=_place) if ref in after.graph.nodes]
    finished = tuple(_finished(before, after, here))
    over = {one.node.ref for one in finished if not one.step}
    moved = _moved(before, after, [ref for ref in here if ref not in over])
    return Digest(
        moved=moved,
        worse=_turned(before, after, here, is_worse=True),
        better=_turned(before, after, [ref for ref in here if ref not in over], is_worse=False),
        finished=finished,
        agreed=tuple(after.graph.nodes[ref] for ref in here if ref in agreed),
        decided=tuple(_decided(before, after, here)),
    )


def _moved(before: Look, after: Look, refs: Iterable[Ref]) -> tuple[Moved, ...]:
    found = {ref: moved for ref in refs if (moved := _move_of(before, after, ref)) is not None}
    # A KPI whose key result is told is the same number twice.
    told = [one for ref, one in found.items() if not _is_told_by(after.graph, ref, found)]
    return tuple(sorted(told, key=lambda one: (-one.stride, _place(one.node.ref))))


def _move_of(before: Look, after: Look, ref: Ref) -> Moved | None:
    node, was = after.graph.nodes[ref], before.standings.get(ref)
    now = after.standings.get(ref)
    if was is None or now is None or not node.is_live:
        return None
    if node.kind is Kind.INITIATIVE:
        earlier = before.graph.nodes[ref]
        if earlier.progress == node.progress or node.progress is None:
            return None
        stride = abs(node.progress - (earlier.progress or 0))
        return Moved(node, earlier.progress, node.progress, stride, now.status)
    if node.kind not in MEASURES or was.current == now.current or now.current is None:
        return None
    stride = abs((now.progress or Decimal()) - (was.progress or Decimal()))
    return Moved(node, was.current, now.current, stride, now.status)


def _turned(before: Look, after: Look, refs: Iterable[Ref], *, is_worse: bool) -> tuple[Turned, ...]:
    found: dict[Ref, Turned] = {}
    for ref in refs:
        node, was, now = after.graph.nodes[ref], before.standings.get(ref), after.standings.get(ref)
        if was is None or now is None or not node.is_live:
            continue
        fell = now.status in BAD and _rank(now.status) < _rank(was.status)
        rose = was.status in BAD and now.status not in BAD
        if fell if is_worse else rose:
            found[ref] = Turned(node, was.status, now.status, now.reason)
    lowest = [
        one
        for ref, one in found.items()
        if not _is_told_by(after.graph, ref, found)
        and not any(child.ref in found for child in after.graph.children.get(ref, ()))
        and (one.node.measure not in found or one.node.kind is Kind.KEY_RESULT)
    ]
    return tuple(sorted(lowest, key=lambda one: (_rank(one.after), _place(one.node.ref))))


def _is_told_by(graph: Graph, ref: Ref, found: Collection[Ref]) -> bool:
    """Whether a key result among the found ones reads this KPI's figures."""
    readers = graph.measured_by.get(ref, ())
    return any(one.ref in found and one.kind is Kind.KEY_RESULT for one in readers)


def _finished(before: Look, after: Look, refs: Iterable[Ref]) -> Iterator[Finished]:
    for ref in refs:
        node, was = after.graph.nodes[ref], before.graph.nodes.get(ref)
        if was is None or node.state is ItemState.ARCHIVED:
            continue
        closed = node.state is ItemState.CLOSED and was.state is not ItemState.CLOSED
        if closed or (node.kind is Kind.INITIATIVE and _is_done(node) and not _is_done(was)):
            yield Finished(node, owner_id=node.owner_id)
        open_before = {step.id for step in before.graph.steps.get(ref, ()) if step.done_at is None}
        for step in after.graph.steps.get(ref, ()):
            if step.done_at is not None and step.id in open_before:
                yield Finished(node, step.title, step.owner_id or node.owner_id)


def _is_done(node: Node) -> bool:
    return node.progress is not None and node.progress >= _DONE


def _decided(before: Look, after: Look, refs: Iterable[Ref]) -> Iterator[Decided]:
    for ref in refs:
        node, was = after.graph.nodes[ref], before.graph.nodes.get(ref)
        was_in = was is not None and was.state not in {ItemState.DRAFT, ItemState.ARCHIVED}
        is_in = node.state not in {ItemState.DRAFT, ItemState.ARCHIVED}
        if is_in and not was_in:
            yield Decided(node, "", None, "added")
        elif was_in and node.state is ItemState.ARCHIVED:
            yield Decided(node, "", None, "removed")
        elif was is not None and was_in and is_in:
            for field in DECISIONS:
                old, new = getattr(was, field), getattr(node, field)
                if old != new:
                    yield Decided(node, field, old, new)


def _rank(status: Status) -> int:
    return WEAKEST_FIRST.index(status)


def _place(ref: Ref) -> tuple[int, int]:
    return _ORDER[ref[0]], ref[1]


_ORDER = {kind: place for place, kind in enumerate(Kind)}
