"""From a file's content to rows: every row on its own, so that one bad row hides no other.

Pydantic says where a row is wrong; here that becomes a line of the file and a sentence.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from storage.bundle.document import NOBODY, VERSION, Document, Entry
from storage.bundle.faults import Fault
from storage.bundle.item_rows import (
    AnnualObjectiveRow,
    BreakthroughRow,
    DriverRow,
    InitiativeRow,
    KeyResultRow,
    KpiRow,
    ObjectiveRow,
    StepRow,
)
from storage.bundle.rows import (
    AwayRow,
    CalendarRow,
    ChangeRow,
    CheckinRow,
    DayOffRow,
    FileRow,
    MarkRow,
    PersonRow,
    PlanRow,
    ReadingRow,
    TeamRow,
    ThresholdsRow,
)
from storage.bundle.source import Path, Source, Value
from storage.bundle.values import nearest, quoted, read_ref

R = TypeVar("R", bound=FileRow)

SINGLE_ROWS = ("plan", "checkin", "calendar", "thresholds")
SECTIONS = (
    "plans",
    "days_off",
    "people",
    "teams",
    "drivers",
    "breakthroughs",
    "annual_objectives",
    "objectives",
    "key_results",
    "kpis",
    "initiatives",
    "marks",
    "readings",
    "changes",
)
_TOP_KEYS = ["hoshin", *SINGLE_ROWS, *SECTIONS]
_NAMES = ("ref", "email", "name", "day")

# Such that no check takes offence at them.
_STAND_INS: dict[str, Value] = {
    "title": "?",
    "name": "?",
    "starts": "0001-01-01",
    "due": "9999-12-31",
    "baseline": "0",
    "target": "1",
    "frequency": "weekly",
}

_INNER_KEYS = {"away": AwayRow.key_names(), "steps": StepRow.key_names()}
_SHAPES = {
    "list_type": "A list is expected here.",
    "dict_type": "A mapping is expected here, such as “2026-01: 61”.",
    "model_type": "A row with keys is expected here.",
}


def read_document(source: Source) -> tuple[Document, list[Fault]]:
    """The rows that could be understood, and what is wrong with the others."""
    return _Shaper(source).document()


class _Shaper:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._faults: list[Fault] = []
        self._spoilt: set[str] = set()

    def document(self) -> tuple[Document, list[Fault]]:
        content = self._top()
        rows = {section: list(self._raw_rows(content, section)) for section in SECTIONS}
        rows["key_results"] += self._nested_key_results(rows["objectives"])
        rows["objectives"] = [
            (path, {key: value for key, value in row.items() if key != "key_results"})
            for path, row in rows["objectives"]
        ]
        document = Document(
            source=self._source,
            plan=self._single(content, "plan", PlanRow),
            plans=self._entries(rows["plans"], PlanRow),
            checkin=self._single(content, "checkin", CheckinRow),
            calendar=self._single(content, "calendar", CalendarRow),
            thresholds=self._single(content, "thresholds", ThresholdsRow),
            days_off=self._entries(rows["days_off"], DayOffRow),
            people=self._entries(rows["people"], PersonRow),
            teams=self._entries(rows["teams"], TeamRow),
            drivers=self._entries(rows["drivers"], DriverRow),
            breakthroughs=self._entries(rows["breakthroughs"], BreakthroughRow),
            annual_objectives=self._entries(rows["annual_objectives"], AnnualObjectiveRow),
            objectives=self._entries(rows["objectives"], ObjectiveRow),
            key_results=self._entries(rows["key_results"], KeyResultRow),
            kpis=self._entries(rows["kpis"], KpiRow),
            initiatives=self._entries(rows["initiatives"], InitiativeRow),
            marks=self._entries(rows["marks"], MarkRow),
            readings=self._entries(rows["readings"], ReadingRow),
            changes=self._entries(rows["changes"], ChangeRow),
            spoilt=frozenset(self._spoilt),
        )
        return document, self._faults

    def _top(self) -> dict[str, Value]:
        content = self._source.content
        if not isinstance(content, dict):
            if not self._source.faults:
                self._refuse(
                    (), "A plan file is made of sections, such as “people:”. Begin with “hoshin: 1”."
                )
            return {}
        version = content.get("hoshin")
        if "hoshin" not in content:
            self._refuse((), f"The format's version is missing. Begin the file with “hoshin: {VERSION}”.")
        elif version != VERSION:
            self._refuse(
                ("hoshin",),
                f"The file is written in format {quoted(version)}, and this program reads format {VERSION}.",
            )
        for key in content:
            if key not in _TOP_KEYS:
                known = (
                    nearest(key, {one: one for one in _TOP_KEYS})
                    or f" Sections are {', '.join(_TOP_KEYS[1:])}."
                )
                self._refuse((key,), f"{quoted(key)} is not a section of a plan file.{known}")
        return content

    def _raw_rows(
        self, content: dict[str, Value], key: str, around: Path = ()
    ) -> Iterator[tuple[Path, dict[str, Value]]]:
        """The rows of a section that are rows at all."""
        rows = content.get(key)
        if rows is None:
            return
        if not isinstance(rows, list):
            self._refuse((*around, key), f"{quoted(key)} holds a list. Begin each row with “- ”.")
            return
        for number, row in enumerate(rows):
            path = (*around, key, number)
            if isinstance(row, dict):
                yield path, row
            else:
                self._refuse(path, f"A row of {quoted(key)} has keys, such as “ref:” or “name:”.")

    def _nested_key_results(
        self, objectives: list[tuple[Path, dict[str, Value]]]
    ) -> Iterator[tuple[Path, dict[str, Value]]]:
        """The key results inside objectives, each with its objective as parent."""
        for path, objective in objectives:
            for inner_path, row in self._raw_rows(objective, "key_results", path):
                if "parent" in row:
                    self._refuse(
                        (*inner_path, "parent"),
                        "A key result inside an objective has that one as its parent. Remove the line.",
                    )
                ref = objective.get("ref")
                yield inner_path, {**row, "parent": ref if _is_reference(ref) else None}

    def _single(self, content: dict[str, Value], key: str, model: type[R]) -> Entry[R] | None:
        if key not in content:
            return None
        raw = content[key]
        if not isinstance(raw, dict):
            self._refuse((key,), f"{quoted(key)} has keys below it, such as “{model.key_names()[0]}:”.")
            return None
        return self._entry((key,), raw, model)

    def _entries(self, rows: list[tuple[Path, dict[str, Value]]], model: type[R]) -> tuple[Entry[R], ...]:
        try:
            # All at once is quicker; where one of them is at fault, each is read by itself.
            read = _rows_of(model).validate_python([raw for _, raw in rows])
        except ValidationError:
            entries = (self._entry(path, raw, model) for path, raw in rows)
            return tuple(entry for entry in entries if entry is not None)
        return tuple(Entry(path, row) for (path, _), row in zip(rows, read, strict=True))

    def _entry(self, path: Path, raw: dict[str, Value], model: type[R]) -> Entry[R] | None:
        try:
            return Entry(path, model.model_validate(raw))
        except ValidationError as error:
            details = error.errors(include_url=False)
        label = _label(path, raw)
        for detail in details:
            self._refuse_detail(path, label, model, detail)
        row = _repaired(raw, model, {detail["loc"] for detail in details})
        if row is not None:
            return Entry(path, row)
        self._spoilt.update(str(raw[name]).strip().lower() for name in _NAMES if name in raw)
        return None

    def _refuse_detail(self, path: Path, label: str, model: type[FileRow], detail: ErrorDetails) -> None:
        """One of pydantic's errors as a fault at its line."""
        inner = tuple(part for part in detail["loc"] if part != "[key]")
        key = str(inner[-1]) if inner else ""
        if detail["type"] == "missing":
            self._refuse((*path, *inner), f"{label}: “{key}” is missing. Add it.")
        elif detail["type"] == "extra_forbidden":
            keys = model.key_names() if len(inner) == 1 else _INNER_KEYS.get(str(inner[0]), [])
            known = nearest(key, {one: one for one in keys}) or f" Keys are {', '.join(keys)}."
            self._refuse((*path, *inner), f"{label}: {quoted(key)} is not a key here.{known}")
        else:
            said = ", ".join([label, *(part for part in inner[:1] if isinstance(part, str))])
            self._refuse((*path, *inner), f"{said}: {_reason(detail)}")

    def _refuse(self, path: Path, sentence: str) -> None:
        self._faults.append(self._source.fault(path, sentence))


