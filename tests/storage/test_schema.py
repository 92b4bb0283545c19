"""The schema comes into being, once, and equals the tables."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError, StatementError
from sqlmodel import col, select

from storage import schema
from storage.database import Database, UnitOfWork
from storage.migrations.autogenerate import METADATA
from storage.rules.terms import AbsenceSource, DigestRhythm, Direction, Kind, Status
from storage.tables import KeyResult, Outbox, Workspace
from storage.tables.outbox import OutboxState
from tests import factories
from tests.conftest import UnitsOfWork
from tests.databases import Databases
from tests.forking import forking
from tests.storage import replica


@pytest.fixture
def empty_url(databases: Databases) -> Iterator[str]:
    url = databases.empty()
    yield url
    databases.discard(url)


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    database = Database(empty_url)
    yield database
    database.close()


def test_an_empty_database_is_brought_to_the_current_schema(empty: Database) -> None:
    assert schema.current(empty.engine) is None
    assert not schema.is_current(empty.engine)

    schema.upgrade(empty.engine)

    assert schema.current(empty.engine) == schema.head()
    assert schema.is_current(empty.engine)
    assert set(inspect(empty.engine).get_table_names()) == {*METADATA.tables, "alembic_version"}


def test_the_steps_together_equal_the_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_the_comparison_would_see_a_changed_type(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        changed = METADATA.tables["member"].c.locale.type
        changed.impl.length = 21  # type: ignore[attr-defined] # the text type below SQLModel's
        try:
            [[(operation, *_)]] = compare_metadata(context, METADATA)
        finally:
            changed.impl.length = 20  # type: ignore[attr-defined] # as above
    assert operation == "modify_type"


def test_the_steps_are_the_ones_that_alembic_finds() -> None:
    script = ScriptDirectory.from_config(schema.configure())
    assert [step.revision for step in script.walk_revisions()][::-1] == list(schema.list_steps())
    assert script.get_current_head() == schema.head()


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    with database.session() as session:
        session.add(Workspace(name="Northwind Service"))

    schema.upgrade(database.engine)

    with database.session() as session:
        assert session.exec(select(col(Workspace.name))).all() == ["Northwind Service"]


def test_replicas_that_start_together_upgrade_once(empty_url: str) -> None:
    together = forking().Barrier(2)
    replicas = [forking().Process(target=replica.upgrade, args=(empty_url, together)) for _ in range(2)]
    for one in replicas:
        one.start()
    for one in replicas:
        one.join(60)

    assert [one.exitcode for one in replicas] == [0, 0]
    database = Database(empty_url)
    assert schema.current(database.engine) == schema.head()
    database.close()


def test_a_database_of_a_newer_program_is_refused_unchanged(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(schema.SchemaIsNewer, match=r"schema 9999.*Install the version that upgraded it"):
        schema.upgrade(database.engine)

    assert schema.current(database.engine) == "9999"
    assert not schema.is_current(database.engine)


def test_an_upgrade_that_fails_leaves_nothing_behind(empty: Database) -> None:
    with empty.engine.begin() as connection:
        connection.execute(text("CREATE TABLE reading (id INTEGER)"))  # stands in the way of the step

    with pytest.raises(DBAPIError, match="already exists"):
        schema.upgrade(empty.engine)

    assert inspect(empty.engine).get_table_names() == ["reading"]


@pytest.mark.parametrize(
    "instant",
    [
        datetime(2026, 2, 9, 8, 0, tzinfo=UTC),
        datetime(2026, 2, 9, 9, 0, 0, 123456, tzinfo=timezone(timedelta(hours=1))),
        datetime(2026, 11, 1, 1, 30, tzinfo=timezone(timedelta(hours=-4))),
    ],
)
def test_an_instant_comes_back_as_itself_in_utc(unit_of_work: UnitsOfWork, instant: datetime) -> None:
    with unit_of_work() as uow:
        factories.message(uow, "prompt:1", due_at=instant)
    with unit_of_work() as uow:
        [found] = _stored(uow, Outbox.due_at)
    assert found == instant
    assert found.tzinfo is UTC


def test_an_instant_without_a_zone_is_refused(unit_of_work: UnitsOfWork) -> None:
    naive = datetime(2026, 2, 9, 8, 0)  # noqa: DTZ001 - the fault under test
    with pytest.raises(StatementError, match="an instant needs a zone"), unit_of_work() as uow:
        factories.member(uow, linked_at=naive)


def test_instants_sort_and_compare_across_zones(unit_of_work: UnitsOfWork) -> None:
    early = datetime(2026, 2, 9, 8, 59, tzinfo=timezone(timedelta(hours=1)))  # 07:59 UTC
    late = datetime(2026, 2, 9, 8, 0, tzinfo=UTC)
    with unit_of_work() as uow:
        factories.message(uow, "late", due_at=late)
        factories.message(uow, "early", due_at=early)
    with unit_of_work() as uow:
        ordered = select(Outbox.key).order_by(col(Outbox.due_at))
        assert uow.session.exec(ordered).all() == ["early", "late"]
        assert uow.session.exec(ordered.where(Outbox.due_at < late)).all() == ["early"]


@pytest.mark.parametrize(
    ("figure", "plain"),
    [
        ("0.1", "0.1"),
        ("74.000000", "74"),
        ("-0.000001", "-0.000001"),
        ("123456789012345678.123456", "123456789012345678.123456"),
        ("1E+3", "1000"),
        ("0", "0"),
    ],
)
def test_a_figure_comes_back_exact_and_plain(unit_of_work: UnitsOfWork, figure: str, plain: str) -> None:
    with unit_of_work() as uow:
        factories.key_result(uow, target=Decimal(figure))
    with unit_of_work() as uow:
        assert [str(found) for found in _stored(uow, KeyResult.target)] == [plain]


def test_an_enum_is_stored_as_the_word_that_people_read(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        factories.key_result(uow, direction=Direction.MAINTAIN)
        row = factories.message(uow)
        row.state = OutboxState.UNCONFIRMED
    with unit_of_work() as uow:
        stored = uow.session.connection().exec_driver_sql(
            "SELECT key_result.direction, outbox.state FROM key_result, outbox"
        )
        assert stored.all() == [("maintain", "unconfirmed")]
        assert _stored(uow, KeyResult.direction) == [Direction.MAINTAIN]
        assert _stored(uow, Outbox.state) == [OutboxState.UNCONFIRMED]


def test_dates_and_json_come_back_as_they_were(unit_of_work: UnitsOfWork) -> None:
    payload = {"text": "74 % → 78 %", "blocks": [{"type": "divider"}]}
    with unit_of_work() as uow:
        factories.message(uow, payload=payload)
        factories.key_result(uow, due_on=date(2028, 2, 29))
    with unit_of_work() as uow:
        assert _stored(uow, Outbox.payload) == [payload]
        assert _stored(uow, KeyResult.due_on) == [date(2028, 2, 29)]


def _stored(uow: UnitOfWork, column: Any) -> list[Any]:
    return list(uow.session.exec(select(column)))


def test_a_filled_database_of_the_version_before_is_upgraded_with_its_rows(empty: Database) -> None:
    """The step to 0003 makes tables anew on SQLite: their rows and what points at them stay."""
    with empty.engine.begin() as connection:
        command.upgrade(schema.configure(connection), "0002")
        for statement in FILLED.strip().split(";\n"):
            connection.execute(text(statement))

    schema.upgrade(empty.engine)

    with empty.unit_of_work(1, datetime(2026, 2, 9, tzinfo=UTC)) as uow:
        schedule, window = uow.schedules.find(1), uow.checkins.find_window(1, date(2026, 2, 9))
        assert schedule is not None
        assert schedule.rules == ""
        assert window is not None
        [(prompt, member)] = uow.checkins.list_prompts(window.id)
        assert (prompt.delegate_id, member.zone_is_own, member.wants_messages) == (None, False, True)
        [absence] = uow.members.list_absences(1, date(2026, 2, 9))
        assert absence.source is AbsenceSource.PLAN
        assert uow.workspace.work_days == "01234"


def test_who_follows_something_already_has_a_turn_after_the_upgrade(empty: Database) -> None:
    with empty.engine.begin() as connection:
        command.upgrade(schema.configure(connection), "0006")
        for statement in FILLED.strip().split(";\n")[:2]:
            connection.execute(text(statement))
        connection.execute(
            text("INSERT INTO follow (workspace_id, member_id, kind, item_id) VALUES (1, 1, 'objective', 3)")
        )

    schema.upgrade(empty.engine)

    now = datetime.now(UTC)
    with empty.unit_of_work(1, now) as uow:
        turn = uow.digests.find_turn(1)
        assert turn is not None
        assert turn.next_due_at <= now
        assert uow.digests.list_followed(1) == {("objective", 3)}
        assert uow.members.get(1).digest is DigestRhythm.WEEKLY


def test_silence_of_what_was_there_before_counts_from_its_first_day(empty: Database) -> None:
    with empty.engine.begin() as connection:
        command.upgrade(schema.configure(connection), "0013")
        for statement in SILENT.strip().split(";\n"):
            connection.execute(text(statement))

    schema.upgrade(empty.engine)

    with empty.unit_of_work(1, datetime(2026, 2, 9, tzinfo=UTC)) as uow:
        picture = uow.picture()
        for ref in ((Kind.KEY_RESULT, 1), (Kind.KPI, 1)):
            assert picture.graph.nodes[ref].active_on is None
            assert picture.standings[ref].status is Status.STALE


SILENT = """
INSERT INTO workspace (id, enterprise_id, name, zone, locale, checkin_opens_weekday, checkin_closes_weekday,
 checkin_closes_hour, reminder_percent) VALUES (1, '', 'Northwind', 'UTC', 'en-US', 0, 2, 17, 80);
