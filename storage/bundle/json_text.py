"""Writes JSON with every figure exactly as it is, and small rows in one line each."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeGuard

from storage.bundle.content import ONE_LINE_SECTIONS, Content, Said, as_text


def write_json(content: Content) -> str:
    """The text of a plan file."""
    sections = [f"  {_text(key)}: {_section(key, said)}" for key, said in content.items()]
    return "{\n" + ",\n".join(sections) + "\n}\n"


def _section(key: str, said: Said) -> str:
    if said and key in ONE_LINE_SECTIONS and _is_list(said):
        return "[\n" + ",\n".join(f"    {_in_a_row(row)}" for row in said) + "\n  ]"
    return _value(said, "  ")


def _value(said: Said, indent: str) -> str:
    if isinstance(said, Mapping) and said:
        if all(isinstance(one, Decimal) for one in said.values()):
            return _in_a_row(said)
        lines = [f"{indent}  {_text(key)}: {_value(one, f'{indent}  ')}" for key, one in said.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if (
        isinstance(said, Sequence)
        and not isinstance(said, str)
        and any(isinstance(one, Mapping) for one in said)
    ):
        lines = [f"{indent}  {_value(one, f'{indent}  ')}" for one in said]
        return "[\n" + ",\n".join(lines) + f"\n{indent}]"
    return _in_a_row(said)


def _in_a_row(said: Said) -> str:
    if isinstance(said, Mapping):
        return "{" + ", ".join(f"{_text(key)}: {_in_a_row(one)}" for key, one in said.items()) + "}"
    if _is_list(said):
        return "[" + ", ".join(map(_in_a_row, said)) + "]"
    if said is None:
        return "null"
    if isinstance(said, bool):
        return "true" if said else "false"
    return as_text(said) if isinstance(said, int | Decimal) else _text(as_text(said))


def _is_list(said: Said) -> TypeGuard[Sequence[Said]]:
    return isinstance(said, Sequence) and not isinstance(said, str)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=not text.isprintable() and not _is_safe(text))


def _is_safe(text: str) -> bool:
    """Whether a text file may hold all of it as it is, once JSON has escaped what it escapes anyway."""
    return all(sign.isprintable() or sign in "\n\r\t" for sign in text)
