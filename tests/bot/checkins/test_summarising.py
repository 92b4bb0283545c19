"""One message a team and week, its thread, and its last word."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.checkins import answering
from bot.checkins.questions import list_stale
from storage.rules.terms import Frequency, Kind, ReaderKind, Status
from storage.tables import Outbox
from storage.tables.outbox import OutboxState
from tests import factories
from tests.bot.checkins.office import Office, words

MONDAY_9 = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)
WEDNESDAY_17 = datetime(2026, 2, 11, 17, 0, tzinfo=UTC)
NEXT_MONDAY_9 = MONDAY_9 + timedelta(days=7)


def asked(office: Office) -> None:
    """Ana and Ben are each asked about a key result that stood at 70 %."""
    for member in (office.ana, office.ben):
        key_result = office.key_result(member)
        with office.unit_of_work() as uow:
            factories.reading(uow, key_result, 70, period_on=date(2026, 2, 2))
    office.tick(at=MONDAY_9)
    office.deliver()


def summary(office: Office) -> Outbox:
    """The team's message as it looks now."""
    (posted,) = (row for key, row in office.messages("summary:").items() if key.count(":") == 1)
    edits = [row for row in office.messages().values() if row.edit_of_id == posted.id]
    return edits[-1] if edits else posted


def details(office: Office) -> list[Outbox]:
    return [row for key, row in office.messages("detail:").items() if key.count(":") == 1]


def test_the_summary_appears_with_the_first_answer_in_the_teams_channel(office: Office) -> None:
    asked(office)
    assert office.messages("summary:") == {}
    office.submit(office.ana, value="74", confidence="8")
    posted = summary(office)
    assert posted.channel_id == "C0CS"
    said = words(posted)
    assert "Customer Service" in said
    assert "1 of 2 answered" in said
    assert "*70 % → 74 %*" in said
    assert "Not yet: Ben." in said


def test_a_figure_stands_in_the_summary_as_it_does_in_the_plan_by_the_workspaces_own_thresholds(
    office: Office,
) -> None:
    with office.unit_of_work() as uow:
        uow.settings.change({"thresholds": {"confidence_high": "10", "confidence_medium": "9"}})
        uow.strategies.count_change()
    asked(office)
    office.submit(office.ana, value="79", confidence="8")
    with office.unit_of_work() as uow:
        standings = uow.picture().standings
    assert standings[Kind.KEY_RESULT, 1].status is Status.OFF_TRACK
    assert "■ off track" in words(summary(office))


def test_a_check_in_that_closes_later_makes_a_week_stale_later_everywhere(office: Office) -> None:
    key_result = office.key_result(office.ana, starts_on=date(2026, 1, 1))
    with office.unit_of_work() as uow:
        factories.reading(uow, key_result, 70, period_on=date(2026, 1, 19))
        uow.settings.change({"checkin_closes_weekday": 6, "thresholds": {"grace_weekly": "8"}})
        uow.strategies.count_change()
    office.tick(at=MONDAY_9)
    with office.unit_of_work() as uow:
        standing = uow.picture().standings[Kind.KEY_RESULT, 1]
        assert list_stale(uow, MONDAY_9.date()) == []
    # The week of 26 January is due on Sunday 1 February, and counts as missing from the 10th on.
    assert standing.status is not Status.STALE
    office.clock.jump_to(MONDAY_9 + timedelta(days=1))
    with office.unit_of_work() as uow:
        assert [since_on for _, since_on in list_stale(uow, date(2026, 2, 10))] == [date(2026, 2, 10)]


def test_the_summary_is_one_message_edited_in_place(office: Office) -> None:
    asked(office)
    office.submit(office.ana, value="74")
    office.deliver()
    office.submit(office.ben, value="72")
    posts = [row for row in office.messages().values() if row.channel_id is not None]
    assert len(posts) == 1
    said = words(summary(office))
    assert "2 of 2 answered" in said
    assert "Not yet" not in said


def test_what_moved_most_stands_first(office: Office) -> None:
    asked(office)
    office.submit(office.ana, value="71")
    office.submit(office.ben, value="79")
    said = words(summary(office))
    assert said.index("KR-2") < said.index("KR-1")


