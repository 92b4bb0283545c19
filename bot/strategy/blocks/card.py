"""`/hoshin show`: the card of anything, with all that hangs on it."""

from collections.abc import Iterator
from typing import Any

from bot import ids
from bot.answers import Block, Message
from bot.asks import Person
from bot.blockkit import kit
from bot.blockkit.cards import card, throw_buttons
from bot.blockkit.mrkdwn import BETWEEN, bold, day_token, literal
from bot.blockkit.surfaces import fit_message
from bot.blockkit.tables import columns, fixed
from bot.change_words import change_words
from bot.strategy.blocks import improvements
from bot.strategy.blocks.lines import card_of, day_shown, item_line, view_of
from bot.strategy.facts import MEASURES, Item
from storage.rules.date_words import short_day, short_near_day
from storage.rules.figures import format_figure
from storage.rules.graph import Node, StepLine
from storage.rules.history import Entry
from storage.rules.terms import Frequency, Kind

SHOWN_BELOW = 5


def shown(item: Item, person: Person) -> Message:
    """The card, then people, dates, steps, figures, marks and history; what there is not is left out."""
    facts = card_of(item.scene, item.node)._replace(
        confidence_before=item.confidence_before,
        confidences=item.confidences,
    )
    head = card(facts, locale=person.locale, zone=person.zone)
    rows = [list(blocks) for blocks in _parts(item, person) if blocks]
    foot = [kit.actions(*_buttons(item))]
    text = f"{facts.reference} {literal(facts.title)}: {facts.status.sign} {facts.status}"
    return Message(text, tuple(fit_message([*day_shown(item.scene), *head], rows, foot)))


def _buttons(item: Item) -> list[kit.Element]:
    node, scene = item.node, item.scene
    found = _update(node) if item.may_update else []
    if item.may_edit:
        style: Any = None if item.may_update else "primary"
        found.append(kit.button("Edit", ids.PLAN_EDIT, value=node.reference, style=style))
    if node.kind is Kind.KPI and scene.as_of is None:
        found.append(kit.button("Bowling chart", ids.STRATEGY_BOWLING, value=node.reference))
    if node.kind is not Kind.KPI:
        found.append(kit.button("Line of sight", ids.STRATEGY_WHY, value=view_of(scene, node.ref)))
    if scene.graph.children.get(node.ref) or scene.graph.measured_by.get(node.ref):
        found.append(kit.button("What stands below", ids.STRATEGY_TREE, value=view_of(scene, node.ref)))
    if item.may_edit and node.kind is Kind.INITIATIVE:
        found += _event_buttons(item)
    found.append(kit.button("X-matrix", ids.STRATEGY_MATRIX, value=view_of(scene, node.ref)))
    if scene.as_of is None and node.is_live:
        found += throw_buttons(node.kind, node.reference)
    if scene.as_of is None:
        wish = ids.follow_value(node.kind, node.id, on=not item.is_followed)
        found.append(kit.button("Unfollow" if item.is_followed else "Follow", ids.FOLLOW, value=wish))
        found.append(kit.button("Share", ids.STRATEGY_SHARE, value=node.reference))
    return found


def _event_buttons(item: Item) -> list[kit.Element]:
    event = item.improvements.event if item.improvements is not None else None
    reference = item.node.reference
    if event is None:
        return [kit.button("Make it a Kaizen event", ids.KAIZEN_EVENT, value=reference)]
    return [
        kit.button("Kaizen event", ids.KAIZEN_EVENT, value=reference),
        kit.button(
            "Correct its result" if event.result else "Its result", ids.KAIZEN_RESULT, value=reference
        ),
    ]


def shared(item: Item, person: Person) -> Message:
    """The card as everyone in a channel may see it, and who shows it; no mention, since nobody must act. What
    its buttons open is for whoever presses them, as they may see it."""
    scene, node = item.scene, item.node
    facts = card_of(scene, node)
    words = f"{facts.reference} {literal(facts.title)}: {facts.status.sign} {facts.status}"
    head = card(facts, locale=person.locale, zone=person.zone)
    figures = _titled("Last figures", _figures(item, person))
    buttons = [
        kit.button("Open", ids.STRATEGY_SHOW, value=node.reference, label=f"Open {node.reference}"),
        *(_update(node) if node.kind in MEASURES and node.is_live else ()),
        *(throw_buttons(node.kind, node.reference) if node.is_live else ()),
    ]
    by = kit.context(f"Shared by {literal(person.name)}")
    return Message(words, (*head, *figures, by, kit.actions(*buttons)))


def _update(node: Node) -> list[kit.Element]:
    return [kit.button("Update", ids.OKR_UPDATE, value=node.reference, label=f"Update {node.reference}")]


def not_shared(node: Node) -> Message:
    """Some in the channel may not see the item: the asker alone is told."""
    return Message(
        f"{node.reference} was not shared: not everyone in this conversation may see it. You can show it to "
        f"one person, or name readers under `/hoshin edit {node.reference}`."
    )


