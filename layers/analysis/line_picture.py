"""What a boundary-line sheet draws: one line, its markers and what they are tied to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.along import length_along_m, positions_m, stretch
from geo.course import describe_line
from geo.crs import STORED_CRS
from geo.errors import InputError
from layers.analysis.data_day import data_day
from layers.analysis.digest import frames_digest
from layers.analysis.picture import MapPicture
from layers.errors import NotFound
from layers.provenance import provenance_of
from layers.store import Query, read_frame

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from layers.store import Store

__all__ = ["LinePicture", "line_picture"]

_READ = ("boundary_lines", "boundary_markers", "divisions", "roads")
_AREAS = ("Polygon", "MultiPolygon")
_STARTS, _ENDS = "起点", "终点"
"""Words for the line's ends where a stretch is not told by markers."""

_ROOM_DEG = 0.25
"""Roads and areas are read this far around the line: more than a sheet of paper shows."""

_NO_FACILITIES = gpd.GeoDataFrame(
    {"name": [], "kind": [], "status": [], "counted": []}, geometry=[], crs=STORED_CRS
)

_TOLERANCES_M = (200.0, 400.0, 800.0, 1_600.0, 3_200.0)


@dataclass(frozen=True, kw_only=True)
class LinePicture(MapPicture):
    """One boundary line with its markers, references and the ground on both sides.

    Attributes
    ----------
    line
        The row of `boundary_lines`, one: index id.
    others
        The store's other boundary lines: index id, columns `name geometry`.
    determined, undetermined
        Stretches of the line that both sides agreed on, and those they did not: LineStrings.
    sides
        The counties on both sides: index six-digit code, columns `name stored geometry` (None
        where the ground is not known; `stored`: it is the store's own, not a shipped outline).
    markers
        In the order of the line: index id, columns `number kind state managed_by along_m worn
        geometry` (`worn`: damaged, displaced or lost).
    references
        Up to three a marker, in its order: columns `marker place name grid_azimuth_deg
        distance_m`; NaN where not recorded.
    length_m
        Geodesic, of the line as stored.
    day
        As `as_of`.
    """

    line: gpd.GeoDataFrame
    others: gpd.GeoDataFrame
    determined: gpd.GeoSeries
    undetermined: gpd.GeoSeries
    sides: gpd.GeoDataFrame
    markers: gpd.GeoDataFrame
    references: pd.DataFrame
    length_m: float
    day: date | None = None

    @property
    def as_of(self) -> date | None:
        """The day asked about."""
        return self.day

    @property
    def drawn_rows(self) -> dict[str, list[str]]:
        """Ids of the rows drawn, by layer of the store."""
        return {
            **super().drawn_rows,
            "boundary_lines": [*map(str, self.line.index), *map(str, self.others.index)],
            "boundary_markers": [*map(str, self.markers.index)],
        }

    def courses(self) -> tuple[str, ...]:
        """Words for the line's course, from the most to the least detailed; none without a line.

        Returns
        -------
        One text a tolerance; a line of several stretches has none, its course is told by parts.
        """
        shape = shapely.line_merge(self.line.geometry.iloc[0])
        if shape.geom_type != "LineString":
            return ()
        first, last = _STARTS, _ENDS
        if len(self.markers):
            ends = self.markers["along_m"].to_numpy()
            first = str(self.markers["number"].iloc[0]) if ends[0] < 1 else first
            last = str(self.markers["number"].iloc[-1]) if self.length_m - ends[-1] < 1 else last
        told = (
            describe_line(shape, start=first, end=last, tolerance_m=tolerance)
            for tolerance in _TOLERANCES_M
        )
        return tuple(dict.fromkeys(told))


def line_picture(
    store: Store,
    line_id: str | None = None,
    *,
    as_of: date | None = None,
    time_zone: str = "Asia/Shanghai",
) -> LinePicture:
    """Read a boundary line and what lies along it.

    Parameters
    ----------
    store
        An open store.
    line_id
        Id of a row of `boundary_lines`, or its name; None takes the only one there is.
    as_of
        Rows valid on that day; None is the day of the latest event of the layers read.
    time_zone
        Zone in which that event's instant is a day.

    Raises
    ------
    NotFound
        `no_line` if there is none of this id, or several and none is named; `line_without_place`
        if it has no geometry.
    """
    data_date = data_day(store, _READ, time_zone=time_zone)
    query = Query(at=as_of or data_date)
    lines = read_frame(store, "boundary_lines", query).sort_index()
    line = _chosen(lines, line_id)
    key, shape = str(line.index[0]), line.geometry.iloc[0]
    others = lines[lines.index != key]
    others = others[~(others.geometry.isna() | others.geometry.is_empty)]
    every = read_frame(store, "boundary_markers", query).sort_index()
    mine = np.array([key in (ids or ()) for ids in every["line_ids"]], dtype=bool)
    markers = _along(shape, every[mine & ~(every.geometry.isna() | every.geometry.is_empty)])
    divisions = read_frame(store, "divisions", query).sort_index()
    areas = divisions[divisions.geometry.geom_type.isin(_AREAS)]
    room = shapely.box(*shape.bounds).buffer(_ROOM_DEG)
    roads = read_frame(store, "roads", query).sort_index()
    roads = roads[roads.geometry.intersects(room)]
    counties, towns = (areas[areas["level"] == level] for level in ("county", "township"))
    drawn = {
        "line": line,
        "others": others,
        "markers": every.loc[markers.index],
        "county": counties,
        "townships": towns,
        "roads": roads,
    }
    length = length_along_m(shape)
    undetermined = _undetermined(line, markers, length)
    return LinePicture(
        county=counties[["code", "name", "geometry"]],
        townships=towns[["code", "name", "geometry"]],
        roads=roads[["highway", "geometry"]],
        facilities=_NO_FACILITIES,
        provenance=provenance_of(*drawn.values()),
        data_date=data_date,
        data_hash=frames_digest(drawn),
        line=line,
        others=others[["name", "geometry"]],
        determined=_cut(shape, _rest(undetermined, length)),
        undetermined=_cut(shape, undetermined),
        sides=_sides(line, divisions),
        markers=markers,
        references=_references(markers),
        length_m=length,
        day=as_of,
    )


