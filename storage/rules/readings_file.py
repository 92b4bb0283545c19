"""A CSV of readings: KPI reference, date, value and, where wanted, a note; one reading a line.

Spreadsheet programs write CSV in many ways, so separator and order of columns are found out, and what cannot
be read is told with its line, its column and what is expected there.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import StringIO

from storage.rules.errors import Invalid
from storage.rules.likeness import find_closest
from storage.rules.naming import reads_as_reference

MOST_BYTES = 1_000_000
MOST_ROWS = 5_000
LONGEST_NOTE = 3_000

KPI, DATE, VALUE, NOTE = "kpi", "date", "value", "note"
COLUMNS = (KPI, DATE, VALUE, NOTE)
"""The columns, in the order that they have without a heading."""

EXAMPLE = "kpi,date,value,note\nKPI-1,2026-01-31,61.5,after the new routing\nKPI-1,2026-02-28,63,\n"

_SAME = {
    KPI: {"kpi", "kpis", "reference", "ref", "kpi reference", "kpi ref"},
    DATE: {"date", "period", "day", "month", "week"},
    VALUE: {"value", "figure", "reading", "actual"},
    NOTE: {"note", "notes", "comment"},
}
_SEPARATORS = ",;\t"
_WORKBOOK = b"PK\x03\x04"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_HOW_TO_SAVE = "In a spreadsheet program save it as “CSV UTF-8”, then drop it again."
_COMMAND = re.compile(r"[=@\t\r]|[+-].*[(|!]", re.DOTALL)
"""What spreadsheet programs carry out instead of showing it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line as it was written; `line` counts from 1 and is the one that it begins on."""

    line: int
    kpi: str
    on: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in one place: `column` is the column's name, empty where it is the line as a whole."""

    line: int
    column: str
    sentence: str

    @property
    def place(self) -> str:
        return f"line {self.line}, {self.column}" if self.column else f"line {self.line}"

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds, as far as it can be read without a plan."""

    rows: tuple[Row, ...]
    faults: tuple[RowFault, ...]


@dataclass(slots=True)
class _Sheet:
    places: dict[str, int]
    rows: list[Row] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)


def read_rows(content: bytes) -> Read:
    """The readings of a file, and everything that keeps a line from being one.

    Raises:
        Invalid: it is no CSV at all, empty, too large, or without a column that is needed (field "file").
    """
    text = _decode(content)
    separator = _separator(text)
    sheet: _Sheet | None = None
    for line, cells in _lines(text, separator):
        if sheet is None:
            sheet = _Sheet(_places(cells, line))
            if not _is_row(cells):
                continue
        _take(sheet, line, cells)
        if len(sheet.rows) + len(sheet.faults) > MOST_ROWS:
            raise Invalid(
                f"The file has more than {MOST_ROWS:,} readings. Split it, such as by year, and drop the "
                "parts one by one.",
                field="file",
            )
    if sheet is None or not (sheet.rows or sheet.faults):
        raise Invalid(
            "The file holds no readings. Write one a line: KPI reference, date, value and, where you like, a "
            "note, such as KPI-1,2026-01-31,61.5",
            field="file",
        )
    return Read(tuple(sheet.rows), tuple(sheet.faults))


def _decode(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise Invalid(
            f"The file has {len(content) / 1_000_000:.1f} MB, and {MOST_BYTES // 1_000_000} MB is taken. "
            "Split it, such as by year, and drop the parts one by one.",
            field="file",
        )
    if content.startswith(_WORKBOOK):
        raise Invalid(f"This is a workbook and no CSV. {_HOW_TO_SAVE}", field="file")
    try:
        encoding = "utf-16" if content.startswith(_UTF_16) else "utf-8-sig"
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Invalid(
            f"Line {line} is not written in UTF-8, so its letters cannot be told. {_HOW_TO_SAVE}",
            field="file",
        ) from None
    if "\0" in text:
        raise Invalid(f"This is no text file, whatever its name says. {_HOW_TO_SAVE}", field="file")
    return text


def _separator(text: str) -> str:
    """The one behind a first cell that is a reference or a heading."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    for separator in _SEPARATORS:
        cell = first.split(separator)[0].strip().strip('"').strip()
        if reads_as_reference(cell) or _column(cell) is not None:
            return separator
    return max(_SEPARATORS, key=first.count)


def _lines(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold anything, with their numbers; a cell in quotes may go on over several."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, [cell.strip(" \u00a0") for cell in cells]
            begins = reader.line_num + 1
    except csv.Error:
        raise Invalid(
            f"Line {begins} cannot be split into columns: a quotation mark is open, or stands in the middle "
            'of a cell. Put the whole cell into quotation marks, those within it twice, as in "a ""b"" c".',
            field="file",
        ) from None


def _is_row(cells: Sequence[str]) -> bool:
    return all(_column(cell) is None for cell in cells if cell)


def _column(heading: str) -> str | None:
    word = " ".join(heading.casefold().replace("_", " ").split())
    return next((name for name, same in _SAME.items() if word in same), None)


def _meant(heading: str) -> str:
    """` Did you mean value?`, or nothing."""
    closest = find_closest(heading, {name for same in _SAME.values() for name in same})
    return f" Did you mean {closest}?" if closest is not None else ""


def _places(cells: Sequence[str], line: int) -> dict[str, int]:
    """Where each column stands."""
    if _is_row(cells):
        return {name: place for place, name in enumerate(COLUMNS)}
    places: dict[str, int] = {}
    for place, heading in enumerate(cells):
        name = _column(heading)
        if name is None and heading:
            raise Invalid(
                f"Line {line} heads a column “{heading[:40]}”, which is not known.{_meant(heading)} The "
                "columns are kpi, date, value and note.",
                field="file",
            )
        if name in places:
            raise Invalid(f"Line {line} heads two columns {name}. Keep one of them.", field="file")
        if name is not None:
            places[name] = place
    missing = [name for name in (KPI, DATE, VALUE) if name not in places]
    if missing:
        raise Invalid(
            f"Line {line} heads no column {' and none '.join(missing)}. The columns are kpi, date, value "
            "and, where you like, note.",
            field="file",
        )
    return places


def _take(sheet: _Sheet, line: int, cells: Sequence[str]) -> None:
    if any(cells[max(sheet.places.values()) + 1 :]):
        sentence = (
            f"There are {len(cells)} columns, and {max(sheet.places.values()) + 1} are expected: kpi, date, "
            "value, note. Put a text that holds a separator into quotation marks."
        )
        sheet.faults.append(RowFault(line, "", sentence))
        return
    found = {name: cells[place] if place < len(cells) else "" for name, place in sheet.places.items()}
    faults = [RowFault(line, name, sentence) for name in COLUMNS if (sentence := _fault(name, found))]
    sheet.faults += faults
    if not faults:
        sheet.rows.append(Row(line, found[KPI], found[DATE], found[VALUE], found.get(NOTE, "")))


def _fault(name: str, found: dict[str, str]) -> str:
    text = found.get(name, "")
    if _COMMAND.match(text):
        return (
            f"“{text[:40]}” is a formula, and only what it comes to is taken. Write the value itself, or "
            "begin a note with a letter."
        )
    if name == NOTE:
        long = len(text) > LONGEST_NOTE
        return f"The note has {len(text):,} characters, and {LONGEST_NOTE:,} fit." if long else ""
    if text:
        return ""
    expected = {KPI: "a KPI's reference such as KPI-1", DATE: "a day such as 2026-01-31", VALUE: "a figure"}
    return f"It is empty. Write {expected[name]}."
