"""The log: one line an event, and neither a token nor what people wrote in it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PROGRAM = """
import logging
from bot import logs
from bot.settings import LogFormat
import structlog
logs.configure(LogFormat({log_format!r}))
token = "xoxb-" + "1234-abcdef"
note = "what a person " + "wrote"
structlog.get_logger().info("started", token=token)
try:
    raise ValueError(note)
except ValueError:
    logging.getLogger("asyncio").error("Task exception was never retrieved\\nfuture: %s", note, exc_info=True)
"""


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_neither_tokens_nor_texts_nor_locals_reach_the_log(log_format: str) -> None:
    finished = subprocess.run(  # noqa: S603 - our own Python on a text of ours
        [sys.executable, "-c", PROGRAM.format(log_format=log_format)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert "xoxb-1234" not in finished.stderr
    assert "what a person wrote" not in finished.stderr
    assert "Task exception was never retrieved" in finished.stderr
    assert "ValueError" in finished.stderr
    if log_format == "json":
        events = [json.loads(line)["event"] for line in finished.stderr.splitlines()]
        assert events == ["started", "Task exception was never retrieved"]
