"""What is wrong with a plan file, and where."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.rules.errors import Invalid

_LETTERS = 26


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing to put right; a warning does not stop the import.

    `line` and `column` count from 1. In a workbook they are those of `sheet`, the `sheet_number`th tab.
    """

    file: str
    sheet_number: int
    line: int
    column: int
    sentence: str
    is_warning: bool = False
    sheet: str = ""

    @property
    def place(self) -> str:
        """Where it is, as people look for it: `line 42`, or `KPIs!D7` in a workbook."""
        return f"{self.sheet}!{cell_name(self.line, self.column)}" if self.sheet else f"line {self.line}"

    def __str__(self) -> str:
        where = f"{self.file}, {self.place}" if self.sheet else f"{self.file}:{self.line}"
        return f"{where}: {self.sentence}"


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


def cell_name(row: int, column: int) -> str:
    """The name of a cell, both counted from 1: (7, 4) is D7."""
    letters = ""
    while column > 0:
        column, letter = divmod(column - 1, _LETTERS)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"
