"""Someone leaves and wants to be forgotten: their data goes, the plan stays whole."""

from storage.database import UnitOfWork
from storage.rules.errors import NotFound
from storage.tables.member import Member


def erase_member(uow: UnitOfWork, email: str) -> str:
    """Removes a person's data. Returns what is left to do, for the operator to read.

    Their items, figures and the trail of changes stay, under a row without a name; what they wrote in words,
    when they work, what was sent to them and every role and membership go. Messages that stand in Slack
    already are Slack's to remove.

    Raises:
        NotFound: nobody here has that address.
    """
    member = find_member(uow, email)
    owned = [
        node.reference
        for node in (uow.picture().graph.nodes.values() if uow.strategies.find_plan() else ())
        if node.owner_id == member.id and node.is_live
    ]
    uow.erasures.erase(member)
    member.erased_at = uow.now
    uow.audit.record(at=uow.now, member_id=None, action="erased", kind="member", item_id=member.id)
    return _report(owned)


def find_member(uow: UnitOfWork, email: str) -> Member:
    """Who has that address. Raises NotFound where nobody here has."""
    member = uow.members.find_by_email(email.strip())
    if member is None:
        raise NotFound(f"Nobody here has the address {email.strip()}. Check it; capitals do not matter.")
    return member


def _report(owned: list[str]) -> str:
    done = "The person is removed from the record; the plan is as it was."
    if not owned:
        return done
    items = ", ".join(sorted(owned))
    return f"{done} These items have no owner now: {items}. `/hoshin edit {owned[0]}` names another."
