"""Balls with their versions, those who take part, and their moves."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, insert, or_, select, update
from sqlalchemy.orm import SessionTransaction
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col

from storage.repositories.base import Repository
from storage.rules.catchball import OPEN, SETTLED, Ball, BallState, Move, agreed_words
from storage.rules.catchball_terms import Terms
from storage.rules.errors import NotFound
from storage.rules.terms import Kind
from storage.tables.catchball import Catchball, CatchballMove, CatchballParty, CatchballVersion

PRIVATE_FROM = 100_000
"""The numbers of private balls have six digits."""


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


class Party(NamedTuple):
    """Someone who must agree, as their row says."""

    catchball_id: int
    position: int
    member_id: int
    holds: bool
    has_agreed: bool
    reminded_at: datetime | None


class Made(NamedTuple):
    """A move that was just noted; `version` is the last one after it, `person_id` whom it names."""

    id: int
    move: Move
    member_id: int | None
    version: int
    said: str
    person_id: int | None
    is_rubber_stamp: bool


class Agreement(NamedTuple):
    """What a ball came to: `member_id` is whoever was the last to agree."""

    at: datetime
    member_id: int | None
    number: int
    version: int

    @property
    def reason(self) -> str:
        """Why it changed an item, as the item's history tells it."""
        return agreed_words(self.number, self.version)


class _Held(NamedTuple):
    """A ball that is locked, for as long as the transaction (or savepoint) lasts that has read it."""

    within: SessionTransaction | None
    row: Catchball
    ball: Ball | None = None
    parties: tuple[Party, ...] = ()


# Made once, since every tick sends it.
_OPEN_BALL = (
    select(col(Catchball.id))
    .where(col(Catchball.workspace_id) == bindparam("workspace_id"), col(Catchball.state).in_(list(OPEN)))
    .limit(1)
)


def _one_of(states: Collection[BallState]) -> ColumnElement[bool]:
    """As `in_`, whose statement is written anew each time that it is sent."""
    return or_(*(col(Catchball.state) == state for state in sorted(states)))


def _is_known_to(workspace_id: Any, member_id: Any) -> ColumnElement[bool]:
    """A private ball is for those who take part alone; what a ball is about may be hidden from others
    besides, which the plan's graph says."""
    theirs = select(col(CatchballParty.catchball_id)).where(
        col(CatchballParty.workspace_id) == workspace_id,
        col(CatchballParty.member_id) == member_id,
    )
    return or_(
        col(Catchball.is_private).is_(False),
        col(Catchball.facilitator_id) == member_id,
        col(Catchball.id).in_(theirs),
    )


