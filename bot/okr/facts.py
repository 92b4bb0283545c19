"""What the services hand to the drawings: frozen facts about OKRs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from storage.rules.graph import Node
from storage.rules.measures import Milestone
from storage.rules.pace import Forecast, Pace
from storage.rules.scoring import Trend
from storage.rules.standing import Standing
from storage.rules.terms import Direction, Frequency, ItemState, Kind, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An item as a person may see it, and how it stands.

    `owner`, `team` and `serves` are empty where there are none, or none that this person may see.
    `confidences` is where the confidence went, oldest first; an objective has none of its own and shows that
    of its least sure key result, which `confidence_of` names.
    """

    node: Node
    standing: Standing
    owner: str = ""
    team: str = ""
    serves: tuple[str, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    confidence_before: int | None = None
    confidences: tuple[int, ...] = ()
    confidence_of: str = ""
    note: str = ""
    noted_at: datetime | None = None
    grade: Decimal | None = None
    """A closed objective's."""
    is_negotiated: bool = False
    """Whether an open ball is about it."""

    @property
    def reference(self) -> str:
        return self.node.reference

    @property
    def state(self) -> ItemState:
        """Where it stands in its life; an active one that is being negotiated shows that and stays active."""
        is_thrown = self.is_negotiated and self.node.state is ItemState.ACTIVE
        return ItemState.IN_CATCHBALL if is_thrown else self.node.state


@dataclass(frozen=True, slots=True)
class Effect:
    """An item above, and how far it was and is by what was recorded."""

    node: Node
    before: Standing
    after: Standing

    @property
    def has_moved(self) -> bool:
        return (self.before.progress, self.before.status) != (self.after.progress, self.after.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An update that was recorded: `shown` is the item after it.

    `line` is what was understood, as it can be typed; `is_bare` says that the confidence was a bare number.
    `also` are the other items that read the same KPI. `period` names the KPI's period (None: this week).
    `undo_until` is None where it is too late or was undone.
    """

    report_id: int
    shown: Shown
    before: Decimal | None
    value: Decimal | None
    confidence: int | None
    confidence_before: int | None
    note: str
    link: str
    line: str
    is_bare: bool
    pace: Pace | None
    forecast: Forecast | None
    effects: tuple[Effect, ...]
    also: tuple[Node, ...]
    measure: Node | None
    frequency: Frequency
    period_on: date | None
    milestones: tuple[Milestone, ...] = ()
    undo_until: datetime | None = None

    @property
    def unit(self) -> str:
        return self.shown.node.unit

    @property
    def direction(self) -> Direction:
        return self.shown.node.direction

    @property
    def trend(self) -> Trend | None:
        return self.shown.standing.trend


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a question: `text` is a whole update, as it can be typed."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """What was typed could mean several things; nothing was saved."""

    sentence: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Which:
    """Words that fit several items: each with the update that is meant for it, as it can be typed."""

    words: str
    choices: tuple[tuple[Node, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """An update that was undone, and the figure that counts again."""

    reference: str
    title: str
    unit: str
    value: Decimal | None
    line: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosable:
    """An item that a person may update, for the form's menu."""

    reference: str
    title: str
    kind: Kind
    is_own: bool


@dataclass(frozen=True, slots=True)
class UpdateForm:
    """What the form opens with; `chosen` is the reference of the item that it is about, where it is known."""

    items: Sequence[Choosable]
    chosen: Shown | None = None
    milestones: tuple[Milestone, ...] = ()
    link: str = ""


DISCUSSED = frozenset({Kind.OBJECTIVE, Kind.KEY_RESULT})
"""What has a thread of its own."""


@dataclass(frozen=True, slots=True)
class Discussion:
    """Where an item is talked about; `ts` is its post, empty as long as that is on its way."""

    node: Node
    channel_id: str
    ts: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Figures that came in together without a word: from a system, or by a file of `name`'s.

    `period_on` and `value` are those of the newest period among them.
    """

    at: datetime
    source: Source
    name: str
    count: int
    period_on: date
    value: Decimal
    frequency: Frequency


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of the item itself: `what` as it is read, `why` the reason that was given."""

    at: datetime
    name: str
    what: str
    why: str


MAX_NEEDS_NOTE = 300


@dataclass(frozen=True, slots=True)
class Needed:
    """One key result that needs another. `owner` is whose word it waits for; `owner_id` None: nobody's."""

    id: int
    asking: Node
    needs: Node
    owner: str
    owner_id: int | None
    note: str
    is_confirmed: bool
    is_declined: bool
