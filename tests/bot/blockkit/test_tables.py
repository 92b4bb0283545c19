"""Columns that a phone shows, whatever people wrote."""

from hypothesis import given
from hypothesis import strategies as st

from bot.blockkit import tables
from bot.simulator.blocks import check_message


def test_columns_are_as_wide_as_they_need_and_the_longest_is_cut() -> None:
    rows = [
        ("Jan 26", "62", "import", "A very long name of somebody indeed"),
        ("Dec 25", "60.5", "check-in", ""),
    ]
    lines = tables.columns(rows, right=(1,), stretch=3)
    assert lines == ["Jan 26   62 import   A very long name o…", "Dec 25 60.5 check-in"]


def test_wide_signs_take_two_columns() -> None:
    assert tables.width("漢字") == 4
    assert tables.cut("漢字漢字", 5) == "漢字…"
    assert tables.fitted("◎", 3) == "◎  "


def test_titles_are_broken_between_words() -> None:
    assert tables.wrapped("Be the pump maker that customers recommend most", 20, 2) == [
        "Be the pump maker",
        "that customers reco…",
    ]


@given(st.lists(st.text(max_size=300), max_size=40))
def test_any_lines_are_taken_by_slack(lines: list[str]) -> None:
    blocks = tables.fixed(lines)
    check_message("text", blocks[:4])
    assert all("```" not in block["text"]["text"][3:-3] for block in blocks)


@given(st.text(max_size=80), st.integers(4, 40))
def test_a_cut_text_never_takes_more_room(text: str, room: int) -> None:
    assert tables.width(tables.cut(text, room)) <= room
    assert all(tables.width(line) <= room for line in tables.wrapped(text, room, 2))
