"""Kaizen: ideas with their life, votes, results, and the terms by which similar ones are found (rules §8)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.rules.kaizen import IdeaSource, IdeaState, OfferState, Waste
from storage.rules.kaizen_statistics import Benefit
from storage.rules.terms import Kind
from storage.tables.columns import Figure, Row, UtcDateTime, enum_column


class KaizenSetting(Row, table=True):
    """How a workspace runs its ideas, and the number that was given last.

    Counting `last_number` up takes the row, so that submissions of one workspace come one after the other.
    `cards_channel_id` is the ideas channel in which every open idea has its card. While that channel takes no
    card, `refused_channel_id` and `refused_for` (Slack's word for why) say what was told about it, once.
    """

    __tablename__ = "kaizen_setting"
    __table_args__ = (UniqueConstraint("workspace_id"),)

    last_number: int = 0
    response_days: int = 3
    allows_anonymous: bool = False
    shows_leaderboard: bool = False
    posted_month_on: date | None = None
    cards_channel_id: str | None = Field(default=None, max_length=32)
    refused_channel_id: str | None = Field(default=None, max_length=32)
    refused_for: str = Field(default="", max_length=40)


class Idea(Row, table=True):
    """One idea. `author_id` is whose idea it is, `author_name` where that one has no account here.

    An anonymous idea has neither; `sealed_for_id` is the one link by which its author is answered, and is
    emptied when the idea ends. `more` is what did not fit into the form; it stands in the thread.
    `terms` are those of the search, parted by blanks.
    With `redraw` the card is behind and is drawn anew soon.
    `serves_kind` and `serves_id` name an initiative, key result or KPI; `event_id` is the initiative whose
    Kaizen event works on it. `before_file_id` and `after_file_id` are Slack's ids of pictures; the bytes stay
    in Slack.
    """

    __tablename__ = "idea"
    __table_args__ = (
        UniqueConstraint("workspace_id", "number"),
        Index("ix_idea_state", "workspace_id", "state", "due_at"),
        Index("ix_idea_serves", "workspace_id", "serves_kind", "serves_id"),
    )

    number: int
    title: str = Field(max_length=200)
    problem: str = Field(max_length=3000)
    idea: str = Field(max_length=3000)
    expected: str = Field(default="", max_length=3000)
    more: str = Field(default="", max_length=40_000)
    terms: str = Field(default="", max_length=2000)
    waste: Waste | None = Field(default=None, sa_type=enum_column(Waste))
    source: IdeaSource = Field(default=IdeaSource.EMPLOYEE, sa_type=enum_column(IdeaSource))
    source_link: str = Field(default="", max_length=500)
    author_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    author_name: str = Field(default="", max_length=200)
    submitted_by_id: int | None = Field(default=None, foreign_key="member.id")
    is_anonymous: bool = False
    sealed_for_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    serves_kind: Kind | None = Field(default=None, sa_type=enum_column(Kind))
    serves_id: int | None = None
    effort: int | None = None
    impact: int | None = None
    confidence: int | None = None
    state: IdeaState = Field(default=IdeaState.SUBMITTED, sa_type=enum_column(IdeaState))
    held_from: IdeaState | None = Field(default=None, sa_type=enum_column(IdeaState))
    until_on: date | None = None
    submitted_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    coach_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    responsible_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    original_id: int | None = Field(default=None, foreign_key="idea.id", index=True)
    result: str = Field(default="", max_length=3000)
    elsewhere: str = Field(default="", max_length=3000)
    whys: list[str] | None = Field(default=None, sa_type=JSON)
    before_file_id: str = Field(default="", max_length=32)
    after_file_id: str = Field(default="", max_length=32)
    event_id: int | None = Field(default=None, foreign_key="initiative.id", index=True)
    votes: int = 0
    redraw: bool = Field(default=False, index=True)


class IdeaVote(Row, table=True):
    """One sign of support: the button, or one emoji on the card. Whoever gave any is one vote.

    `voter` is a Slack user's id: a reaction tells no more, and looking up everyone who reacts would take
    longer than Slack allows. `said_at` is Slack's time of the event: an older one that arrives later changes
    nothing.
    """

    __tablename__ = "idea_vote"
    __table_args__ = (
        UniqueConstraint("idea_id", "voter", "sign"),
        Index("ix_idea_vote_voter", "workspace_id", "voter"),
    )

    idea_id: int = Field(foreign_key="idea.id")
    voter: str = Field(max_length=32)
    sign: str = Field(max_length=60)
    is_on: bool = True
    said_at: Decimal = Field(sa_type=Figure)


class IdeaStep(Row, table=True):
    """One step in an idea's life, or an assignment; `said` is what was given with it."""

    __tablename__ = "idea_step"
    __table_args__ = (Index("ix_idea_step_idea", "workspace_id", "idea_id", "at"),)

    idea_id: int = Field(foreign_key="idea.id")
    at: datetime = Field(sa_type=UtcDateTime)
    member_id: int | None = Field(default=None, foreign_key="member.id")
    move: str = Field(max_length=40)
    from_state: IdeaState | None = Field(default=None, sa_type=enum_column(IdeaState))
    to_state: IdeaState = Field(sa_type=enum_column(IdeaState))
    said: str = Field(default="", max_length=3000)


class IdeaBenefit(Row, table=True):
    """What an idea was to bring and has brought, of one kind; `actual` counts once somebody confirmed it."""

    __tablename__ = "idea_benefit"
    __table_args__ = (UniqueConstraint("idea_id", "kind"),)

    idea_id: int = Field(foreign_key="idea.id")
    kind: Benefit = Field(sa_type=enum_column(Benefit))
    planned: Decimal | None = Field(default=None, sa_type=Figure)
    actual: Decimal | None = Field(default=None, sa_type=Figure)
    confirmed_by_id: int | None = Field(default=None, foreign_key="member.id")
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class IdeaFollowUp(Row, table=True):
    """A check after 30, 60 or 90 days whether the result has lasted; `has_lasted` None: not answered yet."""

    __tablename__ = "idea_follow_up"
    __table_args__ = (
        UniqueConstraint("idea_id", "due_on"),
        Index("ix_idea_follow_up_due", "workspace_id", "has_lasted", "due_on"),
    )

    idea_id: int = Field(foreign_key="idea.id")
    due_on: date
    has_lasted: bool | None = None
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    note: str = Field(default="", max_length=1000)


class IdeaOffer(Row, table=True):
    """A result offered to another team (yokoten), and what became of it there."""

    __tablename__ = "idea_offer"
    __table_args__ = (UniqueConstraint("idea_id", "team_id"),)

    idea_id: int = Field(foreign_key="idea.id")
    team_id: int = Field(foreign_key="team.id", index=True)
    offered_at: datetime = Field(sa_type=UtcDateTime)
    state: OfferState = Field(default=OfferState.OFFERED, sa_type=enum_column(OfferState))
    member_id: int | None = Field(default=None, foreign_key="member.id")
    note: str = Field(default="", max_length=1000)


class IdeaDraft(Row, table=True):
    """What someone typed for an idea that is not submitted yet; `origin` says where it came from."""

    __tablename__ = "idea_draft"
    __table_args__ = (UniqueConstraint("member_id"),)

    member_id: int = Field(foreign_key="member.id")
    text: str = Field(max_length=40_000)
    origin: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    saved_at: datetime = Field(sa_type=UtcDateTime, index=True)


class KaizenEvent(Row, table=True):
    """What makes an initiative a Kaizen event: its problem, how it is before, how it is to be after.

    Its team and dates are the initiative's. `result` is what came of it, once recorded.
    """

    __tablename__ = "kaizen_event"
    __table_args__ = (UniqueConstraint("initiative_id"),)

    initiative_id: int = Field(foreign_key="initiative.id")
    problem: str = Field(max_length=3000)
    before: str = Field(default="", max_length=1000)
    after: str = Field(default="", max_length=1000)
    result: str = Field(default="", max_length=3000)
    result_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    result_by_id: int | None = Field(default=None, foreign_key="member.id")


class IdeaTerm(SQLModel, table=True):
    """A term that an idea has. Read by term: its key begins with it."""

    __tablename__ = "idea_term"
    __table_args__ = {"sqlite_with_rowid": False}

    workspace_id: int = Field(foreign_key="workspace.id", primary_key=True)
    term: str = Field(max_length=24, primary_key=True)
    idea_id: int = Field(primary_key=True)


class IdeaWord(SQLModel, table=True):
    """A term that some ideas of a workspace have, and how many."""

    __tablename__ = "idea_word"
    __table_args__ = {"sqlite_with_rowid": False}

    workspace_id: int = Field(foreign_key="workspace.id", primary_key=True)
    term: str = Field(max_length=24, primary_key=True)
    ideas: int


class IdeaSpelling(SQLModel, table=True):
    """A key by which a word is found that was typed with a slip."""

    __tablename__ = "idea_spelling"
    __table_args__ = {"sqlite_with_rowid": False}

    workspace_id: int = Field(foreign_key="workspace.id", primary_key=True)
    key: str = Field(max_length=24, primary_key=True)
    term: str = Field(max_length=24, primary_key=True)
