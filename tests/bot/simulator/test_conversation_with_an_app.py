"""Whole conversations with a real Bolt app over Socket Mode."""

from __future__ import annotations

from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.simulator import Channel, NotOnScreen, SlackSimulator
from tests.bot.simulator.conftest import (
    SECTION,
    Connect,
    actions,
    button,
    modal,
    text_input,
)

NUMBER: dict[str, Any] = {
    "type": "input",
    "block_id": "value",
    "label": {"type": "plain_text", "text": "First-contact resolution"},
    "element": {
        "type": "number_input",
        "action_id": "answer",
        "is_decimal_allowed": False,
        "min_value": "0",
        "max_value": "100",
    },
}


async def test_a_command_answers_the_person_alone(
    slack: SlackSimulator, app: AsyncApp, connect: Connect
) -> None:
    received: list[dict[str, Any]] = []

    @app.command("/okr")
    async def okr(ack: Any, body: dict[str, Any]) -> None:
        received.append(body)
        await ack("Your OKRs: none yet.")

    ana, ben = slack.person("ana"), slack.person("ben")
    async with connect(app):
        outcome = await ana.types("/okr show O-1", channel="okr")
    assert outcome.ok
    assert ana.sees("Your OKRs: none yet.")
    assert not ben.sees("Your OKRs: none yet.")
    (body,) = received
    assert body["command"] == "/okr"
    assert body["text"] == "show O-1"
    assert body["user_id"] == ana.id
    assert body["team_id"] == slack.workspace.team_id
    assert body["channel_name"] == "okr"


async def test_a_command_may_answer_everybody_with_blocks(
    slack: SlackSimulator, app: AsyncApp, connect: Connect
) -> None:
    @app.command("/okr")
    async def okr(ack: Any) -> None:
        await ack(text="x", blocks=[SECTION], response_type="in_channel")

    async with connect(app):
        await slack.person("ana").types("/okr", channel="okr")
    assert slack.person("ben").sees("hoshin: hello")


async def test_an_answer_that_slack_cannot_take_is_an_error_to_the_person(
    slack: SlackSimulator, app: AsyncApp, connect: Connect
) -> None:
    @app.command("/okr")
    async def okr(ack: Any) -> None:
        await ack(blocks=[{"type": "nonsense"}])

    async with connect(app):
        outcome = await slack.person("ana").types("/okr")
    assert outcome.notice == '/okr failed with the error "invalid_blocks"'
    assert slack.traffic.count("/okr response", result="invalid_blocks") == 1


async def test_mentions_in_a_command_are_escaped_as_the_manifest_says(
    slack: SlackSimulator, app: AsyncApp, connect: Connect, okr: Channel
) -> None:
    texts: list[str] = []

    @app.command("/okr")
    @app.command("/raw")
    async def note(ack: Any, body: dict[str, Any]) -> None:
        texts.append(body["text"])
        await ack()

    ana, ben = slack.person("ana"), slack.person("ben")
    async with connect(app):
        await ana.types("/okr for @ben, in #okr: a < b & @nobody")
        await ana.types("/raw for @ben, in #okr: a < b")
    assert texts == [
        f"for <@{ben.id}|ben>, in <#{okr.id}|okr>: a &lt; b &amp; @nobody",
        "for @ben, in #okr: a < b",
    ]


async def test_an_unanswered_command_tells_the_person(
    slack: SlackSimulator, app: AsyncApp, connect: Connect
) -> None:
    ana = slack.person("ana")
    async with connect(app):
        outcome = await ana.types("/okr")  # no listener: Bolt sends no acknowledgement
    assert outcome.notice == "/okr failed because the app did not respond"
    assert ana.sees("/okr failed because the app did not respond")
    assert slack.traffic.count("slash_commands /okr", result="http_timeout") == 1


async def test_without_a_connection_a_command_fails_at_once(slack: SlackSimulator) -> None:
    outcome = await slack.person("ana").types("/okr")
    assert outcome.notice == "/okr failed because the app did not respond"
    assert slack.traffic.count("slash_commands /okr", result="connection_failed") == 1


async def test_a_command_outside_the_manifest_is_not_offered(slack: SlackSimulator) -> None:
    outcome = await slack.person("ana").types("/poll lunch")
    assert outcome.notice == "/poll is not a valid command."
    assert list(slack.traffic) == []


async def test_commands_do_not_work_in_threads(
    slack: SlackSimulator, client: AsyncWebClient, okr: Channel
) -> None:
    ts = (await client.chat_postMessage(channel=okr.id, text="parent"))["ts"]
    outcome = await slack.person("ana").types("/okr", channel="okr", thread=ts)
    assert outcome.notice == "/okr is not supported in threads. Sorry!"


