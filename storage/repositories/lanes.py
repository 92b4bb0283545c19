"""Who may send a workspace's messages: one replica at a time, with the rate limit's state in the row.

Instants here are in real time: leases and Slack's limits know nothing of a rehearsal's clock.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from storage.repositories.base import Repository
from storage.repositories.deliveries import LANE, OUTBOX, WITH_PARENT, is_orphan, is_sendable
from storage.tables.outbox import OutboxState

WORKSPACE: Table = SQLModel.metadata.tables["workspace"]


class LaneLost(Exception):
    """Another replica holds the lane: this one must send nothing more for the workspace."""


@dataclass(frozen=True, slots=True)
class LaneState:
    """What the last holder left in the row; without `leased_by` there was none."""

    leased_by: str | None
    leased_until: datetime | None
    tokens: float
    refilled_at: datetime | None
    blocked_until: datetime | None


@dataclass(frozen=True, slots=True)
class WaitingLane:
    """A workspace with something to send, to settle or to close."""

    workspace_id: int
    leased_by: str | None
    leased_until: datetime | None

    def is_free_for(self, replica: str, real_now: datetime) -> bool:
        return self.leased_by in (None, replica) or self.leased_until is None or self.leased_until <= real_now


def list_waiting(session: Session, now: datetime) -> list[WaitingLane]:
    """The connected workspaces whose outbox wants somebody by `now`, the product's clock."""
    of_workspace = LANE.c.workspace_id == WORKSPACE.c.id
    rows = session.connection().execute(
        select(
            WORKSPACE.c.id,
            select(LANE.c.leased_by).where(of_workspace).scalar_subquery(),
            select(LANE.c.leased_until).where(of_workspace).scalar_subquery(),
        )
        .where(
            WORKSPACE.c.connected_at.is_not(None),
            WORKSPACE.c.disconnected_at.is_(None),
            exists(
                select(OUTBOX.c.id)
                .select_from(WITH_PARENT)
                .where(
                    OUTBOX.c.workspace_id == WORKSPACE.c.id,
                    or_(
                        OUTBOX.c.state.in_([OutboxState.SENDING, OutboxState.UNKNOWN]),
                        and_(
                            OUTBOX.c.state == OutboxState.PENDING,
                            or_(is_sendable(now), OUTBOX.c.expires_at <= now, is_orphan()),
                        ),
                    ),
                )
                .correlate(WORKSPACE)
            ),
        )
        .order_by(WORKSPACE.c.id)
    )
    return [WaitingLane(*row) for row in rows.all()]


class Lanes(Repository):
    """The lane of one workspace."""

    def take(self, replica: str, *, real_now: datetime, until: datetime) -> LaneState | None:
        """Leases the lane until then; None while another replica holds it."""
        self._make()
        before = (
            self.session.connection()
            .execute(
                select(
                    LANE.c.leased_by,
                    LANE.c.leased_until,
                    LANE.c.tokens,
                    LANE.c.refilled_at,
                    LANE.c.blocked_until,
                )
                .where(
                    LANE.c.workspace_id == self.workspace_id,
                    or_(
                        LANE.c.leased_by.is_(None),
                        LANE.c.leased_by == replica,
                        LANE.c.leased_until <= real_now,
                    ),
                )
                .with_for_update()
            )
            .one_or_none()
        )
        if before is None:
            return None
        self._set(leased_by=replica, leased_until=until)
        return LaneState(*before)

    def keep(
        self,
        replica: str,
        *,
        until: datetime,
        tokens: float,
        real_now: datetime,
        blocked_until: datetime | None,
    ) -> None:
        """Renews the lease and stores the rate limit's state.

        Raises:
            LaneLost: the lease ran out and another replica took it.
        """
        kept = self._set(
            LANE.c.leased_by == replica,
            leased_until=until,
            tokens=tokens,
            refilled_at=real_now,
            blocked_until=blocked_until,
        )
        if not kept:
            raise LaneLost

    def release(self, replica: str, *, tokens: float, real_now: datetime) -> None:
        """Lets go at once, so that nobody waits for the lease to run out."""
        self._set(LANE.c.leased_by == replica, leased_until=real_now, tokens=tokens, refilled_at=real_now)

    def _make(self) -> None:
        dialect = sqlite if self.session.get_bind().dialect.name == "sqlite" else postgresql
        self.session.connection().execute(
            dialect.insert(LANE)
            .values(workspace_id=self.workspace_id, tokens=0)
            .on_conflict_do_nothing(index_elements=["workspace_id"])
        )

    def _set(self, *conditions: ColumnElement[bool], **values: object) -> bool:
        """False if the lane does not meet the conditions."""
        changed = self.session.connection().execute(
            update(LANE).where(LANE.c.workspace_id == self.workspace_id, *conditions).values(values)
        )
        return changed.rowcount > 0
