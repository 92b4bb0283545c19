"""The app of the showcase: it answers just enough to try everything on the page."""

import asyncio
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.simulator import SlackSimulator

from .looks import EVERY_BLOCK, PROMPT_BLOCKS, check_in_view, form_view, home_blocks, option, plain, text

PETS = ["Basset", "Beagle", "Boxer", "Collie", "Corgi", "Poodle", "Whippet"]

Heard = list[dict[str, Any]]


async def prompt(slack: SlackSimulator, client: AsyncWebClient, handle: str) -> None:
    """The Monday prompt in somebody's direct messages."""
    team = slack.channel("customer-service").id
    blocks: Any = _with(PROMPT_BLOCKS, team)
    person = slack.person(handle)
    await client.chat_postMessage(channel=person.client.dm.id, text="Monday check-in", blocks=blocks)


def _with(node: Any, team: str) -> Any:
    if isinstance(node, dict):
        return {key: _with(value, team) for key, value in node.items()}
    if isinstance(node, list):
        return [_with(each, team) for each in node]
    return node.replace("{team}", team) if isinstance(node, str) else node


def listen(app: AsyncApp, slack: SlackSimulator, heard: Heard) -> None:
    """`heard` collects every action, submission, shortcut and closing, oldest first."""
    _listen_to_commands(app)
    _listen_to_actions(app, heard)
    _listen_to_views(app, slack, heard)
    _listen_to_the_rest(app, heard)


def _listen_to_commands(app: AsyncApp) -> None:
    @app.command("/compass")
    async def compass(ack: Any, command: Any, client: Any) -> None:
        if command["text"] == "form":
            await ack()
            await client.views_open(trigger_id=command["trigger_id"], view=form_view())
        elif command["text"] == "blocks":
            await ack()
            await client.chat_postMessage(channel=command["channel_id"], text="blocks", blocks=EVERY_BLOCK)
        elif command["text"] == "silent":
            await asyncio.sleep(2)
        else:
            await ack(text=f"Nothing is called “{command['text']}”. Try `/compass form`.")


def _listen_to_actions(app: AsyncApp, heard: Heard) -> None:
    @app.action("check_in_now")
    async def check_in(ack: Any, body: Any, client: Any) -> None:
        await ack()
        heard.append(body)
        await client.views_open(trigger_id=body["trigger_id"], view=check_in_view())

    @app.action("deeper")
    async def deeper(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_push(trigger_id=body["trigger_id"], view=check_in_view(deep=True))

    @app.action("redraw")
    async def redraw(ack: Any, body: Any, client: Any) -> None:
        await ack()
        view = check_in_view()
        view["blocks"].insert(0, {"type": "header", "text": plain("Drawn again")})
        await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)

    @app.action({"block_id": "answers", "action_id": "nothing_changed"})
    async def nothing(ack: Any, body: Any, client: Any) -> None:
        await ack()
        heard.append(body)
        blocks = [
            *body["message"]["blocks"][:-1],
            {"type": "context", "elements": [text("Recorded: nothing changed.")]},
        ]
        await client.chat_update(
            channel=body["channel"]["id"], ts=body["message"]["ts"], text="Recorded", blocks=blocks
        )

    @app.action("home_button")
    async def home_button(ack: Any, body: Any) -> None:
        await ack()
        heard.append(body)

    @app.action("why")
    async def why(ack: Any, respond: Any) -> None:
        await ack()
        await respond(
            text="You own KR-3, and Monday is the team's day.",
            response_type="ephemeral",
            replace_original=False,
        )


def _listen_to_views(app: AsyncApp, slack: SlackSimulator, heard: Heard) -> None:
    @app.view("check_in_view")
    async def recorded(ack: Any, body: Any, client: Any) -> None:
        heard.append(body)
        value = body["view"]["state"]["values"]["value"]["value"]["value"]
        if value == "99":
            await ack(response_action="errors", errors={"value": "99 is more than it ever was. 78?"})
            return
        await ack()
        team = slack.channel("customer-service").id
        await client.chat_postMessage(
            channel=team, text=f"KR-3 moved from 74 % to *{value} %* (<@{body['user']['id']}>)."
        )

    @app.view("form_view")
    async def form(ack: Any, body: Any) -> None:
        heard.append(body)
        await ack()

    @app.view_closed("check_in_view")
    async def closed(ack: Any, body: Any) -> None:
        heard.append(body)
        await ack()

    @app.options("pet")
    @app.options("pets")
    async def pets(ack: Any, payload: Any) -> None:
        found = [each for each in PETS if payload["value"].lower() in each.lower()]
        await ack(options=[option(each, each.lower()) for each in found])


def _listen_to_the_rest(app: AsyncApp, heard: Heard) -> None:
    @app.shortcut("check_in")
    async def global_shortcut(ack: Any, shortcut: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view=check_in_view())

    @app.shortcut("idea")
    async def message_shortcut(ack: Any, shortcut: Any) -> None:
        await ack()
        heard.append(shortcut)

    @app.event("app_home_opened")
    async def home(event: Any, client: Any) -> None:
        if event["tab"] == "home":
            view = {"type": "home", "blocks": home_blocks()}
            await client.views_publish(user_id=event["user"], view=view)

    @app.event("message")
    async def message() -> None:
        """Direct messages are heard and left alone."""

    @app.event("app_mention")
    async def mention(event: Any, client: Any) -> None:
        thread = event.get("thread_ts", event["ts"])
        await client.chat_postMessage(channel=event["channel"], thread_ts=thread, text="At your service.")
