"""The markdown block: standard Markdown as HTML, the part of it that Slack draws.

Headings, paragraphs, lists of both kinds and of tasks, quotations, fenced code, rules and tables;
inside of a line bold, italic, strike, code, links, mentions and emoji. Everything is escaped first.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from . import emoji, mrkdwn
from .html import element, together, with_breaks
from .reader import Reader

_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
_RULE = re.compile(r"^ {0,3}([-*_])(?:\s*\1){2,}\s*$")
_FENCE = re.compile(r"^ {0,3}```")
_ITEM = re.compile(r"^( *)(?:[-*+]|(\d{1,9})[.)])\s+(.*)$")
_TASK = re.compile(r"^\[([ xX])\]\s+")
_TABLE_RULE = re.compile(r"^ *\|?(?: *:?-+:? *\|)+(?: *:?-+:? *)?$")
_INLINE = re.compile(
    r"(?P<code>`[^`]+`)"
    r"|!?\[(?P<label>[^\]]*)\]\((?P<url>[^)\s]+)\)"
    r"|<(?P<token>[^<>\n]+)>"
    r"|\*\*(?P<bold>\S(?:.*?\S)?)\*\*"
    r"|(?<!\w)__(?P<bold_too>\S(?:.*?\S)?)__(?!\w)"
    r"|\*(?P<italic>[^\s*](?:[^*]*?[^\s*])?)\*"
    r"|(?<!\w)_(?P<italic_too>[^\s_](?:[^_]*?[^\s_])?)_(?!\w)"
    r"|~~(?P<strike>\S(?:.*?\S)?)~~"
    r"|:(?P<emoji>[a-z0-9_+'-]+):"
)
_DEPTH = 6
"""How deep styles may stand inside of one another before the rest is shown as typed."""


def render(text: str, reader: Reader) -> Markup:
    """The whole text of a markdown block."""
    return _Writer(reader).blocks(text.split("\n"))


@dataclass(frozen=True, slots=True)
class _Item:
    """An item of a list and the lines that are indented below it."""

    text: str
    number: int | None
    below: list[str] = field(default_factory=list)


class _Writer:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def blocks(self, lines: list[str]) -> Markup:
        html: list[Markup] = []
        at = 0
        while at < len(lines):
            if not lines[at].strip():
                at += 1
                continue
            piece, at = self._block(lines, at)
            html.append(piece)
        return together(html)

    def _block(self, lines: list[str], at: int) -> tuple[Markup, int]:
        line = lines[at]
        if heading := _HEADING.match(line):
            return element(_heading_tag(heading), self._inline(heading[2])), at + 1
        if _RULE.match(line):
            return element("hr"), at + 1
        return self._block_of_lines(lines, at)

    def _block_of_lines(self, lines: list[str], at: int) -> tuple[Markup, int]:
        line = lines[at]
        if _FENCE.match(line):
            return self._fence(lines, at)
        if line.lstrip().startswith(">"):
            return self._quote(lines, at)
        if _ITEM.match(line):
            return self._list(lines, at)
        if "|" in line and at + 1 < len(lines) and _TABLE_RULE.match(lines[at + 1]):
            return self._table(lines, at)
        return self._paragraph(lines, at)

    def _fence(self, lines: list[str], at: int) -> tuple[Markup, int]:
        end = at + 1
        while end < len(lines) and not _FENCE.match(lines[end]):
            end += 1
        return element("pre", "\n".join(lines[at + 1 : end])), end + 1

    def _quote(self, lines: list[str], at: int) -> tuple[Markup, int]:
        end = _run(lines, at, lambda line: line.lstrip().startswith(">"))
        inner = [line.lstrip()[1:].removeprefix(" ") for line in lines[at:end]]
        return element("blockquote", self.blocks(inner)), end

    def _list(self, lines: list[str], at: int) -> tuple[Markup, int]:
        items, end = _items(lines, at)
        start = items[0].number
        tag = "ul" if start is None else "ol"
        return element(tag, *map(self._item, items), start=start), end

    def _item(self, item: _Item) -> Markup:
        task = _TASK.match(item.text)
        text = self._inline(item.text[task.end() :] if task else item.text)
        below = self.blocks(item.below)
        if task is None:
            return element("li", text, below)
        box = element("input", type="checkbox", disabled=True, checked=task[1] in "xX")
        return element("li", box, " ", text, below, class_="task")

    def _table(self, lines: list[str], at: int) -> tuple[Markup, int]:
        end = _run(lines, at + 2, lambda line: "|" in line)
        head = self._row(lines[at], "th")
        body = element("tbody", *(self._row(line, "td") for line in lines[at + 2 : end]))
        table = element("table", element("thead", head), body)
        return element("div", table, class_="table"), end

    def _row(self, line: str, tag: str) -> Markup:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        return element("tr", *(element(tag, self._inline(cell)) for cell in cells))

    def _paragraph(self, lines: list[str], at: int) -> tuple[Markup, int]:
        end = _run(lines, at + 1, _continues_a_paragraph)
        text = with_breaks(self._inline(line.strip()) for line in lines[at:end])
        return element("p", text), end

    def _inline(self, text: str, depth: int = 0) -> Markup:
        if depth > _DEPTH:
            return escape(text)
        html: list[Markup] = []
        at = 0
        for match in _INLINE.finditer(text):
            html += [escape(mrkdwn.decode(text[at : match.start()])), self._span(match, depth)]
            at = match.end()
        return together([*html, mrkdwn.decode(text[at:])])

    def _span(self, match: re.Match[str], depth: int) -> Markup:
        kind = match.lastgroup or ""
        found = match[kind]
        if kind == "code":
            return element("code", mrkdwn.decode(found[1:-1]))
        if kind == "url":
            return mrkdwn.link(found, match["label"])
        if kind == "token":
            return mrkdwn.token(found, self._reader)
        if kind == "emoji":
            return mrkdwn.emoji_span(found) if emoji.find(found) else escape(match[0])
        tag = {"bold": "strong", "italic": "em", "strike": "s"}[kind.removesuffix("_too")]
        return element(tag, self._inline(found, depth + 1))


def _heading_tag(heading: re.Match[str]) -> str:
    """A block's headings stand below the page's own two levels."""
    return f"h{min(len(heading[1]) + 2, 6)}"


def _run(lines: list[str], at: int, belongs: Callable[[str], bool]) -> int:
    """Where the run of lines that begins at `at` ends."""
    while at < len(lines) and belongs(lines[at]):
        at += 1
    return at


def _continues_a_paragraph(line: str) -> bool:
    starts_something = _HEADING.match(line) or _RULE.match(line) or _FENCE.match(line) or _ITEM.match(line)
    return bool(line.strip()) and not starts_something and not line.lstrip().startswith(">")


def _items(lines: list[str], at: int) -> tuple[list[_Item], int]:
    """The items of the list that begins at `at`, and where it ends."""
    first = _ITEM.match(lines[at])
    indent = len(first[1]) if first else 0
    items: list[_Item] = []
    while at < len(lines):
        line = lines[at]
        match = _ITEM.match(line)
        if match and len(match[1]) <= indent:
            items.append(_Item(match[3], int(match[2]) if match[2] else None))
        elif line.startswith(" " * (indent + 1)) and line.strip():
            items[-1].below.append(line[indent + 2 :] if line[indent + 1] == " " else line.lstrip())
        else:
            break
        at += 1
    return items, at
