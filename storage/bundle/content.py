"""What a written plan file says, before it is put into YAML, JSON or a workbook."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

Said = str | int | bool | Decimal | date | datetime | None | Sequence["Said"] | Mapping[str, "Said"]
"""A value by its meaning: texts, figures, days and instants, and lists and mappings of them."""

Row = dict[str, Said]
Content = dict[str, Any]
"""Sections by name, in the order of writing: one row or a list of rows each."""

ONE_LINE_SECTIONS = frozenset({"readings", "changes", "marks", "days_off"})
"""Sections of many small rows, each of which takes one line of a text file."""


def as_text(value: object) -> str:
    """A single value as text that is read back as the same: yes and no, exact figures, instants in UTC."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
