"""The update in one line: `78 8 routing done, training next week` – value, confidence and note.

What is certain is understood in any order; what could mean two things is asked, with each meaning as a text
that means nothing else. Whatever was understood is read back by `format_update`, and reading that again
gives the same.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from storage.rules.errors import Invalid
from storage.rules.figures import exact_figure, normalised
from storage.rules.measures import YES, Measure, is_beyond_reason
from storage.rules.units import Unit
from storage.rules.update_figures import find_figure, reached, take_answer, take_number
from storage.rules.update_milestones import take_milestones
from storage.rules.update_parts import Doubt, Meaning, Taken, quoted, shown

MAX_NOTE = 3000
"""Characters of a note; what comes longer is refused, never cut."""

_MOST_CONFIDENT = 10
_MAX_CHOICES = 5
_NOTE_MARK = "note:"
_SEPARATORS = frozenset({"-", "–", "—", ":", "|"})
# Not the no-break spaces: those hold a figure together.
_SPACES = re.compile("[ \t\r\n\f\v]+")
_GLUED = re.compile(r"(?:c|conf|confidence)[:=]?([0-9]{1,3})(?:/10)?[,;:.]?")
_SAID = re.compile(r"(?:c|conf|confidence)[:=]?")
_NUMBER = re.compile(r"([0-9]{1,3})(?:/10)?[,;:.]?")
_OF_TEN = re.compile(r"([0-9]{1,2})/10[,;:.]?")
_BARE = re.compile(r"(10|[0-9])[,;:.]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What one line said. `is_bare`: the confidence was a bare number, which may have been part of the note.

    `done` and `undone` are numbers of milestones.
    """

    value: Decimal | None = None
    confidence: int | None = None
    note: str = ""
    is_bare: bool = False
    done: tuple[int, ...] = ()
    undone: tuple[int, ...] = ()

    @property
    def has_figure(self) -> bool:
        """Whether it brings a reading."""
        return self.value is not None or bool(self.done or self.undone)


@dataclass(frozen=True, slots=True)
class Choice:
    """One meaning of a text: `label` as people read it, `text` as `parse_update` takes it without doubt."""

    label: str
    text: str


class Unclear(Invalid):
    """A text that could mean several things; the sentence asks which."""

    def __init__(self, sentence: str, choices: Sequence[Choice]) -> None:
        super().__init__(sentence, field="value")
        self.choices = tuple(choices)[:_MAX_CHOICES]


def parse_update(text: str, measure: Measure, locale: str) -> Update:
    """Understands what was typed behind the reference of `measure`, by the habits of `locale`.

    A figure with `=` before it is meant exactly so; all behind `note:` is the note.

    Raises:
        Unclear: it could mean several things.
        Invalid: nothing was typed, or a part of it cannot be read.
    """
    words = [word for word in _SPACES.split(text) if word]
    update = _Line(words, measure, locale).read() if words else Update()
    if update == Update():
        raise Invalid(_nothing_typed(measure), field="value")
    return update


def format_update(update: Update, measure: Measure, locale: str) -> str:
    """The update as a line that means nothing else: `78 c8 note: routing done`."""
    parts = []
    if update.done:
        parts.append(f"done {','.join(map(str, update.done))}")
    if update.undone:
        parts.append(f"undone {','.join(map(str, update.undone))}")
    if update.value is not None:
        parts.append(_typed_value(update.value, measure, locale))
    if update.confidence is not None:
        parts.append(f"c{update.confidence}")
    if update.note:
        parts.append(f"{_NOTE_MARK} {update.note}")
    return " ".join(parts)