@cache
def _rows_of(model: type[R]) -> TypeAdapter[list[R]]:
    return TypeAdapter(list[model])  # type: ignore[valid-type]  # known at run time alone


def _is_reference(value: Value) -> bool:
    try:
        read_ref(value)
    except ValueError:
        return False
    return True


def _reason(detail: ErrorDetails) -> str:
    context: dict[str, Any] = detail.get("ctx") or {}
    if "error" in context:
        return str(context["error"])
    return _SHAPES.get(detail["type"], f"{detail['msg']}.")


def _label(path: Path, raw: dict[str, Value]) -> str:
    """What to call a row that could not be understood: its own name, else its place."""
    if len(path) == 1:
        return str(path[0])
    for name in (*_NAMES, "of"):
        value = raw.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip().upper() if name in {"ref", "of"} else value.strip()
    places = [part + 1 for part in path if isinstance(part, int)]
    return f"{path[0]}, row {places[-1]}"


def _repaired(raw: dict[str, Value], model: type[R], faults: set[tuple[int | str, ...]]) -> R | None:
    """The row with stand-ins for what was not understood, so that the rest of it is checked as well.

    None where even its name was not. It is never loaded: its faults are told already.
    """
    bad, bad_inside = {loc[0] for loc in faults if loc}, {loc[:2] for loc in faults}
    if model.identity in bad:
        return None
    repaired = {key: value for key, value in raw.items() if key not in bad}
    repaired |= {key: _STAND_INS[key] for key in _required(model) & bad & _STAND_INS.keys()}
    readings, members = raw.get("readings"), raw.get("members")
    if isinstance(readings, dict) and "frequency" not in bad:
        repaired["readings"] = {
            key: one for key, one in readings.items() if ("readings", key) not in bad_inside
        }
    if isinstance(members, list):
        repaired["members"] = [
            NOBODY if ("members", number) in bad_inside else one for number, one in enumerate(members)
        ]
    if model is ObjectiveRow:
        repaired = {key: value for key, value in repaired.items() if key not in {"starts", "due"}}
        repaired["quarter"] = "Q1"
    try:
        return model.model_validate(repaired)
    except ValidationError:
        return None


def _required(model: type[FileRow]) -> set[str]:
    return {key for key, field in model.model_fields.items() if field.is_required()}
