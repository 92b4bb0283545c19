"""Help, and what someone hears who writes to the app as to a person."""

from collections.abc import AsyncIterator

import pytest

from bot import help as help_routes
from bot.answers import Answer, Message, Respond
from bot.blockkit.mrkdwn import escape
from bot.commands import VERBS, list_verbs
from bot.help import CATCHBALL_HELP, CHECKIN_HELP, OKR_HELP, explain, overview
from bot.kaizen.guide import HELP as KAIZEN_HELP
from bot.simulator.blocks import check_message
from storage.database import Database
from tests.bot.spine import Spine, spine
from tests.clock import FrozenClock


@pytest.fixture
async def there(sqlite_database: Database, clock: FrozenClock) -> AsyncIterator[Spine]:
    async with spine(sqlite_database, clock, help_routes.routes, http=True) as running:
        running.slack.add_person("ana", real_name="Ana Ruiz")
        yield running


def test_the_overview_shows_every_command_with_its_example() -> None:
    drawn = str(overview().blocks)
    for verb in VERBS:
        assert verb.usage in drawn
        assert verb.example in drawn


@pytest.mark.parametrize(
    ("noun", "answer"),
    [("checkin", CHECKIN_HELP), ("okr", OKR_HELP), ("catchball", CATCHBALL_HELP), ("kaizen", KAIZEN_HELP)],
)
def test_the_help_of_each_command_lists_its_verbs_with_an_example(
    noun: str, answer: Answer | Message
) -> None:
    [said] = [answer] if isinstance(answer, Message) else answer.then
    message = said.message if isinstance(said, Respond) else said
    assert isinstance(message, Message)
    check_message(message.text, list(message.blocks))
    drawn = str(message.blocks)
    for verb in list_verbs(noun):
        assert f"`{verb.usage}`" in drawn
        assert (f"Example: `{verb.example}`" in drawn) is (verb.example != verb.usage)


def test_a_term_of_the_method_is_explained_in_any_case_and_an_unknown_one_leads_on() -> None:
    assert explain("Key Results").text.startswith("key result: ")
    assert "Did you mean “catchball”?" in explain("cathball").text
    assert "`/hoshin help` lists the commands" in explain("zzzz").text


async def test_help_is_answered_to_the_asker_alone(there: Spine) -> None:
    ana = there.slack.person("ana")
    await ana.types("/hoshin help")
    await ana.types("/hoshin help kpi")
    await ana.types("/checkin help")
    assert ana.sees("/hoshin help key result")
    assert all(message.ephemeral_to == ana.id for message in ana.messages)


async def test_a_word_that_is_no_term_cannot_ping_anyone(there: Spine) -> None:
    ana = there.slack.person("ana")
    await ana.types("/hoshin help <!channel>")
    assert not any(message.broadcasts for message in ana.messages)
    assert escape("<!channel>") == "&lt;!channel&gt;"


async def test_writing_to_the_app_is_answered_once_though_slack_delivers_it_twice(there: Spine) -> None:
    ana = there.slack.person("ana")
    there.slack.faults.add("message", "duplicate")
    await ana.types("hello, how do I check in?")
    await there.slack.settled()
    answers = [message for message in ana.messages if "I do not read messages here" in message.text]
    assert len(answers) == 1


async def test_who_writes_of_an_item_hears_how_to_see_it(there: Spine) -> None:
    ana = there.slack.person("ana")
    await ana.types("how does kr-3 stand?")
    await there.slack.settled()
    assert any("`/hoshin show KR-3` shows KR-3. I do" in message.text for message in ana.messages)


def test_however_many_commands_there_are_slack_takes_the_overview() -> None:
    check_message(overview().text, list(overview().blocks))
