"""What a tick looks at before all else, of all workspaces in one statement: most ticks find nothing to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select
from sqlmodel import Session, col

from storage.repositories.chores import (
    ABSENCES,
    HANDOVERS,
    LADDER,
    NOTES,
    SCHEDULES,
    SEASON,
    UNREACHED,
    UPDATES,
)
from storage.rules.catchball import OPEN
from storage.rules.terms import PromptState
from storage.tables.catchball import Catchball
from storage.tables.checkin import CheckinPrompt, CheckinWindow, Chore, Schedule
from storage.tables.digest import DigestTurn
from storage.tables.kaizen import IdeaDraft, KaizenSetting
from storage.tables.team import Team
from storage.tables.workspace import Workspace

CHORES = (SCHEDULES, ABSENCES, UPDATES, HANDOVERS, LADDER, NOTES, UNREACHED, SEASON)


@dataclass(frozen=True, slots=True)
class Look:
    """When what is next due in a workspace; None where nothing is.

    `chores` are in it by name; one that is missing has never run. `draft_at` is when the oldest draft of an
    idea was saved. What is only yes or no says whether a closer look is worth it.
    """

    workspace_id: int
    chores: Mapping[str, datetime | None]
    schedule_at: datetime | None
    snoozed_at: datetime | None
    reminder_at: datetime | None
    missed_at: datetime | None
    closes_at: datetime | None
    digest_at: datetime | None
    draft_at: datetime | None
    has_waiting_summary: bool
    has_ideas: bool
    has_open_ball: bool

    def is_chore_due(self, name: str, now: datetime) -> bool:
        at = self.chores[name]
        return at is None or at <= now


_ITS = col(Workspace.id)
_WAITING = (col(CheckinPrompt.workspace_id) == _ITS, col(CheckinPrompt.state) == PromptState.ASKED)


def _first(instant: Any, *conditions: Any) -> Any:
    return select(func.min(instant)).where(*conditions).correlate(Workspace).scalar_subquery()


def _chore_at(name: str) -> Any:
    mine = and_(col(Chore.workspace_id) == _ITS, col(Chore.name) == bindparam(None, name))
    return select(col(Chore.next_due_at)).where(mine).correlate(Workspace).scalar_subquery()


def _exists(column: Any, *conditions: Any) -> Any:
    return select(column).where(*conditions).correlate(Workspace).exists()


_LOOKS = (
    select(
        col(Workspace.id),
        _first(col(Schedule.next_due_at), col(Schedule.workspace_id) == _ITS),
        _first(col(CheckinPrompt.snoozed_until), *_WAITING),
        _first(
            col(CheckinPrompt.reminder_at),
            *_WAITING,
            col(CheckinPrompt.reminded_at).is_(None),
            col(CheckinPrompt.snoozed_until).is_(None),
            col(CheckinPrompt.reminder_at) < col(CheckinPrompt.closes_at),
        ),
        _first(col(CheckinPrompt.closes_at), *_WAITING),
        _first(
            col(CheckinWindow.closes_at),
            col(CheckinWindow.workspace_id) == _ITS,
            col(CheckinWindow.closed_at).is_(None),
        ),
        _first(col(DigestTurn.next_due_at), col(DigestTurn.workspace_id) == _ITS),
        _first(col(IdeaDraft.saved_at), col(IdeaDraft.workspace_id) == _ITS),
        _exists(
            col(CheckinWindow.id),
            col(CheckinWindow.workspace_id) == _ITS,
            col(CheckinWindow.summary_waits),
            col(Team.id) == col(CheckinWindow.team_id),
            col(Team.channel_id).is_not(None),
        ),
        _exists(
            col(KaizenSetting.id), col(KaizenSetting.workspace_id) == _ITS, col(KaizenSetting.last_number) > 0
        ),
        _exists(
            col(Catchball.id),
            col(Catchball.workspace_id) == _ITS,
            or_(*(col(Catchball.state) == state for state in sorted(OPEN))),
        ),
        *(_chore_at(name) for name in CHORES),
    )
    .where(col(Workspace.connected_at).is_not(None), col(Workspace.disconnected_at).is_(None))
    .order_by(col(Workspace.id))
)
_FACTS = len(_LOOKS.selected_columns) - len(CHORES)


def look_at_all(session: Session) -> list[Look]:
    """One look at every connected workspace, oldest first."""
    return [
        Look(row[0], dict(zip(CHORES, row[_FACTS:], strict=True)), *row[1:_FACTS])
        for row in session.execute(_LOOKS)
    ]
