"""`/hoshin bowling`: plan and actual by month, with how each month went; of many KPIs a line each."""

from decimal import Decimal

from bot import ids
from bot.answers import Block, Message
from bot.asks import Person
from bot.blockkit import kit
from bot.blockkit.mrkdwn import bold, literal
from bot.blockkit.surfaces import fit_message
from bot.blockkit.tables import WIDTH, columns, cut, fixed
from bot.strategy.facts import Alleys, Scene
from storage.rules.bowling import Bowling, Colour
from storage.rules.figures import format_figure
from storage.rules.graph import Node
from storage.rules.terms import Direction, RollUp

NO_KPIS = "There is no KPI to bowl for yet. `/hoshin add KPI` puts one in, and plans it by month."
_UNPLANNED = " "
_SO_FAR = {RollUp.SUM: "Sum", RollUp.MEAN: "Mean", RollUp.LAST: "Last"}


def bowling(found: Alleys, person: Person) -> Message:
    """One chart whole, or every KPI's months as signs."""
    if found.is_one:
        return _chart(found.scene, found.charts[0], person)
    if not found.charts:
        return Message(NO_KPIS, (kit.section(NO_KPIS),))
    lines = [line for chart in found.charts for line in _alley(chart)]
    first, last = found.charts[0].months[0].month_on, found.charts[0].months[-1].month_on
    head = [kit.header("Bowling chart"), kit.context(f"A sign a month, {first:%b %Y} to {last:%b %Y}.")]
    foot = [_legend(), kit.context("`/hoshin bowling KPI-1` shows the figures of one.")]
    red = sum(_last_colour(chart) is Colour.MISSED for chart in found.charts)
    text = f"Bowling chart of {len(found.charts)} KPIs: {red} missed their last month."
    return Message(text, tuple(fit_message(head, [[block] for block in fixed(lines)], foot)))


def _alley(chart: Bowling) -> list[str]:
    signs = "".join(one.colour.sign if one.colour else _UNPLANNED for one in chart.months)
    return [cut(f"{chart.kpi.reference} {chart.kpi.title}", WIDTH), f"  {signs}"]


def _last_colour(chart: Bowling) -> Colour | None:
    return next((one.colour for one in reversed(chart.months) if one.actual is not None), None)


def _chart(scene: Scene, chart: Bowling, person: Person) -> Message:
    kpi = chart.kpi
    title = bold(literal(f"{kpi.reference} {kpi.title}"))
    shown = (f"{name} {format_figure(value, kpi.unit, person.locale)}" for name, value in _ends(chart))
    about = " · ".join(filter(None, (literal(scene.name_of(kpi.owner_id)), *map(literal, shown))))
    rows = [
        ("", "plan", "actual", ""),
        *(
            (
                f"{one.month_on:%b %y}",
                format_figure(one.planned, "", person.locale),
                format_figure(one.actual, "", person.locale),
                one.colour.sign if one.colour else "",
            )
            for one in chart.months
        ),
    ]
    if chart.colour is not None:
        rows.append(
            (
                _SO_FAR[kpi.roll_up],
                format_figure(chart.planned, "", person.locale),
                format_figure(chart.actual, "", person.locale),
                chart.colour.sign,
            )
        )
    blocks: list[Block] = [kit.section(f"{title}\n{about}"), *fixed(columns(rows, right=(1, 2))), _legend()]
    if chart.is_proposed:
        blocks.append(kit.context(f"Nobody has planned it by month yet: {_proposal(kpi)}."))
    blocks.append(
        kit.actions(
            kit.button("Plan by month", ids.PLAN_MONTHS, value=kpi.reference),
            kit.button("Open", ids.STRATEGY_SHOW, value=kpi.reference, label=f"Open {kpi.reference}"),
        )
    )
    return Message(f"Bowling chart of {kpi.reference} {literal(kpi.title)}", tuple(blocks))


def _proposal(kpi: Node) -> str:
    """What the months are until someone plans them."""
    if kpi.direction is Direction.MAINTAIN:
        return "it is to stay where it is"
    how = "a twelfth of the year's target" if kpi.roll_up is RollUp.SUM else "a twelfth of the way"
    return f"the plan is {how} each month"


def _ends(chart: Bowling) -> list[tuple[str, Decimal]]:
    """The jump-off point and the year's target; the band of what is to be maintained."""
    kpi = chart.kpi
    found = (
        ("jump-off", kpi.baseline),
        ("full year", kpi.target),
        ("at least", kpi.band_low),
        ("at most", kpi.band_high),
    )
    return [(name, value) for name, value in found if value is not None]


def _legend() -> Block:
    return kit.context("  ".join(f"{colour.sign} {colour}" for colour in Colour))
