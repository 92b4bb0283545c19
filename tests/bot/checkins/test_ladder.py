"""What is overdue climbs the ladder: its owner first, then the leader, then the sponsor, each once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from bot.checkins import answering
from storage import editing
from storage.rules.terms import Commitment, Frequency, ItemState, Kind, Role, Source, Status
from storage.tables import KeyResult, Objective, Step
from storage.working import rules_fingerprint
from tests import factories
from tests.bot.checkins.office import Office, words

MONDAY_9 = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)


@pytest.fixture
def overdue(office: Office) -> Office:
    """A step of Ben's that was due on Monday 9 February; Ana leads, and Nora is the strategy lead."""
    nora = office.member(name="Nora Lind")
    with office.unit_of_work() as uow:
        uow.roles.grant(nora.id, Role.STRATEGY_LEAD, by_id=None, at=uow.now)
        initiative = factories.initiative(uow, owner_id=office.ben.id, team_id=office.team.id)
        factories.step(uow, initiative, due_on=date(2026, 2, 9))
    return office


@pytest.fixture
def unasked(overdue: Office) -> Office:
    """The same in months without a check-in, so that the ladder alone speaks."""
    with overdue.unit_of_work() as uow:
        later = {"next_due_at": datetime(2027, 1, 4, 9, 0, tzinfo=UTC), "rules": rules_fingerprint(uow)}
        for member in (overdue.ana, overdue.ben):
            factories.schedule(uow, member, **later)
    return overdue


def told(office: Office) -> list[tuple[int | None, date]]:
    return [(row.member_id, row.due_at.date()) for row in office.messages("ladder:").values()]


def test_the_person_hears_first_then_the_leader_then_the_sponsor(unasked: Office) -> None:
    office = unasked
    for day in range(20):
        office.tick(at=MONDAY_9 - timedelta(hours=1) + timedelta(days=day), ladder=True)
    ana, ben = office.ana.id, office.ben.id
    assert told(office) == [
        (ben, date(2026, 2, 10)),
        (ana, date(2026, 2, 12)),
        (office.ben.id + 1, date(2026, 2, 23)),
    ]
    first, second, _ = office.messages("ladder:").values()
    assert "*I-1* Train the evening shift  ·  not done since 9 February" in words(first)
    assert "Overdue, and yours" in words(first)
    assert "not done since 9 February  ·  Ben Okoye" in words(second)


def test_after_an_outage_the_person_still_hears_first(unasked: Office) -> None:
    office = unasked
    office.tick(at=MONDAY_9 + timedelta(days=20), ladder=True)
    assert told(office) == [(office.ben.id, date(2026, 3, 2))]
    office.tick(at=MONDAY_9 + timedelta(days=21), ladder=True)
    assert len(told(office)) == 1
    office.tick(at=MONDAY_9 + timedelta(days=22), ladder=True)
    assert [who for who, _ in told(office)] == [office.ben.id, office.ana.id]


def test_two_looks_on_one_day_tell_once_and_a_step_that_is_done_ends_it(unasked: Office) -> None:
    office = unasked
    office.tick(at=MONDAY_9 + timedelta(days=1), ladder=True)
    office.tick(at=MONDAY_9 + timedelta(days=1, hours=2), ladder=True)
    assert len(told(office)) == 1
    with office.unit_of_work() as uow:
        (due,) = uow.due_parts.list_steps(None, date(2026, 2, 9))
        uow.session.get_one(Step, due.id).done_at = uow.now
    office.tick(at=MONDAY_9 + timedelta(days=5), ladder=True)
    assert len(told(office)) == 1


def test_a_stale_figure_climbs_too_once_the_check_in_that_asks_for_it_has_closed(overdue: Office) -> None:
    office = overdue
    office.key_result(office.ben)
    office.tick(at=MONDAY_9)
    # Its first figure was due on 7 January; it turns stale on the 12th, four days after its week.
    office.tick(at=MONDAY_9 + timedelta(days=1), ladder=True)
    (message,) = office.messages("ladder:").values()
    assert "*I-1* Train the evening shift" in words(message)
    assert "KR-1" not in words(message)
    office.tick(at=MONDAY_9 + timedelta(days=2, hours=8))
    office.tick(at=MONDAY_9 + timedelta(days=3), ladder=True)
    assert any(
        "*KR-1* First-contact resolution  ·  a figure is overdue since" in words(one)
        for one in office.messages("ladder:").values()
    )


