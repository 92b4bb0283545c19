"""What is asked before a monthly and an annual review; the reviews themselves read the answers later.

Monthly: for each KPI whose month missed its plan the cause, and the next step with owner and date; for one
whose month is not over yet, how it will end. Annual: result, why, and keep, modify or abandon, for each
annual objective of the year that has ended (rules §6, §7).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from bot.checkins.follow_ups import MISS
from bot.checkins.team_questions import store_nothing
from bot.slices import AskField, AskKind, Subject, Turn
from storage.database import UnitOfWork
from storage.repositories.due_parts import Ended
from storage.repositories.kpis import KpiLine
from storage.rules.calendar import (
    CalendarRules,
    annual_review,
    monthly_prework,
    year_of,
)
from storage.rules.date_words import day_words
from storage.rules.figures import format_figure
from storage.rules.hierarchy import format_reference
from storage.rules.periods import next_period, roll_up_readings
from storage.rules.scoring import is_missed, planned_value
from storage.rules.terms import Frequency, Kind
from storage.working import read_calendar_rules

ON_PLAN, MISSES = "on plan", "misses its plan"
OUTLOOK = AskField("outlook", "How will the month end?", options=(ON_PLAN, MISSES), quick=(ON_PLAN,))
MONTH_AHEAD = (OUTLOOK, *(replace(field, when=(OUTLOOK.name, (MISSES,))) for field in MISS))
YEAR = (
    AskField("result", "Result", placeholder="NPS went from 60 to 72"),
    AskField("why", "Why", multiline=True, placeholder="What made it so"),
    AskField("next", "Next year", options=("keep", "modify", "abandon")),
)
MONTH_RULE = (
    "Before the monthly review, owners say of each KPI that misses its month's plan why, and what comes "
    "next; KPIs on plan are passed over."
)
YEAR_RULE = "Before the annual review, owners say how the objectives of the year that has ended went."

_DAY = timedelta(days=1)


def find_month(uow: UnitOfWork, turns: Sequence[Turn]) -> Mapping[int, Sequence[Subject]]:
    """For those who are asked in their last check-in before a monthly review."""
    rules = read_calendar_rules(uow)
    months = _by_day(turns, partial(monthly_prework, rules)) if rules else {}
    found: dict[int, Sequence[Subject]] = {}
    for month_on in {on for on in months.values() if on is not None}:
        asked = [turn for turn in turns if months[turn.member_id] == month_on]
        lines = _month_lines(uow, asked, month_on)
        people = uow.members.list_by_ids({turn.member_id for turn in asked})
        for turn in asked:
            locale = people[turn.member_id].locale
            of = (*((owner, None) for owner in turn.owners), *((None, team) for team in turn.teams))
            found[turn.member_id] = [
                line.subject(turn.on, locale)
                for whose in of
                for line in lines.get(whose, ())
                if line.wants_words(turn.on)
            ]
    return found


def find_year(uow: UnitOfWork, turns: Sequence[Turn]) -> Mapping[int, Sequence[Subject]]:
    """For those who are asked between the end of a year and its review."""
    rules = read_calendar_rules(uow)
    ends = _by_day(turns, partial(_year_asked, rules)) if rules else {}
    found: dict[int, Sequence[Subject]] = {}
    for year_on in {on for on in ends.values() if on is not None}:
        owners = {owner for turn in turns for owner in turn.owners}
        teams = {team for turn in turns for team in turn.teams}
        last_on = year_on + timedelta(days=366)
        ended = uow.due_parts.list_ended(year_on, last_on, owners, orphans_of=teams)
        for turn in turns:
            if ends[turn.member_id] == year_on:
                found[turn.member_id] = _subjects(turn, ended)
    return found


def _subjects(turn: Turn, ended: Sequence[Ended]) -> list[Subject]:
    return [
        Subject(
            row_id=line.id,
            reference=format_reference(Kind.ANNUAL_OBJECTIVE, line.number),
            title=line.title,
            fields=YEAR,
            rule=YEAR_RULE,
            kind=Kind.ANNUAL_OBJECTIVE,
            item_id=line.id,
            owner_id=line.owner_id,
            due_on=line.ended_on,
            facts=(f"Ended on {day_words(line.ended_on)}.",),
        )
        for line in ended
        if line.ended_on < turn.on
        and (line.team_id in turn.teams if line.owner_id is None else line.owner_id in turn.owners)
    ]


@dataclass(frozen=True, slots=True)
class _MonthLine:
    """A KPI in the month that is reviewed next: planned, and its figure, None where there is none."""

    kpi: KpiLine
    month_on: date
    plan: Decimal
    figure: Decimal | None

    @property
    def last_on(self) -> date:
        return next_period(Frequency.MONTHLY, self.month_on) - _DAY

    def wants_words(self, on: date) -> bool:
        """Whether it misses its plan, or cannot be judged because the month runs on. One whose month is over
        without a figure is asked for that, and for the words where they are needed, as a figure."""
        if on <= self.last_on:
            return True
        return self.figure is not None and is_missed(
            self.figure,
            self.plan,
            direction=self.kpi.direction,
            band_low=self.kpi.band_low,
            band_high=self.kpi.band_high,
        )

    def subject(self, on: date, locale: str) -> Subject:
        is_over = on > self.last_on
        return Subject(
            row_id=self.kpi.id,
            reference=self.kpi.reference,
            title=self.kpi.title,
            fields=MISS if is_over else MONTH_AHEAD,
            rule=MONTH_RULE,
            kind=Kind.KPI,
            item_id=self.kpi.id,
            owner_id=self.kpi.owner_id,
            due_on=self.last_on,
            facts=(self._fact(locale),),
        )

    def _fact(self, locale: str) -> str:
        plan = format_figure(self.plan, self.kpi.unit, locale)
        if self.figure is None:
            return f"{self.month_on:%B %Y} is planned at {plan}."
        figure = format_figure(self.figure, self.kpi.unit, locale)
        return f"{self.month_on:%B %Y}: {figure} against a plan of {plan}."


def _month_lines(
    uow: UnitOfWork, turns: Sequence[Turn], month_on: date
) -> dict[tuple[int | None, int | None], list[_MonthLine]]:
    """The KPIs of these people that are planned and measured by the month or more often, without those whose
    miss is explained already: by owner or, for those of nobody, by team."""
    end_on = next_period(Frequency.MONTHLY, month_on)
    kpis = [
        line
        for line in uow.kpis.list_lines(
            owner_ids={owner for turn in turns for owner in turn.owners},
            orphans_of={team for turn in turns for team in turn.teams},
        )
        if line.frequency in {Frequency.WEEKLY, Frequency.MONTHLY} and line.starts_on < end_on
    ]
    ids = [line.id for line in kpis]
    plans = uow.kpis.plans_of_month(ids, month_on)
    figures = uow.readings.figures_between(ids, month_on, end_on)
    explained = uow.checkins.list_explained(ids, month_on)
    found: dict[tuple[int | None, int | None], list[_MonthLine]] = {}
    for line in kpis:
        plan = plans.get(line.id)
        if plan is None:
            plan = planned_value(line.baseline, line.target, line.starts_on, line.ends_on, end_on - _DAY)
        if plan is not None and line.id not in explained:
            # A week counts in the month in which it begins.
            of_month = figures.get(line.id)
            figure = roll_up_readings(of_month, line.roll_up) if of_month else None
            whose = (line.owner_id, None if line.owner_id is not None else line.team_id)
            found.setdefault(whose, []).append(_MonthLine(line, month_on, plan, figure))
    return found


def _by_day(turns: Sequence[Turn], asked: Callable[[date], date | None]) -> dict[int, date | None]:
    """By member id what is asked about on their day; thousands of people are asked on very few days."""
    days = {on: asked(on) for on in {turn.on for turn in turns}}
    return {turn.member_id: days[turn.on] for turn in turns}


def _year_asked(rules: CalendarRules, on: date) -> date | None:
    year_on = year_of(rules, year_of(rules, on) - _DAY)
    return year_on if on < annual_review(rules, year_on).starts_on else None


MONTH_KIND = AskKind("monthly review", find_month, store_nothing)
YEAR_KIND = AskKind("annual review", find_year, store_nothing)
