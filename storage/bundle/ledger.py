"""Writes rows only where they differ, and remembers what it did, for the trail and for the report."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import inspect
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict

from storage.bundle.changes import Action, Change, FieldChange
from storage.database import UnitOfWork
from storage.editing.trail import SIGHT
from storage.repositories.plans import ITEM_TABLES
from storage.rules.changes import wants_reason
from storage.rules.hierarchy import Ref
from storage.rules.terms import ItemState, Kind
from storage.tables.columns import Row as TableRow
from storage.tables.columns import plain
from storage.tables.mark import Mark
from storage.tables.plan import Step
from storage.tables.role import RoleGrant
from storage.tables.workspace import Workspace

T = TypeVar("T", bound=TableRow)
_ITEM_ROWS = tuple(ITEM_TABLES.values())
Columns = Mapping[str, Any]
AsFields = Callable[[str, Columns], dict[str, Any]]

# The trail outlives the person: what erasing someone must remove does not go in.
_LEFT_OUT = {"member": frozenset({"name", "email"})}
_ITEMS = frozenset(map(str, ITEM_TABLES))
_WITHOUT_REFERENCE = frozenset(
    {"plan", "member", "team", "membership", "absence", "settings", "role", "day off"}
)


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

    def __init__(self, uow: UnitOfWork, source_name: str, by: int | None = None) -> None:
        self._uow = uow
        self._by = by
        self._source_name = source_name
        self._outcomes: dict[int, _Outcome] = {}
        self._counted: Counter[tuple[str, Action]] = Counter()
        self._new: defaultdict[type[TableRow], list[TableRow]] = defaultdict(list)

    def put(
        self, table: type[T], row: T | None, kind: str, name: str, *, said: Columns, defaults: Columns
    ) -> T:
        """The row with what the file says of it: a new one, which also takes the defaults, or `row`.

        A new one has its id after the next `flush`.
        """
        if row is None:
            values = {
                column: plain(value) if type(value) is Decimal else value
                for column, value in {**defaults, **said}.items()
            }
            row = _new_row(table, {"workspace_id": self._uow.workspace_id, **values})
            self._new[table].append(row)
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
            if outcome.is_added:
                self._watch(row)
            setattr(row, column, _stored(value))
            if not outcome.is_added:
                outcome.before.setdefault(column, before)
            outcome.after[column] = _stored(value)

    def flush(self) -> None:
        """Writes what was changed, then what is new.

        New rows go past the session, which would look at each of them many times; `_watch` hands over those
        few that change afterwards.
        """
        self._uow.session.flush()
        for table, rows in self._new.items():
            values = [instance_dict(row) for row in rows]
            names = [name for name in table.model_fields if name in values[0]]
            ids = self._uow.bundles.add_rows(table, values, names)
            for row, row_id in zip(rows, ids, strict=True):
                instance_dict(row)["id"] = row_id
        self._new.clear()

    def _watch(self, row: TableRow | Workspace) -> None:
        """Lets the session write what changes of a row that is in the database already."""
        if "id" in instance_dict(row) and row not in self._uow.session:
            make_transient_to_detached(row)
            self._uow.session.add(row)

    @property
    def has_added(self) -> bool:
        """Whether rows were added that the session knows nothing of."""
        return any(outcome.is_added for outcome in self._outcomes.values())

    def note(self, row: TableRow, kind: str, name: str, field_name: str, *, before: Any, after: Any) -> None:
        """Notes what belongs to a row and is kept in rows of its own: a list, or values by month."""
        outcome = self._outcomes.setdefault(id(row), _Outcome(row, kind, name, is_added=False))
        if not outcome.is_added:
            outcome.before.setdefault(field_name, before)
        outcome.after[field_name] = after

    def count(self, kind: str, action: Action, rows: int = 1) -> None:
        """Notes rows that are counted without a trail of their own."""
        self._counted[kind, action] += rows

    def moved(self, as_fields: AsFields, today: date) -> tuple[str, ...]:
        """The references of the items of which something agreed changes in the middle of its time."""
        return tuple(
            outcome.name
            for outcome in self._outcomes.values()
            if not outcome.is_added
            and outcome.kind in _ITEMS
            and wants_reason(_Before(outcome), as_fields(outcome.kind, outcome.before), today)
        )

    def write_trail(
        self,
        as_fields: AsFields,
        *,
        moved: Collection[str] = (),
        reason: str = "",
        brings_history: bool = False,
        begins: bool = False,
    ) -> None:
        """One audit entry for every row that was added or changed. The rows must have their ids.

        Args:
            moved: the references of the items that `reason` is told of.
            as_fields: from (kind, columns) to fields by the names that the trail has for them.
            brings_history: the file tells itself how the rows came to be that it adds.
            begins: there was no plan before, so the settings are new, too.
        """
        self._uow.audit.record_all(
            [
                self._trail_of(outcome, as_fields, reason if outcome.name in moved else "")
                for outcome in self._outcomes.values()
                if outcome.action is not Action.UNCHANGED
                and not (brings_history and (outcome.is_added or (begins and outcome.kind == "settings")))
            ]
        )

    def _trail_of(self, outcome: _Outcome, as_fields: AsFields, reason: str) -> dict[str, Any]:
        left_out = _LEFT_OUT.get(outcome.kind, frozenset())
        after = _written(as_fields(outcome.kind, outcome.after), left_out)
        before = None
        if not outcome.is_added:
            before = _written(as_fields(outcome.kind, outcome.before), left_out)
        return {
            "at": self._uow.now,
            "member_id": self._by,
            "action": str(outcome.action),
            "kind": outcome.kind,
            "item_id": outcome.row.id,
            "reference": "" if outcome.kind in _WITHOUT_REFERENCE else outcome.name,
            "reason": _why(reason, self._source_name),
            **_as_the_forms_do(outcome, before, after),
        }

    @property
    def narrowed(self) -> set[Ref]:
        """The items of which the file has changed who sees them."""
        return {
            (Kind(outcome.kind), outcome.row.number)
            for outcome in self._outcomes.values()
            if isinstance(outcome.row, _ITEM_ROWS)
            and any(name in SIGHT or name.endswith("_id") for name in outcome.before)
        }

    def outcomes(self) -> Counter[tuple[str, Action]]:
        """How many rows of each kind were looked at, by what became of them."""
        found = Counter((outcome.kind, outcome.action) for outcome in self._outcomes.values())
        found.update({counted: rows for counted, rows in self._counted.items() if rows})
        return found

    def changes(self, as_fields: AsFields, shown: Callable[[str, Any], str]) -> tuple[Change, ...]:
        """The rows that were added or changed; `shown(field, value)` puts a value into words."""
        return tuple(
            Change(outcome.action, outcome.kind, outcome.name, _fields(outcome, as_fields, shown))
            for outcome in self._outcomes.values()
            if outcome.action is not Action.UNCHANGED
        )


@dataclass(frozen=True, slots=True)
class _Before:
    """An item's row as it was before the import."""

    outcome: _Outcome

    @property
    def state(self) -> ItemState:
        return ItemState(self._was("state"))

    @property
    def starts_on(self) -> date | None:
        found: date | None = self._was("starts_on")
        return found

    def _was(self, column: str) -> Any:
        before = self.outcome.before
        return before[column] if column in before else getattr(self.outcome.row, column, None)


