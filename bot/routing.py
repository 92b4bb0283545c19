"""One table from what Slack delivers to the handler that answers it."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.answers import Answer
from bot.asks import Ask

Handler = Callable[[Ask], Awaitable[Answer]]


class Family(StrEnum):
    """The kinds of delivery, in Bolt's words."""

    COMMAND = "command"
    ACTION = "action"
    VIEW = "view"
    SHORTCUT = "shortcut"
    OPTIONS = "options"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Route:
    """A handler and what it needs.

    `needs_member` is false where it does not matter who asks: the asker is not looked up. `is_instant` says
    that the handler answers from memory, so that nobody need watch how long it takes. `is_repeated`: while
    the database is busy the handler is tried again until it is through, since nobody would do it once more.
    """

    family: Family
    name: str
    handler: Handler
    needs_member: bool = True
    is_instant: bool = False
    is_repeated: bool = False


class Routes:
    """The routes of one slice, or of all. The decorators keep Bolt's names.

    A command's name is `noun` or `noun verb` (`checkin`, `hoshin help`); an action's is its action_id up to
    the first `:`, so that rows can number their buttons; a view's its callback_id; an event's its type.
    """

    def __init__(self) -> None:
        self._table: dict[tuple[Family, str], Route] = {}

    def command(self, name: str, *, is_instant: bool = False) -> Callable[[Handler], Handler]:
        return self._decorator(Family.COMMAND, name, needs_member=not is_instant, is_instant=is_instant)

    def action(self, action_id: str, *, is_repeated: bool = False) -> Callable[[Handler], Handler]:
        return self._decorator(Family.ACTION, action_id, is_repeated=is_repeated)

    def view(self, callback_id: str) -> Callable[[Handler], Handler]:
        return self._decorator(Family.VIEW, callback_id)

    def shortcut(self, callback_id: str) -> Callable[[Handler], Handler]:
        return self._decorator(Family.SHORTCUT, callback_id)

    def options(self, action_id: str) -> Callable[[Handler], Handler]:
        """What a menu offers for the letters typed into it, by the menu's action_id."""
        return self._decorator(Family.OPTIONS, action_id)

    def event(
        self, event_type: str, *, needs_member: bool = True, is_repeated: bool = False
    ) -> Callable[[Handler], Handler]:
        return self._decorator(Family.EVENT, event_type, needs_member=needs_member, is_repeated=is_repeated)

    def find(self, family: Family, name: str) -> Route | None:
        return self._table.get((family, name))

    def names(self, family: Family) -> list[str]:
        """The names of a family, in the order they were added."""
        return [name for of, name in self._table if of is family]

    def include(self, others: Iterable["Routes"]) -> None:
        """Takes over the routes of the slices.

        Raises:
            ValueError: two slices claim the same name.
        """
        for other in others:
            for route in other._table.values():  # noqa: SLF001 - the same class
                self._add(route)

    def _decorator(
        self,
        family: Family,
        name: str,
        *,
        needs_member: bool = True,
        is_instant: bool = False,
        is_repeated: bool = False,
    ) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            self._add(Route(family, name, handler, needs_member, is_instant, is_repeated))
            return handler

        return register

    def _add(self, route: Route) -> None:
        key = (route.family, route.name)
        if key in self._table:
            raise ValueError(f"two handlers for {route.family} {route.name!r}")
        self._table[key] = route
