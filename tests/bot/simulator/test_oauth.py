"""The simulated authorize page and oauth.v2.access refuse what Slack refuses."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.manifest import make_manifest
from bot.simulator import SlackSimulator

SCOPE = "commands,chat:write"
REDIRECT = "https://hoshin.example.com/slack/oauth_redirect"


@pytest.fixture
async def slack() -> AsyncIterator[SlackSimulator]:
    manifest = make_manifest(http="https://hoshin.example.com")
    async with SlackSimulator(manifest, installed=False) as simulator:
        yield simulator


def asked(slack: SlackSimulator, **changes: str) -> dict[str, str]:
    team_id = slack.workspace.team_id
    return {"client_id": slack.oauth.client_id, "scope": SCOPE, "state": "s", "team": team_id, **changes}


async def exchange(slack: SlackSimulator, code: str, **changes: str) -> dict[str, object]:
    given = {"client_id": slack.oauth.client_id, "client_secret": slack.oauth.client_secret, **changes}
    client = AsyncWebClient(base_url=slack.api_url)
    answer = await client.api_call("oauth.v2.access", data={"code": code, **given})
    assert isinstance(answer.data, dict)
    return answer.data


async def refusal(slack: SlackSimulator, code: str, **changes: str) -> str:
    with pytest.raises(SlackApiError) as refused:
        await exchange(slack, code, **changes)
    return str(refused.value.response["error"])


async def test_a_code_is_exchanged_once_for_a_token_of_the_chosen_workspace(slack: SlackSimulator) -> None:
    other = slack.add_workspace("Globex", installed=False)
    code = slack.oauth.issue(asked(slack, team=other.team_id))
    granted = await exchange(slack, code)
    assert granted["team"] == {"id": other.team_id, "name": "Globex"}
    assert granted["scope"] == "chat:write,commands"
    answer = await AsyncWebClient(str(granted["access_token"]), base_url=slack.api_url).auth_test()
    assert answer["team_id"] == other.team_id
    assert await refusal(slack, code) == "code_already_used"


async def test_what_does_not_fit_the_code_or_the_app_is_refused_by_name(slack: SlackSimulator) -> None:
    code = slack.oauth.issue(asked(slack))
    assert await refusal(slack, code, client_id="9.9") == "invalid_client_id"
    assert await refusal(slack, code, client_secret="wrong") == "bad_client_secret"
    assert await refusal(slack, code, redirect_uri=REDIRECT) == "bad_redirect_uri"
    assert await refusal(slack, "1.2.3") == "invalid_code"
    slack.oauth.expire(code)
    assert await refusal(slack, code) == "invalid_code"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "9.9"}, "invalid_client_id"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"scope": ""}, "no_scopes"),
        ({"redirect_uri": "https://elsewhere.example"}, "bad_redirect_uri"),
    ],
)
async def test_the_page_refuses_what_the_app_has_not_registered(
    slack: SlackSimulator, changes: dict[str, str], error: str
) -> None:
    async with aiohttp.ClientSession() as session:
        answer = await session.get(f"{slack.url}/oauth/v2/authorize", params=asked(slack, **changes))
        assert (answer.status, error in await answer.text()) == (400, True)


async def test_someone_who_cancels_is_sent_back_with_slacks_word_for_it(slack: SlackSimulator) -> None:
    async with aiohttp.ClientSession() as session:
        page = await session.get(f"{slack.url}/oauth/v2/authorize", params=asked(slack))
        assert "Acme" in await page.text()
        form = asked(slack, decision="cancel")
        back = await session.post(f"{slack.url}/oauth/v2/authorize", data=form, allow_redirects=False)
    assert back.headers["Location"] == f"{REDIRECT}?state=s&error=access_denied"
