"""The messages of Kaizen: the card in the ideas channel, what its author reads, thanks, lists."""

from collections.abc import Sequence

from bot import ids
from bot.answers import Block, Message
from bot.blockkit.kit import Element, actions, button, context, picture, section
from bot.blockkit.mrkdwn import (
    BETWEEN,
    bold,
    clamp_plain,
    code,
    date_token,
    day_token,
    literal,
    mention,
    quote,
)
from bot.blockkit.surfaces import fit_message
from bot.kaizen.facts import Desk, Entry, Figures, IdeaFacts, Listing
from bot.kaizen.words import benefit_words, counted, share_words, span_words, state_words
from storage.rules.date_words import day_words
from storage.rules.kaizen import ENDS, VOTABLE, IdeaSource, IdeaState
from storage.rules.kaizen_contributions import Contribution
from storage.rules.kaizen_priority import Quadrant

LONGEST_TITLE = 150
LONGEST_TEXT = 600
MOST_IN_FIELD = 10
MOST_NAMED = 50
"""People in one message of thanks."""


def card_message(idea: IdeaFacts, *, shows_pictures: bool = True) -> Message:
    """The one message of an idea in the ideas channel; its thread is for the discussion."""
    head = f"{bold(f'{idea.reference} · {literal(idea.title)}')}{BETWEEN}{state_words(idea.state)}"
    parts = [_part("Problem", idea.problem), _part("Idea", idea.idea), _part("Expected", idea.expected)]
    rows: list[list[Block]] = [[section(part)] for part in parts if part]
    if idea.result:
        rows.append([section(_part("Result", idea.result))])
    if shows_pictures:
        rows += [[block] for block in pictures(idea)]
    foot: list[Block] = [context(_people(idea)), context(_stand(idea))]
    buttons: list[Element] = []
    if idea.state in VOTABLE:
        buttons.append(
            button(
                f"Support · {idea.votes}" if idea.votes else "Support",
                f"{ids.KAIZEN_SUPPORT}:{idea.id}",
                value=str(idea.id),
                style="primary",
                label=f"Support {idea.reference}",
            )
        )
    buttons.append(show_button(idea.id, "Open"))
    text = f"{idea.reference} {literal(idea.title)}, {idea.state}"
    return Message(text, tuple(fit_message([section(head)], rows, [*foot, actions(*buttons)])))


def pictures(idea: IdeaFacts) -> list[Block]:
    """How it was and how it is, as far as there are pictures of it."""
    return [
        picture(file_id, f"{name}: {clamp_plain(idea.title, LONGEST_TITLE)}", name)
        for name, file_id in (("Before", idea.before_file_id), ("After", idea.after_file_id))
        if file_id
    ]


def more_message(text: str) -> Message:
    """What did not fit into the form, for the thread."""
    return Message("The rest of what was written:", (section(quote(clamp_plain(text, 2_900))),))


def step_message(words: str) -> Message:
    """What happened to an idea, for its thread."""
    return Message(words, (section(words),))


def answer_message(idea: IdeaFacts, words: str, author: str = "") -> Message:
    """What the author of an idea reads after each step.

    Args:
        author: who told it and has no account here; then it is whoever wrote it down that reads this.
    """
    named = bold(f"{idea.reference} {literal(idea.title)}")
    if author:
        head = f"{named}, the idea of {literal(author)}: {words}"
        rest = f"You wrote it down for {literal(author)}, who has no account here. Please tell them."
        return Message(head, (section(head), context(rest), actions(show_button(idea.id, "Open"))))
    head = f"Your idea {named}: {words}"
    return Message(head, (section(head), actions(show_button(idea.id, "Open"))))


def support_message(idea: IdeaFacts, words: str) -> Message:
    """What those who support an idea read when it ends without a result."""
    head = f"{bold(f'{idea.reference} {literal(idea.title)}')}, which you support: {words}"
    return Message(head, (section(head), actions(show_button(idea.id, "Open"))))


def thanks_message(idea: IdeaFacts, words: str, who: Sequence[str]) -> Message:
    """Thanks in public, to everyone who took part. Mentions, since this is a thing to be pinged for.

    Args:
        who: Slack's ids, and names of those without an account.
    """
    named = [
        mention(one) if one.startswith(("U", "W")) and one.isupper() else literal(one)
        for one in who[:MOST_NAMED]
    ]
    more = len(who) - len(named)
    people = ", ".join(named) + (
        f" and {counted(more, 'other', 'others')} who supported it" if more > 0 else ""
    )
    thanks = f"🎉 {bold(f'{idea.reference} {literal(idea.title)}')} {words}"
    if people:
        thanks += f" Thank you, {people}."
    return Message(thanks, (section(thanks),))


