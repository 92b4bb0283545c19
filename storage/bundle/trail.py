"""The trail of changes in a plan file: names in place of the record's own numbers, and back again.

An entry of the record says which row it is about, and whom and what its fields point to, by the numbers of
rows. A file knows references, addresses and names instead. Entries about things that a plan file does not
hold stay out of it.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Boolean, Integer
from sqlmodel import SQLModel

from storage.bundle.changes import Action
from storage.bundle.content import as_text
from storage.bundle.document import Document
from storage.bundle.ledger import Ledger
from storage.bundle.rows import ChangeRow
from storage.database import UnitOfWork
from storage.repositories.plans import Record
from storage.rules.hierarchy import format_reference
from storage.rules.terms import Kind
from storage.tables.audit import AuditEntry

_MEMBERS = frozenset(
    {"owner_id", "lead_id", "member_id", "done_by_id", "granted_by_id"}
    | {"supporters", "readers", "member_ids"}
)
_LINKS = {
    **dict.fromkeys(_MEMBERS, "member"),
    "team_id": "team",
    "parent_id": "team",
    "plan_id": "plan",
    "initiative_id": str(Kind.INITIATIVE),
    "kpi_id": str(Kind.KPI),
}
"""Fields that point to a row of that kind by its number."""
_BETWEEN = " – "
_GONE = 0
"""The number of a row that is not there any more."""
_MAY_BE_GONE = frozenset({"mark", "team"})
_WHOLE = re.compile("-?[0-9]{1,18}")
PRIVATE = frozenset({"member", "membership", "absence", "role"})
"""Kinds of entries about people and not about the plan."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the rows of a record are called in a file, by kind and number, and the other way round."""

    by_id: Mapping[tuple[str, int], str]
    ids: Mapping[tuple[str, str], int]


def name_everything(uow: UnitOfWork, record: Record) -> Names:
    """The names of all rows that a plan file holds."""
    by_id = dict(_names(uow, record))
    # Where two have the same name, the first has it.
    ids = {(kind, name): row_id for (kind, row_id), name in reversed(by_id.items())}
    return Names(by_id, ids)


def past_changes(uow: UnitOfWork, names: Names) -> Iterator[dict[str, Any]]:
    """Every entry of the trail about what a plan file holds, in the order of their making."""
    for entry in uow.bundles.list_changes():
        of = names.by_id.get((entry.kind, entry.item_id)) or _former_name(entry)
        if of is None:
            continue
        row = {
            "at": entry.at,
            "by": names.by_id.get(("member", entry.member_id or 0)),
            "action": entry.action,
            "kind": entry.kind,
            "of": of,
            "before": _told(entry.kind, entry.before, names),
            "after": _told(entry.kind, entry.after, names),
            "reason": entry.reason.strip(),
        }
        yield {key: value for key, value in row.items() if value not in (None, "")}


def _former_name(entry: AuditEntry) -> str | None:
    """What a mark or a team was called that is not there any more: its entries say it."""
    fields = {**(entry.before or {}), **(entry.after or {})}
    if entry.kind == "mark" and fields.get("left") and fields.get("right"):
        return f"{fields['left']}{_BETWEEN}{fields['right']}"
    return fields.get("name") if entry.kind == "team" else None


def without_names(row: dict[str, Any], hidden: Collection[str]) -> dict[str, Any]:
    """An entry as if the items of these references had never been."""

    def shown(value: Any) -> Any:
        return None if isinstance(value, str) and value in hidden else value

    return {
        key: {inner: shown(value) for inner, value in said.items()} if isinstance(said, dict) else said
        for key, said in row.items()
    }


def load_changes(
    uow: UnitOfWork, document: Document, read_names: Callable[[], Names], ledger: Ledger
) -> None:
    """Adds the entries of a file that the record does not have yet."""
    if not document.changes:
        return
    names = read_names()
    there = Counter(_key(entry) for entry in uow.bundles.list_changes())
    added = []
    for row in (entry.row for entry in document.changes):
        item_id = names.ids.get((row.kind, row.of), _GONE if row.kind in _MAY_BE_GONE else None)
        key = (row.at, row.action, row.kind, item_id)
        if item_id is None or there[key] > 0:
            there[key] -= 1
            ledger.count("change", Action.UNCHANGED)
            continue
        ledger.count("change", Action.ADDED)
        added.append(_entry(row, item_id, names))
    uow.audit.record_all(added)


