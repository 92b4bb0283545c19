"""The environment, read once by the command line and passed on; Slack's own names where Slack has one."""

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.encryption import MAKE_A_KEY, Cipher
from storage.rules.errors import Invalid

SLACK_API_URL = "https://slack.com/api/"


class LogFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


class Settings(BaseSettings):
    """What an operator may set. Build it with `read_settings`, which words the faults."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None
    slack_api_url: str = SLACK_API_URL
    database_url: str = "sqlite:///hoshin.db"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 3000
    hoshin_ops_port: Annotated[int | None, Field(ge=0, le=65535)] = None
    hoshin_log_format: LogFormat = LogFormat.TEXT
    hoshin_clock: Annotated[datetime | None, NoDecode] = None
    hoshin_encryption_keys: SecretStr | None = None

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, token: SecretStr | None) -> SecretStr | None:
        return _starting_with(token, "xoxb-")

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, token: SecretStr | None) -> SecretStr | None:
        return _starting_with(token, "xapp-")

    @field_validator("slack_api_url")
    @classmethod
    def _api_url(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.netloc or not url.endswith("/api/"):
            raise ValueError("must be an address that ends in /api/, such as https://slack.com/api/")
        return url

    @field_validator("database_url")
    @classmethod
    def _database_url(cls, url: str) -> str:
        if not re.match(r"(sqlite|postgres(ql)?(\+psycopg)?)://", url):
            raise ValueError("must start with sqlite:/// or postgresql://")
        return url

    @field_validator("hoshin_clock")
    @classmethod
    def _clock(cls, instant: datetime | None) -> datetime | None:
        if instant is not None and instant.tzinfo is None:
            raise ValueError("needs a zone, such as 2026-02-09T08:00:00Z")
        return instant.astimezone(UTC) if instant else None

    @field_validator("hoshin_encryption_keys")
    @classmethod
    def _encryption_keys(cls, keys: SecretStr | None) -> SecretStr | None:
        if keys is not None:
            Cipher(keys.get_secret_value())
        return keys

    @model_validator(mode="after")
    def _no_rehearsal_on_slack(self) -> Self:
        if self.hoshin_clock is not None and self.is_slack_itself:
            raise ValueError(
                "HOSHIN_CLOCK is for rehearsals and is refused while SLACK_API_URL is Slack itself. "
                "Unset one of them."
            )
        return self

    @property
    def is_slack_itself(self) -> bool:
        return urlsplit(self.slack_api_url).hostname in {"slack.com", "www.slack.com"}

    @property
    def uses_socket_mode(self) -> bool:
        """Socket Mode where an app token is set, else HTTP."""
        return self.slack_app_token is not None

    @property
    def uses_oauth(self) -> bool:
        """Many workspaces, each with a token in the database; a bot token means the one workspace."""
        return self.slack_bot_token is None and self.slack_client_id is not None

    @property
    def ops_port(self) -> int:
        return self.port if self.hoshin_ops_port is None else self.hoshin_ops_port


def read_settings() -> Settings:
    """The settings from the environment.

    Raises:
        Invalid: one sentence that names each variable at fault and what it expects.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise Invalid(" ".join(_sentence(fault) for fault in error.errors())) from None


def require_bot_token(settings: Settings) -> None:
    """What sending cannot do without: the one workspace's token, or what opens those of many.

    Raises:
        Invalid: names the variable and where Slack shows it.
    """
    if settings.uses_oauth:
        _require_oauth(settings)
    elif settings.slack_bot_token is None:
        raise Invalid(
            "SLACK_BOT_TOKEN is not set. It stands in your Slack app under “OAuth & Permissions” and "
            "starts with xoxb-. To try Hoshin without Slack, run `hoshin demo`."
        )


def require_tokens(settings: Settings) -> None:
    """What `hoshin run` cannot do without: to send, and to be reached.

    Raises:
        Invalid: names the variable that is missing and where Slack shows it.
    """
    require_bot_token(settings)
    if settings.uses_oauth:
        return
    if settings.slack_app_token is None and settings.slack_signing_secret is None:
        raise Invalid(
            "Set SLACK_APP_TOKEN (starts with xapp-) for Socket Mode, or SLACK_SIGNING_SECRET for HTTP. "
            "Both stand in your Slack app under “Basic Information”."
        )


def _require_oauth(settings: Settings) -> None:
    if settings.slack_app_token is not None:
        raise Invalid(
            "SLACK_APP_TOKEN is set, but many workspaces (SLACK_CLIENT_ID) are served over HTTP alone. Unset "
            "it, or set SLACK_BOT_TOKEN to serve one workspace."
        )
    if settings.slack_client_secret is None:
        raise Invalid(
            "SLACK_CLIENT_SECRET is not set, and SLACK_CLIENT_ID is. Both stand in your Slack app under "
            "“Basic Information”."
        )
    if settings.slack_signing_secret is None:
        raise Invalid(
            "SLACK_SIGNING_SECRET is not set; many workspaces (SLACK_CLIENT_ID) need it. It stands in your "
            "Slack app under “Basic Information”."
        )
    if settings.hoshin_encryption_keys is None:
        raise Invalid(
            "HOSHIN_ENCRYPTION_KEYS is not set; many workspaces (SLACK_CLIENT_ID) need it, to keep their "
            f"tokens encrypted. {MAKE_A_KEY}"
        )


def _starting_with(token: SecretStr | None, prefix: str) -> SecretStr | None:
    if token is not None and not token.get_secret_value().startswith(prefix):
        raise ValueError(f"must start with {prefix}")
    return token


def _sentence(fault: object) -> str:
    assert isinstance(fault, dict)  # noqa: S101 - pydantic's TypedDict of one error
    name = str(fault["loc"][0]).upper() if fault["loc"] else ""
    said = str(fault["msg"]).removeprefix("Value error, ")
    # Only the message is used: pydantic's `input` may be a token.
    return f"{name} {said}." if name else said
