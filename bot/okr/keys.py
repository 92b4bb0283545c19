"""Keys for the HTTP API: an admin makes and revokes them; the secret is shown once."""

from dataclasses import dataclass

from bot.okr.looking import sit_down
from storage import intake
from storage.database import UnitOfWork
from storage.repositories.api_keys import ApiKeyLine
from storage.rules import access
from storage.rules.access import Action


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
    access.check(sit_down(uow, member_id).viewer, Action.SET_UP)
    return KeyRing(tuple(uow.api_keys.list_lines()))


def make_key(uow: UnitOfWork, member_id: int, *, name: str, kpis: str, can_write: bool) -> KeyRing:
    """Makes a key.

    Raises:
        NotAllowed, Invalid: see `intake.make_key`.
    """
    viewer = sit_down(uow, member_id).viewer
    made = intake.make_key(uow, viewer, name=name, kpis=kpis, can_write=can_write)
    return KeyRing(tuple(uow.api_keys.list_lines()), made)


def revoke_key(uow: UnitOfWork, member_id: int, key_id: int) -> KeyRing:
    """Revokes a key; what uses it is refused from the next request on.

    Raises:
        NotAllowed, NotFound: see `intake.revoke_key`.
    """
    intake.revoke_key(uow, sit_down(uow, member_id).viewer, key_id)
    return KeyRing(tuple(uow.api_keys.list_lines()))
