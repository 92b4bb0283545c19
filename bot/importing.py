"""What `hoshin import` does: a plan file into the record, and a text that says what came of it."""

from pathlib import Path

from bot.clock import Clock
from storage.bundle import Bundle, Loaded, example, load, read_plan_file
from storage.database import Database
from storage.repositories.plans import Record
from storage.repositories.workspaces import Workspaces
from storage.rules.errors import Invalid

EXAMPLE = "example"
READABLE = {".yaml", ".yml"}
MOST_CHANGES = 40
"""Changes named one by one; above that the counts say enough."""


def import_file(
    database: Database, clock: Clock, file: str, *, dry_run: bool = False, workspace: str | None = None
) -> str:
    """Reads, checks and loads a plan file. Returns what was done, for the operator to read.

    Args:
        file: a path, or the word `example` for the worked example.
        workspace: Slack's id of the workspace, where the database holds several.

    Raises:
        PlanFileError: every fault of the file with its line; nothing was written.
        Invalid, NotFound: the file's kind or the workspace is not right.
    """
    with database.workspaces() as workspaces:
        chosen = workspaces.choose(workspace)
    record = None
    if chosen is not None:
        with database.unit_of_work(chosen.id, clock.now(), read=True) as uow:
            record = uow.plans.record()
    bundle = _read(file, record)
    with database.session() as session:
        # One transaction with the workspace that waits for it, so that a dry run leaves neither.
        workspace_id = chosen.id if chosen is not None else Workspaces(session).add_waiting().id
        loaded = load(database.work_in(session, workspace_id, clock.now()), bundle, dry_run=dry_run)
    return _report(bundle, loaded)


def _read(file: str, record: Record | None) -> Bundle:
    """The file, checked against what the record has already; nothing is written."""
    if file == EXAMPLE:
        return read_plan_file(example(), name="example.yaml", record=record)
    path = Path(file)
    if path.suffix.lower() not in READABLE:
        raise Invalid(
            f"“{path.name}” is not a plan file that can be read: it must end in .yaml. The format stands in "
            "docs/guide/plan-file.md; `hoshin import example` loads the worked example."
        )
    return read_plan_file(path, record=record)


def _report(bundle: Bundle, loaded: Loaded) -> str:
    lines = [f"warning: {warning}" for warning in loaded.warnings]
    lines += [str(change) for change in loaded.changes[:MOST_CHANGES]]
    if len(loaded.changes) > MOST_CHANGES:
        lines.append(f"and {len(loaded.changes) - MOST_CHANGES} more")
    did = "would be imported" if loaded.is_dry_run else "imported"
    lines.append(f"{bundle.name} {did}: {loaded}.")
    return "\n".join(lines)
