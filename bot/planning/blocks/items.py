"""Forms of items, and what is shown after they were saved."""

from collections.abc import Sequence

from bot import ids
from bot.answers import Block, Message, View
from bot.blockkit import kit
from bot.blockkit.cards import throw_buttons
from bot.blockkit.choices import offered, which_message
from bot.blockkit.kit import Element
from bot.blockkit.mrkdwn import bold, code, literal
from bot.blockkit.surfaces import fit_view, modal
from bot.planning.fields import REASON, Entry, Field
from bot.planning.reading import read_day
from bot.planning.service.items import Alike, Chooser, ItemForm, Saved
from bot.planning.service.keys import AddKey
from storage.rules.finding import Several
from storage.rules.glossary import explain
from storage.rules.graph import Node
from storage.rules.terms import Kind, PlanState

MENUS = {Entry.PARENT: ids.PLAN_PARENTS, Entry.KPI: ids.PLAN_KPIS, Entry.TEAM: ids.PLAN_TEAMS}
"""Which options route offers what."""

MOST_PEOPLE = 20
FORMS = frozenset({ids.PLAN_ITEM, ids.PLAN_SAVED, ids.PLAN_CHOOSE})
"""What is redrawn in place instead of being covered by the next form."""

_GLOSSARY = {Kind.DRIVER: "business driver"}


def item_form(form: ItemForm, notices: Sequence[str] = (), alike: Alike | None = None) -> View:
    """The form of an item; `notices` stand above everything: what came in between."""
    key = form.key
    blocks: list[Block] = [kit.section(literal(notice)) for notice in notices]
    if alike is not None:
        blocks += _alike(alike)
    blocks.append(kit.context(_meaning(key.kind)))
    if form.plan_title:
        blocks.append(kit.context(f"In {bold(literal(form.plan_title))}, which is not active yet."))
    if form.is_archived:
        blocks.append(kit.section(f"{key.reference} is removed. Bring it back to change it."))
    blocks += [_input(form, one) for one in form.fields]
    if key.asks_reason:
        blocks.insert(len(notices), _input(form, REASON))
    buttons = _buttons(form)
    if buttons:
        blocks.append(kit.actions(*buttons))
    return modal(
        f"Change {key.reference}" if key.reference else _title("Add", key.kind),
        blocks,
        callback_id=ids.PLAN_ITEM,
        submit="Save" if key.reference else "Add",
        metadata=ids.pack(**key.pack()),
    )


def several_message(found: Several) -> Message:
    """Words that fit several items: which one is to be changed is one press away."""
    return which_message(found.words, [offered(node) for node in found.nodes], ids.PLAN_EDIT)


def chooser_view(chooser: Chooser) -> View:
    """What can be added here, each kind with its one-line meaning."""
    parent = chooser.parent
    head: list[Block] = []
    if parent is not None:
        head.append(kit.section(f"Below {bold(literal(f'{parent.reference} {parent.title}'))}"))
    elif chooser.plan.state is not PlanState.ACTIVE:
        head.append(kit.section(f"To {bold(literal(chooser.plan.title))}, which is not active yet."))
    rows: list[list[Block]] = []
    for kind in chooser.kinds:
        key = AddKey(kind, parent.ref if parent else None, chooser.plan.id)
        button = kit.button(
            "Add", ids.numbered(ids.PLAN_ADD, len(rows)), value=key.pack(), label=f"Add {kind}"
        )
        rows.append([kit.section(f"{bold(_capital(kind))}\n{_first_sentence(kind)}", accessory=button)])
    foot: list[Block] = []
    if chooser.other_plans:
        foot = [
            kit.divider(),
            kit.actions(
                *(
                    kit.button(
                        f"Add to {one.title} instead",
                        ids.numbered(ids.PLAN_ADD, 100 + number),
                        value=AddKey(None, None, one.id).pack(),
                    )
                    for number, one in enumerate(chooser.other_plans)
                )
            ),
        ]
    return modal("Add to the plan", fit_view(head, rows, foot), callback_id=ids.PLAN_CHOOSE, close="Close")


