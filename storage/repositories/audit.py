"""Who changed what."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import col, select

from storage.repositories.base import Repository
from storage.tables.audit import AuditEntry


class Audit(Repository):
    """The trail of changes."""

    def record(
        self,
        *,
        at: datetime,
        member_id: int | None,
        action: str,
        kind: str,
        item_id: int,
        reference: str = "",
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        reason: str = "",
    ) -> None:
        """Adds one entry; figures go in as text so that JSON keeps them exact."""
        self.session.add(
            AuditEntry(
                workspace_id=self.workspace_id,
                at=at,
                member_id=member_id,
                action=action,
                kind=kind,
                item_id=item_id,
                reference=reference,
                before=before,
                after=after,
                reason=reason,
            )
        )

    def record_all(self, entries: Sequence[dict[str, Any]]) -> None:
        """As `record`, many in one statement; each entry has the keys that `record` takes."""
        empty = {"reference": "", "before": None, "after": None, "reason": ""}
        rows = [{**empty, **entry, "workspace_id": self.workspace_id} for entry in entries]
        if rows:
            self.session.execute(insert(AuditEntry), rows)

    def list_for(self, kind: str, item_id: int) -> list[AuditEntry]:
        """The entries of one item, oldest first."""
        return list(
            self.session.exec(
                select(AuditEntry)
                .where(
                    AuditEntry.workspace_id == self.workspace_id,
                    AuditEntry.kind == kind,
                    AuditEntry.item_id == item_id,
                )
                .order_by(col(AuditEntry.at), col(AuditEntry.id))
            )
        )
