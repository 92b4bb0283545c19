"""Writes a plan as an Excel workbook: one tab a kind, ready to be edited and read back.

No cell is ever a formula. A text that a spreadsheet could take for one gets an apostrophe before it, also
where the workbook is saved as CSV later; reading takes it away again.
"""

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from storage.bundle.content import Content, Row, Said, as_text
from storage.bundle.document import VERSION
from storage.bundle.layout import EXAMPLE_SIGN, HELP_SHEET, SHEETS, SheetLayout
from storage.bundle.meanings import EXAMPLES, choices, meaning
from storage.rules.errors import Invalid

LONGEST_CELL = 32_767
MOST_CERTAIN_DIGITS = 15
LAST_ROW = 1_048_576

_RISKY = re.compile("'*[=+\\-@\t\r]")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_(?=x[0-9A-Fa-f]{4}_)")
_HEADING = Font(bold=True, color="FFFFFF")
_HEADING_FILL = PatternFill("solid", fgColor="1F3A5F")
_QUIET = Font(italic=True, color="7A7A7A")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_WIDE = frozenset(
    {"title", "vision", "values", "reason", "before", "after", "members", "supporters"}
    | {"not_deployed", "aliases"}
)


def write_workbook(content: Content) -> bytes:
    """A workbook with everything that the content says.

    Raises:
        Invalid: something in it is larger than a spreadsheet can hold.
    """
    _check_sizes(content)
    book = Workbook(write_only=True)
    for layout in SHEETS:
        if layout.is_single:
            said: Row = dict(content.get(layout.section) or {})
            if layout.section == "plan":
                said = {"hoshin": content["hoshin"], **said}
            _add_lines(book, layout, [(key, said.get(key), "") for key in layout.keys])
        else:
            _add_rows(book, layout, _rows_of(layout, content))
    return _saved(book)


def write_template() -> bytes:
    """A workbook to fill in: headings, one example a tab, lists of the words to choose from, and help."""
    book = Workbook(write_only=True)
    _add_help(book)
    for layout in SHEETS:
        if layout.is_template_free:
            continue
        example = EXAMPLES[layout.name]
        if layout.is_single:
            lines = [(key, VERSION if key == "hoshin" else None, _hint(key, example)) for key in layout.keys]
            _add_lines(book, layout, lines)
        else:
            first = layout.keys[0]
            _add_rows(
                book, layout, [{**example, first: f"{EXAMPLE_SIGN} {as_text(example[first])}"}], quiet=True
            )
    return _saved(book)


def protected(text: str) -> str:
    """The text as a cell may hold it: nothing in it can be taken for a formula."""
    held = _NOT_IN_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    # What it is when it is read again counts, not how the file writes it.
    return f"'{held}" if _RISKY.match(text) else held


def _check_sizes(content: Content) -> None:
    """Refuses what a workbook cannot hold before one is begun: a half-made one leaves open files behind."""
    for layout in SHEETS:
        rows = [] if layout.is_single else list(_rows_of(layout, content))
        if len(rows) >= LAST_ROW:
            raise Invalid(f"{layout.name}: there are more rows than a tab can hold. Export YAML or JSON.")
        for row in rows:
            for key in layout.keys:
                if isinstance(row.get(key), list | dict) and len(_in_cell(key, row[key])) > LONGEST_CELL:
                    raise Invalid(
                        f"{layout.name}, {key}: this is more than a cell can hold. Export YAML or JSON."
                    )


def _rows_of(layout: SheetLayout, content: Content) -> Iterable[Mapping[str, Said]]:
    """The rows of a tab: those of its section, or those that stand inside them."""
    for row in content.get(layout.section) or ():
        if layout.inside:
            yield from _rows_inside(layout, row)
        else:
            yield row
    if layout.section == "key_results":
        for objective in content.get("objectives") or ():
            for row in objective.get("key_results") or ():
                yield {"parent": objective["ref"], **row}


def _rows_inside(layout: SheetLayout, row: Mapping[str, Any]) -> Iterator[Mapping[str, Said]]:
    """What a tab of its own holds of one row: its list of rows, or the pairs of its mapping."""
    name = {layout.owner_key: row[layout.owner_key]}
    inside = row.get(layout.inside)
    if layout.is_mapping:
        first, second = layout.row.key_names()
        for key, value in (inside or {}).items():
            yield {**name, first: key, second: value}
    else:
        for inner in inside or ():
            yield {**name, **inner}


def _add_rows(
    book: Workbook, layout: SheetLayout, rows: Iterable[Mapping[str, Said]], *, quiet: bool = False
) -> None:
    sheet = book.create_sheet(layout.name)
    sheet.freeze_panes = "B2"
    _set_widths(sheet, layout.keys)
    _add_choices(sheet, layout)
    sheet.append([_heading(sheet, key) for key in layout.keys])
    for row in rows:
        cells = [_cell(sheet, key, row.get(key)) for key in layout.keys]
        if quiet:
            for cell in cells:
                cell.font = _QUIET
        sheet.append(cells)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(layout.keys))}1"


