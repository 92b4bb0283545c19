"""`/slack/install` and `/slack/oauth_redirect`: a workspace adds the app by itself.

The state that goes to Slack and comes back is good once and for ten minutes. Its hash stands in the database,
so that any process may take the return, and a cookie binds it to the browser that began.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from urllib.parse import quote, urljoin

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth import AuthorizeUrlGenerator, OAuthStateUtils
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.clock import Clock
from bot.connecting import Connecting
from bot.encryption import Cipher
from bot.followups import fault_of
from bot.installations import SLACK_FAULTS, Installation
from bot.manifest import SCOPES
from bot.settings import Settings
from bot.tasks import Supervisor
from storage.database import Database

log = structlog.get_logger()

INSTALL, REDIRECT = "/slack/install", "/slack/oauth_redirect"
COOKIE = OAuthStateUtils()

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    # The address holds Slack's code.
    "Referrer-Policy": "no-referrer",
}

STYLE = (
    "body{font:17px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem;color:#1d1c1d}"
    "h1{font-size:1.5rem}a{color:#1f3a4d}"
)

CANCELLED = "Nothing was installed: Slack says that it was not allowed."
STALE = (
    "This installation was begun in another browser, took longer than ten minutes, or was finished already. "
    "Nothing was changed."
)
REFUSED = "Slack did not confirm the installation ({fault}). Nothing was changed."
AWAY = "Slack could not be reached for a moment. Nothing was changed."
BUSY = "Hoshin is busy for a moment. Nothing was changed."
ORGANISATION = (
    "Hoshin is installed in single workspaces, not in a whole Enterprise organisation. Choose one "
    "workspace on Slack's page."
)


class _Refused(Exception):
    """An installation that does not come about: the status, and the sentence for the page."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Flow:
    """The way to Slack's authorize page and back. `real_clock`: a rehearsal does not move it."""

    settings: Settings
    database: Database
    connecting: Connecting
    cipher: Cipher
    supervisor: Supervisor
    real_clock: Clock

    def routes(self) -> list[Route]:
        return [Route(INSTALL, self.install), Route(REDIRECT, self.take_back)]

    async def install(self, request: Request) -> Response:
        del request
        state = secrets.token_urlsafe(32)
        now = self.real_clock.now()
        expires_at = now + timedelta(seconds=COOKIE.expiration_seconds)
        try:
            await self.database.run_workspaces(
                lambda them: them.installations.add_state(_hash(state), expires_at=expires_at, now=now)
            )
        except SQLAlchemyError as error:
            log.warning("install_not_begun", fault=fault_of(error))
            return _page(503, BUSY)
        address = AuthorizeUrlGenerator(
            client_id=quote(self.settings.slack_client_id or ""),
            scopes=sorted(SCOPES),
            authorization_url=urljoin(self.settings.slack_api_url, "../oauth/v2/authorize"),
        ).generate(state)
        headers = {"Cache-Control": "no-store", "Set-Cookie": COOKIE.build_set_cookie_for_new_state(state)}
        return RedirectResponse(address, 302, headers)

    async def take_back(self, request: Request) -> Response:
        try:
            installation, granted = await self._finish(request)
        except _Refused as refused:
            return _page(refused.status, refused.sentence)
        installer = str((granted.get("authed_user") or {}).get("id") or "")
        # While the person reads the page; the regular look-up repeats it.
        self.supervisor.start(self._look_up(installation, installer), what="install")
        log.info("installed", workspace=installation.workspace_id, team=installation.team_id)
        name = str((granted.get("team") or {}).get("name") or "")
        return _welcome(name, str(granted.get("app_id") or ""), installation.team_id)

    async def _look_up(self, installation: Installation, installer: str) -> None:
        if installer:
            await self.connecting.note_installer(installation, installer)
        await self.connecting.look_up(installation)

    async def _finish(self, request: Request) -> tuple[Installation, AsyncSlackResponse]:
        """The installation, and what Slack granted."""
        if "error" in request.query_params:
            raise _Refused(200, CANCELLED)
        code = request.query_params.get("code", "")
        try:
            if not code or not await self._take_state(request):
                raise _Refused(400, STALE)
            granted = await self.connecting.slack.exchange(code, *_credentials(self.settings))
            if granted.get("is_enterprise_install"):
                raise _Refused(400, ORGANISATION)
            token = str(granted["access_token"])
            installation = await self.connecting.install(token, sealed_token=self.cipher.seal(token))
        except SlackApiError as error:
            log.warning("install_refused", fault=fault_of(error))
            raise _Refused(400, REFUSED.format(fault=fault_of(error))) from None
        except SLACK_FAULTS as error:
            log.warning("install_failed", fault=fault_of(error))
            raise _Refused(503, AWAY) from None
        except SQLAlchemyError as error:
            log.warning("install_failed", fault=fault_of(error))
            raise _Refused(503, BUSY) from None
        return installation, granted

    async def _take_state(self, request: Request) -> bool:
        state = request.query_params.get("state", "")
        if not COOKIE.is_valid_browser(state, {"cookie": request.headers.getlist("cookie")}):
            return False
        now = self.real_clock.now()
        return await self.database.run_workspaces(
            lambda them: them.installations.take_state(_hash(state), now)
        )


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


def _credentials(settings: Settings) -> tuple[str, str]:
    secret = settings.slack_client_secret
    return settings.slack_client_id or "", secret.get_secret_value() if secret else ""


def _welcome(name: str, app_id: str, team_id: str) -> Response:
    address = f"https://slack.com/app_redirect?app={quote(app_id)}&team={quote(team_id)}"
    return _html(
        200,
        f"Hoshin is installed in {name or 'your workspace'}",
        "Open it in Slack: its Home tab shows how to begin, and so does <code>/hoshin help</code>.",
        f'<a href="{escape(address)}">Open Slack</a>',
    )


def _page(status: int, sentence: str) -> Response:
    again = f'<a href="{INSTALL}">Try again</a>'
    return _html(status, "Hoshin was not installed", escape(sentence), again)


def _html(status: int, title: str, sentence: str, link: str) -> Response:
    """`title` is text; `sentence` and `link` are HTML."""
    heading = escape(title)
    headers = {**HEADERS, "Set-Cookie": COOKIE.build_set_cookie_for_deletion()}
    return HTMLResponse(
        f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>{heading}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
        f"<h1>{heading}</h1><p>{sentence}</p><p>{link}</p></html>",
        status,
        headers,
    )
