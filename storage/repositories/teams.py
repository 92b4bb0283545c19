"""Teams and who belongs to them."""

from sqlmodel import col, select

from storage.repositories.base import Repository
from storage.tables.member import Member
from storage.tables.team import Team, TeamMember


class Teams(Repository):
    """Teams of a workspace."""

    def get(self, team_id: int) -> Team:
        """Raises NotFound if there is none in this workspace."""
        return self._get(Team, team_id, "There is no such team.")

    def find_by_name(self, name: str) -> Team | None:
        return self.session.exec(
            select(Team).where(Team.workspace_id == self.workspace_id, Team.name == name)
        ).one_or_none()

    def list_home_members(self, team_id: int) -> list[Member]:
        """Those whose home team this is, by name; without the deactivated."""
        return list(
            self.session.exec(
                select(Member)
                .join(TeamMember, col(TeamMember.member_id) == col(Member.id))
                .where(
                    Member.workspace_id == self.workspace_id,
                    TeamMember.team_id == team_id,
                    col(TeamMember.is_home),
                    col(Member.is_deactivated).is_(False),
                )
                .order_by(col(Member.name))
            )
        )

    def list_all(self) -> list[Team]:
        return list(
            self.session.exec(
                select(Team).where(Team.workspace_id == self.workspace_id).order_by(col(Team.name))
            )
        )
