"""What an answer does to the record, and what is refused."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.checkins import answering
from bot.checkins.answering import Page
from bot.checkins.facts import Prompt, Waiting
from storage.database import UnitOfWork
from storage.rules.errors import Closed, Invalid, InvalidFields, NotFound
from storage.rules.terms import BlockerKind, Frequency, Kind, PlanState, PromptState, Source
from tests import factories
from tests.bot.checkins.office import Office, list_readings, words

MONDAY_9 = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)
WEDNESDAY_17 = datetime(2026, 2, 11, 17, 0, tzinfo=UTC)
NEXT_MONDAY_9 = MONDAY_9 + timedelta(days=7)
WEEK = date(2026, 2, 9)


def asked(office: Office, *, last: int | None = 70, items: int = 1) -> None:
    """Ana is asked on Monday about key results from 70 to 80 %."""
    for _ in range(items):
        key_result = office.key_result(office.ana)
        if last is not None:
            with office.unit_of_work() as uow:
                factories.reading(uow, key_result, last, period_on=date(2026, 2, 2))
    office.tick(at=MONDAY_9)
    office.deliver()


def values(office: Office, question: int = 1) -> list[tuple[Decimal, bool]]:
    """The readings of this week's answer: (value, whether a correction superseded it)."""
    item = office.questions(office.ana)[question - 1]
    with office.unit_of_work() as uow:
        rows = (
            list_readings(uow, kpi_id=item.kpi_id)
            if item.kpi_id
            else list_readings(uow, key_result_id=item.item_id)
        )
        return [(row.value, row.superseded_by_id is not None) for row in rows if row.recorded_at >= MONDAY_9]


def test_an_answer_lands_as_a_reading_of_the_week(office: Office) -> None:
    asked(office)
    answered = office.submit(office.ana, value="74,5 %", confidence="8", note="routing done")
    assert isinstance(answered, Prompt)
    with office.unit_of_work() as uow:
        reading = list_readings(uow, key_result_id=answered.items[0].item_id)[-1]
    assert (reading.value, reading.period_on, reading.source) == (Decimal("74.5"), WEEK, Source.CHECKIN)
    assert reading.member_id == office.ana.id
    prompt = office.prompt(office.ana)
    assert (prompt.state, prompt.is_late, prompt.answered_at) == (PromptState.ANSWERED, False, MONDAY_9)


def test_the_audit_keeps_the_figures_and_not_the_words(office: Office) -> None:
    asked(office)
    answered = office.submit(office.ana, value="74", note="a private remark")
    assert isinstance(answered, Prompt)
    with office.unit_of_work() as uow:
        (entry,) = uow.audit.list_for(Kind.KEY_RESULT.value, answered.items[0].item_id)
    assert (entry.before, entry.after, entry.reference) == ({"value": "70"}, {"value": "74"}, "KR-1")
    assert "private" not in str(entry.model_dump())


def test_a_figure_for_a_kpi_goes_to_the_kpi(office: Office) -> None:
    with office.unit_of_work() as uow:
        kpi = factories.kpi(uow, owner_id=office.ana.id)
        factories.key_result(uow, owner_id=office.ana.id, kpi_id=kpi.id, unit="points")
        factories.reading(uow, kpi, 61, period_on=date(2025, 12, 1))
    office.tick(at=MONDAY_9)
    office.submit(office.ana, value="63")
    with office.unit_of_work() as uow:
        reading = list_readings(uow, kpi_id=kpi.id)[-1]
    assert (reading.value, reading.period_on, reading.key_result_id) == (Decimal(63), date(2026, 1, 1), None)


def test_the_question_is_replaced_by_what_changed(office: Office) -> None:
    asked(office)
    office.submit(office.ana, value="74", confidence="8")
    edits = [row for row in office.messages().values() if row.edit_of_id is not None]
    (edit,) = edits
    assert "*70 % → 74 %*  ·  confidence 8  ·  ● on track" in words(edit)
    assert "Correct" in words(edit)


