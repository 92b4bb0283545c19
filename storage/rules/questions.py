"""A team's own questions, as its lead types them: one a line, with choices and follow-ups."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from storage.rules.errors import Invalid

MOST_QUESTIONS = 10
LONGEST_QUESTION = 200
LONGEST_CHOICE = 75
MOST_CHOICES = 10

_CHOICES = re.compile(r"(.*?)\s*\[([^\]]*)\]\s*$")
_FOLLOW_UP = re.compile(r"[>→]\s*([^:]+?)\s*:\s*(.+)$")
_FEWEST_CHOICES = 2


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """One question. With `follows` it is asked only after one of these answers to the question before it that
    has choices (`parent`, its place in the list)."""

    text: str
    options: tuple[str, ...] = ()
    parent: int | None = None
    follows: tuple[str, ...] = ()


WEEKLY = (
    OwnQuestion("What did you commit to last week, and did it happen?"),
    OwnQuestion("What do you commit to this week?"),
)
BEFORE_REVIEW = (
    OwnQuestion("What changed since the last review that the figures do not show?"),
    OwnQuestion("Which decision do you need from the review?"),
)
TEMPLATES: dict[str, tuple[OwnQuestion, ...]] = {
    "none": (),
    "weekly": WEEKLY,
    "before a review": BEFORE_REVIEW,
    "weekly and before a review": WEEKLY + BEFORE_REVIEW,
}
"""The method's own questions; those of `BEFORE_REVIEW` are asked in the week in which a review is held."""

COMMITMENT = WEEKLY[1].text
"""Its answers stand in the team's summary."""


def read_questions(text: str) -> tuple[OwnQuestion, ...]:
    """Reads one question a line: `How full is your week? [light / fine / too full]`, and below it
    `> too full: What would help?` for what follows an answer.

    Raises:
        Invalid: the line at fault and what is expected (field "questions").
    """
    found: list[OwnQuestion] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        follow_up = _FOLLOW_UP.match(line)
        found.append(_follow_up(found, follow_up[1], follow_up[2]) if follow_up else _question(line))
    if len(found) > MOST_QUESTIONS:
        raise _fault(f"These are {len(found)} questions, and {MOST_QUESTIONS} are the most. Leave some out.")
    return tuple(found)


def write_questions(questions: Sequence[OwnQuestion]) -> str:
    """As they were typed."""
    lines = []
    for question in questions:
        before = f"> {' / '.join(question.follows)}: " if question.follows else ""
        choices = f" [{' / '.join(question.options)}]" if question.options else ""
        lines.append(f"{before}{question.text}{choices}")
    return "\n".join(lines)


def _question(line: str) -> OwnQuestion:
    if line[0] in ">→":
        raise _fault(f"“{line[:60]}” follows no answer. Write it like “> too full: What would help?”.")
    choices = _CHOICES.match(line)
    text, options = (choices[1], _split(choices[2])) if choices else (line, ())
    if not text:
        raise _fault(f"“{line[:60]}” has no question before its choices.")
    if len(text) > LONGEST_QUESTION:
        raise _fault(f"“{text[:40]}…” has {len(text)} characters, and {LONGEST_QUESTION} fit. Shorten it.")
    if choices and not _FEWEST_CHOICES <= len(options) <= MOST_CHOICES:
        raise _fault(f"“{text[:60]}” needs {_FEWEST_CHOICES} to {MOST_CHOICES} choices between its brackets.")
    if any(len(option) > LONGEST_CHOICE for option in options):
        raise _fault(f"A choice of “{text[:60]}” has more than {LONGEST_CHOICE} characters. Shorten it.")
    return OwnQuestion(text, options)


def _follow_up(before: Sequence[OwnQuestion], answers: str, text: str) -> OwnQuestion:
    parent = next((place for place in range(len(before) - 1, -1, -1) if before[place].options), None)
    follows = _split(answers)
    if parent is None or not set(follows) <= set(before[parent].options):
        raise _fault(
            f"“{answers}” is no choice of a question above. A follow-up names one, such as “> too full: What "
            "would help?”."
        )
    question = _question(text)
    return OwnQuestion(question.text, question.options, parent, follows)


def _split(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split("/") if part.strip()))


def _fault(sentence: str) -> Invalid:
    return Invalid(sentence, field="questions")
