"""The project's own files say the same thing in every place where they say it."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
README_COMMANDS = ("uv run hoshin demo", "uv run pytest")


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def lock() -> str:
    return (ROOT / "requirements.lock").read_text("utf-8")


@pytest.mark.parametrize("command", README_COMMANDS)
def test_the_readme_shows_the_command_on_a_line_of_its_own(command: str) -> None:
    blocks = re.findall(r"```\w*\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    lines = {line.partition("#")[0].strip() for block in blocks for line in block.splitlines()}
    assert command in lines


def test_ci_runs_the_readmes_own_test_command() -> None:
    assert README_COMMANDS[1] in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()


def test_ci_covers_every_python_that_the_project_supports(project: dict[str, Any]) -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
    covered = workflow["jobs"]["checks"]["strategy"]["matrix"]["python"]
    supported = SpecifierSet(project["project"]["requires-python"])
    assert [
        version for version in (f"3.{minor}" for minor in range(8, 30)) if version in supported
    ] == covered


def test_the_lock_holds_every_runtime_package_in_a_version_that_the_project_accepts(
    project: dict[str, Any], lock: str
) -> None:
    pinned = dict(re.findall(r"^([a-z0-9.-]+)==([^\s;]+)", lock, re.MULTILINE))
    extras = project["project"]["optional-dependencies"].values()
    wanted = [*project["project"]["dependencies"], *(line for extra in extras for line in extra)]
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), requirement


def test_every_locked_package_has_hashes(lock: str) -> None:
    entries = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)[1:]
    assert entries
    assert [entry.partition("==")[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_lock_names_no_registry_and_no_machine(lock: str) -> None:
    assert re.findall(r"https?://|file:|--index|--find-links|(?<![\w.])/\w+", lock) == []


def test_development_tools_are_pinned(project: dict[str, Any]) -> None:
    tools = [Requirement(line) for line in project["dependency-groups"]["dev"]]
    runtime = {
        canonicalize_name(Requirement(line).name)
        for line in project["project"]["optional-dependencies"]["postgres"]
    }
    loose = [
        tool.name
        for tool in tools
        if canonicalize_name(tool.name) not in runtime and not re.fullmatch(r"==[\d.]+", str(tool.specifier))
    ]
    assert loose == []
    assert project["tool"]["uv"]["exclude-newer"]
