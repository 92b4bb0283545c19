"""mrkdwn as HTML: what Slack formats, and that no text becomes anything else."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.simulator.page import mrkdwn

from .readers import ANA, Page

TAGS = {"a", "blockquote", "br", "code", "em", "pre", "s", "span", "strong", "time"}
ATTRIBUTES = {"aria-label", "class", "data-visit", "href", "rel", "role", "target", "title"}
SIGNS = st.sampled_from(
    ["<", ">", "&lt;", "&gt;", "&amp;", "*", "_", "~", "`", "```", "\n", ":tada:", "|", '"', "'",
     "<@U1>", "<#C1>", "<!here>", "<https://a.b|", "javascript:", "<!date^1^{time}|", "x", " ",
     "https://a.b/", "\ue000", "0", "\ue001", "\ue002", "\ue003", "<script>", "onload=", "&#60;"]
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _italic_ ~struck~", "<strong>bold</strong> <em>italic</em> <s>struck</s>"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("* not bold *", "* not bold *"),
        ("`*code*`", "<code>*code*</code>"),
        ("a\nb", "a<br>b"),
        ("```\nx = 1\ny = *2*\n```", "<pre>x = 1\ny = *2*</pre>"),
        ("before\n```code```\nafter", "before<pre>code</pre>after"),
        ("> one\n> two\nthree", "<blockquote>one<br>two</blockquote>three"),
        ("&gt; said *so*", "<blockquote>said <strong>so</strong></blockquote>"),
        (">>> all\nof it", "<blockquote>all<br>of it</blockquote>"),
        ("5 &lt; 6 &amp;&amp; 7 &gt; 6", "5 &lt; 6 &amp;&amp; 7 &gt; 6"),
        ("&amp;lt;", "&amp;lt;"),
        ("at 10:30:45", "at 10:30:45"),
        (":no_such_emoji:", ":no_such_emoji:"),
        ("<!subteam^S1|@leads>", '<span class="mention">@leads</span>'),
    ],
)
def test_text_is_formatted_as_slack_formats_it(text: str, html: str) -> None:
    assert mrkdwn.render(text, ANA) == html


def test_mentions_show_names_and_mark_the_reader() -> None:
    drawn = mrkdwn.render("<@U1> and <@U2|ben> and <@U9|somebody>", ANA)

    assert '<span class="mention mention-me">@Ana Ruiz</span>' in drawn
    assert '<span class="mention">@Ben Okafor</span>' in drawn
    assert "@somebody" in drawn


def test_a_channel_that_the_reader_may_not_know_keeps_its_name_to_itself() -> None:
    drawn = mrkdwn.render("<#C1|support> and <#C9|layoffs>", ANA)

    assert '<a class="mention" href="/as/ana/C1" data-visit>#support</a>' in drawn
    assert "layoffs" not in drawn
    assert "#private-channel" in drawn


@pytest.mark.parametrize("audience", ["here", "channel", "everyone"])
def test_a_broadcast_is_marked_as_calling_the_reader(audience: str) -> None:
    assert mrkdwn.render(f"<!{audience}>", ANA) == f'<span class="mention mention-me">@{audience}</span>'


def test_dates_stand_in_the_readers_zone() -> None:
    drawn = mrkdwn.render("due <!date^1774288800^{date_short_pretty} at {time}|some day>", ANA)

    assert ">Today at 19:00</time>" in drawn


def test_a_date_may_carry_a_link() -> None:
    page = Page(mrkdwn.render("<!date^1774288800^{date_num}^https://example.com/r|x>", ANA))

    assert page.links == ["https://example.com/r"]
    assert page.text == "2026-03-23"


@pytest.mark.parametrize("epoch", ["soon", "99999999999999999", "-99999999999999999", ""])
def test_a_date_off_the_calendar_shows_its_fallback(epoch: str) -> None:
    assert mrkdwn.render(f"<!date^{epoch}^{{date}}|some day>", ANA) == "some day"


@pytest.mark.parametrize("text", ["<https://example.com/?a=1&amp;b=2>", "https://example.com/?a=1&amp;b=2"])
def test_links_are_followed_outside_of_the_page(text: str) -> None:
    page = Page(mrkdwn.render(f"see {text}.", ANA))

    (link,) = page.all("a")
    assert link["href"] == "https://example.com/?a=1&b=2"
    assert link["rel"] == "noopener noreferrer"
    assert page.text == "see https://example.com/?a=1&b=2."


@pytest.mark.parametrize(
    "text",
    [
        "<javascript:alert(1)|press>",
        "<data:text/html;base64,PHNjcmlwdD4=|press>",
        "<//example.com|press>",
        "<!date^1^{time}^javascript:alert(1)|press>",
    ],
)
def test_what_is_no_web_link_is_not_followed(text: str) -> None:
    assert Page(mrkdwn.render(text, ANA)).links == []


def test_emoji_carry_their_name_for_a_screen_reader() -> None:
    (emoji,) = Page(mrkdwn.render(":white_check_mark:", ANA)).all("span")

    assert emoji["aria-label"] == "white check mark"


def test_a_skin_tone_colours_the_emoji() -> None:
    assert Page(mrkdwn.render(":wave::skin-tone-4:", ANA)).text == "👋🏽"


@pytest.mark.parametrize(
    ("text", "expected"),
    [(":tada: :heart:", True), (":tada: yes", False), (":nothing:", False), ("", False)],
)
def test_a_message_of_emoji_alone_is_known(text: str, expected: bool) -> None:
    assert mrkdwn.is_only_emoji(text) is expected


def test_plain_text_formats_nothing_but_emoji() -> None:
    drawn = mrkdwn.render_plain("*x* <@U1> & :tada:\ny")

    assert drawn.startswith("*x* &lt;@U1&gt; &amp; <span")
    assert drawn.endswith("<br>y")


@given(st.lists(SIGNS | st.text(max_size=3), max_size=40).map("".join))
@example("<https://a.b|`x`>")
@example("```<@U1>`:tada:````")
@example('<x|" onmouseover="alert(1)>')
@example('<https://a.b" onmouseover="alert(1)|x>')
def test_no_text_becomes_an_element_or_attribute_of_its_own(text: str) -> None:
    page = Page(mrkdwn.render(text, ANA))

    assert page.tags <= TAGS
    assert page.attributes <= ATTRIBUTES
    assert all(link.startswith(("https://", "http://", "/as/ana/")) for link in page.links)


@given(st.text(st.characters(exclude_characters="*_~`:>\n\r\ue000\ue001\ue002\ue003\x00"), max_size=60))
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    assert Page(mrkdwn.render(escaped, ANA)).text == text


@given(st.lists(SIGNS | st.text(max_size=3), max_size=40).map("".join))
def test_plain_text_never_links_or_mentions(text: str) -> None:
    page = Page(mrkdwn.render_plain(text))

    assert page.tags <= {"br", "span"}
    assert page.links == []
