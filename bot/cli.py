"""The `hoshin` program: arguments only. Heavy imports stand inside the commands, so that help is quick."""

import asyncio
import sys
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot import heap
from storage.rules.errors import DomainError, Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.clock import Clock
    from bot.settings import Settings
    from storage.bundle import Bundle
    from storage.database import Database, UnitOfWork

program = typer.Typer(
    name="hoshin",
    help="Hoshin Kanri that lives in Slack.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Workspace = Annotated[
    str | None,
    typer.Option(
        "--workspace", metavar="ID", help="Slack's id of the workspace (T…), where there are several."
    ),
]


def main() -> None:
    """Runs the program; a refusal is one sentence on standard error and exit code 1."""
    try:
        program()
    except DomainError as error:
        sys.exit(f"hoshin: {error.sentence}")


@program.command()
def demo(
    port: Annotated[int, typer.Option(help="Where the page is served; 0 takes any free port.")] = 8020,
) -> None:
    """A local Slack workspace in the browser with the worked example: no account, no token, no network."""
    from bot.demo import run_demo

    run_demo(port)


@program.command()
def run(
    *,
    migrate: Annotated[
        bool, typer.Option("--migrate/--no-migrate", help="Bring an older database to the current schema.")
    ] = True,
) -> None:
    """The bot: Socket Mode where SLACK_APP_TOKEN is set, else HTTP."""
    heap.hold()
    from bot.process import run_until_stopped
    from bot.settings import require_tokens

    settings = _settings()
    require_tokens(settings)
    database = _database(settings, migrate=migrate)
    try:
        asyncio.run(run_until_stopped(settings, database))
    finally:
        database.close()


@program.command()
def tick(
    at: Annotated[
        str | None,
        typer.Option(metavar="INSTANT", help="What fell due up to then, such as 2026-02-09T08:00Z."),
    ] = None,
    workspace: Workspace = None,
) -> None:
    """Runs once what fell due, waits until its messages are final, then exits."""
    from bot.process import tick_once
    from bot.settings import require_bot_token

    settings = _settings()
    require_bot_token(settings)
    database = _database(settings, migrate=False)
    try:
        typer.echo(asyncio.run(tick_once(settings, database, _instant(at), workspace)))
    finally:
        database.close()


@program.command()
def simulate(
    days: Annotated[int, typer.Option(help="How many days to look at.")] = 400,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="The first day, such as 2026-02-09.")
    ] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="A list for programs instead of a table.")] = False,
    ics: Annotated[bool, typer.Option("--ics", help="A calendar file instead of a table.")] = False,
    workspace: Workspace = None,
) -> None:
    """Prints every message that every person would get; sends nothing and changes nothing."""
    from bot import simulating
    from bot.app import SLICES
    from bot.clock import make_clock

    settings = _settings()
    first_on = _day(from_)
    database = _database(settings, migrate=False)
    try:
        clock = make_clock(settings, database)
        with _progress("Simulating") as tell:
            planned = asyncio.run(
                simulating.simulate(
                    database, clock, SLICES, days=days, from_on=first_on, workspace=workspace, tell=tell
                )
            )
        if ics:
            typer.echo(simulating.as_calendar(planned, clock.now()), nl=False)
        else:
            typer.echo(simulating.as_json(planned) if json else simulating.as_table(planned))
    finally:
        database.close()


@program.command()
def migrate() -> None:
    """Brings the database to the current schema."""
    from storage import schema

    database = _database(_settings(), migrate=True)
    typer.echo(f"The database is at schema {schema.head()}.")
    database.close()


@program.command()
def check() -> None:
    """Configuration, tokens and scopes, schema, clock, manifest: one line each; exit code 1 on any fault."""
    from bot.checking import run_checks

    findings = asyncio.run(run_checks())
    for finding in findings:
        typer.echo(f"{'ok   ' if finding.is_fine else 'FAULT'}  {finding.subject}: {finding.sentence}")
    if not all(finding.is_fine for finding in findings):
        raise typer.Exit(1)


@program.command()
def manifest(
    http: Annotated[
        str | None, typer.Option(metavar="URL", help="Your public address, for HTTP instead of Socket Mode.")
    ] = None,
    only: Annotated[
        str | None, typer.Option(metavar="hoshin", help="Claim this one slash command instead of all.")
    ] = None,
) -> None:
    """Prints the app manifest to paste into Slack."""
    from bot.manifest import as_yaml, make_manifest

    if only not in {None, "hoshin"}:
        raise Invalid("--only takes the one word hoshin: the command that everything else is reached by.")
    if http is not None and not http.startswith("https://"):
        raise Invalid(
            "--http takes the public address that Slack can reach, such as https://hoshin.example.com."
        )
    typer.echo(as_yaml(make_manifest(http=http, only_root=only is not None)), nl=False)


