"""Slack's mrkdwn: people's words made safe, and the markup that Hoshin writes itself.

Two kinds of strings meet here. *Text* is what people typed or a record holds: it goes through `escape` or
`literal` once, at the place where it enters markup. *Markup* is what comes out, and may be joined freely.

Escaping is what keeps `<!channel>` and `<@U…>` in someone's note from pinging. "@channel" and "#general"
typed as plain words are not parsed either: Hoshin's text objects are `verbatim` (see `kit.mrkdwn`), and
chat.postMessage leaves the words of `text` alone unless it is called with `parse` or `link_names`.
"""

import re
import unicodedata
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

BETWEEN = "  ·  "
"""Stands between facts on one line."""
ELLIPSIS = "…"
NOTHING = "—"
"""What stands where there is no text, since Slack refuses empty ones."""

# mrkdwn knows no escape for its formatting characters; their twins are drawn alike and mean nothing.
_TWINS = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"})
_URL = re.compile(r"https?://[^\s<>|\"“”„]*[^\s<>|\"“”„.,;:!?)\]}'*_~`]")
_TOKEN = re.compile(r"<[^<>\n]*>|&(?:amp|lt|gt);")
_COMMAND = re.compile("ˋ(/[a-z]+(?: [^ˋ\n]*)?)ˋ")
_LINE_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f]")
TURNS: dict[int, str | int | None] = dict.fromkeys(
    map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)
"""Signs that turn the direction of all that follows them, our own words too. Letters have a direction of
their own, so nothing is lost without them."""
_SENT = re.compile(r"<(?P<sign>[@#!]?)(?P<target>[^<>|]+)(?:\|(?P<label>[^<>]*))?>")
_IN_ADDRESS = str.maketrans({"&": "&amp;", "<": "%3C", ">": "%3E", "|": "%7C", " ": "%20", "\n": "%0A"})
# Not the no-break spaces, which hold a figure and its unit together.
_BLANKS = re.compile(r"[ \t\n]+")
_ODD = re.compile("[&<>*_~`\x00-\x1f\x7f\x85\u2028\u2029\u202a-\u202e\u2066-\u2069]|  |https?://")
"""What `literal` changes; most words of a plan have none of it."""
_JOINER = "\u200d"
_LONGEST_CHARACTER = 32


def escape(text: str) -> str:
    """People's words as markup in which `&`, `<` and `>` mean nothing. Their own *bold* still works."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def literal(text: str) -> str:
    """People's words on one line, shown as they were typed: no formatting of theirs can run into ours.

    Web addresses become links. Formatting characters are drawn by look-alikes, so this is for reading:
    the record, forms and exports keep the words themselves.
    """
    if _ODD.search(text) is None:
        return text.strip()
    return _literal(_BLANKS.sub(" ", _plain(text)).strip())


def sentence(text: str) -> str:
    """A sentence of ours with people's words in it, as `literal`; commands in backticks stay code."""
    return _COMMAND.sub(r"`\1`", literal(text))


def quote(text: str) -> str:
    """People's words of several lines, each marked as a quotation; empty lines at the ends are left out."""
    lines = _plain(text).strip().split("\n")
    return "\n".join(f"> {_literal(line.strip())}".rstrip() for line in lines)


def typed(text: str) -> str:
    """What someone typed into a command, out of the markup that Slack delivers it in: `<@U1|ana>` is @ana."""
    named = _SENT.sub(lambda found: f"{found['sign']}{found['label'] or found['target']}", text)
    return named.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def bold(markup: str) -> str:
    """Markup in bold. Slack draws the stars themselves where blanks stand inside them."""
    markup = markup.strip()
    return f"*{markup}*" if markup else ""


def code(text: str) -> str:
    """Text to be typed as it stands, such as a command."""
    return f"`{escape(' '.join(text.split())).replace('`', 'ˋ')}`"


def mention(user_id: str) -> str:
    """Pings a person: only for who must act."""
    return f"<@{user_id}>"


