"""Figures that nobody is asked for: their owner is not in Slack (or in no team), and no lead above is either.

Whoever installed Hoshin is told, once a week while it is so; where that is not known, or they may not see the
item, the strategy leads, and else those who administer Slack. Only names are said, and only of owners of
something that the reader may see.
"""

from collections.abc import Iterator
from datetime import date, time, timedelta

from bot.checkins.messages import unreached_message
from bot.checkins.questions import find_stand_ins
from storage.database import UnitOfWork
from storage.repositories.chores import UNREACHED
from storage.repositories.kpis import KpiLine
from storage.repositories.okrs import KeyResultLine
from storage.repositories.outbox import REMINDER, Envelope
from storage.rules.cadence import first_working_instant, local_date, local_instant, week_of
from storage.rules.hierarchy import Ref
from storage.rules.terms import Kind, Role
from storage.tables.member import Member
from storage.working import known_zone, read_patterns

KEY = "unreached"
LOOK_AT = time(5)
_DAY = timedelta(days=1)


def tell_unreached(uow: UnitOfWork, limit: int) -> int:
    """Looked at once a day, early in the workspace's morning. Not on the first day: whom a plan names is
    still being looked up then."""
    if not uow.chores.is_due(UNREACHED, uow.now):
        return 0
    zone = known_zone(uow.workspace.zone)
    today = local_date(uow.now, zone)
    told = 0
    if uow.chores.find_due_at(UNREACHED) is not None:
        told = _tell_all(uow, _list_unasked(uow, today), today)
    uow.chores.put_off(UNREACHED, local_instant(zone, today + _DAY, LOOK_AT))
    return min(told, limit - 1)


def _list_unasked(uow: UnitOfWork, today: date) -> dict[Ref, int]:
    """The key results and KPIs of today that have an owner and that nobody is asked for, with the owner."""
    kpis = [one for one in uow.kpis.list_lines() if one.starts_on <= today <= one.ends_on]
    lines: list[tuple[Kind, KeyResultLine | KpiLine]] = [(Kind.KPI, one) for one in kpis]
    lines += [(Kind.KEY_RESULT, one) for one in uow.okrs.list_key_results(on=today)]
    stand_ins = find_stand_ins(uow)
    owned = {
        (kind, line.number): (line.owner_id, stand_ins.answerer_of(line.owner_id, line.team_id))
        for kind, line in lines
        if line.owner_id is not None
    }
    homes = uow.rounds.list_homes({who for _, who in owned.values() if who is not None})
    return {ref: owner for ref, (owner, who) in owned.items() if who not in homes}


def _tell_all(uow: UnitOfWork, unasked: dict[Ref, int], today: date) -> int:
    told = 0
    for readers in _readers(uow) if unasked else ():
        seen_by_them: set[Ref] = set()
        for member in readers:
            seen = unasked.keys() & uow.seen_by([uow.roles.get_viewer(member.id)]).keys()
            if seen:
                _tell(uow, member, {unasked[ref] for ref in seen}, today)
                told += 1
            seen_by_them |= seen
        unasked = {ref: owner for ref, owner in unasked.items() if ref not in seen_by_them}
    return told


def _readers(uow: UnitOfWork) -> Iterator[list[Member]]:
    """Who is to be told, group by group."""
    groups = (
        [uow.audit.find_installer()],
        uow.roles.list_holders().get(Role.STRATEGY_LEAD, []),
        uow.members.list_slack_admins(),
    )
    for group in groups:
        members = uow.members.list_by_ids([one for one in group if one is not None]).values()
        yield [one for one in members if one.slack_user_id and not one.is_deactivated and one.wants_messages]


def _tell(uow: UnitOfWork, member: Member, owners: set[int], today: date) -> None:
    pattern = read_patterns(uow, [member], today)[member.id]
    at = first_working_instant(pattern, uow.now, days=14)
    if at is None:
        return
    named = sorted(one.name for one in uow.members.list_by_ids(owners).values())
    envelope = Envelope(
        key=f"{KEY}:{member.id}:{week_of(at, pattern.zone)}",
        payload=unreached_message(named).payload(),
        due_at=at,
        priority=REMINDER,
        member_id=member.id,
        expires_at=at + 3 * _DAY,
    )
    uow.outbox.put(envelope)
