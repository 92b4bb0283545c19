"""The worked example: a mid-size manufacturer's plan (rules §10), shipped with the program."""

from importlib.resources import files

EXAMPLE_NAME = "example.yaml"


def example() -> str:
    """The text of the worked example's plan file."""
    return files("storage.bundle").joinpath(EXAMPLE_NAME).read_text(encoding="utf-8")
