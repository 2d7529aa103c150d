"""What a clerk's files get wrong: named by row, field, reason, remedy; nothing is stored."""

from __future__ import annotations

import shutil

import osmium
import pytest
from osmium.osm.mutable import Node, Way

from tests.calling import xygeo

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The sample county's folder, never written to."""
    folder = tmp_path_factory.mktemp("sample")
    assert xygeo("init", "--sample", data=folder).code == 0
    return folder


@pytest.fixture
def county(sample, tmp_path):
    """A copy of the sample county, for one test."""
    return shutil.copytree(sample, tmp_path / "county")


@pytest.fixture
def empty(tmp_path):
    """A folder whose store holds nothing."""
    folder = tmp_path / "empty"
    assert xygeo("init", data=folder).code == 0
    return folder


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def facilities(data):
    from layers.store import open_store

    with open_store(f"gpkg:{data / 'county.gpkg'}") as store:
        return store.count("care_facilities"), store.head().seq


def refusal(file, data, *words, layer="care_facilities"):
    """Import a file that must be refused; gives its errors and checks that nothing changed."""
    before = facilities(data)
    answer = xygeo("import", layer, file, *words, "--json", data=data)
    assert answer.code == 1, answer.out
    assert facilities(data) == before
    body = answer.json
    if "error" in body:
        return [body["error"]]
    assert body["stored"] == 0
    return [finding for finding in body["findings"] if finding["level"] == "error"]


HEAD = "名称,类型,经度,纬度\n"


def test_a_gbk_file_with_chinese_headings_is_read(county, tmp_path):
    file = write(tmp_path / "a.csv", HEAD + "虒亭驿站,养老服务驿站,113.0,36.55\n", "gbk")
    answer = xygeo("import", "care_facilities", file, "--json", data=county)
    assert answer.code == 0, answer.out
    assert answer.json["new"] == 1


def test_swapped_axes_name_the_row_and_say_how_to_write_them(county, tmp_path):
    file = write(tmp_path / "a.csv", HEAD + "甲,养老服务驿站,36.55,113.0\n")
    (fault,) = refusal(file, county)
    assert (fault["code"], fault["row"]) == ("I13", 2)
    assert "经度" in fault["message"]


def test_a_place_far_outside_the_county_is_refused(county, tmp_path):
    file = write(tmp_path / "a.csv", HEAD + "甲,养老服务驿站,116.4,39.9\n")
    (fault,) = refusal(file, county)
    assert (fault["code"], fault["row"]) == ("I15", 2)


def test_a_place_just_outside_the_county_is_a_warning(county, tmp_path):
    file = write(tmp_path / "a.csv", HEAD + "甲,养老服务驿站,113.0,36.85\n")
    answer = xygeo("import", "care_facilities", file, "--json", data=county)
    assert answer.code == 0
    assert [(f["code"], f["level"]) for f in answer.json["findings"]] == [("I15", "warning")]


def test_text_in_a_number_names_row_field_and_value(county, tmp_path):
    file = write(tmp_path / "a.csv", "名称,类型,床位\n甲,养老院,三十张\n")
    (fault,) = refusal(file, county)
    assert (fault["code"], fault["row"], fault["field"], fault["value"]) == (
        "I04",
        2,
        "beds",
        "三十张",
    )


def test_each_row_of_a_double_id_is_named(county, tmp_path):
    file = write(tmp_path / "a.csv", "id,名称,类型\nX1,甲,养老院\nX2,乙,养老院\nX1,丙,养老院\n")
    faults = refusal(file, county)
    assert {(fault["code"], fault["row"]) for fault in faults} == {("I07", 2), ("I07", 4)}


@pytest.mark.parametrize("crs", ["EPSG:4214", "EPSG:2433", "EPSG:4610"])
def test_an_old_datum_is_refused_with_the_remedy(county, tmp_path, crs):
    file = write(tmp_path / "a.csv", HEAD + "甲,养老服务驿站,113.0,36.5\n")
    fault = refusal(file, county, "--crs", crs)[0]
    assert fault["code"] == "I12"
    assert "2000" in fault["message"]


def test_an_unknown_crs_is_refused(county, tmp_path):
    file = write(tmp_path / "a.csv", HEAD + "甲,养老服务驿站,113.0,36.5\n")
    fault = refusal(file, county, "--crs", "EPSG:999999")[0]
    assert "999999" in fault["message"]


def test_metres_without_a_crs_ask_for_one(county, tmp_path):
    file = write(tmp_path / "a.csv", HEAD + "甲,养老服务驿站,412000.5,4044000.2\n")
    (fault,) = refusal(file, county)
    assert fault["code"] == "I11"
    assert "--crs" in fault["message"]


@pytest.mark.parametrize("content", [b"", b"not a road file at all" * 50, bytes(2000)])
def test_a_file_that_is_no_road_file_is_named(empty, tmp_path, content):
    file = tmp_path / "roads.osm.pbf"
    file.write_bytes(content)
    (fault,) = refusal(file, empty, layer="roads")
    assert "roads.osm.pbf" in fault["message"]


