"""An objective that is thrown shows that it is being negotiated, and what came of it."""

from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal

import pytest

from storage import catchballs
from storage.catchballs import Throw
from storage.database import Database, UnitOfWork
from storage.rules.catchball_terms import Terms
from storage.rules.terms import ItemState, Kind, Role
from tests import factories
from tests.clock import FrozenClock

TERMS = Terms(
    title="Answer right the first time",
    measure="First-contact resolution",
    unit="%",
    baseline=Decimal(70),
    target=Decimal(80),
    due_on=date(2026, 3, 31),
    parent=(Kind.ANNUAL_OBJECTIVE, 1),
    why="Customers wait too long.",
)
DRAFT, IN_CATCHBALL, ACTIVE = ItemState.DRAFT, ItemState.IN_CATCHBALL, ItemState.ACTIVE


class Table:
    """Ana, the strategy lead, wrote O-1 with KR-1 and throws it to Ben."""

    def __init__(self, database: Database, clock: FrozenClock, state: ItemState) -> None:
        self.database, self.clock = database, clock
        self.workspace_id = factories.workspace(database, clock.now())
        with self.work() as uow:
            self.ana, self.ben = (factories.member(uow, name=name).id for name in ("Ana", "Ben"))
            uow.roles.grant(self.ana, Role.STRATEGY_LEAD, by_id=None, at=uow.now)
            annual = factories.annual_objective(uow, owner_id=self.ana)
            objective = factories.objective(
                uow, annual_objective_id=annual.id, owner_id=self.ana, state=state
            )
            factories.key_result(uow, objective_id=objective.id, owner_id=self.ana, state=state)
            self.objective_id = objective.id

    def work(self) -> AbstractContextManager[UnitOfWork]:
        return self.database.unit_of_work(self.workspace_id, self.clock.now())

    def throw(self, *, is_private: bool = False) -> None:
        with self.work() as uow:
            wanted = Throw(
                kind=Kind.OBJECTIVE,
                terms=TERMS,
                receiver_ids=[self.ben],
                channel_id="C1",
                item=(Kind.OBJECTIVE, 1),
                is_private=is_private,
            )
            catchballs.throw(uow, uow.roles.get_viewer(self.ana), wanted)

    def states(self) -> tuple[ItemState, ItemState]:
        """O-1's and KR-1's."""
        with self.work() as uow:
            nodes = uow.picture().graph.nodes
            return nodes[Kind.OBJECTIVE, 1].state, nodes[Kind.KEY_RESULT, 1].state

    def is_shown_as_thrown(self) -> bool:
        with self.work() as uow:
            return self.objective_id in uow.ball_items.list_open_items(Kind.OBJECTIVE)


@pytest.fixture
def draft(sqlite_database: Database, clock: FrozenClock) -> Table:
    return Table(sqlite_database, clock, DRAFT)


def test_a_draft_is_in_catchball_while_it_is_negotiated_and_active_once_agreed(
    database: Database, clock: FrozenClock
) -> None:
    table = Table(database, clock, DRAFT)
    table.throw()
    assert table.states() == (IN_CATCHBALL, IN_CATCHBALL)
    with table.work() as uow:
        catchballs.agree(uow, uow.roles.get_viewer(table.ben), 1)
    assert table.states() == (ACTIVE, ACTIVE)
    with table.work() as uow:
        entries = uow.audit.list_for(str(Kind.OBJECTIVE), table.objective_id)
    moves = [(one.member_id, one.after, one.reason) for one in entries if "state" in (one.after or {})]
    assert moves == [
        (table.ana, {"state": "in catchball"}, "C-1 is thrown."),
        (table.ana, {"state": "active"}, "C-1 is agreed."),
    ]


def test_what_comes_to_nothing_is_a_draft_again(draft: Table) -> None:
    draft.throw()
    with draft.work() as uow:
        catchballs.decline(uow, uow.roles.get_viewer(draft.ben), 1, "No people for it")
    assert draft.states() == (DRAFT, DRAFT)
    draft.throw()
    assert draft.states() == (IN_CATCHBALL, IN_CATCHBALL)
    with draft.work() as uow:
        catchballs.withdraw(uow, uow.roles.get_viewer(draft.ana), 2)
    assert draft.states() == (DRAFT, DRAFT)


def test_a_kpi_defined_for_the_draft_becomes_active_by_the_agreement(draft: Table) -> None:
    with draft.work() as uow:
        kpi = factories.kpi(uow, owner_id=draft.ana, state=DRAFT)
        uow.plans.get_item(Kind.KEY_RESULT, 1).kpi_id = kpi.id
    draft.throw()
    with draft.work() as uow:
        assert uow.picture().graph.nodes[Kind.KPI, 1].state is DRAFT
        catchballs.agree(uow, uow.roles.get_viewer(draft.ben), 1)
    with draft.work() as uow:
        assert uow.picture().graph.nodes[Kind.KPI, 1].state is ACTIVE


def test_a_private_ball_shows_nowhere_until_it_is_agreed(draft: Table) -> None:
    draft.throw(is_private=True)
    assert draft.states() == (DRAFT, DRAFT)
    assert not draft.is_shown_as_thrown()
    with draft.work() as uow:
        [ball] = uow.ball_lists.list_lines()
        catchballs.agree(uow, uow.roles.get_viewer(draft.ben), ball.number)
    assert draft.states() == (ACTIVE, ACTIVE)


def test_an_active_objective_stays_active_and_shows_that_it_is_negotiated(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    table = Table(sqlite_database, clock, ACTIVE)
    table.throw()
    assert (table.states(), table.is_shown_as_thrown()) == ((ACTIVE, ACTIVE), True)
    with table.work() as uow:
        catchballs.decline(uow, uow.roles.get_viewer(table.ben), 1, "Not now")
    assert (table.states(), table.is_shown_as_thrown()) == ((ACTIVE, ACTIVE), False)
