"""Which layers a store holds: title, geometry, how much, how good, from where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from layers.errors import NotFound
from layers.provenance import QUALITIES, Provenance

if TYPE_CHECKING:
    from layers.schema import LayerSchema
    from layers.store import Store

__all__ = ["CatalogEntry", "catalog", "listed_schema"]


@dataclass(frozen=True)
class CatalogEntry:
    """One layer of a store.

    Attributes
    ----------
    id, title
        Collection id and Chinese title.
    geometry
        Kinds of geometry it may hold.
    count
        Features, of all periods.
    bounds
        west, south, east, north in degrees (EPSG:4490); None without geometry.
    provenance
        Worst quality and all sources; None for an empty layer.
    head
        Number of the layer's last event: it changes with every write.
    """

    id: str
    title: str
    geometry: tuple[str, ...]
    count: int
    bounds: tuple[float, float, float, float] | None
    provenance: Provenance | None
    head: int

    def to_json(self) -> dict[str, Any]:
        """Give the entry as answers of the platform have it."""
        stamp = self.provenance.to_json() if self.provenance else {"quality": None, "source": ""}
        return {
            "id": self.id,
            "title": self.title,
            "geometry": list(self.geometry),
            "count": self.count,
            "bounds": None if self.bounds is None else list(self.bounds),
            "head": self.head,
            **stamp,
        }


def catalog(store: Store) -> list[CatalogEntry]:
    """List the layers of a store.

    Parameters
    ----------
    store
        An open store.

    Returns
    -------
    One entry a listed layer, by id; empty layers too.
    """
    entries = []
    for name in store.layers():
        schema, summary = store.schema(name), store.summary(name)
        worst = min(summary.qualities, key=QUALITIES.index, default=None)
        entries.append(
            CatalogEntry(
                id=name,
                title=schema.title,
                geometry=schema.geometry,
                count=summary.count,
                bounds=summary.bounds,
                provenance=None if worst is None else Provenance(worst, summary.sources),
                head=store.head(name).seq,
            )
        )
    return entries


def listed_schema(store: Store, layer: str) -> LayerSchema:
    """Give the schema of a layer that people work with.

    Parameters
    ----------
    store
        An open store.
    layer
        Its name.

    Returns
    -------
    The schema.

    Raises
    ------
    NotFound
        If there is no such layer, or only the program uses it, code `unknown_layer`.
    """
    schema = store.schema(layer)
    if not schema.listed:
        raise NotFound(
            f"没有名为“{layer}”的图层，可选：{'、'.join(store.layers())}；办件请用 xygeo case。",
            code="unknown_layer",
            where=layer,
        )
    return schema