def test_a_correction_supersedes_and_overwrites_nothing(office: Office) -> None:
    asked(office)
    office.submit(office.ana, value="74")
    office.clock.advance(timedelta(hours=1))
    office.submit(office.ana, value="75")
    assert values(office) == [(Decimal(74), True), (Decimal(75), False)]


def test_the_same_form_sent_twice_records_one_reading(office: Office) -> None:
    asked(office)
    office.submit(office.ana, value="74", note="once")
    office.submit(office.ana, value="74", note="once")
    assert values(office) == [(Decimal(74), False)]


def test_a_recorded_figure_cannot_be_emptied(office: Office) -> None:
    asked(office)
    office.submit(office.ana, value="74")
    with pytest.raises(InvalidFields) as refusal:
        office.submit(office.ana, value="", confidence="5")
    (name,) = refusal.value.sentences
    assert name.startswith("value:")
    assert values(office) == [(Decimal(74), False)]


def test_a_correction_starts_from_what_was_answered_to_the_last_digit(office: Office) -> None:
    asked(office)
    office.submit(office.ana, value="74.123456", confidence="8", note="n")
    with office.unit_of_work() as uow:
        page = answering.find_page(uow, office.ana.id)
    assert isinstance(page, Page)
    assert list(page.typed.values()) == ["74.123456", "8", "n"]


def test_an_answer_can_be_corrected_until_the_window_closes(office: Office) -> None:
    asked(office)
    office.submit(office.ana, value="74")
    office.tick(at=WEDNESDAY_17 - timedelta(minutes=1))
    office.submit(office.ana, value="75")
    office.tick(at=WEDNESDAY_17)
    with pytest.raises(Closed, match="what you answered stands"):
        office.submit(office.ana, value="76")
    assert values(office)[-1] == (Decimal(75), False)


def test_a_late_answer_is_taken_and_marked_late(office: Office) -> None:
    asked(office)
    office.tick(at=WEDNESDAY_17 + timedelta(hours=1))
    assert office.prompt(office.ana).state is PromptState.MISSED
    answered = office.submit(office.ana, value="74")
    assert isinstance(answered, Prompt)
    assert (answered.state, answered.is_late) == (PromptState.ANSWERED, True)
    assert values(office) == [(Decimal(74), False)]


def test_an_old_check_in_gives_way_to_the_new_one(office: Office) -> None:
    asked(office)
    old = office.prompt(office.ana)
    office.tick(at=NEXT_MONDAY_9)
    with office.unit_of_work() as uow, pytest.raises(Closed, match="newer check-in"):
        answering.submit(uow, office.ana.id, old.id, 0, {})


def test_someone_elses_check_in_is_not_shown(office: Office) -> None:
    asked(office)
    prompt = office.prompt(office.ana)
    with office.unit_of_work() as uow, pytest.raises(NotFound, match="someone else"):
        answering.open_page(uow, office.ben.id, prompt.id)


def test_an_empty_form_is_refused_with_what_to_do(office: Office) -> None:
    asked(office)
    with pytest.raises(Invalid, match="Nothing is filled in yet"):
        office.submit(office.ana)
    assert office.prompt(office.ana).state is PromptState.ASKED


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"value": "many"}, "value", "is not a number"),
        ({"value": "7 8"}, "value", "several numbers"),
        ({"value": "9" * 13}, "value", "out of range"),
        ({"value": "80000"}, "value", "far out of range"),
        ({"value": "745"}, "value", "Did you mean 74.5\\? If it is right all the same, type =745"),
        ({"value": "-5"}, "value", "below zero, where KR-1 never was.* type =-5"),
        ({"confidence": "11"}, "confidence", "from 0 .* to 10"),
        ({"confidence": "high"}, "confidence", "is not a confidence"),
        ({"note": "x" * 10_000}, "note", "10,000 characters, and 3,000 fit"),
    ],
)
def test_a_text_that_cannot_be_taken_is_refused_beside_its_input(
    office: Office, typed: dict[str, str], field: str, sentence: str
) -> None:
    asked(office)
    with pytest.raises(InvalidFields, match=sentence) as refusal:
        office.submit(office.ana, 0, **typed)
    assert [name.partition(":")[0] for name in refusal.value.sentences] == [field]
    assert values(office) == []
    assert office.prompt(office.ana).state is PromptState.ASKED


