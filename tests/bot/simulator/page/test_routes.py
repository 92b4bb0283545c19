"""The page's addresses, over real HTTP."""

import json
import re

import aiohttp
import pytest

from .compass import prompt
from .looks import text
from .showcase import MONDAY, Showcase
from .visitor import Visitor


def field(block_id: str, action_id: str) -> str:
    return json.dumps([block_id, action_id])


# ---- showing


async def test_the_first_address_leads_to_what_waits_for_the_first_person(
    shown: Showcase, visitor: Visitor
) -> None:
    await prompt(shown.slack, shown.client, "ana")

    status, html = await visitor.get("/")

    assert status == 200
    assert "Monday check-in · 3 figures" in html
    assert "<strong>You are Ana.</strong>" in html


async def test_the_sidebar_shows_what_the_person_may_see(visitor: Visitor) -> None:
    _, as_ana = await visitor.get("/as/ana/customer-service")
    _, as_ben = await visitor.get("/as/ben/customer-service")
    status, as_gus = await visitor.get("/as/gus")

    assert "leadership" in as_ana
    assert "leadership" not in as_ben
    assert status == 200
    assert "customer-service" not in as_gus


@pytest.mark.parametrize(
    "path", ["/as/ben/leadership", "/as/gus/factory", "/as/nobody", "/as/ana/nowhere", "/as/compass"]
)
async def test_what_is_not_for_the_person_is_not_there(visitor: Visitor, path: str) -> None:
    assert (await visitor.get(path))[0] == 404


async def test_times_stand_in_the_acting_persons_zone(shown: Showcase, visitor: Visitor) -> None:
    shown.slack.person("ana").client.post(shown.slack.channel("customer-service").id, "Morning")

    _, as_ana = await visitor.get("/as/ana/customer-service")
    _, as_ben = await visitor.get("/as/ben/customer-service")

    assert "Monday 23 March 2026 at 09:00:00" in as_ana
    assert "Monday 23 March 2026 at 04:00:00" in as_ben


async def test_unread_messages_are_counted_for_whom_they_call(shown: Showcase, visitor: Visitor) -> None:
    channel = shown.slack.channel("customer-service").id
    shown.slack.person("ben").client.post(channel, "Hello @ana")
    shown.slack.person("ben").client.post(channel, "and everybody else")

    _, as_ana = await visitor.get("/as/ana/all-hands")
    _, as_chiara = await visitor.get("/as/chiara/all-hands")

    assert "(1 for you)" in as_ana
    assert "(1 for you)" not in as_chiara
    assert "(unread)" in as_chiara


async def test_a_read_conversation_is_not_counted(shown: Showcase, visitor: Visitor) -> None:
    channel = shown.slack.channel("customer-service").id
    shown.slack.person("ben").client.post(channel, "Hello @ana")

    await visitor.post(f"/as/ana/{channel}/seen")

    assert "(1 for you)" not in (await visitor.get("/as/ana/all-hands"))[1]


async def test_somebody_who_left_can_be_looked_at_but_not_act(shown: Showcase, visitor: Visitor) -> None:
    channel = shown.slack.add_channel("old", "ana", "olga").id

    status, html = await visitor.get(f"/as/olga/{channel}")
    _, answer = await visitor.post(f"/as/olga/{channel}/messages", {"text": "I am back"})

    assert status == 200
    assert "is deactivated and cannot act any more" in html
    assert not answer["ok"]
    assert shown.slack.channel("old").messages == []


async def test_hostile_names_and_texts_stay_text(shown: Showcase, visitor: Visitor) -> None:
    bad = "<script>alert(1)</script>"
    ana = shown.slack.person("ana")
    shown.slack.workspace.change_user(ana.id, real_name=bad, title=bad)
    channel = shown.slack.channel("customer-service").channel
    channel.topic = channel.purpose = bad
    ana.client.post(channel.id, bad)
    shown.slack.workspace.post(channel.id, ana.id, bad, username=bad)

    _, html = await visitor.get("/as/ana/customer-service")

    assert bad not in html
    assert html.count("&lt;script&gt;") > 5


