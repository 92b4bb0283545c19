"""What every method has in common: tokens, scopes, arguments, answers."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.simulator import Channel, SlackSimulator
from bot.simulator.methods import METHODS


async def refusal(client: AsyncWebClient, method: str, **arguments: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as caught:
        await client.api_call(method, json=arguments)
    data = caught.value.response.data
    assert isinstance(data, dict)
    return data


async def test_auth_test_names_the_bot_and_its_workspace(
    slack: SlackSimulator, client: AsyncWebClient
) -> None:
    answer = await client.auth_test()
    installation = slack.installations[0]
    assert answer["team_id"] == slack.workspace.team_id
    assert answer["user_id"] == installation.bot_user_id
    assert answer["bot_id"] == installation.bot_id


async def test_auth_test_tells_the_scopes_in_a_header(slack: SlackSimulator, client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert set(answer.headers["x-oauth-scopes"].split(",")) == slack.manifest.scopes


async def test_optional_scopes_are_granted_only_when_the_installer_agrees(
    manifest: dict[str, Any],
) -> None:
    assert "im:history" not in SlackSimulator(manifest).installations[0].scopes
    generous = SlackSimulator(manifest, grant_optional_scopes=True)
    assert "im:history" in generous.installations[0].scopes


async def test_an_unknown_method_is_refused(client: AsyncWebClient) -> None:
    answer = await refusal(client, "chat.shout")
    assert answer["error"] == "unknown_method"
    assert answer["req_method"] == "chat.shout"


async def test_an_unknown_argument_is_refused(client: AsyncWebClient, okr: Channel) -> None:
    answer = await refusal(client, "chat.postMessage", channel=okr.id, text="hi", txt="typo")
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == ["[ERROR] unknown argument: txt"]


async def test_a_missing_argument_is_refused(client: AsyncWebClient) -> None:
    answer = await refusal(client, "users.info")
    assert answer["error"] == "invalid_arguments"
    assert answer["errors"] == ["missing required field: user"]


async def test_the_team_id_that_bolt_adds_is_taken_everywhere(
    slack: SlackSimulator, client: AsyncWebClient
) -> None:
    ana = slack.person("ana")
    answer = await client.api_call("users.info", params={"user": ana.id, "team_id": slack.workspace.team_id})
    assert answer["user"]["id"] == ana.id


async def test_a_missing_scope_is_named_with_those_there_are(
    slack: SlackSimulator, client: AsyncWebClient, okr: Channel
) -> None:
    slack.installations[0].scopes = frozenset({"users:read", "commands"})
    answer = await refusal(client, "chat.postMessage", channel=okr.id, text="hi")
    assert answer["error"] == "missing_scope"
    assert answer["needed"] == "chat:write"
    assert answer["provided"] == "commands,users:read"


@pytest.mark.parametrize("method", sorted(name for name, method in METHODS.items() if method.scopes))
async def test_no_method_works_without_its_scope(
    slack: SlackSimulator, client: AsyncWebClient, method: str
) -> None:
    slack.installations[0].scopes = frozenset()
    answer = await refusal(client, method)
    assert answer["error"] == "missing_scope"


@pytest.mark.parametrize(("token", "error"), [(None, "not_authed"), ("xoxb-guessed", "invalid_auth")])
async def test_a_bad_token_is_refused(slack: SlackSimulator, token: str | None, error: str) -> None:
    answer = await refusal(AsyncWebClient(token, base_url=slack.api_url), "auth.test")
    assert answer["error"] == error


async def test_after_the_uninstall_the_token_is_dead(slack: SlackSimulator, client: AsyncWebClient) -> None:
    slack.uninstall()
    assert (await refusal(client, "auth.test"))["error"] == "token_revoked"


async def test_each_token_opens_only_its_own_doors(slack: SlackSimulator, client: AsyncWebClient) -> None:
    app_client = AsyncWebClient(slack.app_token, base_url=slack.api_url)
    assert (await refusal(client, "apps.connections.open"))["error"] == "not_allowed_token_type"
    assert (await refusal(app_client, "auth.test"))["error"] == "not_allowed_token_type"
    answer = await app_client.apps_connections_open(app_token=slack.app_token)
    assert answer["url"].startswith("ws://127.0.0.1:")


async def test_socket_mode_must_be_enabled_in_the_manifest(manifest: dict[str, Any]) -> None:
    manifest["settings"]["socket_mode_enabled"] = False
    async with SlackSimulator(manifest) as slack:
        app_client = AsyncWebClient(slack.app_token, base_url=slack.api_url)
        answer = await refusal(app_client, "apps.connections.open")
    assert answer["error"] == "socket_mode_not_enabled"


async def test_forms_queries_and_json_say_the_same(slack: SlackSimulator, okr: Channel) -> None:
    url = f"{slack.api_url}chat.postMessage"
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    arguments = {"channel": okr.id, "text": "three ways"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for body in ({"data": arguments}, {"params": arguments}, {"json": arguments}):
            async with session.post(url, **body) as response:  # type: ignore[arg-type] # one each
                assert (await response.json())["ok"] is True
    assert [each.text for each in okr.messages.values()] == ["three ways"] * 3


async def test_a_token_may_come_in_the_form(slack: SlackSimulator) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{slack.api_url}auth.test", data={"token": slack.bot_token}) as response,
    ):
        assert (await response.json())["ok"] is True


async def test_the_traffic_holds_calls_without_tokens(
    slack: SlackSimulator, client: AsyncWebClient, okr: Channel
) -> None:
    await client.chat_postMessage(channel=okr.id, text="hi", token=slack.bot_token)
    (call,) = slack.traffic.calls("chat.postMessage")
    assert call.result == "ok"
    assert call.details == {"channel": okr.id, "text": "hi"}
    assert slack.bot_token not in str(call)


async def test_the_traffic_counts_what_it_forgets(slack: SlackSimulator, client: AsyncWebClient) -> None:
    for _ in range(3):
        await client.api_test()
    await refusal(client, "chat.shout")
    assert slack.traffic.count("api.test") == 3
    assert slack.traffic.count("chat.shout", result="unknown_method") == 1
    assert slack.traffic.count("chat.shout", result="ok") == 0
