"""What the clock does: reminders at most once a day, cards that fell behind, drafts and links that end.

`list_due` is all that a person is reminded of, as one function: whoever asks people in one message a day can
take it over.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.kaizen import people
from bot.kaizen.cards import figures_message, prompt_message
from bot.kaizen.facts import Entry
from bot.kaizen.post import card_key, put_card
from bot.kaizen.reading import entries_of, pattern_of, read_figures
from storage.database import UnitOfWork
from storage.repositories.outbox import REMINDER, SUMMARY, Envelope
from storage.rules.cadence import WORK_HOURS, WorkPattern, local_date, local_instant
from storage.rules.hierarchy import format_reference
from storage.rules.kaizen import VOTABLE
from storage.rules.kaizen_clock import DRAFT_KEPT
from storage.rules.terms import Kind
from storage.working import read_patterns

SHOWN = 5
ANSWERS = "idea-answer:"


@dataclass(frozen=True, slots=True)
class Due:
    """What waits for one person: results to look at again; for the council, ideas without an answer and those
    whose day on hold has come."""

    checks: tuple[tuple[int, str, str], ...] = ()
    waiting: tuple[Entry, ...] = ()
    held: tuple[Entry, ...] = ()


def list_due(uow: UnitOfWork, today: date) -> dict[int, Due]:
    """What waits for whom, by member id, on a day of the workspace's calendar."""
    checks: dict[int, list[tuple[int, str, str]]] = {}
    for due in uow.ideas.list_due_follow_ups(today):
        if due.member_id is not None:
            checks.setdefault(due.member_id, []).append(
                (due.id, format_reference(Kind.IDEA, due.number), due.title)
            )
    waiting = tuple(entries_of(uow, uow.ideas.list_unanswered(uow.now)[:SHOWN]))
    held = tuple(entries_of(uow, uow.ideas.list_held(today)[:SHOWN]))
    council = set(people.list_council(uow)) if waiting or held else set()
    return {
        member_id: Due(
            tuple(checks.get(member_id, ())),
            waiting if member_id in council else (),
            held if member_id in council else (),
        )
        for member_id in sorted({*checks, *council})
    }


def remind(uow: UnitOfWork, limit: int) -> int:
    """Reminds those for whom something waits, each once a day at most and in their own working hours."""
    due = list_due(uow, local_date(uow.now, uow.workspace.zone))
    members = people.names_of(uow, due)
    patterns = read_patterns(uow, members.values(), local_date(uow.now, "UTC") - timedelta(days=1))
    done = 0
    for member_id, member in sorted(members.items()):
        until = _ends_at(uow.now, patterns[member_id])
        if member.is_deactivated or member.slack_user_id is None or until is None or done >= limit:
            continue
        one = due[member_id]
        on = local_date(uow.now, member.zone)
        message = prompt_message(one.checks, one.waiting, one.held)
        key = f"kaizen-prompt:{member_id}:{on}"
        envelope = Envelope(key, message.payload(), uow.now, REMINDER, member_id=member_id, expires_at=until)
        done += uow.outbox.put(envelope) is not None
    return done


def post_waiting(uow: UnitOfWork, limit: int) -> int:
    """Posts the cards that waited for an ideas channel, once there is one or another one."""
    channel_id = uow.workspace.ideas_channel_id
    if channel_id is None or uow.ideas.find_settings().cards_channel_id == channel_id:
        return 0
    waiting = [
        line
        for line in reversed(uow.ideas.list_lines(states=VOTABLE))
        if uow.outbox.find(card_key(line.id)) is None
    ]
    for line in waiting[:limit]:
        put_card(uow, uow.ideas.get(line.id))
    if len(waiting) <= limit:
        uow.ideas.settings().cards_channel_id = channel_id
        uow.session.flush()
    return min(len(waiting), limit)


def drop_drafts(uow: UnitOfWork, limit: int) -> int:
    """Deletes the words of commands whose form was not sent within a day."""
    del limit  # one statement for all
    uow.ideas.drop_drafts_before(uow.now - DRAFT_KEPT)
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
    on = uow.ideas.find_next_follow_up(local_date(uow.now, "UTC"))
    checks = [datetime.combine(on, time(9), tzinfo=UTC)] if on is not None else []
    return min([*waiting, *checks], default=None)


def _ends_at(now: datetime, pattern: WorkPattern) -> datetime | None:
    """The end of the working day that runs now; None outside of working hours."""
    on = local_date(now, pattern.zone)
    if not pattern.works(on):
        return None
    starts_at = local_instant(pattern.zone, on, pattern.start)
    ends_at = starts_at + timedelta(hours=WORK_HOURS)
    return ends_at if starts_at <= now < ends_at else None