# ---- acting


async def test_what_is_typed_is_posted_with_its_mentions(shown: Showcase, visitor: Visitor) -> None:
    channel = shown.slack.channel("customer-service")
    ben = shown.slack.person("ben").id

    _, answer = await visitor.post(f"/as/ana/{channel.id}/messages", {"text": "Hi @ben\r\n<b>"})

    assert answer == {"ok": True, "notice": ""}
    assert channel.messages[-1].text == f"Hi <@{ben}>\n&lt;b&gt;"


async def test_a_slash_command_is_refused_in_a_thread(shown: Showcase, visitor: Visitor) -> None:
    channel = shown.slack.channel("customer-service")
    shown.slack.person("ana").client.post(channel.id, "A question")
    values = {"text": "/compass form", "thread_ts": channel.messages[-1].ts}

    _, answer = await visitor.post(f"/as/ana/{channel.id}/messages", values)

    assert answer == {"ok": False, "notice": "/compass is not supported in threads. Sorry!"}


async def test_a_command_that_the_app_does_not_answer_says_so(shown: Showcase, visitor: Visitor) -> None:
    channel = shown.slack.channel("customer-service").id

    _, answer = await visitor.post(f"/as/ana/{channel}/messages", {"text": "/compass silent"})

    assert answer == {"ok": False, "notice": "/compass failed because the app did not respond"}


async def test_a_button_tells_the_app_and_the_message_changes(shown: Showcase, visitor: Visitor) -> None:
    await prompt(shown.slack, shown.client, "ana")
    ana = shown.slack.person("ana").client
    (message,) = ana.dm.messages.values()
    values = {
        "channel": ana.dm.id,
        "ts": message.ts,
        "field": field("answers", "nothing_changed"),
        "value": "x",
    }

    _, answer = await visitor.post("/as/ana/acts", values)
    await shown.slack.settled()

    assert answer["ok"]
    assert "Recorded: nothing changed." in (await visitor.get(f"/as/ana/{ana.dm.id}"))[1]


async def test_nobody_presses_the_buttons_of_others(shown: Showcase, visitor: Visitor) -> None:
    await prompt(shown.slack, shown.client, "ana")
    dm = shown.slack.person("ana").client.dm
    (message,) = dm.messages.values()
    values = {"channel": dm.id, "ts": message.ts, "field": field("answers", "nothing_changed"), "value": "x"}

    _, answer = await visitor.post("/as/ben/acts", values)

    assert not answer["ok"]
    assert shown.heard == []


async def test_a_field_keeps_what_was_typed_until_the_submission(shown: Showcase, visitor: Visitor) -> None:
    ana = shown.slack.person("ana").client
    await visitor.post(f"/as/ana/{ana.dm.id}/messages", {"text": "/compass form"})
    assert ana.modal is not None
    view = {"view": ana.modal.id}

    await visitor.post("/as/ana/kept", {**view, "field": field("line", "line"), "value": "typed"})
    await visitor.post(
        "/as/ana/kept", {**view, "field": field("moment", "moment"), "value": "2026-03-23T19:00"}
    )
    _, answer = await visitor.post(f"/as/ana/views/{ana.modal.id}/submission")

    assert answer["ok"]
    values = shown.heard_values()
    assert values["line"]["line"]["value"] == "typed"
    assert values["moment"]["moment"]["selected_date_time"] == 1774288800
    assert ana.modal is None


async def test_the_client_stops_a_form_that_slack_would_stop(shown: Showcase, visitor: Visitor) -> None:
    ana = shown.slack.person("ana").client
    await visitor.post(f"/as/ana/{ana.dm.id}/messages", {"text": "/compass form"})
    assert ana.modal is not None
    values = {"view": ana.modal.id, "field": field("line", "line"), "value": "ab"}
    await visitor.post("/as/ana/kept", values)

    await visitor.post(f"/as/ana/views/{ana.modal.id}/submission")

    assert "Please enter at least 3 characters." in (await visitor.get("/as/ana/home"))[1]
    assert shown.heard == []


