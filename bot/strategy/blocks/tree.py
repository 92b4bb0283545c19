"""`/hoshin tree` and `/hoshin why`: the hierarchy downwards, and the line of sight upwards."""

from collections.abc import Iterator, Sequence
from itertools import chain

from bot import ids
from bot.answers import Block, Message, View
from bot.asks import Person
from bot.blockkit import kit
from bot.blockkit.mrkdwn import bold, literal
from bot.blockkit.surfaces import fit_message, message, modal
from bot.blockkit.tables import WIDTH, cut, fixed, wrapped
from bot.strategy.blocks.lines import NOTHING_FOR_GUESTS, day_shown, item_line, progress_of, signs, view_of
from bot.strategy.facts import Place, Scene
from storage.rules.graph import Node
from storage.rules.terms import Kind

SHOWN = 20
"""Lines of a message; the whole is one press away."""
PAGE = 60
_TITLE_LINES = 2
_DEEPEST = 8

EMPTY = (
    "There is nothing in the plan yet. `/hoshin add` puts in its first goal, and `hoshin import example` "
    "loads the worked example to look around."
)


def tree(place: Place, person: Person) -> Message:
    """From an item down, as many levels as fit; deeper ones are counted."""
    del person
    roots = _roots(place)
    if not roots:
        said = NOTHING_FOR_GUESTS if place.scene.viewer.is_guest else EMPTY
        return message(said, [*day_shown(place.scene), kit.section(said)])
    count = _count(place.scene, roots)
    lines = list(_lines(place.scene, roots, _depth(place.scene, roots)))[:SHOWN]
    buttons = []
    if count > len(lines):
        value = ids.pack(view=view_of(place.scene, place.root.ref if place.root else None), page=0)
        label = f"All {count} →"
        buttons = [kit.actions(kit.button(label, ids.STRATEGY_ALL, value=value, label=f"{label} items"))]
    title = _title(place)
    rows = [[block] for block in fixed(chain.from_iterable(lines))]
    blocks = fit_message([kit.header(title), *day_shown(place.scene)], rows)
    return Message(f"{title}: {count} items", (*blocks, *buttons, signs()))


