"""The organisation's own calendar: its work days, public holidays and days off, and when it reviews."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from storage.database import UnitOfWork
from storage.editing.trail import SETTINGS, note_other
from storage.public_holidays import check_country
from storage.repositories.chores import SCHEDULES
from storage.rules import access
from storage.rules.access import Action, Viewer
from storage.rules.cadence import local_date
from storage.rules.calendar import (
    MOST_SPREAD_MINUTES,
    NthWorkingDay,
    keep_review_day,
    parse_review_day,
    write_review_day,
)
from storage.rules.days_off import parse_days_off, write_days_off
from storage.rules.errors import Invalid, InvalidFields
from storage.rules.working_days import WorkDays
from storage.working import known_zone, read_review_day, read_weekdays

WORK_DAYS, HOLIDAYS, DAYS_OFF, SPREAD = "work_days", "holidays", "days_off", "spread_minutes"
REVIEWS = {
    "monthly_review": NthWorkingDay(5),
    "quarterly_review": NthWorkingDay(8),
    "annual_review": NthWorkingDay(10),
}
"""The reviews, each with its usual day."""
REVIEW_HOUR = "review_hour"

_LAST_HOUR = 23


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationCalendar:
    """The settings as people read them.

    `work_days` are weekdays, Monday = 0; `holidays` is a country with or without a region (`DE-BY`) or empty;
    `days_off` are those from today on, by title; `reviews` are days such as `working day 5`, by name.
    """

    work_days: frozenset[int]
    holidays: str
    days_off: Mapping[date, str]
    spread_minutes: int
    reviews: Mapping[str, str]
    review_hour: int


def read_calendar(uow: UnitOfWork) -> OrganisationCalendar:
    """How it is set now."""
    workspace, today = uow.settings.get(), _today(uow)
    return OrganisationCalendar(
        work_days=read_weekdays(workspace.work_days),
        holidays="-".join(filter(None, (workspace.country, workspace.region))),
        days_off={row.off_on: row.title for row in uow.members.list_days_off() if row.off_on >= today},
        spread_minutes=workspace.spread_minutes,
        reviews={
            name: write_review_day(read_review_day(getattr(workspace, name), usual))
            for name, usual in REVIEWS.items()
        },
        review_hour=workspace.review_hour,
    )


def set_calendar(uow: UnitOfWork, viewer: Viewer, said: Mapping[str, Any]) -> OrganisationCalendar:
    """Changes what is said of it, as people type it, and has everyone's next questions computed anew.

    Args:
        said: `work_days` as a collection of weekdays, `review_hour` as a number, all else as text. `days_off`
            are all from today on; days that are over stay as they were.

    Raises:
        NotAllowed: they may not set Hoshin up.
        InvalidFields: by name, what does not hold; nothing was changed.
    """
    access.check(viewer, Action.SET_UP)
    today = _today(uow)
    readers: dict[str, Callable[[Any], dict[str, Any]]] = {
        WORK_DAYS: _read_work_days,
        HOLIDAYS: _read_holidays,
        SPREAD: _read_spread,
        REVIEW_HOUR: _read_hour,
        DAYS_OFF: lambda text: {DAYS_OFF: parse_days_off(text, today)},
        **{name: _reader_of_review(name) for name in REVIEWS},
    }
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for name, value in said.items():
        try:
            values |= readers[name](value)
        except Invalid as refused:
            faults[name] = refused.sentence
    if faults:
        raise InvalidFields(faults)
    _write(uow, viewer, values, today)
    return read_calendar(uow)


def _read_work_days(days: Any) -> dict[str, str]:
    """Raises Invalid for a week without work days, or with weekdays that do not exist."""
    return {WORK_DAYS: "".join(str(day) for day in sorted(WorkDays(frozenset(days)).weekdays))}


def _read_holidays(text: str) -> dict[str, str]:
    """`DE-BY` as country and region. Raises Invalid where there is no such one."""
    country, region = check_country(*text.strip().partition("-")[::2])
    return {"country": country, "region": region}


def _read_spread(text: str) -> dict[str, int]:
    """Raises Invalid where it is no number of minutes within reach."""
    typed = text.strip() or "0"
    if not (typed.isascii() and typed.isdigit() and int(typed[:9]) <= MOST_SPREAD_MINUTES):
        raise Invalid(
            f"“{typed[:20]}” is no number of minutes. Type 0 to {MOST_SPREAD_MINUTES}.", field=SPREAD
        )
    return {SPREAD: int(typed)}


def _read_hour(hour: int) -> dict[str, int]:
    if not 0 <= hour <= _LAST_HOUR:
        raise Invalid(f"{hour} is no hour of the day. Choose one from 0 to {_LAST_HOUR}.", field=REVIEW_HOUR)
    return {REVIEW_HOUR: hour}


def _reader_of_review(name: str) -> Callable[[str], dict[str, str]]:
    return lambda text: {name: keep_review_day(parse_review_day(text))}


def _write(uow: UnitOfWork, viewer: Viewer, values: dict[str, Any], today: date) -> None:
    workspace = uow.settings.get()
    wanted = values.pop(DAYS_OFF, None)
    before = {name: getattr(workspace, name) for name in values}
    different = {name: value for name, value in values.items() if before[name] != value}
    was = {name: before[name] for name in different}
    now = dict(different)
    if wanted is not None:
        known = {row.off_on: row.title for row in uow.members.list_days_off() if row.off_on >= today}
        if known != wanted:
            was[DAYS_OFF], now[DAYS_OFF] = _lines(known), _lines(wanted)
            uow.members.put_days_off(wanted, since_on=today)
    if not now:
        return
    uow.settings.change(different)
    if WORK_DAYS in different:
        uow.members.follow_work_days(was[WORK_DAYS], different[WORK_DAYS])
    note_other(uow, viewer, "changed", kind=SETTINGS, item_id=uow.workspace_id, before=was, after=now)
    uow.chores.poke(uow.now, SCHEDULES)


def _lines(days: Mapping[date, str]) -> list[str]:
    return write_days_off(days).splitlines()


def _today(uow: UnitOfWork) -> date:
    return local_date(uow.now, known_zone(uow.settings.get().zone))