def saved_view(saved: Saved, said: str = "") -> View:
    """The trace of what was saved, and what one may want next."""
    node = saved.node
    name = bold(literal(f"{node.reference} {node.title}"))
    what = said or ("Added" if saved.is_new else "Saved" if saved.told else "Nothing changed in")
    blocks: list[Block] = [
        kit.section(f"{what}: {name}" if what != "Nothing changed in" else f"{what} {name}.")
    ]
    if saved.under:
        blocks.append(kit.context(f"Under {literal(saved.under)}"))
    if saved.told:
        lines = [_change(*one) for one in saved.told]
        blocks.append(kit.section("\n".join(lines)))
    buttons = [
        kit.button(
            _title("Add", kind),
            ids.numbered(ids.PLAN_ADD, number),
            value=AddKey(kind, node.ref, saved.plan.id if saved.plan else None).pack(),
            style="primary" if number == 0 else None,
        )
        for number, kind in enumerate(saved.addable)
    ]
    plan_id = saved.plan.id if saved.plan else None
    if saved.is_new:
        another = AddKey(node.kind, node.parent, plan_id).pack()
        buttons.append(
            kit.button(f"Another {node.kind}", ids.numbered(ids.PLAN_ADD, len(buttons)), value=another)
        )
    if node.kind is Kind.INITIATIVE:
        buttons.append(kit.button("Steps", ids.PLAN_STEPS, value=node.reference))
        buttons.append(kit.button("Make it a Kaizen event", ids.KAIZEN_EVENT, value=node.reference))
    if node.kind is Kind.KPI:
        buttons.append(kit.button("Plan by month", ids.PLAN_MONTHS, value=node.reference))
    if node.is_live:
        buttons += throw_buttons(node.kind, node.reference)
    buttons.append(kit.button("Change it", ids.PLAN_EDIT, value=node.reference))
    buttons.append(
        kit.button("Show it", ids.STRATEGY_SHOW, value=node.reference, label=f"Show {node.reference}")
    )
    blocks.append(kit.actions(*buttons))
    shown, changed = (code(f"/hoshin {verb} {node.reference}") for verb in ("show", "edit"))
    hints = [f"{shown} shows it and {changed} changes it any time."]
    if saved.suggested:
        marks = "1 mark" if saved.suggested == 1 else f"{saved.suggested} marks"
        hints.append(f"{marks} of the X-matrix suggested: {code('/hoshin link')} to agree.")
    blocks.append(kit.context(" ".join(hints)))
    return modal(said or "Saved", blocks, callback_id=ids.PLAN_SAVED, close="Done")


def removed_view(node: Node) -> View:
    """What was removed, with the way back."""
    blocks = [
        kit.section(f"Removed: {bold(literal(f'{node.reference} {node.title}'))}"),
        kit.context("It is out of the plan and its history stays. Nothing points to it any more."),
        kit.actions(kit.button("Undo", ids.PLAN_RESTORE, value=node.reference)),
    ]
    return modal("Removed", blocks, callback_id=ids.PLAN_SAVED, close="Done")


def input_of(
    one: Field, value: str | tuple[str, ...], *, label: str = "", hint: str = "", options: str = ""
) -> Block:
    """One input with what stands in it.

    Args:
        label: the words of a chosen option, for menus that the app fills.
        options: the options route of such a menu.
    """
    text = value if isinstance(value, str) else ""
    if one.entry in {Entry.LINE, Entry.TEXT, Entry.FIGURE, Entry.SHARE}:
        return kit.text_input(
            one.name,
            one.label,
            initial=text,
            placeholder=one.placeholder,
            hint=hint or one.hint,
            multiline=one.entry is Entry.TEXT,
            optional=not one.is_required,
        )
    element = _element(one, value, label, options)
    return kit.input_block(one.name, one.label, element, hint=hint or one.hint, optional=not one.is_required)


