"""Writes rows only where they differ, and remembers what it did, for the trail and for the report."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from storage.bundle.changes import Action, Change, FieldChange
from storage.database import UnitOfWork
from storage.tables.columns import Row as TableRow
from storage.tables.columns import plain
from storage.tables.workspace import Workspace

T = TypeVar("T", bound=TableRow)
Columns = Mapping[str, Any]

# The trail outlives the person: what erasing someone must remove does not go in.
_LEFT_OUT = {"member": frozenset({"name", "email"})}
_WITHOUT_REFERENCE = frozenset({"plan", "member", "team", "membership", "absence", "check-in"})


@dataclass(slots=True)
class _Outcome:
    row: TableRow | Workspace
    kind: str
    name: str
    is_added: bool
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    @property
    def action(self) -> Action:
        if self.is_added:
            return Action.ADDED
        return Action.CHANGED if self.after else Action.UNCHANGED


class Ledger:
    """The changes of one import, in the order in which they were made."""

    def __init__(self, uow: UnitOfWork, source_name: str) -> None:
        self._uow = uow
        self._source_name = source_name
        self._outcomes: dict[int, _Outcome] = {}
        self._counted: list[tuple[str, Action]] = []

    def put(
        self, table: type[T], row: T | None, kind: str, name: str, *, said: Columns, defaults: Columns
    ) -> T:
        """The row with what the file says of it: a new one, which also takes the defaults, or `row`."""
        if row is None:
            values = {column: _stored(value) for column, value in {**defaults, **said}.items()}
            row = table(workspace_id=self._uow.workspace_id, **values)
            self._uow.session.add(row)
            self._outcomes[id(row)] = _Outcome(row, kind, name, is_added=True, after=values)
        else:
            self.change(row, kind, name, said)
        return row

    def change(self, row: TableRow | Workspace, kind: str, name: str, said: Columns) -> None:
        """Sets what differs. A row may come several times: the first value is what stood before."""
        outcome = self._outcomes.setdefault(id(row), _Outcome(row, kind, name, is_added=False))
        for column, value in said.items():
            before = getattr(row, column)
            if before == value:
                continue
            setattr(row, column, _stored(value))
            if not outcome.is_added:
                outcome.before.setdefault(column, before)
            outcome.after[column] = _stored(value)

    def count(self, kind: str, action: Action) -> None:
        """Notes a row that is counted without a trail of its own."""
        self._counted.append((kind, action))

    def write_trail(self) -> None:
        """One audit entry for every row that was added or changed. The rows must have their ids."""
        self._uow.audit.record_all(
            [
                self._trail_of(outcome)
                for outcome in self._outcomes.values()
                if outcome.action is not Action.UNCHANGED
            ]
        )

    def _trail_of(self, outcome: _Outcome) -> dict[str, Any]:
        left_out = _LEFT_OUT.get(outcome.kind, frozenset())
        return {
            "at": self._uow.now,
            "member_id": None,
            "action": str(outcome.action),
            "kind": outcome.kind,
            "item_id": outcome.row.id,
            "reference": "" if outcome.kind in _WITHOUT_REFERENCE else outcome.name,
            "before": None if outcome.is_added else _written(outcome.before, left_out),
            "after": _written(outcome.after, left_out),
            "reason": f"Imported from {self._source_name}.",
        }

    def outcomes(self) -> list[tuple[str, Action]]:
        """Kind and action of every row that was looked at."""
        return [(outcome.kind, outcome.action) for outcome in self._outcomes.values()] + self._counted

    def changes(self, shown: Callable[[str, Any], str]) -> tuple[Change, ...]:
        """The rows that were added or changed; `shown(column, value)` puts a value into words."""
        return tuple(
            Change(outcome.action, outcome.kind, outcome.name, _fields(outcome, shown))
            for outcome in self._outcomes.values()
            if outcome.action is not Action.UNCHANGED
        )


def _fields(outcome: _Outcome, shown: Callable[[str, Any], str]) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(
            column.removesuffix("_id").removesuffix("_on"),
            shown(column, before),
            shown(column, outcome.after[column]),
        )
        for column, before in outcome.before.items()
    )


def _stored(value: Any) -> Any:
    return plain(value) if isinstance(value, Decimal) else value


def _written(values: Columns, left_out: frozenset[str]) -> dict[str, Any]:
    """Values as JSON keeps them: figures and days as text, so that they stay exact."""
    return {
        column: str(value) if isinstance(value, Decimal | date) else value
        for column, value in values.items()
        if column not in left_out
    }
