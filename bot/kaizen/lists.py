"""Lists of ideas: by state, on the board, in the council's queue, and what of them concerns one person."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.kaizen import people
from bot.kaizen.facts import (
    Board,
    Desk,
    Entry,
    Listing,
)
from bot.kaizen.reading import estimate_of, pattern_of
from storage.database import UnitOfWork
from storage.repositories.kaizen import IdeaLine
from storage.rules import access
from storage.rules.access import Action, Viewer
from storage.rules.cadence import local_date
from storage.rules.hierarchy import format_reference
from storage.rules.kaizen import (
    DOING,
    ENDS,
    NEW,
    IdeaState,
    Life,
    Move,
    ways_on,
)
from storage.rules.kaizen import Role as IdeaRole
from storage.rules.kaizen_clock import DRAFT_KEPT, working_days_waited
from storage.rules.kaizen_priority import Quadrant, quadrant, rank
from storage.rules.terms import Kind

SHOWN = 20
FILTERS = {
    "mine": None,
    "new": NEW,
    "doing": DOING | {IdeaState.ON_HOLD},
    "done": ENDS,
}


def list_ideas(uow: UnitOfWork, member_id: int, word: str) -> Listing:
    """A list of ideas, the newest first; a guest's holds those that they have a part in."""
    chosen = word.lower()
    if chosen == "mine" or uow.roles.get_viewer(member_id).is_guest:
        lines = uow.ideas.list_lines(mine=member_id, sealed=True)
        title = "Your ideas, and those that you carry"
    else:
        lines = uow.ideas.list_lines(states=FILTERS.get(chosen))
        title = {"new": "New ideas", "doing": "Ideas under way", "done": "Ideas that have ended"}.get(
            chosen, "Ideas, the newest first"
        )
    return Listing(title, tuple(entries_of(uow, lines[:SHOWN])), len(lines))


def read_board(uow: UnitOfWork, member_id: int, state: IdeaState) -> Board:
    """All ideas by state, and those of one state; a guest's board holds those that they have a part in."""
    viewer = uow.roles.get_viewer(member_id)
    if viewer.is_guest:
        own = uow.ideas.list_lines(mine=member_id, sealed=True)
        shown = [line for line in own if line.state is state][:SHOWN]
        return Board(Counter(line.state for line in own), state, _with_moves(uow, viewer, shown))
    lines = uow.ideas.list_lines(states=[state], limit=SHOWN)
    return Board(uow.ideas.count_states(), state, _with_moves(uow, viewer, lines))


def _with_moves(uow: UnitOfWork, viewer: Viewer, lines: Sequence[IdeaLine]) -> tuple[Entry, ...]:
    """Ideas with what someone may do to carry them on, by what a line of a list tells of their part."""
    council = people.is_council(uow, viewer)
    moves: dict[int, tuple[Move, ...]] = {}
    for line in lines:
        parts = {
            IdeaRole.AUTHOR: line.author_id == viewer.member_id,
            IdeaRole.COACH: line.coach_id == viewer.member_id,
            IdeaRole.RESPONSIBLE: line.responsible_id == viewer.member_id,
            IdeaRole.COUNCIL: council,
        }
        roles = frozenset(role for role, holds in parts.items() if holds)
        moves[line.id] = tuple(ways_on(Life(line.state), roles))
    return tuple(replace(entry, moves=moves[entry.id]) for entry in entries_of(uow, lines))


def read_queue(uow: UnitOfWork, member_id: int) -> Listing:
    """What waits for the lean council, first things first, each with the reasons for its place.

    Raises:
        NotAllowed: they are not of the council.
    """
    viewer = uow.roles.get_viewer(member_id)
    if not people.is_council(uow, viewer):
        access.check(viewer, Action.COUNCIL)
    today = local_date(uow.now, uow.workspace.zone)
    lines = [
        *uow.ideas.list_unanswered(),
        *uow.ideas.list_held(today),
        *uow.ideas.list_lines(states=[IdeaState.TRIAGED]),
    ]
    ranked = sorted(
        ((rank(estimate_of(uow, line, viewer)), line) for line in lines),
        key=lambda pair: (pair[0].key, pair[1].id),
    )
    reasons = {line.id: found.reasons for found, line in ranked}
    entries = entries_of(uow, [line for _, line in ranked[:SHOWN]], reasons)
    title = "What waits for the lean council, first things first"
    return Listing(title, tuple(entries), len(lines), _matrix([line for _, line in ranked]))


def _matrix(lines: Iterable[IdeaLine]) -> tuple[tuple[Quadrant, tuple[str, ...]], ...]:
    """The fields of the effort × impact matrix that have ideas, in the order of the queue."""
    found: dict[Quadrant, list[str]] = {}
    for line in lines:
        field = quadrant(line.effort, line.impact)
        if field is not None:
            found.setdefault(field, []).append(line.reference)
    return tuple((field, tuple(found[field])) for field in Quadrant if field in found)


def read_desk(uow: UnitOfWork, member_id: int) -> Desk:
    """What of Kaizen concerns one person."""
    viewer = uow.roles.get_viewer(member_id)
    council = people.is_council(uow, viewer)
    own = uow.ideas.list_lines(mine=member_id, sealed=True)
    today = local_date(uow.now, uow.workspace.zone)
    carried = [
        line for line in own if line.state in DOING and member_id in {line.coach_id, line.responsible_id}
    ]
    mine = [line for line in own if line not in carried and line.state not in ENDS]
    unanswered = uow.ideas.list_unanswered() if council else []
    draft = uow.idea_drafts.find(member_id, uow.now - DRAFT_KEPT)
    return Desk(
        mine=tuple(entries_of(uow, mine[:5])),
        waits=tuple(entries_of(uow, carried[:5])),
        checks=tuple(
            (due.id, format_reference(Kind.IDEA, due.number), due.title)
            for due in uow.idea_results.list_due_follow_ups(today, member_id)
        ),
        queue=len(unanswered),
        overdue=sum(line.due_at <= uow.now for line in unanswered),
        draft=draft.text if draft else "",
        is_council=council,
    )


def entries_of(
    uow: UnitOfWork, lines: Sequence[IdeaLine], reasons: dict[int, tuple[str, ...]] | None = None
) -> list[Entry]:
    """Ideas as lines of a list; `reasons` by id say why they stand where they do."""
    if not lines:
        return []
    members = people.names_of(uow, (line.author_id for line in lines))
    pattern = pattern_of(uow)
    return [
        Entry(
            line.id,
            line.reference,
            line.title,
            line.state,
            people.author_words(
                line.author_name,
                is_anonymous=line.is_anonymous,
                name=members[line.author_id].name if line.author_id in members else "",
            ),
            line.votes,
            line.due_at if line.answered_at is None else None,
            line.until_on,
            line.answered_at is None and line.due_at <= uow.now,
            working_days_waited(line.submitted_at, uow.now, pattern),
            (reasons or {}).get(line.id, ()),
        )
        for line in lines
    ]