def whole_tree(place: Place, page: int) -> View:
    """Everything from an item down, a page at a time."""
    roots = _roots(place)
    lines = list(_lines(place.scene, roots, None))
    pages = max(1, -(-len(lines) // PAGE))
    page = min(max(page, 0), pages - 1)
    shown = lines[page * PAGE : (page + 1) * PAGE]
    blocks = [*day_shown(place.scene), *fixed(chain.from_iterable(shown))]
    if pages > 1:
        blocks += [kit.context(f"Page {page + 1} of {pages}"), kit.actions(*_turning(place, page, pages))]
    return modal(_title(place), blocks, callback_id=ids.STRATEGY_FORM, close="Close")


def sight(place: Place, person: Person) -> Message:
    """From an item up to the vision, with further parents by marks."""
    del person
    scene, node = place.scene, place.root
    plan = scene.graph.plan
    if node is None and place.idea is not None:
        return _unlinked(*place.idea)
    if node is None:
        vision = literal(plan.vision) or "The vision is not written down yet."
        return message(vision, [kit.header("Vision"), kit.section(vision)])
    path = [node, *scene.graph.above(node.ref)]
    begin = place.idea[0] if place.idea is not None else node.reference
    blocks: list[Block] = [kit.header(f"Why {begin}?"), *day_shown(scene)]
    if place.idea is not None:
        blocks.append(kit.section(f"{bold(place.idea[0])} {literal(place.idea[1])}"))
    for position, one in enumerate(path):
        arrow = "" if position == 0 and place.idea is None else "↑  "
        also = [f"also ↑  {item_line(scene, other)}" for other in scene.graph.also_under(one.ref)]
        blocks.append(kit.section("\n".join([f"{arrow}{item_line(scene, one)}", *also])))
    blocks += _top(scene, path[-1])
    words = " → ".join([*([begin] if place.idea is not None else []), *(one.reference for one in path)])
    return Message(f"Why {begin}? {words}", tuple(fit_message([], [[one] for one in blocks])))


def _unlinked(reference: str, title: str) -> Message:
    said = (
        f"{bold(reference)} {literal(title)} is linked to nothing of the plan that you see, so the line "
        "of sight ends here."
    )
    return message(f"Why {reference}?", [kit.header(f"Why {reference}?"), kit.section(said)])


def _top(scene: Scene, highest: Node) -> list[Block]:
    plan = scene.graph.plan
    if highest.kind is Kind.KPI:
        readers = scene.graph.measured_by.get(highest.ref, ())
        lines = [f"measures  {item_line(scene, one)}" for one in readers]
        lines += [
            f"{mark.strength.symbol} {mark.strength}  {item_line(scene, other)}"
            for mark in scene.graph.marks_of.get(highest.ref, ())
            if mark.is_confirmed
            and (other := scene.graph.find(mark.right if mark.left == highest.ref else mark.left))
        ]
        nothing = "Nothing reads it, and no mark ties it to a goal yet."
        return [kit.section("\n".join(lines) or nothing)]
    if highest.kind not in {Kind.DRIVER, Kind.BREAKTHROUGH}:
        text = (
            f"{bold(highest.reference)} stands under nothing that you see, so the line of sight ends here. "
            "`/hoshin edit` gives it a parent."
        )
        return [kit.section(text)]
    vision = literal(plan.vision) if plan.vision.strip() else "The vision is not written down yet."
    return [kit.section(f"↑  {bold('Vision')}  {vision}")]


def _roots(place: Place) -> Sequence[Node]:
    return place.scene.graph.roots if place.root is None else (place.root,)


def _title(place: Place) -> str:
    return place.scene.graph.plan.title if place.root is None else f"From {place.root.reference} down"


def _below(scene: Scene, node: Node) -> Sequence[Node]:
    if node.kind is Kind.KPI:
        return scene.graph.measured_by.get(node.ref, ())
    return scene.graph.children.get(node.ref, ())


def _count(scene: Scene, roots: Sequence[Node]) -> int:
    if any(root.kind is Kind.KPI for root in roots):
        return sum(1 for _ in _lines(scene, roots, None))
    return sum(1 + scene.graph.below.get(root.ref, 0) for root in roots)


def _depth(scene: Scene, roots: Sequence[Node]) -> int:
    """How many levels fit into a message, at least the first."""
    depth, level, shown = 0, list(roots), len(roots)
    while level:
        level = [child for node in level for child in _below(scene, node)]
        if not level or shown + len(level) > SHOWN:
            break
        depth, shown = depth + 1, shown + len(level)
    return depth


def _lines(scene: Scene, roots: Sequence[Node], most_depth: int | None) -> Iterator[list[str]]:
    """Each item's lines, those above before those below them."""
    pending = [(0, root) for root in reversed(roots)]
    seen = set()
    while pending:
        depth, node = pending.pop()
        children = _below(scene, node) if node.ref not in seen else ()
        seen.add(node.ref)
        is_cut = most_depth is not None and depth >= most_depth
        below = scene.graph.below.get(node.ref, 0) if is_cut else 0
        yield _entry(scene, node, depth, below)
        if not is_cut:
            pending += [(depth + 1, child) for child in reversed(children)]


def _entry(scene: Scene, node: Node, depth: int, below: int) -> list[str]:
    """Status, reference and title, then progress and owner under the title."""
    start = " " * min(depth, _DEEPEST) + f"{scene.standings[node.ref].status.sign} {node.reference} "
    beside = (progress_of(scene, node), f"+{below} below" if below else "", scene.name_of(node.owner_id))
    room = WIDTH - len(start)
    lines = [*wrapped(node.title, room, _TITLE_LINES), cut(" · ".join(filter(None, beside)), room)]
    return [(start if position == 0 else " " * len(start)) + line for position, line in enumerate(lines)]


def _turning(place: Place, page: int, pages: int) -> list[kit.Element]:
    view = view_of(place.scene, place.root.ref if place.root else None)
    found = []
    for name, to in (("← Back", page - 1), ("Next →", page + 1)):
        if 0 <= to < pages:
            found.append(kit.button(name, f"{ids.STRATEGY_ALL}:{to}", value=ids.pack(view=view, page=to)))
    return found
