"""Where the plan stands: its phase of the seven steps, for the Home tab and the bare command."""

from bot import ids
from bot.answers import Block
from bot.asks import Person
from bot.blockkit import kit
from bot.blockkit.mrkdwn import BETWEEN, bold, literal
from bot.strategy.blocks.lines import item_line
from bot.strategy.facts import Overview
from storage.rules import access, scoring
from storage.rules.access import Action, Viewer
from storage.rules.date_words import day_words
from storage.rules.figures import percent
from storage.rules.graph import LEVELS
from storage.rules.terms import Kind

SHOWN_GOALS = 3


def overview(found: Overview | None, person: Person) -> list[Block]:
    """The seven steps in one line each, the breakthroughs, the year's end, and what waits to be agreed."""
    del person
    if found is None:
        return []
    current = found.phases.current
    steps = [
        f"{phase.state.sign} {phase.number} {literal(phase.name)}  _{phase.state}_"
        for phase in found.phases.phases
    ]
    lines = [f"{bold(f'Step {current.number} of 7: {current.name}')}  {literal(current.evidence)}", *steps]
    blocks: list[Block] = [kit.header("The plan"), kit.section("\n".join(lines))]
    goals = found.scene.graph.of_kind(Kind.BREAKTHROUGH)[:SHOWN_GOALS]
    if goals:
        blocks.append(kit.section("\n".join(item_line(found.scene, goal) for goal in goals)))
    blocks.append(kit.context(_year(found)))
    if found.suggestions:
        said = (
            "1 suggested mark waits"
            if found.suggestions == 1
            else f"{found.suggestions} suggested marks wait"
        )
        blocks.append(kit.section(f"{said} for you to agree, in the X-matrix."))
    blocks.append(
        kit.actions(
            kit.button("The whole plan", ids.STRATEGY_TREE),
            kit.button("X-matrix", ids.STRATEGY_MATRIX),
            kit.button("Scorecard", ids.STRATEGY_SCORECARD),
            kit.button("Bowling chart", ids.STRATEGY_BOWLING),
            kit.button("How it hangs together", ids.STRATEGY_MAP),
            *_work_on_it(found.scene.viewer),
        )
    )
    return blocks


def _work_on_it(viewer: Viewer) -> list[kit.Element]:
    """What changes the plan, for those who may."""
    found = []
    if access.may(viewer, Action.LINT):
        found.append(kit.button("What is wrong with it", ids.STRATEGY_LINT))
    if any(access.may_add(viewer, kind) for kind in LEVELS):
        found.append(kit.button("Add to the plan", ids.PLAN_ADD))
    if access.may(viewer, Action.SET_UP):
        found.append(kit.button("Set-up", ids.PLAN_SETUP))
    return found


def _year(found: Overview) -> str:
    plan, today = found.scene.graph.plan, found.scene.today
    over = scoring.expected_progress(plan.starts_on, plan.ends_on, today)
    parts = [f"{percent(over)} of the year is over", f"it ends on {day_words(plan.ends_on)}"]
    return BETWEEN.join(parts)
