"""Who reads the channels that Hoshin posts to, as viewers of the plan."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import col, select

from storage.repositories.base import Repository
from storage.repositories.strategies import Strategies
from storage.rules.access import Viewer, viewer_of
from storage.rules.graph import TeamLine
from storage.rules.terms import ReaderKind, Role
from storage.tables.channel import ChannelAudience
from storage.tables.member import Member
from storage.tables.role import RoleGrant


class Audiences(Repository):
    """Readers of a workspace's channels."""

    def put(self, channel_id: str, people: Mapping[str, ReaderKind], now: datetime) -> None:
        """Writes down who is in a channel now."""
        kinds = {user_id: kind.value for user_id, kind in people.items()}
        fresh = ChannelAudience(
            workspace_id=self.workspace_id, channel_id=channel_id, people=kinds, refreshed_at=now
        )
        if self._add_once(fresh, "workspace_id", "channel_id") is None:
            row = self._find(channel_id)
            if row is not None:
                row.people, row.refreshed_at = kinds, now
                self.session.flush()

    def find_people(self, channel_id: str) -> Mapping[str, str]:
        """Who is in a channel, by Slack's ids, each with what they are as a reader; empty where that is not
        known."""
        row = self._find(channel_id)
        return {} if row is None else row.people

    def find_viewers(self, channel_id: str) -> list[Viewer] | None:
        """Those in a channel, each as access.py knows them; None where it is not known who is in it."""
        row = self._find(channel_id)
        if row is None:
            return None
        teams = Strategies(self.session, self.workspace_id).read_teams()
        members = self._members(row.people)
        grants = self._grants()
        known = [_as_viewer(member, teams, grants.get(member.id, [])) for member in members.values()]
        # Of several unknown people of one kind, one stands for all.
        unknown = {ReaderKind(kind) for user_id, kind in row.people.items() if user_id not in members}
        return known + [_UNKNOWN[kind] for kind in sorted(unknown)]

    def known_kinds(self, user_ids: Sequence[str]) -> dict[str, ReaderKind]:
        """What the record says of Slack users, of those whom it knows."""
        members = self._members(user_ids)
        return {
            user_id: ReaderKind.GUEST if member.is_guest else ReaderKind.MEMBER
            for user_id, member in members.items()
        }

    def find_members(self, channel_id: str | None, user_ids: Sequence[str]) -> set[str]:
        """Of these Slack users those who are members of the workspace and no guests.

        By the record, and for those whom it does not know by what is known of a channel's readers. Bots are
        in neither.
        """
        rows = self.session.execute(
            select(col(Member.slack_user_id), col(Member.is_guest)).where(
                Member.workspace_id == self.workspace_id, col(Member.slack_user_id).in_(list(user_ids))
            )
        )
        recorded = {row.slack_user_id: row.is_guest for row in rows}
        found = {user_id for user_id, is_guest in recorded.items() if not is_guest}
        row = self._find(channel_id) if channel_id is not None and len(recorded) < len(user_ids) else None
        if row is not None:
            unmet = set(user_ids) - set(recorded)
            found |= {user_id for user_id in unmet if row.people.get(user_id) == ReaderKind.MEMBER}
        return found

    def is_known(self, channel_id: str) -> bool:
        """Whether it is known who reads a channel."""
        return self._find(channel_id) is not None

    def reclassify(self, user_id: str, kind: ReaderKind) -> None:
        """Someone became a guest, or is one no longer."""
        for row in self.session.exec(
            select(ChannelAudience).where(ChannelAudience.workspace_id == self.workspace_id)
        ):
            if row.people.get(user_id) not in {None, kind.value}:
                row.people = {**row.people, user_id: kind.value}

    def list_channels(self, *, before: datetime | None = None) -> list[str]:
        """The channels whose readers are known; with `before` those last looked at earlier than that."""
        query = select(ChannelAudience.channel_id).where(ChannelAudience.workspace_id == self.workspace_id)
        if before is not None:
            query = query.where(ChannelAudience.refreshed_at < before)
        return list(self.session.exec(query.order_by(col(ChannelAudience.channel_id))))

    def _find(self, channel_id: str) -> ChannelAudience | None:
        return self.session.exec(
            select(ChannelAudience).where(
                ChannelAudience.workspace_id == self.workspace_id, ChannelAudience.channel_id == channel_id
            )
        ).one_or_none()

    def _members(self, user_ids: Mapping[str, str] | Sequence[str]) -> dict[str, Member]:
        rows = self.session.exec(
            select(Member).where(
                Member.workspace_id == self.workspace_id,
                col(Member.slack_user_id).in_(list(user_ids)),
                col(Member.is_deactivated).is_(False),
            )
        )
        return {member.slack_user_id: member for member in rows if member.slack_user_id is not None}

    def _grants(self) -> dict[int, list[Role]]:
        found: dict[int, list[Role]] = {}
        for grant in self.session.exec(select(RoleGrant).where(RoleGrant.workspace_id == self.workspace_id)):
            found.setdefault(grant.member_id, []).append(grant.role)
        return found


_UNKNOWN = {
    ReaderKind.MEMBER: Viewer(member_id=0),
    ReaderKind.GUEST: Viewer(member_id=0, is_guest=True),
    ReaderKind.STRANGER: Viewer(member_id=0, is_stranger=True),
}


def _as_viewer(member: Member, teams: Mapping[int, TeamLine], granted: Sequence[Role]) -> Viewer:
    return viewer_of(
        member.id, teams, granted=granted, is_guest=member.is_guest, is_slack_admin=member.is_slack_admin
    )
