"""A plan file of 10,000 rows into an empty record, beside parsing the same file and bare inserts.

The floor parses with the library that anyone would take and writes the same rows, the trail included, with
one Core statement a table: no checks, no references to resolve, no report of what changed.
"""

import gc
import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import yaml
from openpyxl import load_workbook
from sqlalchemy import Table, insert, select
from sqlmodel import SQLModel

from storage.bundle import Content, load, read_plan_file, write_plan_file
from storage.database import Database
from storage.repositories.plans import Record
from storage.tables import Workspace
from tests.benchmarks.outboxes import all_databases
from tests.benchmarks.table import Line, ratio_line
from tests.databases import Databases

ROWS = 10_000
SMALL_ROWS = 1_000
REPEATS = 5
SMALL_REPEATS = 2
ENDINGS = ("yaml", "xlsx", "json")
AT_LEAST = 0.5
"""Half the floor's rate: at most twice its time."""

Rows = dict[str, list[dict[str, Any]]]


def measure(*, small: bool = False) -> Iterator[Line]:
    """Lines of the table, one for each database and way of writing."""
    content = make_plan(SMALL_ROWS if small else ROWS)
    repeats = SMALL_REPEATS if small else REPEATS
    with all_databases() as kinds:
        for kind, databases in kinds.items():
            for ending in ENDINGS:
                data = write_plan_file(content, f"plan.{ending}")
                rows, count = _reference(databases, data, ending)
                product, floor = [], []
                for _ in range(repeats):
                    floor.append(count / _timed(databases, _Floor(data, ending, rows)))
                    product.append(count / _timed(databases, _Product(data, ending)))
                yield ratio_line(
                    f"import of {count:,} rows, {kind}, {ending}",
                    product,
                    floor,
                    unit="/s",
                    form=",.0f",
                    at_least=AT_LEAST,
                )


def make_plan(rows: int) -> Content:
    """A company's plan of so many rows: a fifth items, most of the rest their readings."""
    key_results = rows // 5
    people = [f"person{number}@example.com" for number in range(max(rows // 100, 4))]
    teams = [f"Team {number}" for number in range(max(rows // 200, 2))]

    def whose(number: int) -> str:
        return people[number % len(people)]

    def item(kind: str, number: int, **more: Any) -> dict[str, Any]:
        return {
            "ref": f"{kind}-{number}",
            "title": f"What matters, {kind} {number}",
            "owner": whose(number),
            **more,
        }

    objectives = range(1, key_results // 4 + 1)
    kpis = range(1, key_results // 4 + 1)
    return {
        "hoshin": 1,
        "plan": {"title": "Big", "starts": "2026-01-01"},
        "people": [{"email": email, "name": email.partition("@")[0], "team": teams[0]} for email in people],
        "teams": [{"name": name, "lead": people[0]} for name in teams],
        "annual_objectives": [item("A", number, team=teams[0]) for number in range(1, 21)],
        "objectives": [
            item("O", number, parent=f"A-{number % 20 + 1}", team=teams[number % len(teams)], quarter="Q1")
            for number in objectives
        ],
        "key_results": [
            item("KR", number, parent=f"O-{number % len(objectives) + 1}", unit="%", baseline=10, target=20)
            for number in range(1, key_results + 1)
        ],
        "kpis": [item("KPI", number, frequency="monthly", baseline=1, target=2) for number in kpis],
        "readings": [
            {"of": f"KR-{number}", "period": f"2026-W{week:02}", "value": number % 100}
            for number in range(1, key_results + 1)
            for week in (2, 3, 4)
        ]
        + [
            {"of": f"KPI-{number}", "period": f"2026-0{month}", "value": month}
            for number in kpis
            for month in (1, 2)
        ],
    }


class _Product:
    """Reads, checks and loads, as `hoshin import` does."""

    def __init__(self, data: bytes, ending: str) -> None:
        self._data = data
        self._name = f"plan.{ending}"

    def __call__(self, database: Database) -> None:
        bundle = read_plan_file(self._data, self._name, Record())
        with database.unit_of_work(1, datetime.now(UTC)) as uow:
            load(uow, bundle)


class _Floor:
    """Parses the file, throws it away, and writes rows that are there already."""

    def __init__(self, data: bytes, ending: str, rows: Rows) -> None:
        self._data = data
        self._parse = _PARSERS[ending]
        self._rows = rows

    def __call__(self, database: Database) -> None:
        self._parse(self._data)
        with database.engine.begin() as connection:
            for name, rows in self._rows.items():
                connection.execute(insert(SQLModel.metadata.tables[name]), rows)


def _parse_workbook(data: bytes) -> Any:
    workbook = load_workbook(BytesIO(data), read_only=True)
    cells = [list(sheet.iter_rows(values_only=True)) for sheet in workbook.worksheets]
    workbook.close()
    return cells


_PARSERS: dict[str, Callable[[bytes], Any]] = {
    "yaml": lambda data: yaml.load(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)),  # noqa: S506 - safe ones both
    "xlsx": _parse_workbook,
    "json": json.loads,
}


def _timed(databases: Databases, work: Callable[[Database], None]) -> float:
    """Seconds for the work on an empty record."""
    url = databases.migrated()
    with closing(Database(url)) as database:
        _connect(database)
        gc.collect()
        started = time.perf_counter()
        work(database)
        seconds = time.perf_counter() - started
    databases.discard(url)
    return seconds


def _reference(databases: Databases, data: bytes, ending: str) -> tuple[Rows, int]:
    """What an import leaves in each table, and how many rows of the file were added."""
    url = databases.migrated()
    with closing(Database(url)) as database:
        _connect(database)
        bundle = read_plan_file(data, f"plan.{ending}", Record())
        with database.unit_of_work(1, datetime.now(UTC)) as uow:
            added = load(uow, bundle).added
        with database.engine.connect() as connection:
            rows = {table.name: _rows_of(connection, table) for table in SQLModel.metadata.sorted_tables}
    databases.discard(url)
    return {name: found for name, found in rows.items() if found and name != "workspace"}, added


def _rows_of(connection: Any, table: Table) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(select(table)).mappings()]


def _connect(database: Database) -> None:
    with database.session() as session:
        session.add(Workspace(id=1, slack_team_id="T1", connected_at=datetime.now(UTC)))
