"""The simulator's HTTP side: uvicorn in the running event loop, started and stopped at once."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute


class HttpServer:
    """`port` 0 takes a free one; `url` is known from the start on."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._listener: socket.socket | None = None
        self._server: uvicorn.Server | None = None

    @property
    def url(self) -> str:
        if self._listener is None:
            raise RuntimeError("The simulator is not started: it has no address yet.")
        return f"http://{self._host}:{self._listener.getsockname()[1]}"

    async def start(self, routes: Sequence[BaseRoute]) -> None:
        """Signals stay with whoever runs the process: this is not `uvicorn.Server.serve`."""
        # Named as TCP, or asyncio leaves Nagle on: 40 ms for every answer on a kept connection.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self._host, self._port))
        except OSError:
            listener.close()
            raise
        config = uvicorn.Config(
            Starlette(routes=routes),
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            date_header=False,
            server_header=False,
        )
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=[listener])
        self._listener, self._server = listener, server

    async def stop(self) -> None:
        """At once: what is still open is cut (a page's stream of changes never ends by itself)."""
        if self._server is None or self._listener is None:
            return
        for listening in self._server.servers:
            listening.close()
        self._listener.close()
        state = self._server.server_state
        for connection in tuple(state.connections):
            _abort(connection)
        tasks = tuple(state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def cut(self, client: tuple[str, int]) -> None:
        """Cut the connection whose other end is that address and port."""
        if self._server is None:
            return
        for connection in tuple(self._server.server_state.connections):
            if getattr(connection, "client", None) == client:
                _abort(connection)


def _abort(connection: object) -> None:
    transport = getattr(connection, "transport", None)
    if transport is not None:
        transport.abort()