def _entry(row: ChangeRow, item_id: int, names: Names) -> dict[str, Any]:
    is_item = row.kind in {str(kind) for kind in Kind}
    return {
        "at": row.at,
        "member_id": names.ids.get(("member", row.by or "")),
        "action": row.action,
        "kind": row.kind,
        "item_id": item_id,
        "reference": row.of.partition(_BETWEEN)[0] if is_item or row.kind == "mark" else "",
        "before": _kept(row.kind, row.before, names),
        "after": _kept(row.kind, row.after, names),
        "reason": row.reason,
    }


def _key(entry: AuditEntry) -> tuple[Any, ...]:
    return entry.at, entry.action, entry.kind, entry.item_id


def _told(kind: str, fields: Mapping[str, Any] | None, names: Names) -> dict[str, Any] | None:
    """An entry's fields with names in them."""
    told = _changed(kind, fields, lambda of, row_id: names.by_id.get((of, row_id)))
    if told and isinstance(told.get("step"), dict):
        # A step is known by its title.
        told["step"].pop("id", None)
    return told


def _kept(kind: str, fields: Mapping[str, Any] | None, names: Names) -> dict[str, Any] | None:
    """An entry's fields with numbers of rows in them, as the record keeps them."""
    return _changed(kind, fields, lambda of, name: names.ids.get((of, name)))


def _changed(
    kind: str, fields: Mapping[str, Any] | None, find: Callable[[str, Any], Any]
) -> dict[str, Any] | None:
    if fields is None:
        return None
    links = {**_LINKS, "continues_id": kind}
    changed: dict[str, Any] = {}
    for key, value in fields.items():
        if isinstance(value, dict):
            changed[key] = _changed(kind, value, find)
        else:
            changed[key] = _linked(links[key], value, find) if key in links else _typed(key, value)
    return changed


def _linked(kind: str, value: Any, find: Callable[[str, Any], Any]) -> Any:
    if isinstance(value, list):
        return [find(kind, one) for one in value]
    return None if value is None else find(kind, value)


def _typed(key: str, value: Any) -> Any:
    """A value as JSON keeps it. A file of text knows no types, so a field's name decides: what is a number
    or yes-or-no in the record is one here, and all else is text."""
    if isinstance(value, list):
        return [_typed(key, one) for one in value]
    if value is None:
        return None
    text = as_text(value)
    if key in _fields_of(Boolean):
        return text in {"yes", "true"}
    if key in _fields_of(Integer) and _WHOLE.fullmatch(text):
        return int(text)
    return text


@cache
def _fields_of(kind: type[Boolean] | type[Integer]) -> frozenset[str]:
    """The names of all columns of that type."""
    return frozenset(
        column.name
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, kind)
    )


def _names(uow: UnitOfWork, record: Record) -> Iterator[tuple[tuple[str, int], str]]:
    emails = {member.id: email for email, member in record.members.items()}
    teams = {team.id: name for name, team in record.teams.items()}
    refs = {(kind, item.id): format_reference(kind, number) for (kind, number), item in record.items.items()}
    yield ("settings", uow.workspace_id), "settings"
    yield from ((("day off", row.id), str(row.off_on)) for row in uow.members.list_days_off())
    yield from ((("plan", plan.id), plan.title) for plan in record.plans)
    yield from ((("member", row_id), email) for row_id, email in emails.items())
    yield from ((("team", row_id), name) for row_id, name in teams.items())
    yield from (((str(kind), row_id), ref) for (kind, row_id), ref in refs.items())
    yield from _names_of_people(uow, emails, teams)
    yield from _names_of_marks(uow, refs)


def _names_of_people(
    uow: UnitOfWork, emails: Mapping[int, str], teams: Mapping[int, str]
) -> Iterator[tuple[tuple[str, int], str]]:
    for row in uow.plans.list_memberships():
        if row.member_id in emails:
            yield ("membership", row.id), f"{emails[row.member_id]} in {teams[row.team_id]}"
    for absence in uow.plans.list_absences():
        if absence.member_id in emails:
            yield ("absence", absence.id), f"{emails[absence.member_id]} from {absence.from_on}"
    # A role's entries are about the person who has it.
    yield from ((("role", row_id), email) for row_id, email in emails.items())


def _names_of_marks(
    uow: UnitOfWork, refs: Mapping[tuple[Kind, int], str]
) -> Iterator[tuple[tuple[str, int], str]]:
    for mark in uow.bundles.list_marks():
        ends = [refs.get((mark.left_kind, mark.left_id)), refs.get((mark.right_kind, mark.right_id))]
        if all(ends):
            yield ("mark", mark.id), _BETWEEN.join(map(str, ends))
