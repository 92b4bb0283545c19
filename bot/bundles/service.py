"""Plan files in and out: who may, what would change, what did."""

from dataclasses import dataclass

from storage import bundle as plan_files
from storage.bundle.changes import Loaded
from storage.database import UnitOfWork
from storage.rules import access
from storage.rules.access import Action
from storage.rules.errors import Invalid, NotFound
from storage.rules.terms import Role

ENDINGS = ("yaml", "json", "xlsx")
TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A file to send: its name, its bytes, and what it holds in a few words."""

    name: str
    content: bytes
    title: str


def check_may_import(uow: UnitOfWork, member_id: int) -> None:
    """Raises NotAllowed unless they may load plan files: the strategy lead, or, where there is neither a plan
    nor a strategy lead yet, who may set Hoshin up."""
    viewer = uow.roles.get_viewer(member_id)
    begins = uow.plans.find_active() is None and not uow.roles.list_holders().get(Role.STRATEGY_LEAD)
    if not (begins and access.may(viewer, Action.SET_UP)):
        access.check(viewer, Action.IMPORT)


def read_file(uow: UnitOfWork, member_id: int, name: str, content: bytes) -> "plan_files.Bundle":
    """The file, checked against the record; nothing is written.

    Raises:
        NotAllowed: they may not load plan files.
        PlanFileError: every fault with its line or cell.
    """
    check_may_import(uow, member_id)
    return plan_files.read_plan_file(content, name, uow.plans.record())


def load_file(
    uow: UnitOfWork, member_id: int, bundle: "plan_files.Bundle", *, dry_run: bool, reason: str = ""
) -> Loaded:
    """Loads a file, or with `dry_run` tells what would change.

    Raises:
        NotAllowed, PlanFileError: as `read_file`; nothing was written.
        Invalid: it changes what was agreed in the middle of its time, and nobody says why (field "reason").
    """
    check_may_import(uow, member_id)
    return plan_files.load(uow, bundle, dry_run=dry_run, by=member_id, reason=reason)


def write_file(uow: UnitOfWork, member_id: int, wanted: str) -> PlanFile:
    """The plan as this person may see it, or a workbook to fill in.

    Raises:
        Invalid: no such kind of file. NotAllowed: they may not take the plan out. NotFound: there is none.
    """
    word = wanted.strip().lower().lstrip(".")
    if word not in {*ENDINGS, TEMPLATE}:
        raise Invalid(
            f"“{wanted.strip()[:40]}” is no kind of plan file. Choose yaml, json, xlsx or template, as in "
            "`/hoshin export xlsx`."
        )
    viewer = uow.roles.get_viewer(member_id)
    access.check(viewer, Action.EXPORT)
    if word == TEMPLATE:
        return PlanFile("template.xlsx", plan_files.write_template(), "A plan to fill in")
    plan = uow.plans.find_active()
    if plan is None:
        raise NotFound("There is no plan yet. `/hoshin export template` sends a workbook to fill in.")
    content = plan_files.write_plan_file(plan_files.export(uow, viewer), f"plan.{word}")
    return PlanFile(f"plan.{word}", content, plan.title)
