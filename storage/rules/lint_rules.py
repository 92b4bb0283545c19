"""The rules that a plan is gone through by: numbered for good, each with a remedy (rules §2)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from storage.rules.xmatrix import MOST_COVERED


class Severity(StrEnum):
    """An error breaks the method, a warning asks whether it is meant so."""

    ERROR = "error"
    WARNING = "warning"


class Rule(NamedTuple):
    """One rule. `title` says what is wrong, `remedy` what to do about it."""

    number: int
    severity: Severity
    title: str
    remedy: str

    @property
    def code(self) -> str:
        return f"L{self.number:02}"


@dataclass(frozen=True, slots=True)
class Limits:
    """The vital few, and other figures on which sources differ."""

    breakthroughs: int = 3
    annual_objectives: int = 5
    initiatives: int = 7
    least_key_results: int = 2
    most_key_results: int = 5
    objectives_a_person: int = 5
    coverage: float = MOST_COVERED


DEFAULT_LIMITS = Limits()

RULES = (
    Rule(
        1,
        Severity.ERROR,
        "An annual objective without a breakthrough",
        "Choose as its parent the breakthrough that it brings closer, or the upper objective that it serves.",
    ),
    Rule(
        2,
        Severity.ERROR,
        "A breakthrough without an annual objective",
        "Add an annual objective that brings it closer this year, or close the breakthrough.",
    ),
    Rule(
        3,
        Severity.ERROR,
        "An initiative without an annual objective or a KPI",
        "Choose the objective that it serves as its parent, and mark the KPI that it moves with "
        "`/hoshin link`.",
    ),
    Rule(
        4,
        Severity.ERROR,
        "An objective without a key result",
        "Add two to five key results that show whether it is reached.",
    ),
    Rule(
        5,
        Severity.ERROR,
        "A measure without baseline or target",
        "Say where it stands (baseline) and where it is to be (target); to maintain, give the band.",
    ),
    Rule(
        6,
        Severity.ERROR,
        "A baseline that is the target",
        "Set a target that differs from the baseline, or choose to maintain it within a band.",
    ),
    Rule(7, Severity.ERROR, "No owner", "Name the one person who answers for it."),
    Rule(
        8,
        Severity.WARNING,
        "Someone who owns too many objectives",
        "Hand some over, or merge what belongs together.",
    ),
    Rule(
        9,
        Severity.WARNING,
        "A corner of the X-matrix with too many marks",
        "Keep the marks that matter most: where all hangs together with all, nothing is said.",
    ),
    Rule(
        10,
        Severity.WARNING,
        "Two KPIs that measure the same",
        "Keep one, and make the other's name an alias of it.",
    ),
    Rule(
        11,
        Severity.WARNING,
        "A perspective without a measure",
        "Choose the perspective of the KPIs that you have, or add one KPI for it.",
    ),
    Rule(
        12,
        Severity.WARNING,
        "Only lagging measures",
        "Add a leading one, which moves before the result does.",
    ),
    Rule(
        13,
        Severity.WARNING,
        "A KPI below target that nothing works on",
        "Start an initiative and link it to the KPI.",
    ),
    Rule(
        14, Severity.WARNING, "A stale KPI", "Record the figure that is overdue, or make it due less often."
    ),
    Rule(
        15,
        Severity.WARNING,
        "A key result beside a KPI that measures the same",
        "Let the key result read the KPI, so that there is one figure.",
    ),
    Rule(
        16,
        Severity.WARNING,
        "A review cycle off the plan's calendar",
        "Set the cycle to the plan's calendar.",
    ),
    Rule(
        17,
        Severity.WARNING,
        "Too many breakthroughs",
        "Close or merge some, so that the few get the attention they need.",
    ),
    Rule(
        18,
        Severity.WARNING,
        "Too many annual objectives",
        "Close or merge some, or move them to the departments.",
    ),
    Rule(
        19,
        Severity.WARNING,
        "Too many initiatives",
        "Finish some before others are started, or close them.",
    ),
    Rule(
        20,
        Severity.WARNING,
        "Too few or too many key results",
        "Two to five key results show whether an objective is reached.",
    ),
)
"""By number. 16 waits for reviews, and 13 counts countermeasures as soon as there are some."""
