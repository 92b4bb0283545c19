"""Balls with their versions, those who take part, and their moves."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, insert, or_, select, update
from sqlalchemy.orm import SessionTransaction
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col

from storage.repositories.base import Repository
from storage.rules.catchball import Ball, BallState, Move
from storage.rules.catchball_terms import Terms
from storage.rules.errors import NotFound
from storage.rules.terms import Kind
from storage.tables.catchball import Catchball, CatchballMove, CatchballParty, CatchballVersion

PRIVATE_FROM = 100_000
"""The numbers of private balls have six digits."""


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


class _Held(NamedTuple):
    """A ball that is locked, for as long as the transaction (or savepoint) lasts that has read it."""

    within: SessionTransaction | None
    row: Catchball
    ball: Ball | None = None
    parties: tuple[Party, ...] = ()


def one_of(states: Collection[BallState]) -> ColumnElement[bool]:
    """As `in_`, whose statement is written anew each time that it is sent."""
    return or_(*(col(Catchball.state) == state for state in sorted(states)))


# Made once: building a statement costs more than sending it, and every move asks these.
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
ALL_PARTIES = select(*(getattr(CatchballParty, name) for name in Party._fields)).where(
    col(CatchballParty.workspace_id) == bindparam("workspace_id")
)
_PARTIES = ALL_PARTIES.where(col(CatchballParty.catchball_id) == bindparam("ball_id")).order_by(
    col(CatchballParty.position)
)
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
_ASKERS = select(col(CatchballMove.member_id)).where(
    col(CatchballMove.workspace_id) == bindparam("workspace_id"),
    col(CatchballMove.catchball_id) == bindparam("ball_id"),
    col(CatchballMove.version) == bindparam("version"),
    col(CatchballMove.move) == Move.ASK,
    col(CatchballMove.member_id).is_not(None),
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
        return frozenset(who for (who,) in self._columns(_ASKERS, ball_id=ball_id, version=version))

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

    def _numbered(self, number: int) -> dict[str, int]:
        return {"workspace_id": self.workspace_id, "number": number}

    def _of(
        self, table: type[Catchball | CatchballVersion | CatchballParty | CatchballMove]
    ) -> ColumnElement[bool]:
        return col(table.workspace_id) == self.workspace_id
