"""The SQL functions that a filter calls in SQLite."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from typing import TYPE_CHECKING

import shapely
from shapely.errors import ShapelyError

from layers.cql2.fitting import ARRAY, SPATIAL
from layers.cql2.folding import accenti, casei
from layers.cql2.sql import CONVERSE
from layers.stores.gpkg_geometry import envelope, to_wkb

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    Box = tuple[float, float, float, float]

__all__ = ["register_functions"]

_KEPT = 16


def register_functions(connection: sqlite3.Connection) -> None:
    """Give a connection what `layers.cql2.sqlite.where` writes.

    Parameters
    ----------
    connection
        Gets ``s_*(geom, wkb)``, ``a_*(json, json)``, ``casei``, ``accenti``, ``xg_mod``,
        ``xg_div``, ``xg_pow``; all give NULL for NULL. LIKE minds letter case from now on.
    """
    connection.execute("PRAGMA case_sensitive_like = ON")
    # A prepared geometry grows at its first uses, so that two threads must not share one.
    literal = lru_cache(_KEPT)(_prepared)
    for name in SPATIAL:
        function = _relation(name, literal)
        connection.create_function(name, 2, function, deterministic=True)
    items = lru_cache(_KEPT)(_items)
    for name in ARRAY:
        connection.create_function(name, 2, _set_relation(name, items), deterministic=True)
    for name, fold in (("casei", casei), ("accenti", accenti)):
        connection.create_function(name, 1, _of_text(fold), deterministic=True)
    for name, calculate in (("xg_mod", _modulo), ("xg_div", _quotient), ("xg_pow", _power)):
        connection.create_function(name, 2, _of_numbers(calculate), deterministic=True)


def _relation(
    op: str, literal: Callable[[bytes], tuple[shapely.Geometry, Box | None]]
) -> Callable[[bytes | None, bytes | None], bool | None]:
    # A prepared geometry is fast as the first one.
    told = getattr(shapely, CONVERSE[op].removeprefix("s_"))
    apart = op == "s_disjoint"

    def related(blob: bytes | None, wkb: bytes | None) -> bool | None:
        if blob is None or wkb is None:
            return None
        try:
            other, bounds = literal(wkb)
            box = envelope(blob)
            if box is None or bounds is None:
                return apart
            west, south, east, north = bounds
            if box[0] > east or box[2] < west or box[1] > north or box[3] < south:
                return apart
            return bool(told(other, shapely.from_wkb(to_wkb(blob))))
        except ShapelyError:
            return None  # an invalid geometry of old data is in no known relation

    return related


def _prepared(wkb: bytes) -> tuple[shapely.Geometry, Box | None]:
    geometry = shapely.from_wkb(to_wkb(wkb) if wkb[:2] == b"GP" else wkb)
    shapely.prepare(geometry)
    if shapely.is_empty(geometry):
        return geometry, None
    west, south, east, north = shapely.bounds(geometry).tolist()
    return geometry, (west, south, east, north)


def _set_relation(
    op: str, items: Callable[[str], frozenset[str]]
) -> Callable[[str | None, str | None], bool | None]:
    def related(first: str | None, second: str | None) -> bool | None:
        if first is None or second is None:
            return None
        one, other = items(first), items(second)
        if op == "a_equals":
            return one == other
        if op == "a_contains":
            return one >= other
        return one <= other if op == "a_containedby" else not one.isdisjoint(other)

    return related


def _items(text: str) -> frozenset[str]:
    return frozenset(json.loads(text))


def _of_text(fold: Callable[[str], str]) -> Callable[[str | None], str | None]:
    return lambda text: None if text is None else fold(text)


def _of_numbers(
    calculate: Callable[[float, float], float],
) -> Callable[[float | None, float | None], float | None]:
    def calculated(first: float | None, second: float | None) -> float | None:
        if first is None or second is None:
            return None
        try:
            found = calculate(float(first), float(second))
        except (ArithmeticError, ValueError):
            return None
        return found if math.isfinite(found) else None

    return calculated


def _modulo(first: float, second: float) -> float:
    # Not math.fmod, which is nearer the truth for huge numbers: all stores give one answer.
    return first - second * float(math.trunc(first / second))


def _quotient(first: float, second: float) -> float:
    return float(math.trunc(first / second))


def _power(first: float, second: float) -> float:
    return math.pow(first, second)
