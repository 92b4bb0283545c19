"""A small plan for the OKRs' tests: A-1 over O-1 with two key results, and a KPI that one of them reads."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.okr import updating
from bot.okr.facts import Question, Recorded
from storage.database import Database, UnitOfWork
from storage.tables import KeyResult, Kpi, Member, Objective
from tests import factories
from tests.clock import FrozenClock

LAST_WEEK = date(2026, 2, 2)


@dataclass(frozen=True)
class Office:
    """Ana leads Customer Service and owns KR-1 (70 → 80 %, now 74); Ben owns KR-2, which reads KPI-1, "
    "Chen's."""

    database: Database
    workspace_id: int
    clock: FrozenClock
    ana: Member
    ben: Member
    chen: Member
    objective: Objective
    resolution: KeyResult
    reading_kpi: KeyResult
    kpi: Kpi

    def unit_of_work(self) -> AbstractContextManager[UnitOfWork]:
        return self.database.unit_of_work(self.workspace_id, self.clock.now())

    def says(self, who: Member, text: str, locale: str = "en-US") -> Recorded:
        """What `/okr update` recorded for someone."""
        with self.unit_of_work() as uow:
            result = updating.update_by_line(uow, who.id, text, locale)
        assert isinstance(result, Recorded), result
        return result

    def is_asked(self, who: Member, text: str, locale: str = "en-US") -> Question:
        """The question that `/okr update` asks back."""
        with self.unit_of_work() as uow:
            result = updating.update_by_line(uow, who.id, text, locale)
        assert isinstance(result, Question), result
        return result


def open_office(database: Database, workspace_id: int, clock: FrozenClock) -> Office:
    with database.unit_of_work(workspace_id, clock.now()) as uow:
        team = factories.team(uow, name="Customer Service")
        ana, ben, chen = (
            factories.member(uow, home=team, name=name) for name in ("Ana Ruiz", "Ben Okoye", "Chen Wei")
        )
        annual = factories.annual_objective(uow)
        objective = factories.objective(uow, annual_objective_id=annual.id, team_id=team.id, owner_id=ana.id)
        resolution = factories.key_result(uow, objective_id=objective.id, owner_id=ana.id)
        factories.reading(uow, resolution, 74, period_on=LAST_WEEK)
        kpi = factories.kpi(uow, owner_id=chen.id)
        factories.reading(uow, kpi, 60, period_on=date(2026, 1, 1))
        reading_kpi = factories.key_result(
            uow,
            objective_id=objective.id,
            owner_id=ben.id,
            title="NPS of new customers",
            unit="points",
            baseline=Decimal(60),
            target=Decimal(75),
            kpi_id=kpi.id,
        )
    return Office(database, workspace_id, clock, ana, ben, chen, objective, resolution, reading_kpi, kpi)
