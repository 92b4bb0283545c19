"""One line a measurement, and how it is printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

COLUMNS = ("name", "median", "spread", "floor", "ratio", "goal", "met?")


@dataclass(frozen=True, slots=True)
class Line:
    """A measurement as it is printed; `met` is None where there is no goal."""

    name: str
    median: str
    spread: str = ""
    floor: str = ""
    ratio: str = ""
    goal: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        met = {None: "–", True: "yes", False: "NO"}[self.met]
        return (self.name, self.median, self.spread, self.floor, self.ratio, self.goal, met)


def spread(values: Sequence[float], form: str) -> str:
    """The least and the most of them."""
    return f"{min(values):{form}}–{max(values):{form}}"


def middle(values: Sequence[float], form: str) -> str:
    """Between what and what the middle half of them lies: for hundreds of short repeats."""
    low, _, high = quantiles(values, n=4)
    return f"{low:{form}}–{high:{form}}"


def ratio_line(
    name: str, product: Sequence[float], floor: Sequence[float], *, unit: str, form: str, at_least: float
) -> Line:
    """Rates measured in pairs, one after the other: the ratio is the median of the pairs' ratios."""
    ratios = [mine / theirs for mine, theirs in zip(product, floor, strict=True)]
    return Line(
        name,
        f"{median(product):{form}} {unit}",
        spread(product, form),
        f"{median(floor):{form}}",
        f"{median(ratios):.2f} ({spread(ratios, '.2f')})",
        f"≥ {at_least:.2f}" if at_least else "",
        median(ratios) >= at_least if at_least else None,
    )


def as_text(lines: Sequence[Line]) -> str:
    """A Markdown table, padded so that it reads as it is."""
    rows = [COLUMNS, *(line.cells() for line in lines)]
    widths = [max(len(row[index]) for row in rows) for index in range(len(COLUMNS))]
    texts = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    rule = "| " + " | ".join("-" * width for width in widths) + " |"
    return "\n".join([texts[0], rule, *texts[1:]])
