"""The plan read whole: a fixed number of queries, however large it is."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, bindparam, func, or_, select, update
from sqlmodel import col

from storage.repositories.audit import Audit
from storage.repositories.base import Repository
from storage.repositories.plans import PARENT_COLUMNS
from storage.repositories.readings import Readings
from storage.rules import access, thresholds
from storage.rules.access import Viewer
from storage.rules.errors import NotFound
from storage.rules.graph import Graph, MarkLine, Node, PersonLine, PlanLine, StepLine, TeamLine
from storage.rules.hierarchy import Ref
from storage.rules.history import as_of
from storage.rules.periods import PeriodFigure
from storage.rules.scoring import DEFAULT_THRESHOLDS, Thresholds
from storage.rules.standing import Measured, Standing, assess, assess_again, reassess
from storage.rules.terms import Kind, PlanState
from storage.tables.kpi import Kpi, KpiAlias
from storage.tables.mark import Mark
from storage.tables.member import Member
from storage.tables.okr import KeyResult, Objective, Report
from storage.tables.plan import (
    AnnualObjective,
    Breakthrough,
    Driver,
    Initiative,
    Plan,
    PlanItem,
    Reader,
    Step,
    Supporter,
)
from storage.tables.team import Team, TeamMember
from storage.tables.workspace import Workspace

MOST_SEEN = 8
"""How many smaller views of a plan are kept with it."""

T = TypeVar("T")
ItemRows = Mapping[Kind, Sequence[Row[Any]]]
"""The rows of a plan's items, by kind."""

NO_PLAN = "There is no plan yet. Type `/hoshin setup` to make one, or load the worked example."


