"""Being away, coming back, and personal settings. The check-ins follow by themselves."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TypeVar

from storage.database import UnitOfWork
from storage.following import plan_digest
from storage.public_holidays import check_country
from storage.repositories.chores import ABSENCES, SCHEDULES
from storage.rules.absences import read_absence
from storage.rules.cadence import (
    WORK_HOURS,
    DateRange,
    WorkPattern,
    find_zone,
    local_date,
    local_instant,
    working_hours_between,
)
from storage.rules.errors import Invalid, InvalidFields, NotFound
from storage.rules.terms import AbsenceSource, DigestRhythm
from storage.tables.member import Absence, Member

T = TypeVar("T")

ZONE, WORK_DAYS, START, QUIET, HOLIDAYS, TOLD = (
    "zone",
    "work_days",
    "start",
    "quiet",
    "holidays",
    "told",
)
"""The names of the settings form's inputs."""

MESSAGES, REMINDERS, DIGEST, EVERY_DAY = "messages", "reminders", "digest", "every day"
"""What can be ticked among the notifications."""

_DAY = timedelta(days=1)
_HOUR = re.compile(r"(\d{1,2})(?:[:.h]00|[:.h])?(?:\s*(am|pm))?")
_NOON = 12
_DEPUTY = re.compile(r"\s*,?\s*\bdeputy\b:?\s*(.*)$", re.IGNORECASE | re.DOTALL)
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


