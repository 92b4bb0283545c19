"""The kinds of things that check-ins ask about beside figures: one register, filled by the composition root.

A kind says what is due, how it is asked, and how an answer is stored; no slice imports another for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from bot.checkins.facts import Extra
from bot.checkins.seeing import Sight
from bot.slices import Answered, AskField, AskKind, Subject, Turn
from storage.database import UnitOfWork
from storage.repositories.rounds import PromptLine, QuestionLine
from storage.rules.date_words import near_day
from storage.rules.terms import Direction, Kind
from storage.tables.checkin import CheckinPrompt, CheckinQuestion

PULSE = "pulse"
"""The kind of the one question whose answers are kept under nobody's name."""

FIGURE = "figure"
"""What the check-in asks itself; no kind may be called so."""

MOVED = "moved"
"""The kind of a question whose item belongs to someone else since it was asked."""

WAS = "was"
"""Where such a question keeps the kind that it had."""

Found = tuple[AskKind, Subject]

_KINDS: dict[str, AskKind] = {}


def register(kinds: Sequence[AskKind]) -> None:
    """Makes kinds known, once; the same again changes nothing.

    Raises:
        ValueError: two different kinds of one name.
    """
    for kind in kinds:
        if kind.name in {FIGURE, MOVED} or _KINDS.get(kind.name, kind) != kind:
            raise ValueError(f"two kinds of question are called {kind.name!r}")
        _KINDS[kind.name] = kind


def find_subjects(uow: UnitOfWork, turns: Sequence[Turn]) -> dict[int, list[Found]]:
    """What is due beside figures, by member id, kind by kind."""
    found: dict[int, list[Found]] = {turn.member_id: [] for turn in turns}
    if not turns:
        return found
    sight = Sight(uow)
    for kind in _KINDS.values():
        for member_id, subjects in kind.find(uow, turns).items():
            if member_id in found:
                found[member_id] += [
                    (kind, subject) for subject in subjects if _may_be_asked(sight, member_id, subject)
                ]
    return found


def _may_be_asked(sight: Sight, member_id: int, subject: Subject) -> bool:
    if subject.kind is None or subject.item_id is None or subject.owner_id in {None, member_id}:
        return True
    return sight.shows(member_id, subject.kind, subject.item_id)


def find_elsewhere(uow: UnitOfWork) -> list[tuple[CheckinQuestion, Mapping[str, str]]]:
    """Open questions of kinds that were dealt with in another way since, with what stands as their answer."""
    kinds = {kind.name: kind.elsewhere for kind in _KINDS.values() if kind.elsewhere is not None}
    if not kinds:
        return []
    found: list[tuple[CheckinQuestion, Mapping[str, str]]] = []
    by_kind: dict[str, list[CheckinQuestion]] = {name: [] for name in kinds}
    for question in uow.checkins.list_open_extras(by_kind, uow.now):
        by_kind[question.asks].append(question)
    for name, questions in by_kind.items():
        if questions:
            said = kinds[name](uow, {_row(question) for question in questions})
            found += [(one, said[_row(one)]) for one in questions if _row(one) in said]
    return found


def find_owners(uow: UnitOfWork, questions: Sequence[CheckinQuestion]) -> dict[int, int]:
    """Whose the items of these questions of kinds are now, by question; without those that are nobody's."""
    if not questions:
        return {}
    graph = uow.picture().graph
    by_kind: dict[str, set[int]] = {}
    for question in questions:
        by_kind.setdefault(question.asks, set()).add(_row(question))
    owners = {
        name: kind.owners(uow, rows)
        for name, rows in by_kind.items()
        if (kind := _KINDS.get(name)) is not None and kind.owners is not None
    }
    found: dict[int, int | None] = {}
    for question in questions:
        if question.asks in owners:
            found[question.id] = owners[question.asks].get(_row(question))
        else:
            node = graph.find_row(Kind(question.kind), question.item_id)
            found[question.id] = None if node is None else node.owner_id
    return {question_id: owner_id for question_id, owner_id in found.items() if owner_id is not None}


def _row(question: CheckinQuestion) -> int:
    return int((question.form or {}).get("row", 0))


def asks_something(found: Sequence[Found]) -> bool:
    """Whether there is more than the anonymous question, for which alone nobody is asked."""
    return any(kind.name != PULSE for kind, _ in found)


def make_extra_questions(
    prompt: PromptLine, found: Sequence[Found], first_position: int
) -> list[QuestionLine]:
    """What was found, as it stands now, to be kept with the prompt."""
    return [
        QuestionLine(
            id=0,
            prompt_id=prompt.id,
            position=position,
            asks=kind.name,
            form=_form(subject),
            kind=subject.kind or Kind.REVIEW,
            item_id=subject.item_id,
            reference=subject.reference,
            title=subject.title,
            owner_id=subject.owner_id if subject.owner_id != prompt.member_id else None,
            starts_on=prompt.local_on,
            due_on=subject.due_on or prompt.local_on,
            period_on=prompt.local_on,
            direction=Direction.INCREASE,
            asks_value=False,
        )
        for position, (kind, subject) in enumerate(found, start=first_position)
    ]


def read_extra(question: CheckinQuestion | QuestionLine, owner: str, said: Mapping[str, str] | None) -> Extra:
    """A kept question with what was said."""
    form: dict[str, Any] = question.form or {}
    return Extra(
        question_id=question.id,
        asks=question.asks,
        row_id=int(form.get("row", 0)),
        kind=Kind(question.kind) if question.item_id else None,
        item_id=question.item_id,
        reference=question.reference,
        title=question.title,
        owner=owner,
        due_on=question.due_on,
        facts=tuple(form.get("facts", ())),
        fields=tuple(_field(field) for field in form.get("fields", ())),
        rule=str(form.get("rule", "")),
        said=said,
    )


def store(uow: UnitOfWork, prompt: CheckinPrompt, extra: Extra, said: Mapping[str, str]) -> None:
    """Hands an answer to its kind; one of a kind that is gone by now stays with the check-in."""
    kind = _KINDS.get(extra.asks)
    if kind is not None:
        kind.store(uow, Answered(prompt.member_id, prompt.id, extra.row_id, said))


def _form(subject: Subject) -> dict[str, Any]:
    return {
        "row": subject.row_id,
        "facts": list(subject.facts),
        "rule": subject.rule,
        "fields": [asdict(field) for field in subject.fields],
    }


def _field(kept: dict[str, Any]) -> AskField:
    when = kept.get("when")
    return AskField(
        name=kept["name"],
        label=kept["label"],
        options=tuple(kept.get("options", ())),
        multiline=bool(kept.get("multiline")),
        placeholder=kept.get("placeholder", ""),
        hint=kept.get("hint", ""),
        when=(when[0], tuple(when[1])) if when else None,
        quick=tuple(kept.get("quick", ())),
    )


def due_words(on: date) -> str:
    return f"due {near_day(on)}"
