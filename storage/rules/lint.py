"""What is wrong with a plan, rule by rule, each with a sentence and a remedy (rules §2).

Deterministic: the same plan on the same day gives the same findings in the same order. Over a limit of the
vital few is a warning that names the limit, never a refusal.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NamedTuple

from storage.rules import xmatrix
from storage.rules.figures import percent
from storage.rules.graph import LEVELS, Graph, Node
from storage.rules.hierarchy import Ref
from storage.rules.likeness import are_alike, have_same_unit
from storage.rules.lint_rules import DEFAULT_LIMITS, RULES, Limits, Rule
from storage.rules.standing import Standing
from storage.rules.terms import Direction, Kind, Leading, Perspective, Status

_BY_NUMBER = {rule.number: rule for rule in RULES}


class Finding(NamedTuple):
    """Something that is wrong. `ref` is the item to open; None where it is the plan as a whole."""

    rule: Rule
    sentence: str
    ref: Ref | None = None


class Facts(NamedTuple):
    """What the rules look at: what one sees of a plan, how it stands, which KPIs have a countermeasure."""

    graph: Graph
    standings: Mapping[Ref, Standing]
    limits: Limits = DEFAULT_LIMITS
    countered: Collection[Ref] = frozenset()


def lint(facts: Facts) -> tuple[Finding, ...]:
    """All findings, by the rules' numbers, then by level and number of the item."""
    found = [
        Finding(_BY_NUMBER[number], sentence, ref)
        for number, check in _CHECKS
        for sentence, ref in check(facts)
    ]
    return tuple(sorted(found, key=_place))


Found = Iterator[tuple[str, Ref | None]]
_RANK = {kind: rank for rank, kind in enumerate(LEVELS)}


def _place(finding: Finding) -> tuple[int, int, int, str]:
    kind_rank, number = (_RANK[finding.ref[0]], finding.ref[1]) if finding.ref else (-1, 0)
    return finding.rule.number, kind_rank, number, finding.sentence


def _live(facts: Facts, *kinds: Kind) -> Iterator[Node]:
    for kind in kinds:
        yield from (node for node in facts.graph.of_kind(kind) if node.is_live)


def _children(facts: Facts, node: Node, *kinds: Kind) -> list[Node]:
    return [one for one in facts.graph.children.get(node.ref, ()) if one.kind in kinds and one.is_live]


def _tied(facts: Facts, node: Node, kind: Kind) -> bool:
    """Whether a confirmed mark ties it to something of that kind."""
    ends = (
        mark.right if mark.left == node.ref else mark.left
        for mark in facts.graph.marks_of.get(node.ref, ())
        if mark.is_confirmed
    )
    return any(end[0] is kind for end in ends)


def _annual_without_breakthrough(facts: Facts) -> Found:
    for node in _live(facts, Kind.ANNUAL_OBJECTIVE):
        if node.parent is None and not _tied(facts, node, Kind.BREAKTHROUGH):
            yield f"{_called(node)} stands under no breakthrough.", node.ref


def _breakthrough_without_annual(facts: Facts) -> Found:
    for node in _live(facts, Kind.BREAKTHROUGH):
        if not _children(facts, node, Kind.ANNUAL_OBJECTIVE) and not _tied(
            facts, node, Kind.ANNUAL_OBJECTIVE
        ):
            yield f"{_called(node)} has no annual objective.", node.ref


def _initiative_without_goal(facts: Facts) -> Found:
    for node in _live(facts, Kind.INITIATIVE):
        serves = node.parent is not None or _tied(facts, node, Kind.ANNUAL_OBJECTIVE)
        if not serves and not _tied(facts, node, Kind.KPI):
            yield f"{_called(node)} serves no objective and moves no KPI.", node.ref


def _objective_without_key_result(facts: Facts) -> Found:
    for node in _live(facts, Kind.OBJECTIVE):
        if not _children(facts, node, Kind.KEY_RESULT):
            yield f"{_called(node)} has no key result.", node.ref


def _measure_without_ends(facts: Facts) -> Found:
    for node in _live(facts, Kind.KEY_RESULT, Kind.KPI):
        if node.direction is Direction.MAINTAIN:
            if node.target is None and node.band_low is None and node.band_high is None:
                yield f"{_called(node)} is to be maintained, and has neither band nor target.", node.ref
            continue
        missing = [
            word for word, value in (("baseline", node.baseline), ("target", node.target)) if value is None
        ]
        if missing:
            yield f"{_called(node)} has no {' and no '.join(missing)}.", node.ref


