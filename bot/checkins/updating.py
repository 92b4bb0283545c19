"""Updates made elsewhere: what was reported, sent or graded inside the window answers its item (rules §6)."""

from datetime import datetime, timedelta
from typing import Any

from bot.checkins.answering import finish_if_whole
from bot.checkins.kinds import find_elsewhere
from storage.database import UnitOfWork
from storage.repositories.chores import UPDATES
from storage.rules.terms import PromptState
from storage.tables.checkin import CheckinAnswer, CheckinQuestion

LOOK_EVERY = timedelta(minutes=1)


def absorb_updates(uow: UnitOfWork, limit: int) -> int:
    """Takes reports that `/okr update` and others brought, figures of KPIs that systems and files sent, and
    grades given by `/okr grade` as the answers to open questions. Someone whose every item is answered so is
    not asked again."""
    if not uow.chores.is_due(UPDATES, uow.now):
        return 0
    found = uow.checkins.list_elsewhere(uow.now, limit)
    taken: set[int] = set()
    prompt_ids: set[int] = set()
    for question, report in found:
        if question.id in taken:
            continue
        taken.add(question.id)
        prompt_ids.add(question.prompt_id)
        _answer(
            uow,
            question,
            value=report.value if question.asks_value else None,
            confidence=report.confidence,
            note=report.note,
            reading_id=report.reading_id if question.asks_value else None,
            at=report.reported_at,
        )
    for question, reading in uow.checkins.list_sent(uow.now):
        if question.id not in taken:
            taken.add(question.id)
            prompt_ids.add(question.prompt_id)
            _answer(uow, question, value=reading.value, reading_id=reading.id, at=reading.recorded_at)
    for question, said in find_elsewhere(uow):
        prompt_ids.add(question.prompt_id)
        _answer(uow, question, said=dict(said), at=uow.now)
    for prompt_id in sorted(prompt_ids):
        _finish_if_whole(uow, prompt_id)
    if len(found) < limit:
        uow.chores.put_off(UPDATES, uow.now + LOOK_EVERY)
    return len(found)


def _answer(uow: UnitOfWork, question: CheckinQuestion, *, at: datetime, **given: Any) -> None:
    answer = CheckinAnswer(
        workspace_id=uow.workspace_id,
        prompt_id=question.prompt_id,
        question_id=question.id,
        answered_at=at,
        **given,
    )
    uow.checkins.add(answer)


def _finish_if_whole(uow: UnitOfWork, prompt_id: int) -> None:
    prompt = uow.checkins.get_prompt(prompt_id)
    uow.checkins.lock_window(prompt.window_id)
    uow.session.refresh(prompt)
    if prompt.state is PromptState.ASKED:
        finish_if_whole(uow, prompt)
