"""Random lines for the update grammar, from a seed: `uv run python -m tests.fuzz.updates --lines 1000000`.

Whatever a line says, it is either understood, and then what is read back means the same and nothing else, or
refused in a sentence; where the sentence asks, each of its choices is understood.
"""

import argparse
import random
import time
from collections import Counter
from decimal import Decimal

from storage.rules.errors import Invalid
from storage.rules.measures import Measure, Milestone
from storage.rules.terms import Direction
from storage.rules.updates import MAX_NOTE, Unclear, Update, format_update, parse_update

LOCALES = ("en-US", "en-GB", "de-DE", "fr-FR", "de-CH", "pt-BR", "ja-JP", "xx")
NBSP = "\N{NO-BREAK SPACE}"


def _measure(unit: str, *figures: str, direction: Direction = Direction.INCREASE) -> Measure:
    baseline, target, current = (Decimal(figure) if figure else None for figure in (*figures, "", "", "")[:3])
    return Measure(
        reference="KR-1", unit=unit, direction=direction, baseline=baseline, target=target, current=current
    )


STEPS = (
    Milestone(1, "Pilot live", is_done=True),
    Milestone(2, "Roll-out in two teams", Decimal(3)),
    Milestone(3, "Roll-out everywhere", Decimal("2.5")),
    Milestone(4, "10 people trained", Decimal(0)),
)
MEASURES = (
    _measure("%", "70", "80", "74"),
    _measure("%"),
    _measure("days", "9", "4", direction=Direction.DECREASE),
    _measure("EUR", "0", "3000000", "1200000"),
    _measure("€", "-5", "12.5"),
    _measure("points", "60", "75", "61"),
    _measure("", "0", "10", "8"),
    _measure("count", "100", "100"),
    _measure("months", "12", "3", "9.25"),
    _measure("c", "20", "25", "21"),
    _measure("note:", "1", "5"),
    _measure("1000 EUR", "1", "5", "2"),
    _measure("ppm", "0.0001", "0", "0.00005"),
    Measure(
        reference="KPI-2",
        unit="%",
        direction=Direction.MAINTAIN,
        band_low=Decimal(95),
        band_high=Decimal(99),
        current=Decimal(97),
    ),
    _measure("yes/no", "0", "1", "0"),
    Measure(reference="KR-5", unit="milestones", baseline=Decimal(0), target=Decimal(100), milestones=STEPS),
    Measure(reference="KR-6", unit="milestones", baseline=Decimal(0), target=Decimal(100)),
)

FIGURES = (
    "78",
    "78%",
    "78 %",
    "1.2k",
    "€3m",
    "3 M€",
    "+5",
    "-5",
    "−5",
    "1,5",
    "1.5",
    "1,234",
    "1.234",
    "1 234",
    f"1{NBSP}234",
    "12 345,6",
    "7 8",
    "780",
    "0",
    "=5",
    "= -5",
    "=",
    "+1,234",
    "1e9",
    "99999999999999",
    "5²",
    "٧٨",
    "½",
    "1/2",
    "8/10",
    "11/10",
    "10",
    "3 Mio. EUR",
    "$5",
    "5 days",
    "74,",
    "8;",
    "2.",
    "--5",
    "+",
    "-",
    "%",
    "+5%",
    "100",
    "0.0000001",
    "1'000",
    "EUR 5",
    "5 1000 EUR",
    "3 months",
    "3m",
    "21 c",
)
SURE = (
    "c8",
    "c 8",
    "conf 8",
    "conf:8",
    "confidence 10",
    "confidence: 3",
    "c11",
    "c0",
    "C9,",
    "8",
    "10",
    "2",
    "11",
    "8/10",
    "conf",
    "c",
    "c=7.",
)
WORDS = (
    "routing",
    "done,",
    "training",
    "next",
    "week",
    "2",
    "weeks",
    "late",
    "Q1",
    "note:",
    "note:x",
    "-",
    "–",
    ":",
    "done",
    "not",
    "undone",
    "reopen",
    "pilot",
    "roll-out",
    "4",
    "1,3",
    "#2",
    "5",
    "yes",
    "no",
    "yet",
    "<!channel>",
    "&amp;",
    "`x`",
    "*b*",
    "\u200b",
    "\u202e",
    "🎉",
    "مرحبا",
    "\x00",
    "the",
    "100",
    "people",
    "trained",
    "78",
    "reached",
    "note",
    "Note: x",
    "ja",
    "\u2028",
    NBSP,
    "=",
    "c8",
)


def random_line(draw: random.Random) -> str:
    """A line made of what people type, in any order, now and then damaged."""
    parts: list[str] = []
    for pool, chance in ((FIGURES, 0.8), (SURE, 0.5), (WORDS, 0.7)):
        if draw.random() < chance:
            parts += [draw.choice(pool) for _ in range(draw.choice((1, 1, 1, 2, 4)))]
    if draw.random() < 0.25:
        draw.shuffle(parts)
    line = draw.choice((" ", " ", " ", "  ", "\t", "")).join(parts)
    if draw.random() < 0.2 and line:
        at = draw.randrange(len(line))
        line = (
            line[:at]
            + draw.choice(("", " ", ",", ".", "0", "%", "-", chr(draw.randrange(0x3000))))
            + line[at + 1 :]
        )
    return line


def check(line: str, measure: Measure, locale: str) -> str:
    """How the line fared: "understood", "asked" or "refused".

    Raises:
        AssertionError: what was understood is not what is read back, or a choice is not understood.
    """
    try:
        update = parse_update(line, measure, locale)
    except Unclear as question:
        _answerable(question, measure, locale)
        return "asked"
    except Invalid as refusal:
        _is_sentence(refusal.sentence, ".")
        return "refused"
    _read_back(update, measure, locale)
    return "understood"


def run(lines: int, seed: int) -> Counter[str]:
    """Checks so many lines, each for a random measure and locale."""
    draw = random.Random(seed)  # noqa: S311 - reproducible on purpose
    fared: Counter[str] = Counter()
    for _ in range(lines):
        line, measure, locale = random_line(draw), draw.choice(MEASURES), draw.choice(LOCALES)
        try:
            fared[check(line, measure, locale)] += 1
        except Exception as error:
            error.add_note(f"{line!r} for {measure.reference} in {measure.unit!r}, {locale}, seed {seed}")
            raise
    return fared


def _answerable(question: Unclear, measure: Measure, locale: str) -> None:
    """Every choice is understood at once, and none is without words."""
    _is_sentence(question.sentence, "?")
    assert question.choices
    for choice in question.choices:
        assert choice.label
        _read_back(parse_update(choice.text, measure, locale), measure, locale)


def _is_sentence(text: str, end: str) -> None:
    assert text.endswith(end), text


def _read_back(update: Update, measure: Measure, locale: str) -> None:
    said = format_update(update, measure, locale)
    again = parse_update(said, measure, locale)
    meant = Update(
        value=update.value,
        confidence=update.confidence,
        note=update.note,
        done=update.done,
        undone=update.undone,
    )
    assert meant == again, f"{said!r} is read as {again}, not as {meant}"
    assert len(update.note) <= MAX_NOTE
    assert update.confidence is None or 0 <= update.confidence <= 10


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.updates", description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    started = time.perf_counter()
    fared = run(arguments.lines, arguments.seed)
    seconds = time.perf_counter() - started
    print(f"{arguments.lines:,} lines in {seconds:.0f} s, seed {arguments.seed}: {dict(fared)}")  # noqa: T201 - the result


if __name__ == "__main__":
    main()
