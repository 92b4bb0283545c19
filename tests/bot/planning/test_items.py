"""Adding, changing and removing items in Slack; every bad input beside its field."""

import pytest

from bot.planning.listeners.items import read_kind
from storage import editing
from storage.rules.terms import ItemState, Kind
from tests import factories
from tests.bot.planning.office import Office

A1, O1, KPI1 = (Kind.ANNUAL_OBJECTIVE, 1), (Kind.OBJECTIVE, 1), (Kind.KPI, 1)


async def test_an_item_is_added_below_another_and_the_trace_offers_what_comes_next(office: Office) -> None:
    office.plan()
    await office.ana.types("/hoshin add")
    await office.ana.will_see("What has to be true at the end of this year")
    await office.ana.clicks("Add", nth=2)
    await office.ana.will_see("Add an annual objective")
    await office.ana.fills(
        {"Title": "Cut waiting time", "Stands under": "B-1", "Measured by the KPI": "KPI-1"}
    )
    await office.ana.submits()
    await office.ana.will_see("Added: A-2 Cut waiting time")
    await office.ana.will_see("1 mark of the X-matrix suggested")
    await office.ana.clicks("Show it")
    await office.ana.will_see("A-2 · Cut waiting time")
    await office.ana.closes()
    await office.ana.clicks("Add an objective")
    await office.ana.will_see("A-2 Cut waiting time")
    await office.ana.fills({"Title": "Answer within a day", "Owner": "ben"})
    await office.ana.submits()
    await office.ana.will_see("Under A-2 Cut waiting time")
    with office.work() as uow:
        node = uow.picture().graph.nodes[Kind.OBJECTIVE, 2]
        assert (node.parent, str(node.starts_on), str(node.due_on)) == (
            (Kind.ANNUAL_OBJECTIVE, 2),
            "2026-01-01",
            "2026-03-31",
        )


async def test_a_form_opens_with_what_the_record_has_and_saves_what_changed(office: Office) -> None:
    office.plan()
    await office.ben.types("/hoshin edit o-1")
    await office.ben.will_see("Answer right the first time")
    await office.ben.clicks("More fields")
    await office.ben.will_see("Committed or aspirational")
    await office.ben.fills({"Title": "Solve it in one call", "Supporters": ["ana"]})
    await office.ben.picks("Who sees it", "restricted")
    await office.ben.submits()
    await office.ben.will_see("Saved: O-1 Solve it in one call")
    await office.ben.will_see("Supporters: Ana Ruiz")
    await office.ben.will_see("Who sees it: everyone → its own circle")


async def test_an_item_is_found_by_words_and_several_are_offered(office: Office) -> None:
    office.plan()
    await office.ana.types("/hoshin edit right the first")
    await office.ana.will_see("Change O-1")
    await office.ana.closes()
    await office.ana.types("/hoshin edit n")
    await office.ana.will_see("fits 2 items. Which one?")
    await office.ana.clicks("KPI-1 Net promoter score")
    await office.ana.will_see("Change KPI-1")


async def test_a_target_changed_in_mid_cycle_asks_why_and_keeps_what_was_typed(office: Office) -> None:
    office.plan()
    await office.ana.types("/hoshin edit KPI-1")
    await office.ana.fills({"To (target)": "80", "Name": "NPS of customers"})
    await office.ana.submits()
    await office.ana.will_see("Why is it changed?")
    await office.ana.will_see("NPS of customers")
    await office.ana.fills({"Why is it changed?": "The market moved"})
    await office.ana.submits()
    await office.ana.will_see("Target: 75 points → 80 points")
    with office.work() as uow:
        entries = uow.audit.list_for("KPI", uow.plans.get_item(*KPI1).id)
    assert [entry.reason for entry in entries] == ["The market moved"]


async def test_a_kpi_that_is_measured_already_is_offered_as_another_name(office: Office) -> None:
    office.plan()
    await office.ana.types("/hoshin add kpi NPS")
    await office.ana.fills({"Unit": "points", "From (baseline)": "60", "To (target)": "75"})
    await office.ana.submits()
    await office.ana.will_see("This seems to be measured already.")
    await office.ana.clicks("Use this one")
    await office.ana.will_see("Other name: NPS")
    with office.work() as uow:
        graph = uow.picture().graph
        assert graph.aliases[KPI1] == ("NPS",)
        assert len(graph.of_kind(Kind.KPI)) == 1


