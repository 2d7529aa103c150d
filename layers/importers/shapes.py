"""The geometry of a chunk: from coordinates, text or the format's own, into EPSG:4490."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.crs import STORED_CRS, same_crs, transform_xy
from layers.importers.headers import LAT, LON, WKT
from layers.importers.values import is_blank, parse_column
from layers.schema import Field

if TYPE_CHECKING:
    from layers.findings import Findings
    from layers.importers.headers import HeaderMatch
    from layers.importers.tables import Chunk
    from layers.schema import LayerSchema

__all__ = ["read_shapes", "stored_shapes"]

_LON = Field(name=LON, title="经度", type="real")
_LAT = Field(name=LAT, title="纬度", type="real")
_WKT = Field(name=WKT, title="几何", type="text")


def read_shapes(
    chunk: Chunk, match: HeaderMatch, findings: Findings, *, textual: bool
) -> NDArray[np.object_] | None:
    """Read the geometries of some rows, as the file has them.

    Parameters
    ----------
    chunk
        The rows.
    match
        Says which columns are longitude and latitude, or text.
    findings
        Gets I16 (unreadable) and I04 (one coordinate without the other, or no number).
    textual
        As in `parse_column`.

    Returns
    -------
    One geometry or None a row, in the file's CRS; None where the file has no geometry at all.
    """
    for row, reason in chunk.bad_geometry.items():
        _refuse(findings, row, reason)
    places = match.places
    if chunk.geometry is not None:
        return chunk.geometry
    shapes: NDArray[np.object_] | None = None
    if LON in places and LAT in places:
        shapes = _points(chunk, match, findings, textual=textual)
    if WKT in places:
        texts = _wkt_shapes(chunk, places[WKT], findings)
        shapes = texts if shapes is None else np.where(shapely.is_missing(texts), shapes, texts)
    return shapes


def stored_shapes(
    rows: list[int],
    shapes: NDArray[np.object_],
    crs: pyproj.CRS,
    schema: LayerSchema,
    findings: Findings,
) -> NDArray[np.object_]:
    """Bring geometries into the form and CRS of the store.

    Parameters
    ----------
    rows
        Row numbers.
    shapes
        In `crs`; None stays None.
    crs
        Where they are.
    schema
        Collections of a single part become that part where the layer holds no collections.
    findings
        Gets I16 for a geometry of no points (None says that there is none), and as a warning where
        heights (or measures along a line) were dropped.

    Returns
    -------
    Two-dimensional geometries in EPSG:4490.
    """
    shapes = shapes.copy()
    empty = shapely.is_empty(shapes)
    for i in np.flatnonzero(empty).tolist():
        _refuse(findings, rows[i], "是空的(EMPTY，没有坐标)，不知道位置的行应不写几何")
    shapes[empty] = None
    high = np.flatnonzero(shapely.has_z(shapes) | shapely.has_m(shapes))
    if len(high):
        findings.add(
            "I16",
            f"第 {rows[int(high[0])]} 行等 {len(high)} 行的坐标带高程或量测值，这部分未导入。",
            row=rows[int(high[0])],
            field="geometry",
            level="warning",
        )
        shapes = shapely.force_2d(shapes)
    shapes = _single(shapes, schema.geometry)
    if same_crs(crs, STORED_CRS):
        return shapes

    def moved(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transform_xy(xy[:, 0], xy[:, 1], crs, STORED_CRS))

    stored: NDArray[np.object_] = shapely.transform(shapes, moved)
    return stored


def _single(shapes: NDArray[np.object_], allowed: tuple[str, ...]) -> NDArray[np.object_]:
    """Take the only part of collections that the layer does not hold as such."""
    for kind, number in (("MultiPoint", 4), ("MultiLineString", 5), ("MultiPolygon", 6)):
        if kind in allowed:
            continue
        ones = (shapely.get_type_id(shapes) == number) & (shapely.get_num_geometries(shapes) == 1)
        shapes[ones] = shapely.get_geometry(shapes[ones], 0)
    return shapes


def _points(
    chunk: Chunk, match: HeaderMatch, findings: Findings, *, textual: bool
) -> NDArray[np.object_]:
    lon, lat = (
        parse_column(
            chunk.cells[match.places[field.name]], field, chunk.rows, findings, textual=textual
        )
        for field in (_LON, _LAT)
    )
    shapes = np.full(len(chunk.rows), None, dtype=object)
    xy = np.column_stack([np.array(column, dtype=float) for column in (lon, lat)])  # None: NaN
    known = ~np.isnan(xy)
    both = known.all(axis=1)
    shapes[both] = shapely.points(xy[both])
    for i in np.flatnonzero(known.any(axis=1) & ~both):
        missing = _LAT if known[i, 0] else _LON
        if not is_blank(chunk.cells[match.places[missing.name]][int(i)]):
            continue  # what stands there has its own finding
        findings.add(
            "I04",
            f"第 {chunk.rows[int(i)]} 行的{missing.title}空着，请补上，或把经纬度都留空。",
            row=chunk.rows[int(i)],
            field=missing.name,
        )
    return shapes


def _wkt_shapes(chunk: Chunk, heading: str, findings: Findings) -> NDArray[np.object_]:
    texts = [
        None if cell is None else str(cell).strip() or None
        for cell in parse_column(chunk.cells[heading], _WKT, chunk.rows, findings, textual=False)
    ]
    shapes: NDArray[np.object_] = shapely.from_wkt(
        np.array(texts, dtype=object), on_invalid="ignore"
    )
    for i in np.flatnonzero(shapely.is_missing(shapes)):
        text = texts[int(i)]
        if text is not None:
            _refuse(findings, chunk.rows[int(i)], _wkt_fault(text), value=text)
    return shapes


def _wkt_fault(text: str) -> str:
    try:
        shapely.from_wkt(text)
    except shapely.errors.GEOSException as error:
        return "环没有闭合" if "closed" in str(error) else "WKT 写法有误"
    return "WKT 写法有误"


def _refuse(findings: Findings, row: int, reason: str, value: str | None = None) -> None:
    findings.add(
        "I16",
        f"第 {row} 行的几何：{reason}，请改正后再导入。",
        row=row,
        field="geometry",
        value=value,
    )
