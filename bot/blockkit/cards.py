"""The card: one drawing for anything that has a reference, in full and as one line.

The state stands as a sign and a word, the number before the words; colour is never the only sign.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from bot import ids
from bot.answers import Block
from bot.blockkit.kit import Element, actions, button, context, section
from bot.blockkit.mrkdwn import BETWEEN, bold, day_token, literal
from storage.rules.catchball_terms import KINDS as THROWABLE
from storage.rules.figures import format_figure, percent
from storage.rules.scoring import Trend, clamped
from storage.rules.terms import Direction, Kind, Status

CELLS = 10
_FULL_CELL = "▓"
_EMPTY_CELL = "░"
_LONGEST_NOTE = 280


class Card(NamedTuple):
    """What is known of an item; what is not known stays empty and is not drawn.

    `progress` and `expected` are shares (1 = the target), progress raw as the rules compute it.
    `confidences` is where the confidence went (`scoring.confidence_trail`), of the item below it that
    `confidence_of` names where it is not its own. `serves` are the items above it, nearest first, as they are
    read ("O-2 Answer right the first time").
    """

    reference: str
    title: str
    kind: Kind
    status: Status
    reason: str = ""
    unit: str = ""
    direction: Direction = Direction.INCREASE
    baseline: Decimal | None = None
    current: Decimal | None = None
    target: Decimal | None = None
    band_low: Decimal | None = None
    band_high: Decimal | None = None
    progress: Decimal | None = None
    expected: Decimal | None = None
    trend: Trend | None = None
    confidence: int | None = None
    confidence_before: int | None = None
    confidences: Sequence[int] = ()
    confidence_of: str = ""
    owner: str = ""
    team: str = ""
    period: str = ""
    serves: Sequence[str] = ()
    note: str = ""
    noted_at: datetime | None = None


def card(
    facts: Card,
    *,
    locale: str,
    zone: str,
    primary: Element | None = None,
    beside: Sequence[Element] = (),
    more: Element | None = None,
    accessory: Element | None = None,
) -> list[Block]:
    """The card of anything, for a reader with `locale` and `zone`: one primary button, those `beside` it that
    are wanted as often, the rest in `more`; among others an `accessory` beside it instead."""
    lines = (headline(facts), literal(facts.reason), figures(facts, locale))
    blocks = [section("\n".join(filter(None, lines)), accessory=accessory)]
    blocks += [context(markup) for markup in (_belonging(facts), _note(facts, zone)) if markup]
    buttons = [element for element in (primary, *beside, more) if element]
    return [*blocks, actions(*buttons)] if buttons else blocks


def line(facts: Card, locale: str) -> str:
    """The card on one line of markup, for prompts, summaries and the Home tab."""
    title = f"{bold(facts.reference)} {literal(facts.title)}"
    parts = (title, status_words(facts.status), _way(facts, locale), _progress(facts), _trail(facts))
    return BETWEEN.join(filter(None, parts))


def headline(facts: Card) -> str:
    """`KR-3 · First-contact resolution` in bold, with sign and word of how it stands."""
    title = bold(f"{facts.reference} · {literal(facts.title)}")
    return f"{title}{BETWEEN}{status_words(facts.status)}"


def figures(facts: Card, locale: str) -> str:
    """The numbers: from → now → target, how far, how far it should be, how sure its owner is."""
    parts = (_way(facts, locale), _progress(facts), _expected(facts), _confidence(facts))
    return BETWEEN.join(filter(None, parts))


def status_words(status: Status) -> str:
    """Sign and word: "▲ at risk"."""
    return f"{status.sign} {status.value}"


def trend_word(trend: Trend | None) -> str:
    """ "improving" or "worsening", as seen from the goal; nothing where nothing moved."""
    return "" if trend in {None, Trend.STEADY} else str(trend)


def bar(share: Decimal) -> str:
    """Ten cells, as many filled as tenths are reached; never full before the target is."""
    filled = int(clamped(share) * CELLS)
    return _FULL_CELL * filled + _EMPTY_CELL * (CELLS - filled)


def throw_buttons(kind: Kind, reference: str) -> list[Element]:
    """The button by which an item's terms are negotiated; none for what cannot be thrown."""
    if kind not in THROWABLE:
        return []
    return [button("Throw as catchball", ids.CATCHBALL_ABOUT, value=reference)]


