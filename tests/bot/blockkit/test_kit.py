"""Slack's own models judge the blocks: they hold the documented limits."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block as SlackBlock

from bot.blockkit import kit, limits

any_text = st.one_of(st.text(max_size=300), st.text(max_size=40).map(lambda text: text * 120))


def check(block: dict[str, Any]) -> None:
    parsed = SlackBlock.parse(block)
    assert parsed is not None
    parsed.validate_json()


@given(any_text, any_text)
def test_any_text_makes_blocks_that_slack_takes(text: str, other: str) -> None:
    choices = [kit.option(text, "1", description=other), kit.option(other, "2")]
    asked = kit.confirm(text, other, text, no=other, danger=True)
    for block in (
        kit.header(text),
        kit.section(text, accessory=kit.overflow("more", choices)),
        kit.fields([text, other] * 8),
        kit.context(*[text] * 15),
        kit.actions(
            kit.button(text, "go:1", value="1", style="primary", confirm=asked, label=other),
            kit.select("choose", choices, placeholder=text, chosen="2"),
        ),
        kit.text_input("note", text, placeholder=other, hint=other, multiline=True),
        kit.select_input("kind", text, choices, placeholder=other, hint=other),
        kit.radio_input("one", text, choices, chosen="1", hint=other),
        kit.checkboxes_input("several", text, choices, chosen=["1", "2"]),
    ):
        check(block)
        assert _shortest(block) > 0


def _shortest(part: Any) -> int:
    """The length of the shortest text of a block: Slack refuses empty ones."""
    if isinstance(part, dict):
        own = [
            len(value)
            for key, value in part.items()
            if key in {"text", "alt_text"} and isinstance(value, str)
        ]
        return min([*own, *map(_shortest, part.values())], default=1)
    return min(map(_shortest, part), default=1) if isinstance(part, list) else 1


def test_an_input_is_read_back_by_its_name() -> None:
    block = kit.text_input("value:17", "KR-3 now", initial="74")
    assert block["block_id"] == "value:17"
    assert block["element"]["initial_value"] == "74"


def test_a_long_first_value_is_cut_to_what_slack_takes() -> None:
    assert len(kit.text_input("note", "Note", initial="x" * 5000)["element"]["initial_value"]) == 3000


def test_the_chosen_option_is_set() -> None:
    choices = [kit.option("Low", "3"), kit.option("High", "8")]
    assert kit.select("confidence", choices, chosen="8")["initial_option"] == choices[1]
    assert "initial_option" not in kit.select("confidence", choices, chosen="5")


def test_texts_do_not_ping_by_their_plain_words() -> None:
    assert kit.mrkdwn("@channel and #general")["verbatim"] is True


@pytest.mark.parametrize(
    "make",
    [
        lambda: kit.button("Go", "x" * 256),
        lambda: kit.button("Go", "go", value="x" * 2001),
        lambda: kit.option("One", "x" * 151),
        lambda: kit.select("s", [kit.option("One", str(n)) for n in range(limits.SELECT_OPTIONS + 1)]),
        lambda: kit.overflow("o", []),
        lambda: kit.actions(*[kit.button("Go", f"go:{n}") for n in range(26)]),
        lambda: kit.input_block("x" * 256, "Label", {}),
    ],
)
def test_what_the_code_reads_back_is_never_cut(make: Any) -> None:
    with pytest.raises(ValueError, match=r"Slack takes|a row takes"):
        make()
