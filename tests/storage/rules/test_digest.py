"""What a digest tells: what changed between two days, once, the biggest first."""

from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from storage.rules.digest import (
    ORGANISATION,
    PERSON,
    TEAM,
    Digest,
    Look,
    compare,
    spread_follows,
)
from storage.rules.graph import Graph, Node, StepLine, TeamLine
from storage.rules.hierarchy import Ref
from storage.rules.standing import Measured, Standing, assess
from storage.rules.terms import ItemState, Kind, Status
from tests.plans import PLAN, TODAY, graph_of, measured_graphs, node

A1, O1, KR1, KR2, KPI1, I1 = (
    (Kind.ANNUAL_OBJECTIVE, 1),
    (Kind.OBJECTIVE, 1),
    (Kind.KEY_RESULT, 1),
    (Kind.KEY_RESULT, 2),
    (Kind.KPI, 1),
    (Kind.INITIATIVE, 1),
)


def plan(**changed: Node) -> Graph:
    """A-1 → O-1 → KR-1 (reads KPI-1), KR-2; I-1 under A-1."""
    nodes = {
        "a1": node(Kind.ANNUAL_OBJECTIVE, 1, owner_id=1, team_id=1),
        "o1": node(Kind.OBJECTIVE, 1, parent=A1, owner_id=2, team_id=2),
        "kr1": node(Kind.KEY_RESULT, 1, parent=O1, measure=KPI1, owner_id=2, team_id=2),
        "kr2": node(Kind.KEY_RESULT, 2, parent=O1, owner_id=3, team_id=2),
        "kpi1": node(Kind.KPI, 1, owner_id=1),
        "i1": node(Kind.INITIATIVE, 1, parent=A1, owner_id=3, progress=Decimal("0.2")),
    } | changed
    teams = {
        1: TeamLine(1, "Company", None, None, None, frozenset()),
        2: TeamLine(2, "Service", 1, None, None, frozenset()),
    }
    return graph_of(*nodes.values(), teams=teams)


def look(graph: Graph, **figures: tuple[str, Status]) -> Look:
    """Standings by name, the rest on track at 70 (the baseline; 80 is the target)."""
    names = {"a1": A1, "o1": O1, "kr1": KR1, "kr2": KR2, "kpi1": KPI1, "i1": I1}
    said = {names[name]: figure for name, figure in figures.items()}
    standings: dict[Ref, Standing] = {}
    for ref in graph.nodes:
        value, status = said.get(ref, ("70", Status.ON_TRACK))
        current = Decimal(value)
        standings[ref] = Standing(status, f"It is {status}.", (current - 70) / 10, None, current)
    return Look(graph, standings)


def digest_of(before: Look, after: Look) -> Digest:
    return compare(before, after, after.graph.nodes)


@given(measured_graphs(), st.booleans())
def test_nothing_happened_where_nothing_changed(built: tuple[Graph, Measured], follows_all: bool) -> None:
    graph, measured = built
    same = Look(graph, assess(graph, measured, TODAY))
    refs = graph.nodes if follows_all else [ref for ref in graph.nodes if ref[1] % 2]
    assert compare(same, same, refs).is_empty


@given(measured_graphs(), measured_graphs())
def test_only_what_is_followed_and_seen_is_told(
    built: tuple[Graph, Measured], other: tuple[Graph, Measured]
) -> None:
    """Whatever changed: each line is about an item that is followed, and none comes twice."""
    looks = [Look(graph, assess(graph, measured, TODAY)) for graph, measured in (built, other)]
    followed = {ref for ref in looks[1].graph.nodes if ref[1] % 2}
    found = compare(looks[0], looks[1], followed)
    for part in (found.moved, found.worse, found.better):
        told = [one.node.ref for one in part]
        assert set(told) <= followed
        assert len(told) == len(set(told))
    strides = [one.stride for one in found.moved]
    assert strides == sorted(strides, reverse=True)


def test_the_biggest_move_comes_first_and_a_shared_kpi_is_told_once() -> None:
    before = look(plan())
    after = look(
        plan(), kr1=("72", Status.ON_TRACK), kpi1=("72", Status.ON_TRACK), kr2=("78", Status.ON_TRACK)
    )
    moved = digest_of(before, after).moved
    assert [(one.node.ref, one.before, one.after) for one in moved] == [
        (KR2, Decimal(70), Decimal(78)),
        (KR1, Decimal(70), Decimal(72)),
    ]


