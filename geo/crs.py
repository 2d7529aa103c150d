"""Coordinate reference systems: which are allowed, how they are changed, and which one to draw in.

Every transformation here is explicit: PROJ's ballpark shortcuts are off, and a datum that cannot be
reached without control points (Beijing 54, Xian 80) is refused instead of being guessed a hundred
metres off. The one assumption is stated: WGS 84 coordinates (OpenStreetMap, GPS) are taken as
CGCS2000, which differ by centimetres.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pyproj
import shapely
from pyproj.crs import ProjectedCRS
from pyproj.crs.coordinate_operation import TransverseMercatorConversion

from geo.errors import CrsError

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

__all__ = [
    "COUNTY_CRS",
    "STORED_CRS",
    "convergence_deg",
    "local_tm_crs",
    "print_crs",
    "require_crs",
    "require_measuring_crs",
    "require_same_crs",
    "same_crs",
    "to_crs",
    "transform_xy",
]

STORED_CRS: Final = pyproj.CRS.from_epsg(4490)
"""CGCS2000, longitude and latitude: everything stored."""

COUNTY_CRS: Final = pyproj.CRS.from_epsg(4547)
"""CGCS2000 / 3-degree Gauss-Kruger CM 114E: the county's plane for measuring and drawing."""

_GEODETIC_ALIKE: Final = {"wgs84", "worldgeodeticsystem1984", "china2000", "cgcs2000"}
_REFUSED_DATUM: Final = ("xian1980", "beijing1954", "newbeijing", "xian80", "beijing54")
_REFUSED_ELLIPSOID: Final = ("krass", "iag1975", "xian")


def require_crs(crs: object, where: str) -> pyproj.CRS:
    """Return a usable CRS, or say why it is not one.

    Parameters
    ----------
    crs
        Anything pyproj understands; None is refused, never guessed.
    where
        What carries it, for the message.

    Returns
    -------
    The CRS; EPSG:4326 and CRS84 come back as EPSG:4490.

    Raises
    ------
    CrsError
        `crs_missing`, `crs_unknown`, or `crs_refused` for Beijing 54 and Xian 80.
    """
    if crs is None:
        raise CrsError(
            f"{where}没有坐标系，请先写明坐标系(例如 EPSG:4490)再使用。",
            code="crs_missing",
            where=where,
        )
    try:
        found = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as error:
        raise CrsError(
            f"{where}的坐标系“{crs}”无法识别，请改用 EPSG 代码(例如 EPSG:4490)。",
            code="crs_unknown",
            where=where,
        ) from error
    stored, refused = _verdict(found.srs)
    if refused:
        raise CrsError(
            f"{where}的坐标系 {found.name} 属于北京54或西安80，没有控制点参数不能转换到 CGCS2000，"
            "请先在测绘软件中用控制点转换到 EPSG:4490。",
            code="crs_refused",
            where=where,
        )
    return stored


def require_measuring_crs(crs: object, where: str) -> pyproj.CRS:
    """Return a CRS in which metres can be had: geographic, or a projected one true enough.

    Parameters
    ----------
    crs
        Anything pyproj understands.
    where
        What carries it, for the message.

    Returns
    -------
    The CRS; EPSG:4326 and CRS84 come back as EPSG:4490.

    Raises
    ------
    CrsError
        As `require_crs`; `crs_not_measuring` for Web Mercator and other Mercators (their metres
        grow with latitude), for units other than metre, and for what is neither geographic nor
        projected.
    """
    found = require_crs(crs, where)
    if found.is_geographic and len(found.axis_info) == 2:
        return found
    method = found.coordinate_operation.method_name if found.coordinate_operation else ""
    metres = all(axis.unit_name in {"metre", "meter"} for axis in found.axis_info)
    mercator = "Mercator" in method and "Transverse" not in method
    if not found.is_projected or not metres or mercator:
        raise CrsError(
            f"{where}的坐标系 {found.name} 不能量算长度，请改用 EPSG:4490 或 EPSG:4547。",
            code="crs_not_measuring",
            where=where,
        )
    return found


def same_crs(left: pyproj.CRS, right: pyproj.CRS) -> bool:
    """Tell whether two CRSs mean the same numbers; EPSG:4326, CRS84 and 4490 count as one."""
    if left is right:
        return True
    return _same(left.srs, right.srs)


