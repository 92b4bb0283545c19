import asyncio
from datetime import timedelta

from bot.delivery import Delivery
from storage.repositories.outbox import ANSWER, PROMPT, SUMMARY
from storage.tables.outbox import OutboxState
from tests.bot.delivery.conftest import PostOffice, pump
from tests.clock import FrozenClock


async def test_a_due_message_reaches_the_person_and_its_place_is_kept(
    office: PostOffice, delivery: Delivery, clock: FrozenClock
) -> None:
    office.put("prompt:1", "Your check-in for this week.")

    assert await delivery.deliver_due_now(60)

    row = office.row("prompt:1")
    (message,) = office.messages()
    assert message.text == "Your check-in for this week."
    assert (row.state, row.fault, row.attempts) == (OutboxState.SENT, None, 1)
    assert (row.sent_channel_id, row.sent_ts) == (message.channel, message.ts)
    assert row.sent_at == clock.now()


async def test_a_message_goes_out_with_its_blocks_and_its_key(office: PostOffice, delivery: Delivery) -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "*Check-in*"}}
    office.put("prompt:1", payload={"text": "Check-in", "blocks": [block]})

    await delivery.deliver_due_now(5)

    (message,) = office.messages()
    assert message.blocks[0]["text"]["text"] == "*Check-in*"
    assert message.metadata == {"event_type": "hoshin_outbox", "event_payload": {"key": "prompt:1"}}


async def test_a_message_waits_until_it_is_due_by_the_products_clock(
    office: PostOffice, delivery: Delivery, clock: FrozenClock
) -> None:
    office.put("prompt:1", due_at=clock.now() + timedelta(hours=1))

    await delivery.deliver_due_now(5)
    assert office.state("prompt:1") == OutboxState.PENDING

    clock.advance(timedelta(hours=1))
    await delivery.deliver_due_now(5)
    assert office.state("prompt:1") == OutboxState.SENT


async def test_a_message_waits_for_the_end_of_a_do_not_disturb_and_an_answer_does_not(
    office: PostOffice, delivery: Delivery, clock: FrozenClock
) -> None:
    office.rest(office.ana_id, clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=1))
    office.put("prompt:1")
    office.put("prompt:2", expires_at=clock.now() + timedelta(minutes=30))
    office.put("answer:1", priority=ANSWER)

    assert await delivery.deliver_due_now(60)
    assert [office.state(key) for key in ("prompt:1", "prompt:2")] == [OutboxState.PENDING] * 2
    assert office.state("answer:1") == OutboxState.SENT

    clock.advance(timedelta(hours=1))
    assert await delivery.deliver_due_now(60)
    assert office.state("prompt:1") == OutboxState.SENT
    assert office.state("prompt:2") == OutboxState.EXPIRED


async def test_a_do_not_disturb_that_is_still_to_come_holds_nothing_back(
    office: PostOffice, delivery: Delivery, clock: FrozenClock
) -> None:
    office.rest(office.ana_id, clock.now() + timedelta(hours=1), clock.now() + timedelta(hours=2))
    office.put("prompt:1")
    assert await delivery.deliver_due_now(60)
    assert office.state("prompt:1") == OutboxState.SENT


async def test_a_message_that_came_too_late_expires_unsent(
    office: PostOffice, delivery: Delivery, clock: FrozenClock
) -> None:
    office.put("prompt:1", expires_at=clock.now() + timedelta(hours=1))
    clock.advance(timedelta(hours=1))

    assert await delivery.deliver_due_now(60)

    assert office.state("prompt:1") == OutboxState.EXPIRED
    assert office.calls("chat.postMessage") == 0


async def test_a_message_waits_for_a_person_who_is_not_yet_known_in_slack(
    office: PostOffice, delivery: Delivery
) -> None:
    ben = office.slack.add_person("ben")
    ben_id = office.add_member(ben)
    office.link(ben_id, None)
    office.put("prompt:1", member_id=ben_id)

    assert await delivery.deliver_due_now(60)
    assert office.state("prompt:1") == OutboxState.PENDING

    office.link(ben_id, ben.id)
    assert await delivery.deliver_due_now(60)
    assert office.state("prompt:1") == OutboxState.SENT


async def test_answers_go_before_prompts_and_prompts_before_summaries(
    office: PostOffice, delivery: Delivery
) -> None:
    office.put("summary:1", priority=SUMMARY)
    office.put("prompt:1", priority=PROMPT)
    office.put("answer:1", priority=ANSWER)

    await delivery.deliver_due_now(5)

    assert office.texts() == ["answer:1", "prompt:1", "summary:1"]


async def test_messages_to_one_channel_arrive_in_their_order_though_the_first_was_refused_once(
    office: PostOffice, delivery: Delivery
) -> None:
    channel = office.slack.add_channel("service", bot=True).id
    for number in range(5):
        office.put(f"note:{number}", channel_id=channel)
    office.slack.faults.add("chat.postMessage", "server_error", after=1, times=3)

    assert await delivery.deliver_due_now(60)

    assert office.texts("service") == [f"note:{number}" for number in range(5)]


