"""Files that people drop into a form: which one it is, and everything that is wrong with it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from bot import ids
from bot.answers import Answer, Block, SendFile, View, update_view
from bot.asks import Ask
from bot.blockkit.kit import context, section
from bot.blockkit.mrkdwn import bold, clamp_plain, literal, sentence
from bot.blockkit.surfaces import fit_view, modal
from storage.rules.errors import Invalid

FILE = "file"
SHOWN = 40
_A_SECTION = 10
_LONGEST_LINE = 280


class Fault(Protocol):
    """Something wrong at a place of a file; as text it says both."""

    @property
    def place(self) -> str: ...

    @property
    def sentence(self) -> str: ...


def find_dropped(ask: Ask) -> str:
    """Slack's id of the file in a form.

    Raises:
        Invalid: there is none (field "file").
    """
    files = ask.form.choices(FILE)
    if not files:
        raise Invalid("No file was dropped here. Choose one, then press Check it.", field=FILE)
    return files[0]


def find_previewed(ask: Ask) -> str:
    """The id of the file that a preview is of: nothing of it was kept, so it is read once more."""
    return str(ask.metadata[FILE])


def refused(name: str, faults: Sequence[Fault], done: str) -> Answer:
    """Everything that is wrong, as far as a form holds it; where it does not, all of it as a file.

    Args:
        done: what did not happen, such as "loaded".
    """
    view = _faults_view(name, faults, done)
    if len(faults) <= SHOWN:
        return update_view(view)
    everything = "".join(f"{fault}\n" for fault in faults).encode()
    listed = SendFile(f"{name}.faults.txt", everything, title="Faults", comment=f"All faults of {name}.")
    return update_view(view, listed)


def _faults_view(name: str, faults: Sequence[Fault], done: str) -> View:
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    head = [section(f"{bold(literal(name))} has {count}, so nothing was {done}.")]
    rows = [[block] for block in list_lines(map(fault_line, faults))]
    foot = [context("Correct them and drop the file again.")]
    return modal(f"Not {done}", fit_view(head, rows, foot), callback_id=ids.NOTICE, close="Close")


def fault_line(fault: Fault) -> str:
    return plain_line(f"{fault.place}: {fault.sentence}")


def plain_line(text: str) -> str:
    """A sentence of ours with people's words in it, no longer than a list bears."""
    return sentence(clamp_plain(text, _LONGEST_LINE))


def list_lines(lines: Iterable[str], heading: str = "") -> Iterator[Block]:
    """Lines of markup, some a block, so that each stays within what a block takes; the first `SHOWN`."""
    everything = list(lines)
    shown = everything[:SHOWN]
    for start in range(0, len(shown), _A_SECTION):
        bullets = "\n".join(f"• {line}" for line in shown[start : start + _A_SECTION])
        yield section(f"{heading}\n{bullets}" if heading and start == 0 else bullets)
    if len(everything) > SHOWN:
        yield context(f"and {len(everything) - SHOWN} more")
