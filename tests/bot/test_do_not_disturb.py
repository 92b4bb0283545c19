"""Do-not-disturb: what Slack says is kept with the member, by its event and in bulk beforehand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import select

from bot.delivery import Delivery, DeliveryLimits
from bot.do_not_disturb import DoNotDisturb, Rest, Rested, keep_rests, read_rest
from bot.installations import Installations, Slack
from bot.routing import Routes
from storage.database import Database
from storage.repositories.outbox import ANSWER, DIGEST, SUMMARY
from storage.tables import Member, Outbox
from storage.tables.outbox import OutboxState
from tests import factories
from tests.bot.spine import Spine, spine
from tests.clock import FrozenClock

NIGHT = (time(22), time(10, 30))
"""In UTC, as everyone here; the tests begin on a Monday at 08:00, an hour before work."""


@pytest.fixture
async def there(sqlite_database: Database, clock: FrozenClock) -> AsyncIterator[Spine]:
    async with spine(sqlite_database, clock, Routes(), grant_optional_scopes=True) as running:
        yield running


def add(there: Spine, database: Database, clock: FrozenClock, name: str, due_in: timedelta | None) -> str:
    """Someone of the record who is asked after that time; their Slack id."""
    user = there.slack.workspace.add_user(name, tz="UTC")
    with database.unit_of_work(there.installation.workspace_id, clock.now()) as uow:
        member = factories.member(uow, slack_user_id=user.id)
        if due_in is not None:
            factories.schedule(uow, member, next_due_at=clock.now() + due_in)
    return user.id


def read(there: Spine, database: Database, clock: FrozenClock, slack_user_id: str) -> Member:
    with database.unit_of_work(there.installation.workspace_id, clock.now(), read=True) as uow:
        member = uow.members.find_by_slack_id(slack_user_id)
    assert member is not None
    return member


async def test_a_pause_is_kept_up_to_the_next_working_minute_after_it_and_taken_back(
    there: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    ana = add(there, sqlite_database, clock, "ana", None)
    there.slack.workspace.set_do_not_disturb(ana, snooze_until=clock.now() + timedelta(hours=11))
    await there.slack.settled()
    member = read(there, sqlite_database, clock, ana)
    assert member.dnd_from_at == clock.now()
    assert member.dnd_until_at == datetime(2026, 2, 10, 9, tzinfo=UTC)  # it ends on Monday at 19:00

    there.slack.workspace.set_do_not_disturb(ana)
    await there.slack.settled()
    assert read(there, sqlite_database, clock, ana).dnd_until_at is None


async def test_people_are_asked_for_in_fifties_before_they_are_told_something_and_then_left_alone(
    there: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    soon = [add(there, sqlite_database, clock, f"p{n}", timedelta(minutes=30)) for n in range(51)]
    later = add(there, sqlite_database, clock, "later", timedelta(hours=3))
    there.slack.workspace.users[soon[0]].dnd_hours = NIGHT
    dnd = DoNotDisturb(sqlite_database, clock, spacing_s=0)

    assert await dnd.refresh(there.installation) == 51
    assert there.slack.traffic.count("dnd.teamInfo") == 2
    member = read(there, sqlite_database, clock, soon[0])
    assert member.dnd_until_at == datetime(2026, 2, 9, 10, 30, tzinfo=UTC)
    assert read(there, sqlite_database, clock, soon[1]).dnd_until_at is None
    assert read(there, sqlite_database, clock, later).dnd_asked_at is None

    assert await dnd.refresh(there.installation) == 0
    clock.advance(timedelta(hours=2, minutes=16))
    assert await dnd.refresh(there.installation) == 52


async def test_where_somebody_is_not_to_be_seen_the_others_are_known_all_the_same(
    there: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    ana = add(there, sqlite_database, clock, "ana", timedelta())
    there.slack.workspace.users[ana].dnd_hours = NIGHT
    with sqlite_database.unit_of_work(there.installation.workspace_id, clock.now()) as uow:
        gone = factories.member(uow, slack_user_id="U0GONE")
        factories.schedule(uow, gone)
    assert await DoNotDisturb(sqlite_database, clock, spacing_s=0).refresh(there.installation) == 2
    assert read(there, sqlite_database, clock, ana).dnd_until_at is not None
    assert read(there, sqlite_database, clock, "U0GONE").dnd_until_at is None


async def test_slack_out_of_order_is_asked_again_later(
    there: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    ana = add(there, sqlite_database, clock, "ana", timedelta())
    there.slack.faults.add("dnd.teamInfo", "internal_error")
    dnd = DoNotDisturb(sqlite_database, clock, spacing_s=0)
    assert await dnd.refresh(there.installation) == 0
    assert read(there, sqlite_database, clock, ana).dnd_asked_at is None
    assert await dnd.refresh(there.installation) == 1


async def test_without_the_scope_nobody_is_asked_for(sqlite_database: Database, clock: FrozenClock) -> None:
    async with spine(sqlite_database, clock, Routes()) as there:
        ana = add(there, sqlite_database, clock, "ana", timedelta())
        assert await DoNotDisturb(sqlite_database, clock, spacing_s=0).refresh(there.installation) == 0
        there.slack.workspace.set_do_not_disturb(ana, snooze_until=clock.now() + timedelta(hours=1))
        await there.slack.settled()
        assert there.slack.traffic.count("dnd.teamInfo") == 0
        assert read(there, sqlite_database, clock, ana).dnd_until_at is None


def test_someone_whom_the_record_does_not_know_is_not_written_down(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    workspace_id = factories.workspace(sqlite_database, clock.now())
    with sqlite_database.unit_of_work(workspace_id, clock.now()) as uow:
        keep_rests(uow, {"U0NEW": Rest(clock.now(), clock.now() + timedelta(hours=1))})
        assert uow.members.find_by_slack_id("U0NEW") is None


@pytest.mark.parametrize(
    "status",
    [
        {},
        {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1},
        {"dnd_enabled": True, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1},
        {"dnd_enabled": True, "next_dnd_start_ts": 5},
        {"dnd_enabled": True, "next_dnd_start_ts": "soon", "next_dnd_end_ts": None},
        {"dnd_enabled": True, "next_dnd_start_ts": 1, "next_dnd_end_ts": 10**40},
    ],
)
def test_what_says_nothing_of_a_do_not_disturb_is_none(status: dict[str, Any]) -> None:
    assert read_rest(status) is None


@asynccontextmanager
async def pumping(there: Spine, database: Database, clock: FrozenClock) -> AsyncIterator[Delivery]:
    """The delivery of messages as the app makes it."""
    slack = Slack(there.slack.api_url)
    installations = Installations(slack)
    installations.put(there.installation)
    rests = Rested(installations, DoNotDisturb(database, clock, spacing_s=0))
    limits = DeliveryLimits(poll_s=0.05, channel_spacing_s=0, posts_per_minute=10_000, burst=100)
    delivery = Delivery(database, installations.client_for, clock, limits, rests=rests)
    yield delivery
    await delivery.drain(1)
    await slack.close()


def put(there: Spine, database: Database, clock: FrozenClock, to: str, *, priority: int) -> None:
    with database.unit_of_work(there.installation.workspace_id, clock.now()) as uow:
        member = uow.members.find_by_slack_id(to)
        assert member is not None
        factories.message(uow, f"word:{member.id}:{priority}", member_id=member.id, priority=priority)


def states(there: Spine, database: Database, clock: FrozenClock) -> dict[int, OutboxState]:
    with database.unit_of_work(there.installation.workspace_id, clock.now(), read=True) as uow:
        return {row.priority: OutboxState(row.state) for row in uow.session.exec(select(Outbox))}


async def test_a_message_between_two_look_ups_waits_for_slack_to_say_and_an_answer_does_not(
    there: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    ana = add(there, sqlite_database, clock, "ana", None)
    there.slack.workspace.users[ana].dnd_hours = NIGHT
    for priority in (ANSWER, SUMMARY, DIGEST):
        put(there, sqlite_database, clock, ana, priority=priority)
    async with pumping(there, sqlite_database, clock) as delivery:
        assert await delivery.deliver_due_now(10)
        assert states(there, sqlite_database, clock) == {
            ANSWER: OutboxState.SENT,
            SUMMARY: OutboxState.PENDING,
            DIGEST: OutboxState.PENDING,
        }
        assert there.slack.traffic.count("dnd.teamInfo") == 1
        clock.jump_to(datetime(2026, 2, 9, 10, 30, tzinfo=UTC))
        assert await delivery.deliver_due_now(10)
    assert set(states(there, sqlite_database, clock).values()) == {OutboxState.SENT}


async def test_people_for_whom_something_waits_are_asked_for_at_once_and_once(
    there: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    for number in range(51):
        person = add(there, sqlite_database, clock, f"p{number}", None)
        put(there, sqlite_database, clock, person, priority=DIGEST)
    async with pumping(there, sqlite_database, clock) as delivery:
        assert await delivery.deliver_due_now(10)
        assert set(states(there, sqlite_database, clock).values()) == {OutboxState.SENT}
        put(there, sqlite_database, clock, person, priority=SUMMARY)
        assert await delivery.deliver_due_now(10)
    assert there.slack.traffic.count("dnd.teamInfo") == 2


async def test_slack_that_does_not_say_keeps_no_message_back(
    there: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    ana = add(there, sqlite_database, clock, "ana", None)
    put(there, sqlite_database, clock, ana, priority=DIGEST)
    there.slack.faults.add("dnd.teamInfo", "internal_error")
    async with pumping(there, sqlite_database, clock) as delivery:
        assert await delivery.deliver_due_now(10)
    assert states(there, sqlite_database, clock) == {DIGEST: OutboxState.SENT}
