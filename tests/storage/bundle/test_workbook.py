"""A plan as an Excel workbook: what stands in its cells, and what is refused with its cell."""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from time import perf_counter
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from storage.bundle import PlanFileError, load, read_plan_file, write_template
from storage.bundle.cells import MAX_UNZIPPED
from storage.bundle.source import MAX_BYTES, Position, Source
from storage.bundle.workbook import read_workbook
from storage.repositories.plans import Record
from tests.conftest import UnitsOfWork
from tests.storage.bundle.books import (
    KPI_HEADINGS,
    PEOPLE,
    PLAN,
    book,
    raw_book,
    saved,
    zipped,
)

AFTERNOON = datetime(2026, 3, 1, 13)  # noqa: DTZ001 - a spreadsheet knows no zone


def content(source: Source) -> dict[str, Any]:
    assert source.faults == ()
    assert isinstance(source.content, dict)
    return dict(source.content)


def faults(data: bytes) -> list[str]:
    try:
        read_plan_file(data, "plan.xlsx", Record())
    except PlanFileError as error:
        return [str(fault) for fault in error.faults]
    return []


def kpis(*rows: Sequence[Any], headings: Sequence[str] | None = None) -> bytes:
    return book(Plan=PLAN, People=PEOPLE, KPIs=[headings or KPI_HEADINGS, *rows])


def test_tabs_are_sections_and_headings_are_keys() -> None:
    data = book(
        Plan=PLAN,
        People=[["Email", "name", "Work days"], ["ana@example.com", "Ana", "Mon, Tue; Wed"]],
        Absences=[["email", "from", "until"], ["ANA@example.com", date(2026, 2, 2), date(2026, 2, 3)]],
        annual_objectives=[["REF", "title"], ["A-1", "x"], [None, None], ["A-2", "y"]],
        Monthly_plan=[["ref", "month", "value"], ["KPI-1", "2026-01", 5]],
        KPIs=[["ref", "title", "frequency", "aliases"], ["KPI-1", "x", "weekly", "one, two\nthree"]],
        Help=[["anything"]],
    )

    source = read_workbook(data, "plan.xlsx")

    found = content(source)
    assert found["hoshin"] == "1"
    assert found["plan"] == {"title": "Plan", "starts": "2026-01-01"}
    away = [{"from": "2026-02-02", "until": "2026-02-03"}]
    assert found["people"] == [
        {"email": "ana@example.com", "name": "Ana", "work_days": ["Mon", "Tue", "Wed"], "away": away}
    ]
    assert [row["ref"] for row in found["annual_objectives"]] == ["A-1", "A-2"]
    assert found["kpis"][0]["aliases"] == ["one, two", "three"]
    assert found["kpis"][0]["planned"] == {"2026-01": "5"}
    assert source.positions["annual_objectives", 1, "title"] == Position(4, 2, "annual objectives", 4)
    assert source.positions["people", 0, "away", 0, "until"] == Position(2, 3, "Absences", 3)
    assert source.positions["kpis", 0, "planned", "2026-01"].line == 2


def test_numbers_dates_and_percentages_are_what_a_person_sees() -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "KPIs"
    sheet.append(["ref", "title", "baseline", "target", "band_low", "band_high", "unit", "frequency"])
    sheet.append(["KPI-1", 2026, 70.10000000000001, 0.7, 1e-7, 123456789012, True, AFTERNOON])
    sheet["D2"].number_format = "0.0%"
    sheet["A2"].font = Font(bold=True)
    sheet.append(["KPI-2", date(2026, 3, 1), -0.5, 0.1 + 0.2, 1e21, None, "10%", "x"])

    [first, second] = content(read_workbook(saved(workbook), "plan.xlsx"))["kpis"]

    assert first["title"] == "2026"
    assert (first["baseline"], first["target"]) == ("70.1", "70")
    assert (first["band_low"], first["band_high"]) == ("0.0000001", "123456789012")
    assert (first["unit"], first["frequency"]) == ("yes", "2026-03-01T13:00")
    assert (second["title"], second["baseline"], second["target"]) == ("2026-03-01", "-0.5", "0.3")
    assert (second["band_low"], second["unit"]) == ("1000000000000000000000", "10%")


