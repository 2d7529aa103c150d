"""PostGIS beside the GeoPackage: the same rows in, the same pages out.

The server is the tests' own, without fsync; ratios of wall time, since half of the work is done in
another process. Rounds of the two are interleaved.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from layers.store import Actor, Query, open_store
from layers.verify import verify
from tests.bench.test_bench_store import road_rows, seconds_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.store import Store

pytestmark = [pytest.mark.bench, pytest.mark.postgis]
CLERK = Actor("bench")
NUMBER = 40_000


def test_both_stores_side_by_side(postgis_url: str, tmp_path: Path) -> None:
    urls = {"gpkg": f"gpkg:{tmp_path / 'county.gpkg'}", "postgis": postgis_url}
    rows = list(road_rows(NUMBER))
    changed = [row | {"car_kmh": 40.0} for row in rows[:10_000]]
    with ExitStack() as stack:
        stores: dict[str, Store] = {}
        for name, url in urls.items():
            folder = tmp_path / name
            folder.mkdir()
            opened = open_store(url, create=True, min_free_mb=0, folder=folder)
            stores[name] = stack.enter_context(opened)
        tell("put 40,000 roads", stores, lambda s: s.put("roads", rows, actor=CLERK))
        tell("the same again", stores, lambda s: s.put("roads", rows, actor=CLERK))
        tell("change 10,000", stores, lambda s: s.put("roads", changed, actor=CLERK))
        west, south, half = 112.95, 36.6, 0.014
        box = Query(bbox=(west - half, south - half, west + half, south + half))
        print(f"a box of {stores['gpkg'].count('roads', box)} roads:")
        tell("bbox page", stores, lambda s: s.find("roads", box), times=30)
        crowd = Query(bbox=(112.72, 36.42, 113.18, 36.78), limit=100)
        tell("100 of a crowded box", stores, lambda s: s.find("roads", crowd), times=30)
        deep = Query(limit=100, after=NUMBER - 200)
        tell("the last page", stores, lambda s: s.find("roads", deep), times=30)
        station = {"id": "a", "name": "示意"}
        tell(
            "first put of a layer",
            stores,
            lambda s: s.put("care_facilities", [station], actor=CLERK),
        )
        tell("get", stores, lambda s: s.get("care_facilities", "a"), times=50)
        plain = {"name": "示意"}
        tell("single put", stores, lambda s: s.put("care_facilities", [plain], actor=CLERK),
             times=30)  # fmt: skip
    for name, url in urls.items():
        print(f"verify {name} {seconds_of(lambda url=url: verify(url)):.2f} s")


def tell(
    what: str, stores: dict[str, Store], work: Callable[[Store], object], *, times: int = 1
) -> None:
    best = dict.fromkeys(stores, float("inf"))
    for _ in range(times):
        for name, store in stores.items():
            best[name] = min(best[name], seconds_of(lambda store=store: work(store)))
    gpkg, postgis = best["gpkg"], best["postgis"]
    print(
        f"{what}: gpkg {gpkg * 1000:.1f} ms, postgis {postgis * 1000:.1f} ms"
        f" (ratio {postgis / gpkg:.2f})"
    )
