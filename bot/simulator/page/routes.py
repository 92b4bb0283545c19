"""The page's addresses. `/as/<person>/<conversation>` shows what that person sees there."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.simulator.channels import Channel
from bot.simulator.client import Client, Outcome
from bot.simulator.errors import SlackError
from bot.simulator.people import User

from . import acts, clock_jumps, live, mrkdwn
from .clock import PageClock
from .html_templates import environment
from .people import path_of, reader_of
from .safety import OwnPagesOnly
from .screen import Screen

if TYPE_CHECKING:
    from bot.simulator.server import SlackSimulator

_HERE = Path(__file__).parent
_EXCHANGES_SHOWN = 150
_SHOWN_AS_PICTURE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def page_routes(
    slack: "SlackSimulator", *, clock: PageClock, welcome: str = "", start_as: str | None = None
) -> list[BaseRoute]:
    """The page of the simulated Slack, for a larger Starlette app to mount last.

    `welcome` (mrkdwn) stands above the first conversation until it is dismissed; `start_as` is the
    handle of the person whom one acts as at first, by default the first who is no guest.
    """
    page = Page(slack, clock=clock, welcome=welcome, start_as=start_as)
    app = Starlette(routes=page.routes(), middleware=[Middleware(OwnPagesOnly)])
    return [Mount("/", app=app)]


class Page:
    def __init__(
        self, slack: "SlackSimulator", *, clock: PageClock, welcome: str, start_as: str | None
    ) -> None:
        self._slack = slack
        self._clock = clock
        self._welcome = welcome
        self._start_as = start_as
        self._templates = environment()

    def routes(self) -> list[BaseRoute]:
        static = StaticFiles(directory=_HERE / "static")
        person = "/as/{person}"
        return [
            Mount("/static", app=static, name="static"),
            Route("/", self.enter),
            Route(person, self.enter_as),
            Route(f"{person}/home", self.show_home),
            Route(f"{person}/live", self.stream),
            Route(f"{person}/words", self.words),
            Route(f"{person}/choices", self.choices),
            Route(f"{person}/traffic", self.traffic),
            Route(f"{person}/traffic/{{number:int}}", self.exchange),
            Route(f"{person}/files/{{file}}", self.file),
            Route(f"{person}/clock", self.jump, methods=["POST"]),
            Route(f"{person}/acts", self.act, methods=["POST"]),
            Route(f"{person}/kept", self.keep, methods=["POST"]),
            Route(f"{person}/reactions", self.react, methods=["POST"]),
            Route(f"{person}/shortcuts", self.shortcut, methods=["POST"]),
            Route(f"{person}/opened", self.opened, methods=["POST"]),
            Route(f"{person}/views/{{view}}/submission", self.submit, methods=["POST"]),
            Route(f"{person}/views/{{view}}/closing", self.close, methods=["POST"]),
            Route(f"{person}/{{channel}}", self.show_channel),
            Route(f"{person}/{{channel}}/messages", self.send, methods=["POST"]),
            Route(f"{person}/{{channel}}/seen", self.seen, methods=["POST"]),
            Route(f"{person}/{{channel}}/join", self.join, methods=["POST"]),
        ]

    # ---- what is shown ----------------------------------------------------------------------

    async def enter(self, _request: Request) -> Response:
        people = [each for each in self._slack.workspace.users.values() if not each.is_bot]
        named = self._slack.workspace.find_user(self._start_as) if self._start_as else None
        able = [each for each in people if not each.deleted and not each.is_guest]
        first = named or next(iter(able or people), None)
        if first is None:
            raise HTTPException(404, "Nobody lives in this workspace yet.")
        return RedirectResponse(path_of(first), status_code=303)

    async def enter_as(self, request: Request) -> Response:
        """To what waits for the person, else to their first channel."""
        client = self._client(request)
        own = client.workspace.conversations_of(client.user_id)
        waiting = [each for each in own if each.id == client.dm.id and each.unread(client.user_id)]
        channels = sorted((each for each in own if not each.is_direct), key=lambda each: each.name)
        place = next(iter([*waiting, *channels]), client.dm)
        return RedirectResponse(f"{path_of(client.user)}/{place.id}", status_code=303)

    async def show_home(self, request: Request) -> Response:
        screen = Screen(self._client(request))
        return self._html("page.html", screen.home() | self._extras(screen))

    async def show_channel(self, request: Request) -> Response:
        client = self._client(request)
        screen = Screen(client)
        shown = screen.channel(
            self._channel(client, request),
            first_new=request.query_params.get("new"),
            thread=request.query_params.get("thread", ""),
        )
        return self._html("page.html", shown | self._extras(screen))

    async def stream(self, request: Request) -> Response:
        client = self._client(request)

        async def frames() -> Any:
            with self._slack.feed.subscribe() as changes:
                if request.query_params.get("since") != str(self._slack.feed.revision):
                    yield live.CHANGED  # between the drawing of the page and now
                async for frame in live.events(changes, client.user_id, self._clock):
                    yield frame

        return StreamingResponse(
            frames(), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def words(self, request: Request) -> Response:
        screen = Screen(self._client(request))
        return JSONResponse(screen.words())

    async def choices(self, request: Request) -> Response:
        try:
            found = await acts.choices(self._client(request), dict(request.query_params))
        except (SlackError, LookupError):
            return JSONResponse({"choices": [], "notice": "The app's answer could not be used."})
        return JSONResponse({"choices": found})

    async def traffic(self, request: Request) -> Response:
        client = self._client(request)
        zone = reader_of(client.workspace, client.user).zone
        newest = list(self._slack.traffic)[: -_EXCHANGES_SHOWN - 1 : -1]
        exchanges = [
            {
                "number": each.number,
                "time": f"{each.at.astimezone(zone):%H:%M:%S}",
                "direction": each.direction,
                "name": each.name,
                "result": each.result,
                "took": f"{each.duration * 1000:.0f} ms",
            }
            for each in newest
        ]
        return self._html("exchanges.html", {"exchanges": exchanges, "path": path_of(client.user)})

    async def exchange(self, request: Request) -> Response:
        wanted = int(request.path_params["number"])
        found = next((each for each in self._slack.traffic if each.number == wanted), None)
        if found is None:
            raise HTTPException(404, "This exchange is forgotten.")
        return PlainTextResponse(json.dumps(found.details, indent=2, ensure_ascii=False, default=str))

    async def file(self, request: Request) -> Response:
        client = self._client(request)
        file = client.workspace.files.get(request.path_params["file"])
        shared = file is not None and any(acts.may_read(client, each) for each in file.shared_in)
        if file is None or not (shared or file.user in {client.user_id, client.installation.bot_user_id}):
            raise HTTPException(404, "There is no such file here.")
        if file.mimetype in _SHOWN_AS_PICTURE:
            return Response(file.content, media_type=file.mimetype)
        # Anything else is handed over, never shown: an uploaded page must not act as this one.
        return Response(
            file.content,
            media_type="application/octet-stream",
            headers={"Content-Disposition": "attachment"},
        )

    # ---- what is done -----------------------------------------------------------------------

    async def send(self, request: Request) -> Response:
        client = self._client(request)
        channel = self._channel(client, request)
        form = await request.form()
        text = str(form.get("text", "")).replace("\r\n", "\n").strip("\n")
        if not text.strip():
            return _answer(Outcome())
        thread_ts = str(form.get("thread_ts") or "") or None
        return await _acted(lambda: client.send(channel.id, text, thread_ts))

    async def act(self, request: Request) -> Response:
        client = self._client(request)
        async with request.form() as form:
            return await _acted(lambda: acts.use(client, form))

    async def keep(self, request: Request) -> Response:
        client = self._client(request)
        async with request.form() as form:
            return await _acted(lambda: acts.keep(client, form))

    async def react(self, request: Request) -> Response:
        return _answer(acts.react(self._client(request), await request.form()))

    async def shortcut(self, request: Request) -> Response:
        client = self._client(request)
        form = await request.form()
        callback_id = str(form.get("callback_id", ""))
        if not form.get("ts"):
            return await _acted(lambda: client.shortcut(callback_id))
        message = client.workspace.find_message(str(form.get("channel")), str(form["ts"]))
        if message is None or not acts.may_read(client, message.channel):
            return _answer(Outcome("This message is gone."))
        return await _acted(lambda: client.message_shortcut(callback_id, message))

    async def submit(self, request: Request) -> Response:
        client = self._client(request)
        return await _acted(lambda: acts.submit(client, request.path_params["view"]))

    async def close(self, request: Request) -> Response:
        client = self._client(request)
        whole = (await request.form()).get("which") == "all"
        view_id = request.path_params["view"]
        return await _acted(lambda: acts.close(client, view_id, whole_stack=whole))

    async def opened(self, request: Request) -> Response:
        """The person looks at a tab of the app, which the app hears of."""
        client = self._client(request)
        if client.user.deleted:
            return _answer(Outcome())
        if (await request.form()).get("tab") == "home":
            client.open_home()
        else:
            client.open_messages()
        return _answer(Outcome())

    async def seen(self, request: Request) -> Response:
        client = self._client(request)
        channel = self._channel(client, request)
        if client.user_id in channel.members:
            client.read(channel.id)
        return _answer(Outcome())

    async def join(self, request: Request) -> Response:
        client = self._client(request)
        return _answer(acts.join(client, self._channel(client, request)))

    async def jump(self, request: Request) -> Response:
        """Moves the clock and says what came of it. The next prompt may be none."""
        client = self._client(request)
        workspace, zone = client.workspace, reader_of(client.workspace, client.user).zone
        to = str((await request.form()).get("to", ""))
        try:
            target = await clock_jumps.target_of(to, self._clock, zone)
        except LookupError:
            raise HTTPException(400, "The clock has no such button.") from None
        if target is None:
            return _answer(Outcome("No prompt is planned."))
        before = clock_jumps.messages_of(workspace)
        await self._clock.jump_to(target.astimezone(UTC))
        after = clock_jumps.messages_of(workspace)
        posted = [message for key, message in after.items() if key not in before]
        said = clock_jumps.account(workspace, self._clock.now(), zone, posted)
        return JSONResponse({"ok": True, "said": said})

    # ---- inside -----------------------------------------------------------------------------

    def _client(self, request: Request) -> Client:
        user = self._slack.workspace.find_user(request.path_params["person"])
        if user is None or user.is_bot or user.team_id != self._slack.workspace.team_id:
            raise HTTPException(404, "Nobody of this name lives here.")
        return self._slack.client(user.id)

    def _channel(self, client: Client, request: Request) -> Channel:
        """By id or name; "@ben" opens the direct messages with Ben."""
        which = request.path_params["channel"]
        channel = client.workspace.find_channel(which)
        if channel is None and which.startswith("@"):
            other: User | None = client.workspace.find_user(which)
            channel = client.workspace.open_im(client.user_id, other.id) if other else None
        if channel is None or not acts.may_read(client, channel.id):
            raise HTTPException(404, "There is no such conversation here.")
        return channel

    def _extras(self, screen: Screen) -> dict[str, Any]:
        return {"welcome": mrkdwn.render(self._welcome, screen.reader)}

    def _html(self, template: str, shown: dict[str, Any]) -> HTMLResponse:
        html = self._templates.get_template(template).render(shown, revision=self._slack.feed.revision)
        return HTMLResponse(html, headers={"Cache-Control": "no-store"})


async def _acted(act: Callable[[], Awaitable[Outcome]]) -> Response:
    try:
        return _answer(await act())
    except (PermissionError, LookupError) as refusal:
        return _answer(Outcome(str(refusal)))


def _answer(outcome: Outcome) -> JSONResponse:
    return JSONResponse({"ok": outcome.ok, "notice": outcome.notice})
