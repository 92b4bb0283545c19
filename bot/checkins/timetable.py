"""When the people of a round are asked: computed once for all who work alike, since thousands do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.checkins.patterns import (
    WEEK,
    next_working_instant,
    nominal_close,
    nominal_opening,
    reminder_instant,
)
from storage.database import UnitOfWork
from storage.repositories.rounds import HABITS, PersonLine, Span
from storage.rules.cadence import (
    DateRange,
    Excused,
    WeeklyRhythm,
    Window,
    WorkPattern,
    local_date,
    weekly_window,
)
from storage.working import delay_of, habits_pattern, read_organisation

Absences = Mapping[int, tuple[DateRange, ...]]
"""The days away, by member id."""


@dataclass(frozen=True, slots=True)
class Times:
    """A week of someone, as it looks now.

    `on` is the day on which they are asked in their own calendar, `until_on` the one on which that closes.
    `works_at` is when they work next, where they are to be asked only then. `next_week_on` and `next_due_at`
    are for their next time.
    """

    zone: str
    week: Window | Excused
    opens_at: datetime
    closes_at: datetime
    reminder_at: datetime
    on: date
    until_on: date
    opens_on: date
    works_at: datetime | None
    next_week_on: date
    next_due_at: datetime

    @property
    def span(self) -> Span:
        return Span(self.opens_at, self.closes_at)


class Timetable:
    """The weeks of people at one instant.

    Args:
        absences: those of everyone who is asked for; `learn` brings more.
    """

    def __init__(self, uow: UnitOfWork, rhythm: WeeklyRhythm, absences: Absences) -> None:
        self.rhythm = rhythm
        self._now = uow.now
        self._organisation = read_organisation(uow)
        self._absences = dict(absences)
        self._known: dict[Any, Times] = {}

    def learn(self, absences: Absences) -> None:
        """Takes in the absences of more people."""
        self._absences.update(absences)

    def of(self, person: PersonLine, week_on: date) -> Times:
        """A person's week that begins on that Monday."""
        away, delay = self._absences.get(person.id, ()), delay_of(person.id, self._organisation)
        key = (week_on, away, delay, person[HABITS:])
        times = self._known.get(key)
        if times is None:
            pattern = habits_pattern(person, away, delay, self._organisation)
            times = self._known[key] = _times(pattern, week_on, self._now, self.rhythm)
        return times


def _times(pattern: WorkPattern, week_on: date, now: datetime, rhythm: WeeklyRhythm) -> Times:
    week = weekly_window(week_on, pattern, rhythm)
    opens_at = nominal_opening(week_on, pattern, rhythm)
    closes_at = nominal_close(week_on, pattern, rhythm)
    asked_at = now if opens_at <= now < closes_at else opens_at
    works_at = _waits_until(week, pattern, now, opens_at, closes_at)
    is_asked = isinstance(week, Window) and works_at is None and now < closes_at
    next_week_on = week_on + WEEK
    return Times(
        zone=pattern.zone,
        week=week,
        opens_at=opens_at,
        closes_at=closes_at,
        reminder_at=reminder_instant(pattern, week, now, rhythm)
        if is_asked and isinstance(week, Window)
        else closes_at,
        on=local_date(asked_at, pattern.zone),
        until_on=local_date(closes_at, pattern.zone),
        opens_on=local_date(opens_at, pattern.zone),
        works_at=works_at,
        next_week_on=next_week_on,
        next_due_at=nominal_opening(next_week_on, pattern, rhythm),
    )


def _waits_until(
    week: Window | Excused, pattern: WorkPattern, now: datetime, opens_at: datetime, closes_at: datetime
) -> datetime | None:
    """Until when they are put off: until their window opens or, in an open one, until they work; at its close
    it is missed."""
    if isinstance(week, Excused) or now >= closes_at:
        return None
    at = next_working_instant(pattern, max(now, opens_at), closes_at)
    return at if at > now else None
