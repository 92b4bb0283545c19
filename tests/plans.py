"""Whole plans for tests: random small ones, a company of any size, and a plan's rows written quickly."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import insert

from storage.database import UnitOfWork
from storage.repositories.plans import ITEM_TABLES, PARENT_COLUMNS
from storage.rules.graph import Graph, MarkLine, Node, PersonLine, PlanLine, StepLine, TeamLine
from storage.rules.hierarchy import LEGAL_PARENTS, Ref
from storage.rules.periods import PeriodFigure
from storage.rules.standing import Measured
from storage.rules.terms import (
    Commitment,
    Frequency,
    ItemState,
    Kind,
    Leading,
    Perspective,
    PlanState,
    Source,
    Strength,
)
from storage.tables import (
    KpiAlias,
    Mark,
    Member,
    Plan,
    Reader,
    Reading,
    Report,
    Step,
    Supporter,
    Team,
    TeamMember,
)

PLAN = PlanLine(
    1,
    "Northwind 2026",
    "The service people recommend",
    "",
    date(2026, 1, 1),
    date(2026, 12, 31),
    "UTC",
    PlanState.ACTIVE,
)
TODAY = date(2026, 2, 9)
QUARTER = (date(2026, 1, 1), date(2026, 3, 31))

KINDS = (
    Kind.DRIVER,
    Kind.BREAKTHROUGH,
    Kind.ANNUAL_OBJECTIVE,
    Kind.INITIATIVE,
    Kind.OBJECTIVE,
    Kind.KPI,
    Kind.KEY_RESULT,
)
MARKED = (
    (Kind.ANNUAL_OBJECTIVE, Kind.BREAKTHROUGH),
    (Kind.INITIATIVE, Kind.ANNUAL_OBJECTIVE),
    (Kind.INITIATIVE, Kind.KPI),
    (Kind.KPI, Kind.BREAKTHROUGH),
)

_COMMITMENTS = {
    Kind.ANNUAL_OBJECTIVE: Commitment.COMMITTED,
    Kind.OBJECTIVE: Commitment.ASPIRATIONAL,
}


def node(kind: Kind, number: int, **values: Any) -> Node:
    """An active item with the usual figures of its kind."""
    usual: dict[str, Any] = {
        "title": f"{kind} {number}",
        "state": ItemState.ACTIVE,
        "starts_on": None if kind in {Kind.KPI, Kind.KEY_RESULT} else PLAN.starts_on,
        "due_on": None if kind is Kind.KPI else PLAN.ends_on,
    }
    if kind in {Kind.KEY_RESULT, Kind.KPI}:
        usual |= {"unit": "%", "baseline": Decimal(70), "target": Decimal(80)}
    if kind is Kind.KPI:
        usual |= {"frequency": Frequency.MONTHLY}
    if kind in _COMMITMENTS:
        usual |= {"commitment": _COMMITMENTS[kind]}
    return Node(kind=kind, number=number, id=values.pop("id", number), **usual | values)


def graph_of(*nodes: Node, **parts: Any) -> Graph:
    """A plan of these items."""
    return Graph(plan=parts.pop("plan", PLAN), nodes={one.ref: one for one in nodes}, **parts)


def random_graph(random: Random, size: int) -> Graph:
    """A legal plan of any shape: any parents that are allowed, some restricted, some archived leaves."""
    nodes: dict[Ref, Node] = {}
    for _ in range(size):
        kind = random.choice(KINDS)
        parents = [ref for ref in nodes if ref[0] in LEGAL_PARENTS.get(kind, ())]
        if kind is Kind.KEY_RESULT and not parents:
            kind = Kind.OBJECTIVE
            parents = [ref for ref in nodes if ref[0] is Kind.ANNUAL_OBJECTIVE]
        number = sum(ref[0] is kind for ref in nodes) + 1
        kpis = [ref for ref in nodes if ref[0] is Kind.KPI]
        measures = kind in {Kind.KEY_RESULT, Kind.ANNUAL_OBJECTIVE} and kpis and random.random() < 0.3
        nodes[kind, number] = node(
            kind,
            number,
            parent=random.choice(parents)
            if parents and (kind is Kind.KEY_RESULT or random.random() < 0.8)
            else None,
            measure=random.choice(kpis) if measures else None,
            owner_id=random.choice([None, 1, 2, 3]),
            is_restricted=random.random() < 0.15,
            state=random.choice([ItemState.ACTIVE] * 6 + [ItemState.CLOSED, ItemState.DRAFT]),
            weight=Decimal(random.choice(["0", "0.5", "1", "3"])) if kind is Kind.KEY_RESULT else Decimal(1),
            progress=Decimal(random.choice(["0", "0.333333", "1"])) if kind is Kind.INITIATIVE else None,
        )
    marks = [
        MarkLine(left, right, random.choice(list(Strength)), random.random() < 0.8)
        for left in nodes
        for right in nodes
        if (left[0], right[0]) in MARKED and random.random() < 0.3
    ]
    people = {
        number: PersonLine(number, f"Person {number}", f"U{number:04}", False, False) for number in (1, 2, 3)
    }
    return graph_of(*nodes.values(), marks=tuple(marks), people=people)


def random_measured(random: Random, graph: Graph) -> Measured:
    """Figures and confidence of some of its measures."""
    figures = {}
    confidence = {}
    for ref, found in graph.nodes.items():
        if ref[0] not in {Kind.KPI, Kind.KEY_RESULT} or random.random() < 0.2:
            continue
        value = Decimal(random.randint(-20_000, 120_000)) / 1000
        figures[ref] = [PeriodFigure(date(2026, 2, 1), value, datetime(2026, 2, 2, tzinfo=UTC))]
        if random.random() < 0.5:
            confidence[found.ref] = random.randint(0, 10)
    return Measured(figures, confidence)


@st.composite
def graphs(draw: st.DrawFn, most: int = 25) -> Graph:
    return random_graph(draw(st.randoms(use_true_random=False)), draw(st.integers(0, most)))


@st.composite
def measured_graphs(draw: st.DrawFn, most: int = 25) -> tuple[Graph, Measured]:
    random = draw(st.randoms(use_true_random=False))
    graph = random_graph(random, draw(st.integers(0, most)))
    return graph, random_measured(random, graph)


def company(size: int, *, people: int = 20, restricted: int = 0) -> Graph:
    """A plan as a company has it, of about `size` items: of a hundred, 60 key results, 20 OKRs, 10
    initiatives, 5 annual objectives, 4 KPIs and one breakthrough.

    Args:
        restricted: how many of the OKRs are restricted.
    """
    random = Random(size)  # noqa: S311 - the same plan every time
    counts = {
        Kind.DRIVER: 1,
        Kind.BREAKTHROUGH: max(1, size // 100),
        Kind.ANNUAL_OBJECTIVE: max(1, size // 20),
        Kind.KPI: max(1, size // 25),
        Kind.INITIATIVE: max(1, size // 10),
        Kind.OBJECTIVE: max(1, size // 5),
    }
    counts[Kind.KEY_RESULT] = max(1, size - sum(counts.values()))
    above = {
        Kind.BREAKTHROUGH: Kind.DRIVER,
        Kind.ANNUAL_OBJECTIVE: Kind.BREAKTHROUGH,
        Kind.INITIATIVE: Kind.ANNUAL_OBJECTIVE,
        Kind.OBJECTIVE: Kind.ANNUAL_OBJECTIVE,
        Kind.KEY_RESULT: Kind.OBJECTIVE,
    }
    teams = max(1, people // 10)
    nodes = []
    for kind, many in counts.items():
        for number in range(1, many + 1):
            upper = above.get(kind)
            owner = number % people + 1
            values: dict[str, Any] = {
                "owner_id": owner,
                "parent": (upper, number % counts[upper] + 1) if upper is not None else None,
                "perspective": list(Perspective)[number % 4] if kind is Kind.KPI else None,
            }
            if kind in {Kind.OBJECTIVE, Kind.KPI, Kind.INITIATIVE, Kind.ANNUAL_OBJECTIVE}:
                values["team_id"] = owner % teams + 1
            if kind is Kind.OBJECTIVE:
                values |= {
                    "starts_on": QUARTER[0],
                    "due_on": QUARTER[1],
                    "is_restricted": number <= restricted,
                }
            if kind is Kind.KEY_RESULT:
                values |= {"due_on": QUARTER[1]}
                if number % 6 == 0:
                    values["measure"] = (Kind.KPI, number % counts[Kind.KPI] + 1)
            if kind is Kind.KPI:
                values |= {
                    "frequency": Frequency.WEEKLY if number % 2 else Frequency.MONTHLY,
                    "leading": Leading.LEADING if number % 2 else Leading.LAGGING,
                }
            if kind is Kind.INITIATIVE:
                values["progress"] = Decimal(random.randint(0, 100)) / 100
            nodes.append(node(kind, number, **values))
    team_of = {one.number: one.team_id for one in nodes if one.kind is Kind.OBJECTIVE}
    nodes = [
        one._replace(team_id=team_of[one.parent[1]]) if one.kind is Kind.KEY_RESULT and one.parent else one
        for one in nodes
    ]
    marks = [
        MarkLine((Kind.INITIATIVE, number), (Kind.KPI, number % counts[Kind.KPI] + 1), Strength.STRONG, True)
        for number in range(1, counts[Kind.INITIATIVE] + 1, 2)
    ]
    members: defaultdict[int, set[int]] = defaultdict(set)
    for person in range(1, people + 1):
        members[person % teams + 1].add(person)
    return graph_of(
        *nodes,
        marks=tuple(marks),
        steps={
            (Kind.INITIATIVE, number): (
                StepLine(
                    number, 1, "Agree on the first step", number % people + 1, QUARTER[1], QUARTER[1], None
                ),
            )
            for number in range(1, counts[Kind.INITIATIVE] + 1)
        },
        supporters={
            (Kind.INITIATIVE, number): (number % people + 1,)
            for number in range(1, counts[Kind.INITIATIVE] + 1)
        },
        aliases={(Kind.KPI, 1): ("The first measure",)},
        teams={
            number: TeamLine(
                number,
                f"Team {number}",
                None if number == 1 else 1,
                min(members[number]),
                f"C{number:04}",
                frozenset(members[number]),
            )
            for number in range(1, teams + 1)
        },
        people={
            number: PersonLine(number, f"Person {number}", f"U{number:04}", False, False)
            for number in range(1, people + 1)
        },
    )


def store(uow: UnitOfWork, graph: Graph) -> None:
    """A plan's rows, in one statement a table; its ids must be free."""
    _insert(uow, Plan, [{**graph.plan._asdict()}])
    _insert(
        uow,
        Member,
        [
            {**person._asdict(), "email": f"person{person.id}@example.com", "locale": "en-US"}
            for person in graph.people.values()
        ],
    )
    _insert(
        uow,
        Team,
        [
            {key: value for key, value in team._asdict().items() if key != "member_ids"} | {"channel": None}
            for team in graph.teams.values()
        ],
    )
    _insert(
        uow,
        TeamMember,
        [
            {"team_id": team.id, "member_id": member_id, "is_home": True}
            for team in graph.teams.values()
            for member_id in sorted(team.member_ids)
        ],
    )
    for kind in (
        Kind.KPI,
        Kind.DRIVER,
        Kind.BREAKTHROUGH,
        Kind.ANNUAL_OBJECTIVE,
        Kind.OBJECTIVE,
        Kind.KEY_RESULT,
        Kind.INITIATIVE,
    ):
        _insert(
            uow,
            ITEM_TABLES[kind],
            [_row(graph, found) for found in graph.nodes.values() if found.kind is kind],
        )
    ids = {ref: found.id for ref, found in graph.nodes.items()}
    for table, people in ((Supporter, graph.supporters), (Reader, graph.readers)):
        _insert(
            uow,
            table,
            [
                {"kind": ref[0], "item_id": ids[ref], "member_id": member_id}
                for ref, member_ids in people.items()
                for member_id in member_ids
            ],
        )
    _insert(
        uow,
        Mark,
        [
            {
                "left_kind": mark.left[0],
                "left_id": ids[mark.left],
                "right_kind": mark.right[0],
                "right_id": ids[mark.right],
                "strength": mark.strength,
                "is_confirmed": mark.is_confirmed,
            }
            for mark in graph.marks
        ],
    )
    _insert(
        uow,
        Step,
        [
            {**step._asdict(), "initiative_id": ids[ref], "is_archived": False}
            for ref, steps in graph.steps.items()
            for step in steps
        ],
    )
    _insert(
        uow,
        KpiAlias,
        [{"kpi_id": ids[ref], "name": name} for ref, names in graph.aliases.items() for name in names],
    )


