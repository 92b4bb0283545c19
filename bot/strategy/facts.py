"""What the services hand to the drawings: a reader's view of the plan, frozen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from storage.improvements import Improvements
from storage.rules.access import Viewer
from storage.rules.bowling import Bowling
from storage.rules.finding import Several
from storage.rules.graph import Graph, Node
from storage.rules.hierarchy import Ref, format_reference
from storage.rules.history import Entry
from storage.rules.lint import Finding
from storage.rules.phases import Phases
from storage.rules.scorecard import Scorecard
from storage.rules.standing import Standing
from storage.rules.terms import Kind, Source
from storage.rules.xmatrix import XMatrix

MEASURES = frozenset({Kind.KEY_RESULT, Kind.KPI})
"""What has figures of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What someone sees of a plan, and how it stands on `today`; `as_of` is that day where it is past."""

    viewer: Viewer
    graph: Graph
    standings: Mapping[Ref, Standing]
    today: date
    as_of: date | None = None

    def name_of(self, member_id: int | None) -> str:
        person = self.graph.people.get(member_id) if member_id is not None else None
        return person.name if person is not None else ""

    def team_of(self, node: Node) -> str:
        team = self.graph.teams.get(node.team_id) if node.team_id is not None else None
        return team.name if team is not None else ""

    def title_of(self, ref: Ref) -> str:
        node = self.graph.find(ref)
        return f"{format_reference(*ref)} {node.title}" if node is not None else format_reference(*ref)


@dataclass(frozen=True, slots=True)
class Choice:
    """Words that fit several items: which one is meant."""

    scene: Scene
    several: Several


@dataclass(frozen=True, slots=True)
class Figure:
    """A reading as it is shown."""

    period_on: date
    value: Decimal
    source: Source
    by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Everything that is known of one item."""

    scene: Scene
    node: Node
    figures: Sequence[Figure] = ()
    monthly_plan: Mapping[date, Decimal]
    history: Sequence[Entry] = ()
    note: str = ""
    noted_at: datetime | None = None
    confidence_before: int | None = None
    confidences: tuple[int, ...] = ()
    improvements: Improvements | None = None
    """What Kaizen has to say of it; None of a past day."""
    may_edit: bool = False
    may_update: bool = False
    """Whether the reader may record a figure of it."""
    is_followed: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """The hierarchy from an item down; from all roots where `root` is None.

    `idea` is the reference and title of a Kaizen idea from which the look upwards begins; `root` is then what
    it serves, None where that is nothing that the reader sees.
    """

    scene: Scene
    root: Node | None
    idea: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Matrix:
    """An X-matrix, and which of its suggestions this reader may decide on."""

    scene: Scene
    matrix: XMatrix
    decidable: Sequence[tuple[Ref, Ref]]


@dataclass(frozen=True, slots=True)
class Panes:
    """The scorecard."""

    scene: Scene
    scorecard: Scorecard


@dataclass(frozen=True, slots=True)
class Alleys:
    """Bowling charts; `is_one` where a single KPI was asked for."""

    scene: Scene
    charts: Sequence[Bowling]
    is_one: bool


@dataclass(frozen=True, slots=True)
class Work:
    """The frameworks' roles, and the reader's own items in each."""

    scene: Scene
    own: Sequence[Node]


@dataclass(frozen=True, slots=True)
class Linted:
    """What is wrong with what one sees of the plan; `may_edit` are the items that the reader may change."""

    scene: Scene
    findings: Sequence[Finding]
    may_edit: frozenset[Ref]


@dataclass(frozen=True, slots=True)
class Overview:
    """Where the plan stands: for the Home tab and the bare command."""

    scene: Scene
    phases: Phases
    suggestions: int
