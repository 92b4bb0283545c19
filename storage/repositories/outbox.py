"""Messages to be sent: how they are put in. How they go out is in `storage/repositories/deliveries.py`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, case, delete, func, update
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import col, select

from storage.repositories.base import Repository, inserting_once
from storage.repositories.bulk import columns_of, insert_columns
from storage.tables.outbox import Outbox, OutboxState

ANSWER, REMINDER, PROMPT, SUMMARY, DIGEST, TIDYING = 10, 30, 40, 60, 70, 80
"""Priorities: the smaller goes first (answers to people > prompts > summaries > digests > messages that are
only brought up to date when nobody waits for it)."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message, or edit, to be sent.

    `payload` holds `text`, `blocks` and, where they help, `metadata`. Exactly one of `member_id`,
    `channel_id`, `thread_of_id`, `edit_of_id` says where it goes; a thread or an edit follows its parent's
    channel.
    """

    key: str
    payload: dict[str, Any]
    due_at: datetime
    priority: int
    member_id: int | None = None
    channel_id: str | None = None
    thread_of_id: int | None = None
    edit_of_id: int | None = None
    expires_at: datetime | None = None


class Letter(NamedTuple):
    """A message to a person, written out: its payload is JSON."""

    key: str
    member_id: int
    payload: str
    due_at: datetime
    expires_at: datetime | None
    priority: int


class Posted(NamedTuple):
    """A message that can be edited, by its row's id and key, without what it says."""

    id: int
    key: str


class Waiting(NamedTuple):
    """A message that has not gone out: pending, or refused and perhaps tried again. A reply or an edit goes
    where its original went."""

    id: int
    key: str
    member_id: int | None
    channel_id: str | None
    payload: dict[str, Any]


# Made once: building a statement costs more than sending it, and whatever is told passes here.
_BY_KEY = select(Outbox).where(
    col(Outbox.workspace_id) == bindparam("workspace_id"), col(Outbox.key) == bindparam("key")
)
_ID_BY_KEY = select_columns(col(Outbox.id), col(Outbox.key)).where(
    col(Outbox.workspace_id) == bindparam("workspace_id"), col(Outbox.key) == bindparam("key")
)
_LOCKED_STATE = (
    select(Outbox.state)
    .where(col(Outbox.workspace_id) == bindparam("workspace_id"), col(Outbox.id) == bindparam("its_id"))
    .with_for_update()
)
_REWRITE = (
    update(Outbox)
    .where(col(Outbox.workspace_id) == bindparam("its_workspace_id"), col(Outbox.id) == bindparam("its_id"))
    .values(payload=bindparam("new_payload"))
)
_REWRITE_WAITING_EDIT = (
    update(Outbox)
    .where(
        col(Outbox.workspace_id) == bindparam("its_workspace_id"),
        col(Outbox.edit_of_id) == bindparam("its_id"),
        col(Outbox.state) == OutboxState.PENDING,
    )
    .values(
        payload=bindparam("new_payload"),
        # What nobody waited for may be what someone waits for now.
        priority=case(
            (col(Outbox.priority) > bindparam("new_priority"), bindparam("new_priority")),
            else_=col(Outbox.priority),
        ),
    )
    .returning(col(Outbox.id))
)


