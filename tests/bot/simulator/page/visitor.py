"""A browser without a screen, for tests of the page's addresses."""

import json
from typing import Any

import aiohttp


class Visitor:
    """A browser without a screen: sends the headers that a browser sends."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self.url = url

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        async with self._session.get(f"{self.url}{path}", headers=headers) as answer:
            return answer.status, await answer.text()

    async def post(self, path: str, values: Any = None, **headers: str) -> tuple[int, Any]:
        headers.setdefault("Origin", self.url)
        url = f"{self.url}{path}"
        async with self._session.post(url, data=values or {}, headers=headers) as answer:
            body = await answer.text()
            return answer.status, json.loads(body) if body.startswith("{") else body
