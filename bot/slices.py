"""What a slice hands in: its routes, what falls due on the clock, its section of the Home tab."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.answers import Block
from bot.asks import Person
from bot.routing import Routes
from storage.database import UnitOfWork

DueWork = Callable[[UnitOfWork, int], int]
"""Does up to `limit` people's worth of what fell due by `uow.now`, and returns how many it did: fewer than
the limit means that nothing is left. Everything it writes is under unique keys, so running it twice, or in
two replicas, changes nothing more."""

NextDue = Callable[[UnitOfWork], datetime | None]
"""The next instant at which the slice will have something to do."""


@dataclass(frozen=True, slots=True)
class HomeSection:
    """One part of the Home tab: `read` gathers frozen facts for a member id, `draw` turns them into blocks.

    Sections stand in the order of `rank`; what waits for the person comes first (below 50).
    """

    rank: int
    read: Callable[[UnitOfWork, int], Any]
    draw: Callable[[Any, Person], list[Block]]


@dataclass(frozen=True, slots=True)
class Slice:
    """One part of the product, as the composition root sees it."""

    name: str
    routes: Routes = field(default_factory=Routes)
    due: tuple[DueWork, ...] = ()
    next_due: NextDue | None = None
    find_due: Callable[[UnitOfWork], tuple[DueWork, ...]] | None = None
    """A quick look which of `due` may have something to do by now; without it they are all run."""
    home: HomeSection | None = None
