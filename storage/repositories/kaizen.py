"""Ideas with their life, votes, results and drafts."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, case, delete, func, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from storage.repositories.base import Repository, insert_once
from storage.rules.errors import NotFound
from storage.rules.hierarchy import format_reference
from storage.rules.kaizen import ENDS, VOTABLE, IdeaState, OfferState
from storage.rules.kaizen_statistics import Benefit, IdeaFacts
from storage.rules.terms import Kind
from storage.tables.kaizen import (
    Idea,
    IdeaBenefit,
    IdeaDraft,
    IdeaFollowUp,
    IdeaOffer,
    IdeaStep,
    IdeaVote,
    KaizenSetting,
)
from storage.tables.member import Member
from storage.tables.team import Team


def _is_here(member: Any, member_id: Any) -> ColumnElement[bool]:
    return and_(col(member.id) == col(member_id), col(member.is_deactivated).is_(False))


def no_such_idea(number: int) -> str:
    """The sentence for an idea that is not there, or not for this person: the two are never told apart."""
    return f"There is no K-{number} here. Type `/kaizen list` for the ideas that there are."


class IdeaLine(NamedTuple):
    """An idea in a list."""

    id: int
    number: int
    title: str
    state: IdeaState
    author_id: int | None
    author_name: str
    is_anonymous: bool
    coach_id: int | None
    responsible_id: int | None
    serves_kind: Kind | None
    serves_id: int | None
    effort: int | None
    impact: int | None
    confidence: int | None
    votes: int
    submitted_at: datetime
    due_at: datetime
    answered_at: datetime | None
    until_on: date | None

    @property
    def reference(self) -> str:
        return format_reference(Kind.IDEA, self.number)


class Draft(NamedTuple):
    """What someone typed for an idea that is not submitted yet; `origin` says where it came from."""

    text: str
    origin: dict[str, Any] | None


class DueFollowUp(NamedTuple):
    """A result that is to be looked at again, and by whom."""

    id: int
    idea_id: int
    number: int
    title: str
    member_id: int | None
    due_on: date


_MOST_NAMED = 1_000
"""People named in one statement."""

_LINE: tuple[Any, ...] = tuple(getattr(Idea, name) for name in IdeaLine._fields)

# Made once: building a statement costs more than sending it, and every look at the Home tab asks these.
_OF_WORKSPACE = col(Idea.workspace_id) == bindparam("workspace_id")
_LINES = select(*_LINE).where(_OF_WORKSPACE).order_by(col(Idea.number).desc()).limit(bindparam("most"))
_PARTS = (col(Idea.author_id), col(Idea.coach_id), col(Idea.responsible_id))
_LINES_OF = _LINES.where(or_(*(part == bindparam("member_id") for part in _PARTS)))
_LINES_OF_SEALED = _LINES.where(
    or_(*(part == bindparam("member_id") for part in (*_PARTS, col(Idea.sealed_for_id))))
)
_UNANSWERED = (
    select(*_LINE)
    .where(_OF_WORKSPACE, col(Idea.state) == IdeaState.SUBMITTED)
    .order_by(col(Idea.due_at))
    .limit(bindparam("most"))
)
_DRAFT = select(col(IdeaDraft.text), col(IdeaDraft.origin)).where(
    col(IdeaDraft.workspace_id) == bindparam("workspace_id"),
    col(IdeaDraft.member_id) == bindparam("member_id"),
    col(IdeaDraft.saved_at) >= bindparam("since"),
)
_RESPONSIBLE, _COACH, _AUTHOR = (aliased(Member) for _ in range(3))
_CARRIER: ColumnElement[int | None] = func.coalesce(_RESPONSIBLE.id, _COACH.id, _AUTHOR.id)
_DUE_FOLLOW_UPS = (
    select(
        col(IdeaFollowUp.id),
        col(Idea.id),
        col(Idea.number),
        col(Idea.title),
        _CARRIER.label("member_id"),
        col(IdeaFollowUp.due_on),
    )
    .join(Idea, col(Idea.id) == col(IdeaFollowUp.idea_id))
    .outerjoin(_RESPONSIBLE, _is_here(_RESPONSIBLE, Idea.responsible_id))
    .outerjoin(_COACH, _is_here(_COACH, Idea.coach_id))
    .outerjoin(_AUTHOR, _is_here(_AUTHOR, Idea.author_id))
    .where(
        col(IdeaFollowUp.workspace_id) == bindparam("workspace_id"),
        col(IdeaFollowUp.has_lasted).is_(None),
        col(IdeaFollowUp.due_on) <= bindparam("due_on"),
    )
    .order_by(col(IdeaFollowUp.due_on), col(IdeaFollowUp.id))
)
_DUE_FOLLOW_UPS_OF = _DUE_FOLLOW_UPS.where(bindparam("member_id") == _CARRIER)


class Ideas(Repository):
    """Ideas of a workspace."""

    def settings(self) -> KaizenSetting:
        """How the workspace runs its ideas; made with the defaults where nobody has said yet."""
        found = self._find_settings()
        if found is None:
            row = KaizenSetting(workspace_id=self.workspace_id)
            values = row.model_dump(exclude={"id"}, exclude_none=True)
            insert_once(self.session, KaizenSetting, values, ("workspace_id",), col(KaizenSetting.id))
            found = self._find_settings()
        assert found is not None  # noqa: S101 - written just now, or by another transaction that was waited for
        return found

    def find_settings(self) -> KaizenSetting:
        """As `settings`, for work that writes nothing."""
        return self._find_settings() or KaizenSetting(workspace_id=self.workspace_id)

    def next_number(self) -> int:
        """The number of the next idea. Submissions of one workspace wait here for each other."""
        counted = (
            update(KaizenSetting)
            .where(col(KaizenSetting.workspace_id) == self.workspace_id)
            .values(last_number=col(KaizenSetting.last_number) + 1)
            .returning(col(KaizenSetting.last_number))
            .execution_options(synchronize_session=False)
        )
        number: int | None = self.session.execute(counted).scalar_one_or_none()
        if number is None:
            self.settings()
            number = self.session.execute(counted).scalar_one()
        return number

    def get(self, idea_id: int) -> Idea:
        """Raises NotFound if there is none in this workspace."""
        return self._get(Idea, idea_id, "There is no such idea.")

    def lock(self, idea_id: int) -> Idea:
        """The idea, held until the transaction ends, as it is now: of two who move it one comes second.

        Raises:
            NotFound: there is none in this workspace.
        """
        row: Idea | None = self.session.execute(
            select(Idea)
            .where(col(Idea.workspace_id) == self.workspace_id, col(Idea.id) == idea_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).scalar_one_or_none()
        if row is None:
            raise NotFound("There is no such idea.")
        return row

    def find_id(self, number: int) -> int | None:
        found: int | None = self.session.execute(
            select(col(Idea.id)).where(
                col(Idea.workspace_id) == self.workspace_id, col(Idea.number) == number
            )
        ).scalar_one_or_none()
        return found

    def get_id(self, number: int) -> int:
        """The id of K-`number`.

        Raises:
            NotFound: there is none.
        """
        found = self.find_id(number)
        if found is None:
            raise NotFound(no_such_idea(number))
        return found

    def list_lines(
        self,
        *,
        states: Collection[IdeaState] | None = None,
        mine: int | None = None,
        sealed: bool = False,
        limit: int = 200,
    ) -> list[IdeaLine]:
        """Ideas, the newest first.

        Args:
            mine: only those that this member has a part in: as author, coach or responsible.
            sealed: with `mine`, also the anonymous ones of this member.
        """
        query = _LINES if mine is None else _LINES_OF_SEALED if sealed else _LINES_OF
        if states is not None:
            query = query.where(col(Idea.state).in_(states))
        return [IdeaLine(*row) for row in self._columns(query, most=limit, member_id=mine)]

    def list_of(self, idea_ids: Collection[int]) -> list[IdeaLine]:
        """Ideas by their ids."""
        query = select(*_LINE).where(col(Idea.workspace_id) == self.workspace_id, col(Idea.id).in_(idea_ids))
        return [IdeaLine(*row) for row in self.session.execute(query.order_by(col(Idea.number)))]

    def list_unanswered(self, before: datetime | None = None, limit: int = 200) -> list[IdeaLine]:
        """Ideas without a first response, the longest waiting first; with `before` those due until then."""
        query = _UNANSWERED if before is None else _UNANSWERED.where(col(Idea.due_at) <= before)
        return [IdeaLine(*row) for row in self._columns(query, most=limit)]

    def list_held(self, until: date, limit: int = 200) -> list[IdeaLine]:
        """Ideas whose day on hold has come."""
        query = select(*_LINE).where(
            col(Idea.workspace_id) == self.workspace_id,
            col(Idea.state) == IdeaState.ON_HOLD,
            col(Idea.until_on) <= until,
        )
        return [
            IdeaLine(*row) for row in self.session.execute(query.order_by(col(Idea.until_on)).limit(limit))
        ]

    def count_states(self) -> dict[IdeaState, int]:
        """How many ideas are in each state."""
        rows = self.session.execute(
            select(col(Idea.state), func.count())
            .where(col(Idea.workspace_id) == self.workspace_id)
            .group_by(col(Idea.state))
        )
        return {row[0]: row[1] for row in rows}

    def list_facts(self, since: datetime, until: datetime) -> list[IdeaFacts]:
        """What the statistics need of the ideas submitted in a span of time."""
        span = (
            col(Idea.workspace_id) == self.workspace_id,
            col(Idea.submitted_at) >= since,
            col(Idea.submitted_at) < until,
        )
        values = confirmed_benefits(self.session, self.workspace_id, *span)
        rows = self.session.execute(
            select(
                col(Idea.id),
                col(Idea.author_id),
                col(Idea.state),
                col(Idea.submitted_at),
                col(Idea.answered_at),
            ).where(*span)
        )
        return [
            IdeaFacts(
                row.author_id, row.state, row.submitted_at, row.answered_at, tuple(values.get(row.id, ()))
            )
            for row in rows
        ]

    # Steps

    def add_step(self, step: IdeaStep) -> None:
        self.add(step)

    def list_steps(self, idea_id: int) -> list[IdeaStep]:
        """What happened to an idea, in order."""
        return list(
            self.session.execute(
                select(IdeaStep)
                .where(col(IdeaStep.workspace_id) == self.workspace_id, col(IdeaStep.idea_id) == idea_id)
                .order_by(col(IdeaStep.id))
            ).scalars()
        )

    # Votes

    def say_vote(self, idea_id: int, voter: str, sign: str, said_at: Decimal, *, is_on: bool) -> bool:
        """Records one sign of support, or that it was taken back; False where a newer one is known.

        Of two of the same instant the taking back counts: nobody takes back what they have not given.

        Args:
            voter: Slack's id of the person.
        """
        values = {
            "workspace_id": self.workspace_id,
            "idea_id": idea_id,
            "voter": voter,
            "sign": sign,
            "is_on": is_on,
            "said_at": said_at,
        }
        unique = ("idea_id", "voter", "sign")
        if insert_once(self.session, IdeaVote, values, unique, col(IdeaVote.id)) is not None:
            return True
        changed = self.session.execute(
            update(IdeaVote)
            .where(
                col(IdeaVote.workspace_id) == self.workspace_id,
                col(IdeaVote.idea_id) == idea_id,
                col(IdeaVote.voter) == voter,
                col(IdeaVote.sign) == sign,
                col(IdeaVote.said_at) < said_at
                if is_on
                else or_(
                    col(IdeaVote.said_at) < said_at,
                    and_(col(IdeaVote.said_at) == said_at, col(IdeaVote.is_on)),
                ),
            )
            .values(is_on=is_on, said_at=said_at)
            .returning(col(IdeaVote.id))
            .execution_options(synchronize_session=False)
        )
        return changed.first() is not None

    def take_back_votes(self, idea_id: int, voter: str, said_at: Decimal) -> bool:
        """Takes back every sign that someone gave; False where there was none."""
        done = self.session.execute(
            update(IdeaVote)
            .where(
                col(IdeaVote.workspace_id) == self.workspace_id,
                col(IdeaVote.idea_id) == idea_id,
                col(IdeaVote.voter) == voter,
                col(IdeaVote.is_on),
            )
            .values(is_on=False, said_at=said_at)
            .returning(col(IdeaVote.id))
            .execution_options(synchronize_session=False)
        )
        return done.first() is not None

    def has_voted(self, idea_id: int, voter: str) -> bool:
        return (
            self.session.execute(
                select(col(IdeaVote.id)).where(
                    col(IdeaVote.workspace_id) == self.workspace_id,
                    col(IdeaVote.idea_id) == idea_id,
                    col(IdeaVote.voter) == voter,
                    col(IdeaVote.is_on),
                )
            ).first()
            is not None
        )

    def list_supporters(self, idea_id: int) -> list[str]:
        """Slack's ids of those who support an idea, those who came first coming first."""
        rows = self.session.execute(
            select(col(IdeaVote.voter), func.min(col(IdeaVote.id)).label("first"))
            .where(
                col(IdeaVote.workspace_id) == self.workspace_id,
                col(IdeaVote.idea_id) == idea_id,
                col(IdeaVote.is_on),
            )
            .group_by(col(IdeaVote.voter))
            .order_by("first")
        )
        return [row.voter for row in rows]

    def mark_behind(self, idea_id: int) -> None:
        """Notes that an idea's card is to be drawn anew soon.

        It writes only where that is not noted yet, so that a storm of votes does not wait for one row.
        """
        self.session.execute(
            update(Idea)
            .where(
                col(Idea.workspace_id) == self.workspace_id,
                col(Idea.id) == idea_id,
                col(Idea.redraw).is_(False),
            )
            .values(redraw=True)
            .execution_options(synchronize_session=False)
        )

    def mark_voted_behind(self, voters: Collection[str]) -> None:
        """As `mark_behind`, for the open ideas that any of these support (by Slack's ids)."""
        named = sorted(voters)
        for start in range(0, len(named), _MOST_NAMED):
            voted = select(col(IdeaVote.idea_id)).where(
                col(IdeaVote.workspace_id) == self.workspace_id,
                col(IdeaVote.voter).in_(named[start : start + _MOST_NAMED]),
                col(IdeaVote.is_on),
            )
            self.session.execute(
                update(Idea)
                .where(
                    col(Idea.workspace_id) == self.workspace_id,
                    col(Idea.id).in_(voted),
                    col(Idea.state).in_(VOTABLE),
                    col(Idea.redraw).is_(False),
                )
                .values(redraw=True)
                .execution_options(synchronize_session=False)
            )

    def list_behind(self, limit: int) -> list[int]:
        """Ids of the ideas whose cards are behind."""
        rows = self.session.execute(
            select(col(Idea.id))
            .where(col(Idea.workspace_id) == self.workspace_id, col(Idea.redraw))
            .limit(limit)
        )
        return list(rows.scalars())

    # Drafts

    def keep_draft(self, member_id: int, text: str, origin: dict[str, Any] | None, now: datetime) -> None:
        """Keeps what someone typed, in the place of what they typed before."""
        self.drop_draft(member_id)
        self.add(
            IdeaDraft(
                workspace_id=self.workspace_id, member_id=member_id, text=text, origin=origin, saved_at=now
            )
        )

    def find_draft(self, member_id: int, since: datetime) -> Draft | None:
        """What someone typed since then."""
        row = self._columns(_DRAFT, member_id=member_id, since=since).one_or_none()
        return None if row is None else Draft(*row)

    def drop_draft(self, member_id: int) -> None:
        self.session.execute(
            delete(IdeaDraft).where(
                col(IdeaDraft.workspace_id) == self.workspace_id, col(IdeaDraft.member_id) == member_id
            )
        )

    def has_drafts_before(self, instant: datetime) -> bool:
        """Whether something was typed before then and not submitted."""
        found = self.session.execute(
            select(col(IdeaDraft.id))
            .where(col(IdeaDraft.workspace_id) == self.workspace_id, col(IdeaDraft.saved_at) < instant)
            .limit(1)
        )
        return found.first() is not None

    def drop_drafts_before(self, instant: datetime) -> int:
        """Deletes what was typed before then and not submitted; returns how many."""
        dropped = self.session.execute(
            delete(IdeaDraft)
            .where(col(IdeaDraft.workspace_id) == self.workspace_id, col(IdeaDraft.saved_at) < instant)
            .returning(col(IdeaDraft.id))
        )
        return len(dropped.all())

    # Results

    def list_benefits(self, idea_id: int) -> list[IdeaBenefit]:
        """The benefits of an idea, in the order of their kinds."""
        order = case({kind: place for place, kind in enumerate(Benefit)}, value=col(IdeaBenefit.kind))
        return list(
            self.session.execute(
                select(IdeaBenefit)
                .where(
                    col(IdeaBenefit.workspace_id) == self.workspace_id, col(IdeaBenefit.idea_id) == idea_id
                )
                .order_by(order)
            ).scalars()
        )

    def plan_follow_ups(self, idea_id: int, days: Sequence[date]) -> None:
        """Puts the checks of a result into the calendar; those of an earlier result are dropped."""
        self.drop_follow_ups(idea_id)
        for on in days:
            self.add(IdeaFollowUp(workspace_id=self.workspace_id, idea_id=idea_id, due_on=on))

    def drop_follow_ups(self, idea_id: int) -> None:
        """Drops the checks that nobody has answered."""
        self.session.execute(
            delete(IdeaFollowUp).where(
                col(IdeaFollowUp.workspace_id) == self.workspace_id,
                col(IdeaFollowUp.idea_id) == idea_id,
                col(IdeaFollowUp.has_lasted).is_(None),
            )
        )

    def list_follow_ups(self, idea_id: int) -> list[IdeaFollowUp]:
        """The checks of a result, by day."""
        return list(
            self.session.execute(
                select(IdeaFollowUp)
                .where(
                    col(IdeaFollowUp.workspace_id) == self.workspace_id,
                    col(IdeaFollowUp.idea_id) == idea_id,
                )
                .order_by(col(IdeaFollowUp.due_on))
            ).scalars()
        )

    def get_follow_up(self, follow_up_id: int) -> IdeaFollowUp:
        return self._get(
            IdeaFollowUp, follow_up_id, "This check is not there any more. Open the idea instead."
        )

    def find_next_follow_up(self, after: date) -> date | None:
        """The day of the next check after a day."""
        found: date | None = self.session.execute(
            select(func.min(col(IdeaFollowUp.due_on))).where(
                col(IdeaFollowUp.workspace_id) == self.workspace_id,
                col(IdeaFollowUp.has_lasted).is_(None),
                col(IdeaFollowUp.due_on) > after,
            )
        ).scalar_one()
        return found

    def list_due_follow_ups(self, on: date, member_id: int | None = None) -> list[DueFollowUp]:
        """Checks whose day has come, by day; each of whoever is responsible, else of the coach, else of the
        author, and of nobody where none of them is here any more."""
        query = _DUE_FOLLOW_UPS if member_id is None else _DUE_FOLLOW_UPS_OF
        return [DueFollowUp(*row) for row in self._columns(query, due_on=on, member_id=member_id)]

    def list_offers(self, idea_id: int) -> list[tuple[IdeaOffer, str]]:
        """To which teams a result was offered, with their names."""
        rows = self.session.execute(
            select(IdeaOffer, col(Team.name))
            .join(Team, col(Team.id) == col(IdeaOffer.team_id))
            .where(col(IdeaOffer.workspace_id) == self.workspace_id, col(IdeaOffer.idea_id) == idea_id)
            .order_by(col(Team.name))
        )
        return [(offer, name) for offer, name in rows]

    def add_offer(self, idea_id: int, team_id: int, now: datetime) -> int | None:
        """Offers a result to a team; None where it was offered there before."""
        values = {
            "workspace_id": self.workspace_id,
            "idea_id": idea_id,
            "team_id": team_id,
            "offered_at": now,
            "state": OfferState.OFFERED,
            "note": "",
        }
        return insert_once(self.session, IdeaOffer, values, ("idea_id", "team_id"), col(IdeaOffer.id))

    def get_offer(self, offer_id: int) -> IdeaOffer:
        return self._get(IdeaOffer, offer_id, "This offer is not there any more. Open the idea instead.")

    def list_sealed_ended(self, limit: int) -> list[Idea]:
        """Anonymous ideas that have ended and whose link to their author is still there."""
        return list(
            self.session.execute(
                select(Idea)
                .where(
                    col(Idea.workspace_id) == self.workspace_id,
                    col(Idea.state).in_(ENDS),
                    col(Idea.sealed_for_id).is_not(None),
                )
                .limit(limit)
            ).scalars()
        )

    def _find_settings(self) -> KaizenSetting | None:
        return self.session.execute(
            select(KaizenSetting).where(col(KaizenSetting.workspace_id) == self.workspace_id)
        ).scalar_one_or_none()


def confirmed_benefits(
    session: Session, workspace_id: int, *which: ColumnElement[bool]
) -> dict[int, list[tuple[Benefit, Decimal]]]:
    """What was confirmed that the ideas of a workspace brought, by idea; `which` chooses the ideas."""
    found: dict[int, list[tuple[Benefit, Decimal]]] = {}
    for idea_id, kind, actual in session.execute(
        select(col(IdeaBenefit.idea_id), col(IdeaBenefit.kind), col(IdeaBenefit.actual))
        .join(Idea, col(Idea.id) == col(IdeaBenefit.idea_id))
        .where(
            *which,
            col(IdeaBenefit.workspace_id) == workspace_id,
            col(IdeaBenefit.confirmed_at).is_not(None),
            col(IdeaBenefit.actual).is_not(None),
        )
    ):
        found.setdefault(idea_id, []).append((kind, actual))
    return found
