import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blockkit.kit import actions, button, section
from bot.blockkit.limits import MESSAGE_BLOCKS, MESSAGE_CHARACTERS
from bot.blockkit.stencils import STAND_IN, WORDS, Stencil, written, written_message


def row(markup: str, number: int) -> dict[str, object]:
    """A section with a button that carries the number three times."""
    return section(markup, accessory=button("Open", f"open:{number}", value=str(number)))


@given(st.text() | st.sampled_from([WORDS, f'"{WORDS}"', str(STAND_IN), "\\", "x" * 4000]), st.integers(1))
def test_what_is_filled_in_is_what_would_be_drawn(markup: str, number: int) -> None:
    assert json.loads(Stencil(row(WORDS, STAND_IN)).fill(markup, number)) == row(markup, number)


def test_one_without_words_takes_a_number_alone() -> None:
    buttons = [button("Check in", f"open:{number}", value=str(number)) for number in (STAND_IN, 7)]
    assert json.loads(Stencil(actions(buttons[0])).fill(number=7)) == actions(buttons[1])


@pytest.mark.parametrize(
    "blocks",
    [[section("x")] * (MESSAGE_BLOCKS + 1), [section("x" * 2900)] * (MESSAGE_CHARACTERS // 2900 + 1)],
    ids=["too many blocks", "too much text"],
)
def test_what_may_be_more_than_slack_takes_is_left_to_be_measured(blocks: list[dict[str, object]]) -> None:
    assert written_message("Hello", [written(block) for block in blocks]) is None
    assert written_message("Hello", [written(block) for block in blocks[:2]]) is not None
