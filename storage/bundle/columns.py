"""Which column of the record each key of a plan file fills."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from storage.bundle.item_rows import ITEM_ROWS, ItemRow
from storage.bundle.rows import CalendarRow, CheckinRow, FileRow, PersonRow, PlanRow, TeamRow
from storage.repositories.plans import PARENT_COLUMNS
from storage.rules.hierarchy import Ref
from storage.rules.terms import Commitment, Direction, ItemState, Kind, Leading, RollUp

Find = Callable[[Any], int]
"""From a name in the file (address, team name, reference) to the id of its row."""

PLAN_COLUMNS = {"title": "title", "vision": "vision", "values": "values", "zone": "zone", "state": "state"}
CHECKIN_COLUMNS = {
    "opens": "checkin_opens_weekday",
    "closes": "checkin_closes_weekday",
    "closes_hour": "checkin_closes_hour",
    "reminder_percent": "reminder_percent",
}
CALENDAR_COLUMNS = {
    "work_days": "work_days",
    "spread_minutes": "spread_minutes",
    "monthly_review": "monthly_review",
    "quarterly_review": "quarterly_review",
    "annual_review": "annual_review",
    "review_hour": "review_hour",
}
"""Without `holidays`, which are two columns."""
PERSON_COLUMNS = {"name": "name", "zone": "zone", "work_days": "work_days", "start_hour": "start_hour"}
_ITEM = {
    "title": "title",
    "state": "state",
    "perspective": "perspective",
    "restricted": "is_restricted",
}
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
    Kind.DRIVER: {**_SPAN, "commitment": "commitment"},
    Kind.BREAKTHROUGH: {**_SPAN, "commitment": "commitment"},
    Kind.ANNUAL_OBJECTIVE: {
        **_SPAN,
        "commitment": "commitment",
        "not_deployed": "not_deployed_reason",
    },
    Kind.OBJECTIVE: {**_SPAN, "commitment": "commitment"},
    Kind.KEY_RESULT: {**_FIGURES, "weight": "weight", "commitment": "commitment", "due": "due_on"},
    Kind.KPI: {
        **_FIGURES,
        "frequency": "frequency",
        "roll_up": "roll_up",
        "source": "data_source",
        "indicator": "leading",
    },
    Kind.INITIATIVE: {
        "starts": "starts_on",
        "due": "due_on",
        "progress": "progress",
        "commitment": "commitment",
    },
}
_COLUMNS = {kind: {**_ITEM, **columns} for kind, columns in _OF_KIND.items()}
# A blank there means that nothing was said, since the record has no empty value for it.
_NEVER_EMPTY = frozenset(
    {"zone", "state", "work_days", "start_hour", "reminder_percent", "direction", "indicator", "weight"}
    | {"restricted", "roll_up", "spread_minutes", "review_hour"}
    | {"monthly_review", "quarterly_review", "annual_review"}
)
_ALWAYS_COMMITTED = frozenset({Kind.ANNUAL_OBJECTIVE, Kind.OBJECTIVE})
USUAL_VALUES: dict[str, Any] = {
    "state": ItemState.ACTIVE,
    "weight": Decimal(1),
    "indicator": Leading.LAGGING,
    "roll_up": RollUp.LAST,
    "restricted": False,
}
"""What a new item has where nothing is said."""
USUAL_COMMITMENTS = {Kind.ANNUAL_OBJECTIVE: Commitment.COMMITTED, Kind.OBJECTIVE: Commitment.ASPIRATIONAL}
CALENDAR_AS_SHIPPED = {
    "work_days": "01234",
    "holidays": "",
    "spread_minutes": 0,
    "monthly_review": "working 5",
    "quarterly_review": "working 8",
    "annual_review": "working 10",
    "review_hour": 10,
}
CHECKIN_AS_SHIPPED = {"opens": 0, "closes": 2, "closes_hour": 17, "reminder_percent": 80}
_ALWAYS_DATED = frozenset({Kind.ANNUAL_OBJECTIVE, Kind.OBJECTIVE, Kind.KEY_RESULT})
_FROM_SLACK = frozenset({"name", "zone"})
_OWN_TIMES = frozenset({"work_days", "start_hour"})


_LINKS = {"owner": "owner_id", "team": "team_id", "kpi": "kpi_id", "parent": "", "plan": "plan_id"}
_LINKS |= {"continues": "continues_id"}
STEP_COLUMNS = {
    "title": "title",
    "owner": "owner_id",
    "due": "due_on",
    "original_due": "original_due_on",
    "done": "done_at",
    "done_by": "done_by_id",
    "archived": "is_archived",
}


def item_keys(kind: Kind) -> dict[str, str]:
    """The column that each key of such an item fills, in the order of writing; the parent has several."""
    columns = {**_ITEM, **_OF_KIND[kind], **_LINKS}
    return {key: columns[key] for key in ITEM_ROWS[kind].key_names() if key in columns}


def plan_columns(row: PlanRow) -> dict[str, Any]:
    return {**_said(row, PLAN_COLUMNS), "starts_on": row.starts, "ends_on": row.ends_on}


def checkin_columns(row: CheckinRow) -> dict[str, Any]:
    return _said(row, CHECKIN_COLUMNS)


def calendar_columns(row: CalendarRow) -> dict[str, Any]:
    columns = _said(row, CALENDAR_COLUMNS)
    if "holidays" in row.model_fields_set:
        columns["country"], _, columns["region"] = (row.holidays or "").partition("-")
    return columns


def person_columns(row: PersonRow, *, is_linked: bool, times_are_own: bool = False) -> dict[str, Any]:
    """Once a person is found in Slack, their name and zone follow Slack and no longer the file; once they
    have set their own working times, these follow them."""
    theirs = (_FROM_SLACK if is_linked else frozenset()) | (_OWN_TIMES if times_are_own else frozenset())
    return {key: value for key, value in _said(row, PERSON_COLUMNS).items() if key not in theirs}


def team_columns(row: TeamRow, find_member: Find) -> dict[str, Any]:
    """Without the parent, which may stand further down in the file."""
    columns = _said(row, {"channel": "channel"})
    return columns | _link(row, "lead", "lead_id", find_member)


def item_columns(row: ItemRow, find_member: Find, find_team: Find, find_item: Find) -> dict[str, Any]:
    """Without the parent; see `parent_columns`."""
    columns = _said(row, _COLUMNS[row.kind])
    if row.kind in _ALWAYS_DATED:
        columns = {key: value for key, value in columns.items() if value is not None or key not in _DATES}
    if row.kind in _ALWAYS_COMMITTED and columns.get("commitment", "") is None:
        del columns["commitment"]
    columns |= _link(row, "owner", "owner_id", find_member)
    columns |= _link(row, "team", "team_id", find_team)
    columns |= _link(row, "kpi", "kpi_id", find_item)
    return columns


_DATES = frozenset({"starts_on", "ends_on", "due_on"})


def parent_columns(row: ItemRow, find_item: Find) -> dict[str, Any]:
    """The one column that names the parent, and the others of that kind empty; {} where it is unsaid."""
    parent: Ref | None = row.find("parent")
    if "parent" not in row.model_fields_set:
        return {}
    columns: dict[str, Any] = dict.fromkeys(PARENT_COLUMNS[row.kind].values())
    if parent is not None:
        columns[PARENT_COLUMNS[row.kind][parent[0]]] = find_item(parent)
    return columns


_PARENTS = {
    kind: {column: parent for parent, column in columns.items()} for kind, columns in PARENT_COLUMNS.items()
}


def as_fields(kind: Kind, columns: Mapping[str, Any], written: Callable[[Kind, int], str]) -> dict[str, Any]:
    """Columns of an item by the names that a node of the graph has for them: one name for one thing,
    whoever changed it. References are as people read them (`written(kind, id)`)."""
    parents = _PARENTS.get(kind, {})
    fields: dict[str, Any] = {}
    for column, value in columns.items():
        if column in parents:
            said = None if value is None else written(parents[column], value)
            fields["parent"] = fields.get("parent") or said
        elif column == "kpi_id":
            fields["measure"] = None if value is None else written(Kind.KPI, value)
        elif column == "ends_on":
            fields["due_on"] = value
        else:
            fields[column] = value
    return fields


def direction_of(baseline: Decimal | None, target: Decimal | None) -> Direction:
    """Which way a measure is meant to move that does not say so."""
    falls = baseline is not None and target is not None and target < baseline
    return Direction.DECREASE if falls else Direction.INCREASE


def _said(row: FileRow, columns: dict[str, str]) -> dict[str, Any]:
    """The columns of the keys that the row has."""
    said = row.model_fields_set
    return {
        column: value
        for key, column in columns.items()
        if key in said and ((value := row.find(key)) is not None or key not in _NEVER_EMPTY)
    }


def _link(row: FileRow, key: str, column: str, find: Find) -> dict[str, Any]:
    if key not in row.model_fields_set:
        return {}
    name = row.find(key)
    return {column: None if name is None else find(name)}
