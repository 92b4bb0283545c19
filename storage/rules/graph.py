"""The plan as one structure: every item, who has a part in it, what hangs together (rules §2).

It is read once (`storage/repositories/strategies.py`) and never changed; what a person may see of it is a
smaller graph of the same shape (`storage/rules/access.py`). Items are named by their references.
"""

from bisect import insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple, TypeVar

from storage.rules.hierarchy import Ref, format_reference
from storage.rules.terms import (
    Commitment,
    Direction,
    Frequency,
    ItemState,
    Kind,
    Leading,
    Perspective,
    PlanState,
    RollUp,
    Strength,
)

K = TypeVar("K")

LEVELS = (
    Kind.DRIVER,
    Kind.BREAKTHROUGH,
    Kind.ANNUAL_OBJECTIVE,
    Kind.OBJECTIVE,
    Kind.KEY_RESULT,
    Kind.INITIATIVE,
    Kind.KPI,
)
"""The kinds of item, as lists show them: the hierarchy from above, then what stands beside it."""


class Node(NamedTuple):
    """One item. `parent` is where it stands, `measure` the KPI whose figures it reads.

    `progress` is an initiative's own report, a share; `weight` counts in the roll-up of a key result.
    `active_on` is the day on which a key result or KPI became active, where that was written down.
    """

    kind: Kind
    number: int
    id: int
    title: str
    state: ItemState
    owner_id: int | None = None
    team_id: int | None = None
    parent: Ref | None = None
    measure: Ref | None = None
    starts_on: date | None = None
    due_on: date | None = None
    perspective: Perspective | None = None
    commitment: Commitment | None = None
    is_restricted: bool = False
    unit: str = ""
    direction: Direction = Direction.INCREASE
    baseline: Decimal | None = None
    target: Decimal | None = None
    band_low: Decimal | None = None
    band_high: Decimal | None = None
    weight: Decimal = Decimal(1)
    frequency: Frequency = Frequency.WEEKLY
    roll_up: RollUp = RollUp.LAST
    leading: Leading = Leading.LAGGING
    data_source: str = ""
    progress: Decimal | None = None
    not_deployed_reason: str = ""
    active_on: date | None = None

    @property
    def ref(self) -> Ref:
        return self.kind, self.number

    @property
    def reference(self) -> str:
        return format_reference(self.kind, self.number)

    @property
    def is_live(self) -> bool:
        """Counts in roll-ups and is asked about."""
        return self.state is ItemState.ACTIVE

    @property
    def is_committed(self) -> bool:
        """Whether all of it is expected, and a miss asks for a post-mortem (rules §3)."""
        return self.commitment is Commitment.COMMITTED


class MarkLine(NamedTuple):
    """A mark of the X-matrix, its ends in the order of `xmatrix.CORNERS`."""

    left: Ref
    right: Ref
    strength: Strength
    is_confirmed: bool


class Part(NamedTuple):
    """What an upper item stands by: one live item directly below it, initiatives left out."""

    ref: Ref
    reference: str
    weight: Decimal


class StepLine(NamedTuple):
    """A step of an initiative's action plan."""

    id: int
    position: int
    title: str
    owner_id: int | None
    original_due_on: date | None
    due_on: date | None
    done_at: datetime | None


class TeamLine(NamedTuple):
    """A team with those who belong to it."""

    id: int
    name: str
    parent_id: int | None
    lead_id: int | None
    channel_id: str | None
    member_ids: frozenset[int]


class PersonLine(NamedTuple):
    """A member, by the name that others read."""

    id: int
    name: str
    slack_user_id: str | None
    is_guest: bool
    is_deactivated: bool


class PlanLine(NamedTuple):
    """The frame of the plan."""

    id: int
    title: str
    vision: str
    values: str
    starts_on: date
    ends_on: date
    zone: str
    state: PlanState


