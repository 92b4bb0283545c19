"""The set-up's pages, the first steps on the Home tab, and versions of the plan."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bot import ids
from bot.answers import Block, View
from bot.asks import Person
from bot.blockkit import kit
from bot.blockkit.mrkdwn import bold, channel, clamp_plain, code, literal
from bot.blockkit.surfaces import fit_view, modal
from bot.planning.blocks.calendar import WEEKDAYS, calendar_rows
from bot.planning.service.keys import AddKey
from bot.planning.service.setup import FIRST_FIGURES, FirstSteps, Frame, Overview
from storage.editing.plans import Carried, NextPlan
from storage.rules.date_words import short_day
from storage.rules.figures import format_figure
from storage.rules.graph import PlanLine
from storage.rules.terms import Kind, PlanState, Status
from storage.rules.thresholds import THRESHOLDS, Threshold

FORMS = frozenset(
    {ids.PLAN_SETUP, ids.SETUP_FRAME, ids.SETUP_RHYTHM, ids.SETUP_FIGURES, ids.SETUP_DAYS, ids.SETUP_REVIEWS}
    | {ids.PLAN_NEXT, ids.PLAN_SAVED}
)
FRAME, RHYTHM, FIGURES, ALL_FIGURES = "frame", "rhythm", "figures", "all figures"

CARRIED = {
    Carried.DRIVERS: "Business drivers",
    Carried.BREAKTHROUGHS: "Breakthroughs that run on into the new year",
    Carried.KPIS: "KPI definitions, without last year's baseline and target",
    Carried.INITIATIVES: "Initiatives that are not done, with the steps that are left",
}


def overview_view(found: Overview) -> View:
    """What is set up, page by page, each with its button."""
    rows = [_plan_rows(plan, found) for plan in found.plans if plan.state is not PlanState.ARCHIVED]
    rhythm = found.rhythm
    rows.append(
        [
            kit.section(
                f"{bold('Check-in and channels')}\n{_days(rhythm)}\n{_channels(rhythm)}",
                accessory=_change(RHYTHM, "check-in and channels"),
            )
        ]
    )
    rows += calendar_rows(found.calendar)
    count = found.changed_figures
    changed = "as shipped" if not count else f"{count} changed here"
    rows.append(
        [
            kit.section(
                f"{bold('Figures of the method')}\nWhen an item is at risk, when a figure is stale: "
                f"{changed}",
                accessory=_change(FIGURES, "figures of the method"),
            )
        ]
    )
    leads = literal(", ".join(found.strategy_leads)) or "nobody yet"
    rows.append(
        [kit.section(f"{bold('Strategy lead')}\n{leads}. {code('/hoshin roles')} names and relieves people.")]
    )
    keys = kit.button("Open", ids.API_KEYS, label="Open the API's keys")
    rows.append([kit.section(f"{bold('API keys')}\nFor systems that send or read figures", accessory=keys)])
    past = [one.title for one in found.plans if one.state is PlanState.ARCHIVED]
    foot: list[Block] = [kit.context(f"Earlier plans: {literal(', '.join(past))}")] if past else []
    return modal("Set-up", fit_view([], rows, foot), callback_id=ids.PLAN_SETUP, close="Close")


def frame_form(frame: Frame, notice: str = "", *, sure_of: str = "") -> View:
    """The plan's frame: six fields.

    Args:
        notice: stands above them: what came in between, or what is to be looked at again.
        sure_of: the first day of the year (ISO) that counts as meant when the form is sent with it again.
    """
    head: list[Block] = [kit.section(literal(notice))] if notice else []
    if frame.plan is None:
        head.append(
            kit.context(
                "Step 1 of 3: the frame. It is enough to begin with; everything can be changed later by "
                f"{code('/hoshin setup')}."
            )
        )
    zone = kit.option(frame.zone, frame.zone)
    blocks = [
        *head,
        kit.text_input(
            "title",
            "Name of the plan",
            initial=frame.title,
            placeholder="Norden Pumps 2026",
            hint="Your organisation and the year.",
        ),
        kit.text_input(
            "vision",
            "Vision",
            initial=frame.vision,
            placeholder="The pump maker that customers recommend first.",
            hint="What the organisation wants to be in the long run, said so that people remember it.",
            multiline=True,
            optional=True,
        ),
        kit.text_input(
            "values",
            "Values",
            initial=frame.values,
            placeholder="We answer for our promises. We look for the cause and never for the culprit.",
            multiline=True,
            optional=True,
        ),
        kit.input_block(
            "starts_on",
            "First day of the fiscal year",
            kit.date_picker("starts_on", chosen=frame.starts_on),
            hint="Reviews, quarters and check-ins follow from it.",
        ),
        kit.input_block("zone", "Time zone of the plan", kit.external_select(ids.PLAN_ZONES, chosen=zone)),
    ]
    if frame.asks_lead:
        blocks.append(
            kit.input_block(
                "lead",
                "Strategy lead",
                kit.users_select("lead", chosen=frame.lead_slack_id),
                hint="Answers for the plan, and may change all of it.",
            )
        )
    return modal(
        "Change the plan" if frame.plan else "Make the plan",
        blocks,
        callback_id=ids.SETUP_FRAME,
        submit="Save" if frame.plan else "Make it",
        metadata=ids.pack(plan=frame.plan.id if frame.plan else None, version=frame.version, sure_of=sure_of),
    )


def frame_saved_view(plan: PlanLine, *, is_new: bool) -> View:
    """The trace of a frame, and the next step."""
    year = f"{short_day(plan.starts_on)} – {short_day(plan.ends_on)}"
    vision = f"\n{literal(clamp_plain(plan.vision, 300))}" if plan.vision else ""
    blocks: list[Block] = [
        kit.section(f"Saved: {bold(literal(plan.title))}{vision}"),
        kit.context(f"{year} · {plan.zone}"),
    ]
    if is_new:
        blocks += [
            kit.section(
                f"{bold('Step 2 of 3: the first goals')}\nA breakthrough for three to five years, then what "
                "has to be true this year for it to come closer."
            ),
            kit.actions(
                kit.button(
                    "Add a breakthrough",
                    ids.PLAN_ADD,
                    value=AddKey(Kind.BREAKTHROUGH, None, plan.id).pack(),
                    style="primary",
                )
            ),
            kit.section(
                f"{bold('Step 3 of 3: people')}\nTeams with their leads and channels, and when the weekly "
                "check-in asks them."
            ),
            kit.actions(
                kit.button("Add a team", ids.TEAM_OPEN, value=""),
                kit.button("Check-in and channels", ids.PLAN_SETUP, value=RHYTHM),
            ),
        ]
    else:
        blocks.append(kit.actions(kit.button("All of the set-up", ids.PLAN_SETUP)))
    return modal("Saved", blocks, callback_id=ids.PLAN_SAVED, close="Done")


def rhythm_form(rhythm: Mapping[str, Any]) -> View:
    """The check-in's days and hour, and the channels."""
    days = [kit.option(name, str(number)) for number, name in enumerate(WEEKDAYS)]
    hours = [kit.option(f"{hour:02}:00", str(hour)) for hour in range(1, 24)]
    blocks = [
        kit.context("Everyone is asked at the start of their own working day, in their own time zone."),
        kit.select_input(
            "checkin_opens_weekday",
            "The weekly check-in opens on",
            days,
            chosen=str(rhythm["checkin_opens_weekday"]),
        ),
        kit.select_input(
            "checkin_closes_weekday", "It closes on", days, chosen=str(rhythm["checkin_closes_weekday"])
        ),
        kit.select_input("checkin_closes_hour", "At", hours, chosen=str(rhythm["checkin_closes_hour"])),
        kit.input_block(
            "review_channel_id",
            "Channel of the reviews",
            kit.channel_select("review_channel_id", chosen=rhythm["review_channel_id"] or ""),
            hint="Invite Hoshin to it.",
            optional=True,
        ),
        kit.input_block(
            "ideas_channel_id",
            "Channel of the Kaizen ideas",
            kit.channel_select("ideas_channel_id", chosen=rhythm["ideas_channel_id"] or ""),
            optional=True,
        ),
        kit.input_block(
            "digest_channel_id",
            "Channel of the organisation's digest",
            kit.channel_select("digest_channel_id", chosen=rhythm["digest_channel_id"] or ""),
            hint="Once a week: what moved, came at risk, was finished, decided. Invite Hoshin to it.",
            optional=True,
        ),
    ]
    return modal("Check-in and channels", blocks, callback_id=ids.SETUP_RHYTHM, submit="Save")


