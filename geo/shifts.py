"""Coordinates that are not what they seem: swapped axes, and the GCJ-02 shift of Chinese web maps.

GCJ-02 moves places in China by a few hundred metres. The shift is no transformation of datums; the
formula is the one published in many places since 2010, written down here anew from its description.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from geo.geodesy import GRS80

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "axes_swapped",
    "gcj02_from_bd09",
    "gcj02_from_wgs84",
    "looks_like_gcj02",
    "wgs84_from_gcj02",
]

_A: Final = 6_378_245.0
_E2: Final = 0.00669342162296594323
_ORIGIN: Final = (105.0, 35.0)
_WEST, _SOUTH, _EAST, _NORTH = 72.004, 0.8293, 137.8347, 55.8271
_CHINA_LON: Final = (73.0, 136.0)
_CHINA_LAT: Final = (3.0, 54.0)

_BD09_STEP = (0.0065, 0.006)
_BD09_WAVE = np.pi * 3000 / 180


def axes_swapped(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which coordinates are latitude first instead of longitude first.

    Parameters
    ----------
    x, y
        What should be longitude and latitude, degrees.

    Returns
    -------
    True where x cannot be a longitude of China nor y its latitude but the other way round they can,
    or where only the other way round they are degrees at all. NaN: False.
    """
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    with np.errstate(invalid="ignore"):
        chinese = _within(y, _CHINA_LON) & _within(x, _CHINA_LAT)
        degrees = (np.abs(x) <= 180) & (np.abs(y) <= 90)
        return chinese | (~degrees & (np.abs(x) <= 90) & (np.abs(y) <= 180))


def gcj02_from_wgs84(
    lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where a web map with GCJ-02 shows places of WGS 84 (CGCS2000).

    Parameters
    ----------
    lon, lat
        True coordinates, degrees. Outside China's rectangle they stay as they are.

    Returns
    -------
    New arrays lon, lat in GCJ-02.

    Source
    ------
    The published reconstruction of the shift (for example Wikipedia, "Restrictions on geographic
    data in China", section GCJ-02): a polynomial with sines about 105 E 35 N in metres, turned into
    degrees on Krassovsky's ellipsoid. Agrees with web maps to a metre or two.
    """
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    x, y = lon - _ORIGIN[0], lat - _ORIGIN[1]
    root = np.sqrt(np.abs(x))
    fast = 20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)
    east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east_m += 2 / 3 * (fast + _sines(x, (20, 1), (40, 3), (150, 12), (300, 30)))
    north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north_m += 2 / 3 * (fast + _sines(y, (20, 1), (40, 3), (160, 12), (320, 30)))
    phi = np.radians(lat)
    w2 = 1 - _E2 * np.sin(phi) ** 2
    moved_lon = lon + np.degrees(east_m / (_A / np.sqrt(w2) * np.cos(phi)))
    moved_lat = lat + np.degrees(north_m / (_A * (1 - _E2) / w2**1.5))
    inside = _within(lon, (_WEST, _EAST)) & _within(lat, (_SOUTH, _NORTH))
    return np.where(inside, moved_lon, lon), np.where(inside, moved_lat, lat)


def wgs84_from_gcj02(
    lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Undo the GCJ-02 shift; what comes out is approximate, as the formula is.

    Parameters
    ----------
    lon, lat
        Coordinates in GCJ-02, degrees.

    Returns
    -------
    New arrays lon, lat whose `gcj02_from_wgs84` is the input to a tenth of a millimetre.
    """
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    true_lon, true_lat = lon, lat
    # The shift changes slowly from place to place, so each round leaves a hundredth of the error.
    for _ in range(8):
        there_lon, there_lat = gcj02_from_wgs84(true_lon, true_lat)
        true_lon, true_lat = true_lon + (lon - there_lon), true_lat + (lat - there_lat)
    return true_lon, true_lat


def gcj02_from_bd09(
    lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Undo the second shift of maps with BD-09; what comes out is GCJ-02, still shifted.

    Parameters
    ----------
    lon, lat
        Coordinates in BD-09, degrees.

    Returns
    -------
    New arrays lon, lat in GCJ-02, to about a metre.

    Source
    ------
    The published reconstruction (for example Wikipedia, "Restrictions on geographic data in China",
    section BD-09): a turn and a stretch that swing with the place, and a constant step.
    """
    x = np.asarray(lon, np.float64) - _BD09_STEP[0]
    y = np.asarray(lat, np.float64) - _BD09_STEP[1]
    radius = np.hypot(x, y) - 2e-5 * np.sin(y * _BD09_WAVE)
    turn = np.arctan2(y, x) - 3e-6 * np.cos(x * _BD09_WAVE)
    return radius * np.cos(turn), radius * np.sin(turn)


def looks_like_gcj02(
    known: NDArray[np.float64],
    given: NDArray[np.float64],
    *,
    at_least: int = 10,
    within_m: float = 60.0,
) -> bool:
    """Tell whether given places are the known ones moved by the GCJ-02 shift.

    Parameters
    ----------
    known
        (n, 2) true lon, lat of places.
    given
        (n, 2) lon, lat of the same places in the data in question.
    at_least
        How many places must be there, and be off by the shift.
    within_m
        How near the shifted place must be, metres.

    Returns
    -------
    True if `at_least` places, and more than half of all, lie nearer than `within_m` to the shifted
    place and not that near to the true one.
    """
    sound = np.isfinite(known).all(axis=1) & np.isfinite(given).all(axis=1)
    if int(sound.sum()) < at_least:
        return False
    lon, lat = known[sound].T
    shifted_lon, shifted_lat = gcj02_from_wgs84(lon, lat)
    to_lon, to_lat = given[sound].T
    off_shifted = np.asarray(GRS80.inv(shifted_lon, shifted_lat, to_lon, to_lat)[2])
    off_true = np.asarray(GRS80.inv(lon, lat, to_lon, to_lat)[2])
    moved = int(((off_shifted <= within_m) & (off_true > within_m)).sum())
    return moved >= at_least and 2 * moved > int(sound.sum())


def _within(value: NDArray[np.float64], ends: tuple[float, float]) -> NDArray[np.bool_]:
    return (value >= ends[0]) & (value <= ends[1])


def _sines(value: NDArray[np.float64], *waves: tuple[float, float]) -> NDArray[np.float64]:
    """Sum of amplitude x sin(pi x value / divisor)."""
    total = np.zeros_like(value)
    for amplitude, divisor in waves:
        total += amplitude * np.sin(np.pi * value / divisor)
    return total
