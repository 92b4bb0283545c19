"""Plan files at the command line: in, out and side by side."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.importing import compare_files, export_file, import_file, read_recorded
from storage.bundle import Bundle, PlanFileError
from storage.database import Database
from storage.rules.errors import Invalid, NotFound
from tests import factories
from tests.clock import FrozenClock


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


@pytest.fixture
def recorded(database: Database, clock: FrozenClock) -> Callable[[], Bundle]:
    return lambda: read_recorded(database, clock)


def test_an_import_says_whom_the_plan_waits_for(sqlite_database: Database, clock: FrozenClock) -> None:
    told = import_file(sqlite_database, clock, "example")
    assert told.startswith("The plan waits until a workspace connects with SLACK_BOT_TOKEN.")
    told = import_file(sqlite_database, clock, "example", workspace="T0001")
    assert (
        told
        == "The plan waits until T0001 connects.\nexample.yaml imported: 0 added, 0 changed, 442 unchanged."
    )
    factories.workspace(sqlite_database, clock.now())
    assert "waits" not in import_file(sqlite_database, clock, "example", workspace="T0001")


@pytest.mark.parametrize("ending", ["yaml", "json", "xlsx"])
def test_an_export_is_imported_without_a_change(
    database: Database, clock: FrozenClock, tmp_path: Path, recorded: Callable[[], Bundle], ending: str
) -> None:
    import_file(database, clock, "example")
    file = tmp_path / f"plan.{ending}"

    assert export_file(database, clock, str(file)) == f"plan.{ending} holds the plan with its history."

    assert "imported: 0 added, 0 changed," in import_file(database, clock, str(file))
    assert compare_files(str(file), "record", recorded) == (
        f"plan.{ending} and the record say the same.",
        True,
    )


def test_a_dry_run_shows_what_would_change_and_changes_nothing(
    database: Database, clock: FrozenClock, tmp_path: Path, recorded: Callable[[], Bundle]
) -> None:
    import_file(database, clock, "example")
    file = tmp_path / "plan.yaml"
    export_file(database, clock, str(file))
    file.write_text(file.read_text("utf-8").replace("target: 75\n", "target: 78\n", 1), "utf-8")

    told = import_file(database, clock, str(file), dry_run=True)

    assert "changed key result KR-10: target 75 → 78\nplan.yaml would be imported: 0 added, 1 changed" in told
    assert told.endswith("Say why by --reason when you import it.")
    with pytest.raises(Invalid, match=r"agreed of KR-10.*Type it behind --reason\."):
        import_file(database, clock, str(file))
    text, is_same = compare_files("record", str(file), recorded)
    assert not is_same
    assert text == ("key result KR-10: target 75 → 78\n1 differ, 0 only in the record, 0 only in plan.yaml.")


def test_a_reason_for_what_is_changed_in_mid_cycle_is_taken(
    sqlite_database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    import_file(sqlite_database, clock, "example")
    file = tmp_path / "plan.yaml"
    export_file(sqlite_database, clock, str(file))
    file.write_text(file.read_text("utf-8").replace("target: 75\n", "target: 78\n", 1), "utf-8")

    told = import_file(sqlite_database, clock, str(file), reason="The market moved")

    assert "plan.yaml imported: 0 added, 1 changed" in told
    assert "0 added, 0 changed" in import_file(sqlite_database, clock, str(file))


def test_two_files_are_compared_without_a_database(tmp_path: Path) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.json"
    first.write_text("hoshin: 1\nplan: {title: Plan, starts: 2026-01-01}\n", "utf-8")
    second.write_text('{"hoshin": 1, "plan": {"title": "Plan", "starts": "2026-01-01"}}', "utf-8")

    def never() -> Bundle:
        raise AssertionError

    assert compare_files(str(first), str(second), never) == ("a.yaml and b.json say the same.", True)


def test_the_template_needs_no_plan(database: Database, clock: FrozenClock, tmp_path: Path) -> None:
    told = export_file(database, clock, str(tmp_path / "template"))

    assert told == "template.xlsx holds a workbook to fill in."
    assert (tmp_path / "template.xlsx").stat().st_size > 5000


def test_what_cannot_be_done_is_told(database: Database, clock: FrozenClock, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no plan in this database yet"):
        export_file(database, clock, str(tmp_path / "plan.yaml"))
    import_file(database, clock, "example")
    with pytest.raises(Invalid, match=r"must end in \.yaml, \.json or \.xlsx"):
        export_file(database, clock, str(tmp_path / "plan.txt"))
    with pytest.raises(Invalid, match="cannot be written: No such file or directory"):
        export_file(database, clock, str(tmp_path / "none" / "plan.yaml"))
    dressed = tmp_path / "plan.xlsx"
    dressed.write_bytes(b"\x7fELF\x02\x01\x01")
    with pytest.raises(PlanFileError, match=r"plan.xlsx:1: This is no XLSX workbook"):
        import_file(database, clock, str(dressed))
