"""The X-matrix: what is to be achieved, by what, measured how, by whom, and how it hangs together (rules §2).

Read off a plan as one frozen structure that pictures and text draw. The arms are drawn by kind:
breakthroughs in the south, annual objectives in the west, initiatives in the north, KPIs in the east, people
at the far right.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from storage.rules.graph import Graph, MarkLine, Node, PersonLine, TeamLine
from storage.rules.hierarchy import Ref
from storage.rules.marks import CORNERS
from storage.rules.terms import ItemState, Kind, Strength

MOST_COVERED = 0.6
"""A corner that is marked beyond this says nothing any more: everything hangs together with everything."""


class Corner(StrEnum):
    """Where two arms meet; the value is how it is headed."""

    WEST_SOUTH = "annual objectives × breakthroughs"
    NORTH_WEST = "initiatives × annual objectives"
    NORTH_EAST = "initiatives × KPIs"
    EAST_SOUTH = "KPIs × breakthroughs"


class Part(StrEnum):
    """What someone is to an item."""

    ACCOUNTABLE = "accountable"
    SUPPORTING = "supporting"

    @property
    def symbol(self) -> str:
        return "●" if self is Part.ACCOUNTABLE else "○"


class Tie(NamedTuple):
    """A cell of a corner that is marked. `by_place`: nobody set a mark, one measures the other or stands
    under it."""

    strength: Strength
    is_confirmed: bool = True
    by_place: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """One corner: `rows` against `columns`, and what is marked in it."""

    corner: Corner
    rows: tuple[Node, ...]
    columns: tuple[Node, ...]
    ties: Mapping[tuple[Ref, Ref], Tie]

    @property
    def coverage(self) -> float:
        """The share of the cells that is marked; suggestions do not count."""
        cells = len(self.rows) * len(self.columns)
        return sum(tie.is_confirmed for tie in self.ties.values()) / cells if cells else 0.0

    @property
    def unmarked(self) -> tuple[Node, ...]:
        """The rows that hang together with nothing here."""
        marked = {left for (left, _), tie in self.ties.items() if tie.is_confirmed}
        return tuple(row for row in self.rows if row.ref not in marked)


class PersonRow(NamedTuple):
    """Someone, and what they are to which initiatives and KPIs."""

    person: PersonLine
    parts: Mapping[Ref, Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class XMatrix:
    """One matrix. `frame` is the item or team whose own it is; None for the company's."""

    frame: Node | TeamLine | None
    south: tuple[Node, ...]
    west: tuple[Node, ...]
    north: tuple[Node, ...]
    east: tuple[Node, ...]
    grids: tuple[Grid, ...]
    people: tuple[PersonRow, ...]

    @property
    def suggestions(self) -> tuple[tuple[Ref, Ref, Strength], ...]:
        """The marks that nobody has agreed to yet, as (left, right, strength)."""
        return tuple(
            (left, right, tie.strength)
            for grid in self.grids
            for (left, right), tie in grid.ties.items()
            if not tie.is_confirmed
        )


def company_matrix(graph: Graph) -> XMatrix:
    """The matrix of the whole plan: what stands under the breakthroughs, and the KPIs that measure it."""
    south = graph.of_kind(Kind.BREAKTHROUGH)
    west = tuple(one for one in graph.of_kind(Kind.ANNUAL_OBJECTIVE) if not _is_lower(one, graph))
    top = {team.id for team in graph.teams.values() if team.parent_id is None}
    own = {node.ref for node in graph.of_kind(Kind.KPI) if node.team_id is None or node.team_id in top}
    return _matrix(graph, None, south, west, own)


def matrix_under(graph: Graph, node: Node) -> XMatrix:
    """The matrix of an item. A department's own stands under an annual objective and is framed by it.

    What has no matrix of its own (an OKR, a KPI) is shown in the nearest one that it is part of.
    """
    if node.kind is Kind.DRIVER:
        south = [one for one in graph.children.get(node.ref, ()) if one.kind is Kind.BREAKTHROUGH]
        return _matrix(graph, node, tuple(south), _annuals_under(graph, south), set())
    if node.kind is Kind.BREAKTHROUGH:
        return _matrix(graph, node, (node,), _annuals_under(graph, [node]), set())
    if node.kind is Kind.ANNUAL_OBJECTIVE:
        lower = _lower(graph, node)
        if lower:
            return _matrix(graph, node, (node,), lower, set())
        above = graph.find(node.parent) if node.parent else None
        return _matrix(graph, node, (above,) if above else (), (node,), set())
    annual = next((one for one in graph.above(node.ref) if one.kind is Kind.ANNUAL_OBJECTIVE), None)
    return matrix_under(graph, annual) if annual is not None else company_matrix(graph)


