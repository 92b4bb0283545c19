"""The rows of a plan file: which keys each has, and what a row must hold to be understood on its own.

A key that a row leaves out stays as the record has it; `model_fields_set` tells which were said. The rows of
items are in `item_rows`.
"""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, create_model, field_validator, model_validator

from storage.bundle.values import (
    ActionName,
    Channel,
    Day,
    DayOffTitle,
    Email,
    Fields,
    Figure,
    Flag,
    Holidays,
    Hour,
    Instant,
    Minutes,
    Ordinal,
    Percent,
    PeriodName,
    PersonName,
    PlanStateWord,
    PlanTitle,
    Prose,
    ReadingSourceWord,
    Reason,
    Reference,
    ReviewDayText,
    RoleWord,
    StrengthWord,
    TeamName,
    Weekday,
    WorkDays,
    Zone,
    year_end,
)
from storage.rules.hierarchy import format_reference
from storage.rules.thresholds import THRESHOLDS

# What a row is called comes first, then where it stands and whose it is; its state comes last.
_ORDER = {
    key: place
    for place, key in enumerate(
        (
            "ref",
            "title",
            "parent",
            "owner",
            "supporters",
            "team",
            "kpi",
            "unit",
            "direction",
            "baseline",
            "target",
            "band_low",
            "band_high",
            "weight",
            "frequency",
            "source",
            "roll_up",
            "perspective",
            "indicator",
            "commitment",
            "quarter",
            "starts",
            "due",
            "original_due",
            "done",
            "done_by",
            "archived",
            "progress",
            "not_deployed",
            "restricted",
            "readers",
            "state",
            "plan",
            "continues",
            "aliases",
            "planned",
            "steps",
            "readings",
        )
    )
}


class FileRow(BaseModel):
    """One row, or one section that is a single row."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    identity: ClassVar[str] = ""
    """The key by which the row is known."""

    @property
    def label(self) -> str:
        """What the row is called in a sentence about it."""
        return str(getattr(self, self.identity))

    def find(self, key: str) -> Any:
        """What stands under a key; None where rows of this kind have none of that name."""
        # As getattr with a default, for which pydantic raises and catches an error first.
        return self.__dict__.get(key)

    @classmethod
    def key_names(cls) -> list[str]:
        """The keys that such a row may have, as they are written."""
        keys = [field.alias or name for name, field in cls.model_fields.items()]
        return sorted(keys, key=lambda key: _ORDER.get(key, 0))


class PlanRow(FileRow):
    """One version of the plan: a fiscal year.

    It starts on the first of a month and lasts a year unless `ends` says otherwise.
    """

    title: PlanTitle
    starts: Day
    ends: Day | None = None
    vision: Prose = ""
    values: Prose = ""
    zone: Zone = "UTC"
    state: PlanStateWord | None = None
    continues: PlanTitle | None = None

    @property
    def label(self) -> str:
        return f"plan {self.title}"

    @field_validator("starts")
    @classmethod
    def _starts_with_a_month(cls, starts: date) -> date:
        if starts.day != 1:
            raise ValueError(f"{starts} is not the first of a month, and a fiscal year starts with one.")
        return starts

    @property
    def ends_on(self) -> date:
        return self.ends or year_end(self.starts)


class CheckinRow(FileRow):
    """When the weekly check-in is open, in each person's own time."""

    opens: Weekday
    closes: Weekday
    closes_hour: Hour
    reminder_percent: Percent | None = None

    @property
    def label(self) -> str:
        return "checkin"


class CalendarRow(FileRow):
    """When the organisation works and reviews. `holidays` is a country, or one with a region: `DE-BY`."""

    work_days: WorkDays | None = None
    holidays: Holidays | None = None
    spread_minutes: Minutes | None = None
    monthly_review: ReviewDayText | None = None
    quarterly_review: ReviewDayText | None = None
    annual_review: ReviewDayText | None = None
    review_hour: Hour | None = None

    @property
    def label(self) -> str:
        return "calendar"


class DayOffRow(FileRow):
    """A day on which everyone is off."""

    identity = "day"

    day: Day
    title: DayOffTitle = ""


class ThresholdRow(FileRow):
    """Figures of the method that this organisation has set for itself, by their names."""

    @property
    def label(self) -> str:
        return "thresholds"

    @property
    def said(self) -> dict[str, Decimal]:
        """Those that have a figure."""
        return {key: value for key, value in self.model_dump().items() if value is not None}


ThresholdsRow: type[ThresholdRow] = create_model(
    "ThresholdsRow",
    __base__=ThresholdRow,
    **{one.name: (Figure | None, None) for one in THRESHOLDS},  # type: ignore[call-overload]  # fields by name
)


class AwayRow(FileRow):
    """Days away, both included."""

    from_: Day = Field(alias="from")
    until: Day

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        if self.until < self.from_:
            raise ValueError(f"The absence ends on {self.until}, before it starts on {self.from_}.")
        return self


class PersonRow(FileRow):
    """Someone, known by their email address. `team` is the one whose summary their check-in stands in."""

    identity = "email"

    email: Email
    name: PersonName
    zone: Zone | None = None
    team: TeamName | None = None
    work_days: WorkDays | None = None
    start_hour: Hour | None = None
    away: list[AwayRow] = Field(default_factory=list)
    roles: list[RoleWord] = Field(default_factory=list)


class TeamRow(FileRow):
    """A team, known by its name."""

    identity = "name"

    name: TeamName
    parent: TeamName | None = None
    lead: Email | None = None
    channel: Channel = None
    members: list[Email] = Field(default_factory=list)


class MarkRow(FileRow):
    """How strongly two items hang together in the X-matrix; a suggested mark waits for someone to agree."""

    identity = "from"

    from_: Reference = Field(alias="from")
    to: Reference
    strength: StrengthWord
    suggested: Flag | None = None
    by: Email | None = None

    @property
    def label(self) -> str:
        return f"{format_reference(*self.from_)} – {format_reference(*self.to)}"


class ChangeRow(FileRow):
    """One entry of the trail: who changed what, when, from what to what. Part of the history.

    `of` is what the changed row is called: its reference, an address, a name.
    """

    identity = "of"

    at: Instant
    by: Email | None = None
    action: ActionName
    kind: ActionName
    of: Prose = ""
    before: Fields | None = None
    after: Fields | None = None
    reason: Reason = ""

    @property
    def label(self) -> str:
        return f"{self.kind} {self.of}"


class ReadingRow(FileRow):
    """A figure in a list of its own, beside those that stand under their measure.

    With `recorded` it is part of the history: it was noted then, from that source, by that person, and
    counts as it did there. Readings of one measure and period that correct each other are told apart by
    `no`; `replaced_by` is the number of the one that took this one's place.
    """

    identity = "of"

    of: Reference
    period: PeriodName
    value: Figure
    recorded: Instant | None = None
    source: ReadingSourceWord | None = None
    by: Email | None = None
    no: Ordinal | None = None
    replaced_by: Ordinal | None = None

    @model_validator(mode="after")
    def _is_new_or_whole(self) -> Self:
        if self.recorded is None and any((self.source, self.by, self.no, self.replaced_by)):
            raise ValueError(
                "With source, by, no or replaced_by it belongs to the history, which says when it was noted. "
                "Add recorded, or leave those out."
            )
        return self

    @property
    def label(self) -> str:
        return f"{format_reference(*self.of)} {self.period.text}"
