"""Many workspaces by OAuth: each is installed from a browser and has its own token, prompts and data."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import text

from bot.checking import run_checks
from bot.encryption import Cipher
from bot.manifest import make_manifest
from bot.process import tick_once
from bot.runtime import Bot, running
from bot.settings import Settings
from bot.simulator import Person, SlackSimulator, events
from bot.simulator.workspace import Workspace
from storage.database import Database
from tests import factories
from tests.clock import FrozenClock

PUBLIC = "https://hoshin.example.com"
OLD_KEY, NEW_KEY = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@dataclass(frozen=True, slots=True)
class Page:
    """What the browser shows in the end."""

    status: int
    text: str


@dataclass(slots=True)
class Browser:
    """Somebody who installs: keeps the cookie, and reaches the public address at the bot's port."""

    slack: SlackSimulator
    bot: Bot
    cookie: str = ""

    async def begin(self) -> str:
        """Follows `/slack/install`; Slack's authorize page."""
        async with aiohttp.ClientSession() as session:
            answer = await session.get(self._at("/slack/install"), allow_redirects=False)
            assert answer.status == 302
            said = answer.headers["Set-Cookie"]
            assert {"Secure", "HttpOnly"} <= {part.strip() for part in said.split(";")}
            (morsel,) = SimpleCookie(said).values()
            self.cookie = f"{morsel.key}={morsel.value}"
            return answer.headers["Location"]

    async def decide(self, address: str, workspace: Workspace, decision: str = "allow") -> str:
        """Answers Slack's page; where Slack sends the browser."""
        split = urlsplit(address)
        form = {name: values[0] for name, values in parse_qs(split.query).items()}
        form |= {"team": workspace.team_id, "decision": decision}
        async with aiohttp.ClientSession() as session:
            page = await session.get(address)
            assert page.status == 200, await page.text()
            answer = await session.post(
                f"{split.scheme}://{split.netloc}{split.path}", data=form, allow_redirects=False
            )
            return answer.headers["Location"]

    async def come_back(self, address: str) -> Page:
        assert address.startswith(f"{PUBLIC}/slack/oauth_redirect?")
        async with aiohttp.ClientSession() as session:
            headers = {"Cookie": self.cookie}
            answer = await session.get(self._at(address.removeprefix(PUBLIC)), headers=headers)
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            return Page(answer.status, await answer.text())

    async def installs(self, workspace: Workspace) -> Page:
        return await self.come_back(await self.decide(await self.begin(), workspace))

    def _at(self, path: str) -> str:
        return f"http://127.0.0.1:{self.bot.port}{path}"


@asynccontextmanager
async def a_slack(clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SlackSimulator]:
    """Without the app, and with the environment in which Bolt would begin a flow of its own."""
    manifest = make_manifest(http=PUBLIC)
    async with SlackSimulator(manifest, now=clock.now, patience=10.0, installed=False) as slack:
        person(slack, slack.workspace, "ines")  # the first one, who installs
        monkeypatch.setenv("SLACK_CLIENT_ID", slack.oauth.client_id)
        monkeypatch.setenv("SLACK_CLIENT_SECRET", slack.oauth.client_secret)
        yield slack


def settings_of(slack: SlackSimulator, keys: str = OLD_KEY) -> Settings:
    return Settings(
        slack_client_id=slack.oauth.client_id,
        slack_client_secret=SecretStr(slack.oauth.client_secret),
        slack_signing_secret=SecretStr(slack.signing_secret),
        hoshin_encryption_keys=SecretStr(keys),
        slack_api_url=slack.api_url,
        port=0,
    )


@asynccontextmanager
async def a_bot(
    slack: SlackSimulator, database: Database, clock: FrozenClock, keys: str = OLD_KEY
) -> AsyncIterator[Bot]:
    async with running(settings_of(slack, keys), database, clock) as bot:
        await bot.wait_until_ready(10)
        others_are_idle = slack.activity.app_is_idle or (lambda: True)
        slack.activity.app_is_idle = lambda: bot.app.supervisor.is_idle and others_are_idle()
        reach(slack, bot)
        yield bot
        slack.activity.app_is_idle = others_are_idle


