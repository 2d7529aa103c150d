"""Proposals as rows: readable, importable, one of them enough."""

import json

import geopandas as gpd
import pytest

from layers.importers import import_file
from layers.sample import SAMPLE_CLOCK, fill_sample
from layers.store import Actor, open_store, read_frame
from layers.topology import check_divisions
from layers.topology_repairs import repair_rows, write_repairs

TOWN = "140423103000"
REVIEWER = Actor("审核员", "reviewer")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """The sample county with a hole in one town."""
    path = tmp_path_factory.mktemp("repairs") / "county.gpkg"
    with open_store(f"gpkg:{path}", create=True, clock=SAMPLE_CLOCK) as store:
        fill_sample(store)
        town = store.get("divisions", TOWN)
        hole = town["geometry"].representative_point().buffer(0.001)
        town["geometry"] = town["geometry"].difference(hole)
        store.put("divisions", [town], actor=REVIEWER)
        yield store


def test_a_chosen_proposal_is_imported_and_mends_the_fault(store, tmp_path):
    frame = read_frame(store, "divisions")
    findings = check_divisions(frame)
    rows = repair_rows(frame, findings)
    assert list(rows[["finding", "option", "fault"]].iloc[0]) == [1, 1, "T01"]
    assert list(rows.index) == [TOWN]
    assert rows["proposal"].iloc[0].startswith("把缝隙划给它（+")
    path = tmp_path / "方案.geojson"
    write_repairs(rows, path)
    report = import_file(store, "divisions", path, actor=REVIEWER, reason="补缝")
    assert (report.failed, report.changed) == (False, 1)
    assert check_divisions(read_frame(store, "divisions")) == []


def test_a_row_keeps_its_fields(store, tmp_path):
    frame = read_frame(store, "divisions")
    rows = repair_rows(frame, [])
    assert rows.empty
    write_repairs(rows, tmp_path / "none.geojson")
    assert json.loads((tmp_path / "none.geojson").read_text("utf-8"))["features"] == []


def test_two_proposals_of_one_fault_are_numbered(store):
    frame = read_frame(store, "divisions")
    other = next(
        i
        for i in frame.index[frame["level"] == "township"]
        if i != TOWN
        and frame.geometry[i] is not None
        and frame.geometry[i].touches(frame.geometry[TOWN])
    )
    line = frame.geometry[TOWN].intersection(frame.geometry[other])
    bulge = line.centroid.buffer(0.002).intersection(frame.geometry[other])
    frame.loc[[TOWN], "geometry"] = gpd.GeoSeries(
        [frame.geometry[TOWN].union(bulge)], index=[TOWN], crs=frame.crs
    )
    rows = repair_rows(frame, check_divisions(frame))
    assert {TOWN, other} <= set(rows.index)
    assert list(rows.loc[rows["finding"] == 1, "option"]) == list(
        range(1, (rows["finding"] == 1).sum() + 1)
    )
    assert not {"version", "updated_at", "updated_by"} & set(rows.columns)
