"""When someone is asked next, and that nobody is promised a question who has nothing to answer."""

from datetime import UTC, date, datetime

from bot.checkins.coming import find_next_asked
from storage.rules.terms import Frequency
from storage.tables import Member
from tests import factories
from tests.bot.checkins.office import Office

MONDAY_9 = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)
MARCH_2 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def next_of(office: Office, who: Member) -> datetime | None:
    with office.unit_of_work() as uow:
        return find_next_asked(uow, who.id)


def test_an_owner_is_asked_on_monday_and_a_lead_without_items_is_not(office: Office) -> None:
    office.key_result(office.ben)
    office.tick()
    assert (next_of(office, office.ben), next_of(office, office.ana)) == (MONDAY_9, None)


def test_what_falls_due_once_a_month_is_asked_for_in_the_week_after(office: Office) -> None:
    with office.unit_of_work() as uow:
        kpi = factories.kpi(uow, owner_id=office.ben.id, frequency=Frequency.MONTHLY)
        factories.reading(uow, kpi, 70, period_on=date(2026, 1, 1))
    office.tick()
    assert next_of(office, office.ben) == MARCH_2


def test_weeks_away_and_of_a_pause_are_passed_over(office: Office) -> None:
    office.key_result(office.ben)
    with office.unit_of_work() as uow:
        factories.absence(uow, office.ben, date(2026, 2, 9), date(2026, 2, 13))
        uow.teams.get(office.team.id).paused_until = date(2026, 2, 20)
    office.tick()
    assert next_of(office, office.ben) == datetime(2026, 2, 23, 9, 0, tzinfo=UTC)


def test_who_owns_nothing_any_more_is_promised_nothing(office: Office) -> None:
    key_result = office.key_result(office.ben)
    office.tick()
    with office.unit_of_work() as uow:
        uow.okrs.get_key_result(key_result.id).owner_id = office.ana.id
    assert (next_of(office, office.ben), next_of(office, office.ana)) == (None, MONDAY_9)
