"""The forms: a throw, a counter, and what is said in a sentence."""

from collections.abc import Sequence

from bot import ids
from bot.answers import Block, View
from bot.blockkit.kit import (
    actions,
    button,
    channel_select,
    checkboxes_input,
    context,
    date_picker,
    input_block,
    many_users_select,
    option,
    section,
    select_input,
    text_input,
    users_select,
)
from bot.blockkit.mrkdwn import literal
from bot.blockkit.surfaces import modal
from bot.catchball.drawing import done_message
from bot.catchball.facts import Aim, CounterForm, Opening, Told
from storage.rules.catchball import Move
from storage.rules.catchball_terms import KINDS, QUESTIONS, Terms, shown
from storage.rules.catchball_words import write_measure

GROUP = "group"
IN_GROUP = option("In a group conversation", GROUP,
                  description="Of you, those whom you throw it to, and Hoshin")  # fmt: skip
REASON_OF = {
    "target": "Why another figure?",
    "due_on": "Why another date?",
    "scope": "Why another scope?",
    "resources": "Why other resources?",
    "commitment": "Why another commitment?",
}

_SAYING = {
    Move.ASK: ("Ask", "Your question", "Ask"),
    Move.ANSWER: ("Answer", "Your answer", "Answer"),
    Move.DECLINE: ("Not feasible", "What makes it not feasible?", "Decline"),
    Move.WITHDRAW: ("Withdraw the ball", "Why? (it is read in the thread)", "Withdraw"),
    Move.REOPEN: ("Reopen the ball", "What has changed?", "Reopen"),
    Move.NOT_DEPLOY: ("Nothing to deploy", "Why is nothing thrown to the next level?", "Record"),
    Move.HAND_OVER: ("Hand over the ball", "Who takes the place?", "Hand over"),
    Move.NAME_FACILITATOR: ("Name a facilitator", "Who helps you to an end?", "Name"),
}


def throw_form(opening: Opening) -> View:
    """The form of a throw: six inputs, the rest folded."""
    blocks: list[Block] = []
    if opening.from_private:
        words = (
            "This message stands in a private conversation. Only what you leave in this form is posted, and "
            "only where you choose."
        )
        blocks.append(context(words))
    if opening.season:
        blocks.append(context(literal(opening.season)))
    if opening.item:
        words = f"The terms of {opening.item} as they stand. What is agreed changes {opening.item} itself."
        blocks.append(context(words))
        if not opening.item.startswith("KR-"):
            blocks.append(actions(button("Something new below it instead", ids.CATCHBALL_BELOW)))
    blocks += [
        input_block("receivers", "To whom?", many_users_select("receivers", chosen=opening.to)),
        text_input("title", "Objective", initial=opening.title, placeholder="Answer right the first time"),
        text_input("measure", "Measure, from and to", initial=opening.measure, optional=True,
                   placeholder="First-contact resolution from 70 to 80 %"),
        input_block("due_on", "Due", date_picker("due_on", chosen=opening.due_on)),
        text_input("why", "Why?", initial=opening.why, multiline=True,
                   placeholder="Customers call twice for the same thing"),
        input_block("channel", "Where is it negotiated?", channel_select("channel", chosen=opening.channel),
                    hint="In a private conversation only those who take part see it, everywhere.",
                    optional=True),
        checkboxes_input("group", "Or among yourselves", [IN_GROUP]),
    ]  # fmt: skip
    if opening.folded:
        if opening.parent:
            blocks.append(context(f"Stands under {literal(opening.parent)}."))
        blocks.append(actions(button("More terms", ids.CATCHBALL_FOLDED)))
    else:
        said = Terms(scope=opening.scope, resources=opening.resources, commitment=opening.commitment)
        blocks += _folded(said, opening.parent)
        if not opening.item:
            kinds = [option(kind.value.capitalize(), kind.value) for kind in KINDS]
            blocks.append(select_input("kind", "What is it to be in the plan?", kinds, optional=True,
                                       hint="Left empty, it follows from what it stands under."))  # fmt: skip
        blocks.append(input_block("until", "Answer until", date_picker("until"), optional=True))
    metadata = ids.pack(
        parent=opening.parent[:20],
        item=opening.item,
        channel=opening.channel,
        private=opening.from_private,
    )
    title = f"Throw {opening.item}" if opening.item else "Throw a ball"
    return modal(title, blocks, callback_id=ids.CATCHBALL_TERMS, submit="Throw the ball", metadata=metadata)


def counter_form(form: CounterForm, meanwhile: str = "") -> View:
    """The counter: the terms as they are, to be changed, and why. `meanwhile` is what happened since."""
    terms = form.terms
    blocks: list[Block] = [section(literal(one)) for one in (meanwhile, form.meanwhile) if one]
    blocks += [
        text_input("title", "Objective", initial=terms.title),
        text_input("measure", "Measure, from and to", initial=write_measure(terms), optional=True),
        input_block("due_on", "Due", date_picker("due_on", chosen=terms.due_on)),
        text_input("why", "Why the objective?", initial=terms.why, multiline=True),
        text_input(
            "reason", "Why the change?", multiline=True, placeholder="The training slipped by two weeks"
        ),
    ]
    if form.folded:
        blocks.append(actions(button("More terms, four questions", ids.CATCHBALL_FOLDED)))
    else:
        blocks += _folded(terms, shown(terms, "parent"))
        blocks += [text_input(f"reason_{term}", words, optional=True) for term, words in REASON_OF.items()]
        blocks += [text_input(f"answer_{name}", words, optional=True) for name, words in QUESTIONS.items()]
    metadata = ids.pack(number=form.number, version=form.version)
    return modal(
        f"Counter C-{form.number}",
        blocks,
        callback_id=ids.CATCHBALL_COUNTER_FORM,
        submit="Return the ball",
        metadata=metadata,
    )


def say_form(move: Move, aim: Aim, *, parts: Sequence[tuple[int, str]] = (), own: int = 0) -> View:
    """One sentence, or one person.

    Args:
        parts: (member id, name) of those whose part may be handed over; empty where it is one's `own`.
    """
    title, label, submit = _SAYING[move]
    blocks: list[Block] = []
    if parts:
        chosen = str(own) if own in {member_id for member_id, _ in parts} else None
        options = [option(name, str(member_id)) for member_id, name in parts]
        blocks.append(select_input("part", "Whose part is handed over?", options, chosen=chosen))
    if move in {Move.HAND_OVER, Move.NAME_FACILITATOR}:
        blocks.append(input_block("person", label, users_select("person")))
    else:
        blocks.append(text_input("reason", label, multiline=True, optional=move is Move.WITHDRAW))
    metadata = ids.pack(move=move.value, number=aim.number, version=aim.version)
    return modal(title, blocks, callback_id=ids.CATCHBALL_SAY_FORM, submit=submit, metadata=metadata)


def done_view(told: Told) -> View:
    """The trace of what was done, in the form's place."""
    return modal(
        told.face.ball.reference,
        [section(done_message(told).text)],
        callback_id=ids.CATCHBALL_DONE,
        close="Close",
    )


def _folded(terms: Terms, parent: str) -> list[Block]:
    return [
        text_input("parent", "Stands under", initial=parent, optional=True, placeholder="A-1"),
        text_input("scope", "Scope", initial=terms.scope, optional=True, multiline=True),
        text_input(
            "resources", "Resources that the upper level gives", initial=terms.resources, optional=True
        ),
        text_input("commitment", "What the lower level commits to", initial=terms.commitment, optional=True),
    ]
