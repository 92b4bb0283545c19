"""What the Home tab and `/hoshin` show: facts in, blocks out."""

from collections import Counter
from collections.abc import Sequence

from bot import ids
from bot.answers import Block, Message, View
from bot.asks import Person
from bot.blockkit import kit
from bot.blockkit.cards import Card, card, line
from bot.blockkit.mrkdwn import BETWEEN, bold, date_token, literal, local_time
from bot.blockkit.surfaces import fit_message, fit_view, home_view, message, modal
from bot.home.service import MATTERS_FIRST, Item, Standing
from storage.rules.date_words import short_near_day
from storage.rules.terms import Kind, Status

SHOWN_ITEMS = 5
"""The five that matter; the others are one press away."""

NOT_IN_FIGURES = (Status.STALE, Status.NOT_STARTED)
"""States whose reason the figures on the card do not tell already."""
NEEDS_CARE = (Status.OFF_TRACK, Status.AT_RISK)
FOLLOWS_FROM_BELOW = (Kind.OBJECTIVE, Kind.ANNUAL_OBJECTIVE, Kind.BREAKTHROUGH, Kind.DRIVER)
"""Kinds without figures of their own: what is wrong with them stands below them."""

WHAT_IT_IS = (
    "Hoshin keeps your organisation's plan in Slack, from the vision down to each team's quarter, and shows "
    "whether it moves. Once a week it asks you how your part of it is going, in one message that takes a "
    "few minutes."
)
FRAMEWORKS = (
    "Four things hang together in it: *Hoshin Kanri* sets direction, *OKRs* drive focus, the *scorecard* "
    "monitors balance, and *Lean* improves how the work is done."
)
NO_PLAN = (
    "*There is no plan here yet.* Whoever administers this Slack makes one with `/hoshin setup`; whoever "
    "runs Hoshin can load one from a file with `hoshin import plan.yaml`."
)
NO_ITEMS = (
    "Here stands what you own of the plan, from a goal to a key result, and how it goes. No item of the plan "
    "is yours yet; whoever keeps the plan names owners in it."
)
HINTS = "`/checkin` answers what is due  ·  `/hoshin help key result` explains a word of the method"


def home(standing: Standing, person: Person, waiting: Sequence[Block], further: Sequence[Block] = ()) -> View:
    """The Home tab: what waits for the person first, then how their items stand.

    Args:
        waiting: what other parts of the product want from the person, or that they want nothing.
        further: what they show beside it.
    """
    title = [kit.header("Welcome to Hoshin")] if standing.is_newcomer else []
    head = [*title, *_top(standing, person), *waiting, *_items_heading(standing)]
    rows = [_item_card(place, item, person) for place, item in enumerate(standing.items[:SHOWN_ITEMS])]
    foot = [*_all_items(standing), *further, *_plan(standing, person), *_footer(standing)]
    return home_view(head, rows, foot, callback_id=ids.HOME)


def standing_message(
    standing: Standing, person: Person, waiting: Sequence[Block], further: Sequence[Block] = ()
) -> Message:
    """The same as a message for the person alone, in fewer lines."""
    head = [*_top(standing, person), *waiting, *_items_heading(standing)]
    rows = [_item_line(place, item, person) for place, item in enumerate(standing.items[:SHOWN_ITEMS])]
    foot = [*_all_items(standing), *further, kit.context(HINTS)]
    return message(_in_words(standing, person), fit_message(head, rows, foot))


def all_items(standing: Standing, person: Person) -> View:
    """Everything that the person answers for, one line each."""
    rows = [_item_line(place, item, person) for place, item in enumerate(standing.items)]
    blocks = fit_view([kit.context(_counted(standing))], rows) if rows else [kit.section(NO_ITEMS)]
    return modal(_title(standing), blocks, callback_id=ids.HOME_ITEMS, close="Close")


