from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.rules.terms import Commitment, Direction, Leading
from storage.rules.writing import (
    KeyResultDraft,
    ObjectiveDraft,
    Rule,
    check_key_result,
    check_writing,
)

START, END = date(2026, 1, 1), date(2026, 3, 31)


def key_result(title: str = "First-contact resolution", **values: Any) -> KeyResultDraft:
    """Nothing to remark, but for what `values` change."""
    well: dict[str, Any] = {
        "unit": "%",
        "baseline": Decimal(70),
        "target": Decimal(80),
        "due_on": END,
        "has_owner": True,
        "has_kpi": True,
    }
    return KeyResultDraft(title=title, **{**well, **values})


def objective(title: str = "Answer right the first time", **values: Any) -> ObjectiveDraft:
    well: dict[str, Any] = {
        "has_parent": True,
        "has_owner": True,
        "starts_on": START,
        "ends_on": END,
        "waste": "defects",
        "key_results": [key_result(), key_result("Days until an answer", leading=Leading.LEADING)],
    }
    return ObjectiveDraft(title=title, **{**well, **values})


def rules_of(draft: ObjectiveDraft) -> set[tuple[str, Rule]]:
    return {(remark.about, remark.rule) for remark in check_writing(draft)}


def test_a_well_written_okr_has_no_remarks() -> None:
    assert check_writing(objective()) == []


@pytest.mark.parametrize(
    ("title", "rule"),
    [
        ("Raise NPS to 75", Rule.NUMBER_IN_OBJECTIVE),
        ("Grow 20%", Rule.NUMBER_IN_OBJECTIVE),
        ("Launch the new portal", Rule.OUTPUT),
        ("Implementing SAP", Rule.OUTPUT),
        ("x" * 121, Rule.TOO_LONG),
    ],
)
def test_an_objectives_title_is_looked_at(title: str, rule: Rule) -> None:
    assert ("objective", rule) in rules_of(objective(title))


@pytest.mark.parametrize(
    "title", ["Builders love us", "Answer in Q1", "Settle every case", "Runners come back"]
)
def test_words_that_only_begin_like_a_verb_of_work_are_no_output(title: str) -> None:
    assert rules_of(objective(title)) == set()


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"has_owner": False}, Rule.NO_OWNER),
        ({"has_parent": False}, Rule.NO_PARENT),
        ({"waste": " "}, Rule.LEAN_FIT),
        ({"key_results": [key_result()] * 6}, Rule.TOO_MANY),
        ({"key_results": [key_result()] * 40}, Rule.TOO_MANY),
        ({"key_results": [key_result()]}, Rule.TOO_FEW),
        ({"key_results": [key_result(leading=Leading.LAGGING)] * 2}, Rule.ALL_LAGGING),
        ({"key_results": [key_result(weight=Decimal(0))] * 2}, Rule.WEIGHTS),
        ({"key_results": [key_result(confidence=10)] * 2}, Rule.SANDBAGGING),
    ],
)
def test_an_objective_is_looked_at_as_a_whole(values: dict[str, Any], rule: Rule) -> None:
    assert rules_of(objective(**values)) == {("objective", rule)}


def test_a_committed_objective_may_be_certain() -> None:
    sure = [key_result(confidence=10)] * 2
    assert rules_of(objective(key_results=sure, commitment=Commitment.COMMITTED)) == set()


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"title": "Roll out the knowledge base"}, Rule.OUTPUT),
        ({"title": "Created 3 dashboards"}, Rule.OUTPUT),
        ({"title": "Resolution and satisfaction"}, Rule.TWO_THINGS),
        ({"title": "Cost & quality"}, Rule.TWO_THINGS),
        ({"title": "y" * 130}, Rule.TOO_LONG),
        ({"baseline": None}, Rule.NO_BASELINE),
        ({"baseline": Decimal(80)}, Rule.NO_WAY),
        ({"has_owner": False}, Rule.NO_OWNER),
        ({"has_kpi": False}, Rule.NO_EVIDENCE),
        ({"due_on": date(2026, 4, 1)}, Rule.DUE_OUTSIDE),
        ({"due_on": date(2025, 12, 31)}, Rule.DUE_OUTSIDE),
        ({"direction": Direction.MAINTAIN, "target": None}, Rule.NO_BASELINE),
    ],
)
def test_a_key_result_is_looked_at(values: dict[str, Any], rule: Rule) -> None:
    remarks = check_key_result(key_result(**values), starts_on=START, ends_on=END)
    assert [remark.rule for remark in remarks] == [rule]


def test_a_vague_word_is_remarked_where_no_figures_stand_behind_it() -> None:
    remarks = check_key_result(key_result("Better onboarding", baseline=None, target=None))
    assert Rule.VAGUE in {remark.rule for remark in remarks}


def test_a_report_named_as_evidence_is_enough() -> None:
    assert check_key_result(key_result(has_kpi=False, evidence="weekly call report")) == []


@pytest.mark.parametrize("unit", ["yes/no", "milestones"])
def test_what_has_no_figures_needs_no_baseline(unit: str) -> None:
    assert check_key_result(key_result(unit=unit, baseline=None)) == []


@given(
    st.text(max_size=200),
    st.lists(
        st.builds(
            KeyResultDraft,
            title=st.text(max_size=80),
            unit=st.sampled_from(["", "%", "yes/no", "milestones", "days"]),
            direction=st.sampled_from(Direction),
            baseline=st.none() | st.decimals(0, 9, places=1),
            target=st.none() | st.decimals(0, 9, places=1),
            confidence=st.none() | st.integers(0, 10),
        ),
        max_size=7,
    ),
)
def test_every_remark_is_a_sentence_about_a_part_of_the_draft(
    title: str, drafts: list[KeyResultDraft]
) -> None:
    places = {"objective", *map(str, range(1, len(drafts) + 1))}
    for remark in check_writing(ObjectiveDraft(title=title, key_results=drafts)):
        assert remark.about in places
        assert remark.sentence.endswith(".")
