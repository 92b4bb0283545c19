"""What is asked before a quarterly and an annual review; the reviews themselves read the answers later.

Quarterly: grade, evidence and lesson for each key result of the quarter that has ended. Annual: result, why,
and keep, modify or abandon, for each annual objective of the year that has ended (rules §6, §7).
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from bot.checkins.team_questions import store_nothing
from bot.slices import AskField, AskKind, Subject, Turn
from storage.database import UnitOfWork
from storage.repositories.checkins import Ended
from storage.rules.calendar import CalendarRules, annual_review, quarter_of, quarterly_review, year_of
from storage.rules.hierarchy import format_reference
from storage.rules.terms import Kind
from storage.working import read_calendar_rules

GRADES = tuple(f"{tenth / 10:.1f}" for tenth in range(11))
QUARTER = (
    AskField("grade", "Grade", options=GRADES, hint="0.0 to 0.3 red, 0.4 to 0.6 yellow, 0.7 to 1.0 green"),
    AskField("evidence", "Evidence", placeholder="Where can it be seen?"),
    AskField("lesson", "Lesson", multiline=True, placeholder="What would you do again, or otherwise?"),
)
YEAR = (
    AskField("result", "Result", placeholder="NPS went from 60 to 72"),
    AskField("why", "Why", multiline=True, placeholder="What made it so"),
    AskField("next", "Next year", options=("keep", "modify", "abandon")),
)
QUARTER_RULE = "Before the quarterly review, owners grade the key results of the quarter that has ended."
YEAR_RULE = "Before the annual review, owners say how the objectives of the year that has ended went."

_DAY = timedelta(days=1)


def find_quarter(uow: UnitOfWork, turns: Sequence[Turn]) -> Mapping[int, Sequence[Subject]]:
    """For those who are asked between the end of a quarter and its review."""
    rules = read_calendar_rules(uow)
    ends = {turn.member_id: _quarter_asked(rules, turn.on) for turn in turns} if rules else {}
    found: dict[int, Sequence[Subject]] = {}
    for quarter_on in {on for on in ends.values() if on is not None}:
        ended = uow.checkins.list_ended_key_results(
            quarter_on, quarter_on + timedelta(days=92), {owner for turn in turns for owner in turn.owners}
        )
        for turn in turns:
            if ends[turn.member_id] == quarter_on:
                found[turn.member_id] = _subjects(turn, ended, Kind.KEY_RESULT, QUARTER, QUARTER_RULE)
    return found


def find_year(uow: UnitOfWork, turns: Sequence[Turn]) -> Mapping[int, Sequence[Subject]]:
    """For those who are asked between the end of a year and its review."""
    rules = read_calendar_rules(uow)
    ends = {turn.member_id: _year_asked(rules, turn.on) for turn in turns} if rules else {}
    found: dict[int, Sequence[Subject]] = {}
    for year_on in {on for on in ends.values() if on is not None}:
        owners = {owner for turn in turns for owner in turn.owners}
        ended = uow.checkins.list_ended_objectives(year_on, year_on + timedelta(days=366), owners)
        for turn in turns:
            if ends[turn.member_id] == year_on:
                found[turn.member_id] = _subjects(turn, ended, Kind.ANNUAL_OBJECTIVE, YEAR, YEAR_RULE)
    return found


def _subjects(
    turn: Turn, ended: Sequence[Ended], kind: Kind, fields: tuple[AskField, ...], rule: str
) -> list[Subject]:
    return [
        Subject(
            row_id=line.id,
            reference=format_reference(kind, line.number),
            title=line.title,
            fields=fields,
            rule=rule,
            kind=kind,
            item_id=line.id,
            owner_id=line.owner_id,
            due_on=line.ended_on,
            facts=(f"Ended on {line.ended_on.day} {line.ended_on:%B %Y}.",),
        )
        for line in ended
        if line.owner_id in turn.owners and line.ended_on < turn.on
    ]


def _quarter_asked(rules: CalendarRules, on: date) -> date | None:
    """The quarter that is over on that day and whose review is still to come."""
    quarter_on = quarter_of(rules, quarter_of(rules, on) - _DAY)
    return quarter_on if on < quarterly_review(rules, quarter_on).starts_on else None


def _year_asked(rules: CalendarRules, on: date) -> date | None:
    year_on = year_of(rules, year_of(rules, on) - _DAY)
    return year_on if on < annual_review(rules, year_on).starts_on else None


QUARTER_KIND = AskKind("quarterly review", find_quarter, store_nothing)
YEAR_KIND = AskKind("annual review", find_year, store_nothing)
