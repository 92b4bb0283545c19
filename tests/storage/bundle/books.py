"""Workbooks for tests, made by the library that others use and by hand."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook

Rows = Sequence[Sequence[Any]]

CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

PLAN: Rows = [["key", "value"], ["title", "Plan"], ["starts", "2026-01-01"]]
PEOPLE: Rows = [["email", "name"], ["ana@example.com", "Ana"], ["ben@example.com", "Ben"]]
KPI_HEADINGS = ["ref", "title", "owner", "frequency", "baseline", "target"]


def book(**tabs: Rows) -> bytes:
    """A workbook with these tabs, by name with underscores for spaces; a value may be a styled cell."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in tabs.items():
        sheet = workbook.create_sheet(name.replace("_", " "))
        for row in rows:
            sheet.append(row)
    return saved(workbook)


def saved(workbook: Workbook) -> bytes:
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def raw_book(sheet: str, extra: Mapping[str, str | bytes] | None = None, *, name: str = "KPIs") -> bytes:
    """A workbook of one tab whose XML is given, as small as one can be."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": _relations("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
            f'<sheet name="{name}" sheetId="1" r:id="r1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": _relations("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}">{sheet}</worksheet>',
        **(extra or {}),
    }
    return zipped(parts)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in parts.items():
            archive.writestr(path, content)
    return file.getvalue()


def _relations(kind: str, target: str) -> str:
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{_RELATIONS}/{kind}" Target="{target}"/></Relationships>'
    )