@dataclass(frozen=True, slots=True)
class Away:
    """An absence as it was understood; `deputy` is the name of who answers meanwhile."""

    days: DateRange
    deputy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a person has set, as the form shows it. `slack_zone` is what Slack says."""

    zone: str
    slack_zone: str
    zone_is_own: bool
    work_days: frozenset[int]
    start_hour: int
    quiet: tuple[int, int] | None
    country: str
    region: str
    organisation_country: str
    wants_messages: bool
    wants_reminders: bool
    digest: DigestRhythm
    away: Away | None


def go_away(uow: UnitOfWork, member_id: int, text: str) -> Away:
    """Takes `until Friday`, `for 2 weeks deputy @ben`. What was said before about these days is replaced.

    Raises:
        Invalid: the days or the deputy cannot be meant.
        NotFound: the deputy is not known here yet.
    """
    member = uow.members.get(member_id)
    found = _DEPUTY.search(text)
    words = text[: found.start()] if found else text
    today = local_date(uow.now, member.zone)
    days = read_absence(words, today)
    deputy = _find_deputy(uow, member, found[1]) if found else None
    for known in uow.members.list_absences(member_id, days.starts_on):
        if known.source is not AbsenceSource.PLAN and known.from_on <= days.ends_on:
            uow.members.end_absence(known, days.starts_on - _DAY)
    uow.members.add(
        Absence(
            workspace_id=uow.workspace_id,
            member_id=member_id,
            from_on=days.starts_on,
            until_on=days.ends_on,
            deputy_id=deputy.id if deputy else None,
            source=AbsenceSource.PERSON,
        )
    )
    _follow(uow, member_id)
    return Away(days, deputy.name if deputy else "")


def come_back(uow: UnitOfWork, member_id: int) -> None:
    """Ends the absence of today. What was left out meanwhile stays left out.

    Raises:
        NotFound: the person is not away.
    """
    today = local_date(uow.now, uow.members.get(member_id).zone)
    current = [row for row in uow.members.list_absences(member_id, today) if row.from_on <= today]
    if not current:
        raise NotFound(
            "You are not away today, so there is nothing to end. `/hoshin calendar` shows when you will be."
        )
    for absence in current:
        uow.members.end_absence(absence, today - _DAY)
    _follow(uow, member_id)


def find_away(uow: UnitOfWork, member_id: int) -> Away | None:
    """The absence of today, or the next one."""
    today = local_date(uow.now, uow.members.get_line(member_id).zone)
    absence = next(iter(uow.members.absences_of(member_id, today)), None)
    if absence is None:
        return None
    deputy = uow.members.get_line(absence.deputy_id).name if absence.deputy_id is not None else ""
    return Away(DateRange(absence.from_on, max(absence.from_on, absence.until_on)), deputy)


def read_preferences(uow: UnitOfWork, member_id: int) -> Preferences:
    """What the person has set."""
    member = uow.members.get(member_id)
    quiet = (
        (member.quiet_from, member.quiet_until)
        if member.quiet_from is not None and member.quiet_until is not None
        else None
    )
    return Preferences(
        zone=member.zone,
        slack_zone=member.slack_zone or member.zone,
        zone_is_own=member.zone_is_own,
        work_days=frozenset(int(day) for day in member.work_days if day in "0123456"),
        start_hour=member.start_hour,
        quiet=quiet,
        country=member.country,
        region=member.region,
        organisation_country=uow.workspace.country,
        wants_messages=member.wants_messages,
        wants_reminders=member.wants_reminders,
        digest=member.digest,
        away=find_away(uow, member_id),
    )


def save_preferences(
    uow: UnitOfWork, member_id: int, typed: Mapping[str, str], ticked: Mapping[str, list[str]]
) -> Preferences:
    """Takes the settings form.

    Args:
        typed: the texts by input.
        ticked: the ticked values of the work days and the notifications.

    Raises:
        InvalidFields: every text that cannot be read, each with its sentence; nothing was saved.
    """
    member = uow.members.get(member_id)
    faults: dict[str, str] = {}
    zone = _checked(faults, ZONE, lambda: _read_zone(typed.get(ZONE, "")))
    days = _checked(faults, WORK_DAYS, lambda: _read_days(ticked.get(WORK_DAYS, [])))
    start = _checked(faults, START, lambda: _read_hour(typed.get(START, ""), START))
    quiet = _checked(faults, QUIET, lambda: _read_quiet(typed.get(QUIET, "")))
    place = _checked(faults, HOLIDAYS, lambda: _read_place(typed.get(HOLIDAYS, "")))
    if not faults:
        _checked(faults, QUIET, lambda: _check_loud(start or 0, quiet))
    if faults:
        raise InvalidFields(faults)
    member.zone_is_own = bool(zone)
    member.zone = zone or member.slack_zone or member.zone
    member.work_days = "".join(str(day) for day in sorted(days or frozenset()))
    member.start_hour = start or 0
    member.times_are_own = True
    member.quiet_from, member.quiet_until = quiet or (None, None)
    member.country, member.region = place or ("", "")
    told = ticked.get(TOLD, [])
    member.wants_messages, member.wants_reminders = MESSAGES in told, REMINDERS in told
    member.digest = _read_digest(told)
    _follow(uow, member_id)
    plan_digest(uow, member)
    return read_preferences(uow, member_id)


def _follow(uow: UnitOfWork, member_id: int) -> None:
    """Has the next tick compute anew when the person is asked, and look at what they were asked already."""
    uow.session.flush()
    uow.schedules.compute_anew(member_id)
    uow.chores.poke(uow.now, SCHEDULES, ABSENCES)


def _find_deputy(uow: UnitOfWork, member: Member, text: str) -> Member:
    mentioned = _MENTION.search(text)
    if mentioned is None:
        raise Invalid(
            "Who stands in for you? Name one person with an @, such as `deputy @ben`.",
            field="deputy",
        )
    if mentioned[1] == member.slack_user_id:
        raise Invalid(
            "Nobody is their own deputy. Name someone else, or leave the deputy out.", field="deputy"
        )
    deputy = uow.members.find_by_slack_id(mentioned[1])
    if deputy is None or deputy.is_deactivated:
        raise NotFound(
            "Hoshin does not know this person yet, so nothing was saved. Ask them to open the Home tab of "
            "Hoshin once, or name someone else."
        )
    return deputy


def _checked(faults: dict[str, str], name: str, read: Callable[[], T]) -> T | None:
    """What was read, or None with the sentence about it among the faults."""
    try:
        return read()
    except Invalid as error:
        faults[name] = error.sentence
        return None


def _read_zone(text: str) -> str:
    return find_zone(text.strip().replace(" ", "_")).key if text.strip() else ""


def _read_days(values: list[str]) -> frozenset[int]:
    days = frozenset(int(value) for value in values if value in set("0123456"))
    return WorkPattern("UTC", days).work_days


def _read_hour(text: str, field: str) -> int:
    found = _HOUR.fullmatch(text.strip().lower())
    hour = int(found[1]) if found else 24
    if found and found[2]:
        hour = hour % _NOON + (_NOON if found[2] == "pm" else 0)
    if hour not in range(24):
        raise Invalid(f"“{text}” is no full hour of the day. Type one such as 9:00 or 17:00.", field=field)
    return hour


def _read_quiet(text: str) -> tuple[int, int] | None:
    if not text.strip():
        return None
    first, separator, second = re.sub(r"\s+to\s+|–", "-", text.strip()).partition("-")
    if not separator:
        raise Invalid(
            f"“{text}” are no quiet hours. Type from and until, such as 12:00 to 14:00, or leave it empty.",
            field=QUIET,
        )
    hours = _read_hour(first, QUIET), _read_hour(second, QUIET)
    if hours[1] < hours[0] and _is_half_day(first) and _is_half_day(second):
        raise Invalid(
            f"“{text.strip()}” can be meant by day or by night. Type both hours as on a 24-hour clock, such "
            "as 12:00 to 14:00, or 22:00 to 7:00 over night.",
            field=QUIET,
        )
    quiet = WorkPattern("UTC", quiet=(time(hours[0]), time(hours[1]))).quiet
    return hours if quiet else None


def _is_half_day(text: str) -> bool:
    """Whether an hour is typed as on a clock face, such as 2, which may be meant as 14."""
    return text.strip().isdigit() and not text.strip().startswith("0") and int(text) <= _NOON


def _read_place(text: str) -> tuple[str, str]:
    country, _, region = text.strip().partition("-")
    return check_country(country, region)


def _read_digest(told: list[str]) -> DigestRhythm:
    if EVERY_DAY in told:
        return DigestRhythm.DAILY
    return DigestRhythm.WEEKLY if DIGEST in told else DigestRhythm.NONE


def _check_loud(start_hour: int, quiet: tuple[int, int] | None) -> None:
    """Someone whose whole working day is quiet could never be asked."""
    if quiet is None:
        return
    pattern = WorkPattern(
        "UTC", frozenset(range(7)), time(start_hour), quiet=(time(quiet[0]), time(quiet[1]))
    )
    on = date(2026, 1, 5)
    begins_at = local_instant("UTC", on, time(start_hour))
    ends_at = begins_at + timedelta(hours=WORK_HOURS)
    if not working_hours_between(pattern, begins_at, ends_at):
        raise Invalid(
            "These quiet hours take up the whole working day, so you could never be asked. Shorten them.",
            field=QUIET,
        )
