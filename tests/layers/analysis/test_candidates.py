from __future__ import annotations

import pytest
import shapely

from geo.errors import InputError
from layers.analysis.candidates import (
    CANDIDATE_COLUMNS,
    file_candidates,
    node_candidates,
    row_candidates,
    village_candidates,
)
from layers.analysis.inputs import read_inputs
from layers.analysis.question import CareQuestion
from layers.errors import NotFound
from tests.layers.analysis.county import (
    CLERK,
    FAR,
    NEAR,
    TOWN_A,
    TOWN_B,
    division,
    divisions,
    elders,
    fill,
    place,
    station,
)


def inputs(store):
    return read_inputs(store, CareQuestion())


def test_every_village_with_a_place_is_a_candidate(store):
    found = village_candidates(inputs(fill(store)))
    assert found["name"].to_dict() == {NEAR: "近村", FAR: "远村"}
    assert tuple(found.columns) == CANDIDATE_COLUMNS


def test_a_township_keeps_its_own_villages(store):
    assert list(village_candidates(inputs(fill(store)), TOWN_B).index) == [FAR]


def test_villages_without_any_place_are_no_candidates(store):
    read = inputs(fill(store, elders=[elders(NEAR, 30, None)]))
    with pytest.raises(NotFound) as caught:
        village_candidates(read)
    assert caught.value.code == "no_candidates"


def test_every_road_node_is_a_candidate(store):
    found = node_candidates(inputs(fill(store)))
    assert list(found.index) == ["node-0", "node-1", "node-2", "node-3"]
    assert set(found["quality"]) == {"approximate"}


def test_a_node_is_called_by_the_village_beside_it(store):
    names = node_candidates(inputs(fill(store)))["name"].to_dict()
    assert names["node-1"] == "近村路口 1"
    assert names["node-3"] == "远村路口 3"


def test_nodes_without_any_village_have_their_number(store):
    names = node_candidates(inputs(fill(store, elders=[elders(NEAR, 30, None)])))["name"]
    assert names["node-1"] == "路口 1"


def test_nodes_of_a_township_lie_in_its_outline(store):
    west, east = place(-100, -100), place(800, 100)
    outline = shapely.box(west.x, west.y, east.x, east.y)
    rows = [row for row in divisions() if row["code"] != TOWN_A]
    rows.append(division(TOWN_A, "甲镇", "township", geometry=outline))
    read = inputs(fill(store, divisions=rows))
    assert list(node_candidates(read, TOWN_A).index) == ["node-0", "node-1"]
    with pytest.raises(NotFound, match="没有边界面"):
        node_candidates(read, TOWN_B)


def test_an_unknown_township_is_refused(store):
    with pytest.raises(NotFound) as caught:
        village_candidates(inputs(fill(store)), "140423999000")
    assert caught.value.code == "unknown_township"


def test_stored_rows_are_candidates_whatever_their_status(store):
    fill(store)
    ids = store.put(
        "care_facilities", [station("侯堡规划", 900, status="planned")], actor=CLERK
    ).ids
    found = row_candidates(store, ids)
    assert found["name"].to_dict() == {ids[0]: "侯堡规划"}
    with pytest.raises(NotFound, match="没有编号"):
        row_candidates(store, ["nobody"])


def test_a_file_of_places_is_read(tmp_path):
    path = tmp_path / "places.csv"
    path.write_text("名称,经度,纬度\n老校舍,113.01,36.5\n,113.02,36.5\n", "utf-8")
    found = file_candidates(path)
    assert list(found["name"]) == ["老校舍", "候选点 2"]
    assert found.geometry.x.tolist() == [113.01, 113.02]


def test_a_file_without_places_is_refused(tmp_path):
    path = tmp_path / "places.csv"
    path.write_text("名称\n老校舍\n", "utf-8")
    with pytest.raises(NotFound):
        file_candidates(path)


def test_an_id_twice_in_a_file_is_refused(tmp_path):
    path = tmp_path / "places.csv"
    path.write_text("id,名称,经度,纬度\na,甲,113.01,36.5\na,乙,113.02,36.5\n", "utf-8")
    with pytest.raises(InputError, match="出现两次"):
        file_candidates(path)