async def test_a_form_is_opened_checked_corrected_and_saved(
    slack: SlackSimulator, app: AsyncApp, connect: Connect
) -> None:
    saved: list[dict[str, Any]] = []

    @app.command("/okr")
    async def okr(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        view = modal(NUMBER, text_input("Note", "note"), callback_id="okr", private_metadata="KR-1")
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("okr")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        values = view["state"]["values"]
        if values["value"]["answer"]["value"] == "13":
            await ack(response_action="errors", errors={"value": "Not 13, please."})
            return
        saved.append(view)
        await ack()

    ana = slack.person("ana")
    async with connect(app):
        await ana.types("/okr")
        missing = await ana.submits()
        assert set(missing.problems) == {"value", "note"}
        await ana.fills({"First-contact resolution": "101", "note": "training"})
        assert (await ana.submits()).problems == {"value": "Please enter a number of at most 100."}
        await ana.fills({"First-contact resolution": "13"})
        assert (await ana.submits()).ok
        assert "Not 13, please." in (ana.modal or "")
        await ana.fills({"First-contact resolution": "78"})
        await ana.submits()
    assert ana.modal is None
    (view,) = saved
    assert view["private_metadata"] == "KR-1"
    assert view["state"]["values"] == {
        "value": {"answer": {"type": "number_input", "value": "78"}},
        "note": {"answer": {"type": "plain_text_input", "value": "training"}},
    }


async def test_a_tampered_client_gets_past_its_own_checks(
    slack: SlackSimulator, app: AsyncApp, connect: Connect
) -> None:
    values: list[Any] = []

    @app.shortcut("check_in")
    async def check_in(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(NUMBER, callback_id="v"))

    @app.view("v")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        values.append(view["state"]["values"]["value"]["answer"]["value"])
        await ack()

    ana = slack.person("ana")
    async with connect(app):
        await ana.uses_shortcut("Check in")
        await ana.fills({"value": "a lot"})
        await ana.submits(force=True)
    assert values == ["a lot"]


async def test_a_submission_may_update_push_and_clear(
    slack: SlackSimulator, app: AsyncApp, connect: Connect
) -> None:
    @app.shortcut("check_in")
    async def check_in(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        view = modal(text_input("Page one", "one"), callback_id="one")
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("one")
    async def one(ack: Any) -> None:
        await ack(
            response_action="update",
            view=modal(text_input("Page two", "two"), callback_id="two"),
        )

    @app.view("two")
    async def two(ack: Any) -> None:
        await ack(response_action="push", view=modal(callback_id="three"))

    @app.view("three")
    async def three(ack: Any) -> None:
        await ack(response_action="clear")

    ana = slack.person("ana")
    async with connect(app):
        await ana.uses_shortcut("Check in")
        await ana.fills({"Page one": "x"})
        await ana.submits()
        assert ana.sees("Page two")
        await ana.fills({"Page two": "x"})
        await ana.submits()
        assert len(slack.workspace.modals[ana.id]) == 2
        await ana.submits()
    assert ana.modal is None


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "errors", "errors": {"note": ""}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "vanish"},
    ],
)
async def test_a_malformed_answer_to_a_submission_leaves_the_form_open(
    slack: SlackSimulator, app: AsyncApp, connect: Connect, answer: dict[str, Any]
) -> None:
    @app.shortcut("check_in")
    async def check_in(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        view = modal(text_input("Note", "note"), callback_id="v")
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("v")
    async def submitted(ack: Any) -> None:
        await ack(**answer)

    ana = slack.person("ana")
    async with connect(app):
        await ana.uses_shortcut("Check in")
        await ana.fills({"Note": "typed"})
        outcome = await ana.submits()
    assert outcome.notice == "We had some trouble connecting. Try again?"
    assert "Note: typed" in (ana.modal or "")
    assert slack.traffic.count("view_submission response", result="invalid_arguments") == 1


async def test_an_unanswered_submission_keeps_what_was_typed(
    slack: SlackSimulator, app: AsyncApp, connect: Connect
) -> None:
    @app.shortcut("check_in")
    async def check_in(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        view = modal(text_input("Note", "note"), callback_id="nobody listens")
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    ana = slack.person("ana")
    async with connect(app):
        await ana.uses_shortcut("Check in")
        await ana.fills({"Note": "typed"})
        assert (await ana.submits()).notice == "We had some trouble connecting. Try again?"
    assert "Note: typed" in (ana.modal or "")


async def test_closing_is_told_only_where_asked_for_and_without_values(
    slack: SlackSimulator, app: AsyncApp, connect: Connect
) -> None:
    closed: list[dict[str, Any]] = []

    @app.shortcut("check_in")
    async def check_in(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        view = modal(text_input("Note", "note"), callback_id="v", notify_on_close=len(closed) == 0)
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view_closed("v")
    async def on_close(ack: Any, body: dict[str, Any]) -> None:
        closed.append(body)
        await ack()

    ana = slack.person("ana")
    async with connect(app):
        for _ in range(2):
            await ana.uses_shortcut("Check in")
            await ana.fills({"Note": "typed"})
            await ana.closes()
    assert len(closed) == 1
    assert closed[0]["view"]["state"]["values"] == {}
    assert closed[0]["is_cleared"] is False


async def test_a_button_in_a_message_answers_through_its_response_url(
    slack: SlackSimulator, app: AsyncApp, connect: Connect, client: AsyncWebClient, okr: Channel
) -> None:
    bodies: list[dict[str, Any]] = []

    @app.action("go")
    async def go(ack: Any, body: dict[str, Any], respond: Any) -> None:
        bodies.append(body)
        await ack()
        await respond("For you alone.", replace_original=False)
        await respond("Done.", replace_original=True)

    ana, ben = slack.person("ana"), slack.person("ben")
    blocks = [SECTION, actions(button("Go", "go", value="KR-1"))]
    posted = await client.chat_postMessage(channel=okr.id, text="x", blocks=blocks)
    async with connect(app):
        await ana.clicks("Go")
    (body,) = bodies
    assert body["actions"][0]["value"] == "KR-1"
    assert body["actions"][0]["text"]["text"] == "Go"
    assert body["container"]["message_ts"] == posted["ts"]
    assert body["message"]["ts"] == posted["ts"]
    assert body["channel"] == {"id": okr.id, "name": "okr"}
    assert okr.messages[posted["ts"]].text == "Done."
    assert ana.sees("For you alone.")
    assert not ben.sees("For you alone.")


async def test_an_ephemeral_message_is_deleted_through_its_response_url(
    slack: SlackSimulator, app: AsyncApp, connect: Connect
) -> None:
    @app.command("/okr")
    async def okr(ack: Any) -> None:
        await ack(text="x", blocks=[actions(button("Dismiss", "dismiss"))])

    @app.action("dismiss")
    async def dismiss(ack: Any, body: dict[str, Any], respond: Any) -> None:
        assert body["container"]["is_ephemeral"] is True
        assert "message" not in body
        await ack()
        await respond(delete_original=True)

    ana = slack.person("ana")
    async with connect(app):
        await ana.types("/okr")
        assert ana.sees("[Dismiss]")
        await ana.clicks("Dismiss")
    assert not ana.sees("[Dismiss]")


async def test_choices_in_a_message_travel_with_its_state(
    slack: SlackSimulator, app: AsyncApp, connect: Connect, client: AsyncWebClient, okr: Channel
) -> None:
    bodies: list[dict[str, Any]] = []

    @app.action("pick")
    @app.action("more")
    @app.action("save")
    async def any_action(ack: Any, body: dict[str, Any]) -> None:
        bodies.append(body)
        await ack()

    def option(text: str, value: str) -> dict[str, Any]:
        return {"text": {"type": "plain_text", "text": text}, "value": value}

    menu = {
        "type": "static_select",
        "action_id": "pick",
        "placeholder": {"type": "plain_text", "text": "Strength"},
        "options": [option("strong", "3"), option("weak", "1")],
    }
    overflow = {"type": "overflow", "action_id": "more", "options": [option("Why this?", "why")]}
    note = text_input("Note", "note")
    blocks = [actions(menu, overflow, button("Save", "save")), note]
    await client.chat_postMessage(channel=okr.id, text="x", blocks=blocks)
    ana = slack.person("ana")
    async with connect(app):
        await ana.picks("Strength", "strong")
        await ana.clicks("Why this?")
        await ana.fills({"Note": "said"})
        await ana.clicks("Save")
    picked, more, saved = bodies
    assert picked["actions"][0]["selected_option"]["value"] == "3"
    assert more["actions"][0]["selected_option"]["value"] == "why"
    values = saved["state"]["values"]
    assert values["actions"]["pick"]["selected_option"]["value"] == "3"
    assert values["note"]["answer"]["value"] == "said"


async def test_an_external_menu_asks_the_app_for_its_options(
    slack: SlackSimulator, app: AsyncApp, connect: Connect
) -> None:
    queries: list[str] = []
    picked: list[Any] = []

    @app.shortcut("check_in")
    async def check_in(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        element = {"type": "external_select", "action_id": "item", "min_query_length": 1}
        label = {"type": "plain_text", "text": "Item"}
        block = {"type": "input", "block_id": "b", "label": label, "element": element}
        await client.views_open(trigger_id=body["trigger_id"], view=modal(block, callback_id="v"))

    @app.options("item")
    async def items(ack: Any, body: dict[str, Any]) -> None:
        queries.append(body["value"])
        text = {"type": "plain_text", "text": "KR-1 Answer first"}
        await ack(options=[{"text": text, "value": "KR-1"}])

    @app.view("v")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        picked.append(view["state"]["values"]["b"]["item"]["selected_option"]["value"])
        await ack()

    ana = slack.person("ana")
    async with connect(app):
        await ana.uses_shortcut("Check in")
        await ana.picks("Item", "KR-1 Answer first")
        await ana.submits()
    assert queries == ["KR-1 Answer first"]
    assert picked == ["KR-1"]


async def test_people_dates_and_boxes_are_picked_by_what_one_reads(
    slack: SlackSimulator, app: AsyncApp, connect: Connect
) -> None:
    states: list[dict[str, Any]] = []

    def field(label: str, **element: Any) -> dict[str, Any]:
        return {
            "type": "input",
            "block_id": label,
            "optional": True,
            "label": {"type": "plain_text", "text": label},
            "element": {"action_id": "a", **element},
        }

    def option(text: str) -> dict[str, Any]:
        return {"text": {"type": "plain_text", "text": text}, "value": text.lower()}

    @app.shortcut("check_in")
    async def check_in(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        days = [option("Mon"), option("Tue"), option("Wed")]
        view = modal(
            field("Owner", type="users_select"),
            field("Team", type="multi_users_select"),
            field("Channel", type="conversations_select"),
            field("Due", type="datepicker", initial_date="2026-01-31"),
            field("Days", type="checkboxes", options=days, initial_options=days[:1]),
            field("At", type="timepicker", timezone="Europe/Madrid"),
            field("Sure", type="radio_buttons", options=[option("Yes"), option("No")]),
            callback_id="v",
        )
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("v")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        states.append({key: each["a"] for key, each in view["state"]["values"].items()})
        await ack()

    ana, ben = slack.person("ana"), slack.person("ben")
    async with connect(app):
        await ana.uses_shortcut("Check in")
        await ana.picks("Owner", "Ben Ode")
        await ana.picks("Team", "ana", "ben")
        await ana.picks("Channel", "okr")
        await ana.picks("Days", "Tue", "Wed")
        await ana.picks("At", "09:30")
        await ana.picks("Sure", "Yes")
        assert "Owner (optional): @ben" in (ana.modal or "")
        assert "Days (optional): ( ) Mon  (x) Tue  (x) Wed" in (ana.modal or "")
        with pytest.raises(NotOnScreen, match="not 'Fri'"):
            await ana.picks("Days", "Fri")
        await ana.submits()
    (state,) = states
    assert state["Owner"] == {"type": "users_select", "selected_user": ben.id}
    assert state["Team"]["selected_users"] == [ana.id, ben.id]
    assert state["Channel"]["selected_conversation"] == slack.channel("okr").id
    assert state["Due"] == {"type": "datepicker", "selected_date": "2026-01-31"}
    assert [each["value"] for each in state["Days"]["selected_options"]] == ["tue", "wed"]
    assert state["At"] == {
        "type": "timepicker",
        "selected_time": "09:30",
        "timezone": "Europe/Madrid",
    }
    assert state["Sure"]["selected_option"]["value"] == "yes"


async def test_a_message_shortcut_carries_the_message(
    slack: SlackSimulator, app: AsyncApp, connect: Connect, okr: Channel
) -> None:
    bodies: list[dict[str, Any]] = []

    @app.shortcut({"type": "message_action", "callback_id": "idea"})
    async def idea(ack: Any, body: dict[str, Any], respond: Any) -> None:
        bodies.append(body)
        await ack()
        await respond("Kept.")

    ana = slack.person("ana")
    message = slack.workspace.post(okr.id, slack.person("ben").id, "why two forms?")
    async with connect(app):
        await ana.uses_shortcut("Idea", message)
    assert bodies[0]["message"]["text"] == "why two forms?"
    assert bodies[0]["message_ts"] == message.ts
    assert ana.sees("Kept.")


async def test_the_app_home_is_opened_drawn_and_pressed(
    slack: SlackSimulator, app: AsyncApp, connect: Connect
) -> None:
    events: list[dict[str, Any]] = []
    pressed: list[dict[str, Any]] = []

    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], client: AsyncWebClient) -> None:
        events.append(event)
        home = {"type": "home", "blocks": [SECTION, actions(button("Start", "start"))]}
        await client.views_publish(user_id=event["user"], view=home)

    @app.action("start")
    async def start(ack: Any, body: dict[str, Any]) -> None:
        pressed.append(body)
        await ack()

    ana = slack.person("ana")
    async with connect(app):
        await ana.opens_home()
        assert ana.home == "hello\n[Start]"
        await ana.clicks("Start")
        await ana.opens_home()
    assert pressed[0]["container"]["type"] == "view"
    assert pressed[0]["view"]["type"] == "home"
    assert [each["tab"] for each in events] == ["home", "home"]
    assert "view" not in events[0]
    assert events[1]["view"]["id"]


async def test_a_mention_reaches_the_app_in_its_channels_only(
    slack: SlackSimulator, app: AsyncApp, connect: Connect, okr: Channel
) -> None:
    events: list[dict[str, Any]] = []

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], say: Any) -> None:
        events.append(event)
        await say("Agreed.", thread_ts=event.get("thread_ts") or event["ts"])

    slack.add_channel("elsewhere", "ana")
    ana = slack.person("ana")
    parent = slack.workspace.post(okr.id, slack.person("ben").id, "shall we?")
    async with connect(app):
        await ana.mentions_bot("agree <now>", thread=parent)
        await ana.mentions_bot("hello?", channel="elsewhere")
    (event,) = events
    bot = slack.installations[0].bot_user_id
    assert event["text"] == f"<@{bot}> agree &lt;now&gt;"
    assert event["thread_ts"] == parent.ts
    assert [each.text for each in okr.thread(parent.ts)][-1] == "Agreed."
    assert ana.sees("You mentioned @hoshin, but they're not in this channel.")


async def test_a_stranger_may_press_but_not_command(
    slack: SlackSimulator, app: AsyncApp, connect: Connect, client: AsyncWebClient, okr: Channel
) -> None:
    users: list[dict[str, Any]] = []

    @app.action("go")
    async def go(ack: Any, body: dict[str, Any]) -> None:
        users.append(body["user"])
        await ack()

    zoe = slack.add_stranger("zoe", "okr")
    await client.chat_postMessage(channel=okr.id, text="x", blocks=[actions(button("Go", "go"))])
    async with connect(app):
        await zoe.clicks("Go")
        outcome = await zoe.types("/okr", channel="okr")
    assert users[0]["team_id"] == zoe.user.team_id != slack.workspace.team_id
    assert outcome.notice == "/okr is not a valid command."


async def test_what_is_not_on_the_screen_cannot_be_pressed(
    slack: SlackSimulator, client: AsyncWebClient, okr: Channel
) -> None:
    await client.chat_postMessage(channel=okr.id, text="x", blocks=[actions(button("Go", "go"))])
    ana = slack.person("ana")
    with pytest.raises(NotOnScreen, match=r"(?s)finds no button 'Stop' but:.*\[Go\]"):
        await ana.clicks("Stop")
    with pytest.raises(NotOnScreen, match="has no modal open"):
        await ana.submits()
    with pytest.raises(NotOnScreen, match="does not see 'gone'"):
        await ana.will_see("gone")
    with pytest.raises(NotOnScreen, match=r"no global shortcut 'Dance', only \['Check in'\]"):
        await ana.uses_shortcut("Dance")


async def test_the_newest_of_two_equal_buttons_is_meant_unless_said_else(
    slack: SlackSimulator, app: AsyncApp, connect: Connect, client: AsyncWebClient, okr: Channel
) -> None:
    pressed: list[str] = []

    @app.action("go")
    async def go(ack: Any, action: dict[str, Any]) -> None:
        pressed.append(action["value"])
        await ack()

    stamps = []
    for value in ("old", "new"):
        blocks = [actions(button("Go", "go", value=value))]
        answer = await client.chat_postMessage(channel=okr.id, text="x", blocks=blocks)
        stamps.append(answer["ts"])
    ana = slack.person("ana")
    async with connect(app):
        await ana.clicks("Go")
        await ana.clicks("Go", in_=okr.messages[stamps[0]])
        await ana.clicks("Go", nth=1)
    assert pressed == ["new", "old", "old"]


async def test_a_deactivated_person_cannot_act(slack: SlackSimulator) -> None:
    gone = slack.add_person("gone", deleted=True)
    with pytest.raises(PermissionError, match="deactivated"):
        await gone.types("/okr")
