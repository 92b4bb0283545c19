"""Kaizen events, and the ideas that are linked to the plan."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlmodel import col

from storage.repositories.base import Repository
from storage.repositories.kaizen_results import confirmed_benefits
from storage.rules.kaizen import IdeaState
from storage.rules.kaizen_contributions import Contributor
from storage.rules.terms import Kind
from storage.tables.kaizen import Idea, KaizenEvent

NO_PART = frozenset({IdeaState.DECLINED, IdeaState.DUPLICATE})
"""What such an idea would contribute counts elsewhere, or nowhere."""


class KaizenEvents(Repository):
    """Kaizen events of a workspace."""

    def find(self, initiative_id: int) -> KaizenEvent | None:
        """The event that an initiative is; None for any other initiative."""
        return self.session.execute(
            select(KaizenEvent).where(
                col(KaizenEvent.workspace_id) == self.workspace_id,
                col(KaizenEvent.initiative_id) == initiative_id,
            )
        ).scalar_one_or_none()

    def set_ideas(self, initiative_id: int, idea_ids: Collection[int]) -> None:
        """The ideas that an event works on, all of them."""
        mine = col(Idea.workspace_id) == self.workspace_id
        self.session.execute(
            update(Idea)
            .where(mine, col(Idea.event_id) == initiative_id, col(Idea.id).not_in(idea_ids))
            .values(event_id=None, redraw=True)
            .execution_options(synchronize_session="fetch")
        )
        self.session.execute(
            update(Idea)
            .where(mine, col(Idea.id).in_(idea_ids), col(Idea.event_id).is_distinct_from(initiative_id))
            .values(event_id=initiative_id, redraw=True)
            .execution_options(synchronize_session="fetch")
        )

    def list_idea_ids(self, initiative_id: int) -> list[int]:
        """The ideas that an event works on, by number."""
        rows = self.session.execute(
            select(col(Idea.id))
            .where(col(Idea.workspace_id) == self.workspace_id, col(Idea.event_id) == initiative_id)
            .order_by(col(Idea.number))
        )
        return list(rows.scalars())

    def list_contributors(self, places: Mapping[Kind, Collection[int]] | None = None) -> list[Contributor]:
        """Ideas that are linked to the plan, by number, with what was confirmed that they brought.

        Args:
            places: row ids by kind; only ideas that are linked to one of these. None for all.
        """
        linked = (
            col(Idea.workspace_id) == self.workspace_id,
            _is_linked() if places is None else _is_linked_to(places),
            col(Idea.state).not_in(NO_PART),
        )
        values = confirmed_benefits(self.session, self.workspace_id, *linked)
        rows = self.session.execute(
            select(
                col(Idea.id),
                col(Idea.number),
                col(Idea.title),
                col(Idea.state),
                col(Idea.serves_kind),
                col(Idea.serves_id),
                col(Idea.event_id),
            )
            .where(*linked)
            .order_by(col(Idea.number))
        )
        return [
            Contributor(
                row.number,
                row.title,
                row.state,
                tuple(
                    (kind, item_id)
                    for kind, item_id in ((row.serves_kind, row.serves_id), (Kind.INITIATIVE, row.event_id))
                    if kind is not None and item_id is not None
                ),
                tuple(values.get(row.id, ())),
            )
            for row in rows
        ]


def _is_linked() -> ColumnElement[bool]:
    return or_(col(Idea.serves_id).is_not(None), col(Idea.event_id).is_not(None))


def _is_linked_to(places: Mapping[Kind, Collection[int]]) -> ColumnElement[bool]:
    serves = [
        and_(col(Idea.serves_kind) == kind, col(Idea.serves_id).in_(item_ids))
        for kind, item_ids in places.items()
    ]
    return or_(col(Idea.event_id).in_(places.get(Kind.INITIATIVE, ())), *serves)
