"""`@Hoshin K-7`: a reference in a mention answers with the idea's card, to all who read there if they may."""

from dataclasses import replace

from bot.answers import Answer, Message, Reply, nothing, say
from bot.asks import Ask
from bot.kaizen import people
from bot.kaizen.cards import card_message
from bot.kaizen.reading import event_words, serves_words, show_number
from bot.slices import Word
from storage.database import UnitOfWork
from storage.rules.access import Viewer
from storage.rules.errors import Invalid
from storage.rules.finding import read_spoken
from storage.rules.terms import Kind
from storage.tables.kaizen import Idea


async def show_idea(ask: Ask) -> Answer:
    """The card for all where all may see the idea, else for the asker alone."""
    channel_id = ask.channel_id or ""
    await ask.learn_readers(channel_id)
    message, is_for_all = await ask.read(draw, ask.person.member_id, ask.text, channel_id)
    return nothing(Reply(message)) if is_for_all else say(message)


def draw(uow: UnitOfWork, member_id: int, text: str, channel_id: str) -> tuple[Message, bool]:
    """An idea's card, and whether everyone who reads that channel may see it.

    Raises:
        NotFound: there is no such idea, or none that the asker may see.
        Invalid: it is not known who reads the channel.
    """
    detail = show_number(uow, member_id, str((read_spoken(text) or (Kind.IDEA, 0))[1]))
    readers = uow.audiences.find_viewers(channel_id)
    if readers is None:
        raise Invalid("I do not know who reads here. Type `/invite @Hoshin` in this channel, then try again.")
    idea = uow.ideas.get(detail.idea.id)
    is_for_all = all(_may_see(uow, reader, idea) for reader in readers)
    told = readers if is_for_all else [uow.roles.get_viewer(member_id)]
    facts = replace(detail.idea, serves=serves_words(uow, idea, *told), event=event_words(uow, idea, *told))
    # Slack shows its pictures to those who read the ideas channel, and to nobody else.
    shows_pictures = is_for_all and channel_id == uow.workspace.ideas_channel_id
    return card_message(facts, shows_pictures=shows_pictures), is_for_all


def is_idea(text: str) -> bool:
    """Whether someone named an idea and said nothing else."""
    ref = read_spoken(text)
    return ref is not None and ref[0] is Kind.IDEA


def _may_see(uow: UnitOfWork, reader: Viewer, idea: Idea) -> bool:
    """Members see every idea, guests those that they have a part in, others none."""
    if reader.is_stranger:
        return False
    return not reader.is_guest or bool(reader.member_id and people.roles_on(uow, reader, idea))


WORDS = (Word("K-7", show_idea, "K-7", "shows the card of a Kaizen idea", fits=is_idea),)
