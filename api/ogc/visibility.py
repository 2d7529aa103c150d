"""What of a layer a role sees: fields, rows, counts of people."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from api.permissions import EVERYBODY, readers, sees_small_cells
from layers.cql2.nodes import Call, Items, Literal, Property
from layers.exporters.tables import SUPPRESSED
from layers.schema import Field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.account import Role
    from layers.cql2 import Node
    from layers.schema import LayerSchema

__all__ = ["SUPPRESSED_FIELD", "View", "view_of"]

SUPPRESSED_FIELD = Field(name=SUPPRESSED, title="隐去项", type="list")
"""Names the counts that are hidden in a row."""

_FOR_ACCOUNTS = ("updated_by",)
_PUBLIC_ROWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "place_names": ("status", ("standard", "former"))
}


@dataclass(frozen=True, eq=False, kw_only=True)
class View:
    """A layer as one role sees it.

    Attributes
    ----------
    schema
        The layer.
    role
        Of whoever asks.
    fields
        The served properties, in order: fields, then what the store writes; without the id.
    hidden
        Properties that this role does not see at all.
    counts
        Names of the counts of people of which small ones are blanked, and named in `suppressed`;
        empty where this role sees them.
    by_role
        Whether the rows or counts differ from role to role, so that no cache may keep them.
    """

    schema: LayerSchema
    role: Role
    fields: tuple[Field, ...]
    hidden: frozenset[str]
    counts: tuple[str, ...]
    by_role: bool

    @property
    def known(self) -> bool:
        """Whether somebody signed in."""
        return self.role != "viewer"

    @property
    def variant(self) -> str:
        """Tells the answers of roles that differ apart."""
        return self.role if self.by_role else "a" if self.known else "v"

    @property
    def name(self) -> str:
        """Collection id."""
        return self.schema.name

    @property
    def askable(self) -> Mapping[str, Field]:
        """The properties that a filter may name, the id first."""
        found = {"id": self.schema.system["id"]} | {field.name: field for field in self.fields}
        return {name: field for name, field in found.items() if name != SUPPRESSED}

    @property
    def restriction(self) -> Node | None:
        """The rows this role sees, as a filter that has not met the layer yet; None: all."""
        if self.known or self.name not in _PUBLIC_ROWS:
            return None
        name, codes = _PUBLIC_ROWS[self.name]
        return Call("in", (Property(name), Items(tuple(Literal(code) for code in codes))))

    def shows(self, row: Mapping[str, object]) -> bool:
        """Tell whether this role sees a row, of whatever version."""
        if self.known or self.name not in _PUBLIC_ROWS:
            return True
        name, codes = _PUBLIC_ROWS[self.name]
        return row.get(name) in codes


@lru_cache(maxsize=512)
def view_of(schema: LayerSchema, role: Role) -> View:
    """Give what a role sees of a layer that it may read.

    Parameters
    ----------
    schema
        The layer.
    role
        Of whoever asks.

    Returns
    -------
    The view; the same object at every call.
    """
    known = role != "viewer"
    counts = () if sees_small_cells(role) else schema.privacy_counts
    system = [f for name, f in schema.system.items() if name != "id"]
    unseen = frozenset(() if known else _FOR_ACCOUNTS)
    fields = [f for f in (*schema.fields.values(), *system) if f.name not in unseen]
    if counts:
        fields.append(SUPPRESSED_FIELD)
    by_role = (
        bool(schema.privacy_counts)
        or readers(schema.name) != EVERYBODY
        or schema.name in _PUBLIC_ROWS
    )
    return View(
        schema=schema,
        role=role,
        fields=tuple(fields),
        hidden=unseen,
        counts=counts,
        by_role=by_role,
    )
