"""A whole week, on each kind of database; and what holds however people and the clock take turns."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

from bot.checkins import answering
from bot.checkins.asking import open_prompts
from bot.checkins.facts import Prompt
from storage.database import Database
from storage.rules.terms import PromptState
from tests import factories
from tests.bot.checkins.office import Office, words

MONDAY_9 = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)
REMINDER = datetime(2026, 2, 11, 12, 12, tzinfo=UTC)
WEDNESDAY_17 = datetime(2026, 2, 11, 17, 0, tzinfo=UTC)


def test_a_week_from_the_question_to_the_last_word(office_on_both: Office) -> None:
    office = office_on_both
    sam = office.member(name="Sam Lee", zone="America/New_York")
    dora = office.member(name="Dora Novak", slack_user_id=None)
    for member in (office.ana, office.ben, sam, dora):
        key_result = office.key_result(member)
        with office.unit_of_work() as uow:
            factories.reading(uow, key_result, 70, period_on=date(2026, 2, 2))
    office.tick(at=MONDAY_9)
    office.deliver()
    assert [question.reference for question in office.questions(office.ana)] == ["KR-1", "KR-4"]

    office.submit(office.ana, value="74,5 %", confidence="8", note="routing done", value_2="71")
    with office.unit_of_work() as uow:
        answering.snooze(uow, office.ben.id, office.prompt(office.ben).id)
    office.tick(at=MONDAY_9 + timedelta(hours=5))
    office.deliver()
    office.submit(office.ana, value="75", confidence="8", note="routing done", value_2="71")
    with office.unit_of_work() as uow:
        answering.confirm_unchanged(uow, sam.id, office.prompt(sam).id)

    office.tick(at=REMINDER)
    assert {row.member_id for row in office.messages("reminder:").values()} == {office.ben.id}
    office.deliver()
    office.tick(at=WEDNESDAY_17)
    assert office.prompt(office.ben).state is PromptState.MISSED
    assert office.messages("closing:") == {}
    late = office.submit(office.ben, value="72", blocker_kind="dependency", blocker_text="IT is late")
    assert isinstance(late, Prompt)
    assert late.is_late
    office.tick(at=WEDNESDAY_17 + timedelta(hours=5))
    (closing,) = office.messages("closing:").values()
    assert "IT is late" in words(closing)
    with office.unit_of_work() as uow:
        window_id = office.prompt(office.ana).window_id
        said = [words(row) for row in office.messages("summary:").values()]
        prompts = uow.checkins.list_prompts(window_id)
    assert "3 of 3 answered" in said[-1]
    assert [(member.name, prompt.state) for prompt, member in prompts] == [
        ("Ana Ruiz", PromptState.ANSWERED),
        ("Ben Okoye", PromptState.ANSWERED),
        ("Sam Lee", PromptState.ANSWERED),
    ]
    assert office.next_due() == MONDAY_9 + timedelta(days=7)


def test_two_replicas_that_tick_at_once_ask_everyone_once(
    office_on_both: Office, database: Database, workspace: int
) -> None:
    office = office_on_both
    with office.unit_of_work() as uow:
        for _ in range(20):
            factories.key_result(uow, owner_id=factories.member(uow, home=office.team).id)
    office.tick()
    office.clock.jump_to(MONDAY_9)

    def replica(_: int) -> int:
        with database.unit_of_work(workspace, MONDAY_9) as uow:
            return open_prompts(uow, 50)

    with ThreadPoolExecutor(2) as pool:
        done = sum(pool.map(replica, range(2)))
    assert done == 21  # with Ana, who leads the team and has nothing to answer
    assert len(office.messages("prompt:")) == 20


def test_two_answers_at_once_both_stand_in_the_summary(
    office_on_both: Office, database: Database, workspace: int
) -> None:
    office = office_on_both
    for member in (office.ana, office.ben):
        office.key_result(member)
    office.tick(at=MONDAY_9)
    forms = [
        (member.id, office.prompt(member).id, {f"value:{office.questions(member)[0].id}": "74"})
        for member in (office.ana, office.ben)
    ]

    def submit(form: tuple[int, int, dict[str, str]]) -> None:
        member_id, prompt_id, typed = form
        with database.unit_of_work(workspace, MONDAY_9) as uow:
            answering.submit(uow, member_id, prompt_id, 0, typed)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(submit, forms))
    (summary,) = office.messages("summary:").values()
    assert "2 of 2 answered" in words(summary)
