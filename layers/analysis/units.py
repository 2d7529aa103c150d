"""In which village and township of the asked day the people of each count lived.

A census stays keyed by the codes of its register. Asked for a day before or after a recode or a
merger, its people belong to the unit that had their ground that day, not to a code that did not
exist: first by the record of changes, then by the township's outline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from layers.facts import related_codes

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["UnitsOfDay", "units_of_day"]


class UnitsOfDay(NamedTuple):
    """Unit of each count, index as asked.

    Attributes
    ----------
    village
        Code of the village-level unit of the day; the count's own code where that is unknown.
    township
        Code of the township of the day; the own code's first nine digits and 000 where unknown.
    moved
        True where the own code was not valid that day and another unit was found for it.
    unknown
        True where no township of the day was found.
    """

    village: pd.Series
    township: pd.Series
    moved: pd.Series
    unknown: pd.Series


def units_of_day(
    codes: pd.Series, places: gpd.GeoSeries, divisions: gpd.GeoDataFrame
) -> UnitsOfDay:
    """Find the units of one day for counts keyed by village codes of perhaps another.

    Parameters
    ----------
    codes
        Twelve digits a count.
    places
        Where its people live; same index. None where unknown.
    divisions
        Rows of the layer valid that day.

    Returns
    -------
    Village and township a count. A unit that was merged since keeps its people apart only as far
    as the counts do: a count whose unit was several that day stays with its own code, in their
    common township.
    """
    villages = divisions[divisions["level"] == "village"]
    parents = dict(zip(villages["code"], villages["parent_code"], strict=True))
    townships = divisions[divisions["level"] == "township"]
    towns = dict.fromkeys(townships["code"])
    own = [_town(str(code)) for code in codes]
    village: list[str] = []
    found: list[str | None] = []
    for code, town in zip(codes, own, strict=True):
        units = _units(str(code), parents)
        village.append(units[0] if len(units) == 1 else str(code))
        over = {parents[unit] for unit in units} or set(_units(town, towns))
        found.append(over.pop() if len(over) == 1 else None)
    outlined = _by_outline(places, townships) if None in found else found
    township = [by_change or by_place for by_change, by_place in zip(found, outlined, strict=True)]
    pairs = zip(codes, village, own, township, strict=True)
    return UnitsOfDay(
        pd.Series(village, index=codes.index, dtype="str"),
        pd.Series(
            [new or old for old, new in zip(own, township, strict=True)],
            index=codes.index,
            dtype="str",
        ),
        pd.Series(
            [new is not None and (code != unit or old != new) for code, unit, old, new in pairs],
            index=codes.index,
            dtype=bool,
        ),
        pd.Series([one is None for one in township], index=codes.index, dtype=bool),
    )


def _town(code: str) -> str:
    return f"{code[:9]}000"


def _units(code: str, valid: Mapping[str, object]) -> list[str]:
    """Give the unit itself if it is valid, else those that it came from or went into."""
    return [code] if code in valid else [one for one in related_codes(code) if one in valid]


def _by_outline(places: gpd.GeoSeries, townships: gpd.GeoDataFrame) -> list[str | None]:
    areas = townships[townships.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    found: list[str | None] = [None] * len(places)
    points = shapely.point_on_surface(places.to_numpy())
    for place, area in zip(*areas.sindex.query(points, predicate="intersects"), strict=True):
        found[int(place)] = str(areas["code"].iloc[int(area)])
    return found
