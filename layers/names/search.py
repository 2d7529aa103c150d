"""Search the county's names: characters, pinyin, initials, old names, codes; the best first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import shapely

from geo.errors import InputError
from layers.names.entries import LAYERS, NamedPlace, named_places
from layers.names.folding import fold
from layers.names.index import MATCHES, NameIndex
from layers.names.spelling import spelled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.store import Store

__all__ = ["search"]

_WILDCARDS = frozenset("*?%_")
_LONGEST = 100
_KEPT_DAYS = 4
_LEAST_AFTER_TOWN = 2
_DECIMALS = 6

# One index a store and day, made again when a layer with names has changed: a cache, like
# functools.cache, but one that lets go of a closed store.
_kept: WeakKeyDictionary[Any, OrderedDict[tuple[Any, ...], NameIndex]] = WeakKeyDictionary()
_lock = threading.Lock()


def search(
    store: Store, text: str, limit: int = 10, *, as_of: date | None = None
) -> dict[str, Any]:
    """Find named places.

    Parameters
    ----------
    store
        An open store.
    text
        What somebody typed: a name or part of it, its pinyin with or without tones, initials, an
        old name, a code; traditional characters and variants; a town before the name narrows.
    limit
        At most so many hits, > 0.
    as_of
        The county as it stood that day; None: today.

    Returns
    -------
    ``query``, ``count`` and ``hits``, each with rank, layer, id, code, name, pinyin, level, parent,
    match (one of `MATCHES`), status (current or former), now (what lives on of a former unit),
    center (lon, lat), quality, source. Blanks, wildcards and over-long text find nothing.

    Raises
    ------
    InputError
        If the limit is not positive.
    """
    if limit < 1:
        raise InputError(f"条数上限 {limit} 应为正整数。", where="limit")
    query = fold(text)
    hits: list[dict[str, Any]] = []
    if query and len(query) <= _LONGEST and not _WILDCARDS & set(query):
        index = _index(store, as_of or datetime.now(UTC).date())
        for position, match in _ranked(index, text, query, limit):
            hits.append(_hit(index.places[position], match, len(hits) + 1))
    return {"query": text, "count": len(hits), "hits": hits}


def _ranked(index: NameIndex, text: str, query: str, limit: int) -> Iterator[tuple[int, str]]:
    counties = [
        name
        for name in index.counties
        if query.startswith(name) and len(query) >= len(name) + _LEAST_AFTER_TOWN
    ]
    parts = [query, *(query.removeprefix(name) for name in counties)]
    narrowed: list[tuple[str, frozenset[str] | None]] = [(part, None) for part in parts]
    narrowed += [more for part in parts for more in _after_town(index, text, part)]
    seen: set[int] = set()
    for match in MATCHES:
        for part, towns in narrowed:
            for position in index.find(part, match):
                if position in seen or not (towns is None or _inside(index, position, towns)):
                    continue
                seen.add(position)
                yield position, match
                if len(seen) == limit:
                    return


def _inside(index: NameIndex, position: int, towns: frozenset[str]) -> bool:
    place = index.places[position]
    return place.town in towns and place.level != "township"


def _after_town(
    index: NameIndex, text: str, query: str
) -> Iterator[tuple[str, frozenset[str] | None]]:
    """Give what stands after a town's name, with the towns; the longest town name first."""
    words = text.split()
    first = fold(words[0]) if len(words) > 1 else ""
    for length in range(len(query) - 1, 1, -1):
        town, rest = query[:length], query[length:]
        if town not in index.towns:
            continue
        # 善福村 is no 村 in 善福, houbaocun no cun in houbao; whoever leaves a blank means it.
        if town == first or (len(rest) >= _LEAST_AFTER_TOWN and not town.isascii()):
            yield rest, index.towns[town]


def _index(store: Store, day: date) -> NameIndex:
    there = set(store.layers())
    heads = tuple(store.head(layer).seq for layer in LAYERS if layer in there)
    key = (heads, day)
    with _lock:
        kept = _kept.setdefault(store, OrderedDict())
        if key not in kept:
            kept[key] = NameIndex(named_places(store, day))
            while len(kept) > _KEPT_DAYS:
                kept.popitem(last=False)
        kept.move_to_end(key)
        return kept[key]


def _hit(place: NamedPlace, match: str, rank: int) -> dict[str, Any]:
    return {
        "rank": rank,
        "layer": place.layer,
        "id": place.id,
        "code": place.code,
        "name": place.name,
        "pinyin": place.pinyin or _spelled(place),
        "level": place.level,
        "parent": place.parent,
        "match": match,
        "status": "current" if place.current else "former",
        "now": [{"code": code, "name": name} for code, name in place.now],
        "center": _center(place.wkb),
        "quality": place.quality,
        "source": place.source,
    }


def _spelled(place: NamedPlace) -> str | None:
    """Write a name by the rules of place names; an institution's name has no such rule."""
    if place.layer == "care_facilities":
        return None
    return spelled(place.name, "division" if place.layer == "divisions" else place.kind)


def _center(wkb: bytes | None) -> list[float] | None:
    """Give a point on the geometry: the centroid where it lies on it."""
    if wkb is None:
        return None
    shape = shapely.from_wkb(wkb)
    point = shape.centroid
    if not shape.intersects(point):
        point = shape.point_on_surface()
    return [round(point.x, _DECIMALS), round(point.y, _DECIMALS)]
