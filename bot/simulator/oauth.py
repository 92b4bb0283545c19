"""OAuth: the authorize page where someone chooses a workspace, and the codes that it hands out."""

from __future__ import annotations

import base64
import secrets
import time
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from .errors import SlackError

if TYPE_CHECKING:
    from .server import SlackSimulator
    from .workspace import Workspace

METHOD = "oauth.v2.access"
LIFETIME = 600.0
"""Seconds of real time in which a code can be exchanged."""
AUTHORIZE = "/oauth/v2/authorize"
PARAMETERS = ("client_id", "scope", "state", "redirect_uri")


@dataclass(slots=True)
class Code:
    workspace: Workspace
    scopes: frozenset[str]
    redirect_uri: str | None
    expires_at: float
    used: bool = False


class OAuth:
    """What Slack's page and its method check, with Slack's names for what is wrong."""

    def __init__(self, slack: SlackSimulator) -> None:
        self._slack = slack
        self.client_id = "1000000001.2000000002"
        self.client_secret = secrets.token_hex(16)
        self.is_enterprise_install = False
        """Set it to see what the app says to an installation in a whole organisation."""
        self._codes: dict[str, Code] = {}

    def routes(self) -> list[Route]:
        return [Route(AUTHORIZE, self.authorize, methods=["GET", "POST"])]

    async def authorize(self, request: Request) -> Response:
        """GET shows the page; its form comes back with `team` and `decision` (allow or cancel)."""
        form = dict(await request.form()) if request.method == "POST" else dict(request.query_params)
        given = {name: str(value) for name, value in form.items()}
        try:
            redirect_uri = self._check(given)
        except SlackError as refusal:
            return HTMLResponse(f"<!DOCTYPE html><p>Something went wrong: {refusal.error}</p>", 400)
        if request.method == "GET":
            return HTMLResponse(self._page(given))
        answer = {"state": given.get("state", "")}
        if given.get("decision") == "allow":
            answer["code"] = self.issue(given)
        else:
            answer["error"] = "access_denied"
        return RedirectResponse(f"{redirect_uri}?{urlencode(answer)}", 302)

    def issue(self, given: dict[str, str]) -> str:
        """A code for what was asked for and granted."""
        workspace = next(each for each in self._slack.workspaces if each.team_id == given["team"])
        scopes = frozenset(given["scope"].split(","))
        if not self._slack.grant_optional_scopes:
            scopes -= self._slack.manifest.optional_scopes
        code = f"{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        expires_at = time.monotonic() + LIFETIME
        self._codes[code] = Code(workspace, scopes, given.get("redirect_uri") or None, expires_at)
        return code

    def expire(self, code: str) -> None:
        """As if its ten minutes had passed."""
        self._codes[code].expires_at = 0.0

    def exchange(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """oauth.v2.access. Raises SlackError."""
        if arguments.get("client_id") != self.client_id:
            raise SlackError("invalid_client_id")
        if arguments.get("client_secret") != self.client_secret:
            raise SlackError("bad_client_secret")
        code = self._codes.get(str(arguments.get("code")))
        if code is None or time.monotonic() > code.expires_at:
            raise SlackError("invalid_code")
        if code.used:
            raise SlackError("code_already_used")
        if (arguments.get("redirect_uri") or None) != code.redirect_uri:
            raise SlackError("bad_redirect_uri")
        code.used = True
        people = [user.id for user in code.workspace.users.values() if not user.is_bot]
        installation = self._slack.install(code.workspace, code.scopes)
        return {
            "app_id": installation.app_id,
            "authed_user": {"id": next(iter(people), "U0000000000")},
            "scope": ",".join(sorted(installation.scopes)),
            "token_type": "bot",
            "access_token": installation.token,
            "bot_user_id": installation.bot_user_id,
            "team": {"id": code.workspace.team_id, "name": code.workspace.name},
            "enterprise": None,
            "is_enterprise_install": self.is_enterprise_install,
        }

    def _check(self, given: dict[str, str]) -> str:
        """Where the page goes back to. Raises SlackError."""
        if given.get("client_id") != self.client_id:
            raise SlackError("invalid_client_id")
        scopes = frozenset(filter(None, given.get("scope", "").split(",")))
        if not scopes or not scopes <= self._slack.manifest.scopes:
            raise SlackError("invalid_scope" if scopes else "no_scopes")
        registered = self._slack.manifest.redirect_urls
        wanted = given.get("redirect_uri") or next(iter(registered), "")
        if not wanted or not any(wanted.startswith(each) for each in registered):
            raise SlackError("bad_redirect_uri")
        return wanted

    def _page(self, given: dict[str, str]) -> str:
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{escape(given[name])}">'
            for name in PARAMETERS
            if name in given
        )
        teams = "".join(
            f'<option value="{each.team_id}">{escape(each.name)}</option>' for each in self._slack.workspaces
        )
        return (
            f"<!DOCTYPE html><title>{escape(self._slack.manifest.name)} asks for access | Slack</title>"
            f'<form method="post">{hidden}<select name="team">{teams}</select>'
            '<button name="decision" value="cancel">Cancel</button>'
            '<button name="decision" value="allow">Allow</button></form>'
        )


def basic_credentials(authorization: str) -> dict[str, str]:
    """client_id and client_secret of an HTTP Basic header; empty for any other."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme != "Basic":
        return {}
    try:
        client_id, _, client_secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": client_id, "client_secret": client_secret}
