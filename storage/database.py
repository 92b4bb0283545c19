"""The engine, and the one way to work with it: a whole unit of work as one function.

A unit of work is synchronous and runs in a bounded pool of threads, so no transaction ever spans an await
and one code path serves both databases (docs/decisions/0003-sync-units-of-work.md).
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, partial
from typing import Any, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, create_engine

from storage.pictures import ChangeCounter, Pictures
from storage.repositories.api_keys import ApiKeys
from storage.repositories.audiences import Audiences
from storage.repositories.audit import Audit
from storage.repositories.bundles import Bundles
from storage.repositories.catchball_items import BallItems
from storage.repositories.catchball_lists import BallLists
from storage.repositories.catchballs import Catchballs
from storage.repositories.checkins import Checkins
from storage.repositories.chores import Chores
from storage.repositories.digests import Digests
from storage.repositories.due_parts import DueParts
from storage.repositories.erasures import Erasures
from storage.repositories.escalations import Escalations
from storage.repositories.events import Events
from storage.repositories.homes import Homes
from storage.repositories.kaizen import Ideas
from storage.repositories.kaizen_drafts import IdeaDrafts
from storage.repositories.kaizen_events import KaizenEvents
from storage.repositories.kaizen_results import IdeaResults
from storage.repositories.kaizen_search import SimilarIdeas
from storage.repositories.kaizen_votes import IdeaVotes
from storage.repositories.kpis import Kpis
from storage.repositories.looks import Look, look_at_all
from storage.repositories.marks import Marks
from storage.repositories.members import Members
from storage.repositories.okrs import Okrs
from storage.repositories.outbox import OutboxRows
from storage.repositories.parts import Parts
from storage.repositories.plans import Plans
from storage.repositories.readings import Readings
from storage.repositories.remarks import Remarks
from storage.repositories.reports import Reports
from storage.repositories.roles import Roles
from storage.repositories.rounds import Rounds
from storage.repositories.schedules import Schedules
from storage.repositories.settings import WorkspaceSettings
from storage.repositories.standing import Standings
from storage.repositories.strategies import Strategies, Strategy
from storage.repositories.team_questions import TeamQuestions
from storage.repositories.teams import Teams
from storage.repositories.workspaces import Workspaces
from storage.rules import access
from storage.rules.access import Viewer
from storage.rules.errors import Invalid
from storage.rules.graph import Node, PlanLine, TeamLine
from storage.rules.hierarchy import Ref
from storage.rules.terms import PlanState
from storage.tables.workspace import Workspace
from storage.turns import QueuedSession, Turns

P = ParamSpec("P")
T = TypeVar("T")

WORKERS = 8
WAL_PATIENCE_S = 10.0
PING_AFTER_S = 1.0
"""A connection that rested so long is asked whether it still stands; a busy one is spared the round trip."""
BUSY_TIMEOUT_MS = 1500
"""How long a writer waits for SQLite's lock; a handler must still answer within Slack's 3 s."""

ROWS_ANALYZED = 1000
"""Of each index: enough to tell a good one from a bad one, and quick however large the table is."""


class UnitOfWork:
    """One transaction of one workspace, with the repositories hanging on it.

    The workspace is bound here and nowhere else: no repository takes it as an argument, so no query can
    forget it. `now` is the instant of the work, in UTC.
    """

    def __init__(
        self,
        session: Session,
        workspace_id: int,
        now: datetime,
        *,
        pictures: Pictures,
        changes: ChangeCounter | None = None,
    ) -> None:
        self.session = session
        self.workspace_id = workspace_id
        self.now = now
        self._pictures = pictures
        self._changes = changes
        self._carried: _Carried | None = None
        self._looked_at: dict[int | None, Strategy] = {}
        self.narrowed: set[Ref] = set()
        """Items that fewer may see after this work, perhaps."""

    def picture(self, plan_id: int | None = None) -> Strategy:
        """A whole plan and how it stands, every item of it: what a person may see, `access.see` says.

        Args:
            plan_id: without it the active plan.

        Raises:
            NotFound: there is no such plan.
        """
        if self._changes is not None and self._changes.has_changed:
            carried = self._carried
            if carried is not None and carried.shows(plan_id, self._changes.count):
                return carried.now
            return self.strategies.read(self.strategies.get_plan(plan_id), self.now)
        if self._changes is not None:
            return self._pictures.look(self.strategies, plan_id, self.now, self.strategies.revision())
        if plan_id not in self._looked_at:
            self._looked_at[plan_id] = self._pictures.look(self.strategies, plan_id, self.now, self._revision)
        return self._looked_at[plan_id]

    @cached_property
    def _revision(self) -> int:
        """The plans' revision, read once by work that writes nothing."""
        return self.strategies.revision()

    def _read_teams(self) -> Mapping[int, TeamLine]:
        return self.kept("teams", self.strategies.read_teams)

    def kept(self, what: str, read: Callable[[], T]) -> T:
        """What follows from the workspace's people and teams alone, by a name of its own: from memory while
        nothing of the plan, its people and its teams has changed, else as `read` gives it."""
        if self._changes is not None and self._changes.has_changed:
            return read()
        revision = self._revision if self._changes is None else self.strategies.revision()
        return self._pictures.look_at(self.workspace_id, what, revision, read)

    def foresee(self, before: Strategy, after: Strategy) -> None:
        """Says what the active plan's picture is once this transaction is committed, so that the next look
        need not read it anew.

        Args:
            before: the picture that this unit of work was given.
            after: the same with everything that this transaction changes of it.
        """
        if self._changes is not None:
            self._changes.when_counted = lambda revision: self._pictures.follow(
                self.workspace_id, revision, before, after
            )

    def carry(self, before: Strategy, after: Strategy) -> None:
        """Says what a plan looks like after what this transaction has just changed of it, so that its next
        look need not read it anew; anything else that changes a plan makes it void.

        Args:
            before: the picture that this unit of work gave just before the change, with all changes of this
                workspace's plans locked.
        """
        if self._changes is None or after.graph.plan.state is not PlanState.ACTIVE:
            return
        earlier, count = self._carried, self._changes.count
        first = earlier.first if earlier is not None and earlier.now is before else before
        self._carried = _Carried(first, after, count)
        self._changes.when_counted = partial(self._follow, self._carried)

    def _follow(self, carried: "_Carried", revision: int) -> None:
        if self._changes is not None and self._changes.counted == carried.changes:
            self._pictures.follow(self.workspace_id, revision, carried.first, carried.now)

    def seen_by(self, viewers: Sequence[Viewer]) -> Mapping[Ref, Node]:
        """The items of the active plan that every one of these may see; none where there is no plan."""
        plan = self.strategies.find_plan()
        return {} if plan is None else access.see_together(self.picture().graph, viewers).nodes

    def picture_of_day(self, on: date) -> Strategy:
        """The plan that a day lies in, as it was at the end of that day; read anew each time.

        Raises:
            NotFound: there is no plan.
            Invalid: the day lies ahead (field "on").
        """
        plan = self.strategies.find_plan_of(on) or self.strategies.get_plan()
        today = self.now.astimezone(ZoneInfo(plan.zone)).date()
        if on > today:
            raise Invalid(f"{on} lies ahead, and the record ends today, on {today}.", field="on")
        return self.strategies.read_as_of(plan, on)

    def look_back(self, plan: PlanLine, on: date) -> Strategy:
        """A plan as it was at the end of a day before today; kept in memory, since many digests compare the
        same two days."""
        return self._pictures.look_back(self.strategies, plan, on)

    @cached_property
    def strategies(self) -> Strategies:
        return Strategies(self.session, self.workspace_id)

    @cached_property
    def audiences(self) -> Audiences:
        return Audiences(self.session, self.workspace_id)

    @cached_property
    def erasures(self) -> Erasures:
        return Erasures(self.session, self.workspace_id)

    @cached_property
    def roles(self) -> Roles:
        return Roles(self.session, self.workspace_id, self._read_teams, remembers=self._changes is None)

    @cached_property
    def members(self) -> Members:
        return Members(self.session, self.workspace_id, remembers=self._changes is None)

    @cached_property
    def teams(self) -> Teams:
        return Teams(self.session, self.workspace_id)

    @cached_property
    def plans(self) -> Plans:
        return Plans(self.session, self.workspace_id)

    @cached_property
    def parts(self) -> Parts:
        return Parts(self.session, self.workspace_id)

    @cached_property
    def marks(self) -> Marks:
        return Marks(self.session, self.workspace_id)

    @cached_property
    def settings(self) -> WorkspaceSettings:
        return WorkspaceSettings(self.session, self.workspace_id)

    @cached_property
    def okrs(self) -> Okrs:
        return Okrs(self.session, self.workspace_id)

    @cached_property
    def kpis(self) -> Kpis:
        return Kpis(self.session, self.workspace_id)

    @cached_property
    def readings(self) -> Readings:
        return Readings(self.session, self.workspace_id)

    @cached_property
    def api_keys(self) -> ApiKeys:
        return ApiKeys(self.session, self.workspace_id)

    @cached_property
    def reports(self) -> Reports:
        return Reports(self.session, self.workspace_id)

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace itself, for its settings; read once a unit of work."""
        return self.settings.get()

    @cached_property
    def ideas(self) -> Ideas:
        return Ideas(self.session, self.workspace_id)

    @cached_property
    def idea_votes(self) -> IdeaVotes:
        return IdeaVotes(self.session, self.workspace_id)

    @cached_property
    def idea_drafts(self) -> IdeaDrafts:
        return IdeaDrafts(self.session, self.workspace_id)

    @cached_property
    def idea_results(self) -> IdeaResults:
        return IdeaResults(self.session, self.workspace_id)

    @cached_property
    def kaizen_events(self) -> KaizenEvents:
        return KaizenEvents(self.session, self.workspace_id)

    @cached_property
    def similar_ideas(self) -> SimilarIdeas:
        return SimilarIdeas(self.session, self.workspace_id)

    @cached_property
    def homes(self) -> Homes:
        return Homes(self.session, self.workspace_id)

    @cached_property
    def catchballs(self) -> Catchballs:
        return Catchballs(self.session, self.workspace_id)

    @cached_property
    def ball_items(self) -> BallItems:
        return BallItems(self.session, self.workspace_id)

    @cached_property
    def ball_lists(self) -> BallLists:
        return BallLists(self.session, self.workspace_id)

    @cached_property
    def remarks(self) -> Remarks:
        return Remarks(self.session, self.workspace_id)

    @cached_property
    def checkins(self) -> Checkins:
        return Checkins(self.session, self.workspace_id, remembers=self._changes is None)

    @cached_property
    def escalations(self) -> Escalations:
        return Escalations(self.session, self.workspace_id)

    @cached_property
    def team_questions(self) -> TeamQuestions:
        return TeamQuestions(self.session, self.workspace_id)

    @cached_property
    def due_parts(self) -> DueParts:
        return DueParts(self.session, self.workspace_id)

    @cached_property
    def digests(self) -> Digests:
        return Digests(self.session, self.workspace_id)

    @cached_property
    def chores(self) -> Chores:
        return Chores(self.session, self.workspace_id)

    @cached_property
    def standings(self) -> Standings:
        return Standings(self.session, self.workspace_id)

    @cached_property
    def rounds(self) -> Rounds:
        return Rounds(self.session, self.workspace_id)

    @cached_property
    def schedules(self) -> Schedules:
        return Schedules(self.session, self.workspace_id, remembers=self._changes is None)

    @cached_property
    def bundles(self) -> Bundles:
        return Bundles(self.session, self.workspace_id)

    @cached_property
    def outbox(self) -> OutboxRows:
        return OutboxRows(self.session, self.workspace_id)

    @cached_property
    def events(self) -> Events:
        return Events(self.session, self.workspace_id)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self.session, self.workspace_id)


@dataclass(frozen=True, slots=True)
class _Carried:
    """The active plan as it was before a transaction changed it, as it is since, and the count of changes."""

    first: Strategy
    now: Strategy
    changes: int

    def shows(self, plan_id: int | None, changes: int) -> bool:
        return self.changes == changes and plan_id in {None, self.now.graph.plan.id}


class Database:
    """An engine with its pool of threads.

    Args:
        url: `sqlite:///file` or `postgresql://…` (`postgres://` is understood too).
        workers: threads, and connections, at most.
    """

    def __init__(self, url: str, *, workers: int = WORKERS) -> None:
        self.engine = make_engine(url, workers)
        self._pictures = Pictures()
        # Options on the engine reach the "begin" event below, where SQLite learns what the work intends.
        self._reading = self.engine.execution_options(hoshin_read=True)
        self._autocommitting = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix="database")
        self._turns = Turns(BUSY_TIMEOUT_MS / 1000) if self.takes_one_writer else None
        # Where one writes at a time, those who wait for it need no thread each: these are left to readers.
        self._writing = (
            ThreadPoolExecutor(1, thread_name_prefix="database-writer")
            if self.takes_one_writer
            else self._executor
        )

    @property
    def takes_one_writer(self) -> bool:
        """Whether all writers wait for each other, as on SQLite."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def session(self, *, read: bool = False, one_statement: bool = False) -> Iterator[Session]:
        """A transaction that belongs to no workspace: commits at the end, rolls back on any error.

        Work that is only `one_statement` is whole without BEGIN and COMMIT; on PostgreSQL each of them costs
        a round trip. On SQLite those who write come one after the other, in the order in which they asked.

        Raises:
            sqlalchemy.exc.OperationalError: someone else has SQLite's lock for too long.
        """
        engine: Engine = self._reading if read else self.engine
        # On SQLite a transaction costs no round trip, and BEGIN IMMEDIATE is what waits for others.
        if one_statement and not self.takes_one_writer:
            engine = self._autocommitting
        with self._open(engine, read=read) as session:
            yield session
            session.commit()

    @contextmanager
    def unit_of_work(self, workspace_id: int, now: datetime, *, read: bool = False) -> Iterator[UnitOfWork]:
        """One transaction of one workspace: commits at the end, rolls back on any error."""
        with self.session(read=read) as session:
            yield self.work_in(session, workspace_id, now, read=read)

    def work_in(
        self, session: Session, workspace_id: int, now: datetime, *, read: bool = False
    ) -> UnitOfWork:
        """A unit of work within a transaction that is open already; at most one in each."""
        changes = None if read else ChangeCounter(session, workspace_id)
        return UnitOfWork(session, workspace_id, now, pictures=self._pictures, changes=changes)

    @contextmanager
    def workspaces(self, *, read: bool = False) -> Iterator[Workspaces]:
        """One transaction on the list of workspaces and the installation's settings."""
        with self.session(read=read) as session:
            yield Workspaces(session)

    async def run(
        self,
        workspace_id: int,
        now: datetime,
        work: Callable[Concatenate[UnitOfWork, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Runs `work(uow, *args, **kwargs)` as one writing transaction in a thread."""
        filled_in = _filled_in(work, args, kwargs)
        return await self._in_thread(self._work, False, workspace_id, now, filled_in, executor=self._writing)

    async def read(
        self,
        workspace_id: int,
        now: datetime,
        work: Callable[Concatenate[UnitOfWork, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """As `run`, for work that writes nothing: on SQLite it never waits for a writer."""
        return await self._in_thread(self._work, True, workspace_id, now, _filled_in(work, args, kwargs))

    async def run_workspaces(self, work: Callable[[Workspaces], T]) -> T:
        """Runs `work(workspaces)` as one transaction in a thread."""
        return await self._in_thread(self._workspaces_work, False, work, executor=self._writing)

    async def read_workspaces(self, work: Callable[[Workspaces], T]) -> T:
        """As `run_workspaces`, for work that writes nothing."""
        return await self._in_thread(self._workspaces_work, True, work)

    async def look_at_all(self) -> list[Look]:
        """What is next due in every connected workspace."""
        return await self._in_thread(self._look_at_all)

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Runs any blocking function in the same bounded pool."""
        return await self._in_thread(work)

    async def renew_statistics(self) -> None:
        """Tells SQLite's planner how much is in the tables; without that it takes all indexes for equally
        good. PostgreSQL sees to it by itself."""
        if self.takes_one_writer:
            await self._in_thread(self._analyze, executor=self._writing)

    def close(self) -> None:
        """Waits for running work, then closes all connections."""
        self._writing.shutdown(wait=True)
        self._executor.shutdown(wait=True)
        self.engine.dispose()

    def _analyze(self) -> None:
        with self.session() as session:
            session.connection().exec_driver_sql(f"PRAGMA analysis_limit = {ROWS_ANALYZED}")
            session.connection().exec_driver_sql("ANALYZE")

    def _open(self, engine: Engine, *, read: bool) -> Session:
        if read or self._turns is None:
            return Session(engine, expire_on_commit=False)
        return QueuedSession(engine, self._turns)

    def _work(self, read: bool, workspace_id: int, now: datetime, work: Callable[[UnitOfWork], T]) -> T:
        with self.unit_of_work(workspace_id, now, read=read) as uow:
            return work(uow)

    def _look_at_all(self) -> list[Look]:
        with self.session(read=True, one_statement=True) as session:
            return look_at_all(session)

    def _workspaces_work(self, read: bool, work: Callable[[Workspaces], T]) -> T:
        with self.workspaces(read=read) as workspaces:
            return work(workspaces)

    async def _in_thread(
        self, function: Callable[..., T], *args: Any, executor: ThreadPoolExecutor | None = None
    ) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(executor or self._executor, partial(function, *args))


def _filled_in(
    work: Callable[Concatenate[UnitOfWork, P], T], args: Any, kwargs: Any
) -> Callable[[UnitOfWork], T]:
    """`work` with everything but the unit of work filled in."""
    return lambda uow: work(uow, *args, **kwargs)


def make_engine(url: str, workers: int, *, ping_after_s: float = PING_AFTER_S) -> Engine:
    """An engine set up for what Hoshin relies on (WAL, foreign keys, immediate writers on SQLite).

    Raises:
        sqlalchemy.exc.ArgumentError: the URL cannot be read.
    """
    parsed = make_url(url)
    if parsed.drivername in {"postgres", "postgresql"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    engine = create_engine(
        parsed,
        pool_size=workers,
        max_overflow=2,
        # The one that came back last goes first: the others may rest, and the busy one need not be pinged.
        pool_use_lifo=True,
        # An error's text must not quote what people wrote.
        hide_parameters=True,
    )
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        _ping_rested(engine, ping_after_s)
    return engine


def _ping_rested(engine: Engine, ping_after_s: float) -> None:
    """Replaces connections that the server has closed while they rested."""

    def note(connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        del connection
        record.info["rests_since"] = time.monotonic()

    def ping(connection: DBAPIConnection, record: ConnectionPoolEntry, proxy: object) -> None:
        del proxy
        since = record.info.get("rests_since")
        if since is None or time.monotonic() - since < ping_after_s:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error  # the pool then tries another one

    event.listen(engine, "checkin", note)
    event.listen(engine, "checkout", ping)


def _prepare_sqlite(connection: sqlite3.Connection, record: object) -> None:
    del record
    # The driver's own BEGIN would come too late and be deferred: we send ours.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    _use_wal(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _use_wal(connection: sqlite3.Connection) -> None:
    """Two processes that open a fresh file together: one switches it, and the other is refused at once,
    because SQLite does not wait for that as it waits for writers."""
    until = time.monotonic() + WAL_PATIENCE_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    # A deferred writer that finds another one fails at once instead of waiting: writers begin as writers.
    reading = connection.get_execution_options().get("hoshin_read", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
