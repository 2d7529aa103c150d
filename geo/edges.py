"""Road pieces as a caller brings them, checked and completed for a network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import GeometryError, InputError, NetworkError
from geo.frames import require_columns, require_unique_index
from geo.geodesy import geodesic_lengths_m
from geo.modes import ETRIKE_MPS

if TYPE_CHECKING:
    import pyproj
    from numpy.typing import NDArray

__all__ = ["SLOPES", "clean_edges", "end_nodes", "slope_cost_m"]

SLOPES: Final = ("tobler", "naismith")
"""How a climb changes walking."""

_SAME_PLACE_M: Final = 1.0


def clean_edges(
    edges: gpd.GeoDataFrame, mode: str, slope: str | None, crs: pyproj.CRS
) -> gpd.GeoDataFrame:
    """Check road pieces and fill in what may be left out.

    Parameters
    ----------
    edges
        As `geo.network.from_edges` takes them; never changed.
    mode
        A known mode.
    slope
        `tobler`, `naismith` or None.
    crs
        The frame's CRS as `require_measuring_crs` answered it.

    Returns
    -------
    New frame in ascending order of its index: the columns of `geo.osm.read_edges`, and `ascent_m`
    and `speed_factor` where the input has them.

    Raises
    ------
    GeometryError
        `not_a_line`, `not_finite`.
    InputError
        `column_missing`, `duplicate_id`, `edge_id_invalid`, `node_id_invalid`, `not_a_number`,
        `not_a_flag`.
    NetworkError
        `unknown_slope`, `ascent_missing`, `empty_edge`, `length_invalid`, `speed_invalid`,
        `speed_missing`.
    """
    require_columns(edges, ("u", "v"), "路网")
    require_unique_index(edges, "路网")
    _require_slope(edges, mode, slope)
    if len(edges) and not pd.api.types.is_integer_dtype(edges.index):
        raise InputError(
            "路网的编号(index)应为整数，请改为整数。", code="edge_id_invalid", where="index"
        )
    edges = edges.sort_index()
    lines = _lines(edges)
    n = len(edges)
    columns = {
        "u": _integers(edges, "u"),
        "v": _integers(edges, "v"),
        "way_id": _integers(edges, "way_id") if "way_id" in edges else np.full(n, -1, np.int64),
        "highway": _words(edges, "highway"),
        "length_m": _lengths_m(edges, lines, crs),
        "speed_mps": _speeds_mps(edges, mode),
        "forward": _flags(edges, "forward"),
        "backward": _flags(edges, "backward"),
    }
    if "ascent_m" in edges:
        columns["ascent_m"] = _numbers(edges, "ascent_m")
    if "speed_factor" in edges:
        columns["speed_factor"] = _factors(edges)
    index = pd.Index(edges.index.to_numpy(np.int64), name="edge_id")
    return gpd.GeoDataFrame(columns, index=index, geometry=lines, crs=crs)


def end_nodes(
    edges: gpd.GeoDataFrame,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.intp], NDArray[np.intp]]:
    """Nodes at the ends of edges.

    Parameters
    ----------
    edges
        Clean edges.

    Returns
    -------
    Ids ascending, (n, 2) places, and the positions of each edge's u and v among them. A node whose
    edges end up to 1 m apart lies at the least of these places (by x, then y), so that the order of
    rows does not matter.

    Raises
    ------
    NetworkError
        `node_at_two_places`, naming the node.
    """
    m = len(edges)
    lines = edges.geometry.to_numpy()
    names = np.concatenate((edges["u"].to_numpy(np.int64), edges["v"].to_numpy(np.int64)))
    ids, which = np.unique(names, return_inverse=True)
    ends = [shapely.get_coordinates(shapely.get_point(lines, at)) for at in (0, -1)]
    places = np.concatenate(ends).reshape(-1, 2)
    order = np.lexsort((places[:, 1], places[:, 0], which))
    first = order[np.searchsorted(which[order], np.arange(len(ids)))] if m else order
    xy = places[first]
    moved = np.flatnonzero((places != xy[which]).any(axis=1))
    for node in np.unique(which[moved]):
        _require_one_place(int(ids[node]), np.unique(places[which == node], axis=0), edges.crs)
    return ids, xy, which[:m], which[m:]


def slope_cost_m(
    edges: gpd.GeoDataFrame, slope: str | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Metres on the level that take as long as each edge, u -> v and v -> u.

    Parameters
    ----------
    edges
        Clean edges, with `ascent_m` if there is a slope rule.
    slope
        `tobler`: the speed becomes speed x exp(-3.5 (|S + 0.05| - 0.05)), S = rise / length.
        `naismith`: the length becomes length + 7.92 max(rise, 0). None: lengths as they are.

    Returns
    -------
    Two (m,) arrays; without slope the same array twice.

    Source
    ------
    Tobler, Three presentations on geographical analysis and modeling (1993), scaled so that level
    ground is 1. Scarf, Route choice in mountain navigation, Naismith's rule, and the equivalence
    of distance and climb, J. Sports Sciences 25 (2007).
    """
    length_m = edges["length_m"].to_numpy(np.float64)
    if slope is None:
        return length_m, length_m
    rise_m = edges["ascent_m"].to_numpy(np.float64)
    ways = []
    for rise in (rise_m, -rise_m):
        if slope == "naismith":
            ways.append(length_m + 7.92 * np.maximum(rise, 0.0))
            continue
        grade = np.divide(rise, length_m, out=np.zeros_like(rise), where=length_m > 0)
        ways.append(length_m * np.exp(3.5 * (np.abs(grade + 0.05) - 0.05)))
    return ways[0], ways[1]


