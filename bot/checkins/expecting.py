"""Whom a team's window waits for: those at home there who have something to answer in that week."""

from collections.abc import Collection, Mapping
from datetime import date
from types import MappingProxyType

from bot.checkins.kinds import asks_something, find_subjects
from bot.checkins.questions import StandIns, find_stand_ins, find_topics
from bot.checkins.timetable import Timetable
from bot.slices import Turn
from storage.database import UnitOfWork
from storage.repositories.rounds import PersonLine, TeamWeek
from storage.rules.cadence import WeeklyRhythm, Window

NOBODY: Mapping[date, Collection[int]] = MappingProxyType({})


def find_expected(uow: UnitOfWork, team_id: int, week_on: date, rhythm: WeeklyRhythm) -> dict[int, Window]:
    """The windows of those home members of a team who have something to answer in a week, by member."""
    which = TeamWeek(team_id, week_on)
    expectation = Expectation(uow, Timetable(uow, rhythm, {}), find_stand_ins(uow), {})
    return expectation.find([which])[which]


class Expectation:
    """Whom several teams' windows wait for.

    Args:
        known: of whom it is known already whether they have something to answer when they are asked on a day.
    """

    def __init__(
        self,
        uow: UnitOfWork,
        timetable: Timetable,
        everyone: StandIns,
        known: Mapping[tuple[int, date], bool],
    ) -> None:
        self._uow = uow
        self._timetable = timetable
        self._everyone = everyone
        self._known = dict(known)

    def find(
        self, which: Collection[TeamWeek], besides: Mapping[date, Collection[int]] = NOBODY
    ) -> dict[TeamWeek, dict[int, Window]]:
        """By team and week, the windows of those who have something to answer, by member.

        Args:
            besides: by week, members who need not be looked at.
        """
        found: dict[TeamWeek, dict[int, Window]] = {one: {} for one in which}
        for week_on in sorted({one.week_on for one in which}):
            of_week = self._uow.rounds.list_home_people(
                {one.team_id for one in which if one.week_on == week_on}, besides.get(week_on, ())
            )
            self._learn(of_week, week_on)
            for team_id, members in of_week.items():
                found[TeamWeek(team_id, week_on)] = {
                    person.id: times.week
                    for person in members
                    if isinstance((times := self._timetable.of(person, week_on)).week, Window)
                    and self._known[person.id, times.opens_on]
                }
        return found

    def _learn(self, people: Mapping[int, list[PersonLine]], week_on: date) -> None:
        """Finds out who of these has something to answer, where it is not known."""
        everyone = [person.id for members in people.values() for person in members]
        self._timetable.learn(self._uow.rounds.list_absences(everyone, week_on))
        turns = []
        for team_id, members in people.items():
            for person in members:
                times = self._timetable.of(person, week_on)
                if isinstance(times.week, Window) and (person.id, times.opens_on) not in self._known:
                    turns.append(
                        make_turn(person.id, times.opens_on, times.until_on, team_id, self._everyone)
                    )
        if not turns:
            return
        topics = find_topics(self._uow, {turn.member_id: turn.on for turn in turns}, self._everyone)
        extras = find_subjects(self._uow, [turn for turn in turns if not topics[turn.member_id]])
        for turn in turns:
            has_some = bool(topics[turn.member_id]) or asks_something(extras.get(turn.member_id, ()))
            self._known[turn.member_id, turn.on] = has_some


def make_turn(member_id: int, on: date, until_on: date, team_id: int, stand_ins: StandIns) -> Turn:
    """Someone who is asked on a day, with all for whom they answer."""
    owners, teams = tuple(stand_ins.owners_of(member_id)), tuple(stand_ins.teams_of(member_id))
    return Turn(member_id, on, until_on, owners, teams, team_id)
