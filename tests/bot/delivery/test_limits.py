import time
from bisect import bisect_left
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery import Delivery, DeliveryLimits
from bot.delivery.limits import Bucket
from storage.tables.outbox import OutboxState
from tests.bot.delivery.conftest import PostOffice, pump
from tests.clock import MONDAY, FrozenClock


async def test_a_rate_limit_holds_the_workspace_back_for_as_long_as_slack_says(
    office: PostOffice, clock: FrozenClock
) -> None:
    real_clock = FrozenClock()
    office.slack.faults.add("chat.postMessage", "rate_limited", retry_after=30)
    office.put("prompt:1")
    async with office.delivery(clock, real_clock) as delivery:
        await pump(delivery)
        assert (office.state("prompt:1"), office.calls("chat.postMessage")) == (OutboxState.PENDING, 1)

        office.put("prompt:2")
        real_clock.advance(timedelta(seconds=29))
        await pump(delivery)
        assert office.calls("chat.postMessage") == 1

        real_clock.advance(timedelta(seconds=1))
        await pump(delivery)
        assert office.texts() == ["prompt:1", "prompt:2"]


async def test_the_next_process_keeps_to_the_rate_limit_that_the_last_one_met(
    office: PostOffice, clock: FrozenClock
) -> None:
    real_clock = FrozenClock()
    office.slack.faults.add("chat.postMessage", "rate_limited", retry_after=30)
    office.put("prompt:1")
    async with office.delivery(clock, real_clock) as first:
        await pump(first)
    async with office.delivery(clock, real_clock) as second:
        await pump(second)
        assert office.calls("chat.postMessage") == 1

        real_clock.advance(timedelta(seconds=30))
        await pump(second)
        assert office.texts() == ["prompt:1"]


async def test_a_server_error_is_tried_again_after_a_growing_pause(
    office: PostOffice, clock: FrozenClock
) -> None:
    real_clock = FrozenClock()
    office.slack.faults.add("chat.postMessage", "server_error", times=3)
    office.put("prompt:1")
    async with office.delivery(clock, real_clock, first_backoff_s=1) as delivery:
        await pump(delivery)
        for pause, calls in ((1, 1), (2, 2), (4, 3)):
            assert office.calls("chat.postMessage") == calls
            real_clock.advance(timedelta(seconds=pause) - timedelta(milliseconds=1))
            await pump(delivery)
            assert office.calls("chat.postMessage") == calls
            real_clock.advance(timedelta(milliseconds=1))
            await pump(delivery)

    assert (office.state("prompt:1"), office.row("prompt:1").attempts) == (OutboxState.SENT, 4)


async def test_a_message_that_breaks_slack_every_time_is_given_up(
    office: PostOffice, clock: FrozenClock
) -> None:
    office.slack.faults.add("chat.postMessage", "server_error", times=5)
    office.put("prompt:1")
    async with office.delivery(clock, give_up_after=3) as delivery:
        assert await delivery.deliver_due_now(60)

    row = office.row("prompt:1")
    assert (row.state, row.fault, row.attempts) == (OutboxState.FAILED, "http_503", 3)


async def test_a_slack_that_cannot_be_reached_costs_no_message(
    office: PostOffice, delivery: Delivery, unused_tcp_port: int
) -> None:
    office.put("prompt:1")
    office.move_slack_to(f"http://127.0.0.1:{unused_tcp_port}/api/")
    assert not await delivery.deliver_due_now(1.5)
    assert office.row("prompt:1").fault == "ClientConnectorError"

    office.move_slack_to(office.slack.api_url)
    assert await delivery.deliver_due_now(60)
    assert office.texts() == ["prompt:1"]


@pytest.mark.parametrize("fault", ["invalid_auth", "token_revoked", "account_inactive", "missing_scope"])
async def test_a_refused_token_stops_the_workspace_and_loses_no_message(
    office: PostOffice, clock: FrozenClock, fault: str
) -> None:
    real_clock = FrozenClock()
    office.slack.faults.add("chat.postMessage", "refused", error=fault)
    office.put("prompt:1")
    async with office.delivery(clock, real_clock, locked_out_s=300) as delivery:
        await pump(delivery)
        office.put("prompt:2")
        await pump(delivery)
        assert office.calls("chat.postMessage") == 1
        assert (office.state("prompt:1"), office.row("prompt:1").fault) == (OutboxState.PENDING, fault)

        real_clock.advance(timedelta(seconds=300))
        await pump(delivery)
        assert office.texts() == ["prompt:1", "prompt:2"]


