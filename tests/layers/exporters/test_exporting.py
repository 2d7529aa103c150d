"""Stored layers as files that people and GIS open."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from datetime import date

import geopandas as gpd
import openpyxl
import pyogrio
import pytest
import shapely

from geo.errors import InputError
from layers.errors import NotFound, StoreError
from layers.exporters import export_layer, write_frame
from layers.importers import import_file
from layers.store import Actor, open_store

CLERK = Actor("clerk")
FORMATS = ("csv", "fgb", "geojson", "gpkg", "parquet", "xlsx")
SITE = {
    "name": "=SUM(1) “甲”\U00020000",
    "kind": "station",
    "township_code": "140423100000",
    "beds": 30,
    "floor_area_m2": 0.0000001,
    "services": ["助餐", "助洁"],
    "opened": date(2020, 1, 2),
    "note": 'two\nlines, "quoted"',
    "quality": "synthetic",
    "source": "示意",
    "geometry": shapely.Point(113.02528123456789, 36.5),
}


@pytest.fixture
def care(store):
    store.put("care_facilities", [SITE, {"name": "乙"}], actor=CLERK)
    return store


@pytest.fixture
def elders(store):
    small = [3, 5, 9, 0, 2, 3]
    rows = [
        {"village_code": f"14042390{i // 4}{i:03d}", "year": 2020, "age60": 50, "age80": n}
        for i, n in enumerate(small)
    ]
    store.put("elders", rows, actor=CLERK)
    return store


def written(store, tmp_path, layer, ending, **options):
    path = tmp_path / f"out.{ending}"
    return path, export_layer(store, layer, path, **options)


def test_csv_has_a_mark_field_names_wkt_and_guards(care, tmp_path):
    path, report = written(care, tmp_path, "care_facilities", "csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbfid,name,kind,")
    with path.open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert first["name"] == "'" + SITE["name"]
    assert (first["floor_area_m2"], first["opened"], first["services"]) == (
        "0.0000001",
        "2020-01-02",
        "助餐、助洁",
    )
    assert first["wkt"] == "POINT (113.02528123456788 36.5)"
    assert (second["beds"], second["wkt"]) == ("", "")
    assert report.to_json() == {
        "layer": "care_facilities",
        "file": str(path),
        "rows": 2,
        "suppressed": 0,
        "quality": "synthetic",
        "source": "clerk；示意",
        "sources": ["clerk", "示意"],
        "notice": "示意数据 非法定",
    }


def test_a_csv_of_synthetic_rows_says_so_in_each_and_imports_unchanged(care, tmp_path):
    path, _ = written(care, tmp_path, "care_facilities", "csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["数据说明"] for row in rows] == ["示意数据 非法定", ""]
    report = import_file(care, "care_facilities", path, actor=CLERK)
    assert (report.unchanged, [f.field for f in report.findings]) == (2, ["kind"])


def test_a_csv_without_synthetic_rows_needs_no_remark(store, tmp_path):
    store.put("care_facilities", [{"name": "乙"}], actor=CLERK)
    path, _ = written(store, tmp_path, "care_facilities", "csv")
    assert "数据说明" not in path.read_text(encoding="utf-8-sig")


def test_geojson_is_typed_and_says_what_it_is(care, tmp_path):
    path, _ = written(care, tmp_path, "care_facilities", "geojson")
    body = json.loads(path.read_text(encoding="utf-8"))
    assert (body["notice"], body["name"]) == ("示意数据 非法定", "care_facilities")
    first, second = body["features"]
    assert first["geometry"]["coordinates"] == [113.02528123456789, 36.5]
    assert first["properties"]["services"] == ["助餐", "助洁"]
    assert first["properties"]["beds"] == 30
    assert second["geometry"] is None
    assert len(gpd.read_file(path)) == 2


def test_gpkg_is_typed_and_read_by_gis(care, tmp_path):
    path, _ = written(care, tmp_path, "care_facilities", "gpkg")
    info = pyogrio.read_info(path)
    assert (info["layer_name"], info["crs"], info["geometry_type"]) == (
        "care_facilities",
        "EPSG:4490",
        "Point",
    )
    types = dict(zip(info["fields"], info["ogr_types"], strict=True))
    assert (types["beds"], types["opened"], types["name"]) == (
        "OFTInteger64",
        "OFTDate",
        "OFTString",
    )
    frame = gpd.read_file(path)
    assert frame["name"].tolist() == [SITE["name"], "乙"]
    with closing(sqlite3.connect(path)) as connection:
        assert (
            "示意数据 非法定"
            in connection.execute("SELECT description FROM gpkg_contents").fetchone()[0]
        )


def test_xlsx_is_for_people(care, tmp_path):
    path, _ = written(care, tmp_path, "care_facilities", "xlsx")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["数据", "说明"]
    sheet = book["数据"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:W3")
    assert (sheet.print_title_rows, sheet.page_setup.orientation) == ("$1:$1", "landscape")
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert lists["D2:D1003"] == '"规划,在建,运营,停业,关闭"'
    assert all(rule.showErrorMessage for rule in sheet.data_validations.dataValidation)
    assert not any("助餐" in choice for choice in lists.values())  # several may be chosen
    assert sum("养老服务驿站" in choice for choice in lists.values()) == 1
    heads = [cell.value for cell in sheet[1]]
    assert heads[:4] == ["标识", "名称", "类型", "状态"]
    assert heads[-2:] == ["经度", "纬度"]
    row = dict(zip(heads, sheet[2], strict=True))
    assert (row["名称"].value, row["名称"].data_type) == (SITE["name"], "s")
    assert (row["乡镇代码"].value, row["乡镇代码"].number_format) == ("140423100000", "@")
    assert row["类型"].value == "养老服务驿站"
    assert row["开业日期"].value.date() == date(2020, 1, 2)
    assert row["开业日期"].is_date
    assert (row["经度"].value, row["床位"].value) == (113.02528123456789, 30)
    assert sheet.column_dimensions["B"].width > sheet.column_dimensions["G"].width
    lines = [(line[0].value, line[1].value) for line in book["说明"]]
    notes = dict(reversed(lines))  # facts first, then a line a column
    assert notes["注意"] == "示意数据 非法定"
    assert notes["行数"] == 2
    assert notes["来源"] == "clerk；示意"
    assert notes["最低精度"] == "示意"
    assert [c.value for c in book["说明"][lines.index(("床位", "beds")) + 1]][:4] == [
        "床位",
        "beds",
        "整数",
        "张",
    ]


@pytest.mark.parametrize("ending", FORMATS)
def test_the_same_rows_are_the_same_bytes(care, tmp_path, ending):
    first, _ = written(care, tmp_path, "care_facilities", ending)
    before = first.read_bytes()
    assert written(care, tmp_path, "care_facilities", ending)[0].read_bytes() == before


@pytest.mark.parametrize("ending", FORMATS)
def test_an_empty_layer_is_an_empty_file(store, tmp_path, ending):
    path, report = written(store, tmp_path, "elders", ending)
    assert report.rows == 0
    assert path.stat().st_size > 0
    assert sorted(p.name for p in tmp_path.glob("out*")) == [path.name]


@pytest.mark.parametrize("ending", FORMATS)
def test_small_counts_are_hidden_and_the_file_says_so(elders, tmp_path, ending):
    path, report = written(elders, tmp_path, "elders", ending)
    assert report.suppressed == 4
    if ending in {"csv", "xlsx"}:
        # 3 of 2, 5 and 9 alone would follow from the town's total: 5, the next, goes too.
        assert _column(path, ending, "age80") == ["<5", "隐去", "9", "0", "<5", "<5"]
    else:
        assert _column(path, ending, "age80") == [None, None, 9, 0, None, None]
    hidden = _column(path, ending, "suppressed")
    assert [bool(cell) for cell in hidden] == [True, True, False, False, True, True]


@pytest.mark.parametrize("ending", ["csv", "geojson", "gpkg"])
def test_a_suppressed_export_is_refused_by_import(elders, tmp_path, ending):
    path, _ = written(elders, tmp_path, "elders", ending)
    report = import_file(elders, "elders", path, actor=CLERK)
    assert report.failed
    assert {f.code for f in report.findings} <= {"I06", "I04"}
    assert "--full" in report.findings[0].message


@pytest.mark.parametrize("ending", FORMATS)
def test_a_full_export_hides_nothing(elders, tmp_path, ending):
    path, report = written(elders, tmp_path, "elders", ending, full=True)
    assert report.suppressed == 0
    assert [int(cell) for cell in _column(path, ending, "age80")] == [3, 5, 9, 0, 2, 3]


def test_a_hidden_count_is_explained_in_the_notes(elders, tmp_path):
    path, _ = written(elders, tmp_path, "elders", "xlsx")
    notes = {line[0].value: line[1].value for line in openpyxl.load_workbook(path)["说明"] if line}
    assert notes["隐去小数"].startswith("共 4 格")


def test_only_rows_valid_on_a_day_are_written(store, tmp_path):
    rows = [
        {"name": "旧", "valid_to": date(2020, 1, 1)},
        {"name": "今", "valid_from": date(2020, 1, 1)},
    ]
    store.put("care_facilities", rows, actor=CLERK)
    path, report = written(store, tmp_path, "care_facilities", "geojson", at=date(2021, 5, 1))
    assert report.rows == 1
    assert json.loads(path.read_text(encoding="utf-8"))["features"][0]["properties"]["name"] == "今"


def test_many_rows_are_written_in_blocks(store, tmp_path):
    store.put("care_facilities", [{"name": f"站{i}"} for i in range(4500)], actor=CLERK)
    told = []
    path, _ = written(
        store, tmp_path, "care_facilities", "csv", on_progress=lambda share, _: told.append(share)
    )
    assert told == [pytest.approx(2000 / 4500), pytest.approx(4000 / 4500), 1.0]
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert [row["name"] for row in csv.DictReader(file)] == [f"站{i}" for i in range(4500)]


def test_a_failed_export_leaves_the_old_file(care, tmp_path):
    path, _ = written(care, tmp_path, "care_facilities", "csv")
    before = path.read_bytes()

    def full_disk(_done, _words):
        raise OSError(28, "No space left on device")

    with pytest.raises(StoreError) as caught:
        written(care, tmp_path, "care_facilities", "csv", on_progress=full_disk)
    assert caught.value.code == "file_not_written"
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*.part*"))


def test_wrong_endings_folders_and_layers_are_refused(care, tmp_path):
    with pytest.raises(InputError) as caught:
        export_layer(care, "care_facilities", tmp_path / "out.pdf")
    assert caught.value.code == "format_unknown"
    with pytest.raises(InputError) as caught:
        export_layer(care, "care_facilities", tmp_path / "no" / "out.csv")
    assert caught.value.code == "folder_missing"
    with pytest.raises(NotFound):
        export_layer(care, "nothing", tmp_path / "out.csv")


@pytest.mark.parametrize("ending", FORMATS)
def test_a_computed_frame_is_written_too(tmp_path, ending):
    frame = gpd.GeoDataFrame(
        {"minutes": [5.0, 15.0], "connected": [True, False], "facility_id": ["a", None]},
        geometry=[shapely.box(113, 36, 113.1, 36.1), shapely.Polygon()],
        crs=4490,
    ).assign(quality="approximate", source="OpenStreetMap")
    path = write_frame(frame, tmp_path / f"circles.{ending}", layer="service_circles")
    if ending in {"geojson", "gpkg"}:
        back = gpd.read_file(path)
        assert back["minutes"].tolist() == [5.0, 15.0]
        assert back.geometry.iloc[0].equals(shapely.box(113, 36, 113.1, 36.1))
    if ending == "gpkg":
        assert pyogrio.read_info(path)["layer_name"] == "service_circles"


def test_two_stores_with_the_same_rows_give_the_same_elders_file(tmp_path):
    files = []
    for name in ("a", "b"):
        with open_store(f"gpkg:{tmp_path / name}.gpkg", create=True, min_free_mb=0) as store:
            store.put("elders", [{"village_code": "140423100001", "year": 2020}], actor=CLERK)
            path = tmp_path / f"{name}.csv"
            export_layer(store, "elders", path)
            files.append(path.read_bytes())
    assert files[0] == files[1]


def _column(path, ending, name):
    if ending == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [row[name] for row in csv.DictReader(file)]
    if ending == "xlsx":
        rows = list(openpyxl.load_workbook(path)["数据"].values)
        titles = {"age80": "80岁及以上", "suppressed": "隐去项"}
        at = rows[0].index(titles[name])
        return [row[at] if row[at] is None else str(row[at]) for row in rows[1:]]
    if ending == "geojson":
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        return [feature["properties"].get(name) for feature in features]
    if ending in {"fgb", "parquet"}:
        read = gpd.read_file if ending == "fgb" else gpd.read_parquet
        frame = read(path)
        return frame[name].astype(object).where(frame[name].notna(), None).tolist()
    with closing(sqlite3.connect(path)) as connection:
        return [value for (value,) in connection.execute(f"SELECT {name} FROM elders")]  # noqa: S608
