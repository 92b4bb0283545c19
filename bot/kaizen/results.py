"""Results: what an idea brought, whether that lasts, and where else it would help."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from bot.blockkit.mrkdwn import literal
from bot.kaizen import moving, people
from bot.kaizen.cards import offer_message, step_message
from bot.kaizen.facts import Detail
from bot.kaizen.post import put_in_thread, redraw_card
from bot.kaizen.reading import read_idea, show
from storage.database import UnitOfWork
from storage.repositories.outbox import REMINDER, Envelope
from storage.rules.errors import Closed, Invalid, InvalidFields, NotAllowed
from storage.rules.figures import parse_figure
from storage.rules.kaizen import IMPLEMENTED, Ask, Move, OfferState, Role, read_text
from storage.rules.kaizen_statistics import Benefit
from storage.tables.kaizen import IdeaBenefit, IdeaOffer
from storage.tables.member import Member
from storage.tables.team import Team


def planned_field(kind: Benefit) -> str:
    """The name of the input for what a benefit was to be."""
    return f"planned_{kind}"


def actual_field(kind: Benefit) -> str:
    return f"actual_{kind}"


def write_benefits(
    uow: UnitOfWork, member_id: int, idea_id: int, typed: Mapping[str, str], locale: str
) -> Detail:
    """Writes down what an idea was to bring and has brought; an actual figure then waits to be confirmed.

    Raises:
        InvalidFields: something typed is no number.
        NotAllowed: they have no part in the idea.
    """
    idea = uow.ideas.lock(idea_id)
    moving.check_part(uow, member_id, idea)
    figures = _read_figures(typed, locale)
    known = {row.kind: row for row in uow.idea_results.list_benefits(idea.id)}
    for kind in Benefit:
        planned, actual = figures[planned_field(kind)], figures[actual_field(kind)]
        row = known.get(kind)
        if row is None and (planned is not None or actual is not None):
            row = IdeaBenefit(workspace_id=uow.workspace_id, idea_id=idea.id, kind=kind)
            uow.ideas.add(row)
        if row is None:
            continue
        if row.actual != actual:
            row.confirmed_by_id = row.confirmed_at = None
        row.planned, row.actual = planned, actual
    uow.session.flush()
    return show(uow, member_id, idea.id)


def confirm(uow: UnitOfWork, member_id: int, idea_id: int) -> Detail:
    """Confirms what an idea has brought, by name.

    Raises:
        NotAllowed: it is one's own idea, or one neither coaches it nor is of the lean council.
        Invalid: there is nothing to confirm.
    """
    idea = uow.ideas.lock(idea_id)
    roles = moving.check_part(uow, member_id, idea)
    if Role.AUTHOR in roles or not roles & {Role.COACH, Role.COUNCIL}:
        raise NotAllowed(
            "What an idea has brought is confirmed by its coach or the lean council, not by its author."
        )
    open_rows = [
        row
        for row in uow.idea_results.list_benefits(idea.id)
        if row.actual is not None and not row.confirmed_at
    ]
    if not open_rows:
        raise Invalid("There is no figure to confirm. Write down first what the idea has brought.")
    for row in open_rows:
        row.confirmed_by_id, row.confirmed_at = member_id, uow.now
    uow.session.flush()
    name = literal(uow.members.get(member_id).name)
    put_in_thread(
        uow,
        idea.id,
        f"confirmed:{uow.now.timestamp():.0f}",
        step_message(f"{name} confirmed what it has brought."),
    )
    redraw_card(uow, idea)
    return show(uow, member_id, idea.id)


def say_lasted(uow: UnitOfWork, member_id: int, check_id: int) -> Detail:
    """Says of a result that it has lasted.

    Raises:
        NotFound: there is no such check.
        NotAllowed: they have no part in the idea.
    """
    check = uow.idea_results.get_follow_up(check_id)
    idea = uow.ideas.lock(check.idea_id)
    moving.check_part(uow, member_id, idea)
    if check.has_lasted is None:
        check.has_lasted, check.answered_at = True, uow.now
        uow.session.flush()
    return show(uow, member_id, idea.id)


def say_slipped(uow: UnitOfWork, member_id: int, check_id: int, note: str) -> Detail:
    """Says of a result that it has slipped: the idea is planned anew.

    Raises:
        Invalid: there is no word on what happened.
        NotFound, NotAllowed: as `say_lasted`.
        Closed: the idea is open again already.
    """
    check = uow.idea_results.get_follow_up(check_id)
    idea = uow.ideas.lock(check.idea_id)
    moving.check_part(uow, member_id, idea)
    text = read_text(note, name=Ask.LESSON, what="what happened", limit=1000)
    check.has_lasted, check.answered_at, check.note = False, uow.now, text
    uow.session.flush()
    return moving.move(uow, member_id, idea.id, Move.REOPEN, {Ask.LESSON: text})


def find_teams(uow: UnitOfWork, member_id: int, idea_id: int) -> tuple[Detail, list[tuple[int, str]]]:
    """The idea, and (id, name) of the teams with a lead to which its result was not offered yet."""
    offered = {row.team_id for row, _ in uow.idea_results.list_offers(idea_id)}
    teams = [team for team in uow.teams.list_all() if team.id not in offered]
    leads = people.names_of(uow, (team.lead_id for team in teams))
    return show(uow, member_id, idea_id), [(team.id, team.name) for team in teams if _is_led(team, leads)]


def offer(uow: UnitOfWork, member_id: int, idea_id: int, team_ids: Sequence[int]) -> Detail:
    """Offers a result to other teams (yokoten); each team's lead is told once.

    Raises:
        Closed: there is no result yet.
        Invalid: no team is chosen, or one that nobody leads.
        NotAllowed: they have no part in the idea.
    """
    idea = uow.ideas.lock(idea_id)
    moving.check_part(uow, member_id, idea)
    if idea.state not in IMPLEMENTED:
        raise Closed(f"This idea is {idea.state}: there is no result to offer yet.")
    if not team_ids:
        raise Invalid("No team is chosen. Choose those that it would help, too.", field="teams")
    teams = [uow.teams.get(team_id) for team_id in team_ids]
    leads = people.names_of(uow, (team.lead_id for team in teams))
    for team in teams:
        if not _is_led(team, leads):
            raise Invalid(
                f"{team.name} has no lead who could answer. Name one with `/hoshin team`, then try again.",
                field="teams",
            )
        offer_id = uow.idea_results.add_offer(idea.id, team.id, uow.now)
        if offer_id is not None:
            message = offer_message(read_idea(uow, idea), team.name, idea.elsewhere, offer_id)
            key = f"idea-offer:{offer_id}"
            uow.outbox.put(Envelope(key, message.payload(), uow.now, REMINDER, member_id=team.lead_id))
    return show(uow, member_id, idea.id)


def _is_led(team: Team, leads: Mapping[int, Member]) -> bool:
    lead = leads.get(team.lead_id or 0)
    return lead is not None and not lead.is_deactivated


def answer_offer(uow: UnitOfWork, member_id: int, offer_id: int, *, takes: bool) -> tuple[str, str]:
    """A team's lead answers an offer. Returns the idea's reference and what it is now.

    Raises:
        NotAllowed: the offer is for the leads of that team.
    """
    row = _own_offer(uow, member_id, offer_id)
    idea = uow.ideas.lock(row.idea_id)
    if row.state is OfferState.OFFERED:
        row.state = OfferState.TAKEN if takes else OfferState.REFUSED
        row.member_id = member_id
        uow.session.flush()
        team = literal(uow.teams.get(row.team_id).name)
        words = f"{team} takes it over, too." if takes else f"{team} looked at it: it does not fit there."
        put_in_thread(uow, idea.id, f"offer:{row.id}", step_message(words))
    return f"K-{idea.number}", row.state


def _own_offer(uow: UnitOfWork, member_id: int, offer_id: int) -> IdeaOffer:
    viewer = people.get_actor(uow, member_id)
    row = uow.idea_results.get_offer(offer_id)
    if row.team_id not in viewer.led_team_ids:
        raise NotAllowed("This offer is for the lead of that team. Tell them what you think of it.")
    return row


def _read_figures(typed: Mapping[str, str], locale: str) -> dict[str, Decimal | None]:
    figures: dict[str, Decimal | None] = {}
    faults: dict[str, str] = {}
    for kind in Benefit:
        for name in (planned_field(kind), actual_field(kind)):
            text = typed.get(name, "").strip()
            try:
                figures[name] = parse_figure(text, unit="", locale=locale, field=name) if text else None
            except Invalid as error:
                faults[name] = error.sentence
    if faults:
        raise InvalidFields(faults)
    return figures
