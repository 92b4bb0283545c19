"""Who changed what."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, insert
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from storage.repositories.base import Repository
from storage.repositories.bulk import load_rows
from storage.repositories.plans import PARENT_COLUMNS
from storage.rules.hierarchy import Ref, format_reference
from storage.rules.history import Entry
from storage.rules.terms import Kind
from storage.tables.audit import AuditEntry

WORKSPACE, INSTALLED = "workspace", "installed"
"""Kind and action of the entry that says who installed the app."""

_OF_FORMS = ("changed", "planned", "step changed", "archived", "restored")
"""What a form of an item may be overtaken by."""

Ids = Mapping[tuple[Kind, int], Ref]
"""From the rows of a plan's items to their references."""


class Version(NamedTuple):
    """One change of an item, its fields as the trail keeps them."""

    member_id: int | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]


_ADD = insert(AuditEntry)


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
        entry = {
            "workspace_id": self.workspace_id,
            "at": at,
            "member_id": member_id,
            "action": action,
            "kind": kind,
            "item_id": item_id,
            "reference": reference,
            "before": before,
            "after": after,
            "reason": reason,
        }
        self._send(_ADD, entry)

    def record_all(self, entries: Sequence[dict[str, Any]]) -> None:
        """As `record`, many in one statement; each entry has the keys that `record` takes."""
        empty = {"reference": "", "before": None, "after": None, "reason": ""}
        rows = [{**empty, **entry} for entry in entries]
        # Past the session, which would look at each row once more; nothing of it waits for these.
        load_rows(self.session.connection(), AuditEntry, rows, workspace_id=self.workspace_id)

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

    def find_installer(self) -> int | None:
        """Who installed the app last, where that is known; a member id."""
        return self.session.exec(
            select(AuditEntry.member_id)
            .where(
                AuditEntry.workspace_id == self.workspace_id,
                AuditEntry.kind == WORKSPACE,
                AuditEntry.item_id == self.workspace_id,
                AuditEntry.action == INSTALLED,
            )
            .order_by(col(AuditEntry.id).desc())
        ).first()

    def version(self, kind: str, item_id: int) -> int:
        """The number of the last change of an item, 0 where there is none."""
        last: int | None = self.session.execute(
            select_columns(func.max(col(AuditEntry.id))).where(
                col(AuditEntry.workspace_id) == self.workspace_id,
                col(AuditEntry.kind) == kind,
                col(AuditEntry.item_id) == item_id,
            )
        ).scalar_one()
        return last or 0

    def list_newer(self, kind: str, item_id: int, version: int) -> list[Version]:
        """How the item's own fields were changed after a version, oldest first."""
        rows = self.session.execute(
            select_columns(col(AuditEntry.member_id), col(AuditEntry.before), col(AuditEntry.after))
            .where(
                col(AuditEntry.workspace_id) == self.workspace_id,
                col(AuditEntry.kind) == kind,
                col(AuditEntry.item_id) == item_id,
                col(AuditEntry.action).in_(_OF_FORMS),
                col(AuditEntry.id) > version,
            )
            .order_by(col(AuditEntry.id))
        )
        return [Version(member_id, before or {}, after or {}) for member_id, before, after in rows]

    def list_newer_entries(self, kind: Kind, item_id: int, version: int, refs: Ids) -> list[Entry]:
        """Every change of an item after a version, the oldest first."""
        rows = self.session.exec(
            select(AuditEntry)
            .where(
                AuditEntry.workspace_id == self.workspace_id,
                AuditEntry.kind == str(kind),
                AuditEntry.item_id == item_id,
                col(AuditEntry.id) > version,
            )
            .order_by(col(AuditEntry.id))
        )
        return [_entry(row, refs) for row in rows]

    def list_since(self, instant: datetime, refs: Ids) -> list[Entry]:
        """Every change at an instant and after it, the newest first."""
        rows = self.session.exec(
            select(AuditEntry)
            .where(AuditEntry.workspace_id == self.workspace_id, col(AuditEntry.at) >= instant)
            .order_by(col(AuditEntry.at).desc(), col(AuditEntry.id).desc())
        )
        return [_entry(row, refs) for row in rows]

    def list_of_item(
        self, kind: Kind, item_id: int, refs: Ids, *, most: int, before: datetime | None = None
    ) -> list[Entry]:
        """The newest changes of one item, the newest first; with `before` those before that instant."""
        earlier = [] if before is None else [col(AuditEntry.at) < before]
        rows = self.session.exec(
            select(AuditEntry)
            .where(
                AuditEntry.workspace_id == self.workspace_id,
                AuditEntry.kind == str(kind),
                AuditEntry.item_id == item_id,
                *earlier,
            )
            .order_by(col(AuditEntry.at).desc(), col(AuditEntry.id).desc())
            .limit(most)
        )
        return [_entry(row, refs) for row in rows]


def _entry(row: AuditEntry, refs: Ids) -> Entry:
    return Entry(
        row.at,
        row.member_id,
        row.action,
        row.kind,
        row.item_id,
        row.reference,
        None if row.before is None else _by_field(row.kind, row.before, refs),
        _by_field(row.kind, row.after or {}, refs),
        row.reason,
    )


def _by_field(kind: str, values: Mapping[str, Any], refs: Ids) -> dict[str, Any]:
    """By the names of a node's fields: plan files leave the names of columns in the trail."""
    if kind not in _KINDS:
        return dict(values)
    found = {_FIELDS.get(name, name): value for name, value in values.items()}
    if "kpi_id" in found:
        found["measure"] = _reference(Kind.KPI, found.pop("kpi_id"), refs)
    parents = {
        parent_kind: found.pop(column)
        for parent_kind, column in PARENT_COLUMNS.get(Kind(kind), {}).items()
        if column in found
    }
    if parents:
        named = (_reference(parent_kind, item_id, refs) for parent_kind, item_id in parents.items())
        found["parent"] = next(filter(None, named), None)
    return found


def _reference(kind: Kind, item_id: int | None, refs: Ids) -> str | None:
    ref = refs.get((kind, item_id)) if item_id is not None else None
    return None if ref is None else format_reference(*ref)


_KINDS = frozenset(str(kind) for kind in Kind)
_FIELDS = {"ends_on": "due_on"}
