"""People, teams and absences of a plan file in the record."""

from datetime import date

from sqlmodel import col, select

from storage.tables import (
    Absence,
    Member,
    Team,
    TeamMember,
)
from tests import factories
from tests.conftest import UnitsOfWork
from tests.storage.bundle.files import HEAD, SERVICE, count, loaded, plan_file


def test_people_have_one_home_and_may_belong_to_more_teams(unit_of_work: UnitsOfWork) -> None:
    text = plan_file("""\
        teams:
          - {name: Board, members: [ana@example.com]}
          - {name: Service, members: [ben@example.com]}
    """).replace("name: Ana Ruiz", "name: Ana Ruiz, team: Service")

    loaded(unit_of_work, text)

    assert memberships(unit_of_work) == {
        ("ana@example.com", "Service", True),
        ("ana@example.com", "Board", False),
        ("ben@example.com", "Service", True),
    }


def test_a_new_home_is_moved_into(unit_of_work: UnitsOfWork) -> None:
    text = plan_file("teams: [{name: Sales}, {name: Service}]\n")
    loaded(unit_of_work, text.replace("name: Ben Carter", "name: Ben Carter, team: Sales"))

    loaded(unit_of_work, text.replace("name: Ben Carter", "name: Ben Carter, team: Service"))

    assert memberships(unit_of_work) == {("ben@example.com", "Service", True)}


def test_a_team_that_was_a_second_one_can_become_home(unit_of_work: UnitsOfWork) -> None:
    text = plan_file("teams: [{name: Sales}, {name: Service, members: [ben@example.com]}]\n")
    loaded(unit_of_work, text.replace("name: Ben Carter", "name: Ben Carter, team: Sales"))

    loaded(unit_of_work, text.replace("name: Ben Carter", "name: Ben Carter, team: Service"))

    assert memberships(unit_of_work) == {("ben@example.com", "Service", True)}


def memberships(unit_of_work: UnitsOfWork) -> set[tuple[str | None, str, bool]]:
    with unit_of_work() as uow:
        rows = uow.session.execute(
            select(Member.email, Team.name, TeamMember.is_home)
            .join(TeamMember, col(TeamMember.member_id) == col(Member.id))
            .join(Team, col(Team.id) == col(TeamMember.team_id))
        )
        return {(email, team, is_home) for email, team, is_home in rows}


def test_a_new_channel_forgets_what_slack_knew_of_the_old_one(unit_of_work: UnitsOfWork) -> None:
    loaded(unit_of_work, SERVICE)
    with unit_of_work() as uow:
        company, service = uow.teams.find_by_name("Company"), uow.teams.find_by_name("Service")
        assert company is not None
        assert service is not None
        company.channel_id, service.channel_id, service.channel_fault = "C1", "C2", "is_archived"

    loaded(unit_of_work, SERVICE.replace("'#ask'", "help-desk"))

    with unit_of_work() as uow:
        company, service = uow.teams.find_by_name("Company"), uow.teams.find_by_name("Service")
        assert company is not None
        assert service is not None
        assert company.channel_id == "C1"
        assert (service.channel, service.channel_id, service.channel_fault) == ("help-desk", None, None)


def test_absences_and_working_hours_are_kept(unit_of_work: UnitsOfWork) -> None:
    text = HEAD.replace(
        "name: Ben Carter",
        "name: Ben Carter, work_days: [Thu, mon, Tuesday], start_hour: 7, "
        "away: [{from: 2026-02-16, until: 2026-02-18}]",
    )
    loaded(unit_of_work, text)
    result = loaded(unit_of_work, text.replace("2026-02-18", "2026-02-20"))

    assert str(result) == "0 added, 1 changed, 3 unchanged"
    with unit_of_work() as uow:
        ben = uow.members.find_by_email("ben@example.com")
        assert ben is not None
        assert (ben.work_days, ben.start_hour) == ("013", 7)
        [absence] = uow.session.exec(select(Absence))
        assert (absence.member_id, absence.from_on, absence.until_on) == (
            ben.id,
            date(2026, 2, 16),
            date(2026, 2, 20),
        )


def test_a_person_who_spoke_first_is_found_by_address_and_keeps_slacks_name_and_zone(
    unit_of_work: UnitsOfWork,
) -> None:
    with unit_of_work() as uow:
        known = factories.member(uow, email="Ana@Example.com", name="ana", zone="Asia/Singapore")

    loaded(unit_of_work, HEAD.replace("name: Ana Ruiz", "name: Ana Ruiz, start_hour: 8"))

    with unit_of_work() as uow:
        ana = uow.members.get(known.id)
        assert (ana.name, ana.zone, ana.start_hour) == ("ana", "Asia/Singapore", 8)
        assert count(uow, Member) == 2
