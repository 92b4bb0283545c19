"""Following and digests as the composition root sees them."""

from datetime import datetime

from bot.digests.listeners import routes
from bot.digests.sending import send_digests
from bot.slices import DueWork, Slice
from storage.database import UnitOfWork
from storage.repositories.looks import Look


def next_look(uow: UnitOfWork) -> datetime | None:
    """When someone's turn comes next, whether there is something to tell or not."""
    return uow.digests.find_next_due_at()


def find_due(uow: UnitOfWork) -> tuple[DueWork, ...]:
    """The work, where a turn has come."""
    at = next_look(uow)
    return (send_digests,) if at is not None and at <= uow.now else ()


def may_be_due(look: Look, now: datetime) -> bool:
    return look.digest_at is not None and look.digest_at <= now


slice = Slice(  # noqa: A001 - every slice is called so
    name="digests",
    routes=routes,
    due=(send_digests,),
    next_look=next_look,
    find_due=find_due,
    may_be_due=may_be_due,
)