INSERT INTO plan (id, workspace_id, title, vision, "values", starts_on, ends_on, zone, state)
 VALUES (1, 1, 'Northwind 2026', '', '', '2026-01-01', '2026-12-31', 'UTC', 'active');
INSERT INTO objective (id, workspace_id, plan_id, number, title, state, commitment, starts_on, ends_on)
 VALUES (1, 1, 1, 1, 'Answer right', 'active', 'aspirational', '2026-01-01', '2026-03-31');
INSERT INTO key_result (id, workspace_id, plan_id, number, title, state, objective_id, unit, direction,
 baseline, target, weight, due_on)
 VALUES (1, 1, 1, 1, 'Resolution', 'active', 1, '%', 'increase', 70, 80, 1, '2026-03-31');
INSERT INTO kpi (id, workspace_id, plan_id, number, title, state, unit, direction, frequency, data_source,
 "leading") VALUES (1, 1, 1, 1, 'NPS', 'active', 'points', 'increase', 'weekly', '', 'lagging')
"""


FILLED = """
INSERT INTO workspace (id, enterprise_id, name, zone, locale, checkin_opens_weekday, checkin_closes_weekday,
 checkin_closes_hour, reminder_percent) VALUES (1, '', 'Northwind', 'UTC', 'en-US', 0, 2, 17, 80);
