"""What people see of an update: the card of what was recorded, the question, the form."""

from bot import ids
from bot.answers import Block, Message, View
from bot.blockkit import limits
from bot.blockkit.cards import figures, status_words
from bot.blockkit.choices import offered, which_message
from bot.blockkit.kit import (
    Element,
    actions,
    button,
    context,
    option,
    section,
    select_input,
    text_input,
)
from bot.blockkit.mrkdwn import BETWEEN, bold, clamp_plain, link, literal
from bot.blockkit.surfaces import modal
from bot.okr.drawing import card_of, discuss_buttons, effect_line, milestone_lines, named, outlook_words
from bot.okr.facts import Choosable, Question, Recorded, Shown, Undone, UpdateForm, Which
from storage.rules.date_words import period_words
from storage.rules.figures import MISSING, format_change, format_figure
from storage.rules.terms import Direction, Kind
from storage.rules.units import Unit
from storage.rules.updates import MAX_NOTE

ITEM = "item"
VALUE = "value"
CONFIDENCE = "confidence"
NOTE = "note"

NOTHING_SAVED = "Nothing was saved yet. You can also type it anew, as clearly as you like."
_LONGEST_BUTTON_VALUE = limits.BUTTON_VALUE
_LONGEST_NOTE = 500


def recorded_message(recorded: Recorded, locale: str) -> Message:
    """The one card: before → after, how far and how fast, what it did above, and Undo."""
    return Message(_summary(recorded, locale), tuple(recorded_blocks(recorded, locale)))


def recorded_blocks(recorded: Recorded, locale: str) -> list[Block]:
    """The card's blocks, as they stand in a message and in the form's place."""
    shown = recorded.shown
    head = [
        f"{named(shown.node)}{BETWEEN}{status_words(shown.standing.status)}",
        _change(recorded, locale),
        literal(shown.standing.reason),
        figures(card_of(shown), locale),
        outlook_words(recorded.pace, recorded.forecast, shown.node, locale)
        if recorded.value is not None
        else "",
    ]
    blocks: list[Block] = [section("\n".join(filter(None, head)))]
    if recorded.note:
        blocks.append(section(f"“{literal(clamp_plain(' '.join(recorded.note.split()), _LONGEST_NOTE))}”"))
    if recorded.milestones:
        blocks.append(section("\n".join(milestone_lines(recorded.milestones))))
    effects = [effect_line(effect) for effect in recorded.effects]
    if effects:
        blocks.append(context("\n".join(effects)))
    blocks += [context(words) for words in _asides(recorded) if words]
    blocks.append(actions(*_buttons(recorded)))
    return blocks


def question_message(question: Question) -> Message:
    """What was meant? Each answer is a button that says it whole."""
    blocks: list[Block] = [section(literal(question.sentence))]
    short = [one for one in question.options if len(one.text) <= _LONGEST_BUTTON_VALUE]
    if short:
        blocks.append(
            actions(
                *(
                    button(one.label, ids.numbered(ids.OKR_SAY, place), value=one.text)
                    for place, one in enumerate(short, start=1)
                )
            )
        )
    blocks.append(context(NOTHING_SAVED))
    return Message(literal(question.sentence), tuple(blocks))


def which_update_message(which: Which) -> Message:
    """Several items go by the words: each with the whole update, so that a press records it."""
    choices = [offered(*one) for one in which.choices]
    return which_message(which.words, choices, ids.OKR_SAY, foot=NOTHING_SAVED)


def undone_message(undone: Undone, locale: str) -> Message:
    """Says what counts again."""
    if undone.value is None:
        now = "it has no figure again"
    else:
        now = f"it is back at {literal(format_figure(undone.value, undone.unit, locale))}"
    return Message(f"Undone: {bold(undone.reference)} {literal(undone.title)}, {now}.")


def update_form(form: UpdateForm, locale: str) -> View:
    """The form of an update; the title says for which item, where that is known."""
    blocks: list[Block] = []
    if form.chosen is not None:
        blocks.append(section(f"{named(form.chosen.node)}\n{figures(card_of(form.chosen), locale)}"))
        if form.milestones:
            blocks.append(section("\n".join(milestone_lines(form.milestones))))
    else:
        blocks.append(
            select_input(
                ITEM, "Key result or KPI", [_option(item) for item in form.items], placeholder="Which one"
            )
        )
    blocks += [_value_input(form, locale), _confidence_input(form.chosen), _note_input(form)]
    if form.link:
        blocks.append(context(f"The note will lead to {link(form.link, 'this message')}."))
    reference = form.chosen.reference if form.chosen else ""
    return modal(
        f"Update {reference}" if reference else "Update a figure",
        blocks,
        callback_id=ids.OKR_UPDATE_FORM,
        submit="Record",
        metadata=ids.pack(reference=reference, link=form.link),
    )


def recorded_view(recorded: Recorded, locale: str) -> View:
    """The trace of what was saved, in the form's place."""
    return modal("Recorded", recorded_blocks(recorded, locale), callback_id=ids.OKR_DONE, close="Close")