@program.command("import")
def import_plan(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A plan file (.yaml, .json, .xlsx), or the word example.")
    ],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
    ] = False,
    reason: Annotated[
        str,
        typer.Option(
            "--reason",
            metavar="TEXT",
            help="Why, where it changes what was agreed in the middle of its time.",
        ),
    ] = "",
    workspace: Workspace = None,
) -> None:
    """Takes a plan file into the record: whole or not at all, and twice is the same as once."""
    from bot.importing import import_file

    with _opened() as (database, clock):
        told = import_file(
            database,
            clock,
            file,
            dry_run=dry_run,
            workspace=workspace,
            reason=reason,
            close=_close_sight,
        )
        typer.echo(told)


@program.command("export")
def export_plan(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="Where to: .yaml, .json or .xlsx; template.xlsx is a workbook to fill in."
        ),
    ],
    workspace: Workspace = None,
) -> None:
    """Writes the whole plan with its history to a file."""
    from bot.importing import export_file

    with _opened() as (database, clock):
        typer.echo(export_file(database, clock, file, workspace=workspace))


@program.command("diff")
def compare_plans(
    first: Annotated[str, typer.Argument(metavar="A", help="A plan file, or the word record.")],
    second: Annotated[str, typer.Argument(metavar="B", help="A plan file, or the word record.")],
    workspace: Workspace = None,
) -> None:
    """What two plans say differently; exit code 1 where they do."""
    from bot.importing import compare_files, read_recorded

    def recorded() -> "Bundle":
        with _opened() as (database, clock):
            return read_recorded(database, clock, workspace=workspace)

    text, is_same = compare_files(first, second, recorded)
    typer.echo(text)
    if not is_same:
        raise typer.Exit(1)


def _close_sight(uow: "UnitOfWork") -> None:
    """Brings the slices along only where a file has restricted something."""
    if uow.narrowed:
        from bot.app import SLICES
        from bot.closing import close_sight

        close_sight(uow, SLICES)


@contextmanager
def _opened() -> "Iterator[tuple[Database, Clock]]":
    """The database, brought to the current schema, and the clock."""
    from bot.clock import make_clock

    settings = _settings()
    database = _database(settings, migrate=True)
    try:
        yield database, make_clock(settings, database)
    finally:
        database.close()


@program.command()
def erase(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The address of the person who left.")],
    workspace: Workspace = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: it cannot be undone.")] = False,
) -> None:
    """Removes a person's data and leaves the plan whole. It cannot be undone."""
    from bot.clock import make_clock
    from storage.erasing import erase_member, find_member

    settings = _settings()
    database = _database(settings, migrate=True)
    try:
        clock = make_clock(settings, database)
        with database.workspaces(read=True) as workspaces:
            chosen = workspaces.choose(workspace)
        if chosen is None:
            raise Invalid("This database holds no workspace yet, so there is nobody to remove.")
        with database.unit_of_work(chosen.id, clock.now()) as uow:
            name = find_member(uow, email).name
        if not yes:
            typer.confirm(
                f"Remove everything of {name} ({email.strip()})? This cannot be undone.", abort=True
            )
        with database.unit_of_work(chosen.id, clock.now()) as uow:
            typer.echo(erase_member(uow, email))
    finally:
        database.close()


@program.command("lint")
def lint_plan(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for a program to read.")] = False,
    workspace: Workspace = None,
) -> None:
    """What is wrong with the plan, rule by rule, with the remedy; exit code 1 on any error."""
    from bot.clock import make_clock
    from bot.linting import go_through

    settings = _settings()
    database = _database(settings, migrate=True)
    try:
        gone = go_through(database, make_clock(settings, database), workspace)
    finally:
        database.close()
    typer.echo(gone.as_json() if as_json else gone.as_text())
    if gone.has_errors:
        raise typer.Exit(1)


@contextmanager
def _progress(label: str) -> "Iterator[Callable[[float], None]]":
    """A bar on standard error, where somebody looks at it; it takes the share that is done."""
    with typer.progressbar(length=100, label=label, file=sys.stderr) as bar:
        yield lambda share: bar.update(round(100 * share) - bar.pos)
        bar.update(100 - bar.pos)


def _settings() -> "Settings":
    from bot import logs
    from bot.settings import read_settings

    settings = read_settings()
    logs.configure(settings.hoshin_log_format)
    return settings


def _database(settings: "Settings", *, migrate: bool) -> "Database":
    from bot.databases import open_database

    return open_database(settings, migrate=migrate)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"--from: “{text}” is not a day. Write it like 2026-02-09.") from None


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(f"--at: “{text}” is not an instant. Write it like 2026-02-09T08:00Z.") from None
    if instant.tzinfo is None:
        raise Invalid(
            f"--at: “{text}” has no zone. Write it like 2026-02-09T08:00Z or 2026-02-09T09:00+01:00."
        )
    return instant


if __name__ == "__main__":
    main()
