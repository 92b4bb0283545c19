"""An ideas channel that takes no cards: said where someone submits, and mended without losing one."""

from storage.rules.terms import Role
from tests.scenarios.stage import Stage
from tests.scenarios.test_kaizen import MONDAY, ideas, office, tell

__all__ = ["office"]


async def test_an_archived_channel_is_told_once_and_its_cards_come_when_it_is_back(office: Stage) -> None:
    channel_id = office.slack.channel("ideas").channel.id
    office.slack.workspace.archive(channel_id)
    await tell(office)
    await office.ben.closes()
    assert "K-1 is saved, and its answer comes as promised." in office.ben.dm
    assert office.ana.dm.count("takes no cards, because it is archived") == 1
    await tell(office, "The gloves are always gone", "A dispenser at every bench")
    await office.ben.will_see("Its card could not be posted, because the ideas channel is archived")
    assert office.ana.dm.count("takes no cards") == 1

    office.slack.workspace.unarchive(channel_id)
    await office.settled()
    assert "K-1" in ideas(office)
    assert "K-2" in ideas(office)
    await office.ben.closes()
    await tell(office, "Nobody finds the torque wrench", "A shadow board")
    assert "could not be posted" not in (office.ben.modal or "")


async def test_cards_that_one_channel_refused_go_to_the_next_one(office: Stage) -> None:
    office.slack.workspace.archive(office.slack.channel("ideas").channel.id)
    await tell(office)
    with office.unit_of_work() as uow:
        ana = uow.members.find_by_slack_id(office.ana.id)
        uow.roles.grant(ana.id, Role.ADMIN, by_id=None, at=uow.now)
    office.slack.add_channel("secret", "ana", bot=False, private=True)
    office.slack.add_channel("better", "ana", "ben", bot=True)
    await office.ana.types("/kaizen settings")
    await office.ana.fills({"Ideas channel": "secret"})
    await office.ana.submits()
    await office.ana.will_see("Hoshin is not in this conversation, so nothing can be posted there.")
    await office.ana.fills({"Ideas channel": "better"})
    await office.ana.submits()
    await office.at(MONDAY)
    assert "K-1" in office.slack.channel("better").as_text()


async def test_the_set_up_looks_at_a_channel_before_it_is_taken(office: Stage) -> None:
    with office.unit_of_work() as uow:
        ana = uow.members.find_by_slack_id(office.ana.id)
        uow.roles.grant(ana.id, Role.ADMIN, by_id=None, at=uow.now)
    office.slack.add_channel("secret", "ana", bot=False, private=True)
    old = office.slack.add_channel("old", "ana", bot=True)
    office.slack.workspace.archive(old.id)
    await office.ana.types("/hoshin setup")
    await office.ana.clicks("Change", nth=1)
    await office.ana.will_see("Channel of the Kaizen ideas")
    for channel, sentence in (("secret", "Hoshin is not in this conversation"), ("old", "is archived")):
        await office.ana.fills({"Channel of the Kaizen ideas": channel})
        await office.ana.submits()
        await office.ana.will_see(sentence)
