"""Slack's do-not-disturb: a message to someone in it waits until it ends, and expires as it would anyway.

What Slack says is kept with the member, so that sending compares two instants
(`storage/repositories/deliveries.py`). It is kept fresh by Slack's event, and asked for in bulk before people
are asked; what else is for someone of whom nothing is known waits a moment until Slack has said it.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.followups import fault_of
from bot.installations import SLACK_FAULTS, Installation, Installations
from storage.database import Database, UnitOfWork
from storage.repositories.deliveries import Deliveries
from storage.rules.cadence import first_working_instant, local_date
from storage.working import read_patterns

log = structlog.get_logger()

SCOPE = "dnd:read"
"""Optional: without it nothing is known of anybody, and nothing waits."""

LOOK_AHEAD = timedelta(minutes=45)
"""How long before people are asked or reminded: time enough for some thousands at Slack's pace."""
FRESH_FOR = timedelta(hours=2)
AT_ONCE = 50
"""People a call, the most that Slack takes."""
MOST_CALLS = 20
"""In one round, which is what Slack takes in a minute."""


@dataclass(frozen=True, slots=True)
class Rest:
    """A stretch of do-not-disturb, the one that runs or the next: snoozed or by someone's own hours."""

    from_at: datetime
    until_at: datetime


def heeds(installation: Installation) -> bool:
    """Whether anything is known of people there."""
    return SCOPE in installation.scopes


Rests = Mapping[str, Rest | None]
"""By Slack id; None for someone who has none."""


class DoNotDisturb:
    """Keeps what Slack says of people's do-not-disturb.

    Args:
        spacing_s: between two calls in a workspace.
    """

    def __init__(self, database: Database, clock: Clock, *, spacing_s: float) -> None:
        self._database = database
        self._clock = clock
        self._spacing_s = spacing_s
        self._free_at: dict[int, float] = {}
        """From when on the next call fits, by workspace and the machine's counter."""

    async def changed(
        self, installation: Installation, slack_user_id: str, status: Mapping[str, Any]
    ) -> None:
        """Slack tells that someone paused their notifications, took that back, or set other hours."""
        await self._keep(installation, {slack_user_id: read_rest(status)})

    async def refresh(self, installation: Installation) -> int:
        """Asks for those who are asked or reminded soon. Returns how many people it asked for."""
        if not heeds(installation):
            return 0
        now = self._clock.now()
        wanted = await self._database.read(
            installation.workspace_id,
            now,
            lambda uow: uow.members.list_to_be_told(
                now + LOOK_AHEAD, asked_before=now - FRESH_FOR, limit=AT_ONCE * MOST_CALLS
            ),
        )
        return await self._ask_for(installation, wanted)

    async def ask_for_waiting(self, installation: Installation) -> int:
        """Asks for those for whom a message is ready and of whom nothing is known. Returns how many that
        were."""
        now = self._clock.now()
        wanted = await self._database.read(
            installation.workspace_id,
            now,
            lambda uow: Deliveries(uow.session, uow.workspace_id).list_unasked(
                now, now - FRESH_FOR, AT_ONCE * MOST_CALLS
            ),
        )
        return await self._ask_for(installation, wanted)

    async def _ask_for(self, installation: Installation, wanted: list[str]) -> int:
        """Returns for how many Slack gave an answer before it failed."""
        for start in range(0, len(wanted), AT_ONCE):
            await self._take_time(installation.workspace_id)
            page = wanted[start : start + AT_ONCE]
            try:
                rests = await self._ask(installation.client, page)
            except SLACK_FAULTS as error:
                log.warning(
                    "do_not_disturb_unknown", workspace=installation.workspace_id, fault=fault_of(error)
                )
                return start
            # Whom Slack passed over has none, and is not asked for again at once.
            await self._keep(installation, {**dict.fromkeys(page), **rests})
        return len(wanted)

    async def _take_time(self, workspace_id: int) -> None:
        """Waits until the next call fits into what Slack takes in a minute."""
        now = monotonic()
        free_at = max(self._free_at.get(workspace_id, now), now)
        self._free_at[workspace_id] = free_at + self._spacing_s
        await asyncio.sleep(free_at - now)

    async def _ask(self, client: AsyncWebClient, slack_user_ids: list[str]) -> Rests:
        """One call; where somebody is not to be seen, one each, so that the others are known all the same."""
        try:
            answer = await client.dnd_teamInfo(users=slack_user_ids)
        except SlackApiError as error:
            if fault_of(error) != "user_not_visible":
                raise
            return {one: await self._ask_one(client, one) for one in slack_user_ids}
        return {one: read_rest(status) for one, status in (answer.get("users") or {}).items()}

    async def _ask_one(self, client: AsyncWebClient, slack_user_id: str) -> Rest | None:
        try:
            answer = await client.dnd_info(user=slack_user_id)
        except SlackApiError as error:
            if fault_of(error) not in {"user_not_found", "user_not_visible"}:
                raise
            return None
        return read_rest({name: answer.get(name) for name in ("dnd_enabled", *_INSTANTS)})

    async def _keep(self, installation: Installation, rests: Rests) -> None:
        await self._database.run(installation.workspace_id, self._clock.now(), keep_rests, rests)


_INSTANTS = ("next_dnd_start_ts", "next_dnd_end_ts")


def read_rest(status: Mapping[str, Any]) -> Rest | None:
    """From Slack's words; None where there is none, or where they cannot be read."""
    if not status.get("dnd_enabled"):
        return None
    try:
        from_at, until_at = (datetime.fromtimestamp(int(status[name]), UTC) for name in _INSTANTS)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return None
    return Rest(from_at, until_at) if from_at < until_at else None


def keep_rests(uow: UnitOfWork, rests: Rests) -> None:
    """Writes down when these people are not to be disturbed; who is not known here is passed over.

    It lasts to their next working minute: a message that waited all afternoon does not come in the evening.
    """
    members = uow.members.list_by_slack_ids(_ids(rests))
    patterns = read_patterns(uow, members, local_date(uow.now, "UTC") - timedelta(days=1))
    for member in members:
        rest = rests[member.slack_user_id or ""]
        member.dnd_asked_at = uow.now
        member.dnd_from_at = rest.from_at if rest else None
        member.dnd_until_at = None
        if rest is not None:
            works_at = first_working_instant(patterns[member.id], rest.until_at)
            member.dnd_until_at = works_at or rest.until_at


def _ids(rests: Iterable[str]) -> list[str]:
    return sorted(rests)


class Rested:
    """What the delivery of messages asks of it, by workspace."""

    def __init__(self, installations: Installations, do_not_disturb: DoNotDisturb) -> None:
        self._installations = installations
        self._do_not_disturb = do_not_disturb

    def heeds(self, workspace_id: int) -> bool:
        installation = self._installations.find_by_workspace(workspace_id)
        return installation is not None and heeds(installation)

    def asked_since(self, now: datetime) -> datetime:
        return now - FRESH_FOR

    async def ask_for_waiting(self, workspace_id: int) -> int:
        installation = self._installations.find_by_workspace(workspace_id)
        return 0 if installation is None else await self._do_not_disturb.ask_for_waiting(installation)
