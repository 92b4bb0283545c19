"""Text in columns of one width: tables that a phone shows without a sideways scroll."""

import unicodedata
from collections.abc import Iterable, Sequence

from bot.answers import Block
from bot.blockkit import limits
from bot.blockkit.kit import section
from bot.blockkit.mrkdwn import TURNS, escape

WIDTH = 40
"""Columns that fit a phone of 400 points in Slack's fixed-width type."""

_FENCE = "```"
_ROOM = limits.TEXT - 2 * len(_FENCE) - 2
_BACKTICK_TWIN = {ord("`"): "ˋ", ord("\n"): " ", ord("\t"): " ", **TURNS}


def fixed(lines: Iterable[str]) -> list[Block]:
    """Lines in fixed width, in as many sections as Slack's limit of a text asks for."""
    blocks: list[Block] = []
    held: list[str] = []
    size = 0
    for line in lines:
        markup = escape(line.translate(_BACKTICK_TWIN).rstrip())
        if held and size + len(markup) + 1 > _ROOM:
            blocks.append(_fenced(held))
            held, size = [], 0
        held.append(markup)
        size += len(markup) + 1
    return [*blocks, _fenced(held)] if held else blocks


def columns(rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), stretch: int = 0) -> list[str]:
    """Rows as lines of at most `WIDTH`, each column as wide as its widest cell.

    Args:
        right: the columns whose cells stand at the right, such as figures.
        stretch: the column that is cut where there is not enough room.
    """
    if not rows:
        return []
    widths = [max(width(row[column]) for row in rows) for column in range(len(rows[0]))]
    room = WIDTH - sum(widths) - (len(widths) - 1)
    if room < 0:
        widths[stretch] = max(widths[stretch] + room, _LEAST)
    return [
        " ".join(
            fitted(cell, widths[column], right=column in right) for column, cell in enumerate(row)
        ).rstrip()
        for row in rows
    ]


_LEAST = 6


def fitted(text: str, room: int, *, right: bool = False) -> str:
    """A text cut or filled up to `room` columns."""
    short = cut(text, room)
    blanks = " " * (room - width(short))
    return f"{blanks}{short}" if right else f"{short}{blanks}"


def cut(text: str, room: int) -> str:
    """A text of at most `room` columns, with … where it goes on."""
    flat = " ".join(text.split(" ")).translate(_BACKTICK_TWIN)
    if width(flat) <= room:
        return flat
    kept, used = "", 0
    for sign in flat:
        used += width(sign)
        if used > room - 1:
            break
        kept += sign
    return f"{kept.rstrip()}…"


def wrapped(text: str, room: int, most: int) -> list[str]:
    """A text in lines of at most `room` columns, broken between words; the last of `most` lines is cut."""
    lines: list[str] = []
    rest = text.split()
    while rest and len(lines) < most - 1:
        line = rest.pop(0)
        while rest and width(f"{line} {rest[0]}") <= room:
            line += f" {rest.pop(0)}"
        lines.append(cut(line, room))
    return [*lines, cut(" ".join(rest), room)] if rest else lines


def width(text: str) -> int:
    """Columns that a text takes: East Asian signs and emoji two, marks that combine none."""
    if text.isascii():
        return len(text)
    return sum(_sign_width(sign) for sign in text)


def _sign_width(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) in {"Cf", "Me", "Mn"}:
        return 0
    return 2 if unicodedata.east_asian_width(sign) in {"W", "F"} else 1


def _fenced(lines: Sequence[str]) -> Block:
    return section(f"{_FENCE}\n{chr(10).join(lines)}\n{_FENCE}")
