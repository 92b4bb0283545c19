"""The forms behind an idea's buttons, pressed one by one: what it is to bring, why, for whom else."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from storage.database import Database
from storage.rules.kaizen import IdeaState
from tests import factories
from tests.clock import FrozenClock
from tests.scenarios.stage import Stage, stage
from tests.scenarios.test_kaizen import MONDAY, begin_kaizen, ideas, tell


@pytest.fixture
async def office(sqlite_database: Database, clock: FrozenClock) -> AsyncIterator[Stage]:
    """Ana is of the lean council and leads another team; there is a channel for ideas."""
    clock.jump_to(MONDAY)
    async with stage(sqlite_database, clock) as office:
        with office.unit_of_work() as uow:
            ana = uow.members.find_by_slack_id(office.ana.id)
            factories.team(uow, name="Dispatch", lead_id=ana.id)
        await begin_kaizen(office)
        yield office


async def test_from_the_estimate_to_a_result_that_another_team_takes_over_and_that_slips(
    office: Stage,
) -> None:
    await tell(office)
    await office.ben.types("/kaizen show K-1")
    modal = office.ben.client
    await office.ben.clicks("Estimate", in_=modal.modal)
    await office.ben.fills({"Effort to put it into practice": "1, very small", "Impact if it works": "4"})
    await office.ben.submits()
    await office.ben.will_see("Quick win: much for little effort")
    await office.ben.clicks("5 Whys", in_=modal.modal)
    await office.ben.fills({"Why? (1)": "It tears", "Why? (2)": "It is old"})
    await office.ben.submits()
    await office.ben.will_see("Why? (3)")
    await office.ben.fills({"Why? (3)": "Ana orders it late"})
    await office.ben.submits()
    await office.ben.will_see("ends with a person (Ana)")
    await office.ben.clicks("What it brings", in_=modal.modal)
    await office.ben.fills({"Hours: planned": "40", "Hours: actual": "many"})
    await office.ben.submits()
    await office.ben.fills({"Hours: actual": "35"})
    await office.ben.submits()
    await office.ben.will_see("planned 40 hours, actual 35 hours, not confirmed")
    assert "Confirm the benefit" not in (office.ben.modal or "")
    await office.ben.closes()

    await office.ana.types("/kaizen show K-1")
    await office.ana.clicks("Confirm the benefit", in_=office.ana.client.modal)
    await office.ana.will_see("confirmed by Ana Ruiz")
    await office.ana.clicks("Hand over", in_=office.ana.client.modal)
    await office.ana.fills(
        {"Responsible": "ben", "The reason, for those whom it concerns": "He knows the machine"}
    )
    await office.ana.submits()
    await office.ana.will_see("responsible Ben Okoye")
    await office.ana.clicks("Take it up", in_=office.ana.client.modal)
    await office.ana.clicks("Just do it", in_=office.ana.client.modal)
    await office.ana.fills({"What came of it, in one line": "Two hooks on the wall"})
    await office.ana.submits()
    await office.ana.clicks("Offer to other teams", in_=office.ana.client.modal)
    await office.ana.fills({"Where would it help, too?": "Dispatch"})
    await office.ana.submits()
    await office.ana.closes()
    await office.settled()
    await office.ana.clicks("We take it over")
    await office.settled()
    assert "Dispatch takes it over, too." in ideas(office)

    await office.at(datetime(2026, 3, 11, 10, 0, tzinfo=UTC))
    assert "has its result lasted?" in office.ben.dm
    await office.ben.clicks("It has slipped")
    await office.ben.fills({"What happened, and what was learned?": "They were painted over"})
    await office.ben.submits()
    await office.settled()
    with office.unit_of_work() as uow:
        assert uow.ideas.get(uow.ideas.get_id(1)).state is IdeaState.PLAN
    assert "They were painted over" in ideas(office)
