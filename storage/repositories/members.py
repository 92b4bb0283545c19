"""People of a workspace."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from storage.repositories.base import Repository
from storage.rules.errors import NotFound
from storage.rules.terms import AbsenceSource, PromptState
from storage.tables.checkin import CheckinPrompt, Schedule
from storage.tables.digest import DigestTurn
from storage.tables.member import Absence, DayOff, Member
from storage.tables.team import TeamMember

_UNKNOWN = "This person is not known here."

# Made once: building a statement costs more than sending it, and these belong to every look.
_BY_SLACK_ID = select(Member).where(
    Member.workspace_id == bindparam("workspace_id"), Member.slack_user_id == bindparam("slack_user_id")
)
_DAYS_OFF = (
    select(DayOff).where(DayOff.workspace_id == bindparam("workspace_id")).order_by(col(DayOff.off_on))
)
_DATES_OFF = select_columns(col(DayOff.off_on)).where(col(DayOff.workspace_id) == bindparam("workspace_id"))


class MemberLine(NamedTuple):
    """Who someone is and when they work, without the rest of their row."""

    id: int
    slack_user_id: str | None
    name: str
    zone: str
    locale: str
    is_guest: bool
    is_deactivated: bool
    work_days: str
    start_hour: int
    country: str
    region: str
    quiet_from: int | None
    quiet_until: int | None


class AbsenceLine(NamedTuple):
    """Days on which someone is away, both ends included."""

    from_on: date
    until_on: date
    deputy_id: int | None


_LINE = select_columns(*(getattr(Member, name) for name in MemberLine._fields)).where(
    col(Member.workspace_id) == bindparam("workspace_id")
)
_LINE_BY_ID = _LINE.where(col(Member.id) == bindparam("member_id"))
_LINE_BY_SLACK_ID = _LINE.where(col(Member.slack_user_id) == bindparam("slack_user_id"))
_ABSENCES = (
    select_columns(col(Absence.member_id), *(getattr(Absence, name) for name in AbsenceLine._fields))
    .where(col(Absence.workspace_id) == bindparam("workspace_id"), col(Absence.until_on) >= bindparam("on"))
    .order_by(col(Absence.from_on), col(Absence.id))
)
_ABSENCES_OF = _ABSENCES.where(col(Absence.member_id) == bindparam("member_id"))
_DEPUTIES = (
    select_columns(col(Absence.member_id), col(Absence.deputy_id))
    .where(
        col(Absence.workspace_id) == bindparam("workspace_id"),
        col(Absence.deputy_id).is_not(None),
        col(Absence.from_on) <= bindparam("first"),
        col(Absence.until_on) >= bindparam("last"),
    )
    .order_by(col(Absence.id))
)


class Members(Repository):
    """Members and their absences.

    Args:
        remembers: whoever was looked up is known for as long as this lives, as in work that writes nothing.
    """

    def __init__(self, session: Session, workspace_id: int, *, remembers: bool = False) -> None:
        super().__init__(session, workspace_id)
        self._remembers = remembers
        self._lines: dict[int, MemberLine] = {}
        self._absences: dict[tuple[int, date], list[AbsenceLine]] = {}
        self._dates_off: frozenset[date] | None = None

    def get(self, member_id: int) -> Member:
        """Raises NotFound if there is none in this workspace."""
        return self._get(Member, member_id, _UNKNOWN)

    def get_line(self, member_id: int) -> MemberLine:
        """As `get`, for work that changes nothing of them."""
        if not self._remembers or member_id not in self._lines:
            row = self._columns(_LINE_BY_ID, member_id=member_id).one_or_none()
            if row is None:
                raise NotFound(_UNKNOWN)
            self._lines[member_id] = MemberLine(*row)
        return self._lines[member_id]

    def find_by_slack_id(self, slack_user_id: str) -> Member | None:
        whose = {"workspace_id": self.workspace_id, "slack_user_id": slack_user_id}
        return self.session.exec(_BY_SLACK_ID, params=whose).one_or_none()

    def find_line(self, slack_user_id: str) -> MemberLine | None:
        """As `find_by_slack_id`, for work that changes nothing of them."""
        row = self._columns(_LINE_BY_SLACK_ID, slack_user_id=slack_user_id).one_or_none()
        if row is None:
            return None
        line = MemberLine(*row)
        self._lines[line.id] = line
        return line

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

    def list_unreachable(self) -> list[tuple[int, int | None]]:
        """(member id, home team id) of those who are named in the plan and not (or no longer) in Slack."""
        rows = self.session.exec(
            select(Member.id, TeamMember.team_id)
            .outerjoin(TeamMember, and_(col(TeamMember.member_id) == col(Member.id), col(TeamMember.is_home)))
            .where(
                Member.workspace_id == self.workspace_id,
                col(Member.slack_user_id).is_(None) | col(Member.is_deactivated),
            )
        )
        return [(member_id, team_id) for member_id, team_id in rows]

    def list_by_ids(self, member_ids: Collection[int]) -> dict[int, Member]:
        """Those people, by id."""
        rows = self.session.exec(
            select(Member).where(Member.workspace_id == self.workspace_id, col(Member.id).in_(member_ids))
        )
        return {member.id: member for member in rows}

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

    def absences_from(self, member_ids: Sequence[int], on: date) -> dict[int, list[AbsenceLine]]:
        """Absences that end on or after that day, by member id, soonest first."""
        if len(member_ids) == 1:
            return {member_id: self.absences_of(member_id, on) for member_id in member_ids}
        found: dict[int, list[AbsenceLine]] = {member_id: [] for member_id in member_ids}
        query = _ABSENCES.where(col(Absence.member_id).in_(member_ids))
        for member_id, *absence in self._columns(query, on=on):
            found[member_id].append(AbsenceLine(*absence))
        return found

    def absences_of(self, member_id: int, on: date) -> list[AbsenceLine]:
        """As `absences_from`, of one person."""
        key = (member_id, on)
        if not self._remembers or key not in self._absences:
            rows = self._columns(_ABSENCES_OF, member_id=member_id, on=on)
            self._absences[key] = [AbsenceLine(*absence) for _, *absence in rows]
        return self._absences[key]

    def list_days_off(self) -> list[DayOff]:
        """The days on which everyone is off, soonest first."""
        return list(self.session.exec(_DAYS_OFF, params={"workspace_id": self.workspace_id}))

    def list_dates_off(self) -> frozenset[date]:
        """The days alone."""
        if self._dates_off is None or not self._remembers:
            self._dates_off = frozenset(self._columns(_DATES_OFF).scalars())
        return self._dates_off

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

    def list_deputies(self, first: date, last: date) -> dict[int, int]:
        """Whom those named for their time away who are away on all days from `first` to `last`."""
        rows = self._columns(_DEPUTIES, first=first, last=last)
        return {row.member_id: row.deputy_id for row in rows}

    def end_absence(self, absence: Absence, last_on: date) -> None:
        """Makes it end on that day; one that would end before it starts goes."""
        if last_on < absence.from_on:
            self.session.delete(absence)
        else:
            absence.until_on = last_on
