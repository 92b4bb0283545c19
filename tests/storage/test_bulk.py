"""Many new rows at once, on both databases."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col
from sqlmodel import select as select_rows

from storage.database import Database, UnitOfWork
from storage.repositories.bulk import columns_of, insert_with_ids, load_rows, take_ids
from storage.repositories.outbox import Letter
from storage.rules.terms import Source
from storage.tables import AuditEntry, Outbox, Reading, Step
from storage.tables.outbox import OutboxState
from tests import factories
from tests.clock import FrozenClock


def test_rows_come_back_as_they_were_given(database: Database, workspace: int, clock: FrozenClock) -> None:
    values = [Decimal("74.5"), Decimal(-3), Decimal("74.5"), Decimal("0.000001")]
    with database.unit_of_work(workspace, clock.now()) as uow:
        kpi = factories.kpi(uow)
        rows = [
            {"kpi_id": kpi.id, "key_result_id": None, "period_on": date(2026, month, 1), "value": value}
            for month, value in enumerate(values, start=1)
        ]
        same: dict[str, Any] = {
            "workspace_id": workspace,
            "source": Source.IMPORT,
            "recorded_at": clock.now(),
        }
        load_rows(uow.session.connection(), Reading, rows, **same)
    with database.unit_of_work(workspace, clock.now(), read=True) as uow:
        found = list(uow.bundles.list_readings())
    assert [one.value for one in found] == values
    assert [one.period_on.month for one in found] == [1, 2, 3, 4]
    assert {(one.source, one.recorded_at, one.key_result_id) for one in found} == {
        (Source.IMPORT, clock.now(), None)
    }


def test_mappings_and_any_text_survive(database: Database, workspace: int, clock: FrozenClock) -> None:
    said: list[dict[str, Any] | None] = [
        {"title": "tab\t, line\n, \\N and “ä”", "parts": [1, None]},
        None,
        {},
    ]
    with database.unit_of_work(workspace, clock.now()) as uow:
        uow.audit.record_all(
            [
                {
                    "at": clock.now(),
                    "member_id": None,
                    "action": "added",
                    "kind": "plan",
                    "item_id": number,
                    "after": fields,
                    "reason": "\\.\n\t\\",
                }
                for number, fields in enumerate(said)
            ]
        )
    with database.unit_of_work(workspace, clock.now(), read=True) as uow:
        entries = uow.bundles.list_changes()
    assert [entry.after for entry in entries] == said
    assert {(entry.reason, entry.reference) for entry in entries} == {("\\.\n\t\\", "")}


def test_ids_that_were_taken_are_nobody_else_s(
    database: Database, workspace: int, clock: FrozenClock
) -> None:
    with database.unit_of_work(workspace, clock.now()) as uow:
        first = factories.kpi(uow).id
        ids = take_ids(uow.session.connection(), Reading, 3)
        kpi = {"kpi_id": first, "key_result_id": None, "value": Decimal(1), "source": Source.API}
        same: dict[str, Any] = {**kpi, "workspace_id": workspace, "recorded_at": clock.now()}
        days: list[dict[str, Any]] = [{"period_on": date(2026, 1, day)} for day in (1, 2, 3)]
        load_rows(uow.session.connection(), Reading, days, ids=ids, **same)
        uow.session.add(Reading(period_on=date(2026, 1, 4), **same))
    with database.unit_of_work(workspace, clock.now(), read=True) as uow:
        found = _ids(uow)
    assert found[:3] == ids
    assert len(set(found)) == len(found) == 4


def test_rows_that_are_there_already_stay_and_have_no_id(
    database: Database, workspace: int, clock: FrozenClock
) -> None:
    with database.unit_of_work(workspace, clock.now()) as uow:
        letters = [_letter(uow, key, {"text": f"“{key}”\n\\"}) for key in "abc"]
        first = _put(uow, letters[1:2])
        later = _put(uow, [letter._replace(payload='{"text": "new"}') for letter in letters])
        rows = {row.id: row for row in uow.session.exec(select_rows(Outbox))}
    assert [row_id is None for row_id in later] == [False, True, False]
    assert [rows[row_id].key for row_id in (later[0], first[0], later[2]) if row_id] == ["a", "b", "c"]
    assert [row.payload["text"] for row in sorted(rows.values(), key=lambda row: row.key)] == [
        "new",
        "“b”\n\\",
        "new",
    ]


def test_what_breaks_another_rule_is_refused_as_everywhere(
    database: Database, workspace: int, clock: FrozenClock
) -> None:
    with pytest.raises(IntegrityError), database.unit_of_work(workspace, clock.now()) as uow:
        uow.outbox.put_many([_letter(uow, "a", {}), _letter(uow, "b", {})._replace(member_id=10**6)])
    with database.unit_of_work(workspace, clock.now(), read=True) as uow:
        assert uow.outbox.find("a") is None


def test_a_row_without_a_column_that_the_product_fills_is_refused(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    with sqlite_database.unit_of_work(1, clock.now()) as uow, pytest.raises(ValueError, match="is_archived"):
        load_rows(uow.session.connection(), Step, [{"title": "Train the team"}], workspace_id=1)


def test_no_rows_are_no_statement(sqlite_database: Database, clock: FrozenClock) -> None:
    with sqlite_database.unit_of_work(1, clock.now()) as uow:
        load_rows(uow.session.connection(), AuditEntry, [], workspace_id=1)
        assert uow.bundles.list_changes() == []


def _letter(uow: UnitOfWork, key: str, payload: dict[str, str]) -> Letter:
    return Letter(key, factories.member(uow).id, json.dumps(payload), uow.now, None, 40)


def _put(uow: UnitOfWork, letters: list[Letter]) -> list[int | None]:
    return insert_with_ids(
        uow.session.connection(),
        Outbox,
        columns_of(letters),
        unique=("key", "workspace_id"),
        written_out="payload",
        workspace_id=uow.workspace_id,
        state=OutboxState.PENDING,
        attempts=0,
    )


def _ids(uow: UnitOfWork) -> list[int]:
    rows = uow.session.execute(
        select(col(Reading.id)).where(col(Reading.workspace_id) == uow.workspace_id).order_by(col(Reading.id))
    )
    return list(rows.scalars())
