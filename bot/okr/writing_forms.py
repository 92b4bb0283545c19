"""The forms in which an OKR is written: the blank sheet, the draft with its remarks, a key result."""

from bot import ids
from bot.answers import Block, View
from bot.blockkit.cards import figures, throw_buttons
from bot.blockkit.kit import (
    Element,
    actions,
    button,
    context,
    date_picker,
    divider,
    header,
    input_block,
    option,
    radio_input,
    section,
    select_input,
    text_input,
    users_select,
)
from bot.blockkit.mrkdwn import bold, clamp_plain, literal
from bot.blockkit.surfaces import fit_view, modal
from bot.okr.drawing import card_of, named
from bot.okr.pages import state_words
from bot.okr.writing import NEW_KPI, DraftPage, NewForm
from storage.rules.graph import Node
from storage.rules.measures import MeasureKind
from storage.rules.terms import Commitment
from storage.rules.writing import Remark

TITLE = "title"
PARENT = "parent"
TEAM = "team"
QUARTER = "quarter"
COMMITMENT = "commitment"
KIND = "kind"
UNIT = "unit"
START = "start"
GOAL = "goal"
DUE = "due_on"
OWNER = "owner"
KPI = "kpi"
EVIDENCE = "evidence"
MILESTONES = "milestones"
SCORES = ("impact", "value", "effort", "risk")
WORDS = ("waste", "customer_value", "improvement")

_MOST_OPTIONS = 100
_SHOWN_REMARKS = 12

_SCORE_LABELS = {
    "impact": "Impact on the objective above",
    "value": "Value for the customer",
    "effort": "Effort and resources it takes",
    "risk": "Risk of not reaching it",
}
_WORD_LABELS = {
    "waste": ("Waste that it reduces", "Waiting, because calls are routed twice"),
    "customer_value": ("What the customer gets", "An answer in the first call"),
    "improvement": ("What is improved for good", "Routing by topic becomes the standard"),
}
_KIND_WORDS = {
    MeasureKind.INCREASE: "more of it is better",
    MeasureKind.DECREASE: "less of it is better",
    MeasureKind.MAINTAIN: "it stays between two figures",
    MeasureKind.PERCENT: "a share, from 0 to 100",
    MeasureKind.CURRENCY: "money; name the currency as the unit",
    MeasureKind.COUNT: "a plain number of things",
    MeasureKind.YES_NO: "reached or not",
    MeasureKind.MILESTONES: "steps, each with its weight",
}


def new_form(form: NewForm) -> View:
    """The blank sheet, with the last lesson beside it."""
    blocks: list[Block] = []
    if form.lesson:
        lesson = clamp_plain(" ".join(form.lesson.split()), 500)
        blocks.append(context(f"What your team learned last time: “{literal(lesson)}”"))
    blocks.append(
        text_input(
            TITLE,
            "Objective",
            placeholder="Answer right the first time",
            hint="In words, without a number: what will be different, and for whom.",
        )
    )
    if form.parents:
        parents = [_node_option(node) for node in form.parents[:_MOST_OPTIONS]]
        blocks.append(
            select_input(PARENT, "Brings closer", parents, placeholder="Annual objective", optional=True)
        )
    if form.teams:
        teams = [option(name, str(team_id)) for team_id, name in form.teams[:_MOST_OPTIONS]]
        blocks.append(select_input(TEAM, "Team", teams, chosen=teams[0]["value"], optional=True))
    quarters = [option(one.name, one.starts_on.isoformat()) for one in form.quarters]
    blocks.append(select_input(QUARTER, "Quarter", quarters, chosen=quarters[0]["value"]))
    blocks.append(
        radio_input(
            COMMITMENT,
            "How it is meant",
            [
                option("Aspirational: 0.7 is success", Commitment.ASPIRATIONAL.value),
                option("Committed: 1.0 is expected", Commitment.COMMITTED.value),
            ],
            chosen=Commitment.ASPIRATIONAL.value,
        )
    )
    return modal("Write an OKR", blocks, callback_id=ids.OKR_NEW_FORM, submit="Keep as draft")


