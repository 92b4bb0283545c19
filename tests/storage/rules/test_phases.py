"""The seven steps as the record shows them, and the scorecard from cause to effect."""

from decimal import Decimal

from hypothesis import given

from storage.rules.graph import Graph
from storage.rules.phases import Evidence, PhaseState, read_phases
from storage.rules.scorecard import CAUSE_TO_EFFECT, read_scorecard
from storage.rules.standing import Measured, assess
from storage.rules.terms import ItemState, Kind, Perspective, Status
from tests.plans import PLAN, TODAY, graph_of, measured_graphs, node

NOT_BEGUN, UNDER_WAY, COMPLETE = PhaseState
B1, A1 = (Kind.BREAKTHROUGH, 1), (Kind.ANNUAL_OBJECTIVE, 1)


def states(graph: Graph, evidence: Evidence = Evidence()) -> list[PhaseState]:  # noqa: B008 - frozen
    found = read_phases(graph, assess(graph, Measured({}, {}), TODAY), evidence)
    return [phase.state for phase in found.phases]


def test_an_empty_plan_has_not_begun() -> None:
    empty = graph_of(plan=PLAN._replace(vision=""))
    assert states(empty) == [NOT_BEGUN] * 7


def test_each_step_is_complete_by_what_the_record_holds() -> None:
    goals = [
        node(*B1, owner_id=1),
        node(*A1, owner_id=1, parent=B1, measure=(Kind.KPI, 1)),
        node(Kind.KPI, 1),
    ]
    plan = PLAN._replace(values="We answer for our promises")
    assert states(graph_of(*goals, plan=plan)) == [COMPLETE] * 3 + [NOT_BEGUN] * 4
    okr = [node(Kind.OBJECTIVE, 1, parent=A1), node(Kind.INITIATIVE, 1, parent=A1, progress=Decimal("0.5"))]
    deployed = graph_of(*goals, *okr, plan=plan)
    assert states(deployed)[3:] == [UNDER_WAY, UNDER_WAY, NOT_BEGUN, NOT_BEGUN]
    agreed = Evidence(agreed=frozenset({A1}), monthly_reviews=2)
    assert states(deployed, agreed)[3:] == [COMPLETE, UNDER_WAY, UNDER_WAY, NOT_BEGUN]
    reason = goals[1]._replace(not_deployed_reason="Only the board works on it")
    assert states(graph_of(goals[0], reason, goals[2], plan=plan))[3] is COMPLETE


def test_what_is_missing_is_named() -> None:
    found = read_phases(graph_of(node(*B1)), assess(graph_of(node(*B1)), Measured({}, {}), TODAY))
    assert found.phases[1].evidence == "B-1 without an owner."
    assert found.current.number == 1


@given(measured_graphs())
def test_any_plan_has_seven_steps_and_four_perspectives(plan: tuple[Graph, Measured]) -> None:
    graph, measured = plan
    standings = assess(graph, measured, TODAY)
    assert [phase.number for phase in read_phases(graph, standings).phases] == list(range(1, 8))
    card = read_scorecard(graph, standings)
    assert tuple(pane.perspective for pane in card.panes) == CAUSE_TO_EFFECT
    shown = {one.ref for pane in (*card.panes, card.outside) for one in pane.kpis}
    assert shown == {one.ref for one in graph.of_kind(Kind.KPI) if one.is_live}


def test_a_perspective_stands_as_its_weakest_measure() -> None:
    kpis = [node(Kind.KPI, number, perspective=Perspective.CUSTOMER) for number in (1, 2)]
    graph = graph_of(*kpis)
    standings = assess(graph, Measured({}, {}), TODAY)
    standings[Kind.KPI, 1] = standings[Kind.KPI, 1]._replace(status=Status.OFF_TRACK, progress=Decimal("0.5"))
    pane = read_scorecard(graph, standings).panes[2]
    assert (pane.status, pane.progress) == (Status.OFF_TRACK, Decimal("0.25"))


def test_a_perspective_is_no_better_than_the_goals_that_stand_in_it() -> None:
    kpi = node(Kind.KPI, 1, perspective=Perspective.CUSTOMER)
    goal = node(Kind.ANNUAL_OBJECTIVE, 1, perspective=Perspective.CUSTOMER)
    closed = node(Kind.ANNUAL_OBJECTIVE, 2, perspective=Perspective.CUSTOMER, state=ItemState.CLOSED)
    graph = graph_of(kpi, goal, closed)
    standings = assess(graph, Measured({}, {}), TODAY)
    standings[kpi.ref] = standings[kpi.ref]._replace(status=Status.ON_TRACK)
    standings[goal.ref] = standings[goal.ref]._replace(status=Status.AT_RISK)
    standings[closed.ref] = standings[closed.ref]._replace(status=Status.OFF_TRACK)
    assert read_scorecard(graph, standings).panes[2].status is Status.AT_RISK
