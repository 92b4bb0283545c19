"""Summing up: one message a team and week, kept up to date, with the details in its thread.

It appears with the first answer, in the team's channel; a team without one is summed up for its lead. Where
the plan names a channel that is not known in Slack yet, the summary waits for it, and the lead is told once.
Only what every reader of the channel may see stands there; where that is not all, the lead gets the whole of
it alone when the week closes.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.answers import Message
from bot.checkins import post
from bot.checkins.expecting import find_expected
from bot.checkins.facts import Prompt, Summary
from bot.checkins.prompts import read_prompts
from bot.checkins.summaries import (
    closing_message,
    detail_message,
    silence_message,
    summary_message,
    unknown_channel_message,
)
from storage.database import UnitOfWork
from storage.repositories.outbox import SUMMARY, Envelope
from storage.rules.access import Viewer
from storage.rules.cadence import WORK_HOURS, first_working_instant, local_date
from storage.rules.pulse import Mood, read_mood
from storage.rules.terms import Kind, PromptState
from storage.tables.checkin import CheckinWindow
from storage.tables.member import Member
from storage.tables.outbox import Outbox
from storage.tables.team import Team
from storage.working import read_patterns

_AFTER_HOURS = 2
"""Hours after their working day in which a lead still hears how a week went: most close at its end."""


def refresh_summary(uow: UnitOfWork, window: CheckinWindow, *, changed_id: int | None = None) -> None:
    """Draws a window's summary anew, or posts it if this is the first answer.

    Args:
        changed_id: the prompt whose answer is new or corrected; its detail in the thread is drawn anew.
    """
    summary = read_summary(uow, window)
    if summary is None:
        window.summary_waits = True
        return
    row = uow.outbox.find(summary_key(window.id))
    if row is None and not summary.answered:
        return
    if row is None:
        row = _post(uow, window, summary)
    else:
        uow.outbox.edit(row, summary_message(summary).payload(), uow.now, SUMMARY)
    if row is not None:
        _put_details(uow, row, summary, changed_id)


def post_waiting(uow: UnitOfWork, limit: int) -> int:
    """Posts the summaries that waited for their team's channel."""
    windows = uow.checkins.claim_waiting_windows(limit)
    for window in windows:
        window.summary_waits = False
        refresh_summary(uow, window)
        if window.closed_at is not None:
            _put_closing(uow, window)
    return len(windows)


def close_windows(uow: UnitOfWork, limit: int) -> int:
    """Closes the windows whose end has come, with a word on what the leader should know."""
    windows = uow.checkins.claim_closing_windows(uow.now, limit)
    for window in windows:
        window.closed_at = uow.now
        uow.team_questions.seal_pulse(window.id)
        uow.session.flush()
        refresh_summary(uow, window)
        _put_closing(uow, window)
        _end_correcting(uow, window)
    return len(windows)


def _end_correcting(uow: UnitOfWork, window: CheckinWindow) -> None:
    """What people answered can no longer be corrected, so nothing offers it."""
    people = uow.checkins.list_prompts(window.id)
    answered = [(prompt, who) for prompt, who in people if prompt.state is PromptState.ANSWERED]
    if answered:
        post.close_questions(uow, read_prompts(uow, window, answered))


def read_summary(uow: UnitOfWork, window: CheckinWindow) -> Summary | None:
    """A team's week as it stands, as far as all who will read it may see; None while these are not known."""
    team = uow.teams.get(window.team_id)
    if team.channel_id is None:
        return _read_for(uow, window, _lead_alone(uow, _find_lead(uow, team)))
    readers = uow.audiences.find_viewers(team.channel_id)
    return None if readers is None else _read_for(uow, window, readers)


def _lead_alone(uow: UnitOfWork, lead: Member | None) -> list[Viewer]:
    return [] if lead is None else [uow.roles.get_viewer(lead.id)]


def _read_for(uow: UnitOfWork, window: CheckinWindow, readers: Sequence[Viewer]) -> Summary:
    """The week with those items only that all of these may see."""
    workspace = uow.workspace
    team = uow.teams.get(window.team_id)
    people = uow.checkins.list_prompts(window.id)
    lead = _find_lead(uow, team)
    shown = {(node.kind, node.id) for node in uow.seen_by(readers).values()}
    return Summary(
        window_id=window.id,
        team=team.name,
        week_on=window.week_on,
        closes_at=window.closes_at,
        is_closed=window.closed_at is not None,
        zone=workspace.zone,
        locale=workspace.locale,
        prompts=tuple(_only(prompt, shown) for prompt in read_prompts(uow, window, people)),
        later=_later(uow, window, {member.id for _, member in people}),
        lead_slack_id=lead.slack_user_id if lead else None,
        no_channel=team.channel is None,
        names_missing=team.names_missing,
        acknowledged_by=_acknowledged_by(uow, window),
        mood=_mood(uow, window),
        now=uow.now,
    )


def _acknowledged_by(uow: UnitOfWork, window: CheckinWindow) -> str:
    return uow.members.get(window.acknowledged_by_id).name if window.acknowledged_by_id is not None else ""


def _mood(uow: UnitOfWork, window: CheckinWindow) -> Mood | None:
    """What the anonymous answers say, where that may be shown."""
    counts = uow.team_questions.pulse_of(window.id)
    is_closed = window.closed_at is not None
    return next((read_mood(one, is_closed=is_closed) for one in counts.values()), None)


