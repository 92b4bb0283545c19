"""An XLSX file as cells: what stands in each, as the text that a plan file would have for it.

A workbook is a ZIP file of XML parts. Both are read with the standard library and within limits, because the
file comes from outside: nothing in it is carried out, looked up or unfolded. A formula stays a formula, and
is refused by whoever wanted its value.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from xml.etree import ElementTree as ET

MAX_UNZIPPED = 150_000_000
MAX_PARTS = 2_000
MAX_CELLS = 2_000_000

_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_DOCTYPES = tuple("<!DOCTYPE".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_FORMULA = "A formula stands here, and a plan file holds values. Paste its value instead."
_EAST_ASIAN_DATES = frozenset([*range(27, 37), *range(50, 59)])
_DAY_ZERO = datetime(1899, 12, 30, tzinfo=UTC)
_DAY_ZERO_1904 = datetime(1904, 1, 1, tzinfo=UTC)
_LAST_SERIAL = 2_958_465
_CERTAIN_DIGITS = 15
"""So many digits of a number are certain in a spreadsheet; what is behind them is noise of its arithmetic."""
_LARGEST_EXPONENT = 30


class NotAWorkbookError(Exception):
    """The file is no workbook that can be read; the text is the sentence for whoever sent it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell: its text, None where it is empty, or the sentence that says what is wrong."""

    row: int
    column: int
    text: str | None
    fault: str = ""


@dataclass(slots=True)
class Sheet:
    """One tab; `number` counts from 1. `rows` holds the rows that have cells, `merged` the cells that
    others are merged into, as (row, column)."""

    name: str
    number: int
    rows: list[list[Cell]] = field(default_factory=list)
    merged: list[tuple[int, int]] = field(default_factory=list)


def read_sheets(data: bytes) -> list[Sheet]:
    """Every worksheet of a workbook, in the order of its tabs.

    Raises:
        NotAWorkbookError: it is none, or one that is not read.
    """
    if data.startswith(_OLD_EXCEL):
        raise NotAWorkbookError(
            "This is an Excel file of the old kind, or one with a password. Save it as .xlsx, without one."
        )
    if not data.startswith(_ZIP):
        raise NotAWorkbookError(
            "This is no XLSX workbook, whatever its name says. Save it as an Excel workbook (.xlsx)."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _Workbook(archive).sheets()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise NotAWorkbookError("The workbook is damaged and cannot be unpacked. Save it again.") from error
    except (ET.ParseError, KeyError, ValueError, IndexError) as error:
        raise NotAWorkbookError(
            "The workbook is damaged inside. Open it and save it again as .xlsx."
        ) from error


class _Workbook:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._cells = 0
        _check_parts(archive)
        self._path = self._main_part()
        root = self._xml(self._path)
        self._is_1904 = any(
            _truth(properties.get("date1904")) for properties in _children(root, "workbookPr")
        )
        self._tabs = [tab for tabs in _children(root, "sheets") for tab in _children(tabs, "sheet")]
        related = self._related(self._path)
        self._parts = {key: path for key, (kind, path) in related.items() if kind == "worksheet"}
        by_kind = dict(related.values())
        self._texts = self._shared_texts(by_kind.get("sharedStrings"))
        self._formats = self._cell_formats(by_kind.get("styles"))

    def sheets(self) -> list[Sheet]:
        sheets = []
        for number, tab in enumerate(self._tabs, 1):
            part = next((value for key, value in tab.items() if _local(key) == "id"), "")
            # A tab may be a chart, which has no cells.
            if part in self._parts:
                sheets.append(self._sheet(Sheet(tab.get("name", ""), number), self._parts[part]))
        return sheets

    def _sheet(self, sheet: Sheet, path: str) -> Sheet:
        row_number = 0
        for element in self._elements(path):
            if _local(element.tag) == "row":
                row_number = int(element.get("r") or row_number + 1)
                cells = list(self._row(element, row_number))
                if cells:
                    sheet.rows.append(cells)
                element.clear()
            elif _local(element.tag) == "mergeCell":
                sheet.merged.append(_place(element.get("ref", "").partition(":")[0]))
        return sheet

    def _row(self, element: ET.Element, row: int) -> Iterator[Cell]:
        column = 0
        for child in element:
            name = child.get("r")
            column = _place(name)[1] if name else column + 1
            self._cells += 1
            if self._cells > MAX_CELLS:
                raise NotAWorkbookError(f"The workbook has more than {MAX_CELLS:,} cells. Split it.")
            cell = self._cell(child, row, column)
            if cell.text is not None or cell.fault:
                yield cell

    def _cell(self, element: ET.Element, row: int, column: int) -> Cell:
        parts = {_local(child.tag): child for child in element}
        if "f" in parts:
            return Cell(row, column, None, _FORMULA)
        if "is" in parts:
            return Cell(row, column, _said(parts["is"]))
        value = parts["v"].text if "v" in parts else None
        kind = element.get("t", "n")
        if kind == "e":
            return Cell(row, column, None, f"The spreadsheet has an error here ({value}). Write a value.")
        return Cell(row, column, None if value is None else self._text(kind, value, element.get("s")))

    def _text(self, kind: str, value: str, style: str | None) -> str:
        if kind == "n":
            return self._number(value, int(style or 0))
        if kind == "s":
            return self._texts[int(value)]
        if kind == "d":
            return value.removesuffix("Z").removesuffix("T00:00:00")
        if kind == "b":
            return "yes" if _truth(value) else "no"
        return _unescaped(value)

    def _number(self, text: str, style: int) -> str:
        is_date, is_percent = self._formats[style] if style < len(self._formats) else (False, False)
        try:
            number = Decimal(text)
        except InvalidOperation:
            return text
        if not number.is_finite() or abs(number.adjusted()) > _LARGEST_EXPONENT:
            return text
        if is_date and 0 <= number <= _LAST_SERIAL:
            return _instant(number, _DAY_ZERO_1904 if self._is_1904 else _DAY_ZERO)
        return _plain(number * 100 if is_percent else number)

    def _main_part(self) -> str:
        for kind, path in self._related("").values():
            if kind == "officeDocument":
                return path
        raise NotAWorkbookError("This is a ZIP file, but no workbook. Save it as an Excel workbook (.xlsx).")

    def _related(self, path: str) -> dict[str, tuple[str, str]]:
        """The parts that a part names: id → (kind, path)."""
        folder, name = posixpath.split(path)
        listing = posixpath.join(folder, "_rels", f"{name}.rels")
        if listing not in self._archive.namelist():
            return {}
        return {
            one.get("Id", ""): (
                one.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/"),
            )
            for one in self._xml(listing)
            if one.get("TargetMode") != "External"
        }

    def _shared_texts(self, path: str | None) -> list[str]:
        if path is None:
            return []
        texts = []
        for element in self._elements(path):
            if _local(element.tag) == "si":
                texts.append(_said(element))
                element.clear()
        return texts

    def _cell_formats(self, path: str | None) -> list[tuple[bool, bool]]:
        """For each style of a cell whether its numbers are shown as dates and as percentages."""
        if path is None:
            return []
        from openpyxl.styles.numbers import BUILTIN_FORMATS  # noqa: PLC0415 - only workbooks need openpyxl

        root = self._xml(path)
        codes = {
            int(one.get("numFmtId", "0")): one.get("formatCode", "")
            for some in _children(root, "numFmts")
            for one in some
        }
        return [
            _shown_as(number, codes.get(number) or BUILTIN_FORMATS.get(number, ""))
            for styles in _children(root, "cellXfs")
            for number in (int(one.get("numFmtId") or 0) for one in styles)
        ]

    def _xml(self, path: str) -> ET.Element:
        # Without a document type nothing can be unfolded or fetched: see `_check_parts`.
        return ET.fromstring(self._archive.read(path))  # noqa: S314 - see above

    def _elements(self, path: str) -> Iterator[ET.Element]:
        with self._archive.open(path) as part:
            for _, element in ET.iterparse(part):  # noqa: S314 - see `_xml`
                yield element


def _check_parts(archive: zipfile.ZipFile) -> None:
    """Refuses what is larger than it looks, what holds programs, and XML that could unfold itself."""
    parts = archive.infolist()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNZIPPED:
        raise NotAWorkbookError(
            f"Unpacked, the workbook is larger than {MAX_UNZIPPED // 1_000_000} MB. Split it."
        )
    if any("vbaproject" in part.filename.lower() for part in parts):
        raise NotAWorkbookError("The workbook holds macros. Save it as .xlsx, without them.")
    for part in parts:
        if part.filename.endswith((".xml", ".rels")) and _has_doctype(archive, part):
            raise NotAWorkbookError("The workbook holds XML that no spreadsheet writes. Save it again.")


def _has_doctype(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    # It may only stand before the first element; a comment of any length may stand before it.
    before = b""
    with archive.open(part) as file:
        while block := file.read(65_536):
            text = before + block
            if any(sign in text for sign in _DOCTYPES):
                return True
            before = text[-32:]
    return False


def _said(element: ET.Element) -> str:
    """The text of a string item, with all its runs; without how it is pronounced."""
    texts = []
    for child in element:
        if _local(child.tag) == "t":
            texts.append(child.text or "")
        elif _local(child.tag) == "r":
            texts += [one.text or "" for one in _children(child, "t")]
    return _unescaped("".join(texts))


@lru_cache(maxsize=4096)
def _shown_as(number: int, code: str) -> tuple[bool, bool]:
    if number in _EAST_ASIAN_DATES and not code:
        return True, False
    from openpyxl.styles.numbers import is_date_format  # noqa: PLC0415 - as above

    return bool(is_date_format(code)), "%" in _QUOTED.sub("", code)


def _instant(serial: Decimal, day_zero: datetime) -> str:
    """A day as year-month-day; with its time where it has one."""
    instant = day_zero + timedelta(seconds=round(float(serial) * 86_400))
    if instant.time() == instant.min.time():
        return instant.date().isoformat()
    return instant.replace(tzinfo=None).isoformat(timespec="minutes")


def _plain(number: Decimal) -> str:
    """The number without an exponent and without the noise of binary fractions: 70.10000000000001 → 70.1."""
    if len(number.as_tuple().digits) > _CERTAIN_DIGITS:
        number = number.quantize(Decimal(1).scaleb(number.adjusted() - _CERTAIN_DIGITS + 1))
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _place(name: str) -> tuple[int, int]:
    """Row and column of a cell's name: D7 is (7, 4)."""
    found = _CELL.fullmatch(name)
    if found is None:
        raise ValueError(f"{name} names no cell")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column


def _children(element: ET.Element, name: str) -> Iterator[ET.Element]:
    return (child for child in element if _local(child.tag) == name)


@lru_cache(maxsize=4096)
def _local(tag: str) -> str:
    """A name without its namespace: there are two of them for the same things."""
    return tag.rpartition("}")[2]


def _truth(value: str | None) -> bool:
    return value in {"1", "true"}
