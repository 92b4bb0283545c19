from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from storage.rules.errors import Invalid
from storage.rules.scoring import (
    WEAKEST_FIRST,
    Assessment,
    Grade,
    Thresholds,
    Trend,
    assess_key_result,
    assess_objective,
    clamped,
    confidence_level,
    confidence_trail,
    expected_progress,
    grade_colour,
    progress,
    roll_up,
    trend,
)
from storage.rules.terms import Confidence, Direction, Status

INCREASE, DECREASE, MAINTAIN = Direction.INCREASE, Direction.DECREASE, Direction.MAINTAIN
FIGURES = st.decimals(-(10**9), 10**9, places=2)
LARGE = st.decimals(-(10**12) + 1, 10**12 - 1, places=6)
SHARES = st.decimals(-3, 3, places=6)
WEIGHTS = st.decimals(0, 100, places=2)
STATUSES = st.sampled_from(list(Status))


def share_of(
    current: str,
    baseline: str | None = None,
    target: str | None = None,
    direction: Direction = INCREASE,
    band: tuple[str | None, str | None] = (None, None),
) -> Decimal:
    low, high, *rest = [None if each is None else Decimal(each) for each in (*band, baseline, target)]
    return progress(
        Decimal(current), direction=direction, baseline=rest[0], target=rest[1], band_low=low, band_high=high
    )


@pytest.mark.parametrize(
    ("current", "baseline", "target", "expected"),
    [
        ("74", "70", "80", "0.4"),
        ("70", "70", "80", "0"),
        ("80", "70", "80", "1"),
        ("85", "70", "80", "1.5"),
        ("65", "70", "80", "-0.5"),
        ("71", "70", "73", "0.333333"),
        ("79.999999999", "70", "80", "0.999999"),
        ("5", "0", "-10", "-0.5"),
        ("3", "5", "0", "0.4"),
    ],
)
def test_progress_is_the_share_of_the_way_and_is_not_clamped(
    current: str, baseline: str, target: str, expected: str
) -> None:
    assert Decimal(expected) == share_of(current, baseline, target)
    assert Decimal(expected) == share_of(current, baseline, target, DECREASE)


@pytest.mark.parametrize(("baseline", "target"), [("70", "70"), (None, "80"), ("70", None), (None, None)])
def test_without_a_way_to_go_progress_is_nought(baseline: str | None, target: str | None) -> None:
    assert Decimal(0) == share_of("75", baseline, target)


@pytest.mark.parametrize(
    ("current", "expected"),
    [("20", "1"), ("22", "1"), ("24", "1"), ("25", "0.75"), ("19", "0.75"), ("28", "0"), ("12", "-1")],
)
def test_what_is_maintained_is_full_inside_the_band_and_falls_with_the_distance(
    current: str, expected: str
) -> None:
    assert Decimal(expected) == share_of(current, direction=MAINTAIN, band=("20", "24"))


@pytest.mark.parametrize(
    ("current", "target", "band", "expected"),
    [
        ("20", "20", (None, None), "1"),
        ("21", "20", (None, None), "0"),
        ("21", "99", ("20", None), "1"),
        ("19", "99", ("20", None), "0"),
        ("19", None, (None, "20"), "1"),
        ("19", None, (None, None), "0"),
        ("21", None, ("20", "20"), "0"),
    ],
)
def test_a_band_may_be_open_or_a_single_target(
    current: str, target: str | None, band: tuple[str | None, str | None], expected: str
) -> None:
    assert Decimal(expected) == share_of(current, None, target, MAINTAIN, band)


@given(LARGE, LARGE, LARGE)
def test_progress_is_exact_to_the_last_decimal_and_cut_towards_nought(
    current: Decimal, baseline: Decimal, target: Decimal
) -> None:
    assume(baseline != target)
    share = (Fraction(current) - Fraction(baseline)) / (Fraction(target) - Fraction(baseline))
    found = progress(current, direction=INCREASE, baseline=baseline, target=target)
    assert Decimal(int(share * 10**6)).scaleb(-6) == found


@given(st.lists(st.tuples(SHARES, LARGE.map(abs)), min_size=1, max_size=8))
def test_a_roll_up_is_exact_too(children: list[tuple[Decimal, Decimal]]) -> None:
    total = sum(Fraction(weight) for _, weight in children)
    assume(total)
    mean = sum(Fraction(clamped(share)) * Fraction(weight) for share, weight in children) / total
    assert Decimal(int(mean * 10**6)).scaleb(-6) == roll_up(children)


