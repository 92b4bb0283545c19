"""A call of `hoshin` in a process forked from one that has imported the program already.

It is a process of its own, with its own arguments, environment, folder and output. Kept small: the process
that is forked imports this file too.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests.forking import forking

OUT = "out"
ERR = "err"


def start(
    arguments: Sequence[str], env: Mapping[str, str], cwd: Path | None, output: Path
) -> ForkServerProcess:
    """Starts `hoshin …`. What it prints stands in the files `out` and `err` of the folder `output`."""
    process = forking().Process(target=_run, args=(list(arguments), dict(env), cwd, output), daemon=True)
    process.start()
    return process


def _run(arguments: list[str], env: dict[str, str], cwd: Path | None, output: Path) -> None:
    for file, number in ((OUT, 1), (ERR, 2)):
        os.dup2(os.open(output / file, os.O_WRONLY | os.O_CREAT), number)
    os.environ.clear()
    os.environ.update(env)
    if cwd is not None:
        os.chdir(cwd)
    sys.argv = ["hoshin", *arguments]
    from bot.cli import main  # noqa: PLC0415 - the process that starts this one need not import it

    main()
