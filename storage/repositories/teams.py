"""Teams and who belongs to them."""

from typing import Any

from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from storage.repositories.base import Repository
from storage.rules.terms import Kind
from storage.tables.checkin import CheckinWindow
from storage.tables.kpi import Kpi
from storage.tables.okr import Objective
from storage.tables.plan import AnnualObjective, Initiative
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

    def list_all(self) -> list[Team]:
        return list(
            self.session.exec(
                select(Team).where(Team.workspace_id == self.workspace_id).order_by(col(Team.name))
            )
        )

    def list_members(self, team_id: int) -> list[TeamMember]:
        """Who belongs to a team."""
        return list(
            self.session.exec(
                select(TeamMember).where(
                    TeamMember.workspace_id == self.workspace_id, TeamMember.team_id == team_id
                )
            )
        )

    def find_home(self, member_id: int) -> TeamMember | None:
        """Where someone's check-in stands."""
        return self.session.exec(
            select(TeamMember).where(
                TeamMember.workspace_id == self.workspace_id,
                TeamMember.member_id == member_id,
                col(TeamMember.is_home),
            )
        ).first()

    def find_other(self, member_id: int, team_id: int) -> TeamMember | None:
        """Another team that someone belongs to, the longest-standing one."""
        return self.session.exec(
            select(TeamMember)
            .where(
                TeamMember.workspace_id == self.workspace_id,
                TeamMember.member_id == member_id,
                TeamMember.team_id != team_id,
            )
            .order_by(col(TeamMember.id))
        ).first()

    def count_uses(self, team_id: int) -> dict[str, int]:
        """What points at a team, by the word for it: items of any plan, removed ones too, and check-ins."""
        tables: dict[str, Any] = {
            Kind.ANNUAL_OBJECTIVE.value: AnnualObjective,
            Kind.OBJECTIVE.value: Objective,
            Kind.KPI.value: Kpi,
            Kind.INITIATIVE.value: Initiative,
            "check-in": CheckinWindow,
        }
        counted = {
            word: self.session.execute(
                select_columns(func.count(col(table.id))).where(
                    col(table.workspace_id) == self.workspace_id, col(table.team_id) == team_id
                )
            ).scalar_one()
            for word, table in tables.items()
        }
        return {word: count for word, count in counted.items() if count}

    def remove(self, team: Team) -> None:
        self.session.delete(team)
        self.session.flush()

    def remove_member(self, membership: TeamMember) -> None:
        self.session.delete(membership)
        self.session.flush()