@dataclass(frozen=True, kw_only=True)
class Graph:
    """One plan, whole. Archived items are in it, so that what points to them finds them; `is_live` tells."""

    plan: PlanLine
    nodes: Mapping[Ref, Node]
    supporters: Mapping[Ref, tuple[int, ...]] = field(default_factory=dict)
    readers: Mapping[Ref, tuple[int, ...]] = field(default_factory=dict)
    marks: tuple[MarkLine, ...] = ()
    steps: Mapping[Ref, tuple[StepLine, ...]] = field(default_factory=dict)
    aliases: Mapping[Ref, tuple[str, ...]] = field(default_factory=dict)
    teams: Mapping[int, TeamLine] = field(default_factory=dict)
    people: Mapping[int, PersonLine] = field(default_factory=dict)

    @cached_property
    def children(self) -> Mapping[Ref, tuple[Node, ...]]:
        """What stands directly under each item, in the order of the levels and numbers; without archived."""
        found: dict[Ref, list[Node]] = {}
        for node in self.nodes.values():
            if node.parent is not None and node.state is not ItemState.ARCHIVED:
                found.setdefault(node.parent, []).append(node)
        return {parent: tuple(sorted(nodes, key=_place)) for parent, nodes in found.items()}

    @cached_property
    def parts(self) -> Mapping[Ref, tuple[Part, ...]]:
        """By item: what it stands by. Made once, since each report on an item looks at all beside it."""
        return {
            parent: tuple(_part(child) for child in children if _is_part(child))
            for parent, children in self.children.items()
        }

    def carry_on(self, earlier: "Graph", new: Node) -> None:
        """Takes over from the same plan without a new item what stands under what; in a large plan that is
        most of what an added item costs."""
        children, parts = dict(earlier.children), dict(earlier.parts)
        if new.parent is not None and new.state is not ItemState.ARCHIVED:
            beside = list(children.get(new.parent, ()))
            insort(beside, new, key=_place)
            counted = list(parts.get(new.parent, ()))
            if _is_part(new):
                insort(counted, _part(new), key=lambda part: (_RANK[part.ref[0]], part.ref[1]))
            children[new.parent], parts[new.parent] = tuple(beside), tuple(counted)
        # Where a cached property keeps what it has made.
        self.__dict__.update(children=children, parts=parts)

    @cached_property
    def below(self) -> Mapping[Ref, int]:
        """How many items stand below each, at any depth; those with none are left out."""
        found: dict[Ref, int] = {}
        order = [node.ref for root in self.roots for _, node in self.subtree(root.ref)]
        for ref in reversed(order):
            children = self.children.get(ref, ())
            if children:
                found[ref] = sum(1 + found.get(child.ref, 0) for child in children)
        return found

    @cached_property
    def roots(self) -> tuple[Node, ...]:
        """What stands under nothing that is known here; KPIs stand beside the hierarchy and are left out."""
        nodes = (
            node
            for node in self.nodes.values()
            if node.kind is not Kind.KPI
            and node.state is not ItemState.ARCHIVED
            and (node.parent is None or node.parent not in self.nodes)
        )
        return tuple(sorted(nodes, key=_place))

    @cached_property
    def measured_by(self) -> Mapping[Ref, tuple[Node, ...]]:
        """By KPI: the items that read its figures."""
        found: dict[Ref, list[Node]] = {}
        for node in self.nodes.values():
            if node.measure is not None and node.state is not ItemState.ARCHIVED:
                found.setdefault(node.measure, []).append(node)
        return {measure: tuple(sorted(nodes, key=_place)) for measure, nodes in found.items()}

    @cached_property
    def marks_of(self) -> Mapping[Ref, tuple[MarkLine, ...]]:
        """By item: its marks, at either end."""
        found: dict[Ref, list[MarkLine]] = {}
        for mark in self.marks:
            found.setdefault(mark.left, []).append(mark)
            found.setdefault(mark.right, []).append(mark)
        return {ref: tuple(marks) for ref, marks in found.items()}

    @cached_property
    def guards(self) -> Mapping[Ref, tuple[Node, ...]]:
        """By item that not everyone may see: the restricted ones among itself, what it stands under and the
        KPIs that these read."""
        if not any(node.is_restricted for node in self.nodes.values()):
            return {}
        found = {ref: tuple(self._guards(node)) for ref, node in self.nodes.items()}
        return {ref: guards for ref, guards in found.items() if guards}

    def find(self, ref: Ref) -> Node | None:
        return self.nodes.get(ref)

    def of_kind(self, kind: Kind) -> tuple[Node, ...]:
        """The items of one kind that are not archived, by number."""
        return self._by_kind.get(kind, ())

    def owned_by(self, member_id: int) -> tuple[Node, ...]:
        """What someone owns, archived items too, in the order of the levels and numbers."""
        return self._by_owner.get(member_id, ())

    def find_row(self, kind: str | None, row_id: int | None) -> Node | None:
        """The item that is kept in a row of its kind's table."""
        return self._by_row.get((kind, row_id))

    @cached_property
    def _by_kind(self) -> Mapping[Kind, tuple[Node, ...]]:
        live = (node for node in self.nodes.values() if node.state is not ItemState.ARCHIVED)
        return _grouped(live, lambda node: node.kind)

    @cached_property
    def _by_owner(self) -> Mapping[int | None, tuple[Node, ...]]:
        return _grouped(self.nodes.values(), lambda node: node.owner_id)

    @cached_property
    def _by_row(self) -> Mapping[tuple[str | None, int | None], Node]:
        return {(node.kind, node.id): node for node in self.nodes.values()}

    def subtree(self, ref: Ref) -> Iterator[tuple[int, Node]]:
        """(depth, item) from an item down, each before those below it."""
        root = self.nodes.get(ref)
        pending = [] if root is None else [(0, root)]
        while pending:
            depth, node = pending.pop()
            yield depth, node
            pending += [(depth + 1, child) for child in reversed(self.children.get(node.ref, ()))]

    def above(self, ref: Ref) -> Iterator[Node]:
        """The line of sight: what the item stands under, nearest first. Ends where the plan begins."""
        node = self.nodes.get(ref)
        seen = {ref}
        while node is not None and node.parent is not None and node.parent not in seen:
            seen.add(node.parent)
            node = self.nodes.get(node.parent)
            if node is not None:
                yield node

    def also_under(self, ref: Ref) -> tuple[Node, ...]:
        """Further parents: what confirmed marks of the X-matrix tie the item to, beside where it stands."""
        node = self.nodes.get(ref)
        if node is None:
            return ()
        ends = (mark.right for mark in self.marks_of.get(ref, ()) if mark.is_confirmed and mark.left == ref)
        found = (self.nodes[end] for end in ends if end in self.nodes and end[0] is not Kind.KPI)
        return tuple(other for other in found if other.ref != node.parent)

    def _guards(self, node: Node) -> Iterator[Node]:
        for one in (node, *self.above(node.ref)):
            if one.is_restricted:
                yield one
            measure = self.nodes.get(one.measure) if one.measure is not None else None
            if measure is not None and measure.is_restricted:
                yield measure

    def team_path(self, team_id: int | None) -> Iterator[TeamLine]:
        """A team and the teams above it."""
        seen: set[int] = set()
        while team_id is not None and team_id not in seen and team_id in self.teams:
            seen.add(team_id)
            yield self.teams[team_id]
            team_id = self.teams[team_id].parent_id


_RANK = {kind: rank for rank, kind in enumerate(LEVELS)}


def _is_part(node: Node) -> bool:
    return node.is_live and node.kind is not Kind.INITIATIVE


def _part(node: Node) -> Part:
    return Part(node.ref, node.reference, node.weight)


def _place(node: Node) -> tuple[int, int]:
    return _RANK[node.kind], node.number


def in_order(nodes: Iterable[Node]) -> list[Node]:
    """The items in the order of the levels and numbers."""
    return sorted(nodes, key=_place)


def _grouped(nodes: Iterable[Node], key: Callable[[Node], K]) -> dict[K, tuple[Node, ...]]:
    found: dict[K, list[Node]] = {}
    for node in nodes:
        found.setdefault(key(node), []).append(node)
    return {name: tuple(sorted(group, key=_place)) for name, group in found.items()}
