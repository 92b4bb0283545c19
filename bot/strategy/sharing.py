"""Showing an item where several read: only what every one of them may see."""

from bot.answers import Message
from bot.asks import Person
from bot.strategy.blocks.card import shared
from bot.strategy.facts import Item, Scene
from bot.strategy.service import list_figures, look
from storage.database import UnitOfWork
from storage.repositories.outbox import ANSWER, Envelope
from storage.rules import access
from storage.rules.errors import Invalid
from storage.rules.finding import Several, find
from storage.rules.graph import Node


def share(uow: UnitOfWork, person: Person, words: str, channel_id: str) -> Node | None:
    """Posts an item's card to a channel, as every reader there may see it.

    Returns:
        The item where not all may see it, so that nothing was posted; else None.

    Raises:
        NotFound, Invalid: as `draw_shared`.
    """
    node, message = draw_shared(uow, person, words, channel_id)
    if message is None:
        return node
    key = f"share:{channel_id}:{node.reference}:{person.member_id}:{uow.now.timestamp():.3f}"
    uow.outbox.put(Envelope(key, message.payload(), uow.now, ANSWER, channel_id=channel_id))
    return None


def draw_shared(uow: UnitOfWork, person: Person, words: str, channel_id: str) -> tuple[Node, Message | None]:
    """An item and its card as every reader of a channel may see it; no card where not all may see the item.

    Raises:
        NotFound, Invalid: no item is meant, or it is not known who reads the channel.
    """
    scene = look(uow, person.member_id)
    node = find(scene.graph, words)
    if isinstance(node, Several):
        raise Invalid("Several items fit. Name the one that you mean by its reference, such as KR-3.")
    readers = uow.audiences.find_viewers(channel_id)
    if readers is None:
        raise Invalid("I do not know who reads here. Type `/invite @Hoshin` in this channel, then try again.")
    now = uow.picture()
    seen = now.without(frozenset().union(*(access.hidden_from(now.graph, reader) for reader in readers)))
    if node.ref not in seen.graph.nodes:
        return node, None
    told = Scene(viewer=scene.viewer, graph=seen.graph, standings=seen.standings, today=seen.today)
    shown = seen.graph.nodes[node.ref]
    item = Item(scene=told, node=shown, figures=list_figures(uow, told, shown), monthly_plan={})
    return node, shared(item, person)
