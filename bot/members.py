"""Who is who: Slack users as members of the record, kept fresh by what Slack tells, never by listing."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import IntegrityError

from bot.asks import Person
from bot.clock import Clock
from bot.followups import fault_of
from bot.installations import SLACK_FAULTS, Installation
from storage.database import Database, UnitOfWork
from storage.repositories.chores import ABSENCES, SCHEDULES
from storage.repositories.members import MemberLine
from storage.rules.cadence import find_zone, local_date
from storage.rules.errors import Invalid, NotAllowed
from storage.rules.terms import AbsenceSource
from storage.tables.member import Absence, Member

log = structlog.get_logger()

REMEMBERED_S = 60.0
"""How long a person is remembered without looking into the record; replicas learn of changes by then."""
LOOK_UP_TIMEOUT_S = 1.5
"""A newcomer is looked up before the ack, which must leave within 3 s."""
MAX_REMEMBERED = 10_000

AWAY_STATUSES = frozenset({":palm_tree:", ":face_with_thermometer:", ":desert_island:", ":airplane:"})
"""Signs of a Slack status that say that someone does not work: Slack's own for holidays and for being ill."""
OPEN_STATUS = timedelta(days=30)
"""How long a status without an end counts, since people forget them."""


@dataclass(frozen=True, slots=True)
class Account:
    """A Slack user, as far as Hoshin needs to know."""

    slack_user_id: str
    team_id: str | None
    name: str
    email: str | None
    zone: str | None
    locale: str | None
    is_guest: bool
    is_deactivated: bool
    is_bot: bool
    status_emoji: str | None = None
    """Of their status in Slack; None where Slack did not say."""
    status_until: int = 0
    """When it ends by itself, in seconds since 1970; 0 for never."""
    is_admin: bool = False
    """Administrator or owner of the workspace, in Slack."""

    @classmethod
    def from_slack(cls, user: Mapping[str, Any]) -> "Account":
        """From the `user` object of users.info, users.lookupByEmail, user_change and team_join."""
        profile = user.get("profile") or {}
        return cls(
            slack_user_id=user["id"],
            team_id=user.get("team_id"),
            name=profile.get("real_name") or user.get("real_name") or user.get("name") or user["id"],
            email=profile.get("email"),
            zone=user.get("tz"),
            locale=user.get("locale"),
            is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
            is_deactivated=bool(user.get("deleted")),
            is_bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
            status_emoji=profile.get("status_emoji"),
            status_until=int(profile.get("status_expiration") or 0),
            is_admin=bool(user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner")),
        )


class Directory:
    """Finds the member behind a Slack user, and keeps members as Slack knows them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._remembered: dict[tuple[int, str], tuple[float, Person]] = {}

    async def person(self, installation: Installation, slack_user_id: str, client: AsyncWebClient) -> Person:
        """The acting member. A newcomer is looked up in Slack once and joins the record.

        Raises:
            NotAllowed: the account is deactivated, a bot, or of another workspace.
        """
        key = (installation.workspace_id, slack_user_id)
        remembered = self._remembered.get(key)
        if remembered is not None and remembered[0] > time.monotonic():
            return remembered[1]
        person = await self._find(installation, slack_user_id) or await self._meet(
            installation, slack_user_id, client
        )
        self._remember(key, person)
        return person

    async def refresh(self, installation: Installation, user: Mapping[str, Any]) -> None:
        """Takes over what user_change, team_join or a look-up tells about someone whom the record knows, by
        account or by address. Nobody else is written down: Slack tells of everyone."""
        account = Account.from_slack(user)
        if account.is_bot or is_stranger(account, installation):
            return
        if await self._database.read(installation.workspace_id, self._clock.now(), is_known, account):
            await self._record(installation, account)

    async def link_by_email(self, installation: Installation, client: AsyncWebClient) -> bool:
        """Looks up the plan's people who are not linked yet, one by one, at Slack's pace.

        An address that Slack does not know stays unlinked. Returns False where Slack broke off the round.
        """
        unlinked = await self._database.read(
            installation.workspace_id, self._clock.now(), lambda uow: uow.members.list_unlinked()
        )
        for _, email in unlinked:
            try:
                user = await self._look_up(client, email)
            except SLACK_FAULTS as error:
                log.warning("look_up_failed", workspace=installation.workspace_id, fault=fault_of(error))
                return False
            if user is not None:
                await self.refresh(installation, user)
        return True

    async def _look_up(self, client: AsyncWebClient, email: str) -> Mapping[str, Any] | None:
        while True:
            try:
                known = await client.users_lookupByEmail(email=email)
                # Only users.info tells the language, which decides how figures are read and written.
                answer = await client.users_info(user=known["user"]["id"], include_locale=True)
            except SlackApiError as error:
                if fault_of(error) == "users_not_found":
                    return None
                if fault_of(error) != "ratelimited":
                    raise
                await asyncio.sleep(float(error.response.headers.get("Retry-After", 1)))
            else:
                user: Mapping[str, Any] = answer["user"]
                return user

    async def _record(self, installation: Installation, account: Account) -> Person:
        """Another delivery about the same newcomer may be writing the same row: the second time finds it."""
        try:
            person = await self._record_once(installation, account)
        except IntegrityError:
            person = await self._record_once(installation, account)
        self._remembered.pop((installation.workspace_id, account.slack_user_id), None)
        return person

    async def _record_once(self, installation: Installation, account: Account) -> Person:
        return await self._database.run(installation.workspace_id, self._clock.now(), record_account, account)

    async def _find(self, installation: Installation, slack_user_id: str) -> Person | None:
        return await self._database.read(
            installation.workspace_id, self._clock.now(), find_person, slack_user_id
        )

    async def _meet(self, installation: Installation, slack_user_id: str, client: AsyncWebClient) -> Person:
        try:
            async with asyncio.timeout(LOOK_UP_TIMEOUT_S):
                answer = await client.users_info(user=slack_user_id, include_locale=True)
            account = Account.from_slack(answer["user"])
        except SLACK_FAULTS as error:
            log.warning("look_up_failed", workspace=installation.workspace_id, fault=fault_of(error))
            if fault_of(error) == "missing_scope":
                raise NotAllowed(
                    "Hoshin may not look people up here, so nothing was saved. Ask your administrator to run "
                    "`hoshin check`: the scope users:read is missing."
                ) from error
            raise NotAllowed(
                "Slack did not tell us who you are just now. Nothing was saved; try again in a minute."
            ) from error
        _admit(account, installation)
        return await self._record(installation, account)

    def _remember(self, key: tuple[int, str], person: Person) -> None:
        if len(self._remembered) >= MAX_REMEMBERED:
            self._remembered.clear()
        self._remembered[key] = (time.monotonic() + REMEMBERED_S, person)


def find_person(uow: UnitOfWork, slack_user_id: str) -> Person | None:
    """The member as a person; None where they are unknown or stand as deactivated (they may be back)."""
    member = uow.members.find_line(slack_user_id)
    return None if member is None or member.is_deactivated else person_of(member)


def is_known(uow: UnitOfWork, account: Account) -> bool:
    """Whether the record has this person, by account or by address."""
    if uow.members.find_by_slack_id(account.slack_user_id) is not None:
        return True
    return bool(account.email) and uow.members.find_by_email(account.email or "") is not None


def record_account(uow: UnitOfWork, account: Account) -> Person:
    """Writes down what Slack knows about someone: found by account or by address, else new."""
    member = _find_member(uow, account) or uow.members.add(
        Member(workspace_id=uow.workspace_id, name=account.name, work_days=uow.settings.get().work_days)
    )
    if member.slack_user_id is None:
        member.slack_user_id = account.slack_user_id
        member.linked_at = uow.now
    _take_over(member, account)
    member.refreshed_at = uow.now
    uow.session.flush()
    _follow_status(uow, member, account)
    uow.chores.poke(uow.now, SCHEDULES)
    return person_of(member)


def person_of(member: Member | MemberLine) -> Person:
    """A member as plain values, for the one who acts."""
    return Person(
        member_id=member.id,
        slack_user_id=member.slack_user_id or "",
        name=member.name,
        zone=member.zone,
        locale=member.locale,
        is_guest=member.is_guest,
    )


def _find_member(uow: UnitOfWork, account: Account) -> Member | None:
    """By account, else by address. Addresses are unique in Slack and move between people, so whoever else
    still has this one has lost it; and where the plan names someone who spoke before under another row, the
    plan's row takes the account over, since the items are its."""
    by_account = uow.members.find_by_slack_id(account.slack_user_id)
    by_email = uow.members.find_by_email(account.email) if account.email else None
    if by_account is None or by_email is None or by_account.id == by_email.id:
        return by_account or _unless_lost(uow, by_email)
    if by_email.slack_user_id is not None:
        _unless_lost(uow, by_email)
        return by_account
    by_account.slack_user_id, by_account.email, by_account.is_deactivated = None, None, True
    uow.session.flush()
    return by_email


def _unless_lost(uow: UnitOfWork, holder: Member | None) -> Member | None:
    """The holder of an address, unless it belongs to another account by now."""
    if holder is None or holder.slack_user_id is None:
        return holder
    holder.email = None
    uow.session.flush()
    return None


def _take_over(member: Member, account: Account) -> None:
    member.name = account.name
    member.email = account.email or member.email
    member.slack_zone = _known_zone(account.zone) or member.slack_zone
    if member.slack_zone is not None and not member.zone_is_own:
        member.zone = member.slack_zone
    member.locale = account.locale or member.locale
    member.is_guest = account.is_guest
    member.is_deactivated = account.is_deactivated
    member.is_slack_admin = account.is_admin


def _follow_status(uow: UnitOfWork, member: Member, account: Account) -> None:
    """A status that says "away" is an absence until it ends, or is taken off."""
    if account.status_emoji is None:
        return
    today = local_date(uow.now, member.zone)
    known = uow.members.list_absences(member.id, today, source=AbsenceSource.SLACK)
    if account.status_emoji in AWAY_STATUSES:
        until_on = today + OPEN_STATUS
        if account.status_until:
            # A status that ends at midnight ends with the day before.
            ends_at = datetime.fromtimestamp(account.status_until - 1, UTC)
            until_on = max(today, local_date(ends_at, member.zone))
        if known:
            known[0].until_on = until_on
        else:
            uow.members.add(
                Absence(
                    workspace_id=uow.workspace_id,
                    member_id=member.id,
                    from_on=today,
                    until_on=until_on,
                    source=AbsenceSource.SLACK,
                )
            )
    elif not known:
        return
    else:
        for absence in known:
            uow.members.end_absence(absence, today - timedelta(days=1))
    uow.session.flush()
    uow.schedules.compute_anew(member.id)
    uow.chores.poke(uow.now, ABSENCES)


def _known_zone(zone: str | None) -> str | None:
    try:
        return find_zone(zone).key if zone else None
    except Invalid:
        return None


def _admit(account: Account, installation: Installation) -> None:
    if is_stranger(account, installation):
        raise NotAllowed(
            "Hoshin here serves the people of its own workspace. Ask your own administrator to add it "
            "to yours."
        )
    if account.is_bot:
        raise NotAllowed("Hoshin talks with people only.")
    if account.is_deactivated:
        raise NotAllowed("This account is deactivated, so nothing was saved. Ask your administrator.")


def is_stranger(account: Account, installation: Installation) -> bool:
    """Whether someone is of another workspace: Slack Connect brings them into shared channels."""
    return account.team_id is not None and account.team_id not in {
        installation.team_id,
        installation.enterprise_id,
    }