def said_view(title: str, markup: str) -> View:
    """The trace of a form, in one sentence."""
    return modal(title, [section(markup)], callback_id=ids.OKR_DONE, close="Close")


def _summary(recorded: Recorded, locale: str) -> str:
    words = [recorded.shown.reference]
    if recorded.value is not None:
        words.append(format_change(recorded.before, recorded.value, recorded.unit, locale))
    if recorded.confidence is not None:
        words.append(f"confidence {recorded.confidence}")
    return literal(f"Recorded: {', '.join(words)}.")


def _change(recorded: Recorded, locale: str) -> str:
    parts = []
    if recorded.value is not None and recorded.before == recorded.value:
        parts.append(f"stays at {bold(literal(format_figure(recorded.value, recorded.unit, locale)))}")
    elif recorded.value is not None:
        parts.append(bold(literal(format_change(recorded.before, recorded.value, recorded.unit, locale))))
    if recorded.confidence is not None:
        parts.append(f"confidence {bold(str(recorded.confidence))} of 10")
    if not parts and recorded.note:
        parts.append("a note, no new figure")
    return BETWEEN.join(parts)


def _asides(recorded: Recorded) -> list[str]:
    said = []
    if recorded.measure is not None and recorded.value is not None:
        said.append(f"It reads {named(recorded.measure)}, so the figure stands there.")
    if recorded.period_on is not None and recorded.value is not None:
        said.append(f"For {period_words(recorded.frequency, recorded.period_on)}.")
    if recorded.also and recorded.value is not None:
        others = ", ".join(node.reference for node in recorded.also)
        said.append(f"The same figure moves {others} as well.")
    if recorded.link:
        said.append(f"Evidence: {link(recorded.link, 'this message')}")
    if recorded.is_bare:
        said.append(
            f"{recorded.confidence} was taken as your confidence. If it belongs to the note, press the "
            "button."
        )
    said.append(f"Understood as {literal('/okr update ' + clamp_plain(recorded.line, _LONGEST_NOTE))}")
    return said


def _buttons(recorded: Recorded) -> list[Element]:
    value = str(recorded.report_id)
    buttons = []
    if recorded.is_bare:
        buttons.append(
            button("Part of the note", ids.numbered(ids.OKR_NOTE, recorded.report_id), value=value)
        )
    if recorded.undo_until is not None:
        undo = button(
            "Undo",
            ids.numbered(ids.OKR_UNDO, recorded.report_id),
            value=value,
            label="Undo this update, for five minutes",
        )
        buttons.append(undo)
    buttons.append(button("Update again", ids.OKR_UPDATE, value=recorded.shown.reference))
    return [*buttons, *discuss_buttons(recorded.shown.node)]


def _value_input(form: UpdateForm, locale: str) -> Block:
    if form.chosen is None:
        return text_input(
            VALUE,
            "Figure",
            placeholder="78, 74.5 %, +5, yes, done 2",
            hint="As you are used to write it. Leave it empty if only your confidence or a note is new.",
            optional=True,
        )
    node, standing = form.chosen.node, form.chosen.standing
    unit = Unit(node.unit)
    example = "done 2" if form.milestones else "yes" if unit.is_yes_no else ""
    figure = standing.current if standing.current is not None else node.target
    return text_input(
        VALUE,
        "Figure" if not form.milestones else "Milestone reached",
        placeholder=example or ("78" if figure is None else format_figure(figure, node.unit, locale)),
        hint=_hint(form.chosen, locale),
        optional=True,
    )


def _hint(shown: Shown, locale: str) -> str:
    node = shown.node
    low, high = (format_figure(end, node.unit, locale) for end in (node.band_low, node.band_high))
    if node.direction is Direction.MAINTAIN and (low, high) != (MISSING, MISSING):
        return f"To stay between {low} and {high}."
    start, goal = (format_figure(end, node.unit, locale) for end in (node.baseline, node.target))
    last = shown.standing.current
    known = "none yet" if last is None else format_figure(last, node.unit, locale)
    return f"From {start} to {goal}. Last figure: {known}."


def _confidence_input(chosen: Shown | None) -> Block:
    before = chosen.standing.confidence if chosen is not None else None
    return text_input(
        CONFIDENCE,
        "Confidence, 0 to 10",
        placeholder="0 to 10" if before is None else f"{before} last time",
        hint="How sure you are to reach the target: 0 is no chance, 10 is certain.",
        optional=True,
    )


def _note_input(form: UpdateForm) -> Block:
    del form
    return text_input(
        NOTE,
        "Note",
        placeholder="What moved it, or what did not",
        multiline=True,
        max_length=MAX_NOTE,
        optional=True,
    )


def _option(item: Choosable) -> Element:
    kind = "KPI" if item.kind is Kind.KPI else "key result"
    own = f"your {kind}" if item.is_own else kind
    return option(f"{item.reference} {item.title}", item.reference, description=own)
