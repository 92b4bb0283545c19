"""What can go wrong round a ball: two at once, cards that are gone, archived channels, odd receivers."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from storage.rules.catchball import BallState
from storage.rules.terms import Kind, Role
from tests import factories
from tests.clock import FrozenClock
from tests.scenarios.stage import CHANNEL, Stage, stage
from tests.scenarios.test_catchball import TERMS, card, throw

UNDER = "/catchball propose under A-1"


@pytest.fixture
async def office(sqlite_database: Database, clock: FrozenClock) -> AsyncIterator[Stage]:
    async with stage(sqlite_database, clock) as office:
        with office.unit_of_work() as uow:
            factories.annual_objective(uow)
        yield office


def state(office: Stage) -> tuple[BallState, int]:
    with office.unit_of_work() as uow:
        row = uow.catchballs.find(1)
        assert row is not None
        return row.state, row.version


async def test_whoever_comes_second_with_a_counter_keeps_what_they_typed_and_is_told_what_happened(
    office: Stage,
) -> None:
    await throw(office, UNDER)
    await office.ben.clicks("Counter", in_=card(office))
    await office.ben.fills(
        {"Measure, from and to": "First-contact resolution from 70 to 75 %", "Why the change?": "My reason"}
    )
    await office.ben.mentions_bot("counter 77 because of the other phone", CHANNEL, thread=card(office))
    await office.settled()
    await office.ben.submits()
    await office.ben.will_see("countered meanwhile: to 80 % → 77 %")
    assert "My reason" in (office.ben.modal or "")
    assert state(office) == (BallState.RETURNED, 2)

    await office.ana.clicks("Counter", in_=card(office))
    await office.ana.fills({"Why the change?": "Three people more"})
    await office.ana.closes()
    await office.ana.clicks("Agree", in_=card(office))
    await office.settled()
    await office.ben.submits()
    await office.ben.will_see("C-1 is agreed now")
    assert state(office) == (BallState.AGREED, 2)


async def test_a_throw_that_is_sent_twice_is_one_ball(office: Stage) -> None:
    await office.ana.types(UNDER, CHANNEL)
    await office.ana.fills(TERMS)
    view = office.ana.client.modal
    assert view is not None
    # Two quick presses, or Slack's own second delivery: the same form in the same state.
    await asyncio.gather(office.ana.client.submit(view), office.ana.client.submit(view))
    await office.settled()
    await office.ana.closes()
    # And another form with the same in it.
    await office.ana.types(UNDER, CHANNEL)
    await office.ana.fills(TERMS)
    await office.ana.submits()
    await office.ana.will_see("You have thrown this to them already: it is C-1")
    assert office.channel.count("throws C-1") == 1
    with office.unit_of_work() as uow:
        assert [line.reference for line in uow.ball_lists.list_lines()] == ["C-1"]


async def test_two_forms_for_one_item_are_one_ball(office: Stage) -> None:
    with office.unit_of_work() as uow:
        ana = uow.members.find_by_slack_id(office.ana.id)
        uow.plans.get_item(Kind.OBJECTIVE, 1).owner_id = ana.id if ana is not None else None
    await office.ana.types("/catchball propose @ben O-1", CHANNEL)
    await office.ana.fills({"Why?": "It is time"})
    await office.ben.types("/catchball propose @ana O-1", CHANNEL)
    await office.ben.fills({"Why?": "It is time"})
    await asyncio.gather(office.ana.submits(), office.ben.submits())
    await office.settled()
    with office.unit_of_work() as uow:
        assert [line.reference for line in uow.ball_lists.list_lines()] == ["C-1"]
    told = (office.ana.modal or "") + (office.ben.modal or "")
    assert "O-1 is being negotiated already, in C-1" in told
    assert "C-1 is thrown" in told.replace("*", "")


async def test_a_card_that_was_deleted_holds_nothing_up(office: Stage) -> None:
    await throw(office, UNDER)
    office.slack.workspace.delete(card(office))
    await office.ben.mentions_bot("counter C-1 77 because it slipped", CHANNEL)
    await office.settled()
    assert state(office) == (BallState.RETURNED, 2)
    await office.ana.types("/catchball show C-1")
    await office.ana.will_see("returned")


async def test_in_an_archived_channel_the_ball_goes_on_and_its_card_is_true_once_it_is_back(
    office: Stage,
) -> None:
    await throw(office, UNDER)
    office.slack.add_channel("elsewhere", "ana", "ben", bot=True)
    channel_id = office.slack.channel(CHANNEL).id
    office.slack.workspace.archive(channel_id, by=office.ana.id)
    await office.ben.mentions_bot("agree C-1", "elsewhere")
    await office.settled()
    assert state(office) == (BallState.AGREED, 1)
    office.slack.workspace.unarchive(channel_id, by=office.ana.id)
    await office.settled()
    assert "agreed" in card(office).text


@pytest.mark.parametrize("who", ["bot", "gone", "stranger", "guest"])
async def test_who_cannot_catch_a_ball_is_told_beside_their_name(office: Stage, who: str) -> None:
    if who == "stranger":
        office.slack.add_stranger("zoe", CHANNEL)
    else:
        traits = {"bot": {"is_bot": True}, "gone": {"deleted": True}, "guest": {"is_restricted": True}}
        office.slack.add_person("zoe", real_name="Zoe", **traits[who])
    await office.ana.types(UNDER, CHANNEL)
    await office.ana.fills(TERMS | {"To whom?": "zoe"})
    await office.ana.submits(force=True)
    await office.ana.will_see("is a guest here" if who == "guest" else "cannot take part in a ball")


async def test_whoever_would_not_see_the_ball_where_it_is_thrown_gets_none(office: Stage) -> None:
    zoe = office.slack.add_person("zoe", real_name="Zoe Katz")
    place = office.slack.add_channel("elsewhere", "ana", bot=True)
    await office.ana.types(UNDER, "elsewhere")
    await office.ana.fills(TERMS)
    await office.ana.submits()
    await office.ana.will_see("Ben Okoye is not in this channel and would not hear of the ball")
    office.slack.workspace.join(place.id, office.ben.id)
    office.slack.faults.add("conversations.members", "refused", error="missing_scope", times=1)
    await office.ana.submits()
    await office.ana.will_see("Slack does not tell who reads this conversation")
    await office.ana.submits()
    await office.ana.will_see("is thrown")
    await office.ana.closes()
    await office.settled()
    await office.ben.mentions_bot("hand C-1 over to @zoe", "elsewhere")
    await office.ben.will_see("Zoe Katz is not in the conversation of C-1 and would not see it there")
    office.slack.workspace.join(place.id, zoe.id)
    await office.ben.mentions_bot("hand C-1 over to @zoe", "elsewhere")
    await office.settled()
    assert "Zoe Katz holds the ball" in office.slack.channel("elsewhere").as_text()


async def test_a_card_that_reads_otherwise_is_put_right_by_the_next_move_and_its_buttons_act_on_the_record(
    office: Stage,
) -> None:
    await throw(office, UNDER)
    shown = card(office)
    office.slack.workspace.edit(shown, by=shown.user, text="C-1 Something else: agreed")
    await office.settled()
    assert state(office) == (BallState.THROWN, 1)
    await office.ben.clicks("Agree", in_=card(office))
    await office.settled()
    assert state(office) == (BallState.AGREED, 1)
    assert "C-1 Answer right the first time: agreed" in card(office).text


async def test_an_edited_message_is_carried_out_once_and_one_that_was_refused_can_be_put_right(
    office: Stage,
) -> None:
    await throw(office, UNDER)
    bot = f"<@{office.ben.client.installation.bot_user.id}>"

    async def changes(said: str, to: str) -> None:
        message = next(one for one in office.slack.channel(CHANNEL).messages if said in one.text)
        office.slack.workspace.edit(message, by=office.ben.id, text=f"{bot} {to}")
        await office.settled()

    await office.ben.mentions_bot("counter many because it slipped", CHANNEL, thread=card(office))
    await changes("counter many", "counter 76 because it slipped")
    assert state(office) == (BallState.RETURNED, 2)

    await office.ben.mentions_bot("ask who pays?", CHANNEL, thread=card(office))
    await changes("who pays?", "ask who pays for it?")
    await office.ben.will_see("You changed a message that was carried out already")
    with office.unit_of_work() as uow:
        row = uow.catchballs.find(1)
        assert row is not None
        assert len(uow.catchballs.read(row).asker_ids) == 1


async def test_the_ball_of_someone_who_has_left_is_handed_over_by_the_strategy_lead(office: Stage) -> None:
    await throw(office, UNDER)
    dan = office.slack.add_person("dan", real_name="Dan Wu")
    office.slack.workspace.join(office.slack.channel(CHANNEL).id, dan.id)
    office.slack.workspace.change_user(office.ben.id, deleted=True)
    await office.settled()
    with office.unit_of_work() as uow:
        ana = uow.members.find_by_slack_id(office.ana.id)
        uow.roles.grant(ana.id, Role.STRATEGY_LEAD, by_id=None, at=uow.now)
    await office.ana.clicks("Hand over a part", in_=card(office))
    await office.ana.fills({"Whose part is handed over?": "Ben Okoye", "Who takes the place?": "dan"})
    await office.ana.submits()
    await office.settled()
    assert "Dan Wu holds the ball" in office.channel
    assert "@dan, the ball is yours." in office.slack.channel(CHANNEL).as_text()
    await dan.clicks("Agree", in_=card(office))
    await office.settled()
    assert state(office) == (BallState.AGREED, 1)
