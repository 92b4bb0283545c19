"""The seven steps of Hoshin Kanri, and how far the plan has come in each, as the record shows (rules §1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from storage.rules.graph import Graph, Node
from storage.rules.hierarchy import Ref
from storage.rules.standing import Standing
from storage.rules.terms import ItemState, Kind, Status


class PhaseState(StrEnum):
    """How far one step has come; without evidence it has not begun."""

    NOT_BEGUN = "not begun"
    UNDER_WAY = "under way"
    COMPLETE = "complete"

    @property
    def sign(self) -> str:
        return {PhaseState.NOT_BEGUN: "○", PhaseState.UNDER_WAY: "◐", PhaseState.COMPLETE: "✓"}[self]


class Phase(NamedTuple):
    """One of the seven steps. `evidence` is what the record shows, or what is missing."""

    number: int
    name: str
    state: PhaseState
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the plan itself does not hold: agreements and reviews.

    `agreed` are the annual objectives with an agreed catchball; the others count reviews that were closed in
    the plan's year.
    """

    agreed: frozenset[Ref] = frozenset()
    monthly_reviews: int = 0
    annual_reviews: int = 0


class Deployment(NamedTuple):
    """The annual objectives, those of them that say why they are not deployed, and how many have something
    under them."""

    objectives: frozenset[Ref]
    excused: frozenset[Ref]
    begun: int


NO_EVIDENCE = Evidence()
NAMES = (
    "Vision and values",
    "Breakthrough objectives",
    "Annual objectives",
    "Deploy to teams and people",
    "Implement",
    "Monthly review",
    "Annual review and reflection",
)


@dataclass(frozen=True, slots=True)
class Phases:
    """All seven, in order."""

    phases: tuple[Phase, ...] = field(default=())

    @property
    def current(self) -> Phase:
        """The first that is not complete; the last where all are, before it begins anew."""
        return next(
            (phase for phase in self.phases if phase.state is not PhaseState.COMPLETE), self.phases[-1]
        )


def read_phases(graph: Graph, standings: Mapping[Ref, Standing], evidence: Evidence = NO_EVIDENCE) -> Phases:
    """How far the plan has come in each of the seven steps."""
    found = (
        _vision(graph),
        _breakthroughs(graph),
        _annual_objectives(graph),
        _deployed(read_deployment(graph, standings), evidence),
        _implementation(graph, standings),
        _monthly(evidence),
        _annual(evidence),
    )
    return Phases(
        tuple(
            Phase(number, name, state, said)
            for number, (name, (state, said)) in enumerate(zip(NAMES, found, strict=True), start=1)
        )
    )


def read_deployment(graph: Graph, standings: Mapping[Ref, Standing]) -> Deployment:
    """What the plan alone says of step 4."""
    del standings
    found = _in_the_plan(graph, Kind.ANNUAL_OBJECTIVE)
    return Deployment(
        objectives=frozenset(one.ref for one in found),
        excused=frozenset(one.ref for one in found if one.not_deployed_reason.strip()),
        begun=sum(bool(graph.children.get(one.ref)) for one in found),
    )


def with_evidence(phases: Phases, deployment: Deployment, evidence: Evidence) -> Phases:
    """The same with what agreements and reviews show; the other steps follow from the plan alone."""
    shown = {4: _deployed(deployment, evidence), 6: _monthly(evidence), 7: _annual(evidence)}
    return Phases(
        tuple(
            Phase(one.number, one.name, *shown[one.number]) if one.number in shown else one
            for one in phases.phases
        )
    )


Found = tuple[PhaseState, str]


def _vision(graph: Graph) -> Found:
    has_vision, has_values = bool(graph.plan.vision.strip()), bool(graph.plan.values.strip())
    if has_vision and has_values:
        return PhaseState.COMPLETE, "Both are written down."
    if has_vision or has_values:
        missing = "values" if has_vision else "vision"
        return PhaseState.UNDER_WAY, f"The {missing} is not written down yet.".replace(
            "values is", "values are"
        )
    return PhaseState.NOT_BEGUN, "Neither is written down yet."


