"""What people do with balls in Slack: parse, one service call, answer."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from bot import ids
from bot.answers import Answer, RefreshHome, SendFile, UpdateView, nothing, open_view, say, update_view
from bot.asks import Ask, ChannelFacts, Person
from bot.blockkit.mrkdwn import typed
from bot.catchball import service
from bot.catchball.drawing import done_message, list_message, record_message
from bot.catchball.facts import Aim, Opening, Typed
from bot.catchball.forms import GROUP, REASON_OF, counter_form, done_view, say_form, throw_form
from bot.catchball.record import as_yaml
from bot.payloads import is_direct, is_private
from bot.routing import Routes
from storage.catchballs import Counter
from storage.rules.catchball import Move
from storage.rules.catchball_terms import QUESTIONS
from storage.rules.errors import Closed, Invalid, NotAllowed, Overtaken
from storage.rules.naming import reads_as_reference

routes = Routes()

_PERSON = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
_MOST_PREFILLED = 200


@routes.command("catchball")
async def overview(ask: Ask) -> Answer:
    """What I hold, what I wait for, my team's."""
    return say(list_message(await ask.read(service.overview, ask.person.member_id)))


@routes.command("catchball show")
async def show(ask: Ask) -> Answer:
    """A ball whole; without a reference the list."""
    text = typed(ask.text).strip()
    if not text:
        return await overview(ask)
    return say(record_message(await ask.read(service.show, ask.person.member_id, text)))


@routes.action(ids.CATCHBALL_SHOW)
async def open_ball(ask: Ask) -> Answer:
    """ "Open" in a list."""
    return say(record_message(await ask.read(service.show, ask.person.member_id, ask.value)))


@routes.command("catchball record")
async def send_record(ask: Ask) -> Answer:
    """The whole record as a file, in the asker's direct messages."""
    text = typed(ask.text).strip()
    if not text:
        raise Invalid("Which ball? Type its reference, such as `/catchball record C-1`.")
    record = await ask.read(service.show, ask.person.member_id, text)
    reference = record.ball.reference
    file = SendFile(
        f"{reference}.yaml",
        as_yaml(record).encode(),
        f"Record of {reference}",
        "Every version and every move.",
    )
    return nothing(file)


@routes.command("catchball propose")
async def propose(ask: Ask) -> Answer:
    """The form of a throw, with whom and what the command named: an item to be negotiated, or a title, with
    `under` and a reference what it is to stand under."""
    to = tuple(_PERSON.findall(ask.text))
    words = typed(_PERSON.sub(" ", ask.text)).split()
    reference = next((word for word in words if reads_as_reference(word)), "")
    rest = [word for word in words if word != reference]
    is_under = bool(rest) and bool(reference)
    if rest and rest[0].casefold() == "under":
        rest = rest[1:]
    is_between = is_direct(str(ask.payload.get("channel_name") or ""))
    opening = Opening(
        to=to,
        item="" if is_under else reference.upper(),
        parent=reference.upper() if is_under else "",
        title=" ".join(rest),
        channel="" if is_between else ask.channel_id or "",
    )
    return open_view(throw_form(await ask.read(service.open_throw, ask.person.member_id, opening)))


@routes.action(ids.CATCHBALL_ABOUT)
async def negotiate(ask: Ask) -> Answer:
    """ "Throw as catchball" on an item's card, and where one was just saved."""
    opening = Opening(item=ask.value, channel=_shared_channel(ask))
    form = throw_form(await ask.read(service.open_throw, ask.person.member_id, opening))
    is_modal = (ask.payload.get("view") or {}).get("type") == "modal"
    return nothing(UpdateView(form)) if is_modal else open_view(form)


def _shared_channel(ask: Ask) -> str:
    """Where a button stands, to be proposed in the form; nothing where nobody else reads, as with Hoshin."""
    channel_id = ask.channel_id or ""
    return "" if channel_id.startswith("D") else channel_id


@routes.action(ids.CATCHBALL_BELOW)
async def throw_below(ask: Ask) -> Answer:
    """Something new instead of what stands in the form."""
    about = ask.metadata
    opening = Opening(
        item=str(about.get("item", "")),
        channel=ask.form.text("channel") or str(about.get("channel", "")),
        to=tuple(ask.form.choices("receivers")),
    )
    form = await ask.read(service.open_below, ask.person.member_id, opening)
    return nothing(UpdateView(throw_form(form)))


