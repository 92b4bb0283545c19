import asyncio
from datetime import timedelta

import pytest

from storage.database import BUSY_TIMEOUT_MS, Database
from storage.tables.outbox import OutboxState
from tests.bot.delivery.conftest import PostOffice, pump
from tests.clock import FrozenClock


async def test_two_pumps_send_each_message_once(office: PostOffice, clock: FrozenClock) -> None:
    keys = [f"prompt:{number}" for number in range(60)]
    people = [office.slack.add_person(f"person{number}") for number in range(6)]
    members = [office.add_member(person) for person in people]
    for number, key in enumerate(keys):
        office.put(key, member_id=members[number % len(members)])
    async with office.delivery(clock) as one, office.delivery(clock) as other:
        assert all(await asyncio.gather(one.deliver_due_now(20), other.deliver_due_now(20)))

    sent = [message.text for person in people for message in person.messages]
    assert sorted(sent) == sorted(keys)
    assert office.calls("chat.postMessage") == len(keys)


async def test_another_replica_leaves_a_held_lane_alone(office: PostOffice, clock: FrozenClock) -> None:
    office.slack.faults.add("chat.postMessage", "slow", delay=0.2)
    office.put("prompt:1")
    async with office.delivery(clock) as holder, office.delivery(clock) as other:
        await holder.pump_once()
        office.put("prompt:2")
        assert await other.pump_once() == 0
        assert office.state("prompt:2") == OutboxState.PENDING
        await holder.deliver_due_now(5)

        office.put("prompt:3")
        assert await other.deliver_due_now(60)
    assert office.texts() == ["prompt:1", "prompt:2", "prompt:3"]


@pytest.mark.parametrize("arrived", [True, False])
async def test_what_a_dead_process_left_sending_is_settled_by_the_next_one(
    office: PostOffice, clock: FrozenClock, arrived: bool
) -> None:
    real_clock = FrozenClock()
    office.put("prompt:1")
    office.put("prompt:2", member_id=office.add_member(office.slack.add_person("ben")))
    await die_while_sending(office, clock, real_clock, arrived=arrived)
    assert office.count(OutboxState.SENDING) == 2

    async with office.delivery(clock, real_clock, lease_s=10) as successor:
        await pump(successor)
        assert office.count(OutboxState.SENDING) == 2

        real_clock.advance(timedelta(seconds=10))
        await pump(successor)
        assert office.count(OutboxState.SENT) == 2

    assert office.texts() == ["prompt:1"]
    assert office.slack.person("ben").dm.count("prompt:2") == 1


async def test_what_a_dead_process_left_sending_is_unconfirmed_where_nobody_may_look(
    office: PostOffice, clock: FrozenClock
) -> None:
    real_clock = FrozenClock()
    office.slack.installations[0].scopes = frozenset({"chat:write"})
    office.put("prompt:1")
    await die_while_sending(office, clock, real_clock, arrived=True)
    real_clock.advance(timedelta(seconds=10))
    async with office.delivery(clock, real_clock) as successor:
        await pump(successor)

    assert office.state("prompt:1") == OutboxState.UNCONFIRMED
    assert office.texts() == ["prompt:1"]


async def test_an_edit_that_a_dead_process_left_sending_is_sent_again(
    office: PostOffice, clock: FrozenClock
) -> None:
    real_clock = FrozenClock()
    office.put("summary:1", "1 of 3 answered")
    async with office.delivery(clock, real_clock) as sender:
        await pump(sender)
    office.edit("summary:1", "2 of 3 answered")
    await die_while_sending(office, clock, real_clock, arrived=False)
    real_clock.advance(timedelta(seconds=10))
    async with office.delivery(clock, real_clock) as successor:
        # How many edits the dead one made in its last minute is not known: the successor begins with none.
        await pump(successor)
        real_clock.advance(timedelta(seconds=1))
        await pump(successor)

    assert office.texts() == ["2 of 3 answered"]
    assert office.state("summary:1:edit:1") == OutboxState.SENT


async def test_a_process_that_slept_longer_than_its_lease_sends_nothing_more(
    office: PostOffice, clock: FrozenClock
) -> None:
    real_clock = FrozenClock()
    office.put("prompt:1")
    async with office.delivery(clock, real_clock) as sleeper, office.delivery(clock, real_clock) as other:
        await sleeper.pump_once()
        real_clock.advance(timedelta(seconds=11))
        office.put("prompt:2")
        await other.pump_once()
        await pump(sleeper)
        await pump(other)

    assert sorted(office.texts()) == ["prompt:1", "prompt:2"]
    assert office.calls("chat.postMessage") == 2