def _breakthroughs(graph: Graph) -> Found:
    found = _in_the_plan(graph, Kind.BREAKTHROUGH)
    if not found:
        return PhaseState.NOT_BEGUN, "There is none yet."
    ownerless = [one for one in found if one.owner_id is None]
    if ownerless:
        return PhaseState.UNDER_WAY, f"{_named(ownerless)} without an owner."
    return PhaseState.COMPLETE, f"{len(found)} with owners."


def _annual_objectives(graph: Graph) -> Found:
    found = _in_the_plan(graph, Kind.ANNUAL_OBJECTIVE)
    if not found:
        return PhaseState.NOT_BEGUN, "There is none yet."
    lacking = [one for one in found if one.owner_id is None or not _is_measured(graph, one)]
    if lacking:
        return PhaseState.UNDER_WAY, f"{_named(lacking)} without an owner or a measure."
    bare = [
        one
        for one in _in_the_plan(graph, Kind.BREAKTHROUGH)
        if not any(child.kind is Kind.ANNUAL_OBJECTIVE for child in graph.children.get(one.ref, ()))
    ]
    if bare:
        return PhaseState.UNDER_WAY, f"{_named(bare)} without an annual objective."
    return PhaseState.COMPLETE, f"{len(found)} with owners and measures."


def _deployed(found: Deployment, evidence: Evidence) -> Found:
    settled = found.excused | (evidence.agreed & found.objectives)
    if found.objectives and settled == found.objectives:
        return PhaseState.COMPLETE, "Every annual objective is agreed, or says why it is not deployed."
    said = (
        f"{len(settled)} of {len(found.objectives)} annual objectives are agreed in catchball; "
        f"{found.begun} have work below them."
    )
    if settled or found.begun:
        return PhaseState.UNDER_WAY, said
    return PhaseState.NOT_BEGUN, "Nothing is deployed to teams yet."


def _implementation(graph: Graph, standings: Mapping[Ref, Standing]) -> Found:
    found = _in_the_plan(graph, Kind.INITIATIVE) + _in_the_plan(graph, Kind.KEY_RESULT)
    if not found:
        return PhaseState.NOT_BEGUN, "There are no initiatives and no key results yet."
    statuses = [standings[one.ref].status for one in found]
    moving = sum(status not in {Status.NOT_STARTED, Status.STALE} for status in statuses)
    done = statuses.count(Status.DONE)
    if done == len(found):
        return PhaseState.COMPLETE, "Every initiative and key result is done."
    if moving:
        return PhaseState.UNDER_WAY, f"{moving} of {len(found)} initiatives and key results have moved."
    return PhaseState.NOT_BEGUN, "No initiative or key result has moved yet."


def _monthly(evidence: Evidence) -> Found:
    if not evidence.monthly_reviews:
        return PhaseState.NOT_BEGUN, "None was held yet."
    held = "1 was held." if evidence.monthly_reviews == 1 else f"{evidence.monthly_reviews} were held."
    # A year has twelve, and the last belongs to the annual review.
    whole = evidence.monthly_reviews >= MONTHS or evidence.annual_reviews > 0
    return (PhaseState.COMPLETE if whole else PhaseState.UNDER_WAY), held


MONTHS = 12


def _annual(evidence: Evidence) -> Found:
    if evidence.annual_reviews:
        return PhaseState.COMPLETE, "It was held."
    return PhaseState.NOT_BEGUN, "It comes at the end of the plan's year."


def _in_the_plan(graph: Graph, kind: Kind) -> list[Node]:
    return [one for one in graph.of_kind(kind) if one.state is not ItemState.DRAFT]


def _is_measured(graph: Graph, node: Node) -> bool:
    return node.measure is not None or any(
        child.kind in {Kind.OBJECTIVE, Kind.ANNUAL_OBJECTIVE} for child in graph.children.get(node.ref, ())
    )


_MOST_NAMED = 3


def _named(nodes: Sequence[Node]) -> str:
    names = ", ".join(node.reference for node in nodes[:_MOST_NAMED])
    more = len(nodes) - _MOST_NAMED
    return f"{names} and {more} more" if more > 0 else names