def _require_slope(edges: gpd.GeoDataFrame, mode: str, slope: str | None) -> None:
    if slope is None:
        return
    if slope not in SLOPES or mode != "walk":
        raise NetworkError(
            f"坡度算法“{slope}”不能用于 {mode}，步行可选：{'、'.join(SLOPES)}，其他方式不计坡度。",
            code="unknown_slope",
            where="slope",
        )
    if "ascent_m" not in edges:
        raise NetworkError(
            "计坡度需要列 ascent_m(从 u 到 v 的升高，米)，请补上或不计坡度。",
            code="ascent_missing",
            where="ascent_m",
        )
    gone = ~np.isfinite(_numbers(edges, "ascent_m"))
    if gone.any():
        _refuse(edges, gone, "的升高 ascent_m 是空的，请补上或不计坡度。", "ascent_missing")


def _lines(edges: gpd.GeoDataFrame) -> NDArray[np.object_]:
    lines = np.asarray(edges.geometry.to_numpy(), object)
    empty = shapely.is_missing(lines) | shapely.is_empty(lines)
    if empty.any():
        _refuse(edges, empty, "没有线形，请补上或删去该行。", "empty_edge")
    wrong = shapely.get_type_id(lines) != 1
    if wrong.any():
        row = edges.index[int(np.argmax(wrong))]
        raise GeometryError(
            f"路网第“{row}”行的图形是 {lines[int(np.argmax(wrong))].geom_type}，"
            "应为单条折线，请拆开后重试。",
            code="not_a_line",
            where=str(row),
        )
    lines = np.asarray(shapely.force_2d(lines), object)
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    bad = ~np.isfinite(xy).all(axis=1)
    if bad.any():
        row = edges.index[int(owner[np.argmax(bad)])]
        raise GeometryError(
            f"路网第“{row}”行的坐标不是有效数字，请检查坐标。", code="not_finite", where=str(row)
        )
    return lines


def _lengths_m(
    edges: gpd.GeoDataFrame, lines: NDArray[np.object_], crs: pyproj.CRS
) -> NDArray[np.float64]:
    if "length_m" in edges:
        given = _numbers(edges, "length_m")
        bad = ~((given >= 0) & np.isfinite(given))
        if bad.any():
            _refuse(edges, bad, "的长度 length_m 是空的或小于 0，请改正。", "length_invalid")
        return given
    if crs.is_projected:
        return np.asarray(shapely.length(lines), np.float64)
    xy = shapely.get_coordinates(lines)
    return geodesic_lengths_m(xy, shapely.get_num_coordinates(lines).astype(np.int64))


