"""Answering: what a person does about their check-in; every change is drawn anew where it was shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.checkins import post
from bot.checkins.facts import Item, Prompt, Waiting
from bot.checkins.fields import (
    PAGE_SIZE,
    Said,
    filled_in,
    names_of,
    read_blocker,
    read_items,
)
from bot.checkins.patterns import snooze_instant
from bot.checkins.prompts import SKIPPED, find_waiting, is_answerable, read_prompt
from bot.checkins.recording import record_answer, record_blocker
from bot.checkins.summarising import refresh_summary
from storage.database import UnitOfWork
from storage.rules.cadence import WeeklyRhythm, local_date
from storage.rules.errors import Closed, Invalid, NotFound
from storage.rules.terms import PromptState
from storage.tables.checkin import CheckinPrompt
from storage.working import read_patterns


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the form, as it is to be shown: `typed` is what its inputs hold."""

    prompt: Prompt
    number: int
    typed: Mapping[str, str]


def find_page(uow: UnitOfWork, member_id: int) -> Page | Waiting:
    """The form for what is due or can be corrected, else when the person is asked next."""
    waiting = find_waiting(uow, member_id)
    if waiting.prompt is None:
        return waiting
    return Page(waiting.prompt, 0, filled_in(waiting.prompt))


def open_page(uow: UnitOfWork, member_id: int, prompt_id: int) -> Page:
    """The first page of one prompt's form.

    Raises:
        NotFound, Closed: it is someone else's, or nothing can be answered there any more.
    """
    prompt = _read_own(uow, member_id, prompt_id)
    _check_answerable(uow, prompt)
    return Page(prompt, 0, filled_in(prompt))


def explain(uow: UnitOfWork, member_id: int, prompt_id: int) -> tuple[Prompt, WeeklyRhythm]:
    """The prompt and the rhythm that it follows."""
    return _read_own(uow, member_id, prompt_id), uow.checkins.get_rhythm()


def submit(
    uow: UnitOfWork, member_id: int, prompt_id: int, page: int, typed: Mapping[str, str]
) -> Page | Prompt:
    """Takes one page of the form: the next page, or after the last one the answered check-in.

    Args:
        typed: the texts of that page's inputs, by name.

    Raises:
        InvalidFields: texts that cannot be read; nothing was saved.
        NotFound, Closed: as `open_page`.
    """
    row = _lock_own(uow, member_id, prompt_id)
    prompt = read_prompt(uow, row)
    shown = _sheet(prompt, page)
    _check_answerable(uow, prompt)
    read_items(shown, typed, prompt.locale)
    whole = {**filled_in(prompt), **_kept(prompt, page, typed)}
    if not _is_last(prompt, page):
        row.draft = whole
        return Page(prompt, page + 1, whole)
    blocked = read_blocker(whole)
    said = read_items(prompt.items, whole, prompt.locale)
    if blocked is None and all(one.is_empty for one in said.values()):
        raise Invalid(
            "Nothing is filled in yet. Give a figure, a confidence or a note for at least one item; if "
            "nothing moved, close this and press “Nothing changed”."
        )
    for item in prompt.items:
        if not said[item.question_id].is_empty or item.given is not None:
            record_answer(uow, row, item, said[item.question_id])
    record_blocker(uow, row, blocked)
    return _finish(uow, row, is_unchanged=False)


def turn_back(uow: UnitOfWork, member_id: int, prompt_id: int, page: int, typed: Mapping[str, str]) -> Page:
    """Goes from `page` to the one before; what was typed is kept as it is and read when it is submitted."""
    row = _lock_own(uow, member_id, prompt_id)
    prompt = read_prompt(uow, row)
    _check_answerable(uow, prompt)
    row.draft = {**filled_in(prompt), **_kept(prompt, page, typed)}
    return Page(prompt, max(page - 1, 0), row.draft)


def confirm_unchanged(uow: UnitOfWork, member_id: int, prompt_id: int) -> Prompt:
    """Confirms the last figures and marks the answer so.

    Raises:
        Closed: it is answered already, or nothing can be answered there any more.
        Invalid: a new period's figure is due, for which an old one cannot stand.
    """
    row = _lock_own(uow, member_id, prompt_id)
    prompt = read_prompt(uow, row)
    if prompt.is_answered:
        raise Closed("This check-in is answered already. Press “Correct” or type `/checkin` to change it.")
    _check_answerable(uow, prompt)
    if not prompt.can_confirm:
        due = [item.reference for item in prompt.items if item.figure_due or item.value_before is None]
        raise Invalid(f"There is a new figure to give for {', '.join(due)}. Press “Check in” to give it.")
    for item in prompt.items:
        if item.value_before is not None or not item.asks_value:
            value = item.value_before if item.asks_value else None
            record_answer(uow, row, item, Said(value, item.confidence_before, ""), is_unchanged=True)
    return _finish(uow, row, is_unchanged=True)


