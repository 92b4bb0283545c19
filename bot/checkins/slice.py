"""The check-in as the composition root sees it."""

from datetime import datetime

from bot.checkins.asking import keep_schedules, open_prompts
from bot.checkins.excusing import follow_absences
from bot.checkins.home import draw_desk
from bot.checkins.listeners import routes
from bot.checkins.prompts import read_desk
from bot.checkins.reminding import ask_again, count_missed, remind
from bot.checkins.summarising import close_windows, post_waiting
from bot.slices import HomeSection, Slice
from storage.database import UnitOfWork


def next_due(uow: UnitOfWork) -> datetime | None:
    """When someone is next asked, reminded or missed, or a team's week closes."""
    instants = (uow.schedules.find_next_due_at(), uow.checkins.find_next_due_at())
    return min((instant for instant in instants if instant is not None), default=None)


slice = Slice(  # noqa: A001 - every slice is called so
    name="checkins",
    routes=routes,
    # In this order: who is missed is known before the week is summed up for the last time.
    due=(
        keep_schedules,
        follow_absences,
        open_prompts,
        ask_again,
        remind,
        count_missed,
        post_waiting,
        close_windows,
    ),
    next_due=next_due,
    home=HomeSection(rank=10, read=read_desk, draw=draw_desk),
)
