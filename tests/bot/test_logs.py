"""The log: one line an event, and neither a token nor what people wrote in it."""

import json
import re
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
structlog.get_logger().info("started", token=token, several=[token])
try:
    raise ValueError(note)
except ValueError:
    logging.getLogger("asyncio").error("Task exception was never retrieved\\nfuture: %s", note, exc_info=True)
"""


ASK = """
from bot import logs
from bot.settings import LogFormat
import structlog
logs.configure(LogFormat({log_format!r}))
structlog.get_logger().info("acked", route="hoshin help", workspace=1, person="U1", ms=0.2)
"""


LINES = {
    "text": 'timestamp=AT level=info event=acked route="hoshin help" workspace=1 person=U1 ms=0.2',
    "json": (
        '{"route": "hoshin help", "workspace": 1, "person": "U1", "ms": 0.2, "event": "acked", '
        '"level": "info", "timestamp": "AT"}'
    ),
}


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_line_has_its_fields_as_they_were_given(log_format: str) -> None:
    printed = printed_by(ASK.format(log_format=log_format))
    stamped = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", "AT", printed)
    assert stamped == f"{LINES[log_format]}\n"


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_neither_tokens_nor_texts_nor_locals_reach_the_log(log_format: str) -> None:
    printed = printed_by(PROGRAM.format(log_format=log_format))
    assert "xoxb-1234" not in printed
    assert "what a person wrote" not in printed
    assert printed.count("[token]") == 2
    assert "Task exception was never retrieved" in printed
    assert "ValueError" in printed
    if log_format == "json":
        events = [json.loads(line)["event"] for line in printed.splitlines()]
        assert events == ["started", "Task exception was never retrieved"]


def printed_by(program: str) -> str:
    """What a program prints to standard error."""
    finished = subprocess.run(  # noqa: S603 - our own Python on a text of ours
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return finished.stderr