def snooze(uow: UnitOfWork, member_id: int, prompt_id: int) -> Prompt:
    """Puts the prompt off for some hours.

    Raises:
        Closed: it is answered, over, or put off as often as the week's messages allow.
    """
    row = _lock_own(uow, member_id, prompt_id)
    prompt = read_prompt(uow, row)
    if prompt.is_answered:
        raise Closed("This check-in is answered already, so you will not be asked again this week.")
    if row.snoozed_until is not None and row.snoozed_until > uow.now:
        return prompt  # pressed twice
    if prompt.snoozes_left <= 0:
        raise Closed(
            "You were asked as often as one week allows. Press “Check in”, or skip it by “Why this?”."
        )
    member = uow.members.get(member_id)
    pattern = read_patterns(uow, [member], local_date(uow.now, "UTC"))[member_id]
    at = snooze_instant(pattern, uow.now, row.closes_at)
    if at is None or row.state is not PromptState.ASKED:
        raise Closed("This check-in closes too soon to be put off. You can still press “Check in”.")
    row.snoozed_until = at
    row.snoozes += 1
    uow.session.flush()
    return read_prompt(uow, row)


def skip(uow: UnitOfWork, member_id: int, prompt_id: int) -> Prompt:
    """Leaves out this week, as the person wishes.

    Raises:
        Closed: it is answered or over.
    """
    row = _lock_own(uow, member_id, prompt_id)
    if row.state is not PromptState.ASKED or uow.now >= row.closes_at:
        raise Closed("This check-in is answered or over, so there is nothing to skip.")
    row.state = PromptState.EXCUSED
    row.reason = SKIPPED
    row.snoozed_until = None
    uow.session.flush()
    prompt = read_prompt(uow, row)
    post.replace_question(uow, prompt)
    refresh_summary(uow, uow.checkins.get_window(row.window_id))
    return prompt


def _lock_own(uow: UnitOfWork, member_id: int, prompt_id: int) -> CheckinPrompt:
    """The prompt, with its window held: answers of one team come one after the other, so that the summary
    that each of them draws has seen all before it."""
    prompt = _get_own(uow, member_id, prompt_id)
    uow.checkins.lock_window(prompt.window_id)
    uow.session.refresh(prompt)
    return prompt


def _read_own(uow: UnitOfWork, member_id: int, prompt_id: int) -> Prompt:
    return read_prompt(uow, _get_own(uow, member_id, prompt_id))


def _get_own(uow: UnitOfWork, member_id: int, prompt_id: int) -> CheckinPrompt:
    prompt = uow.checkins.get_prompt(prompt_id)
    if prompt.member_id != member_id:
        raise NotFound("This check-in is for someone else. Type `/checkin` for your own.")
    return prompt


def _check_answerable(uow: UnitOfWork, prompt: Prompt) -> None:
    latest = uow.checkins.find_latest_prompt(prompt.member_id)
    if latest is not None and latest.id != prompt.id:
        raise Closed("A newer check-in has taken this one's place. Type `/checkin` to answer that one.")
    if is_answerable(prompt):
        return
    if prompt.is_answered:
        raise Closed(
            "This check-in has closed, and what you answered stands. What is different now belongs into the "
            "next one."
        )
    raise Closed(f"There is nothing to answer in this check-in. {prompt.reason}".strip())


def _sheet(prompt: Prompt, page: int) -> tuple[Item, ...]:
    return prompt.items[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]


def _is_last(prompt: Prompt, page: int) -> bool:
    return (page + 1) * PAGE_SIZE >= len(prompt.items)


def _kept(prompt: Prompt, page: int, typed: Mapping[str, str]) -> dict[str, str]:
    """The texts of that page's own inputs, the emptied ones too; nothing else that a payload may hold."""
    names = names_of(_sheet(prompt, page), is_last=_is_last(prompt, page))
    return {name: typed.get(name, "") for name in names}


def _finish(uow: UnitOfWork, prompt: CheckinPrompt, *, is_unchanged: bool) -> Prompt:
    if prompt.state is not PromptState.ANSWERED:
        prompt.is_late = uow.now >= prompt.closes_at
    prompt.state = PromptState.ANSWERED
    prompt.answered_at = uow.now
    prompt.is_unchanged = is_unchanged
    prompt.snoozed_until = None
    prompt.draft = None
    prompt.reason = ""
    uow.session.flush()
    answered = read_prompt(uow, prompt)
    post.replace_question(uow, answered)
    refresh_summary(uow, uow.checkins.get_window(prompt.window_id), changed_id=prompt.id)
    return answered
