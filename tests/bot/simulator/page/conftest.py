"""The showcase, running, for every test of this folder."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.browser import browser, open_page, screenshots

from .showcase import Showcase, showcase
from .visitor import Visitor

__all__ = ["browser", "open_page", "screenshots", "shown", "visitor"]


@pytest.fixture
async def shown() -> AsyncIterator[Showcase]:
    async with showcase(welcome="*You are Ana.* Open Compass under Apps.") as running:
        yield running


@pytest.fixture
async def visitor(shown: Showcase) -> AsyncIterator[Visitor]:
    async with aiohttp.ClientSession() as session:
        yield Visitor(session, shown.slack.url)