def store_history(uow: UnitOfWork, graph: Graph, *, years: int = 1, weeks: int = 0) -> None:
    """Readings of every measure up to `TODAY`, and of so many weeks what owners said of their key results."""
    _insert(uow, Reading, list(_readings(graph, years)), at_most=50_000)
    _insert(uow, Report, list(_reports(graph, weeks)), at_most=50_000)


def _readings(graph: Graph, years: int) -> Iterator[dict[str, Any]]:
    for found in graph.nodes.values():
        if found.kind is Kind.KPI:
            days, many = (7, 52 * years) if found.frequency is Frequency.WEEKLY else (31, 12 * years)
            name = "kpi_id"
        elif found.kind is Kind.KEY_RESULT and found.measure is None:
            days, many, name = 7, 6, "key_result_id"
        else:
            continue
        for back in range(many):
            on = TODAY - timedelta(days=7 + back * days)
            period_on = on - timedelta(days=on.weekday()) if days == 7 else on.replace(day=1)
            yield {
                "kpi_id": None,
                "key_result_id": None,
                name: found.id,
                "period_on": period_on,
                "value": Decimal(7000 + (found.number * 37 + back * 11) % 1000) / 100,
                "source": Source.IMPORT,
                "recorded_at": datetime.combine(on, time(12), UTC),
            }


