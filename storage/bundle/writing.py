"""A plan's content as a file, by the ending of its name."""

from pathlib import PurePath

from storage.bundle.content import Content
from storage.bundle.json_text import write_json
from storage.bundle.yaml_text import write_yaml
from storage.rules.errors import Invalid


def write_plan_file(content: Content, name: str) -> bytes:
    """The bytes of the file; the same content gives the same YAML and JSON, always.

    Raises:
        Invalid: the ending names nothing that can be written.
    """
    ending = PurePath(name).suffix.lower()
    if ending in {".yaml", ".yml"}:
        return write_yaml(content).encode()
    if ending == ".json":
        return write_json(content).encode()
    if ending == ".xlsx":
        from storage.bundle.sheets import write_workbook  # noqa: PLC0415 - a bot starts without openpyxl

        return write_workbook(content)
    raise Invalid(
        f"“{PurePath(name).name}” must end in .yaml, .json or .xlsx: the ending says how it is written."
    )


def write_template() -> bytes:
    """A workbook to fill in, as `sheets.write_template`."""
    from storage.bundle import sheets  # noqa: PLC0415 - as above

    return sheets.write_template()