# Made once: building a statement costs more than sending it, and every look at the Home tab asks these.
_AGREED_ITEMS = select(col(Catchball.item_id)).where(
    col(Catchball.workspace_id) == bindparam("workspace_id"),
    col(Catchball.item_kind) == bindparam("kind"),
    col(Catchball.item_id).is_not(None),
    _one_of(SETTLED),
    _is_known_to(bindparam("workspace_id"), bindparam("member_id")),
)
_PRIVATE_AGREEMENTS = (
    select(
        col(CatchballMove.at),
        col(CatchballMove.member_id),
        col(Catchball.number),
        col(Catchball.agreed_version),
    )
    .join(CatchballMove, col(CatchballMove.catchball_id) == col(Catchball.id))
    .where(
        col(Catchball.workspace_id) == bindparam("workspace_id"),
        col(Catchball.item_kind) == bindparam("kind"),
        col(Catchball.item_id) == bindparam("item_id"),
        col(Catchball.is_private),
        col(CatchballMove.move) == Move.AGREE,
        col(CatchballMove.version) == col(Catchball.agreed_version),
        _is_known_to(bindparam("workspace_id"), bindparam("member_id")),
    )
    .order_by(col(CatchballMove.id))
)
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
    _one_of(OPEN),
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
# As much of each move.
_BALL = (
    select(Catchball)
    .where(
        col(Catchball.workspace_id) == bindparam("workspace_id"), col(Catchball.number) == bindparam("number")
    )
    # A move goes past the session, which does not know then what a savepoint took back.
    .execution_options(populate_existing=True)
)
_LOCKED_BALL = _BALL.with_for_update()
_TERMS = select(col(CatchballVersion.terms)).where(
    col(CatchballVersion.workspace_id) == bindparam("workspace_id"),
    col(CatchballVersion.catchball_id) == bindparam("ball_id"),
    col(CatchballVersion.number) == bindparam("number"),
)
_ALL_PARTIES = select(*(getattr(CatchballParty, name) for name in Party._fields)).where(
    col(CatchballParty.workspace_id) == bindparam("workspace_id")
)
_PARTIES = _ALL_PARTIES.where(col(CatchballParty.catchball_id) == bindparam("ball_id")).order_by(
    col(CatchballParty.position)
)
_PARTIES_OF = _ALL_PARTIES.where(
    col(CatchballParty.catchball_id).in_(bindparam("ball_ids", expanding=True))
).order_by(col(CatchballParty.catchball_id), col(CatchballParty.position))
_AS_IN_BALL = (
    *("state", "version", "proposer_id", "author_id", "held_since", "thrown_at", "until_on"),
    *("facilitator_id", "agreed_version", "not_deployed_reason"),
)
_WRITE = (
    update(Catchball)
    .where(
        col(Catchball.workspace_id) == bindparam("its_workspace_id"), col(Catchball.id) == bindparam("its_id")
    )
    .values({name: bindparam(f"new_{name}") for name in (*_AS_IN_BALL, "asker_ids", "told_at")})
)
_NAME_ITEM = (
    update(Catchball)
    .where(
        col(Catchball.workspace_id) == bindparam("its_workspace_id"), col(Catchball.id) == bindparam("its_id")
    )
    .values(item_kind=bindparam("new_kind"), item_id=bindparam("new_id"))
)
_WRITE_PARTY = (
    update(CatchballParty)
    .where(
        col(CatchballParty.workspace_id) == bindparam("its_workspace_id"),
        col(CatchballParty.catchball_id) == bindparam("ball_id"),
        col(CatchballParty.position) == bindparam("its_position"),
    )
    .values({name: bindparam(f"new_{name}") for name in ("member_id", "holds", "has_agreed", "reminded_at")})
)
_ADD_PARTY = insert(CatchballParty)
_ADD_VERSION = insert(CatchballVersion)
_ADD_MOVE = insert(CatchballMove).returning(col(CatchballMove.id))


