from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.rules.pace import forecast, pace
from storage.rules.terms import Direction

START, END = date(2026, 1, 1), date(2026, 4, 11)  # 100 days
INCREASE, DECREASE, MAINTAIN = Direction.INCREASE, Direction.DECREASE, Direction.MAINTAIN
SHARES = st.decimals(-3, 3, places=3)


def words(share: str, day: int) -> str:
    found = pace(Decimal(share), START, END, START + timedelta(days=day), direction=INCREASE)
    assert found is not None
    return found.words


@pytest.mark.parametrize(
    ("share", "day", "expected"),
    [
        ("0.5", 50, "on the line"),
        ("0.51", 50, "1 day ahead of the line"),
        ("0.4", 50, "10 days behind the line"),
        ("0.64", 50, "2 weeks ahead of the line"),
        ("0", 50, "7 weeks behind the line"),
        ("1.5", 50, "7 weeks ahead of the line"),
        ("0", 0, "on the line"),
        ("0.9", 130, "10 days behind the line"),
        ("0", -5, "on the line"),
    ],
)
def test_the_pace_is_told_in_days_or_weeks_from_the_line(share: str, day: int, expected: str) -> None:
    assert words(share, day) == expected


def test_what_is_to_be_maintained_has_no_line() -> None:
    assert pace(Decimal(1), START, END, START, direction=MAINTAIN) is None


def test_a_day_long_goal_has_no_line() -> None:
    assert pace(Decimal(1), START, START, START, direction=INCREASE) is None


@given(SHARES, SHARES, st.integers(0, 120))
def test_more_progress_is_never_a_slower_pace(one: Decimal, other: Decimal, day: int) -> None:
    on = START + timedelta(days=day)
    slow, fast = (pace(share, START, END, on, direction=INCREASE) for share in sorted((one, other)))
    assert slow is not None
    assert fast is not None
    assert slow.days <= fast.days


def figures(*values: str) -> list[tuple[date, Decimal]]:
    """One a week."""
    return [(START + timedelta(days=7 * week), Decimal(value)) for week, value in enumerate(values)]


def test_a_straight_line_goes_on_to_the_last_day() -> None:
    found = forecast(
        figures("70", "71", "72"),
        START + timedelta(days=70),
        direction=INCREASE,
        baseline=Decimal(70),
        target=Decimal(80),
    )
    assert found is not None
    assert found.value == 80
    assert found.progress == 1
    assert found.reaches


def test_a_falling_figure_is_forecast_towards_its_lower_target() -> None:
    found = forecast(
        figures("9", "8"),
        START + timedelta(days=28),
        direction=DECREASE,
        baseline=Decimal(9),
        target=Decimal(4),
    )
    assert found is not None
    assert (found.value, found.reaches) == (Decimal(5), False)


def test_only_the_newest_figures_count() -> None:
    found = forecast(
        figures("0", "90", "80", "70", "70", "70", "70", "70", "70"),
        END,
        direction=INCREASE,
        baseline=Decimal(0),
        target=Decimal(100),
    )
    assert found is not None
    assert found.value == 70


def test_a_share_is_never_forecast_beyond_a_hundred() -> None:
    found = forecast(
        figures("50", "80"), END, direction=INCREASE, baseline=Decimal(50), target=Decimal(90), unit="%"
    )
    assert found is not None
    assert found.value == 100


@pytest.mark.parametrize(
    ("readings", "direction", "target", "unit"),
    [
        (figures("70"), INCREASE, "80", "%"),
        ([], INCREASE, "80", "%"),
        (figures("70")[:1] * 2, INCREASE, "80", "%"),
        (figures("70", "71"), MAINTAIN, "80", "%"),
        (figures("70", "71"), INCREASE, "70", "%"),
        (figures("0", "1"), INCREASE, "1", "yes/no"),
    ],
)
def test_without_a_way_or_two_days_there_is_no_forecast(
    readings: list[tuple[date, Decimal]], direction: Direction, target: str, unit: str
) -> None:
    baseline = Decimal(70 if unit == "%" else 0)
    assert (
        forecast(readings, END, direction=direction, baseline=baseline, target=Decimal(target), unit=unit)
        is None
    )


@given(
    st.lists(st.tuples(st.dates(START, END), st.decimals(-(10**6), 10**6, places=2)), max_size=9),
    st.sampled_from([INCREASE, DECREASE]),
    st.sampled_from(["%", "days", ""]),
)
def test_a_forecast_lies_on_a_line_or_is_not_made(
    readings: list[tuple[date, Decimal]], direction: Direction, unit: str
) -> None:
    found = forecast(readings, END, direction=direction, baseline=Decimal(0), target=Decimal(50), unit=unit)
    assert found is None or (found.progress >= 1) == found.reaches
    assert found is None or unit != "%" or 0 <= found.value <= 100
