"""People of a workspace."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func
from sqlmodel import col, select

from storage.repositories.base import Repository
from storage.tables.member import Absence, Member


class Members(Repository):
    """Members and their absences."""

    def get(self, member_id: int) -> Member:
        """Raises NotFound if there is none in this workspace."""
        return self._get(Member, member_id, "This person is not known here.")

    def find_by_slack_id(self, slack_user_id: str) -> Member | None:
        return self.session.exec(
            select(Member).where(
                Member.workspace_id == self.workspace_id, Member.slack_user_id == slack_user_id
            )
        ).one_or_none()

    def find_by_email(self, email: str) -> Member | None:
        return self.session.exec(
            select(Member).where(
                Member.workspace_id == self.workspace_id,
                func.lower(col(Member.email)) == email.lower(),
            )
        ).one_or_none()

    def list_unlinked(self) -> list[tuple[int, str]]:
        """(member id, email) of those named in a plan but not yet found in Slack."""
        return [
            (member_id, email)
            for member_id, email in self.session.exec(
                select(Member.id, Member.email).where(
                    Member.workspace_id == self.workspace_id,
                    col(Member.slack_user_id).is_(None),
                    col(Member.email).is_not(None),
                )
            )
            if email is not None
        ]

    def absences_from(self, member_ids: Sequence[int], on: date) -> dict[int, list[Absence]]:
        """Absences that end on or after that day, by member id."""
        found: dict[int, list[Absence]] = {member_id: [] for member_id in member_ids}
        rows = self.session.exec(
            select(Absence)
            .where(
                Absence.workspace_id == self.workspace_id,
                col(Absence.member_id).in_(member_ids),
                Absence.until_on >= on,
            )
            .order_by(col(Absence.from_on))
        )
        for absence in rows:
            found[absence.member_id].append(absence)
        return found
