"""Geometries and a schema in, findings out: kind, place and validity of what a row brings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.shifts import axes_swapped

if TYPE_CHECKING:
    from layers.findings import Findings
    from layers.schema import LayerSchema

__all__ = ["check_geometry"]


def check_geometry(
    schema: LayerSchema,
    rows: Sequence[int],
    geometry: NDArray[np.object_],
    findings: Findings,
) -> NDArray[np.bool_]:
    """Check geometries in EPSG:4490, longitude first; one finding a row at most.

    Parameters
    ----------
    schema
        The layer's, for the kinds allowed.
    rows
        Row number of each geometry.
    geometry
        shapely geometries; None is no geometry and no fault.
    findings
        Gets I16 (kind, not finite, invalid), I19 (0, 0), I13 (axes swapped), I11 (metres).

    Returns
    -------
    Whether each row has no fault.
    """
    faults: dict[int, tuple[str, str]] = {}
    there = np.flatnonzero(~shapely.is_missing(geometry))
    kinds = [int(shapely.GeometryType[kind.upper()]) for kind in schema.geometry]
    for i in there[~np.isin(shapely.get_type_id(geometry[there]), kinds)]:
        allowed = "、".join(schema.geometry) or "无几何"
        faults[int(i)] = ("I16", f"几何类型是 {geometry[i].geom_type}，应为 {allowed}")
    xy, owner = shapely.get_coordinates(geometry, return_index=True)
    for code, reason, wrong in _wrong_places(xy):
        for i in np.unique(owner[wrong]):
            faults.setdefault(int(i), (code, reason))
    areas = there[np.isin(shapely.get_type_id(geometry[there]), (3, 6))]
    for i in areas[~shapely.is_valid(geometry[areas])]:
        faults.setdefault(int(i), ("I16", _invalid(shapely.is_valid_reason(geometry[i]))))
    for position, (code, reason) in sorted(faults.items()):
        findings.add(
            code,
            f"第 {rows[position]} 行的几何：{reason}。",
            row=rows[position],
            field="geometry",
            value=shapely.to_wkt(geometry[position], rounding_precision=6),
        )
    good = np.ones(len(geometry), bool)
    good[list(faults)] = False
    return good


def _wrong_places(
    xy: NDArray[np.float64],
) -> tuple[tuple[str, str, NDArray[np.bool_]], ...]:
    """Code, end of the sentence, and which coordinates are wrong so; the gravest first."""
    x, y = xy[:, 0], xy[:, 1]
    infinite = ~(np.isfinite(x) & np.isfinite(y))
    with np.errstate(invalid="ignore"):
        # Public data of the whole Earth end at 180.00000000000006.
        outside = (np.abs(x) > 180 + 1e-9) | (np.abs(y) > 90 + 1e-9)
    metres = "坐标超出经纬度范围，可能是以米为单位，请用 --crs 指明坐标系(例如 EPSG:4547)"
    return (
        ("I16", "坐标不是有限的数，请检查", infinite),
        ("I19", "坐标是 (0, 0)，多为缺失值，请改正或留空", (x == 0) & (y == 0)),
        ("I13", "经纬度似乎写反了，请把经度放在前、纬度放在后", axes_swapped(x, y)),
        ("I11", metres, outside),
    )


def _invalid(reason: str) -> str:
    """GEOS's reason in Chinese, with the place it names."""
    kind, _, place = reason.partition("[")
    known = {
        "Self-intersection": "边界自相交",
        "Ring Self-intersection": "边界自相交",
        "Hole lies outside shell": "洞在面外",
        "Nested shells": "各部分重叠",
        "Nested holes": "洞互相嵌套",
        "Interior is disconnected": "内部不连通",
        "Too few points in geometry component": "点数太少",
    }
    where = f"，在 ({place.rstrip(']').replace(' ', ', ')}) 处" if place else ""
    return f"{known.get(kind, '面无效')}{where}，请用 GIS 软件修复后再导入"
