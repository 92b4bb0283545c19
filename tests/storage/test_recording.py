"""Recording figures and what is said of them."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from storage.database import Database, UnitOfWork
from storage.recording import NewReading, Saying, Subject, record_readings, record_report, withdraw_report
from storage.rules.errors import Closed, Invalid, NotAllowed, NotFound
from storage.rules.terms import Kind, Source
from storage.tables import KeyResult, Reading
from tests import factories
from tests.bot.checkins.office import list_readings
from tests.clock import FrozenClock
from tests.conftest import UnitsOfWork

FEBRUARY = date(2026, 2, 1)


@pytest.fixture
def uow(sqlite_database: Database, clock: FrozenClock) -> Iterator[UnitOfWork]:
    workspace_id = factories.workspace(sqlite_database, clock.now())
    with sqlite_database.unit_of_work(workspace_id, clock.now()) as uow:
        yield uow


def subject(of: KeyResult, current: str | None = "74", confidence: int | None = 7) -> Subject:
    return Subject(
        kind=Kind.KEY_RESULT,
        item_id=of.id,
        reference=f"KR-{of.number}",
        kpi_id=of.kpi_id,
        period_on=factories.WEEK,
        current=None if current is None else Decimal(current),
        confidence=confidence,
    )


def test_many_readings_are_written_in_their_order(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        kpi, key_result = factories.kpi(uow), factories.key_result(uow)
        new = [
            NewReading(kpi_id=kpi.id, period_on=FEBRUARY, value=Decimal("61.500"), source=Source.API),
            NewReading(
                key_result_id=key_result.id,
                period_on=factories.WEEK,
                value=Decimal("74.123456"),
                source=Source.FILE,
            ),
        ]
        ids = record_readings(uow, new)
    with unit_of_work() as uow:
        rows = [uow.session.get_one(Reading, reading_id) for reading_id in ids]
        assert [(row.kpi_id, row.key_result_id, row.value, row.source) for row in rows] == [
            (kpi.id, None, Decimal("61.5"), Source.API),
            (None, key_result.id, Decimal("74.123456"), Source.FILE),
        ]
        assert record_readings(uow, []) == []


def test_a_period_that_has_not_begun_anywhere_is_refused(uow: UnitOfWork) -> None:
    kpi = factories.kpi(uow)
    tomorrow = uow.now.date() + timedelta(days=1)
    reading = NewReading(kpi_id=kpi.id, period_on=tomorrow, value=Decimal(1), source=Source.API)
    with pytest.raises(Invalid, match=r"from 10 February 2026 has not begun yet\.") as caught:
        record_readings(uow, [reading])
    assert caught.value.field == "period"


def test_a_report_brings_a_reading_its_history_and_the_trail(uow: UnitOfWork) -> None:
    who, key_result = factories.member(uow, name="Ana Ruiz"), factories.key_result(uow)
    saying = Saying(value=Decimal(78), confidence=8, note="routing done", link="https://example.com/1")
    record_report(uow, subject(key_result), saying, source=Source.UPDATE, member_id=who.id)
    (line,) = uow.reports.list_for(Kind.KEY_RESULT, key_result.id)
    assert (line.name, line.value_before, line.value, line.confidence_before, line.confidence) == (
        "Ana Ruiz",
        Decimal(74),
        Decimal(78),
        7,
        8,
    )
    assert (line.note, line.link) == ("routing done", "https://example.com/1")
    assert [reading.value for reading in list_readings(uow, key_result_id=key_result.id)] == [78]
    (entry,) = uow.audit.list_for(Kind.KEY_RESULT, key_result.id)
    assert (entry.action, entry.before, entry.after) == ("figure.recorded", {"value": "74"}, {"value": "78"})


def test_words_alone_bring_no_reading(uow: UnitOfWork) -> None:
    key_result = factories.key_result(uow)
    record_report(
        uow, subject(key_result), Saying(confidence=5, note="late"), source=Source.UPDATE, member_id=None
    )
    assert list_readings(uow, key_result_id=key_result.id) == []
    assert uow.reports.last_said(Kind.KEY_RESULT, [key_result.id])[key_result.id].confidence == 5


def test_a_key_result_that_measures_a_kpi_writes_the_kpis_reading(uow: UnitOfWork) -> None:
    kpi = factories.kpi(uow)
    key_result = factories.key_result(uow, kpi_id=kpi.id)
    record_report(uow, subject(key_result), Saying(value=Decimal(78)), source=Source.UPDATE, member_id=None)
    assert [reading.value for reading in list_readings(uow, kpi_id=kpi.id)] == [78]
    assert list_readings(uow, key_result_id=key_result.id) == []


def test_milestones_are_moved_and_the_figure_is_their_share(uow: UnitOfWork) -> None:
    who = factories.member(uow)
    key_result = factories.key_result(uow, unit="milestones", baseline=Decimal(0), target=Decimal(100))
    first, second = (
        factories.milestone(uow, key_result),
        factories.milestone(uow, key_result, weight=Decimal(3)),
    )
    report = record_report(
        uow, subject(key_result, "0"), Saying(done=(2,)), source=Source.UPDATE, member_id=who.id
    )
    assert report.value == 75
    assert (first.done_at, second.done_at, second.done_by_id) == (None, uow.now, who.id)
    withdraw_report(uow, report.id, who.id, "KR-1")
    assert second.done_at is None


def test_what_was_just_reported_can_be_undone(uow: UnitOfWork) -> None:
    who, key_result = factories.member(uow), factories.key_result(uow)
    factories.reading(uow, key_result, 74)
    report = record_report(
        uow, subject(key_result), Saying(value=Decimal(780)), source=Source.UPDATE, member_id=who.id
    )
    withdraw_report(uow, report.id, who.id, "KR-1")
    (figure,) = uow.readings.latest_of_key_results([key_result.id])[key_result.id]
    assert figure.value == 74
    assert uow.reports.list_for(Kind.KEY_RESULT, key_result.id) == []
    assert [entry.action for entry in uow.audit.list_for(Kind.KEY_RESULT, key_result.id)] == [
        "figure.recorded",
        "figure.undone",
    ]
    with pytest.raises(Closed, match="undone or corrected already"):
        withdraw_report(uow, report.id, who.id, "KR-1")


def test_after_five_minutes_or_by_someone_else_nothing_is_undone(uow: UnitOfWork) -> None:
    who, other, key_result = factories.member(uow), factories.member(uow), factories.key_result(uow)
    report = record_report(
        uow, subject(key_result), Saying(value=Decimal(78)), source=Source.UPDATE, member_id=who.id
    )
    with pytest.raises(NotAllowed):
        withdraw_report(uow, report.id, other.id, "KR-1")
    uow.now += timedelta(minutes=5, seconds=1)
    with pytest.raises(Closed, match="for five minutes"):
        withdraw_report(uow, report.id, who.id, "KR-1")
    with pytest.raises(NotFound):
        withdraw_report(uow, report.id + 1, who.id, "KR-1")
