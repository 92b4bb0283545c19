"""`/hoshin follow`, `/hoshin unfollow`, and the buttons that do the same."""

from bot import ids
from bot.answers import Answer, say
from bot.asks import Ask
from bot.digests import blocks, service
from bot.routing import Routes
from storage.rules.finding import Several

routes = Routes()


@routes.command("hoshin follow")
async def follow(ask: Ask) -> Answer:
    """Follows what is named; alone, what one follows."""
    if not ask.text.strip():
        return await list_follows(ask)
    return await _name(ask, on=True)


@routes.command("hoshin unfollow")
async def unfollow(ask: Ask) -> Answer:
    """Ends following; alone, what one follows, each with its button."""
    if not ask.text.strip():
        return await list_follows(ask)
    return await _name(ask, on=False)


@routes.action(ids.FOLLOW_LIST)
async def list_follows(ask: Ask) -> Answer:
    """ "What I follow" below a digest."""
    found = await ask.read(service.list_follows, ask.person.member_id)
    return say(blocks.list_message(found))


@routes.action(ids.FOLLOW)
async def press(ask: Ask) -> Answer:
    """ "Follow" or "Unfollow" on a card or in the list."""
    kind, row_id, on = ids.read_follow(ask.value)
    outcome = await ask.run(service.press, ask.person.member_id, (kind, row_id), on=on)
    return say(blocks.outcome_message(outcome))


async def _name(ask: Ask, *, on: bool) -> Answer:
    found = await ask.run(service.follow_named, ask.person.member_id, ask.text, on=on)
    if isinstance(found, Several):
        return say(blocks.several_message(found, on=on))
    return say(blocks.outcome_message(found))
