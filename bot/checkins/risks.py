"""Committed objectives that are at risk, as something that climbs the ladder while there is time to act.

When one is first seen at risk is kept as a row of its own below the first rung; the row and its rungs go when
it is on track again, so that the next time counts anew. A look is a day apart: what is mended within a day is
told to nobody.
"""

from collections.abc import Mapping
from datetime import date

from bot.blockkit.mrkdwn import clamp_plain
from bot.checkins.facts import Late
from bot.checkins.questions import StandIns, find_stand_ins
from storage.database import UnitOfWork
from storage.repositories.strategies import Strategy
from storage.rules.graph import Node
from storage.rules.hierarchy import Ref
from storage.rules.scoring import WEAKEST_FIRST
from storage.rules.terms import Kind, Role, Status
from storage.tables.checkin import Escalation

NOTICED = 0
"""The rung of what was seen and is told to nobody yet."""

AT_RISK = frozenset({Status.AT_RISK, Status.OFF_TRACK})
"""What is stale climbs by itself, as a missing figure."""

MOST_NAMED = 2
LONGEST_TITLE = 80


def list_risks(uow: UnitOfWork, today: date) -> list[tuple[Node, Late]]:
    """The committed objectives of running quarters that are at risk, with the day since which they are."""
    noticed = uow.escalations.list_noticed(Kind.OBJECTIVE)
    if not noticed and not uow.okrs.has_committed(today):
        return []
    risky = _find_risky(uow, today)
    for item_id in noticed.keys() - risky.keys():
        uow.escalations.forget(Kind.OBJECTIVE, item_id)
    found = []
    for item_id, (node, status) in risky.items():
        since_on = noticed.get(item_id) or _notice(uow, node, today)
        if since_on is not None:
            words = f"committed, and {status.value}"
            found.append((node, Late(node.reference, node.title, since_on, words, is_risk=True)))
    return found


def find_reason(seen: Strategy, ref: Ref) -> str:
    """Why an objective is at risk, as someone who sees that much of the plan may know it: its key results
    that are at risk, the weakest first, each with its reason."""
    below = [(node, seen.standings[node.ref]) for node in seen.graph.children.get(ref, ()) if node.is_live]
    weak = [(node, standing) for node, standing in below if standing.status in AT_RISK]
    weak.sort(key=lambda one: WEAKEST_FIRST.index(one[1].status))
    said = [
        f"{node.reference} {clamp_plain(node.title, LONGEST_TITLE)} is {standing.status}: {standing.reason}"
        for node, standing in weak[:MOST_NAMED]
    ]
    return " ".join([*said, *([f"And {len(weak) - MOST_NAMED} more."] if len(weak) > MOST_NAMED else [])])


def _find_risky(uow: UnitOfWork, today: date) -> Mapping[int, tuple[Node, Status]]:
    whole = uow.picture()
    found = {}
    for node in whole.graph.of_kind(Kind.OBJECTIVE):
        status = whole.standings[node.ref].status
        if node.is_committed and node.is_live and status in AT_RISK and _runs(node, today):
            found[node.id] = (node, status)
    return found


def _runs(node: Node, today: date) -> bool:
    return (node.starts_on or today) <= today <= (node.due_on or today)


def _notice(uow: UnitOfWork, node: Node, today: date) -> date | None:
    """Keeps the day; None where there is nobody who could ever be told."""
    who = _answerer(uow, node, find_stand_ins(uow))
    if who is None:
        return None
    row = Escalation(
        workspace_id=uow.workspace_id,
        kind=Kind.OBJECTIVE,
        item_id=node.id,
        due_on=today,
        rung=NOTICED,
        member_id=who,
        told_at=uow.now,
    )
    uow.escalations.add_rung(row)
    return today


def _answerer(uow: UnitOfWork, node: Node, stand_ins: StandIns) -> int | None:
    leads = uow.roles.list_holders().get(Role.STRATEGY_LEAD, [])
    return stand_ins.answerer_of(node.owner_id, node.team_id) or next(iter(leads), None)
