"""Likeness of measures, obvious marks, plans by month, the method's figures."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.rules import likeness, marks, monthly, thresholds
from storage.rules.errors import Invalid
from storage.rules.graph import Graph, Node, PlanLine
from storage.rules.lint_rules import DEFAULT_LIMITS
from storage.rules.scoring import DEFAULT_THRESHOLDS
from storage.rules.terms import Direction, ItemState, Kind, PlanState, RollUp, Strength

PLAN = PlanLine(1, "2026", "", "", date(2026, 4, 1), date(2027, 3, 31), "UTC", PlanState.ACTIVE)
FIGURES = st.decimals(-1000, 1000, places=2)


def node(kind: Kind, number: int, **values: Any) -> Node:
    return Node(kind, number, number, f"{kind} {number}", ItemState.ACTIVE)._replace(**values)


def graph(*nodes: Node) -> Graph:
    return Graph(plan=PLAN, nodes={one.ref: one for one in nodes})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Net promoter score", "net-promoter score"),
        ("Net promoter score", "NPS"),
        ("On-time delivery", "Delivery on time"),
        ("First contact resolution", "First-contact resolutions"),
        ("Customer satisfaction", "Custommer satisfaction"),
        ("Coût de garantie", "Cout de garantie"),
    ],
)
def test_names_that_mean_one_measure_are_alike_both_ways(one: str, other: str) -> None:
    assert likeness.are_alike(one, other)
    assert likeness.are_alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Net promoter score", "Employee satisfaction"),
        ("Cost of line 1", "Cost of line 2"),
        ("NPS", "NPV"),
        ("Scrap", "Scrap cost of warranty"),
        ("", "Scrap"),
        ("…", "—"),
    ],
)
def test_names_that_mean_two_measures_are_not(one: str, other: str) -> None:
    assert not likeness.are_alike(one, other)


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_goes_both_ways_whatever_is_typed(one: str, other: str) -> None:
    assert likeness.are_alike(one, other) == likeness.are_alike(other, one)


def test_only_kpis_in_the_same_unit_are_offered() -> None:
    points = node(Kind.KPI, 1, title="Net promoter score", unit="points")
    percent = node(Kind.KPI, 2, title="Net promoter score", unit="percent")
    assert likeness.find_alike(graph(points, percent), "NPS", "%") == (percent,)


def test_what_hangs_together_by_its_place_is_suggested() -> None:
    breakthrough = node(Kind.BREAKTHROUGH, 1)
    kpi = node(Kind.KPI, 1)
    annual = node(Kind.ANNUAL_OBJECTIVE, 1, parent=breakthrough.ref, measure=kpi.ref)
    initiative = node(Kind.INITIATIVE, 1, parent=annual.ref)
    assert marks.suggest(graph(breakthrough, kpi, annual, initiative)) == {
        (annual.ref, breakthrough.ref): Strength.STRONG,
        (kpi.ref, breakthrough.ref): Strength.STRONG,
        (initiative.ref, annual.ref): Strength.STRONG,
        (initiative.ref, kpi.ref): Strength.MEDIUM,
    }


def test_suggestions_keep_to_the_legal_corners_and_to_what_is_live() -> None:
    gone = node(Kind.BREAKTHROUGH, 1, state=ItemState.ARCHIVED)
    annual = node(Kind.ANNUAL_OBJECTIVE, 1)
    objective = node(Kind.OBJECTIVE, 1, parent=annual.ref)
    kpi = node(Kind.KPI, 1)
    key_result = node(Kind.KEY_RESULT, 1, parent=objective.ref, measure=kpi.ref)
    initiative = node(Kind.INITIATIVE, 1, parent=objective.ref)
    found = marks.suggest(graph(gone, annual, objective, kpi, key_result, initiative))
    assert all((left[0], right[0]) in marks.CORNERS for left, right in found)
    assert set(found) == {(initiative.ref, annual.ref), (initiative.ref, kpi.ref)}


def test_a_pair_without_a_corner_is_refused_with_the_legal_ones() -> None:
    with pytest.raises(Invalid, match="KPI – breakthrough"):
        marks.order_ends((Kind.KPI, 1), (Kind.KEY_RESULT, 1))


def test_a_plan_has_the_months_of_its_fiscal_year() -> None:
    months = monthly.months_of(PLAN)
    assert (len(months), months[0], months[-1]) == (12, date(2026, 4, 1), date(2027, 3, 1))


@given(FIGURES, FIGURES)
def test_a_proposal_ends_at_the_target_and_a_sum_at_the_years_total(
    baseline: Decimal, target: Decimal
) -> None:
    months = monthly.months_of(PLAN)
    kpi = node(Kind.KPI, 1, baseline=baseline, target=target)
    assert monthly.propose(kpi, months)[months[-1]] == target
    total = sum(monthly.propose(kpi._replace(roll_up=RollUp.SUM), months).values())
    assert abs(total - target) < Decimal("0.0001")


def test_what_is_to_be_maintained_is_planned_where_it_is() -> None:
    months = monthly.months_of(PLAN)
    band = node(Kind.KPI, 1, direction=Direction.MAINTAIN, band_low=Decimal(20), band_high=Decimal(22))
    assert set(monthly.propose(band, months).values()) == {Decimal(21)}
    assert monthly.propose(node(Kind.KPI, 1), months) == {}


def test_a_month_that_is_not_given_holds_the_one_before() -> None:
    months = monthly.months_of(PLAN)
    spread = monthly.spread({months[1]: Decimal(5), months[3]: Decimal(7)}, months)
    assert months[0] not in spread
    assert [spread[month] for month in months[1:5]] == [5, 5, 7, 7]


def test_the_methods_figures_are_read_generously() -> None:
    assert thresholds.read(None) == DEFAULT_THRESHOLDS
    assert thresholds.read({"confidence_high": "9", "unknown": 1}).confidence_high == 9
    assert thresholds.read({"confidence_high": "many", "grace_weekly": "999"}) == DEFAULT_THRESHOLDS
    assert thresholds.read({"confidence_high": "3", "confidence_medium": "5"}) == DEFAULT_THRESHOLDS


def test_the_vital_few_are_counted_as_shipped_or_as_set() -> None:
    assert thresholds.read_limits(None) == DEFAULT_LIMITS
    assert thresholds.read_limits({"most_covered": "75", "least_key_results": "1"}) == replace(
        DEFAULT_LIMITS, coverage=0.75, least_key_results=1
    )


def test_only_what_differs_from_the_shipped_figures_is_kept() -> None:
    everything = thresholds.settled(None)
    assert thresholds.changed(everything) == {}
    assert thresholds.changed({**everything, "grade_green": Decimal("0.8")}) == {"grade_green": "0.8"}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("grace_weekly", "2.5", "finer"),
        ("behind_at_risk", "101", "from 0 to 100 %"),
        ("grade_green", "0", "0.1"),
    ],
)
def test_a_figure_out_of_bounds_is_refused(name: str, value: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        thresholds.changed({name: Decimal(value)})
