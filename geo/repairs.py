"""What a person may do about a fault of a division: proposals, the likeliest first.

Nothing here changes a shape by itself: who owns a gap or an overlap is a question of law, not of
geometry. Each proposal says whose shape would be which, and by how much ground it differs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely

from geo.geodesy import area_m2

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from geo.topology import Fault

__all__ = ["Repair", "proposals"]

Action = Literal["extend", "cut", "clip", "rebuild"]


@dataclass(frozen=True)
class Repair:
    """One way out of a fault.

    Attributes
    ----------
    id
        Label of the shape that would change.
    action
        ``extend`` over a gap, ``cut`` an overlap off, ``clip`` to the parent, ``rebuild`` an
        invalid polygon from its own lines.
    shape
        What it would be: a valid Polygon or MultiPolygon.
    change_m2
        Ground won (lost, below zero), geodesic; of a rebuilt polygon all its ground.
    """

    id: str
    action: Action
    shape: BaseGeometry
    change_m2: float


def proposals(fault: Fault, shapes: gpd.GeoSeries) -> list[Repair]:
    """Propose repairs of one fault.

    Parameters
    ----------
    fault
        As `geo.topology` found it.
    shapes
        EPSG:4490, by the labels of `fault.ids`. Invalid, null and empty neighbours get no proposal.

    Returns
    -------
    Alternatives, one of which is enough. A gap: extend a neighbour, the longest common line first.
    An overlap: cut one of the two, the larger first. Outside: clip the child. Invalid: rebuild.
    None for a point outside its parent and where nothing would be left of a shape.

    Source
    ------
    Rebuilt by `shapely.make_valid` with method ``structure``: what rings enclose stays enclosed.
    """
    known = [label for label in fault.ids if label in shapes.index]
    found = [
        Repair(label, action, shape, change_m2)
        for label, action, new, change_m2 in _ideas(fault, shapes, known)
        if not (shape := _areas_only(new)).is_empty
    ]
    if all(repair.action == "cut" for repair in found):
        found.sort(key=lambda repair: -repair.shape.area)
    return found


def _ideas(
    fault: Fault, shapes: gpd.GeoSeries, known: list[str]
) -> Iterator[tuple[str, Action, BaseGeometry, float]]:
    if fault.code == "T07":
        for label in known:
            new = shapely.make_valid(shapes[label], method="structure", keep_collapsed=False)
            yield label, "rebuild", new, area_m2(_areas_only(new))
        return
    usable = [label for label in known if _usable(shapes[label])]
    if fault.code == "T04":
        child, parent = fault.ids[:2]
        if shapely.get_dimensions(fault.shape) > 1 and {child, parent} <= set(usable):
            new = shapely.intersection(shapes[child], shapes[parent])
            yield child, "clip", new, -fault.area_m2
    elif fault.gap:
        for label in usable:
            if label != fault.ids[0]:
                yield label, "extend", shapely.union(shapes[label], fault.shape), fault.area_m2
    else:
        for label in usable:
            yield label, "cut", shapely.difference(shapes[label], fault.shape), -fault.area_m2


def _usable(shape: BaseGeometry | None) -> bool:
    return shape is not None and bool(shapely.get_dimensions(shape) > 1 and shapely.is_valid(shape))


def _areas_only(shape: BaseGeometry) -> BaseGeometry:
    """Polygons of an overlay's result as one shape; its hairs and points are left out."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    polygons = list(parts[np.asarray(shapely.area(parts)) > 0])
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
