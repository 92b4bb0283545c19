"""Looking at the plan as one person: which items are theirs to see, and what belongs to each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.okr.facts import Shown
from storage.database import UnitOfWork
from storage.repositories.strategies import Strategy
from storage.rules.access import Viewer
from storage.rules.graph import Graph, Node
from storage.rules.hierarchy import Ref
from storage.rules.pace import Forecast, Pace, forecast, pace
from storage.rules.periods import PeriodFigure
from storage.rules.standing import Standing
from storage.rules.terms import Kind, Status

MEASURES = (Kind.KEY_RESULT, Kind.KPI)
FIGURES_FOR_FORECAST = 8
_NOTHING = Standing(Status.NOT_STARTED, "")


@dataclass(frozen=True, slots=True)
class Desk:
    """One person's look at the active plan: `strategy` is what they may see of it, and how that stands."""

    viewer: Viewer
    strategy: Strategy
    whole: Strategy

    @property
    def graph(self) -> Graph:
        return self.strategy.graph

    @property
    def today(self) -> date:
        return self.strategy.today

    def nodes(self, *kinds: Kind) -> list[Node]:
        """The items of some kinds that are not archived, kind by kind."""
        return [node for kind in kinds for node in self.graph.of_kind(kind)]

    def standing(self, ref: Ref) -> Standing:
        return self.strategy.standings.get(ref, _NOTHING)

    def source(self, node: Node) -> Node:
        """The item that holds the readings: the KPI that it measures, else itself."""
        measure = self.graph.find(node.measure) if node.measure is not None else None
        return measure or node

    def dates(self, node: Node) -> tuple[date, date]:
        """The first and the last day that a figure's way is measured by."""
        plan = self.graph.plan
        if node.kind is Kind.KPI:
            return plan.starts_on, plan.ends_on
        objective = self.graph.find(node.parent) if node.parent is not None else None
        starts_on = (objective.starts_on if objective else None) or node.starts_on or plan.starts_on
        return starts_on, node.due_on or plan.ends_on

    def show(self, node: Node, standing: Standing | None = None) -> Shown:
        """The item with what belongs to it."""
        starts_on, ends_on = self.dates(node)
        objective = self.graph.find(node.parent) if node.parent is not None else None
        team_id = node.team_id or (objective.team_id if objective else None)
        team = self.graph.teams.get(team_id) if team_id is not None else None
        owner = self.graph.people.get(node.owner_id) if node.owner_id is not None else None
        return Shown(
            node=node,
            standing=standing or self.standing(node.ref),
            owner=owner.name if owner else "",
            team=team.name if team else "",
            serves=tuple(_named(self.graph.above(node.ref))),
            starts_on=starts_on,
            ends_on=ends_on,
        )


def read_figures(uow: UnitOfWork, source: Node, periods: int) -> list[PeriodFigure]:
    """The newest figures of what holds the readings, newest first."""
    if source.kind is Kind.KPI:
        return uow.readings.newest_figures(kpi_id=source.id, how=source.roll_up, periods=periods)
    return uow.readings.newest_figures(key_result_id=source.id, periods=periods)


def look_ahead(
    desk: Desk, node: Node, standing: Standing, figures: Sequence[PeriodFigure]
) -> tuple[Pace | None, Forecast | None]:
    """How far a measure is ahead of the line, and where it ends at this rate; None where that cannot be said.

    Args:
        figures: the newest ones, `FIGURES_FOR_FORECAST` of them.
    """
    if standing.progress is None:
        return None, None
    starts_on, ends_on = desk.dates(node)
    ahead = forecast(
        [(figure.period_on, figure.value) for figure in figures if figure.period_on >= starts_on],
        ends_on,
        direction=node.direction,
        baseline=node.baseline,
        target=node.target,
        unit=node.unit,
    )
    return pace(standing.progress, starts_on, ends_on, desk.today, direction=node.direction), ahead


def sit_down(uow: UnitOfWork, member_id: int) -> Desk:
    """The active plan as a member may see it.

    Raises:
        NotFound: there is no plan, or no such member.
    """
    whole = uow.picture()
    viewer = uow.roles.get_viewer(member_id, whole.graph.teams)
    return Desk(viewer, whole.seen_by(viewer), whole)


def _named(nodes: Iterable[Node]) -> Iterable[str]:
    """What stands above, up to the annual objective: further up it is the same for everyone."""
    for node in nodes:
        yield f"{node.reference} {node.title}"
        if node.kind is Kind.ANNUAL_OBJECTIVE:
            return
