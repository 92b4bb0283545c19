"""Prompts follow the item's owner, also when it changes hands while a check-in asks for it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.checkins import answering, single_items
from bot.checkins.answering import Page
from bot.checkins.facts import Prompt
from bot.checkins.forms import checkin_form
from bot.checkins.prompts import HANDED_OVER
from storage.editing.items import change_item
from storage.editing.steps import change_step
from storage.rules.errors import Closed
from storage.rules.terms import Kind, PromptState, Role
from storage.tables import KeyResult, Member, Outbox
from tests import factories
from tests.bot.checkins.office import Office, buttons, payload_words, words

MONDAY_9 = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)
MONDAY_15 = datetime(2026, 2, 9, 15, 0, tzinfo=UTC)
TUESDAY_9 = datetime(2026, 2, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def led(office: Office) -> Office:
    """Ana may change everything, as the strategy lead."""
    with office.unit_of_work() as uow:
        uow.roles.grant(office.ana.id, Role.STRATEGY_LEAD, by_id=None, at=uow.now)
    return office


def hand_over(office: Office, key_result: KeyResult, to: Member) -> None:
    with office.unit_of_work() as uow:
        viewer = uow.roles.get_viewer(office.ana.id)
        change_item(uow, viewer, (Kind.KEY_RESULT, key_result.number), {"owner_id": to.id}, reason="moved on")


def newest(office: Office, who: Member) -> Outbox:
    key = f"prompt:{office.prompt(who).id}"
    rows = office.messages(key)
    return [row for row in rows.values() if row.key == key or row.key.startswith(f"{key}:edit:")][-1]


def asked(office: Office, who: Member) -> list[str]:
    return [one.reference for one in office.questions(who) if one.asks == "figure"]


def test_what_changed_hands_leaves_the_open_question_and_joins_that_of_its_new_owner(led: Office) -> None:
    office = led
    first, _, _ = office.key_result(office.ben), office.key_result(office.ben), office.key_result(office.ana)
    office.tick(at=MONDAY_9)
    office.deliver()
    hand_over(office, first, office.ana)
    office.tick(at=MONDAY_15)
    assert (asked(office, office.ben), asked(office, office.ana)) == (["KR-2"], ["KR-3", "KR-1"])
    assert "KR-1 belongs to Ana Ruiz now, who answers for it." in words(newest(office, office.ben))
    assert "*KR-1 · First" not in words(newest(office, office.ben))
    assert "KR-1 · First-contact resolution" in words(newest(office, office.ana))
    # Nobody is told by a message of its own.
    assert len([row for row in office.messages().values() if row.edit_of_id is None]) == 2
    office.submit(office.ana, value="74", value_2="75")
    assert office.prompt(office.ana).state is PromptState.ANSWERED


def test_who_is_left_with_nothing_is_not_asked_any_more(led: Office) -> None:
    office = led
    only = office.key_result(office.ben)
    office.key_result(office.ana)
    office.tick(at=MONDAY_9)
    office.deliver()
    hand_over(office, only, office.ana)
    office.tick(at=MONDAY_15)
    prompt = office.prompt(office.ben)
    assert (prompt.state, prompt.reason) == (PromptState.EXCUSED, HANDED_OVER)
    assert "Nothing of this check-in is left for you to answer." in words(newest(office, office.ben))
    assert buttons(newest(office, office.ben)) == []
    with office.unit_of_work() as uow, pytest.raises(Closed, match="belongs to others now"):
        answering.open_page(uow, office.ben.id, prompt.id)


def test_a_new_owner_whom_nobody_asked_this_week_is_asked_still_in_this_window(led: Office) -> None:
    office = led
    key_result = office.key_result(office.ben)
    chen = office.member(name="Chen Wei")
    with office.unit_of_work() as uow:
        # A key result of an older quarter gave Chen a place in the calendar.
        old = factories.objective(uow, starts_on=date(2025, 10, 1), ends_on=date(2025, 12, 31))
        factories.key_result(uow, objective_id=old.id, owner_id=chen.id)
    office.tick(at=MONDAY_9)
    office.deliver()
    assert office.prompts(chen) == []
    hand_over(office, key_result, chen)
    office.tick(at=MONDAY_15)
    office.tick(at=MONDAY_15)
    assert asked(office, chen) == ["KR-1"]
    assert office.prompt(chen).window_id == office.prompt(office.ben).window_id
    assert len(office.messages(f"prompt:{office.prompt(chen).id}")) == 1


def test_who_was_told_something_today_is_asked_tomorrow(led: Office) -> None:
    office = led
    key_result = office.key_result(office.ben)
    chen = office.member(name="Chen Wei")
    with office.unit_of_work() as uow:
        old = factories.objective(uow, starts_on=date(2025, 10, 1), ends_on=date(2025, 12, 31))
        factories.key_result(uow, objective_id=old.id, owner_id=chen.id)
        factories.message(uow, f"ladder:{chen.id}:2026-02-09", member_id=chen.id)
    office.tick(at=MONDAY_9)
    hand_over(office, key_result, chen)
    office.tick(at=MONDAY_15)
    office.tick(at=MONDAY_15)
    assert office.prompts(chen) == []
    office.tick(at=TUESDAY_9)
    assert asked(office, chen) == ["KR-1"]


def test_what_is_answered_stays_with_who_answered_it(led: Office) -> None:
    office = led
    first = office.key_result(office.ben)
    office.key_result(office.ben)
    office.key_result(office.ana)
    office.tick(at=MONDAY_9)
    question = office.questions(office.ben)[0]
    with office.unit_of_work() as uow:
        single_items.submit_item(uow, office.ben.id, question.id, 0, {f"value:{question.id}": "74"})
    hand_over(office, first, office.ana)
    office.tick(at=MONDAY_15)
    assert (asked(office, office.ben), asked(office, office.ana)) == (["KR-1", "KR-2"], ["KR-3"])


def test_a_form_that_was_open_comes_back_without_it_and_keeps_what_was_typed(led: Office) -> None:
    office = led
    first = office.key_result(office.ben)
    office.key_result(office.ben)
    office.tick(at=MONDAY_9)
    hand_over(office, first, office.ana)
    office.tick(at=MONDAY_15)
    page = office.submit(office.ben, value="74", value_2="75", note_2="routing done")
    assert isinstance(page, Page)
    second = office.questions(office.ben)[1].id
    assert (page.typed[f"value:{second}"], page.typed[f"note:{second}"]) == ("75", "routing done")
    said = payload_words(checkin_form(page.prompt, page.number, page.typed))
    assert "KR-1 belongs to Ana Ruiz now, who answers for it." in said
    with office.unit_of_work() as uow:
        answered = answering.submit(uow, office.ben.id, page.prompt.id, 0, {f"value:{second}": "75"})
    assert isinstance(answered, Prompt)


def test_the_menu_of_a_line_that_has_gone_says_whose_it_is(led: Office) -> None:
    office = led
    first = office.key_result(office.ben)
    office.key_result(office.ben)
    office.tick(at=MONDAY_9)
    question = office.questions(office.ben)[0]
    hand_over(office, first, office.ana)
    office.tick(at=MONDAY_15)
    with office.unit_of_work() as uow, pytest.raises(Closed, match=r"KR-1 belongs to Ana Ruiz now"):
        single_items.open_item(uow, office.ben.id, question.id)


def test_an_answered_check_in_shows_what_came_to_it_as_left_open(led: Office) -> None:
    office = led
    first = office.key_result(office.ben)
    office.key_result(office.ana)
    office.tick(at=MONDAY_9)
    office.deliver()
    office.submit(office.ana, value="74")
    hand_over(office, first, office.ana)
    office.tick(at=MONDAY_15)
    assert "Left open: KR-1." in words(newest(office, office.ana))
    assert buttons(newest(office, office.ana)) == ["Correct"]
    assert office.prompt(office.ana).state is PromptState.ANSWERED


def test_what_comes_back_is_asked_again_and_once(led: Office) -> None:
    office = led
    first = office.key_result(office.ben)
    office.key_result(office.ben)
    office.key_result(office.ana)
    office.tick(at=MONDAY_9)
    hand_over(office, first, office.ana)
    office.tick(at=MONDAY_15)
    hand_over(office, first, office.ben)
    office.tick(at=MONDAY_15 + timedelta(hours=1))
    assert (asked(office, office.ben), asked(office, office.ana)) == (["KR-1", "KR-2"], ["KR-3"])


def test_a_step_follows_its_owner_too(led: Office) -> None:
    office = led
    office.key_result(office.ana)
    office.key_result(office.ben)
    with office.unit_of_work() as uow:
        initiative = factories.initiative(uow, owner_id=office.ana.id, team_id=office.team.id)
        step_id = factories.step(uow, initiative, owner_id=office.ben.id, due_on=date(2026, 2, 10)).id
    office.tick(at=MONDAY_9)
    assert [one.asks for one in office.questions(office.ben)] == ["figure", "step"]
    with office.unit_of_work() as uow:
        change_step(uow, uow.roles.get_viewer(office.ana.id), step_id, {"owner_id": office.ana.id})
    office.tick(at=MONDAY_15)
    assert [one.asks for one in office.questions(office.ben)] == ["figure", "moved"]
    assert [one.asks for one in office.questions(office.ana)] == ["figure", "step"]