def _element(one: Field, value: str | tuple[str, ...], label: str, options: str) -> Element:
    text = value if isinstance(value, str) else ""
    many = value if isinstance(value, tuple) else ()
    match one.entry:
        case Entry.DAY:
            return kit.date_picker(one.name, chosen=read_day(one.name, text) if text else None)
        case Entry.PERSON:
            return kit.users_select(one.name, placeholder=one.placeholder, chosen=text)
        case Entry.PEOPLE:
            return kit.many_users_select(one.name, placeholder=one.placeholder, chosen=many, most=MOST_PEOPLE)
        case Entry.TICK:
            choices = [kit.option(words, word) for word, words in one.choices]
            return kit.checkboxes(one.name, choices, chosen=many)
        case Entry.CHOICE:
            choices = [kit.option(word, word, description=words) for word, words in one.choices]
            return kit.select(one.name, choices, chosen=text or None)
    chosen = kit.option(label, text) if text and label else None
    return kit.external_select(options, placeholder=one.placeholder, chosen=chosen)


def _input(form: ItemForm, one: Field) -> Block:
    hint = one.hint
    if one.name in form.unseen:
        hint = f"Now {form.unseen[one.name]}, who is not in Slack yet and stays where this is empty."
    return input_of(
        one,
        form.values.get(one.name, ""),
        label=form.labels.get(one.name, ""),
        hint=hint,
        options=MENUS.get(one.entry, ""),
    )


def _buttons(form: ItemForm) -> list[Element]:
    key = form.key
    buttons = []
    if not key.is_whole:
        buttons.append(kit.button("More fields", ids.PLAN_MORE, label="More fields of this form"))
    if key.reference and key.kind is Kind.INITIATIVE:
        buttons.append(kit.button("Steps", ids.PLAN_STEPS, value=key.reference))
    if key.reference and key.kind is Kind.KPI:
        buttons.append(kit.button("Plan by month", ids.PLAN_MONTHS, value=key.reference))
    if form.is_archived:
        buttons.append(kit.button("Bring it back", ids.PLAN_RESTORE, value=key.reference))
    elif form.may_remove:
        ask = kit.confirm(
            f"Remove {key.reference}?",
            f"{form.title[:120]} leaves the plan. Its history stays, and you can bring it back.",
            "Remove it",
            no="Keep it",
            danger=True,
        )
        buttons.append(
            kit.button("Remove", ids.PLAN_REMOVE, value=key.reference, style="danger", confirm=ask)
        )
    return buttons


def _alike(alike: Alike) -> list[Block]:
    """One number, one definition: the other name is offered instead."""
    blocks = [
        kit.section(
            "This seems to be measured already. One definition with two names keeps one number; two "
            "definitions drift apart. Press *Add* again if it is another measure."
        )
    ]
    for number, node in enumerate(alike.nodes[:3]):
        blocks.append(
            kit.section(
                f"{bold(literal(f'{node.reference} {node.title}'))}\nin {literal(node.unit or 'numbers')}",
                accessory=kit.button(
                    "Use this one",
                    ids.numbered(ids.PLAN_ALIAS, number),
                    value=node.reference,
                    style="primary",
                ),
            )
        )
    return blocks


def _change(name: str, before: str, after: str) -> str:
    shown = literal(after)
    return (
        f"{_capital(name)}: {literal(before)} → {shown}"
        if before not in {"", "—"}
        else f"{_capital(name)}: {shown}"
    )


def _meaning(kind: Kind) -> str:
    name = _GLOSSARY.get(kind, kind.value)
    return f"{_first_sentence(kind)} {code(f'/hoshin help {name}')} says more."


def _first_sentence(kind: Kind) -> str:
    term = explain(_GLOSSARY.get(kind, kind.value))
    return f"{term.meaning.partition('. ')[0].removesuffix('.')}." if term else ""


def _title(verb: str, kind: Kind) -> str:
    article = "an" if kind.value[0] in "aeio" else "a"
    return f"{verb} {article} {kind}"


def _capital(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"
