"""What the verbs of catchball take and hand back: frozen, without Slack and without SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from storage.repositories.catchball_lists import BallLine
from storage.repositories.catchballs import Made
from storage.rules.catchball import Ball
from storage.rules.catchball_terms import Change, Terms, difference
from storage.rules.graph import Node
from storage.rules.hierarchy import Ref
from storage.rules.terms import Kind
from storage.tables.catchball import Catchball, CatchballMove, CatchballRemark, CatchballVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Throw:
    """A proposal: `kind` is what it is to be in the plan, `item` the item that it is about where there
    is one."""

    kind: Kind
    terms: Terms
    receiver_ids: Sequence[int]
    channel_id: str
    is_private: bool = False
    until_on: date | None = None
    item: Ref | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Other terms: the reason, reasons of single terms, and answers to the four questions, by their names."""

    terms: Terms = field(default_factory=Terms)
    reason: str
    reasons: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a move did. `written` is the item that an agreement has made or changed."""

    row: Catchball
    before: Ball
    ball: Ball
    move: Made
    written: Node | None = None

    @property
    def changes(self) -> tuple[Change, ...]:
        return difference(self.before.terms, self.ball.terms) if self.before.version else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A ball whole, for whoever may see it. `parent` is the item above where the reader may see that; `days`
    for which it has lain by now."""

    row: Catchball
    ball: Ball
    versions: tuple[CatchballVersion, ...]
    moves: tuple[CatchballMove, ...]
    names: Mapping[int, str]
    remarks: tuple[CatchballRemark, ...] = ()
    parent: Node | None = None
    item: Node | None = None
    days: int = 0
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Branch:
    """An item below an agreed objective, and whether a ball about it is open; `node` None: nothing is
    below."""

    above: Node
    node: Node | None
    ball: BallLine | None
