"""Who reads a channel: asked of Slack at its pace, and kept, so that only what all may see is posted."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeVar

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.clock import Clock
from bot.followups import fault_of
from bot.installations import SLACK_FAULTS, Installation
from bot.members import Account, is_stranger
from storage.database import Database, UnitOfWork
from storage.rules.terms import ReaderKind

log = structlog.get_logger()

T = TypeVar("T")

PAGE = 200
MOST_LOOK_UPS = 1000
"""People whom nobody has met yet are asked for one by one; in a larger crowd the rest counts as strangers."""
FRESH_FOR = timedelta(hours=24)
"""Joining and leaving is told by events; what is older is asked for again all the same."""


@dataclass(frozen=True, slots=True)
class Audiences:
    """Learns who is in the channels that Hoshin posts to."""

    database: Database
    clock: Clock

    async def learn(self, installation: Installation, channel_ids: Iterable[str]) -> None:
        """Asks who is in these channels. A channel that Slack does not tell of stays as it was known, and so
        does one that the app is not in: nothing can be posted there, and nobody would tell who joins it."""
        for channel_id in channel_ids:
            try:
                user_ids = await _members(installation.client, channel_id)
                if installation.bot_user_id not in user_ids:
                    continue
                kinds = await self._kinds(installation, user_ids)
            except SLACK_FAULTS as error:
                log.warning("readers_not_listed", workspace=installation.workspace_id, fault=fault_of(error))
                continue
            await self._run(installation, partial(keep_readers, channel_id=channel_id, people=kinds))

    async def learn_once(self, installation: Installation, channel_id: str) -> None:
        """Asks who is in a channel unless that is known."""
        if channel_id not in await self._read(installation, lambda uow: uow.audiences.list_channels()):
            await self.learn(installation, [channel_id])

    async def learn_missing(self, installation: Installation) -> None:
        """Asks for the channels that teams (or the workspace) have and of whose readers nothing is known."""
        await self.learn(installation, await self._read(installation, unknown_channels))

    async def refresh(self, installation: Installation) -> None:
        """Asks again for what was asked for long ago."""
        before = self.clock.now() - FRESH_FOR
        old = await self._read(installation, lambda uow: uow.audiences.list_channels(before=before))
        await self.learn(installation, old)

    async def joined_or_left(self, installation: Installation, channel_id: str) -> None:
        """Someone came into a channel or left it."""
        if channel_id in await self._read(installation, lambda uow: uow.audiences.list_channels()):
            await self.learn(installation, [channel_id])

    async def changed(self, installation: Installation, account: Account) -> None:
        """Slack tells of a change of someone: they may be a guest now, or be one no longer."""
        kind = _kind(account, installation)
        if kind is not None:
            await self._run(installation, lambda uow: uow.audiences.reclassify(account.slack_user_id, kind))

    async def _kinds(self, installation: Installation, user_ids: list[str]) -> dict[str, ReaderKind]:
        found = await self._read(installation, lambda uow: uow.audiences.known_kinds(user_ids))
        unmet = [one for one in user_ids if one not in found and one != installation.bot_user_id]
        for user_id in unmet[:MOST_LOOK_UPS]:
            kind = _kind(await _look_up(installation.client, user_id), installation)
            if kind is not None:
                found[user_id] = kind
        return found | dict.fromkeys(unmet[MOST_LOOK_UPS:], ReaderKind.STRANGER)

    async def _read(self, installation: Installation, work: Callable[[UnitOfWork], T]) -> T:
        return await self.database.read(installation.workspace_id, self.clock.now(), work)

    async def _run(self, installation: Installation, work: Callable[[UnitOfWork], None]) -> None:
        await self.database.run(installation.workspace_id, self.clock.now(), work)


def unknown_channels(uow: UnitOfWork) -> list[str]:
    """The channels that are posted to and of whose readers nothing is known."""
    workspace = uow.workspace
    wanted = {team.channel_id for team in uow.teams.list_all()}
    wanted |= {workspace.review_channel_id, workspace.ideas_channel_id, workspace.digest_channel_id}
    known = uow.audiences.list_channels()
    return sorted(one for one in wanted if one is not None and one not in known)


def keep_readers(uow: UnitOfWork, *, channel_id: str, people: Mapping[str, ReaderKind]) -> None:
    """Writes down who reads a channel; the votes of those of whom nothing was known count from now on."""
    before = uow.audiences.find_people(channel_id)
    uow.audiences.put(channel_id, people, uow.now)
    if channel_id == uow.workspace.ideas_channel_id:
        uow.idea_votes.mark_voted_behind({one for one, kind in people.items() if before.get(one) != kind})


def _kind(account: Account, installation: Installation) -> ReaderKind | None:
    """What someone is as a reader; None for those who do not read: bots and the deactivated."""
    if account.is_bot or account.is_deactivated:
        return None
    if is_stranger(account, installation):
        return ReaderKind.STRANGER
    return ReaderKind.GUEST if account.is_guest else ReaderKind.MEMBER


async def _members(client: AsyncWebClient, channel_id: str) -> list[str]:
    found: list[str] = []
    cursor = ""
    while True:
        answer = await _patiently(
            partial(client.conversations_members, channel=channel_id, limit=PAGE, cursor=cursor)
        )
        found += answer["members"]
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return found


async def _look_up(client: AsyncWebClient, user_id: str) -> Account:
    answer = await _patiently(partial(client.users_info, user=user_id))
    return Account.from_slack(answer["user"])


async def _patiently(call: Callable[[], Awaitable[AsyncSlackResponse]]) -> AsyncSlackResponse:
    """Waits as long as Slack asks to."""
    while True:
        try:
            return await call()
        except SlackApiError as error:
            if fault_of(error) != "ratelimited":
                raise
            await asyncio.sleep(float(error.response.headers.get("Retry-After", 1)))