class Catchballs(Repository):
    """Balls of a workspace."""

    def __init__(self, session: Session, workspace_id: int) -> None:
        super().__init__(session, workspace_id)
        self._held: dict[int, _Held] = {}
        """By number: what is locked, so that nobody else changes it, is read once."""

    def next_number(self, *, is_private: bool = False) -> int:
        """The number of the next ball; the plan's lock keeps two throws from taking the same.

        A private one has a number by chance, far beyond the others: theirs have no gap that tells of it, and
        its own tells nothing of further ones.
        """
        while is_private:
            number = PRIVATE_FROM + secrets.randbelow(9 * PRIVATE_FROM)
            if self.find(number) is None:
                return number
        last: int | None = self.session.execute(
            select(func.max(col(Catchball.number))).where(
                self._of(Catchball), col(Catchball.number) < PRIVATE_FROM
            )
        ).scalar_one()
        return (last or 0) + 1

    def find(self, number: int) -> Catchball | None:
        row: Catchball | None = self.session.execute(_BALL, self._numbered(number)).scalar_one_or_none()
        return row

    def find_number(self, ball_id: int) -> int | None:
        found: int | None = self.session.execute(
            select(col(Catchball.number)).where(self._of(Catchball), col(Catchball.id) == ball_id)
        ).scalar_one_or_none()
        return found

    def lock(self, number: int) -> Catchball:
        """The ball's row, held until the transaction ends, as it is now: of two who move it one comes second.

        Raises:
            NotFound: there is none.
        """
        held = self._find_held(number)
        if held is not None:
            return held.row
        row: Catchball | None = self.session.execute(
            _LOCKED_BALL, self._numbered(number)
        ).scalar_one_or_none()
        if row is None:
            raise NotFound(f"There is no C-{number} here. Check the reference; `/catchball` lists yours.")
        self._held[number] = _Held(self._transaction, row)
        return row

    def read(self, row: Catchball) -> Ball:
        """The ball as the rules know it."""
        held = self._find_held(row.number)
        if held is not None and held.ball is not None:
            return held.ball
        parties = self._parties(row.id)
        ball = self._as_ball(row, parties)
        if held is not None:
            self._held[row.number] = held._replace(ball=ball, parties=parties)
        return ball

    def _as_ball(self, row: Catchball, parties: Sequence[Party]) -> Ball:
        return Ball(
            number=row.number,
            proposer_id=row.proposer_id,
            receiver_ids=tuple(one.member_id for one in parties[1:]),
            state=row.state,
            version=row.version,
            terms=self.find_terms(row.id, row.version) or Terms(),
            author_id=row.author_id,
            agreed_ids=frozenset(one.member_id for one in parties if one.has_agreed),
            holder_ids=frozenset(one.member_id for one in parties if one.holds),
            held_since=row.held_since,
            thrown_at=row.thrown_at,
            until_on=row.until_on,
            facilitator_id=row.facilitator_id,
            asker_ids=tuple(row.asker_ids or ()),
            agreed_version=row.agreed_version,
            not_deployed_reason=row.not_deployed_reason,
        )

    def write(self, row: Catchball, ball: Ball) -> None:
        """Makes the rows say what the ball is; reminders start anew when it changes hands."""
        held = self._find_held(row.number)
        parties = held.parties if held is not None and held.parties else self._parties(row.id)
        has_moved = row.held_since != ball.held_since
        values = {name: getattr(ball, name) for name in _AS_IN_BALL}
        values["asker_ids"] = list(ball.asker_ids) or None
        values["told_at"] = None if has_moved else row.told_at
        new = {f"new_{name}": value for name, value in values.items()}
        self._send(_WRITE, {"its_workspace_id": self.workspace_id, "its_id": row.id, **new})
        for name, value in values.items():
            set_committed_value(row, name, value)
        written = self._write_parties(row.id, ball, parties, has_moved=has_moved)
        self._held.pop(row.number, None)
        if held is not None:
            self._held[row.number] = _Held(self._transaction, row, ball, written)

    def name_item(self, row: Catchball, kind: Kind, item_id: int) -> None:
        """Says which item the ball is about, or has made."""
        whose = {"its_workspace_id": self.workspace_id, "its_id": row.id}
        self._send(_NAME_ITEM, {**whose, "new_kind": kind, "new_id": item_id})
        set_committed_value(row, "item_kind", kind)
        set_committed_value(row, "item_id", item_id)

    def _write_parties(
        self, ball_id: int, ball: Ball, parties: Sequence[Party], *, has_moved: bool
    ) -> tuple[Party, ...]:
        written = []
        for position, member_id in enumerate((ball.proposer_id, *ball.receiver_ids)):
            before = parties[position] if position < len(parties) else None
            is_kept = before is not None and before.member_id == member_id and not has_moved
            party = Party(
                catchball_id=ball_id,
                position=position,
                member_id=member_id,
                holds=member_id in ball.holder_ids,
                has_agreed=member_id in ball.agreed_ids,
                reminded_at=before.reminded_at if before is not None and is_kept else None,
            )
            written.append(party)
            if before is None:
                self._send(_ADD_PARTY, {"workspace_id": self.workspace_id, **party._asdict()})
            elif party != before:
                self._send(
                    _WRITE_PARTY,
                    {
                        "its_workspace_id": self.workspace_id,
                        "ball_id": ball_id,
                        "its_position": position,
                        "new_member_id": party.member_id,
                        "new_holds": party.holds,
                        "new_has_agreed": party.has_agreed,
                        "new_reminded_at": party.reminded_at,
                    },
                )
        return tuple(written)

    def add_version(
        self,
        row: Catchball,
        ball: Ball,
        *,
        at: datetime,
        reason: str,
        reasons: Mapping[str, str],
        answers: Mapping[str, str],
    ) -> None:
        """Adds the ball's last version."""
        version = {
            "workspace_id": self.workspace_id,
            "catchball_id": row.id,
            "number": ball.version,
            "author_id": ball.author_id or 0,
            "at": at,
            "terms": ball.terms.stored(),
            "reason": reason,
            "reasons": dict(reasons) or None,
            "answers": dict(answers) or None,
        }
        self._send(_ADD_VERSION, version)

    def find_terms(self, ball_id: int, number: int) -> Terms | None:
        """The terms of one version."""
        stored = self._columns(_TERMS, ball_id=ball_id, number=number).scalar_one_or_none()
        return None if stored is None else Terms.read(stored)

    def list_versions(self, ball_id: int) -> list[CatchballVersion]:
        """Every version, the first one first."""
        return list(
            self.session.execute(
                select(CatchballVersion)
                .where(self._of(CatchballVersion), col(CatchballVersion.catchball_id) == ball_id)
                .order_by(col(CatchballVersion.number))
            ).scalars()
        )

    def list_moves(self, ball_id: int) -> list[CatchballMove]:
        """Every move, the oldest first."""
        return list(
            self.session.execute(
                select(CatchballMove)
                .where(self._of(CatchballMove), col(CatchballMove.catchball_id) == ball_id)
                .order_by(col(CatchballMove.at), col(CatchballMove.id))
            ).scalars()
        )

    def list_askers(self, ball_id: int, version: int) -> frozenset[int]:
        """Who has asked about a version, answered or not."""
        return frozenset(
            self.session.execute(
                select(col(CatchballMove.member_id)).where(
                    self._of(CatchballMove),
                    col(CatchballMove.catchball_id) == ball_id,
                    col(CatchballMove.version) == version,
                    col(CatchballMove.move) == Move.ASK,
                    col(CatchballMove.member_id).is_not(None),
                )
            ).scalars()
        )

    def version_at(self, ball_id: int, at: datetime) -> int | None:
        """The number of the version that stood at an instant: what someone had before them who wrote then."""
        found: int | None = self.session.execute(
            select(func.max(col(CatchballVersion.number))).where(
                self._of(CatchballVersion),
                col(CatchballVersion.catchball_id) == ball_id,
                col(CatchballVersion.at) <= at,
            )
        ).scalar_one()
        return found

    def find_agreed_terms(self, kind: Kind, item_id: int, member_id: int) -> Terms | None:
        """What was last agreed about an item, as far as a member may know of it."""
        stored = self.session.execute(
            select(col(CatchballVersion.terms))
            .join(Catchball, col(Catchball.id) == col(CatchballVersion.catchball_id))
            .where(
                self._of(CatchballVersion),
                col(Catchball.item_kind) == kind,
                col(Catchball.item_id) == item_id,
                col(Catchball.agreed_version) == col(CatchballVersion.number),
                _is_known_to(self.workspace_id, member_id),
            )
            .order_by(col(CatchballVersion.at).desc(), col(CatchballVersion.id).desc())
            .limit(1)
        ).scalar_one_or_none()
        return Terms.read(stored) if stored is not None else None

    def list_agreed_numbers(self, kind: Kind, item_id: int) -> list[int]:
        """The balls whose agreement made or changed an item, and from which nothing is deployed yet."""
        return list(
            self.session.execute(
                select(col(Catchball.number))
                .where(
                    self._of(Catchball),
                    col(Catchball.item_kind) == kind,
                    col(Catchball.item_id) == item_id,
                    col(Catchball.state) == BallState.AGREED,
                )
                .order_by(col(Catchball.number))
            ).scalars()
        )

    def list_agreed(self, kind: Kind, member_id: int) -> frozenset[int]:
        """The ids of the items that an agreement stands for, deployed further or not, as far as a member may
        know of it."""
        return frozenset(self._columns(_AGREED_ITEMS, kind=kind, member_id=member_id).scalars())

    def list_open_items(self, kind: Kind) -> frozenset[int]:
        """The rows of that kind that an open ball is about, of balls that are not private."""
        return frozenset(
            self.session.execute(
                select(col(Catchball.item_id)).where(
                    self._of(Catchball),
                    col(Catchball.item_kind) == kind,
                    col(Catchball.item_id).is_not(None),
                    col(Catchball.is_private).is_(False),
                    col(Catchball.state).in_(list(OPEN)),
                )
            ).scalars()
        )

    def list_private_agreements(self, kind: Kind, item_id: int, member_id: int) -> list[Agreement]:
        """The agreements about an item that a member reached, or helped to, in private: the item's own
        trail, which others read, does not tell of them."""
        rows = self._columns(_PRIVATE_AGREEMENTS, kind=kind, item_id=item_id, member_id=member_id)
        # The last one to agree has made it an agreement.
        return list({row.number: Agreement(*row) for row in rows}.values())

    def list_agreed_between(self, since: datetime, before: datetime) -> set[tuple[Kind, int]]:
        """The items (kind and row) that an agreement was reached about in that time; what was agreed in a
        conversation that not everyone can join is left out."""
        rows = self.session.execute(
            select(col(Catchball.item_kind), col(Catchball.item_id))
            .join(CatchballMove, col(CatchballMove.catchball_id) == col(Catchball.id))
            .where(
                self._of(Catchball),
                col(Catchball.item_id).is_not(None),
                col(Catchball.is_private).is_(False),
                col(Catchball.state).in_(list(SETTLED)),
                col(CatchballMove.move) == Move.AGREE,
                col(CatchballMove.version) == col(Catchball.agreed_version),
            )
            .group_by(col(Catchball.id), col(Catchball.item_kind), col(Catchball.item_id))
            .having(func.max(CatchballMove.at) >= since, func.max(CatchballMove.at) < before)
        )
        return {(kind, item_id) for kind, item_id in rows if kind is not None and item_id is not None}

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
        query = _LINES.where(self._of(Catchball), col(Catchball.state).in_(list(states)))
        if about is not None:
            query = query.where(col(Catchball.item_kind) == about[0], col(Catchball.item_id) == about[1])
        if of is not None:
            theirs = select(col(CatchballParty.catchball_id)).where(
                self._of(CatchballParty), col(CatchballParty.member_id).in_(list(of))
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
                    self._of(Catchball),
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
                self._of(Catchball),
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
                    self._of(Catchball),
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
                self._of(Catchball), col(Catchball.state).in_(list(OPEN))
            )
        ).scalar_one()
        return found

    def has_open(self) -> bool:
        """Whether any ball is in the air."""
        return self.session.execute(_OPEN_BALL, {"workspace_id": self.workspace_id}).first() is not None

    def note(
        self,
        ball_id: int,
        move: Move,
        *,
        at: datetime,
        member_id: int | None,
        ball: Ball,
        said: str = "",
        person_id: int | None = None,
        is_rubber_stamp: bool = False,
    ) -> Made:
        """Adds a move."""
        made = Made(0, move, member_id, ball.version, said, person_id, is_rubber_stamp)
        row = {**made._asdict(), "workspace_id": self.workspace_id, "catchball_id": ball_id, "at": at}
        del row["id"]  # the database gives it
        return made._replace(id=self._send(_ADD_MOVE, row).scalar_one())

    @property
    def _transaction(self) -> SessionTransaction | None:
        """The one, or the savepoint, that would be taken back first."""
        return self.session.get_nested_transaction() or self.session.get_transaction()

    def _find_held(self, number: int) -> _Held | None:
        held = self._held.get(number)
        return held if held is not None and held.within is self._transaction else None

    def _parties(self, ball_id: int) -> tuple[Party, ...]:
        return tuple(Party(*row) for row in self._columns(_PARTIES, ball_id=ball_id))

    def _parties_of(self, ball_ids: Collection[int]) -> dict[int, list[Party]]:
        if not ball_ids:
            return {}
        found: dict[int, list[Party]] = {}
        for row in self._columns(_PARTIES_OF, ball_ids=list(ball_ids)):
            found.setdefault(row.catchball_id, []).append(Party(*row))
        return found

    def _numbered(self, number: int) -> dict[str, int]:
        return {"workspace_id": self.workspace_id, "number": number}

    def _of(
        self, table: type[Catchball | CatchballVersion | CatchballParty | CatchballMove]
    ) -> ColumnElement[bool]:
        return col(table.workspace_id) == self.workspace_id
