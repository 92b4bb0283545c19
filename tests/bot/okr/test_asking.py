"""The check-in asks an objective's owner to grade it once its quarter is over, until it is graded."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.checkins import answering
from bot.checkins.facts import Prompt
from bot.checkins.forms import checkin_form
from bot.checkins.kinds import register
from bot.checkins.ladder import climb_ladder
from bot.checkins.slice import slice as checkins
from bot.okr import grading
from bot.okr.asking import MOST_GRADED
from bot.okr.grading import GradeTyped
from bot.okr.slice import slice as okr
from storage.repositories.chores import SCHEDULES, UPDATES
from storage.rules.errors import InvalidFields
from storage.rules.terms import Commitment, ItemState, Kind, PromptState
from storage.tables import CheckinQuestion, Member, Objective
from tests import factories
from tests.bot.okr.office import Office

MONDAY_9 = datetime(2026, 4, 6, 9, tzinfo=UTC)
"""The first Monday after the quarter."""
WEEK = timedelta(days=7)
PROOF = "https://example.com/report"


@pytest.fixture
def over(office: Office) -> Office:
    """The quarter is over; Ana, who owns O-1, has a check-in."""
    register([*checkins.kinds, *okr.kinds])
    office.clock.jump_to(MONDAY_9 - timedelta(days=2))
    tick(office)
    return office


def tick(office: Office, at: datetime | None = None) -> None:
    if at is not None:
        office.clock.jump_to(at)
    with office.unit_of_work() as uow:
        uow.chores.poke(uow.now, SCHEDULES)
    for work in [one for one in checkins.due if one is not climb_ladder]:
        with office.unit_of_work() as uow:
            work(uow, 50)


def asked(office: Office, who: Member) -> list[CheckinQuestion]:
    """What they are asked today; nothing where there is nothing to answer."""
    with office.unit_of_work() as uow:
        prompt = uow.checkins.find_latest_prompt(who.id)
        is_new = prompt is not None and prompt.local_on == office.clock.now().date()
        return uow.checkins.list_questions([prompt.id]) if prompt is not None and is_new else []


def submit(office: Office, **said: str) -> Prompt:
    """Ana sends the form; the names are those of the grading's inputs, `grade_1` is KR-1's."""
    with office.unit_of_work() as uow:
        prompt = uow.checkins.find_latest_prompt(office.ana.id)
        assert prompt is not None
        (question,) = (one for one in uow.checkins.list_questions([prompt.id]) if one.asks == "grading")
        typed = {f"{name.replace('grade_', 'grade KR-')}:{question.id}": text for name, text in said.items()}
        result = answering.submit(uow, office.ana.id, prompt.id, 0, typed)
    assert isinstance(result, Prompt)
    return result


def test_the_owner_is_asked_in_the_weeks_one_message_and_grades_right_there(over: Office) -> None:
    tick(over, MONDAY_9)
    assert [question.reference for question in asked(over, over.ana) if question.asks == "grading"] == ["O-1"]
    # Ben owns a key result of it and no objective, so nobody asks him for a grade.
    assert [question for question in asked(over, over.ben) if question.asks == "grading"] == []
    with over.unit_of_work() as uow:
        prompt = uow.checkins.find_latest_prompt(over.ana.id)
        assert prompt is not None
        message = uow.outbox.find(f"prompt:{prompt.id}")
    assert message is not None
    assert "KR-1 First-contact resolution: 40 % of the way, suggests 0.4." in str(message.payload)
    assert "to be graded. Aspirational: 0.7 is success." in str(message.payload)
    done = submit(over, grade_1="0.8", evidence=PROOF, reason="The last weeks count", lesson="Ask first")
    assert "O-1 Answer right the first time" in str([extra.name for extra in done.extras])
    with over.unit_of_work() as uow:
        kept = uow.okrs.find_grade(Kind.OBJECTIVE, over.objective.id)
        row = uow.session.get_one(Objective, over.objective.id)
    assert kept is not None
    assert (kept.grade, kept.suggested, kept.lesson) == (Decimal("0.4"), Decimal("0.2"), "Ask first")
    assert (kept.evidence, row.state) == (PROOF, ItemState.CLOSED)
    tick(over, MONDAY_9 + WEEK)
    assert "grading" not in [question.asks for question in asked(over, over.ana)]


def test_what_is_missing_is_told_beside_its_input_and_nothing_is_graded(over: Office) -> None:
    tick(over, MONDAY_9)
    with pytest.raises(InvalidFields, match="A grade needs evidence") as caught:
        submit(over, lesson="Ask first")
    assert [name.partition(":")[0] for name in caught.value.sentences] == ["evidence"]
    with pytest.raises(InvalidFields, match="The figures suggest another grade"):
        submit(over, grade_1="0.9", evidence=PROOF)
    with over.unit_of_work() as uow:
        assert uow.okrs.find_grade(Kind.OBJECTIVE, over.objective.id) is None


def test_a_committed_objective_asks_what_happened_too(over: Office) -> None:
    with over.unit_of_work() as uow:
        uow.okrs.get_objective(over.objective.id).commitment = Commitment.COMMITTED
        uow.strategies.count_change()
    tick(over, MONDAY_9)
    with pytest.raises(InvalidFields, match="committed and not fully reached") as caught:
        submit(over, evidence=PROOF)
    assert [name.partition(":")[0] for name in caught.value.sentences] == ["post_mortem"]
    submit(over, evidence=PROOF, post_mortem="The vendor came late")


def test_a_corrected_answer_corrects_the_grade(over: Office) -> None:
    tick(over, MONDAY_9)
    submit(over, evidence=PROOF)
    submit(over, evidence=PROOF, grade_2="0.6", reason="The survey came late")
    with over.unit_of_work() as uow:
        kept = uow.okrs.find_grade(Kind.OBJECTIVE, over.objective.id)
        part = uow.okrs.find_grade(Kind.KEY_RESULT, over.reading_kpi.id)
    assert kept is not None
    assert part is not None
    assert (kept.grade, part.grade, part.reason) == (Decimal("0.5"), Decimal("0.6"), "The survey came late")


def test_it_is_asked_every_week_until_it_is_graded_and_not_before_the_quarter_is_over(over: Office) -> None:
    tick(over, MONDAY_9)
    tick(over, MONDAY_9 + WEEK)
    assert "grading" in [question.asks for question in asked(over, over.ana)]
    with over.unit_of_work() as uow:
        grading.grade(uow, over.ana.id, "O-1", GradeTyped(grades={}, evidence=PROOF))
    # What was asked before that and is answered after it stays with the check-in; the grade stands.
    submit(over, evidence="https://example.com/elsewhere")
    tick(over, MONDAY_9 + 2 * WEEK)
    assert "grading" not in [question.asks for question in asked(over, over.ana)]


def test_who_grades_otherwise_has_answered_the_question(over: Office) -> None:
    tick(over, MONDAY_9)
    with over.unit_of_work() as uow:
        grades = {"KR-1": "0.8"}
        typed = GradeTyped(grades=grades, evidence=PROOF, reason="The last weeks count", lesson="Ask first")
        grading.grade(uow, over.ana.id, "O-1", typed)
        uow.chores.poke(uow.now, UPDATES)
    tick(over, MONDAY_9 + timedelta(hours=1))
    with over.unit_of_work() as uow:
        prompt = uow.checkins.find_latest_prompt(over.ana.id)
        assert prompt is not None
        assert prompt.state is PromptState.ANSWERED
        said = [answer.said for answer in uow.checkins.list_answers([prompt.id])]
    assert {
        "grade KR-1": "0.8",
        "grade KR-2": "0.0",
        "evidence": PROOF,
        "lesson": "Ask first",
        "reason": "The last weeks count",
    } in said
    # Correcting a word of it changes no grade.
    submit(
        over, grade_1="0.8", grade_2="0.0", evidence=PROOF, reason="The last weeks count", lesson="Ask all"
    )
    with over.unit_of_work() as uow:
        kept = uow.okrs.find_grade(Kind.OBJECTIVE, over.objective.id)
    assert kept is not None
    assert (kept.grade, kept.lesson) == (Decimal("0.4"), "Ask all")


def test_before_the_last_day_nobody_is_asked(office: Office) -> None:
    register([*checkins.kinds, *okr.kinds])
    tick(office)
    tick(office, datetime(2026, 3, 30, 9, tzinfo=UTC))
    assert [question.asks for question in asked(office, office.ana)] == ["figure"]


def test_an_objective_with_forty_key_results_still_fits_the_form(over: Office) -> None:
    with over.unit_of_work() as uow:
        for _ in range(40):
            factories.key_result(uow, objective_id=over.objective.id, owner_id=over.ben.id)
    tick(over, MONDAY_9)
    (question,) = (one for one in asked(over, over.ana) if one.asks == "grading")
    assert question.form is not None
    assert len(question.form["fields"]) < MOST_GRADED
    assert "graded as their figures suggest" in str(question.form["facts"])
    with over.unit_of_work() as uow:
        page = answering.find_page(uow, over.ana.id)
        assert isinstance(page, answering.Page)
        assert len(checkin_form(page.prompt, 0, page.typed)["blocks"]) <= 100
    submit(over, evidence=PROOF)
