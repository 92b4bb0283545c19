"""Handing over: what changed hands while a check-in asks for it.

It is taken out of the check-in of whoever had it, if it was not answered, and put into that of whoever has
it now: the open one, or the one that still comes this week. Nobody gets a message beside their check-in's.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import time, timedelta

from bot.checkins import post
from bot.checkins.answering import finish_if_whole
from bot.checkins.days import LADDER, WAITING, is_taken
from bot.checkins.expecting import make_turn
from bot.checkins.kinds import FIGURE, MOVED, WAS, find_owners, find_subjects, make_extra_questions
from bot.checkins.patterns import WEEK, first_opening
from bot.checkins.prompts import HANDED_OVER, read_prompt
from bot.checkins.questions import find_stand_ins, find_topics, make_questions, read_plans, read_said
from bot.checkins.summarising import refresh_summary
from storage.database import UnitOfWork
from storage.repositories.chores import HANDOVERS, SCHEDULES
from storage.repositories.rounds import PromptLine, QuestionLine
from storage.rules.cadence import (
    Window,
    first_working_instant,
    local_date,
    local_instant,
    week_of,
    weekly_window,
)
from storage.rules.terms import Kind, PromptState
from storage.tables.checkin import CheckinPrompt, CheckinQuestion, CheckinWindow
from storage.tables.member import Member
from storage.working import read_patterns

LOOK_EVERY = timedelta(hours=1)
"""Whoever changes an owner says so, and it is looked at once; this is for what nobody said."""

What = tuple[str, str, int]
"""A question's kind, and the kind and row that it is about."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A question without an answer whose item belongs to someone else by now, and who is asked for it."""

    question: CheckinQuestion
    owner_id: int
    answerer_id: int


def follow_owners(uow: UnitOfWork, limit: int) -> int:
    """Moves what was handed over."""
    if not uow.chores.is_due(HANDOVERS, uow.now):
        return 0
    found = _list_moved(uow)
    by_prompt: dict[int, list[Moved]] = defaultdict(list)
    by_answerer: dict[int, list[Moved]] = defaultdict(list)
    for one in found:
        by_prompt[one.question.prompt_id].append(one)
        by_answerer[one.answerer_id].append(one)
    for prompt_id in sorted(by_prompt):
        _take_out(uow, prompt_id, by_prompt[prompt_id])
    for answerer_id in sorted(by_answerer):
        _put_in(uow, answerer_id, {_what(one.question) for one in by_answerer[answerer_id]})
    uow.chores.put_off(HANDOVERS, uow.now + LOOK_EVERY)
    return min(len(by_prompt), limit - 1)


def _list_moved(uow: UnitOfWork) -> list[Moved]:
    stand_ins = find_stand_ins(uow)
    open_ones = uow.checkins.list_handed_over(uow.now) + _list_extras(uow)
    found = []
    for question, asked_id, owner_id in open_ones:
        answerer_id = stand_ins.answerer_of(owner_id)
        if answerer_id is not None and answerer_id != asked_id:
            found.append(Moved(question, owner_id, answerer_id))
    return found


def _list_extras(uow: UnitOfWork) -> list[tuple[CheckinQuestion, int, int]]:
    """The same of what the kinds ask: the question, who is asked, and whose it is now."""
    questions = uow.checkins.list_open_items(uow.now)
    owners = find_owners(uow, [question for question, _ in questions])
    return [
        (question, asked_id, owner_id)
        for question, asked_id in questions
        if (owner_id := owners.get(question.id)) is not None and owner_id != (question.owner_id or asked_id)
    ]


def _take_out(uow: UnitOfWork, prompt_id: int, moved: Sequence[Moved]) -> None:
    """What is left is asked as before; where nothing is, the check-in is over."""
    row = uow.checkins.get_prompt(prompt_id)
    window = uow.checkins.lock_window(row.window_id)
    uow.session.refresh(row)
    if row.state is not PromptState.ASKED:
        return
    for one in moved:
        one.question.form = {**(one.question.form or {}), WAS: one.question.asks}
        one.question.asks, one.question.owner_id = MOVED, one.owner_id
    uow.session.flush()
    if read_prompt(uow, row).asked:
        finish_if_whole(uow, row)
        return
    row.state, row.reason, row.snoozed_until = PromptState.EXCUSED, HANDED_OVER, None
    uow.session.flush()
    post.replace_question(uow, read_prompt(uow, row))
    refresh_summary(uow, window)


