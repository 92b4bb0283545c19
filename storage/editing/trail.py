"""What stays of a change: who, when, what, from what to what, and why where that was asked.

An item's entries name the fields of its node. What belongs to an item stands in the item's own history:
supporters, readers and other names as whole lists, a step's fields under `step`, planned months under
`monthly_plan`. Marks, teams, plans, roles and the settings have a history of their own, by the
kinds below.
"""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from storage.database import UnitOfWork
from storage.rules.access import Viewer
from storage.rules.graph import Node
from storage.rules.hierarchy import format_reference
from storage.rules.terms import Kind

MARK = "mark"
TEAM = "team"
PLAN = "plan"
ROLE = "role"
SETTINGS = "settings"

SIGHT = frozenset({"is_restricted", "readers", "supporters", "owner_id", "team_id", "parent", "measure"})
"""The fields that say who sees an item."""


def note(
    uow: UnitOfWork,
    viewer: Viewer,
    node: Node,
    action: str,
    *,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    reason: str = "",
) -> None:
    """An entry in the history of an item."""
    if before is not None and not SIGHT.isdisjoint(after):
        uow.narrowed.add(node.ref)
    note_other(
        uow,
        viewer,
        action,
        kind=str(node.kind),
        item_id=node.id,
        reference=node.reference,
        before=before,
        after=after,
        reason=reason,
    )


def note_other(
    uow: UnitOfWork,
    viewer: Viewer,
    action: str,
    *,
    kind: str,
    item_id: int,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    reference: str = "",
    reason: str = "",
) -> None:
    """An entry about something that is no item."""
    uow.audit.record(
        at=uow.now,
        member_id=viewer.member_id,
        action=action,
        kind=kind,
        item_id=item_id,
        reference=reference,
        before=None if before is None else written(before),
        after=written(after),
        reason=reason.strip(),
    )


def written(values: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as the trail keeps them: figures and days as text, references as people read them."""
    return {field: _written(value) for field, value in values.items()}


def _written(value: Any) -> Any:
    match value:
        case (Kind() as kind, int() as number):
            return format_reference(kind, number)
        case Mapping():
            return written(value)
        case frozenset() | set():
            return sorted(value)
        case Collection() if not isinstance(value, str):
            return [_written(one) for one in value]
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value