def test_texts_are_read_however_the_workbook_keeps_them() -> None:
    rows = (
        '<sheetData><row><c t="inlineStr"><is><t>ref</t></is></c><c t="s"><v>0</v></c>'
        '<c t="str"><v>title</v></c><c t="str"><v>due</v></c></row>'
        '<row r="4"><c r="A4" t="s"><v>1</v></c><c r="C4" t="s"><v>2</v></c>'
        '<c t="d"><v>2026-03-01T00:00:00</v></c></row></sheetData>'
    )
    shared = (
        '<sst xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"><si><t>owner</t></si>'
        "<si><r><t>D</t></r><r><t>-1</t></r><rPh><t>nonsense</t></rPh></si>"
        "<si><t>a_x000A_b</t></si></sst>"
    )
    data = raw_book(
        rows,
        {
            "xl/_rels/workbook.xml.rels": (
                '<Relationships><Relationship Id="r1" Type="x/worksheet" Target="/xl/worksheets/sheet1.xml"/>'
                '<Relationship Id="r2" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
            ),
            "xl/sharedStrings.xml": shared,
        },
        name="drivers",
    )

    assert content(read_workbook(data, "plan.xlsx"))["drivers"] == [
        {"ref": "D-1", "owner": None, "title": "a\nb", "due": "2026-03-01"}
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (kpis(["KPI-1", "=1+1", None, "weekly"]), "KPIs!B2: A formula stands here"),
        (kpis(["KPI-1", "x", "zoe@example.com", "weekly"]), "KPIs!C2: KPI-1, owner: Nobody here has"),
        (kpis(["KPI-1", "x", None, "dayly"]), "KPIs!D2: KPI-1, frequency: “dayly” is not known here."),
        (kpis(["KPI-1", None, None, "weekly"]), "KPIs!B2: KPI-1, title: Nothing stands here."),
        (
            kpis(["KPI-1", "x", None, "weekly", "70,5"]),
            "KPIs!E2: KPI-1, baseline: “70,5” has a decimal",
        ),
        (kpis(["KPI-1", "x", None, "weekly", 1 / 3]), "KPIs!E2: KPI-1, baseline: “0.333333333333333” is out"),
        (
            kpis(["KPI-1", "x", None, "weekly"], ["KPI-1", "y", None, "weekly"]),
            "KPIs!A3: KPI-1, ref: This name is taken: the row at KPIs!A2 has it.",
        ),
        (
            kpis(headings=["ref", "titel", "frequency"]),
            "KPIs!B1: “titel” is not a key here. Did you mean",
        ),
        (kpis(headings=["ref", "title", "title"]), "KPIs!C1: “title” heads two columns."),
        (
            kpis(["KPI-1", "x"], headings=["ref", "title"]),
            "KPIs!A1: Row 1 holds the headings, and “freq",
        ),
        (kpis(["KPI-1", "x", None, "weekly", 1, 2, "note"]), "KPIs!G2: This column has no heading."),
        (book(Plan=PLAN, KPI=[["ref"]]), "KPI!A1: “KPI” is no tab of a plan file. Did you mean KPIs?"),
        (book(Sheet1=[["x"]]), "Sheet1!A1: “Sheet1” is no tab of a plan file."),
        (book(Help=[["x"]]), "no tab of a plan file: Plan"),
        (
            book(Plan=[["title", "x"], ["starst", "x"]]),
            "Plan!A2: “starst” is not a key here. Did you",
        ),
        (book(Plan=[["title", "x"], ["title", "y"]]), "Plan!A2: “title” is said twice; the first is in A1."),
        (
            book(Plan=PLAN, People=PEOPLE, Absences=[["email", "from", "until"], ["zoe@example.com"]]),
            "Absences!A2: “zoe@example.com” has no row on the tab People.",
        ),
        (
            book(
                Plan=PLAN,
                KPIs=[["ref", "title", "frequency"], ["KPI-1", "x", "weekly"]],
                Monthly_plan=[["ref", "month", "value"], ["KPI-1", "2026-01", 1], ["KPI-1", "2026-01", 2]],
            ),
            "Monthly plan!A3: KPI-1 2026-01 is said twice.",
        ),
    ],
)
def test_a_fault_is_told_with_its_cell(data: bytes, words: str) -> None:
    found = faults(data)

    assert any(words in fault for fault in found), found


def test_errors_and_merged_cells_are_refused() -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "KPIs"
    for row in (["ref", "title", "frequency"], ["KPI-1", "#DIV/0!", "weekly"], ["KPI-2", "x", "weekly"]):
        sheet.append(row)
    sheet.merge_cells("B3:C3")

    found = faults(saved(workbook))

    assert any("KPIs!B2: The spreadsheet has an error here (#DIV/0!)" in fault for fault in found)
    assert any("KPIs!B3: Cells are merged here" in fault for fault in found)


