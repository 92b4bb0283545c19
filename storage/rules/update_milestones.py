"""The milestones in an update: `done 2`, `done pilot`, `done 1,3`, `not done 2`."""

import re
from collections.abc import Sequence

from storage.rules.errors import Invalid
from storage.rules.measures import Measure, Milestone
from storage.rules.update_figures import looks_numeric
from storage.rules.update_parts import Doubt, Meaning, Taken, quoted

_NUMBERS = re.compile(r"#?[0-9]{1,3}(?:,#?[0-9]{1,3})*[,;:.]?")
_LONGEST_TITLE = 12
_ENDS = ".,;:"


def take_milestones(words: Sequence[str], measure: Measure) -> Taken | None:
    """Which milestones are reached, or are not after all; None where the words begin otherwise.

    Raises:
        Doubt: several may be meant.
        Invalid: there is no such milestone, or a figure was typed instead.
    """
    lead, is_done = _lead(words)
    if lead == 0:
        if looks_numeric(words[0]):
            example = next((step.number for step in measure.milestones if not step.is_done), 1)
            raise Invalid(
                f"{measure.reference} is measured by milestones. Say which one is reached, such as "
                f"`done {example}`. {_list(measure)}",
                field="value",
            )
        return None
    numbers, count = _named(words[:1], measure, is_done=is_done, skipped=2) if lead < 0 else ((), 0)
    if lead < 0:
        return Taken(count=2, done=numbers)
    numbers, count = _named(words[lead:], measure, is_done=is_done, skipped=lead)
    taken = _taken(lead + count, numbers, is_done=is_done)
    if is_done and len(words) > taken.count and _word(words[taken.count]) == "undone":
        rest = words[taken.count + 1 :]
        others, more = _named(rest, measure, is_done=False, skipped=0)
        return Taken(count=taken.count + 1 + more, done=numbers, undone=others)
    return taken


def _lead(words: Sequence[str]) -> tuple[int, bool]:
    """How many words say "done" or "not done", and which; -1 for `2 done`, 0 for neither."""
    first = _word(words[0])
    second = _word(words[1]) if len(words) > 1 else ""
    if first == "done":
        return 1, True
    if first in {"undone", "reopen"}:
        return 1, False
    if first == "not" and second == "done":
        return 2, False
    if _NUMBERS.fullmatch(words[0]) and second == "done":
        return -1, True
    return 0, True


def _named(
    words: Sequence[str], measure: Measure, *, is_done: bool, skipped: int
) -> tuple[tuple[int, ...], int]:
    """The milestones that the words name, and how many words that takes."""
    count = 0
    while count < len(words) and _NUMBERS.fullmatch(words[count]):
        count += 1
        if not words[count - 1].endswith(","):
            break
    if count:
        return _numbered(words[:count], measure), count
    for length in range(min(len(words), _LONGEST_TITLE), 0, -1):
        wanted = [_word(one) for one in words[:length]]
        found = [step for step in measure.milestones if _has_words(step.title, wanted)]
        if len(found) == 1:
            return (found[0].number,), length
        if found:
            raise _which(found, measure, skipped + length, is_done=is_done)
    return _the_only(words, measure, is_done=is_done, skipped=skipped), 0


def _numbered(words: Sequence[str], measure: Measure) -> tuple[int, ...]:
    numbers = [int(number) for number in re.findall("[0-9]+", " ".join(words))]
    known = {step.number for step in measure.milestones}
    missing = next((number for number in numbers if number not in known), None)
    if missing is not None:
        raise Invalid(f"{measure.reference} has no milestone {missing}. {_list(measure)}", field="value")
    return tuple(dict.fromkeys(numbers))


def _the_only(words: Sequence[str], measure: Measure, *, is_done: bool, skipped: int) -> tuple[int, ...]:
    """The one that is left, where no name follows."""
    if words and _begins_a_name(words):
        raise Invalid(
            f"{measure.reference} has no milestone {quoted(' '.join(words))}. {_list(measure)}", field="value"
        )
    candidates = [step for step in measure.milestones if step.is_done is not is_done]
    if len(candidates) == 1:
        return (candidates[0].number,)
    if candidates:
        raise _which(candidates, measure, skipped, is_done=is_done)
    if is_done:
        raise Invalid(f"Every milestone of {measure.reference} is reached already.", field="value")
    raise Invalid(f"No milestone of {measure.reference} is reached yet. {_list(measure)}", field="value")


def _begins_a_name(words: Sequence[str]) -> bool:
    """Whether neither a note nor a confidence follows."""
    first = words[0].lower()
    return (
        not first.startswith("note:")
        and re.fullmatch(r"(?:c|conf|confidence)[:=]?[0-9]*(?:/10)?", first) is None
    )


def _which(found: Sequence[Milestone], measure: Measure, count: int, *, is_done: bool) -> Doubt:
    return Doubt(
        f"Which milestone of {measure.reference} is it?",
        [
            Meaning(f"{step.number} {step.title}", _taken(count, (step.number,), is_done=is_done))
            for step in found
        ],
    )


def _taken(count: int, numbers: tuple[int, ...], *, is_done: bool) -> Taken:
    return Taken(count=count, done=numbers) if is_done else Taken(count=count, undone=numbers)


def _list(measure: Measure) -> str:
    steps = [f"{step.number} {step.title}{' ✓' if step.is_done else ''}" for step in measure.milestones]
    return f"Its milestones are {', '.join(steps)}."


def _has_words(title: str, wanted: Sequence[str]) -> bool:
    """Whether every wanted word begins a word of the title."""
    words = [_word(word) for word in title.split()]
    return all(one and any(word.startswith(one) for word in words) for one in wanted)


def _word(text: str) -> str:
    return text.casefold().strip(_ENDS + "!?“”\"'()")
