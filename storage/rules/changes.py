"""What a change of an item must keep to: its values by themselves, its place, and when it wants a reason."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Protocol

from storage.rules.errors import Invalid, InvalidFields
from storage.rules.graph import Graph, Node
from storage.rules.hierarchy import Ref, check_parent
from storage.rules.terms import Direction, ItemState, Kind

FRAME = frozenset({"title", "owner_id", "perspective", "is_restricted", "state"})
_FIGURES = frozenset({"unit", "direction", "baseline", "target", "band_low", "band_high"})
_DATES = frozenset({"starts_on", "due_on"})

FIELDS: Mapping[Kind, frozenset[str]] = {
    Kind.DRIVER: FRAME | _DATES | {"commitment"},
    Kind.BREAKTHROUGH: FRAME | _DATES | {"commitment", "parent"},
    Kind.ANNUAL_OBJECTIVE: FRAME
    | _DATES
    | {"commitment", "parent", "team_id", "measure", "not_deployed_reason"},
    Kind.OBJECTIVE: FRAME | _DATES | {"commitment", "parent", "team_id"},
    Kind.KEY_RESULT: FRAME | _FIGURES | {"commitment", "parent", "measure", "weight", "due_on"},
    Kind.KPI: FRAME | _FIGURES | {"team_id", "frequency", "roll_up", "leading", "data_source"},
    Kind.INITIATIVE: FRAME | _DATES | {"commitment", "parent", "team_id", "progress"},
}
"""Which fields of a node each kind has, as forms and files may set them."""

TARGETS = frozenset({"direction", "baseline", "target", "band_low", "band_high", "due_on", "measure", "unit"})
"""What is agreed: changing it in mid-cycle moves the goalposts, and wants a reason."""

REASON_NEEDED = (
    "This changes what was agreed, in the middle of its time. Say in a sentence why; the reason stands in "
    "the item's history."
)
LONGEST_TITLE = 500

LOWER_KINDS = frozenset({Kind.KEY_RESULT, Kind.KPI, Kind.INITIATIVE})
"""What a guest may own: whoever answers for more must see what stands below it, and guests do not."""

_WORDS = {
    "owner_id": "owner",
    "team_id": "team",
    "due_on": "due date",
    "starts_on": "start",
    "measure": "KPI",
    "is_restricted": "who sees it",
    "band_low": "lowest value",
    "band_high": "highest value",
    "roll_up": "roll-up",
    "leading": "leading or lagging",
    "data_source": "source",
    "aliases": "other names",
    "not_deployed_reason": "why it is not deployed",
}


def word(field: str) -> str:
    """A field as people read it."""
    return _WORDS.get(field, field.replace("_", " "))


def check_ahead(on: date | None, today: date, field: str = "due_on") -> None:
    """Raises Invalid where a day that someone plans for is over already."""
    if on is not None and on < today:
        raise Invalid(f"{on} is over already, and today is {today}. Choose a day from today on.", field=field)


class Timed(Protocol):
    """Whatever is in some state, from some day on."""

    @property
    def state(self) -> ItemState: ...

    @property
    def starts_on(self) -> date | None: ...


def wants_reason(before: Timed, changed: Collection[str], today: date) -> bool:
    """Whether a change of these fields needs a reason: what was agreed, of something active, in mid-cycle."""
    if before.state is not ItemState.ACTIVE or not TARGETS & set(changed):
        return False
    return before.starts_on is None or before.starts_on <= today


def check_node(node: Node, graph: Graph) -> None:
    """Whether an item's values fit together, and its place is legal.

    Raises:
        InvalidFields: by field, what is wrong and what is expected.
        Invalid: it cannot stand there (field "parent").
    """
    sentences = dict(_faults(node, graph))
    if sentences:
        raise InvalidFields(sentences)
    if node.parent is not None:
        check_parent(node.kind, node.parent[0])
        check_no_circle(graph, node.ref, node.parent)


def check_no_circle(graph: Graph, ref: Ref, parent: Ref) -> None:
    """Raises Invalid (field "parent") where an item would stand under itself."""
    if ref == parent or any(above.ref == ref for above in graph.above(parent)):
        raise Invalid(
            "An item cannot stand under itself or under what stands below it. Choose another parent.",
            field="parent",
        )


def check_fields(kind: Kind, values: Mapping[str, Any]) -> None:
    """Raises ValueError for a field that the kind does not have: a fault of the caller, not of a person."""
    unknown = set(values) - FIELDS[kind]
    if unknown:
        raise ValueError(f"{kind} has no {', '.join(sorted(unknown))}")


def _faults(node: Node, graph: Graph) -> list[tuple[str, str]]:
    found = []
    if not node.title.strip():
        found.append(("title", "It needs a title. Say in a few words what is to be achieved."))
    elif len(node.title) > LONGEST_TITLE:
        found.append(("title", f"The title has {len(node.title)} characters; at most {LONGEST_TITLE} fit."))
    owner = graph.people.get(node.owner_id) if node.owner_id is not None else None
    if node.owner_id is not None and owner is None:
        found.append(("owner", "This person is not known here. Choose someone of this workspace."))
    elif owner is not None and owner.is_deactivated:
        found.append(("owner", f"{owner.name} is deactivated in Slack. Choose someone else as the owner."))
    elif owner is not None and owner.is_guest and node.kind not in LOWER_KINDS:
        sentence = (
            f"{owner.name} is a guest here and sees only what is theirs, so they cannot answer for what "
            "others hang on. Choose a member; guests may own key results, KPIs and initiatives."
        )
        found.append(("owner", sentence))
    if node.team_id is not None and node.team_id not in graph.teams:
        found.append(("team", "There is no such team. Choose one of the list."))
    if node.starts_on is not None and node.due_on is not None and node.due_on < node.starts_on:
        found.append(("due_on", f"It would end on {node.due_on}, before it starts on {node.starts_on}."))
    found += _parent_faults(node, graph)
    if node.weight < 0:
        found.append(("weight", "A weight cannot be negative. Use 0 to leave one out."))
    found += _band_faults(node)
    if node.measure is not None and node.measure not in graph.nodes:
        found.append(("measure", "There is no such KPI here. Choose one of the list."))
    return found


def _parent_faults(node: Node, graph: Graph) -> list[tuple[str, str]]:
    if node.parent is None:
        needs = node.kind is Kind.KEY_RESULT
        return [("parent", "A key result belongs to an objective. Choose one.")] if needs else []
    parent = graph.find(node.parent)
    if parent is None or parent.state is ItemState.ARCHIVED:
        return [("parent", "There is no such item here to stand under. Choose one of the list.")]
    is_annual = node.kind is Kind.ANNUAL_OBJECTIVE and parent.kind is Kind.BREAKTHROUGH
    if is_annual and _outside(node, parent):
        sentence = (
            f"{parent.reference} runs from {parent.starts_on} to {parent.due_on}, and an annual objective "
            "lies within its breakthrough. Choose dates inside, or another breakthrough."
        )
        return [("due_on", sentence)]
    return []


def _outside(node: Node, parent: Node) -> bool:
    before = node.starts_on is not None and parent.starts_on is not None and node.starts_on < parent.starts_on
    after = node.due_on is not None and parent.due_on is not None and node.due_on > parent.due_on
    return before or after


def _band_faults(node: Node) -> list[tuple[str, str]]:
    low, high = node.band_low, node.band_high
    if low is not None and high is not None and low > high:
        return [("band_high", f"The band ends at {high}, below its beginning at {low}. Swap the two.")]
    if node.direction is not Direction.MAINTAIN or node.kind not in {Kind.KPI, Kind.KEY_RESULT}:
        return []
    if low is None and high is None and node.target is None:
        return [("band_low", "To maintain needs a band or a target. Give the lowest and the highest value.")]
    return []
