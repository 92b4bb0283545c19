"""Voting: the button and the emoji are one vote; a storm of them costs the card a few edits."""

from decimal import Decimal, InvalidOperation

from bot.kaizen import people
from bot.kaizen.post import card_key, find_idea_id, redraw_card
from storage.database import UnitOfWork
from storage.rules.errors import Invalid, NotAllowed
from storage.rules.kaizen import VOTABLE, check_vote
from storage.tables.kaizen import Idea

BUTTON = "button"
SIGNS = frozenset({"+1", "thumbsup", "heart", "bulb", "clap", "raised_hands", "star", "fire", "100", "tada"})
"""Emojis that say "I support this". Others say something else, and count for nothing."""

MOST_AT_ONCE = 20
"""Cards drawn anew while somebody's reaction is taken; the clock draws the others."""


def toggle(uow: UnitOfWork, member_id: int, idea_id: int) -> tuple[str, bool]:
    """Supports an idea, or takes all support back. Returns its reference and whether it is supported now.

    Raises:
        NotAllowed: it is one's own, or they are a guest.
        Closed: its life is over.
    """
    viewer = people.get_actor(uow, member_id)
    if viewer.is_guest:
        raise NotAllowed(
            "Votes are for the members of this workspace. Say in its thread what you think of it."
        )
    voter = uow.members.get(viewer.member_id).slack_user_id or ""
    idea = uow.ideas.lock(idea_id)
    check_vote(_author_id(idea), member_id, idea.state)
    said_at = Decimal(str(uow.now.timestamp()))
    is_on = not uow.idea_votes.has_voted(idea.id, voter)
    if is_on:
        uow.idea_votes.say(idea.id, voter, BUTTON, said_at, is_on=True)
    else:
        uow.idea_votes.take_back(idea.id, voter, said_at)
    _recount(uow, idea)
    redraw_card(uow, idea)
    return f"K-{idea.number}", is_on


def support(uow: UnitOfWork, member_id: int, idea_id: int) -> str:
    """Supports an idea, also where one does already. Returns its reference.

    Raises:
        NotAllowed, Closed: as `toggle`.
    """
    idea = uow.ideas.get(idea_id)
    voter = uow.members.get(member_id).slack_user_id or ""
    if uow.idea_votes.has_voted(idea_id, voter):
        return f"K-{idea.number}"
    return toggle(uow, member_id, idea_id)[0]


def react(
    uow: UnitOfWork, voter: str, place: tuple[str, str], emoji: str, event_ts: str, *, is_on: bool
) -> None:
    """Takes an emoji on a card as a vote, or as one taken back. On any other message it is none of ours.

    Args:
        place: channel and ts of the message.
        voter: Slack's id of whoever reacted; nobody waits for an answer to a reaction.
        event_ts: Slack's time of the event, by which the newest word counts whatever comes first.
    """
    sign = emoji.partition("::")[0]
    if sign not in SIGNS:
        return
    idea_id = find_idea_id(uow, *place)
    if idea_id is None:
        return
    if uow.idea_votes.say(idea_id, voter, sign, _instant(event_ts), is_on=is_on):
        _show_later(uow, idea_id)


def is_card(uow: UnitOfWork, place: tuple[str, str]) -> tuple[bool, bool]:
    """Whether that message (channel, ts) is an idea's card, and whether it is known who reads there."""
    is_one = find_idea_id(uow, *place) is not None
    return is_one, is_one and uow.audiences.is_known(place[0])


def redraw_behind(uow: UnitOfWork, limit: int) -> int:
    """Draws the cards anew that fell behind in a storm of votes."""
    behind = uow.ideas.list_behind(limit)
    for idea_id in behind:
        idea = uow.ideas.lock(idea_id)
        _recount(uow, idea)
        redraw_card(uow, idea)
    return len(behind)


def count(uow: UnitOfWork, idea: Idea) -> int:
    """How many people support an idea."""
    return len(supporters(uow, idea))


def supporters(uow: UnitOfWork, idea: Idea) -> list[str]:
    """Slack's ids of those whose support counts, those who came first coming first.

    An author's own sign is none, and neither are those of guests, of other workspaces' people (Slack Connect)
    and of bots, whom a reaction does not tell apart from members: it is known who reads the channel.
    """
    voters = uow.idea_votes.list_supporters(idea.id)
    if not voters:
        return []
    author_id = _author_id(idea)
    author = uow.members.get(author_id).slack_user_id if author_id is not None else None
    members = uow.audiences.find_members(uow.workspace.ideas_channel_id, voters)
    return [voter for voter in voters if voter in members and voter != author]


def _show_later(uow: UnitOfWork, idea_id: int) -> None:
    """Draws the card at once where nothing of it waits to be sent; else once, when the rest has come.

    So a thousand reactions cost some statements each, and as many edits as Slack lets through.
    """
    if uow.outbox.has_waiting_edit(card_key(idea_id)):
        uow.ideas.mark_behind(idea_id)
        return
    idea = uow.ideas.lock(idea_id)
    _recount(uow, idea)
    redraw_card(uow, idea)


def _recount(uow: UnitOfWork, idea: Idea) -> None:
    if idea.state in VOTABLE:  # what is over keeps the votes that it had
        idea.votes = count(uow, idea)
        uow.session.flush()


def _author_id(idea: Idea) -> int | None:
    return idea.sealed_for_id if idea.is_anonymous else idea.author_id


def _instant(ts: str) -> Decimal:
    try:
        return Decimal(ts)
    except InvalidOperation as error:
        raise Invalid("This event has no time, so it cannot be put in order.") from error
