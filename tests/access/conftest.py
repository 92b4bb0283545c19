"""A plan with a restricted branch, its insiders, and people of every other role."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from bot.asks import Person
from bot.members import person_of
from storage.database import Database, UnitOfWork
from storage.rules.terms import GIVEN_ROLES, ReaderKind, Role
from storage.tables import Member
from tests import factories
from tests.clock import FrozenClock

CHANNEL = "C0CS"
SECRETS = (
    "Close the Graz plant",
    "Prepare Graz quietly",
    "Graz contracts ended",
    "Graz head count",
    "Sell the Graz",
)
OPEN = ("Grow in the north", "Ten pilots in Tromsø", "Pilots that last", "Pilots that pay")
"""What every member sees, and no guest."""
REFERENCES = ("A-77", "O-77", "KR-77", "KPI-77", "I-77")


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
    breakthrough = factories.breakthrough(uow, title=OPEN[0])
    open_annual = factories.annual_objective(
        uow, title=OPEN[1], breakthrough_id=breakthrough.id, team_id=team.id
    )
    open_objective = factories.objective(
        uow, title=OPEN[2], annual_objective_id=open_annual.id, team_id=team.id
    )
    key_result = factories.key_result(uow, title=OPEN[3], objective_id=open_objective.id)
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
