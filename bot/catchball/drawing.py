"""What people see of a ball: its card, its thread, lists. The card always shows the stored truth."""

from collections.abc import Mapping
from datetime import date

from bot import ids
from bot.answers import Block, Message
from bot.blockkit.kit import Element, actions, button, context, header, option, overflow, section
from bot.blockkit.mrkdwn import BETWEEN, bold, clamp_plain, code, day_token, literal, mention
from bot.blockkit.surfaces import fit_message
from bot.catchball.facts import Face, Overview, Told
from storage.catchballs import Branch, Record
from storage.repositories.catchball_lists import BallLine
from storage.rules.catchball import ENDED, Ball, BallState, Move
from storage.rules.catchball_terms import QUESTIONS, WORDS, Terms, difference, shown
from storage.rules.date_words import day_words
from storage.tables.catchball import CatchballMove, CatchballVersion

SHOWN = 5
_LONGEST = 300
_REMARKS = 10


def card_message(face: Face) -> Message:
    """The parent message: the current terms, the round, who holds the ball since when and until when."""
    ball = face.ball
    head = f"{bold(ball.reference)} {literal(clamp_plain(ball.terms.title, 150))}"
    state = f"{ball.state.sign} {ball.state}{BETWEEN}round {ball.version}"
    blocks: list[Block] = [
        section(f"{head}\n{state}"),
        section(terms_lines(ball.terms)),
        context(f"{_between(face)}\n{_lies(face)}"),
    ]
    if ball.is_open:
        blocks.append(actions(*_buttons(ball), _more(ball)))
    elif ball.state in ENDED:
        blocks.append(actions(*_after(face)))
    return Message(f"{ball.reference} {literal(ball.terms.title)}: {ball.state}", tuple(blocks))


def closed_message(face: Face) -> Message:
    """In the card's place where not everyone may see any more what the ball is about: nothing of it."""
    reference = face.ball.reference
    text = f"{reference} goes on among those who take part."
    foot = context(
        f"They find it with {code(f'/catchball show {reference}')}, and hear of each move directly."
    )
    return Message(text, (section(text), foot))


def terms_lines(terms: Terms) -> str:
    """The terms, one a line; what nobody said is left out."""
    lines = []
    if terms.measure:
        way = " → ".join(filter(None, (shown(terms, "baseline"), shown(terms, "target"))))
        lines.append(f"{bold('Measure')} {literal(terms.measure)} {literal(way)}".rstrip())
    for term in ("due_on", "scope", "resources", "commitment", "parent", "why"):
        value = shown(terms, term)
        if value:
            word = WORDS[term]
            lines.append(f"{bold(word[0].upper() + word[1:])} {literal(clamp_plain(value, _LONGEST))}")
    return "\n".join(lines) or "No terms but the objective itself."


def told_message(told: Told) -> Message:
    """A move in the thread; who must act next is mentioned, nobody else."""
    text = _told(told)
    blocks: list[Block] = [section(text)]
    extra = [
        f"{bold(QUESTIONS[name])} {literal(answer)}"
        for name, answer in told.answers.items()
        if name in QUESTIONS
    ]
    if extra:
        blocks.append(section("\n".join(extra)))
    if told.is_rubber_stamp:
        blocks.append(context("Agreed within a minute and without a question. The record notes it."))
    if told.has_ended_round and told.face.above:
        blocks.append(
            actions(
                button(
                    "Throw to the next level",
                    ids.CATCHBALL_PROPOSE,
                    value=told.face.above,
                    style="primary",
                )
            )
        )
    return Message(text, tuple(blocks))


def newcomer_message(told: Told) -> Message:
    """For whoever takes another's place, or helps both sides to an end, and may not read its thread."""
    ball = told.face.ball
    who, part = literal(told.face.name(told.by_id)), "a part"
    if told.move is Move.NAME_FACILITATOR:
        part = "the part of the facilitator, who helps both sides to an end,"
    elif ball.holder_ids and told.person_id in ball.holder_ids:
        part = "the part of whoever holds the ball"
    text = f"{who} gives you {part} in {bold(ball.reference)} {literal(clamp_plain(ball.terms.title, 150))}."
    show = button("Open", ids.numbered(ids.CATCHBALL_SHOW, ball.number), value=str(ball.number))
    return Message(text, (section(text), actions(show)))


