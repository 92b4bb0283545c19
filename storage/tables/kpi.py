"""KPIs, defined once, and the readings of KPIs and key results (rules §3)."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from storage.rules.terms import Direction, Frequency, Leading, RollUp, Source
from storage.tables.columns import Figure, Row, UtcDateTime, enum_column
from storage.tables.plan import PlanItem


class Kpi(PlanItem, table=True):
    """One definition of one measure; several key results may read it. `active_on` is as a key result's."""

    __tablename__ = "kpi"
    __table_args__ = (UniqueConstraint("workspace_id", "number"),)

    team_id: int | None = Field(default=None, foreign_key="team.id", index=True)
    unit: str = Field(default="", max_length=40)
    direction: Direction = Field(default=Direction.INCREASE, sa_type=enum_column(Direction))
    baseline: Decimal | None = Field(default=None, sa_type=Figure)
    target: Decimal | None = Field(default=None, sa_type=Figure)
    band_low: Decimal | None = Field(default=None, sa_type=Figure)
    band_high: Decimal | None = Field(default=None, sa_type=Figure)
    frequency: Frequency = Field(default=Frequency.MONTHLY, sa_type=enum_column(Frequency))
    data_source: str = Field(default="", max_length=200)
    leading: Leading = Field(default=Leading.LAGGING, sa_type=enum_column(Leading))
    roll_up: RollUp = Field(default=RollUp.LAST, sa_type=enum_column(RollUp))
    active_on: date | None = None


class KpiAlias(Row, table=True):
    """Another name of a KPI: where two were measured alike, one definition stays and the other's name points
    to it (rules §3)."""

    __tablename__ = "kpi_alias"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    kpi_id: int = Field(foreign_key="kpi.id", index=True)
    name: str = Field(max_length=500)


class KpiPlan(Row, table=True):
    """What a KPI is planned to be in one month (rules §4); `month_on` is its first day."""

    __tablename__ = "kpi_plan"
    __table_args__ = (UniqueConstraint("kpi_id", "month_on"),)

    kpi_id: int = Field(foreign_key="kpi.id")
    month_on: date
    value: Decimal = Field(sa_type=Figure)


class Reading(Row, table=True):
    """One value of one period. A correction is a new row that supersedes; nothing is overwritten.

    `period_on` is the first day of the period (week, month, quarter or year).
    """

    __tablename__ = "reading"
    __table_args__ = (
        CheckConstraint("(kpi_id IS NULL) <> (key_result_id IS NULL)", name="one_measure"),
        Index("ix_reading_kpi_period", "kpi_id", "period_on", "recorded_at"),
        Index("ix_reading_key_result_period", "key_result_id", "period_on", "recorded_at"),
    )

    kpi_id: int | None = Field(default=None, foreign_key="kpi.id")
    key_result_id: int | None = Field(default=None, foreign_key="key_result.id")
    period_on: date
    value: Decimal = Field(sa_type=Figure)
    source: Source = Field(sa_type=enum_column(Source))
    member_id: int | None = Field(default=None, foreign_key="member.id")
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    superseded_by_id: int | None = Field(default=None, foreign_key="reading.id")
