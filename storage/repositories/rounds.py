"""A round of asking: what is read and written for hundreds of people at once.

Plain tuples go in and come out, past the session, which would make an object of every row. The statements are
made once: building one costs more than sending it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import BindParameter, bindparam, delete, select, update
from sqlalchemy.sql.base import Executable
from sqlmodel import col

from storage.repositories.among import among
from storage.repositories.base import Repository, table_of
from storage.repositories.bulk import columns_of, insert_columns, insert_with_ids
from storage.rules.cadence import DateRange
from storage.rules.terms import Direction, Frequency, Kind, PromptState
from storage.tables.checkin import CheckinPrompt, CheckinQuestion, CheckinWindow, Schedule
from storage.tables.member import Absence, Member
from storage.tables.team import Team, TeamMember


class PersonLine(NamedTuple):
    """Someone who may be asked; how they work comes last, from the zone on."""

    id: int
    name: str
    locale: str
    slack_user_id: str | None
    is_deactivated: bool
    wants_messages: bool
    zone: str
    work_days: str
    start_hour: int
    country: str
    region: str
    quiet_from: int | None
    quiet_until: int | None


HABITS = PersonLine._fields.index("zone")
"""Where in a person's line begins how they work."""


class AskingTeam(NamedTuple):
    """What of a team says what its people are asked, and whether."""

    id: int
    name: str
    question_template: str
    paused_until: date | None


class DueLine(NamedTuple):
    """A schedule row whose instant has come, and whose it is."""

    schedule_id: int
    week_on: date
    next_due_at: datetime
    person: PersonLine


class WindowLine(NamedTuple):
    """A team's window of a week."""

    id: int
    team_id: int
    week_on: date
    opens_at: datetime
    closes_at: datetime
    closed_at: datetime | None


class TeamWeek(NamedTuple):
    """What a window is known by: the team, and the Monday of the week."""

    team_id: int
    week_on: date


class Span(NamedTuple):
    """From when until when."""

    opens_at: datetime
    closes_at: datetime


class PromptLine(NamedTuple):
    """A prompt as it is put in; the columns that are not named here have their usual values."""

    id: int
    window_id: int
    member_id: int
    local_on: date
    opens_at: datetime
    closes_at: datetime
    reminder_at: datetime
    state: PromptState
    reason: str


class QuestionLine(NamedTuple):
    """A question as it is put in; `storage.tables.checkin.CheckinQuestion` says what the columns mean."""

    id: int
    prompt_id: int
    position: int
    kind: Kind
    item_id: int
    reference: str
    title: str
    starts_on: date
    due_on: date
    direction: Direction
    period_on: date
    asks: str = "figure"
    form: dict[str, Any] | None = None
    owner_id: int | None = None
    unit: str = ""
    baseline: Decimal | None = None
    target: Decimal | None = None
    band_low: Decimal | None = None
    band_high: Decimal | None = None
    kpi_id: int | None = None
    frequency: Frequency = Frequency.WEEKLY
    asks_value: bool = True
    figure_due: bool = False
    value_before: Decimal | None = None
    confidence_before: int | None = None
    note_before: str = ""
    since_on: date | None = None


Line = TypeVar("Line", bound=tuple[Any, ...])

_PERSON: tuple[Any, ...] = tuple(col(getattr(Member, name)) for name in PersonLine._fields)
_WINDOW: tuple[Any, ...] = tuple(col(getattr(CheckinWindow, name)) for name in WindowLine._fields)
_OURS: BindParameter[int] = bindparam("ours")

