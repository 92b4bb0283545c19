"""The main job, as people live it: asked on Monday, answered in a form, summed up in the channel."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from storage.database import Database
from tests.bot.checkins.office import list_readings
from tests.clock import FrozenClock
from tests.scenarios.stage import Stage, stage

MONDAY_9 = datetime(2026, 2, 9, 8, 0, tzinfo=UTC)
"""In Madrid."""
REMINDER = datetime(2026, 2, 11, 11, 12, tzinfo=UTC)
WEDNESDAY_17 = datetime(2026, 2, 11, 16, 0, tzinfo=UTC)
VALUE = "KR-1 First-contact resolution: value now"
CONFIDENCE = "KR-1 First-contact resolution: confidence, 0 to 10"
NOTE = "KR-1 First-contact resolution: note"


@pytest.fixture
async def office(sqlite_database: Database, clock: FrozenClock) -> AsyncIterator[Stage]:
    clock.jump_to(MONDAY_9 - timedelta(minutes=5))
    async with stage(sqlite_database, clock) as office:
        yield office


async def test_the_main_job_from_the_question_to_the_summary(office: Stage) -> None:
    assert "check-in" not in office.ana.dm
    await office.at(MONDAY_9)
    assert "Hello Ana. Your weekly check-in is here: 1 item" in office.ana.dm
    assert "KR-1 · First-contact resolution" in office.ana.dm

    await office.ana.clicks("Check in")
    await office.ana.fills({VALUE: "74,5 %", CONFIDENCE: "8", NOTE: "routing done"})
    await office.ana.submits()
    await office.ana.will_see("Thank you, it is saved:")
    await office.ana.closes()
    await office.settled()
    assert "70 % → 74.5 %" in office.ana.dm
    assert "Check in" not in office.ana.dm
    assert "1 of 2 answered" in office.channel
    assert "Not yet: Ben." in office.channel
    assert "routing done" in office.channel

    await office.ben.clicks("Nothing changed")
    await office.settled()
    assert "Nothing changed, and that is recorded." in office.ben.dm
    assert "2 of 2 answered" in office.channel
    assert len(office.posts()) == 1

    await office.at(WEDNESDAY_17)
    assert "The check-in is closed." in office.channel
    assert len(office.posts()) == 1


async def test_each_item_is_answered_from_its_own_menu_and_the_message_keeps_up(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    clock.jump_to(MONDAY_9 - timedelta(minutes=5))
    async with stage(sqlite_database, clock, items=2) as office:
        await office.at(MONDAY_9)
        await office.ana.clicks("No change")
        await office.settled()
        assert "2 items, 1 of them answered" in office.ana.dm
        assert "✓ no change" in office.ana.dm
        await office.ana.clicks("Why this one?", nth=1)
        await office.ana.will_see("You own it. Key results and weekly KPIs are asked about once a week")
        await office.ana.closes()
        await office.ana.clicks("Update…")
        await office.ana.fills({VALUE.replace("KR-1", "KR-2"): "74"})
        await office.ana.submits()
        await office.settled()
        assert office.ana.modal is None
        assert "70 % → 74 %" in office.ana.dm
        assert "Check in" not in office.ana.dm
        assert "1 of 2 answered" in office.channel


async def test_the_home_tab_shows_what_waits_and_then_what_was_said(office: Stage) -> None:
    await office.ana.opens_home()
    await office.ana.will_see("Your next check-in comes")
    await office.at(MONDAY_9)
    await office.ana.opens_home()
    await office.ana.will_see("Waits for you: 1 item")
    await office.ana.clicks("Check in", in_=office.ana.client.home)
    await office.ana.fills({VALUE: "76"})
    await office.ana.submits()
    await office.settled()
    await office.ana.will_see("70 % → 76 %")
    assert "Waits for you" not in office.ana.home


async def test_the_command_answers_corrects_and_says_when_there_is_nothing(office: Stage) -> None:
    await office.ana.types("/checkin")
    assert "Nothing is due. Your next check-in comes" in office.ana.dm
    await office.at(MONDAY_9)
    await office.ana.types("/checkin")
    await office.ana.fills({VALUE: "74"})
    await office.ana.submits()
    await office.ana.closes()
    await office.ana.types("/hoshin checkin")
    await office.ana.will_see("Correct your check-in")
    await office.ana.fills({VALUE: "75"})
    await office.ana.submits()
    await office.settled()
    assert "70 % → 75 %" in office.channel
    assert "74 %" not in office.channel


async def test_the_shortcut_opens_the_form(office: Stage) -> None:
    await office.at(MONDAY_9)
    await office.ben.uses_shortcut("Check in")
    await office.ben.will_see("KR-2 First-contact resolution")


async def test_later_today_says_when_and_comes_again(office: Stage) -> None:
    await office.at(MONDAY_9)
    await office.ana.clicks("Later today")
    assert "You will be asked again" in office.ana.dm
    await office.at(MONDAY_9 + timedelta(hours=3))
    assert "You asked to be asked again" in office.ana.dm


async def test_why_this_names_the_rule_and_a_way_to_have_less_of_it(office: Stage) -> None:
    await office.at(MONDAY_9)
    await office.ana.clicks("Why this?")
    await office.ana.will_see("closes Wednesday 17:00, in your own time zone")
    await office.ana.clicks("Skip this week")
    await office.ana.fills({"Why not this week?": "Stocktaking until Friday"})
    await office.ana.submits()
    await office.settled()
    assert "You skip this week's check-in." in office.ana.dm
    await office.at(REMINDER)
    assert "only reminder" not in office.ana.dm
    assert "only reminder" in office.ben.dm


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        (VALUE, "many", "“many” is not a number."),
        (VALUE, "80000", "far out of range"),
        (CONFIDENCE, "11", "“11” is not a confidence."),
        (NOTE, "x" * 10_000, "This has 10,000 characters, and 3,000 fit."),
    ],
)
async def test_a_wrong_text_is_told_beside_its_input_and_stays_there(
    office: Stage, field: str, typed: str, sentence: str
) -> None:
    await office.at(MONDAY_9)
    await office.ana.clicks("Check in")
    await office.ana.fills({NOTE: "kept"} | {field: typed})
    await office.ana.submits(force=True)
    await office.ana.will_see(sentence)
    await office.ana.will_see(typed[:50])
    await office.ana.fills({VALUE: "74", CONFIDENCE: "7", NOTE: "mended"})
    await office.ana.submits()
    await office.settled()
    assert "mended" in office.channel


async def test_an_empty_form_says_what_to_do(office: Stage) -> None:
    await office.at(MONDAY_9)
    await office.ana.clicks("Check in")
    await office.ana.submits()
    await office.ana.will_see("Nothing is filled in yet.")


async def test_a_note_that_would_ping_everyone_is_shown_as_typed(office: Stage) -> None:
    await office.at(MONDAY_9)
    await office.ana.clicks("Check in")
    await office.ana.fills({VALUE: "74", NOTE: "<!channel> hurry"})
    await office.ana.submits()
    await office.settled()
    replies = [message for message in office.slack.channel("customer-service").messages if message.thread_ts]
    assert any("&lt;!channel&gt; hurry" in str(message.blocks) for message in replies)
    assert not any("<!channel>" in str(message.blocks) + message.text for message in replies)


async def test_a_form_submitted_after_the_close_is_taken_and_marked_late(office: Stage) -> None:
    await office.at(MONDAY_9)
    await office.ana.clicks("Check in")
    await office.ana.fills({VALUE: "74"})
    await office.at(WEDNESDAY_17 + timedelta(hours=1))
    await office.ana.submits()
    await office.ana.will_see("it is marked as late")
    await office.settled()
    assert "Ana Ruiz (late) checked in" in office.channel


async def test_a_correction_after_the_close_is_refused_and_stays_in_the_form(office: Stage) -> None:
    await office.at(MONDAY_9)
    await office.ana.clicks("Check in")
    await office.ana.fills({VALUE: "74"})
    await office.ana.submits()
    await office.ana.closes()
    await office.settled()
    await office.ana.clicks("Correct")
    await office.ana.fills({VALUE: "79"})
    await office.at(WEDNESDAY_17)
    await office.ana.submits()
    await office.ana.will_see("what you answered stands")
    await office.ana.will_see("79")


async def test_the_same_submission_delivered_twice_is_recorded_once(office: Stage) -> None:
    await office.at(MONDAY_9)
    await office.ana.clicks("Check in")
    await office.ana.fills({VALUE: "74", NOTE: "once"})
    view = office.ana.client.modal
    assert view is not None
    await asyncio.gather(office.ana.client.submit(view), office.ana.client.submit(view))
    await office.settled()
    with office.unit_of_work() as uow:
        readings = list_readings(uow, key_result_id=1)
    assert [reading.value for reading in readings] == [70, 74]


async def test_a_newcomer_and_a_guest_without_items_are_told_why_nothing_is_asked(office: Stage) -> None:
    guest = office.slack.add_person("guest", real_name="Gia Guest", is_restricted=True)
    await office.at(MONDAY_9)
    await guest.types("/checkin")
    assert "Nothing is yours to answer" in guest.dm


async def test_an_archived_channel_keeps_the_summary_until_it_is_open_again(office: Stage) -> None:
    await office.at(MONDAY_9)
    channel_id = office.slack.channel("customer-service").id
    office.slack.workspace.archive(channel_id)
    for person, field in ((office.ana, VALUE), (office.ben, "KR-2 First-contact resolution: value now")):
        await person.clicks("Check in")
        await person.fills({field: "74"})
        await person.submits()
        await person.closes()
    await office.settled()
    assert office.ana.dm.count("because it is archived") == 1
    assert "70 % → 74 %" in office.ben.dm
    office.slack.workspace.unarchive(channel_id)
    await office.ana.will_see("2 of 2 answered", within=10)
    assert len(office.posts()) == 1


async def test_a_summary_waits_until_the_bot_is_invited_to_the_channel(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    clock.jump_to(MONDAY_9 - timedelta(minutes=5))
    async with stage(sqlite_database, clock, bot_in_channel=False) as office:
        await office.at(MONDAY_9)
        await office.ben.clicks("Nothing changed")
        await office.settled()
        assert "1 of 2 answered" not in office.ana.screen
        await office.ana.will_see("Hoshin is in no channel `#customer-service`")
        channel_id = office.slack.channel("customer-service").id
        office.slack.workspace.join(channel_id, office.ana.client.installation.bot_user_id)
        await office.slack.settled()
        await office.at(MONDAY_9 + timedelta(minutes=1))
        await office.ana.will_see("1 of 2 answered")


async def test_seven_items_come_on_two_pages_and_back_keeps_what_was_typed(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    clock.jump_to(MONDAY_9 - timedelta(minutes=5))
    async with stage(sqlite_database, clock, items=7) as office:
        await office.at(MONDAY_9)
        await office.ana.clicks("Check in")
        await office.ana.fills({VALUE: "71", NOTE: "first page"})
        await office.ana.submits()
        await office.ana.will_see("Page 2 of 2")
        await office.ana.fills({"KR-7 First-contact resolution: value now": "77"})
        await office.ana.clicks("Back")
        await office.ana.will_see("first page")
        await office.ana.submits()
        await office.ana.will_see("77")
        await office.ana.picks("Kind of blocker", "resource")
        await office.ana.fills({"What blocks you, and who could help": "No trainer"})
        await office.ana.submits()
        await office.settled()
        assert "70 % → 71 %" in office.channel
        assert "70 % → 77 %" in office.channel
        assert "No trainer" in office.channel


async def test_a_person_with_sixty_items_is_asked_in_one_message_and_answers_page_by_page(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    clock.jump_to(MONDAY_9 - timedelta(minutes=5))
    async with stage(sqlite_database, clock, items=60) as office:
        await office.at(MONDAY_9)
        assert len(office.ana.messages) == 1
        assert "60 items, open until" in office.ana.dm
        assert "and 52 more: all 60 → in the form" in office.ana.dm
        await office.ana.clicks("Check in")
        await office.ana.will_see("Page 1 of 12, 60 items in all.")
        for page in range(12):
            await office.ana.fills(
                {f"KR-{page * 5 + 1} First-contact resolution: value now": str(71 + page % 9)}
            )
            await office.ana.submits()
            if page < 11:
                await office.ana.will_see(f"Page {page + 2} of 12")
        await office.ana.will_see("Thank you, it is saved:")
        await office.settled()
        assert "Left open: KR-2, KR-3" in office.ana.dm
        assert "1 of 2 answered" in office.channel


async def test_it_is_the_same_over_signed_http_and_postgresql(database: Database, clock: FrozenClock) -> None:
    clock.jump_to(MONDAY_9 - timedelta(minutes=5))
    async with stage(database, clock, http=True) as office:
        await office.at(MONDAY_9)
        await office.ben.clicks("Check in")
        await office.ben.fills({"KR-2 First-contact resolution: value now": "78"})
        await office.ben.submits()
        await office.settled()
        assert "70 % → 78 %" in office.channel
