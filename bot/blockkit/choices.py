"""Words that fit several items: which one is meant is one press away, the same in every command."""

from collections.abc import Sequence

from bot import ids
from bot.answers import Block, Message
from bot.blockkit import limits
from bot.blockkit.kit import actions, button, context, option, section, select
from bot.blockkit.mrkdwn import literal
from bot.blockkit.surfaces import message
from storage.rules.graph import Node

MOST_BUTTONS = 6
"""More than these stand in a menu, which is read and searched more easily."""

Choice = tuple[str, str]
"""What is read of an item ("KR-3 First-contact resolution"), and the value of its button."""


def offered(node: Node, value: str = "") -> Choice:
    """An item that may be meant; its reference is the value where no other is given."""
    return f"{node.reference} {node.title}", value or node.reference


def which_message(
    words: str, choices: Sequence[Choice], action_id: str, *, what: str = "items", foot: str = ""
) -> Message:
    """Asks which of several items is meant.

    Args:
        words: what was typed.
        choices: the items, best first.
        action_id: the action that goes on with a choice's value.
        what: what they are, several of them.
        foot: markup of what is to be known besides.
    """
    shown = choices[: limits.SELECT_OPTIONS]
    # A whole line may be longer than a menu's value can be.
    in_menu = len(choices) > MOST_BUTTONS and all(len(value) <= limits.OPTION_VALUE for _, value in shown)
    if not in_menu:
        shown = [one for one in choices if len(one[1]) <= limits.BUTTON_VALUE][: limits.ACTIONS_ELEMENTS]
    count = len(choices)
    rest = f" The first {len(shown)} are here; more words find fewer." if len(shown) < count else ""
    text = f"“{literal(words)}” fits {count} {what}. Which one?{rest}"
    blocks: list[Block] = [section(text)]
    if in_menu:
        options = [option(label, value) for label, value in shown]
        blocks.append(actions(select(action_id, options, placeholder="Choose one")))
    elif shown:
        buttons = [
            button(label, ids.numbered(action_id, at), value=value)
            for at, (label, value) in enumerate(shown, start=1)
        ]
        blocks.append(actions(*buttons))
    return message(text, [*blocks, context(foot)] if foot else blocks)
