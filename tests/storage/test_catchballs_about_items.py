"""Negotiating what is in the plan already: its terms as they stand, and what an agreement changes of it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from storage import catchballs
from storage.catchballs import present_terms
from storage.database import Database
from storage.rules.errors import Closed, Invalid, NotFound
from storage.rules.hierarchy import Ref
from storage.rules.terms import ItemState, Kind
from tests import factories
from tests.clock import FrozenClock
from tests.storage.test_catchballs import A1, Table, sit_down

O1, KR1, KPI1 = (Kind.OBJECTIVE, 1), (Kind.KEY_RESULT, 1), (Kind.KPI, 1)


@pytest.fixture
def table(sqlite_database: Database, clock: FrozenClock) -> Table:
    """Ben's O-1 with one key result, under A-1, which a KPI measures."""
    table = sit_down(sqlite_database, clock)
    with table.work() as uow:
        annual = uow.plans.get_item(*A1)
        objective = factories.objective(uow, annual_objective_id=annual.id, owner_id=table.ids["Ben"])
        factories.key_result(uow, objective_id=objective.id, owner_id=table.ids["Ben"])
        kpi = factories.kpi(
            uow, owner_id=table.ids["Ana"], baseline=Decimal(60), target=Decimal(90), unit="%"
        )
        annual.kpi_id = kpi.id
    return table


def terms(table: Table, ref: Ref) -> catchballs.Throw:
    """A throw about an item, with its present terms."""
    with table.work() as uow:
        graph = uow.picture().graph
        now = replace(
            present_terms(uow, table.viewer(uow, "Ana"), graph, graph.nodes[ref]), why="It is time."
        )
        return catchballs.Throw(kind=ref[0], terms=now, receiver_ids=[], channel_id="C1", item=ref)


def throw(table: Table, ref: Ref, to: str = "Ben", by: str = "Ana") -> catchballs.Moved:
    wanted = replace(terms(table, ref), receiver_ids=[table.ids[to]])
    with table.work() as uow:
        return catchballs.throw(uow, table.viewer(uow, by), wanted)


def counter(table: Table, by: str, target: int) -> None:
    with table.work() as uow:
        row = uow.catchballs.find(1)
        assert row is not None
        now = replace(uow.catchballs.read(row).terms, target=Decimal(target), resources="A trainer")
        wanted = catchballs.Counter(terms=now, reason="The training slipped.")
        catchballs.counter(uow, table.viewer(uow, by), 1, wanted)


@pytest.mark.parametrize(("ref", "measured"), [(O1, KR1), (KR1, KR1), (A1, KPI1)])
def test_what_is_agreed_changes_the_item_with_where_it_comes_from(
    table: Table, ref: Ref, measured: Ref
) -> None:
    before = throw(table, ref).ball.terms
    counter(table, "Ben", 77)
    agreed = table.do("Ana", catchballs.agree, 1)
    assert agreed.written is not None
    assert agreed.written.ref == ref
    with table.work() as uow:
        graph = uow.picture().graph
        assert (before.title, before.measure) == (graph.nodes[ref].title, graph.nodes[measured].title)
        assert graph.nodes[measured].target == Decimal(77)
        changed = uow.audit.list_for(str(measured[0]), graph.nodes[measured].id)[
            -1 if ref != measured else -2
        ]
        assert changed.reason == "Agreed in C-1, version 2."
        again = present_terms(uow, table.viewer(uow, "Ana"), graph, graph.nodes[ref])
        assert (again.target, again.resources, again.why) == (Decimal(77), "A trainer", "It is time.")


def test_an_item_is_negotiated_in_one_ball_at_a_time(table: Table) -> None:
    throw(table, O1)
    with pytest.raises(Closed, match="O-1 is being negotiated already, in C-1"):
        throw(table, O1, "Carla")
    table.do("Ana", catchballs.withdraw, 1)
    assert throw(table, O1).ball.number == 2


def test_a_draft_that_is_agreed_counts_and_one_that_is_declined_is_a_draft_again(table: Table) -> None:
    def states() -> set[ItemState]:
        with table.work() as uow:
            graph = uow.picture().graph
            return {graph.nodes[O1].state, graph.nodes[KR1].state}

    with table.work() as uow:
        graph = uow.picture().graph
        uow.okrs.get_objective(graph.nodes[O1].id).state = ItemState.DRAFT
        uow.okrs.get_key_result(graph.nodes[KR1].id).state = ItemState.DRAFT
    throw(table, O1)
    assert states() == {ItemState.IN_CATCHBALL}
    table.do("Ben", catchballs.decline, 1, "Two people left.")
    assert states() == {ItemState.DRAFT}
    table.do("Ana", catchballs.reopen, 1, "They came back.")
    counter(table, "Ana", 77)
    assert states() == {ItemState.IN_CATCHBALL}
    table.do("Ben", catchballs.agree, 1)
    assert states() == {ItemState.ACTIVE}


def test_a_figure_that_nobody_of_them_may_change_is_not_agreed(table: Table) -> None:
    with table.work() as uow:
        uow.plans.get_item(*KPI1).owner_id = table.ids["Dan"]
        uow.plans.get_item(*A1).owner_id = table.ids["Carla"]
    wanted = replace(terms(table, A1), receiver_ids=[table.ids["Ben"]])
    with table.work() as uow:
        catchballs.throw(uow, table.viewer(uow, "Carla"), wanted)
    counter(table, "Ben", 77)
    with pytest.raises(Closed, match="may change KPI-1, whose figures this would change"):
        table.do("Carla", catchballs.agree, 1)


def test_who_may_not_see_the_item_is_not_thrown_it(table: Table) -> None:
    with table.work() as uow:
        uow.plans.get_item(*O1).is_restricted = True
    with pytest.raises(Invalid, match="Carla may not see O-1, which this is about"):
        throw(table, O1, "Carla", by="Ben")


def test_a_ball_about_what_is_restricted_by_now_is_there_for_those_who_take_part_and_see_it(
    table: Table,
) -> None:
    throw(table, O1)
    with table.work() as uow:
        uow.plans.get_item(*O1).is_restricted = True
    with table.work() as uow:
        dan, ben = table.viewer(uow, "Dan"), table.viewer(uow, "Ben")
        with pytest.raises(NotFound, match="There is no C-1 here"):
            catchballs.show(uow, dan, 1)
        with pytest.raises(NotFound, match="There is no C-1 here"):
            catchballs.terms_at(uow, dan, 1, None)
        lines = uow.ball_lists.list_lines()
        assert catchballs.visible_lines(uow, dan, lines) == []
        assert catchballs.show(uow, ben, 1).ball.reference == "C-1"
