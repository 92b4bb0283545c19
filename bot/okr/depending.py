"""Dependencies: a key result needs another one, and the other's owner says whether they can be counted on."""

from bot.okr.depending_forms import question_to_owner, told_message
from bot.okr.facts import MAX_NEEDS_NOTE as MAX_NOTE
from bot.okr.facts import Needed
from bot.okr.looking import Desk, sit_down
from bot.okr.post import tell
from storage.database import UnitOfWork
from storage.repositories.okrs import DependencyLine
from storage.rules import access
from storage.rules.access import Action
from storage.rules.errors import Closed, Invalid, NotAllowed, NotFound
from storage.rules.graph import Node
from storage.rules.hierarchy import parse_reference
from storage.rules.terms import Kind


def ask(uow: UnitOfWork, member_id: int, reference: str, needs: str, note: str) -> Needed:
    """Says that a key result needs another one; where one person owns both, that is settled at once.

    Raises:
        NotFound, NotAllowed: there is none, or they may not change it.
        Invalid: it is no key result, itself, or already asked for; the field says which input.
    """
    desk = sit_down(uow, member_id)
    asking = _key_result(desk, reference, "reference")
    access.check(desk.viewer, Action.EDIT, desk.graph, asking)
    other = _key_result(desk, needs, "needs")
    if other.ref == asking.ref:
        raise Invalid("A key result cannot need itself. Name the other one.", field="needs")
    if len(note) > MAX_NOTE:
        raise Invalid(f"The note has {len(note)} characters, and {MAX_NOTE} fit.", field="note")
    is_own = other.owner_id in {member_id, None}
    if not is_own and other.owner_id is not None and not _is_seen_by(uow, desk, asking, other.owner_id):
        raise Invalid(
            f"The owner of {other.reference} does not see {asking.reference}, so they cannot be asked here. "
            "Talk to them first.",
            field="needs",
        )
    row = uow.okrs.add_dependency(
        asking.id, other.id, note=note, asked_by_id=member_id, at=uow.now, is_confirmed=is_own
    )
    if row is None:
        raise Invalid(f"That {asking.reference} needs {other.reference} is known already.", field="needs")
    uow.audit.record(
        at=uow.now,
        member_id=member_id,
        action="needs",
        kind=Kind.KEY_RESULT.value,
        item_id=asking.id,
        reference=asking.reference,
        after={"needs": other.reference},
    )
    needed = _needed(desk, uow.okrs.get_dependency(row))
    if not is_own and other.owner_id is not None:
        asker = desk.graph.people[member_id].name
        tell(uow, f"needs:{row}", other.owner_id, question_to_owner(needed, asker))
    return needed


def answer(uow: UnitOfWork, member_id: int, dependency_id: int, *, yes: bool) -> Needed:
    """The other owner's word: it can be counted on, or not.

    Raises:
        NotFound: there is no such question.
        NotAllowed: it is not theirs to answer.
        Closed: it was answered the other way already.
    """
    desk = sit_down(uow, member_id)
    line = uow.okrs.get_dependency(dependency_id)
    needed = _needed(desk, line)
    if not access.may(desk.viewer, Action.EDIT, desk.graph, needed.needs):
        raise NotAllowed(f"Whether {needed.needs.reference} can be counted on is its owner's word.")
    if needed.is_confirmed is yes and needed.is_declined is not yes:
        return needed
    if needed.is_confirmed or needed.is_declined:
        said = "confirmed" if needed.is_confirmed else "declined"
        raise Closed(
            f"This was {said} already. Talk to the owner of {needed.asking.reference} about a change."
        )
    uow.okrs.answer_dependency(dependency_id, yes=yes, at=uow.now)
    uow.audit.record(
        at=uow.now,
        member_id=member_id,
        action="confirmed" if yes else "declined",
        kind=Kind.KEY_RESULT.value,
        item_id=needed.needs.id,
        reference=needed.needs.reference,
        after={"needed by": needed.asking.reference},
    )
    needed = _needed(desk, uow.okrs.get_dependency(dependency_id))
    if needed.asking.owner_id is not None and needed.asking.owner_id != member_id:
        tell(uow, f"needs:{dependency_id}:answer", needed.asking.owner_id, told_message(needed))
    return needed


def list_of(uow: UnitOfWork, desk: Desk, node: Node) -> tuple[Needed, ...]:
    """What a key result needs and is needed by, as far as the person sees both."""
    return tuple(
        _needed(desk, line)
        for line in uow.okrs.list_dependencies(node.id)
        if _find(desk, line.asking_number) is not None and _find(desk, line.needs_number) is not None
    )


def _is_seen_by(uow: UnitOfWork, desk: Desk, node: Node, member_id: int) -> bool:
    person = desk.graph.people.get(member_id)
    if person is None or person.is_deactivated:
        return True  # nobody reads the question; it waits for the next owner
    viewer = uow.roles.get_viewer(member_id, desk.graph.teams)
    return node.ref in desk.whole.seen_by(viewer).graph.nodes


def _needed(desk: Desk, line: DependencyLine) -> Needed:
    asking, needs = _find(desk, line.asking_number), _find(desk, line.needs_number)
    if asking is None or needs is None:
        raise NotFound("There is no such question here any more.")
    owner = desk.graph.people.get(needs.owner_id) if needs.owner_id is not None else None
    return Needed(
        id=line.id,
        asking=asking,
        needs=needs,
        owner=owner.name if owner is not None else "",
        owner_id=needs.owner_id,
        note=line.note,
        is_confirmed=line.confirmed_at is not None,
        is_declined=line.declined_at is not None,
    )


def _find(desk: Desk, number: int) -> Node | None:
    return desk.graph.find((Kind.KEY_RESULT, number))


def _key_result(desk: Desk, reference: str, field: str) -> Node:
    node = access.get_visible(desk.graph, parse_reference(reference, field=field))
    if node.kind is not Kind.KEY_RESULT:
        raise Invalid(f"{node.reference} is no key result. Type one such as KR-3.", field=field)
    return node
