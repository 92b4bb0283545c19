"""Removing a person from the record, and leaving the plan whole."""

import html
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlmodel import col

from storage.repositories.base import Repository
from storage.rules.catchball import Move
from storage.tables.audit import AuditEntry
from storage.tables.catchball import Catchball, CatchballMove, CatchballRemark, CatchballVersion
from storage.tables.channel import ChannelAudience
from storage.tables.checkin import (
    Blocker,
    CheckinAnswer,
    CheckinPrompt,
    CheckinQuestion,
    Schedule,
)
from storage.tables.columns import Row
from storage.tables.digest import DigestTurn
from storage.tables.home import HomeOpening
from storage.tables.kaizen import Idea, IdeaDraft, IdeaStep, IdeaVote
from storage.tables.member import Absence, Follow, Member
from storage.tables.okr import Dependency, Grade, Report
from storage.tables.outbox import Outbox, OutboxState
from storage.tables.plan import Reader, Supporter
from storage.tables.role import RoleGrant
from storage.tables.team import Team, TeamMember

FORMER = "Someone who left"
"""What a person is called whom the record no longer knows."""

REMOVED = "Removed at this person's wish."

_PARTS: tuple[Any, ...] = (
    Absence,
    Schedule,
    RoleGrant,
    Supporter,
    Reader,
    TeamMember,
    Follow,
    DigestTurn,
    CatchballRemark,
    IdeaDraft,
    HomeOpening,
)
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
        self._blank_reasons(member.id)
        self._blank_words(member.id)
        self._blank_messages(member.id)
        self._forget_in_ideas(member)
        self._leave_channels(member.slack_user_id)
        member.name, member.email, member.slack_user_id = FORMER, None, None
        member.zone, member.locale = "UTC", "en-US"
        member.is_deactivated, member.is_slack_admin = True, False
        member.dnd_from_at = member.dnd_until_at = member.dnd_asked_at = None
        self.session.flush()

    def _forget_in_ideas(self, member: Member) -> None:
        """What they said of ideas, their votes, and pictures, of which Slack shows who uploaded them.

        The ideas stay, since others work on them; their cards are drawn anew, without the name.
        """
        told = or_(col(Idea.author_id) == member.id, col(Idea.submitted_by_id) == member.id)
        tried = or_(told, col(Idea.responsible_id) == member.id)
        self._run(update(Idea).where(self._of(Idea), told).values(before_file_id=""))
        self._run(update(Idea).where(self._of(Idea), tried).values(after_file_id=""))
        moved = (self._of(IdeaStep), col(IdeaStep.member_id) == member.id)
        voted = (self._of(IdeaVote), col(IdeaVote.voter) == (member.slack_user_id or ""))
        theirs = or_(
            tried,
            col(Idea.coach_id) == member.id,
            col(Idea.id).in_(select(col(IdeaStep.idea_id)).where(*moved)),
            col(Idea.id).in_(select(col(IdeaVote.idea_id)).where(*voted)),
        )
        redrawn = update(Idea).where(self._of(Idea), theirs).values(redraw=True).returning(col(Idea.id))
        for idea_id in self.session.execute(redrawn).scalars().all():
            self._blank_posts(idea_id)
        self._run(update(IdeaStep).where(*moved, col(IdeaStep.said) != "").values(said=REMOVED))
        self._run(delete(IdeaVote).where(*voted))

    def _blank_posts(self, idea_id: int) -> None:
        """What was posted about an idea is no longer kept; what is to be posted still is drawn anew first."""
        keys = [f"idea-{word}:{idea_id}:" for word in ("thread", "thanks", "answer")] + [f"idea:{idea_id}:"]
        posted = or_(
            col(Outbox.key) == f"idea:{idea_id}",
            *(col(Outbox.key).startswith(key, autoescape=True) for key in keys),
        )
        is_sent = col(Outbox.state) == OutboxState.SENT
        self._run(update(Outbox).where(self._of(Outbox), posted, is_sent).values(payload={"text": REMOVED}))

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

    def _blank_reasons(self, member_id: int) -> None:
        """Why they changed something. A ball is rebuilt from its trail, where a reason must not be empty; the
        reason of an agreement is Hoshin's own words."""
        reasons = update(AuditEntry).where(
            self._of(AuditEntry), col(AuditEntry.member_id) == member_id, col(AuditEntry.reason) != ""
        )
        of_balls = col(AuditEntry.kind) == "catchball"
        self._run(reasons.where(of_balls).values(reason=REMOVED))
        own_words = col(AuditEntry.reason).not_like("Agreed in C-%")
        self._run(reasons.where(~of_balls, own_words).values(reason=""))
        said = select(col(CatchballMove.catchball_id)).where(
            self._of(CatchballMove),
            col(CatchballMove.member_id) == member_id,
            col(CatchballMove.move) == Move.NOT_DEPLOY,
        )
        theirs = update(Catchball).where(
            self._of(Catchball), col(Catchball.id).in_(said), col(Catchball.not_deployed_reason) != ""
        )
        blanked = self.session.execute(
            theirs.values(not_deployed_reason=REMOVED).returning(col(Catchball.id))
        ).scalars()
        for ball_id in blanked.all():
            self._blank_cards(ball_id, member_id)

    def _blank_cards(self, ball_id: int, member_id: int) -> None:
        """A ball's card says why nothing is deployed from it; the rest of what it says stays."""
        said = self.session.execute(
            select(col(CatchballMove.said)).where(
                self._of(CatchballMove),
                col(CatchballMove.catchball_id) == ball_id,
                col(CatchballMove.member_id) == member_id,
                col(CatchballMove.move) == Move.NOT_DEPLOY,
            )
        ).scalars()
        words = [one for one in said if one]
        key = f"catchball:{ball_id}"
        cards = select(Outbox).where(
            self._of(Outbox), or_(col(Outbox.key) == key, col(Outbox.key).like(f"{key}:edit:%"))
        )
        for row in self.session.execute(cards).scalars():
            row.payload = _without(row.payload, words)
        self.session.flush()

    def _blank_messages(self, member_id: int) -> None:
        """What waits for them, or tells what they said, is not sent; what was sent is no longer kept."""
        to_them = select(col(Outbox.id)).where(self._of(Outbox), col(Outbox.member_id) == member_id)
        by_them = [f"detail:{prompt_id}" for prompt_id in self._prompt_ids(member_id)]
        moves = select(col(CatchballMove.catchball_id), col(CatchballMove.id)).where(
            self._of(CatchballMove), col(CatchballMove.member_id) == member_id
        )
        by_them += [f"catchball:{ball_id}:{move_id}" for ball_id, move_id in self.session.execute(moves)]
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


def _without(part: Any, words: Sequence[str]) -> Any:
    """A payload whose texts lack what someone said, as it stands there: markup's three signs are escaped."""
    if isinstance(part, list):
        return [_without(value, words) for value in part]
    if not isinstance(part, dict):
        return part
    return {
        key: _blanked(value, words) if key == "text" and isinstance(value, str) else _without(value, words)
        for key, value in part.items()
    }


def _blanked(text: str, words: Sequence[str]) -> str:
    for said in words:
        for form in (html.escape(said, quote=False), said):
            text = text.replace(form, REMOVED)
    return text
