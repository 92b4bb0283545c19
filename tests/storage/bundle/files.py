"""Small plan files for tests."""

from datetime import date
from decimal import Decimal
from textwrap import dedent

from sqlalchemy import func
from sqlmodel import col, select

from storage.bundle import Loaded, PlanFileError, load, read_plan_file
from storage.database import UnitOfWork
from storage.repositories.plans import Record
from storage.tables import Reading
from tests.conftest import UnitsOfWork

HEAD = """\
hoshin: 1
plan: {title: Plan, starts: 2026-01-01}
people:
  - {email: ana@example.com, name: Ana Ruiz, zone: America/Chicago}
  - {email: ben@example.com, name: Ben Carter}
"""
"""A plan and two people; what a test adds begins on line 6."""

FIRST_LINE = 6


def plan_file(rest: str) -> str:
    return HEAD + dedent(rest)


def faults_of(text: str) -> list[tuple[int, str]]:
    """Line and sentence of each fault of a file that no record stands behind."""
    try:
        read_plan_file(text, "plan.yaml", Record())
    except PlanFileError as error:
        return [(fault.line, fault.sentence) for fault in error.faults]
    return []


def warnings_of(text: str) -> list[tuple[int, str]]:
    bundle = read_plan_file(text, "plan.yaml", Record())
    return [(fault.line, fault.sentence) for fault in bundle.warnings]


SERVICE = plan_file("""\
    teams:
      - {name: Company, lead: ana@example.com, channel: everyone}
      - {name: Service, parent: Company, lead: ana@example.com, channel: '#ask', members: [ben@example.com]}
    drivers:
      - {ref: D-1, title: Loyal customers}
    breakthroughs:
      - {ref: B-1, title: Most recommended, parent: D-1, starts: 2026-01-01, due: 2029-12-31}
    annual_objectives:
      - {ref: A-1, title: NPS from 60 to 75, parent: B-1, kpi: KPI-1, owner: ana@example.com}
    objectives:
      - ref: O-1
        title: Answer right the first time
        parent: A-1
        team: Service
        quarter: Q1
        key_results:
          - ref: KR-1
            title: First-contact resolution
            owner: ben@example.com
            baseline: 70
            target: 80
            readings: {2026-W02: 70.5, 2026-W03: 72}
          - {ref: KR-2, title: NPS on the way, kpi: KPI-1, baseline: 60, target: 65, weight: 0}
    kpis:
      - ref: KPI-1
        title: NPS
        owner: ana@example.com
        unit: points
        baseline: 60
        target: 75
        frequency: monthly
        perspective: Customer
        readings: {2025-12: 60, 2026-01: 61.50}
      - {ref: KPI-2, title: Scrap, unit: "%", baseline: 4, target: 2, frequency: weekly, indicator: leading}
    initiatives:
      - {ref: I-1, title: Call routing, parent: A-1, owner: ben@example.com, progress: 40}
""")
"""A company with two teams and one line of sight."""


def loaded(unit_of_work: UnitsOfWork, text: str, *, dry_run: bool = False, reason: str = "") -> Loaded:
    bundle = read_plan_file(text, "plan.yaml")
    with unit_of_work() as uow:
        return load(uow, bundle, dry_run=dry_run, reason=reason)


def count(uow: UnitOfWork, table: type) -> int:
    return int(uow.session.execute(select(func.count()).select_from(table)).scalar_one())


def figures(uow: UnitOfWork) -> list[tuple[date, Decimal, bool]]:
    """Period, value and whether it was superseded, of every reading in the order of its making."""
    rows = uow.session.exec(select(Reading).order_by(col(Reading.id)))
    return [(row.period_on, row.value, row.superseded_by_id is not None) for row in rows]