def _top(standing: Standing, person: Person) -> list[Block]:
    """For someone who never answered: what this is, what it wants this week, one button."""
    plan = [kit.section(NO_PLAN)] if standing.plan is None else []
    if not standing.is_newcomer:
        return plan
    if standing.asked_until is not None:
        until = date_token(standing.asked_until, person.zone)
        wanted = f"{bold('This week')} it wants your figures, until {until}. They stand right below."
        # What waits has a button of its own.
        return [kit.section(WHAT_IT_IS), kit.context(FRAMEWORKS), kit.section(wanted)]
    help_button = kit.button("What Hoshin does", ids.HOME_HELP, style="primary")
    return [kit.section(WHAT_IT_IS), kit.context(FRAMEWORKS), *plan, kit.actions(help_button)]


def _items_heading(standing: Standing) -> list[Block]:
    if standing.items:
        return [kit.header("Your items"), kit.context(_counted(standing))]
    return [] if standing.plan is None else [kit.header("Your items"), kit.section(NO_ITEMS)]


def _counted(standing: Standing) -> str:
    counts = Counter(item.assessment.status for item in standing.items)
    found = [f"{status.sign} {counts[status]} {status}" for status in MATTERS_FIRST if counts[status]]
    return BETWEEN.join(found)


def _all_items(standing: Standing) -> list[Block]:
    count = len(standing.items)
    if count <= SHOWN_ITEMS:
        return []
    return [kit.actions(kit.button(f"All {count} →", ids.HOME_ITEMS, label=f"All {count} of your items"))]


def _plan(standing: Standing, person: Person) -> list[Block]:
    """The plan's own words, for those who may see the plan: guests see only what is theirs."""
    if standing.plan is None or person.is_guest:
        return []
    vision = f"  ·  {literal(standing.plan.vision)}" if standing.plan.vision else ""
    return [kit.divider(), kit.context(f"{bold(literal(standing.plan.title))}{vision}")]


def _footer(standing: Standing) -> list[Block]:
    if standing.is_newcomer:
        return [kit.context(HINTS)]
    return [kit.context(HINTS), kit.actions(kit.button("What Hoshin does", ids.HOME_HELP))]


def _item_card(place: int, item: Item, person: Person) -> list[Block]:
    return card(_facts(item), locale=person.locale, zone=person.zone, accessory=_open(place, item))


def _item_line(place: int, item: Item, person: Person) -> list[Block]:
    return [kit.section(line(_facts(item), person.locale), accessory=_open(place, item))]


def _open(place: int, item: Item) -> kit.Element:
    """The whole card: people, figures, history, and what one may do with it."""
    action_id = ids.numbered(ids.STRATEGY_SHOW, place)
    return kit.button("Open", action_id, value=item.reference, label=f"Open {item.reference}")


def _reason(item: Item) -> str:
    status = item.assessment.status
    is_wrong_below = item.kind in FOLLOWS_FROM_BELOW and status in NEEDS_CARE
    return item.assessment.reason if status in NOT_IN_FIGURES or is_wrong_below else ""


def _facts(item: Item) -> Card:
    answer = item.last_answer
    return Card(
        reference=item.reference,
        title=item.title,
        kind=item.kind,
        status=item.assessment.status,
        reason=_reason(item),
        unit=item.unit,
        direction=item.direction,
        baseline=item.baseline,
        current=item.current,
        target=item.target,
        band_low=item.band_low,
        band_high=item.band_high,
        progress=item.progress,
        expected=item.expected,
        trend=item.trend,
        confidence=answer.confidence if answer else None,
        confidence_before=answer.confidence_before if answer else None,
        team=item.team,
        period=f"by {short_near_day(item.due_on)}" if item.due_on else "",
        serves=item.serves,
        note=answer.note if answer else "",
        noted_at=answer.answered_at if answer else None,
    )


def _title(standing: Standing) -> str:
    return "Your item" if len(standing.items) == 1 else f"Your {len(standing.items)} items"


def _in_words(standing: Standing, person: Person) -> str:
    """For notifications and screen readers, where no blocks are drawn."""
    if standing.plan is None:
        return "There is no plan here yet."
    count = len(standing.items)
    own = f"You answer for {count} {'item' if count == 1 else 'items'}: {_counted(standing)}."
    parts = [own if count else "No item of the plan is yours yet."]
    if standing.next_checkin_at is not None:
        parts.append(f"Your next check-in comes {local_time(standing.next_checkin_at, person.zone)}.")
    return " ".join(parts)
