"""What goes out about an idea, one function an occasion: drawn and put into the outbox.

The key of a message names its occasion, so no occasion is told twice however often the work runs.
"""

from collections.abc import Sequence

from bot.answers import Message
from bot.kaizen.cards import (
    answer_message,
    card_message,
    more_message,
    step_message,
    support_message,
    thanks_message,
)
from bot.kaizen.facts import IdeaFacts
from bot.kaizen.reading import read_idea
from storage.database import UnitOfWork
from storage.repositories.outbox import ANSWER, SUMMARY, Envelope
from storage.tables.kaizen import Idea, IdeaStep, KaizenSetting
from storage.tables.outbox import OutboxState

CARD = "idea:"
MORE_AT_ONCE = 2_900


def card_key(idea_id: int) -> str:
    return f"{CARD}{idea_id}"


def find_idea_id(uow: UnitOfWork, channel_id: str, ts: str) -> int | None:
    """The idea whose card is that message of Slack's; None for any other message."""
    key = uow.outbox.find_key_by_message(channel_id, ts) or ""
    number = key.removeprefix(CARD)
    return int(number) if key.startswith(CARD) and number.isdigit() else None


def put_card(uow: UnitOfWork, idea: Idea, facts: IdeaFacts | None = None) -> bool:
    """Posts the card into the ideas channel; False where there is none yet.

    Args:
        facts: the idea as it is read, where it was read just now.
    """
    channel_id = uow.workspace.ideas_channel_id
    if channel_id is None:
        return False
    message = card_message(facts or read_idea(uow, idea))
    uow.outbox.put(Envelope(card_key(idea.id), message.payload(), uow.now, SUMMARY, channel_id=channel_id))
    for number, start in enumerate(range(0, len(idea.more), MORE_AT_ONCE)):
        put_in_thread(uow, idea.id, f"more:{number}", more_message(idea.more[start : start + MORE_AT_ONCE]))
    return True


def find_refusal(uow: UnitOfWork, settings: KaizenSetting) -> str:
    """Slack's word for why the ideas channel takes no cards now; empty where it takes them."""
    is_about_it = settings.refused_channel_id == uow.workspace.ideas_channel_id
    return settings.refused_for if is_about_it else ""


def redraw_card(uow: UnitOfWork, idea: Idea) -> None:
    """Draws the card anew where it was posted."""
    idea.redraw = False
    uow.session.flush()
    row = uow.outbox.find(card_key(idea.id))
    if row is None:
        put_card(uow, idea)
    elif row.state is not OutboxState.EXPIRED:
        uow.outbox.edit(row, card_message(read_idea(uow, idea)).payload(), uow.now, SUMMARY)


def put_in_thread(uow: UnitOfWork, idea_id: int, occasion: str, message: Message) -> None:
    """Adds a reply to the card's thread; nothing where there is no card."""
    card = uow.outbox.find(card_key(idea_id))
    if card is not None:
        key = f"idea-thread:{idea_id}:{occasion}"
        uow.outbox.put(Envelope(key, message.payload(), uow.now, SUMMARY, thread_of_id=card.id))


def tell_step(uow: UnitOfWork, idea: Idea, step: IdeaStep, words: str) -> bool:
    """Tells a step in the thread, and the author by themselves; of their own steps they know.

    Returns False where the author has left: the answer then stands on the card and in its thread alone.
    """
    put_in_thread(uow, idea.id, f"step:{step.id}", step_message(words))
    reader_id = _answered_id(idea)
    if reader_id is None:
        return idea.is_anonymous
    if reader_id == step.member_id:
        return True
    reader = uow.members.get(reader_id)
    if reader.is_deactivated or reader.slack_user_id is None:
        return False
    message = answer_message(read_idea(uow, idea), words, idea.author_name)
    key = f"idea-answer:{idea.id}:{step.id}"
    uow.outbox.put(Envelope(key, message.payload(), uow.now, ANSWER, member_id=reader_id))
    return True


def tell_supporters(uow: UnitOfWork, idea: Idea, step: IdeaStep, words: str, voters: Sequence[str]) -> None:
    """Tells the end of an idea to those who support it and want messages.

    Args:
        voters: Slack's ids.
    """
    payload = support_message(read_idea(uow, idea), words).payload()
    for member in uow.members.list_by_slack_ids(voters):
        if member.is_deactivated or not member.wants_messages or member.id == step.member_id:
            continue
        key = f"idea-support:{idea.id}:{step.id}:{member.id}"
        uow.outbox.put(Envelope(key, payload, uow.now, SUMMARY, member_id=member.id))


def _answered_id(idea: Idea) -> int | None:
    """Who gets the answers: the author; of one without an account whoever wrote the idea down for them."""
    if idea.is_anonymous:
        return idea.sealed_for_id
    return idea.submitted_by_id if idea.author_name else idea.author_id


def thank(uow: UnitOfWork, idea: Idea, step: IdeaStep, words: str, who: Sequence[str]) -> None:
    """Thanks everyone who took part, in public."""
    channel_id = uow.workspace.ideas_channel_id
    if channel_id is None:
        return
    message = thanks_message(read_idea(uow, idea), words, who)
    key = f"idea-thanks:{idea.id}:{step.id}"
    uow.outbox.put(Envelope(key, message.payload(), uow.now, SUMMARY, channel_id=channel_id))
