"""What the browser map draws, as plain values: short coordinates, finished texts, no secrets.

Coordinates are whole hundred-thousandths of a degree (about a metre), each after the first of a
ring or line as the difference from the one before: a third of the size of GeoJSON.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from layers.analysis.siting_picture import SitingPicture
from layers.schema import layer_schema
from webmap.cells import people_shown, shown_gaps, shown_villages
from webmap.style import gained_villages, village_key
from webmap.swatch import symbol_svg
from webmap.tints import tints
from webmap.wording import count_text, minutes_text, range_text, share_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from layers.analysis.picture import ServicePicture
    from webmap.style import DotStyle, GapClass, Style

__all__ = ["as_script", "facility_words", "map_data", "shape_count"]

_UNITS_PER_DEGREE = 100_000
_ROAD_TOLERANCE_DEG = 0.00002
_CIRCLE_TOLERANCE_DEG = 0.00001


def map_data(picture: ServicePicture, style: Style, *, full: bool = False) -> dict[str, Any]:
    """Everything that the script of the page draws.

    Parameters
    ----------
    picture
        The answer that is drawn.
    style
        Its colours and symbols.
    full
        Whether counts of 1-4 are shown.

    Returns
    -------
    Lists and dictionaries of JSON: `bounds county towns circle reach roads villages facilities
    symbols attributions` and the looks of each. Sites of a siting picture are among the facilities.
    """
    sited = picture if isinstance(picture, SitingPicture) else None
    return {
        "bounds": _bounds(picture),
        "county": _rings(picture.county.geometry),
        "towns": _towns(picture, style, full=full),
        "circle": _rings(picture.circles.geometry.simplify(_CIRCLE_TOLERANCE_DEG)),
        "reach": _reach(sited, style) if sited else [],
        "roads": _roads(picture.roads, style),
        "villages": _villages(picture, style, full=full),
        "facilities": _facilities(picture.facilities, style)
        + (_sites(sited, style) if sited else []),
        "symbols": _symbols(picture.facilities, style) | (_pins(sited, style) if sited else {}),
        "attributions": _credits(picture),
        "look": _look(style),
    }


def _credits(picture: ServicePicture) -> list[str]:
    """Lines on the map itself: what a licence asks for; the panel lists every source."""
    asked = [line for line in picture.provenance.attributions if "©" in line]
    return [*asked, "数据来源见“说明”"]


def shape_count(picture: ServicePicture) -> int:
    """Count the features with a place that the map draws."""
    frames = (
        picture.county,
        picture.townships,
        picture.circles,
        picture.roads,
        picture.demand,
        picture.facilities,
    )
    sited = (picture.reach, picture.sites) if isinstance(picture, SitingPicture) else ()
    return int(sum(_placed(frame).sum() for frame in (*frames, *sited)))


def as_script(data: object) -> str:
    """JSON that may stand inside a `script` element: no `<`, `>` or `&` as itself."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def facility_words(facilities: gpd.GeoDataFrame, style: Style) -> pd.DataFrame:
    """Say each facility in words, for its label and the list beside the map.

    Parameters
    ----------
    facilities
        `ServicePicture.facilities`.
    style
        The style, which has the titles of the kinds.

    Returns
    -------
    Those that count first, then in the order of the kinds, then by name; the facilities' index,
    columns `key name kind status served`, all text.
    """
    order = {kind: place for place, kind in enumerate(style.facilities)}
    place = facilities["kind"].map(order).fillna(len(order))
    facilities = facilities.assign(place=place, passed=~facilities["counted"].astype(bool))
    facilities = facilities.sort_index().sort_values(["passed", "place", "name"], kind="stable")
    states = layer_schema("care_facilities").fields["status"].codes
    rows = [
        {
            "key": _symbol_key(row.kind, style, counted=bool(row.counted)),
            "name": _text(row.name_, "（未命名）"),
            "kind": style.facility(row.kind).title,
            "status": states.get(_text(row.status, ""), _text(row.status, "未载明")),
            "served": _served(counted=bool(row.counted), connected=row.connected),
        }
        for row in facilities.rename(columns={"name": "name_"}).itertuples()
    ]
    columns = ["key", "name", "kind", "status", "served"]
    return pd.DataFrame(rows, columns=columns, index=facilities.index)


def _served(*, counted: bool, connected: object) -> str:
    if not counted:
        return "不计入"
    return "计入" if pd.isna(connected) or connected else "计入，附近没有道路"  # type: ignore[call-overload]


def _text(value: object, missing: str) -> str:
    return value if isinstance(value, str) and value.strip() else missing


def _symbol_key(kind: object, style: Style, *, counted: bool) -> str:
    name = kind if isinstance(kind, str) and kind in style.facilities else "other"
    return name if counted else f"{name}.idle"


