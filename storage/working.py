"""When people and the organisation work: what the record says, as the rules want it (rules §6).

What cannot be read in a row gives way to the usual, since one odd row must not keep the others from being
asked.
"""

from collections.abc import Iterable
from datetime import date, time

from storage.database import UnitOfWork
from storage.rules.cadence import DateRange, WorkPattern, find_zone
from storage.rules.calendar import CalendarRules
from storage.rules.errors import Invalid
from storage.tables.member import Absence, Member


def read_patterns(uow: UnitOfWork, members: Iterable[Member], since_on: date) -> dict[int, WorkPattern]:
    """How each of them works, with the absences that end on or after a day."""
    everyone = list(members)
    absences = uow.members.absences_from([member.id for member in everyone], since_on)
    return {member.id: work_pattern(member, absences[member.id]) for member in everyone}


def work_pattern(member: Member, absences: Iterable[Absence]) -> WorkPattern:
    """A member's row as the rules want it."""
    days = frozenset(int(day) for day in member.work_days if day in "0123456")
    return WorkPattern(
        zone=known_zone(member.zone),
        work_days=days or frozenset(range(5)),
        start=time(member.start_hour) if member.start_hour in range(24) else time(9),
        absences=tuple(
            DateRange(absence.from_on, absence.until_on)
            for absence in absences
            if absence.from_on <= absence.until_on
        ),
    )


def read_calendar_rules(uow: UnitOfWork) -> CalendarRules | None:
    """What the active plan's calendar is computed from; None where there is no plan yet."""
    plan = uow.plans.find_active()
    if plan is None:
        return None
    return CalendarRules(
        fiscal_start_month=plan.starts_on.month,
        zone=known_zone(plan.zone),
        rhythm=uow.checkins.get_rhythm(),
    )


def known_zone(zone: str) -> str:
    """The zone itself, or UTC where there is none of that name."""
    try:
        return find_zone(zone).key
    except Invalid:
        return "UTC"
