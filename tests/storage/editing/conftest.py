"""A small plan on SQLite, and those who change it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest

from storage.database import Database, UnitOfWork
from storage.rules.access import Viewer, viewer_of
from storage.rules.terms import Kind, Role
from tests import factories
from tests.clock import FrozenClock

B1, A1, O1, KR1, I1, KPI1 = (
    (Kind.BREAKTHROUGH, 1),
    (Kind.ANNUAL_OBJECTIVE, 1),
    (Kind.OBJECTIVE, 1),
    (Kind.KEY_RESULT, 1),
    (Kind.INITIATIVE, 1),
    (Kind.KPI, 1),
)


@dataclass(frozen=True)
class Office:
    """B-1 → A-1 → O-1 → KR-1, I-1 under A-1, KPI-1 beside; the owner owns O-1, KR-1, I-1 and KPI-1."""

    work: Callable[[], AbstractContextManager[UnitOfWork]]
    lead: Viewer
    owner: Viewer
    other: Viewer
    guest: Viewer
    gone_id: int


@pytest.fixture
def office(sqlite_database: Database, clock: FrozenClock) -> Office:
    workspace = factories.workspace(sqlite_database, clock.now())
    with sqlite_database.unit_of_work(workspace, clock.now()) as uow:
        lead, owner, other = (factories.member(uow).id for _ in range(3))
        guest = factories.member(uow, name="Gia Guest", is_guest=True).id
        gone = factories.member(uow, name="Gone Person", is_deactivated=True).id
        breakthrough = factories.breakthrough(uow)
        annual = factories.annual_objective(uow, breakthrough_id=breakthrough.id)
        objective = factories.objective(uow, annual_objective_id=annual.id, owner_id=owner)
        factories.key_result(uow, objective_id=objective.id, owner_id=owner)
        factories.initiative(uow, annual_objective_id=annual.id, owner_id=owner)
        factories.kpi(uow, owner_id=owner)
    return Office(
        lambda: sqlite_database.unit_of_work(workspace, clock.now()),
        viewer_of(lead, {}, granted=[Role.STRATEGY_LEAD]),
        viewer_of(owner, {}),
        viewer_of(other, {}),
        viewer_of(guest, {}, is_guest=True),
        gone,
    )