def test_what_becomes_active_in_its_quarter_climbs_once_its_own_first_figure_is_overdue(
    office: Office,
) -> None:
    draft = office.key_result(office.ben, state=ItemState.DRAFT)
    office.tick(at=MONDAY_9 + timedelta(days=3), ladder=True)
    with office.unit_of_work() as uow:
        viewer = uow.roles.get_viewer(office.ben.id)
        editing.change_item(uow, viewer, (Kind.KEY_RESULT, draft.number), {"state": ItemState.ACTIVE})
    # On a Thursday: the figure of the next week is the first, due on the 18th, and stale on the 23rd.
    for day in range(4, 14):
        office.tick(at=MONDAY_9 + timedelta(days=day), ladder=True)
        with office.unit_of_work() as uow:
            assert uow.picture().standings[Kind.KEY_RESULT, draft.number].status is Status.NOT_STARTED
    assert told(office) == []
    for day in range(14, 18):
        office.tick(at=MONDAY_9 + timedelta(days=day), ladder=True)
        with office.unit_of_work() as uow:
            assert uow.picture().standings[Kind.KEY_RESULT, draft.number].status is Status.STALE
    # The check-in of that week asks for it until it closes.
    assert told(office) == [(office.ben.id, date(2026, 2, 26))]


def test_a_stale_figure_comes_in_the_same_message_as_other_things(overdue: Office) -> None:
    office = overdue
    office.key_result(office.ben)
    office.tick(at=MONDAY_9 + timedelta(days=3), ladder=True)
    (message,) = office.messages("ladder:").values()
    assert "*KR-1* First-contact resolution" in words(message)
    assert "*I-1* Train the evening shift" in words(message)


def test_on_the_day_of_a_check_in_nothing_else_is_sent(overdue: Office) -> None:
    office = overdue
    office.key_result(office.ben)
    office.tick(at=MONDAY_9, ladder=True)
    office.tick(at=MONDAY_9 + timedelta(days=7, hours=-3), ladder=True)
    assert told(office) == []
    office.tick(at=MONDAY_9 + timedelta(days=7))
    office.tick(at=MONDAY_9 + timedelta(days=8, hours=-3), ladder=True)
    assert [day for _, day in told(office)] == [date(2026, 2, 17)]


def test_on_the_day_of_a_reminder_nothing_else_is_sent(overdue: Office) -> None:
    office = overdue
    office.key_result(office.ben)
    office.tick(at=MONDAY_9)
    office.tick(at=MONDAY_9 + timedelta(days=2), ladder=True)
    assert told(office) == []
    office.tick(at=MONDAY_9 + timedelta(days=2, hours=4))
    assert len(office.messages("reminder:")) == 1
    office.tick(at=MONDAY_9 + timedelta(days=3), ladder=True)
    assert [day for _, day in told(office)] == [date(2026, 2, 12)]


@pytest.mark.parametrize("look_at", [timedelta(hours=-3), timedelta(hours=1)])
def test_the_day_of_an_excused_check_in_is_free_for_the_ladder(overdue: Office, look_at: timedelta) -> None:
    office = overdue
    office.key_result(office.ben)
    with office.unit_of_work() as uow:
        uow.teams.get(office.team.id).paused_until = date(2026, 2, 20)
    monday = MONDAY_9 + timedelta(days=7)
    office.tick(at=monday + look_at)
    office.tick(at=monday + look_at, ladder=True)
    assert told(office) == [(office.ben.id, date(2026, 2, 16))]


