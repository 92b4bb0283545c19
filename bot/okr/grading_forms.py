"""What people see of grading: what is due, the form, the result."""

from bot import ids
from bot.answers import Block, Message, View
from bot.blockkit.cards import figures
from bot.blockkit.kit import button, context, section, text_input
from bot.blockkit.mrkdwn import BETWEEN, bold, literal
from bot.blockkit.surfaces import fit_message, fit_view, modal
from bot.okr.drawing import card_of, named
from bot.okr.grading import Due, Graded, GradeForm
from storage.rules.grading import Portfolio, is_success
from storage.rules.terms import Commitment

REASON = "reason"
EVIDENCE = "evidence"
LESSON = "lesson"
POST_MORTEM = "post_mortem"
GRADE = "grade"

_MOST_GRADED = 30
_MOST_TEXT = 3000


def grade_field(reference: str) -> str:
    """The name of a key result's input."""
    return f"{GRADE}:{reference}"


def due_message(due: Due) -> Message:
    """`/okr grade`: what can be graded now, and for leaders how the quarter went."""
    foot: list[Block] = [context(portfolio_words(due.portfolio))] if due.portfolio is not None else []
    if not due.objectives:
        text = (
            "Nothing of yours is to be graded. An objective is graded from two weeks before its last day on."
        )
        return Message(text, (section(text), *foot))
    rows: list[list[Block]] = [
        [
            section(
                named(shown.node),
                accessory=button(
                    "Grade", ids.numbered(ids.OKR_GRADE, shown.node.number), value=shown.reference
                ),
            )
        ]
        for shown in due.objectives
    ]
    text = f"To be graded: {', '.join(shown.reference for shown in due.objectives)}."
    return Message(text, tuple(fit_message([section(text)], rows, foot)))


def grade_form(form: GradeForm, locale: str) -> View:
    """A grade for each key result, then the words."""
    node = form.shown.node
    expected = "1.0 is expected" if form.commitment is Commitment.COMMITTED else "0.7 is success"
    blocks: list[Block] = [
        section(f"{named(node)}\n{form.commitment.value.capitalize()}: {expected}"),
        context(
            "0.0 to 0.3 red, 0.4 to 0.6 yellow, 0.7 to 1.0 green. A grade is about the goal, never about "
            "people."
        ),
    ]
    for part in form.key_results[:_MOST_GRADED]:
        blocks.append(section(f"{named(part.shown.node)}\n{figures(card_of(part.shown), locale)}"))
        blocks.append(
            text_input(
                grade_field(part.shown.reference),
                f"{part.shown.reference}: grade",
                placeholder=f"{part.suggested:.1f}",
                hint=f"The figures suggest {part.suggested:.1f}; empty takes that.",
                optional=True,
            )
        )
    blocks += [
        text_input(
            REASON,
            "Why, where yours differs",
            placeholder="The last two weeks came too late for the figures",
            multiline=True,
            max_length=_MOST_TEXT,
            optional=True,
        ),
        text_input(
            EVIDENCE,
            "Evidence",
            placeholder="https://… the report or dashboard that shows it",
            max_length=_MOST_TEXT,
        ),
        text_input(
            LESSON,
            "What was learned",
            placeholder="It stands beside the blank sheet of the next quarter",
            multiline=True,
            max_length=_MOST_TEXT,
            optional=True,
        ),
    ]
    if form.commitment is Commitment.COMMITTED:
        blocks.append(
            text_input(
                POST_MORTEM,
                "If it was missed: what happened",
                multiline=True,
                max_length=_MOST_TEXT,
                optional=True,
            )
        )
    return modal(
        f"Grade {node.reference}",
        blocks,
        callback_id=ids.OKR_GRADE_FORM,
        submit="Grade and close",
        metadata=ids.pack(reference=node.reference),
    )


def graded_view(graded: Graded) -> View:
    """The trace of what was graded."""
    commitment = graded.shown.node.commitment or Commitment.ASPIRATIONAL
    reached = "that is success" if is_success(graded.grade, commitment) else "short of what was meant"
    head: list[Block] = [
        section(
            f"{named(graded.shown.node)}{BETWEEN}{bold(f'{graded.grade:.1f}')} {graded.colour}\n"
            f"{commitment.value}: {reached}. It is closed with its key results."
        )
    ]
    rows: list[list[Block]] = [
        [section(f"{named(shown.node)}{BETWEEN}{bold(f'{own:.1f}')} (the figures suggest {suggested:.1f})")]
        for shown, own, suggested in graded.grades
    ]
    foot: list[Block] = [context(f"Learned: “{literal(graded.lesson)}”")] if graded.lesson else []
    if graded.portfolio is not None:
        foot.append(context(portfolio_words(graded.portfolio)))
    return modal("Graded", fit_view(head, rows, foot), callback_id=ids.OKR_DONE, close="Close")


def portfolio_words(portfolio: Portfolio) -> str:
    """The quarter as a whole, for whoever leads."""
    count = f"{portfolio.count} objective{'' if portfolio.count == 1 else 's'}"
    return (
        f"The quarter as a whole: {portfolio.mean:.2f} on average over {count}, "
        f"{bold(portfolio.verdict.value)}. "
        f"{portfolio.advice}"
    )