async def test_whoever_says_that_it_is_another_measure_adds_it(office: Office) -> None:
    office.plan()
    await office.ana.types("/hoshin add kpi NPS")
    await office.ana.fills({"Unit": "points", "From (baseline)": "60", "To (target)": "40"})
    await office.ana.submits()
    await office.ana.will_see("This seems to be measured already.")
    await office.ana.submits()
    await office.ana.will_see("Added: KPI-2 NPS")
    with office.work() as uow:
        # Less is better where the target lies below the baseline.
        assert uow.picture().graph.nodes[Kind.KPI, 2].direction == "decrease"


async def test_two_people_who_edit_at_once_see_both_versions(office: Office) -> None:
    office.plan()
    await office.ana.types("/hoshin edit O-1")
    await office.ben.types("/hoshin edit O-1")
    await office.ben.fills({"Title": "Solve it in one call"})
    await office.ben.submits()
    await office.ana.fills({"Title": "Right first time"})
    await office.ana.submits()
    await office.ana.will_see("Ben Okoye changed this while you were typing")
    await office.ana.will_see("“Answer right the first time” → “Solve it in one call”")
    await office.ana.will_see("Right first time")
    await office.ana.submits()
    await office.ana.will_see("Title: Solve it in one call → Right first time")


async def test_supporters_that_another_added_meanwhile_stay(office: Office) -> None:
    office.plan()
    for person in (office.ana, office.ben):
        await person.types("/hoshin edit O-1")
        await person.clicks("More fields")
    await office.ben.picks("Supporters", "ana")
    await office.ben.submits()
    await office.ana.fills({"Title": "Right first time"})
    await office.ana.submits()
    with office.work() as uow:
        graph = uow.picture().graph
        assert [graph.people[one].name for one in graph.supporters[O1]] == ["Ana Ruiz"]
        assert graph.nodes[O1].title == "Right first time"


async def test_removing_is_confirmed_and_undone_with_one_press(office: Office) -> None:
    office.plan()
    await office.ben.types("/hoshin edit O-1")
    await office.ben.clicks("Remove")
    await office.ben.will_see("Removed: O-1 Answer right the first time")
    with office.work() as uow:
        assert uow.picture().graph.nodes[O1].state is ItemState.ARCHIVED
    await office.ben.clicks("Undo")
    await office.ben.will_see("Brought back: O-1")
    with office.work() as uow:
        assert uow.picture().graph.nodes[O1].is_live


async def test_a_stranger_to_a_restricted_item_finds_it_nowhere(office: Office) -> None:
    office.plan()
    with office.work() as uow:
        ana = uow.members.find_by_slack_id(office.ana.id)
        assert ana is not None
        editing.change_item(uow, uow.roles.get_viewer(ana.id), A1, {"is_restricted": True})
    for text in ("/hoshin edit A-1", "/hoshin edit A-99"):
        await office.ben.types(text)
    assert office.ben.dm.count("here. Check the reference.") == 2
    await office.ben.types("/hoshin add initiative Train the agents")
    offered = await office.ben.client.suggestions(office.modal_of(office.ben), "parent", "plan.parents", "")
    assert [one["value"] for one in offered] == ["O-1"]


async def test_menus_offer_legal_parents_only_and_never_what_stands_below(office: Office) -> None:
    office.plan()
    with office.work() as uow:
        upper_id = uow.plans.get_item(*A1).id
        factories.annual_objective(uow, upper_id=upper_id, title="Service: NPS")
    await office.ana.types("/hoshin edit A-1")
    offered = await office.ana.client.suggestions(office.modal_of(office.ana), "parent", "plan.parents", "")
    assert [one["value"] for one in offered] == ["B-1"]


