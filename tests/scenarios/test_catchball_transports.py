"""A long negotiation leaves the same record whichever way Slack reaches the bot."""

from datetime import UTC, datetime

from bot.catchball.record import as_yaml
from storage import catchballs
from storage.database import Database
from storage.rules.terms import Role
from tests import factories
from tests.clock import FrozenClock
from tests.databases import SqliteFiles
from tests.scenarios.stage import CHANNEL, stage
from tests.scenarios.test_catchball import TERMS, card

START = datetime(2026, 2, 9, 8, tzinfo=UTC)
ROUNDS = (
    *("ben", "ana", "carla", "ana"),
    *("ben", "ana", "carla", "ana", "ben", "ana", "carla"),
)
"""Who counters: with the throw these are twelve versions; a facilitator is named after the fifth."""


async def negotiate(database: Database, *, http: bool) -> str:
    """The record of a ball between Ana, Ben and Carla, with Dan's help."""
    async with stage(database, FrozenClock(START), http=http) as office:
        people = {"ana": office.ana, "ben": office.ben}
        for name in ("carla", "dan"):
            people[name] = office.slack.add_person(name, real_name=name.capitalize())
            office.slack.workspace.join(office.slack.channel(CHANNEL).id, people[name].id)
        await office.settled()
        with office.unit_of_work() as uow:
            factories.annual_objective(uow)
            ana = next(one for one in uow.picture().graph.people.values() if one.name == "Ana Ruiz")
            uow.roles.grant(ana.id, Role.STRATEGY_LEAD, by_id=None, at=uow.now)
        await office.ana.types("/catchball propose under A-1", CHANNEL)
        await office.ana.fills(TERMS | {"To whom?": ["ben", "carla"]})
        await office.ana.submits()
        await office.ana.closes()
        await office.settled()

        async def say(who: str, words: str) -> None:
            await people[who].mentions_bot(words, CHANNEL, thread=card(office))
            await office.slack.settled()

        for number, who in enumerate(ROUNDS, start=2):
            if number == 6:
                await say("ana", "facilitator @dan")
                await say("dan", "ask what would help?")
            await say(who, f"counter {80 + number} because of round {number}")
        await say("ana", "agree")
        await say("ben", "agree")
        with office.unit_of_work() as uow:
            record = catchballs.show(uow, uow.roles.get_viewer(ana.id), 1)
            assert record.ball.version == len(ROUNDS) + 1
            assert catchballs.replayed(uow, record.row.id) == record.ball
            return as_yaml(record)


async def test_twelve_rounds_of_four_people_leave_identical_records(sqlite_databases: SqliteFiles) -> None:
    records = []
    for http in (False, True):
        url = sqlite_databases.migrated()
        database = Database(url)
        try:
            records.append(await negotiate(database, http=http))
        finally:
            database.close()
            sqlite_databases.discard(url)
    assert records[0] == records[1]
    assert "round 12" in records[0]
