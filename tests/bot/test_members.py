"""Slack users as members: met once, linked by address, kept fresh by events."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.asks import Person
from bot.channels import find_channels
from bot.members import Account, record_account
from bot.routing import Routes
from storage.database import Database
from storage.rules.errors import NotAllowed
from storage.tables import Member
from tests import factories
from tests.bot.spine import Spine, spine
from tests.clock import FrozenClock
from tests.conftest import UnitsOfWork


@pytest.fixture
async def there(sqlite_database: Database, clock: FrozenClock) -> AsyncIterator[Spine]:
    async with spine(sqlite_database, clock, Routes()) as running:
        yield running


def member_of(database: Database, there: Spine, slack_user_id: str, clock: FrozenClock) -> Member | None:
    with database.unit_of_work(there.installation.workspace_id, clock.now(), read=True) as uow:
        return uow.members.find_by_slack_id(slack_user_id)


async def meet(there: Spine, slack_user_id: str) -> Person:
    """What the wrapper does when someone acts."""
    client = there.connecting.slack.client(there.slack.bot_token)
    return await there.directory.person(there.installation, slack_user_id, client)


async def test_a_newcomer_is_looked_up_once_and_joins_the_record(
    there: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    ana = there.slack.workspace.add_user("ana", real_name="Ana Ruiz", tz="Europe/Madrid")
    client = there.connecting.slack.client(there.slack.bot_token)
    for _ in range(2):
        person = await there.directory.person(there.installation, ana.id, client)
        assert (person.name, person.zone) == ("Ana Ruiz", "Europe/Madrid")
    member = member_of(sqlite_database, there, ana.id, clock)
    assert member is not None
    assert member.name == "Ana Ruiz"


async def test_a_person_of_the_plan_is_found_by_address_whatever_its_case(
    there: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    with sqlite_database.unit_of_work(there.installation.workspace_id, clock.now()) as uow:
        planned = factories.member(uow, name="A. Ruiz", email="Ana@Example.com", slack_user_id=None)
    ana = there.slack.add_person("ana", real_name="Ana Ruiz", email="ana@example.com")
    await there.slack.settled()
    await there.connecting.look_up(there.installation)
    member = member_of(sqlite_database, there, ana.id, clock)
    assert member is not None
    assert (member.id, member.name) == (planned.id, "Ana Ruiz")


async def test_an_address_that_slack_does_not_know_stays_unlinked(
    there: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    with sqlite_database.unit_of_work(there.installation.workspace_id, clock.now()) as uow:
        factories.member(uow, email="left@example.com", slack_user_id=None)
    await there.connecting.look_up(there.installation)
    with sqlite_database.unit_of_work(there.installation.workspace_id, clock.now(), read=True) as uow:
        assert [email for _, email in uow.members.list_unlinked()] == ["left@example.com"]


async def test_people_are_looked_up_again_only_when_the_plan_names_others(
    there: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    with sqlite_database.unit_of_work(there.installation.workspace_id, clock.now()) as uow:
        factories.member(uow, email="left@example.com", slack_user_id=None)
    for _ in range(3):
        await there.connecting.look_up(there.installation)
    asked = there.slack.traffic.calls("users.lookupByEmail")
    assert len(asked) == 1


async def test_a_new_zone_and_a_deactivation_arrive_by_event(
    there: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    ana = there.slack.add_person("ana", tz="Europe/Berlin")
    await meet(there, ana.id)
    there.slack.workspace.change_user(ana.id, tz="America/Chicago")
    await there.slack.settled()
    there.slack.workspace.change_user(ana.id, deleted=True)
    await there.slack.settled()
    member = member_of(sqlite_database, there, ana.id, clock)
    assert member is not None
    assert (member.zone, member.is_deactivated) == ("America/Chicago", True)


async def test_a_zone_that_this_machine_does_not_know_leaves_the_one_before(
    there: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    ana = there.slack.workspace.add_user("ana", tz="Europe/Berlin")
    await meet(there, ana.id)
    user = {"id": ana.id, "team_id": there.installation.team_id, "name": "ana", "tz": "Mars/Olympus"}
    await there.directory.refresh(there.installation, user)
    member = member_of(sqlite_database, there, ana.id, clock)
    assert member is not None
    assert member.zone == "Europe/Berlin"


async def test_slack_telling_of_someone_who_has_nothing_to_do_with_hoshin_writes_nothing_down(
    there: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    passer_by = there.slack.add_person("passer-by")
    await there.slack.settled()
    assert member_of(sqlite_database, there, passer_by.id, clock) is None


def account(slack_user_id: str, email: str | None, name: str = "Ana Ruiz") -> Account:
    return Account(slack_user_id, "T0001", name, email, "Europe/Berlin", "de-DE", False, False, False)


async def test_an_address_that_moves_to_a_successor_moves_in_the_record_too(
    unit_of_work: UnitsOfWork,
) -> None:
    with unit_of_work() as uow:
        first = record_account(uow, account("U1", "quality@example.com", "Anna"))
        second = record_account(uow, account("U2", "quality@example.com", "Bela"))
        assert uow.members.get(first.member_id).email is None
        assert uow.members.get(second.member_id).email == "quality@example.com"
        record_account(uow, account("U1", "anna@example.com", "Anna"))
        assert uow.members.get(first.member_id).email == "anna@example.com"


async def test_whom_the_plan_names_after_they_spoke_is_the_plans_person_from_then_on(
    unit_of_work: UnitsOfWork,
) -> None:
    with unit_of_work() as uow:
        met = record_account(uow, account("U1", None))
        planned = factories.member(uow, email="ana@example.com", slack_user_id=None)
        linked = record_account(uow, account("U1", "ana@example.com"))
        assert linked.member_id == planned.id
        assert uow.members.get(met.member_id).slack_user_id is None


async def test_two_deliveries_of_a_newcomer_at_once_make_one_member(
    database: Database, clock: FrozenClock
) -> None:
    async with spine(database, clock, Routes()) as there:
        user = there.slack.workspace.add_user("ana")
        met = await asyncio.gather(*(meet(there, user.id) for _ in range(4)))
        assert len({person.member_id for person in met}) == 1


@pytest.mark.parametrize(
    ("traits", "sentence"),
    [
        ({"deleted": True}, "This account is deactivated"),
        ({"team_id": "T0ELSEWHERE"}, "serves the people of its own workspace"),
        ({"is_bot": True}, "talks with people only"),
    ],
)
async def test_who_may_not_act_is_told_why(there: Spine, traits: dict[str, Any], sentence: str) -> None:
    user = there.slack.workspace.add_user("someone", **traits)
    client = there.connecting.slack.client(there.slack.bot_token)
    with pytest.raises(NotAllowed, match=sentence):
        await there.directory.person(there.installation, user.id, client)


async def test_slack_being_silent_about_a_newcomer_is_told_and_nothing_is_kept(
    there: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    user = there.slack.workspace.add_user("someone")
    there.slack.faults.add("users.info", "slow", delay=3)
    client = there.connecting.slack.client(there.slack.bot_token)
    with pytest.raises(NotAllowed, match="Slack did not tell us who you are"):
        await there.directory.person(there.installation, user.id, client)
    assert member_of(sqlite_database, there, user.id, clock) is None


async def test_channels_are_found_by_name_and_by_id_among_those_of_the_bot(
    there: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    service = there.slack.add_channel("customer-service", bot=True)
    product = there.slack.add_channel("product", bot=True, private=True)
    there.slack.add_channel("secret")
    with sqlite_database.unit_of_work(there.installation.workspace_id, clock.now()) as uow:
        factories.team(uow, name="Service", channel="#customer-service", channel_id=None)
        factories.team(uow, name="Product", channel=product.id, channel_id=None)
        factories.team(uow, name="Secret", channel="secret", channel_id=None)
    client = there.connecting.slack.client(there.slack.bot_token)
    missing = await find_channels(sqlite_database, clock, there.installation, client)
    assert missing == ["secret"]
    with sqlite_database.unit_of_work(there.installation.workspace_id, clock.now(), read=True) as uow:
        found = {team.name: team.channel_id for team in uow.teams.list_all()}
    assert found == {"Service": service.id, "Product": product.id, "Secret": None}


async def test_the_bot_joining_a_channel_is_taken_up_and_anyone_else_joining_is_not(there: Spine) -> None:
    ana = there.slack.add_person("ana")
    channel = there.slack.add_channel("customer-service")
    there.slack.workspace.join(channel.id, ana.id)
    there.slack.workspace.join(channel.id, there.installation.bot_user_id)
    await there.slack.settled()
    assert there.channels_back == [channel.id]


async def test_removing_the_app_ends_the_installation(there: Spine, sqlite_database: Database) -> None:
    there.slack.uninstall()
    await there.slack.settled()
    with sqlite_database.workspaces() as workspaces:
        assert workspaces.list_connected() == []


async def test_a_rate_limit_of_slack_slows_the_look_up_and_loses_nobody(
    there: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    with sqlite_database.unit_of_work(there.installation.workspace_id, clock.now()) as uow:
        for name in ("ana", "ben"):
            factories.member(uow, email=f"{name}@example.com", slack_user_id=None)
    people = [there.slack.add_person(name) for name in ("ana", "ben")]
    there.slack.faults.add("users.lookupByEmail", "rate_limited", after=1, retry_after=1)
    await there.connecting.look_up(there.installation)
    for person in people:
        assert member_of(sqlite_database, there, person.id, clock) is not None


async def test_a_look_up_that_slack_broke_off_is_taken_up_again(
    there: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    with sqlite_database.unit_of_work(there.installation.workspace_id, clock.now()) as uow:
        factories.member(uow, email="ana@example.com", slack_user_id=None)
    ana = there.slack.workspace.add_user("ana", email="ana@example.com")
    there.slack.faults.add("users.lookupByEmail", "server_error")
    await there.connecting.look_up(there.installation)
    await there.connecting.look_up(there.installation)
    assert member_of(sqlite_database, there, ana.id, clock) is not None
