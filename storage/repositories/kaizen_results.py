"""What ideas have brought: benefits, the checks whether a result lasts, and offers to other teams."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, case, delete, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from storage.repositories.base import Repository, insert_once
from storage.rules.kaizen import OfferState
from storage.rules.kaizen_statistics import Benefit
from storage.tables.kaizen import Idea, IdeaBenefit, IdeaFollowUp, IdeaOffer
from storage.tables.member import Member
from storage.tables.team import Team


class DueFollowUp(NamedTuple):
    """A result that is to be looked at again, and by whom."""

    id: int
    idea_id: int
    number: int
    title: str
    member_id: int | None
    due_on: date


def _is_here(member: Any, member_id: Any) -> ColumnElement[bool]:
    return and_(col(member.id) == col(member_id), col(member.is_deactivated).is_(False))


_RESPONSIBLE, _COACH, _AUTHOR = (aliased(Member) for _ in range(3))
_CARRIER: ColumnElement[int | None] = func.coalesce(_RESPONSIBLE.id, _COACH.id, _AUTHOR.id)
# Made once: building a statement costs more than sending it, and every look at the Home tab asks this.
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


class IdeaResults(Repository):
    """Results of a workspace's ideas."""

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
