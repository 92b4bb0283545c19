"""`/hoshin link`: marks of the X-matrix."""

from bot import ids
from bot.answers import Answer, say
from bot.asks import Ask
from bot.planning.blocks.links import asked_message, set_message, suggested_message, unclear_message
from bot.planning.service import links
from bot.routing import Routes
from storage.rules.hierarchy import parse_reference

routes = Routes()


@routes.command("hoshin link")
async def link(ask: Ask) -> Answer:
    """Sets a mark; without a strength asks for one; alone, shows what waits for someone to agree."""
    if not ask.text:
        return say(suggested_message(await ask.read(links.list_suggested, ask.person.member_id)))
    return await _answer(ask, links.read_link(ask.text))


@routes.action(ids.LINK_SET)
async def press(ask: Ask) -> Answer:
    """A strength, "No mark", "Undo", or which item was meant."""
    return await _answer(ask, links.read_link(ask.value))


@routes.action(ids.LINK_AGREE)
async def agree(ask: Ask) -> Answer:
    wanted = links.read_link(ask.value)
    one, other = parse_reference(wanted.one), parse_reference(wanted.other)
    return say(set_message(await ask.run(links.agree, ask.person.member_id, one, other)))


async def _answer(ask: Ask, wanted: links.Wanted) -> Answer:
    if wanted.is_question:
        found = await ask.read(links.look, ask.person.member_id, wanted)
        return say(unclear_message(found) if isinstance(found, links.Unclear) else asked_message(found))
    made = await ask.run(links.link, ask.person.member_id, wanted)
    return say(unclear_message(made) if isinstance(made, links.Unclear) else set_message(made))
