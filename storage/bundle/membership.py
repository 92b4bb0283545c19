"""Who belongs to which team, and who is away."""

from dataclasses import dataclass
from typing import Any

from storage.bundle.document import Document
from storage.bundle.ledger import Ledger
from storage.database import UnitOfWork
from storage.tables.member import Absence, Member
from storage.tables.team import Team, TeamMember


@dataclass(frozen=True, slots=True)
class _Belonging:
    """Where the file puts a person; without `home` the record's home stays."""

    member: Member
    home: Team | None
    teams: tuple[Team, ...]


def load_memberships(
    uow: UnitOfWork, document: Document, members: dict[str, Member], teams: dict[str, Team], ledger: Ledger
) -> None:
    """Adds memberships and moves homes; those that the file does not name stay."""
    rows = {(row.team_id, row.member_id): row for row in uow.plans.list_memberships()}
    homes = {row.member_id: row for row in rows.values() if row.is_home}
    for belonging in _belongings(document, members, teams, homes):
        _move_home(uow, belonging, rows, homes, ledger)
        for team in belonging.teams:
            is_home = {"is_home": team is belonging.home} if belonging.home else {}
            ledger.put(
                TeamMember,
                rows.get((team.id, belonging.member.id)),
                "membership",
                _name(belonging.member, team),
                said=is_home,
                defaults={"is_home": False, "team_id": team.id, "member_id": belonging.member.id},
            )


def load_absences(uow: UnitOfWork, document: Document, members: dict[str, Member], ledger: Ledger) -> None:
    """Absences by person and first day; a changed last day changes the row."""
    rows = {(row.member_id, row.from_on): row for row in uow.plans.list_absences()}
    for entry in document.people:
        member = members[entry.row.email]
        for away in entry.row.away:
            ledger.put(
                Absence,
                rows.get((member.id, away.from_)),
                "absence",
                f"{entry.row.email} from {away.from_}",
                said={"until_on": away.until},
                defaults={"member_id": member.id, "from_on": away.from_},
            )


def _belongings(
    document: Document,
    members: dict[str, Member],
    teams: dict[str, Team],
    homes: dict[int, TeamMember],
) -> list[_Belonging]:
    said_homes = {entry.row.email: entry.row.team for entry in document.people if entry.row.team}
    listed: dict[str, list[str]] = {email: [] for email in said_homes}
    for entry in document.teams:
        for email in entry.row.members:
            listed.setdefault(email, []).append(entry.row.name)
    belongings = []
    for email, names in listed.items():
        member, home = members[email], said_homes.get(email)
        if home is None and member.id not in homes and len(names) == 1:
            home = names[0]
        every = dict.fromkeys([*([home] if home else []), *names])
        belongings.append(
            _Belonging(member, teams[home] if home else None, tuple(teams[name] for name in every))
        )
    return belongings


def _move_home(
    uow: UnitOfWork,
    belonging: _Belonging,
    rows: dict[tuple[int, int], TeamMember],
    homes: dict[int, TeamMember],
    ledger: Ledger,
) -> None:
    """Takes a person out of the team that was home before, unless the file still lists them there."""
    old, home = homes.get(belonging.member.id), belonging.home
    if old is None or home is None or old.team_id in {team.id for team in belonging.teams}:
        return
    taken = (home.id, belonging.member.id)
    if taken in rows:
        uow.session.delete(old)
        return
    moved: dict[str, Any] = {"team_id": home.id}
    ledger.change(old, "membership", _name(belonging.member, home), moved)
    rows[taken] = old


def _name(member: Member, team: Team) -> str:
    return f"{member.email} in {team.name}"
