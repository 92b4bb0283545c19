"""What a team's lead sets about its check-in, and does with what comes in."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.checkins import leading
from bot.checkins.lead_messages import blocker_form, preview_message, team_form
from storage.rules.errors import Closed, DomainError, Invalid, InvalidFields, NotAllowed, NotFound
from storage.tables import Outbox
from tests import factories
from tests.bot.checkins.office import Office, buttons, payload_words, words

MONDAY_9 = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)
TYPED = {"template": "none", "questions": "", "pulse": "", "paused": ""}


def save(office: Office, **typed: str) -> leading.TeamSettings:
    with office.unit_of_work() as uow:
        return leading.save_team(
            uow, office.ana.id, office.team.id, {**TYPED, **typed}, names_missing=typed.get("named") != "no"
        )


def shown(office: Office, prefix: str = "summary:") -> Outbox:
    """The summary as it stands after its newest edit."""
    return list(office.messages(prefix).values())[-1]


def window_of(office: Office) -> int:
    return office.prompt(office.ben).window_id


def test_a_lead_sets_questions_and_they_are_asked_from_the_next_check_in_on(office: Office) -> None:
    office.key_result(office.ben)
    own = "How full is your week? [light / too full]\n> too full: What would help?"
    saved = save(office, template="weekly", questions=own, pulse="How was your week?")
    assert (saved.template, saved.own, saved.pulse) == ("weekly", own, "How was your week?")
    office.tick(at=MONDAY_9)
    figure, asked, pulse = office.questions(office.ben)
    assert (figure.asks, asked.asks, pulse.asks) == ("figure", "team questions", "pulse")
    assert asked.form is not None
    assert [field["label"] for field in asked.form["fields"]] == [
        "What did you commit to last week, and did it happen?",
        "What do you commit to this week?",
        "How full is your week?",
        "What would help?",
    ]
    office.submit(office.ben, value="72", t1_2="two demos", q0_2="light")  # then the page of the pulse
    office.submit(office.ben, page=1)
    assert "Committed to" in words(shown(office))
    assert "two demos" in words(shown(office))


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"paused": "soon"}, "paused", "Type the last day without a check-in"),
        ({"paused": "2026-02-01"}, "paused", "from today on, within a year"),
        ({"paused": "2030-01-01"}, "paused", "from today on, within a year"),
        ({"questions": "> what"}, "questions", "follows no answer"),
        ({"pulse": "x" * 201}, "pulse", "201 characters, and 200 fit"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused_beside_their_input(
    office: Office, typed: dict[str, str], field: str, sentence: str
) -> None:
    with pytest.raises(InvalidFields) as refused:
        save(office, **typed)
    assert sentence in refused.value.sentences[field]


def test_only_a_lead_sets_how_a_team_checks_in(office: Office) -> None:
    with office.unit_of_work() as uow:
        with pytest.raises(NotAllowed, match="Only a team's lead"):
            leading.read_team(uow, office.ben.id)
        with pytest.raises(NotFound, match=r"called “Sales”\. You lead Customer Service\."):
            leading.find_team(uow, office.ana.id, "Sales")
        found = leading.find_team(uow, office.ana.id, "customer service")
    view = team_form(
        team_id=found.team_id, team=found.team, template=found.template, own=found.own, pulse=found.pulse,
        names_missing=found.names_missing, paused_until=found.paused_until,
    )  # fmt: skip
    assert "Customer Service" in payload_words(view)


def test_asking_now_brings_the_one_reminder_forward(office: Office) -> None:
    office.key_result(office.ben)
    with office.unit_of_work() as uow, pytest.raises(Closed, match="Nobody can be asked now"):
        leading.ask_now(uow, office.ana.id, office.team.id)
    office.tick(at=MONDAY_9)
    office.deliver()
    office.clock.jump_to(MONDAY_9 + timedelta(hours=2))
    with office.unit_of_work() as uow:
        assert leading.ask_now(uow, office.ana.id, office.team.id) == 1
    office.tick()
    assert len(office.messages("reminder:")) == 1
    with office.unit_of_work() as uow, pytest.raises(Closed):
        leading.ask_now(uow, office.ana.id, office.team.id)


def test_a_preview_says_who_will_be_asked_what(office: Office) -> None:
    office.key_result(office.ben)
    office.tick(at=MONDAY_9)
    with office.unit_of_work() as uow:
        found = leading.preview(uow, office.ana.id, office.team.id)
    assert found.week_on == date(2026, 2, 16)
    assert found.rows == (("Ben Okoye", MONDAY_9 + timedelta(days=7), ("KR-1",)),)
    message = preview_message(found.team, found.week_on, found.rows, "UTC")
    assert "Ben Okoye  ·  KR-1" in payload_words(message.payload())


def test_a_lead_acknowledges_asks_and_assigns_a_blocker(office: Office) -> None:
    office.key_result(office.ben)
    chen = office.member(name="Chen Wu")
    office.tick(at=MONDAY_9)
    office.submit(office.ben, value="72", blocker_kind="resource", blocker_text="No trainer before March")
    office.deliver()
    assert buttons(shown(office)) == ["Acknowledge", "Ask in the thread", "Assign a blocker"]
    window_id = window_of(office)
    with office.unit_of_work() as uow:
        leading.acknowledge(uow, office.ana.id, window_id)
        leading.ask_in_thread(uow, office.ana.id, window_id, "Could Sales lend one?")
        (blocker,) = leading.list_blockers(uow, office.ana.id, window_id)
        assert "No trainer" in str(blocker_form(window_id, [(blocker.id, blocker.whose, blocker.text)]))
        leading.assign_blocker(uow, office.ana.id, window_id, blocker.id, chen.slack_user_id or "")
    said = words(shown(office))
    assert "Ana Ruiz has read it." in said
    assert "Chen Wu  ·  since today" in said
    (remark,) = office.messages("remark:").values()
    assert remark.thread_of_id is not None
    (told,) = office.messages("blocker:").values()
    assert told.member_id == chen.id
    assert "Ana Ruiz asks you to take on a blocker (resource)" in words(told)


def test_what_is_the_leads_is_not_anybodys(office: Office) -> None:
    office.key_result(office.ben)
    office.tick(at=MONDAY_9)
    office.submit(office.ben, value="72")
    window_id = window_of(office)
    with office.unit_of_work() as uow:
        for attempt in (
            lambda: leading.acknowledge(uow, office.ben.id, window_id),
            lambda: leading.ask_in_thread(uow, office.ben.id, window_id, "Why?"),
            lambda: leading.list_blockers(uow, office.ben.id, window_id),
            lambda: leading.assign_blocker(uow, office.ben.id, window_id, 1, "U1"),
        ):
            with pytest.raises(NotAllowed, match="This is for the team's lead"):
                attempt()


@pytest.mark.parametrize("text", ["", "  ", "x" * 2001])
def test_a_remark_without_words_or_with_too_many_is_refused(office: Office, text: str) -> None:
    office.key_result(office.ben)
    office.tick(at=MONDAY_9)
    office.submit(office.ben, value="72")
    with office.unit_of_work() as uow, pytest.raises(Invalid, match="at most 2,000 characters"):
        leading.ask_in_thread(uow, office.ana.id, window_of(office), text)


def test_a_blocker_that_is_gone_or_an_unknown_person_is_said(office: Office) -> None:
    office.key_result(office.ben)
    office.tick(at=MONDAY_9)
    office.submit(office.ben, value="72")
    window_id = window_of(office)
    prompt_id = office.prompt(office.ben).id
    faults: list[DomainError] = []
    with office.unit_of_work() as uow:
        for attempt in (
            lambda: leading.list_blockers(uow, office.ana.id, window_id),
            lambda: leading.assign_blocker(uow, office.ana.id, window_id, 99, "U0001"),
        ):
            with pytest.raises(DomainError) as refused:
                attempt()
            faults.append(refused.value)
        factories.blocker(uow, uow.checkins.get_prompt(prompt_id))
        (blocker,) = leading.list_blockers(uow, office.ana.id, window_id)
        with pytest.raises(NotFound, match="does not know this person yet"):
            leading.assign_blocker(uow, office.ana.id, window_id, blocker.id, "U9999")
    assert [type(fault) for fault in faults] == [Closed, NotFound]


def test_who_is_missing_is_named_or_only_counted_as_the_team_wishes(office: Office) -> None:
    for member in (office.ana, office.ben):
        office.key_result(member)
    save(office, named="no")
    office.tick(at=MONDAY_9)
    office.submit(office.ana, value="72")
    assert "Not yet: 1." in words(shown(office))
    assert "Not yet: Ben" not in words(shown(office))
