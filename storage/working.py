"""When people and the organisation work: what the record says, as the rules want it (rules §6).

What cannot be read in a row gives way to the usual, since one odd row must not keep the others from being
asked.
"""

import hashlib
import importlib.metadata
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from storage.database import UnitOfWork
from storage.public_holidays import DaysOff
from storage.rules.cadence import DateRange, WorkPattern, find_zone
from storage.rules.calendar import CalendarRules, NthWorkingDay, ReviewDay, parse_review_day
from storage.rules.errors import Invalid
from storage.rules.graph import PlanLine
from storage.rules.working_days import WorkDays
from storage.tables.member import Member

USUAL_DAYS = frozenset(range(5))
USUAL_START = 9

_HOURS = range(24)
# Spreads neighbouring ids evenly (Knuth's multiplicative hash).
_SCATTER, _WORD = 2654435761, 2**32
_NO_DELAY = timedelta()


@dataclass(frozen=True, slots=True)
class Organisation:
    """What holds for everyone who said nothing else, and the days on which everyone is off."""

    work_days: frozenset[int] = USUAL_DAYS
    country: str = ""
    region: str = ""
    days_off: frozenset[date] = frozenset()
    spread_minutes: int = 0

    def days_off_of(self, country: str, region: str) -> DaysOff:
        """Everyone's, and the holidays of a country, or of the organisation's own where none is named."""
        if country:
            return DaysOff(country, region, self.days_off)
        return DaysOff(self.country, self.region, self.days_off)


def read_organisation(uow: UnitOfWork) -> Organisation:
    """The organisation's own settings."""
    workspace = uow.workspace
    return Organisation(
        work_days=read_weekdays(workspace.work_days),
        country=workspace.country,
        region=workspace.region,
        days_off=uow.members.list_dates_off(),
        spread_minutes=max(workspace.spread_minutes, 0),
    )


class Habits(Protocol):
    """What someone says of how they work: a member's row, or a line of it."""

    @property
    def zone(self) -> str: ...
    @property
    def work_days(self) -> str: ...
    @property
    def start_hour(self) -> int: ...
    @property
    def country(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def quiet_from(self) -> int | None: ...
    @property
    def quiet_until(self) -> int | None: ...


class Worker(Habits, Protocol):
    """Someone, and how they work."""

    @property
    def id(self) -> int: ...


class Away(Protocol):
    """Days on which someone is away, both ends included."""

    @property
    def from_on(self) -> date: ...
    @property
    def until_on(self) -> date: ...


def read_patterns(uow: UnitOfWork, members: Iterable[Worker], since_on: date) -> dict[int, WorkPattern]:
    """How each of them works, with the absences that end on or after a day."""
    everyone = list(members)
    if not everyone:
        return {}
    organisation = read_organisation(uow)
    absences = uow.members.absences_from([member.id for member in everyone], since_on)
    return {member.id: work_pattern(member, absences[member.id], organisation) for member in everyone}


def free_from(member: Member, now: datetime) -> datetime:
    """Now, or the end of the do-not-disturb that they are in."""
    if member.dnd_from_at is None or member.dnd_until_at is None or now < member.dnd_from_at:
        return now
    return max(now, member.dnd_until_at)


def work_pattern(
    member: Worker, absences: Iterable[Away], organisation: Organisation | None = None
) -> WorkPattern:
    """A member's row as the rules want it."""
    away = tuple(
        DateRange(absence.from_on, absence.until_on)
        for absence in absences
        if absence.from_on <= absence.until_on
    )
    organisation = organisation or Organisation()
    return habits_pattern(member, away, delay_of(member.id, organisation), organisation)


def habits_pattern(
    whose: Habits,
    absences: tuple[DateRange, ...],
    delay: timedelta,
    organisation: Organisation,
) -> WorkPattern:
    """How someone works, from what their row says beside who they are: the same for all who say the same."""
    return WorkPattern(
        zone=known_zone(whose.zone),
        work_days=read_weekdays(whose.work_days),
        start=time(whose.start_hour) if whose.start_hour in _HOURS else time(USUAL_START),
        absences=absences,
        days_off=organisation.days_off_of(whose.country, whose.region),
        quiet=_quiet(whose.quiet_from, whose.quiet_until),
        delay=delay,
    )


def delay_of(member_id: int, organisation: Organisation) -> timedelta:
    """How much later than at the start of their day someone is asked, so that not all are asked at once."""
    if organisation.spread_minutes <= 0:
        return _NO_DELAY
    return timedelta(minutes=member_id * _SCATTER % _WORD % organisation.spread_minutes)


def read_calendar_rules(uow: UnitOfWork) -> CalendarRules | None:
    """What the active plan's calendar is computed from; None where there is no plan yet."""
    plan = uow.strategies.find_plan()
    return calendar_rules_of(uow, plan) if plan is not None else None


def calendar_rules_of(uow: UnitOfWork, plan: PlanLine) -> CalendarRules:
    """What a plan's calendar is computed from."""
    workspace, organisation = uow.workspace, read_organisation(uow)
    return CalendarRules(
        fiscal_start_month=plan.starts_on.month,
        zone=known_zone(plan.zone),
        days=WorkDays(
            organisation.work_days,
            organisation.days_off_of(organisation.country, organisation.region),
        ),
        rhythm=uow.settings.rhythm(),
        monthly=read_review_day(workspace.monthly_review, NthWorkingDay(5)),
        quarterly=read_review_day(workspace.quarterly_review, NthWorkingDay(8)),
        annual=read_review_day(workspace.annual_review, NthWorkingDay(10)),
        review_time=time(workspace.review_hour if workspace.review_hour in _HOURS else 10),
    )


def rules_fingerprint(uow: UnitOfWork) -> str:
    """Names all that due instants follow from beside a person's own row: the rhythm, everyone's days off and
    holidays, the spreading, the days of the reviews, the zone data. Where a schedule row has another one, it
    is computed anew."""
    organisation, workspace = read_organisation(uow), uow.workspace
    parts = (
        uow.settings.rhythm(),
        sorted(organisation.work_days),
        organisation.country,
        organisation.region,
        sorted(organisation.days_off),
        organisation.spread_minutes,
        *(workspace.monthly_review, workspace.quarterly_review, workspace.annual_review),
        workspace.review_hour,
        zone_data_version(),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


@lru_cache(maxsize=1)
def zone_data_version() -> str:
    """Which release of the zone database this process reads: the system's own, else the package's."""
    for folder in zoneinfo.TZPATH:
        data = Path(folder) / "tzdata.zi"
        if data.is_file():
            with data.open(encoding="utf-8", errors="replace") as lines:
                return lines.readline().strip()
    try:
        return importlib.metadata.version("tzdata")
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def read_review_day(text: str, usual: ReviewDay) -> ReviewDay:
    """`working 5` is the fifth working day, `day 10` the tenth of the month."""
    try:
        return parse_review_day(text)
    except Invalid:
        return usual


def read_weekdays(digits: str) -> frozenset[int]:
    """The weekdays of a row, Monday = 0; the usual five where there are none."""
    return frozenset(int(day) for day in digits if day in "0123456") or USUAL_DAYS


def known_zone(zone: str) -> str:
    """The zone itself, or UTC where there is none of that name."""
    try:
        return find_zone(zone).key
    except Invalid:
        return "UTC"


def _quiet(from_hour: int | None, until_hour: int | None) -> tuple[time, time] | None:
    if from_hour is None or until_hour is None or from_hour == until_hour:
        return None
    if from_hour not in _HOURS or until_hour not in _HOURS:
        return None
    return time(from_hour), time(until_hour)