def _no_way_to_go(facts: Facts) -> Found:
    for node in _live(facts, Kind.KEY_RESULT, Kind.KPI):
        if (
            node.direction is not Direction.MAINTAIN
            and node.target is not None
            and node.baseline == node.target
        ):
            yield f"{_called(node)} is where it is to be: its baseline is its target.", node.ref


def _no_owner(facts: Facts) -> Found:
    for node in _live(facts, *LEVELS):
        person = facts.graph.people.get(node.owner_id) if node.owner_id is not None else None
        if node.owner_id is None:
            yield f"{_called(node)} has no owner.", node.ref
        elif person is not None and person.is_deactivated:
            yield f"{_called(node)} belongs to {person.name}, who is deactivated in Slack.", node.ref


def _owner_overload(facts: Facts) -> Found:
    owned = Counter(
        node.owner_id
        for node in _live(facts, Kind.ANNUAL_OBJECTIVE, Kind.OBJECTIVE)
        if node.owner_id is not None
    )
    most = facts.limits.objectives_a_person
    for member_id, count in sorted(owned.items()):
        person = facts.graph.people.get(member_id)
        if count > most and person is not None:
            yield f"{person.name} owns {count} objectives; at most {most} get the attention they need.", None


def _corner_coverage(facts: Facts) -> Found:
    for grid in xmatrix.company_matrix(facts.graph).grids:
        cells = len(grid.rows) * len(grid.columns)
        # In a corner of a few cells a mark more or less says nothing.
        if cells >= _LEAST_CELLS and grid.coverage > facts.limits.coverage:
            said = f"{percent(grid.coverage)} of {grid.corner} is marked"
            limit = percent(facts.limits.coverage)
            yield f"{said}; beyond {limit} the marks no longer tell what matters.", None


_LEAST_CELLS = 6


def _same_measure_twice(facts: Facts) -> Found:
    namesakes = _Namesakes(facts)
    for node in _live(facts, Kind.KPI):
        for other in namesakes.of(node):
            if other.number < node.number:
                yield f"{_called(node)} and {_called(other)} have near-equal names and one unit.", node.ref


def _perspective_without_measure(facts: Facts) -> Found:
    measured = {node.perspective for node in _live(facts, Kind.KPI)}
    if measured:
        for perspective in Perspective:
            if perspective not in measured:
                yield f"No KPI measures the perspective “{perspective}”.", None


def _only_lagging(facts: Facts) -> Found:
    """Of an annual objective: its own measure and those of the initiatives and key results below it."""
    for node in _live(facts, Kind.ANNUAL_OBJECTIVE, Kind.OBJECTIVE):
        measures = _measures_of(facts, node)
        if measures and all(facts.graph.nodes[ref].leading is Leading.LAGGING for ref in measures):
            named = ", ".join(
                facts.graph.nodes[ref].reference for ref in sorted(measures, key=lambda r: r[1])
            )
            yield f"{_called(node)} is measured by lagging KPIs alone ({named}).", node.ref


def _measures_of(facts: Facts, node: Node) -> set[Ref]:
    """The KPIs that an objective is measured by. One with a key result of its own figures is asked for them
    every week, which leads; then there is nothing to say."""
    found = {node.measure} if node.measure is not None else set()
    for _, below in facts.graph.subtree(node.ref):
        if below.kind is Kind.KEY_RESULT and below.is_live:
            if below.measure is None:
                return set()
            found.add(below.measure)
    return {ref for ref in found if ref in facts.graph.nodes}


def _unworked_kpi(facts: Facts) -> Found:
    behind = {Status.OFF_TRACK, Status.AT_RISK}
    for node in _live(facts, Kind.KPI):
        status = facts.standings[node.ref].status
        if status in behind and node.ref not in facts.countered and not _is_worked_on(facts, node):
            yield f"{_called(node)} is {status}, and no initiative works on it.", node.ref


def _is_worked_on(facts: Facts, kpi: Node) -> bool:
    """An active initiative is marked with it, or stands under what reads it."""
    for mark in facts.graph.marks_of.get(kpi.ref, ()):
        other = facts.graph.find(mark.left)
        if other is not None and other.kind is Kind.INITIATIVE and other.is_live and mark.is_confirmed:
            return True
    for reader in facts.graph.measured_by.get(kpi.ref, ()):
        for upper in (reader, *facts.graph.above(reader.ref)):
            if _children(facts, upper, Kind.INITIATIVE):
                return True
    return False


def _stale_kpi(facts: Facts) -> Found:
    for node in _live(facts, Kind.KPI):
        if facts.standings[node.ref].status is Status.STALE:
            yield f"{_called(node)}: {_first_small(facts.standings[node.ref].reason)}", node.ref


