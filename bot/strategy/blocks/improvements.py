"""Kaizen on the card of an item: the event that an initiative is, its ideas, and what they have brought."""

from collections.abc import Iterator

from bot.answers import Block
from bot.blockkit import kit
from bot.blockkit.mrkdwn import BETWEEN, bold, clamp_plain, literal, quote
from bot.strategy.facts import Item
from storage.improvements import EventFacts
from storage.rules.hierarchy import format_reference
from storage.rules.kaizen_contributions import Contribution, Contributor
from storage.rules.kaizen_statistics import Benefit
from storage.rules.terms import Kind

SHOWN = 5
LONGEST = 600


def parts(item: Item) -> Iterator[list[Block]]:
    """What there is of it."""
    found = item.improvements
    if found is None:
        return
    if found.event is not None:
        yield _event(found.event)
    if found.contribution.ideas:
        yield [kit.section("\n".join([bold("Kaizen ideas"), _sum(found.contribution), *_ideas(found.ideas)]))]


def sum_words(found: Contribution) -> str:
    """What ideas came to, in words: "3 ideas, 2 done, confirmed 30 hours"."""
    ideas = "1 idea" if found.ideas == 1 else f"{found.ideas} ideas"
    value = ", ".join(
        f"{amount:,f} hours" if kind is Benefit.HOURS else f"{kind} {amount:,f}"
        for kind, amount in found.value
    )
    return f"{ideas}, {found.done} done, {f'confirmed {value}' if value else 'nothing confirmed yet'}"


def _sum(found: Contribution) -> str:
    return f"{sum_words(found)}, here and below."


def _ideas(ideas: tuple[Contributor, ...]) -> Iterator[str]:
    for idea in ideas[:SHOWN]:
        title = literal(clamp_plain(idea.title, 120))
        state = f"{idea.state.sign} {idea.state}"
        yield f"{bold(format_reference(Kind.IDEA, idea.number))} {title}{BETWEEN}{state}"
    if len(ideas) > SHOWN:
        yield f"and {len(ideas) - SHOWN} more"


def _event(event: EventFacts) -> list[Block]:
    blocks = [kit.section(f"{bold('Kaizen event')}\n{quote(clamp_plain(event.problem, LONGEST))}")]
    if event.before or event.after:
        before, after = (literal(clamp_plain(text, LONGEST)) or "—" for text in (event.before, event.after))
        blocks.append(kit.section(f"{bold('Before → after')}\n{before} → {after}"))
    if event.result:
        blocks.append(kit.section(f"{bold('Its result')}\n{quote(clamp_plain(event.result, LONGEST))}"))
    return blocks
