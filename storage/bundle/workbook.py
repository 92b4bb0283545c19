"""A plan file as an Excel workbook: one tab a kind, one row an item, the keys of the format as headings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from storage.bundle.cells import Cell, NotAWorkbookError, Sheet, read_sheets
from storage.bundle.document import VERSION
from storage.bundle.faults import Fault
from storage.bundle.layout import EXAMPLE_SIGN, HELP_SHEET, LISTS, SHEETS, SheetLayout, same_word
from storage.bundle.source import MAX_BYTES, Path, Position, Source, Value, unreadable
from storage.bundle.values import nearest, quoted

_SEPARATORS = re.compile(r"[,;\n]")
_PROTECTED = re.compile("'+[=+\\-@\t\r]")
# An empty cell leaves these to the rules, which fill them in.
_FILLED_IN = frozenset(
    {("plan", "zone"), ("plans", "zone"), ("key_results", "unit"), ("initiatives", "original_due")}
)
_MERGED = "Cells are merged here, so it is unclear whose value this is. Split them."
_NO_HEADING = "This column has no heading. Name it in row 1, or empty it."
_BY_NAME = {same_word(one.name): one for one in SHEETS} | {
    same_word(one.section): one for one in SHEETS if not one.inside
}


def read_workbook(data: bytes, file: str) -> Source:
    """The content of a workbook; what stands in each place is known by tab and cell."""
    if len(data) > MAX_BYTES:
        return unreadable(file, f"The file is larger than {MAX_BYTES // 1_000_000} MB. Split it.")
    try:
        sheets = read_sheets(data)
    except NotAWorkbookError as error:
        return unreadable(file, str(error))
    return _Reader(file).read(sheets)


def is_protected(text: str) -> bool:
    """Whether an apostrophe stands before it that keeps a spreadsheet from taking it for a formula."""
    return _PROTECTED.match(text) is not None


@dataclass(slots=True)
class _Placed:
    """Where a row of the content stands; `columns` (or `lines` of a tab that is one row) are those of its
    keys."""

    path: Path
    sheet: Sheet
    line: int
    column: int = 1
    columns: dict[str, int] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def positions(self) -> Iterator[tuple[Path, Position]]:
        yield self.path, self._at(self.line, self.column)
        for key, column in self.columns.items():
            yield (*self.path, key), self._at(self.line, column)
        for key, line in self.lines.items():
            yield (*self.path, key), self._at(line, 2)

    def _at(self, line: int, column: int) -> Position:
        return Position(line, column, self.sheet.name, self.sheet.number)


@dataclass(frozen=True, slots=True)
class _Tab:
    """A tab whose headings were understood, and the rows that its own belong to, by name."""

    layout: SheetLayout
    sheet: Sheet
    columns: dict[str, int]
    owners: dict[str, tuple[int, dict[str, Any]]]


class _Reader:
    def __init__(self, file: str) -> None:
        self._file = file
        self._faults: list[Fault] = []
        self._headings_are_wrong = False
        self._placed: list[_Placed] = []
        self._content: dict[str, Value] = {"hoshin": VERSION}

    def read(self, sheets: list[Sheet]) -> Source:
        known = [(layout, sheet) for sheet in sheets if (layout := self._layout(sheet)) is not None]
        if not known and not self._faults:
            names = ", ".join(one.name for one in SHEETS)
            return unreadable(
                self._file,
                f"The workbook has no tab of a plan file: {names}. `hoshin export template.xlsx` makes one "
                "to fill in.",
            )
        # Rows that belong to others need those to be there.
        for layout, sheet in sorted(known, key=lambda pair: bool(pair[0].inside)):
            self._refuse_merged(sheet)
            if layout.is_single:
                self._read_lines(layout, sheet)
            else:
                self._read_rows(layout, sheet)
        content = None if self._headings_are_wrong else self._content
        return Source(self._file, content, cache(self._positions), tuple(self._faults))

    def _positions(self) -> dict[Path, Position]:
        return {path: at for placed in self._placed for path, at in placed.positions()}

    def _layout(self, sheet: Sheet) -> SheetLayout | None:
        """What the tab holds; None where it is to be passed over."""
        name = same_word(sheet.name)
        if name in _BY_NAME:
            return _BY_NAME[name]
        if name != same_word(HELP_SHEET) and sheet.rows:
            close = nearest(sheet.name, {one.name.lower(): one.name for one in SHEETS})
            self._refuse_heading(
                sheet,
                1,
                1,
                f"{quoted(sheet.name)} is no tab of a plan file.{close or ' Rename it, or remove it.'}",
            )
        return None

    def _refuse_merged(self, sheet: Sheet) -> None:
        for row, column in sheet.merged:
            self._refuse(sheet, row, column, _MERGED)

    def _read_lines(self, layout: SheetLayout, sheet: Sheet) -> None:
        """A tab that is one row: a key and its value in each line."""
        row: dict[str, Value] = {}
        lines: dict[str, int] = {}
        for cells in sheet.rows:
            by_column = {cell.column: cell for cell in cells}
            if 1 not in by_column or (cells[0].row == 1 and same_word(by_column[1].text or "") == "key"):
                continue
            key = self._key(layout, sheet, by_column[1])
            if key is None:
                continue
            if key in lines:
                self._refuse_heading(
                    sheet, cells[0].row, 1, f"“{key}” is said twice; the first is in A{lines[key]}. Keep one."
                )
            lines.setdefault(key, cells[0].row)
            self._take(layout, sheet, row, key, by_column.get(2, Cell(cells[0].row, 2, None)))
        if "hoshin" in row:
            self._content["hoshin"] = row.pop("hoshin") or VERSION
        if any(value for value in row.values()):
            self._content[layout.section] = row
        self._placed.append(_Placed((layout.section,), sheet, 1, lines=lines))
        if "hoshin" in lines:
            self._placed.append(_Placed(("hoshin",), sheet, lines["hoshin"], 2))

    def _read_rows(self, layout: SheetLayout, sheet: Sheet) -> None:
        columns = self._columns(layout, sheet)
        if columns is None:
            return
        by_column = {column: key for key, column in columns.items()}
        tab = _Tab(layout, sheet, columns, self._owners(layout) if layout.inside else {})
        # Most cells of a large tab are empty, so what that means for each key is found once.
        empty: dict[str, Value] = {}
        for column, key in by_column.items():
            self._take(layout, sheet, empty, key, Cell(1, column, None))
        for cells in sheet.rows[1:]:
            first = cells[0].text or ""
            if first.lower().startswith(EXAMPLE_SIGN) or not any(cell.text or cell.fault for cell in cells):
                continue
            row: dict[str, Value] = {}
            said = {cell.column: cell for cell in cells}
            for column, key in by_column.items():
                cell = said.get(column)
                if cell is not None:
                    self._take(layout, sheet, row, key, cell)
                elif key in empty:
                    row[key] = empty[key]
            for column in said.keys() - by_column.keys():
                self._refuse(sheet, cells[0].row, column, _NO_HEADING)
            self._put(tab, row, cells[0].row)

    def _put(self, tab: _Tab, row: dict[str, Value], line: int) -> None:
        """Adds a row to its section, or to the row of it that it belongs to."""
        layout = tab.layout
        section = self._content.setdefault(layout.section, [])
        if layout.inside:
            self._put_inside(tab, row, line)
        elif isinstance(section, list):
            section.append(row)
            path: Path = (layout.section, len(section) - 1)
            self._placed.append(_Placed(path, tab.sheet, line, columns=tab.columns))

    def _put_inside(self, tab: _Tab, row: dict[str, Value], line: int) -> None:
        layout = tab.layout
        name = row.pop(layout.owner_key, None)
        owner = tab.owners.get(str(name).strip().lower())
        if owner is None:
            above = next(one.name for one in SHEETS if one.section == layout.section and not one.inside)
            self._refuse(
                tab.sheet,
                line,
                tab.columns[layout.owner_key],
                f"{quoted(name or '')} has no row on the tab {above}. Add it there.",
            )
            return
        number, content = owner
        path: Path
        if layout.is_mapping:
            key, value = (row.get(key) for key in layout.row.key_names())
            path = (layout.section, number, layout.inside, str(key))
            if str(key) in content.setdefault(layout.inside, {}):
                self._refuse(tab.sheet, line, 1, f"{name} {key} is said twice. Keep one.")
            content[layout.inside][str(key)] = value
        else:
            inner = content.setdefault(layout.inside, [])
            inner.append(row)
            path = (layout.section, number, layout.inside, len(inner) - 1)
        self._placed.append(_Placed(path, tab.sheet, line, columns=tab.columns))

    def _owners(self, layout: SheetLayout) -> dict[str, tuple[int, dict[str, Any]]]:
        rows = self._content.get(layout.section)
        return {
            str(row.get(layout.owner_key)).strip().lower(): (number, row)
            for number, row in enumerate(rows if isinstance(rows, list) else [])
            if isinstance(row, dict)
        }

    def _columns(self, layout: SheetLayout, sheet: Sheet) -> dict[str, int] | None:
        """The column of each key, by the headings in row 1; None where there is nothing to read."""
        if not sheet.rows:
            return None
        columns: dict[str, int] = {}
        headings = sheet.rows[0] if sheet.rows[0][0].row == 1 else []
        for cell in headings:
            key = self._key(layout, sheet, cell)
            if key in columns:
                self._refuse_heading(sheet, 1, cell.column, f"“{key}” heads two columns. Keep one.")
            elif key is not None:
                columns[key] = cell.column
        required = [layout.owner_key] if layout.inside else []
        required += [
            field.alias or name for name, field in layout.row.model_fields.items() if field.is_required()
        ]
        missing = [key for key in required if key not in columns]
        if missing and (len(sheet.rows) > 1 or not headings):
            named = ", ".join(f"“{key}”" for key in missing)
            self._refuse_heading(
                sheet, 1, 1, f"Row 1 holds the headings, and {named} is missing there. Add it."
            )
        return columns

    def _key(self, layout: SheetLayout, sheet: Sheet, cell: Cell) -> str | None:
        known = {same_word(key): key for key in layout.keys}
        written = same_word(cell.text or "")
        if written in known:
            return known[written]
        if written:
            close, listed = nearest(written, known), ", ".join(layout.keys)
            self._refuse_heading(
                sheet,
                cell.row,
                cell.column,
                f"{quoted(cell.text)} is not a key here.{close or f' Keys are {listed}.'}",
            )
        return None

    def _take(self, layout: SheetLayout, sheet: Sheet, row: dict[str, Value], key: str, cell: Cell) -> None:
        """Puts what a cell says into the row. An empty cell empties what may be empty, as in a text."""
        if cell.fault:
            self._refuse(sheet, cell.row, cell.column, cell.fault)
        text = cell.text
        if text is not None and is_protected(text):
            text = text[1:]
        if key in LISTS:
            parts = (text or "").split("\n") if key == "aliases" else _SEPARATORS.split(text or "")
            row[key] = [part.strip() for part in parts if part.strip()]
            if not row[key] and key == "work_days":
                del row[key]
        elif text is not None and text.strip():
            row[key] = text
        elif key == "channel":
            row[key] = ""
        elif (layout.section, key) not in _FILLED_IN:
            row[key] = None

    def _refuse(self, sheet: Sheet, row: int, column: int, sentence: str) -> None:
        self._faults.append(Fault(self._file, sheet.number, row, column, sentence, sheet=sheet.name))

    def _refuse_heading(self, sheet: Sheet, row: int, column: int, sentence: str) -> None:
        """A fault after which the rows cannot be told apart, so that it is told alone."""
        self._headings_are_wrong = True
        self._refuse(sheet, row, column, sentence)