def team_matrix(graph: Graph, team: TeamLine) -> XMatrix:
    """A department's own matrix: its annual objectives and its lower teams', framed by the level above them.

    What stands under one of them in turn is left to that one's own matrix, as the company's leaves the
    departments out.
    """
    teams = {one.id for one in graph.teams.values() if team in graph.team_path(one.id)}
    own_annuals = [one for one in graph.of_kind(Kind.ANNUAL_OBJECTIVE) if one.team_id in teams]
    inside = {one.ref for one in own_annuals}
    inside |= {child.ref for one in own_annuals for child in graph.children.get(one.ref, ())}
    west = tuple(one for one in own_annuals if one.parent not in inside)
    above = dict.fromkeys(one.parent for one in west if one.parent is not None)
    south = tuple(node for ref in above if (node := graph.find(ref)) is not None)
    own = {node.ref for node in graph.of_kind(Kind.KPI) if node.team_id in teams}
    return _matrix(graph, team, south, west, own)


def _matrix(
    graph: Graph,
    frame: Node | TeamLine | None,
    south: tuple[Node, ...],
    west: tuple[Node, ...],
    own_kpis: set[Ref],
) -> XMatrix:
    north = tuple(
        child
        for upper in west
        for child in graph.children.get(upper.ref, ())
        if child.kind is Kind.INITIATIVE
    )
    shown = {node.ref for node in (*south, *west, *north)}
    measures = {node.measure for node in (*west, *south) if node.measure is not None}
    marked = {
        end
        for mark in graph.marks
        for end, other in ((mark.left, mark.right), (mark.right, mark.left))
        if end[0] is Kind.KPI and other in shown
    }
    wanted = measures | marked | own_kpis
    # A KPI in draft measures nothing yet.
    kpis = [one for one in graph.of_kind(Kind.KPI) if one.state is not ItemState.DRAFT]
    east = tuple(one for one in kpis if one.ref in wanted)
    arms = (
        (Corner.WEST_SOUTH, west, south),
        (Corner.NORTH_WEST, north, west),
        (Corner.NORTH_EAST, north, east),
        (Corner.EAST_SOUTH, east, south),
    )
    return XMatrix(
        frame=frame,
        south=south,
        west=west,
        north=north,
        east=east,
        grids=tuple(_grid(graph, *arm) for arm in arms),
        people=tuple(_people(graph, (*north, *east))),
    )


def _grid(graph: Graph, corner: Corner, rows: tuple[Node, ...], columns: tuple[Node, ...]) -> Grid:
    across = {node.ref for node in columns}
    ties: dict[tuple[Ref, Ref], Tie] = {}
    for row in rows:
        if row.parent in across and row.parent is not None:
            ties[row.ref, row.parent] = Tie(Strength.STRONG, by_place=True)
        # In a department's corner the upper objective stands where the company has a breakthrough.
        for column in columns:
            if column.measure == row.ref:
                ties[row.ref, column.ref] = Tie(Strength.STRONG, by_place=True)
        for mark in graph.marks_of.get(row.ref, ()):
            # The rows of a corner are the left ends of its marks.
            if mark.left == row.ref and mark.right in across and _is_legal(mark):
                ties[row.ref, mark.right] = Tie(mark.strength, mark.is_confirmed)
    return Grid(corner, rows, columns, ties)


def _people(graph: Graph, items: Iterable[Node]) -> Iterator[PersonRow]:
    """Those who answer for most come first."""
    parts: defaultdict[int, dict[Ref, Part]] = defaultdict(dict)
    for node in items:
        for member_id in graph.supporters.get(node.ref, ()):
            parts[member_id][node.ref] = Part.SUPPORTING
        if node.owner_id is not None:
            parts[node.owner_id][node.ref] = Part.ACCOUNTABLE
    found = [
        PersonRow(graph.people[member_id], own)
        for member_id, own in parts.items()
        if member_id in graph.people
    ]
    yield from sorted(found, key=_weight)


def _weight(row: PersonRow) -> tuple[int, int, str, int]:
    accountable = sum(part is Part.ACCOUNTABLE for part in row.parts.values())
    return -accountable, -len(row.parts), row.person.name, row.person.id


def _is_legal(mark: MarkLine) -> bool:
    return (mark.left[0], mark.right[0]) in CORNERS


def _is_lower(node: Node, graph: Graph) -> bool:
    """Whether an annual objective is a department's, under an upper one or under its initiative."""
    return node.parent is not None and node.parent[0] is not Kind.BREAKTHROUGH and node.parent in graph.nodes


def _annuals_under(graph: Graph, breakthroughs: Iterable[Node]) -> tuple[Node, ...]:
    """Those directly under, and those that marks tie to them."""
    found: dict[Ref, Node] = {}
    for upper in breakthroughs:
        for child in graph.children.get(upper.ref, ()):
            if child.kind is Kind.ANNUAL_OBJECTIVE:
                found[child.ref] = child
        for mark in graph.marks_of.get(upper.ref, ()):
            other = graph.find(mark.left)
            if other is not None and other.kind is Kind.ANNUAL_OBJECTIVE:
                found[other.ref] = other
    return tuple(found.values())


def _lower(graph: Graph, node: Node) -> tuple[Node, ...]:
    """The departments' annual objectives under an upper one, directly or by one of its initiatives."""
    found = []
    for child in graph.children.get(node.ref, ()):
        below = (child, *graph.children.get(child.ref, ())) if child.kind is Kind.INITIATIVE else (child,)
        found += [one for one in below if one.kind is Kind.ANNUAL_OBJECTIVE]
    return tuple(found)
