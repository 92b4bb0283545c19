"""A random company: teams, zones, working times, absences, holidays and items, from a seed."""

import random
from datetime import date, datetime, timedelta
from decimal import Decimal

from storage.database import Database, UnitOfWork
from storage.following import follow
from storage.rules.digest import ORGANISATION, PERSON, TEAM
from storage.rules.terms import DigestRhythm, Frequency
from tests import factories

ZONES = (
    "Europe/Berlin", "Africa/Cairo", "Asia/Beirut", "America/Santiago", "Australia/Lord_Howe",
    "Asia/Kathmandu", "America/New_York", "Asia/Tokyo", "UTC", "Pacific/Auckland",
)  # fmt: skip
COUNTRIES = ("", "", "DE", "ES", "US", "JP")


def make_company(database: Database, now: datetime, *, people: int, seed: int) -> int:
    """The id of a connected workspace with so many people, in teams of about six that nest."""
    chance = random.Random(seed)  # noqa: S311 - the same company each time
    workspace = factories.workspace(database, now, country=chance.choice(COUNTRIES))
    with database.unit_of_work(workspace, now) as uow:
        start = date(now.year, 1, 1)
        plan = factories.plan(uow, starts_on=start, ends_on=date(now.year + 1, 12, 31))
        objective = factories.objective(
            uow, plan_id=plan.id, starts_on=start, ends_on=now.date() + timedelta(days=300)
        )
        teams = [factories.team(uow, name=f"Team {number}") for number in range(max(people // 6, 1))]
        for number, team in enumerate(teams[1:], start=1):
            team.parent_id = teams[(number - 1) // 2].id
        for number in range(people):
            team = teams[number % len(teams)]
            member = factories.member(
                uow,
                home=team,
                name=f"Person {number:04}",
                email=f"p{number:04}@example.com",
                slack_user_id=None if chance.random() < 0.03 else f"U{number:05}",
                zone=chance.choice(ZONES),
                work_days=chance.choice(("01234", "01234", "0123", "234", "6012", "34")),
                start_hour=chance.choice((7, 8, 9, 9, 9, 14, 22)),
                country=chance.choice(COUNTRIES),
                quiet_from=(quiet := chance.choice((None, None, 12))),
                quiet_until=None if quiet is None else quiet + 2,
                wants_reminders=chance.random() < 0.9,
            )
            if team.lead_id is None:
                team.lead_id = member.id
            for _ in range(chance.randint(0, 3)):
                factories.key_result(
                    uow, plan_id=plan.id, objective_id=objective.id, owner_id=member.id, target=Decimal(90)
                )
            if chance.random() < 0.3:
                factories.kpi(
                    uow,
                    plan_id=plan.id,
                    owner_id=member.id,
                    team_id=team.id,
                    frequency=chance.choice(list(Frequency)),
                )
            for _ in range(chance.choice((0, 0, 1, 2))):
                first = now.date() + timedelta(days=chance.randint(-10, 300))
                factories.absence(uow, member, first, first + timedelta(days=chance.randint(0, 20)))
        _let_some_follow(uow, seed)
    return workspace


def _let_some_follow(uow: UnitOfWork, seed: int) -> None:
    """Every fourth person gets digests of a team, a person or everything, weekly or daily."""
    chance = random.Random(f"follows of {seed}")  # noqa: S311 - as above
    teams = [team.id for team in uow.teams.list_all()]
    members = sorted(uow.plans.record().members.values(), key=lambda member: member.id)
    for member in members[::4]:
        member.digest = chance.choice([DigestRhythm.DAILY, DigestRhythm.WEEKLY, DigestRhythm.WEEKLY])
        what = chance.choice(
            [(TEAM, chance.choice(teams)), (PERSON, chance.choice(members).id), (ORGANISATION, 0)]
        )
        follow(uow, member.id, what, on=True)
