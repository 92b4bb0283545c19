"""What is typed into the check-in's form: the inputs' names, and how their texts are read.

An input is named by what it holds and its question, such as `value:17`; the name is its block_id, so the
sentence about a wrong text finds its place beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.checkins.facts import Extra, Item, Prompt
from bot.slices import AskField
from storage.rules.errors import Invalid, InvalidFields
from storage.rules.figures import exact_figure, format_figure, parse_confidence, parse_figure
from storage.rules.measures import Measure, is_beyond_reason, probable_slip
from storage.rules.terms import BlockerKind
from storage.rules.update_parts import rounded, way

PAGE_SIZE = 5
"""Items on one page of the form: far below Slack's limits, and about as many as one looks at together."""

MAX_NOTE = 3000
"""Characters of a note, Slack's own limit for an input; what comes longer is refused, never cut."""

BLOCKER_KIND = "blocker_kind"
BLOCKER_TEXT = "blocker_text"

EXACT = "="
"""Before a figure: it is meant as it is typed, however unlikely it looks."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was typed about one item; None and empty where nothing was."""

    value: Decimal | None
    confidence: int | None
    note: str

    @property
    def is_empty(self) -> bool:
        return self.value is None and self.confidence is None and not self.note


@dataclass(frozen=True, slots=True)
class Blocked:
    """A blocker as it was typed."""

    kind: BlockerKind
    text: str


def value_field(item: Item) -> str:
    return f"value:{item.question_id}"


def confidence_field(item: Item) -> str:
    return f"confidence:{item.question_id}"


def note_field(item: Item) -> str:
    return f"note:{item.question_id}"


def figure_field(item: Item, name: str) -> str:
    """Of a follow-up to a figure."""
    return f"{name}:{item.question_id}"


def extra_field(extra: Extra, field: AskField) -> str:
    return f"{field.name}:{extra.question_id}"


def pulse_field(pulse: Extra) -> str:
    return f"pulse:{pulse.question_id}"


def base_fields(extra: Extra) -> list[tuple[str, AskField]]:
    """What is asked at once; the others follow an answer."""
    return [(extra_field(extra, field), field) for field in extra.fields if field.when is None]


def names_of(asked: Sequence[Item | Extra], *, is_last: bool) -> list[str]:
    """The names of a page's inputs."""
    names: list[str] = []
    for one in asked:
        if isinstance(one, Item):
            names += [name(one) for name in (value_field, confidence_field, note_field)]
        else:
            names += [name for name, _ in base_fields(one)]
    return [*names, BLOCKER_KIND, BLOCKER_TEXT] if is_last else names


def sheet(prompt: Prompt, page: int) -> tuple[Item | Extra, ...]:
    """What stands on a page of the form; nothing on the last one where that holds follow-ups."""
    return prompt.asked[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]


