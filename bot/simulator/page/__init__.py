"""The simulated Slack in a browser: a page that looks and behaves like a chat people know.

    slack = SlackSimulator("manifest.yml", now=clock.now)
    slack.mount(*page_routes(slack, clock=clock, welcome="You are Ana…", start_as="ana"))
    async with slack:
        print(slack.url)

It is drawn on the server; a small script takes over the differences when something changes. Every
act goes through `Client`, the same that the tests use.
"""

from .clock import PageClock
from .routes import page_routes

__all__ = ["PageClock", "page_routes"]