@dataclass(frozen=True, slots=True)
class Strategy:
    """A plan, whole, and how each of its items stands on `today` (in the plan's own zone)."""

    graph: Graph
    measured: Measured
    standings: Mapping[Ref, Standing]
    today: date
    thresholds: Thresholds = DEFAULT_THRESHOLDS
    rows: ItemRows = field(default_factory=dict, repr=False, compare=False)
    """What its items were made of; empty where it was not read whole."""
    _seen: dict[frozenset[Ref], "Strategy"] = field(default_factory=dict, repr=False, compare=False)
    _derived: dict[Callable[..., Any], Any] = field(default_factory=dict, repr=False, compare=False)

    def after_report(
        self, item: Ref, source: Ref, figures: Sequence[PeriodFigure], confidence: int | None
    ) -> "Strategy":
        """The same after someone reported on an item: only what hangs on it is looked at again.

        Args:
            source: what holds the figures: the KPI that the item reads, else the item itself.
            figures: the newest ones, newest first, with what was reported.
            confidence: None where none was said.
        """
        said = self.measured.confidence
        if confidence is not None:
            said = {**said, item: confidence}
        known = {**self.measured.figures, source: list(figures)} if figures else self.measured.figures
        return self.measuring(Measured(known, said), changed=(item, source))

    def measuring(self, measured: Measured, *, changed: Collection[Ref]) -> "Strategy":
        """The same plan on the same day after something was said of some of its items."""
        standings = reassess(
            self.graph, measured, self.today, self.standings, changed=changed, thresholds=self.thresholds
        )
        return Strategy(self.graph, measured, standings, self.today, self.thresholds, self.rows)

    def follow(
        self, graph: Graph, measured: Measured, today: date, thresholds: Thresholds
    ) -> "Strategy | None":
        """The plan as it was just read: where only figures have changed since this one, what they have not
        touched is taken over. None where more has changed."""
        if (today, thresholds) != (self.today, self.thresholds) or graph != self.graph:
            return None
        changed = measured.differing(self.measured)
        return self.measuring(measured, changed=changed) if changed else self

    def with_item(self, node: Node, marks: Iterable[MarkLine] = ()) -> "Strategy":
        """The same with an item added or changed, and with marks that came by it."""
        is_new = node.ref not in self.graph.nodes
        graph = replace(
            self.graph, nodes=_placed(self.graph.nodes, node), marks=_marked(self.graph.marks, marks)
        )
        if is_new:
            graph.carry_on(self.graph, node)
            standings = reassess(
                graph,
                self.measured,
                self.today,
                self.standings,
                changed=(node.ref,),
                thresholds=self.thresholds,
            )
        else:
            standings = assess(graph, self.measured, self.today, self.thresholds)
        return Strategy(graph, self.measured, standings, self.today, self.thresholds)

    def with_marks(self, marks: Iterable[MarkLine]) -> "Strategy":
        """The same with marks added or changed."""
        return self._of(replace(self.graph, marks=_marked(self.graph.marks, marks)))

    def with_supporters(self, ref: Ref, member_ids: Sequence[int]) -> "Strategy":
        """The same with others who help with an item, in the order in which they came."""
        return self._of(replace(self.graph, supporters=_peopled(self.graph.supporters, ref, member_ids)))

    def with_readers(self, ref: Ref, member_ids: Sequence[int]) -> "Strategy":
        """The same with others who may see a restricted item, in the order in which they came."""
        return self._of(replace(self.graph, readers=_peopled(self.graph.readers, ref, member_ids)))

    def _of(self, graph: Graph) -> "Strategy":
        return Strategy(graph, self.measured, self.standings, self.today, self.thresholds)

    def seen_by(self, viewer: Viewer) -> "Strategy":
        """What a viewer may see of it, and how that stands: hidden items do not count, either."""
        return self.without(access.hidden_from(self.graph, viewer))

    def derived(self, work: Callable[[Graph, Mapping[Ref, Standing]], T]) -> T:
        """What a rule makes of the plan and how it stands; computed once, and kept with them."""
        if work not in self._derived:
            self._derived[work] = work(self.graph, self.standings)
        found: T = self._derived[work]
        return found

    def without(self, hidden: frozenset[Ref]) -> "Strategy":
        """The same as if those items had never been. Kept, since most people see the same."""
        if not hidden:
            return self
        seen = self._seen.get(hidden)
        if seen is None:
            graph = access.without(self.graph, hidden)
            standings = assess_again(
                self.standings,
                self.graph,
                graph,
                measured=self.measured,
                today=self.today,
                thresholds=self.thresholds,
            )
            seen = Strategy(graph, self.measured, standings, self.today, self.thresholds)
            if len(self._seen) >= MOST_SEEN:
                self._seen.pop(next(iter(self._seen)), None)
            self._seen[hidden] = seen
        return seen


_COUNT_CHANGE = (
    update(Workspace)
    .where(col(Workspace.id) == bindparam("its_id"))
    .values(plan_revision=col(Workspace.plan_revision) + 1)
    .returning(col(Workspace.plan_revision))
)
_TEAM_MEMBERS = select(col(TeamMember.team_id), col(TeamMember.member_id)).where(
    col(TeamMember.workspace_id) == bindparam("workspace_id")
)
_TEAMS = select(
    col(Team.id), col(Team.name), col(Team.parent_id), col(Team.lead_id), col(Team.channel_id)
).where(col(Team.workspace_id) == bindparam("workspace_id"))
_REVISION = select(col(Workspace.plan_revision)).where(col(Workspace.id) == bindparam("workspace_id"))
"""Made once: building a statement costs more than sending it, and every look asks this."""


