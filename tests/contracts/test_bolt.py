"""What slack_bolt does that the spine is built on; each fact names the code that would break with it."""

import asyncio
import functools
import json
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.response import BoltResponse

PRESS = {
    "type": "block_actions",
    "api_app_id": "A0001",
    "team": {"id": "T0001"},
    "user": {"id": "U0001", "team_id": "T0001"},
    "trigger_id": "1.2.3",
    "container": {"type": "message"},
    "channel": {"id": "C0001", "name": "service"},
    "message": {"ts": "1.0"},
    "actions": [{"type": "button", "action_id": "checkin.open:17", "block_id": "b", "value": "17"}],
}
ANYTHING = re.compile(".*")


async def authorize(enterprise_id: str | None, team_id: str | None, user_id: str | None) -> AuthorizeResult:
    del enterprise_id, user_id
    return AuthorizeResult(
        enterprise_id=None, team_id=team_id, bot_token="xoxb-1", bot_id="B0001", bot_user_id="U0BOT"
    )


def make_app(
    *,
    process_before_response: bool = True,
    authorize: Callable[..., Awaitable[AuthorizeResult]] = authorize,
) -> AsyncApp:
    return AsyncApp(
        authorize=authorize,
        process_before_response=process_before_response,
        request_verification_enabled=False,
    )


async def press(app: AsyncApp) -> BoltResponse:
    return await app.async_dispatch(AsyncBoltRequest(body=json.dumps(PRESS), mode="socket_mode"))


async def test_middleware_ends_before_the_listener_begins() -> None:
    """bot/listening.py: a unit of work opened in middleware would be closed already."""
    app, order = make_app(), list[str]()

    async def middleware(next: Callable[[], Awaitable[None]]) -> None:  # noqa: A002 - Bolt's name
        order.append("middleware begins")
        await next()
        order.append("middleware ends")

    async def listener(ack: AsyncAck) -> None:
        order.append("listener")
        await ack()

    app.middleware(middleware)
    app.action(ANYTHING)(listener)
    await press(app)

    assert order == ["middleware begins", "middleware ends", "listener"]


async def test_with_process_before_response_slack_waits_for_all_that_the_listener_awaits() -> None:
    """bot/followups.py: what may take long starts after the listener returned."""
    app, ended = make_app(), asyncio.Event()

    async def listener(ack: AsyncAck) -> None:
        await ack()
        await asyncio.sleep(0.02)
        ended.set()

    app.action(ANYTHING)(listener)
    await press(app)

    assert ended.is_set()


async def test_without_it_bolt_looks_for_the_ack_every_10_ms() -> None:
    """bot/app.py sets process_before_response for this reason."""
    app = make_app(process_before_response=False)

    async def listener(ack: AsyncAck) -> None:
        await ack()

    app.action(ANYTHING)(listener)
    began = time.perf_counter()
    await press(app)

    assert time.perf_counter() - began >= 0.01


async def test_an_error_after_the_ack_takes_the_acks_place(caplog: pytest.LogCaptureFixture) -> None:
    """bot/listening.py: no exception leaves the wrapper."""
    app = make_app()

    async def listener(ack: AsyncAck) -> None:
        await ack(response_action="clear")
        raise ValueError("a bug")

    app.action(ANYTHING)(listener)
    response = await press(app)

    assert (response.status, response.body) == (500, "")
    assert "a bug" in caplog.text


async def test_of_two_acks_only_one_reaches_slack() -> None:
    """bot/listening.py: acks exactly once."""
    app = make_app()

    async def listener(ack: AsyncAck) -> None:
        await ack(response_action="errors", errors={"value": "78 what?"})
        await ack(response_action="clear")

    app.action(ANYTHING)(listener)
    response = await press(app)

    assert json.loads(response.body) == {"response_action": "clear"}


async def test_a_listener_behind_functools_wraps_gets_the_arguments_of_the_inner_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """bot/listening.py: methods, not wrapped handlers, are registered."""
    app = make_app()

    async def handler(ask: str) -> None:
        del ask

    @functools.wraps(handler)
    async def wrapper(ack: AsyncAck, body: dict[str, Any]) -> None:
        del body
        await ack()

    app.action(ANYTHING)(wrapper)
    response = await press(app)

    assert response.status == 500
    assert "unexpected keyword argument 'ask'" in caplog.text


async def test_one_listener_for_anything_serves_every_action_id() -> None:
    """bot/routing.py: our own table finds the handler."""
    app, seen = make_app(), list[str]()

    async def listener(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        seen.append(body["actions"][0]["action_id"])

    app.action(ANYTHING)(listener)
    response = await press(app)

    assert (response.status, seen) == (200, ["checkin.open:17"])


async def test_an_authorize_of_bolts_own_class_is_asked_as_it_is_and_needs_no_user() -> None:
    """bot/installations.py: `make_authorize` returns one; for a plain function Bolt fills in arguments."""
    asked, users = list[str | None](), list[str | None]()

    class FromMemory(AsyncAuthorize):
        def __init__(self) -> None:
            pass

        async def __call__(self, *, team_id: str | None, **_: Any) -> AuthorizeResult:
            asked.append(team_id)
            return await authorize(None, team_id, None)

    app = make_app(authorize=cast(Callable[..., Awaitable[AuthorizeResult]], FromMemory()))

    async def listener(ack: AsyncAck, context: AsyncBoltContext) -> None:
        users.append(context.user_id)
        await ack()

    app.action(ANYTHING)(listener)
    response = await press(app)

    assert (response.status, asked, users) == (200, ["T0001"], ["U0001"])


async def test_an_ack_of_json_text_is_sent_as_it_is_and_as_json() -> None:
    """bot/answers.py: what never changes is made once."""
    app, text = make_app(), '{"response_type": "ephemeral", "text": "help", "blocks": []}'

    async def listener(ack: AsyncAck) -> None:
        await ack(text)

    app.action(ANYTHING)(listener)
    response = await press(app)

    assert (response.body, response.headers) == (text, {"content-type": ["application/json;charset=utf-8"]})


async def test_authorize_is_asked_for_every_request() -> None:
    """bot/installations.py: it answers from memory."""
    asked: list[str | None] = []

    async def count(enterprise_id: str | None, team_id: str | None, user_id: str | None) -> AuthorizeResult:
        asked.append(team_id)
        return await authorize(enterprise_id, team_id, user_id)

    app = make_app(authorize=count)

    async def listener(ack: AsyncAck) -> None:
        await ack()

    app.action(ANYTHING)(listener)
    await press(app)
    await press(app)

    assert asked == ["T0001", "T0001"]
