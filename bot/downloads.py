"""Files that people drop into forms, brought from Slack."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.asks import DroppedFile, FileHead
from bot.followups import fault_of
from bot.installations import SLACK_FAULTS
from storage.rules.errors import Invalid
from storage.rules.images import HEAD

log = structlog.get_logger()

MOST_BYTES = 5_000_000
"""What a form takes; parsing more would keep everybody else waiting. The command line takes larger files."""

_CHUNK = 65_536
_GONE = "The file is not there any more. Drop it into the form again."
_NOT_NOW = "Slack did not hand the file over just now. Wait a minute, then try again."
_MAY_NOT = (
    "Hoshin may not read files here yet: it lacks Slack's scope files:read. Ask your administrator to update "
    "the app from its manifest and to reinstall it."
)


async def download(client: AsyncWebClient, file_id: str) -> DroppedFile:
    """A file's name and content.

    Raises:
        Invalid: it is too large, gone, kept elsewhere, or Slack does not hand it over; a sentence for who
            dropped it (field "file").
    """
    with _as_sentences("file"):
        file = await _info(client, file_id)
        _check_size(file)
        async with _opened(client, file["url_private_download"]) as response:
            return DroppedFile(file["name"], await _read(response))


async def peek(client: AsyncWebClient, file_id: str, field: str) -> FileHead:
    """How a file begins; however large it is, no more of it is read.

    Raises:
        Invalid: it is gone, kept elsewhere, or Slack does not hand it over; a sentence for that field.
    """
    with _as_sentences(field):
        file = await _info(client, file_id)
        async with _opened(client, file["url_private_download"]) as response:
            head = await response.content.read(HEAD)
        return FileHead(file["name"], int(file.get("size", 0)), head)


@contextmanager
def _as_sentences(field: str) -> Iterator[None]:
    """Whatever keeps a file away, as a sentence beside that field."""
    try:
        yield
    except Invalid as error:
        raise Invalid(error.sentence, field=field) from error
    except SlackApiError as error:
        fault = fault_of(error)
        log.warning("file_not_read", fault=fault)
        known = {"missing_scope": _MAY_NOT, "file_not_found": _GONE, "file_deleted": _GONE}
        raise Invalid(known.get(fault, _NOT_NOW), field=field) from error
    except SLACK_FAULTS as error:
        log.warning("file_not_read", fault=fault_of(error))
        raise Invalid(_NOT_NOW, field=field) from error


async def _info(client: AsyncWebClient, file_id: str) -> dict[str, Any]:
    file: dict[str, Any] = (await client.files_info(file=file_id))["file"]
    if file.get("is_external") or not file.get("url_private_download"):
        raise Invalid("This file is kept outside of Slack. Drop the file itself into the form.", field="file")
    return file


def _check_size(file: dict[str, Any]) -> None:
    if file.get("size", 0) > MOST_BYTES:
        raise Invalid(
            f"The file has {file['size'] / 1_000_000:.0f} MB, and the form takes {MOST_BYTES // 1_000_000} "
            "MB. Take the history out of it, or load it with `hoshin import` at the command line.",
            field="file",
        )


@asynccontextmanager
async def _opened(client: AsyncWebClient, url: str) -> AsyncIterator[aiohttp.ClientResponse]:
    """The bytes to come. The token goes to Slack's own hosts and to nobody else: no redirect is followed."""
    if client.session is None or not _is_slacks(url, client.base_url):
        raise Invalid(_NOT_NOW, field="file")
    headers = {"Authorization": f"Bearer {client.token}"}
    async with client.session.request("GET", url, headers=headers, allow_redirects=False) as response:
        if response.status != 200 or response.content_type == "text/html":  # noqa: PLR2004 - OK
            # Without the scope Slack shows its sign-in page instead of the file.
            log.warning("file_not_read", status=response.status)
            raise Invalid(_MAY_NOT if response.status < 500 else _NOT_NOW, field="file")  # noqa: PLR2004 - server faults begin at 500
        yield response


async def _read(response: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        content += chunk
        if len(content) > MOST_BYTES:
            raise Invalid(f"The file is larger than {MOST_BYTES // 1_000_000} MB.", field="file")
        # A large file must not keep the loop to itself.
        await asyncio.sleep(0)
    return bytes(content)


def _is_slacks(url: str, api_url: str) -> bool:
    wanted, api = urlsplit(url), urlsplit(api_url)
    host = wanted.hostname or ""
    return wanted.netloc == api.netloc or (
        wanted.scheme == "https" and (host == "slack.com" or host.endswith(".slack.com"))
    )
