"""The worked example as its people see it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from bot.answers import Message, View
from bot.asks import Person
from bot.simulator.blocks import check_message, check_view
from storage.bundle import example, load, read_plan_file
from storage.database import Database, UnitOfWork
from storage.rules.terms import Role
from tests import factories
from tests.clock import FrozenClock


@dataclass(frozen=True)
class Norden:
    """Norden Pumps, its example plan loaded on the tests' Monday."""

    database: Database
    workspace: int
    clock: FrozenClock
    people: dict[str, int]

    def read(self, work: Callable[..., Any], who: str, *args: Any) -> Any:
        """What a person, named by their first name, gets of a service."""
        with self.work() as uow:
            return work(uow, self.people[who], *args)

    def work(self) -> Any:
        return self.database.unit_of_work(self.workspace, self.clock.now())


@pytest.fixture
def norden(sqlite_database: Database, clock: FrozenClock) -> Norden:
    workspace = factories.workspace(sqlite_database, clock.now())
    with sqlite_database.unit_of_work(workspace, clock.now()) as uow:
        load(uow, read_plan_file(example(), name="example.yaml"))
        people = {name.split()[0].lower(): member_id for name, member_id in _people(uow)}
        uow.roles.grant(people["ingrid"], Role.STRATEGY_LEAD, by_id=None, at=clock.now())
    return Norden(sqlite_database, workspace, clock, people)


def _people(uow: UnitOfWork) -> list[tuple[str, int]]:
    return [(person.name, person.id) for person in uow.strategies.read_people().values()]


ANA = Person(1, "U1", "Ana Ruiz", "America/Chicago", "en-US")


def words(shown: Message | View) -> str:
    """All texts of a message or form, a line each, after Slack has looked at them."""
    if isinstance(shown, Message):
        blocks: list[Any] = list(shown.blocks)
        check_message(shown.text, blocks)
    else:
        blocks = shown["blocks"]
        check_view(shown, "modal")
    return "\n".join(_texts(blocks))


def _texts(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["text"]] if isinstance(part.get("text"), str) else []
        return own + [text for value in part.values() for text in _texts(value)]
    return [text for one in part for text in _texts(one)] if isinstance(part, list | tuple) else []
