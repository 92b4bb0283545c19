"""Naming people to roles, and taking roles away again."""

from storage.database import UnitOfWork
from storage.editing.trail import ROLE, note_other
from storage.rules import access
from storage.rules.access import ALLOWED, Action, Viewer
from storage.rules.errors import Invalid, NotAllowed
from storage.rules.terms import GIVEN_ROLES, Role


def grant_role(uow: UnitOfWork, viewer: Viewer, member_id: int, role: Role) -> bool:
    """Names someone to a role; False where they hold it already.

    Raises:
        NotAllowed: they may not; who only administers Slack names the strategy lead and no other role.
        NotFound, Invalid: the person is unknown, deactivated or a guest (field "person").
    """
    uow.plans.lock()
    check_may_name(viewer, role)
    person = uow.members.get(member_id)
    if person.is_deactivated:
        raise Invalid(f"{person.name} is deactivated in Slack. Choose someone else.", field="person")
    if person.is_guest:
        raise Invalid(
            f"{person.name} is a guest here and sees only what is theirs, so a role would mean nothing. "
            "Choose a member.",
            field="person",
        )
    if not uow.roles.grant(member_id, role, by_id=viewer.member_id, at=uow.now):
        return False
    note_other(uow, viewer, "added", kind=ROLE, item_id=member_id, before=None, after={"role": role})
    return True


def revoke_role(uow: UnitOfWork, viewer: Viewer, member_id: int, role: Role) -> bool:
    """Takes a role away; False where they did not hold it. Anyone may lay down their own.

    Raises:
        NotAllowed: they may not.
        Invalid: it is the last strategy lead, without whom nobody could change the plan's frame.
    """
    uow.plans.lock()
    if member_id != viewer.member_id:
        check_may_name(viewer, role)
    holders = uow.roles.list_holders().get(role, [])
    if member_id not in holders:
        return False
    if role is Role.STRATEGY_LEAD and holders == [member_id]:
        raise Invalid(
            f"{uow.members.get(member_id).name} is the only strategy lead. Name another one first, then take "
            "the role away.",
            field="person",
        )
    uow.roles.revoke(member_id, role)
    note_other(
        uow, viewer, "removed", kind=ROLE, item_id=member_id, before={"role": role}, after={"role": None}
    )
    return True


def check_may_name(viewer: Viewer, role: Role) -> None:
    """Raises NotAllowed unless they may name people to that role."""
    if role not in GIVEN_ROLES:
        raise Invalid(f"“{role}” follows from the plan and is not given by name.", field="role")
    access.check(viewer, Action.NAME_ROLES)
    if role is not Role.STRATEGY_LEAD and not may_name(viewer, role):
        raise NotAllowed(
            "Who administers Slack names the strategy lead; every other role is named by the strategy lead. "
            "`/hoshin roles` shows who that is."
        )


def may_name(viewer: Viewer, role: Role) -> bool:
    """Whether someone may name people to that role."""
    able = viewer.roles & ALLOWED[Action.NAME_ROLES]
    return bool(able - {Role.SLACK_ADMIN}) or (bool(able) and role is Role.STRATEGY_LEAD)