@routes.action(ids.CATCHBALL_PROPOSE)
async def propose_below(ask: Ask) -> Answer:
    """A button: its value is what the ball is to stand under, or empty."""
    opening = Opening(parent=ask.value, channel=_shared_channel(ask))
    return open_view(throw_form(await ask.read(service.open_throw, ask.person.member_id, opening)))


@routes.shortcut(ids.CATCHBALL_PROPOSE)
async def propose_from_message(ask: Ask) -> Answer:
    """ "Throw as catchball": what the message says, to be confirmed; from a private place the form says "
    "so."""
    words = typed((ask.payload.get("message") or {}).get("text") or "").strip()
    is_from_private = is_private(ask.payload.get("channel"))
    opening = Opening(
        title=" ".join(words.split("\n")[0].split())[:_MOST_PREFILLED],
        why=words[:1000],
        channel="" if is_from_private else ask.channel_id or "",
        from_private=is_from_private,
    )
    return open_view(throw_form(await ask.read(service.open_throw, ask.person.member_id, opening)))


@routes.action(ids.CATCHBALL_FOLDED)
async def unfold(ask: Ask) -> Answer:
    """The whole form. Slack keeps what was typed, input by input."""
    about = ask.metadata
    if "number" in about:
        aim = Aim(int(about["number"]), int(about["version"]))
        form = await ask.read(service.open_counter, ask.person.member_id, aim.number, folded=False)
        meanwhile = await ask.read(service.tell_since, ask.person.member_id, aim, form.terms)
        return nothing(UpdateView(counter_form(form, meanwhile)))
    opening = Opening(
        item=str(about.get("item", "")),
        parent=str(about.get("parent", "")),
        channel=ask.form.text("channel") or str(about.get("channel", "")),
        from_private=bool(about.get("private")),
        to=tuple(ask.form.choices("receivers")),
        title=ask.form.text("title"),
        why=ask.form.text("why"),
        folded=False,
    )
    return nothing(
        UpdateView(throw_form(await ask.read(service.reopen_throw, ask.person.member_id, opening)))
    )


@routes.view(ids.CATCHBALL_TERMS)
async def submit_throw(ask: Ask) -> Answer:
    """Throws the ball."""
    about = ask.metadata
    receivers = [await _meet(ask, one, "receivers") for one in ask.form.choices("receivers")]
    channel = await _place(ask)
    terms = _typed(ask)
    terms = replace(terms, item=str(about.get("item", "")), is_folded=_is_folded(ask))
    if terms.is_folded:
        terms = replace(terms, parent=str(about.get("parent", "")))
    told = await ask.run(
        service.propose,
        ask.person.member_id,
        terms,
        [one.member_id for one in receivers],
        channel,
        locale=ask.person.locale,
    )
    return update_view(done_view(told), RefreshHome())


@routes.action(ids.CATCHBALL_AGREE)
async def agree(ask: Ask) -> Answer:
    """ "Agree" on a card: to the version that the card showed."""
    told = await ask.run(service.agree, ask.person.member_id, _ball_of(ask.value))
    return say(done_message(told), RefreshHome())


@routes.action(ids.CATCHBALL_COUNTER)
async def open_counter(ask: Ask) -> Answer:
    """ "Counter": the form with the terms as they are."""
    aim = _ball_of(ask.value)
    return open_view(counter_form(await ask.read(service.open_counter, ask.person.member_id, aim.number)))


@routes.view(ids.CATCHBALL_COUNTER_FORM)
async def submit_counter(ask: Ask) -> Answer:
    """Returns the ball; where another was faster, the form stays, and says what changed meanwhile."""
    about = ask.metadata
    aim = Aim(int(about["number"]), int(about["version"]))
    member_id = ask.person.member_id
    wanted = Counter(
        reason=ask.form.text("reason"),
        reasons=_given(ask, "reason_", REASON_OF),
        answers=_given(ask, "answer_", QUESTIONS),
    )
    typed_terms = replace(_typed(ask), is_folded=_is_folded(ask))
    try:
        told = await ask.run(service.counter, member_id, aim, typed_terms, wanted, locale=ask.person.locale)
    except Overtaken as overtaken:
        try:
            form = await ask.read(service.open_counter, member_id, aim.number)
        except (Closed, NotAllowed):
            # The ball is elsewhere by now: what was typed stays in the form, to be said in the thread.
            raise overtaken from None
        return update_view(counter_form(form, overtaken.sentence))
    return update_view(done_view(told), RefreshHome())


