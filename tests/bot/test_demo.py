"""The demo as a whole: the real bot, the real simulator, the worked example."""

import asyncio
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
import pytest
import pytest_asyncio

from bot.demo import STARTS_AT, Demo, playing
from bot.simulator import Message
from storage.rules.errors import Invalid

BERLIN = ZoneInfo("Europe/Berlin")
CHICAGO = ZoneInfo("America/Chicago")


@pytest_asyncio.fixture
async def demo() -> AsyncIterator[Demo]:
    async with playing() as demo:
        yield demo


def prompts_of(demo: Demo, handle: str) -> list[Message]:
    client = demo.slack.person(handle).client
    bot = client.installation.bot_user_id
    return [message for message in client.dm.visible_to(client.user_id) if message.user == bot]


def told_in(demo: Demo, channel: str) -> list[Message]:
    """What Hoshin posted there, in threads too, oldest first."""
    bot = demo.slack.installation_of(demo.slack.workspace).bot_user_id
    found = demo.slack.workspace.find_channel(channel)
    assert found is not None
    return sorted((each for each in found.messages.values() if each.user == bot), key=lambda each: each.ts)


def at(zone: ZoneInfo, message: Message) -> str:
    return f"{datetime.fromtimestamp(float(message.ts), zone):%a %H:%M}"


def is_there(file: str | None) -> bool:
    return file is not None and Path(file).exists()


def list_names(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


async def test_it_starts_on_a_monday_morning_with_the_first_prompts_sent(demo: Demo) -> None:
    assert timedelta(0) <= demo.now() - STARTS_AT < timedelta(minutes=1)
    assert {handle for handle in ("jonas", "sara", "ingrid") if prompts_of(demo, handle)} == {
        "jonas",
        "sara",
        "ingrid",
    }
    assert not prompts_of(demo, "ana")
    assert "Changeover was 39 minutes" in demo.slack.channel("operations").as_text()


async def test_the_next_prompt_is_ben_s_who_starts_at_eight_in_chicago(demo: Demo) -> None:
    next_at = await demo.next_prompt_at()
    assert next_at is not None
    await demo.jump_to(next_at)
    (prompt,) = prompts_of(demo, "ben")
    assert at(CHICAGO, prompt) == "Mon 08:00"


async def test_a_long_jump_stops_wherever_something_falls_due(demo: Demo) -> None:
    await demo.slack.person("jonas").clicks("Nothing changed")
    await demo.jump_to((STARTS_AT + timedelta(days=3)).astimezone(UTC))
    assert [at(CHICAGO, message) for message in prompts_of(demo, "ben")] == ["Mon 08:00", "Wed 11:12"]
    assert [at(CHICAGO, message) for message in prompts_of(demo, "ana")][:2] == ["Mon 09:00", "Wed 12:12"]
    assert [at(BERLIN, message) for message in told_in(demo, "operations")] == [
        "Mon 09:00",
        "Mon 09:00",
        "Wed 17:00",
    ]
    assert demo.now() - (STARTS_AT + timedelta(days=3)) < timedelta(minutes=1)


async def test_the_clock_never_goes_back(demo: Demo) -> None:
    before = demo.now()
    await demo.jump_to(before - timedelta(days=2))
    assert demo.now() >= before


async def test_a_guest_may_look_and_someone_who_left_is_not_asked(demo: Demo) -> None:
    lea = demo.slack.person("lea")
    await lea.opens_home()
    await lea.will_see("No item of the plan is yours yet")
    assert "recommend first" not in lea.home
    assert not prompts_of(demo, "oskar")


async def test_one_person_s_answer_and_another_s_share_one_summary(demo: Demo) -> None:
    await demo.slack.person("jonas").clicks("Nothing changed")
    await demo.play()
    assert "1 of 2 answered" in demo.slack.channel("operations").as_text()
    await demo.slack.person("priya").clicks("Nothing changed")
    await demo.play()
    assert "2 of 2 answered" in demo.slack.channel("operations").as_text()
    assert len([each for each in told_in(demo, "operations") if not each.thread_ts]) == 1


async def test_settings_for_a_real_slack_are_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "DATABASE_URL": "nonsense",
        "SLACK_BOT_TOKEN": "nonsense",
        "SLACK_APP_TOKEN": "nonsense",
        "SLACK_API_URL": "nonsense",
        "HOSHIN_CLOCK": "nonsense",
        "PORT": "nonsense",
        "HOSHIN_OPS_PORT": "nonsense",
    }.items():
        monkeypatch.setenv(name, value)
    async with playing() as demo:
        assert prompts_of(demo, "jonas")
        file = demo.database.engine.url.database
        assert is_there(file)
    assert not is_there(file)
    assert list_names(tmp_path) == []


async def test_a_taken_port_is_told() -> None:
    async with playing() as demo:
        port = int(demo.address.rstrip("/").rpartition(":")[2])
        with pytest.raises(Invalid, match=f"Port {port} is taken"):
            async with playing(port):
                pass


async def test_the_program_prints_one_address_serves_it_at_once_and_ends_on_ctrl_c() -> None:
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from bot.cli import main; main()",
        "demo",
        "--port",
        "0",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"PATH": os.environ["PATH"]},
    )
    assert program.stdout is not None
    try:
        async with asyncio.timeout(120):
            line = (await program.stdout.readline()).decode()
        await check_first_page(line)
        program.send_signal(signal.SIGINT)
        async with asyncio.timeout(120):
            rest, errors = await program.communicate()
    finally:
        if program.returncode is None:
            program.kill()
            await program.communicate()
    assert (program.returncode, rest.decode(), errors.decode()) == (0, "", "")


async def check_first_page(line: str) -> None:
    found = re.search(r"http://127\.0\.0\.1:\d+/", line)
    assert found is not None
    started = time.monotonic()
    async with aiohttp.ClientSession() as session, session.get(found[0]) as page:
        assert page.status == 200
        assert "Jonas Weber" in await page.text()
    assert time.monotonic() - started < 3
