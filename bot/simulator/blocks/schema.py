"""A small language to say what Slack accepts, and to name what it does not as Slack does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit


class Findings:
    """What is wrong, with the JSON pointer of where."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def add(self, message: str, path: str) -> None:
        self.messages.append(f"{message} [json-pointer:{path}]")


class Rule(Protocol):
    def check(self, value: Any, path: str, findings: Findings) -> None: ...


@dataclass(frozen=True, slots=True)
class String:
    max: int | None = None
    min: int = 0
    pattern: str | None = None

    def check(self, value: Any, path: str, findings: Findings) -> None:
        if not isinstance(value, str):
            findings.add("must provide a string", path)
        elif len(value) < self.min:
            findings.add(f"must be more than {self.min - 1} characters", path)
        elif self.max is not None and len(value) > self.max:
            findings.add(f"must be less than {self.max + 1} characters", path)
        elif self.pattern is not None and not re.fullmatch(self.pattern, value):
            findings.add("does not match the expected format", path)


@dataclass(frozen=True, slots=True)
class Url:
    max: int = 3_000

    def check(self, value: Any, path: str, findings: Findings) -> None:
        String(self.max, 1).check(value, path, findings)
        if isinstance(value, str):
            parts = urlsplit(value)
            if parts.scheme not in {"http", "https", "slack", "mailto"} or not parts.netloc:
                findings.add("must be a valid URL", path)


@dataclass(frozen=True, slots=True)
class Boolean:
    def check(self, value: Any, path: str, findings: Findings) -> None:
        if not isinstance(value, bool):
            findings.add("must provide a boolean", path)


@dataclass(frozen=True, slots=True)
class Integer:
    min: int
    max: int

    def check(self, value: Any, path: str, findings: Findings) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            findings.add("must provide an integer", path)
        elif not self.min <= value <= self.max:
            findings.add(f"must be between {self.min} and {self.max}", path)


@dataclass(frozen=True, slots=True)
class Number:
    def check(self, value: Any, path: str, findings: Findings) -> None:
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            findings.add("must provide a number", path)


@dataclass(frozen=True, slots=True)
class Choice:
    options: tuple[str, ...]

    def check(self, value: Any, path: str, findings: Findings) -> None:
        if value not in self.options:
            findings.add(f"must be one of: {', '.join(self.options)}", path)


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    of: Rule
    max: int | None = None
    min: int = 1

    def check(self, value: Any, path: str, findings: Findings) -> None:
        if not isinstance(value, list):
            findings.add("must provide an array", path)
            return
        if len(value) < self.min:
            findings.add(f"no fewer than {self.min} items allowed", path)
        if self.max is not None and len(value) > self.max:
            findings.add(f"no more than {self.max} items allowed", path)
        for number, item in enumerate(value):
            self.of.check(item, f"{path}/{number}", findings)


Extra = Callable[[Mapping[str, Any], str, Findings], None]


@dataclass(frozen=True, slots=True)
class Object:
    """An object with these fields and no others. `also` checks what fields say together."""

    required: Mapping[str, Rule] = field(default_factory=dict)
    optional: Mapping[str, Rule] = field(default_factory=dict)
    also: tuple[Extra, ...] = ()

    def check(self, value: Any, path: str, findings: Findings) -> None:
        if not isinstance(value, Mapping):
            findings.add("must provide an object", path)
            return
        for name, rule in self.required.items():
            if name not in value:
                findings.add(f"missing required field: {name}", path)
            else:
                rule.check(value[name], f"{path}/{name}", findings)
        for name, given in value.items():
            if name in self.optional:
                self.optional[name].check(given, f"{path}/{name}", findings)
            elif name not in self.required:
                findings.add(f"invalid additional property: {name}", path)
        for extra in self.also:
            extra(value, path, findings)


@dataclass(frozen=True, slots=True)
class ByType:
    """An object whose `type` decides its rule."""

    rules: Mapping[str, Object]
    by: str = "type"

    def check(self, value: Any, path: str, findings: Findings) -> None:
        if not isinstance(value, Mapping):
            findings.add("must provide an object", path)
            return
        kind = value.get(self.by)
        rule = self.rules.get(kind) if isinstance(kind, str) else None
        if rule is None:
            findings.add(f"unsupported type: {kind}", f"{path}/{self.by}")
        else:
            rule.check(value, path, findings)


@dataclass(frozen=True, slots=True)
class Anything:
    def check(self, value: Any, path: str, findings: Findings) -> None:
        """Accept it: Slack leaves the content to the app."""


def texts_in(node: Any) -> Iterator[str]:
    """The characters that people read: every `text` below the node."""
    if isinstance(node, Mapping):
        for name, value in node.items():
            if name == "text" and isinstance(value, str):
                yield value
            else:
                yield from texts_in(value)
    elif isinstance(node, list):
        for item in node:
            yield from texts_in(item)


def exactly_one_of(*names: str) -> Extra:
    def check(value: Mapping[str, Any], path: str, findings: Findings) -> None:
        given = [name for name in names if name in value]
        if len(given) != 1:
            findings.add(f"must define exactly one of: {', '.join(names)}", path)

    return check


def at_least_one_of(*names: str) -> Extra:
    def check(value: Mapping[str, Any], path: str, findings: Findings) -> None:
        if not any(name in value for name in names):
            findings.add(f"must define at least one of: {', '.join(names)}", path)

    return check
