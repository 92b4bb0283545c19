"""The plan as a file: read, checked, brought into the record, and written from it.

The format is described in docs/guide/plan-file.md. Its parts are imported when they are asked for: a bot at
rest needs none of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storage.bundle.changes import Action, Change, FieldChange, Loaded
    from storage.bundle.comparing import Comparison, compare
    from storage.bundle.content import Content
    from storage.bundle.exporting import export
    from storage.bundle.faults import Fault, PlanFileError
    from storage.bundle.loading import load
    from storage.bundle.reading import Bundle, read_plan_file
    from storage.bundle.worked_example import example
    from storage.bundle.writing import write_plan_file, write_template
    from storage.bundle.yaml_text import write_yaml

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
    "write_yaml",
]

_PLACES = {
    "Action": "changes",
    "Bundle": "reading",
    "Change": "changes",
    "Comparison": "comparing",
    "Content": "content",
    "Fault": "faults",
    "FieldChange": "changes",
    "Loaded": "changes",
    "PlanFileError": "faults",
    "compare": "comparing",
    "example": "worked_example",
    "export": "exporting",
    "load": "loading",
    "read_plan_file": "reading",
    "write_plan_file": "writing",
    "write_template": "writing",
    "write_yaml": "yaml_text",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
