"""Many ids as one parameter of a statement."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlmodel import col

from storage.database import Database
from storage.repositories.among import among
from storage.tables import Member
from tests import factories

NOW = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)


def test_rows_are_found_by_many_ids_and_by_none(database: Database) -> None:
    workspace_id = factories.workspace(database, NOW)
    found = select(col(Member.name)).where(
        col(Member.workspace_id) == workspace_id,
        among(col(Member.id), "ids"),
        col(Member.is_deactivated).is_(False),
    )
    with database.unit_of_work(workspace_id, NOW) as uow:
        ids = [factories.member(uow, name=name).id for name in ("Ana", "Ben", "Carla")]
        assert set(uow.session.execute(found, {"ids": ids[:2]}).scalars()) == {"Ana", "Ben"}
        assert not uow.session.execute(found, {"ids": []}).scalars().all()


def test_an_index_answers_it_on_sqlite(sqlite_database: Database) -> None:
    found = select(col(Member.name)).where(among(col(Member.id), "ids"), col(Member.is_guest).is_(False))
    with sqlite_database.engine.connect() as connection:
        compiled = str(found.compile(connection))
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", ("[1, 2]",)).all()
    assert "SEARCH member USING INTEGER PRIMARY KEY" in str(plan)