async def test_an_uploaded_file_reaches_the_form_and_is_handed_back_harmlessly(
    shown: Showcase, visitor: Visitor
) -> None:
    ana = shown.slack.person("ana").client
    await visitor.post(f"/as/ana/{ana.dm.id}/messages", {"text": "/compass form"})
    assert ana.modal is not None
    form = aiohttp.FormData({"view": ana.modal.id, "field": field("proof", "proof")})
    form.add_field("value", b"<script>alert(1)</script>", filename="a.png", content_type="text/html")

    await visitor.post("/as/ana/kept", form)
    (file,) = ana.modal.state["proof"]["proof"]["files"]
    file_id = file["id"]
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{visitor.url}/as/ana/files/{file_id}") as answer,
    ):
        content_type, disposition = answer.headers["Content-Type"], answer.headers["Content-Disposition"]
    others, _ = await visitor.get(f"/as/ben/files/{file_id}")

    assert content_type == "application/octet-stream"
    assert disposition == "attachment"
    assert others == 404


async def test_a_picture_that_the_app_shows_is_served_to_those_who_read_there(
    shown: Showcase, visitor: Visitor
) -> None:
    ana = shown.slack.person("ana").client
    file = ana.upload("shelf.gif", b"GIF89a", "image/gif")
    alone, _ = await visitor.get(f"/as/ben/files/{file.id}")
    block = {"type": "image", "alt_text": "A shelf", "slack_file": {"id": file.id}}
    channel = shown.slack.add_channel("shelves", "ana", "ben", bot=True)
    bot = shown.slack.installations[0]
    ana.workspace.post(channel.id, bot.bot_user_id, "A shelf", blocks=[block], bot_id=bot.bot_id)
    together, _ = await visitor.get(f"/as/ben/files/{file.id}")
    _, page = await visitor.get(f"/as/ben/{channel.id}")

    assert (alone, together) == (404, 200)
    assert f"/as/ben/files/{file.id}" in page


async def test_an_external_select_offers_what_the_app_finds(shown: Showcase, visitor: Visitor) -> None:
    ana = shown.slack.person("ana").client
    await visitor.post(f"/as/ana/{ana.dm.id}/messages", {"text": "/compass form"})
    assert ana.modal is not None
    query = f"view={ana.modal.id}&field=%5B%22pet%22%2C%20%22pet%22%5D&query=bo"

    _, body = await visitor.get(f"/as/ana/choices?{query}")

    assert json.loads(body) == {"choices": [{"value": "boxer", "label": "Boxer", "note": ""}]}


async def test_people_and_channels_are_offered_from_the_workspace(shown: Showcase, visitor: Visitor) -> None:
    ben = shown.slack.person("ben").client
    await visitor.post(f"/as/ben/{ben.dm.id}/messages", {"text": "/compass form"})
    assert ben.modal is not None
    asked = f"/as/ben/choices?view={ben.modal.id}"

    _, people = await visitor.get(f"{asked}&field=%5B%22who%22%2C%22who%22%5D&query=chi")
    _, channels = await visitor.get(f"{asked}&field=%5B%22channel%22%2C%22channel%22%5D&query=")

    assert [each["label"] for each in json.loads(people)["choices"]] == ["Chiara Bianchi"]
    labels = [each["label"] for each in json.loads(channels)["choices"]]
    assert "#factory" in labels
    assert "#leadership" not in labels


async def test_a_reaction_comes_and_goes(shown: Showcase, visitor: Visitor) -> None:
    channel = shown.slack.channel("customer-service")
    shown.slack.person("ben").client.post(channel.id, "Done")
    message = channel.messages[-1]
    values = {"channel": channel.id, "ts": message.ts, "name": "tada"}

    await visitor.post("/as/ana/reactions", values)
    after_one = dict(message.reactions)
    await visitor.post("/as/ana/reactions", values)

    assert list(after_one) == ["tada"]
    assert message.reactions == {}


