import asyncio
from datetime import timedelta

import pytest

from bot.delivery import Delivery
from storage.tables.outbox import OutboxState
from tests.bot.delivery.conftest import PostOffice, pump
from tests.clock import FrozenClock


async def test_a_message_whose_answer_got_lost_is_found_and_not_sent_again(
    office: PostOffice, delivery: Delivery
) -> None:
    office.slack.faults.add("chat.postMessage", "dropped_after")
    office.put("prompt:1")

    assert await delivery.deliver_due_now(60)

    row = office.row("prompt:1")
    (message,) = office.messages()
    assert (row.state, row.sent_channel_id, row.sent_ts) == (OutboxState.SENT, message.channel, message.ts)
    assert office.calls("chat.postMessage") == 1


async def test_a_message_that_never_arrived_is_sent_again(office: PostOffice, delivery: Delivery) -> None:
    office.slack.faults.add("chat.postMessage", "dropped_before")
    office.put("prompt:1")

    assert await delivery.deliver_due_now(60)

    assert office.texts() == ["prompt:1"]
    assert (office.state("prompt:1"), office.row("prompt:1").attempts) == (OutboxState.SENT, 2)


async def test_slacks_own_internal_error_leaves_the_message_in_doubt(
    office: PostOffice, delivery: Delivery
) -> None:
    office.slack.faults.add("chat.postMessage", "internal_error")
    office.put("prompt:1")

    assert await delivery.deliver_due_now(60)

    assert office.texts() == ["prompt:1"]
    assert office.calls("conversations.history") == 1


@pytest.mark.parametrize("fault", ["dropped_before", "dropped_after"])
async def test_without_the_scope_to_look_a_message_in_doubt_stays_unconfirmed(
    office: PostOffice, delivery: Delivery, fault: str
) -> None:
    office.slack.installations[0].scopes = frozenset({"chat:write"})
    office.slack.faults.add("chat.postMessage", fault)
    office.put("prompt:1")

    assert await delivery.deliver_due_now(60)

    row = office.row("prompt:1")
    assert (row.state, row.fault) == (OutboxState.UNCONFIRMED, "missing_scope")
    assert office.calls("chat.postMessage") == 1


async def test_a_reply_in_doubt_is_looked_for_in_its_thread(office: PostOffice, delivery: Delivery) -> None:
    channel = office.slack.add_channel("service", bot=True).id
    parent = office.put("summary:1", channel_id=channel)
    office.put("details:1", thread_of_id=parent)
    office.slack.faults.add("chat.postMessage", "dropped_after", after=1)

    assert await delivery.deliver_due_now(60)

    assert office.texts("service") == ["summary:1", "details:1"]
    assert office.row("details:1").sent_ts == office.messages("service")[1].ts


async def test_an_edit_whose_answer_got_lost_is_simply_sent_again(
    office: PostOffice, delivery: Delivery
) -> None:
    office.put("summary:1", "1 of 3 answered")
    await delivery.deliver_due_now(5)
    office.slack.faults.add("chat.update", "dropped_after")
    office.edit("summary:1", "2 of 3 answered")

    assert await delivery.deliver_due_now(60)

    assert office.texts() == ["2 of 3 answered"]
    assert office.calls("chat.update") == 2
    assert office.calls("conversations.history") == 0


async def test_replies_to_an_unconfirmed_message_are_dropped(office: PostOffice, delivery: Delivery) -> None:
    office.slack.installations[0].scopes = frozenset({"chat:write"})
    office.slack.faults.add("chat.postMessage", "dropped_after")
    parent = office.put("prompt:1")
    office.put("details:1", thread_of_id=parent)

    assert await delivery.deliver_due_now(60)

    row = office.row("details:1")
    assert (row.state, row.fault) == (OutboxState.FAILED, "original_not_sent")


async def test_many_messages_in_doubt_are_found_over_several_pages(
    office: PostOffice, delivery: Delivery
) -> None:
    channel = office.slack.add_channel("service", bot=True).id
    office.put("note:0", channel_id=channel)
    office.slack.faults.add("chat.postMessage", "dropped_after")
    while not office.calls("chat.postMessage"):
        await delivery.pump_once()
        await asyncio.sleep(0)
    for number in range(40):
        office.slack.workspace.post(channel, office.ana.id, f"talk {number}")

    assert await delivery.deliver_due_now(60)

    assert office.state("note:0") == OutboxState.SENT
    assert office.texts("service").count("note:0") == 1
    assert office.calls("conversations.history") == 3


async def test_a_rate_limit_on_looking_is_waited_for(office: PostOffice, delivery: Delivery) -> None:
    office.slack.faults.add("chat.postMessage", "dropped_after")
    office.slack.faults.add("conversations.history", "rate_limited", retry_after=1)
    office.put("prompt:1")

    assert await delivery.deliver_due_now(60)

    assert office.state("prompt:1") == OutboxState.SENT
    assert office.calls("conversations.history") == 2


async def test_doubts_stay_while_slack_cannot_be_asked(office: PostOffice, delivery: Delivery) -> None:
    office.slack.faults.add("chat.postMessage", "dropped_after")
    office.slack.faults.add("conversations.history", "server_error", times=3)
    office.put("prompt:1")

    assert await delivery.deliver_due_now(60)

    assert office.state("prompt:1") == OutboxState.SENT
    assert office.calls("conversations.history") == 4


async def test_a_message_in_doubt_is_not_looked_for_before_it_can_have_arrived(
    office: PostOffice, clock: FrozenClock
) -> None:
    real_clock = FrozenClock()
    office.slack.faults.add("chat.postMessage", "dropped_after")
    office.put("prompt:1")
    async with office.delivery(clock, real_clock, doubt_rest_s=10) as delivery:
        await pump(delivery)
        assert office.state("prompt:1") == OutboxState.UNKNOWN

        real_clock.advance(timedelta(seconds=10))
        await pump(delivery)
        assert office.state("prompt:1") == OutboxState.SENT


async def test_a_message_in_doubt_that_is_absent_and_too_late_expires(
    office: PostOffice, clock: FrozenClock
) -> None:
    real_clock = FrozenClock()
    office.slack.faults.add("chat.postMessage", "dropped_before")
    office.put("prompt:1", expires_at=clock.now() + timedelta(hours=1))
    async with office.delivery(clock, real_clock, doubt_rest_s=10) as delivery:
        await pump(delivery)
        clock.advance(timedelta(hours=2))
        real_clock.advance(timedelta(seconds=10))
        await pump(delivery)

    assert office.state("prompt:1") == OutboxState.EXPIRED
    assert office.texts() == []
