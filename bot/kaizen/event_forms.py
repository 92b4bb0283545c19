"""The forms of Kaizen events: forming one, and its result."""

from bot import ids
from bot.answers import Block, View
from bot.blockkit.kit import (
    Element,
    actions,
    button,
    checkboxes_input,
    context,
    date_picker,
    external_select,
    input_block,
    many_external_select,
    many_users_select,
    option,
    section,
    text_input,
)
from bot.blockkit.mrkdwn import bold, literal
from bot.blockkit.surfaces import modal
from bot.kaizen.events import (
    AFTER,
    BEFORE,
    DUE,
    GOAL,
    IDEAS,
    OVER,
    PROBLEM,
    RESULT,
    STARTS,
    TEAM,
    TITLE,
    EventSheet,
    Formed,
    ResultSheet,
)
from bot.kaizen.words import counted

MOST_PEOPLE = 20
MOST_IDEAS = 30


def event_form(sheet: EventSheet) -> View:
    """A few days, a team and one problem; an initiative that there is keeps its own title, team and dates."""
    typed, place = sheet.typed, sheet.place
    blocks: list[Block] = [
        context("A Kaizen event: a team works on one problem for a few days, and tries what it thinks of.")
    ]
    if place.reference:
        name = literal(f"{place.reference} {sheet.initiative}")
        blocks.append(section(f"{bold(name)} keeps its team and its dates; `/hoshin edit` changes them."))
    else:
        title = typed.get(TITLE, "")
        blocks += [_line(TITLE, "What is it called?", title, "Changeovers under ten minutes"), _goal(sheet)]
    blocks += [
        text_input(
            PROBLEM,
            "What is the problem?",
            initial=typed.get(PROBLEM, ""),
            placeholder="The press stands still for an hour at each changeover",
            multiline=True,
        ),
        _line(BEFORE, "How is it now?", typed.get(BEFORE, ""), "62 minutes a changeover", optional=True),
        _line(AFTER, "How is it to be afterwards?", typed.get(AFTER, ""), "Under 10 minutes", optional=True),
    ]
    if not place.reference:
        blocks.append(input_block(DUE, "It ends on", _day(DUE, typed.get(DUE, "")), optional=True))
    if place.reference or sheet.is_whole:
        blocks += _further(sheet)
    else:
        blocks.append(actions(button("More fields", ids.KAIZEN_EVENT_MORE)))
    return modal(
        "Kaizen event",
        blocks,
        callback_id=ids.KAIZEN_EVENT_FORM,
        submit="Save the event" if place.reference else "Form the event",
        metadata=ids.pack(ref=place.reference, idea=place.idea_id, whole=sheet.is_whole),
    )


def result_form(sheet: ResultSheet) -> View:
    """What the event has brought, and which ideas are done with it."""
    blocks: list[Block] = [
        section(bold(literal(f"{sheet.reference} {sheet.title}"))),
        text_input(
            RESULT,
            "What came of it?",
            initial=sheet.result,
            placeholder="Tools stand at the press; the changeover is in work instruction 12",
            multiline=True,
        ),
        _line(AFTER, "How is it now?", sheet.after, "9 minutes a changeover", optional=True),
        checkboxes_input(
            OVER, "The event", [option("It is over: the initiative is done", OVER)], chosen=[OVER]
        ),
    ]
    if sheet.ideas:
        options = [option(words, str(idea_id)) for idea_id, words in sheet.ideas]
        chosen = [str(idea_id) for idea_id, _ in sheet.ideas]
        blocks.append(checkboxes_input(IDEAS, "Ideas that are done with it", options, chosen=chosen))
        blocks.append(context("Their authors read the result; those left out stay open."))
    return modal(
        "Result of the event",
        blocks,
        callback_id=ids.KAIZEN_RESULT_FORM,
        submit="Record it",
        metadata=ids.pack(ref=sheet.reference),
    )


def formed_view(formed: Formed, words: str) -> View:
    """The trace of what was saved."""
    name = bold(literal(f"{formed.reference} {formed.title}"))
    show = button("Show it", ids.STRATEGY_SHOW, value=formed.reference, label=f"Show {formed.reference}")
    change = button("Team, dates and more", ids.PLAN_EDIT, value=formed.reference)
    blocks = [section(f"{name} {words}"), actions(show, change)]
    return modal("Saved", blocks, callback_id=ids.KAIZEN_IDEA, close="Done")


def formed_words(formed: Formed) -> str:
    ideas = counted(formed.ideas, "idea", "ideas") if formed.ideas else "no idea yet"
    return f"is a Kaizen event. It works on {ideas}."


def result_words(formed: Formed) -> str:
    closed = f" {counted(formed.ideas, 'idea is', 'ideas are')} done with it." if formed.ideas else ""
    return f"has its result.{closed}"


def _goal(sheet: EventSheet) -> Block:
    chosen = option(sheet.goal[1], sheet.goal[0]) if sheet.goal else None
    menu = external_select(ids.KAIZEN_EVENT_GOALS, placeholder="An annual objective or an OKR", chosen=chosen)
    return input_block(GOAL, "Which goal does it serve?", menu, optional=True)


def _further(sheet: EventSheet) -> list[Block]:
    blocks: list[Block] = []
    if not sheet.place.reference:
        team = many_users_select(TEAM, placeholder="The team", chosen=sheet.team, most=MOST_PEOPLE)
        blocks = [
            input_block(STARTS, "It starts on", _day(STARTS, sheet.typed.get(STARTS, "")), optional=True),
            input_block(TEAM, "Who is in the team?", team, optional=True),
        ]
    menu = many_external_select(
        ids.KAIZEN_EVENT_IDEAS,
        placeholder="Type a word of an idea",
        chosen=[option(words, value) for value, words in sheet.ideas],
        most=MOST_IDEAS,
    )
    return [*blocks, input_block(IDEAS, "The ideas that it works on", menu, optional=True)]


def _line(name: str, label: str, initial: str, placeholder: str, *, optional: bool = False) -> Block:
    return text_input(name, label, initial=initial, placeholder=placeholder, optional=optional)


def _day(name: str, text: str) -> Element:
    picker = date_picker(name)
    return picker | {"initial_date": text} if text else picker
