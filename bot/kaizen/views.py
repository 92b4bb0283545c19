"""What people open to look at: one idea with what they may do, the board, and what was saved."""

from bot import ids
from bot.answers import Block, View
from bot.blockkit.kit import Element, Style, actions, button, context, divider, section
from bot.blockkit.mrkdwn import BETWEEN, bold, clamp_plain, date_token, day_token, literal, quote
from bot.blockkit.surfaces import fit_view, modal
from bot.kaizen.cards import entry_section, pictures
from bot.kaizen.facts import Board, Detail, Entry, Happened, IdeaFacts, Submitted
from bot.kaizen.words import benefit_words, counted, state_words
from storage.rules.date_words import day_words
from storage.rules.kaizen import STEPS, IdeaState, Move, OfferState

COLUMNS = (
    IdeaState.SUBMITTED,
    IdeaState.TRIAGED,
    IdeaState.PLAN,
    IdeaState.DO,
    IdeaState.CHECK,
    IdeaState.ACT,
    IdeaState.STANDARDISED,
    IdeaState.DONE,
    IdeaState.ON_HOLD,
    IdeaState.DECLINED,
    IdeaState.DUPLICATE,
)
A_ROW = 5
REFUSED = {
    "is_archived": "the ideas channel is archived",
    "not_in_channel": "Hoshin is not in the ideas channel",
    "channel_not_found": "Hoshin is not in the ideas channel, or that one is gone",
    "restricted_action": "only some people may post in the ideas channel",
}
"""By Slack's name for the refusal, as the end of a sentence."""


def idea_view(detail: Detail) -> View:
    """One idea: what it says, where it stands, what one may do, what it brought, what happened."""
    idea = detail.idea
    head: list[Block] = [section(f"{bold(literal(idea.title))}\n{_stand(detail)}")]
    if detail.warning:
        head.append(section(f"▲ {detail.warning}"))
    head += [actions(*row) for row in _rows(_buttons(detail))]
    rows: list[list[Block]] = [
        [section(f"{bold(name)}\n{quote(clamp_plain(text, 2_000))}")]
        for name, text in (
            ("Problem", idea.problem),
            ("Idea", idea.idea),
            ("Expected", idea.expected),
            ("Result", idea.result),
        )
        if text.strip()
    ]
    if detail.may_see_pictures:
        rows += [[block] for block in pictures(idea)]
    rows += _further(detail)
    rows += _happened(detail)
    return modal(idea.reference, fit_view(head, rows), callback_id=ids.KAIZEN_IDEA, close="Close")


def submitted_view(submitted: Submitted) -> View:
    """The trace of what was saved."""
    idea = submitted.idea
    blocks: list[Block] = [
        section(f"Thank you. {bold(f'{idea.reference} {literal(idea.title)}')} is submitted."),
        section(f"You have a first answer by {date_token(idea.due_at, idea.zone)}, and hear of every step."),
    ]
    blocks += [context(note) for note in submitted.notes]
    if not submitted.has_channel:
        blocks.append(
            context(
                "There is no ideas channel yet, so there is no card for others to see. It is posted once an "
                "admin of Hoshin chooses the channel with `/kaizen settings`."
            )
        )
    elif submitted.refused_for:
        why = REFUSED.get(submitted.refused_for, "Slack does not let Hoshin post there")
        blocks.append(
            context(
                f"It is saved. Its card could not be posted, because {why}; those who decide on ideas know, "
                "and it is posted once that works again."
            )
        )
    blocks.append(actions(button("Open it", f"{ids.KAIZEN_SHOW}:{idea.id}", value=str(idea.id))))
    return modal("Idea submitted", blocks, callback_id=ids.KAIZEN_IDEA, close="Close")


def said_view(title: str, words: str) -> View:
    """A trace in the form's place."""
    return modal(title, [section(words)], callback_id=ids.KAIZEN_IDEA, close="Close")


def board_view(board: Board) -> View:
    """All ideas by state: one column at a time, the others one press away."""
    tabs: list[Element] = []
    for place, state in enumerate(COLUMNS):
        count = board.counts.get(state, 0)
        if not count and state is not board.state:
            continue
        here = state is board.state
        tabs.append(
            button(
                f"{state.value.capitalize()} · {count}",
                f"{ids.KAIZEN_BOARD}:{place}",
                value=state,
                style="primary" if here else None,
            )
        )
    head: list[Block] = [*(actions(*row) for row in _rows(tabs)), divider()]
    rows = [_on_board(entry) for entry in board.entries]
    if not rows:
        head.append(section(f"No idea is {board.state}."))
    more = board.counts.get(board.state, 0) - len(board.entries)
    foot = [context(f"and {more} more; `/kaizen list` shows them by other filters")] if more > 0 else []
    return modal("Kaizen board", fit_view(head, rows, foot), callback_id=ids.KAIZEN_IDEA, close="Close")


def _on_board(entry: Entry) -> list[Block]:
    """An idea in its column, with what carries it on."""
    buttons: list[Element] = [
        button(
            STEPS[move].verb,
            f"{ids.KAIZEN_BOARD_MOVE}:{entry.id}:{place}",
            value=f"{entry.id}:{move}",
            label=f"{STEPS[move].verb}: {entry.reference}",
        )
        for place, move in enumerate(entry.moves)
    ]
    return [entry_section(entry), actions(*buttons)] if buttons else [entry_section(entry)]


