"""The record as the content of a plan file: everything that loading it into an empty record needs.

What the rules would fill in anyway is left out, so that the file reads as if it were written by hand.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from storage.bundle.columns import (
    CALENDAR_AS_SHIPPED,
    CALENDAR_COLUMNS,
    CHECKIN_AS_SHIPPED,
    CHECKIN_COLUMNS,
    PERSON_COLUMNS,
    PLAN_COLUMNS,
    STEP_COLUMNS,
    USUAL_COMMITMENTS,
    USUAL_VALUES,
    direction_of,
    item_keys,
)
from storage.bundle.content import Content, Row
from storage.bundle.document import VERSION
from storage.bundle.item_rows import ITEM_ROWS
from storage.bundle.past import past_readings
from storage.bundle.trail import PRIVATE, name_everything, past_changes, without_names
from storage.bundle.values import WEEKDAYS, quarter_days, year_end
from storage.database import UnitOfWork
from storage.repositories.plans import PARENT_COLUMNS, Record
from storage.rules import access
from storage.rules.access import Action, Viewer
from storage.rules.calendar import parse_review_day, write_review_day
from storage.rules.hierarchy import format_reference
from storage.rules.terms import Kind, PlanState
from storage.rules.thresholds import THRESHOLDS, settled
from storage.tables.kpi import Kpi
from storage.tables.member import Member
from storage.tables.okr import KeyResult, Objective
from storage.tables.plan import AnnualObjective, Plan, PlanItem, Reader, Supporter
from storage.tables.team import Team
from storage.tables.workspace import Workspace

SECTION_OF_KIND = {
    Kind.DRIVER: "drivers",
    Kind.BREAKTHROUGH: "breakthroughs",
    Kind.ANNUAL_OBJECTIVE: "annual_objectives",
    Kind.OBJECTIVE: "objectives",
    Kind.KPI: "kpis",
    Kind.INITIATIVE: "initiatives",
}
"""Key results stand inside their objectives."""

REVIEWS = frozenset({"monthly_review", "quarterly_review", "annual_review"})


def export(uow: UnitOfWork, viewer: Viewer | None = None) -> Content:
    """The whole plan of a workspace, with its history, as sections in the order of the format.

    Args:
        viewer: leaves out what that person may not see; without one everything is there.
    """
    return _Exporting(uow, viewer).content()


class _Exporting:
    def __init__(self, uow: UnitOfWork, viewer: Viewer | None) -> None:
        self._uow = uow
        self._viewer = viewer
        self._whole: Record = uow.plans.record()
        self._record = self._whole if viewer is None else _visible(uow, self._whole, viewer)
        self._sees_people = viewer is None or access.may(viewer, Action.PLAN)
        self._emails = {member.id: email for email, member in self._record.members.items()}
        self._team_names = {team.id: name for name, team in self._record.teams.items()}
        self._refs = {(kind, item.id): (kind, number) for (kind, number), item in self._record.items.items()}
        self._plan = self._record.active_plan
        self._plans = {plan.id: plan for plan in self._record.plans}
        self._supporters = self._people_of(uow.bundles.list_supporters())
        self._readers = self._people_of(uow.bundles.list_readers())

    def content(self) -> Content:
        sections: Content = {
            "hoshin": int(VERSION),
            "plan": self._plan_row(self._plan) if self._plan else None,
            "plans": [self._plan_row(plan) for plan in self._record.plans if plan is not self._plan],
            "checkin": self._checkin_row(),
            "calendar": self._calendar_row(),
            "thresholds": self._thresholds_row(),
            "days_off": [
                _without_nothing({"day": row.off_on, "title": row.title})
                for row in self._uow.members.list_days_off()
            ],
            "people": list(self._people()),
            "teams": list(self._teams()),
            **{section: list(self._items(kind)) for kind, section in SECTION_OF_KIND.items()},
            "marks": list(self._marks()),
            "readings": past_readings(self._uow, self._record),
            "changes": self._changes(),
        }
        return {section: said for section, said in sections.items() if said}

    def _plan_row(self, plan: Plan) -> Row:
        row = {key: getattr(plan, column) for key, column in PLAN_COLUMNS.items()}
        title = row.pop("title")
        ends = None if plan.ends_on == year_end(plan.starts_on) else plan.ends_on
        earlier = self._plans.get(plan.continues_id or 0)
        continues = earlier.title if earlier else None
        said = {"title": title, "starts": plan.starts_on, "ends": ends, **row, "continues": continues}
        return _without_nothing(said, {"zone": "UTC", "state": PlanState.ACTIVE})

    def _checkin_row(self) -> Row:
        workspace = self._uow.session.get_one(Workspace, self._uow.workspace_id)
        row = {key: getattr(workspace, column) for key, column in CHECKIN_COLUMNS.items()}
        if row == CHECKIN_AS_SHIPPED:
            return {}
        return {**row, **{key: WEEKDAYS[row[key]].capitalize() for key in ("opens", "closes")}}

    def _calendar_row(self) -> Row:
        workspace = self._uow.settings.get()
        said = {key: getattr(workspace, column) for key, column in CALENDAR_COLUMNS.items()}
        said["holidays"] = "-".join(filter(None, (workspace.country, workspace.region)))
        row = _without_nothing(said, CALENDAR_AS_SHIPPED)
        if "work_days" in row:
            row["work_days"] = _day_names(workspace.work_days)
        for name in REVIEWS & row.keys():
            row[name] = write_review_day(parse_review_day(str(row[name])))
        return row

    def _thresholds_row(self) -> Row:
        kept = self._uow.session.get_one(Workspace, self._uow.workspace_id).thresholds or {}
        figures = settled(kept)
        return {one.name: figures[one.name] for one in THRESHOLDS if one.name in kept}

    def _people(self) -> Iterator[Row]:
        homes = {row.member_id: row.team_id for row in self._uow.plans.list_memberships() if row.is_home}
        away: defaultdict[int, list[Row]] = defaultdict(list)
        for absence in sorted(self._uow.plans.list_absences(), key=lambda one: (one.member_id, one.from_on)):
            if self._sees_people:
                away[absence.member_id].append({"from": absence.from_on, "until": absence.until_on})
        roles: defaultdict[int, list[str]] = defaultdict(list)
        for grant in self._uow.bundles.list_grants():
            roles[grant.member_id].append(str(grant.role))
        zone, usual_days = self._plan.zone if self._plan else "UTC", self._uow.settings.get().work_days
        for email, member in sorted(self._record.members.items(), key=_by_id):
            said = {
                "email": email,
                **{key: getattr(member, column) for key, column in PERSON_COLUMNS.items()},
                "team": self._team_names.get(homes.get(member.id, 0)),
                "away": away.get(member.id),
                "roles": roles.get(member.id),
            }
            row = _without_nothing(said, {"zone": zone, "work_days": usual_days, "start_hour": 9})
            if "work_days" in row:
                row["work_days"] = _day_names(member.work_days)
            if "team" not in row and member.id in self._listed:
                row["team"] = None
            yield row

    def _teams(self) -> Iterator[Row]:
        for name, team in sorted(self._record.teams.items(), key=_by_id):
            yield _without_nothing(
                {
                    "name": name,
                    "parent": self._team_names.get(team.parent_id or 0),
                    "lead": self._emails.get(team.lead_id or 0),
                    "channel": team.channel,
                    "members": self._members_of.get(team.id),
                }
            )

    @cached_property
    def _members_of(self) -> dict[int, list[str]]:
        """Who belongs to each team beside those whose home it is."""
        found: defaultdict[int, list[str]] = defaultdict(list)
        for row in sorted(self._uow.plans.list_memberships(), key=lambda row: row.member_id):
            if not row.is_home and row.member_id in self._emails:
                found[row.team_id].append(self._emails[row.member_id])
        return dict(found)

    @cached_property
    def _listed(self) -> set[int]:
        ids = {email: member_id for member_id, email in self._emails.items()}
        return {ids[email] for emails in self._members_of.values() for email in emails}

    def _items(self, kind: Kind) -> Iterator[Row]:
        inner: defaultdict[int, list[Row]] = defaultdict(list)
        if kind is Kind.OBJECTIVE:
            for number, item in self._of_kind(Kind.KEY_RESULT):
                if isinstance(item, KeyResult):
                    inner[item.objective_id].append(self._item(Kind.KEY_RESULT, number, item))
        for number, item in self._of_kind(kind):
            row = self._item(kind, number, item)
            if item.id in inner:
                row["key_results"] = inner[item.id]
            yield row

    def _of_kind(self, kind: Kind) -> list[tuple[int, PlanItem]]:
        found = [(number, item) for (one, number), item in self._record.items.items() if one is kind]
        return sorted(found, key=lambda pair: pair[0])

    def _item(self, kind: Kind, number: int, item: PlanItem) -> Row:
        columns = item_keys(kind)
        said: dict[str, Any] = {}
        for key in ITEM_ROWS[kind].key_names():
            if key in columns:
                column = columns[key]
                said[key] = (
                    self._value(kind, key, getattr(item, column)) if column else self._parent(kind, item)
                )
            else:
                said[key] = self._hanging(kind, key, item)
        said["ref"] = format_reference(kind, number)
        if isinstance(item, Objective):
            said |= self._quarter(item)
        row = _without_nothing(said, self._defaults(kind, item))
        if isinstance(item, KeyResult):
            # It stands inside its objective.
            row.pop("parent", None)
            if not item.unit and self._unit_of(item.kpi_id):
                row["unit"] = ""
        return row

    def _hanging(self, kind: Kind, key: str, item: PlanItem) -> Any:
        """What belongs to an item without being a column of it."""
        slot = kind, item.id
        if key == "supporters":
            return self._supporters.get(slot)
        if key == "readers":
            return self._readers.get(slot)
        if key == "steps":
            return self._steps.get(item.id)
        if key == "aliases":
            return self._aliases.get(item.id)
        return self._planned.get(item.id) if key == "planned" else None

    @cached_property
    def _steps(self) -> dict[int, list[Row]]:
        found: defaultdict[int, list[Row]] = defaultdict(list)
        for step in self._uow.bundles.list_steps():
            said = {key: getattr(step, column) for key, column in STEP_COLUMNS.items()}
            said |= {key: self._emails.get(said[key] or 0) for key in ("owner", "done_by")}
            defaults = {"original_due": step.due_on, "archived": False}
            row = _without_nothing(said, defaults)
            if step.due_on is not None and step.original_due_on is None:
                row["original_due"] = None
            found[step.initiative_id].append(row)
        return dict(found)

    @cached_property
    def _aliases(self) -> dict[int, list[str]]:
        found: defaultdict[int, list[str]] = defaultdict(list)
        for alias in self._uow.bundles.list_aliases():
            found[alias.kpi_id].append(alias.name)
        return dict(found)

    @cached_property
    def _planned(self) -> dict[int, dict[str, Decimal]]:
        found: defaultdict[int, dict[str, Decimal]] = defaultdict(dict)
        for planned in self._uow.bundles.list_planned():
            found[planned.kpi_id][f"{planned.month_on:%Y-%m}"] = planned.value
        return dict(found)

    def _people_of(self, rows: Sequence[Supporter | Reader]) -> dict[tuple[Kind, int], list[str]]:
        found: defaultdict[tuple[Kind, int], list[str]] = defaultdict(list)
        for row in rows:
            if row.member_id in self._emails:
                found[row.kind, row.item_id].append(self._emails[row.member_id])
        return dict(found)

    def _marks(self) -> Iterator[Row]:
        for mark in self._uow.bundles.list_marks():
            ends = (
                self._written((mark.left_kind, mark.left_id)),
                self._written((mark.right_kind, mark.right_id)),
            )
            if all(ends):
                yield _without_nothing(
                    {
                        "from": ends[0],
                        "to": ends[1],
                        "strength": mark.strength,
                        "suggested": not mark.is_confirmed,
                        "by": self._emails.get(mark.member_id or 0),
                    },
                    {"suggested": False},
                )

    def _changes(self) -> list[Row]:
        names = name_everything(self._uow, self._record)
        rows = list(past_changes(self._uow, names))
        if self._viewer is None:
            return rows
        hidden = {format_reference(*ref) for ref in self._whole.items.keys() - self._record.items.keys()}
        kinds = frozenset() if self._sees_people else PRIVATE
        return [without_names(row, hidden) for row in rows if row["kind"] not in kinds]

    def _quarter(self, objective: Objective) -> dict[str, Any]:
        """Its quarter of the fiscal year instead of its days, where it has one."""
        plan = self._plans[objective.plan_id]
        days = objective.starts_on, objective.ends_on
        for quarter in range(1, 5):
            if quarter_days(plan.starts_on, quarter) == days:
                return {"quarter": f"Q{quarter}", "starts": None, "due": None}
        return {}

    def _unit_of(self, kpi_id: int | None) -> str:
        ref = self._refs.get((Kind.KPI, kpi_id or 0))
        kpi = self._record.items[ref] if ref else None
        return kpi.unit if isinstance(kpi, Kpi) else ""

    def _value(self, kind: Kind, key: str, value: Any) -> Any:
        """A column's value as the file has it."""
        if key == "plan":
            return None if self._plan and value == self._plan.id else self._plans[value].title
        if key in {"owner", "team"}:
            return (self._emails if key == "owner" else self._team_names).get(value)
        if key in {"kpi", "continues"}:
            return self._written((Kind.KPI if key == "kpi" else kind, value))
        return value * 100 if key == "progress" and value is not None else value

    def _parent(self, kind: Kind, item: PlanItem) -> str | None:
        for parent_kind, column in PARENT_COLUMNS.get(kind, {}).items():
            parent_id = getattr(item, column)
            if parent_id is not None:
                return self._written((parent_kind, parent_id))
        return None

    def _written(self, key: tuple[Kind, int]) -> str | None:
        ref = self._refs.get(key)
        return format_reference(*ref) if ref else None

    def _defaults(self, kind: Kind, item: PlanItem) -> dict[str, Any]:
        """What loading would fill in where the row leaves it out."""
        defaults = {**USUAL_VALUES, "commitment": USUAL_COMMITMENTS.get(kind)}
        if isinstance(item, Kpi | KeyResult):
            defaults["direction"] = direction_of(item.baseline, item.target)
        if isinstance(item, KeyResult):
            objective = self._record.items[self._refs[Kind.OBJECTIVE, item.objective_id]]
            defaults |= {"due": getattr(objective, "ends_on", None), "unit": self._unit_of(item.kpi_id)}
        if isinstance(item, AnnualObjective):
            plan = self._plans[item.plan_id]
            defaults |= {"starts": plan.starts_on, "due": plan.ends_on}
        return defaults


def _visible(uow: UnitOfWork, record: Record, viewer: Viewer) -> Record:
    """The record as someone may see it: what they may not see is not there."""
    graphs = (access.see(uow.picture(plan.id).graph, viewer) for plan in record.plans)
    seen = {ref for graph in graphs for ref in graph.nodes}
    # A key result stands inside its objective, so it goes where that one goes.
    objectives = {record.items[ref].id for ref in seen if ref[0] is Kind.OBJECTIVE}
    return replace(
        record,
        items={
            ref: item
            for ref, item in record.items.items()
            if ref in seen and (not isinstance(item, KeyResult) or item.objective_id in objectives)
        },
    )


def _without_nothing(said: dict[str, Any], defaults: dict[str, Any] | None = None) -> Row:
    """The keys that say something beyond what would be there without them."""
    defaults = defaults or {}
    return {
        key: str(value).strip() if isinstance(value, str) else value
        for key, value in said.items()
        if value not in (None, "", [], {}) and (key not in defaults or value != defaults[key])
    }


def _day_names(digits: str) -> list[str]:
    return [WEEKDAYS[int(day)][:3].capitalize() for day in digits]


def _by_id(pair: tuple[str, Member | Team]) -> int:
    return pair[1].id
