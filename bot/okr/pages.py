"""What people see when they look: their list, one item whole, the board."""

from bot import ids
from bot.answers import Block, Message
from bot.blockkit.cards import card, line, status_words, throw_buttons
from bot.blockkit.kit import Element, button, context, header, option, overflow, section
from bot.blockkit.mrkdwn import BETWEEN, bold, clamp_plain, code, day_token, link, literal
from bot.blockkit.surfaces import fit_message
from bot.okr.depending_forms import needed_line
from bot.okr.drawing import card_of, discuss_buttons, milestone_lines, named, outlook_words
from bot.okr.facts import Change, Sent, Shown
from bot.okr.viewing import Column, Group, ItemPage, Overview, Told
from storage.rules.date_words import period_words
from storage.rules.figures import format_change, format_figure
from storage.rules.graph import Node
from storage.rules.terms import ItemState, Kind, Source

_LONGEST_NOTE = 200
_BOARD_ROWS = 6
_LISTED = 5
_BELOW, _NEEDED = 15, 10
_FROM_ELSEWHERE = frozenset({Source.IMPORT, Source.API, Source.FILE, Source.CSV})
_OPEN = frozenset({ItemState.DRAFT, ItemState.IN_CATCHBALL, ItemState.ACTIVE})

STATE_SIGNS = {
    ItemState.DRAFT: "✎",
    ItemState.IN_CATCHBALL: "⇄",
    ItemState.ACTIVE: "▶",
    ItemState.CLOSED: "✓",
    ItemState.ARCHIVED: "–",
}
"""A sign beside each state's word."""


def overview_message(overview: Overview, locale: str) -> Message:
    """`/okr`: mine, my team's, what I follow."""
    if overview.is_empty:
        first = "No OKR is yours yet, and your team has none."
        if not overview.may_write:
            return Message(f"{first} Once someone names you in one, it stands here.")
        return Message(f"{first} `/okr new` writes one; the check of the words helps while you write.")
    rows: list[list[Block]] = []
    groups = {"Yours": overview.mine, "Your team's": overview.team, "Followed": overview.followed}
    for title, group in groups.items():
        rows += _group_rows(title, group, locale)
    foot = context("`/okr update KR-3 78 8 routing done` updates one in a line; `/okr show O-1` opens one.")
    count = sum(len(group.objectives) for group in groups.values())
    return Message(f"Your OKRs: {count}.", tuple(fit_message([], rows, [foot])))


def page_message(page: ItemPage, locale: str, zone: str) -> Message:
    """`/okr show`: the card, what is below, what was said."""
    node = page.shown.node
    is_open = node.state in _OPEN
    head = card(
        card_of(page.shown),
        locale=locale,
        zone=zone,
        primary=_primary(page),
        beside=[
            *discuss_buttons(node),
            *(throw_buttons(node.kind, node.reference) if is_open else ()),
            _whole_card(node.reference),
        ],
        more=_more(page),
    )
    rows: list[list[Block]] = []
    outlook = outlook_words(page.pace, page.forecast, node, locale)
    if outlook:
        rows.append([context(outlook)])
    if page.shown.state is not ItemState.ACTIVE:
        head.insert(0, context(state_words(page.shown.state)))
    if page.grade is not None:
        lesson = f" Learned: “{literal(clamp_plain(page.lesson, 300))}”" if page.lesson else ""
        head.insert(1, section(f"Graded {bold(f'{page.grade:.1f}')}, {page.colour}.{lesson}"))
    if page.milestones:
        rows.append([section("\n".join(milestone_lines(page.milestones)))])
    if page.below:
        title = "Key results" if node.kind is Kind.OBJECTIVE else "What reads it"
        lines = [line(card_of(shown), locale) for shown in page.below]
        rows.append([section("\n".join([bold(title), *_first(lines, _BELOW, node)]))])
    if page.needed:
        lines = [needed_line(one) for one in page.needed]
        rows.append([section("\n".join([bold("Dependencies"), *_first(lines, _NEEDED, node)]))])
    if len(page.above) > 1:
        sight = " → ".join(named(shown.node) for shown in page.above)
        rows.append([context(f"Line of sight: {sight}")])
    history = [history_line(one, page.shown, locale, zone) for one in page.history]
    if history:
        rows.append([section(f"{bold('What happened')}\n" + "\n".join(history))])
    return Message(f"{node.reference} {literal(node.title)}", tuple(fit_message(head, rows)))


def board_message(columns: list[Column], locale: str) -> Message:
    """`/okr board`: the objectives by state."""
    rows: list[list[Block]] = []
    for column in columns:
        blocks: list[Block] = [
            header(f"{STATE_SIGNS[column.state]} {_title(column.state)} · {len(column.objectives)}")
        ]
        for shown in column.objectives[:_BOARD_ROWS]:
            said = BETWEEN.join(
                filter(None, (line(card_of(shown), locale), _grade(shown), literal(shown.owner)))
            )
            blocks.append(section(said, accessory=_board_menu(shown)))
        rest = len(column.objectives) - _BOARD_ROWS
        if rest > 0:
            blocks.append(context(f"and {rest} more"))
        rows.append(blocks)
    words = ", ".join(f"{len(column.objectives)} {column.state}" for column in columns)
    if not any(column.objectives for column in columns):
        return Message("There is no OKR yet that you may see. Whoever may write one does so by `/okr new`.")
    return Message(f"OKRs by state: {words}.", tuple(fit_message([], rows)))


