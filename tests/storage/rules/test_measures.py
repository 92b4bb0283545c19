from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from storage.rules.errors import Invalid
from storage.rules.measures import (
    Measure,
    Milestone,
    is_beyond_reason,
    milestone_share,
    probable_slip,
    with_done,
)

WAY = Measure(reference="KR-1", unit="%", baseline=Decimal(70), target=Decimal(80))
STEPS = st.lists(
    st.builds(Milestone, st.integers(1, 50), st.just("Step"), st.decimals(0, 9, places=1), st.booleans()),
    min_size=1,
    max_size=8,
)


def test_milestones_count_by_their_weights() -> None:
    steps = [Milestone(1, "Pilot", Decimal(1), True), Milestone(2, "Roll-out", Decimal(3))]
    assert Decimal(25) == milestone_share(steps)
    assert Decimal(100) == milestone_share(with_done(steps, done=[2]))
    assert Decimal(0) == milestone_share(with_done(steps, done=[], undone=[1]))


def test_a_share_that_never_ends_is_cut() -> None:
    steps = [Milestone(number, "Step", is_done=number < 3) for number in (1, 2, 3)]
    assert Decimal("66.666666") == milestone_share(steps)


def test_weights_that_sum_to_zero_are_refused() -> None:
    with pytest.raises(Invalid, match=r"sum to zero, so nothing could ever be reached\."):
        milestone_share([Milestone(1, "Pilot", Decimal(0))])


def test_a_negative_weight_is_refused() -> None:
    with pytest.raises(Invalid, match=r"A weight cannot be negative\."):
        milestone_share([Milestone(1, "Pilot", Decimal(-1)), Milestone(2, "Roll-out", Decimal(2))])


@given(STEPS)
def test_the_share_is_a_hundred_only_for_all_that_carry_weight(steps: list[Milestone]) -> None:
    assume(any(step.weight for step in steps))
    share = milestone_share(steps)
    assert 0 <= share <= 100
    assert (share == 100) == all(step.is_done or not step.weight for step in steps)


@given(STEPS, st.integers(1, 50))
def test_reaching_one_more_never_lowers_the_share(steps: list[Milestone], number: int) -> None:
    assume(any(step.weight for step in steps))
    assert milestone_share(with_done(steps, done=[number])) >= milestone_share(steps)


@pytest.mark.parametrize("value", ["74", "70", "85", "45", "110"])
def test_a_figure_near_the_way_is_not_doubted(value: str) -> None:
    assert not is_beyond_reason(Decimal(value), WAY)


def test_a_figure_without_anything_to_compare_is_not_doubted() -> None:
    assert not is_beyond_reason(Decimal(10**11), Measure(reference="KR-1"))


@given(st.decimals(-(10**11), 10**11, places=3))
def test_a_slip_lies_among_the_known_figures(value: Decimal) -> None:
    meant = probable_slip(value, WAY)
    assert meant is None or 65 <= meant <= 85
