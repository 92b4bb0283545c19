"""Recording: answers as rows, figures as readings, blockers with their clock, and the trail of all that."""

from collections.abc import Mapping

from bot.checkins import kinds
from bot.checkins.facts import Extra, Item
from bot.checkins.fields import Blocked, Said, pulse_field
from storage.database import UnitOfWork
from storage.recording import Saying, Subject, record_report
from storage.rules.pulse import PULSE_SCORES
from storage.rules.terms import Frequency, Source
from storage.tables.checkin import Blocker, CheckinAnswer, CheckinPrompt


def record_answer(
    uow: UnitOfWork,
    prompt: CheckinPrompt,
    item: Item,
    said: Said,
    *,
    is_unchanged: bool = False,
    followed: Mapping[str, str] | None = None,
) -> None:
    """Writes an answer, or corrects it; its figure is a reading, which a correction supersedes.

    A confirmed figure of a longer period than a week brings no reading: nobody measured it this week.
    """
    answer = uow.checkins.find_answer(item.question_id)
    if answer is None:
        answer = uow.checkins.add(
            CheckinAnswer(
                workspace_id=uow.workspace_id,
                prompt_id=prompt.id,
                question_id=item.question_id,
                is_unchanged=is_unchanged,
                answered_at=uow.now,
            )
        )
    answer.confidence, answer.note, answer.answered_at = said.confidence, said.note, uow.now
    answer.said = dict(followed or {}) or None
    # A confirmed old figure stays confirmed when only the words beside it are corrected.
    value = answer.value if said.value is None else said.value
    confirms_only = (said.value is None and answer.is_unchanged) or (
        is_unchanged and item.frequency is not Frequency.WEEKLY
    )
    report = record_report(
        uow,
        _subject(uow, item),
        Saying(value=value, confidence=said.confidence, note=said.note),
        source=Source.CHECKIN,
        member_id=prompt.delegate_id or prompt.member_id,
        question_id=item.question_id,
        is_measured=not confirms_only,
    )
    answer.reading_id = report.reading_id
    if said.value is not None:
        answer.value, answer.is_unchanged = said.value, is_unchanged


def _subject(uow: UnitOfWork, item: Item) -> Subject:
    return Subject(
        kind=item.kind,
        item_id=item.item_id,
        reference=item.reference,
        kpi_id=uow.checkins.get_question(item.question_id).kpi_id,
        period_on=item.period_on,
        current=item.value_before,
        confidence=item.confidence_before,
    )


def record_extra(uow: UnitOfWork, prompt: CheckinPrompt, extra: Extra, said: Mapping[str, str]) -> None:
    """Writes down what was said to a question of a registered kind, and hands it to the kind."""
    answer = uow.checkins.find_answer(extra.question_id) or uow.checkins.add(
        CheckinAnswer(
            workspace_id=uow.workspace_id,
            prompt_id=prompt.id,
            question_id=extra.question_id,
            answered_at=uow.now,
        )
    )
    if answer.said == dict(said):
        return
    answer.said, answer.answered_at = dict(said), uow.now
    kinds.store(uow, prompt, extra, said)


def record_pulse(uow: UnitOfWork, prompt: CheckinPrompt, pulse: Extra, typed: Mapping[str, str]) -> None:
    """Counts an anonymous answer: the score goes up by one, and the prompt says only that there was one."""
    text = typed.get(pulse_field(pulse), "")
    if not text.isdigit() or int(text) not in PULSE_SCORES:
        return
    if uow.team_questions.count_pulse(prompt.window_id, pulse.row_id, int(text)):
        prompt.gave_pulse = True


def record_blocker(uow: UnitOfWork, prompt: CheckinPrompt, blocked: Blocked | None) -> None:
    """Raises the blocker, changes it, or clears one that is gone from the form; its clock runs on."""
    known = next(iter(uow.checkins.list_blockers([prompt.id])), None)
    if blocked is None:
        if known is not None:
            known.cleared_at = uow.now
        return
    if known is None:
        uow.checkins.add(
            Blocker(
                workspace_id=uow.workspace_id,
                prompt_id=prompt.id,
                owner_id=prompt.member_id,
                kind=blocked.kind,
                text=blocked.text,
                raised_at=uow.now,
            )
        )
    else:
        known.kind, known.text = blocked.kind, blocked.text
