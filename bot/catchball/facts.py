"""What the catchball's service hands to the blocks: frozen, without Slack types."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from storage.catchballs import Branch
from storage.repositories.catchball_lists import BallLine
from storage.rules.catchball import Ball, Move
from storage.rules.catchball_terms import Change, Terms


class Aim(NamedTuple):
    """A ball, and the version of it that someone had before them."""

    number: int
    version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A ball as its card shows it. `slack_ids` of those who take part, for the mentions.

    `days` for which it has lain are told only where the message is for the moment: nobody draws a card anew
    every day. `zone` is for clients that cannot draw a day in their own.
    """

    ball: Ball
    names: Mapping[int, str]
    slack_ids: Mapping[int, str]
    days: int = 0
    zone: str = "UTC"
    item: str = ""

    @property
    def above(self) -> str:
        """The item of which something can be thrown to the next level; nothing stands below a key result."""
        return "" if self.item.startswith("KR-") else self.item

    def name(self, member_id: int | None) -> str:
        return self.names.get(member_id or 0, "someone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One move as its thread tells it."""

    face: Face
    move: Move
    by_id: int | None
    said: str = ""
    changes: tuple[Change, ...] = ()
    person_id: int | None = None
    giver_id: int | None = None
    """Whose part was handed over, where it was not their own doing."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    is_rubber_stamp: bool = False
    has_ended_round: bool = False
    """Whether the last one has agreed with this move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a form of a throw begins with. `item` is the reference of what is negotiated, where it is in the
    plan already."""

    title: str = ""
    measure: str = ""
    due_on: date | None = None
    why: str = ""
    scope: str = ""
    resources: str = ""
    commitment: str = ""
    parent: str = ""
    item: str = ""
    to: tuple[str, ...] = ()
    channel: str = ""
    from_private: bool = False
    folded: bool = True
    season: str = ""
    """What is to be said of the season, where none is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A form of terms as typed. `item` is what is negotiated, where it is in the plan already; what a folded
    form did not show stays as it is there."""

    title: str
    measure: str
    due_on: date | None
    why: str
    parent: str
    scope: str = ""
    resources: str = ""
    commitment: str = ""
    kind: str = ""
    until_on: date | None = None
    item: str = ""
    is_folded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterForm:
    """The counter form's beginning: the current terms of a ball. `meanwhile` says what has changed in the
    plan since they were written."""

    number: int
    version: int
    terms: Terms
    folded: bool = True
    meanwhile: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What `/catchball` lists."""

    held: tuple[BallLine, ...]
    waited: tuple[BallLine, ...]
    team: tuple[BallLine, ...]
    open_branches: tuple[Branch, ...]
    names: Mapping[int, str]
    now: datetime
