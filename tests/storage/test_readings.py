"""Readings of KPIs and key results as the record gives them back."""

from datetime import date, timedelta
from decimal import Decimal

from storage.rules.terms import RollUp
from tests import factories
from tests.bot.checkins.office import list_readings
from tests.conftest import UnitsOfWork

JANUARY, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


def test_the_latest_figures_come_newest_period_first(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        kpi, other, silent = (factories.kpi(uow) for _ in range(3))
        for period_on, value in ((JANUARY, 61), (MARCH, 63), (FEBRUARY, 62)):
            factories.reading(uow, kpi, value, period_on=period_on)
        factories.reading(uow, other, 5, period_on=JANUARY)
        latest = uow.readings.latest_of_kpis([kpi.id, other.id, silent.id])
    assert [(figure.period_on, figure.value) for figure in latest[kpi.id]] == [
        (MARCH, Decimal(63)),
        (FEBRUARY, Decimal(62)),
    ]
    assert [figure.value for figure in latest[other.id]] == [5]
    assert latest[silent.id] == []


def test_a_periods_figure_is_its_last_reading_that_was_not_corrected(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        kpi = factories.kpi(uow)
        factories.reading(uow, kpi, 61, period_on=JANUARY)
        wrong = factories.reading(uow, kpi, 610, period_on=JANUARY, recorded_at=uow.now + timedelta(hours=2))
        right = factories.reading(uow, kpi, 62, period_on=JANUARY, recorded_at=uow.now + timedelta(hours=1))
        uow.readings.supersede(wrong.id, right.id)
    with unit_of_work() as uow:
        (figure,) = uow.readings.latest_of_kpis([kpi.id])[kpi.id]
        readings = list_readings(uow, kpi_id=kpi.id)
    assert figure.value == 62
    assert [reading.value for reading in readings] == [61, 610, 62]


def test_figures_of_a_key_result_are_exact_and_its_own(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        key_result = factories.key_result(uow)
        factories.reading(uow, factories.kpi(uow), 1)
        factories.reading(uow, key_result, "74.123456")
    with unit_of_work() as uow:
        (figure,) = uow.readings.latest_of_key_results([key_result.id])[key_result.id]
    assert figure.value == Decimal("74.123456")


def test_the_newest_figures_of_one_measure_are_those_of_many(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        kpi = factories.kpi(uow, roll_up=RollUp.SUM)
        key_result = factories.key_result(uow)
        for period_on in (JANUARY, FEBRUARY, MARCH):
            for value in (1, 2):
                factories.reading(uow, kpi, value, period_on=period_on)
                factories.reading(uow, key_result, value, period_on=period_on)
        gone = factories.reading(uow, kpi, 99, period_on=MARCH)
        uow.readings.supersede(gone.id, gone.id)
    with unit_of_work() as uow:
        for periods in (1, 2, 8):
            of_kpi = uow.readings.newest_figures(kpi_id=kpi.id, how=RollUp.SUM, periods=periods)
            of_kr = uow.readings.newest_figures(key_result_id=key_result.id, periods=periods)
            assert of_kpi == uow.readings.latest_of_kpis([kpi.id], periods=periods)[kpi.id]
            assert (
                of_kr == uow.readings.latest_of_key_results([key_result.id], periods=periods)[key_result.id]
            )
    assert [figure.value for figure in of_kpi] == [3, 3, 3]
