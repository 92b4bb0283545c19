"""Following items, teams, people and the organisation: what someone follows, and more or less of it."""

import re

from bot.digests.facts import Following, Outcome, Row
from storage import following
from storage.database import UnitOfWork
from storage.repositories.strategies import Strategy
from storage.rules import finding
from storage.rules.access import Viewer
from storage.rules.digest import ORGANISATION, PERSON, TEAM, Followed
from storage.rules.errors import Invalid, NotAllowed, NotFound
from storage.rules.finding import Several
from storage.rules.likeness import is_same_name
from storage.rules.terms import DigestRhythm

ALL = ((ORGANISATION, 0), "the whole organisation")
_ALL_WORDS = frozenset({"organisation", "organization", "company", "everything", "all"})
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_GUESTS = "Guests follow items that they have a part in. Type a reference such as KR-3."


def list_follows(uow: UnitOfWork, member_id: int) -> Following:
    """What a person follows, as far as they may see it."""
    member, looking = uow.members.get(member_id), _Looking(uow, member_id)
    turn = uow.digests.find_turn(member_id)
    rows = [row for one in uow.digests.list_followed(member_id) if (row := looking.find_row(one)) is not None]
    return Following(
        rows=tuple(sorted(rows, key=lambda row: (row.followed[0] != ORGANISATION, row.words))),
        rhythm=member.digest,
        next_at=turn.next_due_at if turn is not None and turn.next_due_at > uow.now else None,
        zone=member.zone,
        may_follow_all=not looking.viewer.is_guest,
    )


def follow_named(uow: UnitOfWork, member_id: int, text: str, *, on: bool) -> Outcome | Several:
    """Follows what is named, or no longer: a reference, a team, a person, words of a title, `organisation`.
    Where the words fit several items, nothing is done yet.

    Raises:
        NotFound: nothing goes by that name that they may see.
        NotAllowed: a guest named a team, a person or the organisation.
    """
    found = _Looking(uow, member_id).name(text)
    return found if isinstance(found, Several) else _follow(uow, member_id, found, on=on)


def press(uow: UnitOfWork, member_id: int, followed: Followed, *, on: bool) -> Outcome:
    """As `follow_named`, for a button."""
    row = _Looking(uow, member_id).find_row(followed)
    if row is None:
        raise NotFound("There is no such thing here any more. `/hoshin follow` lists what you follow.")
    return _follow(uow, member_id, row, on=on)


def name_follows(uow: UnitOfWork, viewer: Viewer, seen: Strategy, follows: set[Followed]) -> list[str]:
    """What is followed, in words, as far as the viewer may see it."""
    looking = _Looking(uow, viewer.member_id, (viewer, seen))
    rows = [row for one in follows if (row := looking.find_row(one)) is not None]
    return [row.words for row in sorted(rows, key=lambda row: row.words)]


def _follow(uow: UnitOfWork, member_id: int, row: Row, *, on: bool) -> Outcome:
    changed = following.follow(uow, member_id, row.followed, on=on)
    rhythm: DigestRhythm = uow.members.get(member_id).digest
    return Outcome(row, on, changed, rhythm)


class _Looking:
    """What one person can name."""

    def __init__(self, uow: UnitOfWork, member_id: int, known: tuple[Viewer, Strategy] | None = None) -> None:
        self._uow = uow
        if known is not None:
            self.viewer, seen = known
            self._graph = seen.graph
            return
        whole = uow.picture()
        self.viewer = uow.roles.get_viewer(member_id, whole.graph.teams)
        self._graph = whole.seen_by(self.viewer).graph

    def find_row(self, followed: Followed) -> Row | None:
        """Something by its kind and id; None where there is none, or none that they may see."""
        kind, row_id = followed
        if kind in {ORGANISATION, TEAM, PERSON}:
            return None if self.viewer.is_guest else self._find_around(kind, row_id)
        node = self._graph.find_row(kind, row_id)
        return None if node is None else Row((str(node.kind), node.id), f"{node.reference} {node.title}")

    def name(self, text: str) -> Row | Several:
        typed = " ".join(text.split())
        if not typed:
            raise Invalid(
                "What? Type a reference such as A-1, a team's name, a person with an @, or `organisation`."
            )
        if (mentioned := _MENTION.search(typed)) is not None:
            return self._name_person(mentioned[1])
        if typed.casefold() in _ALL_WORDS:
            self._refuse_guests()
            return Row(*ALL)
        return self._name_team(typed) or self._name_item(typed)

    def _find_around(self, kind: str, row_id: int) -> Row | None:
        if kind == ORGANISATION:
            return Row(*ALL)
        if kind == TEAM:
            team = self._graph.teams.get(row_id)
            return None if team is None else Row((TEAM, row_id), team.name)
        person = self._graph.people.get(row_id)
        return None if person is None or person.is_deactivated else Row((PERSON, row_id), person.name)

    def _name_person(self, slack_user_id: str) -> Row:
        self._refuse_guests()
        person = self._uow.members.find_by_slack_id(slack_user_id)
        row = self.find_row((PERSON, person.id)) if person is not None else None
        if row is None:
            raise NotFound(
                "Hoshin does not know this person yet, so there is nothing to follow. It meets people when "
                "they open its Home tab or stand in the plan."
            )
        return row

    def _name_team(self, typed: str) -> Row | None:
        """A team by its name; guests know of none."""
        if self.viewer.is_guest:
            return None
        teams = self._graph.teams.values()
        exact = [team for team in teams if is_same_name(team.name, typed)]
        return Row((TEAM, exact[0].id), exact[0].name) if len(exact) == 1 else None

    def _name_item(self, typed: str) -> Row | Several:
        found = finding.find(self._graph, typed)
        if isinstance(found, Several):
            return found
        return Row((str(found.kind), found.id), f"{found.reference} {found.title}")

    def _refuse_guests(self) -> None:
        if self.viewer.is_guest:
            raise NotAllowed(_GUESTS)
