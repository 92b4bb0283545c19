"""What is asked beside figures: steps, a team's questions, the pulse, follow-ups, reviews; in one form."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.checkins import answering, kinds
from bot.checkins.answering import Page
from bot.checkins.facts import Prompt
from bot.checkins.forms import checkin_form
from bot.checkins.kinds import register
from bot.checkins.steps import store as store_nothing_real
from bot.slices import Answered, AskField, AskKind, Subject
from storage.database import UnitOfWork
from storage.rules.errors import InvalidFields
from storage.rules.terms import Direction, Frequency, PromptState, QuestionForm, RollUp
from storage.tables import CheckinPrompt, Initiative, Kpi, PulseCount, Step, TeamQuestion
from storage.tables.columns import Row
from tests import factories
from tests.bot.checkins.office import Office, payload_words, words

MONDAY_9 = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)


def put(office: Office, row: Row) -> None:
    with office.unit_of_work() as uow:
        row.workspace_id = uow.workspace_id
        uow.session.add(row)
        uow.session.flush()


def step(office: Office, due_on: date, title: str = "Train the evening shift") -> Step:
    with office.unit_of_work() as uow:
        initiative = factories.initiative(uow, owner_id=office.ben.id)
        return factories.step(uow, initiative, title=title, due_on=due_on)


def read_step(office: Office, row: Step) -> Step:
    with office.unit_of_work() as uow:
        return uow.session.get_one(Step, row.id)


def submit(office: Office, fields: dict[str, str], page: int = 0) -> Page | Prompt:
    """Ben sends the form; fields by name and the question's position, such as `state:1`."""
    questions = office.questions(office.ben)
    typed = {}
    for name, text in fields.items():
        what, _, place = name.partition(":")
        typed[f"{what}:{questions[int(place) - 1].id}" if place else name] = text
    with office.unit_of_work() as uow:
        return answering.submit(uow, office.ben.id, office.prompt(office.ben).id, page, typed)


def test_a_step_that_falls_due_comes_with_the_figures_in_one_message(office: Office) -> None:
    office.key_result(office.ben)
    due = step(office, date(2026, 2, 11))
    step(office, date(2026, 2, 20), "Write the manual")
    office.tick(at=MONDAY_9)
    (message,) = office.messages("prompt:").values()
    assert "2 items" in words(message)
    assert "I-1 Train the evening shift" in words(message)
    assert "Write the manual" not in words(message)

    done = submit(office, {"value:1": "74", "state:2": "done", "note:2": "all eight"})
    assert isinstance(done, Prompt)
    assert read_step(office, due).done_at == office.clock.now()
    (shown,) = [row for key, row in office.messages("prompt:").items() if row.edit_of_id is None]
    assert "I-1 Train the evening shift" in words(shown)


def test_a_step_alone_is_asked_too_and_gets_another_date_by_a_follow_up(office: Office) -> None:
    due = step(office, date(2026, 2, 10))
    office.tick(at=MONDAY_9)
    page = submit(office, {"state:1": "needs another date"})
    assert isinstance(page, Page)
    assert page.number == 1
    assert "New date" in payload_words(checkin_form(page.prompt, 1, page.typed))
    with pytest.raises(InvalidFields, match="is not a day that can be read"):
        submit(office, {"new_date:1": "soon"}, page=1)
    assert isinstance(submit(office, {"new_date:1": "31 March"}, page=1), Prompt)
    moved = read_step(office, due)
    assert (moved.due_on, moved.original_due_on) == (date(2026, 3, 31), date(2026, 2, 10))


def test_a_new_date_counts_also_where_the_initiative_is_somebody_elses(office: Office) -> None:
    office.key_result(office.ben)
    due = step(office, date(2026, 2, 10))
    with office.unit_of_work() as uow:
        uow.session.get_one(Initiative, due.initiative_id).owner_id = None
    office.tick(at=MONDAY_9)
    submit(office, {"value:1": "74", "state:2": "needs another date"})
    submit(office, {"new_date:2": "31 March"}, page=1)
    moved = read_step(office, due)
    assert (moved.due_on, moved.original_due_on) == (date(2026, 3, 31), date(2026, 2, 10))


def test_low_confidence_asks_what_would_raise_it(office: Office) -> None:
    office.key_result(office.ben)
    office.tick(at=MONDAY_9)
    page = submit(office, {"value:1": "71", "confidence:1": "2"})
    assert isinstance(page, Page)
    assert "What would raise your confidence?" in payload_words(checkin_form(page.prompt, 1, page.typed))
    done = submit(office, {"raise:1": "a second trainer"}, page=1)
    assert isinstance(done, Prompt)
    assert done.items[0].given is not None
    assert done.items[0].given.said == {"raise": "a second trainer"}


