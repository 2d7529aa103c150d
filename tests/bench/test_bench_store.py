"""The store beside pyogrio writing and reading the same features without history.

pyogrio keeps no versions, events or hashes; the ratio is what truth costs.
"""

from __future__ import annotations

import threading
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from layers.store import Actor, Query, Store, open_store, read_frame
from layers.verify import verify

pytestmark = pytest.mark.bench
CLERK = Actor("bench")


def road_rows(number: int, *, seed: int = 7) -> Iterator[dict[str, Any]]:
    """Short lines over the county, with the values that an import of roads has."""
    random = np.random.default_rng(seed)
    starts = random.uniform((112.7, 36.4), (113.2, 36.8), (number, 2))
    steps = random.uniform(-0.001, 0.001, (number, 4, 2)).cumsum(axis=1)
    lines = shapely.linestrings(starts[:, None, :] + steps)
    for i, line in enumerate(lines):
        yield {
            "way_id": i, "piece": 0, "u": i, "v": i + 1, "highway": "residential", "walk": "both",
            "etrike": "both", "car": "forward", "car_kmh": 30.0, "length_m": 123.25,
            "source": "OpenStreetMap", "geometry": line,
        }  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"gpkg:{tmp_path / 'county.gpkg'}", create=True) as opened:
        yield opened


def seconds_of(work: Any, *, times: int = 1) -> float:
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def test_importing_40_000_roads(store, tmp_path):
    rows = list(road_rows(40_000))
    frame = gpd.GeoDataFrame(rows, crs=4490)
    plain = seconds_of(lambda: pyogrio.write_dataframe(frame, tmp_path / "plain.gpkg"))
    first = seconds_of(lambda: store.put("roads", rows, actor=CLERK))
    again = seconds_of(lambda: store.put("roads", rows, actor=CLERK))
    print(
        f"\nput 40,000 roads {first:.2f} s = {40_000 / first:,.0f} rows/s,"
        f" unchanged {again:.2f} s; pyogrio without history {plain:.2f} s"
        f" (ratio {first / plain:.1f})"
    )
    frame_s = seconds_of(lambda: read_frame(store, "roads"), times=3)
    plain_s = seconds_of(lambda: gpd.read_file(tmp_path / "plain.gpkg"), times=3)
    print(
        f"read_frame {frame_s:.3f} s; gpd.read_file {plain_s:.3f} s (ratio {frame_s / plain_s:.2f})"
    )
    checked = seconds_of(lambda: verify(store.path))
    print(f"verify {checked:.2f} s")


def test_a_bbox_of_200_among_100_000(store):
    store.put("roads", road_rows(100_000), actor=CLERK)
    west, south, half = 112.95, 36.6, 0.0095
    query = Query(bbox=(west - half, south - half, west + half, south + half))
    found = store.find("roads", query)
    find_s = seconds_of(lambda: store.find("roads", query), times=20)
    plain_s = seconds_of(
        lambda: pyogrio.read_dataframe(store.path, layer="roads", bbox=query.bbox), times=20
    )
    print(f"\nbbox: {len(found)} features in {find_s * 1000:.1f} ms;"
          f" pyogrio {plain_s * 1000:.1f} ms (ratio {find_s / plain_s:.2f})")  # fmt: skip
    one = found[0]["id"]
    print(f"get {seconds_of(lambda: store.get('roads', one), times=50) * 1e6:.0f} us,"
          f" head {seconds_of(store.head, times=50) * 1e6:.0f} us")  # fmt: skip


def test_a_stream_needs_the_memory_of_one_slice(store):
    def grown(number: int) -> float:
        tracemalloc.start()
        store.put("roads", slow_rows(number), actor=CLERK)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak / 1e6

    def slow_rows(number: int) -> Iterator[dict[str, Any]]:
        for i in range(number):
            shape = shapely.LineString([(113, 36), (113.001, 36.001)])
            yield {"way_id": number * 10 + i, "piece": 0, "highway": "path", "geometry": shape}

    small, large = grown(4_000), grown(40_000)
    print(f"\npeak of a put: 4,000 rows {small:.1f} MB, 40,000 rows {large:.1f} MB")


def test_single_puts_of_eight_threads(store):
    def write(name: str) -> None:
        for number in range(50):
            store.put("care_facilities", [{"name": f"{name}-{number}"}], actor=CLERK)

    threads = [threading.Thread(target=write, args=[str(i)]) for i in range(8)]

    def run() -> None:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    taken = seconds_of(run)
    print(f"\n400 puts of 8 threads: {400 / taken:,.0f} puts/s, each on disk when it returns")
