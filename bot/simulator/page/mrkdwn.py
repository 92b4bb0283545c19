"""Slack's mrkdwn as HTML.

Nothing of the text reaches the page unescaped: control sequences, code and emoji are set aside as
finished HTML on a shelf, what remains is escaped and only then given its bold, italic and strike.
"""

import re

from markupsafe import Markup, escape

from . import dates, emoji
from .html import element, with_breaks
from .reader import Reader

# Private-use characters mark where a finished piece belongs; the text itself may not hold any.
_MARKS = re.compile("[\ue000-\ue003]")
_INLINE = re.compile("\ue000(\\d+)\ue001")
_BLOCK = re.compile("(?:<br>)?\ue002(\\d+)\ue003(?:<br>)?")

_TOKEN = re.compile(r"<([^<>\n]+)>")
_FENCE = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_BARE_LINK = re.compile(r"https?://[^\s<>|\ue000-\ue003]+[^\s<>|.,;:!?)\]'\"*_~\ue000-\ue003]")
_EMOJI = re.compile(r":([a-z0-9_+'-]+):(?::(skin-tone-[2-6]):)?")
_QUOTE = re.compile(r"^(?:&gt;|>) ?")
_QUOTE_REST = re.compile(r"^(?:&gt;|>){3} ?")
_STYLES = (
    (re.compile(r"(?<![\w*])\*(\S(?:[^*\n]*?\S)?)\*(?![\w*])"), "strong"),
    (re.compile(r"(?<![\w_])_(\S(?:[^_\n]*?\S)?)_(?![\w_])"), "em"),
    (re.compile(r"(?<![\w~])~(\S(?:[^~\n]*?\S)?)~(?![\w~])"), "s"),
)
_JUMBO_MOST = 23
_BROADCASTS = frozenset({"here", "channel", "everyone"})
_LINKABLE = ("https://", "http://", "mailto:", "tel:")


def render(text: str, reader: Reader) -> Markup:
    """`text` as the reader sees it: formatted, with names, local times and emoji."""
    shelf = _Shelf()
    text = _MARKS.sub("", text)
    text = _TOKEN.sub(lambda match: shelf.put(token(match[1], reader)), text)
    text = _FENCE.sub(lambda match: shelf.put_block(_preformatted(match[1])), text)
    text = _CODE.sub(lambda match: shelf.put(element("code", decode(match[1]))), text)
    text = _BARE_LINK.sub(lambda match: shelf.put(link(decode(match[0]))), text)
    text = _EMOJI.sub(lambda match: _shelved_emoji(match, shelf), text)
    return shelf.restore(_lines(text))


def render_plain(text: str) -> Markup:
    """A plain_text object: emoji names become emoji, nothing else is formatted."""
    shelf = _Shelf()
    text = _EMOJI.sub(lambda match: _shelved_emoji(match, shelf), _MARKS.sub("", text))
    return shelf.restore(str(with_breaks(text.split("\n"))))


def is_only_emoji(text: str) -> bool:
    """True for a message that is nothing but a few emoji: Slack draws them large."""
    names = [match[1] for match in _EMOJI.finditer(text)]
    return 0 < len(names) <= _JUMBO_MOST and not _EMOJI.sub("", text).strip() and all(map(emoji.find, names))


def token(content: str, reader: Reader) -> Markup:
    """What stands between `<` and `>`: a mention, a date, a broadcast or a link."""
    target, _, label = content.partition("|")
    if target.startswith("@"):
        return user_mention(target[1:], reader, label)
    if target.startswith("#"):
        return channel_mention(target[1:], reader)
    if target.startswith("!date^"):
        return _date_token(target, label, reader)
    if target.startswith("!subteam^"):
        return group_mention(target.removeprefix("!subteam^"), label)
    if target.startswith("!"):
        return broadcast(target[1:]) if target[1:] in _BROADCASTS else escape(label or content)
    return link(decode(target), decode(label)) if target.startswith(_LINKABLE) else escape(f"<{content}>")


def user_mention(user_id: str, reader: Reader, label: str = "") -> Markup:
    name = reader.people.get(user_id) or decode(label) or user_id
    kind = "mention mention-me" if user_id == reader.id else "mention"
    return element("span", f"@{name.removeprefix('@')}", class_=kind)


def channel_mention(channel_id: str, reader: Reader) -> Markup:
    """A link to the channel, or Slack's word for one that the reader may not know of."""
    name = reader.channels.get(channel_id)
    if name is None:
        return element("span", "#private-channel", class_="mention")
    path = reader.path_of_channel(channel_id)
    return element("a", f"#{name}", class_="mention", href=path, data_visit=True)