def done_message(told: Told) -> Message:
    """For the person alone: what their move did."""
    ball = told.face.ball
    match told.move:
        case Move.THROW:
            text = f"{bold(ball.reference)} is thrown. Its card stands in the conversation that you chose."
        case Move.AGREE if told.has_ended_round:
            text = f"{bold(ball.reference)} is agreed and written into the plan as {told.face.item}."
        case Move.AGREE:
            text = f"You agreed to version {ball.version} of {bold(ball.reference)}. {_lies(told.face)}"
        case _:
            text = f"Done: {told.move} on {bold(ball.reference)}. {_lies(told.face)}"
    return Message(text)


def list_message(overview: Overview) -> Message:
    """`/catchball`: what I hold, what I wait for, my team's, and where nothing is agreed below yet."""
    rows: list[list[Block]] = []
    groups = {"You hold": overview.held, "You wait for": overview.waited, "Your team's": overview.team}
    for title, lines in groups.items():
        if lines:
            rows.append([header(title)])
            rows += [[ball_row(line, overview)] for line in lines[:SHOWN]]
            if len(lines) > SHOWN:
                rows.append([context(f"and {len(lines) - SHOWN} more")])
    if overview.open_branches:
        listed = "\n".join(branch_line(one) for one in overview.open_branches[:SHOWN])
        more = len(overview.open_branches) - SHOWN
        rest = f"\nand {more} more" if more > 0 else ""
        rows.append([section(f"{bold('Agreed above, not yet below')}\n{listed}{rest}")])
    throw = actions(button("Throw a ball", ids.CATCHBALL_PROPOSE, style="primary"))
    if not rows:
        text = (
            "No ball waits for you and you wait for none. Throw one: an objective, its measure, and whoever "
            "is to catch it."
        )
        return Message(text, (section(text), throw))
    counted = f"{len(overview.held)} held, {len(overview.waited)} waited for"
    return Message(f"Your balls: {counted}.", tuple(fit_message([], rows, [throw])))


def ball_row(line: BallLine, overview: Overview) -> Block:
    """A ball in a list."""
    days = (overview.now - line.held_since).days if line.held_since is not None else 0
    age = f"{BETWEEN}{'today' if not days else '1 day' if days == 1 else f'{days} days'}"
    holders = ", ".join(sorted(overview.names.get(one, "someone") for one in line.holder_ids))
    words = f"{line.state.sign} {line.state}{BETWEEN}round {line.version}{age}"
    if holders:
        words += f"{BETWEEN}with {literal(holders)}"
    return section(
        f"{bold(line.reference)} {literal(clamp_plain(line.title, 150))}\n{words}",
        accessory=button("Open", ids.numbered(ids.CATCHBALL_SHOW, line.number), value=str(line.number)),
    )


def record_message(record: Record) -> Message:
    """`/catchball show`: the terms now, every version with what it changed, and who said what."""
    ball = record.ball
    face = Face(
        ball=ball,
        names=record.names,
        slack_ids={},
        days=record.days,
        zone=record.zone,
        item=record.item.reference if record.item is not None else "",
    )
    card = card_message(face)
    rows: list[list[Block]] = [
        [section(_version(one, before, record))]
        for before, one in zip((None, *record.versions), record.versions, strict=False)
    ]
    said = [_line(move, record) for move in record.moves if move.move not in {Move.THROW, Move.COUNTER}]
    if said:
        rows.append([section(f"{bold('What else happened')}\n" + "\n".join(said[-20:]))])
    rows += _discussion(record)
    return Message(card.text, tuple(fit_message(card.blocks, rows)))


def history_message(record: Record) -> Message:
    """`@Hoshin history`: the versions, and what was written meanwhile."""
    rows: list[list[Block]] = [
        [section(_version(one, before, record))]
        for before, one in zip((None, *record.versions), record.versions, strict=False)
    ]
    rows += _discussion(record)
    head = section(f"{bold(record.ball.reference)} {literal(record.ball.terms.title)}: {record.ball.state}")
    return Message(f"History of {record.ball.reference}", tuple(fit_message([head], rows)))


def value_of(ball: Ball) -> str:
    """What a card's button carries: which ball, and which version the card showed."""
    return f"{ball.number}:{ball.version}"


def day(on: date | None) -> str:
    return day_words(on) if on is not None else ""


def _buttons(ball: Ball) -> list[Element]:
    value = value_of(ball)
    return [
        button("Agree", ids.CATCHBALL_AGREE, value=value, style="primary"),
        button("Counter", ids.CATCHBALL_COUNTER, value=value),
        button("Ask", f"{ids.CATCHBALL_SAY}:ask", value=f"{Move.ASK}:{value}"),
        button("Not feasible", f"{ids.CATCHBALL_SAY}:decline", value=f"{Move.DECLINE}:{value}"),
    ]


