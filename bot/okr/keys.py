"""Keys for the HTTP API: an admin makes and revokes them; the secret is shown once."""

from dataclasses import dataclass, replace

from bot.okr.looking import Desk, sit_down
from storage import intake
from storage.database import UnitOfWork
from storage.repositories.api_keys import ApiKeyLine
from storage.rules import access
from storage.rules.access import Action
from storage.rules.terms import Kind


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Every key, the newest first; `made` is the secret of one that was just made."""

    keys: tuple[ApiKeyLine, ...]
    made: str = ""


def list_keys(uow: UnitOfWork, member_id: int) -> KeyRing:
    """The keys of the workspace.

    Raises:
        NotAllowed: they are an admin's business.
    """
    desk = sit_down(uow, member_id)
    access.check(desk.viewer, Action.SET_UP)
    return _ring(uow, desk)


def make_key(uow: UnitOfWork, member_id: int, *, name: str, kpis: str, can_write: bool) -> KeyRing:
    """Makes a key.

    Raises:
        NotAllowed, Invalid: see `intake.make_key`.
    """
    desk = sit_down(uow, member_id)
    made = intake.make_key(uow, desk.viewer, name=name, kpis=kpis, can_write=can_write)
    return _ring(uow, desk, made)


def revoke_key(uow: UnitOfWork, member_id: int, key_id: int) -> KeyRing:
    """Revokes a key; what uses it is refused from the next request on.

    Raises:
        NotAllowed, NotFound: see `intake.revoke_key`.
    """
    desk = sit_down(uow, member_id)
    intake.revoke_key(uow, desk.viewer, key_id)
    return _ring(uow, desk)


def _ring(uow: UnitOfWork, desk: Desk, made: str = "") -> KeyRing:
    """Of the KPIs that a key is for, those that this person sees."""
    lines = [
        line
        if line.kpi_numbers is None
        else replace(
            line, kpi_numbers=tuple(one for one in line.kpi_numbers if desk.graph.find((Kind.KPI, one)))
        )
        for line in uow.api_keys.list_lines()
    ]
    return KeyRing(tuple(lines), made)
