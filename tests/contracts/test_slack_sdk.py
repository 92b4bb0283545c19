"""What slack_sdk does with a shared session and with failures, held against a server of our own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def slack(handler: Handler) -> AsyncIterator[str]:
    """A server that answers every method by `handler`; yields the address of its Web API."""
    app = web.Application()
    app.router.add_post("/api/{method}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}/api/"
    finally:
        await runner.cleanup()


class DroppingTheFirst:
    """Takes every post, but drops the first connection instead of an answer."""

    def __init__(self) -> None:
        self.seen = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        await request.read()
        self.seen += 1
        if self.seen == 1:
            assert request.transport is not None
            request.transport.abort()
        return web.json_response({"ok": True, "ts": "1.0"})


async def test_a_shared_session_voids_the_clients_own_timeout() -> None:
    """bot/installations.py: the session carries the timeout."""

    async def answer_slowly(request: web.Request) -> web.StreamResponse:
        del request
        await asyncio.sleep(1.2)
        return web.json_response({"ok": True})

    async with slack(answer_slowly) as address, aiohttp.ClientSession() as session:
        client = AsyncWebClient(token="xoxb-1", base_url=address, session=session, timeout=1)
        assert (await client.auth_test())["ok"]

    async with slack(answer_slowly) as address:
        timeout = aiohttp.ClientTimeout(total=0.1)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            client = AsyncWebClient(token="xoxb-1", base_url=address, session=session)
            with pytest.raises(asyncio.TimeoutError):
                await client.auth_test()


async def test_the_sdk_posts_again_after_a_dropped_connection() -> None:
    """bot/installations.py: hence `retry_handlers=[]`, since Slack knows no idempotency key for posting."""
    posts = DroppingTheFirst()
    async with slack(posts.answer) as address, aiohttp.ClientSession() as session:
        client = AsyncWebClient(token="xoxb-1", base_url=address, session=session)
        await client.chat_postMessage(channel="C0001", text="Your check-in for this week.")
    assert posts.seen == 2


async def test_without_retry_handlers_a_dropped_connection_is_the_callers_to_judge() -> None:
    posts = DroppingTheFirst()
    async with slack(posts.answer) as address, aiohttp.ClientSession() as session:
        client = AsyncWebClient(token="xoxb-1", base_url=address, session=session, retry_handlers=[])
        with pytest.raises(aiohttp.ClientError):
            await client.chat_postMessage(channel="C0001", text="Your check-in for this week.")
    assert posts.seen == 1


async def test_retry_after_reaches_the_caller_of_a_rate_limited_method() -> None:
    """bot/delivery: the lane waits as long as Slack says."""

    async def refuse(request: web.Request) -> web.StreamResponse:
        del request
        return web.json_response(
            {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "17"}
        )

    async with slack(refuse) as address, aiohttp.ClientSession() as session:
        client = AsyncWebClient(token="xoxb-1", base_url=address, session=session, retry_handlers=[])
        with pytest.raises(SlackApiError) as raised:
            await client.chat_postMessage(channel="C0001", text="Your check-in for this week.")

    response = raised.value.response
    assert (response.status_code, response["error"]) == (429, "ratelimited")
    assert {name.lower(): value for name, value in response.headers.items()}["retry-after"] == "17"
