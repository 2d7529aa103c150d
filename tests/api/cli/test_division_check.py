"""`xygeo check divisions`, called as a clerk does."""

import json

import geopandas as gpd
import pytest
import shapely
from shapely.geometry import mapping, shape

from layers.sample import SAMPLE_CLOCK, fill_sample, write_sample_files
from layers.store import Actor, open_store
from tests.calling import xygeo


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """A store of the sample county, and its divisions as features of a file."""
    folder = tmp_path_factory.mktemp("sample")
    with open_store(f"gpkg:{folder / 'county.gpkg'}", create=True, clock=SAMPLE_CLOCK) as store:
        fill_sample(store)
    file = next(p for p in write_sample_files(folder / "files") if p.stem == "divisions")
    return folder, json.loads(file.read_text("utf-8"))


@pytest.fixture
def file(sample, tmp_path):
    """Write the divisions with one feature changed by a function."""

    def write(unit, change):
        body = json.loads(json.dumps(sample[1]))
        change(next(f for f in body["features"] if f["id"] == unit))
        path = tmp_path / "divisions.geojson"
        path.write_text(json.dumps(body), "utf-8")
        return path

    return write


def holed(feature):
    ground = shape(feature["geometry"])
    feature["geometry"] = mapping(ground.difference(ground.representative_point().buffer(1e-4)))


def test_the_sample_county_has_no_findings(sample):
    answer = xygeo("check", "divisions", "--json", data=sample[0])
    assert answer.code == 0
    assert answer.json == {"layer": "divisions", "checked": 407, "findings": []}


def test_a_fault_in_a_file_is_found_without_a_store(sample, file, tmp_path):
    path = file("140423103000", holed)
    answer = xygeo("check", "divisions", "--file", path, "--json", data=tmp_path / "none")
    (finding,) = answer.json["findings"]
    assert answer.code == 1
    assert (finding["code"], finding["level"]) == ("T01", "error")
    assert "140423103000" in finding["ids"]
    ground = ground_of(sample[1])
    hole = ground.representative_point().buffer(1e-4)
    assert hole.covers(shapely.Point(finding["where"]))


def ground_of(body):
    return next(shape(f["geometry"]) for f in body["features"] if f["id"] == "140423103000")


def test_a_code_twice_in_a_file_is_found(file):
    path = file("140423103000", lambda _: None)
    body = json.loads(path.read_text("utf-8"))
    body["features"] += [f for f in body["features"] if f["id"] == "140423103000"]
    path.write_text(json.dumps(body), "utf-8")
    answer = xygeo("check", "divisions", "--file", path, "--json")
    (finding,) = answer.json["findings"]
    assert (finding["code"], finding["ids"]) == ("T08", ["140423103000", "140423103000"])


def test_a_person_reads_one_sentence_a_finding(file):
    answer = xygeo("check", "divisions", "--file", file("140423103000", holed))
    head, line = answer.out.splitlines()
    assert head == "行政区划 divisions：查 407 行，1 处问题"
    assert line.startswith("  错误 T01 襄垣县（140423000000）内 东经 ")


def test_a_fault_in_the_store_shows_in_the_plain_check_too(tmp_path):
    with open_store(f"gpkg:{tmp_path / 'county.gpkg'}", create=True) as store:
        fill_sample(store)
        town = store.get("divisions", "140423103000")
        ground = town["geometry"]
        town["geometry"] = ground.difference(ground.representative_point().buffer(1e-4))
        store.put("divisions", [town], actor=Actor("clerk"))
    layers = xygeo("check", "--json", data=tmp_path).json["layers"]
    (finding,) = next(body for body in layers if body["layer"] == "divisions")["findings"]
    assert finding["code"] == "T01"
    assert xygeo("check", "divisions", data=tmp_path).code == 1


def test_a_file_of_another_layer_is_wrong_use(file):
    path = file("140423103000", lambda _: None)
    answer = xygeo("check", "elders", "--file", path)
    assert answer.code == 2
    assert "divisions" in answer.err


def test_a_value_that_cannot_be_read_is_refused(file):
    path = file("140423103000", lambda f: f["properties"].update(valid_from="2023.13.45"))
    answer = xygeo("check", "divisions", "--file", path, "--json")
    assert answer.code == 1
    assert answer.json["error"]["code"] == "unreadable"


def test_a_file_without_levels_is_refused_rather_than_found_well(tmp_path):
    path = tmp_path / "区划.csv"
    path.write_text("code,name,parent_code\n140423100000,古韩镇,140423000000\n", "utf-8")
    answer = xygeo("check", "divisions", "--file", path)
    assert answer.code == 1
    assert "级别" in answer.err


def test_proposals_are_written_and_nothing_is_changed(file, tmp_path):
    path = file("140423103000", holed)
    before = path.read_bytes()
    proposals = tmp_path / "方案.geojson"
    answer = xygeo("check", "divisions", "--file", path, "--repairs", proposals)
    assert "修复方案 1 个" in answer.out
    (feature,) = json.loads(proposals.read_text("utf-8"))["features"]
    assert (feature["id"], feature["properties"]["fault"]) == ("140423103000", "T01")
    assert path.read_bytes() == before


def test_a_file_in_metres_is_checked_when_its_crs_is_named(sample, file):
    path = file("140423103000", lambda _: None)
    body = json.loads(path.read_text("utf-8"))
    frame = gpd.GeoDataFrame.from_features(sample[1], crs="EPSG:4490").to_crs("EPSG:4547")
    for feature, ground in zip(body["features"], frame.geometry, strict=True):
        feature["geometry"] = None if ground is None else mapping(ground)
    path.write_text(json.dumps(body), "utf-8")
    refused = xygeo("check", "divisions", "--file", path)
    assert (refused.code, "可能以米为单位" in refused.err) == (1, True)
    answer = xygeo("check", "divisions", "--file", path, "--crs", "EPSG:4547", "--json")
    assert (answer.code, answer.json["findings"]) == (0, [])


def test_a_crs_without_a_file_is_wrong_use():
    assert xygeo("check", "divisions", "--crs", "EPSG:4547").code == 2
