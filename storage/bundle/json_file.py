"""JSON as far as a plan file uses it, read into the same texts as YAML, each with its line.

The standard library's reader makes the content, with every number as it is written. It keeps no places, so
they are found in a second reading, by a small one of ours, only where something is to be told.
"""

import json
import re
from functools import cache
from json.decoder import scanstring  # type: ignore[attr-defined]  # not in typeshed
from typing import Any

from storage.bundle.faults import Fault
from storage.bundle.source import MAX_DEPTH, Path, Position, Source, Value, unreadable
from storage.bundle.text_file import read_text_file

_SPACE = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r"[^\s,\]}]+")
_WORDS = {True: "true", False: "false", None: None}
_AS_THEY_ARE = frozenset({str, type(None)})


def read_json(data: bytes, file: str) -> Source:
    """The content of a JSON file, or where it stops being JSON."""
    text = read_text_file(data, file)
    if isinstance(text, Source):
        return text
    if not text.strip():
        return unreadable(file, 'The file is empty. Begin with {"hoshin": 1}.')
    building = _Building()
    try:
        content = building.value(
            json.loads(
                text,
                parse_float=str,
                parse_int=str,
                parse_constant=str,
                object_pairs_hook=building.mapping,
            ),
            0,
        )
    except json.JSONDecodeError as error:
        return unreadable(file, _syntax_sentence(error), Position(error.lineno, error.colno))
    except (_TooDeepError, RecursionError):
        return unreadable(file, f"This is nested deeper than {MAX_DEPTH} levels.")
    locator = _Locator(text)
    locate = cache(locator.positions)
    if not building.has_repeated:
        return Source(file, content, locate)
    locate()
    faults = tuple(
        Fault(
            file,
            0,
            second.line,
            second.column,
            f"“{key}” is said twice; the first is on line {first.line}. Keep one.",
        )
        for key, first, second in locator.repeated
    )
    return Source(file, content, locate, faults)


def _syntax_sentence(error: json.JSONDecodeError) -> str:
    return (
        f"This is not JSON ({error.msg[0].lower()}{error.msg[1:]}). Check quotes, commas and brackets here."
    )


class _TooDeepError(Exception):
    pass


class _Building:
    """Makes the content alike to what YAML makes: texts, lists and mappings, and the first of two values."""

    def __init__(self) -> None:
        self.has_repeated = False

    def mapping(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        content = dict(pairs)
        if len(content) != len(pairs):
            self.has_repeated = True
            content = dict(reversed(pairs))
        return content

    def value(self, raw: Any, depth: int) -> Value:
        if depth > MAX_DEPTH:
            raise _TooDeepError
        if isinstance(raw, str):
            return raw
        if isinstance(raw, dict):
            if depth < MAX_DEPTH and _AS_THEY_ARE.issuperset(map(type, raw.values())):
                return raw
            return {key: self.value(one, depth + 1) for key, one in raw.items()}
        if isinstance(raw, list):
            return [self.value(one, depth + 1) for one in raw]
        return _WORDS[raw]


class _Locator:
    """Walks a text that is known to be JSON, and notes where each value begins."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[Path, Position] = {}
        self._line, self._line_start, self._at = 1, 0, 0
        self.repeated: list[tuple[str, Position, Position]] = []
        """Key, first place and second place of every key that a mapping says twice."""

    def positions(self) -> dict[Path, Position]:
        if not self._found:
            self._value(0, ())
        return self._found

    def _value(self, start: int, path: Path) -> int:
        """Notes the value that begins at or after `start`; the index behind it."""
        start = self._skip(start)
        self._found.setdefault(path, self._position(start))
        sign = self._text[start]
        if sign == "{":
            return self._mapping(start + 1, path)
        if sign == "[":
            return self._list(start + 1, path)
        if sign == '"':
            return int(scanstring(self._text, start + 1)[1])
        scalar = _SCALAR.match(self._text, start)
        return scalar.end() if scalar else start + 1

    def _mapping(self, at: int, path: Path) -> int:
        first: dict[str, Position] = {}
        at = self._skip(at)
        while self._text[at] != "}":
            place = self._position(at)
            key, at = scanstring(self._text, at + 1)
            here: Path = (*path, key)
            if key in first:
                self.repeated.append((key, first[key], place))
                here = (*path, key, "")
            first.setdefault(key, place)
            self._found.setdefault(here, place)
            at = self._next(self._value(self._skip(at) + 1, here))
        return at + 1

    def _list(self, at: int, path: Path) -> int:
        number = 0
        at = self._skip(at)
        while self._text[at] != "]":
            at = self._next(self._value(at, (*path, number)))
            number += 1
        return at + 1

    def _next(self, at: int) -> int:
        """Where the next member begins, or the bracket that closes."""
        at = self._skip(at)
        return self._skip(at + 1) if self._text[at] == "," else at

    def _skip(self, at: int) -> int:
        space = _SPACE.match(self._text, at)
        return space.end() if space else at

    def _position(self, index: int) -> Position:
        """The place of an index; they are asked for in order, so each line is counted once."""
        self._line += self._text.count("\n", self._at, index)
        self._line_start = self._text.rfind("\n", 0, index) + 1
        self._at = index
        return Position(self._line, index - self._line_start + 1)
