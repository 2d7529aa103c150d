"""Faults of an areal division, found and located; nothing is changed.

``T01`` gap in the parent          ``T02`` overlap of two polygons
``T03`` either, but narrow         ``T04`` child outside its parent
``T07`` invalid polygon

A polygon that is itself invalid gets T07 and is not judged further: what it would leave open or
cover beside its true line is no second fault. `geo.repairs` proposes what a person may do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.crs import STORED_CRS, require_crs, same_crs
from geo.errors import CrsError
from geo.frames import require_unique_index
from geo.geodesy import area_m2, metres_per_degree

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

__all__ = ["LEAST_M", "NARROW_M", "OUTSIDE_M", "Fault", "gaps", "invalid", "outside", "overlaps"]

NARROW_M = 5.0
"""Gaps and overlaps narrower than this are slivers (T03): a slip of drawing, not of ground."""

OUTSIDE_M = 1.0
"""How far a child may reach beyond its parent."""

LEAST_M = 0.1
"""Width below which nothing is a fault: coordinates of six decimals are no finer."""

_AREAL = (int(shapely.GeometryType.POLYGON), int(shapely.GeometryType.MULTIPOLYGON))
_TOUCH_DEG = 1e-8  # about 1 mm: results of an overlay are rounded to the last bit
_WHERE_DEG = 1e-7
_WHERE_DECIMALS = 9  # 0.1 mm: a sliver's place must not be rounded out of it


@dataclass(frozen=True)
class Fault:
    """One located fault.

    Attributes
    ----------
    code
        T01, T02, T03, T04 or T07.
    ids
        Labels of the shapes at fault. Of a gap: the parent's, then those around it, the longest
        common line first; of T04: the child's, then the parent's.
    shape
        The fault itself, degrees in EPSG:4490: the gap, the overlap, the ground outside, or the
        point where a polygon is invalid or a point lies outside.
    gap
        Whether it is a gap; tells the two kinds of T03 apart.
    """

    code: str
    ids: tuple[str, ...]
    shape: BaseGeometry
    gap: bool = False

    @property
    def area_m2(self) -> float:
        """Geodesic area of the fault; 0 where it is a point."""
        return area_m2(self.shape)

    @property
    def where(self) -> tuple[float, float]:
        """A place on the fault, where it is widest: longitude, latitude."""
        # Not just any place inside: an overlay may trail a hair along a common line.
        areal = shapely.get_dimensions(self.shape) > 1
        place = (
            shapely.maximum_inscribed_circle([self.shape], _WHERE_DEG)[0] if areal else self.shape
        )
        lon, lat = shapely.get_coordinates(place)[0].tolist()
        return (round(lon, _WHERE_DECIMALS), round(lat, _WHERE_DECIMALS))


def invalid(shapes: gpd.GeoSeries) -> list[Fault]:
    """Find polygons that are no areas: crossing themselves, holes outside, and so on.

    Parameters
    ----------
    shapes
        EPSG:4490, unique index. Null, empty and what is no polygon: passed over.

    Returns
    -------
    One T07 a polygon, in order, its shape the point that GEOS names.

    Raises
    ------
    CrsError
        If the CRS is missing or not EPSG:4490 (``crs_differs``), or the coordinates are no degrees
        (``not_degrees``).
    InputError
        If the index is not unique.
    """
    array, labels = _taken(shapes, "shapes")
    wrong = np.flatnonzero(_areal(array) & ~shapely.is_valid(array))
    return [Fault("T07", (labels[i],), _fault_point(array[i])) for i in wrong]


def overlaps(
    shapes: gpd.GeoSeries, *, narrow_m: float = NARROW_M, least_m: float = LEAST_M
) -> list[Fault]:
    """Find ground that two polygons claim.

    Parameters
    ----------
    shapes
        EPSG:4490, unique index. Only valid polygons are looked at.
    narrow_m
        An overlap in which no circle of this diameter fits is T03.
    least_m
        One in which no circle of this diameter fits is left out.

    Returns
    -------
    One T02 or T03 a piece of ground and pair, in order of the pairs.

    Raises
    ------
    CrsError, InputError
        As `invalid`.

    Source
    ------
    Candidates by GEOS's coverage validation, `shapely.coverage_invalid_edges`: of two polygons that
    share ground at least one has such an edge, so that a clean coverage costs one pass.
    """
    array, labels = _taken(shapes, "shapes")
    places = np.flatnonzero(_areal(array) & shapely.is_valid(array))
    good = array[places]
    suspects = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(good)))
    tree = shapely.STRtree(good)
    one, other = tree.query(good[suspects], predicate="intersects")
    one = suspects[one]
    pairs = np.unique(np.sort(np.column_stack([one, other])[one != other], axis=1), axis=0)
    common = shapely.intersection(good[pairs[:, 0]], good[pairs[:, 1]])
    return [
        Fault(_width_code("T02", piece, narrow_m), (labels[places[a]], labels[places[b]]), piece)
        for (a, b), shape in zip(pairs, common, strict=True)
        for piece in _wide_pieces(shape, least_m)
    ]


def gaps(
    parent: BaseGeometry,
    children: gpd.GeoSeries,
    *,
    parent_id: str,
    narrow_m: float = NARROW_M,
    least_m: float = LEAST_M,
) -> list[Fault]:
    """Find ground of a parent that none of its children has.

    Parameters
    ----------
    parent
        Valid polygon, EPSG:4490.
    children
        EPSG:4490, unique index; without a polygon there is nothing to judge. An invalid one is
        taken to hold all within its convex hull.
    parent_id
        Its label, first in `Fault.ids`.
    narrow_m, least_m
        As `overlaps`.

    Returns
    -------
    One T01 or T03 a gap, from north to south.

    Raises
    ------
    CrsError, InputError
        As `invalid`.
    """
    array, labels = _taken(children, "children")
    places = np.flatnonzero(_areal(array))
    if not len(places):
        return []
    held = array[places].copy()
    valid = shapely.is_valid(held)
    for i in np.flatnonzero(~valid):
        held[i] = _hull(held[i])
    # The quick union is only right for a coverage, the slow one for anything.
    clean = valid.all() and bool(shapely.coverage_is_valid(held))
    union = (shapely.coverage_union_all if clean else shapely.union_all)(held)
    found = _wide_pieces(shapely.difference(parent, union), least_m)
    found.sort(key=lambda piece: (-piece.bounds[3], piece.bounds[0]))
    tree = shapely.STRtree(held)
    return [
        Fault(
            _width_code("T01", piece, narrow_m),
            (parent_id, *(labels[places[i]] for i in _around(piece, tree))),
            piece,
            gap=True,
        )
        for piece in found
    ]


def outside(
    parent: BaseGeometry,
    children: gpd.GeoSeries,
    *,
    parent_id: str,
    outside_m: float = OUTSIDE_M,
) -> list[Fault]:
    """Find children that reach beyond their parent.

    Parameters
    ----------
    parent
        Valid polygon, EPSG:4490.
    children
        EPSG:4490, unique index; polygons and points. Null, empty and invalid: passed over.
    parent_id
        Its label, last in `Fault.ids`.
    outside_m
        How far they may.

    Returns
    -------
    One T04 a child and piece of ground that reaches further, in order of the children.

    Raises
    ------
    CrsError, InputError
        As `invalid`.
    """
    array, labels = _taken(children, "children")
    judged = ~shapely.is_missing(array) & ~shapely.is_empty(array) & shapely.is_valid(array)
    shapely.prepare(parent)
    judged[judged] = ~shapely.covered_by(array[judged], parent)
    if not judged.any():
        return []
    scale = metres_per_degree(float(shapely.get_coordinates(parent)[:, 1].mean()))
    room = shapely.buffer(_scaled(parent, scale), outside_m)
    faults = []
    for i in np.flatnonzero(judged):
        for piece in shapely.get_parts(shapely.difference(array[i], parent)):
            beyond = shapely.difference(_scaled(piece, scale), room)
            if not shapely.is_empty(beyond):
                faults.append(Fault("T04", (labels[i], parent_id), piece))
    return faults


def _taken(shapes: gpd.GeoSeries, where: str) -> tuple[NDArray[np.object_], list[str]]:
    """Check a series at the door and take it apart.

    Raises
    ------
    CrsError
        If the CRS is missing or not EPSG:4490.
    """
    crs = require_crs(shapes.crs, where)
    if not same_crs(crs, STORED_CRS):
        raise CrsError(
            f"图形的坐标系是 {crs.name}，查接边要用 EPSG:4490，请先转换。",
            code="crs_differs",
            where=where,
        )
    require_unique_index(shapes, where)
    array = np.asarray(shapes.array, dtype=object)
    _require_degrees(array, where)
    return array, [str(label) for label in shapes.index]


def _require_degrees(array: NDArray[np.object_], where: str) -> None:
    """Refuse metres that are said to be degrees.

    Raises
    ------
    CrsError
        `not_degrees`. What is not finite is left to `invalid`.
    """
    lon, lat = shapely.get_coordinates(array).T
    with np.errstate(invalid="ignore"):
        if (np.abs(lon) > 180).any() or (np.abs(lat) > 90).any():
            raise CrsError(
                "图形的坐标超出经纬度范围，可能以米为单位，请写明坐标系(例如 EPSG:4547)。",
                code="not_degrees",
                where=where,
            )


def _areal(array: NDArray[np.object_]) -> NDArray[np.bool_]:
    return np.isin(shapely.get_type_id(array), _AREAL) & ~shapely.is_empty(array)


def _fault_point(polygon: BaseGeometry) -> BaseGeometry:
    """Where a polygon is invalid, from GEOS's reason; a place of its own where it names none."""
    place = re.search(r"\[(\S+) (\S+?)\]", shapely.is_valid_reason(polygon))
    named = [] if place is None else [[float(place[1]), float(place[2])]]
    candidates = np.array([*named, *shapely.get_coordinates(polygon)])
    finite = candidates[np.isfinite(candidates).all(axis=1)]
    return shapely.Point(finite[0] if len(finite) else candidates[0])


