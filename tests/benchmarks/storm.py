"""A storm of reactions on one card: the count is right at the end, and Slack never says "too fast"."""

import asyncio
from contextlib import closing
from datetime import timedelta

from pydantic import SecretStr

from bot.clock import SystemClock
from bot.kaizen import submitting
from bot.manifest import make_manifest
from bot.runtime import Bot, running
from bot.settings import Settings
from bot.simulator import SlackSimulator
from storage import schema
from storage.database import Database
from storage.rules.terms import ReaderKind
from tests import factories
from tests.benchmarks.table import Line
from tests.clock import FrozenClock

TAKEN_BACK_EVERY = 10
"""Every tenth takes the reaction back again."""
STRANGERS = 20
TICKS = 10
READY_WITHIN_S = 20
DELIVERED_WITHIN_S = 120


async def ride_out(folder: str, reactions: int, seconds: float) -> Line:
    """So many reactions in that time, a tenth of the events delivered twice, rates enforced."""
    with closing(Database(f"sqlite:///{folder}/storm.db")) as database:
        schema.upgrade(database.engine)
        clock = FrozenClock(SystemClock().now())
        with database.workspaces() as workspaces:
            workspace_id = workspaces.add_waiting().id
        async with SlackSimulator(make_manifest(), now=clock.now, enforce_rates=True) as slack:
            slack.add_person("ben")
            channel = slack.add_channel("ideas", "ben", bot=True)
            settings = Settings(
                slack_bot_token=SecretStr(slack.bot_token),
                slack_app_token=SecretStr(slack.app_token),
                slack_api_url=slack.api_url,
                host="127.0.0.1",
                port=0,
            )
            async with running(settings, database, clock) as bot:
                await bot.wait_until_ready(READY_WITHIN_S)
                with database.unit_of_work(workspace_id, clock.now()) as uow:
                    uow.workspace.ideas_channel_id = channel.id
                    ben = factories.member(uow, slack_user_id="UNOBODY", email=None)
                    typed = {"problem": "The printer stops", "idea": "A spare ribbon"}
                    submitting.submit(uow, ben.id, typed)
                    # As it is known of a channel; strangers' signs count for nothing.
                    readers = {f"UVOTER{number}": ReaderKind.MEMBER for number in range(reactions)}
                    readers |= {f"USTRANGER{number}": ReaderKind.STRANGER for number in range(STRANGERS)}
                    uow.audiences.put(channel.id, readers, uow.now)
                bot.app.delivery.notify()
                await bot.app.delivery.deliver_due_now(DELIVERED_WITHIN_S)
                expected = await _blow(slack, bot, clock, reactions, seconds)
                text = slack.channel("ideas").as_text()
    too_fast = sum(count for (_, result), count in slack.traffic.counts.items() if "ratelimited" in result)
    edits = sum(count for (name, _), count in slack.traffic.counts.items() if name == "chat.update")
    is_right = f"Support · {expected}]" in text
    return Line(
        f"{reactions:,} reactions in {seconds:.0f} s, some twice",
        f"{'right' if is_right else 'WRONG'} count",
        f"{edits} edits",
        goal="right, 0 × 429",
        met=is_right and too_fast == 0,
        ratio=f"{too_fast} × 429",
    )


async def _blow(slack: SlackSimulator, bot: Bot, clock: FrozenClock, reactions: int, seconds: float) -> int:
    """Returns how many support the idea in the end."""
    workspace = slack.person("ben").client.workspace
    card = slack.channel("ideas").messages[0]
    slack.faults.add("reaction_added", "duplicate", times=reactions // 10)
    supporters: set[str] = set()
    for number in range(STRANGERS):
        workspace.react(card, f"USTRANGER{number}", "+1")
    for number in range(reactions):
        voter = f"UVOTER{number}"
        workspace.react(card, voter, "+1")
        supporters.add(voter)
        if number % TAKEN_BACK_EVERY == TAKEN_BACK_EVERY - 1:
            workspace.unreact(card, voter, "+1")
            supporters.discard(voter)
        clock.advance(timedelta(seconds=seconds / reactions))
        await asyncio.sleep(seconds / reactions)
    for _ in range(TICKS):
        await slack.settled()
        await bot.tick()
        await bot.app.delivery.deliver_due_now(DELIVERED_WITHIN_S)
        clock.advance(timedelta(seconds=10))
    return len(supporters)
