"""A message that waits is sent without what was restricted meanwhile."""

import pytest

from bot.blockkit.kit import actions, button, section
from bot.blockkit.redaction import LEFT_OUT, pattern_of, without

CLOSED = pattern_of(["A-7", "KR-7"], ["Close the Graz & Linz plants", "NPS"])


def test_a_block_that_names_it_goes_and_the_others_stay() -> None:
    blocks = [section("*KR-70* goes on"), section("*KR-7* is late\n> we wait"), section("Rest")]
    assert without({"text": "KR-70 goes on", "blocks": blocks}, CLOSED) == {
        "text": "KR-70 goes on",
        "blocks": [blocks[0], blocks[2]],
    }


def test_of_a_list_only_its_lines_go() -> None:
    blocks = [section("*At risk*\n• A-1 Grow\n• A-7 Shrink")]
    left = without({"text": "A-7 is at risk", "blocks": blocks}, CLOSED)
    assert left == {"text": LEFT_OUT, "blocks": [section("*At risk*\n• A-1 Grow")]}


@pytest.mark.parametrize(
    "text", ["see a-7", "close the graz &amp; linz plants", "Close the Graz & Linz plants soon"]
)
def test_references_and_titles_are_found_however_they_are_written(text: str) -> None:
    assert without({"text": text}, CLOSED) is None


@pytest.mark.parametrize("text", ["A-70", "CBA-7", "the NPS rose", "Graz"])
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert without({"text": text}, CLOSED) == {"text": text}


def test_a_message_of_nothing_but_buttons_is_not_sent() -> None:
    blocks = [section("A-7 is due"), actions(button("Open", "x", value="A-7"), button("Why?", "y"))]
    assert without({"text": "Due", "blocks": blocks}, CLOSED) is None
    blocks = [section("A-7 is due"), actions(button("Why?", "y"))]
    assert without({"text": "Due", "blocks": blocks}, CLOSED) is None
