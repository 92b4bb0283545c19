from collections.abc import AsyncIterator

import pytest_asyncio

from bot import ids
from bot.answers import Block
from bot.asks import Person
from bot.blockkit import kit
from bot.home.listeners import draw_home, home_routes
from bot.slices import HomeSection
from storage.database import Database, UnitOfWork
from tests import factories
from tests.bot.spine import Spine, spine
from tests.clock import FrozenClock


def read_greeting(uow: UnitOfWork, member_id: int) -> str:
    return uow.members.get(member_id).name


def draw_greeting(name: str, person: Person) -> list[Block]:
    return [kit.section(f"Something waits for {name} in {person.zone}.")]


WAITS = HomeSection(10, read_greeting, draw_greeting)
BESIDE = HomeSection(90, read_greeting, lambda name, _: [kit.section(f"More for {name}.")])


@pytest_asyncio.fixture
async def hoshin(sqlite_database: Database, clock: FrozenClock) -> AsyncIterator[Spine]:
    async with spine(sqlite_database, clock, home_routes([BESIDE, WAITS]), http=True) as running:
        running.slack.add_person("ana", real_name="Ana Ruiz", tz="Europe/Madrid")
        yield running


def give_key_results(database: Database, clock: FrozenClock, slack_user_id: str, count: int) -> None:
    with database.unit_of_work(1, clock.now()) as uow:
        owner = uow.members.find_by_slack_id(slack_user_id)
        assert owner is not None
        objective = factories.objective(uow)
        for _ in range(count):
            factories.key_result(uow, owner_id=owner.id, objective_id=objective.id)


async def test_opening_the_home_tab_draws_it(hoshin: Spine) -> None:
    ana = hoshin.slack.person("ana")
    await ana.opens_home()
    assert ana.home.startswith("Home of")


async def test_opening_the_direct_messages_draws_no_home(hoshin: Spine) -> None:
    ana = hoshin.slack.person("ana")
    await ana.opens_messages()
    assert ana.home == ""


async def test_the_bare_command_tells_where_one_stands_to_that_person_alone(hoshin: Spine) -> None:
    ana = hoshin.slack.person("ana")
    await ana.types("/hoshin")
    assert "Something waits for Ana Ruiz in Europe/Madrid." in ana.dm
    assert "only @ana sees this" in ana.dm


async def test_all_items_open_in_a_form(hoshin: Spine, sqlite_database: Database, clock: FrozenClock) -> None:
    ana = hoshin.slack.person("ana")
    await ana.types("/hoshin")
    give_key_results(sqlite_database, clock, ana.id, 7)
    await ana.types("/hoshin")
    await ana.clicks("All 7 →")
    await ana.will_see("Your 7 items")
    assert ana.modal is not None
    assert ana.modal.count("First-contact resolution") == 7


def test_what_waits_stands_above_and_other_sections_below_the_items(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    workspace = factories.workspace(sqlite_database, clock.now())
    with sqlite_database.unit_of_work(workspace, clock.now()) as uow:
        ana = factories.member(uow, name="Ana Ruiz", slack_user_id="U1")
        factories.key_result(uow, owner_id=ana.id)
        view = draw_home(uow, [BESIDE, WAITS], "U1")
    assert view is not None
    shown = str(view["blocks"])
    assert shown.index("Something waits") < shown.index("First-contact") < shown.index("More for Ana Ruiz")
    assert view["callback_id"] == ids.HOME


def test_nothing_is_drawn_for_someone_unknown_or_deactivated(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    workspace = factories.workspace(sqlite_database, clock.now())
    with sqlite_database.unit_of_work(workspace, clock.now()) as uow:
        factories.member(uow, slack_user_id="U1", is_deactivated=True)
        assert draw_home(uow, [], "U1") is None
        assert draw_home(uow, [], "U2") is None