@pytest.mark.parametrize(("typed", "value"), [("74,5", "74.5"), ("74.5 %", "74.5"), ("75%", "75")])
def test_a_comma_and_a_percent_sign_are_understood(office: Office, typed: str, value: str) -> None:
    asked(office)
    office.submit(office.ana, value=typed)
    assert values(office) == [(Decimal(value), False)]


@pytest.mark.parametrize("figure", ["745", "-5"])
def test_an_unlikely_figure_is_taken_where_it_is_meant_so_and_can_stay(office: Office, figure: str) -> None:
    asked(office)
    office.submit(office.ana, value=f"={figure}", note="a new way to count")
    office.submit(office.ana, value=figure, note="counted anew")
    assert values(office) == [(Decimal(figure), False)]


def test_an_item_can_be_left_open(office: Office) -> None:
    asked(office, items=2)
    answered = office.submit(office.ana, value_2="74")
    assert isinstance(answered, Prompt)
    assert [item.given is None for item in answered.items] == [True, False]


def test_who_does_not_own_the_kpi_answers_without_a_figure(office: Office) -> None:
    with office.unit_of_work() as uow:
        kpi = factories.kpi(uow, owner_id=office.ben.id, frequency=Frequency.WEEKLY)
        factories.key_result(uow, owner_id=office.ana.id, kpi_id=kpi.id)
    office.tick(at=MONDAY_9)
    answered = office.submit(office.ana, value="99", confidence="6")
    assert isinstance(answered, Prompt)
    assert answered.items[0].given is not None
    assert (answered.items[0].given.value, answered.items[0].given.confidence) == (None, 6)
    assert values(office) == []


def test_nothing_changed_confirms_the_figures_and_is_marked_so(office: Office) -> None:
    asked(office)
    with office.unit_of_work() as uow:
        answered = answering.confirm_unchanged(uow, office.ana.id, office.prompt(office.ana).id)
    assert answered.is_unchanged
    assert answered.items[0].given is not None
    assert (answered.items[0].given.value, answered.items[0].given.is_unchanged) == (Decimal(70), True)
    assert values(office) == [(Decimal(70), False)]


def test_nothing_changed_is_no_measurement_of_a_monthly_figure(office: Office) -> None:
    with office.unit_of_work() as uow:
        kpi = factories.kpi(uow, owner_id=office.ana.id)
        factories.key_result(uow, owner_id=office.ana.id, kpi_id=kpi.id, unit="points")
        factories.reading(uow, kpi, 62, period_on=date(2026, 1, 1), recorded_at=MONDAY_9 - timedelta(days=5))
    office.tick(at=MONDAY_9)
    with office.unit_of_work() as uow:
        answering.confirm_unchanged(uow, office.ana.id, office.prompt(office.ana).id)
    assert values(office) == []
    corrected = office.submit(office.ana, note="still 62 as far as we know")
    assert isinstance(corrected, Prompt)
    assert corrected.items[0].given is not None
    assert (corrected.items[0].given.value, corrected.items[0].given.is_unchanged) == (Decimal(62), True)


