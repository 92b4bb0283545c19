"""Grading in the check-in: who owns an objective whose quarter is over is asked in the week's one message.

What `/okr grade` asks stands in the check-in's form, and is graded by the same rules; it is asked until it is
graded, however that happens.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from bot.okr.grading import Gradable, GradeTyped, grade, open_form
from bot.okr.grading_forms import EVIDENCE, LESSON, POST_MORTEM, REASON, grade_field
from bot.slices import Answered, AskField, AskKind, Subject, Turn
from storage.database import UnitOfWork
from storage.repositories.okrs import Ungraded
from storage.rules.date_words import day_words
from storage.rules.errors import Closed, Invalid, InvalidFields, NotAllowed, NotFound
from storage.rules.figures import percent
from storage.rules.grading import GRADES
from storage.rules.hierarchy import format_reference
from storage.rules.terms import Commitment, Kind

ASKED_FOR = timedelta(days=92)
"""How long after its last day an objective is asked about: until the next quarter is over, too."""

MOST_GRADED = 8
"""Key results that are graded one by one in the check-in's form; for more there is `/okr grade`."""

RULE = "Once an objective's quarter is over its owner grades it, until it is graded."

_PREFIX = "grade "


def find(uow: UnitOfWork, turns: Sequence[Turn]) -> Mapping[int, Sequence[Subject]]:
    """The objectives that are over and not graded, of those who may grade them."""
    if not turns:
        return {}
    first = min(turn.on for turn in turns) - ASKED_FOR
    last = max(turn.on for turn in turns) - timedelta(days=1)
    ended = uow.okrs.list_ungraded(first, last, {owner for turn in turns for owner in turn.owners})
    found: dict[int, Sequence[Subject]] = {}
    for turn in turns if ended else ():
        lines = [line for line in ended if line.owner_id in turn.owners and _is_asked(line, turn.on)]
        subjects = [_subject(uow, turn.member_id, line) for line in lines]
        found[turn.member_id] = [subject for subject in subjects if subject is not None]
    return found


def store(uow: UnitOfWork, answered: Answered) -> None:
    """Grades the objective and closes it; a corrected answer corrects the grade.

    Raises:
        Invalid: the first thing that is missing, with its field.
    """
    said = answered.said
    if not said:
        return
    typed = GradeTyped(
        grades={name.removeprefix(_PREFIX): text for name, text in said.items() if name.startswith(_PREFIX)},
        reason=said.get(REASON, ""),
        evidence=said.get(EVIDENCE, ""),
        lesson=said.get(LESSON, ""),
        post_mortem=said.get(POST_MORTEM, ""),
    )
    reference = format_reference(Kind.OBJECTIVE, uow.okrs.get_objective(answered.row_id).number)
    try:
        grade(uow, answered.member_id, reference, typed, may_correct=True)
    except InvalidFields as error:
        name, sentence = next(iter(error.sentences.items()))
        raise Invalid(sentence, field=name.replace(grade_field(""), _PREFIX)) from error
    except (Closed, NotAllowed, NotFound):
        # Someone else graded it meanwhile, or it changed hands: the answer stays with the check-in.
        return


def elsewhere(uow: UnitOfWork, row_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """What was said to objectives that are graded by now, as it would stand in the check-in's form."""
    graded = uow.okrs.list_objective_grades()
    return {row_id: _said(uow, row_id) for row_id in row_ids if row_id in graded}


def _said(uow: UnitOfWork, row_id: int) -> dict[str, str]:
    """Whole, so that correcting one word of it in the form changes no grade."""
    said: dict[str, str] = {}
    for part in uow.okrs.list_parts(row_id):
        kept = uow.okrs.find_grade(Kind.KEY_RESULT, part.id)
        if kept is not None:
            said[f"{_PREFIX}{format_reference(Kind.KEY_RESULT, part.number)}"] = f"{kept.grade:.1f}"
    whole = uow.okrs.find_grade(Kind.OBJECTIVE, row_id)
    if whole is not None:
        words = {EVIDENCE: whole.evidence, LESSON: whole.lesson, REASON: whole.reason}
        said |= {name: text for name, text in (words | {POST_MORTEM: whole.post_mortem}).items() if text}
    return said


def _is_asked(line: Ungraded, on: date) -> bool:
    return line.ended_on < on <= line.ended_on + ASKED_FOR


def _subject(uow: UnitOfWork, member_id: int, line: Ungraded) -> Subject | None:
    """None where the person may not grade it: then it is not theirs to answer for."""
    reference = format_reference(Kind.OBJECTIVE, line.number)
    try:
        form = open_form(uow, member_id, reference)
    except (Closed, NotAllowed, NotFound):
        return None
    return Subject(
        row_id=line.id,
        reference=reference,
        title=line.title,
        fields=_fields(form.key_results, form.commitment),
        rule=RULE,
        kind=Kind.OBJECTIVE,
        item_id=line.id,
        owner_id=line.owner_id,
        due_on=line.ended_on,
        facts=_facts(line, form.key_results, form.commitment),
    )


def _fields(key_results: Sequence[Gradable], commitment: Commitment) -> tuple[AskField, ...]:
    one_by_one = key_results if len(key_results) <= MOST_GRADED else ()
    fields = [
        AskField(
            f"{_PREFIX}{part.shown.reference}",
            f"{part.shown.reference}: grade",
            options=GRADES,
            hint=f"The figures suggest {part.suggested:.1f}; left empty, that is taken.",
        )
        for part in one_by_one
    ]
    fields += [
        AskField(EVIDENCE, "Evidence", placeholder="https://… the report or dashboard that shows it"),
        AskField(LESSON, "What was learned", multiline=True, placeholder="What would you do again?"),
    ]
    if one_by_one:
        why = "The last two weeks came too late for the figures"
        fields.append(AskField(REASON, "Why, where a grade differs from the figures", placeholder=why))
    if commitment is Commitment.COMMITTED:
        fields.append(AskField(POST_MORTEM, "If it was missed: what happened", multiline=True))
    return tuple(fields)


def _facts(line: Ungraded, key_results: Sequence[Gradable], commitment: Commitment) -> tuple[str, ...]:
    expected = "1.0 is expected" if commitment is Commitment.COMMITTED else "0.7 is success"
    ended_on = day_words(line.ended_on)
    ended = f"Ended on {ended_on}, to be graded. {commitment.capitalize()}: {expected}."
    if len(key_results) > MOST_GRADED:
        reference = format_reference(Kind.OBJECTIVE, line.number)
        many = f"{len(key_results)} key results, graded as their figures suggest"
        return (ended, f"{many}; for grades of your own type /okr grade {reference}.")
    return (ended, *(_suggestion(part) for part in key_results))


def _suggestion(part: Gradable) -> str:
    progress = part.shown.standing.progress
    way = "no figure yet" if progress is None else f"{percent(progress)} of the way"
    return f"{part.shown.reference} {part.shown.node.title}: {way}, suggests {part.suggested:.1f}."


KIND = AskKind("grading", find, store, elsewhere)
