"""Which column of the record each key of a plan file fills."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from storage.bundle.document import CheckinRow, FileRow, ItemRow, PersonRow, PlanRow, TeamRow
from storage.bundle.values import Ref
from storage.repositories.plans import PARENT_COLUMNS
from storage.rules.terms import Direction, Kind

Find = Callable[[Any], int]
"""From a name in the file (address, team name, reference) to the id of its row."""

_PLAN = {"title": "title", "vision": "vision", "values": "values", "zone": "zone", "state": "state"}
_CHECKIN = {
    "opens": "checkin_opens_weekday",
    "closes": "checkin_closes_weekday",
    "closes_hour": "checkin_closes_hour",
    "reminder_percent": "reminder_percent",
}
_PERSON = {"name": "name", "zone": "zone", "work_days": "work_days", "start_hour": "start_hour"}
_ITEM = {"title": "title", "state": "state"}
_SPAN = {"starts": "starts_on", "due": "ends_on"}
_FIGURES = {
    "unit": "unit",
    "direction": "direction",
    "baseline": "baseline",
    "target": "target",
    "band_low": "band_low",
    "band_high": "band_high",
}
_OF_KIND: dict[Kind, dict[str, str]] = {
    Kind.DRIVER: _SPAN,
    Kind.BREAKTHROUGH: _SPAN,
    Kind.ANNUAL_OBJECTIVE: {**_SPAN, "perspective": "perspective", "commitment": "commitment"},
    Kind.OBJECTIVE: {**_SPAN, "commitment": "commitment"},
    Kind.KEY_RESULT: {**_FIGURES, "weight": "weight", "due": "due_on"},
    Kind.KPI: {
        **_FIGURES,
        "frequency": "frequency",
        "source": "data_source",
        "perspective": "perspective",
        "indicator": "leading",
    },
    Kind.INITIATIVE: {"starts": "starts_on", "due": "due_on", "progress": "progress"},
}
# A blank there means that nothing was said, since the record has no empty value for it.
_NEVER_EMPTY = frozenset(
    {"zone", "state", "work_days", "start_hour", "reminder_percent", "direction", "commitment", "indicator"}
    | {"weight"}
)
_ALWAYS_DATED = frozenset({Kind.ANNUAL_OBJECTIVE, Kind.OBJECTIVE, Kind.KEY_RESULT})
_FROM_SLACK = frozenset({"name", "zone"})
_OWN_TIMES = frozenset({"work_days", "start_hour"})


def plan_columns(row: PlanRow) -> dict[str, Any]:
    return {**_said(row, _PLAN), "starts_on": row.starts, "ends_on": row.ends_on}


def checkin_columns(row: CheckinRow) -> dict[str, Any]:
    return _said(row, _CHECKIN)


def person_columns(row: PersonRow, *, is_linked: bool, times_are_own: bool = False) -> dict[str, Any]:
    """Once a person is found in Slack, their name and zone follow Slack and no longer the file; once they
    have set their own working times, these follow them."""
    theirs = (_FROM_SLACK if is_linked else frozenset()) | (_OWN_TIMES if times_are_own else frozenset())
    return {key: value for key, value in _said(row, _PERSON).items() if key not in theirs}


def team_columns(row: TeamRow, find_member: Find) -> dict[str, Any]:
    """Without the parent, which may stand further down in the file."""
    columns = _said(row, {"channel": "channel"})
    return columns | _link(row, "lead", "lead_id", find_member)


def item_columns(row: ItemRow, find_member: Find, find_team: Find, find_item: Find) -> dict[str, Any]:
    """Without the parent; see `parent_columns`."""
    columns = _said(row, {**_ITEM, **_OF_KIND[row.kind]})
    if row.kind in _ALWAYS_DATED:
        columns = {key: value for key, value in columns.items() if value is not None or key not in _DATES}
    return (
        columns
        | _link(row, "owner", "owner_id", find_member)
        | _link(row, "team", "team_id", find_team)
        | _link(row, "kpi", "kpi_id", find_item)
    )


_DATES = frozenset({"starts_on", "ends_on", "due_on"})


def parent_columns(row: ItemRow, find_item: Find) -> dict[str, Any]:
    """The one column that names the parent, and the others of that kind empty; {} where it is unsaid."""
    parent: Ref | None = getattr(row, "parent", None)
    if "parent" not in row.model_fields_set:
        return {}
    columns: dict[str, Any] = dict.fromkeys(PARENT_COLUMNS[row.kind].values())
    if parent is not None:
        columns[PARENT_COLUMNS[row.kind][parent[0]]] = find_item(parent)
    return columns


def direction_of(baseline: Decimal | None, target: Decimal | None) -> Direction:
    """Which way a measure is meant to move that does not say so."""
    falls = baseline is not None and target is not None and target < baseline
    return Direction.DECREASE if falls else Direction.INCREASE


def _said(row: FileRow, columns: dict[str, str]) -> dict[str, Any]:
    """The columns of the keys that the row has."""
    values = {key: getattr(row, key) for key in columns if key in row.model_fields_set}
    return {
        columns[key]: value for key, value in values.items() if value is not None or key not in _NEVER_EMPTY
    }


def _link(row: FileRow, key: str, column: str, find: Find) -> dict[str, Any]:
    if key not in row.model_fields_set:
        return {}
    name = getattr(row, key)
    return {column: None if name is None else find(name)}
