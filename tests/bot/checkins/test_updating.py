"""An update made elsewhere inside the window answers its item."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from storage.recording import Saying, Subject, record_report
from storage.rules.terms import Frequency, Kind, PromptState, Source
from storage.tables import KeyResult
from tests import factories
from tests.bot.checkins.office import Office, words

MONDAY_9 = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)


def report(office: Office, of: KeyResult, value: str) -> None:
    with office.unit_of_work() as uow:
        subject = Subject(
            kind=Kind.KEY_RESULT,
            item_id=of.id,
            reference=f"KR-{of.number}",
            kpi_id=None,
            period_on=MONDAY_9.date(),
        )
        said = Saying(value=Decimal(value), confidence=7, note="from the API")
        record_report(uow, subject, said, source=Source.IMPORT, member_id=office.ben.id)


def test_someone_whose_every_figure_came_otherwise_has_answered(office: Office) -> None:
    key_result = office.key_result(office.ben)
    office.tick(at=MONDAY_9)
    office.deliver()
    office.clock.jump_to(MONDAY_9 + timedelta(hours=3))
    report(office, key_result, "74")
    office.tick()
    prompt = office.prompt(office.ben)
    assert prompt.state is PromptState.ANSWERED
    assert "74 %" in words(list(office.messages("summary:").values())[-1])
    office.tick(at=MONDAY_9 + timedelta(days=2, hours=4))
    assert office.messages("reminder:") == {}


def test_one_figure_of_two_fills_its_item_and_the_other_is_still_asked(office: Office) -> None:
    first = office.key_result(office.ben)
    office.key_result(office.ben)
    office.tick(at=MONDAY_9)
    report(office, first, "74")
    office.tick()
    assert office.prompt(office.ben).state is PromptState.ASKED
    done = office.submit(office.ben, value="74", value_2="71")
    assert getattr(done, "is_answered", False)


def test_what_was_reported_before_the_question_does_not_answer_it(office: Office) -> None:
    key_result = office.key_result(office.ben)
    report(office, key_result, "74")
    office.tick(at=MONDAY_9)
    office.tick(at=MONDAY_9 + timedelta(minutes=2))
    assert office.prompt(office.ben).state is PromptState.ASKED


def test_a_kpis_figure_that_a_system_sent_answers_its_question(office: Office) -> None:
    with office.unit_of_work() as uow:
        kpi = factories.kpi(uow, owner_id=office.ben.id, frequency=Frequency.WEEKLY)
    office.tick(at=MONDAY_9)
    office.clock.jump_to(MONDAY_9 + timedelta(hours=3))
    with office.unit_of_work() as uow:
        factories.reading(uow, kpi, 60, period_on=date(2026, 2, 2), source=Source.API)
    office.tick()
    # Last week's figure is none of this week's.
    assert office.prompt(office.ben).state is PromptState.ASKED
    with office.unit_of_work() as uow:
        factories.reading(uow, kpi, 61, source=Source.API)
        sent = factories.reading(uow, kpi, 62, source=Source.API)
    office.tick()
    prompt = office.prompt(office.ben)
    assert prompt.state is PromptState.ANSWERED
    with office.unit_of_work() as uow:
        [answer] = uow.checkins.list_answers([prompt.id])
    assert (answer.value, answer.reading_id) == (Decimal(62), sent.id)
