"""`hoshin lint`: for an operator, and for a program."""

import json

import pytest

from bot.linting import go_through
from storage.database import Database
from storage.rules.errors import NotFound
from tests import factories
from tests.clock import FrozenClock


def test_a_plan_is_gone_through_as_text_and_as_json(sqlite_database: Database, clock: FrozenClock) -> None:
    workspace = factories.workspace(sqlite_database, clock.now())
    with sqlite_database.unit_of_work(workspace, clock.now()) as uow:
        factories.breakthrough(uow, owner_id=factories.member(uow).id)
    gone = go_through(sqlite_database, clock)
    assert gone.has_errors
    assert "L02 error: A breakthrough without an annual objective. Add an annual objective" in gone.as_text()
    assert gone.as_text().endswith("1 errors, 0 warnings.")
    [row] = json.loads(gone.as_json())
    assert (row["rule"], row["severity"], row["reference"]) == ("L02", "error", "B-1")
    assert row["sentence"] == "B-1 The service people recommend has no annual objective."


def test_without_a_plan_it_says_so(sqlite_database: Database, clock: FrozenClock) -> None:
    with pytest.raises(NotFound, match="There is no plan yet"):
        go_through(sqlite_database, clock)
