"""Changing the plan: the one way in for forms, agreements and commands.

Each verb checks that the person may and that the rules hold, writes the rows, and leaves an entry in the
trail, in the caller's unit of work. What a person may not see does not exist here, either.

Items are changed by the verbs named here; what belongs to them and stands around them by the modules beside:
`people`, `steps`, `marks`, `kpis`, `plans`, `teams`, `roles`, `setup`.
"""

from storage.editing.items import (
    NEW,
    Changed,
    add_item,
    archive_item,
    change_item,
    get_item,
    look,
    restore_item,
    version_of,
)
from storage.editing.trail import written

__all__ = [
    "NEW",
    "Changed",
    "add_item",
    "archive_item",
    "change_item",
    "get_item",
    "look",
    "restore_item",
    "version_of",
    "written",
]