def test_the_day_on_which_nothing_is_theirs_to_answer_is_free_for_the_ladder(office: Office) -> None:
    # Ana leads, so that she has a place in the calendar; nothing is hers to be asked about.
    with office.unit_of_work() as uow:
        lost = factories.objective(uow, owner_id=office.ana.id, commitment=Commitment.COMMITTED)
        late = factories.key_result(uow, objective_id=lost.id, owner_id=office.ben.id)
        factories.reading(uow, late, 71, period_on=date(2026, 3, 2))
        factories.report(uow, (Kind.KEY_RESULT, late.id), confidence=7)
    monday = datetime(2026, 3, 9, 6, tzinfo=UTC)
    office.tick(at=monday - timedelta(days=3), ladder=True)
    office.tick(at=monday, ladder=True)
    assert (office.ana.id, monday.date()) in told(office)


def test_who_got_a_question_and_skipped_it_hears_no_more_that_day(overdue: Office) -> None:
    office = overdue
    office.key_result(office.ben)
    office.tick(at=MONDAY_9)
    with office.unit_of_work() as uow:
        answering.skip(uow, office.ben.id, office.prompt(office.ben).id)
    office.tick(at=MONDAY_9 + timedelta(hours=1), ladder=True)
    assert told(office) == []


def test_who_got_five_messages_this_week_hears_of_it_in_the_next(unasked: Office) -> None:
    office = unasked
    with office.unit_of_work() as uow:
        for number in range(5):
            factories.message(uow, f"prompt:9{number}", member_id=office.ben.id)
    office.tick(at=MONDAY_9 + timedelta(days=1), ladder=True)
    assert told(office) == []
    office.tick(at=MONDAY_9 + timedelta(days=7), ladder=True)
    assert told(office) == [(office.ben.id, date(2026, 2, 16))]


def committed(office: Office, *, value: int, **values: Any) -> Objective:
    """A committed objective of Ben's; its key result, 70 → 80 in the quarter, stands at that value."""
    with office.unit_of_work() as uow:
        objective = factories.objective(
            uow, owner_id=office.ben.id, team_id=office.team.id, commitment=Commitment.COMMITTED, **values
        )
        key_result = factories.key_result(uow, objective_id=objective.id, owner_id=office.ben.id)
        factories.reading(uow, key_result, value, period_on=date(2026, 3, 2))
        factories.report(uow, (Kind.KEY_RESULT, key_result.id), confidence=7)
    return objective


def measure(office: Office, value: int, on: date) -> None:
    with office.unit_of_work() as uow:
        factories.reading(uow, uow.session.exec(select(KeyResult)).one(), value, period_on=on)


def test_a_committed_objective_at_risk_climbs_the_ladder_within_its_quarter(office: Office) -> None:
    nora = office.member(name="Nora Lind")
    with office.unit_of_work() as uow:
        uow.roles.grant(nora.id, Role.STRATEGY_LEAD, by_id=None, at=uow.now)
    committed(office, value=71)
    start = datetime(2026, 3, 3, 10, tzinfo=UTC)
    for day in range(6):
        office.tick(at=start + timedelta(days=day), ladder=True)
    # Seen on Tuesday; on Wednesday Ben is reminded of his check-in, on Thursday he hears of it, and Ana, who
    # leads him, on the first working day two days later.
    assert told(office) == [(office.ben.id, date(2026, 3, 5)), (office.ana.id, date(2026, 3, 9))]
    first, second = office.messages("ladder:").values()
    assert "*O-1* Answer right the first time  ·  committed, and off track since 3 March" in words(first)
    assert "Overdue or at risk, and yours" in words(first)
    why = "KR-1 First-contact resolution is off track: 10 % of the way, "
    assert why in words(first)
    assert why in words(second)
    assert "committed, and off track since 3 March  ·  Ben Okoye" in words(second)


def test_a_committed_objective_that_is_on_track_again_counts_anew_the_next_time(office: Office) -> None:
    committed(office, value=71)
    start = datetime(2026, 3, 3, 10, tzinfo=UTC)
    office.tick(at=start, ladder=True)
    measure(office, 79, date(2026, 3, 2))
    office.tick(at=start + timedelta(days=1), ladder=True)
    assert told(office) == []
    measure(office, 71, date(2026, 3, 2))
    office.tick(at=start + timedelta(days=2), ladder=True)
    assert told(office) == []
    office.tick(at=start + timedelta(days=3), ladder=True)
    assert told(office) == [(office.ben.id, date(2026, 3, 6))]