def test_nothing_changed_cannot_stand_for_a_figure_that_is_due(office: Office) -> None:
    with office.unit_of_work() as uow:
        kpi = factories.kpi(uow, owner_id=office.ana.id)
        factories.reading(uow, kpi, 62, period_on=date(2025, 12, 1))
    office.tick(at=MONDAY_9)
    with office.unit_of_work() as uow, pytest.raises(Invalid, match="new figure to give for KPI-1"):
        answering.confirm_unchanged(uow, office.ana.id, office.prompt(office.ana).id)


def test_nothing_changed_twice_is_told_so(office: Office) -> None:
    asked(office)
    prompt_id = office.prompt(office.ana).id
    with office.unit_of_work() as uow:
        answering.confirm_unchanged(uow, office.ana.id, prompt_id)
    with office.unit_of_work() as uow, pytest.raises(Closed, match="answered already"):
        answering.confirm_unchanged(uow, office.ana.id, prompt_id)
    assert values(office) == [(Decimal(70), False)]


def test_a_blocker_is_raised_changed_and_cleared(office: Office) -> None:
    asked(office)
    office.submit(office.ana, value="74", blocker_kind="resource", blocker_text="No trainer before March")
    office.clock.advance(timedelta(hours=1))
    office.submit(office.ana, value="74", blocker_kind="external", blocker_text="The vendor is late")
    with office.unit_of_work() as uow:
        (blocker,) = uow.checkins.list_blockers([office.prompt(office.ana).id])
    assert (blocker.kind, blocker.text) == (BlockerKind.EXTERNAL, "The vendor is late")
    assert (blocker.owner_id, blocker.raised_at) == (office.ana.id, MONDAY_9)
    office.submit(office.ana, value="74")
    with office.unit_of_work() as uow:
        assert uow.checkins.list_blockers([office.prompt(office.ana).id]) == []


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"blocker_text": "No trainer"}, "blocker_kind"), ({"blocker_kind": "resource"}, "blocker_text")],
)
def test_half_a_blocker_is_refused(office: Office, typed: dict[str, str], field: str) -> None:
    asked(office)
    with pytest.raises(InvalidFields) as refusal:
        office.submit(office.ana, 0, **{"value": "74"} | typed)
    assert list(refusal.value.sentences) == [field]


def test_pages_keep_what_was_typed_before(office: Office) -> None:
    asked(office, items=7)
    second = office.submit(office.ana, page=0, value="71", note="first page")
    assert isinstance(second, Page)
    assert second.number == 1
    assert office.prompt(office.ana).state is PromptState.ASKED
    with office.unit_of_work() as uow:
        first = answering.turn_back(
            uow,
            office.ana.id,
            office.prompt(office.ana).id,
            1,
            {f"value:{office.questions(office.ana)[6].id}": "not a number yet"},
        )
    assert first.number == 0
    assert "first page" in first.typed.values()
    assert "not a number yet" in first.typed.values()
    office.submit(office.ana, page=0, value="72", note="first page")
    with pytest.raises(InvalidFields):
        office.submit(office.ana, page=1, value_7="not a number yet")
    answered = office.submit(office.ana, page=1, value_7="77")
    assert isinstance(answered, Prompt)
    assert [item.given.value if item.given else None for item in answered.items] == [
        72, None, None, None, None, None, 77,
    ]  # fmt: skip
    assert office.prompt(office.ana).draft is None


def test_a_form_that_was_left_opens_again_with_what_was_typed(office: Office) -> None:
    asked(office, items=6)
    office.submit(office.ana, page=0, value="71")
    with office.unit_of_work() as uow:
        page = answering.find_page(uow, office.ana.id)
    assert isinstance(page, Page)
    assert "71" in page.typed.values()


def test_later_today_comes_three_hours_on_and_says_so(office: Office) -> None:
    asked(office)
    with office.unit_of_work() as uow:
        prompt = answering.snooze(uow, office.ana.id, office.prompt(office.ana).id)
    assert prompt.snoozed_until == MONDAY_9 + timedelta(hours=3)
    office.tick(at=MONDAY_9 + timedelta(hours=3))
    assert list(office.messages("later:")) == [f"later:{prompt.id}:1"]


