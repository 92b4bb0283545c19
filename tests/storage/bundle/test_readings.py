"""Figures of a plan file in the record: added, corrected, never overwritten."""

from datetime import UTC, date, datetime
from decimal import Decimal

from sqlmodel import select

from storage.bundle import example, load, read_plan_file
from storage.database import Database
from storage.rules.terms import (
    Kind,
    Source,
)
from storage.tables import (
    Objective,
    Reading,
)
from tests.clock import FrozenClock
from tests.conftest import UnitsOfWork
from tests.statements import sent_statements
from tests.storage.bundle.files import SERVICE, figures, loaded


def test_a_different_figure_for_the_same_period_supersedes(unit_of_work: UnitsOfWork) -> None:
    loaded(unit_of_work, SERVICE)

    result = loaded(unit_of_work, SERVICE.replace("2026-W03: 72", "2026-W03: 73, 2026-W04: 74"))

    assert (result.added, result.changed) == (1, 1)
    with unit_of_work() as uow:
        assert sorted(figures(uow)[-4:]) == [
            (date(2026, 1, 5), Decimal("70.5"), False),
            (date(2026, 1, 12), Decimal(72), True),
            (date(2026, 1, 12), Decimal(73), False),
            (date(2026, 1, 19), Decimal(74), False),
        ]
        old = uow.session.exec(select(Reading).where(Reading.value == Decimal(72))).one()
        new = uow.session.exec(select(Reading).where(Reading.value == Decimal(73))).one()
        assert old.superseded_by_id == new.id


def test_a_figure_that_goes_back_to_what_it_was_supersedes_again(unit_of_work: UnitsOfWork) -> None:
    for figure in ("72", "73", "72"):
        loaded(unit_of_work, SERVICE.replace("2026-W03: 72", f"2026-W03: {figure}"))

    with unit_of_work() as uow:
        week = [(value, superseded) for on, value, superseded in figures(uow) if on == date(2026, 1, 12)]
        assert [(int(value), superseded) for value, superseded in week] == [
            (72, True),
            (73, True),
            (72, False),
        ]


def test_what_a_person_corrected_is_not_undone_by_the_same_file(
    unit_of_work: UnitsOfWork, clock: FrozenClock
) -> None:
    loaded(unit_of_work, SERVICE)
    with unit_of_work() as uow:
        old = uow.session.exec(select(Reading).where(Reading.value == Decimal(72))).one()
        new = Reading(
            workspace_id=uow.workspace_id,
            key_result_id=old.key_result_id,
            period_on=old.period_on,
            value=Decimal(71),
            source=Source.CHECKIN,
            recorded_at=clock.now(),
        )
        uow.session.add(new)
        uow.session.flush()
        old.superseded_by_id = new.id

    same = loaded(unit_of_work, SERVICE)
    changed = loaded(unit_of_work, SERVICE.replace("2026-W03: 72", "2026-W03: 75"))

    assert (same.added, same.changed) == (0, 0)
    assert (changed.added, changed.changed) == (0, 1)


def test_quarters_and_periods_follow_the_fiscal_year(unit_of_work: UnitsOfWork) -> None:
    text = """\
hoshin: 1
plan: {title: FY, starts: 2025-11-01}
objectives: [{ref: O-1, title: x, quarter: Q2}]
kpis: [{ref: KPI-1, title: x, frequency: quarterly, readings: {2026-01: 1, 2026-02: 2}}]
"""
    loaded(unit_of_work, text)

    with unit_of_work() as uow:
        objective = uow.plans.get_item(Kind.OBJECTIVE, 1)
        assert isinstance(objective, Objective)
        assert (objective.starts_on, objective.ends_on) == (date(2026, 2, 1), date(2026, 4, 30))
        assert [on for on, _, _ in figures(uow)] == [date(2025, 11, 1), date(2026, 2, 1)]


def test_readings_know_when_and_from_where_they_came(unit_of_work: UnitsOfWork) -> None:
    loaded(unit_of_work, SERVICE)

    with unit_of_work() as uow:
        readings = uow.session.exec(select(Reading)).all()
        assert {(reading.source, reading.recorded_at) for reading in readings} == {
            (Source.IMPORT, datetime(2026, 2, 9, 8, tzinfo=UTC))
        }


def test_readings_are_read_at_once_and_written_with_one_statement_a_kind(
    database: Database, unit_of_work: UnitsOfWork
) -> None:
    bundle = read_plan_file(example(), "example.yaml")
    with sent_statements() as sent, unit_of_work() as uow:
        load(uow, bundle)

    about_readings = [statement for statement in sent if "reading" in statement.partition("WHERE")[0].lower()]
    # PostgreSQL copies what is new, of which SQLAlchemy knows nothing.
    assert len(about_readings) == (2 if database.engine.dialect.name == "sqlite" else 1)
