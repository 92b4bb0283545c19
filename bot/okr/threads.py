"""The post that an item's thread hangs on, and what whoever pressed "Discuss" is told."""

from bot.answers import Message
from bot.blockkit.cards import card
from bot.blockkit.kit import context
from bot.blockkit.mrkdwn import channel, link, literal
from bot.okr.drawing import card_of, named
from bot.okr.facts import Discussion, Shown

_LOCALE = "en-US"
"""A channel has no habits of its own."""


def thread_message(shown: Shown, opener: str, zone: str) -> Message:
    """The item's card, with what it is there for."""
    foot = context(
        f"Opened by {literal(opener or 'a colleague')}, to be talked about in this thread. "
        f"`@Hoshin {shown.reference}` shows how it stands at any time."
    )
    blocks = card(card_of(shown), locale=_LOCALE, zone=zone)
    return Message(f"Let us talk about {shown.reference} {literal(shown.node.title)}", (*blocks, foot))


def told_message(discussion: Discussion, permalink: str) -> Message:
    """Where the thread is."""
    node, place = discussion.node, channel(discussion.channel_id)
    if not discussion.ts:
        return Message(
            f"{named(node)} is posted to {place}: answer there, in its thread. From now on “Discuss” leads "
            "to it."
        )
    where = link(permalink, "this thread") if permalink else "its thread"
    return Message(f"{named(node)} is talked about in {where} in {place}.")
