"""A workspace's messages on their way out: which may go next, and what became of them.

How they are put in is in `storage/repositories/outbox.py`, who may send them in `lanes.py`. These statements
run for every message, so they read and write columns and never entities.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Result,
    Table,
    Update,
    and_,
    bindparam,
    exists,
    func,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy import column as sql_column
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlmodel import SQLModel

from storage.repositories.base import Repository
from storage.repositories.outbox import ANSWER
from storage.tables.outbox import OutboxState

OUTBOX: Table = SQLModel.metadata.tables["outbox"]
MEMBER: Table = SQLModel.metadata.tables["member"]
LANE: Table = SQLModel.metadata.tables["lane"]
PARENT = OUTBOX.alias("parent")
EARLIER = OUTBOX.alias("earlier")

WITH_PARENT = OUTBOX.outerjoin(
    PARENT,
    and_(
        PARENT.c.id == func.coalesce(OUTBOX.c.edit_of_id, OUTBOX.c.thread_of_id),
        PARENT.c.workspace_id == OUTBOX.c.workspace_id,
    ),
).outerjoin(
    MEMBER,
    and_(MEMBER.c.id == OUTBOX.c.member_id, MEMBER.c.workspace_id == OUTBOX.c.workspace_id),
)
"""A message beside the one that it edits or answers, and its receiver."""

ORIGINAL_NOT_SENT = "original_not_sent"
"""The fault of an edit or a thread reply whose original never (provably) went out."""

Destination = tuple[int | None, int | None, str | None]
"""(id of the message to edit, member id, channel id): what goes there goes one after the other."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The message that goes next to its destination."""

    id: int
    destination: Destination
    is_edit: bool
    channel: str
    """As Slack takes it: a user's id for direct messages, else a channel's."""
    ts: str | None
    """Of the message to edit, or of the thread."""

    @property
    def channel_id(self) -> str | None:
        """The channel that it is for; None for direct messages."""
        return self.destination[2]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed message: committed as `sending`, the next thing is the call."""

    ready: Ready
    key: str
    attempt: int
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of one attempt at a message."""

    id: int
    attempt: int
    state: OutboxState
    fault: str | None = None
    sent_at: datetime | None = None
    sent_channel_id: str | None = None
    sent_ts: str | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A message that may or may not have arrived."""

    id: int
    key: str
    attempt: int
    sending_at: datetime
    channel_id: str | None
    """Where it would be; None where only the person is known."""
    slack_user_id: str | None
    thread_ts: str | None


def is_sendable(now: datetime) -> ColumnElement[bool]:
    """Of rows of WITH_PARENT: pending, due, the receiver known in Slack and not in do-not-disturb (answers to
    what they did excepted), and the original sent."""
    return and_(
        OUTBOX.c.state == OutboxState.PENDING,
        OUTBOX.c.due_at <= now,
        or_(PARENT.c.id.is_(None), PARENT.c.state == OutboxState.SENT),
        or_(OUTBOX.c.member_id.is_(None), MEMBER.c.slack_user_id.is_not(None)),
        or_(
            OUTBOX.c.priority <= ANSWER,
            MEMBER.c.dnd_until_at.is_(None),
            MEMBER.c.dnd_until_at <= now,
            MEMBER.c.dnd_from_at > now,
        ),
    )


def is_unasked(asked_since: datetime) -> ColumnElement[bool]:
    """Of rows of WITH_PARENT: new messages to a person, not in answer to what they did, where Slack was last
    asked for their do-not-disturb before that instant, or never."""
    return and_(
        OUTBOX.c.priority > ANSWER,
        OUTBOX.c.member_id.is_not(None),
        OUTBOX.c.edit_of_id.is_(None),
        or_(MEMBER.c.dnd_asked_at.is_(None), MEMBER.c.dnd_asked_at < asked_since),
    )


def is_orphan() -> ColumnElement[bool]:
    """Of rows of WITH_PARENT: edits and replies whose original will not come."""
    return PARENT.c.state.in_([OutboxState.FAILED, OutboxState.EXPIRED, OutboxState.UNCONFIRMED])


def _destination() -> tuple[ColumnElement[Any], ...]:
    return (
        OUTBOX.c.edit_of_id,
        func.coalesce(OUTBOX.c.member_id, PARENT.c.member_id),
        func.coalesce(OUTBOX.c.channel_id, PARENT.c.channel_id),
    )


def _claim(chosen: ColumnElement[bool]) -> Update:
    return (
        update(OUTBOX)
        .where(
            OUTBOX.c.id.in_(
                select(OUTBOX.c.id)
                .where(
                    chosen,
                    OUTBOX.c.workspace_id == bindparam("of_workspace"),
                    OUTBOX.c.state == OutboxState.PENDING,
                    or_(OUTBOX.c.expires_at.is_(None), OUTBOX.c.expires_at > bindparam("claimed_at")),
                    exists().where(
                        LANE.c.workspace_id == bindparam("of_workspace"),
                        LANE.c.leased_by == bindparam("holder"),
                    ),
                )
                .with_for_update(skip_locked=True)
            ),
            OUTBOX.c.workspace_id == bindparam("of_workspace"),
        )
        .values(state=OutboxState.SENDING, sending_at=bindparam("claimed_at"), attempts=OUTBOX.c.attempts + 1)
        .returning(OUTBOX.c.id, OUTBOX.c.key, OUTBOX.c.attempts, OUTBOX.c.payload)
    )


def _settle(row: Mapping[str, ColumnElement[Any]] | ReadOnlyColumnCollection[str, Any]) -> Update:
    """`row` has a settlement's values by their names."""
    return (
        update(OUTBOX)
        .where(
            OUTBOX.c.id == row["id"],
            OUTBOX.c.workspace_id == bindparam("of_workspace"),
            # An attempt that another replica has taken over since is left alone.
            OUTBOX.c.attempts == row["attempt"],
            or_(
                OUTBOX.c.state == OutboxState.SENDING,
                OUTBOX.c.state == OutboxState.UNKNOWN,
                OUTBOX.c.state == OutboxState.UNCONFIRMED,
            ),
        )
        .values({name: row[name] for name in ("state", "fault", "sent_at", "sent_channel_id", "sent_ts")})
    )


