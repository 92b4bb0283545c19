"""The whole bot on one transport, with nobody's plan or a small one, for conversations about the plan."""

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass

from bot.app import SLICES
from bot.routing import Routes
from bot.simulator import Person
from bot.simulator.views import View
from storage.database import Database, UnitOfWork
from storage.rules.terms import Role
from tests import factories
from tests.bot.spine import Spine, spine
from tests.clock import FrozenClock


@dataclass(frozen=True)
class Office:
    """Ana administers Slack, Ben and Gia (a guest) work here, Olga has left."""

    hoshin: Spine
    database: Database
    clock: FrozenClock
    ana: Person
    ben: Person
    gia: Person

    @property
    def workspace_id(self) -> int:
        return self.hoshin.installation.workspace_id

    def work(self) -> AbstractContextManager[UnitOfWork]:
        return self.database.unit_of_work(self.workspace_id, self.clock.now())

    def plan(self) -> None:
        """B-1 → A-1 → O-1, KPI-1 beside; Ana is strategy lead and owns the upper two, Ben owns O-1."""
        with self.work() as uow:
            ana, ben = (
                factories.member(uow, name=one.user.real_name, slack_user_id=one.id, email=one.user.email).id
                for one in (self.ana, self.ben)
            )
            uow.roles.grant(ana, Role.STRATEGY_LEAD, by_id=None, at=uow.now)
            factories.plan(uow, title="Northwind 2026")
            breakthrough = factories.breakthrough(uow, owner_id=ana)
            annual = factories.annual_objective(uow, breakthrough_id=breakthrough.id, owner_id=ana)
            factories.objective(uow, annual_objective_id=annual.id, owner_id=ben)
            factories.kpi(uow, owner_id=ana)

    def modal_of(self, person: Person) -> View:
        view = person.client.modal
        assert view is not None
        return view


@asynccontextmanager
async def office(database: Database, clock: FrozenClock) -> AsyncIterator[Office]:
    routes = Routes()
    routes.include([one.routes for one in SLICES])
    async with spine(database, clock, routes, http=True) as running:
        slack = running.slack
        ana = slack.add_person("ana", real_name="Ana Ruiz", email="ana@example.com", is_admin=True)
        ben = slack.add_person("ben", real_name="Ben Okoye", email="ben@example.com")
        gia = slack.add_person("gia", real_name="Gia Guest", is_restricted=True)
        slack.add_person("olga", real_name="Olga Left", deleted=True)
        yield Office(running, database, clock, ana, ben, gia)
