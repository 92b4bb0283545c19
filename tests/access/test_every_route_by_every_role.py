"""What a person may not see does not exist for them, whatever they ask, press or send."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import pytest

from bot import help as help_routes
from bot.app import SLICES
from bot.asks import Person
from bot.members import person_of
from bot.routing import Family, Routes
from storage.database import Database, UnitOfWork
from storage.rules.terms import GIVEN_ROLES, Kind, ReaderKind, Role
from storage.tables import Member
from tests import factories
from tests.access.walk import Step, Walker, explore, forged, seeds
from tests.clock import FrozenClock

SECRETS = (
    "Close the Graz plant",
    "Prepare Graz quietly",
    "Graz contracts ended",
    "Graz head count",
    "Sell the Graz",
)
REFERENCES = ("A-77", "O-77", "KR-77", "KPI-77", "I-77")
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
CHANNEL = "C0CS"


@dataclass(frozen=True)
class Company:
    """A plan with a restricted branch, its insiders and people of every other role."""

    workspace_id: int
    insiders: tuple[Person, ...]
    outsiders: dict[str, Person]


@pytest.fixture
def company(sqlite_database: Database, clock: FrozenClock) -> Company:
    workspace_id = factories.workspace(sqlite_database, clock.now())
    with sqlite_database.unit_of_work(workspace_id, clock.now()) as uow:
        owner = factories.member(uow, name="Olga Owner")
        lead = factories.member(uow, name="Lea Lead")
        uow.roles.grant(lead.id, Role.STRATEGY_LEAD, by_id=None, at=uow.now)
        team_lead = factories.member(uow, name="Leo Leader")
        _plan(uow, owner, team_lead)
        outsiders = _outsiders(uow) | {"team lead": team_lead}
        everyone = {"owner": person_of(owner), "lead": person_of(lead)}
        everyone |= {name: person_of(member) for name, member in outsiders.items()}
    return Company(
        workspace_id,
        (everyone["lead"], everyone["owner"]),
        {name: everyone[name] for name in outsiders},
    )


def _plan(uow: UnitOfWork, owner: Member, team_lead: Member) -> None:
    team = factories.team(uow, name="Customer Service", channel_id=CHANNEL, lead_id=team_lead.id)
    factories.audience(uow, CHANNEL, U0001=ReaderKind.MEMBER)
    breakthrough = factories.breakthrough(uow)
    open_annual = factories.annual_objective(uow, breakthrough_id=breakthrough.id, team_id=team.id)
    open_objective = factories.objective(uow, annual_objective_id=open_annual.id, team_id=team.id)
    key_result = factories.key_result(uow, objective_id=open_objective.id)
    factories.reading(uow, key_result, 74)
    kpi = factories.kpi(uow, number=77, title=SECRETS[3], owner_id=owner.id, is_restricted=True)
    factories.reading(uow, kpi, 61, period_on=date(2026, 1, 1))
    annual = factories.annual_objective(
        uow,
        number=77,
        title=SECRETS[0],
        owner_id=owner.id,
        breakthrough_id=breakthrough.id,
        kpi_id=kpi.id,
        is_restricted=True,
    )
    objective = factories.objective(
        uow, number=77, title=SECRETS[1], owner_id=owner.id, annual_objective_id=annual.id
    )
    secret = factories.key_result(
        uow, number=77, title=SECRETS[2], owner_id=owner.id, objective_id=objective.id, kpi_id=kpi.id
    )
    window = factories.window(uow, team)
    for who, about in ((owner, secret), (team_lead, key_result)):
        factories.question(uow, factories.prompt(uow, who, window), about, value_before=Decimal(70))
    factories.initiative(uow, number=77, title=SECRETS[4], owner_id=owner.id, annual_objective_id=annual.id)


def _outsiders(uow: UnitOfWork) -> dict[str, Member]:
    team = uow.teams.find_by_name("Customer Service")
    assert team is not None
    found = {
        "member": factories.member(uow, name="Max Member"),
        "team member": factories.member(uow, name="Tim Team", home=team),
        "guest": factories.member(uow, name="Gus Guest", is_guest=True),
        "Slack admin": factories.member(uow, name="Ada Admin", is_slack_admin=True),
    }
    for role in GIVEN_ROLES:
        if role is not Role.STRATEGY_LEAD:
            found[role] = factories.member(uow, name=f"Rita {role.value.title()}")
            uow.roles.grant(found[role].id, role, by_id=None, at=uow.now)
    return found


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
        assert _leaks(walker) == [], name
        assert walker.touched == {}, name


WALKED_AT_LEAST = 80
"""Routes that an insider comes to by what the answers offer; the others are asked with forged requests."""


def _events() -> list[Step]:
    home = Step(Family.EVENT, "app_home_opened")
    shortcuts = [name for one in SLICES for name in one.routes.names(Family.SHORTCUT)]
    return [home, *(Step(Family.SHORTCUT, name) for name in shortcuts)]


def _leaks(walker: Walker) -> list[tuple[Step, str]]:
    """The steps whose answers tell of what is hidden, beyond what was asked with."""
    return [
        (step, secret)
        for step, told in walker.told.items()
        for secret in (*SECRETS, *(REFERENCES if "77" not in step.typed else ()))
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
