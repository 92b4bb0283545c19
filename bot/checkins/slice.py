"""The check-in as the composition root sees it."""

from datetime import datetime

from bot.checkins import steps, team_questions
from bot.checkins.asking import keep_schedules, open_prompts
from bot.checkins.excusing import follow_absences
from bot.checkins.handing_over import follow_owners
from bot.checkins.home import draw_desk
from bot.checkins.ladder import climb_ladder
from bot.checkins.listeners import routes
from bot.checkins.noting import next_note_at, tell_notes
from bot.checkins.prompts import read_desk
from bot.checkins.reminding import ask_again, count_missed, remind
from bot.checkins.review_questions import MONTH_KIND, YEAR_KIND
from bot.checkins.summarising import close_windows, post_waiting
from bot.checkins.unreached import tell_unreached
from bot.checkins.updating import absorb_updates
from bot.slices import DueWork, HomeSection, Slice
from storage.database import UnitOfWork
from storage.repositories.chores import ABSENCES, HANDOVERS, LADDER, NOTES, SCHEDULES, UNREACHED, UPDATES
from storage.repositories.looks import Look

CHORES = (SCHEDULES, ABSENCES, UPDATES, HANDOVERS, LADDER, NOTES, UNREACHED)


def next_due(uow: UnitOfWork) -> datetime | None:
    """When someone is next asked, reminded, missed or told what waits, or a team's week closes."""
    instants = (uow.schedules.find_next_due_at(), *uow.checkins.find_due_instants(), next_note_at(uow))
    return min((instant for instant in instants if instant is not None), default=None)


def next_look(uow: UnitOfWork) -> datetime | None:
    """When the ladder, or what nobody is asked for, is looked at next, whether there is anything or not."""
    looks = (uow.chores.find_due_at(LADDER), uow.chores.find_due_at(UNREACHED))
    return min((at for at in looks if at is not None), default=None)


def find_due(uow: UnitOfWork) -> tuple[DueWork, ...]:
    """What of the work below has something to do by now, in its order."""
    looks = uow.chores.is_due(SCHEDULES, uow.now)
    absences = uow.chores.is_due(ABSENCES, uow.now)
    handed_over = uow.chores.is_due(HANDOVERS, uow.now)
    due = uow.checkins.find_due_instants()
    has: dict[DueWork, bool] = {
        absorb_updates: uow.chores.is_due(UPDATES, uow.now),
        climb_ladder: uow.chores.is_due(LADDER, uow.now),
        tell_unreached: uow.chores.is_due(UNREACHED, uow.now),
        keep_schedules: looks,
        follow_absences: absences,
        follow_owners: handed_over,
        # What the three before it change may be due at once.
        open_prompts: looks or absences or handed_over or _has_come(uow, uow.schedules.find_next_due_at()),
        ask_again: absences or _has_come(uow, due.snoozed_at),
        remind: _has_come(uow, due.reminder_at),
        count_missed: _has_come(uow, due.missed_at),
        post_waiting: uow.checkins.has_waiting_windows(),
        close_windows: _has_come(uow, due.closes_at),
        tell_notes: uow.chores.is_due(NOTES, uow.now),
    }
    return tuple(work for work in WORK if has[work])


def may_be_due(look: Look, now: datetime) -> bool:
    """Whether someone is to be asked, reminded or missed, a week to be summed up, or a chore looked at."""
    instants = (look.schedule_at, look.snoozed_at, look.reminder_at, look.missed_at, look.closes_at)
    return (
        look.has_waiting_summary
        or any(instant is not None and instant <= now for instant in instants)
        or any(look.is_chore_due(name, now) for name in CHORES)
    )


def _has_come(uow: UnitOfWork, instant: datetime | None) -> bool:
    return instant is not None and instant <= uow.now


# In this order: who is missed is known before the week is summed up for the last time.
WORK: tuple[DueWork, ...] = (
    keep_schedules,
    follow_absences,
    follow_owners,
    open_prompts,
    absorb_updates,
    ask_again,
    remind,
    count_missed,
    post_waiting,
    close_windows,
    climb_ladder,
    tell_unreached,
    tell_notes,
)

slice = Slice(  # noqa: A001 - every slice is called so
    name="checkins",
    routes=routes,
    due=WORK,
    next_due=next_due,
    next_look=next_look,
    find_due=find_due,
    may_be_due=may_be_due,
    home=HomeSection(rank=10, read=read_desk, draw=draw_desk),
    kinds=(
        steps.KIND,
        MONTH_KIND,
        YEAR_KIND,
        team_questions.KIND,
        team_questions.PULSE_KIND,
    ),
)
