"""Asking: what the clock does. Who is due is asked, or excused with the reason; nobody is passed over.

A person has one schedule row. When its instant comes, the week gets one prompt row for them: asked, excused
(away, or never at work on those days), or missed, where Hoshin did not run while their window was open.
Only who has nothing to answer gets none. Then the row moves on by a week.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.checkins import post
from bot.checkins.facts import Prompt
from bot.checkins.kinds import asks_something, find_subjects, make_extra_questions
from bot.checkins.notes import find_notes, mark_told
from bot.checkins.patterns import (
    WEEK,
    first_opening,
    next_working_instant,
    nominal_close,
    nominal_opening,
    reminder_instant,
)
from bot.checkins.prompts import read_prompts
from bot.checkins.questions import (
    StandIns,
    find_stand_ins,
    find_topics,
    make_questions,
    read_plans,
    read_said,
)
from bot.slices import Turn
from storage.database import UnitOfWork
from storage.repositories.chores import SCHEDULES
from storage.rules.cadence import Excused, WeeklyRhythm, Window, WorkPattern, local_date, weekly_window
from storage.rules.terms import PromptState
from storage.tables.checkin import CheckinPrompt, CheckinQuestion, CheckinWindow, Schedule
from storage.tables.member import Member
from storage.working import read_patterns, rules_fingerprint

LOOK_EVERY = timedelta(minutes=1)
"""How soon someone who is new in the plan gets their schedule, where nobody said that there is one."""

PAUSED = "The team's check-in is paused."
OUTAGE = "Hoshin was not running while this check-in was open."


@dataclass(frozen=True, slots=True)
class Due:
    """Someone whose instant has come, and all that decides what happens."""

    schedule: Schedule
    member: Member
    pattern: WorkPattern
    team_id: int
    week: Window | Excused
    opens_at: datetime
    closes_at: datetime
    on: date


def keep_schedules(uow: UnitOfWork, limit: int) -> int:
    """Gives everyone who may have something to answer a schedule row, and computes anew what follows from
    settings that have changed. Looked at once a minute, and at once when someone has changed something."""
    if not uow.chores.is_due(SCHEDULES, uow.now):
        return 0
    done = _add_schedules(uow, limit)
    done += _renew_schedules(uow, limit - done)
    if done < limit:
        uow.chores.put_off(SCHEDULES, uow.now + LOOK_EVERY)
    return done


def _add_schedules(uow: UnitOfWork, limit: int) -> int:
    members = uow.schedules.list_unscheduled(limit)
    rules = rules_fingerprint(uow)
    patterns = read_patterns(uow, members, local_date(uow.now, "UTC") - WEEK)
    rhythm = uow.checkins.get_rhythm()
    for member in members:
        week_on, opens_at = first_opening(uow.now, patterns[member.id], rhythm)
        row = Schedule(
            workspace_id=uow.workspace_id,
            member_id=member.id,
            week_on=week_on,
            next_due_at=opens_at,
            zone=member.zone,
            work_days=member.work_days,
            start_hour=member.start_hour,
            rules=rules,
        )
        uow.schedules.put(row)
    return len(members)


def _renew_schedules(uow: UnitOfWork, limit: int) -> int:
    rules = rules_fingerprint(uow)
    outdated = uow.schedules.list_outdated(rules, limit)
    patterns = read_patterns(uow, [member for _, member in outdated], local_date(uow.now, "UTC") - WEEK)
    rhythm = uow.checkins.get_rhythm()
    for schedule, member in outdated:
        schedule.next_due_at = nominal_opening(schedule.week_on, patterns[member.id], rhythm)
        schedule.zone, schedule.work_days, schedule.start_hour = (
            member.zone,
            member.work_days,
            member.start_hour,
        )
        schedule.rules = rules
    return len(outdated)


def open_prompts(uow: UnitOfWork, limit: int) -> int:
    """Asks those whose instant has come. After an outage a person may be behind by several weeks."""
    done = 0
    while done < limit and (claimed := uow.schedules.claim_due(uow.now, limit - done)):
        _ask(uow, claimed)
        done += len(claimed)
    return done


def find_expected(
    uow: UnitOfWork, team_id: int, week_on: date, rhythm: WeeklyRhythm, everyone: StandIns | None = None
) -> dict[int, Window]:
    """The windows of those home members of a team who have something to answer in a week, by member."""
    members = [member for member in uow.teams.list_home_members(team_id) if member.slack_user_id]
    patterns = read_patterns(uow, members, week_on)
    windows: dict[int, Window] = {}
    for member in members:
        window = weekly_window(week_on, patterns[member.id], rhythm)
        if isinstance(window, Window):
            windows[member.id] = window
    zones = {member.id: patterns[member.id].zone for member in members}
    days = {who: local_date(window.opens_at, zones[who]) for who, window in windows.items()}
    everyone = everyone or find_stand_ins(uow)
    topics = find_topics(uow, days, everyone)
    without = {who for who in windows if not topics[who]}
    turns = [
        _turn(who, days[who], local_date(windows[who].closes_at, zones[who]), team_id, everyone)
        for who in without
    ]
    extras = find_subjects(uow, turns)
    return {
        who: window for who, window in windows.items() if topics[who] or asks_something(extras.get(who, ()))
    }


def _ask(uow: UnitOfWork, claimed: Sequence[tuple[Schedule, Member]]) -> None:
    rhythm = uow.checkins.get_rhythm()
    due = list(_reachable(uow, claimed, rhythm))
    everyone = find_stand_ins(uow)
    topics = find_topics(uow, {one.member.id: one.on for one in due}, everyone)
    extras = find_subjects(uow, _turns(due, everyone))
    made: list[tuple[CheckinPrompt, Member]] = []
    windows = _Windows(uow, rhythm, everyone)
    # What changed is written in one go at the end: statement by statement it would take twice as long.
    with uow.session.no_autoflush:
        # One order for all, so that two replicas never wait for each other's windows crosswise.
        for one in sorted(due, key=lambda one: (one.team_id, one.week.week_on)):
            if (topics[one.member.id] or asks_something(extras[one.member.id])) and not _postpone(uow, one):
                made.append((_make_prompt(uow, one, windows), one.member))
            if one.schedule.next_due_at <= uow.now:
                _move_on(one, rhythm)
    added = {prompt.id: prompt for prompt in uow.checkins.add_prompts([prompt for prompt, _ in made])}
    asked = [
        (prompt, member)
        for prompt, member in made
        if prompt.id in added and prompt.state is PromptState.ASKED
    ]
    said = read_said(uow, [topic for _, member in asked for topic in topics[member.id]])
    plans = read_plans(uow, [topic for _, member in asked for topic in topics[member.id]])
    thresholds = uow.checkins.get_thresholds()
    questions: list[CheckinQuestion] = []
    for prompt, member in asked:
        figures = make_questions(prompt, topics[member.id], said, thresholds, plans)
        questions += figures
        questions += make_extra_questions(prompt, extras[member.id], len(figures) + 1)
    uow.session.flush()
    uow.checkins.add_questions(questions)
    _tell(uow, asked)


def _turns(due: Sequence[Due], everyone: StandIns) -> list[Turn]:
    return [
        _turn(one.member.id, one.on, local_date(one.closes_at, one.pattern.zone), one.team_id, everyone)
        for one in due
    ]


def _turn(member_id: int, on: date, until_on: date, team_id: int, stand_ins: StandIns) -> Turn:
    owners, teams = tuple(stand_ins.owners_of(member_id)), tuple(stand_ins.teams_of(member_id))
    return Turn(member_id, on, until_on, owners, teams, team_id)


def _tell(uow: UnitOfWork, asked: Sequence[tuple[CheckinPrompt, Member]]) -> None:
    by_window: dict[int, list[tuple[CheckinPrompt, Member]]] = {}
    # Who wants no message finds the question on the Home tab.
    for prompt, member in [one for one in asked if one[1].wants_messages]:
        by_window.setdefault(prompt.window_id, []).append((prompt, member))
    told: list[Prompt] = []
    for window_id, prompts in by_window.items():
        told += read_prompts(uow, uow.checkins.get_window(window_id), prompts)
    notes = find_notes(uow, {prompt.member_id for prompt in told})
    post.put_prompts(uow, told, notes)
    for member_id, found in notes.items():
        mark_told(uow, member_id, found)


def _reachable(
    uow: UnitOfWork, claimed: Sequence[tuple[Schedule, Member]], rhythm: WeeklyRhythm
) -> Iterator[Due]:
    """Those who can be asked. The rows of the others go; they come back when there is a way to ask."""
    if not claimed:
        return
    homes = uow.checkins.list_homes([member.id for _, member in claimed])
    since_on = min(schedule.week_on for schedule, _ in claimed)
    patterns = read_patterns(uow, [member for _, member in claimed], since_on)
    for schedule, member in claimed:
        if member.slack_user_id is None or member.is_deactivated or member.id not in homes:
            uow.schedules.remove(schedule)
        else:
            pattern = patterns[member.id]
            opens_at = nominal_opening(schedule.week_on, pattern, rhythm)
            closes_at = nominal_close(schedule.week_on, pattern, rhythm)
            asked_at = uow.now if opens_at <= uow.now < closes_at else opens_at
            yield Due(
                schedule=schedule,
                member=member,
                pattern=pattern,
                team_id=homes[member.id],
                week=weekly_window(schedule.week_on, pattern, rhythm),
                opens_at=opens_at,
                closes_at=closes_at,
                on=local_date(asked_at, pattern.zone),
            )


def _postpone(uow: UnitOfWork, due: Due) -> bool:
    """Puts off until their window opens or, in an open one, until they work; at its close it is missed."""
    if isinstance(due.week, Excused) or uow.now >= due.closes_at:
        return False
    at = next_working_instant(due.pattern, max(uow.now, due.opens_at), due.closes_at)
    if at <= uow.now:
        return False
    due.schedule.next_due_at = at
    return True


def _make_prompt(uow: UnitOfWork, due: Due, windows: "_Windows") -> CheckinPrompt:
    """The person's row of the week, in their team's window."""
    reminder_at, state, reason = due.closes_at, PromptState.ASKED, ""
    if isinstance(due.week, Excused):
        state, reason = PromptState.EXCUSED, due.week.reason
    elif (paused_until := windows.paused_until(due.team_id)) is not None and due.on <= paused_until:
        state, reason = PromptState.EXCUSED, PAUSED
    elif uow.now >= due.closes_at:
        state, reason = PromptState.MISSED, OUTAGE
    else:
        reminder_at = reminder_instant(due.pattern, due.week, uow.now, windows.rhythm)
    return CheckinPrompt(
        workspace_id=uow.workspace_id,
        window_id=windows.ensure(due).id,
        member_id=due.member.id,
        local_on=due.on,
        opens_at=due.opens_at,
        closes_at=due.closes_at,
        reminder_at=reminder_at,
        state=state,
        reason=reason,
    )


class _Windows:
    """The teams' windows of one round, each looked up once."""

    def __init__(self, uow: UnitOfWork, rhythm: WeeklyRhythm, everyone: StandIns) -> None:
        self.rhythm = rhythm
        self._everyone = everyone
        self._uow = uow
        self._known: dict[tuple[int, date], CheckinWindow] = {}
        self._paused: dict[int, date | None] = {}

    def paused_until(self, team_id: int) -> date | None:
        """The last day on which the team is not asked."""
        if team_id not in self._paused:
            self._paused[team_id] = self._uow.teams.get(team_id).paused_until
        return self._paused[team_id]

    def ensure(self, due: Due) -> CheckinWindow:
        """The team's window: from the first member's opening to the last one's close (rules §6).

        Whoever is excused has no part in its length, but must find a window to be excused from.
        """
        key = (due.team_id, due.week.week_on)
        found = self._known.get(key) or self._uow.checkins.find_window(*key)
        if found is None or not (isinstance(due.week, Excused) or found.closes_at >= due.closes_at):
            found = self._make(due)
        self._known[key] = found
        return found

    def _make(self, due: Due) -> CheckinWindow:
        expected = find_expected(self._uow, due.team_id, due.week.week_on, self.rhythm, self._everyone)
        spans = list(expected.values())
        if isinstance(due.week, Window):
            spans.append(due.week)
        return self._uow.checkins.ensure_window(
            team_id=due.team_id,
            week_on=due.week.week_on,
            opens_at=min((span.opens_at for span in spans), default=due.opens_at),
            closes_at=max((span.closes_at for span in spans), default=due.closes_at),
        )


def _move_on(due: Due, rhythm: WeeklyRhythm) -> None:
    due.schedule.week_on += WEEK
    due.schedule.next_due_at = nominal_opening(due.schedule.week_on, due.pattern, rhythm)
