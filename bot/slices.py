"""What a slice hands in: its routes, what falls due on the clock, its section of the Home tab."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bot.answers import Block
from bot.asks import Person
from bot.blockkit.kit import Element
from bot.routing import Handler, Routes
from storage.database import UnitOfWork
from storage.repositories.looks import Look
from storage.rules.hierarchy import Ref
from storage.rules.terms import Kind

DueWork = Callable[[UnitOfWork, int], int]
"""Does up to `limit` people's worth of what fell due by `uow.now`, and returns how many it did: fewer than
the limit means that nothing is left. Everything it writes is under unique keys, so running it twice, or in
two replicas, changes nothing more."""

NextDue = Callable[[UnitOfWork], datetime | None]
"""The next instant at which the slice will have something to do."""


@dataclass(frozen=True, slots=True)
class HomeSection:
    """One part of the Home tab: `read` gathers frozen facts for a member id, `draw` turns them into blocks.

    Sections stand in the order of `rank`; what waits for the person comes first (below 50).
    """

    rank: int
    read: Callable[[UnitOfWork, int], Any]
    draw: Callable[[Any, Person], list[Block]]


@dataclass(frozen=True, slots=True)
class AskField:
    """One input of a question that a kind asks.

    With `options` one of them is chosen, else a text is typed. `when` (the name of another field of the same
    question, answers) makes it a follow-up: it is asked only after one of these answers was given. `quick`
    are those options that can be given by one press, without the form.
    """

    name: str
    label: str
    options: tuple[str, ...] = ()
    multiline: bool = False
    placeholder: str = ""
    hint: str = ""
    when: tuple[str, tuple[str, ...]] | None = None
    quick: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """Someone who is about to be asked, on their own day `on`, in a window that ends on `until_on`.

    `owners` are they themselves and all for whom they answer; `teams` those whose items without an owner they
    answer for; `home_id` is the team in whose summary their answers stand.
    """

    member_id: int
    on: date
    until_on: date
    owners: tuple[int, ...]
    teams: tuple[int, ...]
    home_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Something of a kind that is due for someone.

    `kind` and `item_id` name the item of the plan that it belongs to, which decides who may read of it (None
    and 0 where it belongs to none); `row_id` is the kind's own row. `facts` are lines of plain text; `rule`
    says in a sentence why it is asked.
    """

    row_id: int
    reference: str
    title: str
    fields: tuple[AskField, ...]
    rule: str
    kind: Kind | None = None
    item_id: int = 0
    owner_id: int | None = None
    due_on: date | None = None
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to be stored: the texts by field, empty ones left out."""

    member_id: int
    prompt_id: int
    row_id: int
    said: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AskKind:
    """A kind of thing that check-ins ask about, beside figures.

    `find` says what is due for whom, by member id; `store` takes an answer in, as often as it is corrected.
    What was asked and answered is kept with the check-in in any case. `elsewhere` says which of the kind's
    rows were dealt with in another way, and what is to stand as the answer then. `owners` says whose rows are
    now, where that is not the owner of the item that they belong to.
    """

    name: str
    find: Callable[[UnitOfWork, Sequence[Turn]], Mapping[int, Sequence[Subject]]]
    store: Callable[[UnitOfWork, Answered], None]
    elsewhere: Callable[[UnitOfWork, Collection[int]], Mapping[int, Mapping[str, str]]] | None = None
    owners: Callable[[UnitOfWork, Collection[int]], Mapping[int, int]] | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that waits for a person.

    `key` names it within its kind, `text` is markup of a line or two, `buttons` are what can be done about it
    there and then: one stands beside the text, several below it.
    """

    key: str
    text: str
    buttons: tuple[Element, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteKind:
    """A kind of thing that people are reminded of: in the check-in's message of that day where they get one,
    else in one message about everything that waits for them; once a day at most, in their working hours.

    `find` says what waits for whom at `uow.now`, by member id: of these members, or (None) of everyone.
    `told` hears which of it went out to one member; what is then found again is told again the next day.
    `why` says in a sentence when one is reminded of such things.
    """

    name: str
    find: Callable[[UnitOfWork, Collection[int] | None], Mapping[int, Sequence[Note]]]
    told: Callable[[UnitOfWork, int, Sequence[Note]], None]
    why: str


@dataclass(frozen=True, slots=True)
class Word:
    """What a mention may begin with (`@Hoshin agree`). The handler's `ask.text` is what follows the word.

    `also` are other words for the same. A word whose `fits` says yes to the whole text is taken before all
    names, and gets the whole text.
    """

    name: str
    handler: Handler
    example: str
    summary: str
    also: tuple[str, ...] = ()
    fits: Callable[[str], bool] | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """What a slice does itself with its messages when items are restricted later: those whose keys begin with
    `prefix` are its own business, all others are looked at before they go out. `close` gets the items that
    not everyone may see any more."""

    prefix: str
    close: Callable[[UnitOfWork, frozenset[Ref]], None]


@dataclass(frozen=True, slots=True)
class Slice:
    """One part of the product, as the composition root sees it."""

    name: str
    routes: Routes = field(default_factory=Routes)
    due: tuple[DueWork, ...] = ()
    next_due: NextDue | None = None
    next_look: NextDue | None = None
    """When the slice looks by itself whether something is to be done, as once a day; a rehearsal stops there
    too, and a demonstration does not."""
    find_due: Callable[[UnitOfWork], tuple[DueWork, ...]] | None = None
    """A quick look which of `due` may have something to do by now; without it they are all run."""
    may_be_due: Callable[[Look, datetime], bool] | None = None
    """Whether that look is worth it, from the one look at all workspaces; without it, it is taken anyhow."""
    home: HomeSection | None = None
    kinds: tuple[AskKind, ...] = ()
    """What check-ins ask about for this slice; registered by the composition root."""
    notes: tuple[NoteKind, ...] = ()
    """What people are reminded of for this slice; registered by the composition root."""
    words: tuple[Word, ...] = ()
    """What it understands when someone mentions the app in a conversation."""
    closing: Closing | None = None
