"""A file of readings: the form, what would change, what is wrong, and what was recorded."""

from collections.abc import Iterator, Sequence

from bot import ids
from bot.answers import Block, Message, View
from bot.blockkit.kit import context, file_input, input_block, section
from bot.blockkit.mrkdwn import BETWEEN, bold, literal
from bot.blockkit.surfaces import fit_view, modal
from bot.dropped import FILE, list_lines
from bot.okr.drawing import named
from storage.readings_file import PeriodChange, TakenFile
from storage.rules.date_words import period_words
from storage.rules.figures import format_change
from storage.rules.readings_file import EXAMPLE, MOST_BYTES, MOST_ROWS

TITLE = "Figures from a file"


def import_form() -> View:
    """The form for one file."""
    blocks = [
        section(
            "A CSV with one figure a line: KPI reference, date, value and, where you like, a note. Before "
            f"anything is recorded you see what would change.\n```{EXAMPLE}```"
        ),
        input_block(
            FILE,
            "File",
            file_input(FILE, ("csv",)),
            hint=f"Up to {MOST_ROWS:,} figures and {MOST_BYTES // 1_000_000} MB",
        ),
    ]
    return modal(TITLE, blocks, callback_id=ids.OKR_IMPORT, submit="Check it")


def preview(name: str, file_id: str, taken: TakenFile, locale: str) -> View:
    """What would change, with the button that does it; without one where nothing would."""
    if not taken.changes:
        said = f"{bold(literal(name))} says what is on record already. There is nothing to record."
        return modal(TITLE, [section(said)], callback_id=ids.NOTICE, close="Close")
    head = [section(f"{bold(literal(name))} would record {_counts(taken)}:")]
    foot = [context("Nothing is recorded yet. It is all or nothing.")]
    return modal(
        TITLE,
        fit_view(head, [[block] for block in _changes(taken.changes, locale)], foot),
        callback_id=ids.OKR_IMPORT_TAKE,
        submit="Record them",
        metadata=ids.pack(file=file_id),
    )


def taken_view(name: str, taken: TakenFile) -> View:
    """The trace, in the form's place."""
    return modal("Recorded", [section(_taken(name, taken))], callback_id=ids.NOTICE, close="Close")


def taken_message(name: str, taken: TakenFile, locale: str) -> Message:
    """The trace of what was recorded, for whoever brought it."""
    text = _taken(name, taken)
    return Message(text, (section(text), *_changes(taken.changes, locale)))


def _taken(name: str, taken: TakenFile) -> str:
    return f"Recorded from {bold(literal(name))}: {_counts(taken)}."


def _counts(taken: TakenFile) -> str:
    """`24 figures of 2 KPIs, 3 as they were`."""
    kpis = len({change.node.number for change in taken.changes})
    figures = f"{taken.recorded} figure{'' if taken.recorded == 1 else 's'}"
    known = f", {taken.known} as they were" if taken.known else ""
    return f"{figures} of {kpis} KPI{'' if kpis == 1 else 's'}{known}"


def _changes(changes: Sequence[PeriodChange], locale: str) -> Iterator[Block]:
    return list_lines(_change(one, locale) for one in changes)


def _change(one: PeriodChange, locale: str) -> str:
    change = bold(literal(format_change(one.before, one.after, one.node.unit, locale)))
    return f"{named(one.node)}{BETWEEN}{period_words(one.frequency, one.period_on)}{BETWEEN}{change}"
