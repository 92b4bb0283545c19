"""Opening the Home tab, the bare `/hoshin`, and "all 23 →"."""

from collections.abc import Sequence

from bot import ids
from bot.answers import Answer, RefreshHome, View, nothing, open_view, say
from bot.asks import Ask
from bot.home import blocks
from bot.home.sections import gather
from bot.home.service import is_opened, note_opened, stand
from bot.members import find_person
from bot.routing import Routes
from bot.slices import HomeSection
from storage.database import UnitOfWork


def home_routes(sections: Sequence[HomeSection]) -> Routes:
    """The routes, with what the other slices show on the Home tab."""
    routes = Routes()

    @routes.event("app_home_opened")
    async def on_opened(ask: Ask) -> Answer:
        # The same event tells of the tab with the direct messages.
        if ask.payload.get("tab") != "home":
            return nothing()
        if not await ask.read(is_opened, ask.person.member_id):
            await ask.run(note_opened, ask.person.member_id)
        return nothing(RefreshHome())

    @routes.command("hoshin")
    async def on_hoshin(ask: Ask) -> Answer:
        gathered = await ask.read(gather, ask.person.member_id, sections)
        drawn = gathered.drawn_for(ask.person)
        return say(blocks.standing_message(gathered.standing, ask.person, *drawn))

    @routes.action(ids.HOME_ITEMS)
    async def on_all_items(ask: Ask) -> Answer:
        standing = await ask.read(stand, ask.person.member_id)
        return open_view(blocks.all_items(standing, ask.person))

    return routes


def draw_home(uow: UnitOfWork, sections: Sequence[HomeSection], slack_user_id: str) -> View | None:
    """The Home tab of a Slack user; None for someone who is unknown here or deactivated."""
    person = find_person(uow, slack_user_id)
    if person is None:
        return None
    gathered = gather(uow, person.member_id, sections)
    return blocks.home(gathered.standing, person, *gathered.drawn_for(person))


def draw_opened(uow: UnitOfWork, sections: Sequence[HomeSection], slack_user_id: str) -> View | None:
    """As `draw_home`, after something happened; None also for someone who has never opened it: what they see
    when they do is drawn then."""
    person = find_person(uow, slack_user_id)
    is_looked_at = person is not None and is_opened(uow, person.member_id)
    return draw_home(uow, sections, slack_user_id) if is_looked_at else None
