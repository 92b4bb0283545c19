"""What goes out to a person about their check-in, one function an occasion: drawn and put in the outbox.

The key of a message names its occasion, so no occasion is told twice however often the work runs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.answers import Block, Message
from bot.checkins.facts import Prompt
from bot.checkins.messages import (
    again_message,
    archived_message,
    closed_message,
    confirmation_message,
    delegated_message,
    excused_message,
    handed_over_message,
    prompt_message,
    reminder_message,
    skipped_message,
    written_prompt,
)
from bot.checkins.notes import Found, carried, note_blocks
from bot.checkins.prompts import ARCHIVED, HANDED_OVER, MAX_SNOOZES, SKIPPED
from storage.database import UnitOfWork
from storage.repositories.outbox import ANSWER, PROMPT, REMINDER, TIDYING, Envelope, Letter
from storage.rules.terms import PromptState
from storage.tables.outbox import OutboxState

_ARRIVED = frozenset({OutboxState.SENDING, OutboxState.SENT, OutboxState.UNKNOWN, OutboxState.UNCONFIRMED})
"""Of messages that a person may have before them."""


def put_prompts(uow: UnitOfWork, prompts: Sequence[Prompt], notes: Mapping[int, Sequence[Found]]) -> None:
    """The question of the week, to many people, with what else waits for them, by member id."""
    uow.outbox.put_many(
        [
            Letter(
                key=question_key(prompt.id),
                member_id=prompt.member_id,
                payload=written_prompt(prompt, note_blocks(notes.get(prompt.member_id, ()))),
                due_at=uow.now,
                expires_at=prompt.closes_at,
                priority=PROMPT,
            )
            for prompt in prompts
        ]
    )


def put_again(uow: UnitOfWork, prompt: Prompt) -> None:
    """The question once more, as the person asked."""
    number = MAX_SNOOZES - prompt.snoozes_left
    _put(uow, _again_key(prompt.id, number), prompt, again_message(prompt), REMINDER)


def put_reminder(uow: UnitOfWork, prompt: Prompt, notes: Sequence[Found] = ()) -> None:
    """The one reminder. It carries the items where the question itself may not have arrived; one that still
    waits to be sent is taken back, so that the two do not come together."""
    key = question_key(prompt.id)
    question = uow.outbox.find(key)
    arrived = question is not None and question.state == OutboxState.SENT
    below = note_blocks(notes)
    if question is not None and not arrived and not below:
        below = carried(question.payload)
    uow.outbox.withdraw(key)
    message = reminder_message(prompt, with_items=not arrived, below=below)
    _put(uow, _reminder_key(prompt.id), prompt, message, REMINDER)


def put_to_delegate(uow: UnitOfWork, prompt: Prompt, delegate_id: int) -> None:
    """The question, to someone else for this once."""
    message = delegated_message(prompt)
    envelope = _envelope(uow, _delegate_key(prompt.id), prompt, message, ANSWER)
    uow.outbox.put(replace(envelope, member_id=delegate_id))


def replace_question(uow: UnitOfWork, prompt: Prompt) -> None:
    """Puts the trace of what was done in the place of every message that carried the question.

    A reminder that still waits is taken back; a question that still waits goes out as the trace. What else a
    message said stays.
    """
    question, *others = _keys(prompt.id)
    for key in others:
        uow.outbox.withdraw(key)
        _leave_trace(uow, key, prompt)
    _leave_trace(uow, question, prompt)


def close_questions(uow: UnitOfWork, prompts: Sequence[Prompt]) -> None:
    """Once a check-in has closed: takes what can no longer be done out of every message that a person has of
    it, and says what still can. Nobody waits for that, so it goes out after all else."""
    sent = uow.outbox.list_by_keys([key for prompt in prompts for key in _keys(prompt.id)])
    for prompt in prompts:
        for row in filter(None, map(sent.get, _keys(prompt.id))):
            message = _trace(prompt, carried(row.payload))
            if row.state in _ARRIVED and message.payload() != row.payload:
                uow.outbox.edit(row, message.payload(), uow.now, TIDYING)


def redraw_question(uow: UnitOfWork, prompt: Prompt) -> None:
    """Draws every message that carries the question anew, with what is answered by now. What else a message
    said stays."""
    _redraw(uow, question_key(prompt.id), lambda below: prompt_message(prompt, below))
    _redraw(uow, _delegate_key(prompt.id), lambda _: delegated_message(prompt))
    for number in range(MAX_SNOOZES + 1):
        _redraw(uow, _again_key(prompt.id, number), lambda _: again_message(prompt))
    reminder = uow.outbox.find(_reminder_key(prompt.id))
    if reminder is not None:
        bare = reminder_message(prompt, with_items=False, below=carried(reminder.payload))
        with_items = len(reminder.payload.get("blocks", ())) > len(bare.blocks)
        _redraw(
            uow,
            _reminder_key(prompt.id),
            lambda below: reminder_message(prompt, with_items=with_items, below=below),
        )


def _trace(prompt: Prompt, below: Sequence[Block]) -> Message:
    if prompt.is_answered:
        return confirmation_message(prompt, below)
    if prompt.state is PromptState.MISSED:
        return closed_message(prompt, below)
    if prompt.reason == HANDED_OVER:
        return handed_over_message(prompt, below)
    if prompt.reason == ARCHIVED:
        return archived_message(below)
    if prompt.reason.startswith(SKIPPED):
        return skipped_message(prompt, below)
    return excused_message(prompt, below)


def _put(uow: UnitOfWork, key: str, prompt: Prompt, message: Message, priority: int) -> None:
    uow.outbox.put(_envelope(uow, key, prompt, message, priority))


def _envelope(uow: UnitOfWork, key: str, prompt: Prompt, message: Message, priority: int) -> Envelope:
    return Envelope(
        key=key,
        payload=message.payload(),
        due_at=uow.now,
        priority=priority,
        member_id=prompt.member_id,
        expires_at=prompt.closes_at,
    )


def _leave_trace(uow: UnitOfWork, key: str, prompt: Prompt) -> None:
    _redraw(uow, key, lambda below: _trace(prompt, below))


def _redraw(uow: UnitOfWork, key: str, draw: Callable[[Sequence[Block]], Message]) -> None:
    sent = uow.outbox.find(key)
    if sent is not None and sent.state != OutboxState.EXPIRED:
        uow.outbox.edit(sent, draw(carried(sent.payload)).payload(), uow.now, ANSWER)


def _keys(prompt_id: int) -> list[str]:
    """Of all messages that carry a question, the first one first."""
    again = [_again_key(prompt_id, number) for number in range(MAX_SNOOZES + 1)]
    return [question_key(prompt_id), _reminder_key(prompt_id), _delegate_key(prompt_id), *again]


def question_key(prompt_id: int) -> str:
    """Names the message that asks the question first."""
    return f"prompt:{prompt_id}"


def _delegate_key(prompt_id: int) -> str:
    return f"delegate:{prompt_id}"


def _reminder_key(prompt_id: int) -> str:
    return f"reminder:{prompt_id}"


def _again_key(prompt_id: int, number: int) -> str:
    return f"later:{prompt_id}:{number}"
