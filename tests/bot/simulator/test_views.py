"""views.*: triggers, stacks, hashes, and what a person typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.simulator import SlackSimulator
from tests.bot.simulator.conftest import SECTION, modal, text_input
from tests.bot.simulator.test_web_api import refusal

Trigger = Callable[..., str]


@pytest.fixture
def trigger(slack: SlackSimulator) -> Trigger:
    """A trigger_id, as if Ana had just pressed something."""

    def issue(view_id: str | None = None) -> str:
        ana = slack.person("ana").id
        return slack.triggers.issue(slack.workspace.team_id, ana, view_id)

    return issue


async def test_a_modal_opens_for_the_person_who_pressed(
    slack: SlackSimulator, client: AsyncWebClient, trigger: Trigger
) -> None:
    answer = await client.views_open(trigger_id=trigger(), view=modal(callback_id="c"))
    view = answer["view"]
    assert view["id"].startswith("V")
    assert view["root_view_id"] == view["id"]
    assert view["previous_view_id"] is None
    assert slack.person("ana").modal == "== Check in ==\nhello\n[Cancel] [Save]"
    assert slack.person("ben").modal is None


async def test_a_trigger_works_once(client: AsyncWebClient, trigger: Trigger) -> None:
    used = trigger()
    await client.views_open(trigger_id=used, view=modal())
    answer = await refusal(client, "views.open", trigger_id=used, view=modal())
    assert answer["error"] == "exchanged_trigger_id"


async def test_a_trigger_expires(slack: SlackSimulator, client: AsyncWebClient, trigger: Trigger) -> None:
    late = trigger()
    slack.triggers.expire(late)
    answer = await refusal(client, "views.open", trigger_id=late, view=modal())
    assert answer["error"] == "expired_trigger_id"


async def test_an_invented_trigger_is_refused(client: AsyncWebClient) -> None:
    answer = await refusal(client, "views.open", trigger_id="1.2.abc", view=modal())
    assert answer["error"] == "invalid_trigger_id"


async def test_at_most_three_modals_lie_on_each_other(client: AsyncWebClient, trigger: Trigger) -> None:
    first = (await client.views_open(trigger_id=trigger(), view=modal()))["view"]
    second = (await client.views_push(trigger_id=trigger(first["id"]), view=modal()))["view"]
    third = (await client.views_push(trigger_id=trigger(second["id"]), view=modal()))["view"]
    assert third["root_view_id"] == first["id"]
    assert third["previous_view_id"] == second["id"]
    answer = await refusal(client, "views.push", trigger_id=trigger(third["id"]), view=modal())
    assert answer["error"] == "push_limit_reached"


async def test_a_view_is_pushed_only_from_inside_a_modal(client: AsyncWebClient, trigger: Trigger) -> None:
    answer = await refusal(client, "views.push", trigger_id=trigger(), view=modal())
    assert answer["error"] == "not_found"


async def test_an_update_keeps_what_was_typed_where_both_ids_stay(
    slack: SlackSimulator, client: AsyncWebClient, trigger: Trigger
) -> None:
    ana = slack.person("ana")
    blocks = [text_input("Note", "note"), text_input("Other", "other")]
    view = (await client.views_open(trigger_id=trigger(), view=modal(*blocks)))["view"]
    await ana.fills({"Note": "typed", "Other": "typed too"})
    changed = [text_input("Note", "note"), text_input("Other", "other-2", initial_value="fresh")]
    await client.views_update(view_id=view["id"], view=modal(*changed))
    assert ana.modal is not None
    assert "Note: typed" in ana.modal
    assert "Other: fresh" in ana.modal


async def test_a_stale_hash_is_refused(client: AsyncWebClient, trigger: Trigger) -> None:
    view = (await client.views_open(trigger_id=trigger(), view=modal()))["view"]
    current = await client.views_update(view_id=view["id"], hash=view["hash"], view=modal())
    assert current["view"]["hash"] != view["hash"]
    answer = await refusal(client, "views.update", view_id=view["id"], hash=view["hash"], view=modal())
    assert answer["error"] == "hash_conflict"


async def test_a_view_that_is_closed_cannot_be_updated(
    slack: SlackSimulator, client: AsyncWebClient, trigger: Trigger
) -> None:
    view = (await client.views_open(trigger_id=trigger(), view=modal()))["view"]
    await slack.person("ana").closes()
    answer = await refusal(client, "views.update", view_id=view["id"], view=modal())
    assert answer["error"] == "not_found"


async def test_a_received_view_cannot_be_sent_back(client: AsyncWebClient, trigger: Trigger) -> None:
    view = (await client.views_open(trigger_id=trigger(), view=modal()))["view"]
    answer = await refusal(client, "views.update", view_id=view["id"], view=view)
    assert answer["error"] == "invalid_arguments"
    told = " ".join(answer["errors"])
    assert all(f"invalid additional property: {name} " in told for name in ("id", "state", "hash"))


@pytest.mark.parametrize(
    ("view", "error"),
    [
        (modal(private_metadata="x" * 3_001), "invalid_arguments"),
        (modal(text_input("x" * 250_000, "a")), "view_too_large"),
        ("[]", "invalid_arguments"),
        ("{", "invalid_arguments"),
    ],
)
async def test_what_is_no_view(client: AsyncWebClient, trigger: Trigger, view: Any, error: str) -> None:
    answer = await refusal(client, "views.open", trigger_id=trigger(), view=view)
    assert answer["error"] == error


async def test_an_external_id_is_used_once_at_a_time(client: AsyncWebClient, trigger: Trigger) -> None:
    await client.views_open(trigger_id=trigger(), view=modal(external_id="mine"))
    answer = await refusal(client, "views.open", trigger_id=trigger("V404"), view=modal(external_id="mine"))
    assert answer["error"] == "duplicate_external_id"
    updated = await client.views_update(external_id="mine", view=modal(external_id="mine"))
    assert updated["view"]["external_id"] == "mine"


async def test_the_app_home_is_each_persons_own(slack: SlackSimulator, client: AsyncWebClient) -> None:
    ana, ben = slack.person("ana"), slack.person("ben")
    await client.views_publish(user_id=ana.id, view={"type": "home", "blocks": [SECTION]})
    assert ana.home == "hello"
    assert ben.home == ""


async def test_publishing_with_a_stale_hash_is_refused(slack: SlackSimulator, client: AsyncWebClient) -> None:
    home = {"type": "home", "blocks": [SECTION]}
    ana = slack.person("ana").id
    first = (await client.views_publish(user_id=ana, view=home))["view"]["hash"]
    await client.views_publish(user_id=ana, view=home, hash=first)
    answer = await refusal(client, "views.publish", user_id=ana, view=home, hash=first)
    assert answer["error"] == "hash_conflict"


async def test_no_home_for_the_unknown_or_deactivated(slack: SlackSimulator, client: AsyncWebClient) -> None:
    home = {"type": "home", "blocks": [SECTION]}
    gone = slack.add_person("gone", deleted=True)
    for user_id in ("U404", gone.id):
        answer = await refusal(client, "views.publish", user_id=user_id, view=home)
        assert answer["error"] == "invalid_arguments"


async def test_the_home_tab_must_be_enabled(manifest: dict[str, Any]) -> None:
    manifest["features"]["app_home"]["home_tab_enabled"] = False
    async with SlackSimulator(manifest) as slack:
        ana = slack.add_person("ana")
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        home = {"type": "home", "blocks": [SECTION]}
        answer = await refusal(client, "views.publish", user_id=ana.id, view=home)
    assert answer["error"] == "not_enabled"


async def test_opening_a_modal_from_elsewhere_replaces_the_one_that_was_open(
    slack: SlackSimulator, client: AsyncWebClient, trigger: Trigger
) -> None:
    first = (await client.views_open(trigger_id=trigger(), view=modal()))["view"]
    await client.views_open(trigger_id=trigger(), view=modal(text_input("Second", "s")))
    assert len(slack.workspace.modals[slack.person("ana").id]) == 1
    answer = await refusal(client, "views.update", view_id=first["id"], view=modal())
    assert answer["error"] == "not_found"
