"""What the views have in common: one item on a line, the day that is shown, the choice between several."""

from bot.answers import Block, Message
from bot.asks import Person
from bot.blockkit import kit
from bot.blockkit.cards import Card
from bot.blockkit.choices import offered, which_message
from bot.blockkit.mrkdwn import BETWEEN, bold, literal
from bot.strategy.arguments import View
from bot.strategy.facts import Choice, Scene
from storage.rules.date_words import day_words, short_day
from storage.rules.figures import percent
from storage.rules.graph import Node
from storage.rules.hierarchy import Ref
from storage.rules.terms import Direction, Kind

NOTHING_FOR_GUESTS = (
    "Nothing of the plan is yours yet. As a guest you see what you own or support, and what is of your teams."
)


def card_of(scene: Scene, node: Node) -> Card:
    """An item as the card draws it."""
    standing = scene.standings[node.ref]
    # A goal that is measured by a KPI has that one's figures.
    kpi = scene.graph.find(node.measure) if node.measure is not None else None
    measure = kpi if kpi is not None and node.kind is not Kind.KEY_RESULT else node
    return Card(
        reference=node.reference,
        title=node.title,
        kind=node.kind,
        status=standing.status,
        reason=standing.reason,
        unit=measure.unit,
        direction=measure.direction,
        baseline=measure.baseline,
        current=standing.current,
        target=measure.target,
        band_low=measure.band_low,
        band_high=measure.band_high,
        progress=standing.progress,
        expected=standing.expected,
        trend=standing.trend,
        confidence=standing.confidence,
        owner=scene.name_of(node.owner_id),
        team=scene.team_of(node),
        period=f"by {short_day(node.due_on)}" if node.due_on else "",
        serves=tuple(scene.title_of(one.ref) for one in scene.graph.above(node.ref)),
    )


def item_line(scene: Scene, node: Node, *, names_owner: bool = True) -> str:
    """`▲ *A-1* Improve NPS  ·  40 %  ·  Ana Ruiz`"""
    standing = scene.standings[node.ref]
    title = f"{standing.status.sign} {bold(node.reference)} {literal(node.title)}"
    way = "" if node.direction is Direction.MAINTAIN else progress_of(scene, node)
    owner = literal(scene.name_of(node.owner_id)) if names_owner else ""
    return BETWEEN.join(filter(None, (title, way, owner)))


def progress_of(scene: Scene, node: Node) -> str:
    progress = scene.standings[node.ref].progress
    return "" if progress is None else percent(progress)


def day_shown(scene: Scene) -> list[Block]:
    """Says so where what is shown is past."""
    if scene.as_of is None:
        return []
    return [kit.context(f"As it stood at the end of {bold(day_words(scene.as_of))}, by what was known then.")]


def view_of(scene: Scene, ref: Ref | None) -> str:
    """A button's value for an item, on the day that is shown."""
    words = scene.graph.nodes[ref].reference if ref is not None else ""
    return View(words, scene.as_of).text()


def signs() -> Block:
    """The legend, in one line."""
    return kit.context("● on track  ▲ at risk  ■ off track  ◌ stale  ✓ done  ○ not started")


def which(choice: Choice, action_id: str, person: Person) -> Message:
    """Several items fit: each goes on by a press."""
    del person
    choices = [offered(node, view_of(choice.scene, node.ref)) for node in choice.several.nodes]
    return which_message(choice.several.words, choices, action_id)
