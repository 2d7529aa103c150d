"""One document that a case made: the case of that step, the store of that moment, the words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from shapely.geometry import mapping

from layers.provenance import Provenance, merge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.cases.papers.then import Then
    from layers.cases.record import Case
    from layers.cases.workflows import Workflow
    from layers.store import Row

__all__ = ["Content", "Made", "plain"]


@dataclass(frozen=True, kw_only=True)
class Made:
    """What a document is made from.

    Attributes
    ----------
    name
        Of the document.
    case
        After the step that made it.
    steps
        The case after every step up to that one.
    flow, then
        Its workflow, and the store at that moment.
    """

    name: str
    case: Case
    steps: tuple[Case, ...]
    flow: Workflow
    then: Then

    @property
    def data(self) -> Mapping[str, Any]:
        """What the steps up to that one brought."""
        return self.case.data

    def code(self, field: str) -> str | None:
        """Chinese title of the code that a field of the case holds."""
        value = self.data.get(field)
        return None if value is None else self.flow.form.fields[field].codes.get(value, value)

    def step_on(self, action: str) -> str | None:
        """Give the business day on which an action was last done."""
        step = self.case.steps.get(action)
        return None if step is None else str(step["on"])

    def division(self, code: str) -> str:
        """Name of a division with those above it: 襄垣县善福镇善福村; its code where unknown."""
        names = [
            row["name"]
            for above in dict.fromkeys((f"{code[:6]}000000", f"{code[:9]}000", code))
            if (row := self.then.row("divisions", above)) is not None
        ]
        return "".join(names) or code


@dataclass(kw_only=True)
class Content:
    """What a document says.

    Attributes
    ----------
    fields
        Name -> value; missing ones are None.
    tables
        Name -> rows.
    map
        `lines`, `areas` and `points` with names and GeoJSON geometries, or None without any.
    photos
        Kept files with what they show.
    used
        Quality and sources of the rows that it was made from.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    map: dict[str, Any] | None = None
    photos: list[dict[str, Any]] = field(default_factory=list)
    used: list[Provenance] = field(default_factory=list)

    def use(self, *rows: Row | None) -> None:
        """Remember where rows come from."""
        for row in rows:
            if row is not None:
                sources = (row["source"],) if row.get("source") else ()
                self.used.append(Provenance(row.get("quality") or "approximate", sources))

    def provenance(self, quality: str) -> Provenance:
        """Worst quality and all sources; `quality` is that of the case itself."""
        return merge(Provenance(quality), *self.used)

    def place(self, kind: str, name: str, geometry: Any, **more: Any) -> None:  # noqa: ANN401
        """Put a thing on the map; one without geometry is left out."""
        if geometry is None or geometry.is_empty:
            return
        if self.map is None:
            self.map = {"lines": [], "areas": [], "points": []}
        entry = {"name": name, "geometry": plain(mapping(geometry)), **more}
        self.map[kind].append(entry)


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever a row holds
    """Give a value as JSON has it: days as text, tuples as lists."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return value
