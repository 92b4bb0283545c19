"""The evenings that digests compare, and what happened between them as their readers may see it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from storage.database import UnitOfWork
from storage.following import plan_zone
from storage.repositories.strategies import Strategy, refs_of
from storage.rules import access
from storage.rules.access import Viewer
from storage.rules.cadence import local_instant
from storage.rules.digest import Digest, Followed, Look, compare, spread_follows
from storage.rules.graph import Graph
from storage.rules.hierarchy import Ref
from storage.rules.terms import Kind

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """Two ends of a time as some readers may see them together, and what happened to what they follow."""

    after: Strategy
    digest: Digest


class Evenings:
    """The plan on the evenings that a morning's digests compare, each pair read once; and since many follow
    the same and see the same, what happened to that once, too."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._ends: dict[tuple[date, date], _Ends | None] = {}
        self._found: dict[tuple[date, date, frozenset[Ref], frozenset[Followed]], Seen | None] = {}

    def tell(
        self, viewers: Sequence[Viewer], follows: Collection[Followed], from_on: date, until_on: date
    ) -> Seen | None:
        """What happened from one day to the day before another, as all of these readers may see it; None
        where there is nothing to tell."""
        if from_on >= until_on or not viewers:
            return None
        if (from_on, until_on) not in self._ends:
            self._ends[from_on, until_on] = self._read(from_on, until_on)
        ends = self._ends[from_on, until_on]
        if ends is None:
            return None
        # What is restricted by now stays so for the past, and the other way round.
        graphs = (ends.now, ends.before.graph, ends.after.graph)
        hidden = frozenset(
            ref for graph in graphs for viewer in viewers for ref in access.hidden_from(graph, viewer)
        )
        key = (from_on, until_on, hidden, frozenset(follows))
        if key not in self._found:
            self._found[key] = ends.tell(hidden, follows)
        return self._found[key]

    def _read(self, from_on: date, until_on: date) -> "_Ends | None":
        uow = self._uow
        if uow.strategies.find_plan() is None:
            return None
        plan = uow.strategies.find_plan_of(until_on - _DAY) or uow.strategies.get_plan()
        return _Ends(
            uow.picture(plan.id).graph,
            uow.look_back(plan, from_on - _DAY),
            uow.look_back(plan, until_on - _DAY),
            uow.ball_items.list_agreed_between(_midnight(uow, from_on), _midnight(uow, until_on)),
        )


@dataclass(frozen=True, slots=True)
class _Ends:
    """Both evenings whole, the plan as it is now, and what an agreement was reached about in between."""

    now: Graph
    before: Strategy
    after: Strategy
    agreed: Collection[tuple[Kind, int]]

    def tell(self, hidden: frozenset[Ref], follows: Collection[Followed]) -> Seen | None:
        before, after = self.before.without(hidden), self.after.without(hidden)
        rows = refs_of(after.graph)
        digest = compare(
            Look(before.graph, before.standings),
            Look(after.graph, after.standings),
            spread_follows(after.graph, follows),
            {rows[one] for one in self.agreed if one in rows},
        )
        return None if digest.is_empty else Seen(after, digest)


def _midnight(uow: UnitOfWork, on: date) -> datetime:
    return local_instant(plan_zone(uow), on, time(0))
