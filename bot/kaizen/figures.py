"""How the idea system itself does, and what ideas bring to the plan."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.kaizen import people
from bot.kaizen.facts import (
    Figures,
)
from storage.database import UnitOfWork
from storage.improvements import read_contributions
from storage.rules import kaizen_statistics
from storage.rules.access import Viewer
from storage.rules.kaizen_contributions import Contribution

QUARTER = timedelta(days=90)
LEADERS = 5
CONTRIBUTORS = 8
"""How many initiatives and annual objectives the statistics name."""


def read_figures(
    uow: UnitOfWork,
    between: tuple[datetime, datetime] | None = None,
    span: str = "the last 90 days",
    *,
    readers: Sequence[Viewer] = (),
) -> Figures:
    """The statistics of a span of time; without one of the last 90 days.

    Args:
        readers: whoever will read them; only what they may all see of the plan is named.
    """
    since, until = between or (uow.now - QUARTER, uow.now + timedelta(seconds=1))
    facts = uow.ideas.list_facts(since, until)
    teams = uow.strategies.read_teams()
    everyone = uow.strategies.read_people()
    people_ids = {
        person.id for person in everyone.values() if not person.is_deactivated and person.slack_user_id
    }
    leaders = {team.lead_id for team in teams.values() if team.lead_id in people_ids}
    counts: dict[int, int] = {}
    for fact in facts:
        if fact.author_id is not None:
            counts[fact.author_id] = counts.get(fact.author_id, 0) + 1
    best = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:LEADERS]
    shows = uow.ideas.find_settings().shows_leaderboard
    return Figures(
        span,
        kaizen_statistics.compute(facts, people_ids, {lead for lead in leaders if lead is not None}),
        tuple((everyone[who].name, count) for who, count in best if who in everyone) if shows else (),
        _contributions(uow, readers),
    )


def read_figures_for(uow: UnitOfWork, member_id: int) -> Figures:
    """The statistics of the last 90 days, with what one person may see of the plan."""
    return read_figures(uow, readers=[uow.roles.get_viewer(member_id)])


def _contributions(uow: UnitOfWork, readers: Sequence[Viewer]) -> tuple[tuple[str, Contribution], ...]:
    graph = people.find_plan(uow, *readers)
    if graph is None:
        return ()
    found = read_contributions(uow, graph)
    return tuple(
        (f"{node.reference} {node.title}", found[node.ref])
        for node in sorted((graph.nodes[ref] for ref in found), key=lambda node: -found[node.ref].ideas)[
            :CONTRIBUTORS
        ]
    )
