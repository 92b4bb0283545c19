"""Asking: what the clock does. Who is due is asked, or excused with the reason; nobody is passed over.

A person has one schedule row. When its instant comes, the week gets one prompt row for them: asked, excused
(away, or never at work on those days), or missed, where Hoshin did not run while their window was open.
Only who has nothing to answer gets none. Then the row moves on by a week.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from bot.checkins import post
from bot.checkins.expecting import Expectation, make_turn
from bot.checkins.kinds import Found, asks_something, find_subjects, make_extra_questions
from bot.checkins.notes import find_notes, mark_told
from bot.checkins.patterns import WEEK, first_opening, nominal_opening
from bot.checkins.prompts import new_prompts
from bot.checkins.questions import (
    StandIns,
    Topic,
    find_stand_ins,
    find_topics,
    make_questions,
    read_plans,
    read_said,
)
from bot.checkins.timetable import Absences, Times, Timetable
from bot.slices import Turn
from storage.database import UnitOfWork
from storage.repositories.chores import SCHEDULES
from storage.repositories.rounds import (
    DueLine,
    PersonLine,
    PromptLine,
    QuestionLine,
    Span,
    TeamWeek,
    WindowLine,
)
from storage.rules.cadence import Excused, local_date
from storage.rules.terms import PromptState
from storage.tables.checkin import Schedule
from storage.working import read_patterns, rules_fingerprint

LOOK_EVERY = timedelta(minutes=1)
"""How soon someone who is new in the plan gets their schedule, where nobody said that there is one."""

PAUSED = "The team's check-in is paused."
OUTAGE = "Hoshin was not running while this check-in was open."


class Due(NamedTuple):
    """Someone whose instant has come, and all that decides what happens."""

    line: DueLine
    times: Times
    team_id: int

    @property
    def member_id(self) -> int:
        return self.line.person.id

    @property
    def team_week(self) -> TeamWeek:
        """The window in which they are asked."""
        return TeamWeek(self.team_id, self.line.week_on)


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
    rhythm = uow.settings.rhythm()
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
    rhythm = uow.settings.rhythm()
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
    while done < limit and (claimed := uow.rounds.claim_due(uow.now, limit - done)):
        _ask(uow, claimed)
        done += len(claimed)
    return done


def _ask(uow: UnitOfWork, claimed: Sequence[DueLine]) -> None:
    rhythm = uow.settings.rhythm()
    people = [line.person for line in claimed]
    timetable = Timetable(uow, rhythm, _absences(uow, people, min(line.week_on for line in claimed)))
    due = _reachable(uow, claimed, timetable)
    everyone = find_stand_ins(uow)
    topics = find_topics(uow, {one.member_id: one.times.on for one in due}, everyone)
    extras = find_subjects(uow, _turns(due, everyone))
    has_some = {who: bool(topics[who]) or asks_something(extras[who]) for who in topics}
    asked = [one for one in due if has_some[one.member_id] and one.times.works_at is None]
    known = {(one.member_id, one.times.on): has_some[one.member_id] for one in due}
    windows = _ensure_windows(uow, asked, Expectation(uow, timetable, everyone, known))
    prompts = uow.rounds.add_prompts(_make_prompts(uow, asked, windows))
    whose = {one.member_id: one.line.person for one in asked}
    fresh = [(prompt, whose[prompt.member_id]) for prompt in prompts if prompt.state is PromptState.ASKED]
    questions = _put_questions(uow, [prompt for prompt, _ in fresh], topics, extras)
    _tell(uow, fresh, {window.id: window for window in windows.values()}, questions, topics)
    _move_on(uow, due, has_some)


def _absences(uow: UnitOfWork, people: Sequence[PersonLine], since_on: date) -> Absences:
    return uow.rounds.list_absences([person.id for person in people], since_on)


def _turns(due: Sequence[Due], everyone: StandIns) -> list[Turn]:
    return [make_turn(one.member_id, one.times.on, one.times.until_on, one.team_id, everyone) for one in due]


def _reachable(uow: UnitOfWork, claimed: Sequence[DueLine], timetable: Timetable) -> list[Due]:
    """Those who can be asked. The rows of the others go; they come back when there is a way to ask."""
    homes = uow.rounds.list_homes([line.person.id for line in claimed])
    due, lost = [], []
    for line in claimed:
        person = line.person
        if person.slack_user_id is None or person.is_deactivated or person.id not in homes:
            lost.append(line.schedule_id)
        else:
            due.append(Due(line, timetable.of(person, line.week_on), homes[person.id]))
    uow.rounds.drop(lost)
    return due


def _ensure_windows(
    uow: UnitOfWork, asked: Sequence[Due], expectation: Expectation
) -> dict[TeamWeek, WindowLine]:
    """The teams' windows: from the first member's opening to the last one's close (rules §6).

    Whoever is excused has no part in their length, but must find a window to be excused from.
    """
    spans: dict[TeamWeek, set[Span]] = {}
    excused: dict[TeamWeek, set[Span]] = {}
    here: dict[date, set[int]] = {}
    for one in asked:
        theirs = excused if isinstance(one.times.week, Excused) else spans
        theirs.setdefault(one.team_week, set()).add(one.times.span)
        here.setdefault(one.line.week_on, set()).add(one.member_id)
    found = uow.rounds.find_windows({*spans, *excused})
    wanting = [
        which
        for which in {*spans, *excused}
        if which not in found or any(found[which].closes_at < span.closes_at for span in spans.get(which, ()))
    ]
    if not wanting:
        return found
    for which, windows in expectation.find(wanting, besides=here).items():
        spans.setdefault(which, set()).update(Span(one.opens_at, one.closes_at) for one in windows.values())
    whole = {which: _around(spans.get(which) or excused[which]) for which in wanting}
    return found | uow.rounds.ensure_windows(whole)


def _around(spans: Collection[Span]) -> Span:
    return Span(min(span.opens_at for span in spans), max(span.closes_at for span in spans))


def _make_prompts(
    uow: UnitOfWork, asked: Sequence[Due], windows: Mapping[TeamWeek, WindowLine]
) -> Iterator[PromptLine]:
    """Everyone's row of the week, in their team's window."""
    teams = uow.rounds.list_teams({one.team_id for one in asked})
    for one in asked:
        times = one.times
        state, reason = _state(uow, times, teams[one.team_id].paused_until)
        yield PromptLine(
            id=0,
            window_id=windows[one.team_week].id,
            member_id=one.member_id,
            local_on=times.on,
            opens_at=times.opens_at,
            closes_at=times.closes_at,
            reminder_at=times.reminder_at if state is PromptState.ASKED else times.closes_at,
            state=state,
            reason=reason,
        )


def _state(uow: UnitOfWork, times: Times, paused_until: date | None) -> tuple[PromptState, str]:
    if isinstance(times.week, Excused):
        return PromptState.EXCUSED, times.week.reason
    if paused_until is not None and times.on <= paused_until:
        return PromptState.EXCUSED, PAUSED
    if uow.now >= times.closes_at:
        return PromptState.MISSED, OUTAGE
    return PromptState.ASKED, ""


def _put_questions(
    uow: UnitOfWork,
    prompts: Sequence[PromptLine],
    topics: Mapping[int, Sequence[Topic]],
    extras: Mapping[int, Sequence[Found]],
) -> list[QuestionLine]:
    asked = [topic for prompt in prompts for topic in topics[prompt.member_id]]
    said, plans = read_said(uow, asked), read_plans(uow, asked)
    questions: list[QuestionLine] = []
    for prompt in prompts:
        figures = make_questions(prompt, topics[prompt.member_id], said, plans)
        questions += figures
        questions += make_extra_questions(prompt, extras[prompt.member_id], len(figures) + 1)
    return uow.rounds.add_questions(questions)


def _tell(
    uow: UnitOfWork,
    asked: Sequence[tuple[PromptLine, PersonLine]],
    windows: Mapping[int, WindowLine],
    questions: Sequence[QuestionLine],
    topics: Mapping[int, Sequence[Topic]],
) -> None:
    # Who wants no message finds the question on the Home tab.
    heard = [(prompt, person) for prompt, person in asked if person.wants_messages]
    known = [topic for prompt, _ in heard for topic in topics[prompt.member_id]]
    told = new_prompts(uow, heard, windows, questions, {topic.source: topic.figures for topic in known})
    notes = find_notes(uow, {prompt.member_id for prompt in told})
    post.put_prompts(uow, told, notes)
    for member_id, found in notes.items():
        mark_told(uow, member_id, found)


def _move_on(uow: UnitOfWork, due: Sequence[Due], has_some: Mapping[int, bool]) -> None:
    """Gives everyone their next instant: that until which they are put off, else next week's."""
    rows: dict[tuple[date, datetime], list[int]] = {}
    for one in due:
        times = one.times
        if has_some[one.member_id] and times.works_at is not None:
            to = (one.line.week_on, times.works_at)
        else:
            to = (times.next_week_on, times.next_due_at)
        rows.setdefault(to, []).append(one.line.schedule_id)
    uow.rounds.move(rows)
