"""The recorded versions of a feature, as far as a role sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.ogc.crs import Crs
from api.ogc.geojson import geometry_json
from layers.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.ogc.visibility import View
    from layers.store import Version

__all__ = ["history_document"]


def history_document(view: View, id: str, versions: Sequence[Version], crs: Crs) -> dict[str, Any]:
    """Describe the versions of one feature, oldest first.

    Parameters
    ----------
    view
        The layer as the asker's role sees it. Without an account neither who wrote nor why is
        told, nor what was then no public row; where small counts are hidden, all counts of all
        versions are: what was beside them then is not known any more.
    id
        Of the feature.
    versions
        Answer of `Store.history`.
    crs
        In which system to show geometries.

    Returns
    -------
    The document; properties and geometry of a deletion are null.

    Raises
    ------
    NotFound
        If this role sees none of them.
    """
    seen = list(_seen(view, versions))
    if not seen:
        raise NotFound(f"{view.schema.title}没有标识为“{id}”的记录，请核对。", where=id)
    shapes = geometry_json((None if v.row is None else v.row["geometry"] for v in seen), crs)
    told = []
    for version, shape in zip(seen, shapes, strict=True):
        who = {"actor": version.actor, "reason": version.reason} if view.known else {}
        told.append(
            {
                "version": version.version,
                "at": version.at,
                **who,
                "action": version.action,
                "properties": None if version.row is None else _properties(view, version.row),
                "geometry": shape,
            }
        )
    return {"versions": told}


def _seen(view: View, versions: Sequence[Version]) -> list[Version]:
    """Leave out what this role never saw, and the deletion of what it never saw."""
    seen: list[Version] = []
    shown = False
    for version in versions:
        if version.row is not None:
            shown = view.shows(version.row)
        if shown:
            seen.append(version)
    return seen


def _properties(view: View, row: dict[str, Any]) -> dict[str, Any]:
    found = {name: row.get(name) for name in view.schema.fields}
    return {**found, **dict.fromkeys(view.counts)}
