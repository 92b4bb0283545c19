"""Key results as the record gives them back."""

from datetime import date
from decimal import Decimal

from storage.rules.terms import ItemState, PlanState
from tests import factories
from tests.conftest import UnitsOfWork

IN_QUARTER = date(2026, 3, 31)
AFTER_QUARTER = date(2026, 4, 1)


def test_a_line_holds_what_the_objective_says_too(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        team, owner = factories.team(uow), factories.member(uow)
        objective = factories.objective(uow, team_id=team.id)
        factories.key_result(uow, objective_id=objective.id, owner_id=owner.id)
        (line,) = uow.okrs.list_key_results(owner_ids=[owner.id])
    assert (line.reference, line.objective_id, line.team_id) == ("KR-1", objective.id, team.id)
    assert (line.baseline, line.target, line.starts_on) == (Decimal(70), Decimal(80), date(2026, 1, 1))


def test_only_live_key_results_of_those_owners_are_listed(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        owner, other = factories.member(uow), factories.member(uow)
        kept = factories.key_result(uow, owner_id=owner.id)
        factories.key_result(uow, owner_id=other.id)
        factories.key_result(uow, owner_id=owner.id, state=ItemState.CLOSED)
        closed = factories.objective(uow, state=ItemState.CLOSED)
        factories.key_result(uow, owner_id=owner.id, objective_id=closed.id)
        old = factories.plan(uow, title="2025", state=PlanState.ARCHIVED)
        factories.key_result(uow, owner_id=owner.id, plan_id=old.id)
        lines = uow.okrs.list_key_results(owner_ids=[owner.id])
    assert [line.id for line in lines] == [kept.id]


def test_a_day_outside_the_objective_finds_nothing(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        factories.key_result(uow)
        assert len(uow.okrs.list_key_results(on=IN_QUARTER)) == 1
        assert uow.okrs.list_key_results(on=AFTER_QUARTER) == []
