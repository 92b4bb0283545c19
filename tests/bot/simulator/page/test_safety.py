"""Only this machine's own browser, and only the page itself, may change anything."""

import aiohttp
import pytest

from .showcase import MONDAY, Showcase
from .visitor import Visitor


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://example.com"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://example.com", "Sec-Fetch-Site": "same-origin"},
    ],
)
async def test_other_sites_change_nothing(shown: Showcase, visitor: Visitor, headers: dict[str, str]) -> None:
    channel = shown.slack.channel("customer-service")

    status, _ = await visitor.post(f"/as/ana/{channel.id}/messages", {"text": "I was not asked"}, **headers)

    assert status == 403
    assert channel.messages == []


async def test_a_post_that_names_no_origin_is_refused(shown: Showcase) -> None:
    url = f"{shown.slack.url}/as/ana/clock"
    async with aiohttp.ClientSession() as session, session.post(url, data={"to": "day"}) as answer:
        assert answer.status == 403
    assert shown.clock.now() == MONDAY


async def test_a_foreign_name_for_this_machine_gets_nothing(visitor: Visitor) -> None:
    status, body = await visitor.get("/as/ana/customer-service", Host="rebound.example.com")

    assert status == 403
    assert "customer-service" not in body


async def test_the_page_may_load_and_run_its_own_files_alone(visitor: Visitor) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{visitor.url}/as/ana") as answer:
        policy = answer.headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
