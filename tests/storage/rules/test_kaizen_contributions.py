"""What ideas contribute to the items of the plan."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.rules.graph import Graph, Node
from storage.rules.hierarchy import Ref
from storage.rules.kaizen import IdeaState
from storage.rules.kaizen_contributions import (
    Contribution,
    Contributor,
    contributions,
    linked_to,
    served_by,
    serving,
)
from storage.rules.kaizen_statistics import Benefit
from storage.rules.terms import ItemState, Kind
from tests.storage.rules.test_planning import graph

A, I1, I2, KPI = (
    (Kind.ANNUAL_OBJECTIVE, 1),
    (Kind.INITIATIVE, 1),
    (Kind.INITIATIVE, 2),
    (Kind.KPI, 1),
)


def node(ref: Ref, parent: Ref | None = None, measure: Ref | None = None) -> Node:
    return Node(ref[0], ref[1], ref[1], "Anything", ItemState.ACTIVE, parent=parent, measure=measure)


def plan() -> Graph:
    return graph(node(KPI), node(A, measure=KPI), node(I1, A), node(I2, A))


def idea(number: int, *linked: Ref, done: bool = False, hours: int = 0) -> Contributor:
    value = ((Benefit.HOURS, Decimal(hours)),) if hours else ()
    state = IdeaState.DONE if done else IdeaState.PLAN
    return Contributor(number, "An idea", state, linked, value)


def test_an_idea_counts_for_what_it_serves_and_all_above() -> None:
    found = contributions([idea(1, I1, done=True, hours=30), idea(2, I2), idea(3, KPI, hours=5)], plan())
    assert found[I1] == Contribution(1, 1, ((Benefit.HOURS, Decimal(30)),))
    assert found[I2] == Contribution(1, 0)
    assert found[A] == Contribution(3, 1, ((Benefit.HOURS, Decimal(35)),))


def test_an_idea_that_is_linked_in_two_ways_counts_once() -> None:
    both = idea(1, KPI, I1, hours=4)
    assert contributions([both], plan())[A] == Contribution(1, 0, ((Benefit.HOURS, Decimal(4)),))
    assert linked_to([both], Kind.INITIATIVE, 1) == [both]
    assert linked_to([both], Kind.ANNUAL_OBJECTIVE, 1) == []


def test_what_is_linked_to_something_hidden_counts_nowhere() -> None:
    assert contributions([idea(1, (Kind.INITIATIVE, 9))], plan()) == {}


@pytest.mark.parametrize("ref", [A, I1, I2, KPI])
def test_what_serves_an_item_is_the_opposite_of_what_it_is_served_by(ref: Ref) -> None:
    serves = {one.ref for one in plan().nodes.values() if ref in set(served_by(plan(), one.ref))}
    assert {one.ref for one in serving(plan(), ref)} == serves


@given(st.lists(st.lists(st.sampled_from([A, I1, I2, KPI]), max_size=3), max_size=12))
def test_what_stands_above_has_at_least_what_stands_below(links: list[list[Ref]]) -> None:
    ideas = [idea(number, *linked, hours=1) for number, linked in enumerate(links, 1)]
    found = contributions(ideas, plan())
    above = found.get(A, Contribution())
    assert all(above.ideas >= one.ideas and above.done >= one.done for one in found.values())
    assert above.ideas == sum(bool(linked) for linked in links)
