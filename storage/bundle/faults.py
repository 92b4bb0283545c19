"""What is wrong with a plan file, and where."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.rules.errors import Invalid


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing to put right. `line` and `column` count from 1; a warning does not stop the import."""

    file: str
    line: int
    column: int
    sentence: str
    is_warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


class PlanFileError(Invalid):
    """A plan file that was refused whole; `faults` holds everything that is wrong, in the file's order."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        listed = "\n".join(str(fault) for fault in self.faults)
        super().__init__(f"The plan file has {count}, so nothing was imported.\n{listed}")


def refusals(faults: Sequence[Fault]) -> list[Fault]:
    """Those that are more than a warning."""
    return [fault for fault in faults if not fault.is_warning]