class Strategies(Repository):
    """Reads of a whole plan."""

    def revision(self) -> int:
        """Counts the changes of the workspace's plans: the same number means the same plan."""
        found: int = self._columns(_REVISION).scalar_one()
        return found

    def count_change(self) -> int:
        """Counts the revision up, and returns it."""
        revision: int = self._send(_COUNT_CHANGE, {"its_id": self.workspace_id}).scalar_one()
        return revision

    def find_plan(self, plan_id: int | None = None) -> PlanLine | None:
        """A plan of the workspace; without an id the active one."""
        query = _ACTIVE_PLAN if plan_id is None else _PLAN_OF_ID
        row = self._columns(query, plan_id=plan_id).first()
        return None if row is None else PlanLine(*row)

    def get_plan(self, plan_id: int | None = None) -> PlanLine:
        """Raises NotFound if there is none."""
        plan = self.find_plan(plan_id)
        if plan is None:
            raise NotFound(NO_PLAN)
        return plan

    def read(self, plan: PlanLine, now: datetime, *, earlier: Strategy | None = None) -> Strategy:
        """The plan and how it stands; every item, whoever may see it.

        Args:
            earlier: the plan as it was read before, where that is at hand: what has not changed is shared.
        """
        today = now.astimezone(ZoneInfo(plan.zone)).date()
        rows = self._items_of(plan.id)
        known = earlier.graph.nodes if earlier is not None and earlier.rows == rows else None
        graph = self._build_graph(plan, rows, known)
        measured = self.read_measured(graph)
        own = self.thresholds()
        followed = None if earlier is None else earlier.follow(graph, measured, today, own)
        return followed or Strategy(graph, measured, assess(graph, measured, today, own), today, own, rows)

    def thresholds(self) -> Thresholds:
        """The method's figures as this workspace has set them."""
        stored, closes_weekday = self.session.execute(
            select(col(Workspace.thresholds), col(Workspace.checkin_closes_weekday)).where(
                col(Workspace.id) == self.workspace_id
            )
        ).one()
        return thresholds.read(stored, closes_weekday=closes_weekday)

    def read_as_of(self, plan: PlanLine, on: date) -> Strategy:
        """The plan as it was at the end of a day, and how it stood by what was known then."""
        instant = datetime.combine(on + timedelta(days=1), time(), ZoneInfo(plan.zone)).astimezone(UTC)
        graph = self.read_graph_before(plan, instant)
        measured = self.read_measured(graph, before=instant)
        own = self.thresholds()
        return Strategy(graph, measured, assess(graph, measured, on, own), on, own)

    def read_graph_before(self, plan: PlanLine, instant: datetime) -> Graph:
        """The plan's structure as it was just before an instant."""
        graph = self.read_graph(plan)
        entries = Audit(self.session, self.workspace_id).list_since(instant, refs_of(graph))
        return as_of(graph, entries, self._removed_steps(graph))

    def find_plan_of(self, on: date) -> PlanLine | None:
        """The plan that a day lies in, the newest of several; drafts are left out."""
        row = self.session.execute(
            select(*_PLAN)
            .where(
                col(Plan.workspace_id) == self.workspace_id,
                col(Plan.state) != PlanState.DRAFT,
                col(Plan.starts_on) <= on,
                col(Plan.ends_on) >= on,
            )
            .order_by(col(Plan.id).desc())
        ).first()
        return None if row is None else PlanLine(*row)

    def read_graph(self, plan: PlanLine) -> Graph:
        """The plan's structure."""
        return self._build_graph(plan, self._items_of(plan.id), None)

    def _build_graph(self, plan: PlanLine, rows: ItemRows, known: Mapping[Ref, Node] | None) -> Graph:
        """The structure of a plan with these items.

        Args:
            known: what was made of the very same rows before.
        """
        refs: dict[tuple[Kind, int], Ref] = {
            (kind, row.id): (kind, row.number) for kind, found in rows.items() for row in found
        }
        nodes = _nodes(rows, refs) if known is None else known
        steps = self._steps(plan.id)
        return Graph(
            plan=plan,
            nodes=nodes,
            supporters=self._people_of(Supporter, refs),
            readers=self._people_of(Reader, refs),
            marks=tuple(self._marks(refs)),
            steps={refs[Kind.INITIATIVE, item_id]: tuple(found) for item_id, found in steps.items()},
            aliases=self._aliases(refs),
            teams=self.read_teams(),
            people=self.read_people(),
        )

    def node_of(self, kind: Kind, row: PlanItem, graph: Graph) -> Node:
        """An item as `read_graph` reads it, from its row.

        Args:
            graph: the plan, whole, with what the item stands under and measures.
        """
        refs = refs_of(graph)
        values = {column.key: getattr(row, column.key) for column in _ITEM_COLUMNS[kind][1]}
        node = _node(kind, values, refs)
        if kind is Kind.KEY_RESULT and node.parent is not None:
            node = node._replace(team_id=graph.nodes[node.parent].team_id)
        return node

    def read_measured(self, graph: Graph, *, before: datetime | None = None) -> Measured:
        """The newest figures of the plan's measures, and the last confidence said of each item.

        Args:
            before: what was known just before that instant; None for now.
        """
        readings = Readings(self.session, self.workspace_id)
        if before is None:
            of_kpis, of_key_results = readings.latest_in_plan(graph.plan.id)
        else:
            of_kpis, of_key_results = readings.known_in_plan(graph.plan.id, before)
        refs = refs_of(graph)
        found = {(Kind.KPI, row_id): figures for row_id, figures in of_kpis.items()}
        found |= {(Kind.KEY_RESULT, row_id): figures for row_id, figures in of_key_results.items()}
        return Measured(
            {refs[row]: figures for row, figures in found.items() if row in refs},
            self._confidence(refs, before),
        )

    def read_teams(self) -> dict[int, TeamLine]:
        """Every team with those who belong to it."""
        members: defaultdict[int, list[int]] = defaultdict(list)
        for team_id, member_id in self._columns(_TEAM_MEMBERS):
            members[team_id].append(member_id)
        return {
            row.id: TeamLine(**row._mapping, member_ids=frozenset(members[row.id]))  # noqa: SLF001 - public
            for row in self._columns(_TEAMS)
        }

    def read_people(self) -> dict[int, PersonLine]:
        """Everyone whom the record knows."""
        rows = self.session.execute(
            select(*_columns(Member, "id", "name", "slack_user_id", "is_guest", "is_deactivated")).where(
                col(Member.workspace_id) == self.workspace_id
            )
        )
        return {row.id: PersonLine(*row) for row in rows}

    def _items_of(self, plan_id: int) -> ItemRows:
        return {kind: self._items(kind, plan_id) for kind in _ITEM_COLUMNS}

    def _items(self, kind: Kind, plan_id: int) -> Sequence[Row[Any]]:
        table, columns = _ITEM_COLUMNS[kind]
        return self.session.execute(
            select(*columns)
            .where(col(table.workspace_id) == self.workspace_id, col(table.plan_id) == plan_id)
            .order_by(col(table.number))
        ).all()

    def _people_of(
        self, table: type[Supporter] | type[Reader], refs: dict[tuple[Kind, int], Ref]
    ) -> dict[Ref, tuple[int, ...]]:
        found: defaultdict[Ref, list[int]] = defaultdict(list)
        for kind, item_id, member_id in self.session.execute(
            select(*_columns(table, "kind", "item_id", "member_id"))
            .where(col(table.workspace_id) == self.workspace_id)
            .order_by(col(table.id))
        ):
            if (kind, item_id) in refs:
                found[refs[kind, item_id]].append(member_id)
        return {ref: tuple(member_ids) for ref, member_ids in found.items()}

    def _marks(self, refs: dict[tuple[Kind, int], Ref]) -> Iterable[MarkLine]:
        for row in self.session.execute(
            select(
                *_columns(Mark, "left_kind", "left_id", "right_kind", "right_id", "strength", "is_confirmed")
            )
            .where(col(Mark.workspace_id) == self.workspace_id)
            .order_by(col(Mark.id))
        ):
            left, right = refs.get((row.left_kind, row.left_id)), refs.get((row.right_kind, row.right_id))
            if left is not None and right is not None:
                yield MarkLine(left, right, row.strength, row.is_confirmed)

    def _steps(self, plan_id: int) -> dict[int, list[StepLine]]:
        rows = self.session.execute(
            select(col(Step.initiative_id), *_STEP)
            .join(Initiative, col(Initiative.id) == col(Step.initiative_id))
            .where(
                col(Step.workspace_id) == self.workspace_id,
                col(Initiative.plan_id) == plan_id,
                col(Step.is_archived).is_(False),
            )
            .order_by(col(Step.initiative_id), col(Step.position), col(Step.id))
        )
        found: defaultdict[int, list[StepLine]] = defaultdict(list)
        for initiative_id, *values in rows:
            found[initiative_id].append(StepLine(*values))
        return found

    def _removed_steps(self, graph: Graph) -> dict[int, tuple[Ref, StepLine]]:
        refs = refs_of(graph)
        rows = self.session.execute(
            select(col(Step.initiative_id), *_STEP)
            .join(Initiative, col(Initiative.id) == col(Step.initiative_id))
            .where(
                col(Step.workspace_id) == self.workspace_id,
                col(Initiative.plan_id) == graph.plan.id,
                col(Step.is_archived).is_(True),
            )
        )
        found = ((refs[Kind.INITIATIVE, initiative_id], StepLine(*values)) for initiative_id, *values in rows)
        return {step.id: (ref, step) for ref, step in found}

    def _aliases(self, refs: dict[tuple[Kind, int], Ref]) -> dict[Ref, tuple[str, ...]]:
        found: defaultdict[Ref, list[str]] = defaultdict(list)
        for kpi_id, name in self.session.execute(
            select(col(KpiAlias.kpi_id), col(KpiAlias.name))
            .where(col(KpiAlias.workspace_id) == self.workspace_id)
            .order_by(col(KpiAlias.name))
        ):
            if (Kind.KPI, kpi_id) in refs:
                found[refs[Kind.KPI, kpi_id]].append(name)
        return {ref: tuple(names) for ref, names in found.items()}

    def _confidence(
        self, refs: Mapping[tuple[Kind, int], Ref], before: datetime | None = None
    ) -> dict[Ref, int]:
        item = (col(Report.kind), col(Report.item_id))
        newest_first = (col(Report.reported_at).desc(), col(Report.id).desc())
        reports = (
            select(
                *item,
                col(Report.confidence),
                func.row_number().over(partition_by=item, order_by=newest_first).label("age"),
            )
            .where(
                col(Report.workspace_id) == self.workspace_id,
                col(Report.confidence).is_not(None),
                *_told_before(before),
            )
            .subquery()
        )
        rows = self.session.execute(
            select(reports.c.kind, reports.c.item_id, reports.c.confidence).where(reports.c.age == 1)
        )
        return {
            refs[kind, item_id]: confidence for kind, item_id, confidence in rows if (kind, item_id) in refs
        }


