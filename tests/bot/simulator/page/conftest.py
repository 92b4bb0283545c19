"""The showcase, running, for every test of this folder."""

from collections.abc import AsyncIterator

import aiohttp
import pytest_asyncio

from .showcase import Showcase, showcase
from .visitor import Visitor


@pytest_asyncio.fixture(loop_scope="session")
async def shown() -> AsyncIterator[Showcase]:
    async with showcase(welcome="*You are Ana.* Open Compass under Apps.") as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(shown: Showcase) -> AsyncIterator[Visitor]:
    async with aiohttp.ClientSession() as session:
        yield Visitor(session, shown.slack.url)