async def test_an_answer_counts_though_another_process_holds_the_lane_by_now(
    office: PostOffice, clock: FrozenClock
) -> None:
    real_clock = FrozenClock()
    office.slack.faults.add("chat.postMessage", "slow", delay=0.3)
    office.put("prompt:1")
    async with office.delivery(clock, real_clock) as sleeper:
        await sleeper.pump_once()
        await asyncio.sleep(0.05)
        real_clock.advance(timedelta(seconds=11))
        async with office.delivery(clock, real_clock, doubt_rest_s=10) as other:
            await other.pump_once()
            assert office.state("prompt:1") == OutboxState.UNKNOWN
            await pump(sleeper)

    assert office.state("prompt:1") == OutboxState.SENT
    assert office.calls("conversations.history") == 0


async def test_draining_waits_for_the_calls_under_way_and_lets_the_lane_go(
    office: PostOffice, clock: FrozenClock
) -> None:
    office.slack.faults.add("chat.postMessage", "slow", delay=0.2)
    office.put("prompt:1")
    async with office.delivery(clock) as leaving:
        await leaving.pump_once()
        office.put("prompt:2")
        await leaving.drain(5)
        assert office.state("prompt:1") == OutboxState.SENT
        assert office.state("prompt:2") == OutboxState.PENDING
        assert await leaving.pump_once() == 0

    async with office.delivery(clock) as successor:
        assert await successor.deliver_due_now(60)
    assert office.texts() == ["prompt:1", "prompt:2"]


async def test_a_call_that_outlasts_the_drain_is_in_doubt(office: PostOffice, clock: FrozenClock) -> None:
    office.slack.faults.add("chat.postMessage", "slow", delay=1)
    office.put("prompt:1")
    async with office.delivery(clock) as leaving:
        await leaving.pump_once()
        await leaving.drain(0.05)

    assert office.state("prompt:1") == OutboxState.UNKNOWN


async def test_a_running_pump_sends_what_it_is_told_of_at_once_and_stops_when_asked(
    office: PostOffice, clock: FrozenClock
) -> None:
    async with office.delivery(clock, poll_s=60) as delivery:
        stop = asyncio.Event()
        running = asyncio.create_task(delivery.run(stop))
        await asyncio.sleep(0.05)
        office.put("prompt:1")
        delivery.notify()
        await office.until("prompt:1", OutboxState.SENT)
        stop.set()
        await delivery.drain(1)
        async with asyncio.timeout(60):
            await running


async def test_a_running_pump_finds_by_itself_what_fell_due(office: PostOffice, clock: FrozenClock) -> None:
    async with office.delivery(clock, poll_s=0.05) as delivery:
        stop = asyncio.Event()
        running = asyncio.create_task(delivery.run(stop))
        office.put("prompt:1")
        await office.until("prompt:1", OutboxState.SENT)
        stop.set()
        await running


async def die_while_sending(
    office: PostOffice, clock: FrozenClock, real_clock: FrozenClock, *, arrived: bool
) -> None:
    """A process claims what is due, and ends before it can store a single answer."""
    if not arrived:
        office.slack.faults.add("*", "dropped_before", times=2)
    doomed = office.make_delivery(clock, real_clock)
    before = office.slack.traffic.total
    await doomed.pump_once()
    while office.slack.traffic.total < before + doomed.in_flight:  # noqa: ASYNC110 - traffic tells nobody
        await asyncio.sleep(0.01)
    await office.slack.settled()
    office.slack.faults.clear()


async def test_a_database_that_is_locked_for_a_while_loses_no_answer(
    office: PostOffice, database: Database, clock: FrozenClock
) -> None:
    if database.engine.dialect.name != "sqlite":
        pytest.skip("only SQLite has one lock for everything")
    office.slack.faults.add("chat.postMessage", "slow", delay=0.1)
    office.put("prompt:1")
    stop = asyncio.Event()
    async with office.delivery(clock) as delivery:
        await delivery.pump_once()
        running = asyncio.create_task(delivery.run(stop))
        with database.session() as session:
            session.connection()
            await asyncio.sleep(BUSY_TIMEOUT_MS / 1000 + 0.5)
        await office.until("prompt:1", OutboxState.SENT)
        stop.set()
        await running

    assert office.calls("chat.postMessage") == 1
    assert office.texts() == ["prompt:1"]
