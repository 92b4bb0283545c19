from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.app import HOME_SECTIONS
from bot.home.listeners import draw_home
from bot.home.service import Standing, stand
from storage.database import Database, UnitOfWork
from storage.rules.scoring import Trend
from storage.rules.terms import Direction, Frequency, ItemState, Kind, PlanState, PromptState, Status
from tests import factories
from tests.clock import FrozenClock
from tests.statements import sent_statements


@pytest.fixture
def uow(database: Database, workspace: int, clock: FrozenClock) -> Iterator[UnitOfWork]:
    with database.unit_of_work(workspace, clock.now()) as uow:
        yield uow


def test_without_a_plan_there_is_nothing_to_stand_for(uow: UnitOfWork) -> None:
    ana = factories.member(uow)
    assert stand(uow, ana.id) == Standing(plan=None, is_newcomer=True)


def test_a_key_result_stands_by_its_own_figures(uow: UnitOfWork) -> None:
    team = factories.team(uow, name="Customer Service")
    ana = factories.member(uow)
    annual = factories.annual_objective(uow)
    objective = factories.objective(uow, team_id=team.id, annual_objective_id=annual.id)
    key_result = factories.key_result(uow, owner_id=ana.id, objective_id=objective.id)
    factories.reading(uow, key_result, 72, period_on=date(2026, 2, 2))
    factories.reading(uow, key_result, 74)
    (item,) = stand(uow, ana.id).items
    assert (item.reference, item.title, item.team) == ("KR-1", "First-contact resolution", "Customer Service")
    assert (item.baseline, item.current, item.target) == (Decimal(70), Decimal(74), Decimal(80))
    assert item.progress == Decimal("0.4")
    assert item.expected == Decimal("0.438202")
    assert item.trend is Trend.IMPROVING
    assert item.assessment.status is Status.ON_TRACK
    assert item.serves == ("O-1 Answer right the first time", "A-1 NPS from 60 to 75")


def test_a_key_result_that_measures_a_kpi_reads_its_figures(uow: UnitOfWork) -> None:
    ana, ben = factories.member(uow), factories.member(uow)
    kpi = factories.kpi(uow, owner_id=ben.id)
    factories.key_result(
        uow, owner_id=ana.id, kpi_id=kpi.id, baseline=Decimal(60), target=Decimal(64), unit="points"
    )
    factories.reading(uow, kpi, 62, period_on=date(2026, 1, 1))
    (item,) = stand(uow, ana.id).items
    assert (item.kind, item.current, item.progress) == (Kind.KEY_RESULT, Decimal(62), Decimal("0.5"))


def test_a_correction_counts_and_what_it_corrects_does_not(uow: UnitOfWork) -> None:
    ana = factories.member(uow)
    key_result = factories.key_result(uow, owner_id=ana.id)
    wrong = factories.reading(uow, key_result, 90)
    right = factories.reading(uow, key_result, 73)
    uow.readings.supersede(wrong.id, right.id)
    (item,) = stand(uow, ana.id).items
    assert item.current == 73
    assert item.trend is None


def test_what_needs_care_comes_first(uow: UnitOfWork) -> None:
    ana = factories.member(uow)
    objective = factories.objective(uow)
    for value in (80, 74, 70, 60):
        key_result = factories.key_result(uow, owner_id=ana.id, objective_id=objective.id)
        factories.reading(uow, key_result, value)
    silent = factories.key_result(uow, owner_id=ana.id, objective_id=objective.id)
    factories.reading(uow, silent, 76, period_on=date(2026, 1, 12))
    items = stand(uow, ana.id).items
    assert [(item.reference, item.assessment.status) for item in items] == [
        ("KR-3", Status.OFF_TRACK),
        ("KR-4", Status.OFF_TRACK),
        ("KR-5", Status.STALE),
        ("KR-2", Status.ON_TRACK),
        ("KR-1", Status.DONE),
    ]