def _way(facts: Card, locale: str) -> str:
    """`70 % → 74 % → 80 %, improving`; what is to be maintained shows its band instead of a way.

    The trend is a word: an arrow would be read as the figure's own way, which is down where less is better.
    """
    now = _figure(facts.current, facts.unit, locale)
    goal = _goal(facts, locale)
    if facts.current is None and not goal:
        return ""
    if facts.direction is Direction.MAINTAIN:
        return ", ".join(filter(None, (bold(now), goal, trend_word(facts.trend))))
    start = _figure(facts.baseline, facts.unit, locale) if facts.baseline is not None else ""
    way = " → ".join(filter(None, (start, bold(now), goal)))
    return ", ".join(filter(None, (way, trend_word(facts.trend))))


def _goal(facts: Card, locale: str) -> str:
    if facts.direction is Direction.MAINTAIN and (facts.band_low is not None or facts.band_high is not None):
        low, high = (
            _figure(end, facts.unit, locale) if end is not None else ""
            for end in (facts.band_low, facts.band_high)
        )
        if low and high:
            return f"to stay between {low} and {high}"
        return f"to stay above {low}" if low else f"to stay below {high}"
    return _figure(facts.target, facts.unit, locale) if facts.target is not None else ""


@lru_cache(maxsize=4096)
def _figure(value: Decimal | None, unit: str, locale: str) -> str:
    # A unit is free text of the plan. Kept, since the same baselines and targets are drawn again and again.
    return literal(format_figure(value, unit, locale))


def _progress(facts: Card) -> str:
    if facts.progress is None or facts.direction is Direction.MAINTAIN:
        return ""
    return f"{bar(facts.progress)} {percent(facts.progress)}"


def _expected(facts: Card) -> str:
    # What is to be maintained is expected in its band all the time.
    if facts.expected is None or facts.direction is Direction.MAINTAIN:
        return ""
    return f"expected {percent(facts.expected)} by now"


def _confidence(facts: Card) -> str:
    trail = _trail(facts)
    if trail or facts.confidence is None:
        return trail
    words = f"confidence {facts.confidence}"
    if facts.confidence_before is None or facts.confidence_before == facts.confidence:
        return words
    arrow = "↑" if facts.confidence > facts.confidence_before else "↓"
    return f"{words} {arrow} from {facts.confidence_before}"


def _trail(facts: Card) -> str:
    """`confidence 8 → 6 → 4 ↓`; nothing where it has not moved. ▲ and ■ would read as a status."""
    if len(facts.confidences) < 2:  # noqa: PLR2004 - one value goes nowhere
        return ""
    before, now = facts.confidences[-2:]
    said = f"confidence {' → '.join(map(str, facts.confidences))} {'↑' if now > before else '↓'}"
    return f"{facts.confidence_of} {said}".strip()


def _belonging(facts: Card) -> str:
    above = " → ".join(map(literal, facts.serves))
    parts = (*map(literal, (facts.owner, facts.team, facts.period)), above and f"for {above}")
    return " · ".join(filter(None, parts))


def _note(facts: Card, zone: str) -> str:
    if not facts.note.strip():
        return ""
    words = " ".join(facts.note.split())
    if len(words) > _LONGEST_NOTE:
        words = words[:_LONGEST_NOTE].rsplit(" ", 1)[0] + "…"
    age = f" · {day_token(facts.noted_at, zone)}" if facts.noted_at else ""
    return f"“{literal(words)}”{age}"
