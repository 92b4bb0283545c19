"""The person for whom something is drawn: their zone, their names for people and channels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from . import dates


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, and when. `now` is the simulated instant in UTC.

    `people` maps every user's id to the name shown for it. `channels` maps the ids of those
    channels that the reader may know of: a channel that is missing here is private to others.
    """

    id: str
    path: str
    """Where this person's pages begin, "/as/ana"."""
    zone: ZoneInfo
    now: datetime
    people: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)

    @property
    def local_now(self) -> datetime:
        return self.now.astimezone(self.zone)

    def local(self, ts: str) -> datetime:
        """The instant of a message's `ts` in the reader's zone."""
        return dates.instant_of(ts).astimezone(self.zone)

    def path_of_channel(self, channel_id: str) -> str:
        return f"{self.path}/{channel_id}"

    def path_of_file(self, file_id: str) -> str:
        return f"{self.path}/files/{file_id}"
