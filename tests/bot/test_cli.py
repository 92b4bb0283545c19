"""The `hoshin` program: what it prints, what it refuses, and that a refusal is a sentence."""

import socket
from pathlib import Path

import pytest
import yaml

from bot.manifest import SCOPES, as_yaml, make_manifest
from bot.simulator import SlackSimulator
from tests.bot.program import call, call_afresh, environment, running, slack_environment


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens at just now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


async def test_help_lists_every_call() -> None:
    finished = await call_afresh("--help", env=environment())
    assert finished.code == 0
    for name in ("demo", "run", "tick", "migrate", "check", "manifest", "import"):
        assert f" {name} " in finished.out


async def test_the_manifest_is_printed_in_both_variants() -> None:
    assert (await call("manifest", env=environment())).out == as_yaml(make_manifest())
    http = await call("manifest", "--http", "https://hoshin.example.com", env=environment())
    assert yaml.safe_load(http.out)["settings"]["socket_mode_enabled"] is False


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("manifest", "--only", "okr"), "--only takes the one word hoshin"),
        (("manifest", "--http", "hoshin.example.com"), "--http takes the public address"),
        (("tick", "--at", "monday"), "SLACK_BOT_TOKEN is not set"),
        (("run",), "SLACK_BOT_TOKEN is not set"),
        (("import", "plan.csv"), "Of spreadsheets only XLSX is read"),
        (("import", "missing.yaml"), "The file cannot be read"),
        (("import", "example", "--workspace", "Acme"), "“Acme” is no id of a Slack workspace"),
        (("export", "plan.yaml", "--workspace", "T0NONE"), "There is no workspace T0NONE"),
    ],
)
async def test_a_refusal_is_one_sentence_and_exit_code_1(
    tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    finished = await call(*arguments, env=environment(), cwd=tmp_path)
    assert finished.code == 1
    assert sentence in finished.err
    assert "Traceback" not in finished.err


async def test_a_malformed_setting_stops_the_start(tmp_path: Path) -> None:
    finished = await call("run", env=environment(PORT="eighty"), cwd=tmp_path)
    assert finished.code == 1
    assert finished.err.startswith("hoshin: PORT ")


@pytest.mark.parametrize("url", ["sqlite:////no/such/folder/hoshin.db", "postgresql://127.0.0.1:1/none"])
async def test_a_database_out_of_reach_is_told_as_such(tmp_path: Path, url: str) -> None:
    finished = await call("migrate", env=environment(DATABASE_URL=url), cwd=tmp_path)
    assert finished.code == 1
    assert "DATABASE_URL: the database does not answer." in finished.err


async def test_the_example_is_imported_once_and_waits_for_the_first_workspace(tmp_path: Path) -> None:
    first = await call("import", "example", "--dry-run", env=environment(), cwd=tmp_path)
    assert "would be imported" in first.out
    second = await call("import", "example", env=environment(), cwd=tmp_path)
    third = await call("import", "example", env=environment(), cwd=tmp_path)
    assert "added, 0 changed" in second.out
    assert "imported: 0 added, 0 changed" in third.out


async def test_a_bad_plan_file_is_refused_whole_with_the_line_of_every_fault(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("hoshin: 1\nplan:\n  titel: Wrong key\npeople:\n  - name: No address\n")
    finished = await call("import", "plan.yaml", env=environment(), cwd=tmp_path)
    assert finished.code == 1
    assert "plan.yaml:3:" in finished.err
    assert "plan.yaml:5:" in finished.err


SOUND = """hoshin: 1
plan:
  title: Small
  starts: 2026-01-01
people:
  - email: ana@example.com
    name: Ana Ruiz
kpis:
  - {ref: KPI-1, title: Scrap, owner: ana@example.com, baseline: 5, target: 3, frequency: monthly}
"""
UNSOUND = """hoshin: 1
breakthroughs:
  - {ref: B-1, title: No scrap, owner: ana@example.com, starts: 2026-01-01, due: 2028-12-31}
"""


async def test_lint_exits_with_1_on_errors_and_with_0_on_warnings(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    for text, code, said in ((SOUND, 0, "0 errors"), (UNSOUND, 1, "B-1 No scrap has no annual objective")):
        plan.write_text(text)
        imported = await call("import", "plan.yaml", env=environment(), cwd=tmp_path)
        assert imported.code == 0, imported.err
        linted = await call("lint", env=environment(), cwd=tmp_path)
        assert (linted.code, said in linted.out) == (code, True), linted.out


async def test_run_without_migrating_refuses_an_older_database(tmp_path: Path) -> None:
    env = environment(SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1")
    finished = await call_afresh("run", "--no-migrate", env=env, cwd=tmp_path)
    assert finished.code == 1
    assert "Run `hoshin migrate` first." in finished.err


async def test_check_says_what_is_wrong_one_line_each(tmp_path: Path) -> None:
    async with SlackSimulator(make_manifest()) as slack:
        env = slack_environment(slack, "sqlite:///hoshin.db")
        before = await call("check", env=env, cwd=tmp_path)
        assert before.code == 1
        assert "FAULT  schema:" in before.out
        await call("migrate", env=env, cwd=tmp_path)
        after = await call("check", env=env, cwd=tmp_path)
        assert (after.code, after.out.count("FAULT")) == (0, 0)
        (tmp_path / "manifest.yml").write_text("features: {}\n")
        slack.installations[0].scopes -= {"users:read.email"}
        damaged = await call("check", env=env, cwd=tmp_path)
        assert damaged.code == 1
        assert "FAULT  manifest: manifest.yml differs" in damaged.out
        assert f"lacks users:read.email ({SCOPES['users:read.email']})" in damaged.out
        assert slack.bot_token not in damaged.out + damaged.err


@pytest.mark.parametrize("http", [False, True], ids=["socket", "http"])
async def test_run_becomes_ready_answers_and_drains_on_sigterm(
    database_url: str, free_port: int, http: bool
) -> None:
    address = f"http://127.0.0.1:{free_port}/slack/events"
    manifest = make_manifest(http="https://hoshin.example.com" if http else None)
    async with SlackSimulator(manifest, request_url=address if http else None) as slack:
        ana = slack.add_person("ana", real_name="Ana Ruiz")
        env = slack_environment(slack, database_url, PORT=str(free_port), HOSHIN_LOG_FORMAT="json")
        async with running("run", env=env, port=free_port) as hoshin:
            await hoshin.ready()
            assert await hoshin.get("/healthz") == (200, "ok\n")
            assert (await ana.types("/hoshin help")).ok
            assert ana.sees("/checkin")
            status, metrics = await hoshin.get("/metrics")
            assert status == 200
            assert 'hoshin_ack_seconds_count{family="command",route="hoshin help"} 1.0' in metrics
            finished = await hoshin.stop()
    assert finished.code == 0
    assert "Traceback" not in finished.err
    assert slack.bot_token not in finished.err


async def test_a_token_that_slack_refuses_ends_the_run_with_a_sentence(
    tmp_path: Path, free_port: int
) -> None:
    async with SlackSimulator(make_manifest()) as slack:
        env = slack_environment(slack, "sqlite:///hoshin.db", PORT=str(free_port))
        env["SLACK_BOT_TOKEN"] = "xoxb-not-this-one"
        finished = await call("run", env=env, cwd=tmp_path)
    assert finished.code == 1
    assert "SLACK_BOT_TOKEN: Slack does not accept it (invalid_auth)." in finished.err
    assert "xoxb-not-this-one" not in finished.err


async def test_a_port_in_use_ends_the_run_with_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        env = environment(SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1", PORT=str(port))
        finished = await call("run", env=env, cwd=tmp_path)
    assert finished.code == 1
    assert f"127.0.0.1:{port} cannot be used" in finished.err
    assert "Traceback" not in finished.err


async def test_slack_being_down_keeps_the_process_up_but_not_ready(tmp_path: Path, free_port: int) -> None:
    env = environment(
        SLACK_BOT_TOKEN="xoxb-1",
        SLACK_APP_TOKEN="xapp-1",
        SLACK_API_URL="http://127.0.0.1:1/api/",
        DATABASE_URL=f"sqlite:///{tmp_path}/hoshin.db",
        PORT=str(free_port),
    )
    async with running("run", env=env, port=free_port) as hoshin:
        await hoshin.answers()
        status, body = await hoshin.get("/readyz")
        assert status == 503
        assert "Slack has not accepted the bot token yet." in body
        assert (await hoshin.stop()).code == 0
