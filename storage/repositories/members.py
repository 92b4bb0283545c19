"""People of a workspace."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import and_, func, or_
from sqlmodel import col, select

from storage.repositories.base import Repository
from storage.rules.terms import AbsenceSource, PromptState
from storage.tables.checkin import CheckinPrompt, Schedule
from storage.tables.digest import DigestTurn
from storage.tables.member import Absence, DayOff, Member


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

    def list_slack_admins(self) -> list[int]:
        """Those known to the record who administer Slack."""
        return list(
            self.session.exec(
                select(Member.id)
                .where(Member.workspace_id == self.workspace_id, col(Member.is_slack_admin))
                .order_by(col(Member.id))
            )
        )

    def list_by_slack_ids(self, slack_user_ids: Collection[str]) -> list[Member]:
        """Those of these Slack users whom the record knows."""
        return list(
            self.session.exec(
                select(Member)
                .where(
                    Member.workspace_id == self.workspace_id, col(Member.slack_user_id).in_(slack_user_ids)
                )
                .order_by(col(Member.id))
            )
        )

    def list_to_be_told(self, until: datetime, *, asked_before: datetime, limit: int) -> list[str]:
        """The Slack ids of those who are asked or reminded up to an instant, where Slack was last asked for
        their do-not-disturb before another."""
        schedule = (
            select(Schedule.id)
            .where(
                Schedule.workspace_id == self.workspace_id,
                col(Schedule.member_id) == col(Member.id),
                Schedule.next_due_at <= until,
            )
            .correlate(Member)
            .exists()
        )
        prompt = (
            select(CheckinPrompt.id)
            .where(
                CheckinPrompt.workspace_id == self.workspace_id,
                col(CheckinPrompt.member_id) == col(Member.id),
                CheckinPrompt.state == PromptState.ASKED,
                or_(
                    and_(col(CheckinPrompt.reminder_at) <= until, col(CheckinPrompt.reminded_at).is_(None)),
                    col(CheckinPrompt.snoozed_until) <= until,
                ),
            )
            .correlate(Member)
            .exists()
        )
        digest = (
            select(DigestTurn.id)
            .where(
                DigestTurn.workspace_id == self.workspace_id,
                col(DigestTurn.member_id) == col(Member.id),
                DigestTurn.next_due_at <= until,
            )
            .correlate(Member)
            .exists()
        )
        rows = self.session.exec(
            select(Member.slack_user_id)
            .where(
                Member.workspace_id == self.workspace_id,
                col(Member.slack_user_id).is_not(None),
                col(Member.is_deactivated).is_(False),
                or_(col(Member.dnd_asked_at).is_(None), col(Member.dnd_asked_at) < asked_before),
                or_(schedule, prompt, digest),
            )
            .order_by(col(Member.id))
            .limit(limit)
        )
        return [slack_user_id for slack_user_id in rows if slack_user_id is not None]

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

    def list_days_off(self) -> list[DayOff]:
        """The days on which everyone is off, soonest first."""
        return list(
            self.session.exec(
                select(DayOff).where(DayOff.workspace_id == self.workspace_id).order_by(col(DayOff.off_on))
            )
        )

    def add_day_off(self, off_on: date, title: str) -> DayOff | None:
        """Adds it unless there is one on that day already: then None."""
        row = DayOff(workspace_id=self.workspace_id, off_on=off_on, title=title)
        return self._add_once(row, "workspace_id", "off_on")

    def put_days_off(self, days: Mapping[date, str], *, since_on: date) -> None:
        """Makes these, by title, the days off from a day on; earlier ones stay."""
        known = {row.off_on: row for row in self.list_days_off() if row.off_on >= since_on}
        for on, row in known.items():
            if on not in days:
                self.session.delete(row)
        for on, title in days.items():
            if on in known:
                known[on].title = title
            else:
                self.add_day_off(on, title)
        self.session.flush()

    def follow_work_days(self, before: str, after: str) -> None:
        """Gives other work days to everyone who has those of before and has not set their own."""
        if before == after:
            return
        rows = self.session.exec(
            select(Member).where(
                Member.workspace_id == self.workspace_id,
                Member.work_days == before,
                col(Member.times_are_own).is_(False),
            )
        )
        for member in rows:
            member.work_days = after
        self.session.flush()

    def list_absences(
        self, member_id: int, on: date, *, source: AbsenceSource | None = None
    ) -> list[Absence]:
        """A person's absences that end on or after a day, soonest first; all, or those of one source."""
        query = (
            select(Absence)
            .where(
                Absence.workspace_id == self.workspace_id,
                Absence.member_id == member_id,
                Absence.until_on >= on,
            )
            .order_by(col(Absence.from_on), col(Absence.id))
        )
        if source is not None:
            query = query.where(Absence.source == source)
        return list(self.session.exec(query))

    def list_away(self, first: date, last: date) -> list[int]:
        """The ids of those who are away on some day from `first` to `last`."""
        return list(
            self.session.exec(
                select(Absence.member_id)
                .where(
                    Absence.workspace_id == self.workspace_id,
                    Absence.from_on <= last,
                    Absence.until_on >= first,
                )
                .distinct()
            )
        )

    def list_deputised(self, first: date, last: date) -> list[Absence]:
        """Absences with a deputy that cover all days from `first` to `last`."""
        return list(
            self.session.exec(
                select(Absence)
                .where(
                    Absence.workspace_id == self.workspace_id,
                    col(Absence.deputy_id).is_not(None),
                    Absence.from_on <= first,
                    Absence.until_on >= last,
                )
                .order_by(col(Absence.id))
            )
        )

    def end_absence(self, absence: Absence, last_on: date) -> None:
        """Makes it end on that day; one that would end before it starts goes."""
        if last_on < absence.from_on:
            self.session.delete(absence)
        else:
            absence.until_on = last_on