_DUE = (
    select(col(Schedule.id), col(Schedule.week_on), col(Schedule.next_due_at), *_PERSON)
    .join(Member, col(Member.id) == col(Schedule.member_id))
    .where(col(Schedule.workspace_id) == _OURS, col(Schedule.next_due_at) <= bindparam("now"))
    # By the index alone: with the id, all that is due would be sorted for each batch of it.
    .order_by(col(Schedule.next_due_at))
    .limit(bindparam("most"))
    .with_for_update(of=Schedule, skip_locked=True)
)
_HOME_MEMBERS = select(col(TeamMember.member_id), col(TeamMember.team_id)).where(
    col(TeamMember.workspace_id) == _OURS, among(col(TeamMember.team_id), "ids"), col(TeamMember.is_home)
)
_REACHABLE = (
    select(*_PERSON)
    .where(
        col(Member.workspace_id) == _OURS,
        among(col(Member.id), "ids"),
        col(Member.is_deactivated).is_(False),
        col(Member.slack_user_id).is_not(None),
    )
    .order_by(col(Member.name), col(Member.id))
)
_LED = (
    select(col(Team.lead_id), col(Team.id))
    .where(col(Team.workspace_id) == _OURS, among(col(Team.lead_id), "ids"))
    .order_by(col(Team.id).desc())
)
_HOMES = select(col(TeamMember.member_id), col(TeamMember.team_id)).where(
    col(TeamMember.workspace_id) == _OURS, among(col(TeamMember.member_id), "ids"), col(TeamMember.is_home)
)
_ABSENCES = (
    select(col(Absence.member_id), col(Absence.from_on), col(Absence.until_on))
    .where(
        col(Absence.workspace_id) == _OURS,
        among(col(Absence.member_id), "ids"),
        col(Absence.until_on) >= bindparam("since_on"),
    )
    .order_by(col(Absence.from_on))
)
_TEAM: tuple[Any, ...] = tuple(col(getattr(Team, name)) for name in AskingTeam._fields)
_TEAMS = select(*_TEAM).where(col(Team.workspace_id) == _OURS, among(col(Team.id), "ids"))
_WINDOWS = select(*_WINDOW).where(
    col(CheckinWindow.workspace_id) == _OURS,
    among(col(CheckinWindow.team_id), "ids"),
    col(CheckinWindow.week_on).in_(bindparam("weeks", expanding=True)),
)
_LENGTHEN = (
    update(table_of(CheckinWindow))
    .where(
        col(CheckinWindow.workspace_id) == _OURS,
        col(CheckinWindow.id) == bindparam("window_id"),
        col(CheckinWindow.closes_at) < bindparam("until"),
    )
    .values(closes_at=bindparam("until"), closed_at=None)
)
_MOVE = (
    update(table_of(Schedule))
    .where(col(Schedule.workspace_id) == _OURS, among(col(Schedule.id), "ids"))
    .values(week_on=bindparam("to_week"), next_due_at=bindparam("to_instant"))
)
_DROP = delete(Schedule).where(col(Schedule.workspace_id) == _OURS, among(col(Schedule.id), "ids"))


