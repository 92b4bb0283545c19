"""Answering: what a person does about their check-in; every change is drawn anew where it was shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.checkins import post
from bot.checkins.facts import Extra, Item, Prompt, Waiting
from bot.checkins.fields import (
    Said,
    count_sheets,
    extra_field,
    filled_in,
    names_of,
    read_blocker,
    read_extras,
    read_items,
    sheet,
)
from bot.checkins.follow_ups import find_follow_ups, item_fields
from bot.checkins.patterns import snooze_instant
from bot.checkins.prompts import SKIPPED, find_waiting, is_answerable, read_prompt
from bot.checkins.recording import record_answer, record_blocker, record_extra, record_pulse
from bot.checkins.summarising import refresh_summary
from storage.database import UnitOfWork
from storage.rules.cadence import WeeklyRhythm, local_date
from storage.rules.errors import Closed, Invalid, InvalidFields, NotFound
from storage.rules.terms import PromptState
from storage.tables.checkin import CheckinPrompt
from storage.working import read_patterns

MAX_REASON = 250


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
    prompt = read_own(uow, member_id, prompt_id)
    check_answerable(uow, prompt)
    return Page(prompt, 0, filled_in(prompt))


def explain(uow: UnitOfWork, member_id: int, prompt_id: int) -> tuple[Prompt, WeeklyRhythm]:
    """The prompt and the rhythm that it follows."""
    return read_own(uow, member_id, prompt_id), uow.settings.rhythm()


def submit(
    uow: UnitOfWork, member_id: int, prompt_id: int, page: int, typed: Mapping[str, str]
) -> Page | Prompt:
    """Takes one page of the form: the next page, or after the last one the answered check-in. Where answers
    ask for more, a page of follow-ups comes after them; they are saved by then.

    Args:
        typed: the texts of that page's inputs, by name.

    Raises:
        InvalidFields: texts that cannot be read; nothing was saved.
        NotFound, Closed: as `open_page`.
    """
    row = lock_own(uow, member_id, prompt_id)
    prompt = _as_seen_by(member_id, read_prompt(uow, row))
    shown = sheet(prompt, page)
    check_answerable(uow, prompt)
    if _asks_what_has_gone(prompt, typed):
        # The form is shown again without it, on its first page: pages may have moved. Nothing typed is lost.
        names = set(names_of(prompt.asked, is_last=True))
        row.draft = filled_in(prompt) | {name: text for name, text in typed.items() if name in names}
        return Page(prompt, 0, row.draft)
    read_items([one for one in shown if isinstance(one, Item)], typed, prompt.locale)
    read_extras([one for one in shown if isinstance(one, Extra)], typed)
    whole = {**filled_in(prompt), **_kept(prompt, page, typed)}
    if page < count_sheets(prompt) - 1:
        row.draft = whole
        return Page(prompt, page + 1, whole)
    blocked = read_blocker(whole)
    said = read_items(prompt.items, whole, prompt.locale)
    answers = read_extras(prompt.extras, whole)
    if blocked is None and not any(answers.values()) and all(one.is_empty for one in said.values()):
        raise Invalid(
            "Nothing is filled in yet. Give a figure, a confidence or a note for at least one item; if "
            "nothing moved, close this and press “Nothing changed”."
        )
    followed = _read_follow_ups(prompt, whole)
    for item in prompt.items:
        if not said[item.question_id].is_empty or item.given is not None:
            record_answer(uow, row, item, said[item.question_id], followed=followed.get(item.question_id, {}))
    for extra in prompt.extras:
        if answers[extra.question_id] or extra.said is not None:
            record_kind(uow, row, extra, answers[extra.question_id])
    if prompt.pulse is not None and page > count_sheets(prompt) - 1:
        record_pulse(uow, row, prompt.pulse, typed)
    record_blocker(uow, row, blocked)
    answered = _as_seen_by(member_id, finish(uow, row, is_unchanged=False))
    asks_more = answered.pulse is not None or find_follow_ups(answered, whole)
    if page == count_sheets(prompt) - 1 and asks_more and is_answerable(answered):
        # Saved already: whoever closes the page of the follow-ups loses nothing but these.
        return Page(answered, page + 1, filled_in(answered))
    return answered


def turn_back(uow: UnitOfWork, member_id: int, prompt_id: int, page: int, typed: Mapping[str, str]) -> Page:
    """Goes from `page` to the one before; what was typed is kept as it is and read when it is submitted."""
    row = lock_own(uow, member_id, prompt_id)
    prompt = read_prompt(uow, row)
    check_answerable(uow, prompt)
    row.draft = {**filled_in(prompt), **_kept(prompt, page, typed)}
    return Page(prompt, max(page - 1, 0), row.draft)


def confirm_unchanged(uow: UnitOfWork, member_id: int, prompt_id: int) -> Prompt:
    """Confirms the last figures and marks the answer so.

    Raises:
        Closed: it is answered already, or nothing can be answered there any more.
        Invalid: a new period's figure is due, for which an old one cannot stand.
    """
    row = lock_own(uow, member_id, prompt_id)
    prompt = read_prompt(uow, row)
    if prompt.is_answered:
        raise Closed("This check-in is answered already. Press “Correct” or type `/checkin` to change it.")
    check_answerable(uow, prompt)
    if not prompt.can_confirm:
        due = [item.reference for item in prompt.items if item.figure_due or item.value_before is None]
        raise Invalid(f"There is a new figure to give for {', '.join(due)}. Press “Check in” to give it.")
    for item in prompt.items:
        if item.given is None and (item.value_before is not None or not item.asks_value):
            value = item.value_before if item.asks_value else None
            record_answer(uow, row, item, Said(value, item.confidence_before, ""), is_unchanged=True)
    return finish(uow, row, is_unchanged=True)


def snooze(uow: UnitOfWork, member_id: int, prompt_id: int) -> Prompt:
    """Puts the prompt off for some hours.

    Raises:
        Closed: it is answered, over, or put off as often as the week's messages allow.
    """
    row = lock_own(uow, member_id, prompt_id)
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


def delegate(uow: UnitOfWork, member_id: int, prompt_id: int, slack_user_id: str) -> str:
    """Asks someone else to answer this once. Returns the name. Who was asked first still may.

    Raises:
        Closed: it is answered or over, or someone was asked already.
        NotFound: the person is not known here.
        Invalid: it is the person themself.
    """
    row = lock_own(uow, member_id, prompt_id)
    if row.state is not PromptState.ASKED or uow.now >= row.closes_at or row.member_id != member_id:
        raise Closed("This check-in is answered or over, so there is nothing to hand on.")
    if row.delegate_id is not None:
        name = uow.members.get(row.delegate_id).name
        raise Closed(f"{name} was asked already. You can still answer yourself.")
    other = uow.members.find_by_slack_id(slack_user_id) if slack_user_id else None
    if other is None or other.is_deactivated:
        raise NotFound("Hoshin does not know this person yet. Choose someone who has used it once.")
    if other.id == member_id:
        raise Invalid("That is you. Choose someone else, or press “Check in”.", field="delegate")
    row.delegate_id = other.id
    uow.session.flush()
    post.put_to_delegate(uow, read_prompt(uow, row), other.id)
    return other.name


def skip(uow: UnitOfWork, member_id: int, prompt_id: int, reason: str = "") -> Prompt:
    """Leaves out this week, as the person wishes; the reason stays with it.

    Raises:
        Invalid: the reason is too long (field "reason").
        Closed: it is answered or over.
    """
    row = lock_own(uow, member_id, prompt_id)
    if row.state is not PromptState.ASKED or uow.now >= row.closes_at:
        raise Closed("This check-in is answered or over, so there is nothing to skip.")
    if len(reason) > MAX_REASON:
        raise Invalid(f"This has {len(reason)} characters, and {MAX_REASON} fit. Shorten it.", field="reason")
    row.state = PromptState.EXCUSED
    row.reason = f"{SKIPPED}: {reason.strip()}" if reason.strip() else f"{SKIPPED}."
    row.snoozed_until = None
    uow.session.flush()
    prompt = read_prompt(uow, row)
    post.replace_question(uow, prompt)
    refresh_summary(uow, uow.checkins.get_window(row.window_id))
    return prompt


def lock_own(uow: UnitOfWork, member_id: int, prompt_id: int) -> CheckinPrompt:
    """The prompt, with its window held: answers of one team come one after the other, so that the summary
    that each of them draws has seen all before it."""
    prompt = _get_own(uow, member_id, prompt_id)
    uow.checkins.lock_window(prompt.window_id)
    uow.session.refresh(prompt)
    return prompt


def read_own(uow: UnitOfWork, member_id: int, prompt_id: int) -> Prompt:
    return _as_seen_by(member_id, read_prompt(uow, _get_own(uow, member_id, prompt_id)))


def _as_seen_by(member_id: int, prompt: Prompt) -> Prompt:
    """Whoever answers for someone else is not asked how that one feels: an answer counts for one person."""
    return prompt if member_id == prompt.member_id else prompt._replace(pulse=None)


def _get_own(uow: UnitOfWork, member_id: int, prompt_id: int) -> CheckinPrompt:
    prompt = uow.checkins.get_prompt(prompt_id)
    if member_id not in {prompt.member_id, prompt.delegate_id}:
        raise NotFound("This check-in is for someone else. Type `/checkin` for your own.")
    return prompt


def check_answerable(uow: UnitOfWork, prompt: Prompt) -> None:
    latest = uow.checkins.find_latest_prompt(prompt.member_id)
    if latest is not None and latest.id != prompt.id:
        raise Closed("A newer check-in has taken this one's place. Type `/checkin` to answer that one.")
    archived = uow.checkins.list_of_archived_plans([prompt.id])
    if archived:
        raise Closed(
            f"{archived[prompt.id]} is archived and stays as it was, so this check-in is over. Your next one "
            "asks about the plan that is active now; `/checkin` says when it comes."
        )
    if is_answerable(prompt):
        return
    if prompt.is_answered:
        raise Closed(
            "This check-in has closed, and what you answered stands. What is different now belongs into the "
            "next one."
        )
    raise Closed(f"There is nothing to answer in this check-in. {prompt.reason}".strip())


def _asks_what_has_gone(prompt: Prompt, typed: Mapping[str, str]) -> bool:
    """Whether the form that was sent is from before an item of it changed hands."""
    gone = {str(one.question_id) for one in prompt.handed}
    return any(name.rpartition(":")[2] in gone for name in typed)


def _kept(prompt: Prompt, page: int, typed: Mapping[str, str]) -> dict[str, str]:
    """The texts of that page's own inputs, the emptied ones too; nothing else that a payload may hold. What
    is said to the pulse question is never kept."""
    if page >= count_sheets(prompt):
        followed = find_follow_ups(prompt, filled_in(prompt))
        names = [name for one in followed for name, _ in one.fields]
    else:
        names = names_of(sheet(prompt, page), is_last=page == count_sheets(prompt) - 1)
    return {name: typed.get(name, "") for name in names}


def _read_follow_ups(prompt: Prompt, typed: Mapping[str, str]) -> dict[int, dict[str, str]]:
    """What was said beside each figure, by question: only what its answer asks for."""
    wanted = {name for one in find_follow_ups(prompt, typed) for name, _ in one.fields}
    said: dict[int, dict[str, str]] = {}
    for item in prompt.items:
        fields = [(name, field) for name, field in item_fields(item) if name in wanted]
        said[item.question_id] = {field.name: typed[name] for name, field in fields if typed.get(name)}
    return said


def record_kind(uow: UnitOfWork, row: CheckinPrompt, extra: Extra, said: Mapping[str, str]) -> None:
    """Raises InvalidFields where the kind cannot take the answer, beside the input that it is about."""
    try:
        record_extra(uow, row, extra, said)
    except InvalidFields:
        raise
    except Invalid as error:
        field = next((one for one in extra.fields if one.name == error.field), extra.fields[0])
        raise InvalidFields({extra_field(extra, field): error.sentence}) from error


def finish(
    uow: UnitOfWork, prompt: CheckinPrompt, *, is_unchanged: bool, at: datetime | None = None
) -> Prompt:
    """Marks a prompt as answered, and draws what has changed where it was shown.

    Args:
        at: when it was answered; None for just now.
    """
    at = at or uow.now
    if prompt.state is not PromptState.ANSWERED:
        prompt.is_late = at >= prompt.closes_at
    prompt.state = PromptState.ANSWERED
    prompt.answered_at = at
    prompt.is_unchanged = is_unchanged
    prompt.snoozed_until = None
    prompt.draft = None
    prompt.reason = ""
    uow.session.flush()
    answered = read_prompt(uow, prompt)
    post.replace_question(uow, answered)
    refresh_summary(uow, uow.checkins.get_window(prompt.window_id), changed_id=prompt.id)
    return answered


def finish_if_whole(uow: UnitOfWork, row: CheckinPrompt) -> Prompt:
    """After an answer to one item: marks the prompt as answered once nothing is left, or where it is too late
    for the rest. Else the question is drawn anew where it stands, with what is answered by now."""
    uow.session.flush()
    prompt = read_prompt(uow, row)
    if prompt.left and prompt.is_in_time:
        post.redraw_question(uow, prompt)
        return prompt
    confirmed = all(item.given is not None and item.given.is_unchanged for item in prompt.items)
    return finish(uow, row, is_unchanged=confirmed and not prompt.extras)
