"""Following: one notion of it for the list of OKRs and for digests, and when the next digest comes."""

from datetime import date

from storage.database import UnitOfWork
from storage.rules.cadence import WorkPattern, local_date, next_digest
from storage.rules.digest import Followed
from storage.rules.terms import DigestRhythm
from storage.rules.working_days import WorkDays
from storage.tables.member import Member
from storage.working import known_zone, read_organisation, read_patterns


def follow(uow: UnitOfWork, member_id: int, followed: Followed, *, on: bool) -> bool:
    """Begins or ends following, and sees to it that a digest comes. Returns whether that changed anything.

    Whoever calls this has made sure that the member may see what they follow.
    """
    changed = uow.digests.follow(member_id, followed, on=on)
    if on and uow.digests.find_turn(member_id) is None:
        plan_digest(uow, uow.members.get(member_id))
    return changed


def plan_digest(uow: UnitOfWork, member: Member) -> None:
    """Computes when a member's next digest comes, by their settings as they are now; one who follows nothing
    or wants none has no turn."""
    if member.digest is DigestRhythm.NONE or not uow.digests.list_followed(member.id):
        turn = uow.digests.find_turn(member.id)
        if turn is not None:
            uow.digests.remove_turn(turn)
        return
    pattern = read_patterns(uow, [member], local_date(uow.now, "UTC"))[member.id]
    at = next_digest(uow.now, pattern, member.digest)
    uow.digests.put_turn(member.id, plan_day(uow), at or uow.now)


def plan_channel_digest(uow: UnitOfWork) -> None:
    """The same for the organisation's channel, where there is one."""
    turn = uow.digests.find_turn(None)
    if uow.settings.get().digest_channel_id is None:
        if turn is not None:
            uow.digests.remove_turn(turn)
    elif turn is None:
        at = next_digest(uow.now, organisation_pattern(uow), DigestRhythm.WEEKLY)
        uow.digests.put_turn(None, plan_day(uow), at or uow.now)


def organisation_pattern(uow: UnitOfWork) -> WorkPattern:
    """When the organisation as a whole works: in the plan's zone, on its own days."""
    organisation = read_organisation(uow)
    days = WorkDays(organisation.work_days)
    return WorkPattern(
        plan_zone(uow),
        days.weekdays,
        days_off=organisation.days_off_of(organisation.country, organisation.region),
    )


def plan_zone(uow: UnitOfWork) -> str:
    """The zone whose days a digest counts in: the plan's or, without one, the workspace's."""
    plan = uow.strategies.find_plan()
    return known_zone(plan.zone if plan is not None else uow.settings.get().zone)


def plan_day(uow: UnitOfWork) -> date:
    """Today, in that zone."""
    return local_date(uow.now, plan_zone(uow))