@given(FIGURES, FIGURES, st.sampled_from([INCREASE, DECREASE]))
def test_progress_is_nought_at_the_baseline_and_full_at_the_target(
    baseline: Decimal, target: Decimal, direction: Direction
) -> None:
    assume(baseline != target)
    at = [progress(end, direction=direction, baseline=baseline, target=target) for end in (baseline, target)]
    assert at == [Decimal(0), Decimal(1)]


@given(FIGURES, FIGURES, FIGURES)
def test_progress_reads_as_full_only_when_the_target_is_reached(
    current: Decimal, baseline: Decimal, target: Decimal
) -> None:
    assume(baseline != target)
    reached = current >= target if target > baseline else current <= target
    share = progress(current, direction=INCREASE, baseline=baseline, target=target)
    assert reached == (share >= 1)


@given(FIGURES, FIGURES, FIGURES, FIGURES)
def test_a_figure_nearer_the_target_never_has_less_progress(
    one: Decimal, other: Decimal, baseline: Decimal, target: Decimal
) -> None:
    assume(baseline < target)
    shares = [
        progress(current, direction=INCREASE, baseline=baseline, target=target)
        for current in sorted((one, other))
    ]
    assert shares == sorted(shares)


@given(FIGURES, FIGURES, FIGURES)
def test_maintaining_is_full_exactly_inside_the_band(current: Decimal, one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    share = progress(current, direction=MAINTAIN, baseline=None, target=None, band_low=low, band_high=high)
    assert (low <= current <= high) == (share == 1)
    assert share <= 1


@given(SHARES)
def test_clamping_keeps_what_lies_between_nought_and_one(share: Decimal) -> None:
    assert 0 <= clamped(share) <= 1
    assert clamped(share) == share or not 0 <= share <= 1
    assert clamped(share) == clamped(clamped(share))


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2025, 12, 31), "0"),
        (date(2026, 1, 1), "0"),
        (date(2026, 1, 6), "0.5"),
        (date(2026, 1, 11), "1"),
        (date(2026, 2, 1), "1"),
    ],
)
def test_expected_progress_is_the_share_of_the_time_that_is_over(today: date, expected: str) -> None:
    assert Decimal(expected) == expected_progress(date(2026, 1, 1), date(2026, 1, 11), today)


@given(
    st.dates(date(2000, 1, 1), date(2050, 1, 1)),
    st.dates(date(2000, 1, 1), date(2050, 1, 1)),
    st.dates(date(2000, 1, 1), date(2050, 1, 1)),
)
def test_expected_progress_never_falls_from_one_day_to_the_next(start: date, end: date, today: date) -> None:
    expected = [expected_progress(start, end, today + timedelta(days=days)) for days in (0, 1, 100)]
    assert expected == sorted(expected)
    assert all(0 <= share <= 1 for share in expected)


@given(SHARES, st.lists(WEIGHTS, min_size=1, max_size=8))
def test_the_roll_up_of_equal_children_is_the_child(share: Decimal, weights: Sequence[Decimal]) -> None:
    assume(any(weights))
    assert clamped(share) == roll_up((share, weight) for weight in weights)


@given(st.lists(st.tuples(SHARES, WEIGHTS), min_size=1, max_size=8))
def test_a_roll_up_lies_between_its_children(children: list[tuple[Decimal, Decimal]]) -> None:
    assume(any(weight for _, weight in children))
    weighed = [clamped(share) for share, weight in children if weight]
    rolled = roll_up(children)
    assert rolled is not None
    assert min(weighed) <= rolled <= max(weighed)


@given(st.lists(st.tuples(SHARES, WEIGHTS), min_size=1, max_size=8), SHARES)
def test_a_child_without_weight_changes_nothing(
    children: list[tuple[Decimal, Decimal]], share: Decimal
) -> None:
    assert roll_up(children) == roll_up([*children, (share, Decimal(0))])


def test_a_roll_up_weighs_its_children_and_clamps_them_first() -> None:
    children = [(Decimal(3), Decimal(1)), (Decimal(-1), Decimal(2)), (Decimal("0.5"), Decimal(1))]
    assert Decimal("0.375") == roll_up(children)


@pytest.mark.parametrize("weights", [[], [0], [0, 0]])
def test_where_nothing_carries_weight_there_is_no_roll_up(weights: list[int]) -> None:
    assert roll_up((Decimal(1), Decimal(weight)) for weight in weights) is None


def test_a_negative_weight_is_refused() -> None:
    with pytest.raises(Invalid, match="Use 0 to leave one out") as caught:
        roll_up([(Decimal(1), Decimal(2)), (Decimal(1), Decimal(-1))])
    assert caught.value.field == "weight"


