"""One line of the question, answered without the form: each press counts once and hurts nobody."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.checkins import answering, single_items
from bot.checkins.facts import Prompt
from bot.checkins.forms import item_form, item_why_view
from bot.checkins.single_items import Single
from bot.simulator.blocks import check_view
from storage.rules.errors import Closed, DomainError, Invalid, InvalidFields, NotFound
from storage.rules.terms import Frequency, PromptState
from storage.tables import Outbox, Step
from tests import factories
from tests.bot.checkins.office import Office, list_readings, payload_words, words

MONDAY_9 = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)
WEDNESDAY_17 = MONDAY_9 + timedelta(days=2, hours=8)


def ask(office: Office, count: int = 2) -> list[int]:
    """Ben is asked about key results that stand at 70; the ids of the questions."""
    for _ in range(count):
        key_result = office.key_result(office.ben)
        with office.unit_of_work() as uow:
            factories.reading(uow, key_result, 70, period_on=date(2026, 2, 2))
    office.tick(at=MONDAY_9)
    office.deliver()
    return [question.id for question in office.questions(office.ben)]


def press(office: Office, verb: Callable[..., object], *values: object) -> object:
    with office.unit_of_work() as uow:
        return verb(uow, office.ben.id, *values)


def submit(office: Office, question_id: int, page: int = 0, **typed: str) -> Single | Prompt:
    fields = {f"{name}:{question_id}": text for name, text in typed.items()}
    with office.unit_of_work() as uow:
        return single_items.submit_item(uow, office.ben.id, question_id, page, fields)


def shown(office: Office) -> Outbox:
    """Ben's question as it stands after its newest edit."""
    return list(office.messages(f"prompt:{office.prompt(office.ben).id}").values())[-1]


def menus(row: Outbox) -> list[list[str]]:
    return [
        [choice["text"]["text"] for choice in block["accessory"]["options"]]
        for block in row.payload["blocks"]
        if "accessory" in block
    ]


def test_no_change_to_one_item_leaves_the_others_asked(office: Office) -> None:
    first, _ = ask(office)
    assert menus(shown(office)) == [["No change", "Update…", "Why this one?"]] * 2
    press(office, single_items.confirm_item, first)
    assert office.prompt(office.ben).state is PromptState.ASKED
    assert "2 items, 1 of them answered" in words(shown(office))
    assert "✓ no change" in words(shown(office))
    assert menus(shown(office)) == [["Correct…", "Why this one?"], ["No change", "Update…", "Why this one?"]]
    assert not office.messages("summary:")


def test_the_last_item_answers_the_check_in(office: Office) -> None:
    first, second = ask(office)
    press(office, single_items.confirm_item, first)
    done = submit(office, second, value="74", note="routing done")
    assert isinstance(done, Prompt)
    assert (done.is_answered, done.is_late, done.is_unchanged) == (True, False, False)
    assert "70 % → 74 %" in words(shown(office))
    assert "1 of 1 answered" in words(next(iter(office.messages("summary:").values())))


def test_no_change_to_all_items_is_marked_as_nothing_changed(office: Office) -> None:
    for question_id in ask(office):
        press(office, single_items.confirm_item, question_id)
    assert office.prompt(office.ben).is_unchanged


def test_a_second_press_changes_nothing_and_says_so(office: Office) -> None:
    first, _ = ask(office)
    press(office, single_items.confirm_item, first)
    with pytest.raises(Closed, match="KR-1 is answered already"):
        press(office, single_items.confirm_item, first)
    with office.unit_of_work() as uow:
        measured = uow.checkins.get_question(first).item_id
        assert len(list_readings(uow, key_result_id=measured)) == 2  # the old one, and one of today


@pytest.mark.parametrize(
    "verb", [single_items.confirm_item, single_items.open_item, single_items.explain_item]
)
def test_someone_elses_press_finds_nothing(office: Office, verb: Callable[..., object]) -> None:
    first, _ = ask(office)
    with office.unit_of_work() as uow, pytest.raises(NotFound, match="is for someone else"):
        verb(uow, office.ana.id, first)


@pytest.mark.parametrize("verb", [single_items.confirm_item, single_items.open_item])
def test_a_press_on_an_older_check_in_points_to_the_newer_one(
    office: Office, verb: Callable[..., object]
) -> None:
    first, _ = ask(office)
    office.tick(at=MONDAY_9 + timedelta(days=7))
    with pytest.raises(Closed, match="A newer check-in has taken this one's place"):
        press(office, verb, first)


