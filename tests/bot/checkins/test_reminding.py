"""Who is reminded, when, and what becomes of those who stay silent."""

from datetime import UTC, date, datetime, timedelta

from bot.checkins import answering
from bot.checkins.facts import Prompt
from storage.repositories.outbox import ANSWER, TIDYING
from storage.rules.terms import PromptState
from storage.tables.outbox import Outbox, OutboxState
from tests import factories
from tests.bot.checkins.office import Office, buttons, words

MONDAY_9 = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)
REMINDER = datetime(2026, 2, 11, 12, 12, tzinfo=UTC)
"""80 % of 24 working hours, Monday 9:00 to Wednesday 17:00."""
WEDNESDAY_17 = datetime(2026, 2, 11, 17, 0, tzinfo=UTC)


def test_those_who_are_missing_are_reminded_once_at_80_percent(office: Office) -> None:
    office.key_result(office.ana)
    office.key_result(office.ben)
    office.tick(at=MONDAY_9)
    office.deliver()
    office.submit(office.ana, value="74")
    office.tick(at=REMINDER - timedelta(minutes=1))
    assert office.messages("reminder:") == {}
    office.tick(at=REMINDER)
    office.tick(at=REMINDER + timedelta(minutes=5))
    (reminder,) = office.messages("reminder:").values()
    assert reminder.member_id == office.ben.id
    assert reminder.expires_at == WEDNESDAY_17
    assert "not answered yet" in words(reminder)
    assert "KR-2" not in words(reminder)


def test_the_reminder_carries_the_items_where_the_question_may_not_have_arrived(office: Office) -> None:
    office.key_result(office.ana)
    office.tick(at=MONDAY_9)
    with office.unit_of_work() as uow:
        question = uow.outbox.find(f"prompt:{office.prompt(office.ana).id}")
        assert question is not None
        question.state = OutboxState.UNCONFIRMED
    office.tick(at=REMINDER)
    (reminder,) = office.messages("reminder:").values()
    assert "KR-1 · First-contact resolution" in words(reminder)
    assert buttons(reminder) == ["Check in", "Later today", "Why this?"]


def test_a_question_that_still_waits_does_not_come_beside_its_reminder(office: Office) -> None:
    office.key_result(office.ana)
    office.tick(at=MONDAY_9)
    office.tick(at=REMINDER)
    (question,) = office.messages("prompt:").values()
    (reminder,) = office.messages("reminder:").values()
    assert (question.state, reminder.state) == (OutboxState.EXPIRED, OutboxState.PENDING)


def test_a_reminder_that_an_outage_delayed_waits_for_working_time(office: Office) -> None:
    office.key_result(office.ana)
    with office.unit_of_work() as uow:
        workspace = uow.workspace
        workspace.checkin_closes_weekday, workspace.reminder_percent = 3, 50
    office.tick(at=MONDAY_9)
    office.tick(at=datetime(2026, 2, 11, 3, 0, tzinfo=UTC))
    assert office.messages("reminder:") == {}
    office.tick(at=datetime(2026, 2, 11, 9, 0, tzinfo=UTC))
    assert len(office.messages("reminder:")) == 1


def test_what_was_put_off_past_the_reminder_stands_for_it(office: Office) -> None:
    office.key_result(office.ana)
    office.tick(at=MONDAY_9)
    office.deliver()
    office.tick(at=REMINDER - timedelta(hours=1))
    with office.unit_of_work() as uow:
        answering.snooze(uow, office.ana.id, office.prompt(office.ana).id)
    office.tick(at=REMINDER)
    assert office.messages("reminder:") == {}
    office.tick(at=REMINDER + timedelta(hours=2))
    assert len(office.messages("later:")) == 1
    assert office.messages("reminder:") == {}


def test_an_answer_takes_back_a_reminder_that_still_waits(office: Office) -> None:
    office.key_result(office.ana)
    office.tick(at=MONDAY_9)
    office.deliver()
    office.tick(at=REMINDER)
    office.submit(office.ana, value="74")
    (reminder,) = office.messages("reminder:").values()
    assert reminder.state == OutboxState.EXPIRED


def test_an_answer_redraws_every_message_that_carried_the_question(office: Office) -> None:
    office.key_result(office.ana)
    office.tick(at=MONDAY_9)
    office.deliver()
    office.tick(at=REMINDER)
    office.deliver()
    office.submit(office.ana, value="74")
    sent = {row.id: key for key, row in office.messages().items()}
    edited = {sent[row.edit_of_id] for row in office.messages().values() if row.edit_of_id is not None}
    prompt_id = office.prompt(office.ana).id
    assert edited == {f"prompt:{prompt_id}", f"reminder:{prompt_id}"}


