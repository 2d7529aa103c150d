"""What is wrong with a file is a clear finding, and nothing of it is stored."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyogrio
import pytest
import shapely

from layers.exporters import export_layer
from layers.importers import import_file
from tests.layers.importers.files import CLERK, codes, put_county, write_text
from tests.layers.readers.files import write_book, write_shp_zip, write_zip

CARE = "care_facilities"
HEAD = ["名称", "类型", "乡镇代码", "床位", "开业日期"]
GOOD = ["府前驿站", "养老服务驿站", "140423100000", 30, date(2020, 1, 2)]


def care(store, path, **options):
    report = import_file(store, CARE, path, actor=CLERK, **options)
    if report.failed:
        assert (store.count(CARE), list(store.changes(layer=CARE))) == (0, [])
    return report


def words(report):
    return "".join(f.message for f in report.findings if f.level == "error")


def test_a_clerks_workbook_is_read(store, tmp_path):
    put_county(store)
    path = write_book(
        tmp_path / "a.xlsx",
        ["养老服务设施一览表"],
        HEAD,
        GOOD,
        [],
        ["示意站", "日间照料中心", 140423100000, 5.0, "2021年3月4日"],
        merged=["A1:E1"],
    )
    report = care(store, path)
    assert (report.new, report.findings) == (2, ())
    first, second = store.find(CARE)
    assert (first["township_code"], first["beds"], first["opened"]) == (
        "140423100000",
        30,
        date(2020, 1, 2),
    )
    assert (second["kind"], second["township_code"], second["opened"]) == (
        "rural_daycare",
        "140423100000",
        date(2021, 3, 4),
    )
    assert care(store, path).unchanged == 2


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({3: "=15+15"}, (2, "beds", "I21")),
        ({3: "1.4E+2"}, (2, "beds", "I20")),
        ({2: "1.40423E+11"}, (2, "township_code", "I20")),
        ({3: "三十"}, (2, "beds", "I04")),
        ({4: "2023.13.45"}, (2, "opened", "I04")),
        ({0: None}, (2, "name", "I03")),
        ({1: "医院"}, (2, "kind", "I05")),
        ({3: "#DIV/0!"}, (2, "beds", "I04")),
    ],
)
def test_a_wrong_cell_of_a_workbook_names_its_row(store, tmp_path, change, fault):
    row = [change.get(i, cell) for i, cell in enumerate(GOOD)]
    report = care(store, write_book(tmp_path / "a.xlsx", HEAD, row))
    assert codes(report) == [fault]


def test_a_key_twice_in_a_workbook_names_both_rows(store, tmp_path):
    other = [*GOOD[:3], 31, None]
    report = care(store, write_book(tmp_path / "a.xlsx", HEAD, GOOD, other))
    assert codes(report) == [(2, "name", "I07"), (3, "name", "I07")]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_thousand_columns_are_no_table(store, tmp_path, ending):
    head = ["name", *(f"c{i}" for i in range(999))]
    if ending == "csv":
        path = write_text(tmp_path, "a.csv", ",".join(head) + "\n甲\n")
    else:
        path = write_book(tmp_path / "a.xlsx", head, ["甲"])
    report = care(store, path)
    assert codes(report) == [(1, None, "I01")]
    assert "500 列" in words(report)


def test_a_workbook_behind_a_password_says_so(store, tmp_path):
    shell = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    path = tmp_path / "a.xlsx"
    path.write_bytes(shell + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600)
    assert "设有打开密码" in words(care(store, path))
    path.write_bytes(shell)
    assert "另存为 xlsx" in words(care(store, path))


@pytest.mark.parametrize("name", ["a.xlsx", "a.zip"])
def test_a_bomb_and_a_path_out_are_refused(store, tmp_path, name):
    bomb = {"[Content_Types].xml": b"x", "a.shp": b"\0" * (3 * 2**20), "a.dbf": b"x"}
    assert "压缩比" in words(care(store, write_zip(tmp_path / name, **bomb)))
    out = {"[Content_Types].xml": b"x", "../../a.shp": b"x"}
    assert "指向包外" in words(care(store, write_zip(tmp_path / name, **out)))


def test_a_workbook_called_zip_is_refused(store, tmp_path):
    book = write_book(tmp_path / "a.xlsx", HEAD, GOOD)
    report = care(store, book.rename(tmp_path / "b.zip"))
    assert codes(report) == [(None, None, "I01")]


def test_a_csv_called_xlsx_is_refused(store, tmp_path):
    assert "与扩展名不符" in words(care(store, write_text(tmp_path, "a.xlsx", "name\n甲\n")))


NAMES = ["名称".encode("gbk"), "类型".encode("gbk")]
SITES = [["府前".encode("gbk"), b"station"], ["善福".encode("gbk"), b"station"]]


def test_a_shp_of_gbk_is_stored(store, tmp_path):
    report = care(store, write_shp_zip(tmp_path / "a.shp.zip", NAMES, SITES))
    assert (report.new, codes(report)) == (2, [])
    assert [row["name"] for row in store.find(CARE)] == ["府前", "善福"]
    assert store.find(CARE)[1]["geometry"] == shapely.Point(113.01, 36.5)


def test_a_dbf_with_the_wrong_code_page_names_the_row(store, tmp_path):
    path = write_shp_zip(tmp_path / "a.zip", [b"name", b"kind"], SITES, cpg="UTF-8")
    report = care(store, path)
    assert codes(report) == [(1, None, "I01")]
    assert ".cpg" in words(report)


def test_metres_without_prj_are_refused_and_read_once_the_crs_is_said(store, tmp_path):
    places = [(412_600.0, 4_043_800.0), (412_700.0, 4_043_900.0)]
    path = write_shp_zip(
        tmp_path / "a.zip", NAMES, SITES, points=places, prj=False, crs="EPSG:4547"
    )
    assert {code for _, _, code in codes(care(store, path))} == {"I11"}
    assert care(store, path, crs="EPSG:4547").new == 2
    assert store.find(CARE)[0]["geometry"].x == pytest.approx(113.02, abs=0.01)


def test_degrees_without_prj_are_degrees(store, tmp_path):
    assert care(store, write_shp_zip(tmp_path / "a.zip", NAMES, SITES, prj=False)).new == 2


def test_a_shp_in_xian_80_is_refused(store, tmp_path):
    path = write_shp_zip(tmp_path / "a.zip", NAMES, SITES, crs="EPSG:4610")
    assert codes(care(store, path)) == [(None, None, "I12")]


@pytest.fixture
def shapes(tmp_path):
    """A writer of facilities or divisions with the given shapes into a GeoPackage."""

    def write(*shapes, kind="Point"):
        coded = shapely.to_wkb(np.array(shapes, dtype=object))
        names = np.array([f"站{i}" for i in range(len(shapes))], dtype=object)
        pyogrio.raw.write(
            tmp_path / "in.gpkg", coded, [names, np.full(len(shapes), "station", dtype=object)],
            ["name", "kind"], driver="GPKG", crs="EPSG:4490", geometry_type=kind,
        )  # fmt: skip
        return tmp_path / "in.gpkg"

    return write


def test_a_place_that_is_no_number_is_refused(store, shapes):
    point = shapely.from_wkb(shapely.to_wkb(shapely.points(np.nan, 36.5)))
    report = care(store, shapes(shapely.Point(113, 36.5), shapely.points(113.0, np.inf), point))
    assert (2, "geometry", "I16") in codes(report)


def test_no_geometry_is_none_and_an_empty_one_is_refused(store, shapes):
    report = care(store, shapes(None, shapely.Point()))
    assert codes(report) == [(2, "geometry", "I16")]
    assert store.count(CARE) == 0
    assert care(store, shapes(None)).new == 1
    assert [row["geometry"] for row in store.find(CARE)] == [None]


def test_a_polygon_that_crosses_itself_is_refused(store, tmp_path):
    bow = shapely.Polygon([(113, 36.4), (113.1, 36.5), (113.1, 36.4), (113, 36.5)])
    columns = {"code": "140423100000", "name": "古韩镇", "level": "township", "kind": "township",
               "parent_code": "140423000000"}  # fmt: skip
    pyogrio.raw.write(
        tmp_path / "in.gpkg", shapely.to_wkb(np.array([bow])),
        [np.array([value], dtype=object) for value in columns.values()] + [np.array([True])],
        [*columns, "legal"], driver="GPKG", crs="EPSG:4490", geometry_type="Polygon",
    )  # fmt: skip
    report = import_file(store, "divisions", tmp_path / "in.gpkg", actor=CLERK)
    assert (1, "geometry", "I16") in codes(report)
    assert store.count("divisions") == 0


def test_our_own_workbook_comes_back_unchanged(store, tmp_path):
    put_county(store)
    rows = [
        {"name": " 空格 站 ", "kind": "station", "beds": 3, "note": "=1+1\n第二行",
         "services": ["助餐"], "opened": date(2020, 2, 29), "geometry": shapely.Point(113.1, 36.5)},
        {"name": "'引号", "kind": "canteen", "floor_area_m2": 0.1 + 0.2, "geometry": None},
    ]  # fmt: skip
    store.put(CARE, rows, actor=CLERK)
    for layer, count in ((CARE, 2), ("divisions", 3)):
        path = tmp_path / f"{layer}.xlsx"
        export_layer(store, layer, path, full=True)
        report = import_file(store, layer, path, actor=CLERK)
        assert (report.unchanged, report.findings) == (count, ())
