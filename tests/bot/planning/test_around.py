"""Steps, months, marks, teams, roles and the set-up in Slack."""

from dataclasses import dataclass
from datetime import date, time

from bot.simulator import Person
from storage import editing
from storage.editing.steps import add_step
from storage.rules.calendar import NthWorkingDay
from storage.rules.terms import Kind, PlanState, Role, Strength
from storage.working import read_calendar_rules, read_organisation
from tests import factories
from tests.bot.planning.office import Office


@dataclass
class Counted:
    """A person whose commands, buttons, menu choices and submissions are counted; typing is none."""

    person: Person
    presses: int = 0

    async def types(self, text: str) -> None:
        self.presses += 1
        await self.person.types(text)

    async def clicks(self, label: str) -> None:
        self.presses += 1
        await self.person.clicks(label)

    async def closes(self) -> None:
        self.presses += 1
        await self.person.closes()

    async def submits(self, **fields: str) -> None:
        self.presses += 1 + sum(name in {"parent", "owner", "lead", "team"} for name in fields)
        await self.person.fills(fields)
        await self.person.submits()


async def test_a_first_plan_takes_fewer_than_40_presses_from_nothing(office: Office) -> None:
    ana = Counted(office.ana)
    await ana.types("/hoshin")
    await ana.clicks("Start our own")
    await ana.submits(title="Northwind 2026", vision="The service that people recommend first.")
    await ana.clicks("Add a breakthrough")
    await ana.submits(title="The service people recommend")
    await ana.clicks("Add an annual objective")
    await ana.submits(title="Cut waiting time to a day")
    await ana.clicks("Another annual objective")
    await ana.submits(title="NPS from 60 to 75")
    await ana.closes()
    await ana.types("/hoshin team")
    await ana.clicks("Add a team")
    await ana.submits(name="Customer Service", lead="ben")
    await ana.closes()
    for title, measure in (("Answer right the first time", "Solved at once"), ("Answer soon", "In a day")):
        await ana.types("/hoshin add objective")
        await ana.submits(title=title, parent="A-2", team="Customer Service")
        await ana.clicks("Add a key result")
        await ana.submits(title=measure, unit="%", baseline="40", target="80")
        await ana.closes()
    await ana.types("/hoshin add kpi")
    for name, low, high in (
        ("Net promoter score", "60", "75"),
        ("Waiting time", "9", "4"),
        ("Cost", "5", "4"),
    ):
        await ana.submits(title=name, baseline=low, target=high)
        if name != "Cost":
            await ana.clicks("Another KPI")
    await ana.closes()

    with office.work() as uow:
        graph = uow.picture().graph
        kinds = (Kind.BREAKTHROUGH, Kind.ANNUAL_OBJECTIVE, Kind.OBJECTIVE, Kind.KEY_RESULT, Kind.KPI)
        assert [len(graph.of_kind(kind)) for kind in kinds] == [1, 2, 2, 2, 3]
        assert {node.parent for node in graph.of_kind(Kind.ANNUAL_OBJECTIVE)} == {(Kind.BREAKTHROUGH, 1)}
        assert graph.plan.title == "Northwind 2026"
        [team] = graph.teams.values()
        assert team.name == "Customer Service"
        assert {node.team_id for node in graph.of_kind(Kind.OBJECTIVE)} == {team.id}
    assert ana.presses < 40


async def test_the_set_up_shows_what_is_set_and_changes_each_page(office: Office) -> None:
    office.plan()
    channel = office.hoshin.slack.add_channel("reviews", "ana", bot=True)
    await office.ana.types("/hoshin setup")
    await office.ana.will_see("Northwind 2026  active")
    await office.ana.clicks("Change", nth=1)
    await office.ana.picks("It closes on", "Thursday")
    await office.ana.picks("Channel of the reviews", "reviews")
    await office.ana.picks("Channel of the organisation's digest", "reviews")
    await office.ana.submits()
    await office.ana.will_see("closes Thursday at 17:00")
    await office.ana.clicks("Figures of the method")
    await office.ana.clicks("More figures")
    await office.ana.fills({"High confidence from": "3", "Green grade from": "0.8"})
    await office.ana.submits()
    await office.ana.will_see("It must lie above “Medium confidence from”")
    await office.ana.fills({"High confidence from": "8"})
    await office.ana.submits()
    await office.ana.will_see("Green grade from: 0.8 (as shipped: 0.7)")
    with office.work() as uow:
        workspace = uow.settings.get()
        assert workspace.review_channel_id == workspace.digest_channel_id == channel.id
        assert uow.digests.find_turn(None) is not None
        assert workspace.thresholds == {"confidence_high": "8", "grade_green": "0.8"}


