"""Plan files: the form, what would change, what is wrong, and what was loaded."""

from collections.abc import Iterable, Iterator, Sequence

from bot import ids
from bot.answers import Block, Message, View
from bot.blockkit.kit import actions, button, context, file_input, input_block, section
from bot.blockkit.mrkdwn import bold, literal, sentence
from bot.blockkit.surfaces import fit_view, modal
from storage.bundle.changes import Action, Loaded
from storage.bundle.faults import Fault

FILE = "file"
TITLE = "Load a plan file"
SHOWN = 40
A_SECTION = 10
KINDS = ("xlsx", "yaml", "yml", "json")

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
    rows = [[block] for block in _listed([str(change) for change in loaded.changes])]
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


def faults_view(name: str, faults: Sequence[Fault]) -> View:
    """Everything that is wrong, as far as a form holds it."""
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    head = [section(f"{bold(literal(name))} has {count}, so nothing was loaded.")]
    rows = [[block] for block in _listed([f"{fault.place}: {fault.sentence}" for fault in faults])]
    foot = [context("Correct them and drop the file again.")]
    return modal("Not loaded", fit_view(head, rows, foot), callback_id=ids.NOTICE, close="Close")


def faults_text(faults: Sequence[Fault]) -> str:
    """All of them, for a file of their own."""
    return "".join(f"{fault}\n" for fault in faults)


def loaded_view(name: str, loaded: Loaded) -> View:
    return modal("Loaded", [section(_loaded(name, loaded))], callback_id=ids.NOTICE, close="Close")


def loaded_message(name: str, loaded: Loaded) -> Message:
    """The trace of what was loaded, in the person's direct messages."""
    text = _loaded(name, loaded)
    look = actions(button("See what is mine", ids.HOME_ITEMS))
    return Message(text, (section(text), *_listed([str(change) for change in loaded.changes[:SHOWN]]), look))


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
    return list(
        _listed([f"{fault.place}: {fault.sentence}" for fault in loaded.warnings], "Look again at this:")
    )


def _listed(lines: Sequence[str], heading: str = "") -> Iterator[Block]:
    """Some lines a block, so that each stays within what a block takes."""
    shown = list(lines[:SHOWN])
    for start in range(0, len(shown), A_SECTION):
        bullets = _bullets(shown[start : start + A_SECTION])
        yield section(f"{heading}\n{bullets}" if heading and start == 0 else bullets)
    if len(lines) > SHOWN:
        yield context(f"and {len(lines) - SHOWN} more")


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"• {sentence(line[:280])}" for line in lines)