async def test_one_channel_gets_a_message_a_second_and_another_one_need_not_wait(
    office: PostOffice, clock: FrozenClock
) -> None:
    real_clock = FrozenClock()
    service, sales = (office.slack.add_channel(name, bot=True).id for name in ("service", "sales"))
    for number in range(3):
        office.put(f"note:{number}", channel_id=service)
    office.put("note:sales", channel_id=sales)
    async with office.delivery(clock, real_clock, channel_spacing_s=1) as delivery:
        for count in range(1, 4):
            await pump(delivery)
            assert len(office.texts("service")) == count
            assert office.texts("sales") == ["note:sales"]
            real_clock.advance(timedelta(seconds=1))


async def test_after_a_takeover_every_channel_rests_for_a_second(
    office: PostOffice, clock: FrozenClock
) -> None:
    real_clock = FrozenClock()
    channel = office.slack.add_channel("service", bot=True).id
    office.put("note:1", channel_id=channel)
    async with office.delivery(clock, real_clock, channel_spacing_s=1) as first:
        await pump(first)
    office.put("note:2", channel_id=channel)
    async with office.delivery(clock, real_clock, channel_spacing_s=1) as second:
        await pump(second)
        assert office.texts("service") == ["note:1"]

        real_clock.advance(timedelta(seconds=1))
        await pump(second)
        assert office.texts("service") == ["note:1", "note:2"]


async def test_a_workspace_gets_no_more_messages_a_minute_than_its_limit(
    office: PostOffice, clock: FrozenClock
) -> None:
    real_clock = FrozenClock()
    for number in range(40):
        person = office.slack.add_person(f"person{number}")
        office.put(f"prompt:{number}", member_id=office.add_member(person))
    async with office.delivery(clock, real_clock, posts_per_minute=30, burst=10) as delivery:
        await pump(delivery)
        assert office.count(OutboxState.SENT) == 10

        real_clock.advance(timedelta(seconds=30))
        await pump(delivery)
        assert office.count(OutboxState.SENT) == 20

        for _ in range(30):
            real_clock.advance(timedelta(seconds=1))
            await pump(delivery)
        assert office.count(OutboxState.SENT) == 30


async def test_edits_have_a_limit_of_their_own(office: PostOffice, clock: FrozenClock) -> None:
    real_clock = FrozenClock()
    keys = [f"summary:{number}" for number in range(4)]
    for key in keys:
        office.put(key)
    async with office.delivery(clock, real_clock, edits_per_minute=8, burst=4) as delivery:
        await pump(delivery)
        real_clock.advance(timedelta(seconds=1))
        for text in ("1 of 3 answered", "2 of 3 answered"):
            for key in keys:
                office.edit(key, text)
            await pump(delivery)
        office.put("prompt:1")
        await pump(delivery)
        assert office.calls("chat.update") == 4
        assert office.state("prompt:1") == OutboxState.SENT

        real_clock.advance(timedelta(seconds=30))
        await pump(delivery)
        assert office.calls("chat.update") == 6


async def test_slack_with_its_limits_enforced_refuses_nothing(office: PostOffice, clock: FrozenClock) -> None:
    office.slack.rates.enforced = True
    channel = office.slack.add_channel("service", bot=True).id
    for number in range(3):
        office.put(f"note:{number}", channel_id=channel)
        office.put(f"prompt:{number}")
    own = DeliveryLimits()
    started = time.monotonic()
    async with office.delivery(
        clock,
        channel_spacing_s=own.channel_spacing_s,
        posts_per_minute=own.posts_per_minute,
        burst=own.burst,
        poll_s=own.poll_s,
    ) as delivery:
        assert await delivery.deliver_due_now(60)

    assert time.monotonic() - started < 4
    assert len(office.texts("service")) == len(office.texts()) == 3
    assert office.slack.traffic.count("chat.postMessage", result="ratelimited") == 0


@given(
    per_minute=st.integers(2, 100),
    burst=st.integers(1, 50),
    waits=st.lists(st.floats(0, 20), min_size=1, max_size=30),
)
def test_no_minute_sees_more_tokens_than_the_bucket_promises(
    per_minute: int, burst: int, waits: list[float]
) -> None:
    bucket, now = Bucket(per_minute, burst), MONDAY
    taken: list[datetime] = []
    for wait in waits:
        now += timedelta(seconds=wait)
        bucket.refill(now)
        while bucket.take():
            taken.append(now)

    for start in set(taken):
        within = bisect_left(taken, start + timedelta(minutes=1)) - bisect_left(taken, start)
        assert within <= per_minute


@given(attempts=st.integers(1, 10_000))
def test_pauses_never_shrink_and_never_pass_the_longest(attempts: int) -> None:
    limits = DeliveryLimits()
    pauses = [limits.backoff(attempt) for attempt in (attempts, attempts + 1)]
    assert all(shorter <= longer for shorter, longer in pairwise(pauses))
    assert pauses[-1] <= timedelta(seconds=limits.longest_backoff_s)
