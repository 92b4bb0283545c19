"""Who is asked, when, and about what."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlmodel import select

from bot.checkins import answering
from bot.checkins.asking import OUTAGE, open_prompts
from bot.checkins.forms import checkin_form
from storage.rules.terms import Frequency, ItemState, Kind, PromptState
from storage.tables import CheckinWindow, KeyResult, Member, Schedule
from storage.tables.outbox import OutboxState
from tests import factories
from tests.bot.checkins.office import Office, buttons, payload_words, words

MONDAY_9 = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)
TUESDAY_9 = MONDAY_9 + timedelta(days=1)
WEDNESDAY_17 = datetime(2026, 2, 11, 17, 0, tzinfo=UTC)
NEXT_MONDAY_9 = MONDAY_9 + timedelta(days=7)


def test_an_owner_is_asked_when_their_working_week_begins(office: Office) -> None:
    office.key_result(office.ana)
    office.tick()
    assert office.messages() == {}
    assert office.next_due() == MONDAY_9
    office.tick(at=MONDAY_9)
    prompt = office.prompt(office.ana)
    assert prompt.state is PromptState.ASKED
    assert (prompt.opens_at, prompt.closes_at) == (MONDAY_9, WEDNESDAY_17)
    (message,) = office.messages().values()
    assert message.key == f"prompt:{prompt.id}"
    assert message.member_id == office.ana.id
    assert message.expires_at == WEDNESDAY_17


def test_ticking_twice_asks_once(office: Office) -> None:
    office.key_result(office.ana)
    office.tick(at=MONDAY_9)
    before = list(office.messages())
    assert office.tick() == 0
    assert list(office.messages()) == before


def test_a_second_claim_of_the_same_week_asks_nobody_twice(office: Office) -> None:
    office.key_result(office.ana)
    office.tick(at=MONDAY_9)
    with office.unit_of_work() as uow:
        schedule = uow.schedules.find(office.ana.id)
        assert schedule is not None
        schedule.week_on, schedule.next_due_at = date(2026, 2, 9), MONDAY_9
    with office.unit_of_work() as uow:
        open_prompts(uow, 10)
    assert len(office.prompts(office.ana)) == 1
    assert len(office.messages()) == 1


def test_the_message_lists_the_item_with_last_value_trend_target_and_standing(office: Office) -> None:
    key_result = office.key_result(office.ana)
    with office.unit_of_work() as uow:
        factories.reading(uow, key_result, 70, period_on=date(2026, 1, 26))
        factories.reading(uow, key_result, 74, period_on=date(2026, 2, 2))
    office.tick(at=MONDAY_9)
    (message,) = office.messages().values()
    said = words(message)
    assert "KR-1 · First-contact resolution" in said
    assert "70 % → *74 %* → 80 %, improving" in said
    assert "● on track" in said
    assert buttons(message) == ["Check in", "Nothing changed", "Later today", "Why this?"]


def test_nothing_changed_is_not_offered_where_there_is_nothing_to_confirm(office: Office) -> None:
    office.key_result(office.ana)
    office.tick(at=MONDAY_9)
    (message,) = office.messages().values()
    assert buttons(message) == ["Check in", "Later today", "Why this?"]


def test_everyone_is_asked_at_the_start_of_their_own_day(office: Office) -> None:
    tokyo = office.member(name="Mei Tanaka", zone="Asia/Tokyo")
    boston = office.member(name="Sam Lee", zone="America/New_York")
    for member in (office.ana, tokyo, boston):
        office.key_result(member)
    sunday_midnight = datetime(2026, 2, 8, 22, 0, tzinfo=UTC)
    office.tick(at=sunday_midnight)
    asked_at: dict[str, datetime] = {}
    while (due := office.next_due()) is not None and len(asked_at) < 3:
        office.tick(at=due)
        for member in (office.ana, tokyo, boston):
            if office.prompts(member):
                asked_at.setdefault(member.name, due)
    assert asked_at == {
        "Mei Tanaka": datetime(2026, 2, 9, 0, 0, tzinfo=UTC),
        "Ana Ruiz": MONDAY_9,
        "Sam Lee": datetime(2026, 2, 9, 14, 0, tzinfo=UTC),
    }
    with office.unit_of_work() as uow:
        window = uow.session.exec(select(CheckinWindow)).one()
    assert window.opens_at == datetime(2026, 2, 9, 0, 0, tzinfo=UTC)
    assert window.closes_at == datetime(2026, 2, 11, 22, 0, tzinfo=UTC)


def test_someone_away_all_week_is_excused_with_the_reason(office: Office) -> None:
    office.key_result(office.ana)
    with office.unit_of_work() as uow:
        factories.absence(uow, office.ana, date(2026, 2, 9), date(2026, 2, 15))
    office.clock.jump_to(MONDAY_9 - timedelta(days=4))
    office.tick()
    office.tick(at=MONDAY_9)
    prompt = office.prompt(office.ana)
    assert prompt.state is PromptState.EXCUSED
    assert prompt.reason == "Away on every working day of this week's check-in."
    assert office.messages() == {}
    office.tick(at=NEXT_MONDAY_9)
    assert office.prompt(office.ana).state is PromptState.ASKED


def test_someone_away_on_monday_is_asked_on_tuesday(office: Office) -> None:
    office.key_result(office.ana)
    office.tick()
    with office.unit_of_work() as uow:
        factories.absence(uow, office.ana, date(2026, 2, 9), date(2026, 2, 9))
    office.tick(at=MONDAY_9)
    assert office.prompts(office.ana) == []
    assert office.next_due() == TUESDAY_9
    office.tick(at=TUESDAY_9)
    assert office.prompt(office.ana).local_on == date(2026, 2, 10)


def test_a_move_to_another_zone_moves_the_next_question(office: Office) -> None:
    office.key_result(office.ana)
    office.tick()
    with office.unit_of_work() as uow:
        uow.members.get(office.ana.id).zone = "America/New_York"
    office.tick()
    assert office.next_due() == datetime(2026, 2, 9, 14, 0, tzinfo=UTC)


def test_who_joins_late_in_the_week_is_asked_from_the_next_week_on(office: Office) -> None:
    office.key_result(office.ana)
    office.tick(at=datetime(2026, 2, 11, 16, 0, tzinfo=UTC))
    assert office.prompts(office.ana) == []
    assert office.next_due() == NEXT_MONDAY_9


def test_who_joins_early_in_the_week_is_asked_at_once(office: Office) -> None:
    office.key_result(office.ana)
    office.tick(at=datetime(2026, 2, 9, 11, 0, tzinfo=UTC))
    assert office.prompt(office.ana).state is PromptState.ASKED


def test_after_an_outage_the_question_comes_in_the_next_working_minute(office: Office) -> None:
    office.key_result(office.ana)
    office.tick()
    office.tick(at=datetime(2026, 2, 9, 22, 0, tzinfo=UTC))
    assert office.prompts(office.ana) == []
    assert office.next_due() == TUESDAY_9
    office.tick(at=TUESDAY_9)
    prompt = office.prompt(office.ana)
    assert prompt.state is PromptState.ASKED
    assert prompt.closes_at == WEDNESDAY_17
    # 80 % of the 16 working hours that are left: Wednesday 13:48.
    assert prompt.reminder_at == datetime(2026, 2, 11, 13, 48, tzinfo=UTC)


def test_a_window_that_an_outage_swallowed_is_counted_as_missed_because_of_us(office: Office) -> None:
    office.key_result(office.ana)
    office.tick()
    office.tick(at=NEXT_MONDAY_9)
    missed, asked = office.prompts(office.ana)
    assert (missed.state, missed.reason) == (PromptState.MISSED, OUTAGE)
    assert asked.state is PromptState.ASKED
    assert list(office.messages()) == [f"prompt:{asked.id}"]


def test_who_has_nothing_to_answer_is_not_asked(office: Office) -> None:
    with office.unit_of_work() as uow:
        over = factories.objective(uow, starts_on=date(2025, 10, 1), ends_on=date(2025, 12, 31))
        factories.key_result(uow, owner_id=office.ben.id, objective_id=over.id)
        factories.key_result(uow, owner_id=office.ben.id, state=ItemState.CLOSED)
    office.tick(at=MONDAY_9)
    assert office.prompts(office.ben) == []
    assert office.messages() == {}


def test_a_deactivated_person_is_not_asked_and_their_row_goes(office: Office) -> None:
    office.key_result(office.ben)
    office.tick()
    with office.unit_of_work() as uow:
        uow.members.get(office.ben.id).is_deactivated = True
    office.tick(at=MONDAY_9)
    assert office.prompts(office.ben) == []
    with office.unit_of_work() as uow:
        assert uow.schedules.find(office.ben.id) is None


def test_a_guest_who_owns_something_is_asked(office: Office) -> None:
    guest = office.member(name="Guest", is_guest=True)
    office.key_result(guest)
    office.tick(at=MONDAY_9)
    assert office.prompt(guest).state is PromptState.ASKED


def test_the_lead_is_asked_for_someone_who_is_not_in_slack(office: Office) -> None:
    dora = office.member(name="Dora Novak", slack_user_id=None)
    office.key_result(dora)
    office.tick(at=MONDAY_9)
    (question,) = office.questions(office.ana)
    assert question.owner_id == dora.id
    (message,) = office.messages().values()
    assert message.member_id == office.ana.id
    assert "Dora Novak owns it and cannot answer now, so you are asked." in words(message)


def test_a_leads_items_go_to_the_lead_above_while_they_are_not_in_slack(office: Office) -> None:
    with office.unit_of_work() as uow:
        above = factories.team(uow, name="Operations", lead_id=office.ben.id)
        below = factories.team(uow, name="Field", parent_id=above.id)
        absent = factories.member(uow, home=below, name="Eli Stone", slack_user_id=None)
        below.lead_id = absent.id
        factories.key_result(uow, owner_id=absent.id)
    office.tick(at=MONDAY_9)
    (question,) = office.questions(office.ben)
    assert question.owner_id == absent.id


def test_another_workspaces_people_are_left_alone(office: Office) -> None:
    office.key_result(office.ana)
    office.tick(at=MONDAY_9)
    with office.unit_of_work() as uow:
        other = uow.workspace_id + 1
        uow.workspace_id = other
        assert open_prompts(uow, 10) == 0


def test_a_key_result_that_measures_an_own_kpi_asks_for_it_once(office: Office) -> None:
    with office.unit_of_work() as uow:
        kpi = factories.kpi(uow, owner_id=office.ana.id)
        factories.key_result(uow, owner_id=office.ana.id, kpi_id=kpi.id)
        factories.key_result(uow, owner_id=office.ana.id, kpi_id=kpi.id)
    office.tick(at=MONDAY_9)
    first, second = office.questions(office.ana)
    assert (first.kind, first.asks_value, first.kpi_id) == (Kind.KEY_RESULT, True, kpi.id)
    assert (second.kind, second.asks_value) == (Kind.KEY_RESULT, False)


def test_a_shared_kpi_is_asked_of_its_owner_alone(office: Office) -> None:
    with office.unit_of_work() as uow:
        kpi = factories.kpi(uow, owner_id=office.ben.id, frequency=Frequency.WEEKLY)
        factories.key_result(uow, owner_id=office.ana.id, kpi_id=kpi.id)
    office.tick(at=MONDAY_9)
    (ask_ana,), (ask_ben,) = office.questions(office.ana), office.questions(office.ben)
    assert (ask_ana.kind, ask_ana.asks_value) == (Kind.KEY_RESULT, False)
    assert (ask_ben.kind, ask_ben.asks_value) == (Kind.KPI, True)
    assert "Its figure comes from KPI-1" in words(
        office.messages(f"prompt:{office.prompt(office.ana).id}")[f"prompt:{office.prompt(office.ana).id}"]
    )


def test_a_monthly_figure_is_due_once_its_month_has_ended(office: Office) -> None:
    with office.unit_of_work() as uow:
        kpi = factories.kpi(uow, owner_id=office.ana.id)
        factories.reading(uow, kpi, 62, period_on=date(2025, 12, 1))
    office.tick(at=MONDAY_9)
    (question,) = office.questions(office.ana)
    assert (question.figure_due, question.period_on) == (True, date(2026, 1, 1))
    (message,) = office.messages().values()
    assert "The figure for January 2026 is due." in words(message)
    assert "Nothing changed" not in buttons(message)


def test_a_monthly_figure_that_is_given_is_not_asked_for_again(office: Office) -> None:
    with office.unit_of_work() as uow:
        kpi = factories.kpi(uow, owner_id=office.ana.id)
        factories.reading(uow, kpi, 62, period_on=date(2026, 1, 1))
    office.tick(at=MONDAY_9)
    assert office.prompts(office.ana) == []


def test_a_weekly_figure_belongs_to_the_week_it_is_asked_in(office: Office) -> None:
    with office.unit_of_work() as uow:
        kpi = factories.kpi(uow, owner_id=office.ana.id, frequency=Frequency.WEEKLY)
        factories.reading(uow, kpi, 62, period_on=date(2026, 1, 26))
    office.tick(at=MONDAY_9)
    (question,) = office.questions(office.ana)
    assert (question.figure_due, question.period_on) == (False, date(2026, 2, 9))


def test_the_question_keeps_what_was_asked_when_the_target_changes(office: Office) -> None:
    key_result = office.key_result(office.ana)
    office.tick(at=MONDAY_9)
    with office.unit_of_work() as uow:
        uow.session.get_one(KeyResult, key_result.id).target = Decimal(95)
    (question,) = office.questions(office.ana)
    assert question.target == 80


def test_with_sixty_items_the_message_shows_the_first_and_counts_the_rest(office: Office) -> None:
    for _ in range(60):
        office.key_result(office.ana, title="x" * 500)
    office.tick(at=MONDAY_9)
    (message,) = office.messages().values()
    said = words(message)
    assert "and 52 more: all 60 → in the form" in said
    assert len(message.payload["blocks"]) <= 50
    assert len(said) < 13_000
    with office.unit_of_work() as uow:
        page = answering.open_page(uow, office.ana.id, office.prompt(office.ana).id)
    form = checkin_form(page.prompt, 0, page.typed)
    assert "Page 1 of 12, 60 items in all." in payload_words(form)


def test_who_takes_an_item_over_in_the_week_is_asked_about_it_in_that_week(office: Office) -> None:
    handed_on = office.key_result(office.ben)
    office.key_result(office.ben)
    office.tick(at=MONDAY_9)
    chen = office.member(name="Chen Li")
    with office.unit_of_work() as uow:
        uow.session.get_one(KeyResult, handed_on.id).owner_id = chen.id
    office.tick(at=MONDAY_9 + timedelta(days=1, hours=1))
    assert [question.reference for question in office.questions(chen)] == ["KR-1"]
    office.tick(at=MONDAY_9 + timedelta(days=7))
    assert [question.reference for question in office.questions(office.ben)] == ["KR-2"]


def test_questions_of_one_hour_are_spread_as_the_organisation_chose(office: Office) -> None:
    with office.unit_of_work() as uow:
        uow.workspace.spread_minutes = 60
        people = [factories.member(uow, home=office.team) for _ in range(12)]
        for person in people:
            factories.key_result(uow, owner_id=person.id)
    office.tick(at=MONDAY_9 - timedelta(hours=1))
    while (due := office.next_due()) is not None and due < MONDAY_9 + timedelta(hours=2):
        office.tick(at=due)
    asked_at = [office.prompt(person).opens_at for person in people]
    assert min(asked_at) >= MONDAY_9
    assert max(asked_at) < MONDAY_9 + timedelta(hours=1)
    assert len(set(asked_at)) > len(people) // 2
    assert {office.prompt(person).closes_at for person in people} == {WEDNESDAY_17}


def test_many_people_are_asked_in_batches(office: Office) -> None:
    with office.unit_of_work() as uow:
        people: list[Member] = [factories.member(uow, home=office.team) for _ in range(7)]
        for person in people:
            factories.key_result(uow, owner_id=person.id)
    office.clock.jump_to(MONDAY_9 - timedelta(hours=1))
    office.tick()
    office.clock.jump_to(MONDAY_9)
    counts = []
    for _ in range(3):
        with office.unit_of_work() as uow:
            counts.append(open_prompts(uow, 4))
    assert sum(counts) == 8  # Ana leads the team: her row moves on, though she has nothing to answer
    assert counts[0] == 4
    assert len(office.messages("prompt:")) == 7


def test_a_prompt_waits_in_the_outbox_until_it_is_delivered(office: Office) -> None:
    office.key_result(office.ana)
    office.tick(at=MONDAY_9)
    (message,) = office.messages().values()
    assert message.state == OutboxState.PENDING


def test_a_schedule_row_moves_on_by_a_week(office: Office) -> None:
    office.key_result(office.ana)
    office.tick(at=MONDAY_9)
    with office.unit_of_work() as uow:
        rows = uow.session.exec(select(Schedule).where(Schedule.member_id == office.ana.id)).all()
    assert [(row.week_on, row.next_due_at) for row in rows] == [(date(2026, 2, 16), NEXT_MONDAY_9)]


def test_instants_that_another_release_of_the_zone_database_gave_are_computed_anew(office: Office) -> None:
    office.key_result(office.ana)
    office.tick(at=MONDAY_9 - timedelta(days=2))
    with office.unit_of_work() as uow:
        schedule = uow.schedules.find(office.ana.id)
        assert schedule is not None
        schedule.rules, schedule.next_due_at = "of an older release", MONDAY_9 - timedelta(hours=1)
    office.tick(at=MONDAY_9 - timedelta(minutes=30))
    assert office.prompts(office.ana) == []
    office.tick(at=MONDAY_9)
    assert len(office.prompts(office.ana)) == 1


def test_a_clock_that_jumps_back_and_forth_asks_once(office: Office) -> None:
    office.key_result(office.ana)
    for hours in (0, -5, -40, 0, 1, -200, 2):
        office.tick(at=MONDAY_9 + timedelta(hours=hours))
    assert [prompt.local_on for prompt in office.prompts(office.ana)] == [MONDAY_9.date()]
    assert len(office.messages("prompt:")) == 1