def test_a_monthly_figure_that_misses_its_plan_asks_for_cause_next_step_owner_and_date(
    office: Office,
) -> None:
    with office.unit_of_work() as uow:
        kpi = factories.kpi(uow, owner_id=office.ben.id, frequency=Frequency.MONTHLY)
        uow.kpis.put_monthly_plan(kpi.id, {date(2026, 1, 1): Decimal(64)})
    office.tick(at=MONDAY_9)
    page = submit(office, {"value:1": "61"})
    assert isinstance(page, Page)
    said = payload_words(checkin_form(page.prompt, 1, page.typed))
    assert "61 points against a plan of 64 points" in said
    done = submit(office, {"cause:1": "two of eight were ill", "who:1": "Ben", "by:1": "1 March"}, page=1)
    assert isinstance(done, Prompt)
    assert done.items[0].given is not None
    assert done.items[0].given.said == {"cause": "two of eight were ill", "who": "Ben", "by": "1 March"}


def test_a_figure_on_plan_asks_for_nothing_more(office: Office) -> None:
    with office.unit_of_work() as uow:
        kpi = factories.kpi(uow, owner_id=office.ben.id, frequency=Frequency.MONTHLY)
        uow.kpis.put_monthly_plan(kpi.id, {date(2026, 1, 1): Decimal(61)})
    office.tick(at=MONDAY_9)
    assert isinstance(submit(office, {"value:1": "61"}), Prompt)


def test_a_teams_own_questions_and_their_follow_ups_are_asked_and_kept(office: Office) -> None:
    office.key_result(office.ben)
    full = TeamQuestion(
        workspace_id=1,
        team_id=office.team.id,
        position=1,
        text="How full?",
        form=QuestionForm.CHOICE,
        options=["ok", "too full"],
    )
    put(office, full)
    put(
        office,
        TeamQuestion(
            workspace_id=1,
            team_id=office.team.id,
            position=2,
            text="What would help?",
            depends_on_id=full.id,
            depends_on=["too full"],
        ),
    )
    office.tick(at=MONDAY_9)
    page = submit(office, {"value:1": "72", "q0:2": "too full"})
    assert isinstance(page, Page)
    done = submit(office, {"q1:2": "one meeting less"}, page=1)
    assert isinstance(done, Prompt)
    assert done.extras[0].said == {"q0": "too full", "q1": "one meeting less"}


def test_a_pulse_is_counted_once_and_leaves_nobodys_name(office: Office) -> None:
    office.key_result(office.ben)
    put(
        office,
        TeamQuestion(
            workspace_id=1,
            team_id=office.team.id,
            position=1,
            text="How was your week?",
            form=QuestionForm.PULSE,
        ),
    )
    office.tick(at=MONDAY_9)
    page = submit(office, {"value:1": "72"})
    assert isinstance(page, Page)
    pulse = page.prompt.pulse
    assert pulse is not None
    assert "How was your week?" in payload_words(checkin_form(page.prompt, 1, page.typed))
    done = submit(office, {f"pulse:{place}": "2" for place in ("2",)}, page=1)
    assert isinstance(done, Prompt)
    assert done.pulse is None
    assert isinstance(submit(office, {"value:1": "73"}), Prompt)  # correcting asks no second time
    with office.unit_of_work() as uow:
        row = uow.session.get_one(CheckinPrompt, done.id)
        counts = uow.team_questions.pulse_of(row.window_id)
        assert counts == {pulse.row_id: {2: 1}}
        assert row.draft is None
        answers = uow.checkins.list_answers([done.id])
    assert all("2" not in str(answer.said) for answer in answers)
    assert set(PulseCount.model_fields) == {
        "id",
        "workspace_id",
        "window_id",
        "question_id",
        "score",
        "answers",
    }


