"""One item of a check-in in words: the same in direct messages, forms, summaries and the Home tab."""

from collections.abc import Iterable, Sequence

from bot.blockkit.cards import Card, figures, headline, status_words
from bot.blockkit.mrkdwn import BETWEEN, bold, clamp_plain, literal
from bot.checkins.facts import Extra, Item, Prompt
from storage.rules.date_words import period_words
from storage.rules.figures import format_change, format_figure
from storage.rules.listing import all_of

LONGEST_TITLE = 150
LONGEST_NOTE = 500


def card_of(item: Item) -> Card:
    """The item as the one card of anything."""
    standing = item.standing
    return Card(
        reference=item.reference,
        title=clamp_plain(item.title, LONGEST_TITLE),
        kind=item.kind,
        status=standing.status,
        reason=standing.reason,
        unit=item.unit,
        direction=item.direction,
        baseline=item.baseline,
        current=item.current,
        target=item.target,
        band_low=item.band_low,
        band_high=item.band_high,
        progress=item.progress,
        expected=standing.expected,
        trend=standing.trend,
        confidence=item.confidence,
        confidence_before=item.confidence_before,
        owner=item.owner,
    )


def plain_name(item: Item) -> str:
    """Reference and title as plain text, for labels."""
    return f"{item.reference} {clamp_plain(item.title, LONGEST_TITLE)}"


def described(item: Item, locale: str) -> tuple[str, ...]:
    """What it is and how it stands; its numbers; what is special about asking for it."""
    card = card_of(item)
    return headline(card), figures(card, locale), asides(item)


def asides(item: Item) -> str:
    """What is special about asking for it: whose it is, which period is due, where the figure comes from."""
    said = []
    if item.owner:
        said.append(f"{literal(item.owner)} owns it and cannot answer now, so you are asked.")
    if not item.asks_value:
        said.append(f"Its figure comes from {item.kpi or 'its KPI'}; you are asked how sure you are.")
    elif item.figure_due:
        said.append(f"The figure for {period_words(item.frequency, item.period_on)} is due.")
    return " ".join(said)


def change(item: Item, locale: str) -> str:
    """What an answer brought: `70 % → 74 %`, `stays at 74 %`, `confidence 5 ↓ from 7`; empty without one."""
    return BETWEEN.join(filter(None, (_figure_change(item, locale), _confidence_change(item))))


def change_line(item: Item, locale: str) -> str:
    """A change with its item and how it stands now, as a line of a list."""
    said = (bold(item.reference), literal(clamp_plain(item.title, LONGEST_TITLE)))
    return f"• {' '.join(said)}{BETWEEN}{change(item, locale)}{BETWEEN}{status_words(item.standing.status)}"


def handed_words(prompt: Prompt) -> str:
    """What was taken out of a check-in and whose it is now: `KR-1 belongs to Ben now, who answers for it.`"""
    by_owner: dict[str, list[str]] = {}
    for one in prompt.handed:
        by_owner.setdefault(one.owner, []).append(one.name)
    said = [
        f"{names(what)} {'belongs' if len(what) == 1 else 'belong'} to {literal(owner)} now, who answers for "
        f"{'it' if len(what) == 1 else 'them'}."
        for owner, what in by_owner.items()
    ]
    return " ".join(said)


def extra_line(extra: Extra) -> str:
    """A question of a registered kind and its answers, as a line of a list."""
    name = bold(literal(clamp_plain(extra.name, LONGEST_TITLE)))
    said = BETWEEN.join(literal(clamp_plain(" ".join(word.split()), LONGEST_NOTE)) for word in extra.words)
    return f"• {name}{BETWEEN}{said}" if said else f"• {name}"


def answer_mark(item: Item, locale: str) -> str:
    """`✓ 70 % → 74 %`: the answer, beside an item of a question that is still open; empty without one."""
    if item.given is None:
        return ""
    said = "no change" if item.given.is_unchanged else change(item, locale) or "answered"
    return f"✓ {said}{BETWEEN}{note_words(item.given.note)}" if item.given.note else f"✓ {said}"


def extra_mark(extra: Extra) -> str:
    """The same of a question of a registered kind."""
    said = BETWEEN.join(literal(clamp_plain(" ".join(word.split()), LONGEST_NOTE)) for word in extra.words)
    return f"✓ {said}" if said else ""


def note_words(note: str) -> str:
    """Someone's note on one line, as a quotation."""
    return f"“{literal(clamp_plain(' '.join(note.split()), LONGEST_NOTE))}”"


def counted(count: int, noun: str) -> str:
    """`1 item`, `3 items`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def names(people: Sequence[str]) -> str:
    """`Ana`, `Ana and Ben`, `Ana, Ben and Chen`; as markup."""
    return all_of([literal(person) for person in people])


def joined(lines: Iterable[str]) -> str:
    return "\n".join(line for line in lines if line)


def _figure_change(item: Item, locale: str) -> str:
    if item.given is None or item.given.value is None:
        return ""
    if item.has_moved:
        return bold(literal(format_change(item.value_before, item.given.value, item.unit, locale)))
    return f"stays at {bold(literal(format_figure(item.given.value, item.unit, locale)))}"


def _confidence_change(item: Item) -> str:
    said = item.given.confidence if item.given else None
    if said is None:
        return ""
    before = item.confidence_before
    if before is None or before == said:
        return f"confidence {said}"
    return f"confidence {said} {'↑' if said > before else '↓'} from {before}"
