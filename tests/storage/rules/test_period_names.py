from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.rules.errors import Invalid
from storage.rules.period_names import format_period, parse_period
from storage.rules.periods import period_start
from storage.rules.terms import Frequency


@pytest.mark.parametrize(
    ("text", "frequency", "fiscal_month", "expected"),
    [
        ("2026-W06", Frequency.WEEKLY, 1, date(2026, 2, 2)),
        ("2026-02-08", Frequency.WEEKLY, 1, date(2026, 2, 2)),
        ("2026-02", Frequency.MONTHLY, 1, date(2026, 2, 1)),
        ("2026-02-28", Frequency.MONTHLY, 1, date(2026, 2, 1)),
        ("2026-Q1", Frequency.QUARTERLY, 1, date(2026, 1, 1)),
        ("2026-Q4", Frequency.QUARTERLY, 4, date(2027, 1, 1)),
        ("2026", Frequency.ANNUAL, 10, date(2026, 10, 1)),
        ("2026-02-28", Frequency.ANNUAL, 10, date(2025, 10, 1)),
    ],
)
def test_a_period_is_its_first_day(
    text: str, frequency: Frequency, fiscal_month: int, expected: date
) -> None:
    assert parse_period(text, frequency, fiscal_start_month=fiscal_month) == expected


@pytest.mark.parametrize(
    ("text", "frequency"),
    [
        ("2026-02", Frequency.WEEKLY),
        ("2026-W60", Frequency.WEEKLY),
        ("2026-13", Frequency.MONTHLY),
        ("2026-02-30", Frequency.MONTHLY),
        ("2026-Q5", Frequency.QUARTERLY),
        ("0000", Frequency.ANNUAL),
        ("9999-W53", Frequency.WEEKLY),
        ("٢٠٢٦", Frequency.ANNUAL),
        ("", Frequency.MONTHLY),
        ("last month", Frequency.MONTHLY),
    ],
)
def test_what_is_no_period_of_the_figure_is_refused_with_an_example(text: str, frequency: Frequency) -> None:
    with pytest.raises(Invalid, match=f"which is {frequency}. Write one such as 2026"):
        parse_period(text, frequency)


@given(st.text(max_size=12), st.sampled_from(Frequency), st.integers(1, 12))
def test_any_text_is_a_period_or_refused(text: str, frequency: Frequency, month: int) -> None:
    try:
        parse_period(text, frequency, fiscal_start_month=month)
    except Invalid as refused:
        assert refused.sentence.endswith("2026-02-09.")  # noqa: PT017 - both outcomes are right


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.sampled_from(Frequency), st.integers(1, 12))
def test_a_name_is_read_back_as_the_same_period(on: date, frequency: Frequency, month: int) -> None:
    period_on = period_start(frequency, on, fiscal_start_month=month)
    name = format_period(period_on, frequency, fiscal_start_month=month)
    assert parse_period(name, frequency, fiscal_start_month=month) == period_on
