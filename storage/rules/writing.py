"""The writing check: what could be said better in an OKR while it is being written (rules §3).

It comments and never blocks. Every remark says what was seen and what would help; the words are looked for
as whole words, so that "builder" is no "build".
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from storage.rules.terms import Commitment, Direction, Leading
from storage.rules.units import Unit

MAX_KEY_RESULTS = 5
MIN_KEY_RESULTS = 2
SANDBAGGING_ABOVE = 9
"""An average confidence above this while drafting says that the goal is no stretch."""

_LONGEST_TITLE = 120

_OUTPUT_VERBS = re.compile(
    "launch|implement|buil[dt]|deliver|create|writ|develop|roll|ship|introduce|hire|run|organi[sz]e|set|install"
    "|migrate|publish|finish|complete|conduct|prepare|start"
)
_VERB_ENDS = frozenset({"", "s", "es", "d", "ed", "e", "ten", "up", "ped", "ing", "ning", "ting"})
_VAGUE = re.compile("better|best|improved?|optimi[sz]ed?|good|great|more|world-class|various")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_NUMBER = re.compile(r"(?<![\w-])[0-9][0-9.,]*(?![\w-])|[0-9] ?%")
_TWO_THINGS = re.compile(r"\band\b|&|;|\bas well as\b|\bund\b", re.IGNORECASE)


class Rule(StrEnum):
    """What a remark is about; the value is its name in lists and files."""

    NUMBER_IN_OBJECTIVE = "number in the objective"
    OUTPUT = "output instead of outcome"
    NO_BASELINE = "no baseline"
    NO_WAY = "baseline equals target"
    TWO_THINGS = "two things in one"
    ALL_LAGGING = "only lagging measures"
    TOO_MANY = "too many key results"
    TOO_FEW = "too few key results"
    NO_EVIDENCE = "no evidence plan"
    NO_OWNER = "no owner"
    NO_PARENT = "no parent"
    LEAN_FIT = "Lean fit"
    TOO_LONG = "too long"
    VAGUE = "no measure behind the word"
    DUE_OUTSIDE = "due outside the quarter"
    SANDBAGGING = "sandbagging"
    WEIGHTS = "weights"


@dataclass(frozen=True, slots=True)
class Remark:
    """One comment; `about` is the draft's place: "objective" or the number of the key result, from 1."""

    rule: Rule
    about: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyResultDraft:
    """A key result as it is being written; what is not said yet is None or empty.

    `evidence` says where the proof will come from: a KPI, a system, a report.
    """

    title: str
    unit: str = ""
    direction: Direction = Direction.INCREASE
    baseline: Decimal | None = None
    target: Decimal | None = None
    band_low: Decimal | None = None
    band_high: Decimal | None = None
    due_on: date | None = None
    has_owner: bool = False
    leading: Leading | None = None
    has_kpi: bool = False
    evidence: str = ""
    weight: Decimal = Decimal(1)
    confidence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveDraft:
    """An objective as it is being written, with its key results."""

    title: str
    has_parent: bool = False
    has_owner: bool = False
    commitment: Commitment = Commitment.ASPIRATIONAL
    starts_on: date | None = None
    ends_on: date | None = None
    waste: str = ""
    customer_value: str = ""
    improvement: str = ""
    key_results: Sequence[KeyResultDraft] = ()


def check_writing(draft: ObjectiveDraft) -> list[Remark]:
    """Every remark: the objective's first, then key result by key result."""
    remarks = list(_check_objective(draft))
    remarks += _check_set(draft)
    for number, key_result in enumerate(draft.key_results, start=1):
        remarks += check_key_result(key_result, str(number), starts_on=draft.starts_on, ends_on=draft.ends_on)
    return remarks


