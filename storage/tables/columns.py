"""Column types that mean the same on SQLite and PostgreSQL, and the base of every row."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import DateTime, Dialect, Enum, Numeric, String
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field, SQLModel

# Named constraints, since a migration can only change what it can name, on SQLite above all.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

FIGURE_DIGITS = 24
FIGURE_DECIMALS = 6


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Goes in aware, comes out in UTC.

    Raises:
        ValueError: the value has no zone; a naive datetime is a guess, and guesses ping people at night.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        value = value.astimezone(UTC)
        # SQLite has no zones: naive UTC keeps the text sortable.
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Figure(TypeDecorator[Decimal]):
    """An exact decimal: NUMERIC on PostgreSQL, text on SQLite, whose NUMERIC would round through floats."""

    impl = Numeric(FIGURE_DIGITS, FIGURE_DECIMALS)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(FIGURE_DIGITS + 2))
        return dialect.type_descriptor(Numeric(FIGURE_DIGITS, FIGURE_DECIMALS))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return format(value, "f")

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        del dialect
        return None if value is None else _read_figure(value)


@lru_cache(maxsize=10_000)
def _read_figure(value: str | Decimal) -> Decimal:
    """Remembered, since a plan's targets and weights are read again and again, and many are alike."""
    return plain(Decimal(value))


def plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros or exponent: 74.000000 → 74, so both databases agree."""
    value = value.normalize()
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value


def enum_column(words: type[StrEnum]) -> Any:
    """The enum's values as plain text: readable in any database tool, and a new word needs no migration."""
    return Enum(
        words,
        native_enum=False,
        create_constraint=False,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


class Row(SQLModel):
    """What every table has: its own key and the workspace that it belongs to."""

    # A row is not validated when it is made, so the validators are built only if someone asks for one.
    model_config = {"defer_build": True}

    id: int = Field(default=None, primary_key=True)
    workspace_id: int = Field(foreign_key="workspace.id", index=True)