def _buttons(detail: Detail) -> list[Element]:
    idea = detail.idea
    buttons: list[Element] = []
    if detail.may_vote:
        words = "Take your vote back" if detail.is_supporting else "Support"
        buttons.append(button(words, f"{ids.KAIZEN_SUPPORT}:{idea.id}", value=str(idea.id)))
    for place, move in enumerate(detail.moves):
        value = f"{idea.id}:{move}"
        style: Style | None = (
            "primary" if place == 0 and STEPS[move].target is not IdeaState.DECLINED else None
        )
        buttons.append(button(STEPS[move].verb, f"{ids.KAIZEN_MOVE}:{place}", value=value, style=style))
    for wanted, words, action_id in (
        (detail.may_coach, "I coach it", ids.KAIZEN_COACH),
        (detail.may_hand_over, "Hand over", ids.KAIZEN_HAND_OVER),
        (detail.may_work, "Estimate", ids.KAIZEN_ESTIMATE),
        (detail.may_work, "5 Whys", ids.KAIZEN_WHYS),
        (detail.may_work, "What it brings", ids.KAIZEN_BENEFIT),
        (detail.may_work, "Pictures", ids.KAIZEN_PICTURES),
        (_waits_for_confirmation(detail), "Confirm the benefit", ids.KAIZEN_CONFIRM),
        (detail.may_work and bool(idea.result), "Offer to other teams", ids.KAIZEN_OFFER),
    ):
        if wanted:
            buttons.append(button(words, f"{action_id}:{idea.id}", value=str(idea.id)))
    if detail.may_form_event:
        buttons.append(button("Make it a Kaizen event", ids.KAIZEN_EVENT, value=str(idea.id)))
    return buttons


def _waits_for_confirmation(detail: Detail) -> bool:
    return detail.may_confirm and any(
        row.actual is not None and not row.confirmed_by for row in detail.benefits
    )


def _rows(buttons: list[Element]) -> list[list[Element]]:
    return [buttons[start : start + A_ROW] for start in range(0, len(buttons), A_ROW)]


def _stand(detail: Detail) -> str:
    idea = detail.idea
    said = [state_words(idea.state), f"by {literal(idea.author)}", counted(idea.votes, "vote", "votes")]
    if idea.coach:
        said.append(f"coach {literal(idea.coach)}")
    if idea.responsible:
        said.append(f"responsible {literal(idea.responsible)}")
    if detail.serves:
        said.append(f"for {literal(detail.serves)}")
    if detail.event:
        said.append(f"in Kaizen event {literal(detail.event)}")
    lines = [BETWEEN.join(said)]
    if idea.answered_at is None:
        lines.append(f"First answer due {date_token(idea.due_at, idea.zone)}")
    if idea.until_on is not None:
        lines.append(f"On hold until {day_words(idea.until_on)}")
    if idea.original:
        lines.append(f"Says the same as {idea.original}")
    return "\n".join(lines)


def _further(detail: Detail) -> list[list[Block]]:
    rows: list[list[Block]] = []
    if detail.whys:
        chain = "\n".join(f"{number}. {literal(why)}" for number, why in enumerate(detail.whys, 1))
        rows.append([section(f"{bold('5 Whys')}\n{chain}")])
    if detail.quadrant is not None:
        rows.append([context(f"{detail.quadrant.value.capitalize()}: {detail.quadrant.meaning}")])
    if detail.reasons:
        rows.append([context(f"Its place in the queue: {'; '.join(map(literal, detail.reasons))}")])
    if detail.benefits:
        lines = [
            f"• planned {benefit_words(row.kind, row.planned)}, actual {benefit_words(row.kind, row.actual)}"
            + (f", confirmed by {literal(row.confirmed_by)}" if row.confirmed_by else ", not confirmed")
            for row in detail.benefits
        ]
        rows.append([section("\n".join([bold("What it brings"), *lines]))])
    if detail.readings:
        words = BETWEEN.join(map(literal, detail.readings))
        rows.append([context(f"{words}. Figures side by side; what moved them, they do not say.")])
    for offer in detail.offers:
        note = f" {literal(offer.note)}" if offer.note else ""
        buttons = [
            button("We take it over", f"{ids.KAIZEN_TAKE_OVER}:{offer.id}", value=str(offer.id)),
            button("Does not fit here", f"{ids.KAIZEN_NOT_HERE}:{offer.id}", value=str(offer.id)),
        ]
        row: list[Block] = [context(f"Offered to {literal(offer.team)}: {offer.state}.{note}")]
        rows.append([*row, actions(*buttons)] if offer.is_mine and offer.state is OfferState.OFFERED else row)
    for check in detail.follow_ups:
        words = {True: "lasted", False: "slipped", None: "to come"}[check.has_lasted]
        row = [context(f"Check on {day_words(check.due_on)}: {words}. {literal(check.note)}".strip())]
        if check.is_due:
            row.append(
                actions(
                    button("It has lasted", f"{ids.KAIZEN_LASTED}:{check.id}", value=str(check.id)),
                    button("It has slipped", f"{ids.KAIZEN_SLIPPED}:{check.id}", value=str(check.id)),
                )
            )
        rows.append(row)
    return rows


def _happened(detail: Detail) -> list[list[Block]]:
    idea: IdeaFacts = detail.idea
    rows: list[list[Block]] = [[divider()]] if detail.history else []
    for step in reversed(detail.history):
        who = f"{literal(step.who)}: " if step.who else ""
        said = f": {literal(clamp_plain(step.said, 300))}" if step.said else ""
        rows.append([context(f"{day_token(step.at, idea.zone)}{BETWEEN}{who}{_did(step)}{said}")])
    return rows


def _did(step: Happened) -> str:
    """A step by the button that took it, and where it led; the submission is the one without a button."""
    if step.move not in set(Move):
        return step.to
    return f"{STEPS[Move(step.move)].verb} → {step.to}"
