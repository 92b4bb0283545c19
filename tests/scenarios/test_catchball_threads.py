"""What is written in a ball's thread is kept with it where that is granted, and nothing else is."""

from collections.abc import AsyncIterator

import pytest

from bot.simulator.messages import Message
from storage.database import Database
from storage.erasing import erase_member
from tests import factories
from tests.clock import FrozenClock
from tests.scenarios.stage import CHANNEL, Stage, stage
from tests.scenarios.test_catchball import card, throw


@pytest.fixture
async def office(sqlite_database: Database, clock: FrozenClock) -> AsyncIterator[Stage]:
    async with stage(sqlite_database, clock, optional_scopes=True) as office:
        with office.unit_of_work() as uow:
            factories.annual_objective(uow)
        await throw(office, "/catchball propose under A-1")
        yield office


def kept(office: Stage) -> list[str]:
    with office.unit_of_work() as uow:
        row = uow.catchballs.find(1)
        assert row is not None
        return [one.text for one in uow.remarks.list_of(row.id)]


async def write(office: Stage, text: str) -> Message:
    await office.ben.types(text, CHANNEL, thread=card(office))
    await office.settled()
    return next(one for one in reversed(office.slack.channel(CHANNEL).messages) if one.user == office.ben.id)


async def test_what_people_write_in_the_thread_stands_in_its_history_and_record(office: Stage) -> None:
    await office.ben.types("Lunch at twelve?", CHANNEL)
    await write(office, "Two people <left> & nobody came, @ana")
    await office.ben.mentions_bot("ask who pays?", CHANNEL, thread=card(office))
    await office.settled()
    assert kept(office) == ["Two people <left> & nobody came, @Ana Ruiz"], "neither lunch nor what is a move"
    await office.ana.mentions_bot("history", CHANNEL, thread=card(office))
    await office.ana.will_see("Written in the thread")
    assert "Two people" in office.ana.screen
    await office.ana.types("/catchball show C-1")
    await office.ana.will_see("nobody came")


async def test_edits_and_deletions_are_followed(office: Stage) -> None:
    message = await write(office, "Two people left.")
    office.slack.workspace.edit(message, by=office.ben.id, text="One person left.")
    await office.settled()
    assert kept(office) == ["One person left."]
    office.slack.workspace.delete(message)
    await office.settled()
    assert kept(office) == []


async def test_whoever_is_erased_takes_their_words_with_them(office: Stage) -> None:
    await write(office, "Two people left.")
    with office.unit_of_work() as uow:
        ben = next(one for one in uow.picture().graph.people.values() if one.name == "Ben Okoye")
        erase_member(uow, uow.members.get(ben.id).email or "")
    assert kept(office) == []
