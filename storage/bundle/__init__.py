"""The plan as a file: read, checked, brought into the record, and written from it.

The format is described in docs/guide/plan-file.md.
"""

from storage.bundle.changes import Action, Change, FieldChange, Loaded
from storage.bundle.comparing import Comparison, compare
from storage.bundle.content import Content
from storage.bundle.example import example
from storage.bundle.exporting import export
from storage.bundle.faults import Fault, PlanFileError
from storage.bundle.loading import load
from storage.bundle.reading import Bundle, read_plan_file
from storage.bundle.writing import write_plan_file, write_template

__all__ = [
    "Action",
    "Bundle",
    "Change",
    "Comparison",
    "Content",
    "Fault",
    "FieldChange",
    "Loaded",
    "PlanFileError",
    "compare",
    "example",
    "export",
    "load",
    "read_plan_file",
    "write_plan_file",
    "write_template",
]
