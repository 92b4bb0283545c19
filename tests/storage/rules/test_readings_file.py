"""A CSV of readings is read however a spreadsheet wrote it; what cannot be read is told with its place."""

import csv
from io import StringIO

import hypothesis
import hypothesis.strategies as st
import pytest

from storage.rules.errors import Invalid
from storage.rules.readings_file import EXAMPLE, MOST_BYTES, MOST_ROWS, Read, Row, RowFault, read_rows


def read(text: str) -> tuple[Row, ...]:
    found = read_rows(text.encode())
    assert found.faults == ()
    return found.rows


def faults(text: str) -> list[str]:
    return [str(fault) for fault in read_rows(text.encode()).faults]


ONE = (Row(1, "KPI-1", "2026-01-31", "61,5", "fine"),)


@pytest.mark.parametrize(
    "text",
    [
        'KPI-1,2026-01-31,"61,5",fine',
        "KPI-1;2026-01-31;61,5;fine",
        "KPI-1\t2026-01-31\t61,5\tfine\r\n",
        '"KPI-1";"2026-01-31";"61,5";"fine"\n\n;;;\n',
        "\ufeffKPI-1;2026-01-31;61,5; fine ",
    ],
)
def test_any_separator_and_no_heading_are_fine(text: str) -> None:
    assert read(text) == ONE


def test_a_heading_may_put_the_columns_into_any_order() -> None:
    assert read("Note;Value;KPI Reference;Date\nfine;61,5;KPI-1;2026-01-31") == (
        Row(2, "KPI-1", "2026-01-31", "61,5", "fine"),
    )
    assert [row.note for row in read("kpi,date,value\nKPI-1,2026-01,61")] == [""]


def test_the_example_of_the_form_can_be_read() -> None:
    assert [row.note for row in read(EXAMPLE)] == ["after the new routing", ""]


def test_excels_unicode_text_is_understood() -> None:
    assert read_rows("KPI-1\t2026-01-31\t61,5\tfine".encode("utf-16")).rows == ONE


def test_a_note_over_several_lines_keeps_the_lines_numbers_right() -> None:
    rows = read('KPI-1,2026-01,61,"one\ntwo"\nKPI-1,2026-02,62,\n')
    assert [(row.line, row.note) for row in rows] == [(1, "one\ntwo"), (3, "")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file holds no readings"),
        (b"kpi,date,value\n", "The file holds no readings"),
        (b"PK\x03\x04 a workbook", "This is a workbook and no CSV"),
        ("KPI-1,2026-01,61,ok\nKPI-1,2026-02,62,schön".encode("latin-1"), "Line 2 is not written in UTF-8"),
        (b"KPI-1,\x00,61", "This is no text file"),
        (b"x" * (MOST_BYTES + 1), "and 1 MB is taken"),
        (b"KPI-1,2026-01,61\n" * (MOST_ROWS + 1), "more than 5,000 readings"),
        (b'KPI-1,2026-01,61,"open', "Line 1 cannot be split into columns"),
        (b'KPI-1,2026-01,61\nKPI-1,2026-02,"6"2', "Line 2 cannot be split into columns"),
        (
            b"kpi,date,value,owner\nKPI-1,2026-01,61,Ana",
            "heads a column .owner., which is not",
        ),
        (b"kpi,date\nKPI-1,2026-01", "heads no column value"),
        (b"kpi,date,value,figure\nKPI-1,2026-01,1,2", "heads two columns value"),
    ],
)
def test_what_is_no_csv_of_readings_is_answered_with_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence) as caught:
        read_rows(content)
    assert caught.value.field == "file"


def test_every_fault_names_line_and_column_and_what_is_expected() -> None:
    text = "kpi,date,value,note\nKPI-1,,61,\n,2026-01,\nKPI-1,2026-01,61,a,b\nKPI-1,2026-02,62,fine"
    assert faults(text) == [
        "line 2, date: It is empty. Write a day such as 2026-01-31.",
        "line 3, kpi: It is empty. Write a KPI's reference such as KPI-1.",
        "line 3, value: It is empty. Write a figure.",
        (
            "line 4: There are 5 columns, and 4 are expected: kpi, date, value, note. Put a text that holds "
            "a separator into quotation marks."
        ),
    ]
    assert [row.line for row in read_rows(text.encode()).rows] == [5]


@pytest.mark.parametrize(
    ("cell", "column"),
    [
        ('=HYPERLINK("http://x")', "note"),
        ("@SUM(A1)", "note"),
        ("+cmd|' /C calc'!A0", "note"),
        ("-2+3+cmd(1)", "value"),
        ("=61", "value"),
        ("\t=1+1", "value"),
    ],
)
def test_a_cell_that_a_spreadsheet_would_carry_out_is_refused(cell: str, column: str) -> None:
    quoted = '"' + cell.replace('"', '""') + '"'
    value, note = (quoted, "") if column == "value" else ("61", quoted)
    [fault] = read_rows(f"KPI-1,2026-01,{value},{note}".encode()).faults
    assert (fault.line, fault.column) == (1, column)
    assert "is a formula" in fault.sentence


def test_a_sign_before_a_figure_or_a_dash_before_a_note_is_no_formula() -> None:
    assert [(row.value, row.note) for row in read("KPI-1,2026-01,-5,- slow start\nKPI-1,2026-02,+5,")] == [
        ("-5", "- slow start"),
        ("+5", ""),
    ]


def anyhow(content: bytes) -> Read | None:
    """What is read; None where it is refused with a sentence, as anything may be."""
    try:
        return read_rows(content)
    except Invalid:
        return None


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"), max_size=12)


@hypothesis.given(st.lists(st.lists(CELLS, max_size=6), max_size=6), st.sampled_from(",;\t"))
def test_whatever_a_spreadsheet_writes_is_read_or_told(rows: list[list[str]], separator: str) -> None:
    out = StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    found = anyhow(out.getvalue().encode())
    assert found is None or all(isinstance(one, RowFault) and one.sentence for one in found.faults)


@hypothesis.given(st.binary(max_size=60))
def test_no_bytes_are_too_strange(content: bytes) -> None:
    anyhow(content)
