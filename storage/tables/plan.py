"""The plan and its levels down to the annual objective, with the initiatives beside them (rules §2)."""

from datetime import date
from decimal import Decimal

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.rules.terms import Commitment, ItemState, Perspective, PlanState
from storage.tables.columns import Figure, Row, enum_column


class Plan(Row, table=True):
    """One fiscal year's version of the strategy; one plan of a workspace is active."""

    __tablename__ = "plan"
    __table_args__ = (UniqueConstraint("workspace_id", "title"),)

    title: str = Field(max_length=200)
    vision: str = Field(default="", max_length=3000)
    values: str = Field(default="", max_length=3000)
    starts_on: date
    ends_on: date
    zone: str = Field(default="UTC", max_length=64)
    state: PlanState = Field(default=PlanState.ACTIVE, sa_type=enum_column(PlanState))


class PlanItem(Row):
    """What every item of the plan has. References (`B-1`) are a kind's letter and `number`."""

    plan_id: int = Field(foreign_key="plan.id", index=True)
    number: int
    title: str = Field(max_length=500)
    owner_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    state: ItemState = Field(default=ItemState.ACTIVE, sa_type=enum_column(ItemState))


class Driver(PlanItem, table=True):
    """A business driver: why the breakthroughs exist."""

    __tablename__ = "driver"
    __table_args__ = (UniqueConstraint("workspace_id", "number"),)

    starts_on: date | None = None
    ends_on: date | None = None


class Breakthrough(PlanItem, table=True):
    """A breakthrough objective, 3-5 years."""

    __tablename__ = "breakthrough"
    __table_args__ = (UniqueConstraint("workspace_id", "number"),)

    driver_id: int | None = Field(default=None, foreign_key="driver.id", index=True)
    starts_on: date
    ends_on: date


class AnnualObjective(PlanItem, table=True):
    """A specific, measurable goal of one year; its measure is a KPI.

    At most one of `breakthrough_id`, `upper_id` and `initiative_id` says where it stands: a department's
    objective may stand under the upper one's or under its initiative (rules §2).
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
    perspective: Perspective | None = Field(default=None, sa_type=enum_column(Perspective))
    commitment: Commitment = Field(default=Commitment.COMMITTED, sa_type=enum_column(Commitment))
    starts_on: date
    ends_on: date


class Initiative(PlanItem, table=True):
    """An improvement priority under an annual objective or an OKR. `progress` is a share, 0 to 1."""

    __tablename__ = "initiative"
    __table_args__ = (UniqueConstraint("workspace_id", "number"),)

    annual_objective_id: int | None = Field(default=None, foreign_key="annual_objective.id", index=True)
    objective_id: int | None = Field(default=None, foreign_key="objective.id", index=True)
    team_id: int | None = Field(default=None, foreign_key="team.id", index=True)
    starts_on: date | None = None
    due_on: date | None = None
    progress: Decimal | None = Field(default=None, sa_type=Figure)
