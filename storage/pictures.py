"""The plan as it was last read whole, kept in memory for as long as nothing of it has changed.

A large plan is read in some tenths of a second, which is too long for every look at it. What changes a plan
counts `workspace.plan_revision` up in its own transaction, so a look costs one small query as long as the
number is the same. Replicas need not tell each other anything (docs/decisions/0012-pictures-in-memory.md).
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import date, datetime
from threading import Lock
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, UOWTransaction
from sqlmodel import Session

from storage.repositories.strategies import Strategies, Strategy
from storage.rules.graph import PlanLine
from storage.rules.terms import PlanState
from storage.tables import (
    AnnualObjective,
    Breakthrough,
    Driver,
    Initiative,
    KeyResult,
    Kpi,
    KpiAlias,
    Mark,
    Member,
    Objective,
    Plan,
    Reader,
    Reading,
    Report,
    Step,
    Supporter,
    Team,
    TeamMember,
)

MOST_ITEMS = 60_000
"""How many items the plans in memory may have together; the one not looked at for longest goes first."""

MOST_AHEAD = 100
"""How many changes may come while someone reads; beyond that the record itself is another one."""

MOST_PARTS = 1000
"""How many parts of workspaces are kept, such as their teams."""

MOST_DAYS = 6
"""How many past days are kept: those that the digests of a morning compare."""

PICTURED = (
    *(
        AnnualObjective,
        Breakthrough,
        Driver,
        Initiative,
        KeyResult,
        Kpi,
        KpiAlias,
        Mark,
        Member,
    ),
    *(Objective, Plan, Reader, Reading, Report, Step, Supporter, Team, TeamMember),
)
"""The tables that a picture of the plan is made of."""

T = TypeVar("T")
Key = tuple[int, int | None]


class Pictures:
    """The plans in memory, by workspace and plan. Safe to use from several threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, tuple[int, date, Strategy]] = OrderedDict()
        self._past: OrderedDict[tuple[int, int, date, str], Strategy] = OrderedDict()
        self._kept_parts: OrderedDict[tuple[int, str], tuple[int, Any]] = OrderedDict()
        self._lock = Lock()

    def look(self, strategies: Strategies, plan_id: int | None, now: datetime, revision: int) -> Strategy:
        """The plan as it is now; from memory where nothing has changed since it was read.

        Args:
            revision: the workspace's, read before: a change since then makes the picture newer than its
                number, never older.

        Raises:
            NotFound: there is no such plan.
        """
        kept = self._find(strategies.workspace_id, plan_id, revision, now)
        if kept is not None:
            return kept
        plan = strategies.get_plan(plan_id)
        strategy = strategies.read(plan, now, earlier=self._find_earlier(strategies.workspace_id, plan))
        # The active plan is kept once, whether it was asked for by its id or as the active one.
        is_active = strategy.graph.plan.state is PlanState.ACTIVE
        self._keep((strategies.workspace_id, None if is_active else plan_id), revision, strategy)
        return strategy

    def look_at(self, workspace_id: int, what: str, revision: int, read: Callable[[], T]) -> T:
        """Something that follows from the workspace's people and teams, which have changed where the revision
        has; from memory under its name, else as `read` gives it."""
        key = (workspace_id, what)
        with self._lock:
            kept = self._kept_parts.get(key)
            if kept is not None and kept[0] == revision:
                self._kept_parts.move_to_end(key)
                return cast("T", kept[1])
        found = read()
        with self._lock:
            self._kept_parts[key] = (revision, found)
            self._kept_parts.move_to_end(key)
            while len(self._kept_parts) > MOST_PARTS:
                self._kept_parts.popitem(last=False)
        return found

    def look_back(self, strategies: Strategies, plan: PlanLine, on: date) -> Strategy:
        """The plan at the end of a day that is over; from memory where it was looked at lately.

        What is recorded later does not change such a day, but for history that a plan file brings.
        """
        key = (strategies.workspace_id, plan.id, on, repr(strategies.thresholds()))
        with self._lock:
            kept = self._past.get(key)
            if kept is not None:
                self._past.move_to_end(key)
                return kept
        strategy = strategies.read_as_of(plan, on)
        with self._lock:
            self._past[key] = strategy
            items = sum(len(one.graph.nodes) for one in self._past.values())
            while len(self._past) > MOST_DAYS or (items > MOST_ITEMS and len(self._past) > 1):
                _, oldest = self._past.popitem(last=False)
                items -= len(oldest.graph.nodes)
        return strategy

    def _find(self, workspace_id: int, plan_id: int | None, revision: int, now: datetime) -> Strategy | None:
        with self._lock:
            for key in dict.fromkeys(((workspace_id, None), (workspace_id, plan_id))):
                kept = self._kept.get(key)
                # Whoever began to read before the last changes takes what is newer, and reads nothing for it.
                if kept is None or not revision <= kept[0] <= revision + MOST_AHEAD:
                    continue
                plan = kept[2].graph.plan
                is_today = kept[1] == now.astimezone(ZoneInfo(plan.zone)).date()
                if is_today and plan_id in {None, plan.id}:
                    self._kept.move_to_end(key)
                    return kept[2]
        return None

    def _find_earlier(self, workspace_id: int, plan: PlanLine) -> Strategy | None:
        """The plan as it was last read, whatever has changed since."""
        with self._lock:
            for key in ((workspace_id, None), (workspace_id, plan.id)):
                kept = self._kept.get(key)
                if kept is not None and kept[2].graph.plan.id == plan.id:
                    return kept[2]
        return None

    def follow(self, workspace_id: int, revision: int, before: Strategy, after: Strategy) -> None:
        """Takes `after` for the active plan's picture of that revision, where `before` was the one just
        before it: what was changed in between is known, so nobody need read the plan anew."""
        key = (workspace_id, None)
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept[2] is before and kept[0] + 1 == revision:
                self._kept[key] = (revision, after.today, after)

    def _keep(self, key: Key, revision: int, strategy: Strategy) -> None:
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and revision < kept[0] <= revision + MOST_AHEAD:
                return  # newer changes have come meanwhile
            self._kept[key] = (revision, strategy.today, strategy)
            self._kept.move_to_end(key)
            items = sum(len(kept.graph.nodes) for _, _, kept in self._kept.values())
            while items > MOST_ITEMS and len(self._kept) > 1:
                _, (_, _, oldest) = self._kept.popitem(last=False)
                items -= len(oldest.graph.nodes)