async def test_a_reply_waits_for_its_parent_and_goes_into_its_thread(
    office: PostOffice, delivery: Delivery
) -> None:
    channel = office.slack.add_channel("service", bot=True).id
    parent = office.put("summary:1", channel_id=channel, priority=SUMMARY)
    office.put("details:1", thread_of_id=parent, priority=ANSWER)

    assert await delivery.deliver_due_now(60)

    summary, details = office.messages("service")
    assert (summary.text, details.text) == ("summary:1", "details:1")
    assert (summary.thread_ts, details.thread_ts) == (None, summary.ts)


async def test_an_edit_changes_the_message_that_was_sent(office: PostOffice, delivery: Delivery) -> None:
    office.put("summary:1", "1 of 3 answered")
    await delivery.deliver_due_now(5)
    office.edit("summary:1", "2 of 3 answered")

    assert await delivery.deliver_due_now(60)

    assert office.texts() == ["2 of 3 answered"]
    assert office.messages()[0].metadata is not None


async def test_an_edit_before_the_message_went_out_costs_no_call(
    office: PostOffice, delivery: Delivery
) -> None:
    office.put("summary:1", "1 of 3 answered")
    office.edit("summary:1", "2 of 3 answered")

    await delivery.deliver_due_now(5)

    assert office.texts() == ["2 of 3 answered"]
    assert office.calls("chat.update") == 0


async def test_edits_made_while_the_message_is_on_its_way_end_in_one_call(
    office: PostOffice, delivery: Delivery
) -> None:
    office.slack.faults.add("chat.postMessage", "slow", delay=0.2)
    office.put("summary:1", "1 of 3 answered")
    await delivery.pump_once()
    assert office.state("summary:1") == OutboxState.SENDING

    office.edit("summary:1", "2 of 3 answered")
    office.edit("summary:1", "3 of 3 answered")
    assert await delivery.deliver_due_now(60)

    assert office.texts() == ["3 of 3 answered"]
    assert office.calls("chat.update") == 1


async def test_an_edit_made_while_another_one_is_on_its_way_comes_after_it(
    office: PostOffice, delivery: Delivery
) -> None:
    office.put("summary:1", "1 of 3 answered")
    await delivery.deliver_due_now(5)
    office.slack.faults.add("chat.update", "slow", delay=0.2)
    office.edit("summary:1", "2 of 3 answered")
    await delivery.pump_once()
    office.edit("summary:1", "3 of 3 answered")

    assert await delivery.deliver_due_now(60)

    assert office.texts() == ["3 of 3 answered"]
    assert office.calls("chat.update") == 2


async def test_a_message_that_slack_will_never_take_fails_with_slacks_word_for_it(
    office: PostOffice, delivery: Delivery
) -> None:
    office.put("prompt:1", payload={"text": "", "blocks": [{"type": "nonsense"}]})

    assert await delivery.deliver_due_now(60)

    row = office.row("prompt:1")
    assert (row.state, row.fault, row.attempts) == (OutboxState.FAILED, "invalid_blocks", 1)


async def test_an_edit_of_a_message_that_failed_goes_no_further(
    office: PostOffice, delivery: Delivery
) -> None:
    office.slack.faults.add("chat.postMessage", "slow", delay=0.1)
    office.slack.faults.add("chat.postMessage", "refused", error="msg_too_long")
    office.put("other:1")
    office.put("summary:1", "1 of 3 answered", channel_id=office.slack.add_channel("service", bot=True).id)
    await delivery.pump_once()
    office.edit("summary:1", "2 of 3 answered")

    assert await delivery.deliver_due_now(60)

    assert office.state("summary:1") == OutboxState.FAILED
    assert office.row("summary:1").payload == {"text": "2 of 3 answered"}
    assert (office.row("summary:1:edit:1").state, office.row("summary:1:edit:1").fault) == (
        OutboxState.FAILED,
        "original_not_sent",
    )
    assert office.calls("chat.update") == 0


async def test_one_slow_channel_holds_up_no_other(office: PostOffice, delivery: Delivery) -> None:
    office.slack.faults.add("chat.postMessage", "slow", delay=0.5)
    channel = office.slack.add_channel("service", bot=True).id
    for number in range(3):
        office.put(f"note:{number}", channel_id=channel, priority=ANSWER)
    office.put("prompt:1")
    await delivery.pump_once()
    while office.calls("chat.postMessage") == 0:
        await delivery.pump_once()
        await asyncio.sleep(0.005)

    assert office.texts() == ["prompt:1"]
    assert await delivery.deliver_due_now(60)
    assert office.texts("service") == ["note:0", "note:1", "note:2"]


async def test_no_more_calls_are_under_way_than_allowed(office: PostOffice, clock: FrozenClock) -> None:
    office.slack.faults.add("chat.postMessage", "slow", delay=0.05, times=12)
    for number in range(12):
        person = office.slack.add_person(f"person{number}")
        office.put(f"prompt:{number}", member_id=office.add_member(person))
    most = 0
    async with office.delivery(clock, in_flight=5) as delivery:
        while await delivery.pump_once() or delivery.in_flight:
            most = max(most, office.count(OutboxState.SENDING))
            await asyncio.sleep(0.005)

    assert most == 5
    assert office.count(OutboxState.SENT) == 12


async def test_a_workspace_that_removed_the_app_is_left_alone(
    office: PostOffice, delivery: Delivery, clock: FrozenClock
) -> None:
    office.put("prompt:1")
    office.disconnect(clock.now())

    await pump(delivery)

    assert office.state("prompt:1") == OutboxState.PENDING
    assert office.calls("chat.postMessage") == 0
