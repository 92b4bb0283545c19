"""The Home tab as a composition: the person's own standing and what the other slices hand in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.answers import Block
from bot.asks import Person
from bot.home.service import Standing, stand
from bot.slices import HomeSection
from storage.database import UnitOfWork

WAITS_BELOW = 50
"""Sections of a lower rank are about what waits for the person."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything that a Home tab is drawn from."""

    standing: Standing
    sections: tuple[tuple[HomeSection, Any], ...]

    def drawn_for(self, person: Person) -> tuple[list[Block], list[Block]]:
        """(what waits, what else there is), by rank."""
        waiting: list[Block] = []
        further: list[Block] = []
        for section, facts in self.sections:
            (waiting if section.rank < WAITS_BELOW else further).extend(section.draw(facts, person))
        return waiting, further


def gather(uow: UnitOfWork, member_id: int, sections: Sequence[HomeSection]) -> Gathered:
    """Reads what every section shows to a member."""
    ordered = sorted(sections, key=lambda section: section.rank)
    return Gathered(
        stand(uow, member_id), tuple((section, section.read(uow, member_id)) for section in ordered)
    )
