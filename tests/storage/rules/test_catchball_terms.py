from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from storage.rules.catchball_terms import (
    Candidate,
    Terms,
    check_receivers,
    check_terms,
    difference,
    told,
)
from storage.rules.catchball_words import read_counter, read_due
from storage.rules.errors import Invalid, InvalidFields
from storage.rules.terms import Direction, Kind

TODAY = date(2026, 2, 9)
TERMS = Terms(
    title="Answer right the first time",
    measure="First-contact resolution",
    unit="%",
    baseline=Decimal(70),
    target=Decimal(80),
    due_on=date(2026, 6, 30),
    parent=(Kind.ANNUAL_OBJECTIVE, 1),
    why="Customers wait too long.",
)


def test_the_difference_is_told_term_by_term() -> None:
    after = replace(TERMS, target=Decimal(76), due_on=date(2026, 7, 31), resources="Two trainers")
    assert (
        told(TERMS, after)
        == "to 80 % → 76 %, due date 30 June 2026 → 31 July 2026, resources – → Two trainers"
    )
    assert difference(TERMS, TERMS) == ()


def test_terms_come_back_from_the_record_as_they_were() -> None:
    assert Terms.read(TERMS.stored()) == TERMS
    assert Terms.read(Terms(title="x").stored()) == Terms(title="x")


def test_a_target_below_the_baseline_is_to_fall() -> None:
    assert TERMS.direction is Direction.INCREASE
    assert replace(TERMS, target=Decimal(60)).direction is Direction.DECREASE


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"title": " "}, "title", "needs an objective"),
        ({"title": "x" * 201}, "title", "201 characters, and 200 fit"),
        ({"baseline": None}, "baseline", "From where?"),
        ({"target": None}, "target", "To where?"),
        ({"target": Decimal(70)}, "target", "nothing would move"),
        ({"measure": ""}, "measure", "Of what"),
        ({"due_on": None}, "due_on", "By when?"),
        ({"due_on": date(2026, 2, 8)}, "due_on", "8 February 2026 is over already"),
        ({"why": ""}, "why", "why"),
    ],
)
def test_terms_that_do_not_hold_are_refused(changed: dict[str, Any], field: str, sentence: str) -> None:
    with pytest.raises(InvalidFields) as refusal:
        check_terms(replace(TERMS, **changed), Kind.OBJECTIVE, TODAY)
    assert sentence in refusal.value.sentences[field]


def test_a_parent_of_the_wrong_level_is_refused_with_the_right_ones() -> None:
    with pytest.raises(Invalid, match="cannot stand under a breakthrough"):
        check_terms(replace(TERMS, parent=(Kind.BREAKTHROUGH, 1)), Kind.OBJECTIVE, TODAY)
    with pytest.raises(Invalid, match="belongs to an objective"):
        check_terms(replace(TERMS, parent=None), Kind.KEY_RESULT, TODAY)


@pytest.mark.parametrize(
    ("people", "sentence"),
    [
        ([], "Nobody is named"),
        ([Candidate(1, "Ana")], "to yourself"),
        ([Candidate(1, "Ana"), Candidate(2, "Ben")], "on both sides"),
        ([Candidate(2, "Gil", is_guest=True)], "Gil is a guest here"),
        ([Candidate(2, "Ben", is_deactivated=True)], "Ben is deactivated"),
        (
            [Candidate(2, "Ben", away_until=date(2026, 3, 1), deputy="Carla")],
            "Throw it to Carla, their deputy",
        ),
        ([Candidate(2, "Ben", away_until=date(2026, 3, 1))], "Choose someone else, or give them"),
    ],
)
def test_who_cannot_receive_a_ball_is_named(people: list[Candidate], sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        check_receivers(1, people, date(2026, 2, 23))


def test_whoever_is_back_in_time_can_receive_it() -> None:
    check_receivers(1, [Candidate(2, "Ben", away_until=date(2026, 2, 20))], date(2026, 2, 23))


@pytest.mark.parametrize(
    ("typed", "target", "due_on", "reason"),
    [
        ("72 by Q4 because the training slipped", 72, date(2026, 12, 31), "the training slipped"),
        ("72% BY 30 september Because: it slipped", 72, date(2026, 9, 30), "it slipped"),
        ("by end of July because it slipped", 80, date(2026, 7, 31), "it slipped"),
        ("72 because … it slipped", 72, date(2026, 6, 30), "it slipped"),
        ("to 76", 76, date(2026, 6, 30), ""),
        ("76 – holidays", 76, date(2026, 6, 30), "holidays"),
        ("by 2026-09-15; audit", 80, date(2026, 9, 15), "audit"),
    ],
)
def test_a_counter_in_words_names_what_changes(typed: str, target: int, due_on: date, reason: str) -> None:
    terms, said = read_counter(typed, TERMS, TODAY, locale="en-GB")
    assert (terms.target, terms.due_on, said) == (Decimal(target), due_on, reason)


def test_a_counter_in_words_may_name_both_figures() -> None:
    terms, _ = read_counter("from 68 to 76 because", TERMS, TODAY, locale="en-GB")
    assert (terms.baseline, terms.target) == (Decimal(68), Decimal(76))


@pytest.mark.parametrize("typed", ["", "because", "more people", "by someday", "72 by the moon because"])
def test_a_counter_that_cannot_be_read_says_what_is_understood(typed: str) -> None:
    with pytest.raises(Invalid, match="`"):
        read_counter(typed, TERMS, TODAY, locale="en-GB")


def test_quarters_are_the_plans_own() -> None:
    assert read_due("Q1", TODAY, fiscal_start_month=4) == date(2026, 6, 30)
    assert read_due("Q4", TODAY, fiscal_start_month=4) == date(2026, 3, 31)
    assert read_due("q2 2027", TODAY) == date(2027, 6, 30)
