"""Two people in one form: what others changed since it was drawn, by the trail (decision 0030)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from storage.database import UnitOfWork
from storage.editing.trail import written
from storage.repositories.audit import Version
from storage.rules.errors import Overtaken

Listed = TypeVar("Listed", int, str)
"""What lists hold: members, or names."""


def changed_since(uow: UnitOfWork, kind: str, row_id: int, since: int) -> dict[str, Version]:
    """By field: who changed it last, from what it was before all of that."""
    found: dict[str, Version] = {}
    for version in uow.audit.list_newer(kind, row_id, since):
        for field in version.after:
            before = found[field].before if field in found else version.before
            found[field] = version._replace(before=before)
    return found


def settle(
    newer: Mapping[str, Version], values: Mapping[str, Any], now: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Version]]:
    """The values without those that this person left as they were when others have changed them, and the
    fields that both changed.

    Args:
        newer: as `changed_since` returns it.
        now: the same fields as the record has them.
    """
    mine, theirs = written(values), written(now)
    settled = dict(values)
    clashes: dict[str, Version] = {}
    for field, version in newer.items():
        if field not in mine or mine[field] == theirs[field]:
            continue
        if mine[field] == version.before.get(field):
            del settled[field]
        else:
            clashes[field] = version
    return settled, clashes


def merge_list(
    newer: Mapping[str, Version], field: str, now: Sequence[Listed], typed: Sequence[Listed]
) -> list[Listed]:
    """A list as someone leaves it: what they added and took away since their form was drawn, done to the list
    as others have it now."""
    version = newer.get(field)
    if version is None:
        return list(typed)
    drawn = version.before.get(field) or ()
    kept = [one for one in now if one in typed or one not in drawn]
    return kept + [one for one in typed if one not in drawn and one not in now]


def overtaken(name: str, told: Iterable[str], fields: Iterable[str]) -> Overtaken:
    """What whoever comes second is told. `told` are both versions by field, such as "title “A” → “B”"."""
    return Overtaken(
        f"{name or 'Someone'} changed this while you were typing: {', '.join(told)}. What you typed is still "
        "here: save it again to put it in the other's place, or type what you agree on.",
        fields,
    )
