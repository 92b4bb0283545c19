"""Pages of the showcase, opened where a test begins."""

from typing import Unpack

from playwright.async_api import Page, expect

from tests.browser import OpenPage, Window

from .compass import prompt
from .showcase import Showcase

NARROW = 400
"""The width of a phone."""


def channel_url(shown: Showcase, person: str = "ana", channel: str = "customer-service") -> str:
    return f"{shown.slack.url}/as/{person}/{shown.slack.channel(channel).id}"


async def opened_modal(shown: Showcase, open_page: OpenPage, **window: Unpack[Window]) -> Page:
    """Ana's page with the check-in modal open."""
    await prompt(shown.slack, shown.client, "ana")
    page = await open_page(f"{shown.slack.url}/as/ana", **window)
    await page.get_by_role("button", name="Check in", exact=True).click()
    await expect(page.get_by_role("dialog", name="Check in")).to_be_visible()
    return page
