from __future__ import annotations

import pytest
import shapely

from layers.findings import UnreadableError
from layers.importers import import_file
from layers.importers.geojson_file import read_geojson
from tests.layers.importers.files import CLERK, codes, point, write_features, write_text


def _read(path):
    table = read_geojson(path)
    return table, next(table.chunks)


def test_features_are_counted_from_one_and_columns_are_joined(tmp_path):
    path = write_features(tmp_path, {"a": 1, "geometry": point(1, 2)}, {"b": None}, {"a": 3})
    table, chunk = _read(path)
    assert (table.headings, table.total, table.crs) == (("a", "b"), 3, "OGC:CRS84")
    assert (chunk.rows, chunk.cells) == ([1, 2, 3], {"a": [1, None, 3], "b": [None, None, None]})
    assert chunk.geometry.tolist() == [shapely.Point(1, 2), None, None]


def test_the_id_of_a_feature_is_a_column_unless_it_has_one(tmp_path):
    text = (
        '{"type": "FeatureCollection", "features": ['
        '{"type": "Feature", "id": "x", "geometry": null, "properties": null},'
        '{"type": "Feature", "id": 7, "geometry": null, "properties": {"id": "own"}}]}'
    )
    _, chunk = _read(write_text(tmp_path, "a.geojson", text))
    assert chunk.cells == {"id": ["x", "own"]}


def test_a_single_feature_is_a_file_of_one(tmp_path):
    text = '{"type": "Feature", "geometry": null, "properties": {"name": "甲"}}'
    assert _read(write_text(tmp_path, "a.geojson", text))[1].cells == {"name": ["甲"]}


def test_date_like_text_stays_text_and_lists_stay_lists(tmp_path):
    _, chunk = _read(write_features(tmp_path, {"name": "2020/01/02", "services": ["助餐"]}))
    assert chunk.cells == {"name": ["2020/01/02"], "services": [["助餐"]]}


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1]]]}, "环没有闭合"),
        ({"type": "Point", "coordinates": [float("nan"), 1]}, "坐标不是有限的数"),
        ({"type": "Point"}, "几何写法有误"),
        ({"type": "Circle", "coordinates": [0, 0]}, "几何写法有误"),
        ("POINT (1 2)", "几何写法有误"),
    ],
)
def test_a_geometry_that_cannot_be_read_is_kept_apart(tmp_path, geometry, reason):
    _, chunk = _read(write_features(tmp_path, {"a": 1}, {"a": 2, "geometry": geometry}))
    assert chunk.bad_geometry == {2: reason}
    assert chunk.geometry.tolist() == [None, None]


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "null",
        '{"type": "Topology"}',
        '{"type": "FeatureCollection"}',
        '{"type": "FeatureCollection", "features": [3]}',
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": [1]}]}',
    ],
)
def test_other_json_is_refused(tmp_path, text):
    with pytest.raises(UnreadableError) as caught:
        read_geojson(write_text(tmp_path, "a.geojson", text))
    assert caught.value.finding.code == "I01"


def test_a_broken_file_is_refused_with_its_line(tmp_path):
    with pytest.raises(UnreadableError) as caught:
        read_geojson(write_text(tmp_path, "a.geojson", '{"type":\n"FeatureCollection",\n'))
    assert caught.value.finding.row == 3


def test_the_crs_member_of_the_old_draft_is_read(tmp_path):
    crs = {"type": "name", "properties": {"name": "EPSG:4547"}}
    assert read_geojson(write_features(tmp_path, {"a": 1}, crs=crs)).crs == "EPSG:4547"


@pytest.mark.parametrize(
    "crs",
    [
        "EPSG:4547",
        4547,
        [],
        {},
        {"type": "name", "properties": {"name": 4547}},
        {"type": "name", "properties": {"name": " "}},
        {"type": "link", "properties": {"href": "https://example.org/crs"}},
        {"type": "EPSG", "properties": {"code": 4547}},
    ],
)
def test_a_crs_member_that_names_no_crs_is_never_taken_for_degrees(store, tmp_path, crs):
    path = write_features(tmp_path, {"name": "甲", "geometry": point(113.03, 36.53)}, crs=crs)
    report = import_file(store, "care_facilities", path, actor=CLERK)
    assert codes(report) == [(None, None, "I12")]
    said = import_file(store, "care_facilities", path, actor=CLERK, crs="EPSG:4490")
    assert (said.new, codes(said)) == (1, [])


def test_a_crs_member_of_null_says_nothing(tmp_path):
    assert read_geojson(write_features(tmp_path, {"a": 1}, crs=None)).crs is None


def test_a_member_that_comes_twice_is_refused(tmp_path):
    text = '{"type": "Feature", "geometry": null, "properties": {"name": "甲", "name": "乙"}}'
    with pytest.raises(UnreadableError, match="两个“name”"):
        read_geojson(write_text(tmp_path, "a.geojson", text))


def test_a_collection_of_no_features_says_so(tmp_path):
    with pytest.raises(UnreadableError, match="没有要素") as caught:
        read_geojson(write_features(tmp_path))
    assert caught.value.finding.code == "I03"
