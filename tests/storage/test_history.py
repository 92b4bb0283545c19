"""The record can be asked for any day: what was then is rebuilt from what is now and from the trail."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from storage import editing
from storage.bundle import example, load, read_plan_file
from storage.database import Database, UnitOfWork
from storage.rules.access import Viewer
from storage.rules.changes import FIELDS
from storage.rules.errors import DomainError, Invalid
from storage.rules.graph import Graph
from storage.rules.hierarchy import LEGAL_PARENTS, Ref
from storage.rules.scoring import Trend
from storage.rules.terms import ItemState, Kind, Role
from tests import factories
from tests.clock import FrozenClock
from tests.conftest import UnitsOfWork
from tests.databases import SqliteFiles
from tests.plans import KINDS

# Shrinking a sequence that takes a database each would take longer than to read it.
SHORT = settings(max_examples=10, stateful_step_count=15, phases=[Phase.generate])
START = datetime(2026, 2, 9, 8, tzinfo=UTC)


class Edits(RuleBasedStateMachine):
    """Any sequence of edits: the hierarchy holds, and each earlier instant can be rebuilt."""

    databases: SqliteFiles

    @initialize()
    def an_empty_plan(self) -> None:
        self.url = self.databases.migrated()
        self.database = Database(self.url)
        self.workspace = factories.workspace(self.database, START)
        self.now = START
        with self._work() as uow:
            factories.plan(uow)
            lead = factories.member(uow)
            self.people = [lead.id, factories.member(uow).id]
        self.viewer = Viewer(member_id=lead.id, granted=frozenset({Role.STRATEGY_LEAD}))
        self.then: list[tuple[datetime, Graph]] = []

    def teardown(self) -> None:
        if hasattr(self, "database"):
            with self._work() as uow:
                plan = uow.strategies.get_plan()
                for instant, graph in self.then:
                    assert uow.strategies.read_graph_before(plan, instant) == graph
            self.database.close()
            self.databases.discard(self.url)

    @rule(kind=st.sampled_from(KINDS), choice=st.integers(0, 20), title=st.text(min_size=1, max_size=5))
    def add(self, kind: Kind, choice: int, title: str) -> None:
        def work(uow: UnitOfWork) -> None:
            values: dict[str, Any] = {"title": title, "parent": self._parent(uow, kind, choice)}
            if kind in {Kind.DRIVER, Kind.KPI}:
                del values["parent"]
            if kind is Kind.KEY_RESULT:
                values |= {"baseline": Decimal(1), "target": Decimal(choice)}
            editing.add_item(uow, self.viewer, kind, values)

        self._edit(work)

    @rule(
        choice=st.integers(0, 20),
        field=st.sampled_from(
            ["title", "owner_id", "parent", "target", "due_on", "is_restricted", "perspective", "measure"]
        ),
        other=st.integers(0, 20),
    )
    def change(self, choice: int, field: str, other: int) -> None:
        def work(uow: UnitOfWork) -> None:
            ref = self._item(uow, choice)
            if ref is None:
                return
            values: dict[str, Any] = {
                "title": f"Title {other}",
                "owner_id": self.people[other % 2],
                "parent": self._parent(uow, ref[0], other),
                "target": Decimal(other) / 7,
                "due_on": date(2026, 3, 1) + timedelta(days=other),
                "is_restricted": bool(other % 2),
                "perspective": None,
                "measure": self._of_kind(uow, Kind.KPI, other),
            }
            if field in FIELDS[ref[0]]:
                editing.change_item(uow, self.viewer, ref, {field: _six(values[field])}, reason="Why not")

        self._edit(work)

    @rule(choice=st.integers(0, 20), restores=st.booleans())
    def archive(self, choice: int, restores: bool) -> None:
        def work(uow: UnitOfWork) -> None:
            ref = self._item(uow, choice)
            if ref is not None:
                (editing.restore_item if restores else editing.archive_item)(uow, self.viewer, ref)

        self._edit(work)

    @invariant()
    def the_hierarchy_holds(self) -> None:
        if not hasattr(self, "database"):
            return
        with self._work() as uow:
            graph = uow.picture().graph
        for ref, node in graph.nodes.items():
            above = list(graph.above(ref))
            assert ref not in [one.ref for one in above]
            if node.parent is not None:
                assert node.parent[0] in LEGAL_PARENTS[node.kind]
                assert node.parent in graph.nodes
                if node.state is not ItemState.ARCHIVED:
                    assert graph.nodes[node.parent].state is not ItemState.ARCHIVED
        under = {ref for root in graph.roots for _, node in graph.subtree(root.ref) for ref in [node.ref]}
        live = {ref for ref, node in graph.nodes.items() if node.state is not ItemState.ARCHIVED}
        assert under == {ref for ref in live if ref[0] is not Kind.KPI}

    def _edit(self, work: Callable[[UnitOfWork], None]) -> None:
        with self._work() as uow:
            graph = uow.picture().graph
        self.now += timedelta(minutes=1)
        self.then.append((self.now, graph))
        try:
            with self._work() as uow:
                work(uow)
        except DomainError as refused:
            assert refused.sentence.strip()  # noqa: PT017 - what is refused changes nothing, as checked above

    def _work(self) -> Any:
        return self.database.unit_of_work(self.workspace, self.now)

    def _item(self, uow: UnitOfWork, choice: int) -> Ref | None:
        refs = list(uow.picture().graph.nodes)
        return refs[choice % len(refs)] if refs else None

    def _of_kind(self, uow: UnitOfWork, kind: Kind, choice: int) -> Ref | None:
        refs = [ref for ref in uow.picture().graph.nodes if ref[0] is kind]
        return refs[choice % len(refs)] if refs and choice % 3 else None

    def _parent(self, uow: UnitOfWork, kind: Kind, choice: int) -> Ref | None:
        # Illegal ones, too: they are to be refused.
        kinds = LEGAL_PARENTS.get(kind, ()) or (Kind.OBJECTIVE,)
        return self._of_kind(uow, kinds[choice % len(kinds)], choice)


def _six(value: Any) -> Any:
    return round(value, 6) if isinstance(value, Decimal) else value


def test_no_sequence_of_edits_breaks_the_hierarchy_and_each_earlier_instant_can_be_rebuilt(
    sqlite_databases: SqliteFiles,
) -> None:
    class Here(Edits):
        databases = sqlite_databases

    run_state_machine_as_test(Here, settings=SHORT)


def test_figures_of_a_day_are_those_that_were_known_then(
    unit_of_work: UnitsOfWork, clock: FrozenClock
) -> None:
    with unit_of_work() as uow:
        plan = factories.plan(uow)
        kpi = factories.kpi(uow)
        wrong = factories.reading(uow, kpi, 99, period_on=date(2026, 1, 1))
    clock.jump_to(clock.now() + timedelta(days=3))
    with unit_of_work() as uow:
        right = factories.reading(uow, kpi, 64, period_on=date(2026, 1, 1))
        uow.readings.supersede(wrong.id, right.id)
        factories.reading(uow, kpi, 66, period_on=date(2026, 2, 1))
    with unit_of_work() as uow:
        line = uow.strategies.get_plan(plan.id)
        ref = (Kind.KPI, 1)
        days = {day: uow.strategies.read_as_of(line, date(2026, 2, day)).standings[ref] for day in (8, 9, 12)}
        now = uow.picture().standings[ref]
    assert [days[day].current for day in (8, 9, 12)] == [None, Decimal(99), Decimal(66)]
    assert days[12].trend is Trend.IMPROVING
    assert days[12].current == now.current


def test_what_a_plan_file_changed_is_taken_back_too(
    sqlite_database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    workspace = factories.workspace(sqlite_database, clock.now())
    with sqlite_database.unit_of_work(workspace, clock.now()) as uow:
        load(uow, read_plan_file(example(), name="example.yaml"))
    with sqlite_database.unit_of_work(workspace, clock.now()) as uow:
        before = uow.picture().graph
        record = uow.plans.record()
    changed = tmp_path / "plan.yaml"
    text = example()
    changed.write_text(
        text.replace("title: Improve NPS from 60 to 75\n    parent: B-1", "title: NPS\n    parent: B-2")
        .replace("kpi: KPI-2\n", "kpi: KPI-3\n")
        .replace("due: 2026-03-13", "due: 2026-05-13")
        .replace("due: 2028-12-31", "due: 2029-12-31")
    )
    clock.jump_to(clock.now() + timedelta(days=1))
    instant = clock.now()
    with sqlite_database.unit_of_work(workspace, instant) as uow:
        load(uow, read_plan_file(changed, record=record), reason="The year turned out otherwise")
    with sqlite_database.unit_of_work(workspace, instant) as uow:
        assert uow.picture().graph.nodes[Kind.ANNUAL_OBJECTIVE, 1].parent == (Kind.BREAKTHROUGH, 2)
        assert uow.picture().graph != before
        assert uow.strategies.read_graph_before(uow.strategies.get_plan(), instant) == before


def test_a_day_that_lies_ahead_is_refused(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        factories.plan(uow)
        with pytest.raises(Invalid, match="2026-02-10 lies ahead"):
            uow.picture_of_day(date(2026, 2, 10))
        assert uow.picture_of_day(date(2026, 2, 9)).today == date(2026, 2, 9)
