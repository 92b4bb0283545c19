"""What belongs to an item: its supporters and readers, and the steps of an initiative."""

from typing import Any

from sqlalchemy import delete, func
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from storage.repositories.base import Repository, insert_once
from storage.rules.terms import Kind
from storage.tables.plan import Initiative, Reader, Step, Supporter


class Parts(Repository):
    """Who has a part in an item, and what it is done by."""

    def add_person(self, table: type[Supporter] | type[Reader], kind: Kind, item_id: int, who: int) -> None:
        """Nothing happens where they are one already."""
        values = {"workspace_id": self.workspace_id, "kind": kind, "item_id": item_id, "member_id": who}
        insert_once(self.session, table, values, tuple(values), col(table.id))

    def remove_person(
        self, table: type[Supporter] | type[Reader], kind: Kind, item_id: int, who: int
    ) -> None:
        self.session.execute(
            delete(table).where(
                col(table.workspace_id) == self.workspace_id,
                col(table.kind) == kind,
                col(table.item_id) == item_id,
                col(table.member_id) == who,
            )
        )

    def get_step(self, step_id: int) -> Step:
        """Raises NotFound if there is none in this workspace."""
        return self._get(Step, step_id, "This step is not there any more.")

    def list_steps(self, initiative_id: int) -> list[Step]:
        """The steps that are not removed, in their order."""
        return list(
            self.session.exec(
                select(Step)
                .where(
                    col(Step.workspace_id) == self.workspace_id,
                    col(Step.initiative_id) == initiative_id,
                    col(Step.is_archived).is_(False),
                )
                .order_by(col(Step.position), col(Step.id))
            )
        )

    def next_position(self, initiative_id: int) -> int:
        last = self.session.execute(
            select_columns(func.max(col(Step.position))).where(
                col(Step.workspace_id) == self.workspace_id, col(Step.initiative_id) == initiative_id
            )
        ).scalar_one()
        return (last or 0) + 1

    def initiative_number(self, initiative_id: int) -> int:
        """The number in an initiative's reference."""
        number: int = self.session.execute(
            select_columns(col(Initiative.number)).where(
                col(Initiative.workspace_id) == self.workspace_id, col(Initiative.id) == initiative_id
            )
        ).scalar_one()
        return number

    def change_step(self, step: Step, values: dict[str, Any]) -> None:
        for name, value in values.items():
            setattr(step, name, value)
        self.session.flush()