def _placed(frame: gpd.GeoDataFrame) -> pd.Series[bool]:
    placed: pd.Series[bool] = ~(frame.geometry.isna() | frame.geometry.is_empty)
    return placed


def _bounds(picture: ServicePicture) -> list[list[float]]:
    """South-west and north-east corner of what the map is about; nothing: the world.

    The county, else the towns, else what is asked about; roads come last, for one long road
    out of an extract would make all else tiny.
    """
    about = [picture.circles, picture.facilities, picture.demand]
    for frames in ([picture.county], [picture.townships], about, [picture.roads]):
        corners = np.array([f.total_bounds for f in frames if _placed(f).any()])
        if len(corners):
            break
    else:
        return [[-60.0, -180.0], [75.0, 180.0]]
    west, south = corners[:, :2].min(axis=0).tolist()
    east, north = corners[:, 2:].max(axis=0).tolist()
    return [[round(south, 5), round(west, 5)], [round(north, 5), round(east, 5)]]


def _towns(picture: ServicePicture, style: Style, *, full: bool) -> list[dict[str, Any]]:
    towns = picture.townships[_placed(picture.townships)].sort_values("code", kind="stable")
    if towns.empty:
        return []
    shown = shown_gaps(picture.gaps, full=full)
    rows = shown[shown["code"].notna()].set_index("code") if len(shown) else shown
    tint = tints(towns)
    middles = towns.geometry.representative_point()
    return [
        {
            "code": code,
            "name": name,
            "tint": style.tints[tint.loc[id_]],
            "rings": _rings([shape]),
            "label": _lat_lon(middles.loc[id_]),
            "facts": _gap_facts(rows.loc[code]) if code in rows.index else [],
        }
        for id_, code, name, shape in zip(
            towns.index, towns["code"], towns["name"], towns.geometry, strict=True
        )
    ]


def _gap_facts(row: pd.Series) -> list[list[str]]:
    return [
        ["缺口排名", f"第 {row['rank']} 位"],
        ["老年人口", f"{count_text(row['total'])} 人"],
        ["已覆盖", f"{count_text(row['covered'])} 人"],
        ["未覆盖", f"{count_text(row['uncovered'])} 人"],
        ["道路覆盖率", share_text(row["share"])],
        ["覆盖率区间", range_text(row["share_low"], row["share_high"])],
        ["直线覆盖率", share_text(row["circle_share"])],
    ]


def _roads(roads: gpd.GeoDataFrame, style: Style) -> list[list[list[int]]]:
    """Lines of each road group of the style, ends joined where exactly two lines meet."""
    roads = roads[_placed(roads)]
    group = roads["highway"].map(style.road)
    found = []
    for position in range(len(style.roads)):
        shapes = np.asarray(roads.geometry.array)[(group == position).to_numpy()]
        merged = shapely.line_merge(shapely.multilinestrings(shapely.get_parts(shapes)))
        thin = shapely.simplify(shapely.get_parts(merged), _ROAD_TOLERANCE_DEG)
        found.append(sorted(_short(line) for line in thin if not line.is_empty))
    return found


def _villages(picture: ServicePicture, style: Style, *, full: bool) -> list[dict[str, Any]]:
    villages = picture.demand
    people = shown_villages(villages, full=full)
    names = picture.townships.drop_duplicates("code").set_index("code")["name"]
    town = villages["township_code"].map(names) if len(names) else None
    placed = villages[_placed(villages)].sort_values("village_code", kind="stable")
    placed = placed.assign(new=gained_villages(placed))
    columns = ["village_code", "name", "weight", "covered", "connected", "circle_covered"]
    columns += ["seconds", "geometry", "new"]
    found = []
    for id_, row in zip(placed.index, placed[columns].itertuples(index=False), strict=True):
        code, name, weight, covered, connected, near, seconds, point, new = row
        facts = [["所属乡镇", _text(town.loc[id_], "未载明")]] if town is not None else []
        facts += [
            ["老年人口", f"{count_text(people.loc[id_])} 人"],
            ["到最近设施", minutes_text(seconds) if connected else "附近没有道路"],
            ["覆盖", "推荐站址新增" if new else "是" if covered else "否"],
            ["直线 1 公里内", "有设施" if near else "没有设施"],
        ]
        key = village_key(style, weight=weight, covered=bool(covered), gained=bool(new))
        found.append(
            {"code": code, "name": name, "key": key, "at": _lat_lon(point), "facts": facts}
        )
    return found


def _facilities(facilities: gpd.GeoDataFrame, style: Style) -> list[dict[str, Any]]:
    words = facility_words(facilities[_placed(facilities)], style)
    return [
        {
            "id": str(row.Index),
            "name": row.name,
            "key": row.key,
            "at": _lat_lon(point),
            "facts": [["类型", row.kind], ["状态", row.status], ["本次统计", row.served]],
        }
        for row, point in zip(words.itertuples(), facilities.geometry.loc[words.index], strict=True)
    ]


