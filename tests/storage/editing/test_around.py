"""What stands around the items: plans, teams, roles, settings."""

from datetime import date
from decimal import Decimal

import pytest

from storage import editing
from storage.database import Database
from storage.editing import kpis, people, plans, roles, setup, steps, teams
from storage.editing.plans import Carried
from storage.rules.access import viewer_of
from storage.rules.errors import Closed, Invalid, NotAllowed, Overtaken
from storage.rules.terms import Kind, PlanState, Role, Status
from storage.tables import Kpi
from tests import factories
from tests.clock import FrozenClock
from tests.storage.editing.conftest import I1, KPI1, KR1, Office

FRAME = {
    "title": "Northwind 2026",
    "vision": "The service that people recommend first.",
    "values": "",
    "starts_on": date(2026, 4, 1),
    "zone": "Europe/Madrid",
}


def test_the_first_plan_is_active_and_lasts_a_year(sqlite_database: Database, clock: FrozenClock) -> None:
    workspace = factories.workspace(sqlite_database, clock.now())
    with sqlite_database.unit_of_work(workspace, clock.now()) as uow:
        boss = viewer_of(factories.member(uow).id, {}, is_slack_admin=True)
        with pytest.raises(NotAllowed):
            plans.make_plan(uow, viewer_of(boss.member_id, {}), FRAME)
        plan = plans.make_plan(uow, boss, FRAME)
        assert (plan.state, plan.ends_on) == (PlanState.ACTIVE, date(2027, 3, 31))
        with pytest.raises(Invalid, match="a plan already"):
            plans.make_plan(uow, boss, FRAME)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"title": " "}, "needs a name"),
        ({"title": "x" * 201}, "201 characters"),
        ({"vision": "x" * 3001}, "3,001 characters"),
        ({"zone": "Europe/Atlantis"}, "not a time zone"),
    ],
)
def test_a_frame_that_does_not_hold_is_refused(
    office: Office, values: dict[str, object], sentence: str
) -> None:
    with office.work() as uow, pytest.raises(Invalid, match=sentence):
        plans.change_plan(uow, office.lead, uow.plans.get_active().id, values)


def test_a_fiscal_year_that_begins_on_a_leap_day_ends_on_the_day_before() -> None:
    assert plans.last_day(date(2028, 2, 29)) == date(2029, 2, 28)


def test_next_years_plan_begins_empty(office: Office) -> None:
    with office.work() as uow:
        made = plans.make_next_plan(uow, office.lead, title="Northwind 2027")
        assert (made.plan.state, made.plan.starts_on) == (PlanState.DRAFT, date(2027, 1, 1))
        assert uow.picture(made.plan.id).graph.nodes == {}
        with pytest.raises(Invalid, match="waits as a draft"):
            plans.make_next_plan(uow, office.lead)


def test_next_years_plan_takes_along_what_is_named_and_still_runs(office: Office) -> None:
    with office.work() as uow:
        people.set_supporters(uow, office.owner, I1, [office.other.member_id])
        done = steps.add_step(uow, office.owner, I1, "done").step.id
        steps.add_step(uow, office.owner, I1, "left")
        steps.tick_step(uow, office.owner, done, done=True)
        kpis.add_alias(uow, office.owner, KPI1, "NPS")
        editing.add_item(
            uow,
            office.lead,
            Kind.BREAKTHROUGH,
            {"title": "Ends now", "starts_on": date(2024, 1, 1), "due_on": date(2026, 12, 31)},
        )
        made = plans.make_next_plan(uow, office.lead, carry=list(Carried))
    assert made.carried == {Kind.DRIVER: 0, Kind.BREAKTHROUGH: 1, Kind.KPI: 1, Kind.INITIATIVE: 1}
    with office.work() as uow:
        graph = uow.picture(made.plan.id).graph
        kpi, initiative = graph.nodes[Kind.KPI, 2], graph.nodes[Kind.INITIATIVE, 2]
        assert (kpi.title, kpi.unit, kpi.baseline, kpi.target) == ("Net promoter score", "points", None, None)
        assert initiative.parent is None
        assert graph.supporters[initiative.ref] == (office.other.member_id,)
        assert [step.title for step in graph.steps[initiative.ref]] == ["left"]
        assert kpi.active_on == uow.now.date()
        uow.session.get_one(Kpi, kpi.id).active_on = None
        plans.activate_plan(uow, office.lead, made.plan.id)
    with office.work() as uow:
        # Its silence counts from the day on which people are asked for it.
        assert uow.picture().graph.nodes[Kind.KPI, 2].active_on == uow.now.date()
        assert uow.picture().graph.plan.id == made.plan.id
        assert uow.picture().graph.aliases[Kind.KPI, 2] == ("NPS",)
        former = next(one for one in plans.list_plans(uow, office.lead) if one.id != made.plan.id)
        assert former.state is PlanState.ARCHIVED
        with pytest.raises(Closed, match="is archived"):
            plans.activate_plan(uow, office.lead, former.id)


