"""Logging: structlog for ours, the libraries' warnings through the same renderer."""

import json
import logging
import re
import sys
from collections.abc import Callable
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.settings import LogFormat
from bot.tasks import trace_of

_TOKEN = re.compile(r"xox[a-z]-[\w-]+|xapp-[\w-]+|v0=[0-9a-f]{64}")
_TOKEN_BEGINNINGS = ("xox", "xapp-", "v0=")


def configure(log_format: LogFormat) -> None:
    """One line an event, to standard error."""
    prepare: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_people,
    ]
    render = _without_tokens(_renderer(log_format))
    structlog.configure(
        processors=[*prepare, render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=render, foreign_pre_chain=prepare))
    # The libraries' INFO tells about sockets and jobs only; their errors may quote payloads, hence the
    # filter. Bolt's own warnings name payloads of unhandled requests: they are ours to report.
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for noisy in ("slack_bolt", "bot.simulator"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)


def _renderer(log_format: LogFormat) -> Processor:
    if log_format is LogFormat.JSON:
        return _as_json
    if sys.stderr.isatty():
        return structlog.dev.ConsoleRenderer()
    # Drawing columns for nobody costs more than answering a command.
    return structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"])


_encode = json.JSONEncoder(default=repr).encode
"""Made once: structlog's renderer makes an encoder for every line."""


def _as_json(logger: WrappedLogger, method: str, event: EventDict) -> str:
    del logger, method
    return _encode(event)


def _without_people(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """A library's error may quote what people wrote, and a drawn traceback shows every local: what stays is
    the first line of the message, the error's type and where it came from."""
    del logger, method
    failure = event.pop("exc_info", None)
    error = failure[1] if isinstance(failure, tuple) else failure
    if isinstance(error, BaseException):
        event.update(trace_of(error))
    event["event"] = str(event.get("event", "")).partition("\n")[0]
    return event


def _without_tokens(render: Callable[[WrappedLogger, str, EventDict], Any]) -> Processor:
    """The last guard: whatever a library puts into its message, no token leaves."""

    def rendered(logger: WrappedLogger, method: str, event: EventDict) -> str:
        line: str = render(logger, method, event)
        # Nearly no line has one, and looking for fixed texts is far quicker than for a pattern.
        for beginning in _TOKEN_BEGINNINGS:
            if beginning in line:
                return _TOKEN.sub("[token]", line)
        return line

    return rendered