def _more(ball: Ball) -> Element:
    moves = {
        Move.ANSWER: "Answer a question",
        Move.HAND_OVER: "Hand over a part",
        Move.NAME_FACILITATOR: "Name a facilitator",
        Move.WITHDRAW: "Withdraw",
    }
    return overflow(
        f"{ids.CATCHBALL_SAY}:more",
        [option(words, f"{move}:{value_of(ball)}") for move, words in moves.items()],
    )


def _after(face: Face) -> list[Element]:
    """What can be done with a ball that is over."""
    ball, found = face.ball, list[Element]()
    if ball.state is BallState.AGREED and face.above:
        found.append(
            button("Throw to the next level", ids.CATCHBALL_PROPOSE, value=face.above, style="primary")
        )
        value = f"{Move.NOT_DEPLOY}:{value_of(ball)}"
        found.append(button("Nothing to deploy", f"{ids.CATCHBALL_SAY}:not", value=value))
    reopen = f"{Move.REOPEN}:{value_of(ball)}"
    return [*found, button("Reopen", f"{ids.CATCHBALL_SAY}:reopen", value=reopen)]


def _between(face: Face) -> str:
    ball = face.ball
    receivers = ", ".join(literal(face.name(one)) for one in ball.receiver_ids)
    helped = f"{BETWEEN}facilitator {literal(face.name(ball.facilitator_id))}" if ball.facilitator_id else ""
    return f"{literal(face.name(ball.proposer_id))} → {receivers}{helped}"


def _lies(face: Face) -> str:
    """Who holds it since when, until when; or what it came to."""
    ball = face.ball
    if not ball.is_open:
        into = f" It is {face.item} in the plan." if face.item and ball.agreed_version else ""
        why = f" Nothing is deployed: {literal(ball.not_deployed_reason)}" if ball.not_deployed_reason else ""
        return f"{ball.reference} is {ball.state}.{into}{why}"
    holders = ", ".join(literal(face.name(one)) for one in sorted(ball.holder_ids))
    since = day_token(ball.held_since, face.zone) if ball.held_since is not None else "now"
    aged = f" ({face.days} days)" if face.days > 1 else ""
    agreed = ", ".join(literal(face.name(one)) for one in sorted(ball.agreed_ids))
    also = f" Agreed so far: {agreed}." if agreed else ""
    asked = f" Open questions: {len(ball.asker_ids)}." if ball.asker_ids else ""
    return f"{holders} holds the ball since {since}{aged}, until {day(ball.until_on)}.{also}{asked}"


_SENTENCES: Mapping[Move, str] = {
    Move.THROW: "{who} throws {ref}.{turn} Agree, counter, ask, or say that it is not feasible.",
    Move.COUNTER: "{who} counters, version {version}:\n{lines}{said}{turn}",
    Move.AGREE: "{who} agrees to version {version}.{turn}",
    Move.ASK: "{who} asks:{said}{asked}",
    Move.ANSWER: "{who} answers:{said}",
    Move.DECLINE: "{who} says that this is not feasible:{said}",
    Move.WITHDRAW: "{who} withdraws {ref}.{said}",
    Move.HAND_OVER: "{who} hands over to {person}.{turn}",
    Move.NAME_FACILITATOR: "{who} names {called} as the facilitator, who helps both sides to an end.",
    Move.REOPEN: "{who} reopens {ref}:{said}{turn}",
    Move.NOT_DEPLOY: "Nothing is thrown to the next level, says {who}:{said}",
    Move.DEPLOY: "{ref} is deployed: the next level has it.",
    Move.EXPIRE: "{ref} has waited until {until} and expires. It can be reopened.",
}
_AGREED = "{who} agrees. *Agreed*: version {version} is in the plan as {item}."


def _told(told: Told) -> str:
    face, ball = told.face, told.face.ball
    nexts = " ".join(mention(face.slack_ids[one]) for one in sorted(ball.holder_ids) if one in face.slack_ids)
    lines = (
        _change_line(one.word, one.before, one.after, told.reasons.get(one.term, "")) for one in told.changes
    )
    sentence = _AGREED if told.has_ended_round else _SENTENCES[told.move]
    if told.giver_id is not None:
        sentence = "{who} hands over the part of {giver} to {person}.{turn}"
    return sentence.format(
        who=literal(face.name(told.by_id)) if told.by_id is not None else "Hoshin",
        ref=ball.reference,
        version=ball.version,
        item=face.item or "an item",
        said=f"\n> {literal(clamp_plain(told.said, 900))}" if told.said else "",
        turn=f"\n{nexts}, the ball is yours." if nexts else "",
        person=literal(face.name(told.person_id)),
        called=_called(face, told.person_id),
        giver=literal(face.name(told.giver_id)),
        lines="\n".join(lines) or "• the same terms, since the plan has changed meanwhile",
        asked=_asked(face, told.by_id) if told.move is Move.ASK else "",
        until=day(ball.until_on),
    )


