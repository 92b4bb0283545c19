"""What is written is read back as the same: any text, any figure, in YAML, JSON and workbooks."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from storage.bundle.content import as_text
from storage.bundle.json_file import read_json
from storage.bundle.json_text import write_json
from storage.bundle.sheets import protected, write_workbook
from storage.bundle.workbook import read_workbook
from storage.bundle.writing import write_plan_file
from storage.bundle.yaml_file import read_yaml
from storage.bundle.yaml_text import write_yaml
from storage.rules.errors import Invalid

ODD = " \n\t:#-'\"{}[],&*!|>%@`a1?~\\.\r\u0085\u2028\ufeff=+_x"
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.text(alphabet=ODD, max_size=12),
    st.sampled_from(
        ["null", "~", "no", "- a", "a: b", "a #b", "---", "? x", "|-", "<<", "مرحبا", "\U0001f600"]
    ),
    st.text(alphabet="ab ", min_size=100, max_size=250),
)
FIGURES = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**6), max_value=10**6)
LEAVES = st.one_of(TEXTS, FIGURES, st.integers(-5, 5), st.none(), st.booleans())
KEYS = st.one_of(st.sampled_from(["title", "2026-W02", "null"]), TEXTS)
INNER_ROWS = st.lists(st.dictionaries(KEYS, LEAVES, min_size=1, max_size=3), max_size=2)
ROWS = st.dictionaries(
    KEYS,
    st.one_of(LEAVES, st.lists(LEAVES, max_size=3), st.dictionaries(KEYS, LEAVES, max_size=3), INNER_ROWS),
    min_size=1,
    max_size=4,
)
CONTENTS = st.dictionaries(
    st.sampled_from(["plan", "kpis", "readings"]), st.one_of(ROWS, st.lists(ROWS, max_size=3)), min_size=1
)


def texts(said: Any, *, in_json: bool) -> Any:
    """What a reader has of a value that was written."""
    if isinstance(said, Mapping):
        return {key: texts(one, in_json=in_json) for key, one in said.items()}
    if isinstance(said, Sequence) and not isinstance(said, str):
        return [texts(one, in_json=in_json) for one in said]
    if in_json and isinstance(said, bool):
        return "true" if said else "false"
    return None if said is None else as_text(said)


@settings(max_examples=150)
@given(CONTENTS)
def test_yaml_is_read_back_as_it_was_meant(content: dict[str, Any]) -> None:
    source = read_yaml(write_yaml(content).encode(), "plan.yaml")

    assert source.faults == ()
    assert source.content == texts(content, in_json=False)


@settings(max_examples=100)
@given(CONTENTS)
def test_json_is_read_back_as_it_was_meant(content: dict[str, Any]) -> None:
    source = read_json(write_json(content).encode(), "plan.json")

    assert source.faults == ()
    assert source.content == texts(content, in_json=True)


@settings(max_examples=25)
@given(st.lists(TEXTS, min_size=1, max_size=5))
@example(["'\r", "\rA", "''\t"])
def test_a_workbook_is_read_back_as_it_was_meant(titles: list[str]) -> None:
    drivers = [{"ref": f"D-{number}", "title": title} for number, title in enumerate(titles, 1)]

    source = read_workbook(write_workbook({"hoshin": 1, "drivers": drivers}), "plan.xlsx")

    assert source.faults == ()
    assert isinstance(source.content, dict)
    rows: Any = source.content["drivers"]
    assert [row["title"] or "" for row in rows] == [title if title.strip() else "" for title in titles]


@pytest.mark.parametrize(
    "text",
    [
        "=HYPERLINK('http://x','y')",
        "+1",
        "-x",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "'=1",
        "''=1",
        "'plain'",
        "#N/A",
        "_x0041_",
        "bell\x07",
    ],
)
def test_no_cell_can_be_taken_for_a_formula(text: str) -> None:
    data = write_workbook({"hoshin": 1, "drivers": [{"ref": "D-1", "title": text}]})

    sheet = load_workbook(BytesIO(data))["Drivers"]
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds == {"s"}
    assert not protected(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    source = read_workbook(data, "plan.xlsx")
    assert isinstance(source.content, dict)
    rows: Any = source.content["drivers"]
    assert rows[0]["title"] == text


def test_figures_and_days_are_figures_and_days_in_a_workbook() -> None:
    row = {"ref": "KR-1", "title": "x", "baseline": Decimal("0.1"), "target": Decimal("123456789012.123456")}
    plan = {"title": "Plan", "starts": date(2026, 1, 1)}

    data = write_workbook({"hoshin": 1, "plan": plan, "key_results": [row]})

    book = load_workbook(BytesIO(data))
    headings = {cell.value: cell.column or 0 for cell in book["Key results"][1]}
    baseline = book["Key results"].cell(2, headings["baseline"])
    assert (baseline.value, baseline.data_type) == (0.1, "n")
    # More digits than a spreadsheet keeps stay text, so that none is lost.
    assert book["Key results"].cell(2, headings["target"]).value == "123456789012.123456"
    assert {line[0].value: line[1].number_format for line in book["Plan"].iter_rows()}[
        "starts"
    ] == "yyyy-mm-dd"


def test_yaml_reads_as_if_it_were_written_by_hand() -> None:
    content: dict[str, Any] = {
        "hoshin": 1,
        "plan": {
            "title": "Plan: 2026",
            "starts": date(2026, 1, 1),
            "vision": "One.\n\nTwo.",
            "values": ("ab " * 40).strip(),
        },
        "people": [
            {"email": "ana@example.com", "work_days": ["Mon", "Tue"], "away": [{"from": date(2026, 2, 2)}]}
        ],
        "kpis": [
            {"ref": "KPI-1", "unit": "%", "target": Decimal("1.5"), "planned": {"2026-01": Decimal(61)}}
        ],
        "marks": [{"from": "A-1", "to": "B-1", "suggested": True}],
    }

    assert (
        write_yaml(content)
        == f"""\
hoshin: 1

plan:
  title: "Plan: 2026"
  starts: 2026-01-01
  vision: |-
    One.

    Two.
  values: >-
    {("ab " * 35).strip()}
    {("ab " * 5).strip()}

people:
  - email: ana@example.com
    work_days: [Mon, Tue]
    away:
      - from: 2026-02-02

kpis:
  - ref: KPI-1
    unit: "%"
    target: 1.5
    planned: {{2026-01: 61}}

marks:
  - {{from: A-1, to: B-1, suggested: yes}}
"""
    )


def test_another_ending_is_refused() -> None:
    with pytest.raises(Invalid, match=r"“plan.csv” must end in .yaml, .json or .xlsx"):
        write_plan_file({"hoshin": 1}, "folder/plan.csv")


def test_what_no_cell_holds_is_refused_with_what_to_do() -> None:
    members = [f"person{number}@example.com" for number in range(2000)]

    with pytest.raises(Invalid, match=r"Teams, members: .* Export YAML or JSON\."):
        write_workbook({"hoshin": 1, "teams": [{"name": "All", "members": members}]})
