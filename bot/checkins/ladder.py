"""The ladder: what is overdue, or committed and at risk, is told to its owner after a day, to their leader
after three, to the sponsor after fourteen; always to the person first (rules §3, §6). One message a person
and day, whatever it holds."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.checkins.days import WAITING, is_taken
from bot.checkins.facts import Late
from bot.checkins.messages import overdue_message
from bot.checkins.questions import StandIns, Topic, find_stand_ins, list_leaders, list_stale
from bot.checkins.risks import find_reason, list_risks
from bot.checkins.seeing import Sight
from storage.database import UnitOfWork
from storage.repositories.chores import LADDER
from storage.repositories.outbox import REMINDER, Envelope
from storage.repositories.strategies import Strategy
from storage.rules.cadence import first_working_instant, local_date, local_instant, week_of
from storage.rules.date_words import day_words
from storage.rules.figures import format_figure
from storage.rules.hierarchy import Ref, format_reference
from storage.rules.terms import Kind, Role, Source
from storage.tables.checkin import Escalation
from storage.working import known_zone, read_patterns

OWNER, LEADER, SPONSOR = 1, 3, 14
"""The rungs, named by the days that something is overdue."""

MOST_A_WEEK = 5
"""Messages that ask something of a person in a week (rules §6)."""
COUNTED = frozenset({"prompt", "reminder", "later", "ladder", "waiting", "unreached"})

MISSING = "a figure is overdue"
SILENT = {
    Source.API: "the system that sent its figures is silent, a figure is overdue",
    Source.CSV: "the files that brought its figures have stopped, a figure is overdue",
}

LOOK_AT = time(5)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Overdue:
    """Something that is late since a day, whose it is, and which item it belongs to."""

    kind: Kind
    row_id: int
    item: Ref
    item_id: int
    late: Late
    owner_id: int | None
    team_id: int | None
    topic: Topic | None = None
    """What is silent, where it is a figure."""


@dataclass(frozen=True, slots=True)
class People:
    """Who answers for whom, where people are at home, and what they may see."""

    stand_ins: StandIns
    homes: Mapping[int, int]
    sight: Sight


def climb_ladder(uow: UnitOfWork, limit: int) -> int:
    """Tells who is to be told today; looked at once a day, early in the workspace's morning."""
    if not uow.chores.is_due(LADDER, uow.now):
        return 0
    zone = known_zone(uow.workspace.zone)
    today = local_date(uow.now, zone)
    told = _told_by_person(uow, today)
    for member_id, rungs in told.items():
        _tell(uow, member_id, today, rungs)
    uow.chores.put_off(LADDER, local_instant(zone, today + _DAY, LOOK_AT))
    return min(len(told), limit - 1)


def _told_by_person(uow: UnitOfWork, today: date) -> dict[int, list[tuple[int, Overdue]]]:
    """What each person is to hear of, with the rung that it has come to."""
    overdue = _list_overdue(uow, today)
    if not overdue:
        return {}
    known, asked = uow.escalations.list_told(), uow.escalations.list_asked_figures()
    homes = uow.rounds.list_homes([one.owner_id or 0 for one in overdue])
    people = People(find_stand_ins(uow), homes, Sight(uow))
    found: dict[int, list[tuple[int, Overdue]]] = defaultdict(list)
    for one in overdue:
        rung = _next_rung(known.get((one.kind, one.row_id, one.late.since_on), {}), one, today, uow.now)
        if rung is None:
            continue
        who = _who(uow, rung, one, people)
        # What their open check-in asks for is said there; it is overdue once that has closed.
        if who is not None and not (rung == OWNER and (who, one.kind, one.row_id) in asked):
            found[who].append((rung, one))
    return found


def _next_rung(told: Mapping[int, datetime], one: Overdue, today: date, now: datetime) -> int | None:
    """The lowest rung that is due and was not told; the next one not before as many days as lie between."""
    late = (today - one.late.since_on).days
    before: int | None = None
    for rung in (OWNER, LEADER, SPONSOR):
        if rung not in told:
            waited = before is None or now - told[before] >= timedelta(days=rung - before, hours=-12)
            return rung if late >= rung and waited else None
        before = rung
    return None


def _who(uow: UnitOfWork, rung: int, one: Overdue, people: People) -> int | None:
    """The first of those who may be told on that rung who can be, and may see the item. Who stands in for an
    owner is no part of a restricted item's circle by that: then it is told to the next one up."""
    return next(
        (
            who
            for who in _candidates(uow, rung, one, people)
            if who not in people.stand_ins.by_owner
            and (who == one.owner_id or people.sight.shows(who, one.item[0], one.item_id))
        ),
        None,
    )


