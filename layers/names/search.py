"""Search the county's names: characters, pinyin, initials, old names, codes; the best first."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import shapely

from geo.errors import InputError
from layers.names.county import county_names
from layers.names.folding import fold
from layers.names.index import MATCHES
from layers.names.spelling import spelled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.names.county import CountyNames
    from layers.names.entries import NamedPlace
    from layers.names.index import NameIndex
    from layers.store import Store

__all__ = ["search"]

_WILDCARDS = frozenset("*?%_")
_LONGEST = 100
_LEAST_AFTER_TOWN = 2
_DECIMALS = 6


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
    day = (as_of or datetime.now(UTC).date()).toordinal()
    if query and len(query) <= _LONGEST and not _WILDCARDS & set(query):
        with county_names(store) as names:
            for slot, match in _ranked(names.index, text, query, limit, day):
                hits.append(_hit(names, slot, day, match, len(hits) + 1))
    return {"query": text, "count": len(hits), "hits": hits}


def _ranked(
    index: NameIndex, text: str, query: str, limit: int, day: int
) -> Iterator[tuple[int, str]]:
    counties = [
        name
        for name in index.counties(day)
        if query.startswith(name) and len(query) >= len(name) + _LEAST_AFTER_TOWN
    ]
    parts = [query, *(query.removeprefix(name) for name in counties)]
    narrowed: list[tuple[str, frozenset[str] | None]] = [(part, None) for part in parts]
    narrowed += [more for part in parts for more in _after_town(index, text, part, day)]
    seen: set[int] = set()
    for match in MATCHES:
        for part, towns in narrowed:
            for slot in index.find(part, match, day).tolist():
                if slot in seen or not (towns is None or _inside(index, slot, towns)):
                    continue
                seen.add(slot)
                yield slot, match
                if len(seen) == limit:
                    return


def _inside(index: NameIndex, slot: int, towns: frozenset[str]) -> bool:
    place = index.places[slot]
    return place.town in towns and place.level != "township"


def _after_town(
    index: NameIndex, text: str, query: str, day: int
) -> Iterator[tuple[str, frozenset[str] | None]]:
    """Give what stands after a town's name, with the towns; the longest town name first."""
    words = text.split()
    first = fold(words[0]) if len(words) > 1 else ""
    for length in range(len(query) - 1, 1, -1):
        town, rest = query[:length], query[length:]
        towns = index.towns(town, day)
        if not towns:
            continue
        # 善福村 is no 村 in 善福, houbaocun no cun in houbao; whoever leaves a blank means it.
        if town == first or (len(rest) >= _LEAST_AFTER_TOWN and not town.isascii()):
            yield rest, towns


def _hit(names: CountyNames, slot: int, day: int, match: str, rank: int) -> dict[str, Any]:
    place = names.index.places[slot]
    return {
        "rank": rank,
        "layer": place.layer,
        "id": place.id,
        "code": place.code,
        "name": place.name,
        "pinyin": place.pinyin or _spelled(place),
        "level": place.level,
        "parent": names.units.name(place.parent),
        "match": match,
        "status": "current" if names.index.current(slot, day) else "former",
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
