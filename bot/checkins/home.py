"""The check-in's part of the Home tab: what waits for the person, what they last said, when it comes next."""

from bot import ids
from bot.answers import Block
from bot.asks import Person
from bot.blockkit.kit import Element, actions, button, context, header, section
from bot.blockkit.mrkdwn import bold, date_token
from bot.checkins.facts import Desk, Prompt
from bot.checkins.lines import change_line, counted, extra_line, joined
from bot.checkins.messages import asked_rows
from storage.rules.date_words import day_words

TITLE = "Your check-in"


def draw_desk(desk: Desk, person: Person) -> list[Block]:
    """The section; what waits comes first, with its buttons."""
    blocks: list[Block] = [header(TITLE)]
    if desk.waits is not None:
        blocks += _waiting(desk.waits)
    if desk.answered is not None:
        blocks += _answered(desk.answered)
    if desk.waits is None:
        blocks.append(context(_next(desk, person)))
    return blocks


def _waiting(prompt: Prompt) -> list[Block]:
    words = f"{bold('Waits for you:')} {counted(len(prompt.asked), 'item')}"
    if prompt.would_be_late:
        words += ". It has closed, but a late answer is still taken and marked."
    else:
        words += f", open until {date_token(prompt.closes_at, prompt.zone)}."
    if prompt.snoozed_until is not None:
        words += f" You will be asked again {date_token(prompt.snoozed_until, prompt.zone)}."
    value = str(prompt.id)
    buttons: list[Element] = [button("Check in", ids.CHECKIN_OPEN, value=value, style="primary")]
    if prompt.can_confirm:
        buttons.append(button("Nothing changed", ids.CHECKIN_UNCHANGED, value=value))
    buttons.append(button("Why this?", ids.CHECKIN_WHY, value=value))
    rows = [block for row in asked_rows(prompt) for block in row]
    return [section(words), *rows, actions(*buttons)]


def _answered(prompt: Prompt) -> list[Block]:
    lines = [change_line(item, prompt.locale) for item in prompt.items if item.given is not None]
    lines += [extra_line(extra) for extra in prompt.extras if extra.said]
    head = f"{bold('Last answers')}, week of {day_words(prompt.week_on)}"
    blocks: list[Block] = [section(joined((head, *lines)))]
    if prompt.is_open:
        blocks.append(actions(button("Correct", ids.CHECKIN_OPEN, value=str(prompt.id))))
    return blocks


def _next(desk: Desk, person: Person) -> str:
    if desk.next_at is not None:
        return f"Nothing waits for you. Your next check-in comes {date_token(desk.next_at, person.zone)}."
    return (
        "Here stands what you are asked each week: your key results, KPIs and steps, with one button to "
        "answer. Nothing is yours to answer in the coming weeks; that changes once the plan names you as an "
        "owner and gives you a team, or something of yours falls due."
    )
