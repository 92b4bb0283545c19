import pytest

from bot.answers import Answer, nothing
from bot.asks import Ask
from bot.mentions import find_word, possible, said_to, split_word
from bot.slices import Word


async def _handler(ask: Ask) -> Answer:
    del ask
    return nothing()


WORDS = (
    Word("counter", _handler, "counter 72", "returns the ball"),
    Word("agree", _handler, "agree", "agrees", ("yes",)),
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<@U0BOT> agree", "agree"),
        ("<@U1|ana> <@U0BOT|hoshin> counter 72", "counter 72"),
        ("agree <@U0BOT>", "agree"),
        ("agree <@U0BOT> :tada:", "agree"),
        ("<@U0BOT>", ""),
    ],
)
def test_what_is_said_to_the_app_stands_behind_its_mention_or_before_it(text: str, said: str) -> None:
    assert said_to(text, "U0BOT") == said


@pytest.mark.parametrize(
    ("text", "first", "rest"),
    [
        ("AGREE!", "agree", ""),
        (":wave: “Counter 72”", "counter", "72"),
        ("“Counter” 72 by Q4", "counter", "72 by Q4"),
        ("agree :tada:", "agree", ""),
        ("", "", ""),
        ("👍", "", ""),
    ],
)
def test_case_quotes_and_emoji_do_not_matter(text: str, first: str, rest: str) -> None:
    assert split_word(text) == (first, rest)


@pytest.mark.parametrize("typed", ["agree", "agre", "agreee", "yes"])
def test_a_slip_is_understood(typed: str) -> None:
    assert find_word(typed, WORDS) is WORDS[1]


@pytest.mark.parametrize("typed", ["disagree", "no", "account", "a", ""])
def test_what_means_something_else_is_not(typed: str) -> None:
    assert find_word(typed, WORDS) is None


def test_what_is_not_understood_is_answered_with_what_is() -> None:
    told = possible("<!channel>", WORDS)
    assert "&lt;!channel&gt;" in told.text
    assert "`@Hoshin counter 72`" in str(told.blocks)