async def test_a_fiscal_year_that_is_over_is_asked_about_before_it_is_taken(office: Office) -> None:
    office.plan()
    await office.ana.types("/hoshin setup")
    await office.ana.clicks("Change")
    await office.ana.picks("First day of the fiscal year", "2024-01-01")
    await office.ana.submits()
    await office.ana.will_see("The year from 1 January 2024 ended on 31 December 2024")
    with office.work() as uow:
        assert uow.picture().graph.plan.starts_on == date(2026, 1, 1)
    await office.ana.submits()
    await office.ana.will_see("2024")
    with office.work() as uow:
        assert uow.picture().graph.plan.starts_on == date(2024, 1, 1)


async def test_the_set_up_opens_the_keys_of_the_api(office: Office) -> None:
    office.plan()
    await office.ana.types("/hoshin setup")
    await office.ana.clicks("Open")
    await office.ana.will_see("What uses it")


async def test_next_years_plan_is_made_filled_and_made_active(office: Office) -> None:
    office.plan()
    await office.ana.types("/hoshin setup")
    await office.ana.clicks("Make next year's plan")
    await office.ana.picks("Take along", "Breakthroughs that run on into the new year")
    await office.ana.submits()
    await office.ana.will_see("Made as a draft: Northwind 2027")
    await office.ana.will_see("1 × breakthrough")
    await office.ana.clicks("Add to it")
    await office.ana.will_see("To Northwind 2027, which is not active yet.")
    await office.ana.closes()
    await office.ana.types("/hoshin setup")
    await office.ana.clicks("Make it the active plan")
    await office.ana.will_see("Northwind 2027 is the active plan.")
    with office.work() as uow:
        assert {one.title: one.state for one in uow.plans.list_all()} == {
            "Northwind 2027": PlanState.ACTIVE,
            "Northwind 2026": PlanState.ARCHIVED,
        }


async def test_the_worked_example_is_one_press_away(office: Office) -> None:
    office.hoshin.slack.patience = 20
    await office.ana.types("/hoshin")
    await office.ana.clicks("Start with the worked example")
    await office.ana.will_see("Norden Pumps 2026 is loaded, and you are its strategy lead.")
    await office.ana.types("/hoshin edit A-1")
    await office.ana.will_see("Improve NPS from 60 to 75")


async def test_whoever_may_not_set_up_is_told_who_may(office: Office) -> None:
    await office.ben.types("/hoshin setup")
    await office.ben.will_see("You may not set Hoshin up. Ask one of: strategy lead, admin or Slack admin")
    await office.ben.types("/hoshin")
    assert "Start our own" not in office.ben.dm


async def test_steps_are_added_done_moved_and_taken_back(office: Office) -> None:
    office.plan()
    await office.ana.types("/hoshin add initiative Route calls by topic")
    await office.ana.fills({"Stands under": "A-1"})
    await office.ana.submits()
    await office.ana.clicks("Steps")
    await office.ana.fills({"Next step": "List the topics", "Who does it": "ben", "Until when": "2026-03-01"})
    await office.ana.submits()
    await office.ana.will_see("Ben Okoye · due 1 Mar 2026")
    await office.ana.fills({"Next step": "Train the agents", "Until when": "2026-02-01"})
    await office.ana.submits()
    await office.ana.will_see("2026-02-01 is over already")
    await office.ana.fills({"Until when": "2026-04-01"})
    await office.ana.submits()
    await office.ana.will_see("0 of 2 done")
    await office.ana.clicks("Done")
    await office.ana.will_see("1 of 2 done")
    await office.ana.clicks("Change")
    await office.ana.fills({"Until when": "2026-03-15"})
    await office.ana.submits()
    await office.ana.will_see("due 15 Mar 2026 (first 1 Mar 2026)")
    await office.ana.clicks("Move down")
    await office.ana.clicks("Remove", nth=1)
    await office.ana.will_see("Removed: List the topics")
    await office.ana.clicks("Undo")
    with office.work() as uow:
        steps = uow.picture().graph.steps[Kind.INITIATIVE, 1]
        assert [step.title for step in steps] == ["Train the agents", "List the topics"]


