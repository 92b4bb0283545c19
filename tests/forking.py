"""Processes forked from one that has imported the program already, which spares each the second it takes.

Kept small: the process that is forked imports this file too.
"""

from multiprocessing import get_context
from multiprocessing.context import ForkServerContext

_IMPORTED = [
    "bot.cli",
    "bot.process",
    "bot.checking",
    "bot.importing",
    "bot.databases",
    "bot.logs",
    "alembic.command",
]


def forking() -> ForkServerContext:
    """Where such processes are started; the server that is forked starts with the first."""
    context = get_context("forkserver")
    context.set_forkserver_preload(_IMPORTED)
    return context