def test_only_the_strategy_lead_makes_and_activates_plans(office: Office) -> None:
    with office.work() as uow, pytest.raises(NotAllowed):
        plans.make_next_plan(uow, office.owner)


def test_teams_nest_and_never_in_a_circle(office: Office) -> None:
    with office.work() as uow:
        company = teams.add_team(uow, office.lead, {"name": "Northwind"})
        service = teams.add_team(uow, office.lead, {"name": "Service", "parent_id": company.id})
        with pytest.raises(Invalid, match="under itself or under a team below"):
            teams.change_team(uow, office.lead, company.id, {"parent_id": service.id})
        with pytest.raises(Invalid, match="There is a team Service already"):
            teams.change_team(uow, office.lead, company.id, {"name": "service "})


def test_a_team_lead_changes_their_own_team_and_adds_below_it(office: Office) -> None:
    with office.work() as uow:
        service = teams.add_team(
            uow, office.lead, {"name": "Service", "lead_id": office.other.member_id, "channel_id": "C1"}
        )
        lead = uow.roles.get_viewer(office.other.member_id)
        members = [office.owner.member_id]
        changed = teams.change_team(uow, lead, service.id, {"member_ids": members})
        teams.add_team(uow, lead, {"name": "Night shift", "parent_id": service.id})
        with pytest.raises(NotAllowed):
            teams.add_team(uow, lead, {"name": "Sales"})
    # Whoever leads a team and has no other belongs to it.
    assert changed.member_ids == {office.owner.member_id, office.other.member_id}


def test_whoever_leaves_their_home_team_is_at_home_in_another_one(office: Office) -> None:
    who = office.owner.member_id
    with office.work() as uow:
        first = teams.add_team(uow, office.lead, {"name": "First", "member_ids": [who]})
        second = teams.add_team(uow, office.lead, {"name": "Second", "member_ids": [who]})
        assert [one.is_home for one in uow.teams.list_members(second.id)] == [False]
        teams.change_team(uow, office.lead, first.id, {"member_ids": []})
        assert [one.is_home for one in uow.teams.list_members(second.id)] == [True]


def test_a_team_is_taken_away_when_nothing_is_of_it(office: Office) -> None:
    with office.work() as uow:
        team = teams.add_team(uow, office.lead, {"name": "Service", "member_ids": [office.owner.member_id]})
        with pytest.raises(Invalid, match="1 members"):
            teams.remove_team(uow, office.lead, team.id)
        teams.change_team(uow, office.lead, team.id, {"member_ids": []})
        teams.remove_team(uow, office.lead, team.id)
        assert uow.strategies.read_teams() == {}


def test_a_guest_leads_no_team(office: Office) -> None:
    with office.work() as uow, pytest.raises(Invalid, match="cannot lead a team"):
        teams.add_team(uow, office.lead, {"name": "Service", "lead_id": office.guest.member_id})


def test_the_last_strategy_lead_stays_until_another_is_named(office: Office) -> None:
    boss = viewer_of(office.other.member_id, {}, is_slack_admin=True)
    with office.work() as uow:
        roles.grant_role(uow, boss, office.lead.member_id, Role.STRATEGY_LEAD)
        with pytest.raises(Invalid, match="is the only strategy lead"):
            roles.revoke_role(uow, boss, office.lead.member_id, Role.STRATEGY_LEAD)
        roles.grant_role(uow, office.lead, office.owner.member_id, Role.STRATEGY_LEAD)
        assert roles.revoke_role(uow, boss, office.lead.member_id, Role.STRATEGY_LEAD)
        assert not roles.revoke_role(uow, boss, office.lead.member_id, Role.STRATEGY_LEAD)


