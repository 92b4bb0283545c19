"""The ways in which the clock's bar moves the simulated clock, and what it says afterwards."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bot.simulator.messages import Message
from bot.simulator.workspace import Workspace

from . import dates
from .clock import PageClock
from .sidebar import name_of

_MORNING = 9


async def target_of(jump: str, clock: PageClock, zone: tzinfo) -> datetime | None:
    """The instant that a button of the bar means; None when there is no next prompt.

    Days and Mondays are those of `zone`: a day later is the same wall-clock time. Raises
    LookupError for a jump that the bar does not have.
    """
    local = clock.now().astimezone(zone)
    match jump:
        case "next-prompt":
            return await clock.next_prompt_at()
        case "hour":
            return clock.now() + timedelta(hours=1)
        case "day":
            return local + timedelta(days=1)
        case "monday":
            return next_monday(local)
        case _:
            raise LookupError(jump)


def next_monday(local: datetime) -> datetime:
    """The first Monday 09:00 after `local`, in its zone."""
    morning = local.replace(hour=_MORNING, minute=0, second=0, microsecond=0)
    monday = morning + timedelta(days=-local.weekday() % 7)
    return monday if monday > local else monday + timedelta(days=7)


def messages_of(workspace: Workspace) -> dict[tuple[str, str], Message]:
    """Every message there is, by channel and ts: taken before and after a jump, they tell what came."""
    return {
        (channel.id, message.ts): message
        for channel in workspace.channels.values()
        for message in channel.messages.values()
    }


def account(workspace: Workspace, now: datetime, zone: ZoneInfo, posted: Sequence[Message]) -> str:
    """Where the clock stands and what came: "Monday 09:00 in Berlin · 3 new messages: Ana, #okr"."""
    local = now.astimezone(zone)
    place = zone.key.rpartition("/")[2].replace("_", " ")
    when = f"{local:%A} {dates.clock_time(local)} in {place}"
    if not posted:
        return f"{when} · nothing new"
    messages = "1 new message" if len(posted) == 1 else f"{len(posted)} new messages"
    where = Counter(_place(workspace, each.channel) for each in posted)
    return f"{when} · {messages}: {', '.join(where)}"


def _place(workspace: Workspace, channel_id: str) -> str:
    channel = workspace.channels[channel_id]
    if not channel.is_direct:
        return f"#{channel.name}"
    people = [workspace.users[each] for each in channel.members]
    bot = next((each for each in people if each.is_bot), people[0])
    return name_of(workspace, channel, bot)
