"""KPIs as the record gives them back."""

from datetime import date

from storage.rules.terms import ItemState, PlanState
from tests import factories
from tests.conftest import UnitsOfWork


def test_only_active_kpis_of_the_active_plan_are_listed(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        owner = factories.member(uow)
        kept = factories.kpi(uow, owner_id=owner.id)
        factories.kpi(uow)
        factories.kpi(uow, owner_id=owner.id, state=ItemState.CLOSED)
        old = factories.plan(uow, title="2025", state=PlanState.ARCHIVED)
        factories.kpi(uow, owner_id=owner.id, plan_id=old.id)
        lines = uow.kpis.list_lines(owner_ids=[owner.id])
        everything = uow.kpis.list_lines()
    assert [(line.id, line.reference, line.starts_on) for line in lines] == [
        (kept.id, "KPI-1", date(2026, 1, 1))
    ]
    assert len(everything) == 2