def group_mention(group_id: str, label: str = "") -> Markup:
    name = decode(label) or group_id
    return element("span", f"@{name.removeprefix('@')}", class_="mention")


def broadcast(audience: str) -> Markup:
    return element("span", f"@{audience}", class_="mention mention-me")


def link(url: str, label: str = "") -> Markup:
    """A link that opens outside of the page; only http, https, mailto and tel are followed."""
    if not url.startswith(_LINKABLE):
        return escape(label or url)
    shown = render_plain(label) if label else escape(url.removeprefix("mailto:"))
    return element("a", shown, href=url, target="_blank", rel="noopener noreferrer")


def linkable(url: str) -> str:
    """The URL where it may be followed, else the page itself: never a script."""
    return url if url.startswith(_LINKABLE) else "#"


def emoji_span(name: str, skin_tone: str | None = None) -> Markup:
    """An emoji with its name for a screen reader, or `:name:` as Slack shows what it does not know."""
    sign = emoji.find(name)
    if sign is None:
        return escape(f":{name}:")
    sign += emoji.SKIN_TONES.get(skin_tone or "", "")
    words = name.replace("_", " ")
    return element("span", sign, class_="emoji", role="img", aria_label=words, title=f":{name}:")


def date(epoch: int, template: str, fallback: str, reader: Reader, url: str = "") -> Markup:
    """A date in the reader's zone, or `fallback` where the instant lies outside of the calendar."""
    try:
        words = dates.fill(template, epoch, reader.zone, reader.now)
        exact = dates.fill("{date_long} {time}", epoch, reader.zone, reader.now)
    except (ValueError, OverflowError, OSError):
        return escape(fallback)
    shown = element("time", words, title=f"{exact} ({reader.zone.key})")
    if not url.startswith(_LINKABLE):
        return shown
    return element("a", shown, href=url, target="_blank", rel="noopener noreferrer")


def decode(text: str) -> str:
    """The three entities that Slack knows, as characters."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


class _Shelf:
    """Finished pieces of HTML, each standing in the text as a mark until the rest is done."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def put(self, piece: Markup) -> str:
        return f"\ue000{self._keep(piece)}\ue001"

    def put_block(self, piece: Markup) -> str:
        return f"\ue002{self._keep(piece)}\ue003"

    def restore(self, html: str) -> Markup:
        def piece(match: re.Match[str]) -> str:
            return self._pieces[int(match[1])]

        # A piece may hold earlier ones (a link inside of code), never itself: this ends.
        while _INLINE.search(html) or _BLOCK.search(html):
            html = _INLINE.sub(piece, _BLOCK.sub(piece, html))
        return Markup(html)  # noqa: S704 - every part was escaped before it came here

    def _keep(self, piece: Markup) -> int:
        self._pieces.append(str(piece))
        return len(self._pieces) - 1


def _shelved_emoji(match: re.Match[str], shelf: _Shelf) -> str:
    return shelf.put(emoji_span(match[1], match[2])) if emoji.find(match[1]) else match[0]


def _preformatted(code: str) -> Markup:
    return element("pre", decode(code))


def _date_token(target: str, label: str, reader: Reader) -> Markup:
    _, epoch, template, url = (*target.split("^", 3), "", "")[:4]
    try:
        instant = int(epoch)
    except ValueError:
        return escape(decode(label))
    return date(instant, decode(template), decode(label), reader, url=decode(url))


def _lines(text: str) -> str:
    """The text's lines as HTML, with runs of quoted lines drawn as one quotation."""
    html: list[str] = []
    quoted: list[str] = []

    def close_quote() -> None:
        if quoted:
            html.append(f"<blockquote>{'<br>'.join(quoted)}</blockquote>")
            quoted.clear()

    quotes_the_rest = False
    for line in text.split("\n"):
        if not quotes_the_rest and _QUOTE_REST.match(line):
            quotes_the_rest = True
            quoted.append(_styled(_QUOTE_REST.sub("", line)))
        elif quotes_the_rest or _QUOTE.match(line):
            quoted.append(_styled(line if quotes_the_rest else _QUOTE.sub("", line)))
        else:
            close_quote()
            html.append(_styled(line))
    close_quote()
    joined = "<br>".join(html)
    return joined.replace("<br><blockquote>", "<blockquote>").replace("</blockquote><br>", "</blockquote>")


def _styled(line: str) -> str:
    html = str(escape(decode(line)))
    for pattern, tag in _STYLES:
        html = pattern.sub(rf"<{tag}>\1</{tag}>", html)
    return html
