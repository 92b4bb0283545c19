"""Work that is looked at from time to time, and at once when someone knows that there is some."""

from datetime import datetime

from sqlalchemy import bindparam, func, update
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from storage.repositories.base import Repository
from storage.tables.checkin import Chore

SCHEDULES = "schedules"
"""Who needs a schedule row, and whose was computed from what no longer holds."""
ABSENCES = "absences"
"""Open prompts of people who went away or came back."""
UPDATES = "updates"
"""Figures that were reported elsewhere while a check-in asks for them."""
HANDOVERS = "handovers"
"""What changed hands while a check-in asks for it."""
SEASON = "catchball season"
"""Whether catchball's season opens or has closed."""
NOTES = "notes"
"""What waits for people who get no check-in today."""
LADDER = "ladder"
"""What is overdue, and who is told about it."""
UNREACHED = "unreached"
"""Figures that nobody can be asked for."""

TURN_LOCK = 4_861_702
"""The class of the PostgreSQL advisory locks of which due work holds one a workspace."""
_LARGEST_INTEGER = 2**31 - 1


# Made once, since every tick sends it for every chore.
_DUE_AT = select_columns(col(Chore.next_due_at)).where(
    col(Chore.workspace_id) == bindparam("workspace_id"), col(Chore.name) == bindparam("name")
)


class Chores(Repository):
    """The chores of one workspace. One that has never run is due."""

    def take_turn(self) -> None:
        """Waits until no other replica is at this workspace's due work, and keeps them out until the
        transaction ends."""
        # On SQLite that is enough: whoever begins to write is alone.
        connection = self.session.connection()
        if connection.dialect.name == "postgresql":
            lock = func.pg_advisory_xact_lock(TURN_LOCK, self.workspace_id % _LARGEST_INTEGER)
            connection.execute(select_columns(lock))

    def is_due(self, name: str, now: datetime) -> bool:
        due_at = self.find_due_at(name)
        return due_at is None or due_at <= now

    def find_due_at(self, name: str) -> datetime | None:
        """When the chore is due next; None where it has never run."""
        which = {"workspace_id": self.workspace_id, "name": name}
        return self.session.execute(_DUE_AT, which).scalar_one_or_none()

    def put_off(self, name: str, until: datetime) -> None:
        """Says when the chore is due next."""
        changed = self.session.execute(
            update(Chore)
            .where(col(Chore.workspace_id) == self.workspace_id, col(Chore.name) == name)
            .values(next_due_at=until)
            .returning(col(Chore.id))
        )
        if changed.first() is None:
            row = Chore(workspace_id=self.workspace_id, name=name, next_due_at=until)
            self._add_once(row, "workspace_id", "name")

    def poke(self, now: datetime, *names: str) -> None:
        """Makes chores due now: something has changed that they care for."""
        for name in names:
            self.put_off(name, now)

    def find_next_due_at(self) -> datetime | None:
        return self.session.exec(
            select(func.min(Chore.next_due_at)).where(Chore.workspace_id == self.workspace_id)
        ).one()
