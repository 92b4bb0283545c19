"""Writes YAML that is pleasant to read and to compare: one key a line, quotes only where YAML needs them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from textwrap import wrap

from storage.bundle.content import ONE_LINE_SECTIONS, Content, Said, as_text

WIDTH = 108

# What follows can be read as nothing but itself; anything else is put into quotes.
_PLAIN = re.compile(r"[^\W_][^\n:#]*(?:(?::(?=\S)|(?<=\S)#)[^\n:#]*)*")
_NEVER_PLAIN_IN_A_ROW = re.compile(r"[,\[\]{}]|:$")
_NULLS = frozenset({"null", "Null", "NULL"})
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def write_yaml(content: Content) -> str:
    """The text of a plan file, with an empty line between sections."""
    return "\n".join("".join(f"{line}\n" for line in _section(key, said)) for key, said in content.items())


def _section(key: str, said: Said) -> Iterator[str]:
    if said and key in ONE_LINE_SECTIONS and isinstance(said, Sequence) and not isinstance(said, str):
        yield f"{key}:"
        yield from (f"  - {_in_a_row(row)}" for row in said)
    else:
        yield from _entry(key, said, "")


def _entry(key: str, said: Said, indent: str) -> Iterator[str]:
    """A key and its value, as many lines as it takes."""
    if isinstance(said, Mapping):
        yield from _mapping(key, said, indent)
    elif isinstance(said, Sequence) and not isinstance(said, str):
        yield from _list(key, said, indent)
    elif isinstance(said, str) and _reads_well_as_lines(said):
        yield f"{indent}{key}: |-"
        yield from (f"{indent}  {line}" if line else "" for line in said.split("\n"))
    elif isinstance(said, str) and (lines := _folded(said, WIDTH - len(indent) - 2, len(key))):
        yield f"{indent}{key}: >-"
        yield from (f"{indent}  {line}" for line in lines)
    else:
        text = _scalar(said)
        yield f"{indent}{key}: {text}" if text else f"{indent}{key}:"


def _mapping(key: str, said: Mapping[str, Said], indent: str) -> Iterator[str]:
    if said and all(isinstance(one, Decimal) for one in said.values()):
        yield from _figures(key, said, indent)
        return
    yield f"{indent}{key}:" if said else f"{indent}{key}: {{}}"
    for inner, one in said.items():
        yield from _entry(_key(inner), one, f"{indent}  ")


def _figures(key: str, said: Mapping[str, Said], indent: str) -> Iterator[str]:
    """Figures by period, in one line where they fit, else in as many full lines as it takes."""
    pairs = [f"{_key(period)}: {_scalar(figure)}" for period, figure in said.items()]
    whole = f"{indent}{key}: {{{', '.join(pairs)}}}"
    if len(whole) <= WIDTH:
        yield whole
        return
    yield f"{indent}{key}: {{"
    line = f"{indent} "
    for pair in pairs:
        if len(line) + len(pair) + 2 > WIDTH:
            yield line
            line = f"{indent} "
        line += f" {pair},"
    yield line
    yield f"{indent}}}"


def _list(key: str, said: Sequence[Said], indent: str) -> Iterator[str]:
    if not said or (key == "work_days"):
        yield f"{indent}{key}: {_in_a_row(said)}"
        return
    yield f"{indent}{key}:"
    for one in said:
        if isinstance(one, Mapping):
            lines = [
                line for inner, value in one.items() for line in _entry(_key(inner), value, f"{indent}    ")
            ]
            yield f"{indent}  - {lines[0].lstrip(' ')}"
            yield from lines[1:]
        else:
            yield f"{indent}  - {_in_a_row(one)}"


def _in_a_row(said: Said) -> str:
    """A value that takes no line of its own."""
    if isinstance(said, Mapping):
        return f"{{{', '.join(f'{_key(key)}: {_in_a_row(one)}'.rstrip(' ') for key, one in said.items())}}}"
    if isinstance(said, Sequence) and not isinstance(said, str):
        return f"[{', '.join(map(_in_a_row, said))}]"
    text = _scalar(said)
    if said is None:
        return "~"
    return _quoted(as_text(said)) if text[0] != '"' and _NEVER_PLAIN_IN_A_ROW.search(text) else text


def _key(text: str) -> str:
    """A key, in quotes unless it is as harmless as all of the format's own."""
    return text if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", text) and text not in _NULLS else _quoted(text)


def _scalar(said: object) -> str:
    """A single value; nothing for None, and quotes round a text that could be read as anything else."""
    text = as_text(said)
    if not isinstance(said, str):
        return text
    is_plain = (
        _PLAIN.fullmatch(text) is not None
        and text not in _NULLS
        and text.isprintable()
        and not text.endswith((" ", ":"))
    )
    return text if is_plain else _quoted(text)


def _reads_well_as_lines(text: str) -> bool:
    """Whether YAML's block of lines gives exactly this text back."""
    lines = text.split("\n")
    return (
        len(lines) > 1
        and lines[0][:1] not in {"", " ", "\t"}
        and lines[-1] != ""
        and all(line.isprintable() for line in lines)
        and not any(line.startswith(" ") and not line.strip() for line in lines)
    )


def _folded(text: str, width: int, key_length: int) -> list[str]:
    """A long text as lines that YAML joins to exactly this text again; [] where it is short or would not."""
    if len(text) + key_length <= width or not text.isprintable() or text.startswith(" "):
        return []
    lines = wrap(text, width, break_long_words=False, break_on_hyphens=False)
    return lines if len(lines) > 1 and " ".join(lines) == text else []


def _quoted(text: str) -> str:
    return '"' + "".join(_escaped(sign) for sign in text) + '"'


def _escaped(sign: str) -> str:
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    if sign.isprintable():
        return sign
    code = ord(sign)
    if code <= 0xFF:  # noqa: PLR2004 - two digits
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"  # noqa: PLR2004 - four digits
