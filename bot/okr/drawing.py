"""An item as the one card of anything, and the words that several messages share."""

from decimal import Decimal

from bot import ids
from bot.blockkit.cards import Card, status_words
from bot.blockkit.kit import Element, button
from bot.blockkit.mrkdwn import BETWEEN, bold, clamp_plain, literal
from bot.okr.facts import DISCUSSED, Effect, Shown
from storage.rules.date_words import short_day
from storage.rules.figures import format_figure, percent
from storage.rules.graph import Node
from storage.rules.measures import Milestone
from storage.rules.pace import Forecast, Pace

LONGEST_TITLE = 150


def card_of(shown: Shown) -> Card:
    """The item as the card of anything."""
    node, standing = shown.node, shown.standing
    return Card(
        reference=node.reference,
        title=clamp_plain(node.title, LONGEST_TITLE),
        kind=node.kind,
        status=standing.status,
        reason=standing.reason,
        unit=node.unit,
        direction=node.direction,
        baseline=node.baseline,
        current=standing.current,
        target=node.target,
        band_low=node.band_low,
        band_high=node.band_high,
        progress=standing.progress,
        expected=standing.expected,
        trend=standing.trend,
        confidence=standing.confidence,
        confidence_before=shown.confidence_before,
        confidences=shown.confidences,
        confidence_of=shown.confidence_of,
        owner=shown.owner,
        team=shown.team,
        period=f"by {short_day(node.due_on)}" if node.due_on else "",
        serves=shown.serves,
        note=shown.note,
        noted_at=shown.noted_at,
    )


def named(node: Node) -> str:
    """`KR-3 First-contact resolution`, as markup."""
    return f"{bold(node.reference)} {literal(clamp_plain(node.title, LONGEST_TITLE))}"


def effect_line(effect: Effect) -> str:
    """`O-2 Answer right the first time  ·  40 % → 60 %  ·  ● on track`."""
    before, after = effect.before, effect.after
    parts = [named(effect.node)]
    if effect.node.unit == "" and after.progress is not None:
        way = percent(after.progress)
        if before.progress is not None and percent(before.progress) != way:
            way = f"{percent(before.progress)} → {bold(way)}"
        parts.append(f"{way} of the way")
    status = status_words(after.status)
    parts.append(status if before.status is after.status else f"{status_words(before.status)} → {status}")
    return BETWEEN.join(parts)


def discuss_buttons(node: Node) -> list[Element]:
    """Leads to the item's thread; whoever may see the item may talk about it. None for what has no thread."""
    if node.kind not in DISCUSSED:
        return []
    about = f"Discuss {node.reference} in a thread"
    return [button("Discuss", ids.OKR_DISCUSS, value=node.reference, label=about)]


def milestone_lines(milestones: tuple[Milestone, ...]) -> list[str]:
    """`✓ 1 Pilot live`, `○ 2 Roll-out (weight 3)`."""
    return [
        f"{'✓' if step.is_done else '○'} {step.number} {literal(step.title)}{_weight(step.weight)}"
        for step in milestones
    ]


def outlook_words(pace: Pace | None, forecast: Forecast | None, node: Node, locale: str) -> str:
    """ "2 weeks ahead of the line. At this rate it ends at 82 %, which reaches the target."."""
    words = []
    if pace is not None:
        words.append(f"{pace.words[0].upper()}{pace.words[1:]}.")
    if forecast is not None:
        value = literal(format_figure(forecast.value, node.unit, locale))
        reaches = "which reaches the target" if forecast.reaches else "short of the target"
        words.append(f"At this rate it ends at {value}, {reaches}.")
    return " ".join(words)


def _weight(weight: Decimal) -> str:
    return "" if weight == 1 else f" (weight {format(weight, 'f')})"
