"""What a team asks beside its figures: the method's templates, own questions, the anonymous pulse."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from bot.checkins.kinds import PULSE
from bot.slices import Answered, AskField, AskKind, Subject, Turn
from storage.database import UnitOfWork
from storage.repositories.rounds import AskingTeam
from storage.rules.calendar import CalendarRules, Occasion, list_events
from storage.rules.questions import BEFORE_REVIEW, TEMPLATES, OwnQuestion
from storage.rules.terms import QuestionForm
from storage.tables.checkin import TeamQuestion
from storage.working import read_calendar_rules

REVIEWS = frozenset({Occasion.MONTHLY_REVIEW, Occasion.QUARTERLY_REVIEW, Occasion.ANNUAL_REVIEW})
RULE = "Your team's lead has added questions of its own to the check-in."
_WEEK = timedelta(days=7)


def find(uow: UnitOfWork, turns: Sequence[Turn]) -> Mapping[int, Sequence[Subject]]:
    """One subject a person, with all questions of their home team; none where it has none."""
    homes = {turn.home_id for turn in turns}
    teams = uow.rounds.list_teams(homes)
    own = _own_questions(uow, homes)
    rules = read_calendar_rules(uow)
    subjects = {
        (home_id, on): _subjects(teams[home_id], own.get(home_id, ()), rules, on)
        for home_id, on in {(turn.home_id, turn.on) for turn in turns}
    }
    return {turn.member_id: found for turn in turns if (found := subjects[turn.home_id, turn.on])}


def _subjects(
    team: AskingTeam, own: Sequence[AskField], rules: CalendarRules | None, on: date
) -> list[Subject]:
    asked = [
        question
        for question in TEMPLATES.get(team.question_template, ())
        if question not in BEFORE_REVIEW or _review_is_near(rules, on)
    ]
    fields = (*_fields(asked, "t"), *own)
    title = f"Questions of {team.name}"
    return [Subject(row_id=team.id, reference="", title=title, fields=fields, rule=RULE)] if fields else []


def find_pulse(uow: UnitOfWork, turns: Sequence[Turn]) -> Mapping[int, Sequence[Subject]]:
    """The team's anonymous question."""
    by_team: dict[int, TeamQuestion] = {}
    for question in uow.team_questions.list_asked({turn.home_id for turn in turns}):
        if question.form == QuestionForm.PULSE:
            by_team.setdefault(question.team_id, question)
    return {
        turn.member_id: [
            Subject(
                row_id=by_team[turn.home_id].id,
                reference="",
                title=by_team[turn.home_id].text,
                fields=(),
                rule=RULE,
            )
        ]
        for turn in turns
        if turn.home_id in by_team
    }


def store_nothing(uow: UnitOfWork, answered: Answered) -> None:
    """The check-in itself keeps what was said; a pulse is counted where it is answered."""
    del uow, answered


def read_own(questions: Sequence[TeamQuestion]) -> tuple[OwnQuestion, ...]:
    """Rows of one team, in their order, as its lead typed them."""
    typed = [question for question in questions if question.form != QuestionForm.PULSE]
    places = {question.id: place for place, question in enumerate(typed)}
    return tuple(
        OwnQuestion(
            question.text,
            tuple(question.options),
            places.get(question.depends_on_id or 0),
            tuple(question.depends_on),
        )
        for question in typed
    )


def _own_questions(uow: UnitOfWork, team_ids: set[int]) -> dict[int, tuple[AskField, ...]]:
    by_team: dict[int, list[TeamQuestion]] = {}
    for question in uow.team_questions.list_asked(team_ids):
        by_team.setdefault(question.team_id, []).append(question)
    return {team_id: _fields(read_own(rows), "q") for team_id, rows in by_team.items()}


def _fields(questions: Sequence[OwnQuestion], prefix: str) -> tuple[AskField, ...]:
    return tuple(
        AskField(
            f"{prefix}{place}",
            question.text,
            options=question.options,
            multiline=not question.options,
            when=None if question.parent is None else (f"{prefix}{question.parent}", question.follows),
        )
        for place, question in enumerate(questions)
    )


def _review_is_near(rules: CalendarRules | None, on: date) -> bool:
    if rules is None:
        return False
    return any(event.occasion in REVIEWS for event in list_events(rules, on, on + _WEEK))


KIND = AskKind("team questions", find, store_nothing)
PULSE_KIND = AskKind(PULSE, find_pulse, store_nothing)
