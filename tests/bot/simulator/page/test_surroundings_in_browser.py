"""Home, clock, traffic and looks in a real browser."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser import OpenPage, Window

from .screens import NARROW, channel_url, opened_modal
from .showcase import Showcase

pytestmark = pytest.mark.browser


# ---- home, clock, traffic


async def test_the_home_is_drawn_when_it_is_opened_and_its_buttons_work(
    shown: Showcase, open_page: OpenPage, screenshots: Path
) -> None:
    page = await open_page(f"{shown.slack.url}/as/ana")
    await page.get_by_role("link", name="Compass").click()
    await page.get_by_role("navigation", name="Compass").get_by_role("link", name="Home").click()
    await expect(page.get_by_role("heading", name="What waits for you")).to_be_visible()
    await page.screenshot(path=screenshots / "page-home.png")

    await page.get_by_role("button", name="Update").first.click()
    await shown.slack.settled()

    assert shown.heard[-1]["actions"][0]["action_id"] == "home_button"


async def test_the_clock_jumps_and_says_what_came(shown: Showcase, open_page: OpenPage) -> None:
    shown.clock.pause = 0.3
    page = await open_page(channel_url(shown))
    jumps = page.get_by_role("form", name="Move the clock forward")

    await page.get_by_role("button", name="Next prompt").click()

    await expect(jumps).to_have_attribute("aria-busy", "true")
    await expect(page.get_by_role("status")).to_have_text("Monday 09:00 in Madrid · 1 new message: Ana Ruiz")
    await expect(page.get_by_role("region", name="The simulated clock")).to_contain_text("30 March 2026")
    await expect(page.get_by_role("link", name="Compass (1 for you)")).to_be_visible()
    await expect(jumps).not_to_have_attribute("aria-busy", "true")


async def test_the_traffic_opens_to_the_payload(
    shown: Showcase, open_page: OpenPage, screenshots: Path
) -> None:
    page = await open_page(channel_url(shown))
    await page.get_by_role("button", name="Traffic between Slack and the app").click()
    await shown.client.chat_postMessage(
        channel=shown.slack.channel("customer-service").id, text="Over the wire"
    )
    row = page.get_by_text("chat.postMessage").first

    await row.click()

    await expect(page.locator(".payload").filter(has_text="Over the wire")).to_be_visible()
    await page.screenshot(path=screenshots / "page-traffic.png")


async def test_the_first_visit_is_welcomed_once(shown: Showcase, open_page: OpenPage) -> None:
    page = await open_page(channel_url(shown))
    welcome = page.get_by_role("complementary", name="What this is")
    await expect(welcome).to_contain_text("You are Ana.")

    await page.get_by_role("button", name="Hide this note").click()
    await expect(welcome).to_be_hidden()
    await page.reload()

    await expect(page.get_by_role("heading", name="customer-service", exact=True)).to_be_visible()
    await expect(welcome).to_be_hidden()


# ---- looks


@pytest.mark.parametrize(
    ("name", "window"),
    [
        ("light", {}),
        ("dark", {"dark": True}),
        ("narrow", {"width": NARROW}),
    ],
)
async def test_every_block_fits_the_window(
    shown: Showcase, open_page: OpenPage, screenshots: Path, name: str, window: Window
) -> None:
    page = await open_page(channel_url(shown), **window)
    composer = page.get_by_label("Message #customer-service")
    await composer.fill("/compass blocks")
    await composer.press("Enter")
    await expect(page.get_by_role("button", name="Approve")).to_be_visible()
    await page.screenshot(path=screenshots / f"page-blocks-{name}.png")

    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    parts = page.locator(".message, .composer, .head")
    assert await parts.evaluate_all("all => all.filter(e => e.scrollWidth > e.clientWidth + 1).length") == 0


async def test_on_a_phone_the_sidebar_is_a_drawer(
    shown: Showcase, open_page: OpenPage, screenshots: Path
) -> None:
    page = await open_page(channel_url(shown), width=NARROW)
    sidebar = page.get_by_role("navigation", name="Northwind Care")
    await expect(sidebar).to_be_hidden()

    await page.get_by_role("button", name="Channels and people").click()
    await expect(sidebar).to_be_visible()
    await page.screenshot(path=screenshots / "page-drawer.png")
    await page.get_by_role("link", name="all-hands").click()

    await expect(sidebar).to_be_hidden()
    await expect(page.get_by_role("heading", name="all-hands", exact=True)).to_be_visible()


async def test_a_modal_fits_a_phone_in_the_dark(
    shown: Showcase, open_page: OpenPage, screenshots: Path
) -> None:
    page = await opened_modal(shown, open_page, width=NARROW, dark=True)
    await page.screenshot(path=screenshots / "page-modal-narrow-dark.png")

    box = await page.get_by_role("dialog").bounding_box()

    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= NARROW


async def test_the_theme_can_be_chosen_and_is_remembered(shown: Showcase, open_page: OpenPage) -> None:
    page = await open_page(channel_url(shown))
    await page.get_by_role("button", name="Light or dark").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    await page.reload()

    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