@pytest.mark.parametrize(
    ("typed", "kind", "title"),
    [
        ("annual objective", Kind.ANNUAL_OBJECTIVE, ""),
        ("Annual Objective  Cut waiting time", Kind.ANNUAL_OBJECTIVE, "Cut waiting time"),
        ("annual Objective-free title", Kind.ANNUAL_OBJECTIVE, "Objective-free title"),
        ("objective Answer right", Kind.OBJECTIVE, "Answer right"),
        ("breakthrough objective", Kind.BREAKTHROUGH, ""),
        ("kr Calls", Kind.KEY_RESULT, "Calls"),
        ("", None, ""),
    ],
)
def test_a_kind_is_read_by_its_longest_name(typed: str, kind: Kind | None, title: str) -> None:
    assert read_kind(typed) == (kind, title)


async def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(office: Office) -> None:
    office.plan()
    await office.ana.types("/hoshin add annual Cut waiting time")
    await office.ana.fills({"Stands under": "B-1", "Due": "2026-02-01", "Owner": "olga"})
    await office.ana.submits()
    await office.ana.will_see("no deactivated accounts")
    await office.ana.fills({"Owner": "ana"})
    await office.ana.submits()
    await office.ana.will_see("2026-02-01 is over already")
    assert set(office.modal_of(office.ana).errors) == {"due_on"}
    await office.ana.fills({"Due": "2026-12-31"})
    await office.ana.submits()
    await office.ana.will_see("Added: A-2 Cut waiting time")


async def test_a_title_that_would_ping_everyone_is_shown_as_typed(office: Office) -> None:
    office.plan()
    await office.ana.types("/hoshin add driver")
    await office.ana.fills({"Title": "<!channel> *now*"})
    await office.ana.submits()
    await office.ana.will_see("D-1")
    drawn = str(office.modal_of(office.ana).blocks)
    assert "&lt;!channel&gt;" in drawn
    assert "<!channel>" not in drawn


async def test_an_item_that_was_removed_meanwhile_is_said_so(office: Office) -> None:
    office.plan()
    await office.ben.types("/hoshin edit O-1")
    await office.ben.fills({"Title": "Solve it in one call"})
    with office.work() as uow:
        ana = uow.members.find_by_slack_id(office.ana.id)
        assert ana is not None
        editing.archive_item(uow, uow.roles.get_viewer(ana.id), O1)
    await office.ben.submits()
    await office.ben.will_see("O-1 is removed. Bring it back first")
    await office.ben.will_see("Solve it in one call")


async def test_a_parent_that_a_tampered_form_names_is_refused(office: Office) -> None:
    office.plan()
    await office.ana.types("/hoshin add objective")
    await office.ana.fills({"Title": "Solve it"})
    view = office.modal_of(office.ana)
    view.state["parent"]["plan.parents"] = {
        "type": "external_select",
        "selected_option": {"text": {"type": "plain_text", "text": "B-1"}, "value": "B-1"},
    }
    await office.ana.submits()
    await office.ana.will_see("Choose an annual objective instead")


async def test_a_form_of_another_version_says_so(office: Office) -> None:
    office.plan()
    await office.ana.types("/hoshin add driver")
    await office.ana.fills({"Title": "Customers wait"})
    office.modal_of(office.ana).private_metadata = '{"page":1}'
    await office.ana.submits()
    await office.ana.will_see("comes from an older version")


async def test_a_command_that_cannot_be_done_says_what_to_do_instead(office: Office) -> None:
    office.plan()
    for text, sentence in (
        ("/hoshin edit", "Which item?"),
        ("/hoshin edit Z-9", "Nothing here is called “Z-9”"),
        ("/hoshin edit KR-9", "There is no KR-9 here"),
        ("/hoshin add rocket", "“rocket” is no kind of item"),
        ("/hoshin add breakthrough", "You may not add this"),
        ("/hoshin edit A-1", "You may not change this (A-1)"),
    ):
        await office.ben.types(text)
        await office.ben.will_see(sentence)


async def test_a_guest_adds_nothing(office: Office) -> None:
    office.plan()
    await office.gia.types("/hoshin add")
    await office.gia.will_see("You may not add this")
