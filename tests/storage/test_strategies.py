"""A plan read whole: what is read is what was written, in as many queries however large it is."""

from contextlib import closing
from dataclasses import replace

from storage.database import Database
from storage.rules.access import Viewer
from storage.rules.terms import Kind
from tests import factories
from tests.clock import FrozenClock
from tests.conftest import UnitsOfWork
from tests.databases import SqliteFiles
from tests.plans import company, store, store_history
from tests.statements import sent_statements


def test_a_plan_that_is_read_is_the_one_that_was_written(unit_of_work: UnitsOfWork) -> None:
    written = company(200)
    with unit_of_work() as uow:
        store(uow, written)
        store_history(uow, written, weeks=2)
    with unit_of_work() as uow:
        strategy = uow.picture()
    assert dict(strategy.graph.nodes) == dict(written.nodes)
    assert strategy.graph == written
    # The newest of the two answers.
    assert strategy.measured.confidence[Kind.KEY_RESULT, 5] == 5
    assert len(strategy.measured.figures[Kind.KPI, 1]) == 2


def test_the_number_of_queries_does_not_grow_with_the_plan(
    sqlite_databases: SqliteFiles, clock: FrozenClock
) -> None:
    counts = {_queries(sqlite_databases, clock, size) for size in (50, 500, 5_000)}
    assert len(counts) == 1
    assert max(counts) <= 25


def _queries(databases: SqliteFiles, clock: FrozenClock, size: int) -> int:
    """How many statements it takes to read a plan of that size, and how it stands."""
    with closing(Database(databases.migrated())) as database:
        workspace = factories.workspace(database, clock.now())
        with database.unit_of_work(workspace, clock.now()) as uow:
            written = company(size)
            store(uow, written)
            store_history(uow, written, weeks=1)
        with database.unit_of_work(workspace, clock.now(), read=True) as uow, sent_statements() as sent:
            uow.picture()
    return len(sent)


def test_who_sees_less_sees_it_stand_as_if_the_rest_had_never_been(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    workspace = factories.workspace(sqlite_database, clock.now())
    written = company(60, restricted=1)
    with sqlite_database.unit_of_work(workspace, clock.now()) as uow:
        store(uow, written)
        store_history(uow, written)
    with sqlite_database.unit_of_work(workspace, clock.now(), read=True) as uow:
        strategy = uow.picture()
    hidden = (Kind.OBJECTIVE, 1)
    below = [child.ref for child in written.children[hidden]]
    seen = strategy.seen_by(Viewer(member_id=99))
    assert set(strategy.graph.nodes) - set(seen.graph.nodes) == {hidden, *below}
    assert strategy.seen_by(Viewer(member_id=98)) is seen
    owner = written.nodes[hidden].owner_id
    assert owner is not None
    assert hidden in strategy.seen_by(Viewer(member_id=owner)).graph.nodes
    assert replace(seen.graph) == seen.graph
