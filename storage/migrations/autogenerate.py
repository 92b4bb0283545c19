"""What the tables say the schema should be, and how a column's type is written into a migration step.

A step keeps meaning what it meant on the day it was written, so it names SQLAlchemy's plain types and never
our own, which may change.
"""

from typing import Any, Literal

from alembic.autogenerate.api import AutogenContext
from sqlalchemy import String
from sqlmodel import AutoString

from storage.tables import Workspace
from storage.tables.columns import FIGURE_DECIMALS, FIGURE_DIGITS, Figure, UtcDateTime

METADATA = Workspace.metadata
"""Every table's: importing the package `storage.tables` registered them all."""


def render_item(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:
    """Alembic's hook: the source text of a type, or False for Alembic's own."""
    del context
    if kind != "type":
        return False
    if isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, Figure):
        numeric = f"sa.Numeric({FIGURE_DIGITS}, {FIGURE_DECIMALS})"
        return f'{numeric}.with_variant(sa.String({FIGURE_DIGITS + 2}), "sqlite")'
    if isinstance(item, AutoString):
        item = item.impl
    return f"sa.String({item.length or ''})" if isinstance(item, String) else False