def _told_before(instant: datetime | None) -> list[ColumnElement[bool]]:
    """What counts of the reports: those that stand, or that stood just before an instant."""
    if instant is None:
        return [col(Report.withdrawn_at).is_(None)]
    stood = or_(col(Report.withdrawn_at).is_(None), col(Report.withdrawn_at) >= instant)
    return [col(Report.reported_at) < instant, stood]


def refs_of(graph: Graph) -> dict[tuple[Kind, int], Ref]:
    """From the rows of a plan's items to their references."""
    return {(node.kind, node.id): node.ref for node in graph.nodes.values()}


def _columns(table: Any, *names: str) -> tuple[Any, ...]:
    return tuple(getattr(table, name) for name in names)


_PLAN = _columns(Plan, "id", "title", "vision", "values", "starts_on", "ends_on", "zone", "state")
_PLANS = (
    select(*_PLAN).where(col(Plan.workspace_id) == bindparam("workspace_id")).order_by(col(Plan.id).desc())
)
_ACTIVE_PLAN = _PLANS.where(col(Plan.state) == PlanState.ACTIVE)
_PLAN_OF_ID = _PLANS.where(col(Plan.id) == bindparam("plan_id"))
_STEP = _columns(Step, "id", "position", "title", "owner_id", "original_due_on", "due_on", "done_at")
_COMMON = ("id", "number", "title", "state", "owner_id", "perspective", "is_restricted")
_FIGURES = ("unit", "direction", "baseline", "target", "band_low", "band_high")
_DATES = ("starts_on", "ends_on")

