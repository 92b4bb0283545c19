"""When people are asked next: check-ins know it, and other parts show it without knowing check-ins."""

from collections.abc import Callable
from datetime import datetime

from storage.database import UnitOfWork

FindNextAsked = Callable[[UnitOfWork, int], datetime | None]

_FOUND_BY: list[FindNextAsked] = []


def register_next_asked(find: FindNextAsked) -> None:
    """Says who knows; the last one counts. Called by the composition root."""
    _FOUND_BY[:] = [find]


def find_next_asked(uow: UnitOfWork, member_id: int) -> datetime | None:
    """When the member is asked next (UTC), as it looks now; None where nothing is theirs to answer then."""
    if uow.schedules.find_due_at(member_id) is None:
        return None
    return _FOUND_BY[0](uow, member_id) if _FOUND_BY else uow.schedules.find_due_at(member_id)
