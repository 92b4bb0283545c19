"""`/hoshin scorecard` and `/hoshin map`: the measuring view, and what each framework is for."""

from collections import Counter
from collections.abc import Iterator, Sequence

from bot.answers import Block, Message
from bot.asks import Person
from bot.blockkit import kit
from bot.blockkit.cards import status_words, trend_word
from bot.blockkit.mrkdwn import bold, literal
from bot.blockkit.surfaces import fit_message
from bot.blockkit.tables import WIDTH, cut, fixed
from bot.strategy.blocks.lines import day_shown, item_line, signs
from bot.strategy.facts import Panes, Scene, Work
from storage.rules.figures import format_figure, percent
from storage.rules.graph import Node
from storage.rules.scorecard import Pane
from storage.rules.standing import Standing
from storage.rules.terms import Direction, Kind

MOST_KPIS = 12
SHOWN_OWN = 5

NO_MEASURE = "No KPI measures it yet. `/hoshin add KPI` puts one in, with this perspective."
NO_MEASURE_OF_YOURS = "None of the KPIs that are yours measures it."
MEANINGS = {
    "learning and growth": "what people learn and can do",
    "internal processes": "how well the work is done",
    "customer": "what customers feel of it",
    "financial": "what it pays",
}


def scorecard(panes: Panes, person: Person) -> Message:
    """From cause to effect: what people learn improves processes, customers feel that, and it pays."""
    rows = []
    for position, pane in enumerate(panes.scorecard.panes):
        arrow = [kit.context("↓ leads to")] if position else []
        rows.append([*arrow, *_pane(panes.scene, pane, person)])
    outside = panes.scorecard.outside
    if outside.kpis:
        rows.append([kit.section(bold("Without a perspective")), *_kpis(panes.scene, outside.kpis, person)])
    head = [kit.header("Scorecard"), *day_shown(panes.scene)]
    return Message(_in_words(panes), tuple(fit_message(head, rows, [signs()])))


def _pane(scene: Scene, pane: Pane, person: Person) -> list[Block]:
    name = str(pane.perspective)
    state = f"  ·  {status_words(pane.status)}" if pane.status is not None else ""
    progress = f"  ·  {percent(pane.progress)}" if pane.progress is not None else ""
    goals = [item_line(scene, goal) for goal in pane.objectives]
    title = "\n".join([f"{bold(name.capitalize())}  {MEANINGS[name]}{state}{progress}", *goals])
    if not pane.kpis:
        return [kit.section(title), kit.context(NO_MEASURE_OF_YOURS if scene.viewer.is_guest else NO_MEASURE)]
    return [kit.section(title), *_kpis(scene, pane.kpis, person)]


def _kpis(scene: Scene, kpis: Sequence[Node], person: Person) -> list[Block]:
    lines: list[str] = []
    for node in kpis[:MOST_KPIS]:
        standing = scene.standings[node.ref]
        lines.append(cut(f"{standing.status.sign} {node.reference} {node.title}", WIDTH))
        lines.append(cut(f"  {_way(node, standing, person)}", WIDTH))
    if len(kpis) > MOST_KPIS:
        lines.append(f"and {len(kpis) - MOST_KPIS} more")
    return fixed(lines)


def _way(node: Node, standing: Standing, person: Person) -> str:
    """`74 % → 80 %, improving`; what is to be maintained shows its band."""
    now = format_figure(standing.current, node.unit, person.locale)
    if node.direction is Direction.MAINTAIN and (node.band_low is not None or node.band_high is not None):
        ends = [format_figure(end, node.unit, person.locale) for end in (node.band_low, node.band_high)]
        way = f"{now}, to stay in {' to '.join(ends)}"
    else:
        way = f"{now} → {format_figure(node.target, node.unit, person.locale)}"
    return ", ".join(filter(None, (way, trend_word(standing.trend))))


def _in_words(panes: Panes) -> str:
    found = [
        f"{pane.perspective}: {status_words(pane.status) if pane.status is not None else 'no measure'}"
        for pane in panes.scorecard.panes
    ]
    return f"Scorecard. {', '.join(found)}."


FRAMEWORKS = (
    (
        "Hoshin Kanri sets direction",
        "From the vision to breakthroughs and annual objectives, agreed between levels.",
        (Kind.DRIVER, Kind.BREAKTHROUGH, Kind.ANNUAL_OBJECTIVE),
    ),
    (
        "OKRs drive focus",
        "What each team wants to reach this quarter, and by what it will know.",
        (Kind.OBJECTIVE, Kind.KEY_RESULT),
    ),
    (
        "The scorecard monitors balance",
        "KPIs in four perspectives, so that no goal is reached at another's cost.",
        (Kind.KPI,),
    ),
    (
        "Lean improves processes",
        "Initiatives and ideas that change how the work is done.",
        (Kind.INITIATIVE,),
    ),
)


def work_map(work: Work, person: Person) -> Message:
    """What each framework is for, and where the reader's own work sits in it."""
    del person
    rows: list[list[Block]] = []
    for name, meaning, kinds in FRAMEWORKS:
        own = [node for node in work.own if node.kind in kinds]
        lines = [bold(name), meaning, *_own_lines(work, own)]
        rows.append([kit.section("\n".join(lines))])
    counts = Counter(node.kind for node in work.own)
    total = sum(counts.values())
    head = [
        kit.header("How it hangs together"),
        kit.context("One plan, one calendar. What you own or support stands beside what it is part of."),
    ]
    return Message(
        f"Four frameworks, one plan: {total} of its items are yours.",
        tuple(fit_message(head, rows, [signs()])),
    )


def _own_lines(work: Work, own: Sequence[Node]) -> Iterator[str]:
    for node in own[:SHOWN_OWN]:
        parent = work.scene.graph.find(node.parent) if node.parent is not None else None
        why = f"  ·  for {literal(parent.reference)}" if parent is not None else ""
        yield f"You: {item_line(work.scene, node, names_owner=False)}{why}"
    if len(own) > SHOWN_OWN:
        yield f"and {len(own) - SHOWN_OWN} more of yours"