def rhythm_saved_view(rhythm: Mapping[str, Any]) -> View:
    blocks = [
        kit.section(f"Saved. {_days(rhythm)}\n{_channels(rhythm)}"),
        kit.context("Check-ins that are open already keep to the old days."),
        kit.actions(
            kit.button("All of the set-up", ids.PLAN_SETUP),
            kit.button("Figures of the method", ids.numbered(ids.PLAN_SETUP, 1), value=FIGURES),
        ),
    ]
    return modal("Saved", blocks, callback_id=ids.PLAN_SAVED, close="Done")


def figures_form(figures: Mapping[str, Decimal], locale: str, typed: Mapping[str, str] | None = None) -> View:
    """The method's figures: six, or with `typed` all of them, with what was typed so far."""
    shown = THRESHOLDS if typed is not None else THRESHOLDS[:FIRST_FIGURES]
    blocks: list[Block] = [
        kit.context(
            "Sources differ on these. They are set as most use them; an empty field goes back to that."
        )
    ]
    blocks += [_figure_input(one, figures[one.name], locale, (typed or {}).get(one.name)) for one in shown]
    if typed is None:
        blocks.append(kit.actions(kit.button("More figures", ids.PLAN_SETUP, value=ALL_FIGURES)))
    return modal("Figures of the method", blocks, callback_id=ids.SETUP_FIGURES, submit="Save")


