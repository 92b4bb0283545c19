from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from bot.okr import grading, viewing
from bot.okr.grading import Graded, GradeForm, GradeTyped
from bot.okr.grading_forms import due_message, grade_form, graded_view
from bot.okr.pages import page_message
from storage.rules.errors import Closed, Invalid, InvalidFields, NotAllowed
from storage.rules.finding import Several
from storage.rules.terms import Commitment, ItemState, Kind, Role
from tests import factories
from tests.bot.okr.office import Office

END = datetime(2026, 3, 25, 8, tzinfo=UTC)
PROOF = "https://example.com/report"


@pytest.fixture
def at_the_end(office: Office) -> Office:
    office.clock.jump_to(END)
    return office


def graded(office: Office, **values: Any) -> Graded:
    typed = GradeTyped(**{"grades": {}, "evidence": PROOF, **values})
    with office.unit_of_work() as uow:
        return grading.grade(uow, office.ana.id, "O-1", typed)


def faults(office: Office, **values: Any) -> dict[str, str]:
    with pytest.raises(InvalidFields) as caught:
        graded(office, **values)
    return dict(caught.value.sentences)


def test_what_is_to_be_graded_shows_at_the_quarters_end(office: Office) -> None:
    with office.unit_of_work() as uow:
        assert grading.list_due(uow, office.ana.id).objectives == ()
        with pytest.raises(Closed, match="O-1 runs until 31 March"):
            grading.open_form(uow, office.ana.id, "O-1")
    office.clock.jump_to(END)
    with office.unit_of_work() as uow:
        due = grading.list_due(uow, office.ana.id)
        assert grading.list_due(uow, office.chen.id).objectives == ()
    assert [shown.reference for shown in due.objectives] == ["O-1"]
    assert "To be graded: O-1." in due_message(due).text


def test_an_objective_is_found_by_words_and_of_several_the_one_that_is_active(at_the_end: Office) -> None:
    with at_the_end.unit_of_work() as uow:
        factories.objective(uow, title="Answer right now", state=ItemState.CLOSED)
        form = grading.find_form(uow, at_the_end.ana.id, "answer right")
        assert isinstance(form, GradeForm)
        assert form.shown.reference == "O-1"
        factories.objective(uow, title="Answer faster")
        several = grading.find_form(uow, at_the_end.ana.id, "answer")
        assert isinstance(several, Several)
        assert [node.reference for node in several.nodes] == ["O-1", "O-3"]
        with pytest.raises(Invalid, match="KR-1 is graded with its objective"):
            grading.find_form(uow, at_the_end.ana.id, "KR-1")


def test_the_form_suggests_from_the_figures(at_the_end: Office) -> None:
    with at_the_end.unit_of_work() as uow:
        form = grading.open_form(uow, at_the_end.ana.id, "O-1")
    assert [(part.shown.reference, part.suggested) for part in form.key_results] == [
        ("KR-1", Decimal("0.4")),
        ("KR-2", Decimal(0)),
    ]
    assert "The figures suggest 0.4" in str(grade_form(form, "en-US"))


def test_a_grade_closes_the_okr_and_keeps_evidence_and_lesson(at_the_end: Office) -> None:
    result = graded(at_the_end, grades={"KR-1": "0,8"}, reason="The last weeks count", lesson="Ask first")
    assert (result.grade, result.suggested) == (Decimal("0.4"), Decimal("0.2"))
    assert "short of what was meant" in str(graded_view(result))
    with at_the_end.unit_of_work() as uow:
        page = viewing.show(uow, at_the_end.ben.id, "O-1")
        kept = uow.okrs.find_grade(Kind.KEY_RESULT, at_the_end.resolution.id)
    assert kept is not None
    assert (kept.grade, kept.suggested, kept.evidence) == (Decimal("0.8"), Decimal("0.4"), PROOF)
    assert (page.shown.node.state, page.grade, page.lesson) == (ItemState.CLOSED, Decimal("0.4"), "Ask first")
    assert "Graded *0.4*" in str(page_message(page, "en-US", "UTC").blocks)
    with at_the_end.unit_of_work() as uow, pytest.raises(Closed, match="graded and closed already"):
        grading.open_form(uow, at_the_end.ana.id, "O-1")
    with pytest.raises(Closed, match="KR-1 is closed"):
        at_the_end.says(at_the_end.ana, "KR-1 78")


def test_the_colour_of_a_grade_follows_the_workspaces_own_thresholds(at_the_end: Office) -> None:
    with at_the_end.unit_of_work() as uow:
        uow.settings.change({"thresholds": {"grade_yellow": "0.5"}})
        uow.strategies.count_change()
    result = graded(at_the_end, grades={"KR-1": "0,8"}, reason="The last weeks count")
    assert "*0.4* red" in str(graded_view(result))
    with at_the_end.unit_of_work() as uow:
        page = viewing.show(uow, at_the_end.ben.id, "O-1")
    assert "Graded *0.4*, red." in str(page_message(page, "en-US", "UTC").blocks)


def test_evidence_and_a_reason_for_an_own_grade_are_asked_for(at_the_end: Office) -> None:
    for text in (" ", "the report", "https://", "report.xlsx"):
        assert "Paste a link" in faults(at_the_end, evidence=text)["evidence"]
    found = faults(at_the_end, grades={"KR-1": "0.9"}, evidence=" ")
    assert set(found) == {"evidence", "reason"}
    assert "KR-1 0.4 → 0.9" in found["reason"]


def test_a_grade_that_cannot_be_read_is_told_beside_its_input(at_the_end: Office) -> None:
    found = faults(at_the_end, grades={"KR-1": "7", "KR-2": "good"})
    assert set(found) == {"grade:KR-1", "grade:KR-2"}


def test_a_committed_miss_asks_for_a_post_mortem(at_the_end: Office) -> None:
    with at_the_end.unit_of_work() as uow:
        uow.okrs.get_objective(at_the_end.objective.id).commitment = Commitment.COMMITTED
    assert "post_mortem" in faults(at_the_end)
    assert graded(at_the_end, post_mortem="The vendor came late").grade == Decimal("0.2")


def test_the_quarters_verdict_is_for_leaders(at_the_end: Office) -> None:
    assert graded(at_the_end).portfolio is None
    with at_the_end.unit_of_work() as uow:
        uow.roles.grant(at_the_end.chen.id, Role.STRATEGY_LEAD, by_id=None, at=uow.now)
        due = grading.list_due(uow, at_the_end.chen.id)
    assert due.portfolio is not None
    assert (due.portfolio.count, str(due.portfolio.verdict)) == (1, "over capacity")
    assert "*over capacity*" in str(due_message(due).blocks)


def test_only_whoever_may_change_it_grades_and_only_objectives_are_graded(at_the_end: Office) -> None:
    with at_the_end.unit_of_work() as uow:
        with pytest.raises(NotAllowed):
            grading.open_form(uow, at_the_end.chen.id, "O-1")
        with pytest.raises(Invalid, match="KR-1 is graded with its objective"):
            grading.open_form(uow, at_the_end.ana.id, "KR-1")