async def test_a_message_shortcut_takes_the_message_along(shown: Showcase, visitor: Visitor) -> None:
    channel = shown.slack.channel("customer-service")
    shown.slack.person("ben").client.post(channel.id, "We could route by language")
    values = {"callback_id": "idea", "channel": channel.id, "ts": channel.messages[-1].ts}

    _, answer = await visitor.post("/as/ana/shortcuts", values)

    assert answer["ok"]
    assert shown.heard[-1]["message"]["text"] == "We could route by language"


async def test_somebody_may_join_a_public_channel(shown: Showcase, visitor: Visitor) -> None:
    factory = shown.slack.channel("factory")

    _, html = await visitor.get(f"/as/ana/{factory.id}")
    await visitor.post(f"/as/ana/{factory.id}/join")

    assert "without being a member" in html
    assert shown.slack.person("ana").id in factory.channel.members


async def test_a_guest_does_not_join(shown: Showcase, visitor: Visitor) -> None:
    factory = shown.slack.channel("factory")

    status, _ = await visitor.post(f"/as/gus/{factory.id}/join")

    assert status == 404
    assert shown.slack.person("gus").id not in factory.channel.members


async def test_direct_messages_begin_with_a_name(visitor: Visitor) -> None:
    status, html = await visitor.get("/as/ana/@ben")

    assert status == 200
    assert "between the two of you" in html


# ---- clock, traffic, live


async def test_the_clock_jumps_to_the_next_prompt_and_tells_what_came(
    shown: Showcase, visitor: Visitor
) -> None:
    _, answer = await visitor.post("/as/ana/clock", {"to": "next-prompt"})

    assert answer["said"] == "Monday 09:00 in Madrid · 1 new message: Ana Ruiz"
    assert shown.clock.now() == MONDAY.replace(day=30, hour=7)


async def test_the_clock_says_when_no_prompt_is_planned(shown: Showcase, visitor: Visitor) -> None:
    shown.clock.prompts.clear()

    _, answer = await visitor.post("/as/ana/clock", {"to": "next-prompt"})

    assert answer == {"ok": False, "notice": "No prompt is planned."}
    assert shown.clock.now() == MONDAY


async def test_the_traffic_shows_every_exchange_without_tokens(shown: Showcase, visitor: Visitor) -> None:
    await prompt(shown.slack, shown.client, "ana")

    _, listed = await visitor.get("/as/ana/traffic")
    numbers = re.findall(r"/as/ana/traffic/(\d+)", listed)
    details = [(await visitor.get(f"/as/ana/traffic/{number}"))[1] for number in numbers]

    assert "chat.postMessage" in listed
    assert any("Monday check-in" in each for each in details)
    assert not any(re.search(r"xox[bp]-|xapp-\d", each) for each in [listed, *details])


async def test_an_open_page_hears_of_changes(shown: Showcase) -> None:
    url = f"{shown.slack.url}/as/ana/live"
    async with aiohttp.ClientSession() as session, session.get(url) as stream:
        await stream.content.readuntil(b"\n\n")
        await shown.client.chat_postMessage(channel=shown.slack.channel("customer-service").id, text="News")

        heard = await stream.content.readuntil(b"event: changed")

    assert stream.headers["Content-Type"].startswith("text/event-stream")
    assert heard.endswith(b"event: changed")


async def test_an_open_page_does_not_hear_of_what_others_see(shown: Showcase) -> None:
    url = f"{shown.slack.url}/as/ana/live"
    team = shown.slack.channel("customer-service").id
    async with aiohttp.ClientSession() as session, session.get(url) as stream:
        await stream.content.readuntil(b"\n\n")
        ben = shown.slack.person("ben").id
        await shown.client.chat_postEphemeral(
            channel=team,
            user=ben,
            text="Between us",
            blocks=[{"type": "section", "text": text("Between us")}],
        )

        heard = await stream.content.readuntil(b"event: traffic")

    assert b"changed" not in heard