INSERT INTO member (id, workspace_id, name, zone, locale, work_days, start_hour, is_guest, is_deactivated)
 VALUES (1, 1, 'Ana', 'UTC', 'en-US', '01234', 9, false, false);
INSERT INTO absence (id, workspace_id, member_id, from_on, until_on)
 VALUES (1, 1, 1, '2026-03-02', '2026-03-06');
INSERT INTO team (id, workspace_id, name) VALUES (1, 1, 'Customer Service');
INSERT INTO schedule (id, workspace_id, member_id, week_on, next_due_at, zone, work_days, start_hour)
 VALUES (1, 1, 1, '2026-02-16', '2026-02-16 09:00:00', 'UTC', '01234', 9);
INSERT INTO checkin_window (id, workspace_id, team_id, week_on, opens_at, closes_at, summary_waits)
 VALUES (1, 1, 1, '2026-02-09', '2026-02-09 09:00:00', '2026-02-11 17:00:00', false);
INSERT INTO checkin_prompt (id, workspace_id, window_id, member_id, local_on, opens_at, closes_at,
 reminder_at,
 snoozes, state, reason, is_late, is_unchanged)
 VALUES (1, 1, 1, 1, '2026-02-09', '2026-02-09 09:00:00',
 '2026-02-11 17:00:00', '2026-02-11 12:00:00', 0, 'asked', '', false, false)
"""