def _hull(polygon: BaseGeometry) -> BaseGeometry:
    """Convex hull of what is finite of an invalid polygon."""
    lonlat = shapely.get_coordinates(polygon)
    return shapely.MultiPoint(lonlat[np.isfinite(lonlat).all(axis=1)]).convex_hull


def _around(piece: BaseGeometry, tree: shapely.STRtree) -> NDArray[np.int64]:
    """Positions of the polygons that share a line with a piece, the longest line first."""
    near = np.sort(tree.query(piece, predicate="dwithin", distance=_TOUCH_DEG))
    border = shapely.boundary(piece)
    touch = shapely.buffer(tree.geometries.take(near), _TOUCH_DEG)
    length = shapely.length(shapely.intersection(border, touch))
    order = np.argsort(-length, kind="stable")
    found: NDArray[np.int64] = near[order[length[order] > 10 * _TOUCH_DEG]]
    return found


def _wide_pieces(shape: BaseGeometry, least_m: float) -> list[BaseGeometry]:
    """Polygons of an overlay's result that are wide enough to be a fault."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return [part for part in parts[_areal(parts)] if not _narrower(part, least_m)]


def _width_code(code: str, piece: BaseGeometry, narrow_m: float) -> str:
    return "T03" if _narrower(piece, narrow_m) else code


def _narrower(piece: BaseGeometry, width_m: float) -> bool:
    """Tell whether no circle of this diameter fits in."""
    _, south, _, north = piece.bounds
    scale = metres_per_degree((south + north) / 2)
    return bool(shapely.buffer(_scaled(piece, scale), -width_m / 2).is_empty)


def _scaled(shape: BaseGeometry, scale: NDArray[np.float64]) -> BaseGeometry:
    """Degrees to metres by mere scaling: straight lines stay straight, what touches touches."""
    return shapely.transform(shape, lambda lonlat: lonlat * scale)