def test_who_follows_the_kpi_alone_hears_of_the_kpi() -> None:
    before, after = look(plan()), look(plan(), kr1=("72", Status.ON_TRACK), kpi1=("72", Status.ON_TRACK))
    assert [one.node.ref for one in compare(before, after, [KPI1]).moved] == [KPI1]


def test_of_what_came_at_risk_the_item_furthest_down_is_told() -> None:
    bad = ("70", Status.OFF_TRACK)
    before = look(plan(), kr2=("70", Status.AT_RISK))
    after = look(plan(), kr2=bad, o1=bad, a1=bad, kr1=("70", Status.STALE), kpi1=("70", Status.STALE))
    worse = digest_of(before, after).worse
    assert [(one.node.ref, one.before, one.after) for one in worse] == [
        (KR2, Status.AT_RISK, Status.OFF_TRACK),
        (KR1, Status.ON_TRACK, Status.STALE),
    ]
    back = digest_of(after, before)
    assert [one.node.ref for one in back.better] == [KR1]
    assert [one.node.ref for one in compare(before, after, [A1]).worse] == [A1]


def test_what_is_finished_is_told_as_that_and_not_as_moved() -> None:
    step = StepLine(7, 1, "Map the calls", 2, None, None, None)
    done = step._replace(done_at=datetime(2026, 2, 8, tzinfo=UTC))
    before, after = (
        plan(),
        plan(
            i1=node(Kind.INITIATIVE, 1, parent=A1, owner_id=3, progress=Decimal(1)),
            kr2=node(Kind.KEY_RESULT, 2, parent=O1, owner_id=3, state=ItemState.CLOSED),
        ),
    )
    before = Graph(plan=PLAN, nodes=before.nodes, steps={I1: (step,)})
    after = Graph(plan=PLAN, nodes=after.nodes, steps={I1: (done,)})
    found = digest_of(look(before), look(after, kr2=("80", Status.DONE)))
    assert [(one.node.ref, one.step) for one in found.finished] == [
        (KR2, ""),
        (I1, ""),
        (I1, "Map the calls"),
    ]
    assert found.moved == ()


def test_decisions_are_what_the_plan_itself_became() -> None:
    before = plan(kr2=node(Kind.KEY_RESULT, 2, parent=O1, state=ItemState.DRAFT))
    after = plan(
        kr1=node(
            Kind.KEY_RESULT,
            1,
            parent=O1,
            measure=KPI1,
            owner_id=1,
            team_id=2,
            target=Decimal(85),
            due_on=date(2026, 6, 30),
        ),
        i1=node(Kind.INITIATIVE, 1, parent=A1, owner_id=3, progress=Decimal("0.2"), state=ItemState.ARCHIVED),
    )
    found = digest_of(look(before), look(after)).decided
    assert [(one.node.ref, one.field, one.before, one.after) for one in found] == [
        (KR1, "target", Decimal(80), Decimal(85)),
        (KR1, "due_on", date(2026, 12, 31), date(2026, 6, 30)),
        (KR1, "owner_id", 2, 1),
        (KR2, "", None, "added"),
        (I1, "", None, "removed"),
    ]


def test_another_plan_is_not_compared() -> None:
    other = plan()
    next_year = Graph(plan=PLAN._replace(id=2), nodes=other.nodes)
    assert digest_of(look(other), look(next_year, kr2=("78", Status.ON_TRACK))).is_empty


def test_what_is_followed_spreads_to_what_belongs_to_it() -> None:
    graph = plan()
    assert spread_follows(graph, {(str(Kind.OBJECTIVE), 1)}) == {O1, KR1, KR2}
    assert spread_follows(graph, {(TEAM, 1)}) == {A1, O1, KR1, KR2}
    assert spread_follows(graph, {(PERSON, 3)}) == {KR2, I1}
    assert spread_follows(graph, {(ORGANISATION, 0)}) == set(graph.nodes)
    assert spread_follows(graph, {(TEAM, 9), (str(Kind.KPI), 9)}) == frozenset()