def count_sheets(prompt: Prompt) -> int:
    """Pages of the form, without the one of the follow-ups."""
    return max(-(-len(prompt.asked) // PAGE_SIZE), 1)


def filled_in(prompt: Prompt) -> dict[str, str]:
    """What the form's inputs hold when it opens: the answer to correct, and over it what was typed since."""
    typed: dict[str, str] = {}
    for item in prompt.items:
        if item.given is None:
            continue
        if item.given.is_recorded and item.given.value is not None:
            typed[value_field(item)] = exact_figure(item.given.value, prompt.locale)
        if item.given.confidence is not None:
            typed[confidence_field(item)] = str(item.given.confidence)
        typed[note_field(item)] = item.given.note
        typed |= {figure_field(item, name): text for name, text in item.given.said.items()}
    for extra in prompt.extras:
        for field in extra.fields:
            if extra.said and extra.said.get(field.name):
                typed[extra_field(extra, field)] = extra.said[field.name]
    for obstacle in prompt.obstacles[:1]:
        typed |= {BLOCKER_KIND: obstacle.kind.value, BLOCKER_TEXT: obstacle.text}
    return {**typed, **prompt.draft}


def read_items(items: Sequence[Item], typed: Mapping[str, str], locale: str) -> dict[int, Said]:
    """What was typed about each item, by question.

    Raises:
        InvalidFields: every text that cannot be read, each with its sentence.
    """
    faults: dict[str, str] = {}
    said = {item.question_id: _read_item(item, typed, locale, faults) for item in items}
    if faults:
        raise InvalidFields(faults)
    return said


def read_extras(extras: Sequence[Extra], typed: Mapping[str, str]) -> dict[int, dict[str, str]]:
    """What was said to each question of a registered kind, by question; empty texts are left out.

    Raises:
        InvalidFields: a text that is too long, or a choice that was not offered.
    """
    faults: dict[str, str] = {}
    said: dict[int, dict[str, str]] = {}
    for extra in extras:
        said[extra.question_id] = {}
        for field in extra.fields:
            name = extra_field(extra, field)
            text = typed.get(name, "").strip()
            if len(text) > MAX_NOTE:
                faults[name] = _too_long(text)
            elif text and field.options and text not in field.options:
                faults[name] = "This answer is not offered any more. Choose among those that are."
            elif text:
                said[extra.question_id][field.name] = text
    if faults:
        raise InvalidFields(faults)
    return said


def read_blocker(typed: Mapping[str, str]) -> Blocked | None:
    """The blocker, where one was typed.

    Raises:
        InvalidFields: one half of it is missing, or its text is too long.
    """
    kind, text = typed.get(BLOCKER_KIND, ""), typed.get(BLOCKER_TEXT, "")
    if not kind and not text:
        return None
    if not text:
        raise InvalidFields({BLOCKER_TEXT: "Say what blocks you, or clear the kind of blocker above."})
    if kind not in set(BlockerKind):
        raise InvalidFields({BLOCKER_KIND: "Choose the kind of blocker, or clear the text below."})
    if len(text) > MAX_NOTE:
        raise InvalidFields({BLOCKER_TEXT: _too_long(text)})
    return Blocked(BlockerKind(kind), text)


def _read_item(item: Item, typed: Mapping[str, str], locale: str, faults: dict[str, str]) -> Said:
    value, confidence = None, None
    note = typed.get(note_field(item), "")
    text = typed.get(value_field(item), "")
    try:
        value = _read_value(item, text, locale) if item.asks_value and text else None
        _check_kept(item, value)
    except Invalid as error:
        faults[value_field(item)] = error.sentence
    try:
        confidence = parse_confidence(typed.get(confidence_field(item), ""))
    except Invalid as error:
        faults[confidence_field(item)] = error.sentence
    if len(note) > MAX_NOTE:
        faults[note_field(item)] = _too_long(note)
    return Said(value, confidence, note)


def _read_value(item: Item, text: str, locale: str) -> Decimal:
    plain = text.strip().removeprefix(EXACT)
    value = parse_figure(plain, unit=item.unit, locale=locale)
    given = item.given.value if item.given is not None else None
    if plain == text.strip() and value != given:
        _check_likely(value, item.measure, locale)
    return value


def _check_likely(value: Decimal, measure: Measure, locale: str) -> None:
    """Asks once more before a figure is taken that is probably a slip."""
    known = measure.known
    anyway = f"If it is right all the same, type {EXACT}{exact_figure(value, locale)}."
    if value < 0 and known and min(known) >= 0:
        raise Invalid(
            f"{format_figure(value, measure.unit, locale)} is below zero, where {measure.reference} never "
            f"was. Type the figure as it is now. {anyway}"
        )
    if is_beyond_reason(value, measure):
        meant = probable_slip(value, measure)
        question = "" if meant is None else f"Did you mean {exact_figure(rounded(meant), locale)}? "
        far = f"{format_figure(value, measure.unit, locale)} is far out of range. {way(measure, locale)}"
        raise Invalid(f"{far.strip()} {question}{anyway}")


def _check_kept(item: Item, value: Decimal | None) -> None:
    """A figure that is on record can be corrected, not emptied (rules §3)."""
    if value is None and item.given is not None and item.given.is_recorded:
        raise Invalid("This figure is on record and cannot be emptied. Type the right one.")


def _too_long(text: str) -> str:
    return (
        f"This has {len(text):,} characters, and {MAX_NOTE:,} fit. Shorten it; nothing is lost, it stays "
        "here as you typed it."
    )