_ITEM_COLUMNS: dict[Kind, tuple[Any, tuple[Any, ...]]] = {
    kind: (table, _columns(table, *_COMMON, *PARENT_COLUMNS.get(kind, {}).values(), *names))
    for kind, table, names in (
        (Kind.DRIVER, Driver, ("commitment", *_DATES)),
        (Kind.BREAKTHROUGH, Breakthrough, ("commitment", *_DATES)),
        (
            Kind.ANNUAL_OBJECTIVE,
            AnnualObjective,
            ("commitment", "team_id", "kpi_id", "not_deployed_reason", *_DATES),
        ),
        (Kind.OBJECTIVE, Objective, ("commitment", "team_id", *_DATES)),
        (Kind.KEY_RESULT, KeyResult, ("commitment", "kpi_id", "weight", "due_on", "active_on", *_FIGURES)),
        (
            Kind.KPI,
            Kpi,
            ("team_id", "frequency", "roll_up", "leading", "data_source", "active_on", *_FIGURES),
        ),
        (Kind.INITIATIVE, Initiative, ("commitment", "team_id", "starts_on", "due_on", "progress")),
    )
}
"""By kind: its table, and the columns that a node is made of."""


def _nodes(rows: ItemRows, refs: dict[tuple[Kind, int], Ref]) -> dict[Ref, Node]:
    nodes: dict[Ref, Node] = {}
    for kind, found in rows.items():
        names = [column.key for column in _ITEM_COLUMNS[kind][1]]
        made = (_node(kind, dict(zip(names, row, strict=True)), refs) for row in found)
        nodes.update((node.ref, node) for node in made)
    for ref, node in nodes.items():
        # A key result is of the team whose objective it serves.
        if node.kind is Kind.KEY_RESULT and node.parent is not None:
            nodes[ref] = node._replace(team_id=nodes[node.parent].team_id)
    return nodes