def reach(slack: SlackSimulator, bot: Bot) -> None:
    """Slack's requests go to that process from now on."""
    slack.request_url = f"http://127.0.0.1:{bot.port}/slack/events"


def person(slack: SlackSimulator, workspace: Workspace, name: str, **traits: str) -> Person:
    address = f"{name}@example.com"
    user = workspace.add_user(name, real_name=name.title(), email=address, tz="Europe/Madrid", **traits)
    return slack.person(user.id, workspace)


def plan(database: Database, clock: FrozenClock, workspace_id: int, owner: str, title: str) -> None:
    """One key result of an owner who is known by their address."""
    with database.unit_of_work(workspace_id, clock.now()) as uow:
        team = factories.team(uow, name=f"Team of {owner}")
        member = factories.member(
            uow,
            home=team,
            name=owner.title(),
            email=f"{owner}@example.com",
            slack_user_id=None,
            zone="Europe/Madrid",
            locale="en-GB",
        )
        key_result = factories.key_result(uow, owner_id=member.id, title=title)
        factories.reading(uow, key_result, 70, period_on=date(2026, 2, 2))


def workspace_id_of(database: Database, workspace: Workspace) -> int:
    with database.workspaces(read=True) as workspaces:
        found = workspaces.find_by_team(workspace.team_id)
        assert found is not None
        return found.id


async def ask_what_is_due(slack: SlackSimulator, bot: Bot) -> None:
    await bot.greet()
    await bot.tick()
    await slack.settled()
    assert await bot.app.delivery.deliver_due_now(30)
    await slack.settled()


@contextmanager
def raw(database: Database) -> Iterator[list[str]]:
    """The stored tokens as they stand."""
    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT sealed_token FROM installation ORDER BY id")).scalars()
        yield list(rows)


