"""The plan as it was: today's, with every change since then taken back, the newest first.

The trail is the one history; nothing is kept twice. An entry names the fields of a node (or of a mark, a
step, a team, the plan); what it does not know is passed over, so that an older trail can be read too.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from storage.rules.errors import Invalid
from storage.rules.graph import Graph, MarkLine, Node, StepLine, TeamLine
from storage.rules.hierarchy import Ref, parse_reference
from storage.rules.periods import KEEPS_ITS_DAY
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

MARK = "mark"
TEAM = "team"
PLAN = "plan"
STEP = "step"
PEOPLE = ("supporters", "readers")
ALIASES = "aliases"

_ADDED = "added"


class Entry(NamedTuple):
    """One change. `before` is None for what was new; figures, days and references are texts."""

    at: datetime
    member_id: int | None
    action: str
    kind: str
    item_id: int
    reference: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    reason: str = ""


RemovedSteps = Mapping[int, tuple[Ref, StepLine]]
"""Steps that are in no plan any more, by id, with the initiative that they were of."""


def as_of(graph: Graph, newer: Iterable[Entry], removed: RemovedSteps = MappingProxyType({})) -> Graph:
    """The plan before these changes.

    Args:
        graph: the plan as it is, whole.
        newer: every entry since the instant that is asked for, the newest first.
        removed: what was taken out of the plan, and may have to come back.
    """
    past = _Past(graph, removed)
    for entry in newer:
        past.take_back(entry)
    return past.graph()


class _Past:
    """A plan on its way back."""

    def __init__(self, graph: Graph, removed: RemovedSteps) -> None:
        self._graph = graph
        self._removed = removed
        self._plan = graph.plan
        self._nodes = dict(graph.nodes)
        self._refs = {(str(node.kind), node.id): ref for ref, node in graph.nodes.items()}
        self._people = {"supporters": dict(graph.supporters), "readers": dict(graph.readers)}
        self._aliases = dict(graph.aliases)
        self._marks = {(mark.left, mark.right): mark for mark in graph.marks}
        self._steps = {step.id: (ref, step) for ref, steps in graph.steps.items() for step in steps}
        self._teams = dict(graph.teams)

    def take_back(self, entry: Entry) -> None:
        if entry.kind == MARK:
            self._take_back_mark(entry)
        elif entry.kind == TEAM:
            self._take_back_team(entry)
        elif entry.kind == PLAN and entry.item_id == self._plan.id and entry.before is not None:
            self._plan = _with(self._plan, entry.before, _PLAN_READERS)
        elif (entry.kind, entry.item_id) in self._refs:
            self._take_back_item(self._refs[entry.kind, entry.item_id], entry)

    def graph(self) -> Graph:
        """What is left. What points to something that was not there yet is gone with it."""
        nodes = {ref: self._of_its_team(node) for ref, node in self._nodes.items()}
        steps: dict[Ref, list[StepLine]] = {}
        for ref, step in self._steps.values():
            steps.setdefault(ref, []).append(step)
        return replace(
            self._graph,
            plan=self._plan,
            nodes=nodes,
            supporters={ref: ids for ref, ids in self._people["supporters"].items() if ids and ref in nodes},
            readers={ref: ids for ref, ids in self._people["readers"].items() if ids and ref in nodes},
            marks=tuple(mark for mark in self._marks.values() if mark.left in nodes and mark.right in nodes),
            steps={
                ref: tuple(sorted(found, key=lambda step: (step.position, step.id)))
                for ref, found in steps.items()
                if ref in nodes
            },
            aliases={ref: names for ref, names in self._aliases.items() if names and ref in nodes},
            teams=self._teams,
        )

    def _of_its_team(self, node: Node) -> Node:
        """A key result is of the team whose objective it serves."""
        parent = self._nodes.get(node.parent) if node.parent is not None else None
        if node.kind is not Kind.KEY_RESULT or parent is None:
            return node
        return node._replace(team_id=parent.team_id)

    def _take_back_item(self, ref: Ref, entry: Entry) -> None:
        before = entry.before or {}
        if STEP in entry.after or STEP in before:
            self._take_back_step(ref, entry)
            return
        if entry.before is None:
            if entry.action == _ADDED:
                self._nodes.pop(ref, None)
            return
        for field, value in before.items():
            if field in self._people:
                self._people[field][ref] = tuple(value or ())
            elif field == ALIASES:
                self._aliases[ref] = tuple(value or ())
        if ref in self._nodes:
            self._nodes[ref] = _with(self._nodes[ref], before, _READERS)
            was = before.get("state")
            if entry.after.get("state") == ItemState.ACTIVE and was is not None and was not in KEEPS_ITS_DAY:
                # It was dated by this change.
                self._nodes[ref] = self._nodes[ref]._replace(active_on=None)

    def _take_back_step(self, ref: Ref, entry: Entry) -> None:
        after = entry.after.get(STEP, {})
        before = (entry.before or {}).get(STEP)
        step_id = after.get("id", (before or {}).get("id"))
        if before is None:
            self._steps.pop(step_id, None)
            return
        if after.get("is_archived") is True and step_id in self._removed:
            self._steps[step_id] = self._removed[step_id]
            return
        if before.get("is_archived") is True:
            self._steps.pop(step_id, None)
            return
        if step_id in self._steps:
            self._steps[step_id] = (ref, _with(self._steps[step_id][1], before, _STEP_READERS))

    def _take_back_mark(self, entry: Entry) -> None:
        told = {**entry.after, **(entry.before or {})}
        left, right = _ref(told.get("left")), _ref(told.get("right"))
        if left is None or right is None:
            return
        strength = (entry.before or {}).get("strength")
        if strength is None:
            self._marks.pop((left, right), None)
        else:
            confirmed = bool((entry.before or {}).get("is_confirmed", True))
            self._marks[left, right] = MarkLine(left, right, Strength(strength), confirmed)

    def _take_back_team(self, entry: Entry) -> None:
        if entry.before is None:
            self._teams.pop(entry.item_id, None)
            return
        empty = TeamLine(entry.item_id, "", None, None, None, frozenset())
        self._teams[entry.item_id] = _with(self._teams.get(entry.item_id, empty), entry.before, _TEAM_READERS)


def _ref(value: Any) -> Ref | None:
    try:
        return parse_reference(value) if isinstance(value, str) else None
    except Invalid:
        return None


def _with(line: Any, values: Mapping[str, Any], readers: Mapping[str, Callable[[Any], Any]]) -> Any:
    """A line with those of the values that it has, read."""
    known = {
        field: readers[field](value) if value is not None and field in readers else value
        for field, value in values.items()
        if field in line._fields and field not in _FIXED
    }
    return line._replace(**known)


_FIXED = frozenset({"id", "kind", "number"})
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "state": ItemState,
    "perspective": Perspective,
    "commitment": Commitment,
    "direction": Direction,
    "frequency": Frequency,
    "roll_up": RollUp,
    "leading": Leading,
    "parent": _ref,
    "measure": _ref,
    "starts_on": date.fromisoformat,
    "due_on": date.fromisoformat,
    **dict.fromkeys(("baseline", "target", "band_low", "band_high", "weight", "progress"), Decimal),
}
_STEP_READERS: Mapping[str, Callable[[Any], Any]] = {
    "original_due_on": date.fromisoformat,
    "due_on": date.fromisoformat,
    "done_at": datetime.fromisoformat,
}
_TEAM_READERS: Mapping[str, Callable[[Any], Any]] = {"member_ids": frozenset}
_PLAN_READERS: Mapping[str, Callable[[Any], Any]] = {
    "starts_on": date.fromisoformat,
    "ends_on": date.fromisoformat,
    "state": PlanState,
}
