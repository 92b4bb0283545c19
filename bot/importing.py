"""What `hoshin import`, `export` and `diff` do with plan files, and a text that says what came of it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bot.clock import Clock
from storage.bundle import (
    Bundle,
    Comparison,
    Content,
    Loaded,
    compare,
    example,
    export,
    load,
    read_plan_file,
    write_plan_file,
    write_template,
)
from storage.database import Database, UnitOfWork
from storage.repositories.plans import Record
from storage.repositories.workspaces import Workspaces
from storage.rules.errors import Invalid, NotFound
from storage.tables.workspace import Workspace

EXAMPLE = "example"
TEMPLATE = "template"
RECORD = "record"
MOST_CHANGES = 40
"""Changes named one by one; above that the counts say enough."""
MOST_DIFFERENCES = 400


def import_file(
    database: Database,
    clock: Clock,
    file: str,
    *,
    dry_run: bool = False,
    workspace: str | None = None,
    reason: str = "",
    close: Callable[[UnitOfWork], object] = lambda _: None,
) -> str:
    """Reads, checks and loads a plan file. Returns what was done, for the operator to read.

    Args:
        file: a path, or the word `example` for the worked example.
        workspace: Slack's id of the workspace, where the database holds several, or where the plan is to
            wait for that one and for no other.
        reason: why the file changes what was agreed, where it does so in the middle of its time.
        close: takes what the file has restricted out of messages that wait to be sent.

    Raises:
        PlanFileError: every fault of the file with its line or cell; nothing was written.
        Invalid: the workspace is not right, or a reason is wanted; nothing was written.
    """
    with database.workspaces() as workspaces:
        chosen = workspaces.find_for_import(workspace)
    record = Record()
    if chosen is not None:
        with database.unit_of_work(chosen.id, clock.now(), read=True) as uow:
            record = uow.plans.record()
    bundle = _read(file, record)
    with database.session() as session:
        # One transaction with the workspace that waits for it, so that a dry run leaves neither.
        held = Workspaces(session).hold_for_import(workspace)
        waits = [] if dry_run else _waits(held)
        uow = database.work_in(session, held.id, clock.now())
        try:
            loaded = load(uow, bundle, dry_run=dry_run, reason=reason)
        except Invalid as refused:
            if refused.field != "reason":
                raise
            raise Invalid(f"{refused.sentence} Type it behind --reason.") from None
        if not dry_run:
            close(uow)
    return "\n".join([*waits, _report(bundle, loaded)])


def export_file(database: Database, clock: Clock, file: str, *, workspace: str | None = None) -> str:
    """Writes the whole plan to a file of that name, or a workbook to fill in. Returns what was done.

    Args:
        file: a path that ends in .yaml, .json or .xlsx; the word `template` in place of the name
            (`template.xlsx`) stands for a workbook to fill in.

    Raises:
        Invalid, NotFound: the ending, the folder or the workspace is not right.
    """
    path = Path(file)
    if path.name.lower() in {TEMPLATE, f"{TEMPLATE}.xlsx"}:
        path = path.with_suffix(".xlsx")
        return _written(path, write_template(), "a workbook to fill in")
    data = write_plan_file(_recorded(database, clock, workspace), path.name)
    return _written(path, data, "the plan with its history")


def compare_files(first: str, second: str, recorded: Callable[[], Bundle]) -> tuple[str, bool]:
    """What two plans say differently, and whether they say the same.

    Args:
        first, second: a path each, or the word `record` for what `recorded` gives.

    Raises:
        PlanFileError: a file has faults.
    """
    bundles = [recorded() if one == RECORD else _read(one, None) for one in (first, second)]
    comparison = compare(bundles[0].document, bundles[1].document)
    return _difference(comparison, bundles[0].name, bundles[1].name), comparison.is_same


def read_recorded(database: Database, clock: Clock, *, workspace: str | None = None) -> Bundle:
    """The plan in the database, as if it were a file.

    Raises:
        Invalid, NotFound: there is no plan, or the workspace is not right.
    """
    data = write_plan_file(_recorded(database, clock, workspace), f"{RECORD}.json")
    return replace(read_plan_file(data, name=f"{RECORD}.json"), name=f"the {RECORD}")


def _recorded(database: Database, clock: Clock, workspace: str | None) -> Content:
    with database.workspaces() as workspaces:
        chosen = workspaces.choose(workspace)
    if chosen is None:
        raise NotFound("There is no plan in this database yet. `hoshin import` brings one in.")
    with database.unit_of_work(chosen.id, clock.now(), read=True) as uow:
        return export(uow)


def _written(path: Path, data: bytes, what: str) -> str:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise Invalid(
            f"{path} cannot be written: {error.strerror}. Name a file in a folder that exists."
        ) from None
    return f"{path.name} holds {what}."


def _read(file: str, record: Record | None) -> Bundle:
    """The file, checked against what the record has already; nothing is written."""
    if file == EXAMPLE:
        return read_plan_file(example(), name="example.yaml", record=record)
    return read_plan_file(Path(file), record=record)


def _difference(comparison: Comparison, first: str, second: str) -> str:
    if comparison.is_same:
        return f"{first} and {second} say the same."
    lines = [
        *(f"only in {first}: {name}" for name in comparison.only_first),
        *(f"only in {second}: {name}" for name in comparison.only_second),
        *map(str, comparison.differing),
    ]
    shown = lines[:MOST_DIFFERENCES]
    if len(lines) > len(shown):
        shown.append(f"and {len(lines) - len(shown)} more")
    counts = (
        f"{len(comparison.differing)} differ, {len(comparison.only_first)} only in {first}, "
        f"{len(comparison.only_second)} only in {second}."
    )
    return "\n".join([*shown, counts])


def _waits(workspace: Workspace) -> list[str]:
    """Whom the plan waits for, in a line; none where its workspace has connected."""
    if workspace.connected_at is not None:
        return []
    if workspace.slack_team_id is not None:
        return [f"The plan waits until {workspace.slack_team_id} connects."]
    sentence = (
        "The plan waits until a workspace connects with SLACK_BOT_TOKEN. Where workspaces install Hoshin by "
        "themselves, import it again with --workspace and the workspace's id."
    )
    return [sentence]


def _report(bundle: Bundle, loaded: Loaded) -> str:
    lines = [f"warning: {warning}" for warning in loaded.warnings]
    lines += [str(change) for change in loaded.changes[:MOST_CHANGES]]
    if len(loaded.changes) > MOST_CHANGES:
        lines.append(f"and {len(loaded.changes) - MOST_CHANGES} more")
    did = "would be imported" if loaded.is_dry_run else "imported"
    lines.append(f"{bundle.name} {did}: {loaded}.")
    if loaded.is_dry_run and loaded.moved:
        lines.append(
            f"{', '.join(loaded.moved)}: this changes what was agreed, in the middle of its time. Say why by "
            "--reason when you import it."
        )
    return "\n".join(lines)
