"""rich_text blocks, whose formatting is a tree instead of signs in the text, as HTML."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from . import mrkdwn
from .html import element, together, with_breaks
from .reader import Reader

Node = Mapping[str, Any]
_TAGS = {"bold": "strong", "italic": "em", "strike": "s", "underline": "u", "code": "code"}


def render(block: Node, reader: Reader) -> Markup:
    """A rich_text block; parts that are unknown are left out, as an older client does."""
    parts = block.get("elements", [])
    return together(
        _PARTS[part["type"]](part, reader) for part in _nested(parts) if part.get("type") in _PARTS
    )


def _nested(parts: Sequence[Node]) -> list[Node]:
    """The parts with each run of lists that differ in `indent` folded into one list of lists."""
    folded: list[dict[str, Any]] = []
    for part in parts:
        last = folded[-1] if folded else {}
        deeper = part.get("indent", 0) > last.get("indent", 0)
        if part.get("type") == "rich_text_list" == last.get("type") and deeper:
            last["below"] = [*last.get("below", []), part]
        else:
            folded.append(dict(part))
    return list(folded)


def _inline(elements: Sequence[Node], reader: Reader) -> Markup:
    return together(
        _styled(_ELEMENTS[each["type"]](each, reader), each.get("style"))
        for each in elements
        if each.get("type") in _ELEMENTS
    )


def _styled(html: Markup, style: Mapping[str, bool] | None) -> Markup:
    for name, tag in _TAGS.items():
        if (style or {}).get(name):
            html = element(tag, html)
    return html


def _section(part: Node, reader: Reader) -> Markup:
    return element("p", _inline(part.get("elements", []), reader))


def _quote(part: Node, reader: Reader) -> Markup:
    return element("blockquote", _inline(part.get("elements", []), reader))


def _preformatted(part: Node, reader: Reader) -> Markup:
    return element("pre", _inline(part.get("elements", []), reader))


def _list(part: Node, reader: Reader) -> Markup:
    ordered = part.get("style") == "ordered"
    items = [_inline(item.get("elements", []), reader) for item in part.get("elements", [])]
    below = together(_list(each, reader) for each in _nested(part.get("below", [])))
    if items and below:
        items[-1] += below
    start = int(part.get("offset", 0)) + 1 if ordered else None
    return element("ol" if ordered else "ul", *(element("li", item) for item in items), start=start)


def _text(node: Node, _reader: Reader) -> Markup:
    return with_breaks(str(node.get("text", "")).split("\n"))


def _date(node: Node, reader: Reader) -> Markup:
    fallback = str(node.get("fallback", ""))
    url = str(node.get("url", ""))
    return mrkdwn.date(int(node.get("timestamp", 0)), str(node.get("format", "")), fallback, reader, url)


_Draw = Callable[[Node, Reader], Markup]

_PARTS: dict[str, _Draw] = {
    "rich_text_section": _section,
    "rich_text_list": _list,
    "rich_text_quote": _quote,
    "rich_text_preformatted": _preformatted,
}

_ELEMENTS: dict[str, _Draw] = {
    "text": _text,
    "date": _date,
    "link": lambda each, _: mrkdwn.link(str(each.get("url", "")), str(each.get("text", ""))),
    "user": lambda each, reader: mrkdwn.user_mention(str(each.get("user_id")), reader),
    "channel": lambda each, reader: mrkdwn.channel_mention(str(each.get("channel_id")), reader),
    "usergroup": lambda each, _: mrkdwn.group_mention(str(each.get("usergroup_id"))),
    "broadcast": lambda each, _: mrkdwn.broadcast(str(each.get("range"))),
    "emoji": lambda each, _: mrkdwn.emoji_span(str(each.get("name"))),
    "color": lambda each, _: element("code", each.get("value", "")),
}
