"""What is to come: the day on which someone is asked next, if there is something of theirs to ask about."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.checkins.expecting import make_turn
from bot.checkins.kinds import asks_something, find_subjects
from bot.checkins.patterns import WEEK, nominal_close
from bot.checkins.questions import find_stand_ins, find_topics
from storage.database import UnitOfWork
from storage.rules.cadence import Window, WorkPattern, local_date, weekly_window
from storage.tables.checkin import Schedule
from storage.working import read_patterns

WEEKS_AHEAD = 6
"""How far is looked: past the week in which a month's figures fall due."""


def find_next_asked(uow: UnitOfWork, member_id: int) -> datetime | None:
    """The next instant at which the person gets a check-in, as plan, absences and pauses stand now; None
    where the coming weeks bring nothing of theirs."""
    coming = _Coming.find(uow, member_id)
    return None if coming is None else coming.first(WEEKS_AHEAD)


def comes_on(uow: UnitOfWork, member_id: int, on: date, zone: str) -> bool:
    """Whether a check-in still comes to the person on that day of theirs."""
    schedule = uow.schedules.find(member_id)
    if schedule is None or local_date(schedule.next_due_at, zone) != on:
        return False
    coming = _Coming.find(uow, member_id)
    return coming is not None and coming.first(1) is not None


@dataclass(frozen=True, slots=True)
class _Coming:
    """Someone's weeks to come, and the team in whose summary they stand."""

    uow: UnitOfWork
    schedule: Schedule
    pattern: WorkPattern
    home_id: int

    @classmethod
    def find(cls, uow: UnitOfWork, member_id: int) -> "_Coming | None":
        schedule = uow.schedules.find(member_id)
        home_id = uow.rounds.list_homes([member_id]).get(member_id)
        if schedule is None or home_id is None:
            return None
        patterns = read_patterns(uow, [uow.members.get(member_id)], schedule.week_on - timedelta(days=1))
        return cls(uow, schedule, patterns[member_id], home_id)

    def first(self, weeks: int) -> datetime | None:
        """The first opening within so many weeks at which there is something to ask about."""
        for number in range(weeks):
            week_on = self.schedule.week_on + number * WEEK
            opens_at = self._opens_at(week_on)
            if opens_at is not None and self._has_something(opens_at, week_on):
                return opens_at
        return None

    def _opens_at(self, week_on: date) -> datetime | None:
        """When they are asked in that week; None where they are excused then, or their team pauses."""
        window = weekly_window(week_on, self.pattern, self.uow.settings.rhythm())
        if not isinstance(window, Window):
            return None
        paused_until = self.uow.teams.get(self.home_id).paused_until
        # One who was put off is asked when they work next.
        at = self.schedule.next_due_at if week_on == self.schedule.week_on else window.opens_at
        return at if paused_until is None or local_date(at, self.pattern.zone) > paused_until else None

    def _has_something(self, at: datetime, week_on: date) -> bool:
        uow, member_id, on = self.uow, self.schedule.member_id, local_date(at, self.pattern.zone)
        if uow.okrs.list_key_results(owner_ids=[member_id], on=on):
            return True  # they are asked about every week, and most people have some
        everyone = find_stand_ins(uow)
        if find_topics(uow, {member_id: on}, everyone)[member_id]:
            return True
        closes_at = nominal_close(week_on, self.pattern, uow.settings.rhythm())
        turn = make_turn(member_id, on, local_date(closes_at, self.pattern.zone), self.home_id, everyone)
        return asks_something(find_subjects(uow, [turn])[member_id])