def test_later_in_the_afternoon_is_the_next_morning(office: Office) -> None:
    asked(office)
    office.clock.jump_to(MONDAY_9 + timedelta(hours=7))
    with office.unit_of_work() as uow:
        prompt = answering.snooze(uow, office.ana.id, office.prompt(office.ana).id)
    assert prompt.snoozed_until == MONDAY_9 + timedelta(days=1)


def test_later_never_comes_after_the_close(office: Office) -> None:
    asked(office)
    office.tick(at=WEDNESDAY_17 - timedelta(hours=2))
    with office.unit_of_work() as uow:
        prompt = answering.snooze(uow, office.ana.id, office.prompt(office.ana).id)
    assert prompt.snoozed_until == WEDNESDAY_17 - timedelta(hours=1)
    office.clock.jump_to(WEDNESDAY_17 - timedelta(minutes=30))
    with office.unit_of_work() as uow, pytest.raises(Closed, match="too soon"):
        answering.snooze(uow, office.ana.id, prompt.id)


def test_a_week_brings_at_most_five_messages(office: Office) -> None:
    asked(office)
    prompt_id = office.prompt(office.ana).id
    for _ in range(3):
        with office.unit_of_work() as uow:
            prompt = answering.snooze(uow, office.ana.id, prompt_id)
        assert prompt.snoozed_until is not None
        office.tick(at=prompt.snoozed_until)
    with office.unit_of_work() as uow, pytest.raises(Closed, match="as often as one week allows"):
        answering.snooze(uow, office.ana.id, prompt_id)
    office.tick(at=WEDNESDAY_17 - timedelta(hours=1))
    assert len([row for row in office.messages().values() if row.member_id == office.ana.id]) == 5


def test_a_week_can_be_skipped_and_answered_after_all(office: Office) -> None:
    asked(office)
    with office.unit_of_work() as uow:
        answering.skip(uow, office.ana.id, office.prompt(office.ana).id)
    prompt = office.prompt(office.ana)
    assert (prompt.state, prompt.reason) == (PromptState.EXCUSED, "Skipped this week.")
    office.tick(at=WEDNESDAY_17 - timedelta(hours=1))
    assert office.messages("reminder:") == {}
    answered = office.submit(office.ana, value="74")
    assert isinstance(answered, Prompt)
    assert answered.is_answered


def archive_the_plan(office: Office) -> None:
    with office.unit_of_work() as uow:
        plan = uow.plans.get_active()
        plan.state, plan.title = PlanState.ARCHIVED, "Plan 2026"


def submit_nothing(uow: UnitOfWork, member_id: int, prompt_id: int) -> object:
    return answering.submit(uow, member_id, prompt_id, 0, {})


@pytest.mark.parametrize("verb", [answering.open_page, answering.confirm_unchanged, submit_nothing])
def test_the_check_in_of_an_archived_plan_takes_no_answer_and_says_why(
    office: Office, verb: Callable[..., object]
) -> None:
    asked(office)
    archive_the_plan(office)
    prompt_id = office.prompt(office.ana).id
    with (
        office.unit_of_work() as uow,
        pytest.raises(Closed, match="Plan 2026 is archived and stays as it was"),
    ):
        verb(uow, office.ana.id, prompt_id)
    with office.unit_of_work() as uow:
        assert isinstance(answering.find_page(uow, office.ana.id), Waiting)


def test_nobody_is_reminded_of_an_archived_plan_and_nobody_has_missed_it(office: Office) -> None:
    asked(office)
    archive_the_plan(office)
    office.tick(at=WEDNESDAY_17 - timedelta(hours=1))
    assert office.messages("reminder:") == {}
    assert "is archived and stays as it was" in words(list(office.messages("prompt:").values())[-1])
    office.tick(at=WEDNESDAY_17)
    assert office.prompt(office.ana).state is PromptState.EXCUSED
    office.tick(at=NEXT_MONDAY_9)
    assert len(office.prompts(office.ana)) == 1