@routes.action(ids.CATCHBALL_SAY)
async def open_say(ask: Ask) -> Answer:
    """A button or a choice of the ⋯ menu that wants a sentence or a person."""
    move, aim = _move_of(ask.value)
    parts: tuple[tuple[int, str], ...] = ()
    if move is Move.HAND_OVER:
        parts = await ask.read(service.list_parts, ask.person.member_id, aim.number)
    return open_view(say_form(move, aim, parts=parts, own=ask.person.member_id))


@routes.view(ids.CATCHBALL_SAY_FORM)
async def submit_say(ask: Ask) -> Answer:
    """Says it."""
    about = ask.metadata
    move, number, version = Move(about["move"]), int(about["number"]), int(about["version"])
    member_id = ask.person.member_id
    if move in {Move.HAND_OVER, Move.NAME_FACILITATOR}:
        person = await _meet(ask, ask.form.text("person"), "person")
        is_present = await check_present(ask, number, person)
        part = ask.form.text("part")
        giver = int(part) if part.isdigit() else None
        told = await ask.run(
            service.name_person,
            member_id,
            move,
            number,
            person.member_id,
            from_id=giver,
            is_present=is_present,
        )
    else:
        told = await ask.run(service.say, member_id, move, Aim(number, version), ask.form.text("reason"))
    return update_view(done_view(told), RefreshHome())


async def check_present(ask: Ask, number: int, person: Person) -> bool:
    """Whether someone reads the conversation of a ball that they are to take part in.

    Nobody can be invited into a group conversation: there, and where Slack does not tell, they are told
    directly, and their Home tab and `/catchball` show it.

    Raises:
        Invalid: they could be invited first (field "person").
    """
    channel_id = await ask.read(service.find_place, ask.person.member_id, number)
    present = await ask.find_present(channel_id, [person.slack_user_id])
    if present is None or person.slack_user_id in present:
        return present is not None
    if not (await ask.look_at(channel_id)).is_group:
        raise Invalid(
            f"{person.name} is not in the conversation of C-{number} and would not see it there. Invite them "
            "there first, or choose someone who is in it.",
            field="person",
        )
    return False


async def _meet(ask: Ask, slack_user_id: str, field: str) -> Person:
    """Raises Invalid beside the input where someone cannot take part."""
    try:
        return await ask.meet(slack_user_id)
    except NotAllowed as refusal:
        raise Invalid(
            "An app, a deactivated account or someone of another workspace cannot take part in a ball. "
            "Choose people of this workspace.",
            field=field,
        ) from refusal


async def _place(ask: Ask) -> ChannelFacts:
    """Where it is negotiated; the group conversation wins, since it was ticked by hand."""
    if GROUP in ask.form.choices("group"):
        return await ask.open_group([ask.person.slack_user_id, *ask.form.choices("receivers")])
    if not ask.form.text("channel"):
        raise Invalid(
            "Where? Choose a conversation that Hoshin is in, or tick the group conversation below.",
            field="channel",
        )
    place = await ask.look_at(ask.form.text("channel"))
    return replace(place, present=await ask.find_present(place.id, ask.form.choices("receivers")))


def _typed(ask: Ask) -> Typed:
    form = ask.form
    return Typed(
        title=form.text("title"),
        measure=form.text("measure"),
        due_on=_day(form.text("due_on")),
        why=form.text("why"),
        parent=form.text("parent"),
        scope=form.text("scope"),
        resources=form.text("resources"),
        commitment=form.text("commitment"),
        kind=form.text("kind"),
        until_on=_day(form.text("until")),
    )


def _is_folded(ask: Ask) -> bool:
    """Whether the form did not show all its terms."""
    return "parent" not in ask.form.values


def _given(ask: Ask, prefix: str, names: Iterable[str]) -> dict[str, str]:
    return {name: text for name in names if (text := ask.form.text(f"{prefix}{name}"))}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _ball_of(value: str) -> Aim:
    number, _, version = value.partition(":")
    return Aim(ids.number_of(number), ids.number_of(version))


def _move_of(value: str) -> tuple[Move, Aim]:
    move, _, rest = value.partition(":")
    return Move(move), _ball_of(rest)
