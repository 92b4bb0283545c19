"""A local Slack workspace: what `hoshin demo` shows and what the tests talk to.

It holds people, channels, messages, modals and App Homes in memory, serves the Web API over real
HTTP and Socket Mode over a real WebSocket, and refuses what Slack refuses, with Slack's names.

    async with SlackSimulator(manifest="manifest.yml") as slack:
        ana = slack.add_person("ana", real_name="Ana Ruiz", tz="Europe/Madrid")
        ben = slack.add_person("ben")
        slack.add_channel("customer-service", "ana", "ben", bot=True)      # the bot is a member

        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        app = AsyncApp(client=client, signing_secret=slack.signing_secret)
        handler = AsyncSocketModeHandler(
            app, slack.app_token, web_client=AsyncWebClient(slack.app_token, base_url=slack.api_url)
        )
        await handler.connect_async()
        await slack.connected()

        await ana.types("/checkin")                        # in her direct messages with the bot
        await ana.fills({"First-contact resolution": "78", "Confidence": "7"})   # by label
        await ana.submits()
        assert ana.sees("78")
        assert "70 → 78" in ana.dm                         # texts: ana.screen .dm .modal .home
        await ben.opens_home()
        await ben.clicks("Check in")                       # by the label that people see
        await ben.picks("Owner", "Ana Ruiz")
        await ben.submits(force=True)                      # past the client's own checks
        await ben.types("hello", channel="customer-service")
        await ben.mentions_bot("agree", channel="customer-service", thread=message)
        await slack.settled()                              # nothing is under way any more
        print(slack.channel("customer-service").as_text())

The pieces: `Workspace` is the state (`slack.workspace`, plain objects, with a change `feed`);
`slack.client(user)` is the Slack client of one person, who presses and types (the web page stands
on it); `slack.person(name)` is the same in the words of a test. `slack.traffic` remembers calls
and deliveries, `slack.faults` makes them go wrong, `slack.routes()` is what a larger Starlette
app mounts.
"""

from .channels import Channel
from .client import Client, Outcome
from .driver import NotOnScreen, Person
from .feed import Change, Feed
from .manifest import Manifest
from .messages import File, Message
from .people import User
from .server import SlackSimulator
from .views import View
from .workspace import Workspace

__all__ = [
    "Change",
    "Channel",
    "Client",
    "Feed",
    "File",
    "Manifest",
    "Message",
    "NotOnScreen",
    "Outcome",
    "Person",
    "SlackSimulator",
    "User",
    "View",
    "Workspace",
]
