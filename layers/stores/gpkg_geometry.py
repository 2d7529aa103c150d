"""GeoPackage geometry: a short header with the envelope, then ISO WKB; and SQL functions on it."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    Envelope = tuple[float, float, float, float]

__all__ = ["HEADER_BYTES", "envelope", "register_functions", "to_blob", "to_wkb", "wkb_of"]

HEADER_BYTES = 40
"""Length of the header as we write it: magic, version, flags, SRS, envelope of x and y."""

_SRS = 4490
_HEADER = struct.Struct("<2sBBi4d")
_MAGIC = b"GP"
_FLAGS = 0b0000_0011  # little endian, envelope kind 1 (x and y)
_EXTRA_BYTES = (0, 32, 48, 48, 64)


def to_blob(wkb: bytes, bounds: Sequence[float]) -> bytes:
    """Put the header before a non-empty geometry.

    Parameters
    ----------
    wkb
        ISO WKB, little endian.
    bounds
        minx, miny, maxx, maxy.

    Returns
    -------
    The GeoPackage blob.

    Source
    ------
    OGC 12-128r19, clause 2.1.3.
    """
    west, south, east, north = bounds
    return _HEADER.pack(_MAGIC, 0, _FLAGS, _SRS, west, east, south, north) + wkb


def to_wkb(blob: bytes) -> bytes:
    """Take the header off, whoever wrote it."""
    return blob[8 + _EXTRA_BYTES[blob[3] >> 1 & 7] :]


def wkb_of(geometry: shapely.Geometry) -> bytes:
    """Write a geometry as the WKB that is stored and hashed: ISO, little endian, no SRID."""
    wkb: bytes = shapely.to_wkb(geometry, byte_order=1, flavor="iso", include_srid=False)
    return wkb


def envelope(blob: bytes | None) -> Envelope | None:
    """Read minx, miny, maxx, maxy; None for no geometry and for an empty one."""
    if blob is None or blob[3] & 0b0001_0000:
        return None
    if blob[3] >> 1 & 7:
        west, east, south, north = struct.unpack_from("<4d" if blob[3] & 1 else ">4d", blob, 8)
        return west, south, east, north
    geometry = shapely.from_wkb(to_wkb(blob))
    if geometry.is_empty:
        return None
    bounds: Envelope = geometry.bounds
    return bounds


def register_functions(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that the triggers of the spatial index and our queries call.

    Parameters
    ----------
    connection
        Gets ``ST_IsEmpty``, ``ST_MinX``, ``ST_MaxX``, ``ST_MinY``, ``ST_MaxY`` and
        ``xg_touches(geom, west, south, east, north)``.
    """
    functions: tuple[tuple[str, int, Callable[..., float | None]], ...] = (
        ("ST_IsEmpty", 1, _is_empty),
        ("ST_MinX", 1, _bound(0)),
        ("ST_MinY", 1, _bound(1)),
        ("ST_MaxX", 1, _bound(2)),
        ("ST_MaxY", 1, _bound(3)),
        ("xg_touches", 5, _touches),
    )
    for name, arguments, function in functions:
        connection.create_function(name, arguments, function, deterministic=True)


def _is_empty(blob: bytes | None) -> int | None:
    if blob is None:
        return None
    # The triggers ask for each row five times; our own headers are answered without unpacking.
    return 0 if blob[3] == _FLAGS else int(envelope(blob) is None)


def _bound(place: int) -> Callable[[bytes | None], float | None]:
    unpack = struct.Struct("<d").unpack_from
    offset = 8 + 8 * (0, 2, 1, 3)[place]  # stored as minx, maxx, miny, maxy

    def bound(blob: bytes | None) -> float | None:
        if blob is not None and blob[3] == _FLAGS:
            value: float = unpack(blob, offset)[0]
            return value
        found = envelope(blob)
        return None if found is None else found[place]

    return bound


def _touches(blob: bytes | None, west: float, south: float, east: float, north: float) -> bool:
    found = envelope(blob)
    if blob is None or found is None:
        return False
    if found[0] > east or found[2] < west or found[1] > north or found[3] < south:
        return False
    if found[0] >= west and found[2] <= east and found[1] >= south and found[3] <= north:
        return True
    # The index knows rectangles only; a slanted line may pass the corner of the box.
    geometry = shapely.from_wkb(to_wkb(blob))
    return bool(shapely.intersects(geometry, shapely.box(west, south, east, north)))
