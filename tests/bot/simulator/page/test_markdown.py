"""The markdown block: standard Markdown, drawn without letting anything else through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.page import markdown

from .readers import ANA, Page

TAGS = {
    "a", "blockquote", "br", "code", "div", "em", "h3", "h4", "h5", "h6", "hr", "input", "li", "ol",
    "p", "pre", "s", "span", "strong", "table", "tbody", "td", "th", "thead", "time", "tr", "ul",
}  # fmt: skip
SIGNS = st.sampled_from(
    ["#", " ", "\n", "- ", "1. ", "> ", "```\n", "|", "|---|---|", "**", "*", "_", "~~", "`", "[x]",
     "(https://a.b)", "(javascript:alert(1))", "<script>", "<@U1>", "<b onclick=x>", "&", "  - ", "---"]
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Title", "<h3>Title</h3>"),
        (
            "**bold** and *italic* and ~~struck~~",
            "<p><strong>bold</strong> and <em>italic</em> and <s>struck</s></p>",
        ),
        ("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"),
        ("`a < b`", "<p><code>a &lt; b</code></p>"),
        ("```py\nx < 1\n```", "<pre>x &lt; 1</pre>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
        ("- a\n  - b\n- c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
        ("> said\n> so", "<blockquote><p>said<br>so</p></blockquote>"),
        ("---", "<hr>"),
    ],
)
def test_markdown_is_drawn(text: str, html: str) -> None:
    assert markdown.render(text, ANA) == html


def test_tasks_are_boxes_that_cannot_be_ticked() -> None:
    done, still_open = Page(markdown.render("- [x] done\n- [ ] open", ANA)).all("input")

    assert done == {"type": "checkbox", "disabled": None, "checked": None}
    assert still_open == {"type": "checkbox", "disabled": None}


def test_a_table_has_a_head_and_a_body() -> None:
    drawn = markdown.render("| a | b |\n|---|---|\n| 1 | *2* |", ANA)

    assert "<thead><tr><th>a</th><th>b</th></tr></thead>" in drawn
    assert "<tbody><tr><td>1</td><td><em>2</em></td></tr></tbody>" in drawn


def test_links_and_mentions_are_drawn() -> None:
    page = Page(markdown.render("[the plan](https://example.com/p) for <@U2>", ANA))

    assert page.links == ["https://example.com/p"]
    assert page.text == "the plan for @Ben Okafor"


def test_a_script_is_not_a_link() -> None:
    assert Page(markdown.render("[press](javascript:alert(1))", ANA)).links == []


@given(st.lists(SIGNS | st.text(max_size=3), max_size=40).map("".join))
def test_no_markdown_becomes_anything_else(text: str) -> None:
    page = Page(markdown.render(text, ANA))

    assert page.tags <= TAGS
    assert not {name for name in page.attributes if name.startswith("on")}
    assert all(link.startswith(("https://", "http://", "/as/ana/")) for link in page.links)
    assert page.open == []
