"""What an import did, or would do."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from storage.bundle.faults import Fault


class Action(StrEnum):
    """What happened to one row."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after, as people read them; `—` where there is nothing."""

    field: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.field} {self.before} → {self.after}"


@dataclass(frozen=True, slots=True)
class Change:
    """One row that was added or changed. `name` is its reference, address or name."""

    action: Action
    kind: str
    name: str
    fields: tuple[FieldChange, ...] = ()

    def __str__(self) -> str:
        text = f"{self.action} {self.kind} {self.name}"
        return f"{text}: {', '.join(map(str, self.fields))}" if self.fields else text


@dataclass(frozen=True, slots=True)
class Loaded:
    """The result of an import; its text is the count, `3 added, 2 changed, 40 unchanged`.

    `counts` are by kind of row ("key result", "reading" …). `changes` names the rows; readings are only
    counted, because there may be thousands. `moved` are the references of what was agreed and changes in the
    middle of its time, which wants a reason.
    """

    counts: dict[str, dict[Action, int]]
    changes: tuple[Change, ...]
    warnings: tuple[Fault, ...]
    is_dry_run: bool
    moved: tuple[str, ...] = ()

    @property
    def added(self) -> int:
        return self._total(Action.ADDED)

    @property
    def changed(self) -> int:
        return self._total(Action.CHANGED)

    @property
    def unchanged(self) -> int:
        return self._total(Action.UNCHANGED)

    def __str__(self) -> str:
        return ", ".join(f"{self._total(action)} {action}" for action in Action)

    def _total(self, action: Action) -> int:
        return sum(by_action[action] for by_action in self.counts.values())


def count_by_kind(totals: Counter[tuple[str, Action]]) -> dict[str, dict[Action, int]]:
    """How many rows of each kind were added, changed and left."""
    kinds = dict.fromkeys(kind for kind, _ in totals)
    return {kind: {action: totals[kind, action] for action in Action} for kind in kinds}
