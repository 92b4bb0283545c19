"""The ball's clock: whoever holds one is reminded, the sponsor is told, and what nobody answers expires.

A reminder is a note: the check-ins put it into the person's prompt of that day, or into a message of its own.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot import ids
from bot.blockkit.kit import button
from bot.blockkit.mrkdwn import BETWEEN, bold, clamp_plain, literal
from bot.catchball.drawing import day
from bot.catchball.posting import tell
from bot.catchball.seasons import announce
from bot.slices import DueWork, Note, NoteKind
from storage import catchballs
from storage.database import UnitOfWork
from storage.repositories.chores import SEASON
from storage.repositories.looks import Look
from storage.rules import access
from storage.rules.cadence import WorkPattern, local_date, local_instant
from storage.rules.catchball import Ball
from storage.rules.graph import Graph
from storage.rules.terms import Role
from storage.tables.catchball import Catchball, CatchballParty
from storage.working import read_patterns

REMIND_AFTER_DAYS, TELL_AFTER_DAYS = 2, 5
"""Working days of the holder, and of the sponsor."""
_SOONEST = timedelta(days=1)
_DAY = timedelta(days=1)
_MOST_DAYS = 60


class Lying(NamedTuple):
    """A ball that lies, for one person; `party` None: they are its sponsor."""

    row: Catchball
    ball: Ball
    party: CatchballParty | None

    @property
    def key(self) -> str:
        return f"{'sponsor' if self.party is None else 'holder'}:{self.ball.number}"

    @property
    def days(self) -> int:
        return TELL_AFTER_DAYS if self.party is None else REMIND_AFTER_DAYS


def expire_due(uow: UnitOfWork, limit: int) -> int:
    """Ends the balls whose day has passed; their cards and threads tell."""
    numbers = _overdue(uow, limit)
    for number in numbers:
        moved = catchballs.expire(uow, number)
        if moved is not None:
            tell(uow, moved)
    return len(numbers)


def may_be_due(look: Look, now: datetime) -> bool:
    """Whether a ball is in the air, or it is time to look at the season."""
    return look.has_open_ball or look.is_chore_due(SEASON, now)


def find_due(uow: UnitOfWork) -> tuple[DueWork, ...]:
    """A quick look whether something expires, and whether it is time to look at the season."""
    found: list[DueWork] = [expire_due] if uow.ball_lists.has_open() and _overdue(uow, 1) else []
    if uow.chores.is_due(SEASON, uow.now):
        found.append(announce)
    return tuple(found)


def find_notes(uow: UnitOfWork, member_ids: Collection[int] | None) -> Mapping[int, Sequence[Note]]:
    """The balls that have lain with someone for two of their working days, and for sponsors those that have
    lain for five, of which they were not told yet."""
    if not uow.ball_lists.has_open():
        return {}
    graph = uow.picture().graph
    found: defaultdict[int, list[Note]] = defaultdict(list)
    for member_id, one, at in _clocked(uow, _list_lying(uow, graph, uow.now)):
        if at is not None and at <= uow.now and (member_ids is None or member_id in member_ids):
            found[member_id].append(_note(one, graph, uow.now))
    return found


def mark_told(uow: UnitOfWork, member_id: int, notes: Sequence[Note]) -> None:
    """Each reminder goes out once."""
    keys = {note.key for note in notes}
    for whose, one in _list_lying(uow, uow.picture().graph, uow.now):
        if whose != member_id or one.key not in keys:
            continue
        if one.party is not None:
            one.party.reminded_at = uow.now
        else:
            one.row.told_at = uow.now
    uow.session.flush()


NOTES = NoteKind(
    "catchball",
    find_notes,
    mark_told,
    "A ball's holder is reminded once, after two working days, and its sponsor told after five.",
)


def next_due(uow: UnitOfWork) -> datetime | None:
    """When someone is next to be reminded of a ball or told of one that lies, or one expires; None where none
    is in the air. What is due already waits for its reader's next message."""
    plan = uow.strategies.find_plan()
    if plan is None or not uow.ball_lists.has_open():
        return None
    lying = _list_lying(uow, uow.picture().graph, uow.now + _SOONEST * TELL_AFTER_DAYS)
    instants = [at for _, _, at in _clocked(uow, lying) if at is not None]
    until_on = uow.ball_lists.find_first_until_on()
    if until_on is not None:
        instants.append(local_instant(plan.zone, until_on + _DAY, time()))
    return min((at for at in instants if at > uow.now), default=None)


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


def _list_lying(uow: UnitOfWork, graph: Graph, by: datetime) -> list[tuple[int, Lying]]:
    """Balls that may have lain long enough by an instant, with whom it is to be said to."""
    found: list[tuple[int, Lying]] = []
    balls: dict[int, Ball] = {}
    for row, party in uow.ball_lists.list_unreminded(by - _SOONEST):
        ball = balls.get(row.id) or uow.catchballs.read(row)
        balls[row.id] = ball
        found.append((party.member_id, Lying(row, ball, party)))
    for row in uow.ball_lists.list_untold(by - _SOONEST * TELL_AFTER_DAYS):
        ball = balls.get(row.id) or uow.catchballs.read(row)
        sponsor_id = find_sponsor(uow, graph, row, ball)
        if sponsor_id is not None:
            found.append((sponsor_id, Lying(row, ball, None)))
    return found


def _clocked(
    uow: UnitOfWork, lying: Iterable[tuple[int, Lying]]
) -> Iterator[tuple[int, Lying, datetime | None]]:
    """With the instant at which each is due; those who have left are passed over."""
    everything = list(lying)
    patterns = _patterns(uow, {member_id for member_id, _ in everything})
    for member_id, one in everything:
        if member_id in patterns:
            at = due_instant(patterns[member_id], one.ball.held_since or uow.now, one.days)
            yield member_id, one, at


def _note(one: Lying, graph: Graph, now: datetime) -> Note:
    # By the calendar, as working days are: since Monday afternoon it is two days on Wednesday morning.
    days = (now.date() - one.ball.held_since.date()).days if one.ball.held_since is not None else 0
    for_days = "1 day" if days == 1 else f"{days} days"
    names = sorted(graph.people[held].name for held in one.ball.holder_ids if held in graph.people)
    whose = "The ball lies with you" if one.party is not None else f"Lies with {literal(', '.join(names))}"
    title = literal(clamp_plain(one.ball.terms.title, 150))
    number = one.ball.number
    return Note(
        one.key,
        f"{bold(one.ball.reference)} {title}\n{whose} for {for_days}{BETWEEN}until {day(one.ball.until_on)}",
        (button("Open", ids.numbered(ids.CATCHBALL_SHOW, number), value=str(number)),),
    )


def _patterns(uow: UnitOfWork, member_ids: Iterable[int]) -> dict[int, WorkPattern]:
    members = uow.members.list_by_ids(list(member_ids)).values()
    return read_patterns(
        uow, [one for one in members if not one.is_deactivated], local_date(uow.now, "UTC") - _DAY
    )


def _overdue(uow: UnitOfWork, limit: int) -> list[int]:
    plan = uow.strategies.find_plan()
    if plan is None:
        return []
    return uow.ball_lists.list_overdue(uow.now.astimezone(ZoneInfo(plan.zone)).date(), limit)
