"""A negotiation as people live it: by buttons, by forms and by words in the thread."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from bot.simulator.messages import Message
from storage import catchballs
from storage.database import Database
from storage.rules.catchball import BallState
from storage.rules.terms import Kind
from tests import factories
from tests.clock import FrozenClock
from tests.scenarios.stage import CHANNEL, Stage, stage

TERMS = {
    "To whom?": "ben",
    "Objective": "Answer right the first time",
    "Measure, from and to": "First-contact resolution from 70 to 80 %",
    "Due": "2026-06-30",
    "Why?": "Customers call twice & <wait>",
}


@pytest.fixture
async def office(sqlite_database: Database, clock: FrozenClock) -> AsyncIterator[Stage]:
    async with stage(sqlite_database, clock) as office:
        with office.unit_of_work() as uow:
            factories.annual_objective(uow)
        yield office


def card(office: Stage) -> Message:
    return next(one for one in office.slack.channel(CHANNEL).messages if one.text.startswith("C-1"))


def thread(office: Stage) -> str:
    return office.slack.channel(CHANNEL).as_text()


async def throw(office: Stage, command: str = "/catchball propose under A-1") -> None:
    await office.ana.types(command, CHANNEL)
    await office.ana.fills(TERMS)
    await office.ana.submits()
    await office.ana.will_see("is thrown")
    await office.ana.closes()
    await office.settled()


async def test_a_negotiation_from_the_throw_to_the_plan(office: Stage) -> None:
    await throw(office)
    assert "Ben Okoye holds the ball" in office.channel
    await office.ben.clicks("Counter", in_=card(office))
    await office.ben.fills(
        {"Measure, from and to": "First-contact resolution from 70 to 76 %", "Why the change?": "It slipped"}
    )
    await office.ben.submits()
    await office.settled()
    assert "to: 80 % → 76 %" in thread(office)
    assert "Ana Ruiz holds the ball" in office.channel

    await office.ana.mentions_bot(
        "“Counter” 78 by Q3 because we give a trainer :tada:", CHANNEL, thread=card(office)
    )
    await office.settled()
    assert "to: 76 % → 78 %" in thread(office)
    assert "due date: 30 June 2026 → 30 September 2026" in thread(office)

    await office.ben.mentions_bot("ask who pays?", CHANNEL, thread=card(office))
    await office.ana.mentions_bot("Answer we do", CHANNEL, thread=card(office))
    await office.ben.mentions_bot("agre!", CHANNEL, thread=card(office))
    await office.settled()
    assert "is in the plan as O-3" in thread(office)
    assert "agreed" in card(office).text
    with office.unit_of_work() as uow:
        row = uow.catchballs.find(1)
        assert row is not None
        assert catchballs.replayed(uow, row.id) == uow.catchballs.read(row)
        assert row.state is BallState.AGREED


async def test_what_is_said_wrongly_is_answered_with_what_is_possible(office: Stage) -> None:
    await throw(office)
    await office.ben.mentions_bot("disagree", CHANNEL, thread=card(office))
    await office.ben.will_see("is not among what I understand")
    await office.ben.mentions_bot("agree if you pay", CHANNEL, thread=card(office))
    await office.ben.will_see("An agreement is to version 1 as it stands")
    await office.ana.mentions_bot("agree", CHANNEL, thread=card(office))
    await office.ana.will_see(
        "has the ball of C-1 since version 1. Say `@Hoshin ask …` or `@Hoshin withdraw`"
    )
    await office.ben.mentions_bot("agree", CHANNEL)
    await office.ben.will_see("This is no ball's thread")
    await office.ben.mentions_bot("help", CHANNEL)
    await office.ben.will_see("returns the ball with other terms")
    with office.unit_of_work() as uow:
        assert uow.ball_lists.list_lines()[0].version == 1


async def test_not_feasible_asks_for_a_reason_and_the_ball_can_be_reopened(office: Stage) -> None:
    await throw(office)
    await office.ben.clicks("Not feasible", in_=card(office))
    await office.ben.fills({"What makes it not feasible?": "Two people left"})
    await office.ben.submits()
    await office.settled()
    assert "declined" in card(office).text
    await office.ana.clicks("Reopen", in_=card(office))
    await office.ana.fills({"What has changed?": "They came back"})
    await office.ana.submits()
    await office.settled()
    assert "returned" in card(office).text


async def test_lists_and_records_show_the_ball_and_the_form_tells_what_is_missing(office: Stage) -> None:
    await office.ana.types("/catchball propose Answer right", CHANNEL)
    await office.ana.fills(TERMS | {"Measure, from and to": "Resolution"})
    await office.ana.clicks("More terms")
    await office.ana.submits()
    await office.ana.will_see("From where?")
    await office.ana.fills({"Measure, from and to": "Resolution from 70 to 80 %", "Stands under": "A-1"})
    await office.ana.submits()
    await office.ana.will_see("is thrown")
    await office.ana.closes()
    await office.settled()
    await office.ben.types("/catchball")
    await office.ben.will_see("You hold")
    await office.ben.types("/catchball show c-1")
    await office.ben.will_see("Version 1")
    await office.ben.types("/catchball record C-1")
    await office.ben.types("/catchball show C-9")
    await office.ben.will_see("There is no C-9 here")
    await office.ben.opens_home()
    await office.ben.will_see("Catchball")
    assert "C-1" in office.ben.home


async def test_a_message_becomes_a_throw(office: Stage) -> None:
    await office.ben.types("We should answer right the first time.", CHANNEL)
    message = office.slack.channel(CHANNEL).messages[-1]
    await office.ana.uses_shortcut("Throw as catchball", message)
    await office.ana.fills({name: value for name, value in TERMS.items() if name != "Objective"})
    await office.ana.submits()
    await office.ana.will_see("is thrown")


async def test_of_a_message_in_private_only_what_the_form_holds_is_thrown_where_its_author_says(
    office: Stage,
) -> None:
    office.slack.add_channel("board", "ana", "ben", bot=True, private=True)
    await office.ben.types("Answer right, whatever it costs\nGraz will close", "board")
    said = office.slack.channel("board").messages[-1]
    await office.ana.uses_shortcut("Throw as catchball", said)
    form = office.ana.modal or ""
    assert "This message stands in a private conversation. Only what you leave in this form is posted" in form
    assert "Where is it negotiated? (optional): ____" in form
    await office.ana.fills(
        TERMS | {"Objective": "Answer right", "Why?": "It is time", "Where is it negotiated?": CHANNEL}
    )
    await office.ana.submits()
    await office.ana.will_see("is thrown")
    await office.settled()
    assert "C-1 Answer right" in office.channel
    assert "Graz" not in office.channel


async def test_an_items_own_terms_are_thrown_from_its_card_and_change_it(office: Stage) -> None:
    await office.ana.types("/okr show KR-1", CHANNEL)
    await office.ana.clicks("Throw as catchball")
    await office.ana.will_see("What is agreed changes KR-1 itself.")
    await office.ana.fills({"To whom?": "ben", "Why?": "It is time"})
    await office.ana.submits()
    await office.ana.will_see("is thrown")
    await office.ana.closes()
    await office.settled()
    with office.unit_of_work() as uow:
        before = uow.picture().graph.nodes[Kind.KEY_RESULT, 1]
    assert f"{before.title}" in card(office).text
    await office.ben.mentions_bot("counter 76 by 30 June because it slipped", CHANNEL, thread=card(office))
    await office.ana.mentions_bot("agree", CHANNEL, thread=card(office))
    await office.settled()
    with office.unit_of_work() as uow:
        assert uow.picture().graph.nodes[Kind.KEY_RESULT, 1].target == Decimal(76)
    await office.ana.types("/catchball propose O-1 @ben", CHANNEL)
    await office.ana.clicks("Something new below it instead")
    await office.ana.will_see("Stands under O-1")
    await office.ana.closes()
    await office.ana.types("/okr show O-1")
    await office.ana.clicks("Throw as catchball")
    # The direct messages with Hoshin are no place for it.
    assert "Where is it negotiated? (optional): ____" in (office.ana.modal or "")
    await office.ana.closes()


async def test_what_was_just_written_can_be_thrown_at_once(office: Stage) -> None:
    await office.ana.types("/okr new", CHANNEL)
    await office.ana.fills({"Objective": "Answer in the first call"})
    await office.ana.submits()
    await office.ana.clicks("Throw as catchball")
    await office.ana.will_see("The terms of O-3 as they stand")
    await office.ana.fills({"To whom?": "ben", "Due": "2026-06-30", "Why?": "It is time"})
    await office.ana.fills({"Where is it negotiated?": CHANNEL})
    await office.ana.submits()
    await office.ana.will_see("is thrown")
    await office.ana.closes()


async def test_the_home_tab_is_drawn_after_a_move_for_whoever_has_opened_it(office: Stage) -> None:
    await throw(office)
    assert office.ana.home == ""
    await office.ana.opens_home()
    await office.ana.will_see("You wait for 1: `/catchball` lists them.")
    await office.ana.types("/catchball propose under A-1", CHANNEL)
    await office.ana.fills(TERMS | {"Objective": "Answer sooner"})
    await office.ana.submits()
    await office.ana.will_see("You wait for 2: `/catchball` lists them.")


async def test_a_ball_is_thrown_among_its_people_alone(office: Stage) -> None:
    await office.ana.types("/catchball propose under A-1", CHANNEL)
    await office.ana.fills(TERMS | {"Or among yourselves": "In a group conversation"})
    await office.ana.submits()
    await office.ana.will_see("is thrown")
    await office.ana.closes()
    await office.settled()
    [group] = [one for one in office.slack.workspace.channels.values() if one.kind == "mpim"]
    assert {office.ana.id, office.ben.id} < set(group.members)
    assert "Ben Okoye holds the ball" in office.slack.channel(group.name).as_text()
    assert "C-" not in office.channel
    with office.unit_of_work() as uow:
        [line] = uow.ball_lists.list_lines()
        row = uow.catchballs.lock(line.number)
        assert (row.is_private, row.channel_id) == (True, group.id)
    # Nobody can be invited there, so whoever is to help hears of it directly, and sees the ball.
    dan = office.slack.add_person("dan", real_name="Dan Wu")
    await office.ana.mentions_bot(f"facilitator {line.reference} @dan", group.name)
    await office.settled()
    assert "gives you the part of the facilitator" in dan.dm
    await dan.clicks("Open")
    await dan.will_see("facilitator Dan Wu")


async def test_where_group_conversations_are_not_granted_the_form_says_what_to_do(office: Stage) -> None:
    [installation] = office.slack.installations
    object.__setattr__(installation, "scopes", installation.scopes - {"mpim:write"})
    await office.ana.types("/catchball propose under A-1", CHANNEL)
    await office.ana.fills(TERMS | {"Or among yourselves": "In a group conversation"})
    await office.ana.submits()
    await office.ana.will_see("has not let Hoshin open group conversations")
