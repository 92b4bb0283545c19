"""Who was named to which role, and who is looking: members as viewers of the plan."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlmodel import Session, col

from storage.repositories.base import Repository, insert_once
from storage.repositories.strategies import Strategies
from storage.rules.access import Viewer, viewer_of
from storage.rules.errors import NotFound
from storage.rules.graph import TeamLine
from storage.rules.terms import Role
from storage.tables.member import Member
from storage.tables.role import RoleGrant

# Made once: building a statement costs more than sending it, and everyone who looks passes here.
_VIEWER = (
    select(col(Member.is_guest), col(Member.is_slack_admin), col(RoleGrant.role))
    .outerjoin(RoleGrant, col(RoleGrant.member_id) == col(Member.id))
    .where(
        col(Member.workspace_id) == bindparam("workspace_id"),
        col(Member.id) == bindparam("member_id"),
        col(Member.is_deactivated).is_(False),
    )
)
_GRANTS = select(col(RoleGrant.role)).where(
    col(RoleGrant.workspace_id) == bindparam("workspace_id"),
    col(RoleGrant.member_id) == bindparam("member_id"),
)
_HOLDERS = (
    select(col(RoleGrant.role), col(RoleGrant.member_id))
    .where(col(RoleGrant.workspace_id) == bindparam("workspace_id"))
    .order_by(col(RoleGrant.id))
)


class Roles(Repository):
    """Roles of a workspace.

    Args:
        read_teams: has the workspace's teams at hand; without it they are read.
        remembers: whoever was looked up is known for as long as this lives, as in work that writes nothing.
    """

    def __init__(
        self,
        session: Session,
        workspace_id: int,
        read_teams: Callable[[], Mapping[int, TeamLine]] | None = None,
        *,
        remembers: bool = False,
    ) -> None:
        super().__init__(session, workspace_id)
        self._remembers = remembers
        self._viewers: dict[int, Viewer] = {}
        self._read_teams = read_teams or Strategies(session, workspace_id).read_teams

    def get_viewer(self, member_id: int, teams: Mapping[int, TeamLine] | None = None) -> Viewer:
        """A member as access.py knows them.

        Args:
            teams: the workspace's teams, where they are at hand; else they are read.

        Raises:
            NotFound: there is no such member, or they are deactivated.
        """
        if self._remembers and member_id in self._viewers:
            return self._viewers[member_id]
        rows = self._columns(_VIEWER, member_id=member_id).all()
        if not rows:
            raise NotFound("This person is not known here.")
        viewer = viewer_of(
            member_id,
            self._read_teams() if teams is None else teams,
            granted=[row.role for row in rows if row.role is not None],
            is_guest=rows[0].is_guest,
            is_slack_admin=rows[0].is_slack_admin,
        )
        self._viewers[member_id] = viewer
        return viewer

    def list_grants(self, member_id: int) -> list[Role]:
        """The roles that someone was named to."""
        return list(self._columns(_GRANTS, member_id=member_id).scalars())

    def list_holders(self) -> dict[Role, list[int]]:
        """Who holds each role that people are named to: member ids, those named first coming first."""
        found: defaultdict[Role, list[int]] = defaultdict(list)
        for role, member_id in self._columns(_HOLDERS):
            found[role].append(member_id)
        return dict(found)

    def grant(self, member_id: int, role: Role, *, by_id: int | None, at: datetime) -> bool:
        """Names someone to a role; False where they hold it already."""
        values = {
            "workspace_id": self.workspace_id,
            "member_id": member_id,
            "role": role,
            "granted_at": at,
            "granted_by_id": by_id,
        }
        unique = ("member_id", "role")
        return insert_once(self.session, RoleGrant, values, unique, col(RoleGrant.id)) is not None

    def revoke(self, member_id: int, role: Role) -> bool:
        """Takes a role away; False where they did not hold it."""
        done = self.session.execute(
            delete(RoleGrant)
            .where(
                col(RoleGrant.workspace_id) == self.workspace_id,
                col(RoleGrant.member_id) == member_id,
                col(RoleGrant.role) == role,
            )
            .returning(col(RoleGrant.id))
        )
        return done.first() is not None
