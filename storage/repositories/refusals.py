"""What Slack refuses: channels, remembered at their teams, with what failed for it, and people."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Table, and_, func, or_, select, update
from sqlmodel import SQLModel

from storage.repositories.base import Repository
from storage.repositories.deliveries import ORIGINAL_NOT_SENT, OUTBOX, PARENT, WITH_PARENT
from storage.repositories.roles import Roles
from storage.rules.terms import Role
from storage.tables.outbox import OutboxState

TEAM: Table = SQLModel.metadata.tables["team"]
SETTING: Table = SQLModel.metadata.tables["kaizen_setting"]
WORKSPACE: Table = SQLModel.metadata.tables["workspace"]
MEMBER: Table = SQLModel.metadata.tables["member"]
TEAM_MEMBER: Table = SQLModel.metadata.tables["team_member"]
IDEA: Table = SQLModel.metadata.tables["idea"]


class Refusals(Repository):
    """The refused channels of one workspace."""

    def note(self, channel_id: str, fault: str) -> list[tuple[int, int]]:
        """Remembers the fault at the channel's teams. Returns (team id, lead's member id) of those led."""
        self._set_fault([channel_id], fault)
        rows = self.session.connection().execute(
            select(TEAM.c.id, TEAM.c.lead_id)
            .where(
                TEAM.c.workspace_id == self.workspace_id,
                TEAM.c.channel_id == channel_id,
                TEAM.c.lead_id.is_not(None),
            )
            .order_by(TEAM.c.id)
        )
        return [(team_id, lead_id) for team_id, lead_id in rows]

    def note_ideas(self, channel_id: str, fault: str) -> list[int] | None:
        """Remembers that the ideas channel takes no cards.

        Returns the member ids of those who decide on ideas, once until it is mended; None where that is known
        already, or it is another channel.
        """
        noted = self.session.connection().execute(
            update(SETTING)
            .where(
                SETTING.c.workspace_id == self.workspace_id,
                select(WORKSPACE.c.id)
                .where(WORKSPACE.c.id == self.workspace_id, WORKSPACE.c.ideas_channel_id == channel_id)
                .exists(),
                or_(
                    SETTING.c.refused_for != fault, SETTING.c.refused_channel_id.is_distinct_from(channel_id)
                ),
            )
            .values(refused_channel_id=channel_id, refused_for=fault)
            .returning(SETTING.c.id)
        )
        if noted.first() is None:
            return None
        holders = Roles(self.session, self.workspace_id).list_holders()
        roles = (Role.LEAN_COUNCIL, Role.STRATEGY_LEAD)
        named = [one for role in roles for one in holders.get(role, [])]
        return list(dict.fromkeys(named or holders.get(Role.ADMIN, [])))

    def list_leads(self) -> list[int]:
        """The member ids of those who answer for the plan, else of those who set Hoshin up."""
        holders = Roles(self.session, self.workspace_id).list_holders()
        return holders.get(Role.STRATEGY_LEAD) or holders.get(Role.ADMIN, [])

    def find_leads_of(self, member_id: int) -> tuple[str, list[int]]:
        """A person's name, and the member ids of those to be told of them: the lead of their team who is in
        Slack, else as `list_leads`, never they themselves."""
        member, lead = MEMBER.alias(), MEMBER.alias()
        row = self.session.connection().execute(
            select(member.c.name, lead.c.id)
            .select_from(member)
            .outerjoin(
                TEAM_MEMBER, and_(TEAM_MEMBER.c.member_id == member.c.id, TEAM_MEMBER.c.is_home.is_(True))
            )
            .outerjoin(TEAM, TEAM.c.id == TEAM_MEMBER.c.team_id)
            .outerjoin(
                lead,
                and_(
                    lead.c.id == TEAM.c.lead_id,
                    lead.c.id != member.c.id,
                    lead.c.slack_user_id.is_not(None),
                    lead.c.is_deactivated.is_(False),
                ),
            )
            .where(member.c.workspace_id == self.workspace_id, member.c.id == member_id)
        )
        name, lead_id = row.one()
        leads = [one for one in self.list_leads() if one != member_id]
        return name, leads if lead_id is None else [lead_id]

    def mend_ideas(self, channel_ids: Collection[str]) -> list[str]:
        """Slack takes cards again; returns the channel if it had refused some."""
        mended = self.session.connection().execute(
            update(SETTING)
            .where(
                SETTING.c.workspace_id == self.workspace_id,
                SETTING.c.refused_for != "",
                SETTING.c.refused_channel_id.in_(channel_ids),
            )
            .values(refused_for="")
            .returning(SETTING.c.refused_channel_id)
        )
        return [channel_id for (channel_id,) in mended]

    def find_teller(self, idea_id: int) -> tuple[int, int] | None:
        """(number of an idea, member id of whoever submitted it); None where nobody knows."""
        row = self.session.connection().execute(
            select(IDEA.c.number, func.coalesce(IDEA.c.sealed_for_id, IDEA.c.submitted_by_id)).where(
                IDEA.c.workspace_id == self.workspace_id, IDEA.c.id == idea_id
            )
        )
        number, member_id = row.first() or (0, None)
        return (number, member_id) if member_id is not None else None

    def clear(self, channel_ids: Collection[str]) -> None:
        """Slack takes messages for these channels (again)."""
        self._set_fault(channel_ids, None)

    def retry(self, channel_id: str, faults: Collection[str], now: datetime) -> int:
        """Sends again what failed for one of these faults, with the replies to it. Returns how many."""
        self.clear([channel_id])
        self.mend_ideas([channel_id])
        failed = and_(
            OUTBOX.c.workspace_id == self.workspace_id,
            OUTBOX.c.state == OutboxState.FAILED,
            or_(OUTBOX.c.expires_at.is_(None), OUTBOX.c.expires_at > now),
        )
        connection = self.session.connection()
        again = connection.execute(
            select(OUTBOX.c.id)
            .select_from(WITH_PARENT)
            .where(
                failed,
                OUTBOX.c.fault.in_(faults),
                func.coalesce(OUTBOX.c.channel_id, PARENT.c.channel_id) == channel_id,
            )
        )
        again_ids = again.scalars().all()
        replies = and_(OUTBOX.c.thread_of_id.in_(again_ids), OUTBOX.c.fault == ORIGINAL_NOT_SENT)
        moved = connection.execute(
            update(OUTBOX)
            .where(failed, or_(OUTBOX.c.id.in_(again_ids), replies))
            .values(state=OutboxState.PENDING, fault=None)
        )
        return moved.rowcount

    def _set_fault(self, channel_ids: Collection[str], fault: str | None) -> None:
        self.session.connection().execute(
            update(TEAM)
            .where(
                TEAM.c.workspace_id == self.workspace_id,
                TEAM.c.channel_id.in_(channel_ids),
                TEAM.c.channel_fault.is_distinct_from(fault),
            )
            .values(channel_fault=fault)
        )
