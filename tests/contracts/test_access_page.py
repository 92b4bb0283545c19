"""The guide's table of who may what is the rules' own."""

from pathlib import Path

from storage.rules.access import ALLOWED, Action
from storage.rules.terms import Role

PAGE = Path(__file__).parents[2] / "docs/guide/access.md"


def test_the_page_shows_the_table_of_the_rules() -> None:
    assert _table() in PAGE.read_text(encoding="utf-8")


def _table() -> str:
    roles = [role for role in Role if any(role in allowed for allowed in ALLOWED.values())]
    rows = [f"| may | {' | '.join(roles)} |", "| --- |" + " :-: |" * len(roles)]
    for action in Action:
        marks = " | ".join("●" if role in ALLOWED[action] else "" for role in roles)
        rows.append(f"| {action.value} | {marks} |")
    return "\n".join(rows)
