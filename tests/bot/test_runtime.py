"""Start and stop: what is fatal, what is waited for, and what /readyz says meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.databases import database_faults
from bot.installations import Installation
from bot.manifest import make_manifest
from bot.process import tick_once
from bot.runtime import Bot, running
from bot.settings import Settings
from bot.simulator import SlackSimulator
from storage.database import Database
from storage.rules.errors import Invalid
from tests import factories
from tests.clock import FrozenClock


def settings_of(slack: SlackSimulator, **changes: object) -> Settings:
    values: dict[str, object] = {
        "slack_bot_token": SecretStr(slack.bot_token),
        "slack_app_token": SecretStr(slack.app_token),
        "slack_api_url": slack.api_url,
        "port": 0,
    }
    return Settings.model_validate({**values, **changes})


@asynccontextmanager
async def retrying(slack: SlackSimulator, database: Database, clock: FrozenClock) -> AsyncIterator[Bot]:
    """A bot that tries again sooner than an operator would want it to."""
    bot = Bot(settings_of(slack), database, clock)
    bot.app.connecting.retry_s = 0.05
    try:
        await bot.start()
        yield bot
    finally:
        await bot.stop()


async def test_slack_being_down_at_the_start_is_waited_for(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    async with SlackSimulator(make_manifest()) as slack:
        slack.faults.add("auth.test", "server_error", times=3)
        async with retrying(slack, sqlite_database, clock) as bot:
            await bot.wait_until_ready(5)
            assert await bot.readiness() == {}


async def test_a_locked_database_at_the_start_is_waited_for(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    async with SlackSimulator(make_manifest()) as slack:
        with sqlite_database.engine.connect() as importing:
            importing.exec_driver_sql("SELECT 1")  # an immediate transaction: the writers' lock
            async with retrying(slack, sqlite_database, clock) as bot:
                await asyncio.sleep(2)
                assert not bot.connected.is_set()
                importing.rollback()
                await bot.wait_until_ready(5)


async def test_an_app_token_that_slack_refuses_ends_the_run_with_a_sentence(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    async with SlackSimulator(make_manifest()) as slack:
        settings = settings_of(slack, slack_app_token=SecretStr("xapp-not-this-one"))
        async with running(settings, sqlite_database, clock) as bot:
            await asyncio.wait_for(bot.ended.wait(), 5)
            assert bot.ended_by is not None
            assert bot.ended_by.sentence.startswith("SLACK_APP_TOKEN: Slack does not accept it")


async def test_asking_whether_the_database_is_well_waits_for_no_writer(sqlite_database: Database) -> None:
    with sqlite_database.engine.connect() as writing:
        writing.exec_driver_sql("SELECT 1")  # an immediate transaction: the writers' lock
        assert await sqlite_database.in_thread(lambda: database_faults(sqlite_database)) == {}


async def test_a_tick_into_the_future_is_refused_on_slack_itself(sqlite_database: Database) -> None:
    settings = Settings(slack_bot_token=SecretStr("xoxb-1"))
    clock = FrozenClock()
    with pytest.raises(Invalid, match="that instant is in the future"):
        await tick_once(settings, sqlite_database, clock.now() + timedelta(days=365 * 50), None)


async def test_a_tick_of_another_workspace_than_the_tokens_is_refused(sqlite_database: Database) -> None:
    async with SlackSimulator(make_manifest()) as slack:
        with pytest.raises(Invalid, match="belongs to T"):
            await tick_once(settings_of(slack), sqlite_database, None, "T0ELSEWHERE")


async def test_a_tick_with_nothing_due_says_so_and_ends(sqlite_database: Database) -> None:
    async with SlackSimulator(make_manifest()) as slack:
        said = await tick_once(settings_of(slack), sqlite_database, None, None)
    assert said == "0 due; all messages are final."


async def test_a_workspace_that_fails_does_not_keep_the_others_from_their_housekeeping(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    long_ago = clock.now() - timedelta(days=10)
    async with SlackSimulator(make_manifest()) as slack, retrying(slack, sqlite_database, clock) as bot:
        await bot.wait_until_ready(5)
        for team_id in ("T1", "T2", "T3"):
            workspace_id = factories.workspace(sqlite_database, clock.now(), team_id=team_id)
            with sqlite_database.unit_of_work(workspace_id, long_ago) as uow:
                uow.events.claim("event:Ev1", long_ago)
            client = bot.app.slack.client(slack.bot_token)
            scopes = frozenset[str]()
            bot.app.installations.put(Installation(workspace_id, team_id, "", client, "U0BOT", "B1", scopes))
        odd_row = """
            CREATE TRIGGER odd_row BEFORE DELETE ON processed_event
            WHEN OLD.workspace_id = (SELECT id FROM workspace WHERE slack_team_id = 'T2')
            BEGIN SELECT RAISE(ABORT, 'an odd row'); END
        """
        with sqlite_database.session() as session:
            session.connection().exec_driver_sql(odd_row)
        await bot.keep_house()
    with sqlite_database.session() as session:
        left = session.connection().exec_driver_sql(
            "SELECT slack_team_id FROM processed_event JOIN workspace ON workspace.id = workspace_id"
        )
        assert left.scalars().all() == ["T2"]
