"""A Kaizen event as people live it: from an idea, with a team, to its result in the plan."""

from storage.rules.terms import Role
from tests.scenarios.stage import Stage
from tests.scenarios.test_kaizen import ideas, office, tell

__all__ = ["office"]


async def test_an_event_from_an_idea_to_its_result(office: Stage) -> None:
    with office.unit_of_work() as uow:
        ana = uow.members.find_by_slack_id(office.ana.id)
        uow.roles.grant(ana.id, Role.STRATEGY_LEAD, by_id=None, at=uow.now)
    await tell(office)
    await office.ben.closes()
    await office.ana.types("/kaizen show K-1")
    await office.ana.clicks("Make it a Kaizen event", in_=office.ana.client.modal)
    await office.ana.fills({"How is it now?": "Ten minutes a shift"})
    await office.ana.clicks("More fields", in_=office.ana.client.modal)
    assert "Ten minutes a shift" in (office.ana.modal or "")
    await office.ana.fills({"Who is in the team?": "ben"})
    await office.ana.submits()
    await office.ana.will_see("is a Kaizen event. It works on 1 idea.")
    await office.ana.closes()
    await office.settled()
    assert "A Kaizen event" in office.ben.dm

    await office.ana.types("/hoshin show I-1")
    await office.ana.will_see("Before → after")
    await office.ana.clicks("Its result")
    await office.ana.fills({"What came of it?": "A ribbon hangs at each printer"})
    await office.ana.submits()
    await office.ana.will_see("has its result. 1 idea is done with it.")
    await office.settled()
    await office.at(office.clock.now())
    assert "✓ done" in ideas(office)
    assert "A ribbon hangs at each printer" in office.ben.dm


async def test_an_initiative_that_was_just_added_becomes_an_event(office: Stage) -> None:
    await office.ana.types("/hoshin add initiative Changeovers under ten minutes")
    await office.ana.submits()
    await office.ana.clicks("Make it a Kaizen event", in_=office.ana.client.modal)
    await office.ana.fills({"What is the problem?": "The press stands still for an hour"})
    await office.ana.submits()
    await office.ana.will_see("is a Kaizen event. It works on no idea yet.")
