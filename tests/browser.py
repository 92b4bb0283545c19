"""A real browser for tests that walk a page, and a place for the pictures that they take.

from tests.browser import browser, open_page, screenshots  # in a conftest.py

@pytest.mark.browser
async def test_…(open_page: OpenPage, screenshots: Path) -> None:
    page = await open_page(slack.url, dark=True)
    await page.screenshot(path=screenshots / "home.png")

The browser lives as long as the run, so tests marked `browser` share the run's event loop (tests/conftest.py
sees to it), and so must their fixtures: `@pytest_asyncio.fixture(loop_scope="session")`.
"""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol, TypedDict, Unpack

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

SCREENSHOTS = Path(__file__).parent.parent / "screenshots"
PATIENCE = 60_000
"""Milliseconds for which a browser looks for something on the page; a run that passes never waits for it."""
expect.set_options(timeout=PATIENCE)

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Window(TypedDict, total=False):
    """1280 × 800 and light unless said otherwise."""

    width: int
    height: int
    dark: bool


class OpenPage(Protocol):
    async def __call__(self, url: str, **window: Unpack[Window]) -> Page: ...


def find_browser() -> str | None:
    """The path of a Chromium on this machine; None where none is installed."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium, started once; `open_page` gives each test a profile of its own in it."""
    executable = find_browser()
    if executable is None:
        pytest.skip(f"No browser is installed (looked for {', '.join(_NAMES)}).")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=executable, args=_ARGUMENTS)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser) -> AsyncIterator[OpenPage]:
    """Opens pages, each with cookies and storage of its own; a fault in a page's script fails the test."""
    faults: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            faults.append(message.text)

    async def opened(url: str, **window: Unpack[Window]) -> Page:
        context = await browser.new_context(
            viewport={"width": window.get("width", 1280), "height": window.get("height", 800)},
            color_scheme="dark" if window.get("dark") else "light",
        )
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", note)
        await page.goto(url)
        return page

    yield opened
    for context in browser.contexts:
        await context.close()
    assert faults == []


@pytest.fixture
def screenshots() -> Path:
    """The folder for pictures; git ignores it."""
    SCREENSHOTS.mkdir(exist_ok=True)
    return SCREENSHOTS
