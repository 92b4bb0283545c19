"""The plan as a file: read, checked, and brought into the record.

The format is described in docs/guide/plan-file.md.
"""

from storage.bundle.changes import Action, Change, FieldChange, Loaded
from storage.bundle.example import example
from storage.bundle.faults import Fault, PlanFileError
from storage.bundle.loading import load
from storage.bundle.reading import Bundle, read_plan_file

__all__ = [
    "Action",
    "Bundle",
    "Change",
    "Fault",
    "FieldChange",
    "Loaded",
    "PlanFileError",
    "example",
    "load",
    "read_plan_file",
]
