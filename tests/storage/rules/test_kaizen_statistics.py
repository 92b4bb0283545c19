from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from storage.rules.kaizen import IdeaState
from storage.rules.kaizen_statistics import Benefit, IdeaFacts, compute, percentile

AT = datetime(2026, 2, 9, 8, tzinfo=UTC)
SPANS = st.timedeltas(timedelta(), timedelta(days=300))


def _idea(author_id: int | None, state: IdeaState, after: int | None, **value: int) -> IdeaFacts:
    return IdeaFacts(
        author_id,
        state,
        AT,
        None if after is None else AT + timedelta(hours=after),
        tuple((Benefit(kind), Decimal(amount)) for kind, amount in value.items()),
    )


def test_the_figures_of_a_month() -> None:
    found = compute(
        [
            _idea(1, IdeaState.STANDARDISED, 10, money=1200, hours=3),
            _idea(1, IdeaState.DECLINED, 20),
            _idea(2, IdeaState.DONE, 90, money=300),
            _idea(None, IdeaState.SUBMITTED, None),
        ],
        people=[1, 2, 3, 4, 5],
        leaders=[2, 3],
    )
    assert (found.ideas, found.authors, found.waiting, found.implemented) == (4, 2, 1, 2)
    assert (found.participation, found.leaders_participation, found.implementation_rate) == (0.4, 0.5, 0.5)
    assert found.ideas_a_person == 0.8
    assert (found.response_median, found.response_p90) == (timedelta(hours=20), timedelta(hours=90))
    assert found.value == ((Benefit.MONEY, Decimal(1500)), (Benefit.HOURS, Decimal(3)))


def test_nothing_divided_by_nobody_is_none() -> None:
    found = compute([], [], [])
    assert (found.participation, found.leaders_participation, found.response_p90) == (None, None, None)


@given(st.lists(SPANS, min_size=1), st.integers(1, 100))
def test_a_percentile_is_one_of_the_values_and_as_many_lie_below(
    spans: list[timedelta], percent: int
) -> None:
    ordered = sorted(spans)
    found = percentile(ordered, percent)
    assert found in ordered
    assert sum(span <= found for span in ordered) >= len(ordered) * percent / 100
