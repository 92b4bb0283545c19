"""A copy of one workspace to try things out on: what happens there happens to nobody."""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Table, create_engine, insert, select
from sqlmodel import SQLModel

from storage import tables
from storage.database import Database
from storage.tables.member import Member
from storage.tables.workspace import Workspace

BATCH = 2000

_LEFT_OUT = frozenset(
    str(table.__tablename__)
    for table in (tables.AuditEntry, tables.Lane, tables.Outbox, tables.ProcessedEvent, tables.Setting)
)
"""What was sent and what was logged: a rehearsal starts with an empty outbox."""


def copy_workspace(source: Database, workspace_id: int, folder: Path, now: datetime) -> Database:
    """A database of its own, in a file in `folder`, with everything that decides what comes next.

    A workspace that waits for its first connection is copied as connected, and its people as found in Slack:
    that is what will become of it.
    """
    url = f"sqlite:///{folder / 'rehearsal.db'}"
    # An engine without our settings: rows that point at each other are copied in any order.
    engine = create_engine(url)
    SQLModel.metadata.create_all(engine)
    with source.session(read=True) as session, engine.begin() as target:
        for table in SQLModel.metadata.sorted_tables:
            if table.name in _LEFT_OUT:
                continue
            query = select(table).where(_key(table) == workspace_id)
            rows: list[dict[str, Any]] = []
            for row in session.execute(query).mappings():
                rows.append(dict(row))
                if len(rows) >= BATCH:
                    target.execute(insert(table), rows)
                    rows = []
            if rows:
                target.execute(insert(table), rows)
    engine.dispose()
    copy = Database(url)
    with copy.session() as session:
        workspace = session.get_one(Workspace, workspace_id)
        if workspace.slack_team_id is None:
            workspace.slack_team_id, workspace.connected_at = "rehearsal", now
            people = select(Member).where(
                Member.workspace_id == workspace_id,  # type: ignore[arg-type] # a column, to SQLAlchemy
                Member.slack_user_id.is_(None),  # type: ignore[union-attr]
            )
            for member in session.scalars(people):
                member.slack_user_id = f"rehearsal-{member.id}"
    return copy


def _key(table: Table) -> Any:
    return table.c.id if table.name == "workspace" else table.c.workspace_id