def _parts(item: Item, person: Person) -> Iterator[list[Block]]:
    yield _note(item, person)
    yield [kit.fields(_facts(item))]
    yield _titled("Steps", list(_steps(item)))
    yield _titled("Plan by month", _monthly(item, person))
    yield _titled("Last figures", _figures(item, person))
    yield _named("Other names", [", ".join(item.scene.graph.aliases.get(item.node.ref, ()))])
    yield _lines("Marks", list(_marks(item)))
    yield _lines("Read by", [item_line(item.scene, one) for one in _readers(item)])
    yield _lines("Below", _below(item))
    yield from improvements.parts(item)
    yield _lines("History", [_change(item, entry, person) for entry in item.history])


def _note(item: Item, person: Person) -> list[Block]:
    if not item.note.strip():
        return []
    age = f"{BETWEEN}{day_token(item.noted_at, person.zone)}" if item.noted_at else ""
    return [kit.context(f"“{literal(item.note)}”{age}")]


def _facts(item: Item) -> list[str]:
    node, scene = item.node, item.scene
    supporters = [scene.name_of(one) for one in scene.graph.supporters.get(node.ref, ())]
    dates = [short_day(day) for day in (node.starts_on, node.due_on) if day is not None]
    found = [
        ("Accountable", scene.name_of(node.owner_id) or "nobody yet"),
        ("Supporting", ", ".join(filter(None, supporters))),
        ("Dates", " – ".join(dates)),
        ("Perspective", node.perspective or ""),
        ("Commitment", node.commitment or ""),
        ("Measured by", scene.title_of(node.measure) if node.measure is not None else ""),
        ("State", "" if node.is_live else node.state),
        ("Seen by", "its circle alone" if node.is_restricted else ""),
        ("Not deployed", node.not_deployed_reason),
    ]
    if node.kind is Kind.KPI:
        found += [
            ("Due", f"{node.frequency}, {node.roll_up} of the period"),
            ("Indicator", node.leading),
            ("Source", node.data_source),
        ]
    return [f"{bold(name)}\n{literal(str(value))}" for name, value in found if value]


def _steps(item: Item) -> Iterator[str]:
    for step in item.scene.graph.steps.get(item.node.ref, ()):
        yield f"{'✓' if step.done_at is not None else '○'} {step.title}"
        beside = " · ".join(filter(None, (item.scene.name_of(step.owner_id), _due(step))))
        if beside:
            yield f"  {beside}"


def _due(step: StepLine) -> str:
    if step.due_on is None:
        return ""
    due, first = f"due {short_near_day(step.due_on)}", step.original_due_on
    has_moved = first is not None and first != step.due_on
    return f"{due}, first {short_near_day(first)}" if has_moved and first is not None else due


def _monthly(item: Item, person: Person) -> list[str]:
    rows = [
        (f"{month:%b %Y}", format_figure(value, item.node.unit, person.locale))
        for month, value in sorted(item.monthly_plan.items())
    ]
    return columns(rows, right=(1,))


def _figures(item: Item, person: Person) -> list[str]:
    frequency = _frequency(item)
    rows = [
        (
            _period(one.period_on, frequency),
            format_figure(one.value, item.node.unit, person.locale),
            str(one.source),
            one.by,
            short_near_day(one.recorded_at),
        )
        for one in item.figures
    ]
    return columns(rows, right=(1,), stretch=3)


def _frequency(item: Item) -> Frequency:
    source = item.scene.graph.find(item.node.measure) if item.node.measure is not None else item.node
    return source.frequency if source is not None and source.kind is Kind.KPI else Frequency.WEEKLY


def _period(on: Any, frequency: Frequency) -> str:
    if frequency is Frequency.WEEKLY:
        year, week, _ = on.isocalendar()
        return f"W{week:02} {year % 100:02}"
    return f"{on:%b %y}" if frequency is not Frequency.ANNUAL else f"{on:%Y}"


def _marks(item: Item) -> Iterator[str]:
    for mark in item.scene.graph.marks_of.get(item.node.ref, ()):
        other = item.scene.graph.find(mark.right if mark.left == item.node.ref else mark.left)
        if other is not None:
            asked = "" if mark.is_confirmed else "  (suggested, nobody has agreed yet)"
            title = f"{bold(other.reference)} {literal(other.title)}"
            yield f"{mark.strength.symbol} {mark.strength}{BETWEEN}{title}{asked}"


def _readers(item: Item) -> list[Node]:
    return list(item.scene.graph.measured_by.get(item.node.ref, ()))


def _below(item: Item) -> list[str]:
    children = item.scene.graph.children.get(item.node.ref, ())
    lines = [item_line(item.scene, child) for child in children[:SHOWN_BELOW]]
    more = len(children) - len(lines)
    return [*lines, f"and {more} more"] if more else lines


def _change(item: Item, entry: Entry, person: Person) -> str:
    who = item.scene.name_of(entry.member_id) or "the plan file"
    what = literal(change_words(item.scene.graph, entry))
    why = f" – {literal(entry.reason)}" if entry.reason else ""
    return f"{day_token(entry.at, person.zone)}, {literal(who)}: {what}{why}"


def _titled(title: str, lines: list[str]) -> list[Block]:
    return [kit.section(bold(title)), *fixed(lines)] if lines else []


def _lines(title: str, lines: list[str]) -> list[Block]:
    return [kit.section("\n".join([bold(title), *lines]))] if lines else []


def _named(title: str, values: list[str]) -> list[Block]:
    found = [literal(value) for value in values if value]
    return [kit.section("\n".join([bold(title), *found]))] if found else []
