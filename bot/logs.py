"""Logging: structlog for ours, the libraries' warnings through the same renderer."""

import logging
import re
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.settings import LogFormat
from bot.tasks import trace_of

_TOKEN = re.compile(r"xox[a-z]-[\w-]+|xapp-[\w-]+|v0=[0-9a-f]{64}")


def configure(log_format: LogFormat) -> None:
    """One line an event, to standard error."""
    shared: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_people,
        _without_tokens,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if log_format is LogFormat.JSON
        else structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        # Drawing columns for nobody costs more than answering a command.
        else structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"])
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=list(shared))
    )
    # The libraries' INFO tells about sockets and jobs only; their errors may quote payloads, hence the
    # filter. Bolt's own warnings name payloads of unhandled requests: they are ours to report.
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for noisy in ("slack_bolt", "bot.simulator"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)


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


def _without_tokens(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """The last guard: whatever a library puts into its message, no token leaves."""
    del logger, method
    for key, value in event.items():
        if isinstance(value, str) and _TOKEN.search(value):
            event[key] = _TOKEN.sub("[token]", value)
    return event
