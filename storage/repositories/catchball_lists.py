"""Lists of balls: whose they are, and which lie too long."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, or_, select
from sqlmodel import col

from storage.repositories.base import Repository
from storage.repositories.catchballs import ALL_PARTIES, Party, one_of
from storage.rules.catchball import OPEN, SETTLED, BallState
from storage.rules.terms import Kind
from storage.tables.catchball import Catchball, CatchballParty, CatchballVersion


class BallLine(NamedTuple):
    """A ball in a list: `title` is its last version's."""

    id: int
    number: int
    kind: Kind
    state: BallState
    version: int
    title: str
    parent: str
    proposer_id: int
    facilitator_id: int | None
    party_ids: frozenset[int]
    holder_ids: frozenset[int]
    held_since: datetime | None
    until_on: date | None
    item_kind: Kind | None
    item_id: int | None
    is_private: bool

    @property
    def reference(self) -> str:
        return f"C-{self.number}"

    @property
    def people_ids(self) -> frozenset[int]:
        return self.party_ids | ({self.facilitator_id} if self.facilitator_id is not None else set())


# Made once, since every tick sends it.
_OPEN_BALL = (
    select(col(Catchball.id))
    .where(col(Catchball.workspace_id) == bindparam("workspace_id"), col(Catchball.state).in_(list(OPEN)))
    .limit(1)
)
# Made once: building a statement costs more than sending it, and every look at the Home tab asks these.
_OF_BALL = (
    *("id", "number", "kind", "state", "version", "proposer_id", "facilitator_id", "held_since", "until_on"),
    *("item_kind", "item_id", "is_private"),
)
_LINES = (
    select(*(getattr(Catchball, name) for name in _OF_BALL), col(CatchballVersion.terms))
    .join(
        CatchballVersion,
        (col(CatchballVersion.catchball_id) == col(Catchball.id))
        & (col(CatchballVersion.number) == col(Catchball.version)),
    )
    .order_by(col(Catchball.held_since), col(Catchball.number))
)
_OPEN_LINES_OF = _LINES.where(
    col(Catchball.workspace_id) == bindparam("workspace_id"),
    one_of(OPEN),
    or_(
        col(Catchball.id).in_(
            select(col(CatchballParty.catchball_id)).where(
                col(CatchballParty.workspace_id) == bindparam("workspace_id"),
                col(CatchballParty.member_id) == bindparam("member_id"),
            )
        ),
        col(Catchball.facilitator_id) == bindparam("member_id"),
    ),
)
_PARTIES_OF = ALL_PARTIES.where(
    col(CatchballParty.catchball_id).in_(bindparam("ball_ids", expanding=True))
).order_by(col(CatchballParty.catchball_id), col(CatchballParty.position))


class BallLists(Repository):
    """Lists of the balls of a workspace."""

    def list_lines(
        self,
        *,
        states: Collection[BallState] = OPEN | SETTLED,
        of: Collection[int] | None = None,
        about: tuple[Kind, int] | None = None,
    ) -> list[BallLine]:
        """Balls in those states, the one that has lain longest first.

        Args:
            of: members; only balls in which one of them takes part.
            about: kind and row of an item; only balls about it.
        """
        query = _LINES.where(
            col(Catchball.workspace_id) == self.workspace_id, col(Catchball.state).in_(list(states))
        )
        if about is not None:
            query = query.where(col(Catchball.item_kind) == about[0], col(Catchball.item_id) == about[1])
        if of is not None:
            theirs = select(col(CatchballParty.catchball_id)).where(
                col(CatchballParty.workspace_id) == self.workspace_id,
                col(CatchballParty.member_id).in_(list(of)),
            )
            query = query.where(
                or_(col(Catchball.id).in_(theirs), col(Catchball.facilitator_id).in_(list(of)))
            )
        return self._lines(self._columns(query).all())

    def list_open_of(self, member_id: int) -> list[BallLine]:
        """The open balls in which someone takes part, the one that has lain longest first."""
        return self._lines(self._columns(_OPEN_LINES_OF, member_id=member_id).all())

    def _lines(self, rows: Sequence[Any]) -> list[BallLine]:
        parties = self._parties_of([row.id for row in rows])
        return [
            BallLine(
                id=row.id,
                number=row.number,
                kind=row.kind,
                state=row.state,
                version=row.version,
                title=str(row.terms.get("title", "")),
                parent=str(row.terms.get("parent") or ""),
                proposer_id=row.proposer_id,
                facilitator_id=row.facilitator_id,
                party_ids=frozenset(one.member_id for one in parties.get(row.id, ())),
                holder_ids=frozenset(one.member_id for one in parties.get(row.id, ()) if one.holds),
                held_since=row.held_since,
                until_on=row.until_on,
                item_kind=row.item_kind,
                item_id=row.item_id,
                is_private=row.is_private,
            )
            for row in rows
        ]

    def list_overdue(self, before: date, limit: int) -> list[int]:
        """The numbers of open balls whose day to answer lies before a day."""
        return list(
            self.session.execute(
                select(col(Catchball.number))
                .where(
                    col(Catchball.workspace_id) == self.workspace_id,
                    col(Catchball.state).in_(list(OPEN)),
                    col(Catchball.until_on) < before,
                )
                .order_by(col(Catchball.until_on), col(Catchball.id))
                .limit(limit)
            ).scalars()
        )

    def list_unreminded(self, before: datetime) -> list[tuple[Catchball, CatchballParty]]:
        """Open balls that have lain since before an instant, with each holder who was not reminded of it."""
        rows = self.session.execute(
            select(Catchball, CatchballParty)
            .join(CatchballParty, col(CatchballParty.catchball_id) == col(Catchball.id))
            .where(
                col(Catchball.workspace_id) == self.workspace_id,
                col(Catchball.state).in_(list(OPEN)),
                col(Catchball.held_since) <= before,
                col(CatchballParty.holds),
                col(CatchballParty.reminded_at).is_(None),
            )
            .order_by(col(Catchball.held_since), col(Catchball.id), col(CatchballParty.position))
        )
        return [(ball, party) for ball, party in rows]

    def list_untold(self, before: datetime) -> list[Catchball]:
        """Open balls that have lain since before an instant and of which no sponsor was told."""
        return list(
            self.session.execute(
                select(Catchball)
                .where(
                    col(Catchball.workspace_id) == self.workspace_id,
                    col(Catchball.state).in_(list(OPEN)),
                    col(Catchball.held_since) <= before,
                    col(Catchball.told_at).is_(None),
                )
                .order_by(col(Catchball.held_since), col(Catchball.id))
            ).scalars()
        )

    def find_first_until_on(self) -> date | None:
        """The first day until which an open ball waits."""
        found: date | None = self.session.execute(
            select(func.min(col(Catchball.until_on))).where(
                col(Catchball.workspace_id) == self.workspace_id, col(Catchball.state).in_(list(OPEN))
            )
        ).scalar_one()
        return found

    def has_open(self) -> bool:
        """Whether any ball is in the air."""
        return self.session.execute(_OPEN_BALL, {"workspace_id": self.workspace_id}).first() is not None

    def _parties_of(self, ball_ids: Collection[int]) -> dict[int, list[Party]]:
        if not ball_ids:
            return {}
        found: dict[int, list[Party]] = {}
        for row in self._columns(_PARTIES_OF, ball_ids=list(ball_ids)):
            found.setdefault(row.catchball_id, []).append(Party(*row))
        return found
