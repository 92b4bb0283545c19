"""A Slack that does next to nothing, in a process of its own, so that it costs the measured one no time.

It answers chat.postMessage after a set delay, counts every message by the key in its metadata, answers
conversations.open and conversations.history from what it counted, and can enforce rates. Written on bare
asyncio: a web framework here would be slower than what is measured.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs
from urllib.request import urlopen

MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class Stub:
    """A running stub, as the benchmark sees it."""

    url: str

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    def counts(self) -> dict[str, int]:
        """Messages that arrived, by key."""
        found: dict[str, int] = self._get("counts")
        return found

    def arrived(self) -> int:
        """How many messages arrived."""
        return int(self.facts()["methods"].get("chat.postMessage", 0))

    def facts(self) -> dict[str, Any]:
        """`most`: calls under way at once; `refused`: answers 429; `methods`: calls by method."""
        found: dict[str, Any] = self._get("facts")
        return found

    def reset(self, **settings: float) -> None:
        """Forgets everything. Settings: delay, a_minute (0: unlimited), spacing, minute, may_look."""
        query = "&".join(f"{name}={float(value)}" for name, value in settings.items())
        self._get(f"reset?{query}")

    def _get(self, path: str) -> Any:
        with urlopen(f"{self.url}/{path}") as answer:  # noqa: S310 - our own process on this machine
            return json.load(answer)


@contextmanager
def running_stub() -> Iterator[Stub]:
    """Starts it, and ends it afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.stub"], stdout=subprocess.PIPE, text=True
    )
    try:
        if process.stdout is None:
            raise RuntimeError("the stub has no output")
        yield Stub(process.stdout.readline().strip())
    finally:
        process.kill()
        process.wait()


class _State:
    """What arrived since the last reset."""

    def __init__(
        self,
        delay: float = 0.05,
        a_minute: float = 0,
        spacing: float = 0,
        minute: float = MINUTE_S,
        may_look: float = 1,
    ) -> None:
        self.delay, self.a_minute, self.spacing, self.minute = delay, a_minute, spacing, minute
        self.may_look = bool(may_look)
        self.counts: Counter[str] = Counter()
        self.methods: Counter[str] = Counter()
        self.messages: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.recent: deque[float] = deque()
        self.posted_at: dict[str, float] = {}
        self.under_way = self.most = self.refused = self.number = 0

    def facts(self) -> dict[str, Any]:
        return {"most": self.most, "refused": self.refused, "methods": self.methods}

    def call(self, method: str, arguments: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.methods[method] += 1
        if method == "chat.postMessage":
            return self._post(arguments)
        if method.startswith("views."):
            return 200, {"ok": True, "view": {"id": "V1"}}
        if not self.may_look:
            return 200, {"ok": False, "error": "missing_scope"}
        if method == "conversations.open":
            return 200, {"ok": True, "channel": {"id": "D" + arguments["users"]}}
        return 200, {"ok": True, "messages": self.messages[arguments["channel"]], "has_more": False}

    def _post(self, arguments: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        now, channel = time.monotonic(), "D" + arguments["channel"]
        if self._is_too_fast(now, channel):
            self.refused += 1
            return 429, {"ok": False, "error": "ratelimited"}
        self.number += 1
        ts = f"{time.time():.0f}.{self.number:06d}"
        metadata = arguments.get("metadata")
        if metadata is not None:
            self.counts[metadata["event_payload"]["key"]] += 1
            self.messages[channel].append({"ts": ts, "metadata": metadata})
        return 200, {"ok": True, "channel": channel, "ts": ts, "message": {"text": arguments["text"]}}

    def _is_too_fast(self, now: float, channel: str) -> bool:
        if not self.a_minute:
            return False
        while self.recent and self.recent[0] <= now - self.minute:
            self.recent.popleft()
        if len(self.recent) >= self.a_minute or now - self.posted_at.get(channel, 0.0) < self.spacing:
            return True
        self.recent.append(now)
        self.posted_at[channel] = now
        return False


class _Connection(asyncio.Protocol):
    state = _State()

    def __init__(self) -> None:
        self._received = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (request := self._take_request()) is not None:
            self._answer(*request)

    def _take_request(self) -> tuple[str, dict[str, Any]] | None:
        """(path, arguments) of the next whole request, if there is one."""
        head, found, rest = self._received.partition(b"\r\n\r\n")
        if not found:
            return None
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if len(rest) < length:
            return None
        self._received = rest[length:]
        path, _, query = head.split(b" ", 2)[1].decode().partition("?")
        arguments = {name: values[0] for name, values in parse_qs(query).items()}
        if length:
            arguments |= json.loads(rest[:length])
        return path, arguments

    def _answer(self, path: str, arguments: dict[str, Any]) -> None:
        state = self.state
        if path == "/counts":
            self._write(200, state.counts)
        elif path == "/facts":
            self._write(200, state.facts())
        elif path == "/reset":
            type(self).state = _State(**{name: float(value) for name, value in arguments.items()})
            self._write(200, {})
        else:
            status, body = state.call(path.removeprefix("/api/"), arguments)
            state.under_way += 1
            state.most = max(state.most, state.under_way)
            delay = state.delay if path == "/api/chat.postMessage" else 0.0
            asyncio.get_running_loop().call_later(delay, self._finish, state, status, body)

    def _finish(self, state: _State, status: int, body: dict[str, Any]) -> None:
        state.under_way -= 1
        self._write(status, body)

    def _write(self, status: int, body: Any) -> None:
        if self._transport.is_closing():
            return
        text = json.dumps(body).encode()
        head = f"HTTP/1.1 {status} .\r\nContent-Type: application/json\r\nRetry-After: 1\r\n"
        self._transport.write(f"{head}Content-Length: {len(text)}\r\n\r\n".encode() + text)


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Connection, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print(f"http://127.0.0.1:{port}", flush=True)  # noqa: T201 - how the benchmark learns the address
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
