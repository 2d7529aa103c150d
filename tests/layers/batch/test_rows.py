"""A county is read with the roads around it, from files as from a store."""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import pytest

from layers.analysis.gaps import covered_demand
from layers.analysis.question import CareQuestion
from layers.batch.rows import county_inputs, county_stamps, reach_m
from layers.errors import NotFound, StoreError
from layers.sample.province import province_county
from layers.store import Actor, open_store
from tests.layers.batch.conftest import SMALL

ACTOR = Actor("示意数据")


@pytest.fixture
def stored(tmp_path):
    """Store of the first county, with all roads of the province in it."""
    path = tmp_path / "a.gpkg"
    with open_store(f"gpkg:{path}", create=True) as store:
        county = province_county(SMALL, 1)
        for layer, rows in county.layers.items():
            store.put(layer, rows, actor=ACTOR)
        for number in (2, 3, 4):
            store.put("roads", province_county(SMALL, number).layers["roads"], actor=ACTOR)
    return path


def test_a_car_reaches_twenty_five_kilometres_in_a_quarter_of_an_hour():
    assert reach_m(CareQuestion(mode="car")) == pytest.approx(25_000)
    assert reach_m(CareQuestion(mode="etrike")) == pytest.approx(3_750)
    assert reach_m(CareQuestion(mode="walk")) == pytest.approx(990)
    assert reach_m(CareQuestion(mode="walk", age="disabled")) == pytest.approx(450)


def test_shared_roads_reach_over_the_border(tasks, province):
    (task, *_) = tasks
    outline = gpd.read_parquet(task.divisions).geometry.iloc[0]
    near = county_inputs(task).roads
    task = dataclasses.replace(task, question=CareQuestion(mode="car"))
    far = county_inputs(task).roads
    outside = far[~far.intersects(outline)]
    assert len(outside) > 0
    assert set(near.index) < set(far.index)
    # Four counties of 7 km lie within 25 km of each other.
    assert set(far.index) == set(gpd.read_parquet(province.parent / "roads.parquet")["id"])


@pytest.mark.parametrize("mode", ["walk", "etrike", "car"])
def test_the_roads_that_are_read_are_enough(tasks, mode):
    """Who is covered does not change when all roads of the province are known."""
    question = CareQuestion(mode=mode, minutes=10 if mode == "walk" else 3)
    for task in tasks:
        asked = dataclasses.replace(task, question=question)
        inputs = county_inputs(asked)
        everything = dataclasses.replace(
            asked, question=dataclasses.replace(question, mode="car", minutes=60)
        )
        whole = dataclasses.replace(inputs, roads=county_inputs(everything).roads, _networks={})
        assert len(inputs.roads) < len(whole.roads)
        assert covered_demand(inputs)["covered"].equals(covered_demand(whole)["covered"])


def test_files_and_a_store_give_the_same_rows(tasks, stored):
    task = tasks[0]
    from_files = county_inputs(task)
    from_store = county_inputs(
        dataclasses.replace(
            task, store=stored, roads=stored, care_facilities=None, elders=None, divisions=None
        )
    )

    def without_lengths(inputs):  # the store measures what it is given
        return dataclasses.replace(inputs, roads=inputs.roads.drop(columns="length_m"))

    assert without_lengths(from_files).data_hash == without_lengths(from_store).data_hash


def test_a_store_alone_brings_its_own_roads(tasks, stored):
    task = dataclasses.replace(
        tasks[0], store=stored, roads=None, care_facilities=None, elders=None, divisions=None
    )
    roads = sum(len(province_county(SMALL, n).layers["roads"]) for n in (1, 2, 3, 4))
    assert len(county_inputs(task).roads) == roads


def test_divisions_may_be_left_out(tasks):
    inputs = county_inputs(dataclasses.replace(tasks[0], divisions=None))
    assert inputs.divisions.empty
    assert covered_demand(inputs)["unit"].unique().tolist() == ["全部"]


def test_roads_elsewhere_are_no_roads(tasks, province):
    far = gpd.read_parquet(province.parent / "roads.parquet")
    far = far.set_geometry(far.geometry.translate(5, 0))
    far.to_parquet(province.parent / "far.parquet")
    with pytest.raises(NotFound) as caught:
        county_inputs(dataclasses.replace(tasks[0], roads=province.parent / "far.parquet"))
    assert caught.value.code == "no_roads"


def test_a_county_without_any_place_is_told(tasks, tmp_path):
    paths = {}
    for layer in ("care_facilities", "elders"):
        frame = gpd.read_parquet(getattr(tasks[0], layer))
        frame["geometry"] = None
        paths[layer] = tmp_path / f"{layer}.parquet"
        frame.to_parquet(paths[layer])
    with pytest.raises(NotFound) as caught:
        county_inputs(dataclasses.replace(tasks[0], divisions=None, **paths))
    assert caught.value.code == "no_places"


def test_stamps_follow_every_input(tasks, stored):
    task = dataclasses.replace(tasks[0], store=stored)
    before = county_stamps(task)
    assert set(before) == {"store", "roads", "care_facilities", "elders", "divisions"}
    with open_store(f"gpkg:{stored}") as store:
        store.delete("elders", [next(iter(store.find("elders")))["id"]], actor=ACTOR)
    changed = {name for name, stamp in county_stamps(task).items() if stamp != before[name]}
    assert changed == {"store"}


def test_a_missing_store_is_told(tasks, tmp_path):
    with pytest.raises(StoreError) as caught:
        county_stamps(dataclasses.replace(tasks[0], store=tmp_path / "no.gpkg"))
    assert caught.value.code == "store_missing"
