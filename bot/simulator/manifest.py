"""What the app declared: the part of an app manifest that decides what Slack offers and sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

MAX_SHORTCUTS_OF_A_KIND = 5


class InvalidManifestError(ValueError):
    """Slack would not accept this manifest."""


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command, `name` with its slash."""

    name: str
    description: str
    usage_hint: str = ""
    should_escape: bool = False
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Shortcut:
    name: str
    kind: Literal["global", "message"]
    callback_id: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    name: str
    bot_name: str
    scopes: frozenset[str]
    optional_scopes: frozenset[str]
    commands: tuple[Command, ...]
    shortcuts: tuple[Shortcut, ...]
    events: frozenset[str]
    socket_mode: bool
    request_url: str | None = None
    """Where interactions and events go without Socket Mode."""
    options_url: str | None = None
    redirect_urls: tuple[str, ...] = ()
    """Where OAuth may go back to; the first where nothing is said."""
    home_tab: bool = True
    messages_tab: bool = True
    messages_tab_read_only: bool = False

    @classmethod
    def read(cls, source: Mapping[str, Any] | Path | str) -> Manifest:
        """From a mapping, or from the path of a YAML or JSON file.

        Raises InvalidManifestError for what the simulator (and Slack) cannot take.
        """
        if not isinstance(source, Mapping):
            source = yaml.safe_load(Path(source).read_text(encoding="utf-8"))
        if not isinstance(source, Mapping):
            raise InvalidManifestError("The manifest is not a mapping.")
        features = source.get("features") or {}
        settings = source.get("settings") or {}
        oauth = source.get("oauth_config") or {}
        scopes = oauth.get("scopes") or {}
        interactivity = settings.get("interactivity") or {}
        subscriptions = settings.get("event_subscriptions") or {}
        home = features.get("app_home") or {}
        manifest = cls(
            name=(source.get("display_information") or {}).get("name", "App"),
            bot_name=(features.get("bot_user") or {}).get("display_name", "app"),
            scopes=frozenset(scopes.get("bot") or ()),
            optional_scopes=frozenset(scopes.get("bot_optional") or ()),
            commands=tuple(_command(each) for each in features.get("slash_commands") or ()),
            shortcuts=tuple(_shortcut(each) for each in features.get("shortcuts") or ()),
            events=frozenset(subscriptions.get("bot_events") or ()),
            socket_mode=bool(settings.get("socket_mode_enabled", False)),
            request_url=interactivity.get("request_url") or subscriptions.get("request_url"),
            options_url=interactivity.get("message_menu_options_url"),
            redirect_urls=tuple(oauth.get("redirect_urls") or ()),
            home_tab=bool(home.get("home_tab_enabled", False)),
            messages_tab=bool(home.get("messages_tab_enabled", True)),
            messages_tab_read_only=bool(home.get("messages_tab_read_only_enabled", False)),
        )
        manifest.check()
        return manifest

    def check(self) -> None:
        for kind in ("global", "message"):
            count = sum(1 for each in self.shortcuts if each.kind == kind)
            if count > MAX_SHORTCUTS_OF_A_KIND:
                raise InvalidManifestError(f"{count} {kind} shortcuts: Slack takes at most 5.")
        if self.commands and "commands" not in self.scopes | self.optional_scopes:
            raise InvalidManifestError("Slash commands need the scope `commands`.")

    def command(self, name: str) -> Command | None:
        return next((each for each in self.commands if each.name == name), None)

    def shortcut(self, callback_id: str) -> Shortcut | None:
        return next((each for each in self.shortcuts if each.callback_id == callback_id), None)


def _command(declared: Mapping[str, Any]) -> Command:
    return Command(
        name=declared["command"],
        description=declared["description"],
        usage_hint=declared.get("usage_hint", ""),
        should_escape=bool(declared.get("should_escape", False)),
        url=declared.get("url"),
    )


def _shortcut(declared: Mapping[str, Any]) -> Shortcut:
    return Shortcut(
        name=declared["name"],
        kind=declared["type"],
        callback_id=declared["callback_id"],
        description=declared.get("description", ""),
    )