def _called(face: Face, member_id: int | None) -> str:
    """Someone who is to act, mentioned where they have an account."""
    slack_id = face.slack_ids.get(member_id or 0)
    return mention(slack_id) if slack_id is not None else literal(face.name(member_id))


def _asked(face: Face, by_id: int | None) -> str:
    """The other side, mentioned."""
    ball = face.ball
    others = ball.receiver_ids if by_id == ball.proposer_id else (ball.proposer_id,)
    named = " ".join(mention(face.slack_ids[one]) for one in others if one in face.slack_ids)
    return f"\n{named}, the question is for you: `@Hoshin answer …`" if named else ""


def _change_line(word: str, before: str, after: str, reason: str = "") -> str:
    why = f" ({literal(reason)})" if reason else ""
    one, other = literal(clamp_plain(before or "–", _LONGEST)), literal(clamp_plain(after or "–", _LONGEST))
    return f"• {word}: {one} → {bold(other)}{why}"


def _version(one: CatchballVersion, before: CatchballVersion | None, record: Record) -> str:
    who = literal(record.names.get(one.author_id, "someone"))
    head = f"{bold(f'Version {one.number}')} by {who}, {day(one.at.date())}"
    said = f"\n> {literal(one.reason)}" if one.reason else ""
    if before is None:
        return f"{head}\n{terms_lines(Terms.read(one.terms))}{said}"
    reasons = one.reasons or {}
    lines = [
        _change_line(change.word, change.before, change.after, reasons.get(change.term, ""))
        for change in difference(Terms.read(before.terms), Terms.read(one.terms))
    ]
    answers = [
        f"{bold(QUESTIONS[name])} {literal(answer)}"
        for name, answer in (one.answers or {}).items()
        if name in QUESTIONS
    ]
    return "\n".join([head, *lines, *answers]) + said


def _line(move: CatchballMove, record: Record) -> str:
    who = literal(record.names.get(move.member_id or 0, "Hoshin"))
    whom = f" ({literal(record.names.get(move.person_id, 'someone'))})" if move.person_id else ""
    said = f": {literal(clamp_plain(move.said, 200))}" if move.said else ""
    stamp = " (within a minute, without a question)" if move.is_rubber_stamp else ""
    return f"• {day(move.at.date())} {who} {_DID[Move(move.move)]}{whom}{said}{stamp}"


_DID = {
    Move.THROW: "threw",
    Move.COUNTER: "countered",
    Move.AGREE: "agreed",
    Move.ASK: "asked",
    Move.ANSWER: "answered",
    Move.DECLINE: "declined",
    Move.WITHDRAW: "withdrew",
    Move.HAND_OVER: "handed over",
    Move.NAME_FACILITATOR: "named a facilitator",
    Move.DEPLOY: "deployed it",
    Move.NOT_DEPLOY: "said that nothing is to be deployed",
    Move.REOPEN: "reopened",
    Move.EXPIRE: "let it expire",
}


def _discussion(record: Record) -> list[list[Block]]:
    """The last of what people wrote in the thread; all of it stands in the record as a file."""
    lines = [
        f"• {day(one.at.date())} {literal(record.names.get(one.member_id, 'someone'))}: "
        f"{literal(clamp_plain(' '.join(one.text.split()), 200))}"
        for one in record.remarks[-_REMARKS:]
    ]
    more = len(record.remarks) - len(lines)
    head = bold("Written in the thread") + (
        f" (the last {len(lines)} of {more + len(lines)})" if more else ""
    )
    return [[section("\n".join([head, *lines]))]] if lines else []


def branch_line(one: Branch) -> str:
    """An agreed objective and what stands below it without an agreed ball."""
    above = f"{one.above.reference} {literal(clamp_plain(one.above.title, 80))}"
    if one.node is None:
        return f"• {above}: nothing is thrown from it yet"
    below = f"{one.node.reference} {literal(clamp_plain(one.node.title, 80))}"
    ball = f"{one.ball.reference} is {one.ball.state}" if one.ball is not None else "no ball"
    return f"• {above} → {below}: {ball}"
