"""What the ⋯ menu and the folded parts of catchball's forms do, pressed one by one."""

from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from storage.rules.catchball import BallState
from tests import factories
from tests.clock import FrozenClock
from tests.scenarios.stage import CHANNEL, Stage, stage
from tests.scenarios.test_catchball import TERMS, card


@pytest.fixture
async def office(sqlite_database: Database, clock: FrozenClock) -> AsyncIterator[Stage]:
    async with stage(sqlite_database, clock) as office:
        with office.unit_of_work() as uow:
            factories.annual_objective(uow)
        yield office


def state(office: Stage) -> BallState:
    with office.unit_of_work() as uow:
        row = uow.catchballs.find(1)
        assert row is not None
        found: BallState = row.state
    return found


async def test_the_menu_and_the_folded_terms_from_a_question_to_the_next_level(office: Stage) -> None:
    dan = office.slack.add_person("dan", real_name="Dan Wu")
    office.slack.workspace.join(office.slack.channel(CHANNEL).id, dan.id)
    await office.ana.types("/catchball propose under A-1", CHANNEL)
    await office.ana.fills(TERMS)
    await office.ana.clicks("More terms")
    await office.ana.fills(
        {
            "What is it to be in the plan?": "Annual objective",
            "Answer until": "2026-03-02",
            "Scope": "Both sites",
        }
    )
    await office.ana.fills({"Stands under": ""})
    await office.ana.submits()
    await office.ana.will_see("is thrown")
    await office.ana.closes()
    await office.settled()
    assert "until 2 March 2026" in office.channel
    assert "Both sites" in office.channel

    await office.ben.clicks("Ask", in_=card(office))
    await office.ben.fills({"Your question": "Who pays?"})
    await office.ben.submits()
    await office.settled()
    assert "Open questions: 1." in office.channel
    await office.ana.clicks("Answer a question", in_=card(office))
    await office.ana.fills({"Your answer": "We do"})
    await office.ana.submits()
    await office.ana.clicks("Name a facilitator", in_=card(office))
    await office.ana.fills({"Who helps you to an end?": "dan"})
    await office.ana.submits()
    await office.settled()
    assert "facilitator Dan Wu" in office.channel
    assert "Ana Ruiz names @dan as the facilitator" in office.slack.channel(CHANNEL).as_text()

    await office.ben.clicks("Counter", in_=card(office))
    await office.ben.clicks("More terms, four questions")
    await office.ben.fills(
        {
            "Measure, from and to": "First-contact resolution from 70 to 76 %",
            "Why the change?": "The training slipped",
            "Why another figure?": "Two of us are new",
            "What stands in the way?": "The old phones",
        }
    )
    await office.ben.submits()
    await office.settled()
    thread = office.slack.channel(CHANNEL).as_text()
    assert "to: 80 % → 76 % (Two of us are new)" in thread
    assert "The old phones" in thread
    await office.ana.clicks("Agree", in_=card(office))
    await office.settled()
    assert state(office) is BallState.AGREED

    await office.ben.clicks("Throw to the next level", in_=card(office))
    await office.ben.will_see("Stands under A-2")
    await office.ben.closes()
    await office.ben.types("/catchball")
    await office.ben.will_see("A-2 Answer right the first time: nothing is thrown from it yet")
    await office.ben.clicks("Nothing to deploy", in_=card(office))
    await office.ben.fills({"Why is nothing thrown to the next level?": "One person does it"})
    await office.ben.submits()
    await office.settled()
    assert state(office) is BallState.DEPLOYED
    assert "Nothing is deployed: One person does it" in office.channel
