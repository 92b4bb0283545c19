"""The guide's example is a plan file, and its tables name the keys that there are."""

import re
from pathlib import Path

import pytest

from storage.bundle import item_rows, load, read_plan_file, rows
from storage.bundle.shape import SECTIONS
from storage.repositories.plans import Record
from tests.conftest import UnitsOfWork

GUIDE = (Path(__file__).parents[3] / "docs/guide/plan-file.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)[0]

SELDOM_BY_HAND = {"plans", "marks", "readings", "changes"}
ROWS = [
    rows.PlanRow,
    rows.CheckinRow,
    rows.CalendarRow,
    rows.DayOffRow,
    rows.PersonRow,
    rows.AwayRow,
    rows.TeamRow,
    item_rows.DriverRow,
    item_rows.BreakthroughRow,
    item_rows.AnnualObjectiveRow,
    item_rows.ObjectiveRow,
    item_rows.KeyResultRow,
    item_rows.KpiRow,
    item_rows.InitiativeRow,
    item_rows.StepRow,
    rows.MarkRow,
    rows.ReadingRow,
    rows.ChangeRow,
]


def test_the_guides_example_loads(unit_of_work: UnitsOfWork) -> None:
    bundle = read_plan_file(EXAMPLE, "guide.yaml", Record())

    with unit_of_work() as uow:
        result = load(uow, bundle)

    assert bundle.warnings == ()
    assert result.changed == 0
    assert isinstance(bundle.document.source.content, dict)
    assert set(SECTIONS) - {"key_results", *SELDOM_BY_HAND} <= set(bundle.document.source.content)


@pytest.mark.parametrize("row", ROWS)
def test_the_guide_names_every_key(row: type[rows.FileRow]) -> None:
    missing = [key for key in row.key_names() if f"`{key}`" not in GUIDE]

    assert missing == []


def test_the_guide_names_every_section() -> None:
    assert [section for section in SECTIONS if section not in GUIDE] == []
