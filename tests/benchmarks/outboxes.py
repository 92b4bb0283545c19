"""An outbox with many prompts in it, on either database, and what the pump under test is allowed."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from sqlalchemy import Engine, func, insert
from sqlmodel import col, select

from bot.delivery import DeliveryLimits
from storage.database import Database
from storage.tables import Member, Outbox, Workspace
from storage.tables.outbox import OutboxState
from tests.databases import Databases, SqliteFiles, postgres

IN_FLIGHT = 32
KINDS = ("sqlite", "postgresql")

UNLIMITED = DeliveryLimits(
    in_flight=IN_FLIGHT,
    posts_per_minute=1e9,
    edits_per_minute=1e9,
    burst=10**8,
    channel_spacing_s=0,
    doubt_rest_s=0,
    lookup_spacing_s=0,
)
"""Slack's limits off: they would make every pump as fast as every other."""

MORTAL = replace(UNLIMITED, lease_s=0.5)
"""For a pump that is killed: its successor must not wait long for the lease."""

BLOCKS = [
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "*KR-3 · First-contact resolution*\n70 % → 74 % → 80 %"},
    }
] * 5 + [
    {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": name, "text": {"type": "plain_text", "text": name}}
            for name in ("Check in", "Nothing changed", "Later today", "Why this?")
        ],
    }
]
PAYLOAD: dict[str, Any] = {"text": "Your check-in for this week is open.", "blocks": BLOCKS}
"""As large as a prompt about five items."""


@contextmanager
def all_databases() -> Iterator[dict[str, Databases]]:
    """Both kinds. PostgreSQL does what an operator's does: what is committed is on disk."""
    with TemporaryDirectory(prefix="hoshin-bench-") as folder, postgres() as server:
        url = server.empty()
        with psycopg.connect(url, autocommit=True) as admin:
            # The tests' server runs without these, since nothing in it needs to survive a power cut.
            for setting in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
                admin.execute(f"ALTER SYSTEM SET {setting} = on".encode())
            admin.execute("SELECT pg_reload_conf()")
        server.discard(url)
        yield {"sqlite": SqliteFiles(Path(folder)), "postgresql": server}


@contextmanager
def outbox(databases: Databases, count: int) -> Iterator[tuple[str, Database]]:
    """The URL of a fresh database with so many prompts that are due now, and the database."""
    url = databases.migrated()
    with closing(Database(url)) as database:
        fill(database, count)
        yield url, database
    databases.discard(url)


def fill(database: Database, count: int) -> None:
    """One prompt for each of so many people."""
    now = datetime.now(UTC)
    people: list[dict[str, Any]] = [
        {"workspace_id": 1, "slack_user_id": f"U{number}", "name": f"Person {number}"}
        for number in range(count)
    ]
    with database.session() as session:
        session.add(Workspace(id=1, slack_team_id="T1", connected_at=now))
        session.flush()
        session.execute(insert(Member), people)
        rows: list[dict[str, Any]] = [
            {
                "workspace_id": 1,
                "key": f"prompt:{member_id}",
                "member_id": member_id,
                "payload": PAYLOAD,
                "due_at": now,
            }
            for member_id in session.exec(select(Member.id))
        ]
        session.execute(insert(Outbox), rows)
    analyze(database.engine)


def analyze(engine: Engine) -> None:
    """Tells the planner what a database in use would know."""
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")


def count_states(database: Database) -> dict[OutboxState, int]:
    with database.session(read=True) as session:
        rows = session.exec(select(Outbox.state, func.count(col(Outbox.id))).group_by(Outbox.state))
        return {OutboxState(state): count for state, count in rows}


def keys_by_state(database: Database) -> dict[OutboxState, set[str]]:
    found: dict[OutboxState, set[str]] = {}
    with database.session(read=True) as session:
        for state, key in session.exec(select(Outbox.state, Outbox.key)):
            found.setdefault(OutboxState(state), set()).add(key)
    return found