def _grade(shown: Shown) -> str:
    return "" if shown.grade is None else f"graded {bold(f'{shown.grade:.1f}')}"


def state_words(state: ItemState) -> str:
    """Sign and word of a state."""
    return f"{STATE_SIGNS[state]} {state.value}"


def history_line(said: Told, shown: Shown, locale: str, zone: str) -> str:
    """`9 Feb · Ana Ruiz · 74 % → 78 % · confidence 8 · “routing done”`; of what came without a word
    `9 Feb · API · January 2026: 61.5 points`."""
    node = shown.node
    if isinstance(said, Sent):
        return _sent_line(said, node, locale, zone)
    if isinstance(said, Change):
        return _change_line(said, zone)
    parts = [day_token(said.reported_at, zone), literal(said.name) or said.source.value]
    if said.name and said.source in _FROM_ELSEWHERE:
        parts.append(said.source.value)
    if said.value is not None and said.value_before not in {None, said.value}:
        parts.append(bold(literal(format_change(said.value_before, said.value, node.unit, locale))))
    elif said.value is not None:
        parts.append(bold(literal(format_figure(said.value, node.unit, locale))))
    if said.confidence is not None:
        parts.append(f"confidence {said.confidence}")
    if said.note:
        parts.append(f"“{literal(clamp_plain(' '.join(said.note.split()), _LONGEST_NOTE))}”")
    if said.link:
        parts.append(link(said.link, "evidence"))
    return "• " + " · ".join(parts)


def _sent_line(sent: Sent, node: Node, locale: str, zone: str) -> str:
    """The newest of the figures that came in together, and how many they were."""
    figure = bold(literal(format_figure(sent.value, node.unit, locale)))
    newest = f"{period_words(sent.frequency, sent.period_on)}: {figure}"
    parts = [day_token(sent.at, zone), sent.source.value, literal(sent.name)]
    parts.append(f"{sent.count} figures, the newest for {newest}" if sent.count > 1 else newest)
    return "• " + " · ".join(filter(None, parts))


def _first(lines: list[str], most: int, node: Node) -> list[str]:
    """As many lines as are read at a glance, and where the others are."""
    if len(lines) <= most:
        return lines
    return [*lines[:most], f"all {len(lines)} → {code(f'/hoshin tree {node.reference}')}"]


def _change_line(change: Change, zone: str) -> str:
    """`9 Feb · Ana Ruiz · target 80 → 85 · “the market moved”`."""
    parts = [
        day_token(change.at, zone),
        literal(change.name),
        literal(clamp_plain(change.what, _LONGEST_NOTE)),
    ]
    if change.why:
        parts.append(f"“{literal(clamp_plain(' '.join(change.why.split()), _LONGEST_NOTE))}”")
    return "• " + " · ".join(filter(None, parts))


def _group_rows(title: str, group: Group, locale: str) -> list[list[Block]]:
    rows: list[list[Block]] = []
    for place, (objective, key_results) in enumerate(group.objectives):
        lines = [
            f"{named(objective.node)}{BETWEEN}{status_words(objective.standing.status)}",
            *(f"   {line(card_of(key_result), locale)}" for key_result in key_results[:_LISTED]),
        ]
        if len(key_results) > _LISTED:
            lines.append(f"   all {len(key_results)} → Open")
        open_it = button("Open", ids.numbered(ids.OKR_SHOW, objective.node.number), value=objective.reference)
        head: list[Block] = [header(title)] if place == 0 else []
        rows.append([*head, section("\n".join(lines), accessory=open_it)])
    return rows


def _primary(page: ItemPage) -> Element | None:
    node = page.shown.node
    if (
        node.kind is Kind.OBJECTIVE
        and page.may_edit
        and node.state in {ItemState.DRAFT, ItemState.IN_CATCHBALL}
    ):
        return button("Go on writing", ids.OKR_DRAFT, value=node.reference, style="primary")
    if node.kind is Kind.OBJECTIVE and page.may_edit and node.is_live:
        return button("Add a key result", ids.OKR_DRAFT, value=node.reference)
    if not page.may_update:
        return None
    return button("Update", ids.OKR_UPDATE, value=page.shown.reference, style="primary")


def _whole_card(reference: str) -> Element:
    label = f"The whole card of {reference}"
    return button("The whole card", ids.STRATEGY_SHOW, value=reference, label=label)


def _more(page: ItemPage) -> Element:
    reference = page.shown.reference
    options = [option("Stop following" if page.is_followed else "Follow", f"follow {reference}")]
    if page.shown.node.kind is Kind.KEY_RESULT and page.may_edit:
        options.append(option("It needs another key result", f"needs {reference}"))
    return overflow(ids.OKR_FOLLOW, options)


def _board_menu(shown: Shown) -> Element:
    """What can be done from the board: each objective has a menu of its own."""
    options = [
        option("Open", f"open {shown.reference}"),
        option("Discuss in a thread", f"discuss {shown.reference}"),
    ]
    return overflow(ids.numbered(ids.OKR_FOLLOW, shown.node.number), options)


def _title(state: ItemState) -> str:
    return f"{state.value[0].upper()}{state.value[1:]}"
