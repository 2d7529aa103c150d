"""Pages of features over HTTP: how many a second, and what a hundred times the features cost.

The figure of wrk is by the clock, on a machine that serves and asks at once; beside it stands the
processor time that a request takes of the worker, which other work on the machine hardly changes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from layers.store import Actor, open_store
from tests.bench.timing import medians
from tests.conftest import lacking
from tests.service import serving
from tests.serving import running

pytestmark = pytest.mark.bench

LAYER = "care_facilities"
WEST, SOUTH, EAST, NORTH = 112.7, 36.4, 113.2, 36.8
HALF = 0.0097  # about 190 of 100,000
LUA = """
math.randomseed(7)
request = function()
  local x, y, h = 112.72 + math.random() * 0.45, 36.42 + math.random() * 0.35, %f
  local box = string.format("%%f,%%f,%%f,%%f", x - h, y - h, x + h, y + h)
  return wrk.format("GET", "/ogc/collections/%s/items?limit=1000&bbox=" .. box)
end
"""


def facilities(number: int) -> Iterator[dict[str, Any]]:
    """Points all over the county, filled in as an import of facilities is."""
    random = np.random.default_rng(7)
    for i, place in enumerate(random.uniform((WEST, SOUTH), (EAST, NORTH), (number, 2))):
        yield {
            "name": f"示意设施{i}", "kind": "station", "status": "in_service", "beds": i % 50,
            "township_code": "140423100000", "services": ["助餐", "助洁"],
            "operator": "示意运营方", "source": "bench", "geometry": shapely.Point(*place),
        }  # fmt: skip


def folder_with(number: int, folder: Path) -> Path:
    folder.mkdir()
    with open_store(f"gpkg:{folder / 'county.gpkg'}", create=True, min_free_mb=0) as store:
        store.put(LAYER, facilities(number), actor=Actor("bench"))
    return folder


def ticks_of(pid: int) -> float:
    """Seconds of processor time a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_boxes_of_190_among_100_000_over_http(tmp_path):
    wrk = shutil.which("wrk")
    if wrk is None:
        lacking("wrk", "run `make system` as root")
    script = tmp_path / "boxes.lua"
    script.write_text(LUA % (HALF, LAYER))
    data = folder_with(100_000, tmp_path / "data")
    with running(data, XYGEO_READS_PER_MINUTE="0") as service:
        [worker] = service.workers
        for clients in (1, 8, 1, 8):
            before = ticks_of(worker)
            words = [wrk, "-t1", f"-c{clients}", "-d5s", "--latency", "-s", script, service.url]
            said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
            assert "Non-2xx" not in said, said
            number = int(re.search(r"(\d+) requests in", said)[1])
            rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
            p50, p99 = (re.search(rf"{p}%\s+(\S+)", said)[1] for p in (50, 99))
            cpu_ms = (ticks_of(worker) - before) / number * 1e3
            print(f"\nc={clients}: {rate:.0f} requests/s, median {p50}, p99 {p99};"
                  f" {cpu_ms:.2f} ms of the worker's processor a request")  # fmt: skip


def test_a_page_costs_the_same_with_a_hundred_times_the_features(tmp_path):
    taken = {}
    for number in (10_000, 1_000_000):
        data = folder_with(number, tmp_path / str(number))
        half = HALF * (100_000 / number) ** 0.5
        box = f"{112.95 - half},{36.6 - half},{112.95 + half},{36.6 + half}"
        path = f"/ogc/collections/{LAYER}/items"
        with serving(data) as served:
            # The 1,000th page of ten; of the small store the last there is.
            far = min(number, 10_000) - 10
            last = served.store.keys(LAYER)[far - 1][0]
            asked = {
                "first": f"{path}?limit=10",
                "thousandth": f"{path}?limit=10&after={last}",
                "box": f"{path}?limit=1000&bbox={box}",
                "crowded": f"{path}?limit=100&bbox={WEST},{SOUTH},112.95,{NORTH}",
                "value": f"{path}?limit=10&beds=7",
            }
            taken[number] = medians(
                40, **{name: lambda url=url: served.get(url) for name, url in asked.items()}
            )
    for name, large in taken[1_000_000].items():
        small = taken[10_000][name]
        print(f"\n{name}: {small * 1e3:.2f} ms of 10,000, {large * 1e3:.2f} ms of 1,000,000"
              f" = {large / small:.2f} x")  # fmt: skip
