"""Plan files: the form, what would change, what is wrong, and what was loaded."""

from collections.abc import Iterator, Sequence

from bot import ids
from bot.answers import Block, Message, View
from bot.blockkit.kit import actions, button, context, file_input, input_block, section, text_input
from bot.blockkit.mrkdwn import bold, literal
from bot.blockkit.surfaces import fit_view, modal
from bot.dropped import FILE, fault_line, list_lines, plain_line
from storage.bundle.changes import Action, Loaded
from storage.bundle.loading import LONGEST_REASON

TITLE = "Load a plan file"
REASON = "reason"
KINDS = ("xlsx", "yaml", "yml", "json")

_MOST_NAMED = 10
_FORMATS = {"xlsx": "Excel workbook", "yaml": "YAML", "json": "JSON", "template": "Template to fill in"}


def import_form() -> View:
    """The form for one file."""
    blocks = [
        section(
            "An Excel workbook, YAML or JSON. Before anything changes you see what would. "
            "`/hoshin export template` sends a workbook to fill in."
        ),
        input_block(FILE, "Plan file", file_input(FILE, KINDS), hint="Up to 5 MB"),
    ]
    return modal(TITLE, blocks, callback_id=ids.BUNDLE_IMPORT, submit="Check it")


def preview(name: str, file_id: str, loaded: Loaded) -> View:
    """What would change, with the button that does it; without one where nothing would."""
    if not loaded.added and not loaded.changed:
        said = f"{bold(literal(name))} says what the plan says already. There is nothing to load."
        return modal(TITLE, [section(said), *_warnings(loaded)], callback_id=ids.NOTICE, close="Close")
    head = [section(f"Loading {bold(literal(name))} would change this: {_counts(loaded)}.")]
    if loaded.moved:
        head += _why(loaded.moved)
    rows = [[block] for block in _changes(loaded)]
    foot = [
        *_warnings(loaded),
        context("Nothing has changed yet. It is all or nothing."),
    ]
    return modal(
        TITLE,
        fit_view(head, rows, foot),
        callback_id=ids.BUNDLE_LOAD,
        submit="Load it",
        metadata=ids.pack(file=file_id),
    )


def _why(moved: Sequence[str]) -> list[Block]:
    """Asks for one reason for all of it."""
    named = ", ".join(moved[:_MOST_NAMED]) + (" and others" if len(moved) > _MOST_NAMED else "")
    said = f"It changes what was agreed of {bold(literal(named))}, in the middle of its time."
    reason = text_input(
        REASON,
        "Why is it changed?",
        placeholder="The market moved",
        hint="The reason stands in the history of each.",
        max_length=LONGEST_REASON,
    )
    return [section(said), reason]


def loaded_view(name: str, loaded: Loaded) -> View:
    return modal("Loaded", [section(_loaded(name, loaded))], callback_id=ids.NOTICE, close="Close")


def loaded_message(name: str, loaded: Loaded) -> Message:
    """The trace of what was loaded, in the person's direct messages."""
    text = _loaded(name, loaded)
    look = actions(button("See what is mine", ids.HOME_ITEMS))
    return Message(text, (section(text), *_changes(loaded), look))


def choose_message() -> Message:
    """`/hoshin export` without a word."""
    text = "The whole plan with its history, as far as you may see it, as a file in your direct messages."
    buttons = [button(label, f"{ids.BUNDLE_EXPORT}:{word}", value=word) for word, label in _FORMATS.items()]
    return Message(text, (section(text), actions(*buttons)))


def sent_message(name: str) -> Message:
    return Message(f"{literal(name)} is in your direct messages with Hoshin.")


def _loaded(name: str, loaded: Loaded) -> str:
    return f"{bold(literal(name))} is loaded: {_counts(loaded)}."


def _counts(loaded: Loaded) -> str:
    """By kind what is added and changed: `3 KPIs added, 1 team changed, 40 as they were`."""
    parts = [
        f"{by_action[action]} {kind}{'s' if by_action[action] > 1 else ''} {action}"
        for action in (Action.ADDED, Action.CHANGED)
        for kind, by_action in loaded.counts.items()
        if by_action[action]
    ]
    return ", ".join([*map(literal, parts), f"{loaded.unchanged} as they were"])


def _warnings(loaded: Loaded) -> list[Block]:
    return list(list_lines(map(fault_line, loaded.warnings), "Look again at this:"))


def _changes(loaded: Loaded) -> Iterator[Block]:
    return list_lines(map(plain_line, map(str, loaded.changes)))
