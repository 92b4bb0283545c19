"""The wheel holds all that the program needs, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in a freshly built wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(  # noqa: S603 - our own interpreter and arguments
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    [file] = folder.glob("*.whl")
    with zipfile.ZipFile(file) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_every_file_of_both_packages(wheel: set[str]) -> None:
    files = {
        file.relative_to(ROOT).as_posix()
        for package in ("bot", "storage")
        for file in (ROOT / package).rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    }
    assert files - wheel == set()


@pytest.mark.parametrize(
    ("folder", "ending"),
    [
        ("storage/migrations/versions/", ".py"),
        ("bot/simulator/page/templates/", ".html"),
        ("bot/simulator/page/static/", ".css"),
        ("bot/simulator/page/static/", ".js"),
        ("storage/bundle/", ".yaml"),
    ],
)
def test_the_wheel_holds_what_is_no_module(wheel: set[str], folder: str, ending: str) -> None:
    assert [name for name in wheel if name.startswith(folder) and name.endswith(ending)]


def test_the_wheel_holds_nothing_but_the_packages(wheel: set[str]) -> None:
    assert {name.partition("/")[0] for name in wheel} == {"bot", "storage", "hoshin-0.2.0.dist-info"}


def test_the_wheel_installs_the_program(wheel: set[str]) -> None:
    assert "hoshin-0.2.0.dist-info/entry_points.txt" in wheel