async def test_two_workspaces_are_installed_and_each_sees_its_own_also_by_the_same_account_id(
    sqlite_database: Database, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_slack(clock, monkeypatch) as slack:
        acme, globex = slack.workspace, slack.add_workspace("Globex <b>", installed=False)
        person(slack, globex, "gus")
        with sqlite_database.workspaces() as workspaces:
            waiting = workspaces.hold_for_import(acme.team_id).id
        plan(sqlite_database, clock, waiting, "ana", "Answer calls sooner")
        ana = person(slack, acme, "ana")
        # Within an organisation an account has the same id in all its workspaces.
        zoe = person(slack, globex, "zoe", id=ana.id)
        async with (
            a_bot(slack, sqlite_database, clock) as replica,
            a_bot(slack, sqlite_database, clock) as bot,
        ):
            browser = Browser(slack, bot)
            assert "Globex &lt;b&gt;" in (await browser.installs(globex)).text
            page = await browser.installs(acme)
            assert (page.status, "Hoshin is installed in Acme" in page.text) == (200, True)
            assert f"team={acme.team_id}" in page.text
            assert workspace_id_of(sqlite_database, acme) == waiting
            await slack.settled()
            with sqlite_database.unit_of_work(waiting, clock.now(), read=True) as uow:
                installer = uow.members.get(uow.audit.find_installer() or 0)
            assert installer.name == "Ines"
            plan(sqlite_database, clock, workspace_id_of(sqlite_database, globex), "zoe", "Melt more steel")
            await ask_what_is_due(slack, bot)

            assert "Answer calls sooner" in ana.dm
            assert "Melt more steel" in zoe.dm
            reach(slack, replica)  # which has not heard of either yet
            for someone in (ana, zoe):
                await someone.types("/hoshin help")
                assert someone.sees("/hoshin setup"), someone.screen
                await someone.types("/hoshin show KR-1")
                await someone.opens_home()
                await someone.will_see("Your items")
            assert "Melt" not in ana.screen
            assert "Answer calls" not in zoe.screen
            assert "Answer calls" in ana.home
            assert "Melt" in zoe.home
            for workspace, name in ((acme, "Ana"), (globex, "Zoe")):
                row_id = workspace_id_of(sqlite_database, workspace)
                with sqlite_database.unit_of_work(row_id, clock.now(), read=True) as uow:
                    member = uow.members.find_by_slack_id(ana.id)
                    assert member is not None
                    assert member.name == name
            with raw(sqlite_database) as stored:
                tokens = [one.token for one in slack.installations]
                assert sorted(Cipher(OLD_KEY).open(one) for one in stored) == sorted(tokens)
                assert not any("xoxb" in one for one in stored)


async def test_a_workspace_that_removes_the_app_is_let_go_and_picks_up_when_it_comes_back(
    sqlite_database: Database, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_slack(clock, monkeypatch) as slack:
        acme, globex = slack.workspace, slack.add_workspace("Globex", installed=False)
        person(slack, globex, "gus")
        ana, zoe = person(slack, acme, "ana"), person(slack, globex, "zoe")
        async with (
            a_bot(slack, sqlite_database, clock) as replica,
            a_bot(slack, sqlite_database, clock) as bot,
        ):
            browser = Browser(slack, bot)
            await browser.installs(acme)
            await browser.installs(globex)
            for each in (replica, bot):
                assert each.app.tenants is not None
                await each.app.tenants.refresh()
            before = workspace_id_of(sqlite_database, globex)
            plan(sqlite_database, clock, before, "zoe", "Melt more steel")

            slack.uninstall(globex)
            await slack.settled()
            assert bot.app.installations.client_for(before) is None
            assert replica.app.tenants is not None
            await replica.app.tenants.refresh()
            assert replica.app.installations.client_for(before) is None
            with raw(sqlite_database) as stored:
                assert len(stored) == 1
            await ana.types("/hoshin help")
            assert ana.sees("/hoshin setup")

            assert (await browser.installs(globex)).status == 200
            assert workspace_id_of(sqlite_database, globex) == before
            await ask_what_is_due(slack, bot)
            assert "Melt more steel" in zoe.dm


async def test_a_plan_that_waits_for_nobody_by_name_is_not_taken_from_the_public_page(
    sqlite_database: Database, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite_database.workspaces() as workspaces:
        waiting = workspaces.add_waiting().id
    plan(sqlite_database, clock, waiting, "ana", "Answer calls sooner")
    async with a_slack(clock, monkeypatch) as slack, a_bot(slack, sqlite_database, clock) as bot:
        ana = person(slack, slack.workspace, "ana")
        await Browser(slack, bot).installs(slack.workspace)
        assert workspace_id_of(sqlite_database, slack.workspace) != waiting
        await ask_what_is_due(slack, bot)
        await ana.types("/hoshin show KR-1")
        await ana.opens_home()
        assert "Answer calls" not in ana.screen + ana.dm


async def test_a_removal_that_is_told_again_after_the_app_came_back_changes_nothing(
    sqlite_database: Database, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_slack(clock, monkeypatch) as slack, a_bot(slack, sqlite_database, clock) as bot:
        ana = person(slack, slack.workspace, "ana")
        browser = Browser(slack, bot)
        await browser.installs(slack.workspace)
        clock.advance(timedelta(hours=1))
        removed_at = clock.now()
        slack.uninstall()
        await slack.settled()
        assert bot.app.installations.list_all() == []

        clock.advance(timedelta(minutes=1))
        await browser.installs(slack.workspace)
        again = slack.installation_of(slack.workspace)
        revoked = events.tokens_revoked(again.bot_user_id)
        for happening in (revoked, events.app_uninstalled()):
            late = {**happening.event, "event_ts": str(removed_at.timestamp())}
            slack.deliveries.event(again, replace(happening, event=late))
        await slack.settled()
        assert len(bot.app.installations.list_all()) == 1
        await ana.types("/hoshin help")
        assert ana.sees("/hoshin setup")

        slack.uninstall()
        await slack.settled()
        assert bot.app.installations.list_all() == []


async def test_a_database_fault_while_an_unknown_workspace_is_looked_up_is_answered_calmly(
    sqlite_database: Database, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        a_slack(clock, monkeypatch) as slack,
        a_bot(slack, sqlite_database, clock) as replica,
        a_bot(slack, sqlite_database, clock) as bot,
    ):
        ana = person(slack, slack.workspace, "ana")
        await Browser(slack, bot).installs(slack.workspace)
        reach(slack, replica)
        with sqlite_database.engine.begin() as connection:
            connection.execute(text("ALTER TABLE installation RENAME TO elsewhere"))
        await ana.types("/hoshin help")
        assert ana.sees("Hoshin is busy for a moment and saved nothing.")
        await ana.opens_home()  # refused with 503, and delivered again
        with sqlite_database.engine.begin() as connection:
            connection.execute(text("ALTER TABLE elsewhere RENAME TO installation"))
        await slack.settled()
        assert ana.sees("Hoshin"), ana.screen


async def test_a_state_is_for_its_browser_and_good_once(
    sqlite_database: Database, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_slack(clock, monkeypatch) as slack, a_bot(slack, sqlite_database, clock) as bot:
        browser, other = Browser(slack, bot), Browser(slack, bot)
        back = await browser.decide(await browser.begin(), slack.workspace)
        await other.begin()
        refused = await other.come_back(back)
        assert (refused.status, "another browser" in refused.text) == (400, True)
        assert 'href="/slack/install"' in refused.text
        assert (await browser.come_back(back)).status == 200
        assert (await browser.come_back(back)).status == 400


async def test_an_installation_that_took_too_long_is_refused(
    sqlite_database: Database, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_slack(clock, monkeypatch) as slack, a_bot(slack, sqlite_database, clock) as bot:
        browser = Browser(slack, bot)
        back = await browser.decide(await browser.begin(), slack.workspace)
        with sqlite_database.engine.begin() as connection:
            connection.execute(text("UPDATE oauth_state SET expires_at = '2026-01-01 00:00:00.000000'"))
        refused = await browser.come_back(back)
        assert (refused.status, "longer than ten minutes" in refused.text) == (400, True)
        assert slack.installations == []


async def test_what_slack_or_the_person_refuses_is_a_page_with_a_way_on(
    sqlite_database: Database,
    clock: FrozenClock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with a_slack(clock, monkeypatch) as slack, a_bot(slack, sqlite_database, clock) as bot:
        browser = Browser(slack, bot)
        back = await browser.decide(await browser.begin(), slack.workspace, "cancel")
        assert "Slack says that it was not allowed" in (await browser.come_back(back)).text

        back = await browser.decide(await browser.begin(), slack.workspace)
        slack.oauth.expire(parse_qs(urlsplit(back).query)["code"][0])
        page = await browser.come_back(back)
        assert (page.status, "(invalid_code)" in page.text) == (400, True)

        slack.faults.add("oauth.v2.access", "dropped_before")
        assert (await browser.installs(slack.workspace)).status == 503

        slack.oauth.is_enterprise_install = True
        page = await browser.installs(slack.workspace)
        assert (page.status, "not in a whole Enterprise organisation" in page.text) == (400, True)
        with raw(sqlite_database) as stored:
            assert stored == []
        assert await bot.readiness() == {}
    assert "xoxb" not in "".join(capsys.readouterr())


async def test_a_new_key_reseals_at_the_start_and_the_check_names_a_token_that_no_key_opens(
    sqlite_database: Database, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_slack(clock, monkeypatch) as slack:
        async with a_bot(slack, sqlite_database, clock) as bot:
            await Browser(slack, bot).installs(slack.workspace)
        async with a_bot(slack, sqlite_database, clock, f"{NEW_KEY},{OLD_KEY}") as bot:
            assert len(bot.app.installations.list_all()) == 1
        with raw(sqlite_database) as stored:
            assert Cipher(NEW_KEY).open(stored[0]) == slack.bot_token
        said = await tick_once(settings_of(slack, NEW_KEY), sqlite_database, None, None)
        assert said == "0 due; all messages are final."

        for name, value in {
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": slack.api_url,
            "DATABASE_URL": sqlite_database.engine.url.render_as_string(hide_password=False),
        }.items():
            monkeypatch.setenv(name, value)
        subject = f"workspace {slack.workspace.team_id}"
        for keys, is_fine, words in (
            (NEW_KEY, True, "accepted by Acme"),
            (OLD_KEY, False, "no key of HOSHIN_ENCRYPTION_KEYS opens its token"),
        ):
            monkeypatch.setenv("HOSHIN_ENCRYPTION_KEYS", keys)
            findings = {one.subject: one for one in await run_checks()}
            assert findings["configuration"].sentence == "complete, for HTTP and many workspaces, by OAuth."
            assert findings[subject].is_fine is is_fine
            assert words in findings[subject].sentence