def test_each_answer_is_a_reply_in_the_thread_and_a_correction_edits_it(office: Office) -> None:
    asked(office)
    office.submit(office.ana, value="74", note="routing done")
    office.submit(office.ben, value="72")
    office.deliver()
    replies = details(office)
    assert {row.thread_of_id for row in replies} == {office.messages("summary:")[summary_key(office)].id}
    assert "routing done" in words(replies[0])
    office.submit(office.ana, value="75", note="routing really done")
    edits = [row for row in office.messages("detail:").values() if row.edit_of_id == replies[0].id]
    assert "routing really done" in words(edits[0])
    assert not [row for row in office.messages("detail:").values() if row.edit_of_id == replies[1].id]


def test_what_is_at_risk_and_what_blocks_is_named_with_its_owner(office: Office) -> None:
    asked(office)
    office.submit(
        office.ana,
        value="74",
        confidence="2",
        blocker_kind="resource",
        blocker_text="No trainer before March",
    )
    said = words(summary(office))
    assert "■ off track" in said
    assert "Confidence is low, 2 of 10." in said
    assert "*resource*: “No trainer before March”  ·  Ana Ruiz" in said


def test_a_note_pings_nobody(office: Office) -> None:
    asked(office)
    office.submit(
        office.ana,
        value="74",
        note="<!channel> look <@U0002> & *all*",
        blocker_kind="clarity",
        blocker_text="<!here> help",
    )
    for row in office.messages().values():
        assert "<!channel>" not in words(row)
        assert "<!here>" not in words(row)
        assert "<@U0002>" not in words(row)
    assert any("&lt;!channel&gt;" in words(row) for row in details(office))


def test_the_close_brings_one_reply_on_what_the_leader_should_know(office: Office) -> None:
    asked(office)
    office.submit(office.ben, value="70", confidence="2")
    office.deliver()
    office.tick(at=WEDNESDAY_17)
    office.tick(at=WEDNESDAY_17 + timedelta(hours=1))
    (closing,) = office.messages("closing:").values()
    assert closing.thread_of_id == office.messages("summary:")[summary_key(office)].id
    said = words(closing)
    assert f"<@{office.ana.slack_user_id}>" in said
    assert "KR-2" in said
    assert "What is the next action, and whose?" in said
    assert "Closed" in words(summary(office))


def test_a_quiet_week_closes_without_calling_the_leader(office: Office) -> None:
    asked(office)
    office.submit(office.ana, value="79", confidence="9")
    office.submit(office.ben, value="79", confidence="9")
    office.deliver()
    office.tick(at=WEDNESDAY_17)
    (closing,) = office.messages("closing:").values()
    assert words(closing) == "\n".join(["The check-in is closed. Nothing needs the lead's attention."] * 2)


def test_a_figure_that_did_not_come_is_told_at_the_close_without_a_name(office: Office) -> None:
    with office.unit_of_work() as uow:
        kpi = factories.kpi(uow, owner_id=office.ana.id)
        factories.reading(uow, kpi, 62, period_on=date(2025, 12, 1))
    asked(office)
    office.submit(office.ben, value="79", confidence="9")
    office.tick(at=WEDNESDAY_17)
    (closing,) = office.messages("closing:").values()
    assert "Figures still due: KPI-1 (January 2026)." in words(closing)
    assert "1 of 2 answered" in words(closing)
    assert "Ana" not in words(closing).replace("<@", "")


def test_a_week_without_an_answer_is_told_to_the_lead_alone(office: Office) -> None:
    asked(office)
    office.tick(at=WEDNESDAY_17)
    assert office.messages("summary:") == {}
    (closing,) = office.messages("closing:").values()
    assert closing.member_id == office.ana.id
    assert "Ben" not in words(closing)


