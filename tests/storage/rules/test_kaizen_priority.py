from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.rules.kaizen_priority import Estimate, Quadrant, ice, quadrant, rank
from storage.rules.terms import Status

LEVELS = st.none() | st.integers(1, 5)
ESTIMATES = st.builds(
    Estimate,
    effort=LEVELS,
    impact=LEVELS,
    confidence=LEVELS,
    serves=st.sampled_from(["", "KR-3"]),
    served=st.none() | st.sampled_from(list(Status)),
    votes=st.integers(0, 500),
    is_overdue=st.booleans(),
)


@pytest.mark.parametrize(
    ("effort", "impact", "field"),
    [
        (1, 5, Quadrant.QUICK_WIN),
        (5, 5, Quadrant.BIG_BET),
        (2, 2, Quadrant.FILL_IN),
        (3, 2, Quadrant.RETHINK),
        (None, 5, None),
        (1, None, None),
    ],
)
def test_effort_and_impact_make_a_field_of_the_matrix(
    effort: int | None, impact: int | None, field: Quadrant | None
) -> None:
    assert field is quadrant(effort, impact)
    assert field is None or field.meaning


def test_ice_is_impact_times_confidence_times_ease() -> None:
    assert ice(Estimate(effort=2, impact=5, confidence=3)) == 5 * 3 * 4
    assert ice(Estimate()) == 27


@given(ESTIMATES)
def test_what_serves_something_red_comes_before_what_serves_something_green(estimate: Estimate) -> None:
    linked = replace(estimate, serves="KR-3")
    order = [Status.OFF_TRACK, Status.AT_RISK, Status.ON_TRACK]
    keys = [rank(replace(linked, served=status)).key for status in order]
    assert keys == sorted(keys)
    assert keys[0] < keys[1] < keys[2]
    assert keys[2] < rank(replace(linked, serves="")).key


@given(ESTIMATES)
def test_more_impact_or_votes_or_less_effort_never_moves_an_idea_back(estimate: Estimate) -> None:
    known = replace(estimate, effort=3, impact=3)
    better = [replace(known, effort=2), replace(known, impact=4), replace(known, votes=known.votes + 1)]
    assert all(rank(one).key <= rank(known).key for one in better)


@given(ESTIMATES, ESTIMATES)
def test_an_overdue_response_comes_first_and_says_so(one: Estimate, other: Estimate) -> None:
    late, early = rank(replace(one, is_overdue=True)), rank(replace(other, is_overdue=False))
    assert late.key < early.key
    assert late.reasons[0] == "its first response is overdue"


def test_the_queue_explains_its_order() -> None:
    found = rank(Estimate(effort=2, impact=4, confidence=3, serves="KR-3", served=Status.OFF_TRACK, votes=5))
    assert found.reasons == (
        "ICE 48 (impact 4 × confidence 3 × ease 4)",
        "× 2 for serving KR-3, which is off track",
        "+ 5 for votes",
        "= 101",
    )
    assert rank(Estimate()).reasons == (
        "ICE 27 (impact 3 × confidence 3 × ease 3, not estimated yet: the middle is taken)",
    )
