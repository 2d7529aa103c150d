"""How things look on every map: colours, widths, symbols and legend rows, read from YAML.

The browser map and the printed sheet read this one `Style`, so that a class has one colour and one
title wherever it is drawn. Lengths that end in `_mm` are for an A1 sheet, those in `_px` for a
browser. Which town takes which tint is decided in `webmap.tints`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import pandas as pd
import yaml

from layers.analysis.siting_picture import SitingPicture
from layers.schema import layer_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd

    from layers.analysis.picture import ServicePicture

__all__ = [
    "AreaStyle",
    "Band",
    "DotStyle",
    "GapClass",
    "LegendRow",
    "LetterStyle",
    "LineStyle",
    "RoadStyle",
    "Style",
    "SymbolStyle",
    "gained_villages",
    "gap_class",
    "legend_rows",
    "load_style",
    "picture_keys",
    "village_key",
]

_Made = TypeVar("_Made")

_TIED = ("reference", "reference_scaled")
"""Lines that tie markers to objects: no boundaries."""

_UNITS = frozenset({"village", "community"})
"""Dots that say what a place is, not how it is served."""


@dataclass(frozen=True, kw_only=True)
class Band:
    """A wide pale band beneath a line, on its outer side where it bounds an area."""

    color: str
    width_mm: float
    width_px: float


@dataclass(frozen=True, kw_only=True)
class LineStyle:
    """A line; dashes alternate on and off, no dashes is solid, an "on" of 0 is a round dot."""

    title: str
    color: str
    width_mm: float
    width_px: float
    dash_mm: tuple[float, ...] = ()
    dash_px: tuple[float, ...] = ()
    band: Band | None = None


@dataclass(frozen=True, kw_only=True)
class RoadStyle(LineStyle):
    """A group of roads and the OSM classes that belong to it."""

    highways: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AreaStyle:
    """A filled area without outline."""

    title: str
    color: str
    opacity: float = 1.0


@dataclass(frozen=True, kw_only=True)
class DotStyle:
    """A round dot; the size is its diameter."""

    title: str
    color: str
    outline: str
    size_mm: float
    size_px: float


@dataclass(frozen=True, kw_only=True)
class GapClass:
    """One step of the gap ramp: values from `lower` up to the next class.

    `size_mm` and `size_px` are diameters of a village's dot; 0 in classes that only fill areas.
    """

    title: str
    lower: float
    color: str
    outline: str
    size_mm: float = 0.0
    size_px: float = 0.0


@dataclass(frozen=True, kw_only=True)
class SymbolStyle:
    """The symbol of a facility: `ring` lies in a square from -1 to 1, x right, y down.

    An empty ring is a circle. `size_mm` and `size_px` are the width of that square. A hollow symbol
    is filled with `outline` and drawn round in `color`.
    """

    title: str
    shape: str
    ring: tuple[tuple[float, float], ...]
    color: str
    outline: str
    size_mm: float
    size_px: float
    hollow: bool = False


@dataclass(frozen=True, kw_only=True)
class LetterStyle:
    """Letters of one kind of name; `family` is a font role of the print (`hei`, `song`)."""

    color: str
    size_mm: float
    size_px: float
    family: str


@dataclass(frozen=True, kw_only=True)
class Style:
    """Everything that is drawn, by name.

    Attributes
    ----------
    lines
        `county township village undetermined neighbour circle grid leader`.
    areas
        `neighbour circle water no_data`.
    tints
        At most five pale fills of the towns.
    roads
        Groups, the most important first.
    dots
        `covered gained empty`: villages that are no gap; `gained` by a site that is proposed.
        `village community`: where people live, on sheets that ask nothing about them.
    reach
        Mode -> area within reach of a site, the widest first.
    gap_villages, gap_shares
        Classes by uncovered elders of a village and by uncovered share of a unit, ascending.
    facilities
        Symbol by kind of facility; `facility` answers for unknown kinds too.
    sites
        `chosen alternative registered`: sites of a siting question.
    markers
        Symbol by kind of boundary marker, `other` where it is not recorded, and `worn`, whose
        colour one that is not intact has.
    letters
        `county township village facility neighbour water site heritage marker reference road`.
    """

    ink: str
    paper: str
    halo: str
    notice: str
    lines: Mapping[str, LineStyle]
    areas: Mapping[str, AreaStyle]
    tints: tuple[str, ...]
    roads: tuple[RoadStyle, ...]
    dots: Mapping[str, DotStyle]
    reach: Mapping[str, AreaStyle]
    gap_villages: tuple[GapClass, ...]
    gap_shares: tuple[GapClass, ...]
    facilities: Mapping[str, SymbolStyle]
    other_facility: SymbolStyle
    sites: Mapping[str, SymbolStyle]
    markers: Mapping[str, SymbolStyle]
    letters: Mapping[str, LetterStyle]

    def road(self, highway: object) -> int:
        """Place in `roads` of an OSM class; a missing or unknown one is in the last group."""
        for position, group in enumerate(self.roads):
            if highway in group.highways:
                return position
        return len(self.roads) - 1

    def facility(self, kind: object, *, hollow: bool = False) -> SymbolStyle:
        """Symbol of a kind, hollow on request: for one that stands but does not serve."""
        known = isinstance(kind, str) and kind in self.facilities
        symbol = self.facilities[str(kind)] if known else self.other_facility
        return replace(symbol, hollow=True) if hollow else symbol

    def marker(self, kind: object, *, worn: bool = False) -> SymbolStyle:
        """Symbol of a boundary marker; a worn one has its shape and the colour of `worn`."""
        known = isinstance(kind, str) and kind in self.markers
        symbol = self.markers[str(kind) if known else "other"]
        return replace(symbol, color=self.markers["worn"].color) if worn else symbol


LegendStyle: TypeAlias = LineStyle | AreaStyle | DotStyle | GapClass | SymbolStyle


@dataclass(frozen=True, kw_only=True)
class LegendRow:
    """One row of a legend: its key (as in `picture_keys`), heading, title and what to draw."""

    key: str
    heading: str
    title: str
    style: LegendStyle


def _build(made: type[_Made], raw: Mapping[str, Any], **more: object) -> _Made:
    known = {field.name for field in fields(made)}  # type: ignore[arg-type]
    values = {**raw, **more}
    if unknown := sorted(set(values) - known):
        raise ValueError(f"unknown style words {unknown} in {made.__name__}")
    if isinstance(values.get("band"), dict):
        values["band"] = Band(**values["band"])
    for name, value in values.items():
        if isinstance(value, list):
            values[name] = tuple(tuple(v) if isinstance(v, list) else v for v in value)
    return made(**values)


def _read(name: str) -> dict[str, Any]:
    text = files("webmap").joinpath("styles", name).read_text(encoding="utf-8")
    read: dict[str, Any] = yaml.safe_load(text)
    return read


def _gap_classes(raw: list[dict[str, Any]], outline: str) -> tuple[GapClass, ...]:
    return tuple(
        _build(
            GapClass,
            {k: v for k, v in row.items() if k != "from"},
            lower=row["from"],
            outline=outline,
        )
        for row in raw
    )


@cache
def load_style() -> Style:
    """Read the style files beside this module.

    Returns
    -------
    The style; read once, frozen.

    Raises
    ------
    ValueError
        If a file has a word that no class knows.
    KeyError
        If a kind of facility in the schema has no symbol.
    """
    raw, gaps, symbols = _read("map.yaml"), _read("gaps.yaml"), _read("facilities.yaml")

    titles = layer_schema("care_facilities").fields["kind"].codes
    marks = _read("markers.yaml")

    def symbol(row: Mapping[str, Any], title: str) -> SymbolStyle:
        shape = row["shape"]
        ring = () if shape == "circle" else symbols["shapes"][shape]
        return _build(SymbolStyle, row, title=title, ring=ring, outline=symbols["outline"])

    return Style(
        **{name: raw[name] for name in ("ink", "paper", "halo", "notice")},
        lines={name: _build(LineStyle, row) for name, row in raw["lines"].items()},
        areas={name: _build(AreaStyle, row) for name, row in raw["areas"].items()},
        tints=tuple(raw["tints"]),
        roads=tuple(_build(RoadStyle, row) for row in raw["roads"]),
        dots={name: _build(DotStyle, row) for name, row in raw["dots"].items()},
        reach={name: _build(AreaStyle, row) for name, row in raw["reach"].items()},
        gap_villages=_gap_classes(gaps["villages"], gaps["outline"]),
        gap_shares=_gap_classes(gaps["shares"], gaps["outline"]),
        facilities={kind: symbol(symbols["kinds"][kind], title) for kind, title in titles.items()},
        other_facility=symbol(symbols["other"], symbols["other"]["title"]),
        sites={name: symbol(row, row["title"]) for name, row in symbols["sites"].items()},
        markers={name: symbol(row, row["title"]) for name, row in marks.items()},
        letters={name: _build(LetterStyle, row) for name, row in raw["letters"].items()},
    )


def gap_class(classes: tuple[GapClass, ...], value: float) -> int | None:
    """Place of the class that holds a value; None below the first class and for NaN."""
    found = None
    for position, step in enumerate(classes):
        if value >= step.lower:
            found = position
    return found


def picture_keys(picture: ServicePicture, style: Style) -> frozenset[str]:
    """Legend keys of what a service picture draws.

    Parameters
    ----------
    picture
        The answer that is drawn.
    style
        The style that it is drawn with.

    Returns
    -------
    Keys `line.county`, `line.township`, `road.N`, `area.circle`, `dot.covered`, `dot.empty`,
    `gap.N`, `facility.KIND`, `facility.other`, each with `.idle` for facilities that are not
    counted; of a siting picture `reach.MODE`, `site.ROLE` and `dot.gained` too. A layer without any
    geometry has no key.
    """
    keys: set[str] = set()
    for name, frame in (("line.county", picture.county), ("line.township", picture.townships)):
        if _drawn(frame).any():
            keys.add(name)
    if _drawn(picture.circles).any():
        keys.add("area.circle")
    roads = picture.roads
    if len(roads):
        keys |= {f"road.{style.road(name)}" for name in roads["highway"][_drawn(roads)].unique()}
    if len(picture.facilities):
        standing = picture.facilities[_drawn(picture.facilities)]
        for kind, counted in zip(standing["kind"], standing["counted"], strict=True):
            name = kind if isinstance(kind, str) and kind in style.facilities else "other"
            keys.add(f"facility.{name}" if counted else f"facility.{name}.idle")
    if len(picture.demand):
        villages = picture.demand[_drawn(picture.demand)]
        for weight, covered, new in zip(
            villages["weight"], villages["covered"], gained_villages(villages), strict=True
        ):
            keys.add(village_key(style, weight=weight, covered=bool(covered), gained=bool(new)))
    if isinstance(picture, SitingPicture):
        keys |= {f"reach.{mode}" for mode in picture.reach["mode"][_drawn(picture.reach)]}
        keys |= {f"site.{role}" for role in picture.sites["role"][_drawn(picture.sites)]}
    return frozenset(keys)


def gained_villages(villages: pd.DataFrame) -> pd.Series[bool]:
    """Which villages a proposed site covers anew; none where no site was asked for."""
    if "gained" not in villages:
        return pd.Series(data=False, index=villages.index)
    return villages["gained"].astype(bool)


def village_key(style: Style, *, weight: float, covered: bool, gained: bool = False) -> str:
    """Legend key of one village: covered, gained, without elders, or a class of the gap ramp."""
    if pd.isna(weight) or weight <= 0:
        return "dot.empty"
    if gained or covered:
        return "dot.gained" if gained else "dot.covered"
    return f"gap.{gap_class(style.gap_villages, weight) or 0}"


def legend_rows(style: Style, keys: Iterable[str]) -> tuple[LegendRow, ...]:
    """Rows of the legend for what occurs, always in the same order.

    Parameters
    ----------
    style
        The style that the map is drawn with.
    keys
        What occurs: `picture_keys`, or `line.NAME`, `area.NAME`, `reach.MODE`, `dot.NAME`,
        `gap.N`, `share.N`, `road.N`, `site.ROLE`, `marker.KIND`, `facility.KIND` with or without
        `.idle`.

    Returns
    -------
    Rows under the headings 服务圈, 站址服务圈, 村（老年人口）, 居民地, 缺口, 站址, 养老服务设施,
    界桩, 境界, 道路.

    Raises
    ------
    ValueError
        If a key names nothing in the style.
    """
    rows = _all_rows(style)
    wanted = set(keys)
    if unknown := sorted(wanted - rows.keys()):
        raise ValueError(f"no legend row for {unknown}")
    return tuple(row for key, row in rows.items() if key in wanted)


def _all_rows(style: Style) -> dict[str, LegendRow]:
    found: list[tuple[str, str, str, LegendStyle]] = []
    found += [(f"area.{k}", "服务圈", v.title, v) for k, v in style.areas.items() if k == "circle"]
    found += [
        (f"reach.{k}", "站址服务圈", v.title, v) for k, v in reversed(list(style.reach.items()))
    ]
    found += [
        (f"dot.{k}", "居民地" if k in _UNITS else "村（老年人口）", v.title, v)
        for k, v in style.dots.items()
    ]
    found += [
        (f"gap.{i}", "村（老年人口）", f"未覆盖 {v.title}", v)
        for i, v in enumerate(style.gap_villages)
    ]
    found += [(f"share.{i}", "缺口", v.title, v) for i, v in enumerate(style.gap_shares)]
    found += [(f"area.{k}", "缺口", v.title, v) for k, v in style.areas.items() if k == "no_data"]
    found += [(f"site.{k}", "站址", v.title, v) for k, v in style.sites.items()]
    for kind, symbol in (*style.facilities.items(), ("other", style.other_facility)):
        idle = style.facility(kind, hollow=True)
        found.append((f"facility.{kind}", "养老服务设施", symbol.title, symbol))
        title = symbol.title if symbol.hollow else f"{symbol.title}（不计入）"
        found.append((f"facility.{kind}.idle", "养老服务设施", title, idle))
    found += [(f"marker.{k}", "界桩", v.title, v) for k, v in style.markers.items()]
    found += [(f"line.{k}", "界桩", v.title, v) for k, v in style.lines.items() if k in _TIED]
    found += [(f"line.{k}", "境界", v.title, v) for k, v in style.lines.items() if k not in _TIED]
    found += [
        (f"area.{k}", "境界", v.title, v)
        for k, v in style.areas.items()
        if k not in {"circle", "no_data"}
    ]
    found += [(f"road.{i}", "道路", v.title, v) for i, v in enumerate(style.roads)]
    return {
        key: LegendRow(key=key, heading=heading, title=title, style=drawn)
        for key, heading, title, drawn in found
    }


def _drawn(frame: gpd.GeoDataFrame) -> pd.Series[bool]:
    """Whether each row has a geometry to draw."""
    found: pd.Series[bool] = ~(frame.geometry.isna() | frame.geometry.is_empty)
    return found
