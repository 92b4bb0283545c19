"""The words of the method, each in two plain sentences: what it is, and what it is good for."""

import difflib
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """One word of the method; `also` are other names that people use for it."""

    name: str
    meaning: str
    also: tuple[str, ...] = ()


TERMS = (
    Term(
        "hoshin kanri",
        "A way to steer an organisation by a few goals that everyone can see, from the vision down to each "
        "team's quarter. The plan is agreed between levels, followed every month and renewed every year.",
        ("hoshin", "policy deployment", "strategy deployment"),
    ),
    Term(
        "plan",
        "One year's version of the strategy: vision, breakthroughs, annual objectives, OKRs, KPIs and "
        "initiatives in one place. One plan is active at a time, and next year's starts as a copy of it.",
        ("strategy",),
    ),
    Term(
        "vision",
        "What the organisation wants to be in the long run, said so that people remember it. Every goal of "
        "the plan can be followed up to it.",
    ),
    Term(
        "business driver",
        "The reason outside the plan why something has to change, such as a market or a customer's demand. "
        "It explains why the breakthroughs below it exist.",
        ("driver",),
    ),
    Term(
        "breakthrough",
        "A goal for three to five years that cannot be reached by working as before. A plan has at most "
        "three, so that they get the attention they need.",
        ("breakthrough objective",),
    ),
    Term(
        "annual objective",
        "What has to be true at the end of this year for a breakthrough to come closer, with a measure. It "
        "is usually committed: reaching it fully is expected.",
        ("annual goal",),
    ),
    Term(
        "OKR",
        "An objective of one team for one quarter, and two to five key results that show whether it is "
        "reached. The objective says where to go in words, the key results say it in numbers.",
        ("objectives and key results",),
    ),
    Term(
        "objective",
        "What a team wants to achieve this quarter, in words that people want to work for and without a "
        "number. It stands as its weakest key result stands.",
        ("goal", "team objective"),
    ),
    Term(
        "key result",
        "A number that moves from a baseline to a target by a date, and has one owner. It measures an "
        "outcome, so finishing a task is not a key result.",
        ("KR",),
    ),
    Term(
        "KPI",
        "A measure that the organisation follows all the time, defined once with its unit, direction, target "
        "and owner. A key result can read a KPI, so that one number is asked for only once.",
        ("key performance indicator", "indicator", "measure", "metric"),
    ),
    Term(
        "initiative",
        "A piece of work that is meant to move an annual objective: a project with an owner and a due date. "
        "Initiatives are what we do, key results are what comes of it.",
        ("improvement priority", "project"),
    ),
    Term(
        "owner",
        "The one person who answers for an item, reports its figure and asks for help in time. Others may "
        "support, but one person is accountable.",
        ("accountable",),
    ),
    Term(
        "check-in",
        "Once a week each owner says where their figures stand, how confident they are and what is in the "
        "way. It opens on Monday at the start of their working day and takes a few minutes.",
        ("weekly check-in", "update"),
    ),
    Term(
        "check-in window",
        "The time from Monday morning to Wednesday evening in which a week's check-in is answered and can be "
        "corrected. Later answers are taken and marked as late.",
        ("window",),
    ),
    Term(
        "summary",
        "One message a week in the team's channel with what moved and what is in the way. It is updated in "
        "place while answers come in, and its thread holds the details.",
        ("team summary",),
    ),
    Term(
        "confidence",
        "How sure the owner is that the target will be reached, from 0 (no chance) to 10 (certain). Seven "
        "and more is high, three and less is low and asks for help and a next step.",
    ),
    Term(
        "blocker",
        "Something that keeps you from moving: missing resources, someone else's work, an open question, "
        "competing priorities or something outside. Naming it tells the team lead where help is needed.",
        ("obstacle", "impediment"),
    ),
    Term(
        "baseline",
        "The value from which a figure started. Progress is counted from there to the target.",
        ("starting value", "jump-off point"),
    ),
    Term(
        "target",
        "The value that a figure should reach by its date. For a figure to be maintained it is a band to "
        "stay in.",
    ),
    Term(
        "progress",
        "How far a figure has come from its baseline towards its target: 70 → 74 on the way to 80 is 40 %. "
        "It is compared with what is expected by now, the share of the time that is over.",
        ("expected", "expected by now"),
    ),
    Term(
        "reading",
        "One value of one figure for one period, with who gave it and when. A correction is kept beside the "
        "first one, so nothing is overwritten.",
        ("figure", "value"),
    ),
    Term(
        "status",
        "How an item stands, by its figure, its confidence and its silence: ● on track, ▲ at risk, ■ off "
        "track, ◌ stale, ✓ done, ○ not started. The weakest of the three decides.",
        ("on track", "at risk", "off track", "done", "not started"),
    ),
    Term(
        "stale",
        "A figure is stale when its next value is overdue. Silence is never shown as green, because nobody "
        "knows how it stands.",
    ),
    Term(
        "committed",
        "A goal that is expected to be reached in full, with the resources that it needs. Missing it asks "
        "for a look at why.",
        ("commitment",),
    ),
    Term(
        "aspirational",
        "A goal set high on purpose, where 70 % is a success. Always reaching 100 % means that the goals "
        "were too easy.",
        ("stretch goal", "moonshot"),
    ),
    Term(
        "grade",
        "A mark from 0.0 to 1.0 at the end of a quarter: 0.7 and more is green, 0.4 to 0.6 yellow, less is "
        "red. It is for learning what to change, not for judging people.",
        ("score", "grading"),
    ),
    Term(
        "leading measure",
        "It moves before the result does, so it can still be acted on, such as calls answered in time. A "
        "good plan has some beside the lagging ones.",
        ("leading", "leading indicator", "leading/lagging"),
    ),
    Term(
        "lagging measure",
        "It shows the result after the fact, such as yearly revenue. It is easy to trust and too late to "
        "steer by alone.",
        ("lagging", "lagging indicator"),
    ),
    Term(
        "balanced scorecard",
        "The KPIs sorted by four perspectives: financial, customer, internal processes, learning and growth. "
        "It shows whether one of them is bought at the cost of another.",
        ("scorecard", "BSC"),
    ),
    Term(
        "perspective",
        "One of the four sides from which the scorecard looks at the organisation: financial, customer, "
        "internal processes, learning and growth. A plan should measure something in each.",
    ),
    Term(
        "X-matrix",
        "The plan on one page: breakthroughs, annual objectives, initiatives and KPIs on four sides of an X. "
        "The marks in its corners show what serves what.",
    ),
    Term(
        "catchball",
        "A goal is thrown to those who shall reach it, and they throw it back with changes until both sides "
        "agree. What is agreed was thought through by those who do the work.",
    ),
    Term(
        "bowling chart",
        "A table of one row a KPI and one column a month, plan against actual, coloured by whether the plan "
        "was met. One look shows where to ask why.",
        ("bowling",),
    ),
    Term(
        "countermeasure",
        "What is done about the cause of a missed figure, with an owner and a date. It is closed when the "
        "figure is green again and stays so.",
    ),
    Term(
        "5 whys",
        "Asking “why” about five times in a row, until the answer is a cause that can be removed. The chain "
        "should end in how things are done and never in a person's name.",
        ("five whys", "root cause"),
    ),
    Term(
        "A3",
        "A problem, its cause, the countermeasures and their effect on one sheet of paper of that size. "
        "Writing it forces clear thinking, and others can follow it.",
        ("A3 report",),
    ),
    Term(
        "kaizen",
        "Small improvements made by the people who do the work. An idea names a problem, a change and what "
        "is expected of it.",
        ("improvement", "idea"),
    ),
    Term(
        "PDCA",
        "Plan, do, check, act: try a change, look at what it did, then make it the standard or learn from "
        "it. All of Hoshin's rhythms are this circle at different speeds.",
        ("plan do check act", "deming cycle"),
    ),
    Term(
        "monthly review",
        "Once a month the leaders look at what is off plan, ask for causes and decide on countermeasures. "
        "What is green is skipped, so the time goes where it is needed.",
        ("review",),
    ),
)


def explain(word: str) -> Term | None:
    """The term by any of its names, in any case, singular or plural; None if it is none of ours."""
    return _BY_NAME.get(_key(word))


def nearest(word: str) -> str | None:
    """The name that may have been meant by an unknown one; None if nothing is close."""
    close = difflib.get_close_matches(_key(word), _BY_NAME, n=1, cutoff=0.6)
    return _BY_NAME[close[0]].name if close else None


def _key(word: str) -> str:
    """The word without case, blanks, hyphens, quotation marks and plural."""
    return "".join(_singular(each) for each in re.findall(r"[^\W_]+", word.lower()))


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word.removesuffix("s") if not word.endswith("ss") else word


_BY_NAME = {_key(name): term for term in TERMS for name in (term.name, *term.also)}
