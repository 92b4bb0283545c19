"""Kaizen's part of the Home tab: what waits for the person, their ideas, and how to tell a new one."""

from bot.answers import Block
from bot.asks import Person
from bot.blockkit.kit import actions, context, header, section
from bot.kaizen.cards import check_buttons, check_words, desk_buttons, entry_section, queue_words
from bot.kaizen.facts import Desk

TITLE = "Kaizen"


def draw_desk(desk: Desk, person: Person) -> list[Block]:
    """The section; what waits comes first, with its buttons."""
    del person
    blocks: list[Block] = [header(TITLE)]
    for check_id, reference, title in desk.checks:
        blocks += [section(check_words(reference, title)), actions(*check_buttons(check_id))]
    if desk.is_council and desk.queue:
        blocks.append(section(queue_words(desk)))
    blocks += [entry_section(entry) for entry in (*desk.waits, *desk.mine)]
    if not desk.waits and not desk.mine:
        blocks.append(
            context(
                "Here stand your ideas and those that you carry. What costs you time, again and again? Three "
                "lines are enough, and an answer comes within days."
            )
        )
    return [*blocks, actions(*desk_buttons(desk))]
