"""`/healthz`, `/readyz` and `/metrics`: for the supervisor, the load balancer and Prometheus."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.metrics import Metrics

Readiness = Callable[[], Awaitable[dict[str, str]]]
"""What is wrong, by part (`database`, `schema`, `slack`), as a sentence each; empty when ready."""


def ops_routes(readiness: Readiness, metrics: Metrics) -> list[Route]:
    """The routes of an operator; none of them says anything about people or texts."""

    async def healthz(request: Request) -> Response:
        del request
        return PlainTextResponse("ok\n")

    async def readyz(request: Request) -> Response:
        del request
        faults = await readiness()
        metrics.set_ready(not faults)
        return JSONResponse({"ready": not faults, "faults": faults}, status_code=503 if faults else 200)

    async def show_metrics(request: Request) -> Response:
        del request
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", show_metrics),
    ]