def _chosen(lines: gpd.GeoDataFrame, line_id: str | None) -> gpd.GeoDataFrame:
    if line_id is None:
        found = lines
    else:
        found = lines[(lines.index == line_id) | (lines["name"] == line_id)]
    if len(found) != 1:
        known = "、".join(f"{key}（{name}）" for key, name in lines["name"].items())
        if not known:
            said = "库中没有界线，请先导入 boundary_lines"
        elif line_id is None:
            said = f"库中有 {len(lines)} 条界线，请用 --line 指明一条：{known}"
        else:
            said = f"没有界线“{line_id}”，可选：{known}，请改 --line"
        raise NotFound(f"{said}。", code="no_line", where=line_id or "line")
    shape = found.geometry.iloc[0]
    if shape is None or shape.is_empty:
        raise NotFound(
            f"界线 {found.index[0]} 只有属性，没有图形，画不出来；请先补上线的坐标。",
            code="line_without_place",
            where=str(found.index[0]),
        )
    return found


def _along(shape: BaseGeometry, markers: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Put markers in the order of the line; two at one place (双立) by their numbers."""
    at = positions_m(shape, shapely.get_coordinates(markers.geometry.to_numpy()))
    worn = markers["state"].isin(["damaged", "displaced", "lost"])
    ordered = markers.assign(along_m=at, worn=worn).sort_values(
        ["along_m", "number"], kind="stable"
    )
    columns = ["number", "kind", "state", "managed_by", "refs", "along_m", "worn", "geometry"]
    return ordered[columns]


def _references(markers: gpd.GeoDataFrame) -> pd.DataFrame:
    rows = [
        (key, place, str(one.get("name") or ""), one.get("grid_azimuth_deg"), one.get("distance_m"))
        for key, refs in markers["refs"].items()
        for place, one in enumerate(refs if isinstance(refs, list) else (), start=1)
    ]
    columns = ["marker", "place", "name", "grid_azimuth_deg", "distance_m"]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({"grid_azimuth_deg": float, "distance_m": float})


def _sides(line: gpd.GeoDataFrame, divisions: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Find names and ground of both counties: in the store, else among the shipped neighbours."""
    from layers import facts  # noqa: PLC0415 - a county elsewhere never needs it

    shipped = facts.neighbours().set_index("code")
    known: dict[str, tuple[str, bool, Any]] = {}
    codes = [str(line[name].iloc[0]) for name in ("code_a", "code_b")]
    for code in codes:
        own = divisions[divisions["code"] == f"{code}000000"]
        if len(own):
            known[code] = (str(own["name"].iloc[0]), True, own.geometry.iloc[0])
        elif code in shipped.index:
            known[code] = (str(shipped["name"][code]), False, shipped.geometry[code])
    # The line's own name tells the other side, in whatever order it names them.
    named = {name for name, *_ in known.values()}
    spoken = re.split("[-—－]", str(line["name"].iloc[0]))
    rest = [word for word in spoken if word not in named]
    told = rest[0] if len(spoken) == 2 and len(known) == len(rest) == 1 else ""
    rows = [known.get(code, (told or code, False, None)) for code in codes]
    areas = [shape if shape is not None and shape.geom_type in _AREAS else None
             for *_, shape in rows]  # fmt: skip
    return gpd.GeoDataFrame(
        {"name": [name for name, *_ in rows], "stored": [stored for _, stored, _ in rows]},
        geometry=np.array(areas, dtype=object),
        index=pd.Index(codes, name="code"),
        crs=STORED_CRS,
    )


def _undetermined(
    line: gpd.GeoDataFrame, markers: gpd.GeoDataFrame, length_m: float
) -> list[tuple[float, float]]:
    """Positions, metres, of the stretches recorded as undetermined, those that meet joined.

    Raises
    ------
    InputError
        If a stretch names a marker that is not on the line.
    """
    recorded = line["undetermined"].iloc[0]
    if not isinstance(recorded, list):
        return []
    known = dict(zip(markers["number"].astype(str), markers["along_m"], strict=True))
    known |= {_STARTS: 0.0, _ENDS: length_m}
    spans = []
    for one in recorded:
        ends = [str(one.get(word)) for word in ("from", "to")]
        for word in ends:
            if word not in known:
                raise InputError(
                    f"界线 {line.index[0]} 的未定界段提到界桩“{word}”，但线上没有这个界桩，"
                    "请改正未定界段。",
                    code="unknown_marker",
                    where=str(line.index[0]),
                )
        spans.append(sorted(float(known[word]) for word in ends))
    joined: list[tuple[float, float]] = []
    for low, high in sorted(spans):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        elif low < high:
            joined.append((low, high))
    return joined


def _rest(taken: Sequence[tuple[float, float]], length_m: float) -> list[tuple[float, float]]:
    """Give what the stretches leave of a line."""
    edges = [0.0, *(edge for span in taken for edge in span), length_m]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return [(low, high) for low, high in pairs if low < high]


def _cut(shape: BaseGeometry, spans: Sequence[tuple[float, float]]) -> gpd.GeoSeries:
    return gpd.GeoSeries([stretch(shape, low, high) for low, high in spans], crs=STORED_CRS)
