"""What the pages name is there (commands, settings, other pages), and what is there stands on a page."""

import re
from pathlib import Path

import pytest
import typer.main

from bot.cli import program
from bot.commands import NOUNS, VERBS, NotUnderstood, parse
from bot.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [DOCS.parent / "README.md", *sorted(DOCS.rglob("*.md"))]
NAMES = [page.relative_to(DOCS.parent).as_posix() for page in PAGES]
CALLS = typer.main.get_command(program).commands  # type: ignore[attr-defined]  # a group has them
SLASH = re.compile(rf"(/(?:{'|'.join(noun.name for noun in NOUNS)}))\b *(.*)")
CALL = re.compile(r"(?:^|uv run |bot |/api/ )hoshin ([a-z]+)(.*)")

on_every_page = pytest.mark.parametrize("page", PAGES, ids=NAMES)


def read(page: Path) -> str:
    return page.read_text("utf-8")


def anchors(page: Path) -> set[str]:
    """What the headings of a page are linked by."""
    headings = re.findall(r"^#+ (.+)$", read(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def code_in(page: Path) -> list[str]:
    """Everything that is set as code, a line each."""
    fence = re.compile(r"^ *```\w*\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
    text = read(page)
    blocks = [line.strip() for block in fence.findall(text) for line in block.splitlines()]
    return [*blocks, *re.findall(r"`([^`\n]+)`", fence.sub("", text))]


@on_every_page
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", read(page)):
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if "://" not in target and not (there.exists() and (not anchor or anchor in anchors(there))):
            dead.append(target)
    assert dead == []


@on_every_page
def test_every_slash_command_on_a_page_is_understood(page: Path) -> None:
    typed = [found for line in code_in(page) if (found := SLASH.match(line))]
    unknown = [found[0] for found in typed if isinstance(parse(found[1], found[2]), NotUnderstood)]
    # "/hoshin kaizen …" stands for every command of that kind.
    assert [command for command in unknown if not command.endswith("…")] == []


@on_every_page
def test_every_call_of_the_program_on_a_page_is_one_and_has_these_options(page: Path) -> None:
    wrong = []
    for call in filter(None, map(CALL.search, code_in(page))):
        options = {option for one in CALLS[call[1]].params for option in (*one.opts, *one.secondary_opts)}
        wrong += [option for option in re.findall(r"--[a-z-]+", call[2]) if option not in options]
    assert wrong == []


def test_every_rule_of_the_method_that_the_program_cites_is_a_chapter_of_its_page() -> None:
    chapters = set(re.findall(r"^## ([0-9]+)\. ", read(DOCS / "guide" / "method.md"), re.MULTILINE))
    sources = [path for part in ("bot", "storage") for path in (DOCS.parent / part).rglob("*.py")]
    cited = {
        number
        for path in sources
        for numbers in re.findall(r"rules (§[0-9]+(?:, §[0-9]+)*)", path.read_text("utf-8"))
        for number in re.findall(r"[0-9]+", numbers)
    }
    assert cited
    assert cited <= chapters


def test_every_slash_command_stands_in_the_guide() -> None:
    guide = "\n".join(read(page) for page in sorted((DOCS / "guide").glob("*.md")))
    # That any word has a help behind it is said once.
    routes = [verb.route for verb in VERBS if verb.verb != "help"]
    assert [route for route in routes if f"/{route}" not in guide] == []


def test_every_call_of_the_program_stands_on_a_page() -> None:
    named = {call[1] for page in PAGES for line in code_in(page) if (call := CALL.search(line))}
    assert named == set(CALLS)


def test_the_page_of_settings_names_every_setting_and_no_other() -> None:
    named = re.findall(r"`([A-Z][A-Z_]+)`", read(DOCS / "operations/settings.md"))
    assert set(named) == {name.upper() for name in Settings.model_fields}


def test_the_list_of_decisions_has_each_in_its_order() -> None:
    folder = DOCS / "decisions"
    listed = re.findall(r"^\| \[\d{4}\]\(([^)]+)\)", read(folder / "README.md"), re.MULTILINE)
    assert listed == sorted(page.name for page in folder.glob("0*.md"))
