"""Readings from a file: all of them or none, and the same file twice changes nothing."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from storage.database import Database, UnitOfWork
from storage.readings_file import ReadingsFileError, TakenFile, take_file
from storage.rules.errors import NotFound
from storage.rules.terms import Frequency, ItemState, Kind, PlanState, RollUp, Source
from storage.tables import Kpi, Member, Reading
from tests import factories
from tests.bot.checkins.office import list_readings
from tests.clock import FrozenClock


@dataclass
class Desk:
    """Ana owns KPI-1 (monthly, last) and KPI-2 (monthly, a sum); Ben owns KPI-3. It is 9 February 2026."""

    database: Database
    workspace_id: int
    clock: FrozenClock
    ana: Member
    ben: Member
    nps: Kpi
    scrap: Kpi

    def unit_of_work(self) -> AbstractContextManager[UnitOfWork]:
        return self.database.unit_of_work(self.workspace_id, self.clock.now())

    def take(self, text: str, *, locale: str = "en-US", dry_run: bool = False) -> TakenFile:
        with self.unit_of_work() as uow:
            viewer = uow.roles.get_viewer(self.ana.id)
            return take_file(uow, viewer, "kpis.csv", text.encode(), locale=locale, dry_run=dry_run)

    def faults(self, text: str) -> list[str]:
        with pytest.raises(ReadingsFileError) as caught:
            self.take(text)
        return [str(fault) for fault in caught.value.faults]

    def readings(self, of: Kpi) -> list[Reading]:
        """Those that count."""
        with self.unit_of_work() as uow:
            return [row for row in list_readings(uow, kpi_id=of.id) if row.superseded_by_id is None]


def open_desk(database: Database, clock: FrozenClock) -> Desk:
    workspace_id = factories.workspace(database, clock.now())
    with database.unit_of_work(workspace_id, clock.now()) as uow:
        ana, ben = (factories.member(uow, name=name) for name in ("Ana Ruiz", "Ben Okoye"))
        nps = factories.kpi(uow, owner_id=ana.id)
        scrap = factories.kpi(uow, owner_id=ana.id, title="Scrap", unit="€", roll_up=RollUp.SUM)
        factories.kpi(uow, owner_id=ben.id, title="Turnover")
    return Desk(database, workspace_id, clock, ana, ben, nps, scrap)


@pytest.fixture
def desk(sqlite_database: Database, clock: FrozenClock) -> Desk:
    return open_desk(sqlite_database, clock)


FILE = "kpi,date,value,note\nKPI-1,2026-01-31,61.5,after the new routing\nKPI-1,2026-02,63,\n"


def test_a_dry_run_tells_what_would_change_and_the_file_then_does_it(
    database: Database, clock: FrozenClock
) -> None:
    desk = open_desk(database, clock)
    tried = desk.take(FILE, dry_run=True)
    assert [(one.node.reference, one.period_on, one.before, one.after) for one in tried.changes] == [
        ("KPI-1", date(2026, 1, 1), None, Decimal("61.5")),
        ("KPI-1", date(2026, 2, 1), None, Decimal(63)),
    ]
    assert desk.readings(desk.nps) == []
    taken = desk.take(FILE)
    assert (taken.changes, taken.recorded) == (tried.changes, 2)
    rows = desk.readings(desk.nps)
    assert [(row.value, row.source, row.member_id) for row in rows] == [
        (Decimal("61.5"), Source.CSV, desk.ana.id),
        (Decimal(63), Source.CSV, desk.ana.id),
    ]
    with desk.unit_of_work() as uow:
        [said] = uow.reports.list_for(Kind.KPI, desk.nps.id)
        [entry] = uow.audit.list_for("KPI", desk.nps.id)
        # What a look at the plan shows is read anew.
        assert uow.picture().measured.figures[Kind.KPI, 1][0].value == 63
    assert (said.value, said.note, said.source) == (Decimal("61.5"), "after the new routing", Source.CSV)
    assert (entry.action, entry.after) == ("readings.taken", {"file": "kpis.csv", "readings": 2})


def test_the_same_file_twice_changes_nothing_and_a_corrected_one_corrects(desk: Desk) -> None:
    desk.take(FILE)
    again = desk.take(FILE)
    assert (again.changes, again.recorded, again.known) == ((), 0, 2)
    taken = desk.take("KPI-1,2026-02,64\n")
    assert [(one.before, one.after) for one in taken.changes] == [(Decimal(63), Decimal(64))]
    with desk.unit_of_work() as uow:
        everything = list_readings(uow, kpi_id=desk.nps.id)
    assert len(everything) == 3
    assert [row.value for row in desk.readings(desk.nps)] == [Decimal("61.5"), Decimal(64)]


def test_several_days_of_one_period_are_rolled_up_and_stay_so_when_dropped_again(desk: Desk) -> None:
    text = (
        "KPI-2,2026-02-05,7\nKPI-2,2026-02-03,10\nKPI-2,3.2.2026,10\nKPI-1,2026-01-31,62\nKPI-1,2026-01-15,60"
    )
    with desk.unit_of_work() as uow:
        factories.reading(uow, desk.scrap, 3, period_on=date(2026, 2, 1), source=Source.API)
    for _ in range(2):
        desk.take(text)
    # For a sum the days add up, beside what came in otherwise; for the last one the latest day counts.
    with desk.unit_of_work() as uow:
        figures = uow.picture().measured.figures
    assert (figures[Kind.KPI, 2][0].value, figures[Kind.KPI, 1][0].value) == (Decimal(30), Decimal(62))


def test_figures_are_read_by_the_persons_own_habits(desk: Desk) -> None:
    taken = desk.take("KPI-1;2026-01;61,5\nKPI-2;2026-01;€1.2k\n", locale="de-DE")
    assert [one.after for one in taken.changes] == [Decimal("61.5"), Decimal(1200)]


def test_every_line_that_cannot_be_taken_is_told_and_nothing_is_recorded(desk: Desk) -> None:
    with desk.unit_of_work() as uow:
        factories.kpi(uow, owner_id=desk.ana.id, state=ItemState.CLOSED)
        factories.kpi(uow, number=77, title="Graz head count", owner_id=desk.ben.id, is_restricted=True)
        factories.key_result(uow, owner_id=desk.ana.id)
    text = (
        "KPI-1,2026-01,61\nKPI-9,2026-01,1\nKPI-77,2026-01,1\nKPI-3,2026-01,1\nKPI-4,2026-01,1\n"
        "KR-1,2026-01,1\nnonsense,2026-01,1\nKPI-1,31/01/2026,1\nKPI-1,2027-01,1\nKPI-1,2026-W03,many\n"
        "KPI-1,2026-01,5 days\n"
    )
    told = desk.faults(text)
    assert [fault.partition(":")[0] for fault in told] == [
        "line 2, kpi",
        "line 3, kpi",
        "line 4, kpi",
        "line 5, kpi",
        "line 6, kpi",
        "line 7, kpi",
        "line 8, date",
        "line 9, date",
        "line 10, date",
        "line 10, value",
        "line 11, value",
    ]
    expected = [
        "There is no KPI-9 here",
        "There is no KPI-77 here",
        "You may not give the figures of KPI-3. Ask Ben Okoye.",
        "KPI-4 is closed, so it takes no figures.",
        "KR-1 is no KPI",
        "nonsense",
        "is not a period of this figure, which is monthly. Write one such as 2026-02",
        "has not begun yet",
        "is not a period",
        "many",
        "5 days",
    ]
    assert [words for words, fault in zip(expected, told, strict=True) if words not in fault] == []
    assert desk.readings(desk.nps) == []


def test_a_year_whose_plan_is_closed_is_locked(desk: Desk) -> None:
    assert desk.take("KPI-1,2025-12,58").recorded == 1
    with desk.unit_of_work() as uow:
        factories.plan(
            uow,
            title="Plan 2025",
            starts_on=date(2025, 1, 1),
            ends_on=date(2025, 12, 31),
            state=PlanState.ARCHIVED,
        )
    [told] = desk.faults("KPI-1,2026-01,61\nKPI-1,2025-12,59")
    assert "belongs to Plan 2025, which is closed, so its figures are locked" in told


def test_of_a_large_file_every_bad_line_is_told_and_nothing_is_stored(desk: Desk) -> None:
    with desk.unit_of_work() as uow:
        factories.kpi(
            uow, owner_id=desk.ana.id, title="Calls", frequency=Frequency.WEEKLY, roll_up=RollUp.SUM
        )
    days = [date.fromordinal(date(2020, 1, 6).toordinal() + day) for day in range(2000)]
    lines = [f"KPI-4,{day},{day.day}" for day in days]
    bad = range(0, 2000, 67)
    for place in bad:
        lines[place] = f"KPI-4,{days[place]},lots"
    told = desk.faults("\n".join(lines))
    assert [fault.partition(",")[0] for fault in told] == [f"line {place + 1}" for place in bad]
    for place in bad:
        lines[place] = f"KPI-4,{days[place]},1"
    taken = desk.take("\n".join(lines))
    assert (taken.recorded, len(taken.changes)) == (2000, 286)


def test_without_a_plan_there_is_nothing_to_take_a_file_for(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    workspace_id = factories.workspace(sqlite_database, clock.now())
    with sqlite_database.unit_of_work(workspace_id, clock.now()) as uow:
        viewer = uow.roles.get_viewer(factories.member(uow).id)
        with pytest.raises(NotFound):
            take_file(uow, viewer, "kpis.csv", FILE.encode(), locale="en-US", dry_run=True)