def test_kpis_and_initiatives_of_the_person_are_theirs_too(uow: UnitOfWork) -> None:
    ana = factories.member(uow)
    annual = factories.annual_objective(uow)
    factories.kpi(
        uow,
        owner_id=ana.id,
        direction=Direction.MAINTAIN,
        frequency=Frequency.MONTHLY,
        band_low=Decimal(60),
        band_high=Decimal(75),
    )
    factories.initiative(
        uow,
        owner_id=ana.id,
        annual_objective_id=annual.id,
        starts_on=date(2026, 1, 1),
        due_on=date(2026, 3, 31),
        progress=Decimal("0.1"),
    )
    kpi, initiative = sorted(stand(uow, ana.id).items, key=lambda item: item.reference, reverse=True)
    assert (kpi.reference, kpi.assessment.status, kpi.band_high) == ("KPI-1", Status.NOT_STARTED, Decimal(75))
    assert (initiative.reference, initiative.assessment.status) == ("I-1", Status.OFF_TRACK)
    assert initiative.serves == ("A-1 NPS from 60 to 75",)
    assert initiative.due_on == date(2026, 3, 31)


def test_the_goals_that_a_person_answers_for_stand_behind_what_they_give_figures_of(uow: UnitOfWork) -> None:
    ana, ben = factories.member(uow), factories.member(uow)
    driver = factories.driver(uow, owner_id=ana.id)
    breakthrough = factories.breakthrough(uow, owner_id=ana.id, driver_id=driver.id)
    annual = factories.annual_objective(uow, owner_id=ana.id, breakthrough_id=breakthrough.id)
    objective = factories.objective(uow, owner_id=ana.id, annual_objective_id=annual.id)
    for owner in (ben, ana):
        key_result = factories.key_result(uow, owner_id=owner.id, objective_id=objective.id)
        factories.reading(uow, key_result, 70)
    items = stand(uow, ana.id).items
    assert [item.reference for item in items] == ["KR-2", "O-1", "A-1", "B-1", "D-1"]
    assert {item.assessment.status for item in items} == {Status.OFF_TRACK}
    assert items[2].assessment.reason.startswith("O-1 is off track: KR-1 is off track")


def test_what_is_closed_someone_else_s_or_of_another_plan_is_left_out(uow: UnitOfWork) -> None:
    ana, ben = factories.member(uow), factories.member(uow)
    old = factories.plan(uow, state=PlanState.ARCHIVED)
    factories.plan(uow)
    old_objective = factories.objective(uow, plan_id=old.id)
    objective = factories.objective(uow, plan_id=old.id + 1)
    place = {"objective_id": objective.id, "plan_id": objective.plan_id}
    factories.key_result(uow, owner_id=ana.id, objective_id=old_objective.id, plan_id=old.id)
    factories.key_result(uow, owner_id=ana.id, state=ItemState.CLOSED, **place)
    factories.key_result(uow, owner_id=ben.id, **place)
    factories.initiative(uow, owner_id=ana.id, plan_id=old.id)
    standing = stand(uow, ana.id)
    assert standing.items == ()
    assert standing.plan is not None
    assert standing.plan.title == "Plan 2"


def test_the_last_answer_brings_confidence_and_note(uow: UnitOfWork) -> None:
    ana = factories.member(uow)
    key_result = factories.key_result(uow, owner_id=ana.id)
    factories.reading(uow, key_result, 74)
    prompt = factories.prompt(uow, ana, state=PromptState.ANSWERED)
    question = factories.question(uow, prompt, key_result, confidence_before=7)
    factories.answer(uow, question, confidence=3, note="training slipped")
    standing = stand(uow, ana.id)
    answer = standing.items[0].last_answer
    assert answer is not None
    assert (answer.confidence, answer.confidence_before, answer.note) == (3, 7, "training slipped")
    assert standing.items[0].assessment.status is Status.OFF_TRACK
    assert not standing.is_newcomer


def test_a_newer_answer_replaces_an_older_one(uow: UnitOfWork, clock: FrozenClock) -> None:
    ana = factories.member(uow)
    key_result = factories.key_result(uow, owner_id=ana.id)
    team = factories.team(uow)
    for weeks, confidence in ((1, 4), (0, 8)):
        week_on = date(2026, 2, 9) - timedelta(weeks=weeks)
        window = factories.window(uow, team, week_on=week_on)
        prompt = factories.prompt(uow, ana, window, state=PromptState.ANSWERED, local_on=week_on)
        question = factories.question(uow, prompt, key_result)
        factories.answer(
            uow, question, confidence=confidence, answered_at=clock.now() - timedelta(weeks=weeks)
        )
    answer = stand(uow, ana.id).items[0].last_answer
    assert answer is not None
    assert answer.confidence == 8