def list_message(listing: Listing) -> Message:
    """A list of ideas."""
    if not listing.entries:
        words = (
            f"{listing.title}: there are none yet. Type {code('/kaizen')} and what bothers you, such as "
            f"{code('/kaizen the label printer stops every shift')}."
        )
        return Message(words, (section(words),))
    more = listing.total - len(listing.entries)
    foot = [context(f"and {more} more")] if more > 0 else []
    rows = [[entry_section(entry)] for entry in listing.entries]
    head: list[Block] = [section(bold(listing.title))]
    if listing.matrix:
        head.append(context("\n".join(matrix_line(field, refs) for field, refs in listing.matrix)))
    return Message(listing.title, tuple(fit_message(head, rows, foot)))


def matrix_line(field: Quadrant, references: Sequence[str]) -> str:
    """One field of the effort × impact matrix, with the ideas that fall into it."""
    more = len(references) - MOST_IN_FIELD
    named = ", ".join(references[:MOST_IN_FIELD]) + (f" and {more} more" if more > 0 else "")
    return f"{bold(field.value.capitalize())} ({field.meaning}): {named}"


def mine_message(desk: Desk) -> Message:
    """What `/kaizen` alone answers: my ideas, what waits for me, and how to tell a new one."""
    rows = [[entry_section(entry)] for entry in (*desk.waits, *desk.mine)]
    head: list[Block] = [section(bold("Kaizen: your ideas and what you carry"))]
    if desk.is_council and desk.queue:
        head.append(context(queue_words(desk)))
    if not rows:
        head.append(
            section(
                "Nothing of yours is under way. What costs you time, again and again? Three lines are "
                "enough, and an answer comes within days."
            )
        )
    foot: list[Block] = [actions(*desk_buttons(desk)), context(HINT)]
    return Message("Your ideas", tuple(fit_message(head, rows, foot)))


def desk_buttons(desk: Desk) -> list[Element]:
    """What one can do about ideas from here."""
    words = "Go on with your idea" if desk.draft else "New idea"
    return [
        button(words, ids.KAIZEN_NEW, style="primary"),
        button("Board", ids.KAIZEN_BOARD, value=IdeaState.SUBMITTED),
    ]


def queue_words(desk: Desk) -> str:
    late = f", {desk.overdue} of them overdue" if desk.overdue else ""
    return (
        f"For the lean council: {counted(desk.queue, 'idea waits', 'ideas wait')} for a first answer{late}. "
        f"{code('/kaizen queue')} shows them."
    )


def entry_section(entry: Entry) -> Block:
    """An idea as one line, with the button that opens it."""
    return section(entry_words(entry), accessory=show_button(entry.id, "Open"))


def entry_words(entry: Entry) -> str:
    title = literal(clamp_plain(entry.title, LONGEST_TITLE))
    head = BETWEEN.join((f"{bold(entry.reference)} {title}", state_words(entry.state)))
    asides = [literal(entry.author), counted(entry.votes, "vote", "votes") if entry.votes else ""]
    if entry.is_overdue:
        asides.append(f"no answer for {counted(entry.days, 'working day', 'working days')}")
    if entry.until_on is not None:
        asides.append(f"until {day_words(entry.until_on)}")
    reasons = f"\n_{'; '.join(entry.reasons)}_" if entry.reasons else ""
    return f"{head}\n{BETWEEN.join(filter(None, asides))}{reasons}"


def figures_message(figures: Figures) -> Message:
    """How the idea system itself does."""
    found = figures.statistics
    if not found.ideas:
        words = f"There were no ideas in {figures.span}, so there is nothing to count yet."
        return Message(words, (section(words),))
    a_person = f", {found.ideas_a_person:.2f} a person" if found.ideas_a_person is not None else ""
    everyone = counted(found.people, "person", "people")
    half, most = span_words(found.response_median), span_words(found.response_p90)
    value = ", ".join(benefit_words(kind, amount) for kind, amount in found.value) or "none yet"
    lines = [
        f"Ideas: {bold(str(found.ideas))}{a_person}",
        f"Took part: {share_words(found.participation)} of {everyone}",
        f"Leads who took part: {share_words(found.leaders_participation)}",
        f"First answer: half within {half}, nine of ten within {most}; {found.waiting} still wait",
        f"Put into practice: {found.implemented} ({share_words(found.implementation_rate)})",
        f"Confirmed value: {value}",
    ]
    if figures.leaders:
        lines.append(
            "Most ideas: " + ", ".join(f"{literal(name)} {count}" for name, count in figures.leaders)
        )
    head = f"Kaizen in {figures.span}"
    blocks = [section(bold(head)), section("\n".join(f"• {line}" for line in lines))]
    if figures.contributions:
        named = [f"• {literal(name)}: {contribution_words(one)}" for name, one in figures.contributions]
        blocks.append(section("\n".join([bold("What ideas have brought the plan so far"), *named])))
    return Message(head, tuple(blocks))