def _only(prompt: Prompt, shown: Collection[tuple[Kind, int]]) -> Prompt:
    """A prompt without the items that not every reader may see. What was written about blockers may tell of
    them, and is left out with them."""
    items = tuple(item for item in prompt.items if (item.kind, item.item_id) in shown)
    extras = tuple(
        extra for extra in prompt.extras if extra.kind is None or (extra.kind, extra.item_id) in shown
    )
    if len(items) == len(prompt.items) and len(extras) == len(prompt.extras):
        return prompt
    return prompt._replace(items=items, extras=extras, hides_items=True, obstacles=())


def _later(uow: UnitOfWork, window: CheckinWindow, present: set[int]) -> tuple[str, ...]:
    """The names of those who will be asked later in the week, because their day begins later."""
    if uow.now >= window.closes_at or window.closed_at is not None:
        return ()
    expected = find_expected(uow, window.team_id, window.week_on, uow.settings.rhythm())
    waiting = [who for who, own in expected.items() if who not in present and own.opens_at > uow.now]
    members = uow.members.list_by_ids(waiting)
    return tuple(sorted(members[who].name for who in waiting))


def _find_lead(uow: UnitOfWork, team: Team) -> Member | None:
    """The team's lead; where that one is not in Slack, the lead of the next team up."""
    seen: set[int] = set()
    while team.id not in seen:
        seen.add(team.id)
        lead = uow.members.get(team.lead_id) if team.lead_id is not None else None
        if lead is not None and lead.slack_user_id is not None and not lead.is_deactivated:
            return lead
        if team.parent_id is None:
            return None
        team = uow.teams.get(team.parent_id)
    return None


def _post(uow: UnitOfWork, window: CheckinWindow, summary: Summary) -> Outbox | None:
    """Puts the summary in for the channel, or for the lead; None while it waits for the channel."""
    team = uow.teams.get(window.team_id)
    lead = _find_lead(uow, team)
    if team.channel is not None and team.channel_id is None:
        window.summary_waits = True
        if lead is not None:
            key = f"channel-unknown:{team.id}:{team.channel}"
            _put_for(uow, lead, key, unknown_channel_message(team.name, team.channel))
        return None
    key = summary_key(window.id)
    message = summary_message(summary)
    if team.channel_id is not None:
        uow.outbox.put(Envelope(key, message.payload(), uow.now, SUMMARY, channel_id=team.channel_id))
    elif lead is not None:
        _put_for(uow, lead, key, message)
    return uow.outbox.find(key)


def _put_details(uow: UnitOfWork, row: Outbox, summary: Summary, changed_id: int | None) -> None:
    for prompt in summary.answered:
        key = f"detail:{prompt.id}"
        payload = detail_message(prompt, summary.locale).payload()
        known = uow.outbox.find(key)
        if known is None:
            uow.outbox.put(Envelope(key, payload, uow.now, SUMMARY, thread_of_id=row.id))
        elif prompt.id == changed_id:
            uow.outbox.edit(known, payload, uow.now, SUMMARY)


def _put_closing(uow: UnitOfWork, window: CheckinWindow) -> None:
    """One reply in the summary's thread; where nobody answered there is none, and the lead is told alone.

    A week in which nobody was asked, because all are away or Hoshin did not run, is no news.
    """
    found = read_summary(uow, window)
    if found is None:
        window.summary_waits = True
        return
    summary = replace(found, is_closed=True)
    _put_whole(uow, window, summary)
    row = uow.outbox.find(summary_key(window.id))
    key = f"closing:{window.id}"
    lead = _find_lead(uow, uow.teams.get(window.team_id))
    if row is not None:
        payload, at = closing_message(summary).payload(), _when_for(uow, lead)
        uow.outbox.put(Envelope(key, payload, at, SUMMARY, thread_of_id=row.id))
        return
    if lead is not None and summary.missing and not summary.answered:
        _put_for(uow, lead, key, silence_message(summary))


def _put_whole(uow: UnitOfWork, window: CheckinWindow, shared: Summary) -> None:
    """What the channel may not see goes to the lead alone."""
    lead = _find_lead(uow, uow.teams.get(window.team_id))
    if lead is None:
        return
    whole = replace(_read_for(uow, window, _lead_alone(uow, lead)), is_closed=True)
    if whole.answered and whole.prompts != shared.prompts:
        _put_for(uow, lead, f"summary-whole:{window.id}", summary_message(whole))


def _put_for(uow: UnitOfWork, lead: Member, key: str, message: Message) -> None:
    uow.outbox.put(Envelope(key, message.payload(), _when_for(uow, lead), SUMMARY, member_id=lead.id))


def _when_for(uow: UnitOfWork, lead: Member | None) -> datetime:
    """Now, or in the lead's next working minute: the team's last member may close its week in their night."""
    if lead is None:
        return uow.now
    pattern = read_patterns(uow, [lead], local_date(uow.now, "UTC") - timedelta(days=1))[lead.id]
    at = first_working_instant(pattern, uow.now, work_hours=WORK_HOURS + _AFTER_HOURS)
    return at or uow.now


def summary_key(window_id: int) -> str:
    """Names the message of a window's summary in the outbox."""
    return f"summary:{window_id}"
