from datetime import timedelta

import pytest

from bot.delivery import Delivery
from storage.rules.terms import Role
from storage.tables.outbox import OutboxState
from tests.bot.delivery.conftest import PostOffice
from tests.clock import FrozenClock


async def test_an_archived_channel_fails_the_message_and_tells_the_lead_once(
    office: PostOffice, delivery: Delivery
) -> None:
    channel = office.slack.add_channel("service", bot=True).id
    team_id = office.add_team(channel, lead_id=office.ana_id)
    office.slack.workspace.archive(channel)
    office.put("summary:1", channel_id=channel)
    office.put("summary:2", channel_id=channel)

    assert await delivery.deliver_due_now(60)

    assert (office.state("summary:1"), office.row("summary:1").fault) == (OutboxState.FAILED, "is_archived")
    assert office.channel_fault(team_id) == "is_archived"
    (sentence,) = office.texts()
    assert sentence.startswith(f"I cannot post in <#{channel}>, because it is archived. Unarchive it, or ")


async def test_the_lead_of_someone_whom_slack_takes_no_messages_for_is_told_once(
    office: PostOffice, delivery: Delivery, clock: FrozenClock
) -> None:
    ben = office.slack.add_person("ben")
    ben_id = office.add_member(ben, name="Ben <Carter>")
    office.let_lead(office.ana_id, ben_id)
    office.slack.workspace.change_user(ben.id, deleted=True)
    for key in ("prompt:1", "prompt:2"):
        office.put(key, member_id=ben_id)
        assert await delivery.deliver_due_now(60)
    assert (office.state("prompt:1"), office.row("prompt:1").fault) == (
        OutboxState.FAILED,
        "channel_not_found",
    )
    (sentence,) = office.texts()
    assert sentence.startswith(
        "I cannot write to Ben &lt;Carter&gt;: Slack takes no direct messages for them"
    )
    assert "`/hoshin edit`" in sentence

    clock.advance(timedelta(days=40))
    office.put("prompt:3", member_id=ben_id)
    assert await delivery.deliver_due_now(60)
    assert len(office.texts()) == 2


async def test_of_a_lead_whom_slack_takes_no_messages_for_those_hear_who_answer_for_the_plan(
    office: PostOffice, delivery: Delivery
) -> None:
    office.grant(office.ana_id, Role.STRATEGY_LEAD)
    ben = office.slack.add_person("ben")
    ben_id = office.add_member(ben)
    office.let_lead(ben_id, ben_id)
    for person in (ben, office.ana):
        office.slack.workspace.change_user(person.id, deleted=True)
    office.put("prompt:1", member_id=ben_id)
    office.put("prompt:2", member_id=office.ana_id)
    assert await delivery.deliver_due_now(60)
    told = office.row(f"person-fault:{ben_id}:2026-02:{office.ana_id}")
    # Which fails, too, and is told to nobody, not even about oneself.
    assert told.state == OutboxState.FAILED
    assert office.count(OutboxState.FAILED) == 3


async def test_a_lead_is_told_again_when_a_mended_channel_fails_once_more(
    office: PostOffice, delivery: Delivery, clock: FrozenClock
) -> None:
    channel = office.slack.add_channel("service", bot=True).id
    office.add_team(channel, lead_id=office.ana_id)
    for occasion in ("1", "2"):
        office.slack.workspace.archive(channel)
        office.put(f"summary:{occasion}", channel_id=channel)
        assert await delivery.deliver_due_now(60)
        office.slack.workspace.unarchive(channel)
        await delivery.retry_channel(office.workspace_id, channel)
        assert await delivery.deliver_due_now(60)
        clock.advance(timedelta(days=7))

    assert len(office.texts()) == 2


async def test_a_lead_learns_how_to_let_the_bot_in(office: PostOffice, delivery: Delivery) -> None:
    channel = office.slack.add_channel("service").id
    office.add_team(channel, lead_id=office.ana_id)
    office.put("summary:1", channel_id=channel)

    assert await delivery.deliver_due_now(60)

    assert office.row("summary:1").fault == "not_in_channel"
    (sentence,) = office.texts()
    assert "`/invite @Hoshin`" in sentence


async def test_what_failed_is_posted_as_it_stands_now_once_the_bot_was_invited(
    office: PostOffice, delivery: Delivery
) -> None:
    channel = office.slack.add_channel("service").id
    team_id = office.add_team(channel, lead_id=office.ana_id)
    summary = office.put("summary:1", "1 of 3 answered", channel_id=channel)
    office.put("details:1", thread_of_id=summary)
    await delivery.deliver_due_now(5)
    assert office.state("details:1") == OutboxState.FAILED
    office.edit("summary:1", "2 of 3 answered")

    office.slack.workspace.join(channel, office.slack.installations[0].bot_user_id)
    assert await delivery.retry_channel(office.workspace_id, channel) == 2
    assert await delivery.deliver_due_now(60)

    assert office.texts("service") == ["2 of 3 answered", "details:1"]
    assert office.channel_fault(team_id) is None


async def test_a_message_that_was_refused_for_its_own_sake_is_not_retried_with_the_channel(
    office: PostOffice, delivery: Delivery
) -> None:
    channel = office.slack.add_channel("service", bot=True).id
    office.slack.faults.add("chat.postMessage", "refused", error="msg_too_long")
    office.put("summary:1", channel_id=channel)
    await delivery.deliver_due_now(5)

    assert await delivery.retry_channel(office.workspace_id, channel) == 0
    assert office.state("summary:1") == OutboxState.FAILED


@pytest.mark.parametrize("fault", ["restricted_action", "restricted_action_read_only_channel"])
async def test_a_channel_closed_to_bots_counts_as_the_channels_fault(
    office: PostOffice, delivery: Delivery, fault: str
) -> None:
    channel = office.slack.add_channel("service", bot=True).id
    team_id = office.add_team(channel, lead_id=office.ana_id)
    office.slack.faults.add("chat.postMessage", "refused", error=fault)
    office.put("summary:1", channel_id=channel)

    await delivery.deliver_due_now(5)

    assert office.row("summary:1").fault == fault
    assert office.channel_fault(team_id) == "restricted_action"
    assert await delivery.retry_channel(office.workspace_id, channel) == 1


async def test_a_channel_that_takes_messages_again_loses_its_fault(
    office: PostOffice, delivery: Delivery
) -> None:
    channel = office.slack.add_channel("service", bot=True).id
    team_id = office.add_team(channel, lead_id=office.ana_id)
    office.slack.workspace.archive(channel)
    office.put("summary:1", channel_id=channel)
    await delivery.deliver_due_now(5)
    office.slack.workspace.unarchive(channel)
    office.put("summary:2", channel_id=channel)

    await delivery.deliver_due_now(5)

    assert office.texts("service") == ["summary:2"]
    assert office.channel_fault(team_id) is None


async def test_the_strategy_lead_hears_once_that_the_organisations_digest_was_refused(
    office: PostOffice, delivery: Delivery
) -> None:
    channel = office.slack.add_channel("all", bot=True).id
    office.grant(office.ana_id, Role.STRATEGY_LEAD)
    for week in ("16", "23"):
        office.slack.workspace.archive(channel)
        office.put(f"digest:{channel}:2026-02-{week}", channel_id=channel)
        assert await delivery.deliver_due_now(60)
    [sentence] = [text for text in office.texts() if text.startswith("The organisation's digest")]
    assert f"could not be posted in <#{channel}>, because it is archived." in sentence
