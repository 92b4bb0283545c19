"""A plan file's content, whatever it is written in, and where each part of it stands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from storage.bundle.faults import Fault

MAX_BYTES = 16_000_000
MAX_DEPTH = 10

Value = str | list["Value"] | dict[str, "Value"] | None
"""Every value is the text that was written; the key it belongs to decides what it means."""

Path = tuple[str | int, ...]
"""The way to a value: `("kpis", 0, "target")`."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the file, counted from 1; in a workbook, `line` and `column` of that sheet.

    `sheet_number` is the sheet's place in the workbook, so that faults come in the order of the tabs.
    """

    line: int
    column: int
    sheet: str = ""
    sheet_number: int = 0


def _nowhere() -> Mapping[Path, Position]:
    return {}


@dataclass(frozen=True, slots=True)
class Source:
    """A file's content. `locate` says where each part stands.

    It is asked only where something is to be told, since most files have no fault and finding every place
    costs as much as reading them.
    """

    file: str
    content: Value = None
    locate: Callable[[], Mapping[Path, Position]] = _nowhere
    faults: tuple[Fault, ...] = ()

    @property
    def positions(self) -> Mapping[Path, Position]:
        return self.locate()

    def fault(self, path: Path, sentence: str, *, is_warning: bool = False) -> Fault:
        """A fault at that path, or at the nearest thing around it that the file has."""
        positions = self.positions
        while path and path not in positions:
            path = path[:-1]
        at = positions.get(path, Position(1, 1))
        return Fault(self.file, at.sheet_number, at.line, at.column, sentence, is_warning, at.sheet)


def unreadable(file: str, sentence: str, at: Position | None = None) -> Source:
    """A file of which nothing can be read, and why."""
    at = at or Position(1, 1)
    fault = Fault(file, at.sheet_number, at.line, at.column, sentence, sheet=at.sheet)
    return Source(file, faults=(fault,))
