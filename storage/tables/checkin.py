"""The weekly check-in: a team's window, a person's prompt in it, what was asked, what was answered."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from storage.rules.terms import (
    BlockerKind,
    Direction,
    Frequency,
    Kind,
    PromptState,
    QuestionForm,
)
from storage.tables.columns import Figure, Row, UtcDateTime, enum_column


class Schedule(Row, table=True):
    """When a person is next due to be asked; tick claims the rows whose `next_due_at` has come.

    `week_on` is the Monday of the week that they will be asked in. `zone`, `work_days` and
    `start_hour` are the member's when the row was computed: where they differ by now, it is computed anew.
    """

    __tablename__ = "schedule"
    __table_args__ = (
        UniqueConstraint("member_id"),
        Index("ix_schedule_next_due_at", "workspace_id", "next_due_at"),
    )

    member_id: int = Field(foreign_key="member.id")
    week_on: date
    next_due_at: datetime = Field(sa_type=UtcDateTime)
    zone: str = Field(max_length=64)
    work_days: str = Field(max_length=7)
    start_hour: int
    # Of everything else that the instant was computed from; another one by now means: compute anew.
    rules: str = Field(default="", max_length=64)


class CheckinWindow(Row, table=True):
    """A team's week; `week_on` is its Monday. Closes with the last member's prompt.

    `summary_waits` while there is something to tell and the team's channel is not known yet.
    """

    __tablename__ = "checkin_window"
    __table_args__ = (
        UniqueConstraint("team_id", "week_on"),
        Index("ix_checkin_window_open", "workspace_id", "closed_at", "closes_at"),
    )

    team_id: int = Field(foreign_key="team.id")
    week_on: date
    opens_at: datetime = Field(sa_type=UtcDateTime)
    closes_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    summary_waits: bool = False
    acknowledged_by_id: int | None = Field(default=None, foreign_key="member.id")
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CheckinPrompt(Row, table=True):
    """One person in one window: asked once, or excused with the reason.

    `local_on` is the day they were asked in their own zone. `draft` is what they have typed on earlier
    pages of a form that is not sent yet, by the names of its inputs.
    """

    __tablename__ = "checkin_prompt"
    __table_args__ = (
        UniqueConstraint("member_id", "local_on"),
        UniqueConstraint("window_id", "member_id"),
        Index("ix_checkin_prompt_reminder", "workspace_id", "state", "reminder_at"),
        Index("ix_checkin_prompt_closes", "workspace_id", "state", "closes_at"),
        Index("ix_checkin_prompt_snoozed", "workspace_id", "state", "snoozed_until"),
    )

    window_id: int = Field(foreign_key="checkin_window.id")
    member_id: int = Field(foreign_key="member.id")
    local_on: date
    opens_at: datetime = Field(sa_type=UtcDateTime)
    closes_at: datetime = Field(sa_type=UtcDateTime)
    reminder_at: datetime = Field(sa_type=UtcDateTime)
    reminded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    snoozed_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    snoozes: int = 0
    state: PromptState = Field(default=PromptState.ASKED, sa_type=enum_column(PromptState))
    reason: str = Field(default="", max_length=300)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_late: bool = False
    is_unchanged: bool = False
    draft: dict[str, str] | None = Field(default=None, sa_type=JSON)
    # Who was asked to answer for them this once.
    delegate_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    # That the pulse was answered, never how.
    gave_pulse: bool = False


class CheckinQuestion(Row, table=True):
    """One item of a prompt, as it stood when it was asked: a later change does not rewrite the question.

    `asks_value` is false for a key result whose KPI belongs to someone else: its owner is asked for the
    figure, this person only for confidence and a note. `figure_due` is true where a period has ended
    without a figure, so that "nothing changed" cannot stand for it. `owner_id` is whose item it is, where
    that is not the person asked. `starts_on` and `due_on` are the item's own dates, `since_on` is
    the day from which on silence counts (None where an earlier version asked).
    """

    __tablename__ = "checkin_question"
    __table_args__ = (
        UniqueConstraint("prompt_id", "position"),
        Index("ix_checkin_question_item", "workspace_id", "kind", "item_id"),
    )

    prompt_id: int = Field(foreign_key="checkin_prompt.id")
    position: int
    # Whose words these are: "figure", or the name of the kind that registered itself (bot/slices.py), which
    # keeps what it asked in `form`.
    asks: str = Field(default="figure", max_length=40)
    form: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    kind: Kind = Field(sa_type=enum_column(Kind))
    item_id: int
    reference: str = Field(max_length=20)
    title: str = Field(max_length=500)
    owner_id: int | None = Field(default=None, foreign_key="member.id")
    starts_on: date
    due_on: date
    unit: str = Field(default="", max_length=40)
    direction: Direction = Field(sa_type=enum_column(Direction))
    baseline: Decimal | None = Field(default=None, sa_type=Figure)
    target: Decimal | None = Field(default=None, sa_type=Figure)
    band_low: Decimal | None = Field(default=None, sa_type=Figure)
    band_high: Decimal | None = Field(default=None, sa_type=Figure)
    kpi_id: int | None = Field(default=None, foreign_key="kpi.id")
    frequency: Frequency = Field(default=Frequency.WEEKLY, sa_type=enum_column(Frequency))
    period_on: date
    asks_value: bool = True
    figure_due: bool = False
    value_before: Decimal | None = Field(default=None, sa_type=Figure)
    confidence_before: int | None = None
    note_before: str = Field(default="", max_length=3000)
    since_on: date | None = None


class CheckinAnswer(Row, table=True):
    """The latest answer to one question; its figures are readings, found by `reading_id`."""

    __tablename__ = "checkin_answer"
    __table_args__ = (UniqueConstraint("question_id"),)

    prompt_id: int = Field(foreign_key="checkin_prompt.id", index=True)
    question_id: int = Field(foreign_key="checkin_question.id")
    value: Decimal | None = Field(default=None, sa_type=Figure)
    confidence: int | None = None
    note: str = Field(default="", max_length=3000)
    is_unchanged: bool = False
    reading_id: int | None = Field(default=None, foreign_key="reading.id")
    # The fields of a registered kind, by name.
    said: dict[str, str] | None = Field(default=None, sa_type=JSON)
    answered_at: datetime = Field(sa_type=UtcDateTime)


class Blocker(Row, table=True):
    """What stands in someone's way, with an owner and a clock (`raised_at`)."""

    __tablename__ = "blocker"

    prompt_id: int = Field(foreign_key="checkin_prompt.id", index=True)
    owner_id: int = Field(foreign_key="member.id", index=True)
    kind: BlockerKind = Field(sa_type=enum_column(BlockerKind))
    text: str = Field(max_length=3000)
    raised_at: datetime = Field(sa_type=UtcDateTime)
    cleared_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    assigned_by_id: int | None = Field(default=None, foreign_key="member.id")
    assigned_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TeamQuestion(Row, table=True):
    """A question that a team asks beside its figures, in the order of `position`.

    With `depends_on_id` it is asked only where the answer to that one is among `depends_on`.
    """

    __tablename__ = "team_question"

    team_id: int = Field(foreign_key="team.id", index=True)
    position: int
    text: str = Field(max_length=300)
    form: QuestionForm = Field(default=QuestionForm.TEXT, sa_type=enum_column(QuestionForm))
    options: list[str] = Field(default_factory=list, sa_type=JSON)
    depends_on_id: int | None = Field(default=None, foreign_key="team_question.id")
    depends_on: list[str] = Field(default_factory=list, sa_type=JSON)
    is_active: bool = True


