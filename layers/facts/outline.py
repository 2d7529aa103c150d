"""The county's outline and its six neighbours: good for a map, never for a marker."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from shapely.geometry import Polygon, shape

from layers.facts.files import data_file

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["neighbours", "outline"]


def _features(role: str) -> list[dict[str, Any]]:
    found = json.loads(data_file("outline.geojson").read_text(encoding="utf-8"))["features"]
    return [feature for feature in found if feature["properties"]["role"] == role]


def outline() -> Polygon:
    """Outline of the county.

    Returns
    -------
    Polygon of 93 places, lon/lat EPSG:4490, about 170 m median error.

    Source
    ------
    `outline.geojson` of SOURCE.md.
    """
    (county,) = _features("county")
    return Polygon(county["geometry"]["coordinates"][0])


def neighbours() -> gpd.GeoDataFrame:
    """Outlines of the six neighbouring counties.

    Returns
    -------
    Rows by code: `code` (six digits), `name`, `source`, geometry (Polygon, EPSG:4490). Their
    vertices along the county's outline are the county's, to the digit.
    """
    import geopandas as gpd  # noqa: PLC0415 - only this reader needs a frame

    rows = sorted(_features("neighbour"), key=lambda feature: str(feature["properties"]["code"]))
    return gpd.GeoDataFrame(
        {
            name: [feature["properties"][name] for feature in rows]
            for name in ("code", "name", "source")
        },
        geometry=[shape(feature["geometry"]) for feature in rows],
        crs="EPSG:4490",
    )