def _why(reason: str, source_name: str) -> str:
    imported = f"Imported from {source_name}."
    return f"{reason} ({imported})" if reason else imported


def _new_row(table: type[T], values: Columns) -> T:
    """A row made as the database's own are made when they are read.

    The model's constructor notes each column one by one, which for thousands of rows takes longer than
    writing them.
    """
    row: T = inspect(table).class_manager.new_instance()
    instance_dict(row).update({**_defaults_of(table), **values})
    return row


@cache
def _defaults_of(table: type[TableRow]) -> dict[str, Any]:
    """What a new row has in the columns that nothing is said of."""
    fields = ((name, field) for name, field in table.model_fields.items() if name != "id")
    return {
        name: field.get_default(call_default_factory=True)
        for name, field in fields
        if not field.is_required()
    }


def _as_the_forms_do(
    outcome: _Outcome, before: dict[str, Any] | None, after: dict[str, Any]
) -> dict[str, Any]:
    """Where the trail has an entry (storage/editing/trail.py): in one place, whoever changes it."""
    row = outcome.row
    if isinstance(row, Step):
        frame = {"id": row.id, "title": row.title}
        return {
            "action": f"step {outcome.action}",
            "kind": str(Kind.INITIATIVE),
            "item_id": row.initiative_id,
            "reference": outcome.name.partition(":")[0],
            "before": None if before is None else {"step": {**frame, **before}},
            "after": {"step": {**frame, **after}},
        }
    if isinstance(row, Mark):
        left, _, right = outcome.name.partition(" – ")
        ends = {"left": left, "right": right}
        kept = {key: value for key, value in after.items() if not key.startswith(("left_", "right_"))}
        return {
            "reference": left,
            "before": None if before is None else {**ends, **before},
            "after": {**ends, **kept},
        }
    if isinstance(row, RoleGrant):
        return {"item_id": row.member_id, "before": None, "after": {"role": str(row.role)}}
    return {"before": before, "after": after}


def _fields(
    outcome: _Outcome, as_fields: AsFields, shown: Callable[[str, Any], str]
) -> tuple[FieldChange, ...]:
    if not outcome.before:
        return ()
    after = as_fields(outcome.kind, outcome.after)
    return tuple(
        FieldChange(
            name.removesuffix("_id").removesuffix("_on"), shown(name, before), shown(name, after.get(name))
        )
        for name, before in as_fields(outcome.kind, outcome.before).items()
    )


def _stored(value: Any) -> Any:
    return plain(value) if isinstance(value, Decimal) else value


def _written(values: Columns, left_out: frozenset[str]) -> dict[str, Any]:
    """Values as JSON keeps them: figures and days as text, so that they stay exact."""
    return {
        column: value if type(value) in _AS_THEY_ARE else _as_json(value)
        for column, value in values.items()
        if column not in left_out
    }


_AS_THEY_ARE = frozenset({str, int, bool, type(None)})


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_json(one) for key, one in value.items()}
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value