def check_key_result(
    draft: KeyResultDraft,
    about: str = "1",
    *,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> list[Remark]:
    """The remarks on one key result."""
    said = [*_check_words(draft, about), *_check_way(draft, about)]
    if not draft.has_owner:
        said.append(Remark(Rule.NO_OWNER, about, "Nobody owns it yet. Name one person who answers for it."))
    if not draft.has_kpi and not draft.evidence.strip():
        said.append(
            Remark(
                Rule.NO_EVIDENCE,
                about,
                "It does not say where the proof will come from. Link a KPI, or name the report or system "
                "that anyone can look at.",
            )
        )
    outside = draft.due_on is not None and (
        (ends_on is not None and draft.due_on > ends_on)
        or (starts_on is not None and draft.due_on < starts_on)
    )
    if outside:
        said.append(
            Remark(
                Rule.DUE_OUTSIDE,
                about,
                "It is due outside the objective's own dates. Choose a day within them.",
            )
        )
    return said


def _check_objective(draft: ObjectiveDraft) -> Iterable[Remark]:
    about = "objective"
    if _NUMBER.search(draft.title):
        yield Remark(
            Rule.NUMBER_IN_OBJECTIVE,
            about,
            "An objective says in words where to go; its number belongs into a key result.",
        )
    if len(draft.title) > _LONGEST_TITLE:
        yield Remark(
            Rule.TOO_LONG,
            about,
            f"It has {len(draft.title)} characters. One that people remember has fewer than "
            f"{_LONGEST_TITLE}.",
        )
    verb = _output_verb(draft.title)
    if verb:
        yield Remark(
            Rule.OUTPUT,
            about,
            f"“{verb}” names a piece of work. Say what will be different for whom once it is done.",
        )
    if not draft.has_owner:
        yield Remark(Rule.NO_OWNER, about, "Nobody owns it yet. Name one person who answers for it.")
    if not draft.has_parent:
        yield Remark(
            Rule.NO_PARENT,
            about,
            "It serves no annual objective yet. Link the one that it brings closer, or say why there is "
            "none.",
        )
    if not (draft.waste.strip() or draft.customer_value.strip() or draft.improvement.strip()):
        yield Remark(
            Rule.LEAN_FIT,
            about,
            "Say at least one of these: which waste it reduces, what the customer gets, what is improved for "
            "good.",
        )


def _check_set(draft: ObjectiveDraft) -> Iterable[Remark]:
    """What only shows on all key results together."""
    about, count = "objective", len(draft.key_results)
    if count > MAX_KEY_RESULTS:
        yield Remark(
            Rule.TOO_MANY,
            about,
            f"It has {count} key results, and {MAX_KEY_RESULTS} are the most that get attention. Keep the "
            "vital few, and follow the rest as KPIs.",
        )
    elif 0 < count < MIN_KEY_RESULTS:
        yield Remark(
            Rule.TOO_FEW,
            about,
            "One key result alone invites to reach it at the cost of all else. Add one that guards against "
            "that.",
        )
    leadings = [key_result.leading for key_result in draft.key_results]
    if leadings and all(leading is Leading.LAGGING for leading in leadings):
        yield Remark(
            Rule.ALL_LAGGING,
            about,
            "Every measure moves only after the fact. Add one that moves first and can be acted on in the "
            "quarter.",
        )
    if count and all(key_result.weight == 0 for key_result in draft.key_results):
        yield Remark(
            Rule.WEIGHTS,
            about,
            "All weights are 0, so the objective will show no progress. Give one key result a weight above "
            "0.",
        )
    sure = [key_result.confidence for key_result in draft.key_results if key_result.confidence is not None]
    if sure and sum(sure) > SANDBAGGING_ABOVE * len(sure) and draft.commitment is Commitment.ASPIRATIONAL:
        yield Remark(
            Rule.SANDBAGGING,
            about,
            f"Confidence is above {SANDBAGGING_ABOVE} on average before the work has begun. An aspirational "
            "objective is one that may be missed: aim further, or call it committed.",
        )


def _check_words(draft: KeyResultDraft, about: str) -> Iterable[Remark]:
    verb = _output_verb(draft.title)
    if verb:
        yield Remark(
            Rule.OUTPUT,
            about,
            f"“{verb}” names a task. Measure what it changes: from how much to how much, by when.",
        )
    if _TWO_THINGS.search(draft.title):
        yield Remark(
            Rule.TWO_THINGS,
            about,
            "It seems to measure two things. Make two key results of it, so that each has one figure.",
        )
    if len(draft.title) > _LONGEST_TITLE:
        yield Remark(
            Rule.TOO_LONG,
            about,
            f"It has {len(draft.title)} characters. Name the measure only; the figures stand beside it.",
        )


def _check_way(draft: KeyResultDraft, about: str) -> Iterable[Remark]:
    unit = Unit(draft.unit)
    if unit.is_milestones or unit.is_yes_no:
        return
    if draft.direction is Direction.MAINTAIN:
        if draft.band_low is None and draft.band_high is None and draft.target is None:
            yield Remark(Rule.NO_BASELINE, about, "It does not say between which figures it is to stay.")
        return
    if draft.baseline is None:
        yield Remark(
            Rule.NO_BASELINE,
            about,
            "It has no baseline. Say where it stands today, so that the way to the target can be seen.",
        )
    elif draft.baseline == draft.target:
        yield Remark(
            Rule.NO_WAY,
            about,
            "Baseline and target are the same, so there is no way to go. If it is to stay there, choose a "
            "band.",
        )
    vague = next(filter(_VAGUE.fullmatch, _words(draft.title)), None)
    if vague is not None and (draft.baseline is None or draft.target is None):
        yield Remark(
            Rule.VAGUE, about, f"“{vague}” can be read in many ways. Say from how much to how much instead."
        )


def _output_verb(title: str) -> str:
    """The verb of work with which a title begins; further on it is part of a measure's name."""
    first = next(iter(_words(title)), "")
    match = _OUTPUT_VERBS.match(first)
    return first if match and first[match.end() :] in _VERB_ENDS else ""


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]
