"""An idea as people live it: told in a form, seen in the channel, answered, tried, made the standard."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from storage.database import Database
from storage.rules.terms import Role
from storage.tables import Idea
from tests.clock import FrozenClock
from tests.scenarios.stage import Stage, stage

MONDAY = datetime(2026, 2, 9, 9, 30, tzinfo=UTC)
"""Half past ten in Madrid."""
PROBLEM, IDEA = "What is the problem?", "What is your idea?"
WORDS = "the label printer stops every shift"


@pytest.fixture
async def office(sqlite_database: Database, clock: FrozenClock) -> AsyncIterator[Stage]:
    """Ana is of the lean council; there is a channel for ideas."""
    clock.jump_to(MONDAY)
    async with stage(sqlite_database, clock) as office:
        await begin_kaizen(office)
        yield office


async def begin_kaizen(office: Stage) -> None:
    """A channel for ideas, and Ana in the lean council."""
    channel = office.slack.add_channel("ideas", "ana", "ben", bot=True)
    with office.unit_of_work() as uow:
        uow.workspace.ideas_channel_id = channel.id
        ana = uow.members.find_by_slack_id(office.ana.id)
        uow.roles.grant(ana.id, Role.LEAN_COUNCIL, by_id=None, at=uow.now)
    await office.bot.greet()


def ideas(office: Stage) -> str:
    return office.slack.channel("ideas").as_text()


async def tell(office: Stage, words: str = WORDS, thought: str = "Keep a spare ribbon there") -> None:
    await office.ben.types(f"/kaizen {words}")
    await office.ben.fills({IDEA: thought})
    await office.ben.submits()
    await office.settled()


async def test_an_idea_from_the_command_to_the_standard(office: Stage) -> None:
    await office.ben.types(f"/kaizen {WORDS}")
    assert WORDS in (office.ben.modal or "")
    await office.ben.fills({IDEA: "Keep a spare ribbon at the machine", "Which goal does it serve?": KR})
    await office.ben.submits()
    await office.ben.will_see("Thank you.")
    await office.settled()
    assert "K-1 · the label printer stops every shift" in ideas(office)
    assert "KR-2 First-contact resolution" in ideas(office)
    assert "First answer due" in ideas(office)
    await office.ben.closes()

    await office.ana.types("/kaizen show k1")
    await office.ana.clicks("Take it up", in_=office.ana.client.modal)
    await office.ana.clicks("I coach it", in_=office.ana.client.modal)
    await office.ana.clicks("Plan it", in_=office.ana.client.modal)
    await office.ana.submits(force=True)
    await office.ana.will_see("Nobody is named.")
    assert "Who is responsible for trying it? (optional)" not in (office.ana.modal or "")
    await office.ana.fills({"Who is responsible for trying it?": "ben"})
    await office.ana.submits()
    await office.settled()
    assert "Ana Ruiz takes it up" in office.ben.dm
    assert "It is being planned; Ben Okoye is responsible." in office.ben.dm

    await office.ben.types("/kaizen show K-1")
    for verb in ("Try it", "Check it", "It worked", "Make it the standard"):
        await office.ben.clicks(verb, in_=office.ben.client.modal)
    await office.ben.fills(
        {"What is done differently for good, and where is that written down?": "A hook at each"}
    )
    await office.ben.submits()
    await office.settled()
    assert "✓ standardised" in ideas(office)
    assert "🎉" in ideas(office)
    assert "A hook at each" in ideas(office)


KR = "KR-2 First-contact resolution"


async def test_button_and_emoji_are_one_vote_and_ones_own_is_none(office: Stage) -> None:
    await tell(office)
    card = office.slack.channel("ideas").messages[0]
    await office.ana.clicks("Support", in_=card)
    await office.ana.reacts("+1", card)
    await office.ben.reacts("heart", card)
    await office.settled()
    await office.at(MONDAY + timedelta(minutes=1))
    card = office.slack.channel("ideas").messages[0]
    assert "Support · 1" in ideas(office)
    await office.ana.clicks("Support · 1", in_=card)
    office.ana.client.unreact(card, "+1")
    await office.settled()
    await office.at(MONDAY + timedelta(minutes=2))
    assert "Support · 1" not in ideas(office)
    await office.ben.clicks("Support", in_=office.slack.channel("ideas").messages[0])
    assert "Your own idea has your support already" in office.ben.screen


async def test_what_was_said_before_is_shown_and_can_be_supported_instead(office: Stage) -> None:
    await tell(office)
    await office.ana.types("/kaizen printer of labels stopps in evry shift")
    await office.ana.will_see("Said before, perhaps:")
    await office.ana.clicks("Support this one", in_=office.ana.client.modal)
    await office.ana.will_see("You support K-1 now")
    await office.settled()
    assert "Support · 1" in ideas(office)


async def test_similar_ideas_are_shown_once_on_submit(office: Stage) -> None:
    await tell(office)
    await office.ana.uses_shortcut("Kaizen idea")
    await office.ana.fills(
        {PROBLEM: "The printer for labels stands still each shift", IDEA: "A spare ribbon beside it"}
    )
    await office.ana.submits()
    await office.ana.will_see("Others have said something like it.")
    await office.ana.submits()
    await office.ana.will_see("is submitted")
    await office.settled()
    assert "K-2" in ideas(office)


async def test_a_decline_without_a_reason_is_refused_and_with_one_reaches_the_author(office: Stage) -> None:
    await tell(office)
    await office.ana.types("/kaizen show K-1")
    await office.ana.clicks("Decline", in_=office.ana.client.modal)
    await office.ana.submits(force=True)
    await office.ana.will_see("There is no reason.")
    await office.ana.fills({"The reason, for the author": "The printer is replaced in <!channel> March"})
    await office.ana.submits()
    await office.settled()
    assert "It is not taken further. The reason: The printer is replaced in" in office.ben.dm
    assert "× declined" in ideas(office)
    assert all("<!channel>" not in message.text for message in office.ben.messages)


async def test_a_message_becomes_an_idea_with_its_author_and_link(office: Stage) -> None:
    office.ben.client.post(office.slack.channel("ideas").id, "We search for gloves all day")
    message = office.slack.channel("ideas").messages[-1]
    await office.ana.uses_shortcut("Turn into a Kaizen idea", message)
    assert "We search for gloves all day" in (office.ana.modal or "")
    await office.ana.fills({IDEA: "A dispenser at every bench"})
    await office.ana.submits()
    await office.settled()
    assert "by Ben Okoye" in ideas(office)
    assert "from a message" in ideas(office)


async def test_a_private_message_is_announced_as_such(office: Stage) -> None:
    await office.ana.types("/kaizen help")
    secret = office.slack.add_channel("secret", "ana", bot=False, private=True)
    group = office.slack.workspace.open_mpim([office.ana.id, office.ben.id])
    for channel, shortcut, words in (
        (secret, "Turn into a Kaizen idea", "This comes from a private conversation."),
        (group, "Turn into a Kaizen idea", "This comes from a private conversation."),
        (secret, "Throw as catchball", "This message stands in a private conversation."),
        (group, "Throw as catchball", "This message stands in a private conversation."),
    ):
        office.ana.client.post(channel.id, "The gloves are always gone")
        *_, message = channel.messages.values()
        await office.ana.uses_shortcut(shortcut, message)
        await office.ana.will_see(words)
        await office.ana.closes()


async def test_the_words_of_a_command_are_kept_for_a_day(office: Stage) -> None:
    await office.ben.types(f"/kaizen {'x ' * 2_000}{WORDS}")
    await office.ben.will_see("The rest is kept and goes into the idea's thread.")
    await office.ben.closes()
    await office.ben.types("/kaizen")
    await office.ben.clicks("Go on with your idea")
    await office.ben.fills({PROBLEM: "At night: xxx", IDEA: "Keep a spare ribbon there"})
    await office.ben.clicks("More fields", in_=office.ben.client.modal)
    await office.ben.submits()
    await office.settled()
    thread = [message.text for message in office.slack.channel("ideas").messages if message.thread_ts]
    assert "The rest of what was written:" in thread


async def test_an_overdue_answer_is_brought_to_the_council_once_a_day(office: Stage) -> None:
    await tell(office)
    thursday = MONDAY + timedelta(days=3, minutes=5)
    await office.at(thursday)
    await office.at(thursday + timedelta(hours=1))
    assert office.ana.dm.count("Its first answer is overdue") == 1
    assert "overdue" not in office.ben.dm
    await office.ana.types("/kaizen queue")
    await office.ana.will_see("its first response is overdue")


async def test_the_board_the_list_and_the_home_tab_show_it(office: Stage) -> None:
    await tell(office)
    await office.ben.types("/kaizen board")
    await office.ben.will_see("Submitted · 1")
    assert "Take it up" not in (office.ben.modal or "")
    await office.ben.closes()
    await office.ana.types("/kaizen board")
    await office.ana.clicks("Take it up", in_=office.ana.client.modal)
    await office.ana.will_see("No idea is submitted.")
    await office.ana.clicks("Triaged · 1", in_=office.ana.client.modal)
    await office.ana.clicks("Plan it", in_=office.ana.client.modal)
    await office.ana.will_see("Who is responsible for trying it?")
    await office.ana.closes()
    await office.ben.types("/kaizen list doing")
    await office.ben.will_see("Ideas under way")
    await office.ben.opens_home()
    await office.ben.will_see("K-1")
    await office.ben.types("/hoshin kaizen list of tools is missing")
    assert "list of tools is missing" in (office.ben.modal or "")


async def test_without_a_channel_nothing_is_lost_and_the_card_comes_later(office: Stage) -> None:
    with office.unit_of_work() as uow:
        uow.workspace.ideas_channel_id = None
        ana = uow.members.find_by_slack_id(office.ana.id)
        uow.roles.grant(ana.id, Role.ADMIN, by_id=None, at=uow.now)
    await tell(office)
    await office.ben.will_see("There is no ideas channel yet")
    await office.ana.types("/kaizen settings")
    await office.ana.fills({"Ideas channel": "ideas"})
    await office.ana.submits()
    await office.at(MONDAY + timedelta(minutes=1))
    assert "K-1" in ideas(office)


async def test_an_anonymous_author_gets_the_answer_and_stands_nowhere(office: Stage) -> None:
    with office.unit_of_work() as uow:
        uow.ideas.settings().allows_anonymous = True
    await office.ben.types(f"/kaizen {WORDS}")
    await office.ben.clicks("More fields", in_=office.ben.client.modal)
    await office.ben.fills({IDEA: "Another printer", "Without my name": "Submit it anonymously"})
    await office.ben.submits()
    await office.ana.types("/kaizen show K-1")
    await office.ana.clicks("Decline", in_=office.ana.client.modal)
    await office.ana.fills({"The reason, for the author": "There is no money for it this year"})
    await office.ana.submits()
    await office.settled()
    assert "There is no money for it this year" in office.ben.dm
    assert "Ben" not in ideas(office)
    await office.at(MONDAY + timedelta(minutes=5))
    with office.unit_of_work() as uow:
        idea: Idea = uow.ideas.get(uow.ideas.get_id(1))
        assert (idea.author_id, idea.submitted_by_id, idea.sealed_for_id) == (None, None, None)
        assert uow.outbox.find("idea-answer:1:2") is None
