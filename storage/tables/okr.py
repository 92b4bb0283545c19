"""OKRs: a team's quarterly objective and its key results (rules §3)."""

from datetime import date
from decimal import Decimal

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.rules.terms import Commitment, Direction
from storage.tables.columns import Figure, enum_column
from storage.tables.plan import PlanItem


class Objective(PlanItem, table=True):
    """A qualitative goal of one team for one quarter."""

    __tablename__ = "objective"
    __table_args__ = (UniqueConstraint("workspace_id", "number"),)

    annual_objective_id: int | None = Field(default=None, foreign_key="annual_objective.id", index=True)
    team_id: int | None = Field(default=None, foreign_key="team.id", index=True)
    commitment: Commitment = Field(default=Commitment.ASPIRATIONAL, sa_type=enum_column(Commitment))
    starts_on: date
    ends_on: date


class KeyResult(PlanItem, table=True):
    """From baseline to target. With `kpi_id` it reads that KPI's readings and holds none of its own.

    Without a `commitment` of its own it follows its objective.
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
