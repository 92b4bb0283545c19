"""The ball's clock: whoever holds one is reminded, the sponsor is told, and what nobody answers expires.

A person gets one message a day about all their balls, in their own working hours. The message's key names the
person and their day, so that neither a second tick nor a second replica says it twice.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot import ids
from bot.answers import Message
from bot.blockkit.kit import button, context, section
from bot.blockkit.mrkdwn import bold, clamp_plain, literal
from bot.catchball.drawing import BETWEEN, day
from bot.catchball.posting import tell
from bot.slices import DueWork
from storage import catchballs
from storage.database import UnitOfWork
from storage.repositories.chores import CATCHBALL
from storage.repositories.outbox import REMINDER, Envelope
from storage.rules import access
from storage.rules.cadence import WorkPattern, first_working_instant, local_date, local_instant
from storage.rules.catchball import Ball
from storage.rules.graph import Graph
from storage.rules.terms import Role
from storage.tables.catchball import Catchball, CatchballParty
from storage.working import read_patterns

REMIND_AFTER_DAYS, TELL_AFTER_DAYS = 2, 5
"""Working days of the holder, and of the sponsor."""
LOOK_EVERY = timedelta(minutes=15)
_SOONEST = timedelta(days=1)
_DAY = timedelta(days=1)
_MOST_DAYS = 60
_SHOWN = 10


class Lying(NamedTuple):
    """A ball that lies, for one person; `party` None: they are its sponsor."""

    row: Catchball
    ball: Ball
    party: CatchballParty | None


def expire_due(uow: UnitOfWork, limit: int) -> int:
    """Ends the balls whose day has passed; their cards and threads tell."""
    numbers = _overdue(uow, limit)
    for number in numbers:
        moved = catchballs.expire(uow, number)
        if moved is not None:
            tell(uow, moved)
    return len(numbers)


def remind(uow: UnitOfWork, limit: int) -> int:
    """Reminds holders after two of their working days, and tells sponsors after five."""
    del limit  # one message a person, and few people hold a ball for so long
    if not uow.chores.is_due(CATCHBALL, uow.now):
        return 0
    graph = uow.picture().graph
    lying: defaultdict[int, list[Lying]] = defaultdict(list)
    for row, party in uow.catchballs.list_unreminded(uow.now - _SOONEST):
        lying[party.member_id].append(Lying(row, uow.catchballs.read(row), party))
    for row in uow.catchballs.list_untold(uow.now - _SOONEST * TELL_AFTER_DAYS):
        ball = uow.catchballs.read(row)
        sponsor_id = find_sponsor(uow, graph, row, ball)
        if sponsor_id is not None:
            lying[sponsor_id].append(Lying(row, ball, None))
    for member_id, pattern in _patterns(uow, lying).items():
        due = [one for one in lying[member_id] if _is_due(uow, pattern, one)]
        if due and _is_at_work(pattern, uow.now):
            _send(uow, graph, member_id, pattern, due)
    uow.chores.put_off(CATCHBALL, uow.now + LOOK_EVERY)
    return 0


def find_due(uow: UnitOfWork) -> tuple[DueWork, ...]:
    """A quick look which of the two has something to do."""
    if not uow.catchballs.has_open():
        return ()
    found: list[DueWork] = [expire_due] if _overdue(uow, 1) else []
    if uow.chores.is_due(CATCHBALL, uow.now):
        found.append(remind)
    return tuple(found)


def next_due(uow: UnitOfWork) -> datetime | None:
    """When someone is next reminded of a ball, or one expires; None where none is in the air."""
    plan = uow.strategies.find_plan()
    if plan is None or not uow.catchballs.has_open():
        return None
    waiting = [
        (party.member_id, ball.held_since or uow.now)
        for ball, party in uow.catchballs.list_unreminded(uow.now)
    ]
    patterns = _patterns(uow, {member_id for member_id, _ in waiting})
    instants = [
        due_instant(patterns[member_id], since, REMIND_AFTER_DAYS)
        for member_id, since in waiting
        if member_id in patterns
    ]
    until_on = uow.catchballs.find_first_until_on()
    if until_on is not None:
        instants.append(local_instant(plan.zone, until_on + _DAY, time()))
    first = min((instant for instant in instants if instant is not None), default=None)
    # What is due already waits for someone's working hours, or for tomorrow.
    return first if first is None or first > uow.now else uow.now + LOOK_EVERY


def find_sponsor(uow: UnitOfWork, graph: Graph, row: Catchball, ball: Ball) -> int | None:
    """Who owns the next item up, else the strategy lead; nobody who holds the ball, nobody who may not see "
    "it."""
    parent = graph.find(ball.terms.parent) if ball.terms.parent is not None else None
    leads = uow.roles.list_holders().get(Role.STRATEGY_LEAD, [])
    for member_id in ([parent.owner_id] if parent is not None else []) + list(leads):
        person = graph.people.get(member_id or 0)
        if person is None or person.is_deactivated or member_id is None or member_id in ball.holder_ids:
            continue
        if row.is_private and member_id not in ball.people_ids:
            continue
        if parent is None or parent.ref not in access.hidden_from(graph, uow.roles.get_viewer(member_id)):
            return member_id
    return None


