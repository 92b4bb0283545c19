"""What the services hand to the drawings: what someone follows, and what a digest tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from storage.rules.digest import Digest, Followed
from storage.rules.graph import PersonLine
from storage.rules.terms import DigestRhythm


@dataclass(frozen=True, slots=True)
class Row:
    """Something that is followed, in words: `A-1 Improve NPS`, `Customer Service`."""

    followed: Followed
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """All that a person follows, how often they hear of it, and when next."""

    rows: tuple[Row, ...]
    rhythm: DigestRhythm
    next_at: datetime | None
    zone: str
    may_follow_all: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a wish to follow, or to end it."""

    row: Row
    is_on: bool
    has_changed: bool
    rhythm: DigestRhythm


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A digest for one reader: what happened from `from_on` to the day before `until_on`.

    `follows` are what they follow, in words. `is_shared` is true of the organisation's, posted in a channel.
    """

    digest: Digest
    people: Mapping[int, PersonLine]
    from_on: date
    until_on: date
    locale: str
    follows: tuple[str, ...] = ()
    rhythm: DigestRhythm = DigestRhythm.WEEKLY
    is_shared: bool = False

    def name_of(self, member_id: int | None) -> str:
        person = self.people.get(member_id) if member_id is not None else None
        return person.name if person is not None else ""