def _first_small(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _key_result_beside_kpi(facts: Facts) -> Found:
    namesakes = _Namesakes(facts)
    for node in _live(facts, Kind.KEY_RESULT):
        if node.measure is None and (kpis := namesakes.of(node)):
            yield f"{_called(node)} counts what {_called(kpis[0])} measures.", node.ref


class _Namesakes:
    """The KPIs by what their names begin with: comparing each with each would take long in a large plan."""

    def __init__(self, facts: Facts) -> None:
        self._names = {
            node: (node.title, *facts.graph.aliases.get(node.ref, ())) for node in _live(facts, Kind.KPI)
        }
        self._by_key: defaultdict[str, list[Node]] = defaultdict(list)
        for node, names in self._names.items():
            for key in {key for name in names for key in _keys(name)}:
                self._by_key[key].append(node)

    def of(self, node: Node) -> list[Node]:
        """The KPIs of other definition that are called alike and have the same unit, by number."""
        near = {kpi for key in _keys(node.title) for kpi in self._by_key.get(key, ())}
        found = (
            kpi
            for kpi in near
            if kpi.ref != node.ref
            and have_same_unit(kpi.unit, node.unit)
            and any(are_alike(name, node.title) for name in self._names[kpi])
        )
        return sorted(found, key=lambda kpi: kpi.number)


_WORD = re.compile(r"[^\W_]+")
_BEGINNING = 3


def _keys(name: str) -> set[str]:
    """What names that are alike have in common, at least one of it: how a word begins, or the initials."""
    words = _WORD.findall(name.casefold())
    return {word[:_BEGINNING] for word in words} | {"".join(word[0] for word in words)[:_BEGINNING]}


def _too_many_breakthroughs(facts: Facts) -> Found:
    yield from _over(facts, list(_live(facts, Kind.BREAKTHROUGH)), facts.limits.breakthroughs)


def _too_many_annual_objectives(facts: Facts) -> Found:
    """The company's; each department may have as many of its own."""
    grouped: defaultdict[Ref | None, list[Node]] = defaultdict(list)
    for node in _live(facts, Kind.ANNUAL_OBJECTIVE):
        is_lower = node.parent is not None and node.parent[0] is not Kind.BREAKTHROUGH
        grouped[node.parent if is_lower else None].append(node)
    for upper, nodes in grouped.items():
        yield from _over(facts, nodes, facts.limits.annual_objectives, upper)


def _too_many_initiatives(facts: Facts) -> Found:
    grouped: defaultdict[Ref | None, list[Node]] = defaultdict(list)
    for node in _live(facts, Kind.INITIATIVE):
        grouped[node.parent].append(node)
    for upper, nodes in grouped.items():
        yield from _over(facts, nodes, facts.limits.initiatives, upper)


def _over(facts: Facts, nodes: list[Node], most: int, upper: Ref | None = None) -> Found:
    if len(nodes) > most:
        kind = nodes[0].kind
        several = f"{kind} objectives" if kind is Kind.BREAKTHROUGH else f"{kind}s"
        where = _called(facts.graph.nodes[upper]) if upper in facts.graph.nodes and upper else "The plan"
        yield f"{where} has {len(nodes)} {several}; the vital few are at most {most}.", upper


def _number_of_key_results(facts: Facts) -> Found:
    least, most = facts.limits.least_key_results, facts.limits.most_key_results
    for node in _live(facts, Kind.OBJECTIVE):
        count = len(_children(facts, node, Kind.KEY_RESULT))
        if 0 < count < least:
            yield (
                f"{_called(node)} has {count} key result; {least} to {most} show whether it is reached.",
                node.ref,
            )
        elif count > most:
            yield f"{_called(node)} has {count} key results; at most {most} stay in view.", node.ref


def _called(node: Node) -> str:
    title = node.title if len(node.title) <= _LONGEST else node.title[:_LONGEST].rstrip() + "…"
    return f"{node.reference} {title}"


_LONGEST = 60


_CHECKS: tuple[tuple[int, Callable[[Facts], Found]], ...] = (
    (1, _annual_without_breakthrough),
    (2, _breakthrough_without_annual),
    (3, _initiative_without_goal),
    (4, _objective_without_key_result),
    (5, _measure_without_ends),
    (6, _no_way_to_go),
    (7, _no_owner),
    (8, _owner_overload),
    (9, _corner_coverage),
    (10, _same_measure_twice),
    (11, _perspective_without_measure),
    (12, _only_lagging),
    (13, _unworked_kpi),
    (14, _stale_kpi),
    (15, _key_result_beside_kpi),
    (17, _too_many_breakthroughs),
    (18, _too_many_annual_objectives),
    (19, _too_many_initiatives),
    (20, _number_of_key_results),
)