MONDAY_BEFORE_THE_REVIEW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""February is reviewed on Friday, 6 March."""


def kpi_of_ben(office: Office, value: int | None, **values: object) -> int:
    """Planned at 64 in February."""
    with office.unit_of_work() as uow:
        kpi = factories.kpi(uow, owner_id=office.ben.id, **values)
        uow.kpis.put_monthly_plan(kpi.id, {date(2026, 2, 1): Decimal(64)})
        if value is not None:
            factories.reading(uow, kpi, value, period_on=date(2026, 2, 1))
        return kpi.id


def test_before_a_monthly_review_owners_say_why_a_kpi_missed_its_plan_and_what_comes_next(
    office: Office,
) -> None:
    office.key_result(office.ben)
    kpi_of_ben(office, 61)
    kpi_of_ben(office, 64, title="On plan")
    kpi_of_ben(office, None, title="Without a figure")
    office.clock.jump_to(MONDAY_BEFORE_THE_REVIEW - timedelta(days=1))
    office.tick()
    office.tick(at=MONDAY_BEFORE_THE_REVIEW)
    asked = office.questions(office.ben)
    assert [(question.asks, question.reference, question.due_on) for question in asked] == [
        ("figure", "KR-1", date(2026, 3, 31)),
        ("figure", "KPI-3", date(2026, 12, 31)),
        ("monthly review", "KPI-1", date(2026, 2, 28)),
    ]
    (message,) = office.messages("prompt:").values()
    assert "February 2026: 61 points against a plan of 64 points." in words(message)
    done = submit(
        office, {"value:1": "74", "cause:3": "two were ill", "next_step:3": "hire", "by:3": "1 May"}
    )
    assert isinstance(done, Prompt)
    assert done.extras[0].said == {"cause": "two were ill", "next_step": "hire", "by": "1 May"}
    # After the review nobody is asked about that month any more.
    office.tick(at=MONDAY_BEFORE_THE_REVIEW + timedelta(days=7))
    assert "monthly review" not in {question.asks for question in office.questions(office.ben)}


def test_a_step_of_nobody_is_asked_of_the_initiatives_owner_and_else_of_the_teams_lead(
    office: Office,
) -> None:
    due = step(office, date(2026, 2, 10))
    with office.unit_of_work() as uow:
        uow.session.get_one(Step, due.id).owner_id = None
        initiative = uow.session.get_one(Initiative, due.initiative_id)
        initiative.owner_id, initiative.team_id = office.ben.id, office.team.id
    office.tick(at=MONDAY_9)
    assert [question.asks for question in office.questions(office.ben)] == ["step"]
    assert office.prompts(office.ana) == []
    with office.unit_of_work() as uow:
        uow.session.get_one(Initiative, due.initiative_id).owner_id = None
    office.tick(at=MONDAY_9 + timedelta(days=7))
    assert len(office.prompts(office.ben)) == 1
    assert [question.asks for question in office.questions(office.ana)] == ["step"]


FIRST_MONDAY_OF_2027 = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
"""The year 2026 is reviewed on Thursday, 14 January."""


def test_before_the_annual_review_owners_say_once_how_their_objectives_of_the_year_went(
    office: Office,
) -> None:
    with office.unit_of_work() as uow:
        plan = factories.plan(uow)
        factories.annual_objective(uow, plan_id=plan.id, owner_id=office.ben.id)
        factories.annual_objective(uow, plan_id=plan.id, title="On time")
        of_nobody = factories.annual_objective(uow, plan_id=plan.id, team_id=office.team.id, title="Cost")
    office.clock.jump_to(FIRST_MONDAY_OF_2027 - timedelta(days=1))
    office.tick()
    office.tick(at=FIRST_MONDAY_OF_2027)
    asked = office.questions(office.ben)
    assert [(one.asks, one.reference, one.due_on) for one in asked] == [
        ("annual review", "A-1", date(2026, 12, 31))
    ]
    # What belongs to nobody is asked of the team's lead.
    assert [(one.asks, one.item_id) for one in office.questions(office.ana)] == [
        ("annual review", of_nobody.id)
    ]
    done = submit(office, {"result:1": "60 to 72", "why:1": "routing came late", "next:1": "modify"})
    assert isinstance(done, Prompt)
    assert done.extras[0].said == {"result": "60 to 72", "why": "routing came late", "next": "modify"}
    office.tick(at=FIRST_MONDAY_OF_2027 + timedelta(days=7))
    assert len(office.prompts(office.ben)) == 1
    assert len(office.prompts(office.ana)) == 2
    # After the review nobody is asked about that year any more.
    office.tick(at=FIRST_MONDAY_OF_2027 + timedelta(days=14))
    assert len(office.prompts(office.ana)) == 2


def test_a_miss_that_was_explained_with_its_figure_is_not_asked_about_again(office: Office) -> None:
    kpi_of_ben(office, None)
    with office.unit_of_work() as uow:
        uow.workspace.monthly_review = "working 10"  # Friday, 13 March
    office.clock.jump_to(MONDAY_BEFORE_THE_REVIEW - timedelta(days=1))
    office.tick()
    office.tick(at=MONDAY_BEFORE_THE_REVIEW)
    submit(office, {"value:1": "61"})
    submit(office, {"cause:1": "two were ill", "next_step:1": "hire"}, page=1)
    kpi_of_ben(office, 60, title="Not explained")
    office.tick(at=MONDAY_BEFORE_THE_REVIEW + timedelta(days=7))
    assert [(question.asks, question.reference) for question in office.questions(office.ben)] == [
        ("monthly review", "KPI-2")
    ]


def test_the_month_of_a_kpi_that_belongs_to_nobody_is_asked_of_the_teams_lead(office: Office) -> None:
    with office.unit_of_work() as uow:
        kpi = factories.kpi(uow, owner_id=None, team_id=office.team.id)
        uow.kpis.put_monthly_plan(kpi.id, {date(2026, 2, 1): Decimal(64)})
        factories.reading(uow, kpi, 61, period_on=date(2026, 2, 1))
    office.key_result(office.ben)
    office.clock.jump_to(MONDAY_BEFORE_THE_REVIEW - timedelta(days=1))
    office.tick()
    office.tick(at=MONDAY_BEFORE_THE_REVIEW)
    assert [question.asks for question in office.questions(office.ana)] == ["monthly review"]
    assert [question.asks for question in office.questions(office.ben)] == ["figure"]


def test_weeks_are_rolled_up_to_the_month_that_is_judged(office: Office) -> None:
    with office.unit_of_work() as uow:
        kpi = factories.kpi(
            uow,
            owner_id=office.ben.id,
            frequency=Frequency.WEEKLY,
            roll_up=RollUp.SUM,
            direction=Direction.DECREASE,
        )
        uow.kpis.put_monthly_plan(kpi.id, {date(2026, 2, 1): Decimal(10)})
        for day, value in ((2, 4), (9, 4), (16, 3), (23, 0)):
            factories.reading(uow, kpi, value, period_on=date(2026, 2, day))
    office.clock.jump_to(MONDAY_BEFORE_THE_REVIEW - timedelta(days=1))
    office.tick()
    office.tick(at=MONDAY_BEFORE_THE_REVIEW)
    (message,) = office.messages("prompt:").values()
    assert "February 2026: 11 points against a plan of 10 points." in words(message)


def test_a_month_that_is_not_over_in_the_last_check_in_before_its_review_is_asked_how_it_will_end(
    office: Office,
) -> None:
    kpi_of_ben(office, None)
    last_of_march = datetime(2026, 3, 30, 9, 0, tzinfo=UTC)
    with office.unit_of_work() as uow:
        uow.kpis.put_monthly_plan(1, {date(2026, 3, 1): Decimal(66)})
        uow.workspace.monthly_review = "working 3"  # Friday, 3 April
        factories.reading(uow, uow.session.get_one(Kpi, 1), 65, period_on=date(2026, 2, 1))
    office.clock.jump_to(last_of_march - timedelta(days=1))
    office.tick()
    office.tick(at=last_of_march)
    (message,) = office.messages("prompt:").values()
    assert "March 2026 is planned at 66 points." in words(message)
    page = submit(office, {"outlook:1": "misses its plan"})
    assert isinstance(page, Page)
    assert "Why did it miss the plan?" in payload_words(checkin_form(page.prompt, 1, page.typed))


def test_a_kind_of_another_slice_is_asked_and_stored_without_the_check_in_knowing_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored: list[Answered] = []

    def find(uow: UnitOfWork, turns: object) -> dict[int, list[Subject]]:
        del uow, turns
        fields = (AskField("went", "How did it go?"),)
        subject = Subject(
            row_id=7, reference="K-7", title="Fewer forms", fields=fields, rule="Ideas in check."
        )
        return {office.ben.id: [subject]}

    def store(uow: UnitOfWork, answered: Answered) -> None:
        del uow
        stored.append(answered)

    monkeypatch.setattr(kinds, "_KINDS", dict(kinds._KINDS))  # noqa: SLF001 - taken out again afterwards
    register([AskKind("idea", find, store)])
    with pytest.raises(ValueError, match="two kinds of question are called 'idea'"):
        register([AskKind("idea", find, store_nothing_real)])
    office.key_result(office.ben)
    office.tick(at=MONDAY_9)
    done = submit(office, {"value:1": "74", "went:2": "well"})
    assert isinstance(done, Prompt)
    assert [(one.row_id, dict(one.said)) for one in stored] == [(7, {"went": "well"})]


def test_a_paused_team_is_excused(office: Office) -> None:
    office.key_result(office.ben)
    with office.unit_of_work() as uow:
        uow.teams.get(office.team.id).paused_until = date(2026, 2, 13)
    office.tick(at=MONDAY_9)
    assert office.prompt(office.ben).state is PromptState.EXCUSED
    office.tick(at=MONDAY_9 + timedelta(days=7))
    assert office.prompt(office.ben).state is PromptState.ASKED