def test_the_last_answer_is_the_person_s_own_newest_that_still_holds(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    ana, ben = factories.member(uow), factories.member(uow)
    kpi = factories.kpi(uow, owner_id=ana.id)
    about, now = (Kind.KPI, kpi.id), clock.now()
    factories.report(uow, about, member_id=ana.id, note="first", reported_at=now - timedelta(days=1))
    for note in ("second", "said in the same instant"):
        factories.report(uow, about, member_id=ana.id, note=note)
    factories.report(uow, about, member_id=ana.id, note="taken back", withdrawn_at=now)
    factories.report(uow, about, member_id=ben.id, note="from someone else")
    factories.report(uow, (Kind.KEY_RESULT, kpi.id), member_id=ana.id, note="of another item")
    answer = stand(uow, ana.id).items[0].last_answer
    assert answer is not None
    assert answer.note == "said in the same instant"


def test_the_next_check_in_is_told(uow: UnitOfWork, clock: FrozenClock) -> None:
    ana = factories.member(uow, home=factories.team(uow))
    factories.key_result(uow, owner_id=ana.id)
    due_at: datetime = clock.now() + timedelta(days=7)
    factories.schedule(uow, ana, next_due_at=due_at)
    assert stand(uow, ana.id).next_checkin_at == due_at


def test_no_check_in_is_told_where_nothing_is_theirs_to_answer(uow: UnitOfWork, clock: FrozenClock) -> None:
    lead = factories.member(uow)
    factories.plan(uow)
    factories.team(uow, lead_id=lead.id)
    factories.schedule(uow, lead, next_due_at=clock.now() + timedelta(days=7))
    assert stand(uow, lead.id).next_checkin_at is None


def test_an_open_question_is_told_with_its_end(uow: UnitOfWork, clock: FrozenClock) -> None:
    ana, ben = factories.member(uow), factories.member(uow)
    factories.plan(uow)
    window = factories.window(uow)
    factories.prompt(uow, ana, window)
    factories.prompt(uow, ben, window, state=PromptState.ANSWERED)
    assert stand(uow, ana.id).asked_until == clock.now() + timedelta(days=2, hours=9)
    assert stand(uow, ben.id).asked_until is None


def test_a_guest_sees_nothing_of_the_plan_above_their_items(uow: UnitOfWork) -> None:
    guest = factories.member(uow, is_guest=True)
    annual = factories.annual_objective(uow)
    objective = factories.objective(uow, annual_objective_id=annual.id)
    factories.key_result(uow, owner_id=guest.id, objective_id=objective.id)
    (item,) = stand(uow, guest.id).items
    assert item.serves == ()


def test_many_items_need_no_more_queries_than_few(uow: UnitOfWork) -> None:
    ana, ben = factories.member(uow), factories.member(uow)
    for owner, count in ((ana, 1), (ben, 12)):
        objective = factories.objective(uow)
        for _ in range(count):
            key_result = factories.key_result(uow, owner_id=owner.id, objective_id=objective.id)
            factories.reading(uow, key_result, 74)
            factories.initiative(uow, owner_id=owner.id)
            factories.reading(uow, factories.kpi(uow, owner_id=owner.id), 64, period_on=date(2026, 1, 1))
    uow.session.flush()
    # The plan is read whole here, since it has just been changed; as long as it is not, it costs one query.
    assert _statements(uow, ana.id) == _statements(uow, ben.id) <= 28


def test_a_whole_home_tab_sends_few_statements_once_the_plan_is_in_memory(
    database: Database, workspace: int, clock: FrozenClock
) -> None:
    with database.unit_of_work(workspace, clock.now()) as uow:
        ana = factories.member(uow, slack_user_id="UANA")
        team = factories.team(uow, lead_id=ana.id)
        factories.key_result(uow, owner_id=ana.id, team_id=team.id)
    for most in (100, 20):
        with (
            database.unit_of_work(workspace, clock.now(), read=True) as uow,
            sent_statements() as sent,
        ):
            draw_home(uow, HOME_SECTIONS, "UANA")
        assert len(sent) <= most, "\n\n".join(sent)


def _statements(uow: UnitOfWork, member_id: int) -> int:
    with sent_statements() as sent:
        stand(uow, member_id)
    return len(sent)