def stands(
    share: str | None,
    expected: str = "0.62",
    confidence: int | None = None,
    *,
    direction: Direction = INCREASE,
    stale: bool = False,
    ended: bool = False,
    expected_then: Decimal | None = None,
) -> Assessment:
    return assess_key_result(
        direction=direction,
        progress=None if share is None else Decimal(share),
        expected=Decimal(expected),
        confidence=confidence,
        stale=stale,
        ended=ended,
        expected_then=expected_then,
    )


@pytest.mark.parametrize(
    ("share", "expected", "status"),
    [
        ("0.62", "0.62", Status.ON_TRACK),
        ("0.52", "0.62", Status.ON_TRACK),
        ("0.519999", "0.62", Status.AT_RISK),
        ("0.32", "0.62", Status.AT_RISK),
        ("0.319999", "0.62", Status.OFF_TRACK),
        ("-0.4", "0", Status.OFF_TRACK),
        ("0.999999", "1", Status.ON_TRACK),
        ("1", "0.1", Status.DONE),
        ("1.5", "1", Status.DONE),
    ],
)
def test_a_key_result_stands_by_how_far_it_is_behind_the_line(
    share: str, expected: str, status: Status
) -> None:
    assert status is stands(share, expected).status


def test_the_reason_gives_both_numbers() -> None:
    expected = Assessment(Status.AT_RISK, "40 % of the way, 62 % expected by now.")
    assert expected == stands("0.4", confidence=7)


def test_a_way_gone_backwards_is_shown_with_a_minus() -> None:
    assert stands("-0.2").reason.startswith("−20 % of the way")


@pytest.mark.parametrize(
    ("confidence", "status"),
    [
        (10, Status.ON_TRACK),
        (7, Status.ON_TRACK),
        (6, Status.AT_RISK),
        (4, Status.AT_RISK),
        (3, Status.OFF_TRACK),
        (0, Status.OFF_TRACK),
        (None, Status.ON_TRACK),
    ],
)
def test_low_confidence_shows_before_the_figure_does(confidence: int | None, status: Status) -> None:
    assert status is stands("0.7", confidence=confidence).status


def test_the_reason_is_the_confidence_where_that_is_the_weaker() -> None:
    assert stands("0.7", confidence=5).reason == "Confidence is medium, 5 of 10."


def test_a_target_that_is_reached_is_done_whatever_the_confidence() -> None:
    assert Assessment(Status.DONE, "The target is reached.") == stands("1", confidence=2)


def test_silence_is_never_green() -> None:
    assert Assessment(Status.STALE, "A figure is overdue.") == stands("0.9", confidence=9, stale=True)
    assert stands("1", stale=True).status is Status.STALE
    assert stands("0.4", stale=True).status is Status.STALE


def test_silence_does_not_hide_what_is_off_track() -> None:
    said = stands("0", stale=True)
    assert said.status is Status.OFF_TRACK
    assert said.reason.endswith("expected by now, and a figure is overdue.")


def test_what_was_on_track_when_it_was_last_heard_of_turns_stale_and_not_off_track() -> None:
    assert stands("0.1", stale=True, expected_then=Decimal("0.1")).status is Status.STALE
    assert stands("0.1", expected_then=Decimal("0.1")).status is Status.OFF_TRACK


def test_without_a_figure_it_is_not_started_until_one_is_overdue() -> None:
    assert Assessment(Status.NOT_STARTED, "No figure yet.") == stands(None, confidence=2)
    assert Assessment(Status.STALE, "No figure yet, and one is overdue.") == stands(None, stale=True)


@pytest.mark.parametrize(
    ("share", "ended", "status"),
    [
        ("1", False, Status.ON_TRACK),
        ("1", True, Status.DONE),
        ("0.95", False, Status.AT_RISK),
        ("0.7", False, Status.AT_RISK),
        ("0.69", False, Status.OFF_TRACK),
    ],
)
def test_what_is_maintained_is_expected_in_its_band_from_the_first_day(
    share: str, ended: bool, status: Status
) -> None:
    assert status is stands(share, "0", direction=MAINTAIN, ended=ended).status


def test_the_thresholds_are_the_plans_own() -> None:
    strict = Thresholds(behind_at_risk=Decimal("0.01"), behind_off_track=Decimal("0.05"))
    assessment = assess_key_result(
        direction=INCREASE,
        progress=Decimal("0.56"),
        expected=Decimal("0.62"),
        confidence=None,
        stale=False,
        thresholds=strict,
    )
    assert assessment.status is Status.OFF_TRACK


def objective(*statuses: Status) -> Assessment:
    return assess_objective(
        {f"KR-{number}": Assessment(status, "Because.") for number, status in enumerate(statuses, 1)}
    )


