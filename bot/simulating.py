"""What `hoshin simulate` does: the coming days played on a copy of the record, with the same due work that a
tick does. Nothing is sent and the record stays as it is. Nobody answers in it, so every reminder comes."""

import json
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from bot.clock import Clock
from bot.slices import Slice
from bot.tick import next_due_at, tick
from storage.database import Database, UnitOfWork
from storage.rehearsal import copy_workspace
from storage.repositories.rehearsals import Rehearsals
from storage.rules.cadence import local_instant
from storage.rules.errors import Invalid
from storage.rules.icalendar import Entry, write_calendar
from storage.working import known_zone

USUAL_DAYS = 400
MOST_DAYS = 1000

KINDS = {
    "prompt": "question",
    "later": "question",
    "closing": "for the lead",
    "channel-unknown": "for the lead",
    "ladder": "overdue",
    "unreached": "nobody is asked",
    "waiting": "what waits",
    "catchball-opens": "season",
    "catchball-closed": "season",
}
"""What a message is, by the first word of its key; other words stand for themselves."""

_NAMED = re.compile(r"\b(?:KPI|KR|[BAOICKD])-[0-9]{1,9}\b")
_STEP = timedelta(minutes=1)
_AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Planned:
    """One message to one person: when (UTC), to whom, what it is, and the references that it is about."""

    at: datetime
    email: str
    kind: str
    items: tuple[str, ...]


async def simulate(
    database: Database,
    clock: Clock,
    slices: Sequence[Slice],
    *,
    days: int = USUAL_DAYS,
    from_on: date | None = None,
    workspace: str | None = None,
    tell: Callable[[float], None] | None = None,
) -> list[Planned]:
    """Every message that every person would get, in the order in which they come.

    Args:
        days: how many days are looked at.
        from_on: the first of them, in the workspace's zone; today where None. What comes before is played
            too, since it decides what comes then.
        workspace: Slack's id, where the database holds several.
        tell: is told which share of the days is played, 0 to 1; a big company's year takes minutes.

    Raises:
        Invalid: a number of days or a first day that cannot be meant.
        NotFound: there is no such workspace.
    """
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(f"--days: {days} cannot be simulated. Give 1 to {MOST_DAYS} days.")
    with database.workspaces(read=True) as workspaces:
        chosen = workspaces.choose(workspace)
    if chosen is None:
        raise Invalid("There is no plan yet, so nobody would be asked. Import one with `hoshin import`.")
    now = clock.now()
    starts_at = now if from_on is None else local_instant(known_zone(chosen.zone), from_on, time(0))
    if starts_at < now - timedelta(days=1):
        raise Invalid(f"--from: {from_on} is over. Give a day from today on.")
    with tempfile.TemporaryDirectory(prefix="hoshin-") as folder:
        copy = copy_workspace(database, chosen.id, Path(folder), now)
        try:
            planned = await play(copy, chosen.id, slices, now, starts_at + timedelta(days=days), tell=tell)
        finally:
            copy.close()
    return [one for one in planned if one.at >= starts_at]


async def play(
    copy: Database,
    workspace_id: int,
    slices: Sequence[Slice],
    now: datetime,
    until: datetime,
    *,
    tell: Callable[[float], None] | None = None,
) -> list[Planned]:
    """Plays the copy from one instant to another, from one due instant to the next."""
    planned: list[Planned] = []
    starts_at = now
    while now < until:
        if tell is not None:
            tell((now - starts_at) / (until - starts_at))
        await tick(copy, now, slices, pauses=False)
        planned += await copy.run(workspace_id, now, take)
        instants = (
            await next_due_at(copy, now, slices, looks=True),
            await copy.read(workspace_id, now, find_held),
        )
        due_at = min((instant for instant in instants if instant is not None), default=None)
        if due_at is None:
            break
        now = due_at if due_at > now else now + _STEP
    return planned


def as_table(planned: Sequence[Planned]) -> str:
    """For people: one line a message."""
    rows = [("at (UTC)", "person", "kind", "items")]
    rows += [(f"{one.at:%Y-%m-%d %H:%M}", one.email, one.kind, " ".join(one.items) or "-") for one in planned]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]).rstrip()
        for row in rows
    ]
    count = "1 message" if len(planned) == 1 else f"{len(planned):,} messages"
    return "\n".join([*lines, f"{count}; nothing was sent."])


def as_json(planned: Sequence[Planned]) -> str:
    """For programs: a list of objects, instants in ISO 8601."""
    return json.dumps(
        [
            {"at": one.at.isoformat(), "person": one.email, "kind": one.kind, "items": list(one.items)}
            for one in planned
        ],
        ensure_ascii=False,
        indent=1,
    )


def as_calendar(planned: Sequence[Planned], now: datetime) -> str:
    """For calendar programs."""
    entries = [
        Entry(
            uid=f"{one.at:%Y%m%dT%H%M}-{one.kind}-{one.email}@simulation.hoshin",
            starts=one.at,
            ends=one.at + _AN_HOUR,
            summary=f"{one.kind}: {one.email}",
            description=" ".join(one.items),
        )
        for one in planned
    ]
    return write_calendar(entries, name="Hoshin, simulated", stamp=now.astimezone(UTC))


def take(uow: UnitOfWork) -> list[Planned]:
    """The messages to people that wait in the outbox and go out by now, marked as sent."""
    rehearsal = Rehearsals(uow.session, uow.workspace_id)
    told = rehearsal.take_told(uow.now)
    references = rehearsal.references([_prompt_of(one.key) for one in told])
    return [
        Planned(
            one.at,
            one.email or one.name,
            KINDS.get(one.key.partition(":")[0], one.key.partition(":")[0]),
            tuple(references.get(_prompt_of(one.key)) or find_references(one.words)),
        )
        for one in told
    ]


def find_references(words: str) -> list[str]:
    """The items that a message names, each once, in the order in which it names them."""
    return list(dict.fromkeys(found[0] for found in _NAMED.finditer(words)))


def find_held(uow: UnitOfWork) -> datetime | None:
    """When the next message goes out that waits for the end of a do-not-disturb."""
    return Rehearsals(uow.session, uow.workspace_id).find_held()


def _prompt_of(key: str) -> int:
    """The prompt that a message is about; 0 for others."""
    word, _, rest = key.partition(":")
    number = rest.partition(":")[0]
    return int(number) if word in {"prompt", "reminder", "later"} and number.isdigit() else 0
