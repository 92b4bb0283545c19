"""`/hoshin xmatrix`: the four arms, the corners as grids, people, and what was suggested."""

from collections.abc import Iterator, Sequence

from bot import ids
from bot.answers import Block, Message
from bot.asks import Person
from bot.blockkit import kit
from bot.blockkit.mrkdwn import bold, literal
from bot.blockkit.surfaces import fit_message
from bot.blockkit.tables import WIDTH, columns, cut, fixed
from bot.strategy.blocks.lines import NOTHING_FOR_GUESTS, day_shown
from bot.strategy.facts import Matrix
from storage.rules.figures import percent
from storage.rules.graph import Node, TeamLine
from storage.rules.hierarchy import format_reference
from storage.rules.terms import Strength
from storage.rules.xmatrix import Grid, PersonRow, XMatrix

SHOWN_SUGGESTIONS = 5
SHOWN_PEOPLE = 12
SHOWN_ROWS = 20
_UNSURE = "?"
_NOTHING = "·"

LEGEND = "◎ strong  ○ medium  △ weak  ·  people: ● accountable  ○ supporting  ·  ? suggested"
EMPTY = (
    "The X-matrix has no breakthroughs and no annual objectives yet. `/hoshin add` puts them in; initiatives "
    "and KPIs are tied to them by marks, with `/hoshin link`."
)


def matrix(found: Matrix, person: Person) -> Message:
    """The matrix as text: arms first, since the grids name their rows and columns by reference."""
    del person
    shown = found.matrix
    title = _title(shown)
    head: list[Block] = [kit.header(title), *day_shown(found.scene)]
    if not shown.south and not shown.west:
        said = NOTHING_FOR_GUESTS if found.scene.viewer.is_guest else EMPTY
        return Message(said, (*head, kit.section(said)))
    rows: list[list[Block]] = [[kit.section(bold("Arms")), *fixed(_arms(found))]]
    rows += [_grid(grid) for grid in shown.grids if grid.rows and grid.columns]
    rows += [_people(shown)] if shown.people else []
    rows += [_coverage(shown)]
    foot = [*_suggestions(found), kit.context(LEGEND)]
    counted = f"{len(shown.west)} annual objectives, {len(shown.north)} initiatives, {len(shown.east)} KPIs"
    return Message(f"{title}: {counted}", tuple(fit_message(head, [row for row in rows if row], foot)))


def _title(shown: XMatrix) -> str:
    if shown.frame is None:
        return "X-matrix of the company"
    if isinstance(shown.frame, TeamLine):
        return f"X-matrix of {shown.frame.name}"
    return f"X-matrix of {shown.frame.reference}"


def _arms(found: Matrix) -> Iterator[str]:
    shown = found.matrix
    for name, nodes in (
        ("SOUTH what for", shown.south),
        ("WEST what this year", shown.west),
        ("NORTH how", shown.north),
        ("EAST how much", shown.east),
    ):
        yield name
        yield from (_arm_line(found, node) for node in nodes[:SHOWN_ROWS])
        if len(nodes) > SHOWN_ROWS:
            yield f"  and {len(nodes) - SHOWN_ROWS} more"
        if not nodes:
            yield "  nothing yet"


def _arm_line(found: Matrix, node: Node) -> str:
    sign = found.scene.standings[node.ref].status.sign
    return cut(f"{sign} {node.reference} {node.title}", WIDTH)


def _grid(grid: Grid) -> list[Block]:
    rows, across = grid.rows[:SHOWN_ROWS], _across(grid.columns)
    lines = []
    for chunk in across:
        table = [["", *(node.reference for node in chunk)]]
        table += [[row.reference, *(_cell(grid, row, node) for node in chunk)] for row in rows]
        lines += [*columns(table), ""]
    heading = f"{bold(_headed(grid.corner))}  {percent(grid.coverage)} marked"
    return [kit.section(heading), *fixed(lines[:-1])]


def _headed(words: str) -> str:
    return words[:1].upper() + words[1:]


def _across(nodes: Sequence[Node]) -> list[Sequence[Node]]:
    """The columns in parts that fit beside the rows' references."""
    widest = max(len(node.reference) for node in nodes) + 1
    fitting = max(1, (WIDTH - 6) // widest)
    return [nodes[start : start + fitting] for start in range(0, len(nodes), fitting)]


def _cell(grid: Grid, row: Node, column: Node) -> str:
    tie = grid.ties.get((row.ref, column.ref))
    if tie is None:
        return _NOTHING
    return tie.strength.symbol if tie.is_confirmed else f"{tie.strength.symbol}{_UNSURE}"


def _people(shown: XMatrix) -> list[Block]:
    lines: list[str] = []
    for row in shown.people[:SHOWN_PEOPLE]:
        lines += [cut(row.person.name, WIDTH), cut(f"  {_parts(row)}", WIDTH)]
    if len(shown.people) > SHOWN_PEOPLE:
        lines.append(f"and {len(shown.people) - SHOWN_PEOPLE} more people")
    return [kit.section(bold("People")), *fixed(lines)]


def _parts(row: PersonRow) -> str:
    return "  ".join(f"{part.symbol} {format_reference(*ref)}" for ref, part in row.parts.items())


def _coverage(shown: XMatrix) -> list[Block]:
    bare = [
        f"{', '.join(node.reference for node in grid.unmarked[:SHOWN_ROWS])} in {grid.corner}"
        for grid in shown.grids
        if grid.rows and grid.columns and grid.unmarked
    ]
    return [kit.context(f"Not marked yet: {'; '.join(bare)}.")] if bare else []


def _suggestions(found: Matrix) -> list[Block]:
    """Those that this reader may decide on; the others stand in the grids alone."""
    strengths: dict[object, Strength] = {
        (left, right): strength for left, right, strength in found.matrix.suggestions
    }
    blocks: list[Block] = []
    for position, (left, right) in enumerate(found.decidable[:SHOWN_SUGGESTIONS], start=1):
        strength = strengths[left, right]
        one, other = found.scene.title_of(left), found.scene.title_of(right)
        asked = (
            f"Suggested: {strength.symbol} {strength} between {bold(literal(one))} and {bold(literal(other))}"
        )
        value = f"{format_reference(*left)} {format_reference(*right)}"
        blocks += [
            kit.section(asked),
            kit.actions(
                kit.button("Agree", f"{ids.STRATEGY_AGREE}:{position}", value=value),
                kit.button("Remove", f"{ids.STRATEGY_REMOVE}:{position}", value=value),
            ),
        ]
    more = len(found.decidable) - SHOWN_SUGGESTIONS
    if more > 0:
        blocks.append(kit.context(f"and {more} more suggestions wait behind these"))
    return blocks


def decided(left: str, right: str, *, agrees: bool) -> Message:
    """What became of a suggestion."""
    said = "is agreed to" if agrees else "is taken away"
    return Message(f"The mark between {left} and {right} {said}. `/hoshin xmatrix` shows the matrix.")