def draft_page(page: DraftPage, locale: str) -> View:
    """The draft as it stands, what the check remarks, and what can be done next."""
    node = page.shown.node
    head: list[Block] = [section(f"{named(node)}\n{state_words(node.state)}")]
    rows: list[list[Block]] = []
    for number, shown in enumerate(page.key_results, start=1):
        said = [f"{number}. {named(shown.node)}", figures(card_of(shown), locale)]
        said += [_remark(one) for one in page.remarks if one.about == str(number)]
        rows.append([section("\n".join(filter(None, said)))])
    for alike in page.alike[:3]:
        value = f"{alike.key_result.reference} {alike.kpi.reference}"
        rows.append(
            [
                section(
                    f"{named(alike.kpi)} measures the same as {alike.key_result.reference}. One number, two "
                    "views: let the key result read the KPI.",
                    accessory=button(
                        "Link it", ids.numbered(ids.OKR_LINK, alike.key_result.number), value=value
                    ),
                )
            ]
        )
    about = [_remark(one) for one in page.remarks if one.about == "objective"]
    if about:
        rows.insert(0, [section("\n".join(about[:_SHOWN_REMARKS]))])
    buttons: list[Element] = [
        button("Add a key result", ids.OKR_ADD_KEY_RESULT, value=node.reference),
        button("Say more about it", ids.OKR_MORE, value=node.reference),
    ]
    if page.is_draft:
        buttons.insert(1, button("Make it active", ids.OKR_ACTIVATE, value=node.reference, style="primary"))
    foot: list[Block] = [actions(*buttons, *throw_buttons(node.kind, node.reference))]
    if page.remarks:
        foot.append(context("The remarks are there to help; none of them stops you."))
    foot.append(context(f"It is kept. `/okr show {node.reference}` brings you back here."))
    title = f"{node.reference} is a draft" if page.is_draft else node.reference
    return modal(title, fit_view(head, rows, foot), callback_id=ids.OKR_DRAFT_PAGE, close="Close")


def more_form(page: DraftPage) -> View:
    """Impact, value, effort, risk and Lean fit."""
    numbers = [option(str(number), str(number)) for number in range(1, 6)]
    blocks: list[Block] = [context("1 is little, 5 is much. Leave out what does not help to decide.")]
    for name in SCORES:
        known = getattr(page.wording, name)
        chosen = None if known is None else str(known)
        blocks.append(select_input(name, _SCORE_LABELS[name], numbers, chosen=chosen, optional=True))
    for name in WORDS:
        label, example = _WORD_LABELS[name]
        blocks.append(
            text_input(
                name,
                label,
                initial=getattr(page.wording, name),
                placeholder=example,
                max_length=300,
                optional=True,
            )
        )
    reference = page.shown.reference
    return modal(
        f"More about {reference}",
        blocks,
        callback_id=ids.OKR_MORE_FORM,
        submit="Keep",
        metadata=ids.pack(reference=reference),
    )


def key_result_form(page: DraftPage, kpis: list[Node], owner: str) -> View:
    """One key result: six inputs, and below the line what may be left out."""
    kinds = [option(kind.value, kind.value, description=_KIND_WORDS[kind]) for kind in MeasureKind]
    blocks: list[Block] = [
        text_input(
            TITLE, "Measure", placeholder="First-contact resolution", hint="What is counted, not a task."
        ),
        select_input(KIND, "Kind", kinds, chosen=MeasureKind.INCREASE.value),
        text_input(UNIT, "Unit", placeholder="%, days, EUR, points", optional=True),
        text_input(
            START,
            "From (or lowest)",
            placeholder="70",
            hint="Where it stands today. Not needed for yes/no and milestones.",
            optional=True,
        ),
        text_input(GOAL, "To (or highest)", placeholder="80", optional=True),
        input_block(DUE, "By", date_picker(DUE, chosen=page.shown.node.due_on), optional=True),
        divider(),
        header("If it helps"),
        input_block(OWNER, "Owner", users_select(OWNER, chosen=owner), optional=True),
    ]
    new = option("Define it as a new KPI", NEW_KPI, description="Goes on when the quarter is over")
    blocks += [
        select_input(
            KPI,
            "KPI that it measures",
            [new, *map(_node_option, kpis[: _MOST_OPTIONS - 1])],
            placeholder="None",
            hint="Its figures are read there, and asked once.",
            optional=True,
        ),
        text_input(
            EVIDENCE,
            "Where the proof will come from",
            placeholder="Weekly call report",
            max_length=300,
            optional=True,
        ),
        text_input(
            MILESTONES,
            "Milestones, one a line",
            placeholder="Pilot live | 1\nRoll-out in all teams | 3",
            hint="Behind a | stands the weight. Only for the kind “milestones”.",
            multiline=True,
            optional=True,
        ),
    ]
    reference = page.shown.reference
    return modal(
        f"Key result of {reference}",
        blocks,
        callback_id=ids.OKR_KEY_RESULT_FORM,
        submit="Add it",
        metadata=ids.pack(reference=reference),
    )


def _node_option(node: Node) -> Element:
    return option(f"{node.reference} {node.title}", node.reference)


def _remark(remark: Remark) -> str:
    return f"✎ {bold(remark.rule.value)}: {literal(remark.sentence)}"
