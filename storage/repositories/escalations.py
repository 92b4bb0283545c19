"""The ladder: what is overdue or at risk, and to whom that was told."""

from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from storage.repositories.base import Repository
from storage.rules.terms import Kind, PromptState
from storage.tables.checkin import (
    CheckinPrompt,
    CheckinQuestion,
    Escalation,
)


class Escalations(Repository):
    """Rungs of the ladder that were told in a workspace."""

    def list_asked_figures(self) -> set[tuple[int, Kind, int]]:
        """Whom an open check-in asks for which figure: (member, kind, row), for a key result that reads a KPI
        the KPI too."""
        rows = self.session.execute(
            select_columns(
                col(CheckinPrompt.member_id),
                col(CheckinQuestion.kind),
                col(CheckinQuestion.item_id),
                col(CheckinQuestion.kpi_id),
            )
            .join(CheckinQuestion, col(CheckinQuestion.prompt_id) == col(CheckinPrompt.id))
            .where(
                col(CheckinPrompt.workspace_id) == self.workspace_id,
                col(CheckinPrompt.state) == PromptState.ASKED,
                col(CheckinQuestion.workspace_id) == self.workspace_id,
                col(CheckinQuestion.asks) == "figure",
                col(CheckinQuestion.asks_value),
            )
        )
        found: set[tuple[int, Kind, int]] = set()
        for member_id, kind, item_id, kpi_id in rows:
            found.add((member_id, kind, item_id))
            if kpi_id is not None:
                found.add((member_id, Kind.KPI, kpi_id))
        return found

    def list_told(self) -> dict[tuple[Kind, int, date], dict[int, datetime]]:
        """When each rung was told, by item and the day since which it is overdue."""
        found: dict[tuple[Kind, int, date], dict[int, datetime]] = {}
        for row in self.session.exec(select(Escalation).where(Escalation.workspace_id == self.workspace_id)):
            found.setdefault((Kind(row.kind), row.item_id, row.due_on), {})[row.rung] = row.told_at
        return found

    def add_rung(self, row: Escalation) -> Escalation | None:
        """Adds a rung unless it was told before: then None."""
        return self._add_once(row, "workspace_id", "kind", "item_id", "due_on", "rung")

    def list_noticed(self, kind: Kind) -> dict[int, date]:
        """What was seen to be at risk, and since when; by the item's row."""
        rows = self.session.exec(
            select(Escalation).where(
                Escalation.workspace_id == self.workspace_id, Escalation.kind == kind, Escalation.rung == 0
            )
        )
        return {row.item_id: row.due_on for row in rows}

    def forget(self, kind: Kind, item_id: int) -> None:
        """Takes an item off the ladder: what comes later counts anew."""
        self.session.execute(
            delete(Escalation).where(
                col(Escalation.workspace_id) == self.workspace_id,
                col(Escalation.kind) == kind,
                col(Escalation.item_id) == item_id,
            )
        )