@pytest.mark.parametrize("answers", [False, True])
def test_a_close_in_the_leads_night_is_told_in_their_next_working_minute(
    office: Office, *, answers: bool
) -> None:
    with office.unit_of_work() as uow:
        # Wednesday 17:00 in UTC is Thursday 02:00 in Tokyo.
        uow.members.get(office.ana.id).zone = "Asia/Tokyo"
    asked(office)
    if answers:
        office.submit(office.ben, value="70", confidence="2")
        office.deliver()
    office.tick(at=WEDNESDAY_17)
    (closing,) = office.messages("closing:").values()
    assert closing.due_at == datetime(2026, 2, 12, 0, 0, tzinfo=UTC)
    with office.unit_of_work() as uow:
        assert uow.outbox.find_next_due(WEDNESDAY_17) == closing.due_at
        assert uow.outbox.find_next_due(closing.due_at) is None


def test_a_week_in_which_everyone_is_away_is_no_news(office: Office) -> None:
    office.key_result(office.ana)
    with office.unit_of_work() as uow:
        factories.absence(uow, office.ana, date(2026, 2, 9), date(2026, 2, 15))
    office.clock.jump_to(MONDAY_9 - timedelta(days=4))
    office.tick()
    office.tick(at=MONDAY_9)
    office.tick(at=WEDNESDAY_17)
    assert office.messages() == {}


def test_who_is_away_is_named_as_not_asked_and_not_counted(office: Office) -> None:
    with office.unit_of_work() as uow:
        factories.absence(uow, office.ben, date(2026, 2, 9), date(2026, 2, 15))
    office.clock.jump_to(MONDAY_9 - timedelta(days=4))
    for member in (office.ana, office.ben):
        office.key_result(member)
    office.tick()
    office.tick(at=MONDAY_9)
    office.submit(office.ana, value="74")
    said = words(summary(office))
    assert "1 of 1 answered" in said
    assert "Not this week: Ben." in said


def test_those_whose_day_begins_later_are_counted_before_they_are_asked(office: Office) -> None:
    sam = office.member(name="Sam Lee", zone="America/New_York")
    office.key_result(sam)
    asked(office)
    office.submit(office.ana, value="74")
    said = words(summary(office))
    assert "1 of 3 answered" in said
    assert "Asked later, when their day begins: Sam Lee." in said


def test_a_late_answer_still_joins_the_closed_summary(office: Office) -> None:
    asked(office)
    office.submit(office.ana, value="74")
    office.deliver()
    office.tick(at=WEDNESDAY_17)
    office.deliver()
    office.clock.advance(timedelta(hours=2))
    office.submit(office.ben, value="75")
    assert "2 of 2 answered" in words(summary(office))
    assert "Ben Okoye* (late) checked in" in words(details(office)[-1])


def test_a_team_without_a_channel_is_summed_up_for_its_lead(office: Office) -> None:
    with office.unit_of_work() as uow:
        team = uow.teams.get(office.team.id)
        team.channel = team.channel_id = None
    asked(office)
    office.submit(office.ben, value="74")
    posted = summary(office)
    assert (posted.channel_id, posted.member_id) == (None, office.ana.id)
    assert "This team has no channel in the plan, so its summary comes to you." in words(posted)


def test_a_summary_waits_for_its_channel_and_the_lead_is_told_once(office: Office) -> None:
    with office.unit_of_work() as uow:
        uow.teams.get(office.team.id).channel_id = None
    asked(office)
    office.submit(office.ana, value="74")
    office.submit(office.ben, value="72")
    assert office.messages("summary:") == {}
    (told,) = office.messages("channel-unknown:").values()
    assert told.member_id == office.ana.id
    assert "`/invite @Hoshin`" in words(told)
    with office.unit_of_work() as uow:
        uow.teams.get(office.team.id).channel_id = "C0NEW"
        factories.audience(uow, "C0NEW")
    office.tick()
    assert summary(office).channel_id == "C0NEW"
    assert "2 of 2 answered" in words(summary(office))
    assert len(details(office)) == 2


def test_a_summary_that_found_its_channel_after_the_close_comes_whole(office: Office) -> None:
    with office.unit_of_work() as uow:
        uow.teams.get(office.team.id).channel_id = None
    asked(office)
    office.submit(office.ana, value="74", confidence="2")
    office.tick(at=WEDNESDAY_17)
    with office.unit_of_work() as uow:
        uow.teams.get(office.team.id).channel_id = "C0NEW"
        factories.audience(uow, "C0NEW")
    office.tick(at=WEDNESDAY_17 + timedelta(hours=1))
    assert "Closed" in words(summary(office))
    assert any(row.thread_of_id is not None for row in office.messages("closing:").values())


