"""The one look at all workspaces says when what is next due in each."""

from datetime import timedelta

from storage.database import Database
from storage.repositories.chores import LADDER, SCHEDULES
from storage.repositories.looks import CHORES
from tests import factories
from tests.clock import FrozenClock

HOUR = timedelta(hours=1)


async def test_one_look_tells_of_every_connected_workspace(
    database: Database, workspace: int, clock: FrozenClock
) -> None:
    now = clock.now()
    other = factories.workspace(database, now, team_id="T0002")
    factories.workspace(database, now, team_id="T0003")
    with database.workspaces() as workspaces:
        workspaces.disconnect("T0003", "", now)
    with database.unit_of_work(workspace, now) as uow:
        factories.schedule(uow, factories.member(uow), next_due_at=now + HOUR)
        factories.prompt(uow, reminder_at=now + 2 * HOUR, closes_at=now + 3 * HOUR)
        uow.chores.put_off(LADDER, now + HOUR)
    first, second = await database.look_at_all()
    assert (first.workspace_id, second.workspace_id) == (workspace, other)
    assert (first.schedule_at, first.reminder_at, first.missed_at) == (
        now + HOUR,
        now + 2 * HOUR,
        now + 3 * HOUR,
    )
    assert first.snoozed_at is None
    assert (second.schedule_at, second.reminder_at, second.closes_at) == (None, None, None)
    assert (first.has_waiting_summary, first.has_ideas, first.has_open_ball) == (False, False, False)
    assert not first.is_chore_due(LADDER, now)
    assert first.is_chore_due(LADDER, now + HOUR)
    assert all(second.is_chore_due(name, now) for name in CHORES), "what has never run is due"


async def test_a_prompt_that_was_put_off_or_reminded_is_not_to_be_reminded(
    database: Database, workspace: int, clock: FrozenClock
) -> None:
    now = clock.now()
    with database.unit_of_work(workspace, now) as uow:
        window = factories.window(uow)
        factories.prompt(uow, of=window, reminder_at=now, snoozed_until=now + HOUR)
        factories.prompt(uow, of=window, reminder_at=now, reminded_at=now)
        factories.prompt(uow, of=window, reminder_at=now, closes_at=now)
        uow.chores.put_off(SCHEDULES, now)
    (look,) = await database.look_at_all()
    assert (look.reminder_at, look.snoozed_at, look.missed_at) == (None, now + HOUR, now)
