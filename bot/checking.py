"""What `hoshin check` looks at: one finding each, with what to do where something is wrong."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import yaml
from slack_sdk.errors import SlackApiError

from bot.databases import database_faults
from bot.encryption import Cipher, Unreadable
from bot.followups import fault_of
from bot.installations import SLACK_FAULTS, Identity, Slack
from bot.manifest import OPTIONAL_SCOPES, SCOPES, make_manifest, missing_scopes
from bot.settings import Settings, read_settings, require_tokens
from storage import schema
from storage.database import Database
from storage.repositories.installations import Installed
from storage.rules.errors import DomainError

MANIFEST = Path("manifest.yml")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, whether it is fine, and the sentence for the operator."""

    subject: str
    is_fine: bool
    sentence: str


async def run_checks() -> list[Finding]:
    """All checks, in the order in which an operator would mend things."""
    try:
        settings = read_settings()
    except DomainError as error:
        return [Finding("configuration", is_fine=False, sentence=error.sentence)]
    findings = [_check_configuration(settings), _check_manifest()]
    findings += await _check_database(settings)
    findings += await _check_slack(settings)
    if settings.uses_oauth and all(finding.is_fine for finding in findings):
        findings += await _check_installed(settings)
    return findings


def _check_configuration(settings: Settings) -> Finding:
    try:
        require_tokens(settings)
    except DomainError as error:
        return Finding("configuration", is_fine=False, sentence=error.sentence)
    mode = "Socket Mode" if settings.uses_socket_mode else "HTTP"
    if settings.uses_oauth:
        mode = "HTTP and many workspaces, by OAuth"
    elif settings.slack_client_id is not None:
        mode += " and the one workspace of SLACK_BOT_TOKEN; SLACK_CLIENT_ID is not used beside it"
    return Finding("configuration", is_fine=True, sentence=f"complete, for {mode}.")


def _check_manifest() -> Finding:
    if not MANIFEST.exists():
        return Finding(
            "manifest", is_fine=True, sentence="no manifest.yml here; `hoshin manifest` prints it."
        )
    try:
        written = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        written = None
    if written == make_manifest():
        return Finding("manifest", is_fine=True, sentence="manifest.yml is what this version needs.")
    return Finding(
        "manifest",
        is_fine=False,
        sentence="manifest.yml differs from this version. Write it anew: `hoshin manifest > manifest.yml`.",
    )


async def _check_database(settings: Settings) -> list[Finding]:
    try:
        database = Database(settings.database_url)
    except Exception as error:  # noqa: BLE001 - whatever the driver says, it is a finding
        return [Finding("database", is_fine=False, sentence=f"cannot be opened ({type(error).__name__}).")]
    try:
        faults = database_faults(database)
        if faults:
            return [Finding(part, is_fine=False, sentence=said) for part, said in faults.items()]
        rehearsal = settings.hoshin_clock
        said = (
            f"starts at {rehearsal:%Y-%m-%d %H:%M} UTC, for a rehearsal."
            if rehearsal
            else "the machine's own."
        )
        return [
            Finding("database", is_fine=True, sentence=f"answers ({database.engine.dialect.name})."),
            Finding("schema", is_fine=True, sentence=f"{schema.head()}, current."),
            Finding("clock", is_fine=True, sentence=said),
        ]
    finally:
        database.close()


async def _check_slack(settings: Settings) -> list[Finding]:
    slack = Slack(settings.slack_api_url)
    try:
        findings = []
        if settings.slack_bot_token is not None:
            bot_token = settings.slack_bot_token.get_secret_value()
            findings.append(await _asked("SLACK_BOT_TOKEN", lambda: _check_bot(slack, bot_token)))
        if settings.slack_app_token is not None:
            app_token = settings.slack_app_token.get_secret_value()
            findings.append(await _asked("SLACK_APP_TOKEN", lambda: _check_app(slack, app_token)))
        return findings
    finally:
        await slack.close()


async def _check_installed(settings: Settings) -> list[Finding]:
    """Each installed workspace: whether its token can be read, and what Slack says to it."""
    keys = settings.hoshin_encryption_keys
    cipher = Cipher(keys.get_secret_value() if keys else "")
    database, slack = Database(settings.database_url), Slack(settings.slack_api_url)
    try:
        found = await database.read_workspaces(lambda them: them.installations.list_all())
        if not found:
            sentence = "none is installed yet. Open /slack/install at your public address."
            return [Finding("workspaces", is_fine=True, sentence=sentence)]
        return [await _check_one(slack, cipher, one) for one in found]
    finally:
        await slack.close()
        database.close()


async def _check_one(slack: Slack, cipher: Cipher, one: Installed) -> Finding:
    subject = f"workspace {one.team_id}"
    try:
        token = cipher.open(one.sealed_token)
    except Unreadable:
        sentence = (
            "no key of HOSHIN_ENCRYPTION_KEYS opens its token. Add the key that it was stored with, or "
            "install again there."
        )
        return Finding(subject, is_fine=False, sentence=sentence)
    return await _asked(subject, lambda: _check_bot(slack, token, subject))


async def _check_bot(slack: Slack, token: str, subject: str = "SLACK_BOT_TOKEN") -> Finding:
    identity: Identity = await slack.identify(token)
    missing = missing_scopes(identity.scopes)
    if not missing:
        left_out = "".join(
            f" Left out: {scope} ({SCOPES[scope]})." for scope in sorted(OPTIONAL_SCOPES - identity.scopes)
        )
        sentence = f"accepted by {identity.team_name}.{left_out}"
        return Finding(subject, is_fine=True, sentence=sentence)
    uses = "; ".join(f"{scope} ({SCOPES[scope]})" for scope in missing)
    return Finding(
        subject,
        is_fine=False,
        sentence=f"lacks {uses}. Paste manifest.yml into your Slack app again and reinstall it.",
    )


async def _check_app(slack: Slack, token: str) -> Finding:
    await slack.client(token).apps_connections_open(app_token=token)
    return Finding("SLACK_APP_TOKEN", is_fine=True, sentence="accepted for Socket Mode.")


async def _asked(subject: str, ask: Callable[[], Awaitable[Finding]]) -> Finding:
    try:
        return await ask()
    except SlackApiError as error:
        return Finding(subject, is_fine=False, sentence=f"Slack does not accept it ({fault_of(error)}).")
    except SLACK_FAULTS as error:
        sentence = f"could not be tried: Slack is out of reach ({fault_of(error)})."
        return Finding(subject, is_fine=False, sentence=sentence)