class Rounds(Repository):
    """What a round of asking needs of one workspace."""

    def claim_due(self, now: datetime, limit: int) -> list[DueLine]:
        """Schedule rows whose time has come, oldest first, held until the transaction ends: another replica's
        claim passes over them."""
        rows = self._execute(_DUE, now=now, most=limit).all()
        return [DueLine(row[0], row[1], row[2], PersonLine._make(row[3:])) for row in rows]

    def move(self, rows: Mapping[tuple[date, datetime], Sequence[int]]) -> None:
        """Gives schedule rows their next week and instant."""
        for (week_on, at), ids in rows.items():
            self._execute(_MOVE, to_week=week_on, to_instant=at, ids=ids)

    def drop(self, schedule_ids: Collection[int]) -> None:
        """Takes away the schedule rows of those whom there is no way to ask."""
        if schedule_ids:
            self._execute(_DROP, ids=list(schedule_ids))

    def list_homes(self, member_ids: Collection[int]) -> dict[int, int]:
        """The team in whose summary each person's check-in stands: their home, else one that they lead."""
        ids = list(member_ids)
        return dict([*self._execute(_LED, ids=ids), *self._execute(_HOMES, ids=ids)])

    def list_home_people(
        self, team_ids: Collection[int], besides: Collection[int] = ()
    ) -> dict[int, list[PersonLine]]:
        """Those whose home these teams are and who can be reached, team by team, by name.

        Args:
            besides: members who are left out.
        """
        found: dict[int, list[PersonLine]] = {team_id: [] for team_id in team_ids}
        # Two statements, each by its index: joined, PostgreSQL reads all members of the workspace.
        homes = self._execute(_HOME_MEMBERS, ids=list(team_ids)).all() if found else ()
        home_of = {member_id: team_id for member_id, team_id in homes if member_id not in besides}
        for row in self._execute(_REACHABLE, ids=list(home_of)).all() if home_of else ():
            person = PersonLine._make(row)
            found[home_of[person.id]].append(person)
        return found

    def list_absences(self, member_ids: Collection[int], since_on: date) -> dict[int, tuple[DateRange, ...]]:
        """The days away that end on or after a day, of those who have some, soonest first."""
        found: dict[int, tuple[DateRange, ...]] = {}
        if member_ids:
            for member_id, first, last in self._execute(_ABSENCES, ids=list(member_ids), since_on=since_on):
                # An odd row must not keep the others from being asked.
                if first <= last:
                    found[member_id] = (*found.get(member_id, ()), DateRange(first, last))
        return found

    def list_teams(self, team_ids: Collection[int]) -> dict[int, AskingTeam]:
        """Those teams, by id."""
        rows = self._execute(_TEAMS, ids=team_ids) if team_ids else ()
        return {row[0]: AskingTeam._make(row) for row in rows}

    def find_windows(self, which: Collection[TeamWeek]) -> dict[TeamWeek, WindowLine]:
        """Those windows that there are."""
        if not which:
            return {}
        teams, weeks = sorted({one.team_id for one in which}), sorted({one.week_on for one in which})
        rows = [WindowLine._make(row) for row in self._execute(_WINDOWS, ids=teams, weeks=weeks)]
        found = {TeamWeek(row.team_id, row.week_on): row for row in rows}
        return {one: found[one] for one in which if one in found}

    def ensure_windows(self, spans: Mapping[TeamWeek, Span]) -> dict[TeamWeek, WindowLine]:
        """The windows, made where they are missing, and made to last at least until the end of their span;
        one that had closed before is open again then."""
        found = self.find_windows(spans.keys())
        # One order for all, so that two replicas never wait for each other's windows crosswise.
        missing = sorted(one for one in spans if one not in found)
        short = sorted(one for one in found if found[one].closes_at < spans[one].closes_at)
        if missing:
            insert_columns(
                self._written(),
                CheckinWindow,
                columns_of(missing) | columns_of([spans[one] for one in missing]),
                unique=("team_id", "week_on"),
                workspace_id=self.workspace_id,
                summary_waits=False,
            )
        if short:
            self.session.connection().execute(
                _LENGTHEN,
                [
                    {
                        "ours": self.workspace_id,
                        "window_id": found[one].id,
                        "until": spans[one].closes_at,
                    }
                    for one in short
                ],
            )
        return self.find_windows(spans.keys()) if missing or short else found

    def add_prompts(self, prompts: Iterable[PromptLine]) -> list[PromptLine]:
        """Adds them, without those whose person has one in that window already.

        Returns:
            those that are new, with their ids, in the same order.
        """
        wanted = list(prompts)
        if not wanted:
            return []
        ids = insert_with_ids(
            self._written(),
            CheckinPrompt,
            columns_of(wanted),
            unique=("window_id", "member_id"),
            workspace_id=self.workspace_id,
            snoozes=0,
            is_late=False,
            is_unchanged=False,
            gave_pulse=False,
        )
        return _with_ids(PromptLine._make, wanted, ids)

    def add_questions(self, questions: Sequence[QuestionLine]) -> list[QuestionLine]:
        """Puts new ones in. Returns them with their ids, in the same order."""
        if not questions:
            return []
        ids = insert_with_ids(
            self._written(),
            CheckinQuestion,
            columns_of(questions),
            unique=("prompt_id", "position"),
            workspace_id=self.workspace_id,
        )
        return _with_ids(QuestionLine._make, questions, ids)

    def _execute(self, statement: Executable, **values: Any) -> Any:
        return self._send(statement, {"ours": self.workspace_id, **values})


def _with_ids(
    make: Callable[[Iterable[Any]], Line], lines: Sequence[Line], ids: Sequence[int | None]
) -> list[Line]:
    """Those that are new, which have an id."""
    return [make((row_id, *line[1:])) for line, row_id in zip(lines, ids, strict=True) if row_id]