class _Line:
    """One line being read from the left; `words` are those not taken yet."""

    def __init__(self, words: list[str], measure: Measure, locale: str, update: Update | None = None) -> None:
        self.words = words
        self.measure = measure
        self.locale = locale
        self.update = update or Update()

    def read(self) -> Update:
        self._take_confidence(of_ten=False)
        try:
            self._take_figure()
        except Doubt as doubt:
            raise self._unclear(doubt) from None
        return self._read_rest()

    def _read_rest(self) -> Update:
        if self.update.has_figure:
            self._take_bare_confidence()
            self._take_confidence(of_ten=True)
        self._take_note()
        return self.update

    def _take_confidence(self, *, of_ten: bool) -> None:
        if self.update.confidence is not None:
            return
        found, count = _confidence_at(self.words, 0, of_ten=of_ten)
        if found is None:
            return
        if found > _MOST_CONFIDENT:
            raise Invalid(
                f"{quoted(' '.join(self.words[:count]))} is not a confidence, which goes from 0 (no chance) "
                f"to 10 (certain). Type one such as `c8`; if it belongs to the note, put `{_NOTE_MARK}` "
                "before it.",
                field="confidence",
            )
        self.update = replace(self.update, confidence=found)
        del self.words[:count]

    def _take_bare_confidence(self) -> None:
        if self.update.confidence is not None or not self.words:
            return
        match = _BARE.fullmatch(normalised(self.words[0]))
        if match is not None:
            self.update = replace(self.update, confidence=int(match[1]), is_bare=True)
            del self.words[0]

    def _take_figure(self) -> None:
        if not self.words or _is_note_mark(self.words[0]):
            return
        unit = Unit(self.measure.unit)
        if unit.is_milestones and self.measure.milestones:
            taken = take_milestones(self.words, self.measure)
        elif unit.is_yes_no:
            taken = take_answer(self.words, self.measure, self.locale)
        elif self._is_reached():
            raise reached(self.measure, self.locale)
        else:
            taken = take_number(self.words, self.measure, self.locale)
        if taken is not None:
            self._apply(taken)

    def _is_reached(self) -> bool:
        """`done` and nothing else but a confidence or a marked note."""
        rest = self.words[1:]
        is_last = not rest or _is_note_mark(rest[0])
        is_last = is_last or _confidence_at(rest, 0, of_ten=True)[1] == len(rest)
        return is_last and self.words[0].lower().rstrip(".,;:") in {"done", "reached"}

    def _apply(self, taken: Taken) -> None:
        del self.words[: taken.count]
        self.update = replace(
            self.update,
            value=taken.value,
            confidence=self.update.confidence if taken.confidence is None else taken.confidence,
            done=taken.done,
            undone=taken.undone,
        )

    def _take_note(self) -> None:
        if self.words and (_is_note_mark(self.words[0]) or self.words[0] in _SEPARATORS):
            first = self.words.pop(0)
            rest = first[len(_NOTE_MARK) :]
            if _is_note_mark(first) and rest:
                self.words.insert(0, rest)
        else:
            self._take_trailing_confidence()
            self._ask_about_hidden_figure()
        note = " ".join(self.words)
        if len(note) > MAX_NOTE:
            raise Invalid(
                f"The note has {len(note):,} characters, and {MAX_NOTE:,} fit. Shorten it; nothing was "
                "saved.",
                field="note",
            )
        self.update = replace(self.update, note=note)

    def _take_trailing_confidence(self) -> None:
        if self.update.confidence is not None:
            return
        for count in (1, 2):
            at = len(self.words) - count
            found, taken = _confidence_at(self.words, at, of_ten=True)
            if found is not None and found <= _MOST_CONFIDENT and taken == count:
                self.update = replace(self.update, confidence=found)
                del self.words[at:]
                if self.words:
                    self.words[-1] = self.words[-1].rstrip(",;") or self.words[-1]
                return

    def _ask_about_hidden_figure(self) -> None:
        """A note that holds a number which might be the figure: nothing is dropped unseen."""
        unit = Unit(self.measure.unit)
        if self.update.has_figure or unit.is_yes_no or self.measure.milestones:
            return
        value = find_figure(self.words, self.measure, self.locale)
        if value is None:
            return
        said = replace(self.update, note=" ".join(self.words))
        figure = shown(value, self.measure, self.locale)
        raise Unclear(
            f"Is {figure} the new figure of {self.measure.reference}, or is all of it the note?",
            [
                Choice(f"{figure}, with the note", self._as_text(replace(said, value=value))),
                Choice("All of it is the note", self._as_text(said)),
            ],
        )

    def _unclear(self, doubt: Doubt) -> Unclear:
        return Unclear(doubt.question, [self._choice(meaning) for meaning in doubt.meanings])

    def _choice(self, meaning: Meaning) -> Choice:
        """The meaning with the words that follow, whatever they say."""
        line = _Line(list(self.words), self.measure, self.locale, self.update)
        line._apply(meaning.taken)
        return Choice(meaning.label, self._as_text(line._read_rest()))

    def _as_text(self, update: Update) -> str:
        return format_update(update, self.measure, self.locale)


def _confidence_at(words: Sequence[str], at: int, *, of_ten: bool) -> tuple[int | None, int]:
    """A confidence that says that it is one, `c8`, `conf 8` or `8/10`, and how many words it takes."""
    if not 0 <= at < len(words):
        return None, 0
    word = normalised(words[at]).lower()
    match = _GLUED.fullmatch(word) or (_OF_TEN.fullmatch(word) if of_ten else None)
    if match is not None:
        return int(match[1]), 1
    if _SAID.fullmatch(word) and at + 1 < len(words):
        match = _NUMBER.fullmatch(normalised(words[at + 1]))
        if match is not None:
            return int(match[1]), 2
    return None, 0


def _typed_value(value: Decimal, measure: Measure, locale: str) -> str:
    if Unit(measure.unit).is_yes_no:
        return "yes" if value >= YES else "no"
    mark = "=" if value < 0 or is_beyond_reason(value, measure) else ""
    return f"{mark}{exact_figure(value, locale)}"


def _is_note_mark(word: str) -> bool:
    return word.lower().startswith(_NOTE_MARK)


def _nothing_typed(measure: Measure) -> str:
    unit = Unit(measure.unit)
    example = "done 1" if unit.is_milestones else "yes" if unit.is_yes_no else "78"
    return (
        f"There is nothing to record for {measure.reference} yet. Type the figure, your confidence and a "
        f"note, such as `/okr update {measure.reference} {example} 8 routing done`."
    )
