"""Leading: what a team's lead sets about its check-in, and does with what comes in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.checkins.expecting import find_expected
from bot.checkins.lead_messages import asked_message, assigned_message
from bot.checkins.patterns import WEEK
from bot.checkins.questions import find_topics
from bot.checkins.summarising import refresh_summary, summary_key
from bot.checkins.team_questions import read_own
from storage.database import UnitOfWork
from storage.repositories.outbox import ANSWER, Envelope
from storage.rules.absences import read_day
from storage.rules.cadence import local_date, week_of
from storage.rules.errors import Closed, Invalid, InvalidFields, NotAllowed, NotFound
from storage.rules.questions import LONGEST_QUESTION, TEMPLATES, OwnQuestion, read_questions, write_questions
from storage.rules.terms import PromptState, QuestionForm
from storage.tables.checkin import CheckinWindow, TeamQuestion
from storage.tables.team import Team

TEMPLATE, OWN, PULSE, MISSING, PAUSED = "template", "questions", "pulse", "missing", "paused"
"""The names of the form's inputs."""

LONGEST_PAUSE = timedelta(days=366)
MAX_REMARK = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamSettings:
    """How a team checks in, as its lead set it; `others` are further teams that the same person leads."""

    team_id: int
    team: str
    template: str
    own: str
    pulse: str
    names_missing: bool
    paused_until: date | None
    others: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """Who will be asked in a week, when, and about what; by name."""

    team: str
    week_on: date
    rows: tuple[tuple[str, datetime, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class OpenBlocker:
    """A blocker of a window that is not cleared."""

    id: int
    whose: str
    text: str


def read_team(uow: UnitOfWork, member_id: int, team_id: int | None = None) -> TeamSettings:
    """The settings of a team that the person leads; without an id of the first by name.

    Raises:
        NotAllowed: they lead none, or not this one.
    """
    led = uow.roles.get_viewer(member_id).led_team_ids
    teams = [team for team in uow.teams.list_all() if team.id in led]
    if not teams or (team_id is not None and team_id not in led):
        raise NotAllowed("Only a team's lead sets how it checks in. Ask yours, or whoever keeps the plan.")
    team = next((one for one in teams if one.id == team_id), teams[0])
    rows = uow.team_questions.list_asked([team.id])
    pulse = next((row.text for row in rows if row.form == QuestionForm.PULSE), "")
    return TeamSettings(
        team_id=team.id,
        team=team.name,
        template=team.question_template if team.question_template in TEMPLATES else "none",
        own=write_questions(read_own(rows)),
        pulse=pulse,
        names_missing=team.names_missing,
        paused_until=team.paused_until,
        others=tuple((one.id, one.name) for one in teams if one.id != team.id),
    )


def find_team(uow: UnitOfWork, member_id: int, name: str = "") -> TeamSettings:
    """As `read_team`, by the team's name; without one the first.

    Raises:
        NotAllowed: they lead no team.
        NotFound: they lead none of that name; the sentence names those that they lead.
    """
    found = read_team(uow, member_id)
    teams = {found.team.lower(): found.team_id, **{title.lower(): number for number, title in found.others}}
    if not name.strip():
        return found
    if name.strip().lower() not in teams:
        led = ", ".join([found.team, *(title for _, title in found.others)])
        raise NotFound(f"You lead no team called “{name.strip()}”. You lead {led}.")
    return read_team(uow, member_id, teams[name.strip().lower()])


def save_team(
    uow: UnitOfWork, member_id: int, team_id: int, typed: Mapping[str, str], *, names_missing: bool
) -> TeamSettings:
    """Takes the form of a team's check-in. What was asked already stays as it was asked.

    Raises:
        NotAllowed: as `read_team`.
        InvalidFields: every text that cannot be read; nothing was saved.
    """
    before = read_team(uow, member_id, team_id)
    team = uow.teams.get(team_id)
    faults: dict[str, str] = {}
    paused_until: date | None = None
    questions: tuple[OwnQuestion, ...] = ()
    try:
        paused_until = _read_pause(uow, member_id, typed.get(PAUSED, ""))
    except Invalid as error:
        faults[PAUSED] = error.sentence
    try:
        questions = read_questions(typed.get(OWN, ""))
    except Invalid as error:
        faults[OWN] = error.sentence
    pulse = typed.get(PULSE, "").strip()
    if len(pulse) > LONGEST_QUESTION:
        faults[PULSE] = f"This has {len(pulse)} characters, and {LONGEST_QUESTION} fit. Shorten it."
    if faults:
        raise InvalidFields(faults)
    template = typed.get(TEMPLATE, "none")
    team.question_template = template if template in TEMPLATES else "none"
    team.names_missing, team.paused_until = names_missing, paused_until
    if (write_questions(questions), pulse) != (before.own, before.pulse):
        _replace_questions(uow, team, typed.get(OWN, ""), pulse)
    uow.session.flush()
    return read_team(uow, member_id, team_id)


def ask_now(uow: UnitOfWork, member_id: int, team_id: int) -> int:
    """Brings the one reminder of the week forward, for those who are missing. Returns how many these are.

    Raises:
        NotAllowed: as `read_team`.
        Closed: no check-in of the team is open, or all who were asked have answered or been reminded.
    """
    read_team(uow, member_id, team_id)
    window = _current_window(uow, team_id)
    missing = [
        prompt
        for prompt, _ in (uow.checkins.list_prompts(window.id) if window else [])
        if prompt.state is PromptState.ASKED and prompt.reminded_at is None and prompt.closes_at > uow.now
    ]
    if not missing:
        raise Closed(
            "Nobody can be asked now: no check-in is open, or all who were asked have answered or were "
            "reminded already. Each person is reminded once a week."
        )
    for prompt in missing:
        prompt.reminder_at, prompt.snoozed_until = uow.now, None
    return len(missing)


def preview(uow: UnitOfWork, member_id: int, team_id: int) -> Preview:
    """What the team will be asked in the next week that has not opened yet.

    Raises:
        NotAllowed: as `read_team`.
    """
    settings = read_team(uow, member_id, team_id)
    zone = uow.workspace.zone
    week_on, rhythm = week_of(uow.now, zone), uow.settings.rhythm()
    if _current_window(uow, team_id) is not None or local_date(uow.now, zone) > week_on:
        week_on += WEEK
    expected = find_expected(uow, team_id, week_on, rhythm)
    members = uow.members.list_by_ids(expected)
    topics = find_topics(
        uow, {who: local_date(window.opens_at, members[who].zone) for who, window in expected.items()}
    )
    rows = [
        (members[who].name, window.opens_at, tuple(topic.line.reference for topic in topics[who]))
        for who, window in expected.items()
    ]
    return Preview(settings.team, week_on, tuple(sorted(rows)))


def acknowledge(uow: UnitOfWork, member_id: int, window_id: int) -> None:
    """The lead has read it: the summary says so. A second press changes nothing."""
    window = _lock_led(uow, member_id, window_id)
    if window.acknowledged_at is None:
        window.acknowledged_by_id, window.acknowledged_at = member_id, uow.now
        uow.session.flush()
        refresh_summary(uow, window)


def ask_in_thread(uow: UnitOfWork, member_id: int, window_id: int, text: str) -> None:
    """Posts the lead's question into the summary's thread.

    Raises:
        Invalid: it is empty or too long (field "remark").
        Closed: there is no summary to ask below.
    """
    window = _lock_led(uow, member_id, window_id)
    if not text.strip() or len(text) > MAX_REMARK:
        raise Invalid(f"Type a question of at most {MAX_REMARK:,} characters.", field="remark")
    posted = uow.outbox.find(summary_key(window.id))
    if posted is None:
        raise Closed("There is no summary yet to ask below. It comes with the first answer.")
    message = asked_message(uow.members.get(member_id).name, text)
    key = f"remark:{window.id}:{member_id}:{uow.now.timestamp():.0f}"
    uow.outbox.put(Envelope(key, message.payload(), uow.now, ANSWER, thread_of_id=posted.id))


def list_blockers(uow: UnitOfWork, member_id: int, window_id: int) -> list[OpenBlocker]:
    """The blockers that can be given to someone.

    Raises:
        Closed: there is none.
    """
    window = _lock_led(uow, member_id, window_id)
    people = uow.checkins.list_prompts(window.id)
    names = {prompt.id: member.name for prompt, member in people}
    found = [
        OpenBlocker(blocker.id, names[blocker.prompt_id], blocker.text)
        for blocker in uow.checkins.list_blockers(list(names))
    ]
    if not found:
        raise Closed("Nothing is blocked any more. Thank you for looking.")
    return found


def assign_blocker(
    uow: UnitOfWork, member_id: int, window_id: int, blocker_id: int, slack_user_id: str
) -> str:
    """Makes someone the owner of a blocker and tells them. Returns the name.

    Raises:
        NotFound: the blocker is gone, or the person is not known here.
    """
    window = _lock_led(uow, member_id, window_id)
    prompts = [prompt.id for prompt, _ in uow.checkins.list_prompts(window.id)]
    blocker = next((one for one in uow.checkins.list_blockers(prompts) if one.id == blocker_id), None)
    if blocker is None:
        raise NotFound("This blocker is cleared or gone. Open the form again for those that are left.")
    owner = uow.members.find_by_slack_id(slack_user_id) if slack_user_id else None
    if owner is None or owner.is_deactivated:
        raise NotFound("Hoshin does not know this person yet. Choose someone who has used it once.")
    blocker.owner_id, blocker.assigned_by_id, blocker.assigned_at = owner.id, member_id, uow.now
    uow.session.flush()
    message = assigned_message(uow.members.get(member_id).name, blocker.kind, blocker.text)
    key = f"blocker:{blocker.id}:{owner.id}"
    uow.outbox.put(Envelope(key, message.payload(), uow.now, ANSWER, member_id=owner.id))
    refresh_summary(uow, window)
    return owner.name


def _lock_led(uow: UnitOfWork, member_id: int, window_id: int) -> CheckinWindow:
    """The window, held, if the person leads its team or one above it."""
    window = uow.checkins.lock_window(window_id)
    if window.team_id not in uow.roles.get_viewer(member_id).led_team_ids:
        raise NotAllowed("This is for the team's lead. Answer in the thread; everyone reads it there.")
    return window


def _current_window(uow: UnitOfWork, team_id: int) -> CheckinWindow | None:
    zone = uow.workspace.zone
    window = uow.checkins.find_window(team_id, week_of(uow.now, zone))
    return window if window is not None and window.closed_at is None else None


def _read_pause(uow: UnitOfWork, member_id: int, text: str) -> date | None:
    if not text.strip():
        return None
    today = local_date(uow.now, uow.members.get(member_id).zone)
    try:
        until = read_day(text.strip().removeprefix("until "), today)
    except Invalid as error:
        raise Invalid(
            f"“{text}” is not a day that can be read. Type the last day without a check-in, such as 2 "
            "January."
        ) from error
    if not today <= until <= today + LONGEST_PAUSE:
        raise Invalid("A pause ends on a day from today on, within a year. Name another one.")
    return until


def _replace_questions(uow: UnitOfWork, team: Team, text: str, pulse: str) -> None:
    """New rows take the place of the old ones, which stay for what was answered to them."""
    for row in uow.team_questions.list_asked([team.id]):
        row.is_active = False
    rows: list[TeamQuestion] = []
    for position, question in enumerate(read_questions(text), start=1):
        parent = None if question.parent is None else rows[question.parent].id
        row = TeamQuestion(
            workspace_id=uow.workspace_id,
            team_id=team.id,
            position=position,
            text=question.text,
            form=QuestionForm.CHOICE if question.options else QuestionForm.TEXT,
            options=list(question.options),
            depends_on_id=parent,
            depends_on=list(question.follows),
        )
        rows.append(uow.checkins.add(row))
    if pulse:
        uow.checkins.add(
            TeamQuestion(
                workspace_id=uow.workspace_id,
                team_id=team.id,
                position=len(rows) + 1,
                text=pulse,
                form=QuestionForm.PULSE,
            )
        )
