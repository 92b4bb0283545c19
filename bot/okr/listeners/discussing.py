"""The thread of an item: posted once, then led to."""

from bot import ids
from bot.answers import Answer, say
from bot.asks import Ask
from bot.okr import discussing
from bot.okr.listeners.links import permalink
from bot.okr.threads import told_message
from bot.routing import Routes

routes = Routes()


@routes.action(ids.OKR_DISCUSS)
async def discuss(ask: Ask) -> Answer:
    """ "Discuss" on a card."""
    return await lead_to_thread(ask, ask.value)


async def lead_to_thread(ask: Ask, reference: str) -> Answer:
    """Opens the thread of an item where there is none yet, and says where it is."""
    channel_id = await ask.read(discussing.find_place, ask.person.member_id, reference)
    await ask.learn_readers(channel_id)
    found = await ask.run(discussing.discuss, ask.person.member_id, reference)
    return say(told_message(found, permalink(ask, found.channel_id, found.ts)))
