"""Following in Slack: by words and by buttons, what one follows, how often one hears of it."""

from collections.abc import AsyncIterator

import pytest

from bot.digests import service
from storage.database import Database
from storage.rules.digest import ORGANISATION, PERSON, TEAM
from storage.rules.errors import NotFound
from storage.rules.terms import DigestRhythm, Kind
from tests import factories
from tests.bot.planning import office as offices
from tests.bot.planning.office import Office
from tests.clock import FrozenClock


@pytest.fixture
async def office(sqlite_database: Database, clock: FrozenClock) -> AsyncIterator[Office]:
    async with offices.office(sqlite_database, clock) as running:
        running.plan()
        with running.work() as uow:
            team = factories.team(uow, name="Customer Service")
            ben = uow.members.find_by_slack_id(running.ben.id)
            assert ben is not None
            factories.team_member(uow, team, ben)
        yield running


def followed(office: Office) -> set[tuple[str, int]]:
    with office.work() as uow:
        ben = uow.members.find_by_slack_id(office.ben.id)
        assert ben is not None
        return uow.digests.list_followed(ben.id)


async def test_what_one_follows_is_named_listed_and_ended(office: Office) -> None:
    ben = office.ben
    await ben.types("/hoshin follow")
    await ben.will_see("You follow nothing yet.")
    await ben.types("/hoshin follow o-1")
    await ben.will_see("You follow O-1 Answer right the first time. The digest comes once a week")
    await ben.types("/hoshin follow customer service")
    await ben.will_see("You follow Customer Service.")
    await ben.types("/hoshin follow @ana")
    await ben.will_see("You follow Ana Ruiz.")
    await ben.types("/hoshin follow organisation")
    await ben.will_see("You follow the whole organisation.")
    await ben.clicks("What I follow")
    await ben.will_see("You follow 4:")
    assert {kind for kind, _ in followed(office)} == {str(Kind.OBJECTIVE), TEAM, PERSON, ORGANISATION}
    await ben.types("/hoshin unfollow O-1")
    await ben.will_see("You no longer follow O-1")
    await ben.types("/hoshin unfollow O-1")
    await ben.will_see("You did not follow O-1")
    await ben.clicks("Follow")
    assert (str(Kind.OBJECTIVE), 1) in followed(office)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("K-9", "There is no K-9 here"),
        ("O-99", "There is no O-99 here"),
        ("Sales", "Nothing here is called “Sales”"),
    ],
)
async def test_what_is_not_there_cannot_be_followed(office: Office, text: str, sentence: str) -> None:
    await office.ben.types(f"/hoshin follow {text}")
    await office.ben.will_see(sentence)
    assert followed(office) == set()


async def test_someone_whom_the_record_does_not_know_cannot_be_followed(office: Office) -> None:
    with office.work() as uow:
        ben = uow.members.find_by_slack_id(office.ben.id)
        assert ben is not None
        with pytest.raises(NotFound, match="does not know this person yet"):
            service.follow_named(uow, ben.id, "<@U0NOBODY|zoe>", on=True)
        with pytest.raises(NotFound, match="no such thing here any more"):
            service.press(uow, ben.id, (TEAM, 999), on=True)


async def test_guests_follow_what_they_have_a_part_in_and_nothing_else(office: Office) -> None:
    for words in ("organisation", "@ana"):
        await office.gia.types(f"/hoshin follow {words}")
        await office.gia.will_see("Guests follow items that they have a part in.")
    await office.gia.types("/hoshin follow O-1")
    await office.gia.will_see("There is no O-1 here.")


async def test_cards_and_the_team_page_have_a_button_for_it(office: Office) -> None:
    ben = office.ben
    await ben.types("/hoshin show A-1")
    await ben.clicks("Follow")
    await ben.will_see("You follow A-1")
    await ben.types("/hoshin show A-1")
    await ben.clicks("Unfollow")
    await ben.will_see("You no longer follow A-1")
    await ben.types("/hoshin team")
    await ben.clicks("Follow")
    await ben.will_see("You follow Customer Service: a digest tells you what moves there.")
    assert {kind for kind, _ in followed(office)} == {TEAM}
    await ben.clicks("Unfollow")
    await ben.will_see("You no longer follow Customer Service.")
    assert followed(office) == set()


async def test_the_list_of_okrs_and_digests_follow_the_same(office: Office) -> None:
    await office.ana.types("/hoshin follow O-1")
    await office.ana.types("/okr")
    await office.ana.will_see("Followed")
    with office.work() as uow:
        ana = uow.members.find_by_slack_id(office.ana.id)
        assert ana is not None
        assert uow.digests.find_turn(ana.id) is not None


async def test_settings_say_how_often(office: Office) -> None:
    ben = office.ben
    await ben.types("/hoshin follow A-1")
    await ben.types("/hoshin settings")
    await ben.picks("Notifications", "The digest every day")
    await ben.submits()
    await ben.will_see("A digest of what you follow comes daily.")
    with office.work() as uow:
        member = uow.members.find_by_slack_id(ben.id)
        assert member is not None
        assert member.digest is DigestRhythm.DAILY
        assert uow.digests.find_turn(member.id) is not None
