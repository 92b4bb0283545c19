"""What the services hand to the drawings: one idea, a list, the board, the queue."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from storage.rules.hierarchy import format_reference
from storage.rules.kaizen import IdeaSource, IdeaState, Move, OfferState, Waste
from storage.rules.kaizen_contributions import Contribution
from storage.rules.kaizen_priority import Quadrant
from storage.rules.kaizen_statistics import Benefit, Statistics
from storage.rules.terms import Kind

SOMEONE = "someone who stays anonymous"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaFacts:
    """An idea as everyone may read it. Names are empty where there is nobody.

    `serves` is what it is linked to, if everyone may see that ("KR-3 First-contact resolution").
    """

    id: int
    number: int
    title: str
    problem: str
    idea: str
    expected: str
    state: IdeaState
    author: str
    votes: int
    submitted_at: datetime
    due_at: datetime
    waste: Waste | None = None
    source: IdeaSource = IdeaSource.EMPLOYEE
    source_link: str = ""
    coach: str = ""
    responsible: str = ""
    serves: str = ""
    event: str = ""
    """The Kaizen event that works on it, if everyone may see that."""
    answered_at: datetime | None = None
    until_on: date | None = None
    original: str = ""
    result: str = ""
    before_file_id: str = ""
    after_file_id: str = ""
    """Slack's ids of its pictures."""
    zone: str = "UTC"

    @property
    def reference(self) -> str:
        return format_reference(Kind.IDEA, self.number)


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of an idea's history."""

    at: datetime
    who: str
    move: str
    to: IdeaState
    said: str


@dataclass(frozen=True, slots=True)
class BenefitFacts:
    """A benefit: planned, actual, and who confirmed it."""

    kind: Benefit
    planned: Decimal | None
    actual: Decimal | None
    confirmed_by: str


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """A result offered to a team; `is_mine`: the reader answers for that team."""

    id: int
    team: str
    state: OfferState
    note: str
    is_mine: bool


@dataclass(frozen=True, slots=True)
class FollowUpFacts:
    """A check of the result; `is_due` where it waits for an answer."""

    id: int
    due_on: date
    has_lasted: bool | None
    note: str
    is_due: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """An idea as one person sees it, with what they may do."""

    idea: IdeaFacts
    moves: tuple[Move, ...] = ()
    is_mine: bool = False
    is_supporting: bool = False
    may_vote: bool = False
    may_coach: bool = False
    may_hand_over: bool = False
    may_work: bool = False
    """Estimate, write benefits, offer the result: for those who carry the idea."""
    may_confirm: bool = False
    may_form_event: bool = False
    may_see_pictures: bool = False
    """Whoever put them in, and everyone who reads the channel in which its card shows them."""
    serves: str = ""
    event: str = ""
    reasons: tuple[str, ...] = ()
    quadrant: Quadrant | None = None
    effort: int | None = None
    impact: int | None = None
    confidence: int | None = None
    history: tuple[Happened, ...] = ()
    whys: tuple[str, ...] = ()
    benefits: tuple[BenefitFacts, ...] = ()
    follow_ups: tuple[FollowUpFacts, ...] = ()
    offers: tuple[OfferFacts, ...] = ()
    readings: tuple[str, ...] = ()
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Similar:
    """An idea that says about the same; `is_mine`: there is nothing for the reader to support."""

    id: int
    reference: str
    title: str
    state: IdeaState
    votes: int
    is_mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The form of a new idea: what its inputs hold, and what was said before by others.

    `note` says where the words came from; `is_whole` shows all its fields.
    """

    typed: Mapping[str, str] = field(default_factory=dict)
    similar: tuple[Similar, ...] = ()
    note: str = ""
    serves: tuple[str, str] | None = None
    """(value, words) of the item that is chosen."""
    is_whole: bool = False
    allows_anonymous: bool = False
    response_days: int = 3
    was_shown: tuple[int, ...] = ()
    asks_again: bool = False
    picture_id: str = ""
    """Slack's id of a picture that was chosen already."""
    rest: str = ""
    """How long the text is whose beginning stands in the form; empty where all of it does."""
    has_channel: bool = True
    takes_files: bool = True


@dataclass(frozen=True, slots=True)
class Submitted:
    """What is said after an idea was submitted."""

    idea: IdeaFacts
    notes: tuple[str, ...]
    has_channel: bool
    refused_for: str = ""
    """Slack's word for why the ideas channel takes no cards now; empty where it does."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An idea in a list: its line, and why it stands where it does."""

    id: int
    reference: str
    title: str
    state: IdeaState
    author: str
    votes: int
    due_at: datetime | None
    until_on: date | None = None
    is_overdue: bool = False
    days: int = 0
    reasons: tuple[str, ...] = ()
    moves: tuple[Move, ...] = ()
    """What the reader may do to carry it on; on the board only."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of ideas with its heading; `total` may be more than are shown.

    `matrix`: for the queue, the references in each field of the effort × impact matrix.
    """

    title: str
    entries: tuple[Entry, ...]
    total: int
    matrix: tuple[tuple[Quadrant, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Board:
    """How many ideas are in each state, and those of one state."""

    counts: Mapping[IdeaState, int]
    state: IdeaState
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """What of Kaizen concerns one person: what waits for them, and their ideas."""

    mine: tuple[Entry, ...]
    waits: tuple[Entry, ...]
    checks: tuple[tuple[int, str, str], ...]
    """(id, reference, title) of results to look at again."""
    queue: int
    overdue: int
    draft: str
    is_council: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """The statistics of a span of time, with its words."""

    span: str
    statistics: Statistics
    leaders: tuple[tuple[str, int], ...] = ()
    """The people with the most ideas, where the workspace shows that."""
    contributions: tuple[tuple[str, Contribution], ...] = ()
    """(initiative or annual objective, what ideas have brought it so far), as far as all readers may see."""


@dataclass(frozen=True, slots=True)
class SettingsFacts:
    """How a workspace runs its ideas."""

    channel_id: str
    response_days: int
    allows_anonymous: bool
    shows_leaderboard: bool
