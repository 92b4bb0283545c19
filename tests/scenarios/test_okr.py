"""An update in one line, as people live it."""

from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from storage.rules.terms import Kind
from tests import factories
from tests.clock import FrozenClock
from tests.scenarios.stage import Stage, stage


@pytest.fixture
async def office(sqlite_database: Database, clock: FrozenClock) -> AsyncIterator[Stage]:
    async with stage(sqlite_database, clock) as office:
        yield office


async def test_an_update_from_the_line_to_its_undoing(office: Stage) -> None:
    await office.ana.types("/okr update KR-1 78 2 weeks late & <tired>")
    await office.ana.will_see("70 % → 78 %")
    await office.ana.will_see("“weeks late & <tired>”")
    await office.ana.will_see("2 was taken as your confidence.")

    await office.ana.clicks("Part of the note")
    await office.ana.will_see("“2 weeks late & <tired>”")
    await office.ana.clicks("Undo")
    await office.ana.will_see("it is back at 70 %")

    await office.ana.types("/okr update KR-1 790")
    await office.ana.will_see("Did you mean 79 %?")
    await office.ana.clicks("79 %")
    await office.ana.will_see("70 % → 79 %")


async def test_the_form_and_the_message_shortcut_record_with_evidence(office: Stage) -> None:
    await office.ana.types("/okr update")
    await office.ana.fills({"Key result or KPI": "KR-1 First-contact resolution", "Figure": "780"})
    await office.ana.submits()
    await office.ana.will_see("Did you mean 78 %?")
    await office.ana.fills({"Figure": "78"})
    await office.ana.submits()
    await office.ana.will_see("Recorded")
    await office.ana.closes()

    await office.ben.types("The report says 76 %.", "customer-service")
    message = office.slack.channel("customer-service").messages[-1]
    await office.ana.uses_shortcut("Add as evidence", message)
    await office.ana.fills({"Key result or KPI": "KR-1 First-contact resolution", "Note": "see the report"})
    await office.ana.submits()
    await office.ana.will_see("Evidence: this message")


async def test_an_okr_from_the_blank_sheet_to_its_first_update(office: Stage) -> None:
    await office.ana.types("/okr new")
    await office.ana.fills({"Objective": "Launch 2 portals"})
    await office.ana.submits()
    await office.ana.will_see("number in the objective")

    await office.ana.clicks("Say more about it")
    await office.ana.fills({"Waste that it reduces": "waiting"})
    await office.ana.submits()
    await office.ana.clicks("Add a key result")
    await office.ana.fills({"Measure": "Calls answered", "Kind": "percent", "From (or lowest)": "70"})
    await office.ana.submits()
    await office.ana.will_see("Say where it is to be.")
    await office.ana.fills({"To (or highest)": "85 %"})
    await office.ana.submits()
    await office.ana.clicks("Make it active")
    await office.ana.will_see("▶ active")
    await office.ana.closes()

    await office.ana.types("/okr update answered 75 c7")
    await office.ana.will_see("— → 75 %")
    await office.ana.types("/okr board")
    await office.ana.will_see("Launch 2 portals")


@pytest.mark.parametrize(
    ("command", "choice", "seen"),
    [
        ("/okr show first-contact", "KR-2 First-contact resolution", "KR-2 · First-contact resolution  ·"),
        ("/okr update first-contact 78", "KR-2 First-contact resolution", "70 % → 78 %"),
        ("/okr grade answer", "O-2 Answer right the first time", "You may not change this (O-2)"),
        ("/hoshin show first-contact", "KR-2 First-contact resolution", "KR-2 · First-contact resolution  ·"),
        ("/hoshin why first-contact", "KR-2 First-contact resolution", "KR-2 First-contact resolution"),
        ("/hoshin tree first-contact", "KR-2 First-contact resolution", "From KR-2 down"),
        ("/hoshin follow first-contact", "KR-2 First-contact resolution", "You follow KR-2 First-contact"),
    ],
)
async def test_words_that_fit_several_items_are_a_press_away_in_every_command(
    office: Stage, command: str, choice: str, seen: str
) -> None:
    await office.ben.types(command)
    await office.ben.will_see("fits 2 items. Which one?")
    await office.ben.clicks(choice)
    await office.ben.will_see(seen)


async def test_many_items_that_fit_stand_in_a_menu(office: Stage) -> None:
    with office.unit_of_work() as uow:
        for number in range(8):
            factories.key_result(uow, title=f"First-contact time {number}", objective_id=1)
        uow.strategies.count_change()
    await office.ana.types("/okr show first-contact")
    await office.ana.will_see("“first-contact” fits 10 items. Which one?")
    await office.ana.picks("Choose one", "KR-5 First-contact time 2")
    await office.ana.will_see("KR-5 · First-contact time 2  ·")


async def test_an_item_is_talked_about_in_one_thread_of_its_teams_channel(office: Stage) -> None:
    await office.ana.types("/okr show KR-1")
    await office.ana.clicks("Discuss")
    await office.settled()
    await office.ana.will_see("answer there, in its thread")
    assert office.posts() == ["Let us talk about KR-1 First-contact resolution"]
    assert "Opened by Ana Ruiz" in office.channel

    await office.ben.types("/okr show KR-1")
    await office.ben.clicks("Discuss")
    await office.settled()
    await office.ben.will_see("is talked about in this thread")
    assert len(office.posts()) == 1


async def test_what_not_all_in_the_channel_may_see_is_not_talked_about_there(office: Stage) -> None:
    with office.unit_of_work() as uow:
        uow.plans.get_item(Kind.KEY_RESULT, 1).is_restricted = True
    await office.ana.types("/okr show KR-1")
    await office.ana.clicks("Discuss")
    await office.settled()
    await office.ana.will_see(
        "KR-1 was not posted: not everyone in the channel of Customer Service may see it."
    )
    assert office.posts() == []