def due_instant(pattern: WorkPattern, held_since: datetime, days: int) -> datetime | None:
    """The start of the day on which someone has had a ball for so many working days; None if never."""
    on, left = local_date(held_since, pattern.zone), days
    for _ in range(_MOST_DAYS):
        on += _DAY
        if pattern.works(on):
            left -= 1
        if left == 0:
            return local_instant(pattern.zone, on, pattern.start)
    return None


def reminder_message(lying: Iterable[Lying], graph: Graph, now: datetime) -> Message:
    """All balls that lie with someone, or that they sponsor, in one message."""
    everything = list(lying)
    own = [one for one in everything if one.party is not None]
    text = (
        f"{len(own)} {'ball waits' if len(own) == 1 else 'balls wait'} for you."
        if own
        else "A ball below your part of the plan has lain for five working days."
    )
    rows = [
        section(
            f"{bold(one.ball.reference)} "
            f"{literal(clamp_plain(one.ball.terms.title, 150))}\n{_words(one, graph, now)}",
            accessory=button(
                "Open", ids.numbered(ids.CATCHBALL_SHOW, one.ball.number), value=str(one.ball.number)
            ),
        )
        for one in everything[:_SHOWN]
    ]
    why = (
        "Why this? A ball's holder is reminded after two working days, once, and its sponsor told after five."
    )
    return Message(text, (section(text), *rows, context(f"{why} `/catchball` lists all of yours.")))


def _words(one: Lying, graph: Graph, now: datetime) -> str:
    days = (now - one.ball.held_since).days if one.ball.held_since is not None else 0
    names = sorted(graph.people[held].name for held in one.ball.holder_ids if held in graph.people)
    whose = "with you" if one.party is not None else f"with {literal(', '.join(names))}"
    return f"{whose} for {days} days{BETWEEN}until {day(one.ball.until_on)}"


def _send(uow: UnitOfWork, graph: Graph, member_id: int, pattern: WorkPattern, due: list[Lying]) -> None:
    """One message a person and day; what comes too late for today's comes tomorrow."""
    sent = uow.outbox.put(
        Envelope(
            key=f"catchball-day:{member_id}:{local_date(uow.now, pattern.zone)}",
            payload=reminder_message(due, graph, uow.now).payload(),
            due_at=uow.now,
            priority=REMINDER,
            member_id=member_id,
            expires_at=uow.now + _DAY,
        )
    )
    if sent is None:
        return
    for one in due:
        if one.party is not None:
            one.party.reminded_at = uow.now
        else:
            one.row.told_at = uow.now
    uow.session.flush()


def _is_due(uow: UnitOfWork, pattern: WorkPattern, one: Lying) -> bool:
    days = REMIND_AFTER_DAYS if one.party is not None else TELL_AFTER_DAYS
    at = due_instant(pattern, one.ball.held_since or uow.now, days)
    return at is not None and at <= uow.now


def _is_at_work(pattern: WorkPattern, now: datetime) -> bool:
    return first_working_instant(pattern, now) == now


def _patterns(uow: UnitOfWork, member_ids: Iterable[int]) -> dict[int, WorkPattern]:
    members = [uow.members.get(one) for one in member_ids]
    return read_patterns(
        uow, [one for one in members if not one.is_deactivated], local_date(uow.now, "UTC") - _DAY
    )


def _overdue(uow: UnitOfWork, limit: int) -> list[int]:
    plan = uow.strategies.find_plan()
    if plan is None:
        return []
    return uow.catchballs.list_overdue(uow.now.astimezone(ZoneInfo(plan.zone)).date(), limit)
