"""What one tick does: every workspace's due work, in batches, at its instant."""

import asyncio
import time
from datetime import datetime, timedelta

import pytest

from bot.slices import Slice
from bot.tick import FIRST_BATCH, next_due_at, tick
from storage.database import Database, UnitOfWork
from storage.repositories.looks import Look
from tests import factories
from tests.clock import FrozenClock


def counting(left: dict[int, int], seen: list[tuple[int, datetime, int]]) -> Slice:
    """A slice with so many people due in each workspace."""

    def work(uow: UnitOfWork, limit: int) -> int:
        done = min(left.get(uow.workspace_id, 0), limit)
        left[uow.workspace_id] = left.get(uow.workspace_id, 0) - done
        seen.append((uow.workspace_id, uow.now, done))
        return done

    return Slice(name="counting", due=(work,))


async def test_a_tick_works_off_all_that_is_due_in_batches(
    database: Database, workspace: int, clock: FrozenClock
) -> None:
    seen: list[tuple[int, datetime, int]] = []
    due = 3 * FIRST_BATCH
    done = await tick(database, clock.now(), [counting({workspace: due}, seen)])
    assert done == due
    assert seen[0] == (workspace, clock.now(), FIRST_BATCH)
    assert sum(batch for _, _, batch in seen) == due
    # Work that takes next to no time is given more at once.
    assert len(seen) == 2


async def test_every_connected_workspace_is_looked_at_and_a_removed_one_is_not(
    database: Database, workspace: int, clock: FrozenClock
) -> None:
    second = factories.workspace(database, clock.now(), team_id="T0002")
    gone = factories.workspace(database, clock.now(), team_id="T0003")
    with database.workspaces() as workspaces:
        workspaces.disconnect("T0003", "", clock.now())
    seen: list[tuple[int, datetime, int]] = []
    await tick(database, clock.now(), [counting({workspace: 1, second: 1, gone: 1}, seen)])
    assert {workspace_id for workspace_id, _, _ in seen} == {workspace, second}


async def test_the_next_instant_is_the_earliest_of_all_workspaces_and_slices(
    database: Database, workspace: int, clock: FrozenClock
) -> None:
    factories.workspace(database, clock.now(), team_id="T0002")
    soon = clock.now() + timedelta(hours=1)

    def late_in_the_first(uow: UnitOfWork) -> datetime | None:
        return soon + timedelta(hours=uow.workspace_id)

    def never(uow: UnitOfWork) -> datetime | None:
        del uow
        return None

    slices = [Slice(name="never", next_due=never), Slice(name="some", next_due=late_in_the_first)]
    assert await next_due_at(database, clock.now(), slices) == soon + timedelta(hours=workspace)
    assert await next_due_at(database, clock.now(), slices[:1]) is None


async def test_one_workspaces_failure_leaves_the_others_work_done(
    database: Database, workspace: int, clock: FrozenClock
) -> None:
    second = factories.workspace(database, clock.now(), team_id="T0002")
    seen: list[tuple[int, datetime, int]] = []

    def fails_in_the_first(uow: UnitOfWork, limit: int) -> int:
        del limit
        if uow.workspace_id == workspace:
            raise RuntimeError("an odd row")
        return 0

    slices = [Slice(name="odd", due=(fails_in_the_first,)), counting({workspace: 1, second: 1}, seen)]
    with pytest.raises(ExceptionGroup) as failures:
        await tick(database, clock.now(), slices)
    assert [str(error) for error in failures.value.exceptions] == ["an odd row"]
    assert {workspace_id for workspace_id, _, done in seen if done} == {workspace, second}


async def test_a_replica_waits_with_what_comes_later_until_the_other_is_through_with_what_comes_first(
    database: Database, workspace: int, clock: FrozenClock
) -> None:
    told: list[str] = []

    def first(uow: UnitOfWork, limit: int) -> int:
        assert (uow.workspace_id, limit) == (workspace, FIRST_BATCH)
        if told:
            return 0
        told.append("the first begins")
        time.sleep(0.1)
        told.append("the first ends")
        return 1

    def second(uow: UnitOfWork, limit: int) -> int:
        assert (uow.workspace_id, limit) == (workspace, FIRST_BATCH)
        told.append("the second")
        return 0

    ordered = Slice(name="ordered", due=(first, second))
    await asyncio.gather(*(tick(database, clock.now(), [ordered]) for _ in range(2)))

    assert told == ["the first begins", "the first ends", "the second", "the second"]


async def test_a_slice_that_has_nothing_due_is_not_looked_at_closely(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    factories.workspace(sqlite_database, clock.now())
    looked: list[str] = []

    def slice_of(name: str, *, is_due: bool) -> Slice:
        def find_due(uow: UnitOfWork) -> tuple[()]:
            del uow
            looked.append(name)
            return ()

        def may_be_due(look: Look, now: datetime) -> bool:
            del look, now
            return is_due

        return Slice(name=name, find_due=find_due, may_be_due=may_be_due)

    await tick(sqlite_database, clock.now(), [slice_of("idle", is_due=False), slice_of("due", is_due=True)])
    assert looked == ["due"]
