"""A person's day: they are asked once a day at most and in one message, whatever asks (rules §6)."""

from collections.abc import Collection
from datetime import date

from bot.checkins.coming import comes_on
from bot.checkins.post import question_key
from storage.database import UnitOfWork
from storage.rules.cadence import local_date
from storage.rules.terms import PromptState
from storage.tables.checkin import CheckinPrompt
from storage.tables.member import Member

LADDER, WAITING = "ladder", "waiting"
"""How the keys of messages begin that go out once a day, with the member and the day behind it."""


def is_taken(uow: UnitOfWork, member: Member, on: date, zone: str, others: Collection[str]) -> bool:
    """Whether that day has another message that asks something, sent or to come: one of the `others`, a
    check-in or its reminder. A check-in that was excused from the start brought none."""
    if not member.wants_messages:
        return False
    if any(uow.outbox.find_posted(f"{word}:{member.id}:{on}") is not None for word in others):
        return True
    if comes_on(uow, member.id, on, zone):
        return True
    prompt = uow.checkins.find_latest_prompt(member.id)
    return prompt is not None and _asks_on(uow, prompt, member, on, zone)


def _asks_on(uow: UnitOfWork, prompt: CheckinPrompt, member: Member, on: date, zone: str) -> bool:
    if prompt.local_on == on and uow.outbox.find_posted(question_key(prompt.id)) is not None:
        return True
    if not member.wants_reminders:
        return False
    if prompt.reminded_at is not None:
        return local_date(prompt.reminded_at, zone) == on
    return prompt.state is PromptState.ASKED and local_date(prompt.reminder_at, zone) == on
