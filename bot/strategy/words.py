"""`@Hoshin KR-12`: a reference in a mention answers with its card in the thread, where all may see it."""

from bot.answers import Answer, Reply, nothing, say
from bot.asks import Ask
from bot.slices import Word
from bot.strategy.blocks import card
from bot.strategy.sharing import draw_shared
from storage.rules.finding import read_spoken, spoken
from storage.rules.graph import LEVELS


async def show_item(ask: Ask) -> Answer:
    """The card for all where all may see it, else for the asker alone."""
    channel_id = ask.channel_id or ""
    await ask.learn_readers(channel_id)
    node, message = await ask.run(draw_shared, ask.person, spoken(ask.text), channel_id)
    return say(card.not_shared(node)) if message is None else nothing(Reply(message))


def is_reference(text: str) -> bool:
    """Whether someone named an item of the plan and said nothing else ("show" and "please" aside)."""
    ref = read_spoken(text)
    return ref is not None and ref[0] in LEVELS


WORDS = (
    Word(
        "KR-12",
        show_item,
        "KR-12",
        "shows the card of an item by its reference, to all who read here",
        fits=is_reference,
    ),
)