def channel(channel_id: str) -> str:
    """A link to a channel, by its name for those who may see it."""
    return f"<#{channel_id}>"


def link(url: str, text: str) -> str:
    """A link with words of its own."""
    return f"<{_address(url)}|{_label(text)}>"


@lru_cache(maxsize=4096)
def date_token(instant: datetime, zone: str, form: str = "{date_short_pretty} at {time}") -> str:
    """An instant that every reader sees in their own zone.

    Args:
        zone: of the person it is for, in which clients that cannot draw the token spell it.
        form: of Slack's tokens; `{date_short_pretty}` says "today" where it can.
    """
    # Kept, since many are asked until the same instant; so are plain times.
    return f"<!date^{int(instant.timestamp())}^{form}|{_label(local_time(instant, zone))}>"


def day_token(instant: datetime, zone: str) -> str:
    """The day of an instant: "today", "yesterday" or a date, in the reader's own zone."""
    return date_token(instant, zone, "{date_short_pretty}")


@lru_cache(maxsize=4096)
def local_time(instant: datetime, zone: str) -> str:
    """An instant as plain text, for labels and placeholders, where Slack draws no tokens: it names the
    day, the time and the zone ("Mon 9 Feb 2026, 09:00 CET")."""
    local = instant.astimezone(ZoneInfo(zone))
    # Zones without letters of their own are called by their offset, "+08".
    name = f"{local:%Z}" if f"{local:%Z}".isalpha() else f"UTC{local:%Z}"
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M} {name}"


def clamp(markup: str, limit: int) -> str:
    """Markup of at most `limit` characters, never empty, never cut inside a token (`<@U1>`, `&amp;`)."""
    markup = markup.strip("\n")
    if not markup.strip():
        return NOTHING
    if len(markup) <= limit:
        return markup
    end = _boundary(markup, limit - len(ELLIPSIS))
    for token in _TOKEN.finditer(markup):
        if token.start() < end < token.end():
            end = token.start()
    return markup[:end].rstrip() + ELLIPSIS


def clamp_plain(text: str, limit: int) -> str:
    """Plain text of at most `limit` characters, never empty, cut between whole characters."""
    if text.isascii() and len(text) <= limit:
        return text.strip() or NOTHING
    text = text.translate(TURNS).strip()
    if not text:
        return NOTHING
    if len(text) <= limit:
        return text
    return text[: _boundary(text, limit - len(ELLIPSIS))].rstrip() + ELLIPSIS


def _boundary(text: str, end: int) -> int:
    """`end` or a little before, so that no accent, skin tone, flag or family is torn apart."""
    start = max(end - _LONGEST_CHARACTER, 0)
    while end > start and (_continues(text[end]) or text[end - 1] == _JOINER):
        end -= 1
    if end > start and _is_flag_half(text[end]) and _flag_halves_before(text, end) % 2:
        end -= 1
    return end


def _continues(character: str) -> bool:
    """Whether it changes the character before it instead of being one."""
    return (
        character == _JOINER
        or unicodedata.category(character) in {"Mn", "Me", "Mc"}
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _flag_halves_before(text: str, end: int) -> int:
    count = 0
    while count < end and _is_flag_half(text[end - count - 1]):
        count += 1
    return count


def _plain(text: str) -> str:
    """With one kind of line break and nothing invisible that Slack would refuse."""
    return _CONTROLS.sub("", _LINE_BREAKS.sub("\n", text.translate(TURNS)))


def _literal(line: str) -> str:
    words, end = [], 0
    for address in _URL.finditer(line):
        words += [_words(line[end : address.start()]), f"<{_address(address[0])}>"]
        end = address.end()
    return "".join([*words, _words(line[end:])])


def _words(text: str) -> str:
    return escape(text).translate(_TWINS)


def _address(url: str) -> str:
    return url.strip().translate(_IN_ADDRESS)


def _label(text: str) -> str:
    return _words(" ".join(text.split())).replace("|", "∣")
