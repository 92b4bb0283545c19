"""A file of readings: what it would change, and taking it in, all of it or nothing.

What a file says of a KPI's period takes the place of what earlier files said of it, so the same file twice
changes nothing and a corrected file corrects. Readings that came in other ways stay beside it.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from storage.database import UnitOfWork
from storage.recording import NewReading, check_periods, record_readings
from storage.repositories.readings import StoredReading
from storage.rules import access
from storage.rules.access import Action, Viewer
from storage.rules.errors import Closed, Invalid
from storage.rules.figures import parse_figure
from storage.rules.graph import Graph, Node
from storage.rules.hierarchy import format_reference, parse_reference
from storage.rules.likeness import find_closest
from storage.rules.period_names import parse_period
from storage.rules.periods import roll_up_readings
from storage.rules.readings_file import DATE, KPI, VALUE, Row, RowFault, read_rows
from storage.rules.terms import Frequency, ItemState, Kind, Source
from storage.tables.columns import plain
from storage.tables.okr import Report

T = TypeVar("T")

_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")


class ReadingsFileError(Invalid):
    """A file that was refused whole; `faults` is everything that is wrong, line by line."""

    def __init__(self, faults: Sequence[RowFault]) -> None:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(f"The file has {count}, so nothing was recorded.", field="file")
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class PeriodChange:
    """What a file makes of one period of one KPI; `before` is None where it had no figure."""

    node: Node
    period_on: date
    before: Decimal | None
    after: Decimal

    @property
    def frequency(self) -> Frequency:
        return self.node.frequency


@dataclass(frozen=True, slots=True)
class TakenFile:
    """What came of a file: the periods that change, the readings that are new, and those known already."""

    changes: tuple[PeriodChange, ...]
    recorded: int
    known: int
    is_dry_run: bool


@dataclass(frozen=True, slots=True)
class _Line:
    """A row understood. `day` orders the lines of one period."""

    row: Row
    node: Node
    period_on: date
    day: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class _Group:
    """All that a file says of one period of one KPI, and what stands there."""

    node: Node
    period_on: date
    lines: tuple[_Line, ...]
    stored: tuple[StoredReading, ...]

    @property
    def from_files(self) -> list[StoredReading]:
        return [one for one in self.stored if one.source is Source.CSV]

    @property
    def is_known(self) -> bool:
        return [one.value for one in self.from_files] == [line.value for line in self.lines]

    @property
    def before(self) -> Decimal | None:
        values = [one.value for one in self.stored]
        return plain(roll_up_readings(values, self.node.roll_up)) if values else None

    @property
    def after(self) -> Decimal:
        kept = [one.value for one in self.stored if one.source is not Source.CSV]
        return plain(roll_up_readings([*kept, *(line.value for line in self.lines)], self.node.roll_up))


def take_file(
    uow: UnitOfWork, viewer: Viewer, name: str, content: bytes, *, locale: str, dry_run: bool
) -> TakenFile:
    """Records what a file says, or with `dry_run` tells what that would be.

    Args:
        locale: by whose habits figures are written ("de-DE").

    Raises:
        Invalid: it is no CSV of readings (field "file").
        ReadingsFileError: every line that cannot be taken; nothing was written.
        NotFound: there is no plan.
    """
    read = read_rows(content)
    reader = _Reader(uow, viewer, locale, list(read.faults))
    lines = [line for row in read.rows if (line := reader.read(row)) is not None]
    if reader.faults:
        raise ReadingsFileError(sorted(reader.faults, key=lambda fault: fault.line))
    groups = _groups(uow, lines)
    fresh = [group for group in groups if not group.is_known]
    if not dry_run and fresh:
        _record(uow, viewer, name, fresh)
    return TakenFile(
        changes=tuple(PeriodChange(one.node, one.period_on, one.before, one.after) for one in fresh),
        recorded=sum(len(one.lines) for one in fresh),
        known=sum(len(one.lines) for one in groups if one.is_known),
        is_dry_run=dry_run,
    )


@dataclass(slots=True)
class _Reader:
    """Reads rows against the plan, as one person sees it; what is wrong is gathered in `faults`."""

    uow: UnitOfWork
    viewer: Viewer
    locale: str
    faults: list[RowFault]
    graph: Graph = field(init=False)
    refused: dict[int, str] = field(default_factory=dict)
    """By KPI number why its figures cannot be taken; empty where they can."""

    def __post_init__(self) -> None:
        self.graph = access.see(self.uow.picture().graph, self.viewer)

    def read(self, row: Row) -> _Line | None:
        node = self._node(row)
        if node is None:
            return None
        period_on = self._take(row, DATE, lambda: self._period(row.on, node))
        value = self._take(
            row, VALUE, lambda: parse_figure(row.value, unit=node.unit, locale=self.locale, field=VALUE)
        )
        if period_on is None or value is None:
            return None
        return _Line(row, node, period_on, _iso(row.on), plain(value))

    def _node(self, row: Row) -> Node | None:
        try:
            found = parse_reference(row.kpi, field=KPI)
        except Invalid as error:
            meant = self._meant(row.kpi)
            sentence = f"“{row.kpi[:40]}” is not a reference.{meant}" if meant else error.sentence
            self.faults.append(RowFault(row.line, KPI, sentence))
            return None
        kind, number = found
        if number not in self.refused or kind is not Kind.KPI:
            sentence = self._refusal(kind, number)
            if kind is not Kind.KPI:
                self.faults.append(RowFault(row.line, KPI, sentence))
                return None
            self.refused[number] = sentence
        if self.refused[number]:
            self.faults.append(RowFault(row.line, KPI, self.refused[number]))
            return None
        return self.graph.nodes[found]

    def _refusal(self, kind: Kind, number: int) -> str:
        reference = format_reference(kind, number)
        node = self.graph.find((kind, number))
        if kind is not Kind.KPI:
            measure = self.graph.find(node.measure) if node is not None and node.measure is not None else None
            instead = f"It reads {measure.reference}: write that." if measure else "Write one such as KPI-1."
            return f"{reference} is no KPI, and a file holds figures of KPIs alone. {instead}"
        if node is None or node.state is ItemState.ARCHIVED:
            return (
                f"There is no {reference} here.{self._meant(reference)} Check the reference; "
                "`/hoshin scorecard` lists the KPIs."
            )
        if not access.may(self.viewer, Action.UPDATE, self.graph, node):
            owner = self.graph.people.get(node.owner_id or 0)
            who = owner.name if owner is not None else "the lead of its team"
            return f"You may not give the figures of {reference}. Ask {who}."
        if node.state is not ItemState.ACTIVE:
            return f"{reference} is {node.state}, so it takes no figures."
        return ""

    def _meant(self, typed: str) -> str:
        """` Did you mean KPI-1 Net promoter score?`, by reference, title or another name; or nothing."""
        names: dict[str, Node] = {}
        for node in self.graph.of_kind(Kind.KPI):
            names |= dict.fromkeys((*self.graph.aliases.get(node.ref, ()), node.title, node.reference), node)
        closest = find_closest(typed, names)
        return f" Did you mean {names[closest].reference} {names[closest].title}?" if closest else ""

    def _period(self, text: str, node: Node) -> date:
        month = self.graph.plan.starts_on.month
        period_on = parse_period(_iso(text), node.frequency, fiscal_start_month=month, field=DATE)
        check_periods(self.uow, [period_on], plan_starts_on=self.graph.plan.starts_on)
        return period_on

    def _take(self, row: Row, column: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except (Invalid, Closed) as error:
            self.faults.append(RowFault(row.line, column, error.sentence))
            return None


def _groups(uow: UnitOfWork, lines: Iterable[_Line]) -> list[_Group]:
    """The lines period by period, each with the readings that count there now."""
    found: dict[tuple[int, date], list[_Line]] = defaultdict(list)
    for line in lines:
        found[line.node.number, line.period_on].append(line)
    if not found:
        return []
    ids = {line.node.id for group in found.values() for line in group}
    days = [period_on for _, period_on in found]
    stored: dict[tuple[int, date], list[StoredReading]] = defaultdict(list)
    for one in uow.readings.list_stored(ids, min(days), max(days)):
        stored[one.kpi_id, one.period_on].append(one)
    return [
        _Group(
            node=group[0].node,
            period_on=period_on,
            lines=tuple(sorted(group, key=lambda line: (line.day, line.row.line))),
            stored=tuple(stored[group[0].node.id, period_on]),
        )
        for (_, period_on), group in sorted(found.items())
    ]


def _record(uow: UnitOfWork, viewer: Viewer, name: str, groups: Sequence[_Group]) -> None:
    lines = [line for group in groups for line in group.lines]
    new = [
        NewReading(
            kpi_id=line.node.id,
            period_on=line.period_on,
            value=line.value,
            source=Source.CSV,
            member_id=viewer.member_id,
        )
        for line in lines
    ]
    ids = dict(zip(((line.row.line) for line in lines), record_readings(uow, new), strict=True))
    for group in groups:
        newest = ids[group.lines[-1].row.line]
        uow.readings.supersede_all([one.id for one in group.from_files], newest)
        for line in group.lines:
            if line.row.note:
                _note(uow, viewer, line, ids[line.row.line], group.before)
    for node in {group.node.number: group.node for group in groups}.values():
        uow.audit.record(
            at=uow.now,
            member_id=viewer.member_id,
            action="readings.taken",
            kind=Kind.KPI.value,
            item_id=node.id,
            reference=node.reference,
            after={"file": name[:200], "readings": sum(line.node.number == node.number for line in lines)},
        )


def _note(uow: UnitOfWork, viewer: Viewer, line: _Line, reading_id: int, before: Decimal | None) -> None:
    """A line's note, said of the KPI beside its figure."""
    uow.reports.add(
        Report(
            workspace_id=uow.workspace_id,
            kind=Kind.KPI,
            item_id=line.node.id,
            member_id=viewer.member_id,
            source=Source.CSV,
            reported_at=uow.now,
            value=line.value,
            value_before=before,
            note=line.row.note,
            reading_id=reading_id,
        )
    )


def _iso(text: str) -> str:
    """`31.1.2026` as machines write it: with points the day stands first, whoever writes it."""
    match = _DOTTED.fullmatch(text)
    return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}" if match else text