class OutboxRows(Repository):
    """The outbox of one workspace."""

    def put(self, envelope: Envelope) -> int | None:
        """Adds the message; None if its occasion was told before (same `key`). Returns the row's id."""
        values = {
            "workspace_id": self.workspace_id,
            "state": OutboxState.PENDING,
            "attempts": 0,
            **{name: getattr(envelope, name) for name in Envelope.__slots__},
        }
        dialect = self.session.get_bind().dialect.name
        insert = inserting_once(dialect, Outbox, ("workspace_id", "key"), col(Outbox.id))
        return self._send(insert, values).scalar_one_or_none()

    def put_many(self, letters: Sequence[Letter]) -> None:
        """As `put`, for many at once."""
        if letters:
            insert_columns(
                self._written(),
                Outbox,
                columns_of(letters),
                unique=("workspace_id", "key"),
                written_out="payload",
                workspace_id=self.workspace_id,
                state=OutboxState.PENDING,
                attempts=0,
            )

    def find(self, key: str) -> Outbox | None:
        found: Outbox | None = self.session.execute(
            _BY_KEY, {"workspace_id": self.workspace_id, "key": key}
        ).scalar_one_or_none()
        return found

    def list_by_keys(self, keys: Collection[str]) -> dict[str, Outbox]:
        """As `find`, many at once; by key."""
        rows = self.session.exec(
            select(Outbox).where(Outbox.workspace_id == self.workspace_id, col(Outbox.key).in_(keys))
        )
        return {row.key: row for row in rows}

    def find_posted(self, key: str) -> Posted | None:
        """As `find`, to edit it or to put something into its thread."""
        row = self._columns(_ID_BY_KEY, key=key).one_or_none()
        return None if row is None else Posted(*row)

    def find_next_due(self, after: datetime) -> datetime | None:
        """When the next message goes out that waits for its own instant."""
        return self.session.exec(
            select(func.min(Outbox.due_at)).where(
                Outbox.workspace_id == self.workspace_id,
                Outbox.state == OutboxState.PENDING,
                Outbox.due_at > after,
            )
        ).one()

    def find_key_by_message(self, channel_id: str, ts: str) -> str | None:
        """The key of what was posted as that message of Slack's."""
        return self.session.exec(
            select(Outbox.key).where(
                Outbox.workspace_id == self.workspace_id,
                Outbox.sent_ts == ts,
                Outbox.sent_channel_id == channel_id,
                col(Outbox.edit_of_id).is_(None),
            )
        ).first()

    def has_waiting_edit(self, key: str) -> bool:
        """Whether an edit of that message, or the message itself, still waits to be sent."""
        original = self.find(key)
        if original is None or original.state in {OutboxState.PENDING, OutboxState.FAILED}:
            return original is not None
        return (
            self.session.exec(
                select(Outbox.id).where(
                    Outbox.workspace_id == self.workspace_id,
                    Outbox.edit_of_id == original.id,
                    Outbox.state == OutboxState.PENDING,
                )
            ).first()
            is not None
        )

    def edit(self, original: Outbox | Posted, payload: dict[str, Any], now: datetime, priority: int) -> None:
        """Makes the message that `original` posts look like `payload`, whenever it goes (or went) out.

        Not sent yet, or refused: it is sent, or tried again, in the new form. Sent, or on its way: one edit
        waits, and a later change replaces what that edit says, so a burst of changes costs one call.
        """
        # The lock keeps other edits of it out, and the pump, which claims it before or after this.
        state = self._columns(_LOCKED_STATE, its_id=original.id).scalar_one()
        new = {"its_workspace_id": self.workspace_id, "its_id": original.id, "new_payload": payload}
        if state in {OutboxState.PENDING, OutboxState.FAILED}:
            self._send(_REWRITE, new)
            if isinstance(original, Outbox):
                set_committed_value(original, "payload", payload)
            return
        # In one statement: the pump may claim the waiting edit between reading it and writing it.
        if self._send(_REWRITE_WAITING_EDIT, new | {"new_priority": priority}).first() is not None:
            return
        self.put(
            Envelope(
                key=f"{original.key}:edit:{self._count_edits(original.id) + 1}",
                payload=payload,
                due_at=now,
                priority=priority,
                edit_of_id=original.id,
            )
        )

    def count_told(self, member_id: int, since: datetime, words: Collection[str]) -> int:
        """How many messages whose keys begin with one of these words a person got (or will) from then on."""
        return len(
            [
                key
                for key in self.session.exec(
                    select(Outbox.key).where(
                        Outbox.workspace_id == self.workspace_id,
                        Outbox.member_id == member_id,
                        col(Outbox.edit_of_id).is_(None),
                        col(Outbox.due_at) >= since,
                        Outbox.state != OutboxState.EXPIRED,
                    )
                )
                if key.partition(":")[0] in words
            ]
        )

    def readdress(self, original: Outbox, channel_id: str, payload: dict[str, Any], now: datetime) -> bool:
        """Sends what a channel refused to another one, with its replies; False where it was not refused."""
        mine = col(Outbox.workspace_id) == self.workspace_id
        failed = col(Outbox.state) == OutboxState.FAILED
        again = {"state": OutboxState.PENDING, "fault": None, "due_at": now}
        moved = self.session.execute(
            update(Outbox)
            .where(mine, failed, col(Outbox.id) == original.id, col(Outbox.channel_id) != channel_id)
            .values(channel_id=channel_id, payload=payload, **again)
            .returning(col(Outbox.id))
        )
        if moved.first() is None:
            return False
        self.session.execute(
            update(Outbox).where(mine, failed, col(Outbox.thread_of_id) == original.id).values(**again)
        )
        return True

    def withdraw(self, key: str) -> None:
        """Takes back a message that nobody needs any more; one that is on its way or sent stays."""
        self.session.execute(
            update(Outbox)
            .where(
                col(Outbox.workspace_id) == self.workspace_id,
                col(Outbox.key) == key,
                col(Outbox.state) == OutboxState.PENDING,
            )
            .values(state=OutboxState.EXPIRED)
        )

    def list_waiting(self) -> list[Waiting]:
        """What has not gone out yet, or was refused for now."""
        original = aliased(Outbox)
        rows = self.session.execute(
            select_columns(
                col(Outbox.id),
                col(Outbox.key),
                func.coalesce(col(Outbox.member_id), col(original.member_id)),
                func.coalesce(col(Outbox.channel_id), col(original.channel_id)),
                col(Outbox.payload),
            )
            .outerjoin(
                original,
                (col(original.id) == func.coalesce(col(Outbox.edit_of_id), col(Outbox.thread_of_id)))
                & (col(original.workspace_id) == self.workspace_id),
            )
            .where(
                col(Outbox.workspace_id) == self.workspace_id,
                col(Outbox.state).in_([OutboxState.PENDING, OutboxState.FAILED]),
            )
            .order_by(col(Outbox.id))
        )
        return [Waiting(*row) for row in rows]

    def rewrite(self, row_id: int, payload: dict[str, Any]) -> None:
        """Lets a message that has not gone out say something else; one that is on its way stays."""
        self._move(col(Outbox.id) == row_id, payload=payload)

    def drop(self, row_id: int) -> None:
        """Takes back a message that has not gone out; one that is on its way stays."""
        self._move(col(Outbox.id) == row_id, state=OutboxState.EXPIRED)

    def withdraw_replies(self, original_id: int) -> None:
        """Takes back what waits to be said in a message's thread."""
        self._move(col(Outbox.thread_of_id) == original_id, state=OutboxState.EXPIRED)

    def _move(self, which: ColumnElement[bool], **values: Any) -> None:
        self.session.execute(
            update(Outbox)
            .where(
                col(Outbox.workspace_id) == self.workspace_id,
                which,
                col(Outbox.state).in_([OutboxState.PENDING, OutboxState.FAILED]),
            )
            .values(**values)
        )

    def forget(self, key_prefix: str) -> bool:
        """Deletes the messages with such keys that are final; False while one is still on its way."""
        mine = (
            col(Outbox.workspace_id) == self.workspace_id,
            col(Outbox.key).startswith(key_prefix, autoescape=True),
        )
        under_way = {OutboxState.PENDING, OutboxState.SENDING, OutboxState.UNKNOWN}
        waiting = self.session.execute(select(Outbox.id).where(*mine, col(Outbox.state).in_(under_way)))
        if waiting.first() is not None:
            return False
        self.session.execute(delete(Outbox).where(*mine))
        return True

    def _count_edits(self, original_id: int) -> int:
        return len(
            self.session.exec(
                select(Outbox.id).where(
                    Outbox.workspace_id == self.workspace_id, Outbox.edit_of_id == original_id
                )
            ).all()
        )
