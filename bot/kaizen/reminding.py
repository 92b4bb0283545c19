"""What the clock does: cards that fell behind, drafts and links that end; and what people are reminded of.

Reminders are notes: the check-ins put them into the prompt of a day, or into a message of its own.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from bot.kaizen import people, voting
from bot.kaizen.cards import (
    card_message,
    check_buttons,
    check_words,
    entry_words,
    figures_message,
    show_button,
)
from bot.kaizen.figures import read_figures
from bot.kaizen.lists import entries_of
from bot.kaizen.post import card_key, put_card
from bot.kaizen.reading import pattern_of, read_idea
from bot.slices import DueWork, Note, NoteKind
from storage.database import UnitOfWork
from storage.repositories.looks import Look
from storage.repositories.outbox import SUMMARY, Envelope
from storage.rules.cadence import local_date, local_instant
from storage.rules.hierarchy import format_reference
from storage.rules.kaizen import VOTABLE
from storage.rules.kaizen_clock import DRAFT_KEPT
from storage.rules.terms import Kind
from storage.tables.outbox import OutboxState

SHOWN = 5
ANSWERS = "idea-answer:"


def find_checks(uow: UnitOfWork, member_ids: Collection[int] | None) -> Mapping[int, Sequence[Note]]:
    """Results that people are to look at again, for the prompt of their day; found again each day until they
    have said how it went. Those of ideas that nobody carries any more are the council's."""
    found: dict[int, list[Note]] = {}
    left: list[Note] = []
    for due in uow.idea_results.list_due_follow_ups(_today(uow)):
        words = check_words(format_reference(Kind.IDEA, due.number), due.title)
        note = Note(f"check:{due.id}", words, tuple(check_buttons(due.id)))
        (left if due.member_id is None else found.setdefault(due.member_id, [])).append(note)
    for member_id in people.list_council(uow) if left else ():
        found.setdefault(member_id, []).extend(left[:SHOWN])
    return {one: notes for one, notes in sorted(found.items()) if member_ids is None or one in member_ids}


def find_queue(uow: UnitOfWork, member_ids: Collection[int] | None) -> Mapping[int, Sequence[Note]]:
    """What waits for those who decide on ideas: the ones without an answer, and those whose day on hold has
    come."""
    waiting = entries_of(uow, uow.ideas.list_unanswered(uow.now)[:SHOWN])
    held = entries_of(uow, uow.ideas.list_held(_today(uow))[:SHOWN])
    notes = [
        Note(f"idea:{entry.id}", f"{entry_words(entry)}\n{why}", (show_button(entry.id, "Open"),))
        for why, entries in (("Its first answer is overdue", waiting), ("On hold until today", held))
        for entry in entries
    ]
    council = people.list_council(uow) if notes else []
    return {one: notes for one in sorted(council) if member_ids is None or one in member_ids}


def _today(uow: UnitOfWork) -> date:
    return local_date(uow.now, uow.workspace.zone)


def _told(uow: UnitOfWork, member_id: int, notes: Sequence[Note]) -> None:
    """Nothing is written down: what waits is done by pressing its buttons, and told once a day until then."""
    del uow, member_id, notes


NOTES = (
    NoteKind(
        "kaizen checks",
        find_checks,
        _told,
        "Whoever is responsible for an idea looks at its result again 30, 60 and 90 days after it is done.",
    ),
    NoteKind(
        "kaizen queue",
        find_queue,
        _told,
        "Those who decide on ideas hear of those without an answer, and of those whose day on hold has come.",
    ),
)


def may_be_due(look: Look, now: datetime) -> bool:
    """Whether there are ideas at all, or drafts that end."""
    return look.has_ideas or (look.draft_at is not None and look.draft_at < now - DRAFT_KEPT)


