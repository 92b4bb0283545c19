"""One look at what fell due: a plain function of the database and the instant."""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime

from bot.slices import DueWork, Slice
from bot.tasks import log_failure
from storage.database import Database, UnitOfWork
from storage.repositories.looks import Look

FIRST_BATCH, SMALLEST_BATCH, LARGEST_BATCH = 10, 50, 1000
"""People a transaction: from the second on, as many as the measured time says. Much of that time goes into
what a transaction reads once, so that fewer people would not shorten it by much."""
PAUSE = 0.05
"""The pause after a transaction, as a share of the time that it took."""
ALONE_S, BESIDE_S = 0.1, 0.25
"""What one transaction should take: on SQLite, where handlers wait for it to end, and where they need not.
Some tens of milliseconds of it go into what a transaction reads once."""


async def tick(database: Database, now: datetime, slices: Sequence[Slice], *, pauses: bool = True) -> int:
    """Does what fell due up to `now` in every connected workspace. Returns how many people it was about.

    Running it twice, in two replicas or after a crash changes nothing more: all that it writes stands under
    unique keys. One look first says whether there is anything to do, since most ticks find nothing.

    Args:
        pauses: leave room for others between two writing transactions.

    Raises:
        ExceptionGroup: some work failed; all the other work was done nevertheless.
    """
    done = 0
    failures: list[Exception] = []
    for look in await database.look_at_all():
        workspace_id = look.workspace_id
        for work in await _find_work(database, look, now, slices, failures):
            try:
                done += await _work_off(database, workspace_id, now, work, pauses=pauses)
            except Exception as error:  # noqa: BLE001 - one workspace's odd row must not stop the others
                log_failure("due_work_failed", error, workspace=workspace_id)
                failures.append(error)
    if failures:
        raise ExceptionGroup("some of what fell due could not be done", failures)
    return done


async def next_due_at(
    database: Database, now: datetime, slices: Sequence[Slice], *, looks: bool = False
) -> datetime | None:
    """The next instant at which a tick will find something to do; None if nothing is planned.

    Args:
        looks: also those at which a slice only looks whether there is something.
    """
    asked = [one.next_due for one in slices] + [one.next_look for one in slices if looks]
    instants = [
        await database.read(workspace_id, now, ask)
        for workspace_id in await _connected(database)
        for ask in asked
        if ask is not None
    ]
    return min((instant for instant in instants if instant is not None), default=None)


async def _find_work(
    database: Database,
    look: Look,
    now: datetime,
    slices: Sequence[Slice],
    failures: list[Exception],
) -> list[DueWork]:
    workspace_id = look.workspace_id
    try:
        worth = [one for one in slices if one.may_be_due is None or one.may_be_due(look, now)]
        return await database.read(workspace_id, now, _find_due, worth) if worth else []
    except Exception as error:  # noqa: BLE001 - as above
        log_failure("due_work_failed", error, workspace=workspace_id)
        failures.append(error)
        return []


def _find_due(uow: UnitOfWork, slices: Sequence[Slice]) -> list[DueWork]:
    """What may have something to do; a slice that cannot tell has all of its work looked at."""
    return [work for one in slices for work in (one.due if one.find_due is None else one.find_due(uow))]


async def _work_off(
    database: Database, workspace_id: int, now: datetime, work: DueWork, *, pauses: bool
) -> int:
    done, limit = 0, FIRST_BATCH
    aim_s = ALONE_S if database.takes_one_writer else BESIDE_S
    while True:
        started = time.monotonic()
        batch = await database.run(workspace_id, now, _in_turn, work, limit)
        took = time.monotonic() - started
        done += batch
        if batch < limit:
            return done
        limit = max(SMALLEST_BATCH, min(LARGEST_BATCH, round(limit * aim_s / max(took, 0.001))))
        # Within this process writers take turns; a pause leaves room for another one's on SQLite, which look
        # at the database again and again until it is free.
        if pauses and database.takes_one_writer:
            await asyncio.sleep(took * PAUSE)


def _in_turn(uow: UnitOfWork, work: DueWork, limit: int) -> int:
    """One replica at a time: what a later work sees must not depend on how far another replica has come with
    an earlier one, such as who is asked today with who is told what is overdue."""
    uow.chores.take_turn()
    return work(uow, limit)


async def _connected(database: Database) -> list[int]:
    return await database.read_workspaces(lambda them: [one.id for one in them.list_connected()])
