"""How the items of a plan stand: what is below counts, and what one does not see does not."""

from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from storage.rules import access
from storage.rules.graph import Graph
from storage.rules.standing import Measured, assess, assess_again, reassess
from storage.rules.terms import ItemState, Kind
from tests.plans import TODAY, graph_of, measured_graphs, node, random_measured


@given(measured_graphs(), st.sets(st.integers(0, 24)))
def test_what_is_hidden_does_not_count_and_the_rest_stands_as_if_it_had_never_been(
    plan: tuple[Graph, Measured], positions: set[int]
) -> None:
    graph, measured = plan
    refs = list(graph.nodes)
    hidden = {refs[position] for position in positions if position < len(refs)}
    seen = access.without(graph, hidden)
    again = assess_again(assess(graph, measured, TODAY), graph, seen, measured=measured, today=TODAY)
    assert again == assess(seen, measured, TODAY)


def test_a_kpi_that_an_item_and_one_below_it_measure_counts_for_both() -> None:
    kpi = node(Kind.KPI, 1)
    above = node(Kind.ANNUAL_OBJECTIVE, 1, measure=kpi.ref)
    below = node(Kind.ANNUAL_OBJECTIVE, 2, parent=above.ref, measure=kpi.ref)
    found = assess(graph_of(above, below, kpi), Measured({}, {}), TODAY)
    assert found[below.ref].reason.startswith("KPI-1 ")
    assert found[above.ref].reason.startswith(("KPI-1 ", "A-2 "))


@given(measured_graphs(), st.randoms(use_true_random=False))
def test_what_is_carried_on_after_new_figures_equals_what_is_reckoned_anew(
    plan: tuple[Graph, Measured], random: Random
) -> None:
    graph, before = plan
    after = random_measured(random, graph)
    carried_on = reassess(graph, after, TODAY, assess(graph, before, TODAY), changed=after.differing(before))
    assert carried_on == assess(graph, after, TODAY)


@given(measured_graphs())
def test_what_is_above_others_is_as_far_as_these_and_never_beyond(plan: tuple[Graph, Measured]) -> None:
    graph, measured = plan
    found = assess(graph, measured, TODAY)
    assert set(found) == set(graph.nodes)
    for ref, standing in found.items():
        above = (
            ref[0] not in {Kind.KPI, Kind.KEY_RESULT, Kind.INITIATIVE} and graph.nodes[ref].measure is None
        )
        if above and standing.progress is not None:
            assert Decimal(0) <= standing.progress <= Decimal(1)


@given(st.randoms(use_true_random=False), st.integers(1, 6))
def test_an_objective_of_equal_key_results_is_as_far_as_each(random: object, count: int) -> None:
    objective = node(Kind.OBJECTIVE, 1)
    key_results = [node(Kind.KEY_RESULT, number, parent=objective.ref) for number in range(1, count + 1)]
    graph = graph_of(objective, *key_results)
    one = random_measured(random, graph_of(node(Kind.KEY_RESULT, 1)))  # type: ignore[arg-type] # a Random
    figures = one.figures.get((Kind.KEY_RESULT, 1), ())
    same = Measured({found.ref: figures for found in key_results}, {})
    found = assess(graph, same, TODAY)
    child = found[key_results[0].ref].progress
    clamped = min(max(child or Decimal(0), Decimal(0)), Decimal(1))
    assert found[objective.ref].progress == clamped


def test_what_is_closed_does_not_count() -> None:
    objective = node(Kind.OBJECTIVE, 1)
    closed = node(Kind.KEY_RESULT, 1, parent=objective.ref, state=ItemState.CLOSED)
    assert assess(graph_of(objective, closed), Measured({}, {}), TODAY)[objective.ref].progress is None
