"""The balanced scorecard: the plan's measures by perspective, in the order of cause and effect (rules §9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from storage.rules import scoring
from storage.rules.graph import Graph, Node
from storage.rules.hierarchy import Ref
from storage.rules.scoring import WEAKEST_FIRST
from storage.rules.standing import Standing
from storage.rules.terms import Kind, Perspective, Status

CAUSE_TO_EFFECT = (
    Perspective.LEARNING_AND_GROWTH,
    Perspective.INTERNAL_PROCESSES,
    Perspective.CUSTOMER,
    Perspective.FINANCIAL,
)
"""What people learn improves how work is done, that is felt by customers, and that pays."""


@dataclass(frozen=True, slots=True)
class Pane:
    """One perspective (None: measures without one): the goals that name it, and its KPIs.

    `status` is that of the weakest of its KPIs and live goals, `progress` the mean of the KPIs'; None where
    there is none.
    """

    perspective: Perspective | None
    objectives: tuple[Node, ...]
    kpis: tuple[Node, ...]
    status: Status | None
    progress: Decimal | None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The four perspectives from cause to effect, and what is measured outside of them."""

    panes: tuple[Pane, ...]
    outside: Pane


def read_scorecard(graph: Graph, standings: Mapping[Ref, Standing]) -> Scorecard:
    """The scorecard of what one sees of a plan."""
    return Scorecard(
        tuple(_pane(graph, standings, perspective) for perspective in CAUSE_TO_EFFECT),
        _pane(graph, standings, None),
    )


def _pane(graph: Graph, standings: Mapping[Ref, Standing], perspective: Perspective | None) -> Pane:
    kpis = tuple(one for one in graph.of_kind(Kind.KPI) if one.perspective is perspective and one.is_live)
    goals: tuple[Node, ...] = ()
    if perspective is not None:
        upper = (*graph.of_kind(Kind.BREAKTHROUGH), *graph.of_kind(Kind.ANNUAL_OBJECTIVE))
        goals = tuple(one for one in upper if one.perspective is perspective)
    found = [standings[one.ref] for one in kpis]
    live = [standings[goal.ref] for goal in goals if goal.is_live]
    status = min((one.status for one in (*found, *live)), key=WEAKEST_FIRST.index, default=None)
    progress = scoring.roll_up((one.progress or scoring.NONE, scoring.FULL) for one in found)
    return Pane(perspective, goals, kpis, status, progress)
