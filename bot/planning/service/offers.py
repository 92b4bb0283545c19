"""What menus offer for the letters typed so far, among what the person sees."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import available_timezones

from bot.answers import MOST_OFFERED
from bot.planning.service.keys import FormKey
from storage import editing
from storage.database import UnitOfWork
from storage.rules import changes
from storage.rules.errors import Invalid
from storage.rules.graph import Node, TeamLine
from storage.rules.hierarchy import LEGAL_PARENTS
from storage.rules.terms import Kind


@dataclass(frozen=True, slots=True)
class Offered:
    """One option."""

    value: str
    words: str


def offer_parents(uow: UnitOfWork, member_id: int, key: FormKey, typed: str) -> list[Offered]:
    """Where the item of a form may stand: legal kinds of its plan, not itself nor what stands below it."""
    viewer = uow.roles.get_viewer(member_id)
    graph = editing.look(uow, viewer, key.plan_id)

    def legal() -> Iterator[Node]:
        for kind in LEGAL_PARENTS.get(key.kind, ()):
            for node in graph.of_kind(kind):
                try:
                    if key.ref is not None:
                        changes.check_no_circle(graph, key.ref, node.ref)
                except Invalid:
                    continue
                yield node

    return _fitting(((node.reference, f"{node.reference} {node.title}") for node in legal()), typed)


def offer_kpis(uow: UnitOfWork, member_id: int, key: FormKey, typed: str) -> list[Offered]:
    """The KPIs of the form's plan, by any of their names."""
    graph = editing.look(uow, uow.roles.get_viewer(member_id), key.plan_id)
    words = (
        (node.reference, " · ".join((f"{node.reference} {node.title}", *graph.aliases.get(node.ref, ()))))
        for node in graph.of_kind(Kind.KPI)
    )
    return _fitting(words, typed)


def offer_teams(uow: UnitOfWork, member_id: int, typed: str) -> list[Offered]:
    """The teams, each with those above it; for guests none, since they choose no team."""
    if uow.roles.get_viewer(member_id).is_guest:
        return []
    teams = uow.strategies.read_teams()
    found = sorted((_path(teams, team), str(team.id)) for team in teams.values())
    return _fitting(((value, words) for words, value in found), typed)


def offer_zones(typed: str) -> list[Offered]:
    """The time zones by their IANA names."""
    return _fitting(((zone, zone) for zone in _ZONES), typed.replace(" ", "_"))


def _fitting(options: Iterable[tuple[str, str]], typed: str) -> list[Offered]:
    """Those in which every word that was typed stands; those that begin with it come first."""
    words = typed.casefold().split()
    found = [
        Offered(value, label) for value, label in options if all(word in label.casefold() for word in words)
    ]
    found.sort(key=lambda one: not one.words.casefold().startswith(typed.casefold()))
    return found[:MOST_OFFERED]


def _path(teams: dict[int, TeamLine], team: TeamLine) -> str:
    names = [team.name]
    above, seen = team.parent_id, {team.id}
    while above is not None and above in teams and above not in seen:
        seen.add(above)
        names.append(teams[above].name)
        above = teams[above].parent_id
    return f"{names[0]} ({', '.join(names[1:])})" if len(names) > 1 else names[0]


_ZONES = tuple(sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC"))
