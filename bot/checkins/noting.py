"""Telling people what waits for them: on a day with a check-in that says it, on others one message does."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta

from bot.checkins.days import LADDER, WAITING, is_taken
from bot.checkins.notes import Found, find_notes, mark_told, notes_message
from storage.database import UnitOfWork
from storage.repositories.chores import NOTES
from storage.repositories.outbox import REMINDER, Envelope
from storage.rules.cadence import WorkPattern, first_working_instant, local_date, local_instant
from storage.tables.member import Member
from storage.working import free_from, read_patterns

LOOK_EVERY = timedelta(minutes=15)
_DAY = timedelta(days=1)


def tell_notes(uow: UnitOfWork, limit: int) -> int:
    """Tells those for whom something waits, who are at work, and whom nothing else has asked or will ask
    something today. Whoever wants no messages finds it on the Home tab, and counts as told."""
    del limit  # one message a person, and few people have let something lie
    if not uow.chores.is_due(NOTES, uow.now):
        return 0
    found = find_notes(uow)
    members = _reachable(uow, found)
    patterns = read_patterns(uow, members.values(), local_date(uow.now, "UTC") - _DAY)
    for member_id, member in members.items():
        at = first_instant(uow, member, patterns[member_id])
        if at is not None and at <= uow.now:
            _tell(uow, member, local_date(uow.now, patterns[member_id].zone), found[member_id])
    uow.chores.put_off(NOTES, uow.now + LOOK_EVERY)
    return 0


def next_note_at(uow: UnitOfWork) -> datetime | None:
    """When someone is next told of what waits for them already."""
    members = {one: member for one, member in _reachable(uow, find_notes(uow)).items() if _hears(member)}
    patterns = read_patterns(uow, members.values(), local_date(uow.now, "UTC") - _DAY)
    instants = [first_instant(uow, member, patterns[member_id]) for member_id, member in members.items()]
    first = min((at for at in instants if at is not None), default=None)
    looked_at = uow.chores.find_due_at(NOTES)
    return first if first is None or looked_at is None else max(first, looked_at)


def first_instant(uow: UnitOfWork, member: Member, pattern: WorkPattern) -> datetime | None:
    """When someone may first be told of what waits for them now: now, if they are at work and today brings no
    other message that asks something of them, else when their next working day begins. Not before the end of
    a do-not-disturb: what is told is told once, and must not expire unread."""
    at = first_working_instant(pattern, free_from(member, uow.now))
    if at is None or not is_taken(uow, member, local_date(at, pattern.zone), pattern.zone, (WAITING, LADDER)):
        return at
    tomorrow = local_instant(pattern.zone, local_date(at, pattern.zone) + _DAY, time(0))
    return first_working_instant(pattern, max(at, tomorrow))


def _tell(uow: UnitOfWork, member: Member, on: date, found: Sequence[Found]) -> None:
    if _hears(member):
        envelope = Envelope(
            key=f"{WAITING}:{member.id}:{on}",
            payload=notes_message(found).payload(),
            due_at=uow.now,
            priority=REMINDER,
            member_id=member.id,
            expires_at=uow.now + _DAY,
        )
        if uow.outbox.put(envelope) is None:
            return
    mark_told(uow, member.id, found)


def _hears(member: Member) -> bool:
    return member.wants_messages and member.wants_reminders


def _reachable(uow: UnitOfWork, member_ids: Collection[int]) -> dict[int, Member]:
    members = uow.members.list_by_ids(member_ids)
    return {
        member_id: member
        for member_id, member in sorted(members.items())
        if member.slack_user_id is not None and not member.is_deactivated
    }
