"""Prompts as they are read: a person's check-in with its items, answers and blockers, as plain facts."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from bot.checkins.facts import Desk, Extra, Given, Handed, Item, Obstacle, Prompt, Waiting
from bot.checkins.kinds import FIGURE, MOVED, PULSE, read_extra
from bot.next_asked import find_next_asked
from storage.database import UnitOfWork
from storage.repositories.rounds import PersonLine, PromptLine, QuestionLine, WindowLine
from storage.rules.cadence import local_date
from storage.rules.graph import PlanLine
from storage.rules.periods import PeriodFigure
from storage.rules.scoring import Thresholds
from storage.rules.terms import Kind, PromptState
from storage.tables.checkin import CheckinAnswer, CheckinPrompt, CheckinQuestion, CheckinWindow
from storage.tables.member import Member

MAX_SNOOZES = 3
"""With the prompt itself and its reminder five messages a week at most (rules §6)."""

AnyQuestion = CheckinQuestion | QuestionLine
Figures = Mapping[tuple[Kind, int], Sequence[PeriodFigure]]
"""The newest figures of measures, newest first, by kind and id of what holds the readings."""

SKIPPED = "Skipped this week"
"""How the reason of a prompt begins that the person left out."""

ARCHIVED = "The plan that it asks about is archived and stays as it was."
"""The reason of a prompt that was open when its plan was archived."""

HANDED_OVER = "What it asked about belongs to others now."
"""The reason of a prompt all of whose items changed hands."""


def read_prompt(uow: UnitOfWork, prompt: CheckinPrompt) -> Prompt:
    """One check-in, as it stands."""
    window = uow.checkins.get_window(prompt.window_id)
    return read_prompts(uow, window, [(prompt, uow.members.get(prompt.member_id))])[0]


def read_prompts(
    uow: UnitOfWork, window: CheckinWindow, prompts: Sequence[tuple[CheckinPrompt, Member]]
) -> list[Prompt]:
    """Check-ins of one window with what was asked and answered, in as many queries as for one."""
    return read_of_windows(uow, {window.id: window}, prompts)


def read_of_windows(
    uow: UnitOfWork,
    windows: Mapping[int, CheckinWindow],
    prompts: Sequence[tuple[CheckinPrompt, Member]],
) -> list[Prompt]:
    """The same of several windows, by id."""
    prompt_ids = [prompt.id for prompt, _ in prompts]
    questions = uow.checkins.list_questions(prompt_ids)
    answers = {answer.question_id: answer for answer in uow.checkins.list_answers(prompt_ids)}
    blockers = uow.checkins.list_blockers(prompt_ids)
    papers = _papers(
        uow,
        questions,
        answers,
        {blocker.owner_id for blocker in blockers},
        figures=_read_figures(uow, questions),
    )
    counted = {window_id for window_id, window in windows.items() if window.closed_at is not None}
    if any(question.asks == PULSE for question in questions):
        counted |= uow.team_questions.list_sealed(windows.keys() - counted)
    obstacles: dict[int, list[Obstacle]] = defaultdict(list)
    for blocker in blockers:
        obstacles[blocker.prompt_id].append(
            Obstacle(blocker.kind, blocker.text, papers.names.get(blocker.owner_id, ""), blocker.raised_at)
        )
    return [
        Prompt(
            id=prompt.id,
            window_id=prompt.window_id,
            member_id=member.id,
            name=member.name,
            zone=member.zone,
            locale=member.locale,
            week_on=windows[prompt.window_id].week_on,
            state=PromptState(prompt.state),
            opens_at=prompt.opens_at,
            closes_at=prompt.closes_at,
            window_closes_at=windows[prompt.window_id].closes_at,
            is_window_closed=windows[prompt.window_id].closed_at is not None,
            is_late=prompt.is_late,
            is_unchanged=prompt.is_unchanged,
            reason=prompt.reason,
            snoozed_until=prompt.snoozed_until,
            snoozes_left=MAX_SNOOZES - prompt.snoozes,
            now=uow.now,
            items=papers.items(prompt.id, _judged_until(windows[prompt.window_id])),
            extras=papers.extras(prompt.id),
            pulse=None if prompt.gave_pulse or prompt.window_id in counted else papers.pulse(prompt.id),
            handed=papers.handed(prompt.id),
            obstacles=tuple(obstacles[prompt.id]),
            draft=prompt.draft or {},
        )
        for prompt, member in prompts
    ]


def new_prompts(
    uow: UnitOfWork,
    prompts: Sequence[tuple[PromptLine, PersonLine]],
    windows: Mapping[int, WindowLine],
    questions: Sequence[QuestionLine],
    figures: Figures,
) -> list[Prompt]:
    """Check-ins that were just made, as `read_prompts` would give them.

    Args:
        windows: by id.
        figures: what was known of the measures when the questions were made.
    """
    papers = _papers(uow, questions, {}, set(), figures=figures)
    return [
        Prompt(
            id=prompt.id,
            window_id=prompt.window_id,
            member_id=person.id,
            name=person.name,
            zone=person.zone,
            locale=person.locale,
            week_on=windows[prompt.window_id].week_on,
            state=prompt.state,
            opens_at=prompt.opens_at,
            closes_at=prompt.closes_at,
            window_closes_at=windows[prompt.window_id].closes_at,
            is_window_closed=windows[prompt.window_id].closed_at is not None,
            is_late=False,
            is_unchanged=False,
            reason=prompt.reason,
            snoozed_until=None,
            snoozes_left=MAX_SNOOZES,
            now=uow.now,
            items=papers.items(prompt.id),
            extras=papers.extras(prompt.id),
            pulse=papers.pulse(prompt.id),
        )
        for prompt, person in prompts
    ]


def find_waiting(uow: UnitOfWork, member_id: int) -> Waiting:
    """What the person can answer or correct now, else when they are asked next."""
    next_at = find_next_asked(uow, member_id)
    latest = uow.checkins.find_latest_prompt(member_id)
    if latest is None:
        return Waiting(None, next_at)
    prompt = read_prompt(uow, latest)
    waits = is_answerable(prompt) and not uow.checkins.list_of_archived_plans([prompt.id])
    return Waiting(prompt if waits else None, next_at)


def read_desk(uow: UnitOfWork, member_id: int) -> Desk:
    """What lies before a person."""
    waiting = find_waiting(uow, member_id)
    waits = waiting.prompt if waiting.prompt and not waiting.prompt.is_answered else None
    row = uow.checkins.find_latest_answered(member_id)
    return Desk(waits, read_prompt(uow, row) if row else None, waiting.next_at)


def is_answerable(prompt: Prompt) -> bool:
    """Whether it can be answered (if late) or, when it was answered, still corrected."""
    return bool(prompt.asked) and (prompt.is_open or not prompt.is_answered)


@dataclass(frozen=True, slots=True)
class _Papers:
    """What was asked, prompt by prompt, and all that it takes to show it; `names` are of members, `kpis` are
    references."""

    measured: Mapping[int, Sequence[AnyQuestion]]
    others: Mapping[int, Sequence[AnyQuestion]]
    answers: Mapping[int, CheckinAnswer]
    names: Mapping[int, str]
    kpis: Mapping[int, str]
    figures: Figures
    thresholds: Thresholds
    plan: PlanLine | None
    today: date

    def items(self, prompt_id: int, until_on: date = date.max) -> tuple[Item, ...]:
        """The figures that were asked for.

        Args:
            until_on: the last day on which it is judged how they stand.
        """
        today = min(self.today, until_on)
        return tuple([self._item(question, today) for question in self.measured.get(prompt_id, ())])

    def extras(self, prompt_id: int) -> tuple[Extra, ...]:
        """What else was asked, without the anonymous question."""
        return tuple(
            [
                self._extra(question)
                for question in self.others.get(prompt_id, ())
                if question.asks not in {MOVED, PULSE}
            ]
        )

    def handed(self, prompt_id: int) -> tuple[Handed, ...]:
        """What changed hands since it was asked."""
        return tuple(
            Handed(
                question.id, question.reference or question.title, self.names.get(question.owner_id or 0, "")
            )
            for question in self.others.get(prompt_id, ())
            if question.asks == MOVED
        )

    def pulse(self, prompt_id: int) -> Extra | None:
        """The anonymous question."""
        for question in self.others.get(prompt_id, ()):
            if question.asks == PULSE:
                return self._extra(question)
        return None

    def _extra(self, question: AnyQuestion) -> Extra:
        answer = self.answers.get(question.id)
        said = None if answer is None else answer.said
        return read_extra(question, self.names.get(question.owner_id or 0, ""), said)

    def _item(self, question: AnyQuestion, today: date) -> Item:
        measures = question.kind == Kind.KEY_RESULT
        plan_on = self.plan.starts_on if self.plan is not None else question.starts_on
        return Item(
            question_id=question.id,
            kind=question.kind,
            item_id=question.item_id,
            reference=question.reference,
            title=question.title,
            owner=self.names.get(question.owner_id or 0, ""),
            kpi=self.kpis.get(question.kpi_id or 0, "") if measures else "",
            starts_on=question.starts_on,
            due_on=question.due_on,
            unit=question.unit,
            direction=question.direction,
            baseline=question.baseline,
            target=question.target,
            band_low=question.band_low,
            band_high=question.band_high,
            frequency=question.frequency,
            period_on=question.period_on,
            asks_value=question.asks_value,
            figure_due=question.figure_due,
            value_before=question.value_before,
            confidence_before=question.confidence_before,
            note_before=question.note_before,
            today=today,
            figures=self.figures.get(_source(question), ()),
            since_on=question.since_on or (plan_on if question.kpi_id is not None else question.starts_on),
            fiscal_start_month=plan_on.month,
            plan=_plan(question.form),
            thresholds=self.thresholds,
            given=_given(self.answers.get(question.id)),
        )


def _papers(
    uow: UnitOfWork,
    questions: Sequence[AnyQuestion],
    answers: Mapping[int, CheckinAnswer],
    also: Collection[int],
    *,
    figures: Figures,
) -> _Papers:
    """Args: `also` are members whose names are wanted beside those of owners."""
    measured: dict[int, list[AnyQuestion]] = defaultdict(list)
    others: dict[int, list[AnyQuestion]] = defaultdict(list)
    for question in questions:
        (measured if question.asks == FIGURE else others)[question.prompt_id].append(question)
    owners = {question.owner_id for question in questions if question.owner_id is not None}
    people = uow.members.list_by_ids(owners | set(also)) if owners or also else {}
    kpis = {
        question.kpi_id
        for question in questions
        if question.kpi_id is not None and question.kind == Kind.KEY_RESULT
    }
    plan = uow.strategies.find_plan()
    today = local_date(uow.now, plan.zone if plan is not None else "UTC")
    return _Papers(
        measured=measured,
        others=others,
        answers=answers,
        names={member.id: member.name for member in people.values()},
        kpis={line.id: line.reference for line in uow.kpis.list_lines(ids=kpis)},
        figures=figures,
        thresholds=uow.settings.thresholds(),
        plan=plan,
        today=today,
    )


def _judged_until(window: CheckinWindow) -> date:
    """A week that has closed stays as it was judged then."""
    return window.closes_at.date() if window.closed_at is not None else date.max


def _read_figures(uow: UnitOfWork, questions: Sequence[CheckinQuestion]) -> Figures:
    """The newest figures of what was asked about."""
    sources = {_source(question) for question in questions if question.asks == FIGURE}
    kpis = [item_id for kind, item_id in sources if kind is Kind.KPI]
    key_results = [item_id for kind, item_id in sources if kind is Kind.KEY_RESULT]
    of_kpis = uow.readings.latest_of_kpis(kpis) if kpis else {}
    own = uow.readings.latest_of_key_results(key_results) if key_results else {}
    return {
        **{(Kind.KPI, item_id): figures for item_id, figures in of_kpis.items()},
        **{(Kind.KEY_RESULT, item_id): figures for item_id, figures in own.items()},
    }


def _source(question: AnyQuestion) -> tuple[Kind, int]:
    """What holds the readings."""
    if question.kpi_id is not None:
        return Kind.KPI, question.kpi_id
    return Kind(question.kind), question.item_id


def _plan(form: Mapping[str, Any] | None) -> Decimal | None:
    text = (form or {}).get("plan")
    return None if text is None else Decimal(text)


def _given(answer: CheckinAnswer | None) -> Given | None:
    if answer is None:
        return None
    return Given(
        value=answer.value,
        confidence=answer.confidence,
        note=answer.note,
        is_unchanged=answer.is_unchanged,
        is_recorded=answer.reading_id is not None,
        said=answer.said or {},
    )
