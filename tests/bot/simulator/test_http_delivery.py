"""Signed HTTP: what arrives, and what a forger or a late-comer gets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.simulator import SlackSimulator
from bot.simulator.deliveries import Answer, Failure
from bot.simulator.http_server import HttpServer
from bot.simulator.signing import sign
from tests.bot.simulator.conftest import SECTION, actions, button, modal

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def manifest(manifest: dict[str, Any]) -> dict[str, Any]:
    manifest["settings"]["socket_mode_enabled"] = False
    return manifest


@pytest.fixture
async def requests(slack: SlackSimulator, app: AsyncApp) -> AsyncIterator[list[Request]]:
    """The app behind its request URL; every request that it got."""
    seen: list[Request] = []
    handler = AsyncSlackRequestHandler(app)

    async def endpoint(request: Request) -> Response:
        seen.append(request)
        return await handler.handle(request)

    server = HttpServer("127.0.0.1", 0)
    await server.start([Route("/slack/events", endpoint, methods=["POST"])])
    slack.request_url = f"{server.url}/slack/events"
    yield seen
    await server.stop()


async def test_the_request_url_gives_the_challenge_back(
    slack: SlackSimulator, requests: list[Request]
) -> None:
    assert await slack.verifies_request_url()
    assert len(requests) == 1


async def test_commands_and_interactions_arrive_signed(
    slack: SlackSimulator, app: AsyncApp, requests: list[Request]
) -> None:
    @app.command("/okr")
    async def okr(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=modal(callback_id="v"))
        await ack("Opened.")

    @app.view("v")
    async def submitted(ack: Any) -> None:
        await ack(response_action="clear")

    ana = slack.person("ana")
    await ana.types("/okr")
    assert ana.sees("hoshin (only @ana sees this): Opened.")
    await ana.submits()
    assert ana.modal is None
    verifier = SignatureVerifier(slack.signing_secret)
    for request in requests:
        assert verifier.is_valid_request(await request.body(), dict(request.headers))


@pytest.mark.usefixtures("requests")
async def test_a_plain_text_answer_is_shown_as_it_is(slack: SlackSimulator, app: AsyncApp) -> None:
    @app.command("/okr")
    async def okr(ack: Any) -> None:
        await ack("12")

    ana = slack.person("ana")
    await ana.types("/okr")
    assert ana.sees("sees this): 12")


@pytest.mark.usefixtures("requests")
async def test_buttons_and_response_urls_work_over_http(
    slack: SlackSimulator, app: AsyncApp, client: AsyncWebClient
) -> None:
    @app.action("go")
    async def go(ack: Any, respond: Any) -> None:
        await ack()
        await respond("Gone.")

    ana = slack.person("ana")
    await client.chat_postMessage(channel=ana.id, text="x", blocks=[SECTION, actions(button("Go", "go"))])
    await ana.clicks("Go")
    assert ana.sees("Gone.")


async def test_an_event_that_fails_is_retried_with_number_and_reason(
    slack: SlackSimulator,
) -> None:
    seen: list[Request] = []

    async def failing_twice(request: Request) -> Response:
        await request.body()
        seen.append(request)
        return PlainTextResponse("no", 500 if len(seen) < 3 else 200)

    server = HttpServer("127.0.0.1", 0)
    await server.start([Route("/", failing_twice, methods=["POST"])])
    slack.request_url = f"{server.url}/"
    slack.workspace.rename_channel(slack.channel("okr").id, "goals")
    await slack.feed.until(lambda: len(seen) == 3, within=3)
    await slack.settled()
    await server.stop()
    first, second, third = seen
    assert "x-slack-retry-num" not in first.headers
    assert second.headers["x-slack-retry-num"] == "1"
    assert second.headers["x-slack-retry-reason"] == "http_error"
    assert third.headers["x-slack-retry-num"] == "2"
    ids = {(await each.json())["event_id"] for each in seen}
    assert len(ids) == 1


async def test_a_slow_app_is_given_up_on(slack: SlackSimulator) -> None:
    slack.ack_timeout = 0.05

    async def slow(_request: Request) -> Response:
        await asyncio.sleep(0.5)
        return PlainTextResponse("too late")

    server = HttpServer("127.0.0.1", 0)
    await server.start([Route("/", slow, methods=["POST"])])
    slack.request_url = f"{server.url}/"
    outcome = await slack.person("ana").types("/okr")
    await server.stop()
    assert outcome.notice == "/okr failed because the app did not respond"
    assert slack.traffic.count("slash_commands /okr", result="http_timeout") == 1


async def test_without_any_address_nothing_is_delivered(slack: SlackSimulator) -> None:
    outcome = await slack.person("ana").types("/okr")
    assert not outcome.ok
    assert slack.traffic.count("slash_commands /okr", result="connection_failed") == 1


@pytest.mark.usefixtures("requests")
@pytest.mark.parametrize(
    ("signing", "outcome"),
    [
        ({}, Answer),
        ({"secret": "forged"}, Failure),
        ({"timestamp": int(time.time()) - 301}, Failure),
    ],
)
async def test_a_forged_or_stale_signature_can_be_sent(
    slack: SlackSimulator,
    app: AsyncApp,
    signing: dict[str, Any],
    outcome: type,
) -> None:
    @app.command("/okr")
    async def okr(ack: Any) -> None:
        await ack()

    body = urlencode({"command": "/okr", "team_id": slack.workspace.team_id, "user_id": "U1"})
    answer = await slack.post_signed(body, content_type=FORM, **signing)
    assert isinstance(answer, outcome)


def test_a_signature_is_slacks_own() -> None:
    # The example of docs.slack.dev, "Verifying requests from Slack".
    body = (
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        "&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        "&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
        "%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    headers = sign("8f742231b10e8888abcd99yyyzzz85a5", body, timestamp=1531420618)
    assert headers["X-Slack-Signature"] == (
        "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    )
