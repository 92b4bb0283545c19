"""What the services hand to the drawings: frozen facts about a check-in.

Prompts and items are tuples, since a round of asking makes thousands, and a frozen dataclass takes three
times as long to make.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from bot.slices import AskField
from storage.rules import scoring
from storage.rules.measures import Measure
from storage.rules.pulse import Mood
from storage.rules.questions import COMMITMENT
from storage.rules.scoring import DEFAULT_THRESHOLDS, Thresholds
from storage.rules.standing import Figured, Standing, stand_by_figures
from storage.rules.terms import BlockerKind, Confidence, Direction, Frequency, Kind, PromptState, Status

NOTHING_TYPED: Mapping[str, str] = MappingProxyType({})
NEEDS_ATTENTION = frozenset({Status.AT_RISK, Status.OFF_TRACK, Status.STALE})


class Figure(NamedTuple):
    """What was measured in a period."""

    period_on: date
    value: Decimal


@dataclass(frozen=True, slots=True)
class Given:
    """The answer to one question; `value` is a confirmed old one where `is_unchanged`.

    `is_recorded` where a reading stands for the value, which can be corrected but not taken back.
    """

    value: Decimal | None
    confidence: int | None
    note: str
    is_unchanged: bool
    is_recorded: bool
    said: Mapping[str, str] = field(default_factory=dict)
    """Answers to follow-ups, by name."""


class Item(NamedTuple):
    """One question as it was asked, and what was answered.

    `owner` is the name of whose item it is, where that is not the person asked. `kpi` is the reference of
    the KPI that a key result measures. The words and goals are those of the question; `figures` are the
    newest by now, newest first, and `today` is the plan's day (of a week that is over its last day), so that
    the item reads here as it does everywhere.
    """

    question_id: int
    kind: Kind
    item_id: int
    reference: str
    title: str
    owner: str
    kpi: str
    starts_on: date
    due_on: date
    unit: str
    direction: Direction
    baseline: Decimal | None
    target: Decimal | None
    band_low: Decimal | None
    band_high: Decimal | None
    frequency: Frequency
    period_on: date
    asks_value: bool
    figure_due: bool
    value_before: Decimal | None
    confidence_before: int | None
    note_before: str
    today: date
    figures: Sequence[Figured] = ()
    since_on: date | None = None
    """The day measuring began; None for its first day."""
    fiscal_start_month: int = 1
    plan: Decimal | None = None
    """What the period's figure was planned to be, where it is asked against a plan."""
    thresholds: Thresholds = DEFAULT_THRESHOLDS
    """The workspace's own, by which the item stands everywhere."""
    given: Given | None = None

    @property
    def current(self) -> Decimal | None:
        """The newest figure: the one that was answered, else the one before."""
        answered = self.given.value if self.given else None
        return self.value_before if answered is None else answered

    @property
    def measure(self) -> Measure:
        """What a figure of it is held against."""
        return Measure(
            reference=self.reference,
            unit=self.unit,
            direction=self.direction,
            baseline=self.baseline,
            target=self.target,
            band_low=self.band_low,
            band_high=self.band_high,
            current=self.value_before,
        )

    @property
    def confidence(self) -> int | None:
        """As answered, else as it was last said."""
        said = self.given.confidence if self.given else None
        return self.confidence_before if said is None else said

    @property
    def can_confirm(self) -> bool:
        """Whether "no change" says something about it: there is an old value (or confidence, where only that
        is asked for), and no new period asks for another."""
        if not self.asks_value:
            return self.confidence_before is not None
        return self.value_before is not None and not self.figure_due

    @property
    def has_moved(self) -> bool:
        """Whether the answer brought another figure."""
        return self.given is not None and self.given.value not in {None, self.value_before}

    @property
    def progress(self) -> Decimal | None:
        return None if self.current is None else self._progress(self.current)

    @property
    def standing(self) -> Standing:
        """How it stands with what is known by now, by the rule of every other view."""
        return stand_by_figures(
            self,
            self._known_figures(),
            frequency=self.frequency,
            starts_on=self.starts_on,
            due_on=self.due_on,
            since_on=self.since_on or self.starts_on,
            today=self.today,
            confidence=self.confidence,
            thresholds=self.thresholds,
            fiscal_start_month=self.fiscal_start_month,
        )

    def is_low(self, confidence: int) -> bool:
        """Whether a confidence is low here, and so asks for help."""
        return scoring.confidence_level(confidence, self.thresholds) is Confidence.LOW

    @property
    def stride(self) -> Decimal:
        """How far the answer moved it, as a share of the whole way, by which summaries are ordered."""
        if not self.has_moved or self.current is None:
            return scoring.NONE
        if self.value_before is None:
            return abs(self._progress(self.current))
        return abs(self._progress(self.current) - self._progress(self.value_before))

    def _known_figures(self) -> Sequence[Figured]:
        """The newest figures, and for the period that was answered the answer: the words beside it are about
        that. A confirmed old figure that nobody measured anew stays one of its own period."""
        given = self.given
        if given is None or given.value is None or not given.is_recorded:
            return self.figures
        earlier = [one for one in self.figures if one.period_on < self.period_on]
        return (Figure(self.period_on, given.value), *earlier)

    def _progress(self, value: Decimal) -> Decimal:
        return scoring.progress(
            value,
            direction=self.direction,
            baseline=self.baseline,
            target=self.target,
            band_low=self.band_low,
            band_high=self.band_high,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """A question of a registered kind as it was asked, and what was said (None: nothing yet).

    `kind` and `item_id` name the item of the plan that it belongs to; None and 0 where it belongs to none.
    """

    question_id: int
    asks: str
    row_id: int
    kind: Kind | None
    item_id: int
    reference: str
    title: str
    owner: str
    due_on: date
    facts: tuple[str, ...]
    fields: tuple[AskField, ...]
    rule: str
    said: Mapping[str, str] | None = None

    @property
    def name(self) -> str:
        """Reference and title, or the title alone."""
        return f"{self.reference} {self.title}".strip()

    @property
    def quick(self) -> list[tuple[AskField, str]]:
        """The answers that one press gives, each with its field."""
        return [(field, answer) for field in self.fields for answer in field.quick]

    @property
    def words(self) -> list[str]:
        """The answers in the order of asking, as plain text."""
        said = self.said or {}
        return [said[field.name] for field in self.fields if said.get(field.name)]


@dataclass(frozen=True, slots=True)
class Handed:
    """What was asked and has changed hands since; `owner` is the name of whose it is now."""

    question_id: int
    name: str
    owner: str


def is_said(one: Item | Extra) -> bool:
    """Whether there is an answer to it."""
    return one.given is not None if isinstance(one, Item) else bool(one.said)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A blocker, and the name of who owns it."""

    kind: BlockerKind
    text: str
    owner: str
    raised_at: datetime | None = None


class Prompt(NamedTuple):
    """One person's check-in of one week, with all its items."""

    id: int
    window_id: int
    member_id: int
    name: str
    zone: str
    locale: str
    week_on: date
    state: PromptState
    opens_at: datetime
    closes_at: datetime
    window_closes_at: datetime
    is_window_closed: bool
    is_late: bool
    is_unchanged: bool
    reason: str
    snoozed_until: datetime | None
    snoozes_left: int
    now: datetime
    items: tuple[Item, ...] = ()
    extras: tuple[Extra, ...] = ()
    pulse: Extra | None = None
    """The team's anonymous question, where it was not answered yet."""
    handed: tuple[Handed, ...] = ()
    """What was taken out because it belongs to others now."""
    hides_items: bool = False
    """Whether it has items that those who read it may not see."""
    obstacles: tuple[Obstacle, ...] = ()
    draft: Mapping[str, str] = NOTHING_TYPED

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.strip() else "there"

    @property
    def is_answered(self) -> bool:
        return self.state is PromptState.ANSWERED

    @property
    def is_open(self) -> bool:
        """Whether an answer can still be corrected: until the team's window closes."""
        return not self.is_window_closed and self.now < self.window_closes_at

    @property
    def would_be_late(self) -> bool:
        """Whether an answer would be marked late: after the person's own window."""
        return self.now >= self.closes_at

    @property
    def can_confirm(self) -> bool:
        """Whether "nothing changed" says something: there are old values, and no new period asks for one."""
        return (
            not self.extras
            and any(item.value_before is not None for item in self.items)
            and not any(item.asks_value and item.figure_due for item in self.items)
        )

    @property
    def asked(self) -> tuple[Item | Extra, ...]:
        """Everything that was asked, figures first."""
        return (*self.items, *self.extras)

    @property
    def left(self) -> tuple[Item | Extra, ...]:
        """What of it has no answer yet."""
        return tuple(one for one in self.asked if not is_said(one))

    @property
    def is_in_time(self) -> bool:
        """Whether it waits for answers, and these would not be late."""
        return self.state is PromptState.ASKED and not self.would_be_late


@dataclass(frozen=True, slots=True)
class Late:
    """Something overdue or at risk, as it is told: what about it, since when, whose it is, and why (what was
    last heard of it, or the key results that put it at risk)."""

    reference: str
    title: str
    since_on: date
    what: str
    owner: str = ""
    is_own: bool = True
    is_risk: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a person can do about their check-in: the prompt to answer or correct, or why there is none.

    `next_at` is when they are asked next, None where nothing is planned.
    """

    prompt: Prompt | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Desk:
    """`waits` is to be answered, `answered` is the newest answer; `next_at` is when they are asked next."""

    waits: Prompt | None
    answered: Prompt | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A team's week as far as it is answered. `later` are those whose own window has not opened yet."""

    window_id: int
    team: str
    week_on: date
    closes_at: datetime
    is_closed: bool
    zone: str
    locale: str
    prompts: tuple[Prompt, ...] = ()
    later: tuple[str, ...] = ()
    lead_slack_id: str | None = None
    no_channel: bool = False
    names_missing: bool = True
    acknowledged_by: str = ""
    mood: Mood | None = None
    now: datetime | None = None

    @property
    def commitments(self) -> list[tuple[str, str]]:
        """(name, what they commit to) of those who were asked for it."""
        return [
            (prompt.name, extra.said[field.name])
            for prompt in self.answered
            for extra in prompt.extras
            for field in extra.fields
            if field.label == COMMITMENT and extra.said and extra.said.get(field.name)
        ]

    @property
    def answered(self) -> tuple[Prompt, ...]:
        return tuple(prompt for prompt in self.prompts if prompt.is_answered)

    @property
    def missing(self) -> tuple[Prompt, ...]:
        """Asked, and not answered (yet)."""
        return tuple(
            prompt
            for prompt in self.prompts
            if prompt.state in {PromptState.ASKED, PromptState.MISSED}
            and (prompt.items or prompt.extras or prompt.hides_items)
        )

    @property
    def excused(self) -> tuple[Prompt, ...]:
        return tuple(prompt for prompt in self.prompts if prompt.state is PromptState.EXCUSED)

    @property
    def expected(self) -> int:
        """How many answers the week asks for."""
        return len(self.answered) + len(self.missing) + len(self.later)