def test_an_objective_stands_as_its_weakest_key_result_and_names_it() -> None:
    expected = Assessment(Status.AT_RISK, "KR-2 is at risk: Because.")
    assert expected == objective(Status.ON_TRACK, Status.AT_RISK, Status.DONE, Status.AT_RISK)


@given(st.lists(STATUSES, min_size=1, max_size=6), STATUSES)
def test_one_more_key_result_never_makes_an_objective_look_better_once_work_has_begun(
    statuses: list[Status], another: Status
) -> None:
    assume(objective(*statuses).status in WEAKEST_FIRST[:4])
    before, after = (
        WEAKEST_FIRST.index(objective(*each).status) for each in (statuses, [*statuses, another])
    )
    assert after <= before


def test_an_objective_is_done_when_every_key_result_is() -> None:
    assert Assessment(Status.DONE, "Every key result is done.") == objective(Status.DONE, Status.DONE)


def test_an_objective_that_is_half_done_and_half_not_started_is_on_track() -> None:
    expected = Assessment(Status.ON_TRACK, "1 of 2 key results are done.")
    assert expected == objective(Status.DONE, Status.NOT_STARTED)


def test_an_objective_on_its_way_is_not_called_not_started() -> None:
    assert objective(Status.NOT_STARTED, Status.ON_TRACK).status is Status.ON_TRACK
    assert objective(Status.NOT_STARTED, Status.NOT_STARTED).status is Status.NOT_STARTED


def test_an_objective_without_key_results_is_not_started() -> None:
    assert Assessment(Status.NOT_STARTED, "It has no key result yet.") == objective()


def test_every_status_has_its_place_in_the_order() -> None:
    assert set(Status) == set(WEAKEST_FIRST)


@pytest.mark.parametrize(
    ("confidence", "expected"),
    [
        (10, Confidence.HIGH),
        (7, Confidence.HIGH),
        (6, Confidence.MEDIUM),
        (4, Confidence.MEDIUM),
        (3, Confidence.LOW),
        (0, Confidence.LOW),
    ],
)
def test_confidence_has_three_levels(confidence: int, expected: Confidence) -> None:
    assert expected is confidence_level(confidence)


@pytest.mark.parametrize(
    ("previous", "current", "direction", "expected"),
    [
        ("70", "74", INCREASE, Trend.IMPROVING),
        ("74", "70", INCREASE, Trend.WORSENING),
        ("5", "4", DECREASE, Trend.IMPROVING),
        ("4", "5", DECREASE, Trend.WORSENING),
        ("4", "4.0", DECREASE, Trend.STEADY),
        ("30", "26", MAINTAIN, Trend.IMPROVING),
        ("18", "15", MAINTAIN, Trend.WORSENING),
        ("20", "24", MAINTAIN, Trend.STEADY),
    ],
)
def test_a_trend_is_seen_from_the_goal(
    previous: str, current: str, direction: Direction, expected: Trend
) -> None:
    seen = trend(
        Decimal(previous),
        Decimal(current),
        direction=direction,
        band_low=Decimal(20),
        band_high=Decimal(24),
    )
    assert expected is seen


def test_a_single_figure_has_no_trend() -> None:
    assert trend(None, Decimal(1), direction=INCREASE) is None
    assert trend(Decimal(1), None, direction=INCREASE) is None


@pytest.mark.parametrize(
    ("grade", "expected"),
    [
        ("0", Grade.RED),
        ("0.3", Grade.RED),
        ("0.34", Grade.RED),
        ("0.35", Grade.YELLOW),
        ("0.4", Grade.YELLOW),
        ("0.6", Grade.YELLOW),
        ("0.65", Grade.GREEN),
        ("0.7", Grade.GREEN),
        ("1", Grade.GREEN),
    ],
)
def test_a_grade_has_its_colour(grade: str, expected: Grade) -> None:
    assert expected is grade_colour(Decimal(grade))


@pytest.mark.parametrize("grade", ["-0.1", "1.01", "7"])
def test_a_grade_outside_the_scale_is_refused(grade: str) -> None:
    with pytest.raises(Invalid, match=r"between 0\.0 and 1\.0"):
        grade_colour(Decimal(grade))


@pytest.mark.parametrize(
    ("newest_first", "trail"),
    [
        ([], ()),
        ([7], (7,)),
        ([7, 7, 7], (7,)),
        ([4, 6, 6, 8, 9], (8, 6, 4)),
        ([5, 8, 5], (5, 8, 5)),
    ],
)
def test_a_confidence_is_followed_over_its_last_changes(
    newest_first: list[int], trail: tuple[int, ...]
) -> None:
    assert confidence_trail(newest_first) == trail
