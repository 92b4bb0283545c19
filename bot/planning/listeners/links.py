"""`/hoshin link`: marks of the X-matrix."""

from bot import ids
from bot.answers import Answer, say
from bot.asks import Ask
from bot.planning.blocks.links import asked_message, set_message, suggested_message
from bot.planning.service import links
from bot.routing import Routes

routes = Routes()


@routes.command("hoshin link")
async def link(ask: Ask) -> Answer:
    """Sets a mark; without a strength asks for one; alone, shows what waits for someone to agree."""
    if not ask.text:
        return say(suggested_message(await ask.read(links.list_suggested, ask.person.member_id)))
    wanted = links.read_link(ask.text)
    if wanted.is_question:
        return say(asked_message(await ask.read(links.look, ask.person.member_id, wanted.one, wanted.other)))
    return await _set(ask, wanted)


@routes.action(ids.LINK_SET)
async def press(ask: Ask) -> Answer:
    """A strength, "No mark" or "Undo"."""
    return await _set(ask, links.read_link(ask.value))


@routes.action(ids.LINK_AGREE)
async def agree(ask: Ask) -> Answer:
    wanted = links.read_link(ask.value)
    return say(set_message(await ask.run(links.agree, ask.person.member_id, wanted.one, wanted.other)))


async def _set(ask: Ask, wanted: links.Wanted) -> Answer:
    marked = await ask.run(links.link, ask.person.member_id, wanted.one, wanted.other, wanted.strength)
    return say(set_message(marked))
