"""Recording: answers as rows, figures as readings, blockers with their clock, and the trail of all that."""

from decimal import Decimal

from bot.checkins.facts import Item
from bot.checkins.fields import Blocked, Said
from storage.database import UnitOfWork
from storage.rules.terms import Frequency, Source
from storage.tables.checkin import Blocker, CheckinAnswer, CheckinPrompt
from storage.tables.kpi import Reading


def record_answer(
    uow: UnitOfWork, prompt: CheckinPrompt, item: Item, said: Said, *, is_unchanged: bool = False
) -> None:
    """Writes an answer, or corrects it; its figure is a reading, which a correction supersedes.

    A confirmed figure of a longer period than a week brings no reading: nobody measured it this week.
    """
    answer = uow.checkins.find_answer(item.question_id)
    before = answer.value if answer else item.value_before
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
    if said.value is None:
        # A confirmed old figure stays confirmed when only the words beside it are corrected.
        return
    confirms_only = is_unchanged and item.frequency is not Frequency.WEEKLY
    if not confirms_only and (answer.reading_id is None or answer.value != said.value):
        _add_reading(uow, prompt, item, answer, said.value)
    if said.value != before:
        _audit(uow, prompt, item, before, said.value)
    answer.value, answer.is_unchanged = said.value, is_unchanged


def _add_reading(
    uow: UnitOfWork, prompt: CheckinPrompt, item: Item, answer: CheckinAnswer, value: Decimal
) -> None:
    kpi_id = uow.checkins.get_question(item.question_id).kpi_id
    reading = uow.kpis.add(
        Reading(
            workspace_id=uow.workspace_id,
            kpi_id=kpi_id,
            key_result_id=item.item_id if kpi_id is None else None,
            period_on=item.period_on,
            value=value,
            source=Source.CHECKIN,
            member_id=prompt.member_id,
            recorded_at=uow.now,
        )
    )
    if answer.reading_id is not None:
        uow.kpis.supersede(answer.reading_id, reading)
    answer.reading_id = reading.id


def _audit(
    uow: UnitOfWork, prompt: CheckinPrompt, item: Item, before: Decimal | None, after: Decimal
) -> None:
    uow.audit.record(
        at=uow.now,
        member_id=prompt.member_id,
        action="checkin.answered",
        kind=item.kind.value,
        item_id=item.item_id,
        reference=item.reference,
        before={"value": None if before is None else str(before)},
        after={"value": str(after)},
    )


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
