"""The method's words as enums: one vocabulary for tables, messages, files and pictures."""

from enum import StrEnum


class Kind(StrEnum):
    """What a reference points to; the value is the word people read (rules §2)."""

    DRIVER = "driver"
    BREAKTHROUGH = "breakthrough"
    ANNUAL_OBJECTIVE = "annual objective"
    OBJECTIVE = "objective"
    KEY_RESULT = "key result"
    KPI = "KPI"
    INITIATIVE = "initiative"
    CATCHBALL = "catchball"
    IDEA = "idea"
    COUNTERMEASURE = "countermeasure"
    REVIEW = "review"

    # Every look-up by reference hashes a kind: as the text that it is, and not by a call of Enum's.
    __hash__ = str.__hash__


class Direction(StrEnum):
    """Which way a figure is meant to move (rules §3)."""

    INCREASE = "increase"
    DECREASE = "decrease"
    MAINTAIN = "maintain"


class Frequency(StrEnum):
    """How often a figure is due: the rhythms of the one calendar (rules §6)."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    ANNUAL = "annual"


class DigestRhythm(StrEnum):
    """How often someone gets a digest of what they follow."""

    DAILY = "daily"
    WEEKLY = "weekly"
    NONE = "none"


class Perspective(StrEnum):
    """The four perspectives of the scorecard (rules §9)."""

    FINANCIAL = "financial"
    CUSTOMER = "customer"
    INTERNAL_PROCESSES = "internal processes"
    LEARNING_AND_GROWTH = "learning and growth"


class Commitment(StrEnum):
    """Committed: 1.0 is expected. Aspirational: 0.7 is success (rules §3)."""

    COMMITTED = "committed"
    ASPIRATIONAL = "aspirational"


class Leading(StrEnum):
    """Whether a KPI moves before the result or after it."""

    LEADING = "leading"
    LAGGING = "lagging"


class RollUp(StrEnum):
    """How the readings of one period, or of the periods within a longer one, become one figure (rules §3)."""

    LAST = "last"
    SUM = "sum"
    MEAN = "mean"


class Strength(StrEnum):
    """How strongly two things of the X-matrix hang together (rules §2)."""

    STRONG = "strong"
    MEDIUM = "medium"
    WEAK = "weak"

    @property
    def symbol(self) -> str:
        return _SYMBOLS[self]

    @property
    def weight(self) -> int:
        """9, 3 or 1: the weights of quality function deployment."""
        return _WEIGHTS[self]


_SYMBOLS = {Strength.STRONG: "◎", Strength.MEDIUM: "○", Strength.WEAK: "△"}
_WEIGHTS = {Strength.STRONG: 9, Strength.MEDIUM: 3, Strength.WEAK: 1}


class Role(StrEnum):
    """What someone is to the plan or to one item of it (storage/rules/access.py says who may what).

    The first five are given by name; the others follow from what Slack or the plan says of a person.
    """

    VIEWER = "viewer"
    FACILITATOR = "facilitator"
    LEAN_COUNCIL = "lean council"
    STRATEGY_LEAD = "strategy lead"
    ADMIN = "admin"
    GUEST = "guest"
    MEMBER = "member"
    SLACK_ADMIN = "Slack admin"
    OWNER = "owner"
    SUPPORTER = "supporter"
    READER = "reader"
    TEAM_LEAD = "team lead"
    TEAM_MEMBER = "team member"


class ReaderKind(StrEnum):
    """What someone in a channel is to the workspace; a stranger belongs to another one (Slack Connect)."""

    MEMBER = "member"
    GUEST = "guest"
    STRANGER = "stranger"


GIVEN_ROLES = (Role.STRATEGY_LEAD, Role.ADMIN, Role.FACILITATOR, Role.LEAN_COUNCIL, Role.VIEWER)
"""Those that a person is named to, as forms list them."""


class ItemState(StrEnum):
    """Where an item of the plan is in its own life."""

    DRAFT = "draft"
    IN_CATCHBALL = "in catchball"
    ACTIVE = "active"
    CLOSED = "closed"
    ARCHIVED = "archived"


class Status(StrEnum):
    """How a figure stands; the sign goes with the word so that colour is never the only sign."""

    ON_TRACK = "on track"
    AT_RISK = "at risk"
    OFF_TRACK = "off track"
    STALE = "stale"
    DONE = "done"
    NOT_STARTED = "not started"

    @property
    def sign(self) -> str:
        """One character, the same in messages, forms, pictures and exports."""
        return _SIGNS[self]


_SIGNS = {
    Status.ON_TRACK: "●",
    Status.AT_RISK: "▲",
    Status.OFF_TRACK: "■",
    Status.STALE: "◌",
    Status.DONE: "✓",
    Status.NOT_STARTED: "○",
}


class Confidence(StrEnum):
    """Confidence 0-10 in three levels (rules §3)."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class BlockerKind(StrEnum):
    """What stands in the way (rules §6)."""

    RESOURCE = "resource"
    DEPENDENCY = "dependency"
    CLARITY = "clarity"
    PRIORITY_CONFLICT = "priority conflict"
    EXTERNAL = "external"


class Source(StrEnum):
    """Where a reading came from."""

    CHECKIN = "check-in"
    IMPORT = "import"
    UPDATE = "update"
    API = "API"
    FILE = "file"
    CSV = "CSV"


class PlanState(StrEnum):
    """A plan has one active version (rules §2)."""

    DRAFT = "draft"
    ACTIVE = "active"
    ARCHIVED = "archived"


class PromptState(StrEnum):
    """The life of one person's prompt in one window (rules §6)."""

    ASKED = "asked"
    ANSWERED = "answered"
    EXCUSED = "excused"
    MISSED = "missed"


class AbsenceSource(StrEnum):
    """Who said that someone is away."""

    PLAN = "plan"
    PERSON = "person"
    SLACK = "Slack"


class QuestionForm(StrEnum):
    """How a team's own question is answered."""

    TEXT = "text"
    CHOICE = "choice"
    PULSE = "pulse"
