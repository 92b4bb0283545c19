"""OKRs: a team's quarterly objective and its key results (rules §3)."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from storage.rules.terms import Commitment, Direction, Kind, Source
from storage.tables.columns import Figure, Row, UtcDateTime, enum_column
from storage.tables.plan import PlanItem


class Objective(PlanItem, table=True):
    """A qualitative goal of one team for one quarter.

    `impact`, `value`, `effort` and `risk` are 1 (little) to 5 (much); `waste`, `customer_value` and
    `improvement` say how it fits Lean (rules §3).
    """

    __tablename__ = "objective"
    __table_args__ = (UniqueConstraint("workspace_id", "number"),)

    annual_objective_id: int | None = Field(default=None, foreign_key="annual_objective.id", index=True)
    team_id: int | None = Field(default=None, foreign_key="team.id", index=True)
    commitment: Commitment = Field(default=Commitment.ASPIRATIONAL, sa_type=enum_column(Commitment))
    starts_on: date
    ends_on: date
    impact: int | None = None
    value: int | None = None
    effort: int | None = None
    risk: int | None = None
    waste: str = Field(default="", max_length=300)
    customer_value: str = Field(default="", max_length=300)
    improvement: str = Field(default="", max_length=300)


class KeyResult(PlanItem, table=True):
    """From baseline to target. With `kpi_id` it reads that KPI's readings and holds none of its own.

    Without a `commitment` of its own it follows its objective. `evidence_plan` says where the proof will
    come from where no KPI does. `active_on` is the day (in the plan's zone) on which it became active, where
    that came later than its first day or may have; None counts as its first day.
    """

    __tablename__ = "key_result"
    __table_args__ = (UniqueConstraint("workspace_id", "number"),)

    objective_id: int = Field(foreign_key="objective.id", index=True)
    kpi_id: int | None = Field(default=None, foreign_key="kpi.id", index=True)
    unit: str = Field(default="", max_length=40)
    direction: Direction = Field(default=Direction.INCREASE, sa_type=enum_column(Direction))
    baseline: Decimal = Field(sa_type=Figure)
    target: Decimal = Field(sa_type=Figure)
    band_low: Decimal | None = Field(default=None, sa_type=Figure)
    band_high: Decimal | None = Field(default=None, sa_type=Figure)
    commitment: Commitment | None = Field(default=None, sa_type=enum_column(Commitment))
    weight: Decimal = Field(default=Decimal(1), sa_type=Figure)
    due_on: date
    evidence_plan: str = Field(default="", max_length=300)
    active_on: date | None = None


class Milestone(Row, table=True):
    """One step of a key result in the unit "milestones"; `number` is its place, from 1."""

    __tablename__ = "milestone"
    __table_args__ = (UniqueConstraint("key_result_id", "number"),)

    key_result_id: int = Field(foreign_key="key_result.id")
    number: int
    title: str = Field(max_length=200)
    weight: Decimal = Field(default=Decimal(1), sa_type=Figure)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done_by_id: int | None = Field(default=None, foreign_key="member.id")


class Report(Row, table=True):
    """What someone said of a key result or KPI: a figure, a confidence, a note, or several of these.

    `item_id` is the row of that kind. `link` leads to the message that is the evidence. `done` and `undone`
    are the numbers of milestones that it moved. `question_id` is the check-in's question that it answered.
    With `withdrawn_at` it was undone, or corrected by a later one.
    """

    __tablename__ = "report"
    __table_args__ = (
        Index("ix_report_item", "workspace_id", "kind", "item_id", "reported_at"),
        Index("ix_report_member", "member_id", "reported_at"),
    )

    kind: Kind = Field(sa_type=enum_column(Kind))
    item_id: int
    member_id: int | None = Field(default=None, foreign_key="member.id")
    source: Source = Field(sa_type=enum_column(Source))
    reported_at: datetime = Field(sa_type=UtcDateTime)
    value: Decimal | None = Field(default=None, sa_type=Figure)
    value_before: Decimal | None = Field(default=None, sa_type=Figure)
    confidence: int | None = None
    confidence_before: int | None = None
    note: str = Field(default="", max_length=3000)
    link: str = Field(default="", max_length=500)
    reading_id: int | None = Field(default=None, foreign_key="reading.id")
    question_id: int | None = Field(default=None, foreign_key="checkin_question.id", index=True)
    done: list[int] | None = Field(default=None, sa_type=JSON)
    undone: list[int] | None = Field(default=None, sa_type=JSON)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Grade(Row, table=True):
    """How an objective or a key result ended, 0.0 to 1.0; `suggested` is what the data said."""

    __tablename__ = "grade"
    __table_args__ = (UniqueConstraint("workspace_id", "kind", "item_id"),)

    kind: Kind = Field(sa_type=enum_column(Kind))
    item_id: int
    grade: Decimal = Field(sa_type=Figure)
    suggested: Decimal | None = Field(default=None, sa_type=Figure)
    reason: str = Field(default="", max_length=3000)
    evidence: str = Field(default="", max_length=3000)
    lesson: str = Field(default="", max_length=3000)
    post_mortem: str = Field(default="", max_length=3000)
    member_id: int | None = Field(default=None, foreign_key="member.id")
    graded_at: datetime = Field(sa_type=UtcDateTime)


class Dependency(Row, table=True):
    """A key result that needs another one; it counts once the other's owner has confirmed it."""

    __tablename__ = "dependency"
    __table_args__ = (UniqueConstraint("key_result_id", "needs_id"),)

    key_result_id: int = Field(foreign_key="key_result.id")
    needs_id: int = Field(foreign_key="key_result.id", index=True)
    note: str = Field(default="", max_length=300)
    asked_by_id: int | None = Field(default=None, foreign_key="member.id")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    declined_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str = Field(default="", max_length=300)
