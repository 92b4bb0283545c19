"""The forms of Kaizen: a new idea, a step, an estimate, the 5 Whys, benefits, hand-overs, settings."""

from collections.abc import Mapping, Sequence

from bot import ids
from bot.answers import Block, View
from bot.blockkit.kit import (
    Element,
    actions,
    button,
    channel_select,
    checkboxes_input,
    context,
    date_picker,
    external_select,
    file_input,
    input_block,
    many_select,
    option,
    section,
    select_input,
    text_input,
    users_select,
)
from bot.blockkit.mrkdwn import BETWEEN, bold, clamp_plain, literal
from bot.blockkit.surfaces import modal
from bot.kaizen.cards import show_button
from bot.kaizen.facts import Detail, SettingsFacts, Sheet, Similar
from bot.kaizen.moving import AFTER, BEFORE, PICTURED
from bot.kaizen.results import actual_field, planned_field
from bot.kaizen.submitting import (
    ANONYMOUS,
    AUTHOR,
    AUTHOR_NAME,
    EFFORT,
    EXPECTED,
    IDEA,
    IMPACT,
    PICTURE,
    PROBLEM,
    SERVES,
    SOURCE,
    WASTE,
)
from bot.kaizen.words import counted, state_words
from storage.rules.images import ENDINGS
from storage.rules.kaizen import OPTIONAL, STEPS, Ask, IdeaSource, Move, Waste
from storage.rules.kaizen_statistics import Benefit
from storage.rules.kaizen_whys import MOST, field_of

LEVELS = (("1", "1, very small"), ("2", "2"), ("3", "3, middling"), ("4", "4"), ("5", "5, very large"))
MOST_TEAMS = 100
"""As many as a menu takes."""
CHANNEL, DAYS, OPTIONS = "channel", "days", "options"
LEADERBOARD = "leaderboard"

_LABELS = {
    Ask.RESPONSIBLE: "Who is responsible for trying it?",
    Ask.REASON: "The reason, for the author",
    Ask.UNTIL: "Look at it again on",
    Ask.ORIGINAL: "The idea that says the same",
    Ask.LESSON: "What happened, and what was learned?",
    Ask.CHANGE: "What is done differently for good, and where is that written down?",
    Ask.ELSEWHERE: "Where else would it help?",
    Ask.RESULT: "What came of it, in one line",
}
_EXAMPLES = {
    Ask.REASON: "The supplier changes the printer in May; until then the spare ribbon is enough",
    Ask.ORIGINAL: "K-7",
    Ask.LESSON: "The ribbon lasted, but nobody refilled the shelf",
    Ask.CHANGE: "A spare ribbon hangs at each printer; work instruction 12, step 3",
    Ask.ELSEWHERE: "Dispatch and the returns desk have the same printer",
    Ask.RESULT: "Two hooks on the wall, no search any more",
}
_BENEFIT_EXAMPLES = {
    Benefit.MONEY: "4800, in your currency",
    Benefit.HOURS: "40, of work that is saved",
    Benefit.QUALITY: "12, such as faults fewer",
    Benefit.SAFETY: "2, such as near misses fewer",
}


def idea_form(sheet: Sheet) -> View:
    """The form of a new idea: three fields are enough, the rest folded."""
    typed = sheet.typed
    blocks: list[Block] = []
    if sheet.note:
        blocks.append(section(sheet.note))
    blocks += _similar(sheet)
    blocks += [
        text_input(
            PROBLEM,
            "What is the problem?",
            initial=typed.get(PROBLEM, ""),
            placeholder="The label printer stops every shift",
            multiline=True,
        ),
        text_input(
            IDEA,
            "What is your idea?",
            initial=typed.get(IDEA, ""),
            placeholder="Keep a spare ribbon at the machine",
            multiline=True,
        ),
        text_input(
            EXPECTED,
            "What would be better then?",
            initial=typed.get(EXPECTED, ""),
            placeholder="No more stops, ten minutes a shift",
            multiline=True,
            optional=True,
        ),
        select_input(
            WASTE,
            "Kind of waste",
            [option(waste.value, waste.value, description=waste.meaning) for waste in Waste],
            chosen=typed.get(WASTE) or None,
            placeholder="Not sure",
            optional=True,
        ),
        input_block(
            SERVES,
            "Which goal does it serve?",
            external_select(
                ids.KAIZEN_SERVES,
                placeholder="Type a word of a key result, initiative or KPI",
                chosen=option(sheet.serves[1], sheet.serves[0]) if sheet.serves else None,
            ),
            optional=True,
        ),
    ]
    if sheet.takes_files:
        blocks += _picture(PICTURE, "A picture of it", has_one=bool(sheet.picture_id))
    blocks += _further(sheet) if sheet.is_whole else [actions(button("More fields", ids.KAIZEN_MORE))]
    days = counted(sheet.response_days, "working day", "working days")
    blocks.append(context(f"You have an answer within {days}. Everything else can come later."))
    return modal(
        "New Kaizen idea",
        blocks,
        callback_id=ids.KAIZEN_FORM,
        submit="Submit the idea",
        metadata=ids.pack(
            shown=list(sheet.was_shown), whole=sheet.is_whole, picture=sheet.picture_id, rest=sheet.rest
        ),
    )


