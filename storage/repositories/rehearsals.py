"""What a rehearsal reads out of its copy: who would have been told what."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Connection, func, insert, update
from sqlalchemy import select as select_columns
from sqlmodel import SQLModel, col, select

from storage.repositories.audit import INSTALLED
from storage.repositories.base import Repository
from storage.repositories.outbox import ANSWER
from storage.tables.audit import AuditEntry
from storage.tables.checkin import CheckinQuestion
from storage.tables.digest import DigestTurn
from storage.tables.event import ProcessedEvent
from storage.tables.installation import Installation, OAuthState
from storage.tables.member import Member
from storage.tables.outbox import Lane, Outbox, OutboxState
from storage.tables.workspace import Setting, Workspace


@dataclass(frozen=True, slots=True)
class Told:
    """One message to a person: its key names the occasion (`prompt:17`), `words` are all of its texts."""

    key: str
    at: datetime
    member_id: int
    email: str
    name: str
    words: str


BATCH = 2000

_LEFT_OUT = frozenset(
    str(table.__tablename__)
    for table in (AuditEntry, Installation, Lane, OAuthState, Outbox, ProcessedEvent, Setting)
)
"""What was sent and what was logged, and the tokens: a rehearsal starts with an empty outbox and talks to
nobody. Of the trail what is newer than the digests is copied all the same."""


class Rehearsals(Repository):
    """How a copy is made, its outbox as it fills, and what its messages were about."""

    def copy_rows(self, target: Connection) -> None:
        """Puts all rows of the workspace that decide what comes next into an empty database."""
        for table in SQLModel.metadata.sorted_tables:
            if table.name in _LEFT_OUT:
                continue
            key = table.c.id if table.name == "workspace" else table.c.workspace_id
            rows = self.session.execute(select_columns(table).where(key == self.workspace_id)).mappings()
            for batch in iter(lambda: rows.fetchmany(BATCH), []):  # noqa: B023 - used up at once
                target.execute(insert(table), [dict(row) for row in batch])
        self._copy_trail(target)

    def _copy_trail(self, target: Connection) -> None:
        """The changes that digests have not told yet, and who installed the app."""
        told_from_on = self.session.execute(
            select_columns(func.min(DigestTurn.told_from_on)).where(
                col(DigestTurn.workspace_id) == self.workspace_id
            )
        ).scalar_one()
        table = SQLModel.metadata.tables[str(AuditEntry.__tablename__)]
        wanted = table.c.action == INSTALLED
        if told_from_on is not None:
            # Two days before: the plan's day may begin earlier than that of UTC.
            since = datetime.combine(told_from_on - timedelta(days=2), time(), UTC)
            wanted |= table.c.at >= since
        rows = self.session.execute(
            select_columns(table).where(table.c.workspace_id == self.workspace_id, wanted)
        ).mappings()
        for batch in iter(lambda: rows.fetchmany(BATCH), []):
            target.execute(insert(table), [dict(row) for row in batch])

    def pretend_connected(self, now: datetime) -> None:
        """Where the workspace waits for its first connection: it is there, and so are its people."""
        workspace = self.session.get_one(Workspace, self.workspace_id)
        if workspace.connected_at is not None:
            return
        workspace.slack_team_id, workspace.connected_at = "rehearsal", now
        unlinked = select(Member).where(
            Member.workspace_id == self.workspace_id, col(Member.slack_user_id).is_(None)
        )
        for member in self.session.exec(unlinked):
            member.slack_user_id = f"rehearsal-{member.id}"

    def take_told(self, now: datetime) -> list[Told]:
        """The messages to people that go out by now, marked as sent: they are taken once.

        What is held back by a do-not-disturb that is known waits for its end, as it does in earnest.
        """
        rows = self._list_waiting()
        held = [row.id for row, _, at in rows if at > now]
        self.session.execute(
            update(Outbox)
            .where(
                col(Outbox.workspace_id) == self.workspace_id,
                col(Outbox.state) == OutboxState.PENDING,
                col(Outbox.id).not_in(held),
            )
            .values(state=OutboxState.SENT, sent_channel_id="rehearsal", sent_ts="0")
        )
        return [
            Told(row.key, at, member.id, member.email or "", member.name, "\n".join(_words_of(row.payload)))
            for row, member, at in rows
            if row.edit_of_id is None and at <= now and (row.expires_at is None or at < row.expires_at)
        ]

    def find_held(self) -> datetime | None:
        """When the next message goes out that is held back now, unless it expires before."""
        return min(
            (at for row, _, at in self._list_waiting() if row.expires_at is None or at < row.expires_at),
            default=None,
        )

    def _list_waiting(self) -> list[tuple[Outbox, Member, datetime]]:
        """The messages to people that wait, each with when it goes out."""
        rows = self.session.exec(
            select(Outbox, Member)
            .join(Member, col(Member.id) == col(Outbox.member_id))
            .where(Outbox.workspace_id == self.workspace_id, Outbox.state == OutboxState.PENDING)
            .order_by(col(Outbox.id))
        )
        return [(row, member, _goes_out_at(row, member)) for row, member in rows]

    def references(self, prompt_ids: Collection[int]) -> dict[int, list[str]]:
        """What each prompt asks about, in the order of asking."""
        found: dict[int, list[str]] = {prompt_id: [] for prompt_id in prompt_ids}
        rows = self.session.exec(
            select(CheckinQuestion.prompt_id, CheckinQuestion.reference)
            .where(
                CheckinQuestion.workspace_id == self.workspace_id,
                col(CheckinQuestion.prompt_id).in_(prompt_ids),
            )
            .order_by(col(CheckinQuestion.prompt_id), col(CheckinQuestion.position))
        )
        for prompt_id, reference in rows:
            found[prompt_id].append(reference)
        return found


def _words_of(part: object) -> Iterator[str]:
    """Every text of a payload, in its order."""
    if isinstance(part, Mapping):
        for name, value in part.items():
            if name == "text" and isinstance(value, str):
                yield value
            else:
                yield from _words_of(value)
    elif isinstance(part, list):
        for one in part:
            yield from _words_of(one)


def _goes_out_at(row: Outbox, member: Member) -> datetime:
    """As `deliveries.is_sendable` has it."""
    if row.priority <= ANSWER or member.dnd_from_at is None or member.dnd_until_at is None:
        return row.due_at
    is_disturbed = member.dnd_from_at <= row.due_at < member.dnd_until_at
    return member.dnd_until_at if is_disturbed else row.due_at
