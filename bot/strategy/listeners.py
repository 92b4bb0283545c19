"""The views of the plan: what someone typed or pressed, one look at the record, and its drawing."""

from collections.abc import Callable
from typing import TypeVar

from bot import ids
from bot.answers import Answer, Message, UpdateView, nothing, open_view, say
from bot.asks import Ask, Person
from bot.routing import Routes
from bot.strategy import service
from bot.strategy.arguments import View, parse_view
from bot.strategy.blocks import bowling, card, matrix, scorecard, tree
from bot.strategy.blocks import lint as lint_blocks
from bot.strategy.blocks.lines import which
from bot.strategy.facts import Choice
from bot.strategy.sharing import share
from storage.database import UnitOfWork
from storage.rules.errors import Invalid
from storage.rules.finding import read_reference

T = TypeVar("T")

routes = Routes()


@routes.command("hoshin show")
@routes.action(ids.STRATEGY_SHOW)
async def on_show(ask: Ask) -> Answer:
    return await _shown(ask, service.show, card.shown, ids.STRATEGY_SHOW)


@routes.action(ids.STRATEGY_SHARE)
async def on_share(ask: Ask) -> Answer:
    """Shows the card to everyone where it was asked for, if all of them may see it."""
    channel_id = ask.channel_id or ""
    if not channel_id or channel_id.startswith("D"):
        raise Invalid(
            f"Nobody else reads here. Type `/hoshin show {ask.value}` in the channel that you want to share "
            "it with, and press Share there."
        )
    await ask.learn_readers(channel_id)
    hidden = await ask.run(share, ask.person, ask.value, channel_id)
    return nothing() if hidden is None else say(card.not_shared(hidden))


@routes.command("hoshin tree")
@routes.action(ids.STRATEGY_TREE)
async def on_tree(ask: Ask) -> Answer:
    return await _shown(ask, service.place, tree.tree, ids.STRATEGY_TREE)


@routes.command("hoshin why")
@routes.action(ids.STRATEGY_WHY)
async def on_why(ask: Ask) -> Answer:
    return await _shown(ask, service.line_of_sight, tree.sight, ids.STRATEGY_WHY)


@routes.action(ids.STRATEGY_ALL)
async def on_all(ask: Ask) -> Answer:
    """Opens the whole hierarchy, or turns its pages where it is open."""
    wanted = ids.unpack(ask.value)
    found = await ask.read(service.place, ask.person.member_id, parse_view(str(wanted.get("view", ""))))
    if isinstance(found, Choice):
        return say(which(found, ids.STRATEGY_TREE, ask.person))
    view = tree.whole_tree(found, int(wanted.get("page", 0)))
    is_open = ask.view is not None and ask.view.callback_id == ids.STRATEGY_FORM
    return nothing(UpdateView(view)) if is_open else open_view(view)


@routes.command("hoshin xmatrix")
@routes.action(ids.STRATEGY_MATRIX)
async def on_matrix(ask: Ask) -> Answer:
    return await _shown(ask, service.matrix, matrix.matrix, ids.STRATEGY_MATRIX)


@routes.action(ids.STRATEGY_AGREE)
async def on_agree(ask: Ask) -> Answer:
    return await _decided(ask, agrees=True)


@routes.action(ids.STRATEGY_REMOVE)
async def on_remove(ask: Ask) -> Answer:
    return await _decided(ask, agrees=False)


@routes.command("hoshin scorecard")
@routes.action(ids.STRATEGY_SCORECARD)
async def on_scorecard(ask: Ask) -> Answer:
    found = await ask.read(service.scorecard, ask.person.member_id, _view(ask))
    return say(scorecard.scorecard(found, ask.person))


@routes.command("hoshin bowling")
@routes.action(ids.STRATEGY_BOWLING)
async def on_bowling(ask: Ask) -> Answer:
    return await _shown(ask, service.bowling, bowling.bowling, ids.STRATEGY_BOWLING)


@routes.command("hoshin map")
@routes.action(ids.STRATEGY_MAP)
async def on_map(ask: Ask) -> Answer:
    return say(scorecard.work_map(await ask.read(service.find_work, ask.person.member_id), ask.person))


@routes.command("hoshin lint")
@routes.action(ids.STRATEGY_LINT)
async def on_lint(ask: Ask) -> Answer:
    return say(lint_blocks.linted(await ask.read(service.go_through, ask.person.member_id), ask.person))


async def _shown(
    ask: Ask,
    find: Callable[[UnitOfWork, int, View], T | Choice],
    draw: Callable[[T, Person], Message],
    action_id: str,
) -> Answer:
    """Draws what was asked for; where its words fit several items, offers each with the same action."""
    found = await ask.read(find, ask.person.member_id, _view(ask))
    if isinstance(found, Choice):
        return say(which(found, action_id, ask.person))
    return say(draw(found, ask.person))


async def _decided(ask: Ask, *, agrees: bool) -> Answer:
    refs = [read_reference(word) for word in ask.value.split()]
    if len(refs) != 2 or refs[0] is None or refs[1] is None:  # noqa: PLR2004 - a mark has two ends
        raise Invalid("This button comes from an older message. `/hoshin xmatrix` shows what is suggested.")
    marked = await ask.run(service.decide, ask.person.member_id, refs[0], refs[1], agrees=agrees)
    return say(matrix.decided(marked.left.reference, marked.right.reference, agrees=agrees))


def _view(ask: Ask) -> View:
    """A button's value is read like what is typed behind the command."""
    return parse_view(ask.value or ask.text)
