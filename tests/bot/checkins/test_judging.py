"""One judgement: an item reads the same in the check-in, on its card, on the Home tab, in the tree and in
the summary."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.asks import Person
from bot.checkins.prompts import read_prompt
from bot.home import blocks as home_blocks
from bot.home import service as home
from bot.okr import viewing
from bot.okr.pages import page_message
from bot.strategy import service as strategy
from bot.strategy.arguments import parse_view
from bot.strategy.blocks import tree
from bot.strategy.facts import Place
from storage.rules.hierarchy import parse_reference
from storage.rules.terms import Frequency, Source, Status
from storage.tables import Kpi, Member
from tests import factories
from tests.bot.checkins.office import Office, words

MONDAY_9 = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)
MONDAY_IN_TOKYO = datetime(2026, 2, 16, 0, 0, tzinfo=UTC)
JAN_12 = date(2026, 1, 12)
FEB_2 = date(2026, 2, 2)


def silent_since_january(office: Office) -> None:
    """A tenth of the way, which was near enough when it was last heard of, and is far behind by now."""
    key_result = office.key_result(office.ben)
    with office.unit_of_work() as uow:
        factories.reading(uow, key_result, 71, period_on=JAN_12)


def behind_then_and_silent(office: Office) -> None:
    key_result = office.key_result(office.ben)
    with office.unit_of_work() as uow:
        factories.reading(uow, key_result, 62, period_on=JAN_12)


def never_heard_of(office: Office) -> None:
    office.key_result(office.ben)


def active_since_today(office: Office) -> None:
    """No figure of it is due yet, though its quarter began in January."""
    office.key_result(office.ben, active_on=MONDAY_9.date())


def kpi_active_since_today(office: Office) -> None:
    with office.unit_of_work() as uow:
        kpi_id = factories.kpi(uow, frequency=Frequency.WEEKLY, active_on=MONDAY_9.date()).id
    office.key_result(office.ben, kpi_id=kpi_id, baseline=60, target=75, unit="points")


def answered_last_week(office: Office) -> None:
    key_result = office.key_result(office.ben)
    with office.unit_of_work() as uow:
        factories.reading(uow, key_result, 73, period_on=FEB_2)


def kpi_of_another_moved_meanwhile(office: Office) -> None:
    """Its figure comes from Ana's KPI; a system sends a newer one after Ben was asked."""
    with office.unit_of_work() as uow:
        kpi = factories.kpi(uow, owner_id=office.ana.id, frequency=Frequency.WEEKLY)
        factories.reading(uow, kpi, 61, period_on=JAN_12)
        kpi_id = kpi.id
    office.key_result(office.ben, kpi_id=kpi_id, baseline=60, target=75, unit="points")
    office.tick(at=MONDAY_9)
    with office.unit_of_work() as uow:
        factories.reading(
            uow,
            uow.session.get_one(Kpi, kpi_id),
            74,
            period_on=MONDAY_9.date(),
            source=Source.API,
        )


CASES = [
    (silent_since_january, Status.STALE),
    (behind_then_and_silent, Status.OFF_TRACK),
    (never_heard_of, Status.STALE),
    (active_since_today, Status.NOT_STARTED),
    (kpi_active_since_today, Status.NOT_STARTED),
    (answered_last_week, Status.AT_RISK),
    (kpi_of_another_moved_meanwhile, Status.ON_TRACK),
]


def standing_in_the_plan(office: Office, reference: str) -> tuple[Status, str]:
    with office.unit_of_work() as uow:
        standing = uow.picture().standings[parse_reference(reference)]
    return standing.status, standing.reason


def standing_in_the_check_in(office: Office, of: Member) -> tuple[Status, str]:
    with office.unit_of_work() as uow:
        prompt = read_prompt(uow, uow.checkins.get_prompt(office.prompt(of).id))
    return prompt.items[0].standing.status, prompt.items[0].standing.reason


@pytest.mark.parametrize(("arrange", "status"), CASES)
def test_an_item_reads_the_same_wherever_it_is_met(
    office: Office, arrange: Callable[[Office], None], status: Status
) -> None:
    arrange(office)
    office.tick(at=MONDAY_9)
    assert standing_in_the_check_in(office, office.ben) == standing_in_the_plan(office, "KR-1")
    sign = f"{status.sign} {status.value}"
    ben = Person(office.ben.id, "UBEN", "Ben Okoye", "UTC", "en-GB")
    with office.unit_of_work() as uow:
        uow.strategies.count_change()
    with office.unit_of_work() as uow:
        card = page_message(viewing.show(uow, ben.member_id, "KR-1"), ben.locale, ben.zone)
        own = home_blocks.home(home.stand(uow, ben.member_id), ben, [])
        place = strategy.place(uow, ben.member_id, parse_view("KR-1"))
        assert isinstance(place, Place)
        grown = tree.tree(place, ben)
        assert sign in str(card.blocks)
        assert sign in str(own)
        assert sign in str(grown.blocks)
    if arrange is not kpi_of_another_moved_meanwhile:
        assert sign in words(office.messages(f"prompt:{office.prompt(office.ben).id}").popitem()[1])


def test_the_summary_tells_of_an_answered_item_what_its_card_tells(office: Office) -> None:
    silent_since_january(office)
    office.tick(at=MONDAY_9)
    office.submit(office.ben, confidence="8")
    assert standing_in_the_check_in(office, office.ben) == standing_in_the_plan(office, "KR-1")
    assert standing_in_the_plan(office, "KR-1")[0] is Status.STALE
    assert "◌ stale" in words(list(office.messages("summary:").values())[-1])
    office.submit(office.ben, value="74")
    assert standing_in_the_check_in(office, office.ben) == standing_in_the_plan(office, "KR-1")
    assert standing_in_the_plan(office, "KR-1")[0] is Status.ON_TRACK


def test_the_day_is_the_plans_and_not_the_readers(office: Office) -> None:
    """Far in the east the next day has begun, on which more is expected and the week before is missing."""
    kim = office.member(name="Kim Tao", zone="Asia/Tokyo")
    key_result = office.key_result(kim)
    with office.unit_of_work() as uow:
        factories.reading(uow, key_result, 74, period_on=FEB_2)
    office.tick()
    office.tick(at=MONDAY_IN_TOKYO)
    for hours in range(0, 8 * 24, 7):
        office.clock.jump_to(MONDAY_IN_TOKYO + timedelta(hours=hours))
        assert standing_in_the_check_in(office, kim) == standing_in_the_plan(office, "KR-1")


def test_a_week_that_is_over_is_judged_by_its_last_day(office: Office) -> None:
    answered_last_week(office)
    office.tick(at=MONDAY_9)
    office.submit(office.ben, value="76")
    asked = office.prompt(office.ben).id
    office.tick(at=MONDAY_9 + timedelta(days=3))
    office.clock.jump_to(MONDAY_9 + timedelta(days=40))
    with office.unit_of_work() as uow:
        item = read_prompt(uow, uow.checkins.get_prompt(asked)).items[0]
    assert item.standing.status is Status.ON_TRACK
