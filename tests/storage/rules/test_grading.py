from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.rules.errors import Invalid
from storage.rules.grading import (
    Verdict,
    is_success,
    judge_portfolio,
    parse_grade,
    suggest_grade,
    suggest_objective_grade,
    wants_post_mortem,
)
from storage.rules.terms import Commitment

GRADES = st.decimals(0, 1, places=1)


@pytest.mark.parametrize(
    ("progress", "expected"),
    [(None, "0"), ("-0.5", "0"), ("0.44", "0.4"), ("0.65", "0.7"), ("0.99", "0.9"), ("1", "1"), ("1.7", "1")],
)
def test_a_grade_is_suggested_from_how_far_it_came(progress: str | None, expected: str) -> None:
    assert suggest_grade(None if progress is None else Decimal(progress)) == Decimal(expected)


def test_an_objectives_grade_is_the_weighted_mean() -> None:
    graded = [(Decimal("0.9"), Decimal(3)), (Decimal("0.1"), Decimal(1)), (Decimal(0), Decimal(0))]
    assert suggest_objective_grade(graded) == Decimal("0.7")


def test_without_weight_there_is_no_grade_to_suggest() -> None:
    assert suggest_objective_grade([(Decimal(1), Decimal(0))]) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.7", "0.7"),
        ("0,7", "0.7"),
        (".7", "0.7"),
        ("1", "1"),
        ("70 %", "0.7"),
        ("0.65", "0.7"),
        (" 0 ", "0"),
    ],
)
def test_a_grade_is_understood_as_people_type_it(text: str, expected: str) -> None:
    assert parse_grade(text) == Decimal(expected)


@pytest.mark.parametrize(
    "text", ["", "7", "1.1", "-0.1", "good", "٠.٧", "0.7.1", "101 %", "1e-1", ".", "%", "0" * 99]
)
def test_what_is_no_grade_is_refused_with_the_scale(text: str) -> None:
    with pytest.raises(Invalid, match=r"is not a grade\. Type one between 0\.0"):
        parse_grade(text)


@given(st.text(max_size=12))
def test_any_text_is_a_grade_or_refused(text: str) -> None:
    try:
        grade = parse_grade(text)
    except Invalid:
        return
    assert 0 <= grade <= 1


@pytest.mark.parametrize(
    ("grade", "commitment", "success", "post_mortem"),
    [
        ("1", Commitment.COMMITTED, True, False),
        ("0.9", Commitment.COMMITTED, False, True),
        ("0.7", Commitment.ASPIRATIONAL, True, False),
        ("0.6", Commitment.ASPIRATIONAL, False, False),
    ],
)
def test_success_and_post_mortem_depend_on_the_commitment(
    grade: str, commitment: Commitment, success: bool, post_mortem: bool
) -> None:
    assert is_success(Decimal(grade), commitment) == success
    assert wants_post_mortem(Decimal(grade), commitment) == post_mortem


@pytest.mark.parametrize(
    ("grades", "verdict"),
    [
        (["0.9", "0.9"], Verdict.TOO_SAFE),
        (["0.9", "0.8"], Verdict.HEALTHY),
        (["0.6"], Verdict.HEALTHY),
        (["0.5", "0.6"], Verdict.PARTIAL),
        (["0.4"], Verdict.PARTIAL),
        (["0.3", "0.4"], Verdict.OVER_CAPACITY),
    ],
)
def test_the_mean_grade_of_a_quarter_is_judged(grades: list[str], verdict: Verdict) -> None:
    found = judge_portfolio([Decimal(grade) for grade in grades])
    assert found is not None
    assert (found.verdict, found.count) == (verdict, len(grades))
    assert found.advice.endswith(".")


def test_a_quarter_without_grades_is_not_judged() -> None:
    assert judge_portfolio([]) is None


@given(st.lists(GRADES, min_size=1, max_size=20))
def test_the_verdict_does_not_depend_on_the_order(grades: list[Decimal]) -> None:
    assert judge_portfolio(grades) == judge_portfolio(grades[::-1])