class ChangeCounter:
    """Counts a workspace's plan revision up in each transaction of a session that touches a plan."""

    def __init__(self, session: Session, workspace_id: int) -> None:
        self._session = session
        self._workspace_id = workspace_id
        self._changed = False
        self.counted = 0
        """As `count`, of what was sent to the database already."""
        self._revision: int | None = None
        self.when_counted: Callable[[int], None] | None = None
        """Called with the new revision once it is committed."""
        event.listen(session, "after_flush", self._after_flush)
        event.listen(session, "do_orm_execute", self._on_statement)
        event.listen(session, "before_commit", self._before_commit)
        event.listen(session, "after_commit", self._after_commit)
        event.listen(session, "after_rollback", self._after_rollback)

    @property
    def has_changed(self) -> bool:
        """Whether the transaction has changed a plan already, so that no picture from before shows it."""
        self._session.flush()
        return self._changed

    @property
    def count(self) -> int:
        """Counts what the transaction has done to plans so far: the same number means the same plan."""
        self._session.flush()
        return self.counted

    def _after_flush(self, session: Session, flush: UOWTransaction) -> None:
        del flush
        rows = (*session.new, *session.dirty, *session.deleted)
        if any(isinstance(row, PICTURED) for row in rows):
            self._changed = True
            self.counted += 1

    def _on_statement(self, statement: ORMExecuteState) -> None:
        if statement.is_insert or statement.is_update or statement.is_delete:
            mapper = statement.bind_mapper
            if mapper is not None and issubclass(mapper.class_, PICTURED):
                self._changed = True
                self.counted += 1

    def _before_commit(self, session: Session) -> None:
        session.flush()
        if not self._changed:
            return
        self._changed = False
        # Last in the transaction, so that writers of one workspace wait for each other as briefly as can be.
        self._revision = Strategies(session, self._workspace_id).count_change()

    def _after_rollback(self, session: Session) -> None:
        """What was taken back changed nothing; a dry run ends so, and commits what is left: nothing."""
        del session
        self._changed, self._revision = False, None
        self.counted += 1

    def _after_commit(self, session: Session) -> None:
        del session
        if self._revision is not None and self.when_counted is not None:
            self.when_counted(self._revision)
        self._revision = self.when_counted = None