def test_who_administers_slack_names_the_strategy_lead_and_nothing_else(office: Office) -> None:
    boss = viewer_of(office.other.member_id, {}, is_slack_admin=True)
    with office.work() as uow, pytest.raises(NotAllowed, match="names the strategy lead"):
        roles.grant_role(uow, boss, office.owner.member_id, Role.FACILITATOR)
    with office.work() as uow, pytest.raises(NotAllowed):
        roles.grant_role(uow, office.other, office.other.member_id, Role.ADMIN)
    with office.work() as uow, pytest.raises(Invalid, match="guest here"):
        roles.grant_role(uow, office.lead, office.guest.member_id, Role.VIEWER)


def test_the_methods_figures_decide_how_items_stand(office: Office) -> None:
    with office.work() as uow:
        factories.reading(uow, uow.okrs.get_key_result(uow.plans.get_item(*KR1).id), 73)
    with office.work() as uow:
        assert uow.picture().standings[KR1].status is Status.AT_RISK
    with office.work() as uow:
        setup.set_figures(uow, office.lead, {"behind_at_risk": Decimal(50), "behind_off_track": Decimal(60)})
    with office.work() as uow:
        assert uow.picture().standings[KR1].status is Status.ON_TRACK
        with pytest.raises(Invalid, match="must lie above"):
            setup.set_figures(uow, office.lead, {"confidence_high": Decimal(3)})


def test_a_check_in_does_not_close_before_it_opens(office: Office) -> None:
    with office.work() as uow:
        with pytest.raises(Invalid, match="close before it opens"):
            setup.set_rhythm(uow, office.lead, {"checkin_opens_weekday": 3, "checkin_closes_weekday": 1})
        with pytest.raises(Invalid, match=r"no time to answer.* choose 12:00 or later"):
            setup.set_rhythm(uow, office.lead, {"checkin_closes_weekday": 0, "checkin_closes_hour": 9})
        assert setup.set_rhythm(uow, office.lead, {"ideas_channel_id": "C1"})["ideas_channel_id"] == "C1"
        with pytest.raises(NotAllowed):
            setup.set_rhythm(uow, office.owner, {"checkin_closes_hour": 12})


def test_two_people_in_one_teams_form_merge_and_see_both_versions(office: Office) -> None:
    lead, other = office.lead.member_id, office.other.member_id
    with office.work() as uow:
        team = teams.add_team(uow, office.lead, {"name": "Service", "member_ids": [lead]})
        version = teams.version_of(uow, team.id)
        teams.change_team(uow, office.lead, team.id, {"lead_id": other, "member_ids": [lead, other]})
        mine = {"name": "Customer Service", "lead_id": None, "member_ids": [office.owner.member_id]}
        changed = teams.change_team(uow, office.lead, team.id, mine, since=version)
        assert (changed.name, changed.lead_id) == ("Customer Service", other)
        assert changed.member_ids == {other, office.owner.member_id}
        with pytest.raises(Overtaken, match="name “Service” → “Customer Service”"):
            teams.change_team(uow, office.lead, team.id, {"name": "Care"}, since=version)


def test_two_people_in_the_plans_frame_merge_and_see_both_versions(office: Office) -> None:
    with office.work() as uow:
        plan = uow.picture().graph.plan
        version = plans.version_of(uow, plan.id)
        plans.change_plan(uow, office.lead, plan.id, {"vision": "Recommended first"})
        mine = {"title": "Northwind", "vision": plan.vision}
        changed = plans.change_plan(uow, office.lead, plan.id, mine, since=version)
        assert (changed.title, changed.vision) == ("Northwind", "Recommended first")
        with pytest.raises(Overtaken, match="→ “Recommended first”"):
            plans.change_plan(uow, office.lead, plan.id, {"vision": "First"}, since=version)