async def test_a_kpis_months_are_proposed_and_pasted(office: Office) -> None:
    office.plan()
    await office.ana.types("/hoshin edit KPI-1")
    await office.ana.clicks("Plan by month")
    await office.ana.will_see("This proposes a twelfth of the way each month")
    await office.ana.will_see("Jan 2026: 61.25")
    await office.ana.fills({"Plan in points": "Jan 2026: many"})
    await office.ana.submits()
    await office.ana.will_see("“many” is not a number")
    await office.ana.fills({"Plan in points": "\n".join(str(60 + month) for month in range(12))})
    await office.ana.submits()
    await office.ana.will_see("Dec 2026: 71 points")


async def test_two_people_in_one_form_of_months_a_team_or_the_plan_see_both_versions(office: Office) -> None:
    office.plan()
    with office.work() as uow:
        uow.roles.grant(2, Role.STRATEGY_LEAD, by_id=None, at=uow.now)
        initiative = factories.initiative(
            uow, annual_objective_id=uow.plans.get_item(Kind.ANNUAL_OBJECTIVE, 1).id
        )
        add_step(uow, uow.roles.get_viewer(1), (Kind.INITIATIVE, initiative.number), "List topics")
    forms = (
        ("/hoshin edit KPI-1", "Plan by month", "Plan in points", "Jan 2026: 62", "Jan 2026: 63"),
        ("/hoshin team Care", "", "Name", "Customer care", "Customer service"),
        ("/hoshin edit I-1", "Steps", "Step", "List the topics", "List ten topics"),
        ("/hoshin setup", "Change", "Vision", "Known by all", "Loved by all"),
    )
    await office.ana.types("/hoshin team")
    await office.ana.clicks("Add a team")
    await office.ana.fills({"Name": "Care"})
    await office.ana.submits()
    await office.ana.closes()
    for command, button, label, first, second in forms:
        for person in (office.ana, office.ben):
            await person.types(command)
            if button:
                await person.clicks(button)
            if button == "Steps":
                await person.clicks("Change")
        await office.ben.fills({label: first})
        await office.ben.submits()
        await office.ana.fills({label: second})
        await office.ana.submits()
        assert "Ben Okoye changed this while you were typing" in (office.ana.modal or "")
        await office.ana.submits()
        assert second in (office.ana.modal or "")
        await office.ana.closes(whole_stack=True)
        await office.ben.closes(whole_stack=True)


async def test_marks_are_set_asked_for_and_agreed_to(office: Office) -> None:
    office.plan()
    await office.ana.types("/hoshin link B-1 A-1 strong")
    await office.ana.will_see("A-1 NPS from 60 to 75 serves B-1 The service people recommend")
    await office.ana.clicks("Undo")
    await office.ana.types("/hoshin link A-1 B-1")
    await office.ana.will_see("Nothing is marked yet.")
    await office.ana.clicks("○ medium")
    with office.work() as uow:
        [mark] = uow.picture().graph.marks
        assert (mark.strength, mark.is_confirmed) == (Strength.MEDIUM, True)
    await office.ana.types("/hoshin add initiative Route calls")
    await office.ana.fills({"Stands under": "A-1"})
    await office.ana.submits()
    await office.ana.closes()
    await office.ana.types("/hoshin link")
    await office.ana.will_see("They count once a person agrees.")
    assert "1 suggested mark waits for someone to agree." in office.ana.messages[-1].text
    await office.ana.clicks("Agree")
    with office.work() as uow:
        assert all(mark.is_confirmed for mark in uow.picture().graph.marks)


async def test_a_mark_is_set_by_words_and_words_that_fit_several_are_asked_back(office: Office) -> None:
    office.plan()
    await office.ana.types("/hoshin link nps from, service people weak")
    await office.ana.will_see("A-1 NPS from 60 to 75 serves B-1 The service people recommend")
    await office.ana.types("/hoshin link service people A-1")
    await office.ana.will_see("Now △ weak. Is it something else?")
    with office.work() as uow:
        owner_id = uow.picture().graph.nodes[Kind.BREAKTHROUGH, 1].owner_id
        assert owner_id is not None
        editing.add_item(
            uow, uow.roles.get_viewer(owner_id), Kind.BREAKTHROUGH, {"title": "The service <everyone> knows"}
        )
    await office.ana.types("/hoshin link A-1 service strong")
    await office.ana.will_see("“service” fits 2 items. Which one?")
    await office.ana.clicks("B-2 The service <everyone> knows")
    await office.ana.will_see("Saved. A-1 NPS from 60 to 75 serves B-2 The service <everyone> knows")