def _reach(picture: SitingPicture, style: Style) -> list[dict[str, Any]]:
    """Areas within reach of the site, the widest first."""
    shapes = picture.reach.geometry.simplify(_CIRCLE_TOLERANCE_DEG)
    return [
        {
            "rings": _rings([shape]),
            "color": style.reach[mode].color,
            "opacity": style.reach[mode].opacity,
        }
        for mode, shape in zip(picture.reach["mode"], shapes, strict=True)
    ]


def _sites(picture: SitingPicture, style: Style) -> list[dict[str, Any]]:
    placed = picture.sites[_placed(picture.sites)]
    columns = (placed[name] for name in ("name", "place", "role", "gained"))
    return [
        {
            "id": f"site-{key}",
            "name": name,
            "key": f"site.{role}",
            "at": _lat_lon(point),
            "facts": [
                ["站址", style.sites[role].title],
                ["位置", place],
                ["新增覆盖", f"{count_text(people_shown(gained))} 人"],
            ],
        }
        for key, point, name, place, role, gained in zip(
            placed.index, placed.geometry, *columns, strict=True
        )
    ]


def _pins(picture: SitingPicture, style: Style) -> dict[str, dict[str, Any]]:
    return {
        f"site.{role}": {
            "svg": symbol_svg(style.sites[role]),
            "size": style.sites[role].size_px + 4,
        }
        for role in sorted(set(picture.sites["role"]))
    }


def _symbols(facilities: gpd.GeoDataFrame, style: Style) -> dict[str, dict[str, Any]]:
    keys = sorted(set(facility_words(facilities, style)["key"]))
    found = {}
    for key in keys:
        kind, _, idle = key.partition(".")
        symbol = style.facility(kind, hollow=bool(idle))
        found[key] = {"svg": symbol_svg(symbol), "size": symbol.size_px + 4}
    return found


def _look(style: Style) -> dict[str, Any]:
    """Colours and widths for the script, from the style alone."""

    def line(name: str) -> dict[str, Any]:
        drawn = style.lines[name]
        dash = " ".join(f"{part:g}" for part in drawn.dash_px)
        return {"color": drawn.color, "width": drawn.width_px, "dash": dash}

    def letter(name: str, **more: float) -> dict[str, Any]:
        given = style.letters[name]
        weight = 700 if name == "township" else 400
        look = {"color": given.color, "size": given.size_px, "weight": weight, "opacity": 1}
        return look | more

    band = style.lines["county"].band
    dots: dict[str, DotStyle | GapClass] = {f"dot.{k}": dot for k, dot in style.dots.items()}
    dots |= {f"gap.{place}": step for place, step in enumerate(style.gap_villages)}
    return {
        "halo": style.halo,
        "letters": {
            "township": letter("township"),
            "far": letter("township", size=20, opacity=0.5),
            "facility": letter("facility"),
            "village": letter("village"),
        },
        "county": line("county"),
        "township": line("township"),
        "circle": {
            **line("circle"),
            "fill": style.areas["circle"].color,
            "opacity": style.areas["circle"].opacity,
        },
        "band": {"color": band.color, "width": band.width_px} if band else None,
        "roads": [
            {"color": r.color, "width": r.width_px, "dash": " ".join(f"{p:g}" for p in r.dash_px)}
            for r in style.roads
        ],
        "dots": {
            key: {"fill": dot.color, "outline": dot.outline, "size": dot.size_px}
            for key, dot in dots.items()
        },
    }


def _lat_lon(shape: BaseGeometry) -> list[float]:
    middle = shape.representative_point()
    return [round(middle.y, 5), round(middle.x, 5)]


def _rings(shapes: Iterable[BaseGeometry | None]) -> list[list[list[int]]]:
    """Polygons as lists of rings, outer ring first; anything else has none."""
    parts = [part for shape in shapes if shape is not None for part in shapely.get_parts(shape)]
    return [
        [_short(ring) for ring in (part.exterior, *part.interiors)]
        for part in parts
        if isinstance(part, shapely.Polygon) and not part.is_empty
    ]


def _short(line: BaseGeometry) -> list[int]:
    """Latitude and longitude in turn, as differences of whole units; repeats left out."""
    whole = np.rint(shapely.get_coordinates(line)[:, ::-1] * _UNITS_PER_DEGREE).astype(np.int64)
    steps = np.diff(whole, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    moved = (steps != 0).any(axis=1)
    moved[:1] = True
    values: list[int] = steps[moved].ravel().tolist()
    return values