def step_form(
    idea_id: int,
    reference: str,
    move: Move,
    typed: Mapping[str, str] | None = None,
    *,
    takes_files: bool = False,
) -> View:
    """What a step asks for, and no more."""
    step = STEPS[move]
    given = typed or {}
    blocks = [_ask_input(ask, given.get(ask, "")) for ask in step.asks]
    if takes_files and move in PICTURED:
        blocks += _picture(AFTER, "A picture of how it is now")
    blocks.append(context(f"The author of {reference} reads it, and so does the thread of its card."))
    return modal(
        f"{reference}: {step.verb}",
        blocks,
        callback_id=ids.KAIZEN_STEP,
        submit=step.verb,
        metadata=ids.pack(idea=idea_id, move=str(move)),
    )


def estimate_form(detail: Detail) -> View:
    """Effort, impact and confidence."""
    levels = [option(words, value) for value, words in LEVELS]
    known = {"effort": detail.effort, "impact": detail.impact, "confidence": detail.confidence}
    labels = {
        "effort": "Effort to put it into practice",
        "impact": "Impact if it works",
        "confidence": "How sure are you of that?",
    }
    blocks: list[Block] = [
        select_input(
            name,
            label,
            levels,
            chosen=None if known[name] is None else str(known[name]),
            placeholder="Nobody has said yet",
            optional=True,
        )
        for name, label in labels.items()
    ]
    return _for_idea(detail, "Estimate", blocks, ids.KAIZEN_ESTIMATED, "Save")


def whys_form(detail: Detail) -> View:
    """The 5 Whys."""
    blocks: list[Block] = [
        context(
            "Ask “why?” of the problem, then of each answer, three to five times, down to a cause in how the "
            "work is set up. Not down to a person."
        )
    ]
    for number in range(1, MOST + 1):
        known = detail.whys[number - 1] if number <= len(detail.whys) else ""
        blocks.append(
            text_input(
                field_of(number),
                f"Why? ({number})",
                initial=known,
                optional=True,
                max_length=500,
                multiline=True,
            )
        )
    return _for_idea(detail, "5 Whys", blocks, ids.KAIZEN_WHYS_FORM, "Save the chain")


def benefit_form(detail: Detail) -> View:
    """Planned and actual benefit, kind by kind."""
    known = {row.kind: row for row in detail.benefits}
    blocks: list[Block] = [
        context("Figures for a year. What it has brought counts once somebody else confirms it.")
    ]
    for kind in Benefit:
        row = known.get(kind)
        for name, label, figure in (
            (planned_field(kind), f"{kind}: planned", row.planned if row else None),
            (actual_field(kind), f"{kind}: actual", row.actual if row else None),
        ):
            initial = "" if figure is None else f"{figure:f}"
            example = _BENEFIT_EXAMPLES[kind]
            blocks.append(
                text_input(name, label.capitalize(), initial=initial, placeholder=example, optional=True)
            )
    return _for_idea(detail, "What it brings", blocks, ids.KAIZEN_BENEFIT_FORM, "Save")


def hand_over_form(detail: Detail) -> View:
    """Another coach or responsible person."""
    blocks: list[Block] = [
        input_block("coach", "Coach", users_select("coach"), optional=True),
        input_block("responsible", "Responsible", users_select("responsible"), optional=True),
        text_input("reason", "The reason, for those whom it concerns", multiline=True, max_length=1000),
    ]
    return _for_idea(detail, "Hand over", blocks, ids.KAIZEN_HANDED, "Hand over")


def offer_form(detail: Detail, teams: Sequence[tuple[int, str]]) -> View:
    """To which teams a result is offered."""
    options = [option(name, str(team_id)) for team_id, name in teams[:MOST_TEAMS]]
    menu = many_select("teams", options, placeholder="The teams")
    hint = "Their leads are told and answer. Teams that nobody leads are not in the list."
    blocks: list[Block] = [input_block("teams", "Where would it help, too?", menu, hint=hint)]
    return _for_idea(detail, "Offer to other teams", blocks, ids.KAIZEN_OFFER_FORM, "Offer it")


def pictures_form(detail: Detail) -> View:
    """How it was, and how it is."""
    idea = detail.idea
    blocks = _picture(BEFORE, "Before", has_one=bool(idea.before_file_id))
    blocks += _picture(AFTER, "After", has_one=bool(idea.after_file_id))
    return _for_idea(detail, "Pictures", blocks, ids.KAIZEN_PICTURES_FORM, "Show them")


def slipped_form(check_id: int) -> View:
    """What happened to a result that has not lasted."""
    return modal(
        "It has slipped",
        [_ask_input(Ask.LESSON, ""), context("The idea is planned anew; whoever took part learns of it.")],
        callback_id=ids.KAIZEN_SLIPPED_FORM,
        submit="Plan it anew",
        metadata=ids.pack(check=check_id),
    )


