"""The image and the compose file fit the program; Docker itself is not needed to know that."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import Settings

ROOT = Path(__file__).parents[2]
OF_THE_DATABASE = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}


@pytest.fixture(scope="module")
def image() -> str:
    return (ROOT / "Dockerfile").read_text("utf-8")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    return found


def settings() -> set[str]:
    return {name.upper() for name in Settings.model_fields}


def test_the_image_installs_exactly_what_the_lock_holds(image: str) -> None:
    installs = re.findall(r"pip install (.*?)(?: \\)?$", image, re.MULTILINE)
    assert [line for line in installs if "--no-deps" not in line] == []
    assert "--require-hashes -r requirements.lock" in installs[0]


def test_the_image_runs_the_bot_as_nobody_in_particular(image: str) -> None:
    last_stage = image.rpartition("\nFROM ")[2]
    assert re.search(r"^USER (?!root)\w+$", last_stage, re.MULTILINE)
    assert 'ENTRYPOINT ["hoshin"]\nCMD ["run"]' in last_stage
    assert "/healthz" in last_stage


def test_what_the_image_copies_is_not_ignored(image: str) -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    copied = [
        source
        for line in re.findall(r"^COPY (?!--from)(.*)$", image, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    assert [source for source in copied if f"!{source}" not in ignored] == []
    assert [source for source in copied if not (ROOT / source).exists()] == []


def test_every_variable_of_the_image_is_a_setting(image: str) -> None:
    [block] = re.findall(r"^ENV (.*?[^\\])$", image, re.MULTILINE | re.DOTALL)
    ours = {name for name in re.findall(r"([A-Z_]+)=", block) if not name.startswith("PYTHON")}
    assert ours - {"PATH"} <= settings()
    assert {"HOST", "PORT"} <= ours


def test_every_variable_of_the_composed_bot_is_a_setting(services: dict[str, Any]) -> None:
    assert set(services["bot"]["environment"]) <= settings()


def test_the_example_names_what_compose_asks_for_and_nothing_else() -> None:
    example = set(re.findall(r"^([A-Z_]+)=$", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))
    required = set(re.findall(r"\$\{(\w+):\?", (ROOT / "compose.yaml").read_text("utf-8")))
    assert required <= example <= settings() | OF_THE_DATABASE


def test_the_bot_waits_for_a_healthy_database(services: dict[str, Any]) -> None:
    assert services["bot"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert "pg_isready" in services["database"]["healthcheck"]["test"]
    assert "@database:5432/" in services["bot"]["environment"]["DATABASE_URL"]


def test_the_bot_is_reachable_from_its_own_machine_alone(services: dict[str, Any]) -> None:
    assert all(port.startswith("127.0.0.1:") for port in services["bot"]["ports"])
