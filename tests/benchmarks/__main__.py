"""Runs the measurements and prints one table."""

import argparse
from collections.abc import Callable, Iterator

from bot import heap
from tests.benchmarks import (
    answered,
    catchball,
    commands,
    fanout,
    imports,
    kaizen,
    kills,
    lateness,
    plan,
    reality,
    schedules,
    startup,
    updates,
)
from tests.benchmarks.logs import log_to_nowhere
from tests.benchmarks.table import Line, as_text

MEASUREMENTS: dict[str, Callable[..., Iterator[Line]]] = {
    "fanout": fanout.measure,
    "kills": kills.measure,
    "answered": answered.measure,
    "startup": startup.measure,
    "commands": commands.measure,
    "plan": plan.measure,
    "imports": imports.measure,
    "reality": reality.measure,
    "kaizen": kaizen.measure,
    "catchball": catchball.measure,
    "updates": updates.measure,
    "schedules": schedules.measure,
    "lateness": lateness.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="name", help=f"of {', '.join(MEASUREMENTS)} (default: all)"
    )
    parser.add_argument("--small", action="store_true", help="minutes instead of hours, as CI runs it")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(MEASUREMENTS)
    if unknown:
        parser.error(f"there is no measurement {', '.join(sorted(unknown))}")
    log_to_nowhere()
    # As `hoshin run` does; the floors have the same of it.
    heap.settle()
    lines: list[Line] = []
    for name in arguments.names or MEASUREMENTS:
        for line in MEASUREMENTS[name](small=arguments.small):
            print(" · ".join(line.cells()), flush=True)  # noqa: T201 - something to see while it runs
            lines.append(line)
    print(f"\n{as_text(lines)}")  # noqa: T201 - the result
    raise SystemExit(1 if any(line.met is False for line in lines) else 0)


if __name__ == "__main__":
    main()