def _reports(graph: Graph, weeks: int) -> Iterator[dict[str, Any]]:
    """What the owners said of their key results, week by week."""
    for week in range(weeks):
        monday = TODAY - timedelta(weeks=week + 1)
        for found in graph.nodes.values():
            if found.kind is Kind.KEY_RESULT and found.owner_id is not None:
                yield {
                    "kind": found.kind,
                    "item_id": found.id,
                    "member_id": found.owner_id,
                    "source": Source.CHECKIN,
                    "reported_at": datetime.combine(monday, time(9), UTC),
                    "confidence": (found.number + week) % 11,
                }


_LINKS = frozenset({"kind", "parent", "measure"})


def _row(graph: Graph, found: Node) -> dict[str, Any]:
    columns = ITEM_TABLES[found.kind].model_fields
    row: dict[str, Any] = {"plan_id": graph.plan.id}
    for field, value in found._asdict().items():
        name = "ends_on" if field == "due_on" and "ends_on" in columns else field
        if field not in _LINKS and name in columns:
            row[name] = value
    for parent_kind, column in PARENT_COLUMNS.get(found.kind, {}).items():
        is_it = found.parent is not None and found.parent[0] is parent_kind
        row[column] = graph.nodes[found.parent].id if is_it and found.parent is not None else None
    if "kpi_id" in columns:
        row["kpi_id"] = graph.nodes[found.measure].id if found.measure is not None else None
    return row


def _insert(uow: UnitOfWork, table: Any, rows: Sequence[dict[str, Any]], *, at_most: int = 20_000) -> None:
    for start in range(0, len(rows), at_most):
        chunk = [{**row, "workspace_id": uow.workspace_id} for row in rows[start : start + at_most]]
        uow.session.execute(insert(table), chunk)