_SETTLED = {
    "id": "id",
    "attempt": "attempts",
    "state": "state",
    "fault": "fault",
    "sent_at": "sent_at",
    "sent_channel_id": "sent_channel_id",
    "sent_ts": "sent_ts",
}
"""A settlement's fields and the columns they belong to."""


def _settle_all() -> Update:
    """The same for many rows in one statement of PostgreSQL's, which takes them as one JSON text."""
    columns = [sql_column(name, OUTBOX.c[place].type) for name, place in _SETTLED.items()]
    rows = func.json_to_recordset(bindparam("settlements", type_=JSON))
    return _settle(rows.table_valued(*columns).render_derived("settled", with_types=True).c)


# The statements of every turn are made once: building them anew took longer than the database did.
_CLAIM = _claim(OUTBOX.c.id.in_(bindparam("chosen_ids", expanding=True)))
_SETTLE = _settle(
    {name: bindparam(f"one_{name}", type_=OUTBOX.c[place].type) for name, place in _SETTLED.items()}
)
_SETTLE_AND_CLAIM = _claim(
    OUTBOX.c.id == func.any(bindparam("chosen_ids", type_=ARRAY(OUTBOX.c.id.type)))
).add_cte(_settle_all().cte("settling"))


class Deliveries(Repository):
    """The messages of one workspace, as the pump sees them."""

    def list_ready(self, now: datetime, limit: int, asked_since: datetime | None = None) -> list[Ready]:
        """The first message of each destination, in the order in which they should go.

        Args:
            asked_since: without those that `is_unasked` since then.
        """
        known = () if asked_since is None else (not_(is_unasked(asked_since)),)
        edit_of, member, channel = _destination()
        place = func.row_number().over(
            partition_by=(edit_of, member, channel),
            order_by=(OUTBOX.c.priority, OUTBOX.c.due_at, OUTBOX.c.id),
        )
        queue = (
            select(
                OUTBOX.c.id,
                OUTBOX.c.priority,
                OUTBOX.c.due_at,
                edit_of.label("edit_of_id"),
                member.label("member_id"),
                channel.label("channel_id"),
                func.coalesce(PARENT.c.sent_channel_id, MEMBER.c.slack_user_id, OUTBOX.c.channel_id).label(
                    "channel"
                ),
                PARENT.c.sent_ts.label("ts"),
                place.label("place"),
            )
            .select_from(WITH_PARENT)
            .where(OUTBOX.c.workspace_id == self.workspace_id, is_sendable(now), *known)
            .subquery()
        )
        rows = self.session.connection().execute(
            select(
                queue.c.id,
                queue.c.edit_of_id,
                queue.c.member_id,
                queue.c.channel_id,
                queue.c.channel,
                queue.c.ts,
            )
            .where(queue.c.place == 1)
            .order_by(queue.c.priority, queue.c.due_at, queue.c.id)
            .limit(limit)
        )
        # All at once: the driver takes as long for each separate row as for a hundred.
        return [
            Ready(row_id, (edit_of_id, member_id, channel_id), edit_of_id is not None, channel, ts)
            for row_id, edit_of_id, member_id, channel_id, channel, ts in rows.all()
        ]

    def list_unasked(self, now: datetime, asked_since: datetime, limit: int) -> list[str]:
        """The Slack ids of those for whom something is ready that `is_unasked`."""
        rows = self.session.connection().execute(
            select(MEMBER.c.slack_user_id)
            .select_from(WITH_PARENT)
            .where(OUTBOX.c.workspace_id == self.workspace_id, is_sendable(now), is_unasked(asked_since))
            .distinct()
            .limit(limit)
        )
        return list(rows.scalars())

    def claim(self, chosen: Sequence[Ready], replica: str, now: datetime) -> list[Parcel]:
        """Marks the chosen as `sending`, those of them that still wait, and returns them in their order.

        None of them if another replica has taken the lane.
        """
        if not chosen:
            return []
        rows = self.session.connection().execute(_CLAIM, self._claiming(chosen, replica, now))
        return _parcels(chosen, rows)

    def settle(self, settlements: Sequence[Settlement]) -> None:
        """Stores what became of these attempts."""
        if not settlements:
            return
        self.session.connection().execute(
            _SETTLE,
            [
                {"of_workspace": self.workspace_id}
                | {f"one_{name}": getattr(settled, name) for name in _SETTLED}
                for settled in settlements
            ],
        )

    def settle_and_claim(
        self, settlements: Sequence[Settlement], chosen: Sequence[Ready], replica: str, now: datetime
    ) -> list[Parcel]:
        """Both: as one statement where the database can do that, for there each costs a round trip.

        No message may be in both.
        """
        if self.session.get_bind().dialect.name == "sqlite":
            self.settle(settlements)
            return self.claim(chosen, replica, now)
        # One after the other, the first to fit would have counted.
        first = {(settled.id, settled.attempt): settled for settled in reversed(settlements)}.values()
        rows = self.session.connection().execute(
            _SETTLE_AND_CLAIM,
            self._claiming(chosen, replica, now) | {"settlements": [_as_json(settled) for settled in first]},
        )
        return _parcels(chosen, rows)

    def strand(self) -> None:
        """What a dead holder left `sending`: an edit can be sent again, a message cannot: it is `unknown`."""
        for condition, state in (
            (OUTBOX.c.edit_of_id.is_not(None), OutboxState.PENDING),
            (OUTBOX.c.edit_of_id.is_(None), OutboxState.UNKNOWN),
        ):
            self._move(OUTBOX.c.state == OutboxState.SENDING, condition, state=state)

    def has_dead(self, now: datetime) -> bool:
        """Whether there is something for `expire` or `drop_orphans` to close."""
        found = self.session.connection().execute(
            select(OUTBOX.c.id)
            .select_from(WITH_PARENT)
            .where(
                OUTBOX.c.workspace_id == self.workspace_id,
                OUTBOX.c.state == OutboxState.PENDING,
                or_(OUTBOX.c.expires_at <= now, is_orphan()),
            )
            .limit(1)
        )
        return found.first() is not None

    def expire(self, now: datetime) -> None:
        """Closes what would come too late to be of use."""
        self._move(
            OUTBOX.c.state == OutboxState.PENDING, OUTBOX.c.expires_at <= now, state=OutboxState.EXPIRED
        )

    def drop_orphans(self) -> None:
        """Closes edits and replies whose original will not come.

        The edit of a message that failed becomes its content, in case the message is tried again.
        """
        orphans = (
            self.session.connection()
            .execute(
                select(
                    OUTBOX.c.id, OUTBOX.c.edit_of_id, OUTBOX.c.payload, PARENT.c.state.label("parent_state")
                )
                .select_from(WITH_PARENT)
                .where(
                    OUTBOX.c.workspace_id == self.workspace_id,
                    OUTBOX.c.state == OutboxState.PENDING,
                    is_orphan(),
                )
                .order_by(OUTBOX.c.id)
            )
            .all()
        )
        if not orphans:
            return
        for orphan in orphans:
            if orphan.edit_of_id is not None and orphan.parent_state == OutboxState.FAILED:
                self._move(OUTBOX.c.id == orphan.edit_of_id, payload=orphan.payload)
        self._move(
            OUTBOX.c.id.in_([orphan.id for orphan in orphans]),
            OUTBOX.c.state == OutboxState.PENDING,
            state=OutboxState.FAILED,
            fault=ORIGINAL_NOT_SENT,
        )

    def list_doubts(self) -> list[Doubt]:
        """The messages in doubt, with what helps to find them, oldest first."""
        known_channel = (
            select(func.max(EARLIER.c.sent_channel_id))
            .where(EARLIER.c.workspace_id == self.workspace_id, EARLIER.c.member_id == OUTBOX.c.member_id)
            .scalar_subquery()
        )
        rows = self.session.connection().execute(
            select(
                OUTBOX.c.id,
                OUTBOX.c.key,
                OUTBOX.c.attempts,
                OUTBOX.c.sending_at,
                func.coalesce(PARENT.c.sent_channel_id, OUTBOX.c.channel_id, known_channel),
                MEMBER.c.slack_user_id,
                PARENT.c.sent_ts,
            )
            .select_from(WITH_PARENT)
            .where(OUTBOX.c.workspace_id == self.workspace_id, OUTBOX.c.state == OutboxState.UNKNOWN)
            .order_by(OUTBOX.c.id)
        )
        return [Doubt(*row) for row in rows.all()]

    def has_doubts(self) -> bool:
        found = self.session.connection().execute(
            select(OUTBOX.c.id)
            .where(OUTBOX.c.workspace_id == self.workspace_id, OUTBOX.c.state == OutboxState.UNKNOWN)
            .limit(1)
        )
        return found.first() is not None

    def _claiming(self, chosen: Sequence[Ready], replica: str, now: datetime) -> dict[str, Any]:
        return {
            "chosen_ids": [ready.id for ready in chosen],
            "of_workspace": self.workspace_id,
            "holder": replica,
            "claimed_at": now,
        }

    def _move(self, *conditions: ColumnElement[bool], **values: object) -> int:
        moved = self.session.connection().execute(
            update(OUTBOX).where(OUTBOX.c.workspace_id == self.workspace_id, *conditions).values(values)
        )
        return moved.rowcount


def _as_json(settled: Settlement) -> dict[str, Any]:
    at = settled.sent_at
    return {name: getattr(settled, name) for name in _SETTLED} | {"sent_at": at and at.isoformat()}


def _parcels(chosen: Sequence[Ready], rows: Result[Any]) -> list[Parcel]:
    claimed = {row.id: row for row in rows.all()}
    return [
        Parcel(ready, row.key, row.attempts, row.payload)
        for ready in chosen
        if (row := claimed.get(ready.id)) is not None
    ]
