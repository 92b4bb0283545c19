"""Units of work: whole or not at all, one workspace each, and who waits for whom."""

import asyncio
import sqlite3
import threading
import time
from typing import Any

import pytest
from sqlalchemy import bindparam, delete, event, exists, update
from sqlalchemy.exc import ArgumentError, IntegrityError, OperationalError
from sqlalchemy.sql.elements import ClauseElement
from sqlmodel import Session, SQLModel, col, select

import storage.tables
from storage.database import BUSY_TIMEOUT_MS, Database, UnitOfWork, make_engine
from storage.rules.errors import Invalid, NotFound
from storage.tables import Absence, Kpi, Member, Reading, Setting, Team, TeamMember, Workspace
from tests import factories
from tests.clock import FrozenClock
from tests.conftest import UnitsOfWork
from tests.isolation import unkeyed
from tests.statements import sent_statements

OF_THE_INSTALLATION = {"workspace", "setting", "installation", "oauth_state"}
"""The tables whose rows belong to no workspace."""


def test_a_unit_of_work_that_ends_well_is_kept(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        factories.member(uow, name="Ana")
    with unit_of_work() as uow:
        assert _names(uow) == ["Ana"]


def test_a_unit_of_work_that_fails_leaves_nothing(unit_of_work: UnitsOfWork) -> None:
    def write_half() -> None:
        with unit_of_work() as uow:
            factories.team(uow)
            factories.member(uow, email="ana@example.com")
            factories.member(uow, email="ana@example.com")

    with pytest.raises(IntegrityError):
        write_half()

    with unit_of_work() as uow:
        assert _names(uow) == []
        assert uow.teams.list_all() == []


def test_a_reading_unit_of_work_sees_what_was_written(
    database: Database, workspace: int, clock: FrozenClock, unit_of_work: UnitsOfWork
) -> None:
    with unit_of_work() as uow:
        factories.member(uow, name="Ana")
    with database.unit_of_work(workspace, clock.now(), read=True) as uow:
        assert _names(uow) == ["Ana"]


async def test_work_runs_in_a_thread_as_one_transaction(
    database: Database, workspace: int, clock: FrozenClock
) -> None:
    def add(uow: UnitOfWork, name: str, *, zone: str) -> str:
        factories.member(uow, name=name, zone=zone)
        return threading.current_thread().name

    thread = await database.run(workspace, clock.now(), add, "Ana", zone="Europe/Madrid")

    assert thread.startswith("database")
    assert await database.read(workspace, clock.now(), _names) == ["Ana"]


async def test_work_that_fails_in_a_thread_raises_here_and_leaves_nothing(
    database: Database, workspace: int, clock: FrozenClock
) -> None:
    def fail(uow: UnitOfWork) -> None:
        factories.member(uow)
        raise Invalid("This does not fit.")

    with pytest.raises(Invalid, match=r"This does not fit\."):
        await database.run(workspace, clock.now(), fail)

    assert await database.read(workspace, clock.now(), _names) == []


async def test_no_more_work_runs_at_once_than_there_are_workers(database_url: str) -> None:
    database = Database(database_url, workers=2)
    running, most = 0, 0
    lock = threading.Lock()

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1

    await asyncio.gather(*(database.in_thread(work) for _ in range(8)))
    database.close()

    assert most == 2


async def test_workspaces_are_read_and_changed_in_one_transaction(
    database: Database, clock: FrozenClock
) -> None:
    await database.run_workspaces(
        lambda all_of_them: all_of_them.connect(
            team_id="T0009", enterprise_id="", name="Contoso", bot_user_id="U0BOT", now=clock.now()
        )
    )
    [found] = await database.run_workspaces(lambda all_of_them: all_of_them.list_connected())
    assert (found.slack_team_id, found.name) == ("T0009", "Contoso")


def test_a_reader_does_not_wait_for_a_writer(database: Database, workspace: int, clock: FrozenClock) -> None:
    with database.unit_of_work(workspace, clock.now()) as writer:
        factories.member(writer, name="Ana")
        began = time.monotonic()
        with database.unit_of_work(workspace, clock.now(), read=True) as reader:
            assert _names(reader) == []
        assert time.monotonic() - began < BUSY_TIMEOUT_MS / 1000 / 2


def test_a_second_writer_waits_for_the_first(sqlite_database: Database, clock: FrozenClock) -> None:
    workspace = factories.workspace(sqlite_database, clock.now())
    order: list[str] = []
    second_started = threading.Event()

    def write_second() -> None:
        second_started.set()
        with sqlite_database.unit_of_work(workspace, clock.now()) as uow:
            factories.member(uow)
            order.append("second has written")

    second = threading.Thread(target=write_second)
    with sqlite_database.unit_of_work(workspace, clock.now()) as uow:
        factories.member(uow)
        second.start()
        second_started.wait(5)
        time.sleep(0.1)
        order.append("first ends")
    second.join(5)

    assert order == ["first ends", "second has written"]


def test_a_writer_gives_up_while_a_person_still_waits(sqlite_database: Database, clock: FrozenClock) -> None:
    workspace = factories.workspace(sqlite_database, clock.now())
    with sqlite_database.unit_of_work(workspace, clock.now()) as first:
        factories.member(first)
        began = time.monotonic()
        with (
            pytest.raises(OperationalError, match="database is locked"),
            sqlite_database.unit_of_work(workspace, clock.now()) as second,
        ):
            factories.member(second)
    waited = time.monotonic() - began
    assert BUSY_TIMEOUT_MS / 1000 * 0.9 <= waited < 2.5  # Slack wants its answer within 3 s


def test_writers_of_one_process_wait_for_as_long_as_their_queue_moves(
    sqlite_database: Database, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Less than six writers of 0.1 s take together.
    monkeypatch.setattr("storage.database.BUSY_TIMEOUT_MS", 200)
    database = Database(str(sqlite_database.engine.url))
    workspace = factories.workspace(database, clock.now())
    refused: list[BaseException] = []

    def write() -> None:
        try:
            with database.unit_of_work(workspace, clock.now()) as uow:
                factories.member(uow)
                time.sleep(0.1)
        except OperationalError as error:
            refused.append(error)

    writers = [threading.Thread(target=write) for _ in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(10)
    with database.unit_of_work(workspace, clock.now(), read=True) as uow:
        written = len(_names(uow))
    database.close()

    assert (refused, written) == ([], 6)


async def test_writers_who_wait_leave_the_workers_to_readers(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    database = Database(str(sqlite_database.engine.url), workers=2)
    workspace = factories.workspace(database, clock.now())
    order: list[str] = []

    def write(uow: UnitOfWork) -> None:
        factories.member(uow)
        time.sleep(0.05)
        order.append("written")

    def read(uow: UnitOfWork) -> None:
        _names(uow)
        order.append("read")

    writes = [database.run(workspace, clock.now(), write) for _ in range(6)]
    await asyncio.gather(*writes, database.read(workspace, clock.now(), read))
    database.close()

    assert order.index("read") <= 1


def test_a_writer_begins_as_a_writer_and_a_reader_as_a_reader(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    workspace = factories.workspace(sqlite_database, clock.now())
    with sent_statements() as sent:
        with sqlite_database.unit_of_work(workspace, clock.now()) as uow:
            _names(uow)
        with sqlite_database.unit_of_work(workspace, clock.now(), read=True) as uow:
            _names(uow)

    assert [statement for statement in sent if "BEGIN" in statement] == ["BEGIN IMMEDIATE", "BEGIN"]


def test_sqlite_keeps_foreign_keys_and_a_write_ahead_log(sqlite_database: Database) -> None:
    with sqlite_database.engine.connect() as connection:
        pragmas = ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        values = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in pragmas]
    assert values == ["wal", 1, BUSY_TIMEOUT_MS, 1]


def test_a_database_url_without_a_driver_gets_ours(postgres_url: Any) -> None:
    url: str = postgres_url()
    for written in (url, url.replace("postgresql://", "postgres://"), url.replace("://", "+psycopg://")):
        engine = make_engine(written, 1)
        with engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
        assert engine.dialect.driver == "psycopg"
        engine.dispose()


def test_a_connection_that_the_server_closed_while_it_rested_is_replaced(postgres_url: Any) -> None:
    engine, other = make_engine(postgres_url(), 1, ping_after_s=0), make_engine(postgres_url(), 1)
    with engine.connect() as connection:
        first = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with other.connect() as connection:
        connection.exec_driver_sql(f"SELECT pg_terminate_backend({first})")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one() != first
    for each in (engine, other):
        each.dispose()


def test_a_database_url_that_nobody_understands_is_refused() -> None:
    with pytest.raises(ArgumentError):
        make_engine("hoshin.db", 1)


def test_every_table_but_those_of_the_installation_belongs_to_a_workspace() -> None:
    tables = SQLModel.metadata.tables.values()
    without = {table.name for table in tables if "workspace_id" not in table.c}
    assert without == OF_THE_INSTALLATION
    for table in tables:
        if table.name not in OF_THE_INSTALLATION:
            assert not table.c.workspace_id.nullable
            assert {key.target_fullname for key in table.c.workspace_id.foreign_keys} == {"workspace.id"}


def test_every_model_is_registered_by_the_package() -> None:
    assert {getattr(storage.tables, name).__tablename__ for name in storage.tables.__all__} == set(
        SQLModel.metadata.tables
    )


def test_a_row_of_another_workspace_does_not_exist(
    database: Database, unit_of_work: UnitsOfWork, clock: FrozenClock
) -> None:
    other = factories.workspace(database, clock.now(), team_id="T0002")
    with database.unit_of_work(other, clock.now()) as uow:
        theirs = factories.member(uow, email="ana@example.com", slack_user_id="U0ANA")
        their_team = factories.team(uow, name="Service")
    with unit_of_work() as uow:
        with pytest.raises(NotFound, match=r"This person is not known here\."):
            uow.members.get(theirs.id)
        with pytest.raises(NotFound, match=r"There is no such team\."):
            uow.teams.get(their_team.id)
        assert uow.members.find_by_slack_id("U0ANA") is None
        assert uow.members.find_by_email("ana@example.com") is None
        assert uow.teams.find_by_name("Service") is None


def test_two_workspaces_may_hold_the_same_names(
    database: Database, unit_of_work: UnitsOfWork, clock: FrozenClock
) -> None:
    other = factories.workspace(database, clock.now(), team_id="T0002")
    with database.unit_of_work(other, clock.now()) as uow:
        factories.key_result(uow, number=1)
        factories.message(uow, "prompt:1")
    with unit_of_work() as uow:
        factories.key_result(uow, number=1)
        factories.message(uow, "prompt:1")


STATEMENTS_WITHOUT_A_WORKSPACE: dict[str, ClauseElement] = {
    "a select": select(Member),
    "a select by what is only a number": select(Member).where(Member.id == 3),
    "a select of columns": select(Member.name).where(Member.email == "ana@example.com"),
    "a join": select(Team).join(TeamMember, col(TeamMember.team_id) == col(Team.id)),
    "a choice of workspaces": select(Member).where((Member.workspace_id == 1) | (Member.name == "Ana")),
    "any but one": select(Member).where(Member.workspace_id != 1),
    "an update": update(Member).where(col(Member.id) == 3).values(name="Ana"),
    "an update of many": update(Member).where(col(Member.id) == bindparam("row_id")).values(name="Ana"),
    "a delete": delete(Absence),
    "a subquery": select(Kpi).where(
        Kpi.workspace_id == 1, exists(select(Reading).where(col(Reading.value) > 3))
    ),
}

STATEMENTS_OF_ONE_WORKSPACE: dict[str, ClauseElement] = {
    "a select": select(Member).where(Member.workspace_id == 1),
    "a join": select(Team)
    .join(TeamMember, col(TeamMember.team_id) == col(Team.id))
    .where(Team.workspace_id == 1),
    "an update": update(Member).where(col(Member.workspace_id) == 1).values(name="Ana"),
    "a delete": delete(Absence).where(col(Absence.workspace_id) == 1, col(Absence.id) == 3),
    "the workspaces": select(Workspace),
    "a setting": select(Setting).where(Setting.key == "clock"),
}


@pytest.mark.parametrize("name", STATEMENTS_WITHOUT_A_WORKSPACE)
def test_the_watch_sees_a_statement_without_a_workspace(name: str) -> None:
    assert len(unkeyed(STATEMENTS_WITHOUT_A_WORKSPACE[name])) == 1


@pytest.mark.parametrize("name", STATEMENTS_OF_ONE_WORKSPACE)
def test_the_watch_lets_a_statement_of_one_workspace_pass(name: str) -> None:
    assert unkeyed(STATEMENTS_OF_ONE_WORKSPACE[name]) == []


def test_the_watch_lets_loads_and_changes_of_a_known_row_pass(unit_of_work: UnitsOfWork) -> None:
    passed: list[Any] = []

    def note(connection: Any, statement: Any, *rest: Any) -> None:
        del connection, rest
        passed.append((type(statement).__name__, unkeyed(statement)))

    with unit_of_work() as uow:
        member_id = factories.member(uow).id
    with unit_of_work() as uow:
        event.listen(uow.session.get_bind(), "before_execute", note)
        member = uow.members.get(member_id)
        member.name = "Ana"
        uow.session.flush()
        uow.session.delete(member)
        uow.session.flush()
        event.remove(uow.session.get_bind(), "before_execute", note)

    assert passed == [("Select", []), ("Update", []), ("Delete", [])]


def test_the_watch_stands_over_what_the_product_sends(
    unit_of_work: UnitsOfWork, statements_keep_to_their_workspace: list[str]
) -> None:
    with unit_of_work() as uow:
        uow.session.exec(select(Member)).all()  # a test may look at everything
        assert statements_keep_to_their_workspace == []
        _all_members_sent_by_product(uow.session)

    [violation] = statements_keep_to_their_workspace
    assert violation.startswith("SELECT member.id")
    statements_keep_to_their_workspace.clear()


def test_connections_are_closed_with_the_database(sqlite_databases: Any) -> None:
    url: str = sqlite_databases.migrated()
    database = Database(url)
    with database.session() as session:
        session.exec(select(Workspace)).all()
    database.close()
    with sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None) as alone:
        alone.execute("PRAGMA locking_mode = EXCLUSIVE")
        alone.execute("BEGIN EXCLUSIVE")
        alone.execute("COMMIT")
    alone.close()


def _all_members_sent_by_product(session: Session) -> None:
    source = "session.exec(statement).all()"
    file = storage.tables.__file__
    exec(compile(source, file, "exec"), {"session": session, "statement": select(Member)})  # noqa: S102 - ours


def _names(uow: UnitOfWork) -> list[str]:
    names = select(Member.name).where(Member.workspace_id == uow.workspace_id).order_by(col(Member.name))
    return list(uow.session.exec(names))


async def test_sqlite_is_told_how_much_is_in_its_tables(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    workspace_id = factories.workspace(sqlite_database, clock.now())
    with sqlite_database.unit_of_work(workspace_id, clock.now()) as uow:
        for name in ("Ana", "Ben"):
            factories.member(uow, name=name)
    await sqlite_database.renew_statistics()
    with sqlite_database.engine.connect() as connection:
        known = connection.exec_driver_sql("SELECT tbl FROM sqlite_stat1").scalars().all()
    assert "member" in known
