"""A card shown to a channel: what every reader there may see, or nothing."""

from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from storage.rules.terms import Kind
from tests.clock import FrozenClock
from tests.scenarios.stage import CHANNEL, Stage, stage

KR1 = (Kind.KEY_RESULT, 1)


@pytest.fixture
async def office(sqlite_database: Database, clock: FrozenClock) -> AsyncIterator[Stage]:
    async with stage(sqlite_database, clock) as office:
        yield office


async def test_a_card_is_shared_where_all_may_see_it_and_else_the_asker_alone_is_told(office: Stage) -> None:
    await office.ana.types("/hoshin show KR-1", CHANNEL)
    await office.ana.clicks("Share")
    await office.settled()
    assert "Shared by Ana Ruiz" in office.channel
    assert office.ben.sees("First-contact resolution")

    with office.unit_of_work() as uow:
        uow.plans.get_item(*KR1).is_restricted = True
    await office.ana.types("/hoshin show KR-1", CHANNEL)
    await office.ana.clicks("Share")
    await office.settled()
    assert office.ana.sees("KR-1 was not shared: not everyone in this conversation may see it.")
    assert office.channel.count("Shared by Ana Ruiz") == 1


async def test_with_a_guest_in_the_channel_nothing_of_the_plan_is_shared(office: Stage) -> None:
    guest = office.slack.add_person("gus", is_restricted=True)
    office.slack.workspace.join(office.slack.channel(CHANNEL).id, guest.id)
    await office.slack.settled()
    await office.ana.types("/hoshin show KR-1", CHANNEL)
    await office.ana.clicks("Share")
    await office.settled()
    assert office.ana.sees("KR-1 was not shared")
    assert "Shared by" not in office.channel


async def test_where_nobody_else_reads_the_way_on_is_told(office: Stage) -> None:
    await office.ana.types("/hoshin show KR-1")
    await office.ana.clicks("Share")
    await office.ana.will_see("Nobody else reads here. Type `/hoshin show KR-1` in the channel")


async def test_where_the_app_is_not_in_the_channel_it_asks_to_be_invited(office: Stage) -> None:
    office.slack.add_channel("quiet", "ana")
    await office.ana.types("/hoshin show KR-1", "quiet")
    await office.ana.clicks("Share")
    await office.ana.will_see("Type `/invite @Hoshin` in this channel")


async def test_a_reference_in_a_mention_answers_with_the_card_in_the_thread(office: Stage) -> None:
    await office.ben.mentions_bot("show kr-1, please", CHANNEL)
    await office.settled()
    mention, answer = office.slack.channel(CHANNEL).messages[-2:]
    assert answer.thread_ts == mention.ts
    assert "KR-1 First-contact resolution" in answer.text
    assert office.ana.sees("Shared by Ben Okoye")
    assert "W06 26 70 %" in office.channel
    await office.ana.clicks("Open", in_=answer)
    await office.ana.will_see("Line of sight")
    assert not office.ben.sees("Line of sight")
    await office.ana.clicks("Update", in_=answer)
    assert "Update KR-1" in (office.ana.modal or "")
    await office.ana.closes()
    await office.ana.clicks("Throw as catchball", in_=answer)
    await office.ana.will_see("The terms of KR-1 as they stand")


async def test_a_mention_of_a_restricted_item_is_answered_to_the_asker_alone_and_to_others_as_unknown(
    office: Stage,
) -> None:
    with office.unit_of_work() as uow:
        uow.plans.get_item(*KR1).is_restricted = True
    await office.ana.mentions_bot("KR-1", CHANNEL)
    await office.settled()
    assert office.ana.sees("KR-1 was not shared")
    assert not office.ben.sees("KR-1 was not shared")
    await office.ben.mentions_bot("KR-1", CHANNEL)
    await office.settled()
    assert office.ben.sees("There is no KR-1 here.")