def test_a_shared_figure_is_summed_up_once(office: Office) -> None:
    with office.unit_of_work() as uow:
        kpi = factories.kpi(uow, owner_id=office.ben.id, frequency=Frequency.WEEKLY)
        factories.reading(uow, kpi, 62, period_on=date(2026, 2, 2))
        factories.key_result(uow, owner_id=office.ana.id, kpi_id=kpi.id, unit="points")
    office.tick(at=MONDAY_9)
    office.submit(office.ana, confidence="6")
    office.submit(office.ben, value="64")
    assert words(summary(office)).count("62 points → 64 points") == 1


def test_a_summary_that_was_refused_is_kept_for_when_the_channel_takes_it(office: Office) -> None:
    asked(office)
    office.submit(office.ana, value="74")
    with office.unit_of_work() as uow:
        posted = uow.outbox.find(summary_key(office))
        assert posted is not None
        posted.state, posted.fault = OutboxState.FAILED, "is_archived"
    office.submit(office.ben, value="72")
    posted = office.messages("summary:")[summary_key(office)]
    assert posted.state == OutboxState.FAILED
    assert "2 of 2 answered" in words(posted)


def test_nothing_changed_is_marked_in_the_thread(office: Office) -> None:
    asked(office)
    with office.unit_of_work() as uow:
        answering.confirm_unchanged(uow, office.ana.id, office.prompt(office.ana).id)
    assert "(nothing changed) checked in" in words(details(office)[0])
    assert "What moved" not in words(summary(office))


def test_the_next_week_has_a_summary_of_its_own(office: Office) -> None:
    asked(office)
    office.submit(office.ana, value="74")
    office.tick(at=NEXT_MONDAY_9)
    office.submit(office.ana, value="75")
    posts = [key for key, row in office.messages("summary:").items() if row.edit_of_id is None]
    assert len(posts) == 2


def summary_key(office: Office) -> str:
    return f"summary:{office.prompt(office.ana).window_id}"


def test_a_restricted_item_stands_in_no_channel_and_the_lead_gets_the_week_alone(
    office: Office,
) -> None:
    secret = office.key_result(office.ana, title="Close the Graz plant", is_restricted=True)
    asked(office)
    office.submit(office.ana, value="74")
    office.submit(office.ben, value="72")
    assert "Close the Graz plant" not in everything_posted(office)
    assert f"KR-{secret.number}" not in everything_posted(office)
    office.tick(WEDNESDAY_17)
    assert "Close the Graz plant" not in everything_posted(office)
    (alone,) = office.messages("summary-whole:").values()
    assert alone.member_id == office.ana.id
    assert "Close the Graz plant" in words(alone)


@pytest.mark.parametrize("kind", [ReaderKind.GUEST, ReaderKind.STRANGER])
def test_with_a_guest_or_a_stranger_in_the_channel_only_their_items_stand_there(
    office: Office, kind: ReaderKind
) -> None:
    with office.unit_of_work() as uow:
        factories.audience(uow, office.team.channel_id or "", U7777=kind, U8888=ReaderKind.MEMBER)
    asked(office)
    office.submit(office.ana, value="74")
    assert "1 of 2 answered" in words(summary(office))
    assert "First-contact resolution" not in everything_posted(office)


def test_a_summary_waits_while_nobody_knows_who_reads_its_channel(office: Office) -> None:
    with office.unit_of_work() as uow:
        uow.teams.get(office.team.id).channel_id = "C0NEW"
    asked(office)
    office.submit(office.ana, value="74")
    assert office.messages("summary:") == {}
    with office.unit_of_work() as uow:
        factories.audience(uow, "C0NEW")
    office.tick()
    assert summary(office).channel_id == "C0NEW"


def everything_posted(office: Office) -> str:
    """All that stands in channels and their threads."""
    rows = office.messages().values()
    to_people = {row.id for row in rows if row.member_id is not None}
    return " ".join(words(row) for row in rows if not to_people & {row.id, row.edit_of_id})