def _put_in(uow: UnitOfWork, member_id: int, wanted: Collection[What]) -> None:
    member = uow.members.get(member_id)
    row = uow.checkins.find_latest_prompt(member_id)
    window = uow.checkins.lock_window(row.window_id) if row is not None else None
    if row is None or window is None or window.week_on < week_of(uow.now, member.zone):
        _bring_forward(uow, member)
    elif (row.state is PromptState.ASKED and uow.now < row.closes_at) or (
        row.state is PromptState.ANSWERED and window.closed_at is None
    ):
        _add(uow, row, window, wanted)


def _add(uow: UnitOfWork, row: CheckinPrompt, window: CheckinWindow, wanted: Collection[What]) -> None:
    """Puts it into a check-in that is open; one that is answered shows it as left open."""
    asked = uow.checkins.list_questions([row.id])
    for question in asked:
        if question.asks == MOVED and _what(question) in wanted:
            # It came back to whom it was asked of.
            question.asks = (question.form or {})[WAS]
            question.owner_id = question.owner_id if question.owner_id != row.member_id else None
    new = [one for one in _make(uow, row, window, wanted) if _what(one) not in set(map(_what, asked))]
    first = max((question.position for question in asked), default=0) + 1
    uow.rounds.add_questions([one._replace(position=at) for at, one in enumerate(new, start=first)])
    uow.session.flush()
    prompt = read_prompt(uow, row)
    if prompt.is_answered:
        post.replace_question(uow, prompt)
    else:
        post.redraw_question(uow, prompt)


def _make(
    uow: UnitOfWork, row: CheckinPrompt, window: CheckinWindow, wanted: Collection[What]
) -> list[QuestionLine]:
    """What of it is theirs to answer, as questions of that check-in."""
    line = PromptLine._make(getattr(row, name) for name in PromptLine._fields)
    everyone, whose = find_stand_ins(uow), row.member_id
    topics = find_topics(uow, {whose: row.local_on}, everyone)[whose]
    zone = uow.members.get(whose).zone
    turn = make_turn(whose, row.local_on, local_date(row.closes_at, zone), window.team_id, everyone)
    questions = make_questions(line, topics, read_said(uow, topics), read_plans(uow, topics))
    questions += make_extra_questions(line, find_subjects(uow, [turn])[whose], 1)
    return [one for one in questions if _what(one) in wanted]


def _bring_forward(uow: UnitOfWork, member: Member) -> None:
    """Has someone asked still this week who was passed over because nothing was theirs: on a day that brings
    no other message, and while there is time for an answer before the reminder."""
    schedule = uow.schedules.find(member.id)
    if schedule is None:
        uow.chores.poke(uow.now, SCHEDULES)
        return
    pattern = read_patterns(uow, [member], local_date(uow.now, "UTC") - WEEK)[member.id]
    week_on, opens_at = first_opening(uow.now, pattern, uow.settings.rhythm())
    window = weekly_window(week_on, pattern, uow.settings.rhythm())
    if week_on >= schedule.week_on or not isinstance(window, Window):
        return
    at = first_working_instant(pattern, max(uow.now, opens_at))
    if at is not None and is_taken(
        uow, member, local_date(at, pattern.zone), pattern.zone, (WAITING, LADDER)
    ):
        tomorrow = local_date(at, pattern.zone) + timedelta(days=1)
        at = first_working_instant(pattern, local_instant(pattern.zone, tomorrow, time(0)))
    if at is not None and at < window.reminder_at:
        schedule.week_on, schedule.next_due_at = week_on, at


def _what(question: CheckinQuestion | QuestionLine) -> What:
    form = question.form or {}
    asks = str(form.get(WAS, question.asks))
    if asks == FIGURE:
        return asks, str(Kind(question.kind)), question.item_id
    return asks, "", int(form.get("row", 0))
