"""The main job as a person does it: asked, answered and summed up, in a browser."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from bot.demo import Demo, playing
from tests.browser import PATIENCE, OpenPage

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


@pytest_asyncio.fixture(loop_scope="session")
async def demo() -> AsyncIterator[Demo]:
    async with playing() as demo:
        yield demo


async def act_as(page: Page, name: str) -> None:
    await page.get_by_role("button", name="Acting as").click()
    await page.get_by_role("menuitem", name=name).click()
    await expect(page.get_by_role("button", name=f"Acting as {name}")).to_be_visible()


async def press(page: Page, name: str) -> None:
    await page.get_by_role("main").get_by_role("button", name=name, exact=True).last.click()


async def fill(page: Page, label: str, text: str) -> None:
    await page.get_by_role("dialog").get_by_label(re.compile(re.escape(label))).fill(text)


async def submit(page: Page) -> None:
    await page.get_by_role("dialog").get_by_role("button", name="Check in", exact=True).click()
    await expect(page.get_by_role("dialog").get_by_text("Thank you")).to_be_visible()


async def close_form(page: Page) -> None:
    await page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    await expect(page.get_by_role("dialog")).to_be_hidden()


async def look_into(page: Page, channel: str) -> None:
    await page.get_by_role("link", name=re.compile(channel)).first.click()
    await expect(page.get_by_role("heading", name=channel).first).to_be_visible()


async def test_a_week_is_asked_answered_and_summed_up(
    demo: Demo, open_page: OpenPage, screenshots: Path
) -> None:
    page = await open_page(demo.address)
    await expect(page.get_by_text("Hello Jonas. Your weekly check-in is here")).to_be_visible()
    await page.screenshot(path=screenshots / "demo-1-first-look.png")

    clock = page.get_by_role("region", name="The simulated clock")
    for local_time in ("15:00", "16:00"):
        await clock.get_by_role("button", name=re.compile("Next prompt")).click()
        await expect(clock).to_contain_text(local_time)

    await act_as(page, "Ana Ruiz")
    await expect(page.get_by_text("Hello Ana. Your weekly check-in is here")).to_be_visible()
    await page.screenshot(path=screenshots / "demo-2-asked.png")

    await press(page, "Check in")
    await fill(page, "KR-3 First-contact resolution: value now", "78")
    await fill(page, "KR-3 First-contact resolution: note", "Routing is live for two teams")
    await page.screenshot(path=screenshots / "demo-3-form.png")
    await submit(page)
    await page.screenshot(path=screenshots / "demo-4-saved.png")
    await close_form(page)

    await page.get_by_role("link", name="Home", exact=True).click()
    await expect(page.get_by_role("main").get_by_text("78 %").first).to_be_visible()
    await page.screenshot(path=screenshots / "demo-5-home.png")

    await look_into(page, "customer-service")
    summary = page.get_by_role("log").get_by_text(re.compile("KR-3")).first
    await expect(summary).to_be_visible()
    await page.screenshot(path=screenshots / "demo-6-summary.png")

    await act_as(page, "Ben Carter")
    await press(page, "Check in")
    await fill(page, "KR-4 Knowledge-base articles checked and up to date: value now", "97")
    await submit(page)
    await close_form(page)
    await look_into(page, "customer-service")
    await expect(page.get_by_role("log").get_by_text(re.compile("KR-4")).first).to_be_visible()
    await expect(summary).to_be_visible()
    await page.screenshot(path=screenshots / "demo-7-summary-updated.png")