def test_a_truncated_road_file_stores_no_road(empty, tmp_path):
    whole = tmp_path / "whole.osm.pbf"
    with osmium.SimpleWriter(str(whole)) as writer:
        for n in range(1, 20_001):
            writer.add_node(Node(id=n, location=(113 + n * 7.3e-6 % 0.1, 36.5 + n * 1.7e-5 % 0.1)))
        for n in range(1, 10_000):
            way = Way(id=n, nodes=[n, n + 1, n * 2], tags={"highway": "residential"})
            writer.add_way(way)
    cut = tmp_path / "cut.osm.pbf"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 2 // 3])
    (fault,) = refusal(cut, empty, layer="roads")
    assert "cut.osm.pbf" in fault["message"]
    assert xygeo("check", "--json", data=empty).json == {"layers": []}


def test_a_file_that_is_not_there_is_named(empty, tmp_path):
    answer = xygeo("import", "roads", tmp_path / "none.osm.pbf", "--json", data=empty)
    assert answer.code != 0
    assert "none.osm.pbf" in answer.json["error"]["message"]


def test_an_unknown_layer_is_wrong_use(empty, tmp_path):
    file = write(tmp_path / "a.csv", "名称\n甲\n")
    answer = xygeo("import", "raods", file, "--json", data=empty)
    assert answer.code == 2
    assert answer.json["error"]["code"] == "unknown_layer"


@pytest.mark.parametrize("verb", ["import", "export"])
def test_an_unknown_ending_is_wrong_use_of_import_and_export(empty, tmp_path, verb):
    file = write(tmp_path / "a.doc", "x")
    answer = xygeo(verb, "care_facilities", file, "--json", data=empty)
    assert answer.code == 2
    assert ".geojson" in answer.json["error"]["message"]


def test_a_dry_run_stores_nothing(county, tmp_path):
    before = facilities(county)
    file = write(tmp_path / "a.csv", HEAD + "甲,养老服务驿站,113.0,36.5\n")
    answer = xygeo("import", "care_facilities", file, "--dry-run", "--json", data=county)
    assert answer.code == 0
    assert answer.json["new"] == 1
    assert facilities(county) == before


def test_zero_elders_are_said_and_not_divided_by(county, tmp_path):
    data = tmp_path / "zero"
    xygeo("init", data=data)
    xygeo("export", "roads", tmp_path / "roads.gpkg", data=county)
    xygeo("export", "care_facilities", tmp_path / "f.gpkg", data=county)
    assert xygeo("import", "roads", tmp_path / "roads.gpkg", data=data).code == 0
    assert xygeo("import", "care_facilities", tmp_path / "f.gpkg", data=data).code == 0
    file = write(tmp_path / "e.csv", "village_code,year,population,age60\n140423100201,2020,0,0\n")
    assert xygeo("import", "elders", file, data=data).code == 0
    answer = xygeo("gaps", "--json", data=data)
    assert answer.code == 1
    assert answer.json["error"]["code"] == "no_demand"


def test_a_facility_far_from_any_road_is_found_and_covers_nobody(county, tmp_path):
    file = write(tmp_path / "a.csv", HEAD + "远站,养老服务驿站,113.0,36.85\n")
    before = xygeo("gaps", "--json", data=county).json["summary"]["covered"]
    assert xygeo("import", "care_facilities", file, data=county).code == 0
    assert xygeo("gaps", "--json", data=county).json["summary"]["covered"] == before
    circles = xygeo("circles", "--json", data=county).json
    assert circles["connected"] == circles["facilities"] - 1
    checked = xygeo("check", "care_facilities", "--json", data=county)
    assert checked.code == 1
    assert [finding["code"] for finding in checked.json["findings"]] == ["R03"]


def test_a_scale_that_does_not_fit_names_the_largest_that_does(county, tmp_path):
    out = tmp_path / "a.pdf"
    answer = xygeo("print", "circles", "--scale", 50_000, "--out", out, "--json", data=county)
    assert answer.code == 1
    assert answer.json["error"]["code"] == "scale_too_large"
    assert (
        "180,000" in answer.json["error"]["message"] or "180000" in answer.json["error"]["message"]
    )
    assert not out.exists()


def test_synthetic_rows_are_never_published(county, tmp_path):
    out = tmp_path / "a.pdf"
    answer = xygeo(
        "print", "circles", "--publish", "public", "--review-no", "示例号", "--approval", "示例文",
        "--out", out, "--json", data=county,
    )  # fmt: skip
    assert answer.code == 1
    assert answer.json["error"]["code"] == "public_not_allowed"
    assert not out.exists()


def test_an_unknown_sheet_is_wrong_use(county):
    answer = xygeo("print", "wallpaper", "--json", data=county)
    assert answer.code == 2
    assert answer.json["error"]["code"] == "unknown_sheet"


def test_the_demo_does_not_touch_a_store_of_ones_own(empty, tmp_path):
    file = write(tmp_path / "a.csv", HEAD + "甲,养老服务驿站,113.0,36.5\n")
    assert xygeo("import", "care_facilities", file, data=empty).code == 0
    before = facilities(empty)
    answer = xygeo("demo", "--json", data=empty)
    assert answer.code == 1
    assert answer.json["error"]["code"] == "not_the_sample"
    assert facilities(empty) == before
