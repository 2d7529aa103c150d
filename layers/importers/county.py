"""The county of this store: which codes it has, and how far outside of it a row lies."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import STORED_CRS, local_tm_crs, transform_xy
from layers.store import Query

if TYPE_CHECKING:
    from layers.findings import Findings
    from layers.schema import LayerSchema
    from layers.store import Store

__all__ = ["County"]

WARNED_M = 2_000.0
REFUSED_M = 50_000.0

_EDGE_DEG = 30.0
_AROUND_DEG = 0.5
_REFERENCES = ("divisions", "roads")
_CODE_FIELDS = ("parent_code", "township_code", "village_code", "division_code")


class County:
    """The store's `divisions`; a store without them knows no county and finds nothing.

    Parameters
    ----------
    store
        Where the rows are going.
    schema
        The layer's.
    findings
        Gets I09 (no such division, unless stored rows of the layer name it already), I13 (a place
        far from the stored divisions and roads that would lie among them with its axes swapped) and
        I15 (outside the county: above 2 km a warning, above 50 km an error).
    """

    def __init__(self, store: Store, schema: LayerSchema, findings: Findings) -> None:
        self._store = store
        self._findings = findings
        self._schema = schema
        self._waiting: dict[tuple[str, str], array[int]] = {}
        self._codes: set[str] = set()
        self._outline: shapely.Geometry | None = None
        self._areas = [
            bounds
            for name in _REFERENCES
            if name != schema.name and (bounds := store.summary(name).bounds) is not None
        ]
        if "divisions" not in store.layers() or not store.count("divisions"):
            return
        table = store.table("divisions")
        self._codes = set(table.columns["code"])
        # As with `_stored`: what is there already is not judged anew.
        names = [name for name in _CODE_FIELDS if name in schema.fields]
        self._named: dict[str, set[Any]] = {name: set() for name in names}
        for codes in store.values(schema.name, names) if names else ():
            for name, code in zip(names, codes, strict=True):
                self._named[name].add(code)
        outline = _outline(table.columns["level"], table.wkb)
        if outline is not None:
            west, _, east, _ = shapely.bounds(outline)
            self._lon_0 = round(float(west + east) / 2, 1)
            self._outline = self._planar(np.array([outline], dtype=object))[0]
            self._near = shapely.buffer(self._outline, WARNED_M)
            shapely.prepare(self._near)

    def check_codes(self, rows: Sequence[int], columns: Mapping[str, Sequence[Any]]) -> None:
        """Look for the divisions that rows name; those that a later row may bring wait.

        Parameters
        ----------
        rows
            Row numbers.
        columns
            Field name -> values.
        """
        if not self._codes:
            return
        if self._schema.name == "divisions":
            self._codes.update(code for code in columns["code"] if code is not None)
        for name in _CODE_FIELDS:
            for row, code in zip(rows, columns.get(name, ()), strict=False):
                if code is not None and code not in self._codes and code not in self._named[name]:
                    self._waiting.setdefault((name, code), array("q")).append(row)

    def finish(self) -> None:
        """Report the codes that no row brought."""
        for (name, code), rows in self._waiting.items():
            if code in self._codes or (name == "parent_code" and code.endswith("0" * 8)):
                continue
            title = self._schema.fields[name].title
            for row in rows:
                self._findings.add(
                    "I09",
                    f"第 {row} 行的“{title}”{code} 在行政区划中不存在，请核对代码或先导入区划。",
                    row=row,
                    field=name,
                    value=code,
                )

    def check_places(
        self, rows: Sequence[int], ids: Sequence[str | None], geometry: NDArray[np.object_]
    ) -> None:
        """Look for rows that lie outside the county.

        Parameters
        ----------
        rows
            Row numbers.
        ids
            Ids of the rows, None where they are new.
        geometry
            In EPSG:4490; None is nowhere and no fault. Coordinates are finite degrees.
        """
        geometry = self._without_swapped(rows, ids, geometry)
        if self._outline is None:
            return
        there = np.flatnonzero(~shapely.is_missing(geometry))
        planar = self._planar(geometry[there])
        far = np.flatnonzero(~shapely.intersects(self._near, planar))
        if not len(far):
            return
        known = self._stored([ids[position] for position in there[far]])
        for position, distance_m in zip(
            there[far].tolist(), shapely.distance(self._outline, planar[far]), strict=True
        ):
            refused = bool(distance_m > REFUSED_M)
            if refused and known.get(ids[position]) == geometry[position].wkb:
                continue
            self._findings.add(
                "I15",
                f"第 {rows[position]} 行在县界外"
                + (
                    " 50 公里以上，请检查坐标和坐标系。"
                    if refused
                    else f" {distance_m / 1000:.1f} 公里，可以导入，请核对坐标。"
                ),
                row=rows[position],
                field="geometry",
                value=shapely.to_wkt(geometry[position], rounding_precision=6),
                level="error" if refused else "warning",
            )

    def _without_swapped(
        self, rows: Sequence[int], ids: Sequence[str | None], geometry: NDArray[np.object_]
    ) -> NDArray[np.object_]:
        """Report places that make sense only with their axes swapped, and take them out."""
        if not self._areas:
            return geometry
        west, south, east, north = shapely.bounds(geometry).T
        inside, mirrored = np.zeros((2, len(geometry)), dtype=bool)
        for area in self._areas:
            inside |= _meets((west, south, east, north), area)
            mirrored |= _meets((south, west, north, east), area)
        swapped = np.flatnonzero(mirrored & ~inside)
        known = self._stored([ids[position] for position in swapped.tolist()])
        for position in swapped.tolist():
            if known.get(ids[position]) == geometry[position].wkb:
                continue
            self._findings.add(
                "I13",
                f"第 {rows[position]} 行的经纬度似乎写反了，请把经度放在前、纬度放在后。",
                row=rows[position],
                field="geometry",
                value=shapely.to_wkt(geometry[position], rounding_precision=6),
            )
        rest = geometry.copy()
        rest[swapped] = None
        return rest

    def _stored(self, ids: Sequence[str | None]) -> dict[str | None, bytes | None]:
        """Give the stored shapes of rows.

        What was stored before the divisions and roads came must still import again unchanged.
        """
        known = [made for made in ids if made is not None]
        if not known:
            return {}
        table = self._store.table(self._schema.name, Query(ids=known))
        return dict(zip(table.columns["id"], table.wkb, strict=True))

    def _planar(self, geometry: NDArray[np.object_]) -> NDArray[np.object_]:
        plane = local_tm_crs(self._lon_0)

        def planar(xy: NDArray[np.float64]) -> NDArray[np.float64]:
            # The projection ends a quadrant away; places so far off are only known to be far.
            lon = np.clip(xy[:, 0], self._lon_0 - _EDGE_DEG, self._lon_0 + _EDGE_DEG)
            return np.column_stack(transform_xy(lon, xy[:, 1], STORED_CRS, plane))

        moved: NDArray[np.object_] = shapely.transform(geometry, planar)
        return moved


def _meets(
    boxes: tuple[NDArray[np.float64], ...], area: tuple[float, float, float, float]
) -> NDArray[np.bool_]:
    """Tell which boxes touch an area and half a degree around it; NaN touches nothing."""
    west, south, east, north = boxes
    with np.errstate(invalid="ignore"):
        beside = (east < area[0] - _AROUND_DEG) | (west > area[2] + _AROUND_DEG)
        beyond = (north < area[1] - _AROUND_DEG) | (south > area[3] + _AROUND_DEG)
    return ~(beside | beyond | np.isnan(west))


def _outline(levels: Sequence[str | None], wkb: Sequence[bytes | None]) -> shapely.Geometry | None:
    """Join the county's polygons, or its townships' where the county has none."""
    for wanted in ("county", "township"):
        coded = [shape for level, shape in zip(levels, wkb, strict=True) if level == wanted]
        shapes = shapely.from_wkb(np.array(coded, dtype=object))
        areas = shapes[np.isin(shapely.get_type_id(shapes), (3, 6))]
        if len(areas):
            return shapely.union_all(areas)
    return None
