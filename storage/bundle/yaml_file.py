"""YAML as far as a plan file uses it: mappings, lists and texts, each with its line.

Stricter than YAML on purpose. Every value stays the text that stands in the file, and the key it belongs to
decides what it means: `no` is a word, `1:30` is no number of seconds, and 0.1 is exactly that. Anchors,
aliases, merges and tags are refused, so a small file cannot unfold into a large one and nothing in it can
name a type of Python.
"""

from collections.abc import Iterator
from functools import cache

import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from storage.bundle.faults import Fault
from storage.bundle.source import MAX_DEPTH, Path, Position, Source, Value, unreadable
from storage.bundle.text_file import read_text_file

# libyaml where the wheel has it: ten times as fast, the same events.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_NEEDS_QUOTES = "%@`"
_REPEATED = (
    "Write the value out: a plan file has no anchors, aliases or tags. A text that starts with &, * or ! "
    "needs quotes."
)


def read_yaml(data: bytes, file: str) -> Source:
    """The content of a YAML file.

    What can be read is there even where `faults` says that something is wrong, so that all faults of a file
    can be told at once; where YAML itself ends, so does the content (None).
    """
    text = read_text_file(data, file)
    if isinstance(text, Source):
        return text
    try:
        return _compose(text, file)
    except _TooDeepError as error:
        return unreadable(file, f"This is nested deeper than {MAX_DEPTH} levels.", Position(error.line, 1))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        sentence = _syntax_sentence(error, text, line, column)
        return unreadable(file, sentence, Position(line + 1, column + 1))


def _compose(text: str, file: str) -> Source:
    @cache
    def locate() -> dict[Path, Position]:
        locating = _Composer(file, _events(text), locates=True)
        locating.compose()
        return locating.positions

    composer = _Composer(file, _events(text), locates=False)
    return Source(file, composer.compose(), locate, tuple(composer.faults))


def _events(text: str) -> Iterator[Event]:
    return yaml.parse(text, Loader=_LOADER)


def _syntax_sentence(error: yaml.MarkedYAMLError, text: str, line: int, column: int) -> str:
    """The parser's finding in the words of someone who edits a plan."""
    lines = text.splitlines() or [""]
    here = lines[min(line, len(lines) - 1)]
    problem = error.problem or "it cannot be read"
    if "\t" in here[: len(here) - len(here.lstrip())]:
        return "The line is indented with a tab. Indent with spaces."
    if here[column : column + 1] and here[column] in _NEEDS_QUOTES and "start any token" in problem:
        return f"A text that starts with {here[column]} needs quotes: '{here[column]}'."
    if "mapping values are not allowed" in problem:
        return (
            "A colon stands where none can be read. Put quotes around a text that holds a colon, and indent "
            "keys of one row alike."
        )
    context = f"{error.context}: " if error.context else ""
    return f"This is not YAML ({context}{problem}). Check quotes, brackets and indentation here."


class _TooDeepError(Exception):
    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _Composer:
    """Builds the content from the parser's events, one file."""

    def __init__(self, file: str, events: Iterator[Event], *, locates: bool) -> None:
        self._file = file
        self._events = events
        self._locates = locates
        self.positions: dict[Path, Position] = {}
        self.faults: list[Fault] = []

    def compose(self) -> Value:
        content: Value = None
        documents = 0
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._refuse(event, "A second document starts here. A plan file holds one; remove “---”.")
                    break
                content = self._value(next(self._events), ())
            elif isinstance(event, StreamEndEvent) and not documents:
                self._refuse(event, "The file is empty. Begin with “hoshin: 1”.")
        return content

    def _value(self, event: Event, path: Path) -> Value:
        if self._locates:
            self.positions.setdefault(path, _position(event))
        if len(path) > MAX_DEPTH:
            raise _TooDeepError(_position(event).line)
        if isinstance(event, ScalarEvent):
            if event.tag or event.anchor:
                self._refuse(event, _REPEATED)
            return None if not event.style and event.value in _NULLS else event.value
        self._check_plain(event)
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, CollectionStartEvent):
            return self._list(path)
        return None

    def _list(self, path: Path) -> Value:
        items: list[Value] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            items.append(self._value(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path) -> Value:
        content: dict[str, Value] = {}
        first_lines: dict[str, int] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            key = self._key(event, path)
            here = (*path, key)
            if key in first_lines:
                self._refuse(
                    event, f"“{key}” is said twice; the first is on line {first_lines[key]}. Keep one."
                )
                here = (*path, key, "")
            else:
                first_lines[key] = event.start_mark.line + 1 if event.start_mark else 1
            if self._locates:
                self.positions.setdefault(here, _position(event))
            content.setdefault(key, self._value(next(self._events), here))
        return content

    def _key(self, event: Event, path: Path) -> str:
        if isinstance(event, ScalarEvent):
            if event.tag or event.anchor:
                self._refuse(event, _REPEATED)
            return str(event.value)
        self._refuse(event, "A key is a word. Write it before a colon, as in “title: …”.")
        self._value(event, (*path, "?"))
        return "?"

    def _check_plain(self, event: Event) -> None:
        tag = getattr(event, "tag", None)
        if isinstance(event, AliasEvent) or tag or (isinstance(event, NodeEvent) and event.anchor):
            self._refuse(event, _REPEATED)

    def _refuse(self, event: Event, sentence: str) -> None:
        at = _position(event)
        self.faults.append(Fault(self._file, 0, at.line, at.column, sentence))


def _position(event: Event) -> Position:
    mark = event.start_mark
    return Position(mark.line + 1, mark.column + 1) if mark else Position(1, 1)
