"""Reminding: what the clock does about prompts that are not answered yet."""

from collections.abc import Sequence
from datetime import datetime

from bot.checkins import post
from bot.checkins.answering import finish
from bot.checkins.excusing import excuse_archived
from bot.checkins.notes import find_notes, mark_told
from bot.checkins.patterns import next_working_instant
from bot.checkins.prompts import read_of_windows, read_prompt
from storage.database import UnitOfWork
from storage.rules.cadence import local_date
from storage.rules.terms import PromptState
from storage.tables.checkin import CheckinPrompt
from storage.tables.member import Member
from storage.working import read_patterns


def ask_again(uow: UnitOfWork, limit: int) -> int:
    """Asks those whose "later today" has come. One that comes after the reminder was due stands for it."""
    claimed = uow.checkins.claim_snoozed(uow.now, limit)
    for prompt in excuse_archived(uow, claimed):
        prompt.snoozed_until = None
        if prompt.reminder_at <= uow.now:
            prompt.reminded_at = uow.now
        uow.session.flush()
        if _can_be_told(uow.members.get(prompt.member_id)):
            post.put_again(uow, read_prompt(uow, prompt))
    return len(claimed)


def remind(uow: UnitOfWork, limit: int) -> int:
    """Reminds those who are missing, once, in their working time."""
    claimed = uow.checkins.claim_reminders(uow.now, limit)
    prompts = excuse_archived(uow, claimed)
    members = uow.members.list_by_ids([prompt.member_id for prompt in prompts])
    patterns = read_patterns(uow, members.values(), local_date(uow.now, "UTC"))
    notes = find_notes(uow, set(members))
    for prompt in prompts:
        at = next_working_instant(patterns[prompt.member_id], uow.now, prompt.closes_at)
        if at > uow.now:
            prompt.reminder_at = at
            continue
        prompt.reminded_at = uow.now
        uow.session.flush()
        member = members[prompt.member_id]
        if _can_be_told(member) and member.wants_messages and member.wants_reminders:
            found = notes.get(member.id, ())
            post.put_reminder(uow, read_prompt(uow, prompt), found)
            mark_told(uow, member.id, found)
    return len(claimed)


def count_missed(uow: UnitOfWork, limit: int) -> int:
    """Ends the prompts whose window has closed. A late answer is still taken."""
    claimed = uow.checkins.claim_missed(uow.now, limit)
    prompts = excuse_archived(uow, claimed)
    answered_at: dict[int, datetime] = {}
    for answer in uow.checkins.list_answers([prompt.id for prompt in prompts]):
        answered_at[answer.prompt_id] = max(
            answer.answered_at, answered_at.get(answer.prompt_id, answer.answered_at)
        )
    missed: list[CheckinPrompt] = []
    for prompt in prompts:
        prompt.snoozed_until = None
        if prompt.id in answered_at:
            # Item by item, or elsewhere: what is answered counts, and the rest is told as left open.
            finish(uow, prompt, is_unchanged=False, at=answered_at[prompt.id])
        else:
            prompt.state = PromptState.MISSED
            missed.append(prompt)
    _close(uow, missed)
    return len(claimed)


def _close(uow: UnitOfWork, missed: Sequence[CheckinPrompt]) -> None:
    """What people have of these check-ins offers no more than still can be done."""
    if not missed:
        return
    uow.session.flush()
    windows = {
        window_id: uow.checkins.get_window(window_id) for window_id in {one.window_id for one in missed}
    }
    members = uow.members.list_by_ids([one.member_id for one in missed])
    post.close_questions(
        uow, read_of_windows(uow, windows, [(one, members[one.member_id]) for one in missed])
    )


def _can_be_told(member: Member) -> bool:
    return member.slack_user_id is not None and not member.is_deactivated
