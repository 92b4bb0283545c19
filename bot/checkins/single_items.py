"""Single items: what a person does about one line of the question, without the whole form."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.checkins.answering import (
    check_answerable,
    finish_if_whole,
    lock_own,
    read_own,
    record_kind,
)
from bot.checkins.facts import Extra, Item, Prompt, is_said
from bot.checkins.fields import Said, base_fields, extra_field, filled_in, names_of, read_extras, read_items
from bot.checkins.follow_ups import find_follow_ups, item_fields
from bot.checkins.prompts import is_answerable, read_prompt
from bot.checkins.recording import record_answer
from storage.database import UnitOfWork
from storage.rules.cadence import WeeklyRhythm
from storage.rules.errors import Closed, Invalid, NotFound
from storage.tables.checkin import CheckinPrompt

FOLLOW_UPS = 1
"""The page of a single item's form that holds what its answer asks for; 0 is the item itself."""


@dataclass(frozen=True, slots=True)
class Single:
    """One item of a check-in and its form: `typed` is what the inputs of `page` hold."""

    prompt: Prompt
    one: Item | Extra
    page: int
    typed: Mapping[str, str]


def confirm_item(uow: UnitOfWork, member_id: int, question_id: int) -> Prompt:
    """ "No change" to one figure: confirms its last value and marks the answer so.

    Raises:
        Closed: it is answered already, or nothing can be answered there any more.
        Invalid: a new figure is due, for which an old one cannot stand.
        NotFound: it is someone else's.
    """
    row, one = _hold_open(uow, member_id, question_id)
    if not isinstance(one, Item) or not one.can_confirm:
        raise Invalid(f"There is a new answer to give for {_name(one)}. Choose “Update…” to give it.")
    value = one.value_before if one.asks_value else None
    record_answer(uow, row, one, Said(value, one.confidence_before, ""), is_unchanged=True)
    return finish_if_whole(uow, row)


def choose_answer(uow: UnitOfWork, member_id: int, question_id: int, place: int) -> Prompt:
    """Gives the answer at that place of those that one press gives, such as "done" to a step.

    Raises:
        Closed, NotFound: as `confirm_item`.
        Invalid: there is no such answer.
    """
    row, one = _hold_open(uow, member_id, question_id)
    if not isinstance(one, Extra) or place >= len(one.quick):
        raise Invalid("This answer is not offered any more. Choose “Update…” instead.")
    field, answer = one.quick[place]
    record_kind(uow, row, one, {field.name: answer})
    return finish_if_whole(uow, row)


def open_item(uow: UnitOfWork, member_id: int, question_id: int) -> Single:
    """The form of one item, with what was said about it.

    Raises:
        NotFound, Closed: it is someone else's, or nothing can be answered there any more.
    """
    prompt, one = _read(uow, member_id, question_id)
    check_answerable(uow, prompt)
    return Single(prompt, one, 0, _typed_before(prompt, one))


def explain_item(
    uow: UnitOfWork, member_id: int, question_id: int
) -> tuple[Prompt, Item | Extra, WeeklyRhythm]:
    """The item, its check-in, and the rhythm that it follows."""
    prompt, one = _read(uow, member_id, question_id)
    return prompt, one, uow.settings.rhythm()


def submit_item(
    uow: UnitOfWork, member_id: int, question_id: int, page: int, typed: Mapping[str, str]
) -> Single | Prompt:
    """Takes the form of one item: what its answer asks for, else the check-in with this answer in it.

    Raises:
        InvalidFields: texts that cannot be read; nothing was saved.
        Invalid: nothing was typed.
        NotFound, Closed: as `open_item`.
    """
    row, prompt, one = _hold(uow, member_id, question_id)
    check_answerable(uow, prompt)
    names = _follow_up_names(one) if page == FOLLOW_UPS else names_of((one,), is_last=False)
    whole = {**_typed_before(prompt, one), **{name: typed.get(name, "") for name in names}}
    if isinstance(one, Item):
        _record_item(uow, row, prompt, one, whole)
    else:
        said = read_extras((one,), whole)[one.question_id]
        if not said:
            raise _nothing_typed()
        record_kind(uow, row, one, said)
    answered = finish_if_whole(uow, row)
    if page != FOLLOW_UPS and find_follow_ups(prompt, whole) and is_answerable(answered):
        return Single(answered, _find(answered, question_id), FOLLOW_UPS, whole)
    return answered


def _record_item(
    uow: UnitOfWork, row: CheckinPrompt, prompt: Prompt, item: Item, whole: Mapping[str, str]
) -> None:
    said = read_items((item,), whole, prompt.locale)[item.question_id]
    if said.is_empty:
        raise _nothing_typed()
    wanted = {name for one in find_follow_ups(prompt, whole) for name, _ in one.fields}
    followed = {
        field.name: whole[name] for name, field in item_fields(item) if name in wanted and whole.get(name)
    }
    record_answer(uow, row, item, said, followed=followed)


def _nothing_typed() -> Invalid:
    return Invalid("Nothing is filled in yet. Fill in at least one of these, or press “Cancel”.")


def _hold_open(uow: UnitOfWork, member_id: int, question_id: int) -> tuple[CheckinPrompt, Item | Extra]:
    """As `_hold`, for a press that gives an answer: one that was given already stands."""
    row, prompt, one = _hold(uow, member_id, question_id)
    if is_said(one) or prompt.is_answered:
        raise Closed(f"{_name(one)} is answered already. To change that, type `/checkin`.")
    check_answerable(uow, prompt)
    return row, one


def _hold(uow: UnitOfWork, member_id: int, question_id: int) -> tuple[CheckinPrompt, Prompt, Item | Extra]:
    row = lock_own(uow, member_id, uow.checkins.get_question(question_id).prompt_id)
    prompt = read_prompt(uow, row)
    return row, prompt, _find(prompt, question_id)


def _read(uow: UnitOfWork, member_id: int, question_id: int) -> tuple[Prompt, Item | Extra]:
    prompt = read_own(uow, member_id, uow.checkins.get_question(question_id).prompt_id)
    return prompt, _find(prompt, question_id)


def _find(prompt: Prompt, question_id: int) -> Item | Extra:
    found = next((one for one in prompt.asked if one.question_id == question_id), None)
    handed = next((one for one in prompt.handed if one.question_id == question_id), None)
    if handed is not None:
        raise Closed(
            f"{handed.name} belongs to {handed.owner} now, who answers for it. Type `/checkin` for what is "
            "yours."
        )
    if found is None:
        raise NotFound("This question is not asked any more. Type `/checkin` for what is.")
    return found


def _typed_before(prompt: Prompt, one: Item | Extra) -> dict[str, str]:
    """What was said or typed about this item alone; what is typed about others stays where it is."""
    names = {*names_of((one,), is_last=False), *_follow_up_names(one)}
    return {name: text for name, text in filled_in(prompt).items() if name in names}


def _follow_up_names(one: Item | Extra) -> list[str]:
    if isinstance(one, Item):
        return [name for name, _ in item_fields(one)]
    base = {name for name, _ in base_fields(one)}
    return [name for field in one.fields if (name := extra_field(one, field)) not in base]


def _name(one: Item | Extra) -> str:
    return one.reference or one.title
