"""Menus that ask the app what to offer."""

from collections.abc import AsyncIterator

import pytest

from bot.answers import Answer, offer, open_view, update_view
from bot.asks import Ask
from bot.blockkit import kit
from bot.blockkit.surfaces import modal
from bot.replies import notice
from bot.routing import Routes
from bot.simulator.driver import NotOnScreen
from storage.database import Database
from storage.rules.errors import NotAllowed
from tests.bot.spine import Spine, spine
from tests.clock import FrozenClock

FRUIT = ("apple", "apricot", "banana")


def fruit_routes() -> Routes:
    routes = Routes()

    @routes.command("checkin")
    async def on_command(_: Ask) -> Answer:
        menus = [
            kit.input_block(name, name.title(), kit.external_select(name), optional=True)
            for name in ("fruit", "nothing", "many")
        ]
        who = kit.input_block("who", "Who", kit.users_select("who"), optional=True)
        return open_view(modal("Choose", [*menus, who], callback_id="choose", submit="Save"))

    @routes.options("fruit")
    async def on_fruit(ask: Ask) -> Answer:
        return offer([kit.option(one, one) for one in FRUIT if ask.text in one])

    @routes.options("nothing")
    async def on_nothing(_: Ask) -> Answer:
        raise NotAllowed("Not for you.")

    @routes.options("many")
    async def on_many(_: Ask) -> Answer:
        return offer([kit.option(f"number {one}", str(one)) for one in range(300)])

    @routes.view("choose")
    async def on_choice(ask: Ask) -> Answer:
        met = await ask.meet(ask.form.text("who")) if ask.form.text("who") else ask.person
        return update_view(notice(f"{met.name} takes {ask.form.text('fruit')}"))

    return routes


@pytest.fixture(params=[False, True], ids=["socket", "http"])
async def hoshin(
    request: pytest.FixtureRequest, sqlite_database: Database, clock: FrozenClock
) -> AsyncIterator[Spine]:
    async with spine(sqlite_database, clock, fruit_routes(), http=request.param) as running:
        running.slack.add_person("ana", real_name="Ana Ruiz")
        running.slack.add_person("ben", real_name="Ben Okoye")
        yield running


async def test_a_menu_offers_what_fits_the_letters_and_a_form_meets_whom_it_names(hoshin: Spine) -> None:
    ana = hoshin.slack.person("ana")
    await ana.types("/checkin")
    await ana.picks("Fruit", "apricot")
    await ana.picks("Who", "ben")
    await ana.submits()
    await ana.will_see("Ben Okoye takes apricot")


async def test_a_menu_that_may_offer_nothing_is_empty_and_a_long_one_is_cut(hoshin: Spine) -> None:
    ana = hoshin.slack.person("ana")
    await ana.types("/checkin")
    with pytest.raises(NotOnScreen, match=r"offers \[\]"):
        await ana.picks("Nothing", "apple")
    await ana.picks("Many", "number 99")
    with pytest.raises(NotOnScreen):
        await ana.picks("Many", "number 100")