def _add_lines(book: Workbook, layout: SheetLayout, lines: Sequence[tuple[str, Said, str]]) -> None:
    """A tab that is one row: keys below each other, with their values and what is said about them."""
    sheet = book.create_sheet(layout.name)
    sheet.freeze_panes = "B2"
    for column, width in (("A", 18), ("B", 60), ("C", 60)):
        sheet.column_dimensions[column].width = width
    for number, (key, _, _) in enumerate(lines, 2):
        _add_choice(sheet, key, layout.section, f"B{number}")
    sheet.append([_heading(sheet, text) for text in ("key", "value", "what it means")])
    for key, said, hint in lines:
        note = _text_cell(sheet, hint or meaning(key, layout.section))
        note.font = _QUIET
        note.alignment = _WRAPPED
        sheet.append([_text_cell(sheet, key), _cell(sheet, key, said), note])


def _add_help(book: Workbook) -> None:
    sheet = book.create_sheet(HELP_SHEET)
    for column, width in (("A", 22), ("B", 18), ("C", 100)):
        sheet.column_dimensions[column].width = width
    for line in _HELP:
        sheet.append([_text_cell(sheet, line)])
    sheet.append([])
    sheet.append([_heading(sheet, text) for text in ("tab", "column", "what it means")])
    for layout in SHEETS:
        for key in () if layout.is_template_free else layout.keys:
            words = choices(key, layout.section)
            text = meaning(key, layout.section) + (f" One of: {', '.join(words)}." if words else "")
            sheet.append([_text_cell(sheet, one) for one in (layout.name, _starred(layout, key), text)])


_HELP = (
    "Your plan, to be filled in: one tab a kind, one row an item. Begin with Plan, People and Teams.",
    "Then load it: /hoshin import in Slack, or `hoshin import plan.xlsx`. You see first what would change.",
    f"Rows that begin with “{EXAMPLE_SIGN}” are examples and are not read. Keep them or delete them.",
    "A column that you remove stays as the record has it; an empty cell empties what may be empty.",
    "Write values, not formulas. Dates are dates, percentages may be written as 70 or as 70 %.",
    "A reference is the kind's letters and a number of your own: D-1, B-1, A-1, O-1, KR-1, KPI-1, I-1.",
    "Columns with * must be filled in every row. This tab is not read.",
)


def _starred(layout: SheetLayout, key: str) -> str:
    required = {field.alias or name for name, field in layout.row.model_fields.items() if field.is_required()}
    return f"{key} *" if key in required or key == layout.owner_key else key


def _hint(key: str, example: Mapping[str, Said]) -> str:
    text = meaning(key, "")
    return f"{text} {EXAMPLE_SIGN} {_joined(example[key])}" if key in example else text


def _set_widths(sheet: Any, keys: Sequence[str]) -> None:
    for number, key in enumerate(keys, 1):
        sheet.column_dimensions[get_column_letter(number)].width = 48 if key in _WIDE else 18


def _add_choices(sheet: Any, layout: SheetLayout) -> None:
    for number, key in enumerate(layout.keys, 1):
        letter = get_column_letter(number)
        _add_choice(sheet, key, layout.section, f"{letter}2:{letter}{LAST_ROW}")


def _add_choice(sheet: Any, key: str, section: str, cells: str) -> None:
    """A list to choose from, where the key takes one of a few words."""
    words = choices(key, section)
    if not words:
        return
    validation = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True)
    validation.error = f"One of {', '.join(words)}."
    sheet.data_validations.append(validation)
    validation.add(cells)


def _heading(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.font, cell.fill = _HEADING, _HEADING_FILL
    return cell


def _cell(sheet: Any, key: str, said: Said) -> Any:
    """A value as a spreadsheet has it: numbers as numbers, days as dates, all else as text."""
    if isinstance(said, int | Decimal) and not isinstance(said, bool):
        digits = len(Decimal(said).as_tuple().digits)
        if digits <= MOST_CERTAIN_DIGITS:
            return WriteOnlyCell(sheet, said)  # type: ignore[arg-type]  # it takes any number
    if isinstance(said, date) and not isinstance(said, datetime) and said.year >= 1900:  # noqa: PLR2004 - workbooks know no earlier day
        cell = WriteOnlyCell(sheet, said)  # type: ignore[arg-type]  # and days
        cell.number_format = "yyyy-mm-dd"
        return cell
    return _text_cell(sheet, _in_cell(key, said))


def _in_cell(key: str, said: Said) -> str:
    """A value as the text of one cell; fields of the trail as JSON, names of KPIs one a line."""
    if isinstance(said, Mapping):
        return json.dumps(said, ensure_ascii=False)
    return _joined(said, "\n" if key == "aliases" else ", ")


def _joined(said: Said, between: str = ", ") -> str:
    if isinstance(said, Sequence) and not isinstance(said, str):
        return between.join(map(_joined, said))
    return as_text(said)


def _text_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, protected(text) or None)
    if text:
        # Whatever it looks like (#N/A, =1+1), it is text.
        cell.data_type = "s"
    return cell


def _saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
