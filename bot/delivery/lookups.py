"""Messages in doubt: found in Slack by their metadata, or known to be absent, or left unconfirmed."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.delivery.calls import EVENT_TYPE, Outcome, Verdict, read_refusal
from storage.repositories.deliveries import Doubt, Settlement
from storage.tables.outbox import OutboxState

PAGE = 15
"""Messages a request: the most that Slack gives to apps outside its Marketplace (and then one a minute)."""

MARGIN = timedelta(minutes=2)
"""Around the call: Slack's clock is not ours, and a call may take long."""

Place = tuple[str | None, str | None, str | None]
Report = Callable[[Settlement], None]
Method = Callable[..., Awaitable[AsyncSlackResponse]]


class Lookups:
    """Looks for one workspace's messages in doubt.

    Args:
        spacing_s: between two requests.
    """

    def __init__(self, client: AsyncWebClient, spacing_s: float) -> None:
        self._client = client
        self._spacing_s = spacing_s

    async def settle(self, doubts: Sequence[Doubt], report: Report) -> bool:
        """Reports each finding as it is made. False if Slack could not be asked about all.

        A message that is provably absent is `pending` again; one whose channel may not be read (no
        `im:history` was granted, say) is `unconfirmed`, for good: sending it again might say it twice.
        """
        places: dict[Place, list[Doubt]] = defaultdict(list)
        for doubt in doubts:
            places[doubt.channel_id, doubt.slack_user_id, doubt.thread_ts].append(doubt)
        asked_all = True
        for place, there in places.items():
            try:
                await self._settle_place(place, there, report)
            except SlackApiError as error:
                if (outcome := read_refusal(error)).verdict is not Verdict.REFUSED and not _is_scope(outcome):
                    asked_all = False
                    continue
                for doubt in there:
                    report(Settlement(doubt.id, doubt.attempt, OutboxState.UNCONFIRMED, outcome.fault))
            except (aiohttp.ClientError, TimeoutError):
                asked_all = False
        return asked_all

    async def _settle_place(self, place: Place, doubts: Sequence[Doubt], report: Report) -> None:
        channel_id, slack_user_id, thread_ts = place
        if channel_id is None:
            opened = await self._ask(self._client.conversations_open, users=slack_user_id)
            channel_id = opened["channel"]["id"]
        found = await self._read_keys(channel_id, thread_ts, doubts)
        for doubt in doubts:
            ts = found.get(doubt.key)
            if ts is None:
                report(Settlement(doubt.id, doubt.attempt, OutboxState.PENDING, "not_found_after_doubt"))
            else:
                sent_at = doubt.sending_at
                report(Settlement(doubt.id, doubt.attempt, OutboxState.SENT, None, sent_at, channel_id, ts))

    async def _read_keys(
        self, channel_id: str, thread_ts: str | None, doubts: Sequence[Doubt]
    ) -> dict[str, str]:
        """The ts of our messages since the calls in doubt, by key. There is no upper bound: in a rehearsal,
        and where `hoshin tick` is given a past instant, Slack's clock is ahead of ours.
        """
        request: dict[str, Any] = {
            "channel": channel_id,
            "oldest": _ts(min(doubt.sending_at for doubt in doubts) - MARGIN),
            "include_all_metadata": True,
            "limit": PAGE,
        }
        read: Method = self._client.conversations_history
        if thread_ts is not None:
            read, request["ts"] = self._client.conversations_replies, thread_ts
        found: dict[str, str] = {}
        while True:
            page = await self._ask(read, **request)
            for message in page.get("messages") or ():
                metadata = message.get("metadata") or {}
                if metadata.get("event_type") == EVENT_TYPE:
                    found[metadata.get("event_payload", {}).get("key")] = message["ts"]
            request["cursor"] = (page.get("response_metadata") or {}).get("next_cursor")
            if not request["cursor"] or all(doubt.key in found for doubt in doubts):
                return found

    async def _ask(self, method: Method, **request: Any) -> AsyncSlackResponse:
        """One request, however long Slack makes us wait for it.

        Raises:
            SlackApiError: for anything but a rate limit.
        """
        while True:
            try:
                answer = await method(**request)
            except SlackApiError as error:
                outcome = read_refusal(error)
                if outcome.verdict is not Verdict.THROTTLED:
                    raise
                await asyncio.sleep(outcome.wait_s)
            else:
                await asyncio.sleep(self._spacing_s)
                return answer


def _is_scope(outcome: Outcome) -> bool:
    """The token works, but may not read: no later attempt will change that."""
    return outcome.fault in {"missing_scope", "not_allowed_token_type", "access_denied"}


def _ts(instant: datetime) -> str:
    return f"{instant.timestamp():.6f}"
