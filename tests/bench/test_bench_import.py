"""Import and export beside what they stand on: the csv module, GDAL, `read_pieces`."""

from __future__ import annotations

import csv
import subprocess
import sys
from contextlib import closing
from time import perf_counter

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from openpyxl import Workbook, load_workbook

from geo.osm import read_pieces
from layers.analysis.roads import network_of
from layers.exporters import export_layer
from layers.importers import import_file
from layers.importers.formats import open_table
from layers.store import Actor, open_store, read_frame
from tests.bench.timing import best_of, say

pytestmark = pytest.mark.bench

CLERK = Actor("bench")
ROWS = 20_000


@pytest.fixture
def new_store(tmp_path):
    """A maker of empty stores."""
    stores = []

    def make():
        url = f"gpkg:{tmp_path / f'{len(stores)}.gpkg'}"
        stores.append(open_store(url, create=True, min_free_mb=0))
        return stores[-1]

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def sites(tmp_path):
    """A csv of facilities with nine columns."""
    path = tmp_path / "sites.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["名称", "类型", "乡镇代码", "床位", "运营方", "开业日期", "经度", "纬度", "备注"]
        )
        for i in range(ROWS):
            writer.writerow(
                [f"站{i}", "养老服务驿站", "140423100000", i % 90, f"公司{i % 50}",
                 f"2020-0{i % 9 + 1}-11", 113 + i / 1e5, 36.4 + i % 777 / 1e4, f"说明{i}"]
            )  # fmt: skip
    return path


def test_importing_a_csv(new_store, sites):
    def plain():
        with sites.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    store = new_store()
    first_s = best_of(1, lambda: import_file(store, "care_facilities", sites, actor=CLERK))
    again_s = best_of(2, lambda: import_file(store, "care_facilities", sites, actor=CLERK))
    say(f"import csv, {ROWS / first_s:.0f} rows/s", first_s, csv_module=best_of(3, plain))
    say(f"the same again, {ROWS / again_s:.0f} rows/s", again_s)
    checked = new_store()
    broken = sites.with_name("broken.csv")
    broken.write_text(sites.read_text(encoding="utf-8").replace(",0,", ",x,", 1), encoding="utf-8")
    checked_s = best_of(2, lambda: import_file(checked, "care_facilities", broken, actor=CLERK))
    say(f"reading and checking alone, {ROWS / checked_s:.0f} rows/s", checked_s)


def test_importing_a_workbook(new_store, sites):
    with sites.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    book = Workbook(write_only=True)
    page = book.create_sheet("数据")
    for line in lines:
        page.append(line)
    path = sites.with_suffix(".xlsx")
    book.save(path)

    def plain():
        with closing(load_workbook(path, read_only=True)) as opened:
            return list(opened.worksheets[0].iter_rows(values_only=True))

    store = new_store()
    first_s = best_of(1, lambda: import_file(store, "care_facilities", path, actor=CLERK))
    say(f"import xlsx, {ROWS / first_s:.0f} rows/s", first_s, openpyxl=best_of(1, plain))


def test_importing_a_hundred_thousand_places_from_a_geopackage(new_store, tmp_path):
    count = 100_000
    path = tmp_path / "sites.gpkg"
    xy = np.random.default_rng(7).random((count, 2)) * 0.2 + [113.0, 36.4]
    names = np.array([f"站{i}" for i in range(count)], dtype=object)
    pyogrio.raw.write(
        path, shapely.to_wkb(shapely.points(xy)),
        [names, np.full(count, "station", dtype=object), np.arange(count) % 90],
        ["name", "kind", "beds"], driver="GPKG", crs="EPSG:4490", geometry_type="Point",
    )  # fmt: skip
    store = new_store()
    first_s = best_of(1, lambda: import_file(store, "care_facilities", path, actor=CLERK))
    again_s = best_of(1, lambda: import_file(store, "care_facilities", path, actor=CLERK))
    say(
        f"import gpkg, {count / first_s:.0f} rows/s",
        first_s,
        geopandas=best_of(1, lambda: gpd.read_file(path)),
        again=again_s,
    )


MEASURED = """
import resource, sys
from layers.importers import import_file
from layers.store import Actor, open_store

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

with open_store("gpkg:" + sys.argv[1], create=True, min_free_mb=0) as store:
    before = peak()
    report = import_file(store, "care_facilities", sys.argv[2], actor=Actor("bench"))
    print(report.new, before, peak())
"""


@pytest.mark.parametrize("rows", [100_000, 1_000_000])
def test_memory_of_many_rows(tmp_path, rows):
    path = tmp_path / "many.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["名称", "类型", "乡镇代码", "床位", "经度", "纬度"])
        for i in range(rows):
            place = 113 + i % 9973 / 1e5, 36.4 + i % 7777 / 1e5
            writer.writerow([f"示意站{i}", "station", "140423100000", i % 90, *place])
    begin = perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(tmp_path / "m.gpkg"), str(path)],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    new, before, after = map(int, done.stdout.split())
    rate = new / (perf_counter() - begin)
    print(f"\n{new} rows of csv: {rate:.0f} rows/s, peak {after} MiB ({before} MiB at the start)")


@pytest.mark.parametrize("town", ["heidelberg", "liechtenstein"])
def test_importing_roads(new_store, shared_data, town):
    path = shared_data / "osm" / f"{town}.osm.pbf"
    store = new_store()
    first_s = best_of(1, lambda: import_file(store, "roads", path, actor=CLERK))
    again_s = best_of(1, lambda: import_file(store, "roads", path, actor=CLERK))
    rows = store.count("roads")
    say(
        f"import roads {town}, {rows / first_s:.0f} rows/s",
        first_s,
        read_pieces=best_of(2, lambda: read_pieces(path)),
        again=again_s,
    )
    frame = read_frame(store, "roads")
    say(
        f"stored roads to a network, {town}",
        best_of(2, lambda: network_of(frame, "walk")),
        read_frame=best_of(2, lambda: read_frame(store, "roads")),
    )


@pytest.mark.parametrize("ending", ["csv", "geojson", "gpkg", "xlsx"])
def test_exporting_roads(new_store, shared_data, tmp_path, ending):
    store = new_store()
    import_file(store, "roads", shared_data / "osm" / "liechtenstein.osm.pbf", actor=CLERK)
    path = tmp_path / f"roads.{ending}"
    mine_s = best_of(2, lambda: export_layer(store, "roads", path))
    others = {}
    if ending in {"geojson", "gpkg"}:
        frame = read_frame(store, "roads").drop(columns=["updated_at", "length_m"])
        others = {"geopandas": best_of(2, lambda: frame.to_file(tmp_path / f"other.{ending}"))}
        back_s = best_of(
            2, lambda: [len(c.rows) for c in open_table(path, layer="roads", sheet=None).chunks]
        )
        say(f"read {ending}", back_s, geopandas=best_of(2, lambda: gpd.read_file(path)))
    say(f"export {ending}, {store.count('roads') / mine_s:.0f} rows/s", mine_s, **others)