def settings_form(facts: SettingsFacts) -> View:
    """How the workspace runs its ideas."""
    options = [
        option(
            "Ideas may be anonymous", ANONYMOUS, description="Their authors stand in no card, list or trail"
        ),
        option("Show who has the most ideas", LEADERBOARD, description="In the statistics; off by default"),
    ]
    chosen = [
        value
        for value, is_on in ((ANONYMOUS, facts.allows_anonymous), (LEADERBOARD, facts.shows_leaderboard))
        if is_on
    ]
    blocks: list[Block] = [
        input_block(
            CHANNEL,
            "Ideas channel",
            channel_select(CHANNEL, chosen=facts.channel_id),
            hint="Each idea has its card there. Invite Hoshin into it first: /invite @Hoshin",
            optional=True,
        ),
        text_input(
            DAYS, "Working days until the first answer", initial=str(facts.response_days), placeholder="3"
        ),
        checkboxes_input(OPTIONS, "Options", options, chosen=chosen),
    ]
    return modal("Kaizen settings", blocks, callback_id=ids.KAIZEN_SETTINGS, submit="Save")


def _picture(name: str, label: str, *, has_one: bool = False) -> list[Block]:
    hint = "PNG, JPEG or GIF, up to 10 MB. Everyone who reads the ideas channel sees it on the card."
    field = input_block(name, label, file_input(name, ENDINGS), hint=hint, optional=True)
    chosen = [context("A picture is chosen already; another one takes its place.")] if has_one else []
    return [field, *chosen]


def _similar(sheet: Sheet) -> list[Block]:
    if not sheet.similar:
        return []
    words = (
        bold("Others have said something like it.")
        + " Support theirs, or press “Submit the idea” again for yours."
        if sheet.asks_again
        else bold("Said before, perhaps:")
    )
    return [section(words), *(_similar_line(one) for one in sheet.similar)]


def _similar_line(one: Similar) -> Block:
    title = literal(clamp_plain(one.title, 120))
    votes = counted(one.votes, "vote", "votes") if one.votes else ""
    words = BETWEEN.join(filter(None, (f"{bold(one.reference)} {title}", state_words(one.state), votes)))
    if one.is_mine:
        return section(words, accessory=show_button(one.id, "Open"))
    support = button("Support this one", f"{ids.KAIZEN_SUPPORT}:{one.id}", value=str(one.id))
    return section(words, accessory=support)


def _further(sheet: Sheet) -> list[Block]:
    typed = sheet.typed
    levels = [option(words, value) for value, words in LEVELS]
    blocks = [
        input_block(
            AUTHOR,
            "Whose idea is it?",
            users_select(AUTHOR, placeholder="Mine", chosen=typed.get(AUTHOR, "")),
            optional=True,
        ),
        text_input(
            AUTHOR_NAME,
            "Or of someone without Slack",
            initial=typed.get(AUTHOR_NAME, ""),
            placeholder="First name and last name",
            optional=True,
            max_length=200,
        ),
        select_input(
            SOURCE,
            "Where does it come from?",
            [option(source.value, source.value) for source in IdeaSource],
            chosen=typed.get(SOURCE) or None,
            placeholder=IdeaSource.EMPLOYEE,
            optional=True,
        ),
        select_input(
            EFFORT, "Effort", levels, chosen=typed.get(EFFORT) or None, placeholder="Not sure", optional=True
        ),
        select_input(
            IMPACT, "Impact", levels, chosen=typed.get(IMPACT) or None, placeholder="Not sure", optional=True
        ),
    ]
    if sheet.allows_anonymous:
        blocks.append(
            checkboxes_input(
                ANONYMOUS,
                "Without my name",
                [option("Submit it anonymously", ANONYMOUS, description="You still get the answers")],
                chosen=[ANONYMOUS] if typed.get(ANONYMOUS) else [],
            )
        )
    return blocks


def _ask_input(ask: Ask, initial: str) -> Block:
    label = _LABELS[ask]
    element: Element
    match ask:
        case Ask.RESPONSIBLE:
            element = users_select(ask, chosen=initial)
        case Ask.UNTIL:
            element = date_picker(ask)
        case Ask.ORIGINAL:
            return text_input(ask, label, initial=initial, placeholder=_EXAMPLES[ask])
        case _:
            return text_input(
                ask,
                label,
                initial=initial,
                placeholder=_EXAMPLES.get(ask, ""),
                multiline=True,
                optional=ask in OPTIONAL,
            )
    return input_block(ask, label, element)


def _for_idea(detail: Detail, title: str, blocks: Sequence[Block], callback_id: str, submit: str) -> View:
    return modal(
        f"{detail.idea.reference}: {title}",
        blocks,
        callback_id=callback_id,
        submit=submit,
        metadata=ids.pack(idea=detail.idea.id),
    )