def test_who_has_nothing_due_is_told_when_it_comes(office: Office) -> None:
    office.key_result(office.ana)
    office.tick()
    with office.unit_of_work() as uow:
        waiting = answering.find_page(uow, office.ana.id)
        nobody = answering.find_page(uow, office.ben.id)
    assert isinstance(waiting, Waiting)
    assert waiting.next_at == MONDAY_9
    assert isinstance(nobody, Waiting)
    assert nobody.next_at is None


def test_what_was_last_said_stands_beside_the_next_question(office: Office) -> None:
    asked(office)
    office.submit(office.ana, value="74", confidence="5", note="training slipped")
    office.tick(at=NEXT_MONDAY_9)
    (question,) = office.questions(office.ana)
    assert question.value_before == Decimal(74)
    assert (question.confidence_before, question.note_before) == (5, "training slipped")


def test_the_reason_of_a_skip_stays_with_it_and_is_not_too_long(office: Office) -> None:
    asked(office)
    prompt_id = office.prompt(office.ana).id
    with office.unit_of_work() as uow, pytest.raises(Invalid, match="251 characters, and 250 fit"):
        answering.skip(uow, office.ana.id, prompt_id, "x" * 251)
    with office.unit_of_work() as uow:
        answering.skip(uow, office.ana.id, prompt_id, "Stocktaking until Friday")
    assert office.prompt(office.ana).reason == "Skipped this week: Stocktaking until Friday"
    (edit,) = [row for key, row in office.messages("prompt:").items() if ":edit:" in key]
    assert "You skip this week's check-in." in words(edit)


def test_someone_else_is_asked_to_answer_this_once(office: Office) -> None:
    asked(office)
    prompt_id, ben = office.prompt(office.ana).id, office.ben.slack_user_id or ""
    with office.unit_of_work() as uow:
        assert answering.delegate(uow, office.ana.id, prompt_id, ben) == "Ben Okoye"
    (message,) = office.messages("delegate:").values()
    assert message.member_id == office.ben.id
    assert "Ana Ruiz asks you to answer this check-in for them, this once." in words(message)
    office.deliver()
    (question,) = office.questions(office.ana)
    with office.unit_of_work() as uow:
        done = answering.submit(uow, office.ben.id, prompt_id, 0, {f"value:{question.id}": "74"})
    assert isinstance(done, Prompt)
    assert office.prompt(office.ana).state is PromptState.ANSWERED
    with office.unit_of_work() as uow:
        (reading,) = list_readings(uow, key_result_id=question.item_id)[1:]
    assert reading.member_id == office.ben.id
    office.tick(at=NEXT_MONDAY_9)
    assert {row.member_id for key, row in office.messages("prompt:").items() if ":edit:" not in key} == {
        office.ana.id
    }


def test_nobody_unknown_or_twice_is_asked_to_answer(office: Office) -> None:
    asked(office)
    prompt_id = office.prompt(office.ana).id
    with office.unit_of_work() as uow:
        with pytest.raises(NotFound, match="does not know this person yet"):
            answering.delegate(uow, office.ana.id, prompt_id, "U9999")
        with pytest.raises(Invalid, match="That is you"):
            answering.delegate(uow, office.ana.id, prompt_id, office.ana.slack_user_id or "")
        answering.delegate(uow, office.ana.id, prompt_id, office.ben.slack_user_id or "")
        with pytest.raises(Closed, match="Ben Okoye was asked already"):
            answering.delegate(uow, office.ana.id, prompt_id, office.ben.slack_user_id or "")
        with pytest.raises(Closed, match="nothing to hand on"):
            answering.delegate(uow, office.ben.id, prompt_id, office.ana.slack_user_id or "")