class PulseCount(Row, table=True):
    """How often a score was given to a pulse question in a window. There is no row of anybody's answer:
    nothing says who gave it, when, or in which order."""

    __tablename__ = "pulse_count"
    __table_args__ = (UniqueConstraint("window_id", "question_id", "score"),)

    window_id: int = Field(foreign_key="checkin_window.id")
    question_id: int = Field(foreign_key="team_question.id")
    score: int
    answers: int = 0


class Escalation(Row, table=True):
    """One rung of the ladder: who was told that something is overdue, once.

    Rung 0 says only since when something is at risk, and is told to nobody.
    """

    __tablename__ = "escalation"
    __table_args__ = (UniqueConstraint("workspace_id", "kind", "item_id", "due_on", "rung"),)

    kind: Kind = Field(sa_type=enum_column(Kind))
    item_id: int
    due_on: date
    rung: int
    member_id: int = Field(foreign_key="member.id")
    told_at: datetime = Field(sa_type=UtcDateTime)


class Chore(Row, table=True):
    """Work that a workspace's tick does from time to time, so that most ticks need not look."""

    __tablename__ = "chore"
    __table_args__ = (
        UniqueConstraint("workspace_id", "name"),
        Index("ix_chore_next_due_at", "workspace_id", "next_due_at"),
    )

    name: str = Field(max_length=40)
    next_due_at: datetime = Field(sa_type=UtcDateTime)
