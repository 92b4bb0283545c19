"""What the clock does: each reader's digest, in their own working hours and only where something happened.

A digest tells of whole days of the plan's zone, up to yesterday, and remembers up to which day it has told:
nothing is told twice or left out, whenever it runs.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.digests.blocks import digest_message, waiting_message
from bot.digests.evenings import Evenings
from bot.digests.facts import Told
from bot.digests.service import name_follows
from storage.database import UnitOfWork
from storage.following import organisation_pattern, plan_day
from storage.repositories.outbox import DIGEST, Envelope
from storage.rules.cadence import WorkPattern, first_working_instant, local_date, next_digest
from storage.rules.digest import ORGANISATION, Followed
from storage.rules.terms import DigestRhythm, Role
from storage.tables.digest import DigestTurn
from storage.tables.member import Member
from storage.working import read_patterns

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_EVERYTHING: frozenset[Followed] = frozenset({(ORGANISATION, 0)})
EXPIRES = {DigestRhythm.DAILY: _DAY, DigestRhythm.WEEKLY: 3 * _DAY}
"""How long a digest that could not be sent is worth sending."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Someone who gets digests: when they work, and what they follow."""

    member: Member
    pattern: WorkPattern
    follows: set[Followed]


def send_digests(uow: UnitOfWork, limit: int) -> int:
    """Tells those whose turn has come, and gives each the next one."""
    turns = uow.digests.claim_due(uow.now, limit)
    ids = [turn.member_id for turn in turns if turn.member_id is not None]
    members = uow.members.list_by_ids(ids)
    patterns = read_patterns(uow, members.values(), local_date(uow.now, "UTC") - _DAY)
    follows = uow.digests.list_followed_of(ids)
    evenings = Evenings(uow)
    for turn in turns:
        who = turn.member_id
        if who is None:
            _tell_channel(uow, turn, evenings)
        else:
            _tell(uow, turn, Reader(members[who], patterns[who], follows[who]), evenings)
    uow.session.flush()
    return len(turns)


def _tell(uow: UnitOfWork, turn: DigestTurn, reader: Reader, evenings: Evenings) -> None:
    member, pattern, follows = reader.member, reader.pattern, reader.follows
    if not follows or member.digest is DigestRhythm.NONE:
        uow.digests.remove_turn(turn)
        return
    until_on = plan_day(uow)
    if member.slack_user_id is None or member.is_deactivated:
        _move_on(turn, until_on, uow.now + _WEEK)
        return
    at = first_working_instant(pattern, uow.now, days=31)
    if at is None or at > uow.now:
        turn.next_due_at = at or uow.now + _WEEK
        return
    viewer = uow.roles.get_viewer(member.id)
    seen = evenings.tell([viewer], follows, turn.told_from_on, until_on)
    if seen is not None:
        told = Told(
            digest=seen.digest,
            people=seen.after.graph.people,
            from_on=turn.told_from_on,
            until_on=until_on,
            locale=member.locale,
            follows=tuple(name_follows(uow, viewer, seen.after, follows)),
            rhythm=member.digest,
        )
        uow.outbox.put(
            Envelope(
                f"digest:{member.id}:{until_on}",
                digest_message(told).payload(),
                uow.now,
                DIGEST,
                member_id=member.id,
                expires_at=uow.now + EXPIRES[member.digest],
            )
        )
    _move_on(turn, until_on, next_digest(uow.now, pattern, member.digest) or uow.now + _WEEK)


def _tell_channel(uow: UnitOfWork, turn: DigestTurn, evenings: Evenings) -> None:
    """The organisation's digest, with what everyone who reads its channel may see."""
    workspace, pattern = uow.workspace, organisation_pattern(uow)
    channel_id = workspace.digest_channel_id
    if channel_id is None:
        uow.digests.remove_turn(turn)
        return
    at = first_working_instant(pattern, uow.now, days=31)
    readers = uow.audiences.find_viewers(channel_id)
    if at is None or at > uow.now or readers is None:
        # Who reads the channel is asked of Slack, which takes a moment or an invitation.
        if readers is None and turn.told_from_on < plan_day(uow):
            _say_that_it_waits(uow, turn, channel_id)
        turn.next_due_at = max(at or uow.now + _WEEK, uow.now + timedelta(hours=1 if readers is None else 0))
        return
    until_on = plan_day(uow)
    seen = evenings.tell(readers, _EVERYTHING, turn.told_from_on, until_on)
    if seen is not None:
        told = Told(
            digest=seen.digest,
            people=seen.after.graph.people,
            from_on=turn.told_from_on,
            until_on=until_on,
            locale=workspace.locale,
            is_shared=True,
        )
        uow.outbox.put(
            Envelope(
                f"digest:{channel_id}:{until_on}",
                digest_message(told).payload(),
                uow.now,
                DIGEST,
                channel_id=channel_id,
                expires_at=uow.now + EXPIRES[DigestRhythm.WEEKLY],
            )
        )
    _move_on(turn, until_on, next_digest(uow.now, pattern, DigestRhythm.WEEKLY) or uow.now + _WEEK)


def _say_that_it_waits(uow: UnitOfWork, turn: DigestTurn, channel_id: str) -> None:
    for lead_id in uow.roles.list_holders().get(Role.STRATEGY_LEAD, []):
        key = f"digest-waits:{channel_id}:{turn.told_from_on}:{lead_id}"
        payload = waiting_message(channel_id).payload()
        uow.outbox.put(Envelope(key, payload, uow.now, DIGEST, member_id=lead_id, expires_at=uow.now + _WEEK))


def _move_on(turn: DigestTurn, told_from_on: date, next_due_at: datetime) -> None:
    turn.told_from_on = max(turn.told_from_on, told_from_on)
    turn.next_due_at = next_due_at
