"""Values of the record as they stand in inputs, and as people read them."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from bot.planning.fields import COLUMNS, Entry, Field
from storage.rules.date_words import short_day
from storage.rules.figures import format_figure
from storage.rules.graph import Graph, Node
from storage.rules.hierarchy import Ref, format_reference, parse_reference

_HUNDRED = Decimal(100)


def initial(node: Node, one: Field, locale: str) -> str | tuple[str, ...]:
    """What an input begins with."""
    value = getattr(node, COLUMNS.get(one.name, one.name))
    if one.entry is Entry.TICK:
        return (one.choices[0][0],) if value else ()
    if value is None:
        return ""
    if one.entry in {Entry.PARENT, Entry.KPI}:
        return format_reference(*value)
    if isinstance(value, Decimal):
        return format_figure(value * _HUNDRED if one.entry is Entry.SHARE else value, "", locale)
    return str(value)


def label_of(graph: Graph, one: Field, chosen: str) -> str:
    """The words of a chosen option; empty where it is gone meanwhile."""
    if one.entry is Entry.TEAM:
        team = graph.teams.get(int(chosen)) if chosen.isdigit() else None
        return team.name if team else ""
    node = graph.find(parse_reference(chosen))
    return f"{node.reference} {node.title}" if node else ""


def in_slack(graph: Graph, member_ids: tuple[int, ...]) -> tuple[list[str], list[str]]:
    """(Slack ids of those who are in Slack, names of the others)."""
    known = [graph.people[one] for one in member_ids if one in graph.people]
    return (
        [one.slack_user_id for one in known if one.slack_user_id is not None],
        [one.name for one in known if one.slack_user_id is None],
    )


def words_of(graph: Graph, name: str, value: Any, unit: str, locale: str) -> str:
    """A field's value as people read it; `name` is the node's own."""
    if value is None or value in ("", ()):
        return "—"
    if name in _NAMES:
        return _NAMES[name](graph, value)
    if name == "is_restricted":
        return "its own circle" if value else "everyone"
    if isinstance(value, Decimal):
        share = name == "progress"
        of = unit if name in _FIGURES else "%" if share else ""
        return format_figure(value * _HUNDRED if share else value, of, locale)
    return short_day(value) if isinstance(value, date) else str(value)


def name_of(graph: Graph, member_id: int | None) -> str:
    """A member's name; empty for nobody."""
    person = graph.people.get(member_id) if member_id is not None else None
    return person.name if person else ""


def _team_name(graph: Graph, team_id: int) -> str:
    return graph.teams[team_id].name if team_id in graph.teams else "—"


def _person_names(graph: Graph, member_ids: tuple[int, ...]) -> str:
    return ", ".join(filter(None, (name_of(graph, one) for one in member_ids)))


def _item_name(graph: Graph, ref: Ref) -> str:
    node = graph.find(ref)
    return f"{node.reference} {node.title}" if node else format_reference(*ref)


_NAMES: Mapping[str, Callable[[Graph, Any], str]] = {
    "owner_id": name_of,
    "team_id": _team_name,
    "supporters": _person_names,
    "readers": _person_names,
    "aliases": lambda _, names: ", ".join(names),
    "parent": _item_name,
    "measure": _item_name,
}
_FIGURES = frozenset({"baseline", "target", "band_low", "band_high"})