def test_silence_ends_with_the_window_and_is_counted_as_missed(office: Office) -> None:
    office.key_result(office.ana)
    office.tick(at=MONDAY_9)
    office.tick(at=WEDNESDAY_17)
    prompt = office.prompt(office.ana)
    assert (prompt.state, prompt.reason) == (PromptState.MISSED, "")


def test_someone_deactivated_in_the_middle_of_the_week_is_not_reminded(office: Office) -> None:
    office.key_result(office.ben)
    office.tick(at=MONDAY_9)
    with office.unit_of_work() as uow:
        uow.members.get(office.ben.id).is_deactivated = True
    office.tick(at=REMINDER)
    assert office.messages("reminder:") == {}


def test_who_is_away_from_tuesday_on_is_reminded_while_they_are_there(office: Office) -> None:
    office.key_result(office.ana)
    with office.unit_of_work() as uow:
        factories.absence(uow, office.ana, date(2026, 2, 10), date(2026, 2, 20))
    office.tick(at=MONDAY_9)
    # 80 % of the one working day that is left to them.
    office.tick(at=datetime(2026, 2, 9, 15, 24, tzinfo=UTC))
    assert len(office.messages("reminder:")) == 1


def newest(office: Office, key: str) -> Outbox:
    """What a message says by now: its last edit, or itself."""
    rows = office.messages(key)
    return [row for row in rows.values() if row.key == key or row.key.startswith(f"{key}:edit:")][-1]


def test_once_it_has_closed_every_message_says_so_and_offers_only_what_still_works(office: Office) -> None:
    office.key_result(office.ana)
    office.tick(at=MONDAY_9)
    office.deliver()
    office.tick(at=REMINDER)
    office.deliver()
    office.tick(at=WEDNESDAY_17)
    prompt_id = office.prompt(office.ana).id
    for key in (f"prompt:{prompt_id}", f"reminder:{prompt_id}"):
        closed = newest(office, key)
        assert (closed.edit_of_id is not None, closed.priority) == (True, TIDYING)
        assert "without an answer. A late one is still taken until the next check-in comes" in words(closed)
        assert buttons(closed) == ["Answer late", "Why this?"]
    late = office.submit(office.ana, value="74")
    assert isinstance(late, Prompt)
    assert late.is_late
    assert "marked as late" in words(newest(office, f"prompt:{prompt_id}"))


def test_nothing_changed_still_works_from_a_message_that_has_closed(office: Office) -> None:
    key_result = office.key_result(office.ana)
    with office.unit_of_work() as uow:
        factories.reading(uow, key_result, 72, period_on=date(2026, 2, 2))
    office.tick(at=MONDAY_9)
    office.deliver()
    office.tick(at=WEDNESDAY_17)
    prompt_id = office.prompt(office.ana).id
    assert buttons(newest(office, f"prompt:{prompt_id}")) == ["Answer late", "Nothing changed", "Why this?"]
    with office.unit_of_work() as uow:
        assert answering.confirm_unchanged(uow, office.ana.id, prompt_id).is_late


def test_an_answer_cannot_be_corrected_from_its_message_once_the_week_has_closed(office: Office) -> None:
    office.key_result(office.ana)
    office.tick(at=MONDAY_9)
    office.deliver()
    office.submit(office.ana, value="74")
    key = f"prompt:{office.prompt(office.ana).id}"
    assert buttons(newest(office, key)) == ["Correct"]
    office.deliver()
    office.tick(at=WEDNESDAY_17)
    assert buttons(newest(office, key)) == []
    assert "— → 74 %" in words(newest(office, key))


def test_a_question_that_never_went_out_is_not_brought_up_to_date(office: Office) -> None:
    office.key_result(office.ana)
    office.tick(at=MONDAY_9)
    office.tick(at=WEDNESDAY_17)
    assert not [row for row in office.messages("prompt:").values() if row.edit_of_id is not None]


def test_a_late_answer_does_not_wait_behind_what_is_only_brought_up_to_date(office: Office) -> None:
    office.key_result(office.ana)
    office.tick(at=MONDAY_9)
    office.deliver()
    office.tick(at=WEDNESDAY_17)
    office.submit(office.ana, value="74")
    assert newest(office, f"prompt:{office.prompt(office.ana).id}").priority == ANSWER
