"""A shapefile in a zip: what desktop GIS of an office opens, with its limits said."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.exporters import export_layer
from layers.importers import import_file
from layers.store import Actor, open_store
from tests.layers.exporters.test_round_trip import SITES

CLERK = Actor("clerk")
REVIEWER = Actor("reviewer", "reviewer")
SITE = {
    "name": "甲",
    "kind": "station",
    "township_code": "140423100000",
    "beds": 30,
    "floor_area_m2": 0.125,
    "services": ["助餐", "助洁"],
    "opened": date(2020, 1, 2),
    "quality": "synthetic",
    "source": "示意",
    "geometry": shapely.Point(113.02528123456789, 36.5),
}


def exported(store, tmp_path, layer="care_facilities", **options):
    path = tmp_path / f"{layer}.shp.zip"
    return path, export_layer(store, layer, path, **options)


def notes(path):
    with zipfile.ZipFile(path) as archive:
        return archive.read("说明.txt").decode("utf-8-sig")


def test_the_archive_holds_a_shapefile_and_what_explains_it(store, tmp_path):
    store.put("care_facilities", [SITE, {"name": "乙"}], actor=CLERK)
    path, report = exported(store, tmp_path)
    assert (report.rows, report.notes) == (2, ())
    with zipfile.ZipFile(path) as archive:
        parts = [f"care_facilities.{end}" for end in ("cpg", "dbf", "prj", "shp", "shx")]
        assert archive.namelist() == ["字段.csv", "说明.txt", *parts]
        assert archive.read("care_facilities.cpg") == b"UTF-8"
        text = archive.read("字段.csv").decode("utf-8-sig")
    fields = {row["短名"]: row["字段"] for row in csv.DictReader(io.StringIO(text))}
    assert fields["township_c"] == "township_code"
    assert all(len(name) <= 10 for name in fields)
    assert "示意数据 非法定" in notes(path)
    frame = gpd.read_file(f"/vsizip/{path}/care_facilities.shp")
    assert frame.crs.to_epsg() == 4490
    assert frame["township_c"][0] == "140423100000"
    assert frame["opened"][0].date() == date(2020, 1, 2)
    assert frame.geometry[0] == SITE["geometry"]
    assert frame.geometry[1] is None


def test_the_same_rows_are_the_same_bytes_on_any_day(store, tmp_path):
    store.put("care_facilities", [SITE], actor=CLERK)
    path, _ = exported(store, tmp_path)
    before = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        assert archive.read("care_facilities.dbf")[1:4] == bytes([124, 6, 30])  # the last event
    assert exported(store, tmp_path)[0].read_bytes() == before
    assert sorted(p.name for p in tmp_path.glob("*shp*")) == [path.name]


def test_kinds_of_geometry_stand_in_files_of_their_own(store, tmp_path):
    base = {"name": "甲", "level": "county", "kind": "county", "legal": False}
    rows = [
        {**base, "code": "140423000000", "geometry": shapely.box(113, 36, 114, 37)},
        {**base, "code": "140424000000", "geometry": shapely.Point(1, 2)},
        {**base, "code": "140425000000"},
    ]
    store.put("divisions", rows, actor=CLERK)
    path, _ = exported(store, tmp_path, "divisions")
    areas = gpd.read_file(f"/vsizip/{path}/divisions.shp")
    points = gpd.read_file(f"/vsizip/{path}/divisions_point.shp")
    assert areas["code"].tolist() == ["140423000000", "140425000000"]
    assert points["code"].tolist() == ["140424000000"]
    assert areas.geometry[0].equals(rows[0]["geometry"])


def test_what_does_not_fit_is_left_out_and_counted(store, tmp_path):
    long = {**SITE, "note": "长" * 100, "investment_yuan": 1.5e12, "floor_area_m2": 1e-20}
    store.put("care_facilities", [long, SITE | {"name": "乙", "note": "短"}], actor=CLERK)
    path, report = exported(store, tmp_path)
    frame = gpd.read_file(f"/vsizip/{path}/care_facilities.shp")
    assert [note if isinstance(note, str) else None for note in frame["note"]] == [None, "短"]
    assert frame["investment"].isna().all()
    assert [said.split("”")[0] for said in report.notes] == ["“建筑面积", "“投资", "“备注"]
    assert "“备注”有 1 个值在 shp 里放不下" in notes(path)
    assert report.to_json()["notes"] == list(report.notes)


def test_small_counts_are_hidden_and_the_file_is_refused_by_import(store, tmp_path):
    rows = [{"village_code": f"14042310000{n}", "year": 2020, "age80": n} for n in (3, 7)]
    store.put("elders", rows, actor=CLERK)
    path, report = exported(store, tmp_path, "elders")
    frame = gpd.read_file(f"/vsizip/{path}/elders.shp")
    assert frame["age80"].isna().all()
    assert frame["suppressed"].tolist() == ["age80", "age80"]
    assert report.suppressed == 2
    assert "已隐去" in notes(path)
    assert import_file(store, "elders", path, actor=CLERK).failed


def test_an_empty_layer_is_an_empty_shapefile(store, tmp_path):
    path, _ = exported(store, tmp_path, "roads")
    assert len(gpd.read_file(f"/vsizip/{path}/roads.shp")) == 0


@pytest.mark.slow
def test_it_imports_again_unchanged(store, tmp_path):
    line = shapely.LineString([(113.1, 36.3), (113.1 + 1e-9, 36.30000000000001)])
    store.put(
        "roads",
        [{"way_id": 5, "piece": 0, "u": 1, "v": 2, "highway": "path", "geometry": line}],
        actor=CLERK,
    )
    store.put("care_facilities", [SITE], actor=CLERK)
    for layer in ("roads", "care_facilities"):
        path, _ = exported(store, tmp_path, layer)
        report = import_file(store, layer, path, actor=CLERK)
        assert list(report.findings) == []
        assert (report.unchanged, report.stored) == (1, 0)


@pytest.mark.slow
@settings(max_examples=30)
@given(rows=st.lists(SITES, min_size=1, max_size=6))
def test_a_value_comes_back_or_is_counted_as_left_out(shared_store, tmp_path_factory, rows):
    store = shared_store
    with store.batch(REVIEWER, "test"):
        old = [row["id"] for row in store.find("care_facilities")]
        store.delete("care_facilities", old, actor=REVIEWER)
        store.put("care_facilities", rows, actor=REVIEWER, reason="test")
    folder = tmp_path_factory.getbasetemp()
    path, report = exported(store, folder)
    back = gpd.read_file(f"/vsizip/{path}/care_facilities.shp").set_index("id")
    lost = 0
    for row in store.find("care_facilities"):
        got = back.loc[row["id"]]
        assert got.geometry == row["geometry"]
        for name, short in (("name", "name"), ("operator", "operator"), ("note", "note")):
            if row[name] is not None and row[name].strip():
                assert str(got[short]).strip() == row[name].strip()
        for name, short in (("beds", "beds"), ("floor_area_m2", "floor_area")):
            missing = got[short] is None or got[short] != got[short]
            if missing:
                lost += row[name] is not None
            else:
                assert got[short] == pytest.approx(row[name], rel=1e-9)
    assert lost == sum(int(said.split("有 ")[1].split(" ")[0]) for said in report.notes)


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory):
    """One store for all examples: a store takes longer to make than an example to run."""
    path = tmp_path_factory.mktemp("store") / "county.gpkg"
    with open_store(f"gpkg:{path}", create=True, min_free_mb=0) as opened:
        yield opened


@pytest.fixture
def mixed(store):
    base = {"level": "county", "kind": "county", "legal": True, "name": "甲"}
    outline = shapely.box(113, 36, 114, 37, ccw=False)  # as the format has it
    shapes = (shapely.Point(113, 36), outline, None, shapely.Point(113, 37))
    store.put(
        "divisions",
        [
            base | {"code": f"14042{number}000000", "geometry": shape}
            for number, shape in enumerate(shapes)
        ],
        actor=CLERK,
    )
    return store


def test_the_parts_of_one_export_are_imported_in_one_run(mixed, store_maker, tmp_path):
    path, _ = exported(mixed, tmp_path, "divisions")
    other = store_maker()
    first = import_file(other, "divisions", path, actor=CLERK)
    assert (first.new, first.failed) == (4, False)
    shapes = {row["id"]: row["geometry"] for row in other.find("divisions")}
    assert shapes == {row["id"]: row["geometry"] for row in mixed.find("divisions")}
    again = import_file(mixed, "divisions", path, actor=CLERK)
    assert (again.unchanged, again.findings) == (4, ())


def test_one_part_of_an_export_can_be_asked_for(mixed, store_maker, tmp_path):
    path, _ = exported(mixed, tmp_path, "divisions")
    report = import_file(store_maker(), "divisions", path, actor=CLERK, sheet="divisions_point")
    assert report.new == 2


def test_parts_without_what_an_export_puts_beside_them_must_be_chosen(mixed, tmp_path):
    path, _ = exported(mixed, tmp_path, "divisions")
    bare = tmp_path / "bare.zip"
    with zipfile.ZipFile(path) as packed, zipfile.ZipFile(bare, "w") as archive:
        for name in packed.namelist():
            if name != "说明.txt":
                archive.writestr(name, packed.read(name))
    report = import_file(mixed, "divisions", bare, actor=CLERK)
    assert [f.code for f in report.findings] == ["I01"]
    assert "divisions_point" in report.findings[0].message
