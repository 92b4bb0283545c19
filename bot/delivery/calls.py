"""One message, one call: what Slack answered, and what that means for the message."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.blockkit.kit import without_pictures
from storage.repositories.deliveries import Parcel

EVENT_TYPE = "hoshin_outbox"
"""Of the metadata on every message, by which one in doubt is found again."""

TOO_MANY_REQUESTS = 429
PICTURE_TRIES = 3
"""How often a message is tried with its pictures: Slack needs a moment with a file that is new."""
RETRY_AFTER_S = 30.0
"""Where Slack does not say how long to wait."""

TOKEN_FAULTS = frozenset(
    {
        "account_inactive",  # the bot's user or its workspace is gone
        "access_denied",
        "invalid_auth",
        "missing_scope",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "token_expired",
        "token_revoked",
    }
)

# The two codes that slack_sdk's own AsyncServerErrorRetryHandler takes for "nothing happened".
UNAVAILABLE_CODES = frozenset({500, 503})
UNAVAILABLE_FAULTS = frozenset({"service_unavailable", "request_timeout", "team_added_to_org"})
THROTTLE_FAULTS = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
# Slack's reference says of both: "It's possible some aspect of the operation succeeded before the error".
DOUBTFUL_FAULTS = frozenset({"internal_error", "fatal_error"})


class Verdict(StrEnum):
    """What a call came to."""

    SENT = "sent"
    REFUSED = "refused"
    """For good: the same call would be refused again."""
    THROTTLED = "throttled"
    UNREACHABLE = "unreachable"
    """No connection came about, so nothing happened."""
    UNAVAILABLE = "unavailable"
    """Slack's servers could not do it now; this may be the message's fault."""
    LOCKED_OUT = "locked_out"
    """The token is refused, so every call would be."""
    DOUBTFUL = "doubtful"
    """Nobody knows whether it happened."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict with Slack's (or the network's) name for the fault; `wait_s` where Slack set a pause."""

    verdict: Verdict
    fault: str | None = None
    channel_id: str | None = None
    ts: str | None = None
    wait_s: float = 0.0


async def send(client: AsyncWebClient, parcel: Parcel) -> Outcome:
    """Makes the call. Never raises but for a cancellation: whatever happened is an outcome."""
    method, arguments = _call(parcel)
    try:
        # Not client.chat_postMessage: it would search the blocks for objects to convert; ours are JSON.
        answer = await client.api_call(method, json=arguments)
        return Outcome(Verdict.SENT, channel_id=answer["channel"], ts=answer["ts"])
    except SlackApiError as error:
        if not _is_about_a_picture(error, arguments):
            return read_refusal(error)
        if parcel.attempt < PICTURE_TRIES:
            return Outcome(Verdict.UNAVAILABLE, fault="picture_not_ready")
        return await _send_without_pictures(client, method, arguments)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        return Outcome(Verdict.UNREACHABLE, fault=type(error).__name__)
    except Exception as error:  # noqa: BLE001 - whatever broke after the connection stood, it may have arrived
        return Outcome(Verdict.DOUBTFUL, fault=type(error).__name__)


def _is_about_a_picture(error: SlackApiError, arguments: Mapping[str, Any]) -> bool:
    """Whether Slack refused the blocks, and a picture among them may be what it did not take."""
    data = getattr(error.response, "data", None)
    named = isinstance(data, dict) and data.get("error") == "invalid_blocks"
    blocks = arguments.get("blocks") or []
    return named and len(without_pictures(blocks)) < len(blocks)


async def _send_without_pictures(
    client: AsyncWebClient, method: str, arguments: Mapping[str, Any]
) -> Outcome:
    """Somebody may have deleted a picture: that must not keep back what stands beside it."""
    try:
        answer = await client.api_call(
            method, json={**arguments, "blocks": without_pictures(arguments["blocks"])}
        )
        return Outcome(Verdict.SENT, channel_id=answer["channel"], ts=answer["ts"])
    except SlackApiError as error:
        return read_refusal(error)
    except Exception as error:  # noqa: BLE001 - as above: it may have arrived
        return Outcome(Verdict.DOUBTFUL, fault=type(error).__name__)


def read_refusal(error: SlackApiError) -> Outcome:
    """What an answer other than `ok` means."""
    response: Any = error.response
    if not isinstance(response, AsyncSlackResponse):
        return Outcome(Verdict.DOUBTFUL, fault="unreadable_answer")
    fault = fault_of(response)
    if response.status_code == TOO_MANY_REQUESTS or fault in THROTTLE_FAULTS:
        return Outcome(Verdict.THROTTLED, fault=fault, wait_s=retry_after_s(response.headers))
    if response.status_code in UNAVAILABLE_CODES or fault in UNAVAILABLE_FAULTS:
        return Outcome(Verdict.UNAVAILABLE, fault=fault)
    if not response.data or fault.startswith("http_") or fault in DOUBTFUL_FAULTS:
        return Outcome(Verdict.DOUBTFUL, fault=fault)
    return Outcome(Verdict.LOCKED_OUT if fault in TOKEN_FAULTS else Verdict.REFUSED, fault=fault)


def fault_of(response: AsyncSlackResponse) -> str:
    """Slack's name for the fault, or `http_` and the status where the answer has none."""
    data = response.data
    named = data.get("error") if isinstance(data, dict) else None
    return str(named)[:200] if named else f"http_{response.status_code}"


def retry_after_s(headers: Mapping[str, str]) -> float:
    """Slack's Retry-After."""
    said = headers.get("Retry-After", "")
    return float(said) if said.isdigit() else RETRY_AFTER_S


def _call(parcel: Parcel) -> tuple[str, dict[str, Any]]:
    ready = parcel.ready
    arguments = {**parcel.payload, "channel": ready.channel}
    if ready.is_edit:
        # Without metadata of its own an edit keeps the message's.
        return "chat.update", {**arguments, "ts": ready.ts}
    arguments["metadata"] = {"event_type": EVENT_TYPE, "event_payload": {"key": parcel.key}}
    if ready.ts is not None:
        arguments["thread_ts"] = ready.ts
    return "chat.postMessage", arguments
