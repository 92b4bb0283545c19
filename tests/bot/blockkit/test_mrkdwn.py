import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blockkit import mrkdwn

TOKENS = re.compile(r"<[^<>\n]*>|&(?:amp|lt|gt);")

texts = st.text(max_size=400)
markup_parts = st.one_of(
    st.text(max_size=20).map(mrkdwn.escape),
    st.sampled_from(
        [
            "<@U0123456>",
            "&amp;",
            "&lt;",
            "<#C012345>",
            "<https://example.com/a?b=1&amp;c=2|the page>",
            "👩‍👩‍👧‍👦",
            "🇩🇪",
            "é",
        ]
    ),
)


@given(texts)
def test_people_s_words_cannot_make_a_token(text: str) -> None:
    assert not re.search(r"[<>]", mrkdwn.escape(text))


@given(texts)
def test_escaping_loses_nothing(text: str) -> None:
    shown = mrkdwn.escape(text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert shown == text


@given(texts)
def test_literal_words_hold_no_formatting_and_no_token_but_links(text: str) -> None:
    markup = mrkdwn.literal(text)
    without_links = re.sub(r"<https?://[^<>|\n]+>", "", markup)
    assert not re.search(r"[<>*_~`\n]", without_links)


@given(texts)
def test_words_come_out_the_same_whether_something_odd_stands_before_them_or_not(text: str) -> None:
    assert mrkdwn.literal(f"&{text}").removeprefix("&amp;").strip() == mrkdwn.literal(text)


@given(texts)
def test_every_line_of_a_quotation_is_marked(text: str) -> None:
    assert all(line.startswith(">") for line in mrkdwn.quote(text).split("\n"))


@given(st.lists(markup_parts, max_size=30).map("".join), st.integers(min_value=1, max_value=60))
def test_a_clamped_text_fits_and_no_token_is_cut(markup: str, limit: int) -> None:
    clamped = mrkdwn.clamp(markup, limit)
    assert 0 < len(clamped) <= limit
    assert clamped.strip()
    rest = TOKENS.sub("", clamped)
    assert not re.search(r"[<>&]", rest)


@given(texts, st.integers(min_value=1, max_value=60))
def test_a_clamped_plain_text_fits_and_is_a_beginning(text: str, limit: int) -> None:
    clamped = mrkdwn.clamp_plain(text, limit)
    assert 0 < len(clamped) <= limit
    assert clamped == mrkdwn.NOTHING or text.strip().startswith(clamped.removesuffix("…").rstrip())


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("a family 👩‍👩‍👧‍👦", 14, "a family…"),
        ("flags 🇩🇪🇫🇷", 8, "flags…"),
        ("flags 🇩🇪🇫🇷", 9, "flags 🇩🇪…"),
        ("thumb 👍🏽 up", 8, "thumb…"),
        ("cafe\u0301s", 5, "caf…"),
        ("plain words", 6, "plain…"),
    ],
)
def test_a_character_of_several_parts_is_kept_whole_or_left_out(text: str, limit: int, expected: str) -> None:
    assert mrkdwn.clamp_plain(text, limit) == expected


def test_an_accent_after_a_token_does_not_open_the_token() -> None:
    assert mrkdwn.clamp("x &amp;\u0301 and more", 8) == "x…"


def test_a_text_of_blanks_becomes_a_dash() -> None:
    assert mrkdwn.clamp(" \n ", 10) == "—"
    assert mrkdwn.clamp_plain("", 10) == "—"


def test_a_note_with_pings_and_formatting_is_shown_as_typed() -> None:
    note = "<!channel> *wow* see https://wiki.example/a_b?x=1&y=*2*, `rm` ~no~"
    assert mrkdwn.literal(note) == (
        "&lt;!channel&gt; ∗wow∗ see <https://wiki.example/a_b?x=1&amp;y=*2>∗, ˋrmˋ ∼no∼"
    )


def test_a_figure_keeps_its_no_break_space() -> None:
    assert mrkdwn.literal("€12\u00a0500") == "€12\u00a0500"


def test_a_quotation_of_several_lines() -> None:
    assert mrkdwn.quote("\n first\r\n\r\nsecond > first\n") == "> first\n>\n> second &gt; first"


def test_an_instant_is_spelled_in_the_person_s_zone_where_tokens_are_not_drawn() -> None:
    instant = datetime(2026, 2, 9, 8, 0, tzinfo=UTC)
    assert mrkdwn.date_token(instant, "Europe/Berlin") == (
        "<!date^1770624000^{date_short_pretty} at {time}|Mon 9 Feb 2026, 09:00 CET>"
    )
    assert mrkdwn.local_time(instant, "America/Sao_Paulo") == "Mon 9 Feb 2026, 05:00 UTC-03"


def test_links_and_code_take_any_text() -> None:
    assert mrkdwn.link("https://x.example/?a=1&b=<2>", "this | *that*") == (
        "<https://x.example/?a=1&amp;b=%3C2%3E|this ∣ ∗that∗>"
    )
    assert mrkdwn.code("/okr update `KR-3` 78") == "`/okr update ˋKR-3ˋ 78`"


def test_bold_of_nothing_is_nothing() -> None:
    assert mrkdwn.bold("  ") == ""
    assert mrkdwn.bold(" at risk ") == "*at risk*"
