"""Removing a person from the record, and leaving the plan whole."""

from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlmodel import col

from storage.repositories.base import Repository
from storage.tables.catchball import CatchballMove, CatchballVersion
from storage.tables.channel import ChannelAudience
from storage.tables.checkin import (
    Blocker,
    CheckinAnswer,
    CheckinPrompt,
    CheckinQuestion,
    Schedule,
)
from storage.tables.columns import Row
from storage.tables.member import Absence, Follow, Member
from storage.tables.okr import Dependency, Grade, Report
from storage.tables.outbox import Outbox, OutboxState
from storage.tables.plan import Reader, Supporter
from storage.tables.role import RoleGrant
from storage.tables.team import Team, TeamMember

FORMER = "Someone who left"
"""What a person is called whom the record no longer knows."""

REMOVED = "Removed at this person's wish."

_PARTS: tuple[Any, ...] = (Absence, Schedule, RoleGrant, Supporter, Reader, TeamMember, Follow)
"""What is only about the person: these rows go."""


_WORDS: dict[Any, tuple[str, ...]] = {
    Report: ("note", "link"),
    Grade: ("reason", "evidence", "lesson", "post_mortem"),
    Dependency: ("note",),
    CatchballMove: ("said",),
    CatchballVersion: ("reason",),
}
"""By table: what a person wrote in words."""

_AUTHORS: dict[Any, str] = {Dependency: "asked_by_id", CatchballVersion: "author_id"}
"""Where the column that says who wrote it is not `member_id`."""


class Erasures(Repository):
    """Erases people."""

    def erase(self, member: Member) -> None:
        """Removes what is known of a person and what they wrote. What they own stays theirs by a row without
        a name, so that every figure keeps its history."""
        for table in _PARTS:
            self._run(delete(table).where(self._of(table), col(table.member_id) == member.id))
        self._run(update(Team).where(self._of(Team), col(Team.lead_id) == member.id).values(lead_id=None))
        self._blank_words(member.id)
        self._blank_messages(member.id)
        self._leave_channels(member.slack_user_id)
        member.name, member.email, member.slack_user_id = FORMER, None, None
        member.zone, member.locale = "UTC", "en-US"
        member.is_deactivated, member.is_slack_admin = True, False
        self.session.flush()

    def _blank_words(self, member_id: int) -> None:
        """Notes, blockers and reasons; figures stay, since they are the plan's."""
        own = self._prompt_ids(member_id)
        self._run(
            update(CheckinAnswer)
            .where(self._of(CheckinAnswer), col(CheckinAnswer.prompt_id).in_(own))
            .values(note="")
        )
        self._run(
            update(CheckinQuestion)
            .where(self._of(CheckinQuestion), col(CheckinQuestion.prompt_id).in_(own))
            .values(note_before="")
        )
        self._run(
            update(Blocker).where(self._of(Blocker), col(Blocker.prompt_id).in_(own)).values(text=REMOVED)
        )
        for table, names in _WORDS.items():
            author = col(getattr(table, _AUTHORS.get(table, "member_id")))
            words = dict.fromkeys(names, "")
            self._run(update(table).where(self._of(table), author == member_id).values(**words))
        own_versions = update(CatchballVersion).where(
            self._of(CatchballVersion), col(CatchballVersion.author_id) == member_id
        )
        self._run(own_versions.values(reasons=None, answers=None))
        prompts = update(CheckinPrompt).where(
            self._of(CheckinPrompt), col(CheckinPrompt.member_id) == member_id
        )
        self._run(prompts.values(draft=None, reason=""))

    def _blank_messages(self, member_id: int) -> None:
        """What waits for them is not sent, and what was sent is no longer kept here."""
        to_them = select(col(Outbox.id)).where(self._of(Outbox), col(Outbox.member_id) == member_id)
        by_them = [f"detail:{prompt_id}" for prompt_id in self._prompt_ids(member_id)]
        own = or_(
            col(Outbox.member_id) == member_id,
            col(Outbox.edit_of_id).in_(to_them),
            col(Outbox.key).in_(by_them),
        )
        waiting = col(Outbox.state) == OutboxState.PENDING
        self._run(update(Outbox).where(self._of(Outbox), own, waiting).values(state=OutboxState.EXPIRED))
        self._run(update(Outbox).where(self._of(Outbox), own).values(payload={"text": REMOVED}))

    def _prompt_ids(self, member_id: int) -> list[int]:
        prompts = select(col(CheckinPrompt.id)).where(
            self._of(CheckinPrompt), col(CheckinPrompt.member_id) == member_id
        )
        return list(self.session.execute(prompts).scalars())

    def _leave_channels(self, slack_user_id: str | None) -> None:
        for row in self.session.execute(select(ChannelAudience).where(self._of(ChannelAudience))).scalars():
            if slack_user_id in row.people:
                row.people = {one: kind for one, kind in row.people.items() if one != slack_user_id}

    def _of(self, table: type[Row]) -> ColumnElement[bool]:
        return col(table.workspace_id) == self.workspace_id

    def _run(self, statement: Any) -> None:
        self.session.execute(statement)