def _node(kind: Kind, values: dict[str, Any], refs: dict[tuple[Kind, int], Ref]) -> Node:
    for parent_kind, column in PARENT_COLUMNS.get(kind, {}).items():
        parent_id = values.pop(column)
        if parent_id is not None:
            values["parent"] = refs.get((parent_kind, parent_id))
    if "kpi_id" in values:
        values["measure"] = refs.get((Kind.KPI, values.pop("kpi_id")))
    if "ends_on" in values:
        values["due_on"] = values.pop("ends_on")
    return Node(kind=kind, **values)


def _placed(nodes: Mapping[Ref, Node], node: Node) -> dict[Ref, Node]:
    """With an item in its place, as `read_graph` orders them: a new one is the last of its kind."""
    if node.ref in nodes:
        return {**nodes, node.ref: node}
    rank = _RANKS[node.kind]
    before = {ref: one for ref, one in nodes.items() if _RANKS[one.kind] <= rank}
    return {**before, node.ref: node, **nodes}


def _marked(marks: tuple[MarkLine, ...], added: Iterable[MarkLine]) -> tuple[MarkLine, ...]:
    by_ends = {(mark.left, mark.right): mark for mark in marks}
    by_ends.update(((mark.left, mark.right), mark) for mark in added)
    return tuple(by_ends.values())


def _peopled(
    people: Mapping[Ref, tuple[int, ...]], ref: Ref, member_ids: Sequence[int]
) -> dict[Ref, tuple[int, ...]]:
    before = people.get(ref, ())
    stayed = [one for one in before if one in member_ids]
    found = (*stayed, *(one for one in member_ids if one not in before))
    rest = {one: those for one, those in people.items() if one != ref}
    return {**rest, ref: found} if found else rest


_RANKS = {kind: rank for rank, kind in enumerate(_ITEM_COLUMNS)}
