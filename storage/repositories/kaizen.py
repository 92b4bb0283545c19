"""Ideas with their life, and how a workspace runs them."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, or_, select, update
from sqlmodel import col

from storage.repositories.base import Repository, insert_once
from storage.repositories.kaizen_results import confirmed_benefits
from storage.rules.errors import NotFound
from storage.rules.hierarchy import format_reference
from storage.rules.kaizen import ENDS, IdeaState
from storage.rules.kaizen_statistics import IdeaFacts
from storage.rules.terms import Kind
from storage.tables.kaizen import Idea, IdeaStep, KaizenSetting


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
_OVERDUE = _UNANSWERED.where(col(Idea.due_at) <= bindparam("before"))
_HELD = (
    select(*_LINE)
    .where(_OF_WORKSPACE, col(Idea.state) == IdeaState.ON_HOLD, col(Idea.until_on) <= bindparam("until"))
    .order_by(col(Idea.until_on))
    .limit(bindparam("most"))
)


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
        query = _UNANSWERED if before is None else _OVERDUE
        return [IdeaLine(*row) for row in self._columns(query, most=limit, before=before)]

    def list_held(self, until: date, limit: int = 200) -> list[IdeaLine]:
        """Ideas whose day on hold has come."""
        return [IdeaLine(*row) for row in self._columns(_HELD, until=until, most=limit)]

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

    def list_behind(self, limit: int) -> list[int]:
        """Ids of the ideas whose cards are behind."""
        rows = self.session.execute(
            select(col(Idea.id))
            .where(col(Idea.workspace_id) == self.workspace_id, col(Idea.redraw))
            .limit(limit)
        )
        return list(rows.scalars())

    def _find_settings(self) -> KaizenSetting | None:
        return self.session.execute(
            select(KaizenSetting).where(col(KaizenSetting.workspace_id) == self.workspace_id)
        ).scalar_one_or_none()
