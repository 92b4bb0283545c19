"""The bowling chart: the colours with their classic bugs, the months, and the year to date."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.rules.bowling import Colour, Frame, judge, read_bowling
from storage.rules.graph import Node
from storage.rules.monthly import months_of
from storage.rules.periods import PeriodFigure
from storage.rules.terms import Direction, Frequency, Kind, RollUp
from tests.plans import PLAN, node

AT = datetime(2026, 2, 1, tzinfo=UTC)
BAND = {"direction": Direction.MAINTAIN, "band_low": Decimal(20), "band_high": Decimal(40)}
FIGURES = st.decimals(min_value=-1000, max_value=1000, places=2)


def kpi(**values: Any) -> Node:
    return node(Kind.KPI, 1, **values)


def frame(today: date = date(2026, 4, 2)) -> Frame:
    return Frame(months=months_of(PLAN), today=today)


def figures(**values: str) -> list[PeriodFigure]:
    """`jan="70"`, by the first day of the month; `w05="70"` by the Monday."""
    return [PeriodFigure(_day(name), Decimal(value), AT) for name, value in values.items()]


def _day(name: str) -> date:
    if name.startswith("w"):
        return date.fromisocalendar(2026, int(name[1:]), 1)
    return datetime.strptime(f"1 {name} 2026", "%d %b %Y").replace(tzinfo=UTC).date()


@pytest.mark.parametrize(
    ("values", "actual", "planned", "expected"),
    [
        ({}, "80", "80", Colour.MET),
        ({}, "76", "80", Colour.NEAR),
        ({}, "75.9", "80", Colour.MISSED),
        # Less is better: the same, mirrored.
        ({"direction": Direction.DECREASE}, "80", "80", Colour.MET),
        ({"direction": Direction.DECREASE}, "84", "80", Colour.NEAR),
        ({"direction": Direction.DECREASE}, "84.1", "80", Colour.MISSED),
        ({"direction": Direction.DECREASE}, "0", "80", Colour.MET),
        # A plan of 0 leaves no room, and is met by 0.
        ({}, "0", "0", Colour.MET),
        ({}, "-1", "0", Colour.MISSED),
        ({"direction": Direction.DECREASE}, "0", "0", Colour.MET),
        ({"direction": Direction.DECREASE}, "1", "0", Colour.MISSED),
        # Below 0, near counts from the size of the plan.
        ({}, "-104", "-100", Colour.NEAR),
        ({"direction": Direction.DECREASE}, "-96", "-100", Colour.NEAR),
        # In a band the plan does not matter.
        (BAND, "40", "9", Colour.MET),
        (BAND, "42", "9", Colour.NEAR),
        (BAND, "18", "9", Colour.MISSED),
        ({"direction": Direction.MAINTAIN}, "30", "30", Colour.MET),
        ({"direction": Direction.MAINTAIN}, "31", "30", Colour.NEAR),
    ],
)
def test_a_month_is_met_near_or_missed(
    values: dict[str, Any], actual: str, planned: str, expected: Colour
) -> None:
    assert judge(kpi(**values), Decimal(actual), Decimal(planned)) is expected


@given(FIGURES, FIGURES)
def test_less_is_better_is_more_is_better_in_a_mirror(actual: Decimal, planned: Decimal) -> None:
    more, less = kpi(), kpi(direction=Direction.DECREASE)
    assert judge(more, actual, planned) is judge(less, -actual, -planned)


@given(FIGURES, FIGURES, FIGURES)
def test_a_better_figure_never_has_a_worse_colour(one: Decimal, other: Decimal, planned: Decimal) -> None:
    order = [Colour.MISSED, Colour.NEAR, Colour.MET]
    worse, better = sorted((one, other))
    assert order.index(judge(kpi(), worse, planned)) <= order.index(judge(kpi(), better, planned))


def test_months_have_their_figures_and_silence_is_stale_after_its_grace() -> None:
    plan = dict.fromkeys(months_of(PLAN), Decimal(72))
    chart = read_bowling(frame(date(2026, 4, 2)), kpi(), plan, figures(jan="72", feb="69"))
    signs = [one.colour for one in chart.months]
    assert signs[:4] == [Colour.MET, Colour.NEAR, Colour.OPEN, Colour.OPEN]
    late = read_bowling(frame(date(2026, 4, 11)), kpi(), plan, figures(jan="72", feb="69"))
    assert [one.colour for one in late.months][2:4] == [Colour.STALE, Colour.OPEN]
    assert len(late.months) == 12
    assert not late.is_proposed


def test_weeks_stand_in_the_month_in_which_they_begin_and_quarters_in_their_last() -> None:
    weekly = kpi(frequency=Frequency.WEEKLY, roll_up=RollUp.SUM)
    chart = read_bowling(frame(), weekly, {}, figures(w05="3", w06="4", w10="5"))
    assert [one.actual for one in chart.months[:3]] == [Decimal(3), Decimal(4), Decimal(5)]
    quarterly = read_bowling(frame(), kpi(frequency=Frequency.QUARTERLY), {}, figures(jan="74"))
    assert [one.actual for one in quarterly.months[:3]] == [None, None, Decimal(74)]
    silent = read_bowling(frame(date(2026, 12, 1)), kpi(frequency=Frequency.QUARTERLY), {}, [])
    assert [one.colour for one in silent.months[:3]] == [Colour.OPEN, Colour.OPEN, Colour.STALE]


@pytest.mark.parametrize(
    ("how", "planned", "actual", "expected"),
    [
        (RollUp.SUM, Decimal(40), Decimal(41), Colour.MET),
        (RollUp.MEAN, Decimal(20), Decimal("20.5"), Colour.MET),
        (RollUp.LAST, Decimal(25), Decimal(24), Colour.NEAR),
    ],
)
def test_the_year_to_date_covers_the_months_that_have_both(
    how: RollUp, planned: Decimal, actual: Decimal, expected: Colour
) -> None:
    plan = {date(2026, 1, 1): Decimal(15), date(2026, 2, 1): Decimal(25), date(2026, 3, 1): Decimal(30)}
    chart = read_bowling(frame(), kpi(roll_up=how), plan, figures(jan="17", feb="24", apr="9"))
    assert (chart.planned, chart.actual, chart.colour) == (planned, actual, expected)


def test_without_a_plan_by_month_a_twelfth_is_proposed_and_without_a_target_nothing_is_judged() -> None:
    proposed = read_bowling(frame(), kpi(), {}, figures(jan="71"))
    assert proposed.is_proposed
    assert proposed.months[0].colour is Colour.MET
    bare = read_bowling(frame(), kpi(target=None, baseline=None), {}, figures(jan="71"))
    assert (bare.months[0].actual, bare.months[0].colour, bare.colour) == (Decimal(71), None, None)
