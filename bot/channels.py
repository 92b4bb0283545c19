"""The teams' channels: a plan names them, Slack knows them by id, and the bot must be in them."""

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.followups import fault_of
from bot.installations import SLACK_FAULTS, Installation
from storage.database import Database, UnitOfWork

log = structlog.get_logger()

PAGE = 200


async def find_channels(
    database: Database, clock: Clock, installation: Installation, client: AsyncWebClient
) -> list[str]:
    """Gives the teams the ids of their channels, looked for among those that the bot is in.

    Returns the channels that the plan names and the bot is not in.
    """
    try:
        known = await _own_channels(client)
    except SLACK_FAULTS as error:
        log.warning("channels_not_listed", workspace=installation.workspace_id, fault=fault_of(error))
        return []
    return await database.run(installation.workspace_id, clock.now(), place_channels, known)


def place_channels(uow: UnitOfWork, known: dict[str, str]) -> list[str]:
    """`known` maps names and ids to ids. Returns the channels of teams that are not among them."""
    missing = []
    for team in uow.teams.list_all():
        if team.channel is None:
            continue
        channel_id = known.get(team.channel.removeprefix("#"))
        if channel_id is None:
            missing.append(team.channel)
        elif team.channel_id != channel_id:
            team.channel_id = channel_id
            team.channel_fault = None
    uow.session.flush()
    return missing


async def _own_channels(client: AsyncWebClient) -> dict[str, str]:
    known: dict[str, str] = {}
    cursor = ""
    while True:
        answer = await client.users_conversations(
            types="public_channel,private_channel", exclude_archived=True, limit=PAGE, cursor=cursor
        )
        for channel in answer["channels"]:
            known[channel["name"]] = known[channel["id"]] = channel["id"]
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return known
