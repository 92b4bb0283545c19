"""Who may import what, where import-linter's words (pyproject.toml) are too coarse to say it."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = sorted(file for package in ("bot", "storage") for file in (ROOT / package).rglob("*.py"))

ONLY_HERE = {
    "apscheduler": ("bot/scheduling.py",),
    "cryptography": ("bot/encryption.py",),
    "typer": ("bot/cli.py",),
    "alembic": ("storage/schema.py", "storage/migrations/"),
    "pydantic_settings": ("bot/settings.py",),
    "openpyxl": ("storage/bundle/",),
    "yaml": ("bot/manifest.py", "bot/checking.py", "bot/simulator/manifest.py", "storage/bundle/"),
}
"""Third-party packages that one place of ours hides from the rest."""


@cache
def imports(file: Path) -> tuple[str, ...]:
    """The full names of all modules that a file imports, wherever in it; each file is read once."""
    return tuple(_imports(file))


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = ".".join([*_package(file, node.level), *filter(None, [node.module])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def below(folder: str) -> list[Path]:
    return [file for file in PRODUCT if name_of(file).startswith(folder)]


def imported_outside(folder: str, allowed: tuple[str, ...]) -> list[tuple[str, str]]:
    """(file, import) of everything below a folder that is not from one of these packages."""
    return [
        (name_of(file), name)
        for file in below(folder)
        for name in imports(file)
        if not f"{name}.".startswith(tuple(f"{package}." for package in allowed))
    ]


def test_rules_import_the_standard_library_alone() -> None:
    without_clock_and_io = sys.stdlib_module_names - {"time", "os", "pathlib", "random", "socket", "sqlite3"}
    assert imported_outside("storage/rules/", (*without_clock_and_io, "storage.rules")) == []


def test_the_simulator_judges_the_bot_and_so_shares_nothing_with_it() -> None:
    own = [
        (file, name)
        for file, name in imported_outside("bot/simulator/", ("bot.simulator",))
        if name.split(".")[0] in {"bot", "storage"}
    ]
    assert own == []


@pytest.mark.parametrize("package", ONLY_HERE)
def test_a_package_is_imported_in_its_one_place(package: str) -> None:
    importers = {
        name_of(file) for file in PRODUCT for name in imports(file) if f"{name}.".startswith(f"{package}.")
    }
    assert importers, f"nothing imports {package} any more"
    assert [file for file in importers if not file.startswith(ONLY_HERE[package])] == []


def test_only_repositories_and_the_schema_select() -> None:
    statements = {"select", "insert", "update", "delete", "text"}
    makers = [
        (name_of(file), name)
        for file in PRODUCT
        for name in imports(file)
        if name.split(".")[0] in {"sqlalchemy", "sqlmodel"} and name.split(".")[-1] in statements
    ]
    allowed = ("storage/repositories/", "storage/schema.py")
    assert [(file, name) for file, name in makers if not file.startswith(allowed)] == []


def test_rows_are_loaded_by_their_key_only_where_their_workspace_is_checked() -> None:
    """`session.get` asks for no workspace: `Repository` compares it, and these two tables belong to none."""
    loads = {
        (name_of(file), ast.unparse(node.args[0]))
        for file in PRODUCT
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and re.search(r"\bsession\.(get|get_one)$", ast.unparse(node.func))
        and not name_of(file).startswith("bot/simulator/")
    }
    of_a_workspace = {load for load in loads if load[1] not in {"Workspace", "Setting"}}
    assert of_a_workspace == {("storage/repositories/base.py", "table")}


def test_every_package_has_an_init_so_that_tests_never_shadow_the_product() -> None:
    folders = {file.parent for top in ("bot", "storage", "tests") for file in (ROOT / top).rglob("*.py")}
    assert [name_of(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def _package(file: Path, level: int) -> tuple[str, ...]:
    """What the leading dots of a relative import stand for."""
    folders = file.relative_to(ROOT).parts[:-1]
    return folders[: len(folders) - level + 1] if level else ()
