"""Excusing: what the clock does about prompts of people who went away after they were asked, or came back.

A prompt on a day off is moved to the next working day inside its window, or excused; it is never piled up.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot.checkins import post
from bot.checkins.patterns import WEEK, next_working_instant
from bot.checkins.prompts import ARCHIVED, read_prompt
from bot.checkins.summarising import refresh_summary
from storage.database import UnitOfWork
from storage.repositories.chores import ABSENCES
from storage.rules.cadence import WorkPattern, local_date
from storage.rules.terms import PromptState
from storage.tables.checkin import CheckinPrompt
from storage.working import read_patterns

AWAY = "Away until the check-in closes."
LOOK_EVERY = timedelta(hours=1)


def follow_absences(uow: UnitOfWork, limit: int) -> int:
    """Excuses or moves the open prompts of those who are away, and asks those anew who are back."""
    if not uow.chores.is_due(ABSENCES, uow.now):
        return 0
    today = local_date(uow.now, "UTC")
    away = uow.members.list_away(today - timedelta(days=1), today + timedelta(days=1))
    prompts = uow.checkins.list_open(uow.now, away)
    excused = uow.checkins.list_excused(uow.now, AWAY, limit)
    members = uow.members.list_by_ids([prompt.member_id for prompt in (*prompts, *excused)])
    patterns = read_patterns(uow, members.values(), today - WEEK)
    for prompt in prompts:
        _follow(uow, prompt, patterns[prompt.member_id])
    for prompt in excused:
        _take_back(uow, prompt, patterns[prompt.member_id])
    uow.chores.put_off(ABSENCES, uow.now + LOOK_EVERY)
    return min(len(prompts) + len(excused), limit - 1)


def excuse_archived(uow: UnitOfWork, prompts: Sequence[CheckinPrompt]) -> list[CheckinPrompt]:
    """Excuses those whose plan was archived since they were asked. Returns the others."""
    archived = uow.checkins.list_of_archived_plans([prompt.id for prompt in prompts]) if prompts else {}
    for prompt in prompts:
        if prompt.id in archived:
            prompt.state, prompt.reason, prompt.snoozed_until = PromptState.EXCUSED, ARCHIVED, None
            uow.session.flush()
            post.replace_question(uow, read_prompt(uow, prompt))
    return [prompt for prompt in prompts if prompt.id not in archived]


def _follow(uow: UnitOfWork, prompt: CheckinPrompt, pattern: WorkPattern) -> None:
    if not pattern.is_away(local_date(uow.now, pattern.zone)):
        return
    back_at = next_working_instant(pattern, uow.now, prompt.closes_at)
    if back_at < prompt.closes_at:
        prompt.snoozed_until = max(back_at, prompt.snoozed_until or back_at)
        return
    prompt.state, prompt.reason, prompt.snoozed_until = PromptState.EXCUSED, AWAY, None
    uow.session.flush()
    post.replace_question(uow, read_prompt(uow, prompt))
    refresh_summary(uow, uow.checkins.get_window(prompt.window_id))


def _take_back(uow: UnitOfWork, prompt: CheckinPrompt, pattern: WorkPattern) -> None:
    at = next_working_instant(pattern, uow.now, prompt.closes_at)
    if at < prompt.closes_at:
        prompt.state, prompt.reason, prompt.snoozed_until = PromptState.ASKED, "", at
