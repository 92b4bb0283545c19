"""A copy of one workspace to try things out on: what happens there happens to nobody."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import create_engine
from sqlmodel import SQLModel

from storage.database import Database
from storage.repositories.rehearsals import Rehearsals


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
        Rehearsals(session, workspace_id).copy_rows(target)
    engine.dispose()
    copy = Database(url)
    with copy.session() as session:
        Rehearsals(session, workspace_id).pretend_connected(now)
    return copy
