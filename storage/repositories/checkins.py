"""Check-ins: the teams' windows, the people's prompts, what was asked and what was answered."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple, TypeVar

from sqlalchemy import ColumnElement, and_, bindparam, func, or_
from sqlalchemy import select as select_columns
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from storage.repositories.base import Repository
from storage.rules.errors import NotFound
from storage.rules.terms import Kind, PlanState, PromptState, Source
from storage.tables.checkin import (
    Blocker,
    CheckinAnswer,
    CheckinPrompt,
    CheckinQuestion,
    CheckinWindow,
)
from storage.tables.kpi import Kpi, Reading
from storage.tables.member import Member
from storage.tables.okr import KeyResult, Report
from storage.tables.plan import Plan
from storage.tables.team import Team

Part = TypeVar("Part", CheckinQuestion, CheckinAnswer, Blocker)


class DueInstants(NamedTuple):
    """When something about prompts and windows is next to be done; None where nothing is."""

    snoozed_at: datetime | None
    reminder_at: datetime | None
    missed_at: datetime | None
    closes_at: datetime | None


_WAITING = (
    col(CheckinPrompt.workspace_id) == bindparam("workspace_id"),
    col(CheckinPrompt.state) == PromptState.ASKED,
)
# Made once, since every tick sends them.
_WAITING_WINDOW = (
    select_columns(col(CheckinWindow.id))
    .join(Team, col(Team.id) == col(CheckinWindow.team_id))
    .where(
        col(CheckinWindow.workspace_id) == bindparam("workspace_id"),
        col(CheckinWindow.summary_waits),
        col(Team.channel_id).is_not(None),
    )
    .limit(1)
)
_DUE_INSTANTS = select_columns(
    select_columns(func.min(CheckinPrompt.snoozed_until)).where(*_WAITING).scalar_subquery(),
    select_columns(func.min(CheckinPrompt.reminder_at))
    .where(
        *_WAITING,
        col(CheckinPrompt.reminded_at).is_(None),
        col(CheckinPrompt.snoozed_until).is_(None),
        col(CheckinPrompt.reminder_at) < col(CheckinPrompt.closes_at),
    )
    .scalar_subquery(),
    select_columns(func.min(CheckinPrompt.closes_at)).where(*_WAITING).scalar_subquery(),
    select_columns(func.min(CheckinWindow.closes_at))
    .where(
        col(CheckinWindow.workspace_id) == bindparam("workspace_id"), col(CheckinWindow.closed_at).is_(None)
    )
    .scalar_subquery(),
)

# Made once: building a statement costs more than sending it, and every look at the Home tab asks both.
_NEWEST = (
    select_columns(col(CheckinPrompt.id))
    .where(
        col(CheckinPrompt.workspace_id) == bindparam("workspace_id"),
        col(CheckinPrompt.member_id) == bindparam("member_id"),
    )
    .order_by(col(CheckinPrompt.opens_at).desc(), col(CheckinPrompt.id).desc())
    .limit(1)
)
_LATEST = select_columns(
    _NEWEST.scalar_subquery(),
    _NEWEST.where(col(CheckinPrompt.state) == PromptState.ANSWERED).scalar_subquery(),
)


class Checkins(Repository):
    """Check-ins of a workspace.

    Args:
        remembers: what was looked up is known for as long as this lives, as in work that writes nothing.
    """

    def __init__(self, session: Session, workspace_id: int, *, remembers: bool = False) -> None:
        super().__init__(session, workspace_id)
        self._remembers = remembers
        self._newest: dict[int, tuple[CheckinPrompt | None, CheckinPrompt | None]] = {}

    # Windows

    def find_window(self, team_id: int, week_on: date) -> CheckinWindow | None:
        return self.session.exec(
            select(CheckinWindow).where(
                CheckinWindow.workspace_id == self.workspace_id,
                CheckinWindow.team_id == team_id,
                CheckinWindow.week_on == week_on,
            )
        ).one_or_none()

    def get_window(self, window_id: int) -> CheckinWindow:
        """Raises NotFound if there is none in this workspace."""
        return self._get(CheckinWindow, window_id, "There is no such check-in.")

    def lock_window(self, window_id: int) -> CheckinWindow:
        """The window, held until the transaction ends: whoever sums it up sees every earlier answer."""
        window = self.session.exec(
            select(CheckinWindow)
            .where(CheckinWindow.workspace_id == self.workspace_id, CheckinWindow.id == window_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one_or_none()
        if window is None:
            raise NotFound("There is no such check-in.")
        return window

    def claim_closing_windows(self, now: datetime, limit: int) -> list[CheckinWindow]:
        """Windows whose end has come and that nobody has closed yet."""
        return list(
            self.session.exec(
                select(CheckinWindow)
                .where(
                    CheckinWindow.workspace_id == self.workspace_id,
                    col(CheckinWindow.closed_at).is_(None),
                    CheckinWindow.closes_at <= now,
                )
                .order_by(col(CheckinWindow.closes_at), col(CheckinWindow.id))
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
        )

    def claim_waiting_windows(self, limit: int) -> list[CheckinWindow]:
        """Windows with something to tell, whose team's channel has become known meanwhile."""
        return list(
            self.session.exec(
                select(CheckinWindow)
                .join(Team, col(Team.id) == col(CheckinWindow.team_id))
                .where(
                    CheckinWindow.workspace_id == self.workspace_id,
                    col(CheckinWindow.summary_waits),
                    col(Team.channel_id).is_not(None),
                )
                .order_by(col(CheckinWindow.id))
                .limit(limit)
                .with_for_update(of=CheckinWindow, skip_locked=True)
            )
        )

    def has_waiting_windows(self) -> bool:
        """Whether `claim_waiting_windows` would find one."""
        return self.session.execute(_WAITING_WINDOW, {"workspace_id": self.workspace_id}).first() is not None

    # Prompts

    def get_prompt(self, prompt_id: int) -> CheckinPrompt:
        """Raises NotFound if there is none in this workspace."""
        return self._get(CheckinPrompt, prompt_id, "There is no such check-in.")

    def find_latest_prompt(self, member_id: int) -> CheckinPrompt | None:
        """The person's newest one."""
        return self._latest(member_id)[0]

    def find_latest_answered(self, member_id: int) -> CheckinPrompt | None:
        """The newest one that the person answered."""
        return self._latest(member_id)[1]

    def _latest(self, member_id: int) -> tuple[CheckinPrompt | None, CheckinPrompt | None]:
        """The newest one, and the newest of those that were answered, which it often is itself."""
        if self._remembers and member_id in self._newest:
            return self._newest[member_id]
        latest, answered = (
            self.get_prompt(row_id) if row_id is not None else None
            for row_id in self._columns(_LATEST, member_id=member_id).one()
        )
        self._newest[member_id] = (latest, answered)
        return latest, answered

    def list_prompts(self, window_id: int) -> list[tuple[CheckinPrompt, Member]]:
        """Everyone's in a window, with whose it is, by name."""
        rows = self.session.exec(
            select(CheckinPrompt, Member)
            .join(Member, col(Member.id) == col(CheckinPrompt.member_id))
            .where(CheckinPrompt.workspace_id == self.workspace_id, CheckinPrompt.window_id == window_id)
            .order_by(col(Member.name), col(Member.id))
            .execution_options(populate_existing=True)
        )
        return [(prompt, member) for prompt, member in rows]

    def claim_snoozed(self, now: datetime, limit: int) -> list[CheckinPrompt]:
        """Prompts that were put off until now."""
        return self._claim(limit, col(CheckinPrompt.snoozed_until) <= now, col(CheckinPrompt.closes_at) > now)

    def claim_reminders(self, now: datetime, limit: int) -> list[CheckinPrompt]:
        """Unanswered prompts whose reminder is due; those that were put off come by themselves."""
        return self._claim(
            limit,
            col(CheckinPrompt.reminder_at) <= now,
            col(CheckinPrompt.reminded_at).is_(None),
            col(CheckinPrompt.snoozed_until).is_(None),
            col(CheckinPrompt.closes_at) > now,
        )

    def list_open(self, now: datetime, member_ids: Collection[int]) -> list[CheckinPrompt]:
        """Unanswered prompts of some people whose own window is still open, held until the end."""
        return self._claim(
            max(len(member_ids), 1) * 2,
            col(CheckinPrompt.member_id).in_(member_ids),
            col(CheckinPrompt.closes_at) > now,
        )

    def list_excused(self, now: datetime, reason: str, limit: int) -> list[CheckinPrompt]:
        """Prompts that were excused for that reason and whose own window is still open."""
        query = (
            select(CheckinPrompt)
            .where(
                CheckinPrompt.workspace_id == self.workspace_id,
                CheckinPrompt.state == PromptState.EXCUSED,
                CheckinPrompt.reason == reason,
                CheckinPrompt.closes_at > now,
            )
            .order_by(col(CheckinPrompt.id))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return list(self.session.exec(query))

    def claim_missed(self, now: datetime, limit: int) -> list[CheckinPrompt]:
        """Unanswered prompts whose own window is over."""
        return self._claim(limit, col(CheckinPrompt.closes_at) <= now)

    def find_due_instants(self) -> DueInstants:
        """The next instants at which a prompt is asked again, reminded of or missed, and a window closes."""
        found = self.session.execute(_DUE_INSTANTS, {"workspace_id": self.workspace_id}).one()
        return DueInstants(*found)

    # Questions and answers

    def list_questions(self, prompt_ids: Collection[int]) -> list[CheckinQuestion]:
        """What was asked, prompt by prompt, in the order of asking."""
        return self._list_of(CheckinQuestion, prompt_ids, col(CheckinQuestion.position))

    def get_question(self, question_id: int) -> CheckinQuestion:
        """Raises NotFound if there is none in this workspace."""
        return self._get(CheckinQuestion, question_id, "There is no such question.")

    def find_answer(self, question_id: int) -> CheckinAnswer | None:
        return self.session.exec(
            select(CheckinAnswer).where(
                CheckinAnswer.workspace_id == self.workspace_id, CheckinAnswer.question_id == question_id
            )
        ).one_or_none()

    def list_answers(self, prompt_ids: Collection[int]) -> list[CheckinAnswer]:
        return self._list_of(CheckinAnswer, prompt_ids, col(CheckinAnswer.question_id))

    def list_blockers(self, prompt_ids: Collection[int]) -> list[Blocker]:
        """Those that are not cleared."""
        blockers = self._list_of(Blocker, prompt_ids, col(Blocker.id))
        return [blocker for blocker in blockers if blocker.cleared_at is None]

    def list_of_archived_plans(self, prompt_ids: Collection[int]) -> dict[int, str]:
        """Those of the prompts that ask for figures of a plan that is archived by now, with its title."""
        rows = self.session.exec(
            select(CheckinQuestion.prompt_id, Plan.title)
            .outerjoin(
                KeyResult,
                and_(
                    col(CheckinQuestion.kind) == Kind.KEY_RESULT,
                    col(KeyResult.id) == col(CheckinQuestion.item_id),
                ),
            )
            .outerjoin(
                Kpi, and_(col(CheckinQuestion.kind) == Kind.KPI, col(Kpi.id) == col(CheckinQuestion.item_id))
            )
            .join(Plan, col(Plan.id) == func.coalesce(KeyResult.plan_id, Kpi.plan_id))
            .where(
                CheckinQuestion.workspace_id == self.workspace_id,
                col(CheckinQuestion.prompt_id).in_(prompt_ids),
                CheckinQuestion.asks == "figure",
                Plan.state == PlanState.ARCHIVED,
            )
            .distinct()
        )
        return dict(rows.all())

    def list_elsewhere(self, now: datetime, limit: int) -> list[tuple[CheckinQuestion, Report]]:
        """Open questions about figures that were reported on outside the check-in since they were asked, each
        with the newest such report first."""
        rows = self.session.exec(
            select(CheckinQuestion, Report)
            .join(CheckinPrompt, col(CheckinPrompt.id) == col(CheckinQuestion.prompt_id))
            .join(
                Report,
                or_(
                    and_(
                        col(Report.kind) == col(CheckinQuestion.kind),
                        col(Report.item_id) == col(CheckinQuestion.item_id),
                    ),
                    and_(
                        col(Report.kind) == Kind.KPI,
                        col(Report.item_id) == col(CheckinQuestion.kpi_id),
                    ),
                ),
            )
            .outerjoin(CheckinAnswer, col(CheckinAnswer.question_id) == col(CheckinQuestion.id))
            .where(
                CheckinQuestion.workspace_id == self.workspace_id,
                Report.workspace_id == self.workspace_id,
                CheckinQuestion.asks == "figure",
                CheckinPrompt.state == PromptState.ASKED,
                CheckinPrompt.closes_at > now,
                col(Report.reported_at) >= col(CheckinPrompt.opens_at),
                col(Report.withdrawn_at).is_(None),
                col(Report.question_id).is_(None),
                col(CheckinAnswer.id).is_(None),
            )
            .order_by(col(CheckinPrompt.window_id), col(CheckinQuestion.id), col(Report.id).desc())
            .limit(limit)
        )
        return [(question, report) for question, report in rows]

    def list_sent(self, now: datetime) -> list[tuple[CheckinQuestion, Reading]]:
        """Open questions about a KPI's figure that a system or a file has sent since, the newest first."""
        rows = self.session.exec(
            select(CheckinQuestion, Reading)
            .join(CheckinPrompt, col(CheckinPrompt.id) == col(CheckinQuestion.prompt_id))
            .join(Reading, col(Reading.kpi_id) == col(CheckinQuestion.kpi_id))
            .outerjoin(CheckinAnswer, col(CheckinAnswer.question_id) == col(CheckinQuestion.id))
            .where(
                CheckinQuestion.workspace_id == self.workspace_id,
                Reading.workspace_id == self.workspace_id,
                CheckinQuestion.asks == "figure",
                CheckinQuestion.kind == Kind.KPI,
                col(CheckinQuestion.asks_value).is_(True),
                CheckinPrompt.state == PromptState.ASKED,
                CheckinPrompt.closes_at > now,
                col(Reading.source).in_((Source.API, Source.CSV)),
                col(Reading.period_on) == col(CheckinQuestion.period_on),
                col(Reading.recorded_at) >= col(CheckinPrompt.opens_at),
                col(Reading.superseded_by_id).is_(None),
                col(CheckinAnswer.id).is_(None),
            )
            .order_by(col(CheckinPrompt.window_id), col(CheckinQuestion.id), col(Reading.id).desc())
        )
        return [(question, reading) for question, reading in rows]

    def list_open_extras(self, asks: Collection[str], now: datetime) -> list[CheckinQuestion]:
        """Questions of these kinds that can still be answered in time and are not."""
        return list(
            self.session.exec(
                select(CheckinQuestion)
                .join(CheckinPrompt, col(CheckinPrompt.id) == col(CheckinQuestion.prompt_id))
                .outerjoin(CheckinAnswer, col(CheckinAnswer.question_id) == col(CheckinQuestion.id))
                .where(
                    CheckinQuestion.workspace_id == self.workspace_id,
                    col(CheckinQuestion.asks).in_(list(asks)),
                    CheckinPrompt.state == PromptState.ASKED,
                    CheckinPrompt.closes_at > now,
                    col(CheckinAnswer.id).is_(None),
                )
                .order_by(col(CheckinPrompt.window_id), col(CheckinQuestion.id))
            )
        )

    def list_handed_over(self, now: datetime) -> list[tuple[CheckinQuestion, int, int]]:
        """Open questions about figures that belong to someone else than when they were asked: the question,
        who is asked, and whose the figure is now."""
        owner = func.coalesce(KeyResult.owner_id, Kpi.owner_id)
        rows = self.session.exec(
            select(CheckinQuestion, CheckinPrompt.member_id, owner)
            .join(CheckinPrompt, col(CheckinPrompt.id) == col(CheckinQuestion.prompt_id))
            .outerjoin(
                KeyResult,
                and_(
                    col(CheckinQuestion.kind) == Kind.KEY_RESULT,
                    col(KeyResult.id) == col(CheckinQuestion.item_id),
                ),
            )
            .outerjoin(
                Kpi, and_(col(CheckinQuestion.kind) == Kind.KPI, col(Kpi.id) == col(CheckinQuestion.item_id))
            )
            .outerjoin(CheckinAnswer, col(CheckinAnswer.question_id) == col(CheckinQuestion.id))
            .where(
                CheckinQuestion.workspace_id == self.workspace_id,
                CheckinQuestion.asks == "figure",
                CheckinPrompt.state == PromptState.ASKED,
                CheckinPrompt.closes_at > now,
                col(CheckinAnswer.id).is_(None),
                owner != func.coalesce(CheckinQuestion.owner_id, CheckinPrompt.member_id),
            )
            .order_by(col(CheckinQuestion.id))
        )
        return [(question, member_id, owner_id) for question, member_id, owner_id in rows]

    def list_open_items(self, now: datetime) -> list[tuple[CheckinQuestion, int]]:
        """Open questions of kinds that are about an item, with who is asked."""
        rows = self.session.exec(
            select(CheckinQuestion, CheckinPrompt.member_id)
            .join(CheckinPrompt, col(CheckinPrompt.id) == col(CheckinQuestion.prompt_id))
            .outerjoin(CheckinAnswer, col(CheckinAnswer.question_id) == col(CheckinQuestion.id))
            .where(
                CheckinQuestion.workspace_id == self.workspace_id,
                col(CheckinQuestion.asks).not_in(["figure", "moved"]),
                CheckinQuestion.item_id != 0,
                CheckinPrompt.state == PromptState.ASKED,
                CheckinPrompt.closes_at > now,
                col(CheckinAnswer.id).is_(None),
            )
            .order_by(col(CheckinQuestion.id))
        )
        return [(question, member_id) for question, member_id in rows]

    def list_explained(self, kpi_ids: Collection[int], period_on: date) -> set[int]:
        """Those of the KPIs whose miss in that period has its cause and next step from a check-in already."""
        rows = self.session.exec(
            select(CheckinQuestion.kpi_id, CheckinAnswer.said)
            .join(CheckinAnswer, col(CheckinAnswer.question_id) == col(CheckinQuestion.id))
            .where(
                CheckinQuestion.workspace_id == self.workspace_id,
                col(CheckinQuestion.kpi_id).in_(kpi_ids),
                CheckinQuestion.asks == "figure",
                CheckinQuestion.period_on == period_on,
            )
        )
        return {
            kpi_id
            for kpi_id, said in rows
            if kpi_id is not None and said and said.get("cause") and said.get("next_step")
        }

    def _claim(self, limit: int, *conditions: ColumnElement[bool]) -> list[CheckinPrompt]:
        """Unanswered prompts, oldest first, held until the transaction ends."""
        query = (
            select(CheckinPrompt)
            .where(
                CheckinPrompt.workspace_id == self.workspace_id,
                CheckinPrompt.state == PromptState.ASKED,
                *conditions,
            )
            .order_by(col(CheckinPrompt.id))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return list(self.session.exec(query))

    def _list_of(self, table: type[Part], prompt_ids: Collection[int], order: Mapped[int]) -> list[Part]:
        query = (
            select(table)
            .where(table.workspace_id == self.workspace_id, col(table.prompt_id).in_(prompt_ids))
            .order_by(col(table.prompt_id), order)
            .execution_options(populate_existing=True)
        )
        return list(self.session.exec(query))
