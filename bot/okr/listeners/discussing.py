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
    channel_id = await ask.read(discussing.find_place, ask.person.member_id, ask.value)
    await ask.learn_readers(channel_id)
    found = await ask.run(discussing.discuss, ask.person.member_id, ask.value)
    return say(told_message(found, permalink(ask, found.channel_id, found.ts)))
