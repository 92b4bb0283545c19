"""What is overdue climbs the ladder: its owner first, then the leader, then the sponsor, each once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from storage.rules.terms import Role
from storage.tables import Step
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
        step = Step(
            workspace_id=uow.workspace_id,
            initiative_id=initiative.id,
            position=1,
            title="Train the evening shift",
            owner_id=office.ben.id,
            due_on=date(2026, 2, 9),
        )
        uow.session.add(step)
    return office


def told(office: Office) -> list[tuple[int | None, date]]:
    return [(row.member_id, row.due_at.date()) for row in office.messages("ladder:").values()]


def test_the_person_hears_first_then_the_leader_then_the_sponsor(overdue: Office) -> None:
    office = overdue
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


def test_after_an_outage_the_person_still_hears_first(overdue: Office) -> None:
    office = overdue
    office.tick(at=MONDAY_9 + timedelta(days=20), ladder=True)
    assert told(office) == [(office.ben.id, date(2026, 3, 2))]
    office.tick(at=MONDAY_9 + timedelta(days=21), ladder=True)
    assert len(told(office)) == 1
    office.tick(at=MONDAY_9 + timedelta(days=22), ladder=True)
    assert [who for who, _ in told(office)] == [office.ben.id, office.ana.id]


def test_two_looks_on_one_day_tell_once_and_a_step_that_is_done_ends_it(overdue: Office) -> None:
    office = overdue
    office.tick(at=MONDAY_9 + timedelta(days=1), ladder=True)
    office.tick(at=MONDAY_9 + timedelta(days=1, hours=2), ladder=True)
    assert len(told(office)) == 1
    with office.unit_of_work() as uow:
        (due,) = uow.checkins.list_due_steps(None, date(2026, 2, 9))
        uow.session.get_one(Step, due.id).done_at = uow.now
    office.tick(at=MONDAY_9 + timedelta(days=5), ladder=True)
    assert len(told(office)) == 1


def test_a_stale_figure_climbs_too_and_comes_in_the_same_message(overdue: Office) -> None:
    office = overdue
    office.key_result(office.ben)
    office.tick(at=MONDAY_9)
    # Its first figure was due on 7 January; it turns stale on the 12th, four days after its week.
    office.tick(at=MONDAY_9 + timedelta(days=1), ladder=True)
    (message,) = office.messages("ladder:").values()
    assert "*KR-1* First-contact resolution  ·  no figure since" in words(message)
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


def test_who_got_five_messages_this_week_hears_of_it_in_the_next(overdue: Office) -> None:
    office = overdue
    with office.unit_of_work() as uow:
        for number in range(5):
            factories.message(uow, f"prompt:9{number}", member_id=office.ben.id)
    office.tick(at=MONDAY_9 + timedelta(days=1), ladder=True)
    assert told(office) == []
    office.tick(at=MONDAY_9 + timedelta(days=7), ladder=True)
    assert told(office) == [(office.ben.id, date(2026, 2, 16))]