def find_due(uow: UnitOfWork) -> tuple[DueWork, ...]:
    """A quick look which work there may be."""
    settings = uow.ideas.find_settings()
    if settings.last_number == 0:
        return (drop_drafts,) if uow.idea_drafts.has_before(uow.now - DRAFT_KEPT) else ()
    channel_id = uow.workspace.ideas_channel_id
    first = local_date(uow.now, uow.workspace.zone).replace(day=1)
    looks: tuple[tuple[DueWork, bool], ...] = (
        (post_waiting, channel_id is not None and settings.cards_channel_id != channel_id),
        (voting.redraw_behind, bool(uow.ideas.list_behind(1))),
        (drop_drafts, uow.idea_drafts.has_before(uow.now - DRAFT_KEPT)),
        (unseal, bool(uow.ideas.list_sealed_ended(1))),
        (post_month, channel_id is not None and (settings.posted_month_on or date.min) < first),
    )
    return tuple(work for work, has_some in looks if has_some)


def post_waiting(uow: UnitOfWork, limit: int) -> int:
    """Posts the cards that waited for an ideas channel, or were refused by the one before."""
    channel_id = uow.workspace.ideas_channel_id
    if channel_id is None or uow.ideas.find_settings().cards_channel_id == channel_id:
        return 0
    done = 0
    for line in reversed(uow.ideas.list_lines(states=VOTABLE)):
        if done >= limit:
            return done
        done += _post_or_move(uow, line.id, channel_id)
    uow.ideas.settings().cards_channel_id = channel_id
    uow.session.flush()
    return done if done < limit else 0


def _post_or_move(uow: UnitOfWork, idea_id: int, channel_id: str) -> bool:
    """Posts a card that is nowhere yet; one that the channel before refused goes to this one."""
    row = uow.outbox.find(card_key(idea_id))
    if row is None:
        return put_card(uow, uow.ideas.get(idea_id))
    if row.state is not OutboxState.FAILED:
        return False
    message = card_message(read_idea(uow, uow.ideas.get(idea_id)))
    return uow.outbox.readdress(row, channel_id, message.payload(), uow.now)


def drop_drafts(uow: UnitOfWork, limit: int) -> int:
    """Deletes the words of commands whose form was not sent within a day."""
    del limit  # one statement for all
    uow.idea_drafts.drop_before(uow.now - DRAFT_KEPT)
    return 0


def unseal(uow: UnitOfWork, limit: int) -> int:
    """Deletes the link from an anonymous idea that has ended to its author, once the last answer is out."""
    done = 0
    for idea in uow.ideas.list_sealed_ended(limit):
        if uow.outbox.forget(f"{ANSWERS}{idea.id}:"):
            idea.sealed_for_id = None
            done += 1
    uow.session.flush()
    return done if done == limit else 0


def post_month(uow: UnitOfWork, limit: int) -> int:
    """Posts last month's figures into the ideas channel, once, on the first working day of a month."""
    del limit
    workspace = uow.workspace
    today = local_date(uow.now, workspace.zone)
    first = today.replace(day=1)
    if workspace.ideas_channel_id is None or not pattern_of(uow).works(today):
        return 0
    settings = uow.ideas.find_settings()
    if settings.last_number == 0 or (settings.posted_month_on or date.min) >= first:
        return 0
    settings = uow.ideas.settings()
    settings.posted_month_on = first
    uow.session.flush()
    since = (first - timedelta(days=1)).replace(day=1)
    between = (local_instant(workspace.zone, since, time(0)), local_instant(workspace.zone, first, time(0)))
    figures = read_figures(uow, between, f"{since:%B %Y}", readers=people.find_channel_readers(uow))
    if figures.statistics.ideas:
        message = figures_message(figures)
        key = f"kaizen-month:{since}"
        channel_id = workspace.ideas_channel_id
        uow.outbox.put(Envelope(key, message.payload(), uow.now, SUMMARY, channel_id=channel_id))
    return 0


def next_due(uow: UnitOfWork) -> datetime | None:
    """The next instant at which an answer is overdue or a result is to be looked at again."""
    waiting = [line.due_at for line in uow.ideas.list_unanswered() if line.due_at > uow.now]
    on = uow.idea_results.find_next_follow_up(local_date(uow.now, "UTC"))
    checks = [datetime.combine(on, time(9), tzinfo=UTC)] if on is not None else []
    return min([*waiting, *checks], default=None)
