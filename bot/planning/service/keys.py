"""Which form it is that someone has open: what its private_metadata holds."""

from dataclasses import dataclass, replace
from typing import Any

from bot import ids
from storage.rules.errors import Invalid
from storage.rules.hierarchy import Ref, parse_reference
from storage.rules.terms import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class FormKey:
    """A form of an item: a new one of `kind`, or that of `reference`.

    `version` is the item's when the form was drawn. `is_whole` says that "More" was pressed, `asks_reason`
    that it asks why, `differs` that its KPI was said to be another than those that are alike.
    """

    kind: Kind
    reference: str = ""
    plan_id: int | None = None
    version: int = 0
    is_whole: bool = False
    asks_reason: bool = False
    differs: bool = False

    @property
    def ref(self) -> Ref | None:
        return parse_reference(self.reference) if self.reference else None

    def but(self, **values: Any) -> "FormKey":
        return replace(self, **values)

    def pack(self) -> dict[str, Any]:
        """Plain values, in few letters."""
        return {
            "k": self.kind.value,
            "r": self.reference,
            "p": self.plan_id,
            "v": self.version,
            "f": [self.is_whole, self.asks_reason, self.differs],
        }

    @classmethod
    def unpack(cls, values: dict[str, Any]) -> "FormKey":
        """Raises Invalid for a form of another version."""
        try:
            is_whole, asks_reason, differs = (bool(one) for one in values["f"])
            key = cls(
                kind=Kind(values["k"]),
                reference=str(values["r"]),
                plan_id=values["p"],
                version=int(values["v"]),
                is_whole=is_whole,
                asks_reason=asks_reason,
                differs=differs,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise Invalid(ids.OLD_FORM) from error
        if key.reference:
            parse_reference(key.reference)
        return key


@dataclass(frozen=True, slots=True)
class AddKey:
    """What a button or a command wants to add: a kind, below something, in a plan; any may be open."""

    kind: Kind | None = None
    parent: Ref | None = None
    plan_id: int | None = None
    title: str = ""

    def pack(self) -> str:
        kind = self.kind.value if self.kind else ""
        parent = f"{self.parent[0].value}:{self.parent[1]}" if self.parent else ""
        return "|".join((kind, parent, str(self.plan_id or "")))

    @classmethod
    def unpack(cls, value: str) -> "AddKey":
        """From a button's value: as `pack` made it, or only the reference of the parent.

        Raises:
            Invalid: it is neither.
        """
        if not value:
            return cls()
        if "|" not in value:
            return cls(parent=parse_reference(value))
        kind, parent, plan = (*value.split("|"), "", "")[:3]
        try:
            above = parent.split(":") if parent else None
            return cls(
                Kind(kind) if kind else None,
                (Kind(above[0]), int(above[1])) if above else None,
                int(plan) if plan else None,
            )
        except (ValueError, IndexError) as error:
            raise Invalid("This button comes from an older message. Type `/hoshin add` instead.") from error
