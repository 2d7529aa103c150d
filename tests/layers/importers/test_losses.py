"""A file takes nothing from stored rows in silence."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pyogrio
import pytest
import shapely

from layers.exporters import export_layer
from layers.importers import import_file
from tests.layers.importers.files import CLERK, codes, point, warnings, write_features, write_text

CODE = "140423100001"
HEAD = "village_code,year,population,age60,age80\n"


@pytest.fixture
def elders(store):
    row = {"village_code": CODE, "year": 2020, "population": 90, "age60": 50, "age80": 3}
    store.put("elders", [row], actor=CLERK)
    return store


def counts(store):
    row = store.find("elders")[0]
    return row["population"], row["age60"], row["age80"]


def test_an_empty_count_does_not_cover_a_stored_one(elders, tmp_path):
    path = write_text(tmp_path, "e.csv", f"{HEAD}{CODE},2020,91,50,\n")
    report = import_file(elders, "elders", path, actor=CLERK)
    assert codes(report) == [(2, "age80", "I06")]
    assert counts(elders) == (90, 50, 3)


def test_a_count_that_the_file_leaves_out_stays(elders, tmp_path):
    path = write_text(tmp_path, "e.csv", f"village_code,year,population\n{CODE},2020,91\n")
    assert import_file(elders, "elders", path, actor=CLERK).changed == 1
    assert counts(elders) == (91, 50, 3)


def test_empty_counts_of_new_rows_and_of_rows_without_any_are_fine(elders, tmp_path):
    path = write_text(tmp_path, "e.csv", f"{HEAD}{CODE},2021,9,,\n")
    assert import_file(elders, "elders", path, actor=CLERK).new == 1
    assert import_file(elders, "elders", path, actor=CLERK).unchanged == 1


@pytest.mark.parametrize("ending", ["csv", "fgb", "geojson", "gpkg", "parquet", "xlsx"])
def test_a_suppressed_export_is_refused_without_its_column_too(elders, tmp_path, ending):
    path = tmp_path / f"e.{ending}"
    export_layer(elders, "elders", path)
    _drop_column(path, ending)
    report = import_file(elders, "elders", path, actor=CLERK)
    assert report.failed
    assert {f.code for f in report.findings if f.level == "error"} <= {"I04", "I06"}
    assert counts(elders) == (90, 50, 3)


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "parquet"])
def test_a_file_that_says_what_it_hides_is_refused_by_an_empty_store(
    elders, store_maker, tmp_path, ending
):
    path = tmp_path / f"e.{ending}"
    export_layer(elders, "elders", path)
    _drop_column(path, ending)
    other = store_maker()
    assert codes(import_file(other, "elders", path, actor=CLERK)) == [(None, None, "I06")]


def test_a_row_without_geometry_keeps_the_stored_place_and_says_so(store, tmp_path):
    site = {"name": "甲", "kind": "station"}
    first = write_features(tmp_path, site | {"geometry": point(113.03, 36.53)}, name="1.geojson")
    import_file(store, "care_facilities", first, actor=CLERK)
    second = write_features(tmp_path, site | {"beds": 9}, name="2.geojson")
    report = import_file(store, "care_facilities", second, actor=CLERK)
    assert (report.changed, warnings(report)) == (1, [(1, "geometry", "I16")])
    row = store.find("care_facilities")[0]
    assert (row["geometry"], row["beds"]) == (shapely.Point(113.03, 36.53), 9)
    again = import_file(store, "care_facilities", second, actor=CLERK)
    assert (again.unchanged, warnings(again)) == (1, [(1, "geometry", "I16")])


def test_blank_coordinates_keep_the_stored_place_too(store, tmp_path):
    head = "name,kind,lon,lat\n"
    for number, place in enumerate(("113.03,36.53", ",")):
        path = write_text(tmp_path, f"{number}.csv", f"{head}甲,station,{place}\n乙,station,,\n")
        report = import_file(store, "care_facilities", path, actor=CLERK)
    assert (report.unchanged, warnings(report)) == (2, [(2, "geometry", "I16")])
    assert store.find("care_facilities")[0]["geometry"] == shapely.Point(113.03, 36.53)


def _drop_column(path, ending):
    """Take the column `suppressed` away, as somebody does who wants the file to pass."""
    if ending == "geojson":
        body = json.loads(path.read_text(encoding="utf-8"))
        for feature in body["features"]:
            del feature["properties"]["suppressed"]
        path.write_text(json.dumps(body), encoding="utf-8")
    elif ending == "gpkg":
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("ALTER TABLE elders DROP COLUMN suppressed")
    elif ending == "csv":
        text = path.read_text(encoding="utf-8-sig").replace("suppressed", "x").replace("<5", "")
        path.write_text(text, encoding="utf-8")
    elif ending == "fgb":
        meta, table = pyogrio.read_arrow(path)
        path.unlink()
        pyogrio.write_arrow(
            table.drop_columns(["suppressed"]), path, driver="FlatGeobuf", crs="EPSG:4490",
            geometry_name=meta["geometry_name"] or "wkb_geometry", geometry_type="Point",
            layer_options={"SPATIAL_INDEX": "NO"},
        )  # fmt: skip
    elif ending == "parquet":
        import pyarrow.parquet as pq

        said = pq.read_metadata(path).metadata
        table = pq.read_table(path).drop_columns(["suppressed"])
        pq.write_table(table.replace_schema_metadata(said), path)
    else:
        from openpyxl import load_workbook

        book = load_workbook(path)
        page = book["数据"]
        headings = [cell.value for cell in page[1]]
        page.delete_cols(headings.index("隐去项") + 1)
        for row in page.iter_rows(min_row=2):
            for cell in row:
                cell.value = None if cell.value in {"<5", "隐去"} else cell.value
        book.save(path)
