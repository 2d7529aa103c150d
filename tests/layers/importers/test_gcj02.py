from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.shifts import gcj02_from_wgs84
from layers.importers import import_file
from layers.importers.gcj02 import from_gcj02, is_gcj02
from tests.layers.importers.files import CLERK, REVIEWER, codes, warnings, write_text

CARE = "care_facilities"
PLACES = [(113.0 + i / 100, 36.4 + i / 150) for i in range(12)]


def csv_of(tmp_path, places, *, shift=False, head="名称,类型,经度,纬度", tail=""):
    lon, lat = np.array(places).T
    if shift:
        lon, lat = gcj02_from_wgs84(lon, lat)
    rows = [f"站{i},station,{x:.7f},{y:.7f}{tail}" for i, (x, y) in enumerate(zip(lon, lat))]  # noqa: B905
    return write_text(tmp_path, "in.csv", "\n".join([head, *rows]) + "\n")


def care(store, path, **options):
    return import_file(store, CARE, path, actor=options.pop("actor", CLERK), **options)


@pytest.mark.parametrize("name", ["GCJ-02", "gcj02", "GCJ_02", "ＧＣＪ－02", "火星坐标系"])
def test_the_name_is_known_however_it_is_written(name):
    assert is_gcj02(name)


@pytest.mark.parametrize("name", [None, "", "EPSG:4490", "GCJ-03"])
def test_other_names_are_not_it(name):
    assert not is_gcj02(name)


def test_ten_known_places_give_a_web_map_away(store, tmp_path):
    care(store, csv_of(tmp_path, PLACES))
    report = care(store, csv_of(tmp_path, PLACES, shift=True))
    assert codes(report) == [(None, "geometry", "I14")]
    assert "--crs GCJ-02" in report.findings[0].message
    assert {row["version"] for row in store.find(CARE)} == {1}


def test_nine_known_places_prove_nothing(store, tmp_path):
    care(store, csv_of(tmp_path, PLACES[:9]))
    assert codes(care(store, csv_of(tmp_path, PLACES[:9], shift=True))) == []


def test_places_moved_another_way_are_no_web_map(store, tmp_path):
    care(store, csv_of(tmp_path, PLACES))
    moved = [(lon - 0.006, lat - 0.0005) for lon, lat in PLACES]
    assert codes(care(store, csv_of(tmp_path, moved))) == []


def test_the_villages_of_new_rows_give_a_web_map_away(store, tmp_path):
    villages = [
        {"code": f"1404231000{i:02}", "name": f"示意村{i}", "level": "village", "kind": "village",
         "parent_code": "140423100000", "legal": True, "geometry": shapely.Point(place)}
        for i, place in enumerate(PLACES)
    ]  # fmt: skip
    store.put("divisions", villages, actor=CLERK)
    lon, lat = gcj02_from_wgs84(*np.array(PLACES).T)
    rows = [
        f"1404231000{i:02},2020,100,{x:.6f},{y:.6f}"
        for i, (x, y) in enumerate(zip(lon, lat, strict=True))
    ]
    text = "村级代码,年份,总人口,经度,纬度\n" + "\n".join(rows) + "\n"
    report = import_file(store, "elders", write_text(tmp_path, "e.csv", text), actor=CLERK)
    assert codes(report) == [(None, "geometry", "I14")]


def test_asked_for_the_conversion_is_done_said_and_marked(store, tmp_path):
    path = csv_of(tmp_path, PLACES, shift=True)
    report = care(store, path, crs="GCJ-02", quality="surveyed", actor=REVIEWER, reason="核对")
    assert (report.new, warnings(report)) == (12, [(None, "geometry", "I14")])
    rows = store.find(CARE)
    assert {row["quality"] for row in rows} == {"approximate"}
    found = np.array([(row["geometry"].x, row["geometry"].y) for row in rows])
    assert np.abs(np.sort(found, axis=0) - np.sort(PLACES, axis=0)).max() < 1e-6
    assert care(store, path, crs="GCJ-02").unchanged == 12


def test_a_converted_row_stays_synthetic_if_it_was(store, tmp_path):
    path = csv_of(tmp_path, PLACES[:1], head="名称,类型,经度,纬度,精度等级", tail=",synthetic")
    care(store, path, crs="GCJ-02")
    care(store, csv_of(tmp_path, PLACES[1:2]), crs="GCJ-02")
    assert [row["quality"] for row in store.find(CARE)] == ["synthetic"]


def test_a_row_without_place_keeps_its_quality(store, tmp_path):
    path = write_text(tmp_path, "in.csv", "名称,类型,经度,纬度\n甲,station,,\n")
    care(store, path, quality="surveyed", actor=REVIEWER, reason="核对")
    care(store, path, crs="GCJ-02")
    assert store.find(CARE)[0]["quality"] == "surveyed"


def test_surveyed_markers_take_no_web_map(store, tmp_path):
    path = write_text(tmp_path, "in.csv", "界桩号,经度,纬度\n示-001,113,36.5\n")
    report = import_file(store, "boundary_markers", path, actor=CLERK, crs="GCJ-02")
    assert codes(report) == [(None, None, "I12")]


def test_nothing_stays_nothing():
    made = from_gcj02(np.array([None, shapely.Point(113, 36.5)], dtype=object))
    assert made[0] is None
    assert made[1].x == pytest.approx(112.994, abs=0.002)
