"""People and bots of a workspace, in Slack's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(slots=True)
class User:
    """A person or a bot. `name` is the handle (`@ana`), `team_id` the workspace of home."""

    id: str
    team_id: str
    name: str
    real_name: str
    email: str | None = None
    tz: str = "Europe/London"
    locale: str = "en-US"
    title: str = ""
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    """A guest in several channels."""
    is_ultra_restricted: bool = False
    """A guest in one channel."""
    is_bot: bool = False
    bot_id: str | None = None
    deleted: bool = False
    """Deactivated: cannot act nor be written to."""
    status_text: str = ""
    status_emoji: str = ""
    status_expiration: int = 0
    """Seconds since 1970; 0 for a status without an end."""
    snooze_until: datetime | None = None
    """Notifications are paused until then."""
    dnd_hours: tuple[time, time] | None = None
    """Do-not-disturb every day from one hour to another, over midnight too, in their own zone."""
    updated: int = 0
    avatar_color: str = "4a6fa5"

    @property
    def is_guest(self) -> bool:
        return self.is_restricted or self.is_ultra_restricted

    def tz_offset(self, now: datetime) -> int:
        """Seconds east of UTC at that instant."""
        offset = now.astimezone(ZoneInfo(self.tz)).utcoffset()
        return int(offset.total_seconds()) if offset is not None else 0

    def dnd_status(self, now: datetime) -> dict[str, Any]:
        """Of dnd.info, dnd.teamInfo and dnd_updated_user, as others see it: the stretch that runs, or the
        next one."""
        if self.snooze_until is not None and self.snooze_until > now:
            starts_at, ends_at = now, self.snooze_until
        elif self.dnd_hours is not None:
            starts_at, ends_at = _next_stretch(self.dnd_hours, now.astimezone(ZoneInfo(self.tz)))
        else:
            return {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
        return {
            "dnd_enabled": True,
            "next_dnd_start_ts": int(starts_at.timestamp()),
            "next_dnd_end_ts": int(ends_at.timestamp()),
        }

    def as_slack(
        self,
        now: datetime,
        *,
        seen_from: str,
        with_email: bool,
        with_locale: bool = False,
    ) -> dict[str, Any]:
        """The `user` object of users.info and of user events, as the team `seen_from` gets it.

        Without the scope users:read.email the profile has no address.
        """
        profile: dict[str, Any] = {
            "title": self.title,
            "phone": "",
            "skype": "",
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.name,
            "display_name_normalized": self.name,
            "first_name": self.real_name.split(" ")[0],
            "last_name": " ".join(self.real_name.split(" ")[1:]),
            "status_text": self.status_text,
            "status_emoji": self.status_emoji,
            "status_expiration": self.status_expiration,
            "avatar_hash": "0",
            "team": self.team_id,
        }
        if with_email and self.email is not None and not self.is_bot:
            profile["email"] = self.email
        if self.bot_id is not None:
            profile |= {"bot_id": self.bot_id, "api_app_id": ""}
        user: dict[str, Any] = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "deleted": self.deleted,
            "profile": profile,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": self.updated,
        }
        if not self.deleted:
            # A deactivated account comes without its zone and roles.
            user |= {
                "color": self.avatar_color,
                "real_name": self.real_name,
                "tz": self.tz,
                "tz_label": now.astimezone(ZoneInfo(self.tz)).tzname() or self.tz,
                "tz_offset": self.tz_offset(now),
                "is_admin": self.is_admin,
                "is_owner": self.is_owner,
                "is_primary_owner": False,
                "is_restricted": self.is_restricted or self.is_ultra_restricted,
                "is_ultra_restricted": self.is_ultra_restricted,
                "is_email_confirmed": True,
                "who_can_share_contact_card": "EVERYONE",
            }
        if with_locale:
            user["locale"] = self.locale
        if self.team_id != seen_from:
            user["is_stranger"] = True
        return user


def _next_stretch(hours: tuple[time, time], local_now: datetime) -> tuple[datetime, datetime]:
    """The first one that is not over yet; on yesterday's evening it may have begun."""
    begins, ends = hours
    on = local_now.date() - timedelta(days=1)
    while True:
        starts_at = datetime.combine(on, begins, local_now.tzinfo)
        ends_at = datetime.combine(on + timedelta(days=ends <= begins), ends, local_now.tzinfo)
        if ends_at > local_now:
            return starts_at, ends_at
        on += timedelta(days=1)
