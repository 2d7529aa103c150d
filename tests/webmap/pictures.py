"""A service picture made by hand: two towns, four villages, three facilities, three roads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import geopandas as gpd
import pandas as pd
from shapely import LineString, Point, box

from layers.analysis.gaps import GapAnswer
from layers.analysis.picture import ServicePicture
from layers.analysis.question import CareQuestion
from layers.provenance import Provenance

EAST, WEST = "140423100000", "140423101000"


def _frame(rows: dict, shapes: list, index: list) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(rows, geometry=shapes, index=index, crs=4490)


def demand(weights: tuple[float, ...] = (120.0, 40.0, 300.0, 60.0)) -> gpd.GeoDataFrame:
    """Two villages a town: the first of each is covered, the last is near in a straight line."""
    codes = ["140423100201", "140423100202", "140423101201", "140423101202"]
    return _frame(
        {
            "village_code": codes,
            "name": ["贾垴村", "虒底村", "王村", "岭后村"],
            "weight": list(weights),
            "township_code": [EAST, EAST, WEST, WEST],
            "unit": [EAST, EAST, WEST, WEST],
            "seconds": [300.0, 1500.0, 600.0, float("inf")],
            "covered": [True, False, True, False],
            "connected": [True, True, True, False],
            "straight_m": [250.0, 1500.0, 500.0, 900.0],
            "circle_covered": [True, False, True, True],
            "street_share": [1.0, 0.25, 0.5, 0.0],
        },
        [Point(113.05, 36.55), Point(113.08, 36.58), Point(112.95, 36.55), Point(112.92, 36.52)],
        [f"{code}-2020" for code in codes],
    )


def gap_rows(villages: gpd.GeoDataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Rank the units of these villages as `layers.analysis.gaps` does."""
    rows = []
    for unit, group in villages.groupby("unit"):
        total = float(group["weight"].sum())
        covered = float(group["weight"][group["covered"]].sum())
        near = float(group["weight"][group["circle_covered"]].sum())
        along = float((group["weight"] * group["street_share"]).sum())
        misled = group["circle_covered"] & ~group["covered"]
        reached = group[(group["seconds"] < float("inf")) & (group["weight"] > 0)]
        rows.append(
            {
                "code": unit if unit in names else None,
                "name": names.get(unit, unit),
                "total": total,
                "covered": covered,
                "uncovered": total - covered,
                "share": covered / total,
                "points": len(group),
                "uncovered_points": int((~group["covered"]).sum()),
                "unconnected_points": int((~group["connected"]).sum()),
                "mean_seconds": (reached["seconds"] * reached["weight"]).sum()
                / (reached["weight"].sum() or float("nan")),
                "worst_seconds": float(group["seconds"].max()),
                "misled": float(group["weight"][misled].sum()),
                "circle_share": near / total,
                "share_low": min(covered, along) / total,
                "share_high": max(covered, along) / total,
            }
        )
    frame = pd.DataFrame(rows).sort_values(["uncovered", "share"], ascending=[False, True])
    frame.insert(2, "rank", range(1, len(frame) + 1))
    return frame.reset_index(drop=True)


def summary(villages: gpd.GeoDataFrame) -> dict[str, float]:
    weight = villages["weight"]
    total, covered = float(weight.sum()), float(weight[villages["covered"]].sum())
    misled = float(weight[villages["circle_covered"] & ~villages["covered"]].sum())
    along = float((weight * villages["street_share"]).sum())
    return {
        "total": total,
        "covered": covered,
        "uncovered": total - covered,
        "share": covered / total,
        "circle_share": float(weight[villages["circle_covered"]].sum()) / total,
        "misled": misled,
        "misled_share": misled / total,
        "share_low": min(covered, along) / total,
        "share_high": max(covered, along) / total,
    }


def picture(villages: gpd.GeoDataFrame | None = None, **changes: object) -> ServicePicture:
    """The hand-made picture, with other frames where they are given."""
    villages = demand() if villages is None else villages
    towns = {EAST: "古韩镇", WEST: "虒亭镇"}
    whole = ServicePicture(
        question=CareQuestion(),
        county=_frame(
            {"code": ["140423000000"], "name": ["襄垣县"]}, [box(112.9, 36.5, 113.1, 36.6)], ["c"]
        ),
        townships=_frame(
            {"code": list(towns), "name": list(towns.values())},
            [box(113.0, 36.5, 113.1, 36.6), box(112.9, 36.5, 113.0, 36.6)],
            list(towns),
        ),
        roads=_frame(
            {"highway": ["secondary", "residential", "path"]},
            [
                LineString([(112.9, 36.55), (113.1, 36.55)]),
                LineString([(113.05, 36.55), (113.05, 36.56)]),
                LineString([(112.95, 36.55), (112.92, 36.53)]),
            ],
            [1, 2, 3],
        ),
        circles=_frame(
            {"minutes": [15.0], "area_m2": [4.0e6]}, [box(113.04, 36.54, 113.06, 36.56)], [0]
        ),
        facilities=_frame(
            {
                "name": ["府前社区养老服务驿站", "示意日间照料中心01", "虒亭敬老院"],
                "kind": ["station", "rural_daycare", "regional_home"],
                "status": ["in_service", None, "in_service"],
                "counted": [True, True, False],
                "connected": pd.array([True, False, None], dtype="boolean"),
            },
            [Point(113.05, 36.55), Point(112.95, 36.551), Point(112.94, 36.56)],
            ["F1", "F2", "F3"],
        ),
        demand=villages,
        gaps=gap_rows(villages, towns),
        summary=summary(villages),
        provenance=Provenance("synthetic", ("示意数据（种子 7）",)),
        data_date=date(2024, 1, 31),
        data_hash="0123456789abcdef" * 4,
    )
    return replace(whole, **changes)


def placeless_picture() -> ServicePicture:
    """A store without divisions: no county, no towns, one row 全部, real roads."""
    whole = picture()
    villages = whole.demand.assign(unit="全部")
    return replace(
        whole,
        county=whole.county.iloc[:0],
        townships=whole.townships.iloc[:0],
        demand=villages,
        gaps=gap_rows(villages, {}),
        provenance=Provenance("approximate", ("OpenStreetMap, 2024-01",)),
    )


def answer(villages: gpd.GeoDataFrame | None = None, **changes: object) -> GapAnswer:
    """The gap answer to the same picture."""
    shown = picture(villages)
    bands = pd.DataFrame(
        {
            "speed_mps": [1.1, 0.5],
            "total": [520.0, 50.0],
            "covered": [420.0, 3.0],
            "uncovered": [100.0, 47.0],
            "share": [420 / 520, 0.06],
            "share_low": [280 / 520, 0.06],
            "share_high": [420 / 520, 0.1],
        },
        index=["age60", "disabled"],
    )
    whole = GapAnswer(
        question=shown.question,
        rows=shown.gaps,
        summary=shown.summary,
        modes={
            "walk": {"to_facility": 420 / 520, "from_facility": 420 / 520},
            "car": {"to_facility": 0.9, "from_facility": 3 / 520},
        },
        mode_ranges={
            "walk": dict.fromkeys(("to_facility", "from_facility"), (280 / 520, 420 / 520)),
            "car": {"to_facility": (0.9, 0.95), "from_facility": (0.0, 3 / 520)},
        },
        bands=bands,
        villages=shown.demand,
        provenance=shown.provenance,
        data_date=shown.data_date,
    )
    return replace(whole, **changes)