def test_a_press_after_the_close_is_taken_and_marked_as_late(office: Office) -> None:
    first, second = ask(office)
    office.tick(at=WEDNESDAY_17)
    press(office, single_items.confirm_item, first)
    assert office.prompt(office.ben).is_late
    assert "Left open: KR-2" in words(shown(office))
    with pytest.raises(Closed, match="KR-2 is answered already"):
        press(office, single_items.confirm_item, second)


def test_what_was_answered_item_by_item_counts_at_the_close(office: Office) -> None:
    first, _ = ask(office)
    press(office, single_items.confirm_item, first)
    office.tick(at=WEDNESDAY_17 - timedelta(hours=3))
    (reminder,) = office.messages("reminder:").values()
    assert "not answered in full yet" in words(reminder)
    office.tick(at=WEDNESDAY_17)
    prompt = office.prompt(office.ben)
    assert (prompt.state, prompt.is_late, prompt.answered_at) == (PromptState.ANSWERED, False, MONDAY_9)
    assert "Left open: KR-2" in words(shown(office))


def test_nothing_changed_keeps_what_was_answered_one_by_one(office: Office) -> None:
    first, second = ask(office)
    submit(office, first, value="76")
    prompt_id = office.prompt(office.ben).id
    press(office, answering.confirm_unchanged, prompt_id)
    with office.unit_of_work() as uow:
        answers = {answer.question_id: answer for answer in uow.checkins.list_answers([prompt_id])}
    assert (answers[first].value, answers[second].value) == (Decimal(76), Decimal(70))


def test_low_confidence_asks_what_would_raise_it_in_the_one_items_form(office: Office) -> None:
    first, _ = ask(office)
    page = submit(office, first, confidence="2")
    assert isinstance(page, Single)
    view = item_form(page)
    check_view(view, "modal")
    assert "What would raise your confidence?" in payload_words(view)
    assert view["title"]["text"] == "More on KR-1"
    assert "Your answer is saved." in payload_words(view)
    assert isinstance(submit(office, first, 1, **{"raise": "a second trainer"}), Prompt)
    with office.unit_of_work() as uow:
        answer = uow.checkins.find_answer(first)
    assert answer is not None
    assert (answer.confidence, answer.said) == (2, {"raise": "a second trainer"})


@pytest.mark.parametrize(
    ("typed", "fault", "sentence"),
    [
        ({}, Invalid, "Nothing is filled in yet"),
        ({"value": "many"}, InvalidFields, "many"),
        ({"value": "99999"}, InvalidFields, "far out of range"),
        ({"confidence": "11"}, InvalidFields, "is not a confidence"),
    ],
)
def test_a_form_of_one_item_that_cannot_be_read_saves_nothing(
    office: Office, typed: dict[str, str], fault: type[DomainError], sentence: str
) -> None:
    first, _ = ask(office)
    with pytest.raises(fault, match=sentence):
        submit(office, first, 0, **typed)
    with office.unit_of_work() as uow:
        assert uow.checkins.find_answer(first) is None


def test_a_figure_that_is_due_cannot_stay_as_it_was(office: Office) -> None:
    with office.unit_of_work() as uow:
        kpi = factories.kpi(uow, owner_id=office.ben.id, frequency=Frequency.MONTHLY)
        factories.reading(uow, kpi, 61, period_on=date(2025, 12, 1))
    office.tick(at=MONDAY_9)
    (question,) = office.questions(office.ben)
    assert menus(shown(office)) == [["Update…", "Why this one?"]]
    with pytest.raises(Invalid, match="There is a new answer to give for KPI-1"):
        press(office, single_items.confirm_item, question.id)
    with office.unit_of_work() as uow:
        view = item_why_view(*single_items.explain_item(uow, office.ben.id, question.id))
    check_view(view, "modal")
    assert "Its figure for January 2026 is due" in payload_words(view)


def test_a_step_is_done_with_one_press(office: Office) -> None:
    office.key_result(office.ben)
    with office.unit_of_work() as uow:
        initiative = factories.initiative(uow, owner_id=office.ben.id)
        factories.step(uow, initiative, due_on=date(2026, 2, 11))
    office.tick(at=MONDAY_9)
    _, question = office.questions(office.ben)
    assert menus(shown(office))[1] == ["Done", "Still on its way", "Update…", "Why this one?"]
    press(office, single_items.choose_answer, question.id, 0)
    assert "✓ done" in words(shown(office))
    with office.unit_of_work() as uow:
        assert uow.session.get_one(Step, question.form["row"] if question.form else 0).done_at is not None
    with pytest.raises(Closed, match="I-1 is answered already"):
        press(office, single_items.choose_answer, question.id, 1)
    with pytest.raises(Closed, match="I-1 is answered already"):
        press(office, single_items.choose_answer, question.id, 7)
