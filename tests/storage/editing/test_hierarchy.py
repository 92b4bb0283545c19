"""No sequence of edits breaks the plan's structure."""

import contextlib
from collections.abc import Callable
from typing import Any

import hypothesis
from hypothesis import strategies as st

from storage import editing
from storage.database import Database, UnitOfWork
from storage.editing import marks
from storage.rules.access import Viewer, viewer_of
from storage.rules.errors import DomainError
from storage.rules.graph import Graph
from storage.rules.hierarchy import LEGAL_PARENTS, Ref
from storage.rules.marks import CORNERS
from storage.rules.terms import ItemState, Kind, Role, Strength
from tests import factories
from tests.clock import FrozenClock
from tests.databases import SqliteFiles

LEAD = viewer_of(1, {}, granted=[Role.STRATEGY_LEAD])
KINDS = (
    Kind.DRIVER,
    Kind.BREAKTHROUGH,
    Kind.ANNUAL_OBJECTIVE,
    Kind.OBJECTIVE,
    Kind.INITIATIVE,
    Kind.KPI,
)
REFS = st.tuples(st.sampled_from(KINDS), st.integers(1, 3))
PARENTS = st.none() | REFS

Verb = Callable[[UnitOfWork, Viewer], Any]


def add(kind: Kind, parent: Ref | None) -> Verb:
    values = {"title": "New"} | ({"parent": parent} if kind in LEGAL_PARENTS else {})
    return lambda uow, who: editing.add_item(uow, who, kind, values)


def move(ref: Ref, parent: Ref | None) -> Verb:
    values = {"parent": parent} if ref[0] in LEGAL_PARENTS else {"title": "Moved"}
    return lambda uow, who: editing.change_item(uow, who, ref, values)


def archive(ref: Ref) -> Verb:
    return lambda uow, who: editing.archive_item(uow, who, ref)


def restore(ref: Ref) -> Verb:
    return lambda uow, who: editing.restore_item(uow, who, ref)


def mark(one: Ref, other: Ref, strength: Strength | None) -> Verb:
    return lambda uow, who: marks.set_mark(uow, who, one, other, strength)


VERBS = st.one_of(
    st.builds(add, st.sampled_from(KINDS), PARENTS),
    st.builds(move, REFS, PARENTS),
    st.builds(archive, REFS),
    st.builds(restore, REFS),
    st.builds(mark, REFS, REFS, st.none() | st.sampled_from(list(Strength))),
)


def check(graph: Graph) -> None:
    """Every item stands where it may, under something that is there, and never under itself."""
    for ref, node in graph.nodes.items():
        above = [one.ref for one in graph.above(ref)]
        assert ref not in above
        assert len(above) == len(set(above))
        if node.parent is None:
            continue
        assert node.parent[0] in LEGAL_PARENTS[node.kind]
        if node.state is not ItemState.ARCHIVED:
            assert graph.nodes[node.parent].state is not ItemState.ARCHIVED
    for line in graph.marks:
        assert (line.left[0], line.right[0]) in CORNERS


@hypothesis.settings(max_examples=6, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
@hypothesis.given(verbs=st.lists(VERBS, min_size=5, max_size=20))
def test_no_sequence_of_edits_breaks_the_hierarchy(
    sqlite_databases: SqliteFiles, clock: FrozenClock, verbs: list[Verb]
) -> None:
    url = sqlite_databases.migrated()
    database = Database(url)
    try:
        workspace = factories.workspace(database, clock.now())
        with database.unit_of_work(workspace, clock.now()) as uow:
            factories.member(uow)
            factories.plan(uow)
            for kind in KINDS:
                editing.add_item(uow, LEAD, kind, {"title": "First"})
        for verb in verbs:
            with (
                contextlib.suppress(DomainError),
                database.unit_of_work(workspace, clock.now()) as uow,
            ):
                verb(uow, LEAD)
        with database.unit_of_work(workspace, clock.now(), read=True) as uow:
            check(uow.picture().graph)
    finally:
        database.close()
        sqlite_databases.discard(url)
