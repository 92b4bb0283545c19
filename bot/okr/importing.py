"""Figures from a file: who may bring one, what it would change, and taking it."""

from storage.database import UnitOfWork
from storage.readings_file import TakenFile, take_file
from storage.rules import access
from storage.rules.access import Action
from storage.rules.errors import NotAllowed
from storage.rules.terms import Kind


def check_may_bring(uow: UnitOfWork, member_id: int) -> None:
    """Raises NotAllowed for whoever may give no KPI's figures, NotFound where there is no plan."""
    viewer = uow.roles.get_viewer(member_id)
    graph = access.see(uow.picture().graph, viewer)
    if not any(access.may(viewer, Action.UPDATE, graph, node) for node in graph.of_kind(Kind.KPI)):
        raise NotAllowed(
            "You may not give the figures of any KPI, so a file of them cannot be taken from you. Owners and "
            "their leads may; `/okr update` is for what is yours."
        )


def bring(
    uow: UnitOfWork, member_id: int, name: str, content: bytes, locale: str, *, dry_run: bool
) -> TakenFile:
    """Takes a file's readings, or with `dry_run` tells what that would change.

    Raises:
        Invalid, ReadingsFileError, NotFound: as `take_file`.
    """
    viewer = uow.roles.get_viewer(member_id)
    return take_file(uow, viewer, name, content, locale=locale, dry_run=dry_run)