def require_same_crs(frame: gpd.GeoDataFrame | gpd.GeoSeries, crs: pyproj.CRS, where: str) -> None:
    """Refuse a frame whose CRS is missing or not the given one.

    Parameters
    ----------
    frame
        What is checked.
    crs
        What it must be in; accepted by `require_crs` before.
    where
        The argument's name, for the message.

    Raises
    ------
    CrsError
        `crs_missing`, `crs_unknown`, `crs_refused` as in `require_crs`; `crs_differs`.
    """
    given = frame.crs
    if given is crs:
        return
    found = require_crs(given, where)
    if not same_crs(found, crs):
        raise CrsError(
            f"{where}的坐标系 {found.name} 与路网的 {crs.name} 不同，请先转换到同一坐标系。",
            code="crs_differs",
            where=where,
        )


def transform_xy(
    x: NDArray[np.float64], y: NDArray[np.float64], source: pyproj.CRS, target: pyproj.CRS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coordinates in another CRS, longitude/easting first.

    Parameters
    ----------
    x, y
        Coordinates in `source`, in traditional GIS order.
    source, target
        The CRSs. WGS 84 is taken as CGCS2000.

    Returns
    -------
    New arrays x, y in `target`.

    Raises
    ------
    CrsError
        `crs_no_transform` if PROJ knows no way of known accuracy.
    """
    out_x, out_y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    for step in _steps(source.srs, target.srs):
        out_x, out_y = step.transform(out_x, out_y)
    return np.asarray(out_x, np.float64), np.asarray(out_y, np.float64)


def to_crs(frame: gpd.GeoDataFrame, target: pyproj.CRS) -> gpd.GeoDataFrame:
    """Copy a frame into another CRS, without ballpark shortcuts.

    Parameters
    ----------
    frame
        Any frame with a CRS; null and empty geometry stay what they are.
    target
        The CRS wanted.

    Returns
    -------
    A new frame, index and columns kept.

    Raises
    ------
    CrsError
        As `require_crs` and `transform_xy`.
    """
    source = require_crs(frame.crs, "数据")

    def moved(coords: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transform_xy(coords[:, 0], coords[:, 1], source, target))

    new = shapely.transform(frame.geometry.to_numpy(), moved)
    return frame.set_geometry(new, crs=None).set_crs(target, allow_override=True)


@lru_cache(maxsize=64)
def local_tm_crs(lon_0: float, base: pyproj.CRS = STORED_CRS) -> pyproj.CRS:
    """Make the plane of a network: transverse Mercator, scale 1 on its own central meridian.

    Parameters
    ----------
    lon_0
        Central meridian, degrees east.
    base
        Geographic CRS it stands on; CGCS2000's ellipsoid is GRS 80.
    """
    return ProjectedCRS(
        name=f"{base.name} / Transverse Mercator {lon_0:.6f}E",
        conversion=TransverseMercatorConversion(longitude_natural_origin=lon_0),
        geodetic_crs=base,
    )


def print_crs(
    bounds: tuple[float, float, float, float], *, otherwise: pyproj.CRS | None = None
) -> pyproj.CRS:
    """Choose the projected CRS in which a map of these bounds is drawn.

    Parameters
    ----------
    bounds
        min lon, min lat, max lon, max lat in EPSG:4490.
    otherwise
        What to take where no zone fits: usually a network's `metric_crs`. None makes a transverse
        Mercator about the middle of the bounds.

    Returns
    -------
    EPSG:4547 within 112.5-115.5 E, else the CGCS2000 3-degree zone that holds the bounds
    (EPSG:4534 at 75 E to EPSG:4554 at 135 E), else `otherwise`.

    Raises
    ------
    CrsError
        `crs_bounds` if the bounds are not finite, not longitude and latitude, or upside down.
    """
    west, south, east, north = bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise CrsError(
            f"范围 {bounds} 不是经纬度(应为 西、南、东、北，单位度)，请检查坐标系和经纬度顺序。",
            code="crs_bounds",
            where="bounds",
        )
    meridian = 3 * round((west + east) / 6)
    fits = meridian - 1.5 <= west and east <= meridian + 1.5
    # The zones are defined for China alone: a place in Europe has none, whatever its longitude.
    if fits and 75 <= meridian <= 135 and south >= 0 and north <= 56:
        return pyproj.CRS.from_epsg(4534 + (meridian - 75) // 3)
    return local_tm_crs((west + east) / 2) if otherwise is None else otherwise


def convergence_deg(crs: pyproj.CRS, lon: float, lat: float) -> float:
    """Meridian convergence at a place: how far grid north lies east of true north.

    Parameters
    ----------
    crs
        Projected CRS of the sheet.
    lon, lat
        The place, degrees in the CRS's own datum.

    Returns
    -------
    Degrees, positive east of the central meridian (grid north east of true north).

    Raises
    ------
    CrsError
        `crs_not_projected` if the CRS has no grid.
    """
    if not crs.is_projected:
        raise CrsError(
            f"坐标系 {crs.name} 不是投影坐标系，没有子午线收敛角，请改用 EPSG:4547 等。",
            code="crs_not_projected",
            where="crs",
        )
    return float(pyproj.Proj(crs).get_factors(lon, lat).meridian_convergence)


@lru_cache(maxsize=256)
def _same(left: str, right: str) -> bool:
    # Keyed by `CRS.srs`, which is at hand, unlike the WKT.
    ends = [_stored(pyproj.CRS.from_user_input(srs)) for srs in (left, right)]
    if ends[0].is_projected and ends[1].is_projected:
        # Whether northing or easting is written first changes no number here: x is always east.
        bases = [crs.geodetic_crs for crs in ends]
        alike = all(base is not None and _word(base.datum) in _GEODETIC_ALIKE for base in bases)
        return (alike or bases[0] == bases[1]) and _formula(ends[0]) == _formula(ends[1])
    return ends[0].equals(ends[1], ignore_axis_order=True)


def _stored(crs: pyproj.CRS) -> pyproj.CRS:
    """EPSG:4490 for two-dimensional WGS 84 and CGCS2000, anything else unchanged."""
    alike = crs.is_geographic and len(crs.axis_info) == 2 and _word(crs.datum) in _GEODETIC_ALIKE
    return STORED_CRS if alike else crs


def _formula(crs: pyproj.CRS) -> tuple[str, frozenset[tuple[str, float]], frozenset[str]]:
    """Return method and parameters of a projection, and its units."""
    operation = crs.coordinate_operation
    if operation is None:
        return crs.srs, frozenset(), frozenset()
    values = frozenset(
        (param.name, round(float(param.value) * param.unit_conversion_factor, 9))
        for param in operation.params
        if param.unit_name  # a grid file has none
    )
    return operation.method_name, values, frozenset(axis.unit_name for axis in crs.axis_info)


def _word(named: object) -> str:
    name = str(getattr(named, "name", "")).removesuffix(" ensemble").removeprefix("D_")
    return re.sub(r"[^a-z0-9]", "", name.lower())


@lru_cache(maxsize=256)
def _verdict(srs: str) -> tuple[pyproj.CRS, bool]:
    """Return the CRS as it is stored, and whether its datum is one of the refused."""
    crs = pyproj.CRS.from_user_input(srs)
    geodetic = crs.geodetic_crs
    datum = _word(geodetic.datum) if geodetic is not None else ""
    unnamed = datum.startswith(("unknown", "unnamed", "notspecified"))
    ellipsoid = _word(crs.ellipsoid)
    refused = any(name in datum for name in _REFUSED_DATUM) or (
        unnamed and any(name in ellipsoid for name in _REFUSED_ELLIPSOID)
    )
    return _stored(crs), refused


@lru_cache(maxsize=64)
def _steps(source_srs: str, target_srs: str) -> tuple[pyproj.Transformer, ...]:
    """Chain the transformers: source, its own datum, (WGS 84 = CGCS2000), target."""
    if _same(source_srs, target_srs):
        return ()
    source, target = (pyproj.CRS.from_user_input(srs) for srs in (source_srs, target_srs))
    ends = [_stored(source), _stored(target)]
    bases = [crs.geodetic_crs for crs in ends]
    alike = all(base is not None and _word(base.datum) in _GEODETIC_ALIKE for base in bases)
    if not alike:
        return (_transformer(ends[0], ends[1]),)
    down = () if ends[0].is_geographic else (_transformer(ends[0], _base(ends[0])),)
    up = () if ends[1].is_geographic else (_transformer(_base(ends[1]), ends[1]),)
    return down + up


def _base(crs: pyproj.CRS) -> pyproj.CRS:
    assert crs.geodetic_crs is not None  # noqa: S101  (checked by the caller)
    return crs.geodetic_crs


def _transformer(source: pyproj.CRS, target: pyproj.CRS) -> pyproj.Transformer:
    try:
        return pyproj.Transformer.from_crs(
            source, target, always_xy=True, allow_ballpark=False, only_best=True
        )
    except pyproj.exceptions.ProjError as error:
        raise CrsError(
            f"没有从 {source.name} 到 {target.name} 的可靠转换，"
            "请先在测绘软件中转换到 EPSG:4490 再导入。",
            code="crs_no_transform",
            where=source.name,
        ) from error
