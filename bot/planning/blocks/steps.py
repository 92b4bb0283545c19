"""The action plan of an initiative, and a KPI's plan by month."""

from datetime import date

from bot import ids
from bot.answers import Block, View
from bot.blockkit import kit
from bot.blockkit.mrkdwn import bold, literal
from bot.blockkit.surfaces import fit_view, modal
from bot.planning.service.steps import ActionPlan, MonthlyPlan, StepRow, write_months
from storage.rules.date_words import short_day
from storage.rules.figures import format_figure
from storage.rules.graph import StepLine
from storage.rules.terms import RollUp, Status

FORMS = frozenset({ids.PLAN_STEPS, ids.STEP_EDIT, ids.PLAN_MONTHS, ids.PLAN_SAVED})
UP, DOWN, CHANGE, REMOVE, OPEN = "up", "down", "change", "remove", "open"


def steps_view(plan: ActionPlan, removed: StepLine | None = None) -> View:
    """The steps, each with its button; below them the form of the next one.

    `removed` is the step that was just taken out, for the way back.
    """
    node = plan.initiative
    done = f"{plan.done} of {len(plan.rows)} done" if plan.rows else "No steps yet"
    head: list[Block] = [kit.section(f"{bold(literal(f'{node.reference} {node.title}'))}\n{done}")]
    if removed is not None:
        undo = kit.button("Undo", ids.STEP_RESTORE, value=str(removed.id))
        head.append(kit.section(f"Removed: {literal(removed.title)}", accessory=undo))
    if not plan.rows:
        head.append(
            kit.context(
                "Steps say what is to be done, by whom and until when. Progress is counted from those that "
                "are done."
            )
        )
    rows = [_row(row, plan) for row in plan.rows]
    if not plan.may_edit:
        return modal("Steps", fit_view(head, rows), callback_id=ids.PLAN_STEPS, close="Close")
    foot: list[Block] = [kit.divider(), *step_fields(None, f"new{len(plan.rows)}")]
    return modal(
        "Steps",
        fit_view(head, rows, foot),
        callback_id=ids.PLAN_STEPS,
        submit="Add the step",
        close="Close",
        metadata=ids.pack(ref=node.reference, shown=len(plan.rows)),
    )


def step_form(plan: ActionPlan, row: StepRow, notice: str = "") -> View:
    """The form of one step; `notice` stands above it: what came in between."""
    node = plan.initiative
    blocks: list[Block] = [
        *([kit.section(literal(notice))] if notice else []),
        kit.context(literal(f"{node.reference} {node.title}")),
        *step_fields(row, f"step{row.line.id}"),
    ]
    if row.line.original_due_on is not None:
        blocks.append(
            kit.context(f"First agreed: {_day(row.line.original_due_on)}. That day stays beside the new one.")
        )
    return modal(
        "Change a step",
        blocks,
        callback_id=ids.STEP_EDIT,
        submit="Save",
        metadata=ids.pack(step=row.line.id, ref=node.reference, version=plan.version),
    )


def step_fields(row: StepRow | None, turn: str) -> list[Block]:
    """What a step is, whose, until when.

    `turn` goes into the inputs' ids: Slack keeps what was typed where they stay the same, and the next step
    begins empty.
    """
    line = row.line if row else None
    hint = f"Now {row.owner}, who is not in Slack yet." if row and row.owner and not row.slack_user_id else ""
    title = kit.text_input(
        "title",
        "Step" if row else "Next step",
        initial=line.title if line else "",
        placeholder="List the ten topics that callers ask about most",
    )
    owner = kit.users_select("owner", chosen=row.slack_user_id if row else "")
    due_on = kit.date_picker("due_on", chosen=line.due_on if line else None)
    blocks = [
        title,
        kit.input_block("owner", "Who does it", owner, optional=True, hint=hint),
        kit.input_block("due_on", "Until when", due_on, optional=True),
    ]
    for block in blocks:
        block["element"]["action_id"] = f"{block['block_id']}:{turn}"
    return blocks


def months_view(
    plan: MonthlyPlan, locale: str, *, is_saved: bool = False, typed: str | None = None, notice: str = ""
) -> View:
    """A KPI's plan by month, as lines to change or to paste over."""
    node = plan.kpi
    head: list[Block] = [kit.section(bold(literal(f"{node.reference} {node.title}")))]
    if notice:
        head.append(kit.section(literal(notice)))
    elif is_saved:
        head.append(kit.section("Saved. This is the plan by month now:"))
    elif plan.is_proposed:
        how = "a twelfth of the year's target" if node.roll_up is RollUp.SUM else "a twelfth of the way"
        head.append(
            kit.context(
                f"Nothing is planned yet. This proposes {how} each month; make it follow what your actions "
                "are expected to do, and when."
            )
        )
    elif not plan.values:
        head.append(
            kit.context("Without a baseline and a target nothing can be proposed. Write a figure a month.")
        )
    if not plan.may_edit or is_saved:
        lines = [
            f"{month:%b %Y}: {literal(format_figure(plan.values.get(month), node.unit, locale))}"
            for month in plan.months
        ]
        head.append(kit.section("\n".join(lines)))
        if is_saved:
            head.append(kit.actions(kit.button("Change it", ids.PLAN_MONTHS, value=node.reference)))
        return modal("Plan by month", head, callback_id=ids.PLAN_SAVED, close="Done")
    field = kit.text_input(
        "months",
        f"Plan in {node.unit}" if node.unit else "Plan",
        initial=write_months(plan, locale) if typed is None else typed,
        multiline=True,
        optional=True,
        hint="A line a month. Twelve figures from a spreadsheet, one below the other, will do, too.",
    )
    return modal(
        "Plan by month",
        [*head, field],
        callback_id=ids.PLAN_MONTHS,
        submit="Save",
        metadata=ids.pack(ref=node.reference, version=plan.version),
    )


def _row(row: StepRow, plan: ActionPlan) -> list[Block]:
    line = row.line
    is_done = line.done_at is not None
    sign = Status.DONE.sign if is_done else Status.NOT_STARTED.sign
    about = " · ".join(filter(None, (literal(row.owner), _due(line))))
    text = f"{sign} {literal(line.title)}" + (f"\n{about}" if about else "")
    choices = [kit.option("Not done after all", OPEN)] if is_done and row.may_tick else []
    if plan.may_edit:
        choices += [
            kit.option("Change", CHANGE),
            kit.option("Move up", UP),
            kit.option("Move down", DOWN),
            kit.option("Remove", REMOVE),
        ]
    more = kit.overflow(ids.numbered(ids.STEP_MORE, line.id), choices) if choices else None
    if is_done or not row.may_tick:
        return [kit.section(text, accessory=more)]
    done = kit.button("Done", ids.numbered(ids.STEP_TICK, line.id), label=f"Done: {line.title}")
    return [kit.section(text), kit.actions(*filter(None, (done, more)))]


def _due(line: StepLine) -> str:
    if line.due_on is None:
        return ""
    moved = line.original_due_on is not None and line.original_due_on != line.due_on
    return f"due {_day(line.due_on)}" + (f" (first {_day(line.original_due_on)})" if moved else "")


def _day(day: date | None) -> str:
    return short_day(day) if day else ""