def contribution_words(found: Contribution) -> str:
    """What ideas came to: "3 ideas, 2 done, confirmed 30 hours"."""
    value = ", ".join(benefit_words(kind, amount) for kind, amount in found.value)
    brought = f"confirmed {value}" if value else "nothing confirmed yet"
    return f"{counted(found.ideas, 'idea', 'ideas')}, {found.done} done, {brought}"


def check_words(reference: str, title: str) -> str:
    """What is asked of a result after 30, 60 and 90 days."""
    return f"{bold(reference)} {literal(title)}: has its result lasted?"


def check_buttons(check_id: int) -> list[Element]:
    return [
        button("It has", f"{ids.KAIZEN_LASTED}:{check_id}", value=str(check_id), style="primary"),
        button("It has slipped", f"{ids.KAIZEN_SLIPPED}:{check_id}", value=str(check_id)),
    ]


def offer_message(idea: IdeaFacts, team: str, where: str, offer_id: int) -> Message:
    """A result offered to another team's lead (yokoten)."""
    words = (
        f"{bold(f'{idea.reference} {literal(idea.title)}')} worked elsewhere and may help {literal(team)}, "
        f"too.\n{quote(idea.result)}"
    )
    if where:
        words += f"\nWhere else it would help, they wrote:\n{quote(where)}"
    buttons = (
        button("We take it over", f"{ids.KAIZEN_TAKE_OVER}:{offer_id}", value=str(offer_id), style="primary"),
        button("Does not fit here", f"{ids.KAIZEN_NOT_HERE}:{offer_id}", value=str(offer_id)),
        show_button(idea.id, "Open"),
    )
    return Message(f"{idea.reference} may help {literal(team)}, too", (section(words), actions(*buttons)))


def show_button(idea_id: int, words: str) -> Element:
    return button(words, f"{ids.KAIZEN_SHOW}:{idea_id}", value=str(idea_id))


def _part(name: str, text: str) -> str:
    return f"{bold(name)}\n{quote(clamp_plain(text, LONGEST_TEXT))}" if text.strip() else ""


def _people(idea: IdeaFacts) -> str:
    said = [f"by {literal(idea.author)}", day_token(idea.submitted_at, idea.zone)]
    if idea.coach:
        said.append(f"coach {literal(idea.coach)}")
    if idea.responsible:
        said.append(f"responsible {literal(idea.responsible)}")
    if idea.waste:
        said.append(f"waste: {idea.waste}")
    if idea.serves:
        said.append(f"for {literal(idea.serves)}")
    if idea.event:
        said.append(f"in Kaizen event {literal(idea.event)}")
    if idea.source is not IdeaSource.EMPLOYEE:
        said.append(f"from {_SOURCES[idea.source]}")
    if idea.source_link:
        said.append(f"<{idea.source_link}|from a message>")
    return BETWEEN.join(said)


_SOURCES = {
    IdeaSource.CUSTOMER: "customer feedback",
    IdeaSource.REVIEW: "a review",
    IdeaSource.AUDIT: "an audit",
}


def _stand(idea: IdeaFacts) -> str:
    if idea.answered_at is None:
        return f"First answer due {date_token(idea.due_at, idea.zone)}"
    if idea.state is IdeaState.ON_HOLD and idea.until_on:
        return f"On hold until {day_words(idea.until_on)}"
    if idea.state is IdeaState.DUPLICATE and idea.original:
        return f"Says the same as {idea.original}; votes go there"
    if idea.state in ENDS:
        return f"{counted(idea.votes, 'vote', 'votes')}. Its life is over: {idea.state}."
    return "Votes count here: the button, or 👍 on this message. Say more in the thread."


HINT = (
    f"{code('/kaizen the label printer stops every shift')} starts an idea with your words  ·  "
    f"{code('/kaizen list')}  ·  {code('/kaizen board')}  ·  {code('/kaizen help')}"
)