def _candidates(uow: UnitOfWork, rung: int, one: Overdue, people: People) -> Iterator[int]:
    answerer = people.stand_ins.answerer_of(one.owner_id, one.team_id)
    if rung == OWNER and answerer is not None:
        yield answerer
    if rung == LEADER or (rung == OWNER and answerer != one.owner_id):
        teams = {team.id: team for team in uow.teams.list_all()}
        team = teams.get(people.homes.get(one.owner_id or 0) or one.team_id or 0)
        yield from list_leaders(answerer or 0, team, teams)
    if rung == SPONSOR or answerer != one.owner_id:
        above = (node.owner_id for node in uow.picture().graph.above(one.item))
        sponsors = [*above, *uow.roles.list_holders().get(Role.STRATEGY_LEAD, [])]
        yield from (who for who in sponsors if who is not None and who != answerer)


def _tell(uow: UnitOfWork, member_id: int, today: date, rungs: list[tuple[int, Overdue]]) -> None:
    member = uow.members.get(member_id)
    pattern = read_patterns(uow, [member], today)[member_id]
    at = first_working_instant(pattern, uow.now, days=14)
    if at is None or not member.wants_messages:
        # Who wants no messages, or is away for weeks, finds it on the Home tab: it climbs on from them.
        _count_as_told(uow, member_id, rungs)
        return
    if is_taken(uow, member, local_date(at, pattern.zone), pattern.zone, (WAITING,)):
        return  # One message a day: the check-in is today's, and holds what it asks for.
    monday_at = local_instant(pattern.zone, week_of(at, pattern.zone), time(0))
    if uow.outbox.count_told(member_id, monday_at, COUNTED) >= MOST_A_WEEK:
        return  # Tomorrow is another day; the rung is not counted as told.
    if uow.strategies.find_plan() is None:
        return
    picture = uow.picture().seen_by(uow.roles.get_viewer(member_id))
    lines: list[Late] = []
    for rung, one in rungs:
        if picture.graph.find_row(one.item[0], one.item_id) is None:
            continue
        if _count(uow, member_id, rung, one):
            lines.append(replace(one.late, is_own=rung == OWNER, why=_why(one, picture, member.locale)))
    if lines:
        key = f"ladder:{member_id}:{today}"
        payload = overdue_message(lines).payload()
        uow.outbox.put(Envelope(key, payload, at, REMINDER, member_id=member_id, expires_at=at + 3 * _DAY))


def _count_as_told(uow: UnitOfWork, member_id: int, rungs: Sequence[tuple[int, Overdue]]) -> None:
    for rung, one in rungs:
        _count(uow, member_id, rung, one)


def _count(uow: UnitOfWork, member_id: int, rung: int, one: Overdue) -> bool:
    """Writes a rung down; False where it was told before."""
    row = Escalation(
        workspace_id=uow.workspace_id,
        kind=one.kind,
        item_id=one.row_id,
        due_on=one.late.since_on,
        rung=rung,
        member_id=member_id,
        told_at=uow.now,
    )
    return uow.escalations.add_rung(row) is not None


def _list_overdue(uow: UnitOfWork, today: date) -> list[Overdue]:
    """Stale figures, steps whose day has passed, committed objectives at risk; the oldest first."""
    stale = list_stale(uow, today)
    sources = uow.readings.find_sources({topic.line.id for topic, _ in stale if topic.kind is Kind.KPI})
    found = [
        Overdue(
            topic.kind,
            topic.line.id,
            (topic.kind, topic.line.number),
            topic.line.id,
            Late(
                topic.line.reference,
                topic.line.title,
                since_on,
                _silence(topic, sources),
            ),
            topic.line.owner_id,
            topic.line.team_id,
            topic,
        )
        for topic, since_on in stale
    ]
    found += [
        Overdue(
            Kind.INITIATIVE,
            # Steps share the initiatives' kind; their own numbers are below zero, so the two never meet.
            -step.id,
            (Kind.INITIATIVE, step.initiative_number),
            step.initiative_id,
            Late(
                format_reference(Kind.INITIATIVE, step.initiative_number), step.title, step.due_on, "not done"
            ),
            step.owner_id,
            step.team_id if step.owner_id is None else None,
        )
        for step in uow.due_parts.list_steps(None, today - _DAY)
    ]
    found += [
        Overdue(node.kind, node.id, node.ref, node.id, late, node.owner_id, node.team_id)
        for node, late in list_risks(uow, today)
    ]
    names = uow.members.list_by_ids({one.owner_id for one in found if one.owner_id is not None})
    return [
        replace(one, late=replace(one.late, owner=names[one.owner_id].name)) if one.owner_id in names else one
        for one in sorted(found, key=lambda one: one.late.since_on)
    ]


def _silence(topic: Topic, sources: Mapping[int, Source]) -> str:
    """What is missing; where a system or files brought the figures before, that it is these."""
    source = sources.get(topic.line.id) if topic.kind is Kind.KPI else None
    return MISSING if source is None else SILENT.get(source, MISSING)


def _why(one: Overdue, seen: Strategy, locale: str) -> str:
    """What puts it at risk, or what was last heard of it."""
    if one.late.is_risk:
        return find_reason(seen, one.item)
    if one.topic is None:
        return ""
    if not one.topic.figures:
        return "It has no figure yet."
    newest, unit = one.topic.figures[0], one.topic.line.unit
    period = day_words(newest.period_on)
    return f"Last figure: {format_figure(newest.value, unit, locale)}, for the period from {period}."