def _speeds_mps(edges: gpd.GeoDataFrame, mode: str) -> NDArray[np.float64]:
    given = np.full(len(edges), np.nan)
    if "speed_mps" in edges:
        given = _numbers(edges, "speed_mps")
    missing = np.isnan(given)
    if mode == "car" and missing.any():
        raise NetworkError(
            "汽车路网需要每段路的车速列 speed_mps(米/秒)，请补上。",
            code="speed_missing",
            where="speed_mps",
        )
    if mode == "etrike":
        given = np.where(missing, ETRIKE_MPS, given)
    bad = ~missing & ~((given > 0) & np.isfinite(given))
    if bad.any():
        _refuse(edges, bad, "的速度 speed_mps 应大于 0，请改正。", "speed_invalid")
    return given


def _factors(edges: gpd.GeoDataFrame) -> NDArray[np.float64]:
    given = _numbers(edges, "speed_factor")
    given[np.isnan(given)] = 1.0
    bad = ~((given > 0) & np.isfinite(given))
    if bad.any():
        _refuse(edges, bad, "的快慢倍数 speed_factor 应大于 0，请改正。", "speed_invalid")
    return given


def _numbers(edges: gpd.GeoDataFrame, name: str) -> NDArray[np.float64]:
    try:
        return pd.to_numeric(edges[name]).to_numpy(np.float64, na_value=np.nan).copy()
    except (TypeError, ValueError) as error:
        raise InputError(
            f"路网的列 {name} 里有不是数字的值，请改正。", code="not_a_number", where=name
        ) from error


def _integers(edges: gpd.GeoDataFrame, name: str) -> NDArray[np.int64]:
    numbers = edges[name]
    if (len(edges) and not pd.api.types.is_integer_dtype(numbers)) or numbers.isna().any():
        raise InputError(
            f"路网的列 {name} 应全为整数编号，请改正。", code="node_id_invalid", where=name
        )
    return numbers.to_numpy(np.int64).copy()


def _flags(edges: gpd.GeoDataFrame, name: str) -> NDArray[np.bool_]:
    if name not in edges:
        return np.ones(len(edges), bool)
    try:
        flags = edges[name].astype("boolean") if len(edges) else edges[name]
    except (TypeError, ValueError) as error:
        raise InputError(
            f"路网的列 {name} 应为是或否(True/False)，请改正。", code="not_a_flag", where=name
        ) from error
    return flags.fillna(value=True).to_numpy(bool)


def _words(edges: gpd.GeoDataFrame, name: str) -> pd.Series:
    if name not in edges:
        return pd.Series("", index=edges.index, dtype="str")
    return edges[name].astype("str").fillna("")


def _require_one_place(node: int, places: NDArray[np.float64], crs: pyproj.CRS | None) -> None:
    """Refuse places of one node that are more than a metre apart.

    Raises
    ------
    NetworkError
        `node_at_two_places`.
    """
    at = gpd.GeoSeries(shapely.points(places), crs=crs)
    worst_m = 0.0
    for place in places:
        if at.crs is not None and at.crs.is_projected:
            apart = np.hypot(*(places - place).T)
        else:
            pairs = np.stack((np.broadcast_to(place, places.shape), places), axis=1)
            apart = geodesic_lengths_m(pairs.reshape(-1, 2), np.full(len(places), 2))
        worst_m = max(worst_m, float(apart.max()))
    if worst_m > _SAME_PLACE_M:
        raise NetworkError(
            f"路网节点 {node} 在两处，相距 {worst_m:.1f} 米，请改正节点编号或线的端点。",
            code="node_at_two_places",
            where=str(node),
        )


def _refuse(edges: gpd.GeoDataFrame, bad: NDArray[np.bool_], what: str, code: str) -> None:
    row = edges.index[int(np.argmax(bad))]
    raise NetworkError(f"路网第“{row}”行{what}", code=code, where=str(row))