def figures_saved_view(figures: Mapping[str, Decimal], locale: str) -> View:
    changed = [one for one in THRESHOLDS if figures[one.name] != one.default]
    lines = [
        f"{one.label}: {format_figure(figures[one.name], one.unit, locale)} (as shipped: "
        f"{format_figure(one.default, one.unit, locale)})"
        for one in changed
    ]
    blocks = [
        kit.section("Saved. " + ("\n".join(["These differ here:", *lines]) if lines else "All as shipped.")),
        kit.actions(kit.button("All of the set-up", ids.PLAN_SETUP)),
    ]
    return modal("Saved", blocks, callback_id=ids.PLAN_SAVED, close="Done")


def next_form(plan: PlanLine, title: str) -> View:
    """Next year's plan: its name and what it begins with."""
    options = [kit.option(words, carried.value) for carried, words in CARRIED.items()]
    blocks = [
        kit.section(
            f"It begins the day after {bold(literal(plan.title))} ends, with its vision and values, as a "
            "draft beside it. Nothing else comes along unless you say so, since a year begins with choosing."
        ),
        kit.text_input("title", "Name of the plan", initial=title),
        kit.checkboxes_input("carry", "Take along", options),
    ]
    return modal("Make next year's plan", blocks, callback_id=ids.PLAN_NEXT, submit="Make the draft")


def next_saved_view(made: NextPlan) -> View:
    counts = [f"{count} × {kind}" for kind, count in made.carried.items()]
    plan = made.plan
    blocks = [
        kit.section(f"Made as a draft: {bold(literal(plan.title))}"),
        kit.context(f"Taken along: {', '.join(counts) or 'nothing'}"),
        kit.actions(
            kit.button("Add to it", ids.PLAN_ADD, value=AddKey(None, None, plan.id).pack(), style="primary"),
            kit.button("All of the set-up", ids.PLAN_SETUP),
        ),
        kit.context(f"{code('/hoshin setup')} makes it the active plan when it is ready."),
    ]
    return modal("Saved", blocks, callback_id=ids.PLAN_SAVED, close="Done")


def activated_view(plan: PlanLine) -> View:
    blocks = [
        kit.section(f"{bold(literal(plan.title))} is the active plan."),
        kit.context("The one before it is archived and can still be read."),
        kit.actions(kit.button("All of the set-up", ids.PLAN_SETUP)),
    ]
    return modal("Saved", blocks, callback_id=ids.PLAN_SAVED, close="Done")