@pytest.mark.parametrize(
    "values",
    [
        {"commitment": Commitment.ASPIRATIONAL},
        {"state": ItemState.DRAFT},
        {"starts_on": date(2026, 4, 1), "ends_on": date(2026, 6, 30)},
    ],
)
def test_what_is_not_committed_not_active_or_not_running_climbs_nothing(
    office: Office, values: dict[str, Any]
) -> None:
    objective = committed(office, value=71)
    with office.unit_of_work() as uow:
        row = uow.okrs.get_objective(objective.id)
        for name, value in values.items():
            setattr(row, name, value)
        uow.strategies.count_change()
    for day in range(3):
        office.tick(at=datetime(2026, 3, 3, 6, tzinfo=UTC) + timedelta(days=day), ladder=True)
    assert [key for key, row in office.messages("ladder:").items() if "O-1" in words(row)] == []


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (Source.API, "the system that sent its figures is silent, a figure is overdue since 12 March"),
        (Source.CSV, "the files that brought its figures have stopped, a figure is overdue since 12 March"),
        (Source.UPDATE, "a figure is overdue since 12 March"),
    ],
)
def test_the_owner_hears_once_of_a_source_that_goes_silent(
    office: Office, source: Source, sentence: str
) -> None:
    with office.unit_of_work() as uow:
        kpi = factories.kpi(uow, owner_id=office.ben.id)
        factories.reading(uow, kpi, 61, period_on=date(2026, 1, 1), source=source)
    office.tick(at=datetime(2026, 3, 11, 6, tzinfo=UTC), ladder=True)
    assert told(office) == []
    for day in range(12, 15):
        office.tick(at=datetime(2026, 3, day, 6, tzinfo=UTC), ladder=True)
    [message] = office.messages("ladder:").values()
    assert (message.member_id, message.due_at.date()) == (office.ben.id, date(2026, 3, 13))
    assert f"*KPI-1* Net promoter score  ·  {sentence}" in words(message)
    assert "Last figure: 61 points, for the period from 1 January 2026." in words(message)
    with office.unit_of_work() as uow:
        assert uow.picture().standings[Kind.KPI, 1].status is Status.STALE


@pytest.fixture
def guarded(office: Office) -> Office:
    """A restricted figure of someone who is not in Slack, in Ben's team below Ana's; Ben may not see it, and
    Nora, the strategy lead, may."""
    nora = office.member(name="Nora Lind")
    with office.unit_of_work() as uow:
        uow.roles.grant(nora.id, Role.STRATEGY_LEAD, by_id=None, at=uow.now)
        below = factories.team(uow, name="Night shift", parent_id=office.team.id, lead_id=office.ben.id)
        cleo = factories.member(uow, home=below, name="Cleo Marin", slack_user_id=None)
        factories.kpi(
            uow,
            owner_id=cleo.id,
            title="Head count of Graz",
            is_restricted=True,
            frequency=Frequency.MONTHLY,
        )
    return office


def test_a_restricted_figure_of_someone_who_is_not_in_slack_climbs_to_those_who_may_see_it(
    guarded: Office,
) -> None:
    office = guarded
    for day in range(1, 30):
        office.tick(at=MONDAY_9 + timedelta(days=day), ladder=True)
    heard = [row for row in office.messages("ladder:").values() if "Head count of Graz" in words(row)]
    assert heard
    assert office.ben.id not in {row.member_id for row in heard}
    with office.unit_of_work() as uow:
        rungs = {rung for told in uow.escalations.list_told().values() for rung in told}
    assert {1, 3} <= rungs


def test_it_climbs_on_from_who_wants_no_messages_and_from_who_is_away_for_weeks(unasked: Office) -> None:
    office = unasked
    with office.unit_of_work() as uow:
        uow.members.get(office.ben.id).wants_messages = False
    for day in range(5):
        office.tick(at=MONDAY_9 + timedelta(days=day), ladder=True)
    assert [who for who, _ in told(office)] == [office.ana.id]
