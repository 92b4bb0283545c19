"""The plan and its levels down to the annual objective, with the initiatives beside them (rules §2)."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from storage.rules.terms import Commitment, ItemState, Kind, Perspective, PlanState
from storage.tables.columns import Figure, Row, UtcDateTime, enum_column


class Plan(Row, table=True):
    """One fiscal year's version of the strategy; one plan of a workspace is active.

    `continues_id` is the plan that this one was cloned from.
    """

    __tablename__ = "plan"
    __table_args__ = (UniqueConstraint("workspace_id", "title"),)

    title: str = Field(max_length=200)
    vision: str = Field(default="", max_length=3000)
    values: str = Field(default="", max_length=3000)
    starts_on: date
    ends_on: date
    zone: str = Field(default="UTC", max_length=64)
    state: PlanState = Field(default=PlanState.ACTIVE, sa_type=enum_column(PlanState))
    continues_id: int | None = None


class PlanItem(Row):
    """What every item of the plan has. References (`B-1`) are a kind's letter and `number`.

    `is_restricted` hides it, and what stands below it, from all who are not of its circle
    (storage/rules/access.py). `continues_id` is the item of an earlier plan that it was carried over from.
    """

    plan_id: int = Field(foreign_key="plan.id", index=True)
    number: int
    title: str = Field(max_length=500)
    owner_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    state: ItemState = Field(default=ItemState.ACTIVE, sa_type=enum_column(ItemState))
    perspective: Perspective | None = Field(default=None, sa_type=enum_column(Perspective))
    is_restricted: bool = False
    continues_id: int | None = None


class Driver(PlanItem, table=True):
    """A business driver: why the breakthroughs exist."""

    __tablename__ = "driver"
    __table_args__ = (UniqueConstraint("workspace_id", "number"),)

    commitment: Commitment | None = Field(default=None, sa_type=enum_column(Commitment))
    starts_on: date | None = None
    ends_on: date | None = None


class Breakthrough(PlanItem, table=True):
    """A breakthrough objective, 3-5 years."""

    __tablename__ = "breakthrough"
    __table_args__ = (UniqueConstraint("workspace_id", "number"),)

    driver_id: int | None = Field(default=None, foreign_key="driver.id", index=True)
    commitment: Commitment | None = Field(default=None, sa_type=enum_column(Commitment))
    starts_on: date
    ends_on: date


class AnnualObjective(PlanItem, table=True):
    """A specific, measurable goal of one year; its measure is a KPI.

    At most one of `breakthrough_id`, `upper_id` and `initiative_id` says where it stands: a department's
    objective may stand under the upper one's or under its initiative (rules §2). `not_deployed_reason` says
    why nothing is deployed from it, where that was decided (rules §1, step 4).
    """

    __tablename__ = "annual_objective"
    __table_args__ = (UniqueConstraint("workspace_id", "number"),)

    breakthrough_id: int | None = Field(default=None, foreign_key="breakthrough.id", index=True)
    upper_id: int | None = Field(default=None, foreign_key="annual_objective.id", index=True)
    # No foreign key: initiatives refer to this table, and of two that refer to each other neither can be
    # created first.
    initiative_id: int | None = Field(default=None, index=True)
    team_id: int | None = Field(default=None, foreign_key="team.id", index=True)
    kpi_id: int | None = Field(default=None, foreign_key="kpi.id", index=True)
    commitment: Commitment = Field(default=Commitment.COMMITTED, sa_type=enum_column(Commitment))
    not_deployed_reason: str = Field(default="", max_length=1000)
    starts_on: date
    ends_on: date


class Initiative(PlanItem, table=True):
    """An improvement priority under an annual objective or an OKR. `progress` is a share, 0 to 1."""

    __tablename__ = "initiative"
    __table_args__ = (UniqueConstraint("workspace_id", "number"),)

    annual_objective_id: int | None = Field(default=None, foreign_key="annual_objective.id", index=True)
    objective_id: int | None = Field(default=None, foreign_key="objective.id", index=True)
    team_id: int | None = Field(default=None, foreign_key="team.id", index=True)
    commitment: Commitment | None = Field(default=None, sa_type=enum_column(Commitment))
    starts_on: date | None = None
    due_on: date | None = None
    progress: Decimal | None = Field(default=None, sa_type=Figure)


class Step(Row, table=True):
    """One step of an initiative's action plan. `original_due_on` stays as it was first agreed."""

    __tablename__ = "step"
    __table_args__ = (Index("ix_step_initiative", "initiative_id", "position"),)

    initiative_id: int = Field(foreign_key="initiative.id")
    position: int
    title: str = Field(max_length=500)
    owner_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    original_due_on: date | None = None
    due_on: date | None = None
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done_by_id: int | None = Field(default=None, foreign_key="member.id")
    is_archived: bool = False


class Supporter(Row, table=True):
    """Someone who helps with an item that another is accountable for. `item_id` is the row of that kind."""

    __tablename__ = "supporter"
    __table_args__ = (UniqueConstraint("workspace_id", "kind", "item_id", "member_id"),)

    kind: Kind = Field(sa_type=enum_column(Kind))
    item_id: int
    member_id: int = Field(foreign_key="member.id", index=True)


class Reader(Row, table=True):
    """Someone who may see a restricted item without having a part in it."""

    __tablename__ = "reader"
    __table_args__ = (UniqueConstraint("workspace_id", "kind", "item_id", "member_id"),)

    kind: Kind = Field(sa_type=enum_column(Kind))
    item_id: int
    member_id: int = Field(foreign_key="member.id", index=True)
