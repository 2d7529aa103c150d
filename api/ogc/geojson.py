"""Features as GeoJSON bytes, straight from what the store holds.

A page is what most calls ask for, so its rows never become geometries or Python dates: stored text
of dates and lists is JSON already, and a point's two numbers are read from its WKB.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import shapely

from layers.exporters.tables import SUPPRESSED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from api.ogc.crs import Crs
    from api.ogc.visibility import View
    from layers.store import Table

    Hidden = Mapping[str, Mapping[str, str]]

__all__ = ["collection_bytes", "features_of", "geometry_json"]

_NESTED = {"list", "json"}
_POINT = b"\x01\x01\x00\x00\x00"  # little endian, which is how all are stored; kind 1
_PLACE = Struct("<2d").unpack_from
_NOTHING: Mapping[str, str] = {}


def features_of(
    view: View, table: Table, crs: Crs, *, hidden: Hidden | None = None
) -> list[dict[str, Any]]:
    """Make features of stored rows.

    Parameters
    ----------
    view
        What is served.
    table
        The rows, with the columns of the view's fields.
    crs
        In which system to show the geometry.
    hidden
        id -> counts that must not be shown; needed where the view hides counts.

    Returns
    -------
    Features that `orjson` can write; coordinates are not rounded.

    Raises
    ------
    CrsError
        `crs_outside`.
    """
    names = [field.name for field in view.fields]
    stored = table.columns
    ids = stored["id"]
    columns = [
        _shown(field.type, stored[field.name] if field.name in stored else [None] * len(ids))
        for field in view.fields
    ]
    shapes = _geometries(table.wkb, crs)
    rows = zip(*columns, strict=True)
    features = [
        {"type": "Feature", "id": id, "geometry": shape, "properties": dict(zip(names, row))}  # noqa: B905 - equally long, and this is the loop that counts
        for id, shape, row in zip(ids, shapes, rows, strict=True)
    ]
    if view.counts:
        _blank(features, hidden or {})
    return features


def collection_bytes(features: Iterable[bytes], members: Mapping[str, Any]) -> bytes:
    """Write a feature collection.

    Parameters
    ----------
    features
        Written ones.
    members
        What stands beside them: links, numbers, time.

    Returns
    -------
    UTF-8.
    """
    rest = orjson.dumps(members)
    between = b"," if members else b""
    listed = b",".join(features)
    return b"".join((b'{"type":"FeatureCollection","features":[', listed, b"]", between, rest[1:]))


def geometry_json(shapes: Iterable[shapely.Geometry | None], crs: Crs) -> list[Any]:
    """Give geometries as `orjson` writes them, in a system.

    Parameters
    ----------
    shapes
        Stored ones; None stays None.
    crs
        In which system to show them.

    Returns
    -------
    One value a geometry.

    Raises
    ------
    CrsError
        `crs_outside`.
    """
    listed = list(shapes)
    array = np.empty(len(listed), dtype=object)
    array[:] = listed
    texts = shapely.to_geojson(crs.shown(array))
    return [None if text is None else orjson.Fragment(text) for text in texts]


def _geometries(wkbs: Sequence[bytes | None], crs: Crs) -> list[Any]:
    if crs.is_stored and all(wkb is None or wkb[:5] == _POINT for wkb in wkbs):
        return [
            None if wkb is None else {"type": "Point", "coordinates": _PLACE(wkb, 5)}
            for wkb in wkbs
        ]
    return geometry_json(shapely.from_wkb(np.array(wkbs, dtype=object)), crs)


def _shown(kind: str, values: Sequence[Any]) -> Sequence[Any]:
    """Give a column of storage values as JSON has them."""
    if kind in _NESTED:
        return [None if value is None else orjson.Fragment(value) for value in values]
    if kind == "boolean":
        return [None if value is None else bool(value) for value in values]
    return values


def _blank(features: list[dict[str, Any]], hidden: Hidden) -> None:
    for feature in features:
        properties = feature["properties"]
        names = list(hidden.get(feature["id"], _NOTHING))
        for name in names:
            properties[name] = None
        properties[SUPPRESSED] = names
