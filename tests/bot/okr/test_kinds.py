"""Every kind of measure in every view: nothing breaks, and each shows its figures in the words of its "
"kind."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest

from bot.okr import updating, viewing, writing
from bot.okr.blocks import recorded_message, recorded_view, update_form
from bot.okr.grading import Gradable, GradeForm
from bot.okr.grading_forms import grade_form
from bot.okr.pages import board_message, overview_message, page_message
from bot.okr.writing_forms import draft_page
from storage.database import UnitOfWork
from storage.rules.grading import suggest_grade
from storage.rules.measures import MeasureKind
from storage.rules.terms import Commitment, Direction, Kind
from storage.tables import KeyResult
from tests import factories
from tests.bot.okr.office import Office


@dataclass(frozen=True)
class Sample:
    """A key result of one kind, what is typed for it, and what every view of its figure then shows."""

    unit: str
    direction: Direction
    baseline: int
    target: int
    typed: str
    shown: str
    band: bool = False


SAMPLES = {
    MeasureKind.INCREASE: Sample("days", Direction.INCREASE, 1, 9, "5", "5 days"),
    MeasureKind.DECREASE: Sample("days", Direction.DECREASE, 9, 1, "5", "5 days"),
    MeasureKind.MAINTAIN: Sample(
        "days", Direction.MAINTAIN, 3, 6, "5", "to stay between 3 days and 6 days", True
    ),
    MeasureKind.PERCENT: Sample("%", Direction.INCREASE, 70, 80, "77,5 %", "77,5 %"),
    MeasureKind.CURRENCY: Sample("€", Direction.INCREASE, 0, 3_000_000, "1,2m", "1 200 000 €"),
    MeasureKind.COUNT: Sample("", Direction.INCREASE, 0, 40, "12", "12"),
    MeasureKind.YES_NO: Sample("yes/no", Direction.INCREASE, 0, 1, "yes", "yes"),
    MeasureKind.MILESTONES: Sample("milestones", Direction.INCREASE, 0, 100, "done 1", "50 %"),
}


def make(uow: UnitOfWork, office: Office, sample: Sample) -> KeyResult:
    band = {"band_low": Decimal(sample.baseline), "band_high": Decimal(sample.target)} if sample.band else {}
    key_result = factories.key_result(
        uow,
        title="The measure",
        objective_id=office.objective.id,
        owner_id=office.ana.id,
        unit=sample.unit,
        direction=sample.direction,
        baseline=Decimal(sample.baseline),
        target=Decimal(sample.target),
        **band,
    )
    if sample.unit == "milestones":
        for _ in range(2):
            factories.milestone(uow, key_result)
    return key_result


def test_there_is_a_sample_of_every_kind() -> None:
    assert set(SAMPLES) == set(MeasureKind)


@pytest.mark.parametrize("kind", MeasureKind)
def test_every_kind_works_in_every_view(office: Office, kind: MeasureKind) -> None:
    sample = SAMPLES[kind]
    with office.unit_of_work() as uow:
        make(uow, office, sample)
    recorded = office.says(office.ana, f"KR-3 {sample.typed} c7 note: so far", "de-DE")
    with office.unit_of_work() as uow:
        ana = office.ana.id
        form = updating.open_form(uow, ana, "KR-3")
        page = viewing.show(uow, ana, "KR-3")
        objective = viewing.show(uow, ana, "O-1")
        [measure] = [shown for shown in objective.below if shown.reference == "KR-3"]
        gradable = Gradable(measure, suggest_grade(measure.standing.progress))
        grading = GradeForm(
            shown=objective.shown, key_results=(gradable,), commitment=Commitment.ASPIRATIONAL
        )
        drawn: dict[str, Callable[[], object]] = {
            "line": lambda: recorded_message(recorded, "de-DE").blocks,
            "view": lambda: recorded_view(recorded, "de-DE"),
            "form": lambda: update_form(form, "de-DE"),
            "list": lambda: overview_message(viewing.overview(uow, ana), "de-DE").blocks,
            "page": lambda: page_message(page, "de-DE", "UTC").blocks,
            "objective": lambda: page_message(objective, "de-DE", "UTC").blocks,
            "writing": lambda: draft_page(writing.read_draft(uow, ana, "O-1"), "de-DE"),
            "grading": lambda: grade_form(grading, "de-DE"),
        }
        missing = {
            name for name, draw in drawn.items() if sample.shown not in str(draw()).replace("\\xa0", " ")
        }
        board_message(viewing.board(uow, ana), "de-DE")
        undone = updating.undo(uow, ana, recorded.report_id)
    assert missing == set()
    assert undone.value is None


@pytest.mark.parametrize("kind", MeasureKind)
def test_every_kind_stands_somewhere_between_its_baseline_and_its_target(
    office: Office, kind: MeasureKind
) -> None:
    with office.unit_of_work() as uow:
        make(uow, office, SAMPLES[kind])
    office.says(office.ana, f"KR-3 {SAMPLES[kind].typed}", "de-DE")
    with office.unit_of_work() as uow:
        standing = uow.picture().standings[Kind.KEY_RESULT, 3]
    assert standing.progress is not None
    assert 0 < standing.progress <= 1
