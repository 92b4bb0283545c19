"""What a person may not see does not exist for them, whatever they ask, press or send."""

from datetime import datetime

import pytest

from bot import help as help_routes
from bot.app import SLICES
from bot.asks import Person
from bot.routing import Family, Routes
from storage.database import Database, UnitOfWork
from storage.rules.terms import Kind
from tests.access.conftest import CHANNEL, OPEN, REFERENCES, SECRETS, Company
from tests.access.walk import Step, Walker, explore, forged, seeds
from tests.clock import FrozenClock

HIDDEN = {
    (Kind.ANNUAL_OBJECTIVE, 77),
    (Kind.OBJECTIVE, 77),
    (Kind.KEY_RESULT, 77),
    (Kind.KPI, 77),
    (Kind.INITIATIVE, 77),
}
ASKED = ["A-77", "KPI-77", "Graz", "KR-1"]
TEXTS = {
    "okr update": ["KR-77 5 8 going on", "KPI-77 5", "KR-1 75 8 fine", "Graz 5"],
    "hoshin link": ["A-77 B-1 strong", "I-77 KPI-77 weak", "A-1 B-1 strong"],
}


@pytest.fixture
def routes() -> Routes:
    routes = Routes()
    routes.include([*(one.routes for one in SLICES), help_routes.routes])
    return routes


def _walker(routes: Routes, database: Database, now: datetime, company: Company, person: Person) -> Walker:
    return Walker(routes, database, company.workspace_id, person, now, CHANNEL, _hidden_rows)


async def test_nobody_outside_its_circle_sees_or_changes_a_restricted_item_by_any_route(
    sqlite_database: Database, clock: FrozenClock, company: Company, routes: Routes
) -> None:
    steps: dict[Step, None] = {}
    for insider in company.insiders:
        walker = _walker(routes, sqlite_database, clock.now(), company, insider)
        steps |= dict.fromkeys(await explore(walker, [*_events(), *seeds(TEXTS, ASKED)]))
        assert any(SECRETS[0] in told for told in walker.told.values())
    walked = {(step.family, step.name) for step in steps}
    assert len(walked) >= WALKED_AT_LEAST
    steps |= dict.fromkeys(forged(routes, list(steps)))
    for name, person in company.outsiders.items():
        walker = _walker(routes, sqlite_database, clock.now(), company, person)
        for step in steps:
            await walker.take(step)
        assert _leaks(walker, OPEN if person.is_guest else ()) == [], name
        assert walker.touched == {}, name


WALKED_AT_LEAST = 80
"""Routes that an insider comes to by what the answers offer; the others are asked with forged requests."""


def _events() -> list[Step]:
    home = Step(Family.EVENT, "app_home_opened")
    shortcuts = [name for one in SLICES for name in one.routes.names(Family.SHORTCUT)]
    return [home, *(Step(Family.SHORTCUT, name) for name in shortcuts)]


def _leaks(walker: Walker, also: tuple[str, ...]) -> list[tuple[Step, str]]:
    """The steps whose answers tell of what is hidden, beyond what was asked with; a guest sees only what is
    theirs, and the rest of the plan is hidden `also`."""
    return [
        (step, secret)
        for step, told in walker.told.items()
        for secret in (*SECRETS, *also, *(REFERENCES if "77" not in step.typed else ()))
        if secret in told
    ]


def _hidden_rows(uow: UnitOfWork) -> str:
    """The restricted branch as it stands, with everything that hangs on it."""
    graph = uow.strategies.read_graph(uow.strategies.get_plan())
    measured = uow.strategies.read_measured(graph)
    nodes = [node for ref, node in graph.nodes.items() if ref in HIDDEN]
    figures = [(ref, found) for ref, found in measured.figures.items() if ref in HIDDEN]
    parts = [(ref, graph.supporters.get(ref), graph.readers.get(ref), graph.steps.get(ref)) for ref in HIDDEN]
    return repr((sorted(map(repr, nodes)), sorted(map(repr, figures)), sorted(map(repr, parts))))