def first_steps_blocks(steps: FirstSteps, person: Person) -> list[Block]:
    """The way from nothing to a plan, three steps each useful alone; empty once they are taken."""
    del person
    if steps.are_taken or not steps.may_set_up:
        return []
    signs = [
        Status.DONE.sign if done else Status.NOT_STARTED.sign
        for done in (steps.has_frame, steps.has_goals, steps.has_team)
    ]
    blocks: list[Block] = [
        kit.header("From nothing to a plan"),
        kit.section(
            f"{signs[0]} {bold('1 The frame')}  vision, values, fiscal year\n"
            f"{signs[1]} {bold('2 The first goals')}  a breakthrough and what has to be true this year\n"
            f"{signs[2]} {bold('3 People')}  teams, their leads and channels"
        ),
    ]
    if not steps.has_frame:
        ask = kit.confirm(
            "Load the worked example?",
            "A made-up pump maker's plan is loaded, with its people and figures, to look around in. Your own "
            "plan can take its place later.",
            "Load it",
        )
        return [
            *blocks,
            kit.actions(
                kit.button("Start our own", ids.PLAN_SETUP, style="primary"),
                kit.button("Start with the worked example", ids.PLAN_EXAMPLE, confirm=ask),
            ),
        ]
    buttons = []
    if not steps.has_goals:
        buttons.append(kit.button("Add a goal", ids.PLAN_ADD, style="primary"))
    if not steps.has_team:
        buttons.append(kit.button("Add a team", ids.TEAM_OPEN, value=""))
    return [*blocks, kit.actions(*buttons)]


def _plan_rows(plan: PlanLine, found: Overview) -> list[Block]:
    year = f"{short_day(plan.starts_on)} – {short_day(plan.ends_on)}"
    is_active = plan.state is PlanState.ACTIVE
    blocks = [
        kit.section(
            f"{bold(literal(plan.title))}  {'active' if is_active else 'draft'}\n{year} · {plan.zone}",
            accessory=_change(f"{FRAME} {plan.id}", plan.title, plan.id),
        )
    ]
    if not found.may_plan:
        return blocks
    if is_active and not any(one.state is PlanState.DRAFT for one in found.plans):
        blocks.append(kit.actions(kit.button("Make next year's plan", ids.PLAN_NEXT)))
    if not is_active:
        active = found.active.title if found.active else "the plan before it"
        ask = kit.confirm(
            "Make it the active plan?",
            f"Everyone then works with {plan.title[:80]}. {active[:80]} is archived: it stays readable and "
            "is no longer asked about.",
            "Make it active",
        )
        blocks.append(
            kit.actions(
                kit.button("Add to it", ids.PLAN_ADD, value=AddKey(None, None, plan.id).pack()),
                kit.button("Make it the active plan", ids.PLAN_ACTIVATE, value=str(plan.id), confirm=ask),
            )
        )
    return blocks


def _change(value: str, what: str, number: int = 0) -> dict[str, Any]:
    return kit.button("Change", ids.numbered(ids.PLAN_SETUP, number), value=value, label=f"Change {what}")


def _days(rhythm: Mapping[str, Any]) -> str:
    opens, closes = WEEKDAYS[rhythm["checkin_opens_weekday"]], WEEKDAYS[rhythm["checkin_closes_weekday"]]
    return f"The check-in opens {opens} and closes {closes} at {rhythm['checkin_closes_hour']:02}:00."


def _channels(rhythm: Mapping[str, Any]) -> str:
    named = (("Reviews", "review"), ("ideas", "ideas"), ("weekly digest", "digest"))
    return " · ".join(
        f"{words}: {channel(one) if (one := rhythm[f'{name}_channel_id']) else 'no channel yet'}"
        for words, name in named
    )


def _figure_input(one: Threshold, value: Decimal, locale: str, typed: str | None) -> Block:
    unit = f", in {one.unit}" if one.unit else ""
    return kit.text_input(
        one.name,
        f"{one.label}{unit}",
        initial=format_figure(value, "", locale) if typed is None else typed,
        placeholder=format_figure(one.default, "", locale),
        hint=one.meaning,
        optional=True,
    )