def test_of_two_thousand_rows_the_thirty_bad_ones_are_told() -> None:
    rows = [[f"KPI-{number}", "x", "ana@example.com", "weekly", 1, 2] for number in range(1, 2001)]
    for number in range(0, 2000, 67):
        rows[number][3] = "dayly"

    found = faults(kpis(*rows))

    assert len(found) == 30
    assert found[0].startswith("plan.xlsx, KPIs!D2: KPI-1, frequency: ")
    assert found[29].startswith("plan.xlsx, KPIs!D1945: KPI-1944, frequency: ")


BOMB = raw_book("<sheetData/>", {"xl/media/zeros.bin": b"\0" * (MAX_UNZIPPED + 1)})


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "This is no XLSX workbook"),
        (b"ref,title\nKPI-1,x\n", "This is no XLSX workbook"),
        (b"\x7fELF\x02\x01\x01", "This is no XLSX workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "of the old kind, or one with a password"),
        (b"PK\x03\x04" + b"\0" * 100, "damaged and cannot be unpacked"),
        (zipped({"readme.txt": "x"}), "a ZIP file, but no workbook"),
        (raw_book("<sheetData><row>"), "damaged inside"),
        (raw_book('<sheetData><row><c r="?"><v>1</v></c></row></sheetData>'), "damaged inside"),
        (raw_book('<sheetData><row><c t="s"><v>7</v></c></row></sheetData>'), "damaged inside"),
        (raw_book("", {"xl/vbaProject.bin": b"x"}), "holds macros"),
        (
            raw_book("", {"xl/sharedStrings.xml": '<!DOCTYPE x [<!ENTITY a "aaaa">]><sst>&a;</sst>'}),
            "XML that no spreadsheet writes",
        ),
        (BOMB, "Unpacked, the workbook is larger than 150 MB"),
        (b"PK\x03\x04" + b"\0" * MAX_BYTES, "larger than 16 MB"),
    ],
)
def test_what_is_no_honest_workbook_is_refused_at_once(data: bytes, words: str) -> None:
    started = perf_counter()

    found = faults(data)

    assert any(words in fault for fault in found), found
    assert perf_counter() - started < 5


def test_a_row_at_the_end_of_a_sheet_costs_nothing() -> None:
    data = raw_book(
        '<sheetData><row r="1"><c r="A1" t="str"><v>ref</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )

    assert any("KPIs!A1: Row 1 holds the headings" in fault for fault in faults(data))


@pytest.mark.parametrize("name", ["plan.csv", "plan.xls", "plan.xlsm", "plan.ods"])
def test_other_spreadsheets_are_refused_with_what_to_do(name: str) -> None:
    with pytest.raises(PlanFileError) as refused:
        read_plan_file(b"x", name)

    assert "Of spreadsheets only XLSX is read. Save it as an Excel workbook (.xlsx)" in str(refused.value)


def test_the_template_holds_examples_that_are_not_read() -> None:
    source = read_workbook(write_template(), "template.xlsx")

    assert content(source) == {"hoshin": "1"}


def test_the_template_filled_in_is_a_plan() -> None:
    workbook = load_workbook(BytesIO(write_template()))
    plan = {row[0].value: row[1] for row in workbook["Plan"].iter_rows(min_row=2)}
    plan["title"].value, plan["starts"].value = "Ours", date(2026, 1, 1)
    workbook["People"].append(["ana@example.com", "Ana"])
    workbook["Drivers"].append(["D-1", "Loyal customers", "ana@example.com"])

    bundle = read_plan_file(saved(workbook), "plan.xlsx", Record())

    assert bundle.warnings == ()
    assert [entry.row.label for entry in bundle.document.items] == ["D-1"]
    assert all(sheet.data_validations.dataValidation for sheet in (workbook["KPIs"], workbook["Marks"]))


def test_of_two_thousand_rows_each_of_the_thirty_bad_ones_is_told_with_its_cell_and_nothing_is_loaded(
    unit_of_work: UnitsOfWork,
) -> None:
    rows = [[f"KPI-{number}", f"Measure {number}", None, "weekly"] for number in range(1, 2001)]
    for bad in range(0, 1500, 50):
        rows[bad][3] = "dayly"

    found = faults(kpis(*rows))

    assert [one.split(":")[0].split()[-1] for one in found] == [
        f"KPIs!D{bad + 2}" for bad in range(0, 1500, 50)
    ]
    with unit_of_work() as uow:
        with pytest.raises(PlanFileError):
            load(uow, read_plan_file(kpis(*rows), "plan.xlsx", uow.plans.record()))
        assert uow.plans.record().items == {}