async def test_a_mark_that_cannot_be_says_why(office: Office) -> None:
    office.plan()
    for text, sentence in (
        ("O-1 B-1 strong", "a mark joins annual objective – breakthrough"),
        ("A-1 B-1 huge", "“huge” is no strength"),
        ("A-1", "Type two references"),
        ("A-1 B-9 strong", "There is no B-9 here"),
        ("A-1 zzz strong", "Nothing here is called “zzz”"),
        ("answer right, B-1 strong", "a mark joins annual objective – breakthrough"),
        ("two words strong", "with a comma between the two"),
        ("A-1, strong", "Type two references"),
    ):
        await office.ana.types(f"/hoshin link {text}")
        await office.ana.will_see(sentence)


async def test_a_team_is_made_filled_and_put_under_another(office: Office) -> None:
    office.plan()
    channel = office.hoshin.slack.add_channel("service", "ana", bot=True)
    await office.ana.types("/hoshin team")
    await office.ana.clicks("Add a team")
    await office.ana.fills({"Name": "Northwind"})
    await office.ana.submits()
    await office.ana.clicks("Add a team")
    await office.ana.fills(
        {"Name": "Service", "Belongs to": "Northwind", "Lead": "ben", "Members": ["ana", "gia"]}
    )
    await office.ana.picks("Channel", "service")
    await office.ana.submits()
    await office.ana.will_see("Lead: Ben Okoye")
    await office.ana.closes()
    await office.ben.types("/hoshin team serv")
    await office.ben.fills({"Name": "Northwind"})
    await office.ben.submits()
    await office.ben.will_see("There is a team Northwind already")
    await office.ben.closes()
    await office.ben.types("/hoshin team northwind")
    await office.ben.will_see("You may not change Northwind.")
    with office.work() as uow:
        [service] = [one for one in uow.strategies.read_teams().values() if one.name == "Service"]
        assert (service.channel_id, len(service.member_ids)) == (channel.id, 3)
    await office.ana.types("/hoshin team northwind")
    await office.ana.clicks("Remove")
    await office.ana.will_see("Northwind is not empty: Service")


async def test_people_are_named_to_roles_and_the_last_strategy_lead_stays(office: Office) -> None:
    office.plan()
    await office.ana.types("/hoshin roles")
    await office.ana.clicks("Step down")
    await office.ana.will_see("Ana Ruiz is the only strategy lead")
    await office.ana.closes()
    await office.ana.fills({"Name someone": "ben"})
    await office.ana.picks("To be", "Facilitator")
    await office.ana.submits()
    await office.ana.will_see("Ben Okoye")
    await office.ana.fills({"Name someone": "gia"})
    await office.ana.submits()
    await office.ana.will_see("Gia Guest is a guest here")
    with office.work() as uow:
        assert len(uow.roles.list_holders()[Role.FACILITATOR]) == 1
    await office.ben.types("/hoshin roles")
    await office.ben.will_see("The strategy lead names the others")


async def test_the_set_up_takes_the_organisations_own_days_and_says_what_does_not_exist(
    office: Office,
) -> None:
    office.plan()
    await office.ana.types("/hoshin setup")
    await office.ana.will_see("Held monthly on working day 5, quarterly on working day 8")
    await office.ana.clicks("Change", nth=2)
    await office.ana.fills(
        {
            "Public holidays of": "XX",
            "Days on which everyone is off": "2026-02-30 Nowhere",
            "Spread questions over minutes": "a lot",
        }
    )
    await office.ana.submits()
    await office.ana.will_see("“XX” is no country that holidays are known for")
    await office.ana.will_see("2026-02-30 is not a day of the calendar")
    await office.ana.will_see("“a lot” is no number of minutes. Type 0 to 240.")
    await office.ana.fills(
        {
            "Public holidays of": "de-by",
            "Days on which everyone is off": "2026-12-24 to 2026-12-26 <Break>",
            "Spread questions over minutes": "15",
        }
    )
    await office.ana.submits()
    await office.ana.will_see("public holidays of DE-BY")
    await office.ana.clicks("All of the set-up")
    await office.ana.clicks("Change", nth=3)
    await office.ana.fills({"Monthly review": "day 31"})
    await office.ana.submits()
    await office.ana.will_see("A fixed day lies between the 1st and the 28th")
    await office.ana.fills({"Monthly review": "3rd working day"})
    await office.ana.picks("They begin at", "14:00")
    await office.ana.submits()
    await office.ana.will_see("Held monthly on working day 3")
    with office.work() as uow:
        rules = read_calendar_rules(uow)
        assert rules is not None
        assert (rules.monthly, rules.review_time) == (NthWorkingDay(3), time(14))
        assert date(2026, 12, 26) in read_organisation(uow).days_off
