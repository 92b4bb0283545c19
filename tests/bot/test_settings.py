"""The environment: a missing or malformed setting is one sentence that names it."""

from base64 import urlsafe_b64encode

import pytest
from cryptography.fernet import Fernet

from bot.settings import LogFormat, read_settings, require_tokens
from storage.rules.errors import Invalid

TOKENS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")
OAUTH = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "HOSHIN_ENCRYPTION_KEYS")


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    names = (*TOKENS, *OAUTH, "SLACK_API_URL", "DATABASE_URL", "HOST", "PORT", "HOSHIN_OPS_PORT")
    for name in (*names, "HOSHIN_LOG_FORMAT", "HOSHIN_CLOCK"):
        monkeypatch.delenv(name, raising=False)


def test_a_bare_environment_has_the_documented_defaults() -> None:
    settings = read_settings()
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.database_url == "sqlite:///hoshin.db"
    assert (settings.host, settings.port, settings.ops_port) == ("127.0.0.1", 3000, 3000)
    assert settings.hoshin_log_format is LogFormat.TEXT
    assert settings.hoshin_clock is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "xapp-wrong-kind"),
        ("SLACK_APP_TOKEN", "xoxb-wrong-kind"),
        ("HOSHIN_ENCRYPTION_KEYS", "xxx-too-short"),
        ("HOSHIN_ENCRYPTION_KEYS", f"{urlsafe_b64encode(bytes(32)).decode()},"),
        ("SLACK_API_URL", "slack.com"),
        ("SLACK_API_URL", "https://slack.com/"),
        ("DATABASE_URL", "mysql://somewhere"),
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("HOSHIN_OPS_PORT", "-1"),
        ("HOSHIN_LOG_FORMAT", "xml"),
        ("HOSHIN_CLOCK", "yesterday"),
    ],
)
def test_a_malformed_setting_is_named_and_its_value_is_not_quoted(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Invalid) as refused:
        read_settings()
    assert name in refused.value.sentence
    assert not value.startswith("x") or value not in refused.value.sentence


def test_a_rehearsal_clock_without_a_zone_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOSHIN_CLOCK", "2026-02-09T08:00")
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:1/api/")
    with pytest.raises(Invalid, match="HOSHIN_CLOCK needs a zone"):
        read_settings()


def test_a_rehearsal_clock_is_refused_on_slack_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOSHIN_CLOCK", "2026-02-09T08:00Z")
    with pytest.raises(Invalid, match="refused while SLACK_API_URL is Slack itself"):
        read_settings()


def test_running_needs_a_bot_token_and_a_way_in(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Invalid, match="SLACK_BOT_TOKEN is not set"):
        require_tokens(read_settings())
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    with pytest.raises(Invalid, match="Set SLACK_APP_TOKEN"):
        require_tokens(read_settings())
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "secret")
    settings = read_settings()
    require_tokens(settings)
    assert not settings.uses_socket_mode
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1")
    assert read_settings().uses_socket_mode


@pytest.mark.parametrize("missing", ["SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET", "HOSHIN_ENCRYPTION_KEYS"])
def test_many_workspaces_need_all_their_settings(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    keys = f"{Fernet.generate_key().decode()}, {Fernet.generate_key().decode()}"
    values = dict(zip(OAUTH, ("1.2", "secret", keys), strict=True)) | {"SLACK_SIGNING_SECRET": "signs"}
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    require_tokens(settings)
    assert settings.uses_oauth
    assert not settings.uses_socket_mode
    monkeypatch.delenv(missing)
    with pytest.raises(Invalid, match=f"{missing} is not set"):
        require_tokens(read_settings())


def test_many_workspaces_are_not_served_by_socket_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1")
    with pytest.raises(Invalid, match="SLACK_APP_TOKEN is set, but many workspaces"):
        require_tokens(read_settings())


def test_a_bot_token_means_one_workspace_whatever_else_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    assert not read_settings().uses_oauth


def test_the_printed_settings_show_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in zip(TOKENS, ("xoxb-secret", "xapp-secret", "secret-secret"), strict=True):
        monkeypatch.setenv(name, value)
    assert "secret" not in str(read_settings().model_dump()).replace("signing_secret", "").replace(
        "client_secret", ""
    )
