"""Starting, holding, backing up and restoring 100,000 features, in processes of their own."""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter, sleep

import numpy as np
import pytest
import shapely

from layers.backup import backup
from layers.restore import restore
from layers.store import Actor, open_store
from tests.bench.timing import best_of
from tests.serving import running

pytestmark = [
    pytest.mark.bench,
    pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc"),
]
FEATURES = 100_000


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("serving")
    places = np.random.default_rng(7).uniform((112.7, 36.4), (113.2, 36.8), (FEATURES, 2))
    rows = (
        {"name": f"示意{n}", "geometry": shapely.Point(place)} for n, place in enumerate(places)
    )
    with open_store(f"gpkg:{folder / 'county.gpkg'}", create=True, min_free_mb=0) as store:
        store.put("care_facilities", rows, actor=Actor("bench"), keep_ids=False)
    return folder


def memory_mib(pid: int) -> dict[str, int]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    kept = {line.split(":")[0]: int(line.split()[1]) // 1024 for line in lines}
    return {name: kept[name] for name in ("Rss", "Pss", "Private_Dirty")}


@pytest.mark.parametrize("workers", [1, 2])
def test_start_and_memory(data, workers):
    begin = perf_counter()
    with running(data, workers=workers) as service:
        print(f"\n{workers} worker(s) accept calls after {perf_counter() - begin:.2f} s")
        sleep(5)  # kernels are loaded in the background
        print("MiB:", *(memory_mib(pid) for pid in service.workers))


def test_backup_and_restore(data, tmp_path):
    file = tmp_path / "a.zip"
    url = f"gpkg:{data / 'county.gpkg'}"
    taken = best_of(1, lambda: backup(url, data, file))
    given = best_of(1, lambda: restore(file, tmp_path / "back"))
    size = (data / "county.gpkg").stat().st_size / 2**20
    print(
        f"\nbackup {taken:.1f} s, restore {given:.1f} s, both verified;"
        f" {size:.0f} MiB -> {file.stat().st_size / 2**20:.0f} MiB"
    )
