"""Everything of a workspace that a plan file holds, at once: what hangs on items, and all of the past."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import bindparam, or_, select, update
from sqlmodel import col
from sqlmodel import select as select_rows

from storage.repositories.base import Repository
from storage.repositories.bulk import load_rows, take_ids
from storage.repositories.strategies import Strategies
from storage.rules.terms import Source
from storage.tables.audit import AuditEntry
from storage.tables.columns import Row
from storage.tables.kpi import KpiAlias, KpiPlan, Reading
from storage.tables.mark import Mark
from storage.tables.plan import Reader, Step, Supporter
from storage.tables.role import RoleGrant

R = TypeVar("R", bound=Row)


class PastReading(NamedTuple):
    """A reading with all that is known of it."""

    id: int
    kpi_id: int | None
    key_result_id: int | None
    period_on: date
    value: Decimal
    source: Source
    member_id: int | None
    recorded_at: datetime
    superseded_by_id: int | None


class Bundles(Repository):
    """Rows of a workspace as a plan file brings and takes them, in the order of their making."""

    def list_readings(
        self, kpi_ids: Sequence[int] | None = None, key_result_ids: Sequence[int] | None = None
    ) -> Iterable[PastReading]:
        """All readings, superseded ones too; only those of some measures where these are given."""
        query = (
            select(*(getattr(Reading, name) for name in PastReading._fields))
            .where(col(Reading.workspace_id) == self.workspace_id)
            .order_by(col(Reading.id))
        )
        if kpi_ids is not None or key_result_ids is not None:
            query = query.where(
                or_(
                    col(Reading.kpi_id).in_(kpi_ids or ()),
                    col(Reading.key_result_id).in_(key_result_ids or ()),
                )
            )
        return (PastReading(*row) for row in self.session.execute(query))

    def add_readings(self, readings: Sequence[dict[str, Any]]) -> None:
        """Many readings, given by their columns; each must have the same ones."""
        if readings:
            # Past the session, which would look at each row once more; nothing of it waits for these.
            load_rows(self.session.connection(), Reading, readings, workspace_id=self.workspace_id)
            Strategies(self.session, self.workspace_id).count_change()

    def add_rows(self, table: type[R], rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[int]:
        """Many rows of a table, given by the columns of these names. Returns their ids, in that order.
        Whoever adds them counts the change of the plan."""
        if not rows:
            return []
        connection = self.session.connection()
        # To have each row's id returned takes the driver three times as long as the rows themselves.
        ids = take_ids(connection, table, len(rows))
        load_rows(connection, table, rows, names, ids=ids)
        return ids

    def link_corrections(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Marks readings (first ids) as superseded by others (second ids)."""
        statement = (
            update(Reading)
            .where(col(Reading.workspace_id) == self.workspace_id, col(Reading.id) == bindparam("old_id"))
            .values(superseded_by_id=bindparam("new_id"))
        )
        rows: list[dict[str, Any]] = [{"old_id": old, "new_id": new} for old, new in pairs]
        if rows:
            self.session.connection().execute(statement, rows)
            Strategies(self.session, self.workspace_id).count_change()

    def list_changes(self) -> list[AuditEntry]:
        """Every entry of the trail."""
        return list(
            self.session.exec(
                select_rows(AuditEntry)
                .where(AuditEntry.workspace_id == self.workspace_id)
                .order_by(col(AuditEntry.id))
            )
        )

    def list_supporters(self) -> list[Supporter]:
        return self._all(Supporter)

    def list_readers(self) -> list[Reader]:
        return self._all(Reader)

    def list_steps(self) -> list[Step]:
        """Archived ones too, by their place in the action plan."""
        return sorted(self._all(Step), key=lambda step: (step.initiative_id, step.position, step.id))

    def list_marks(self) -> list[Mark]:
        return self._all(Mark)

    def list_aliases(self) -> list[KpiAlias]:
        return self._all(KpiAlias)

    def list_planned(self) -> list[KpiPlan]:
        """Planned monthly values, by month."""
        return sorted(self._all(KpiPlan), key=lambda one: (one.kpi_id, one.month_on))

    def list_grants(self) -> list[RoleGrant]:
        return self._all(RoleGrant)

    def _all(self, table: type[R]) -> list[R]:
        query = select_rows(table).where(table.workspace_id == self.workspace_id).order_by(col(table.id))
        return list(self.session.exec(query))
