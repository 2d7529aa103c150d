from __future__ import annotations

import pytest

from geo.errors import InputError
from layers.analysis.inputs import read_inputs
from layers.analysis.question import CareQuestion
from layers.errors import NotFound
from layers.store import Actor
from tests.layers.analysis.county import CLERK, DAY, NEAR, elders, fill, road, station

ASKED = CareQuestion()


def test_the_day_of_the_data_is_the_day_of_the_latest_event(store):
    assert read_inputs(fill(store), ASKED).data_date == DAY


def test_quality_is_the_worst_and_every_source_is_kept(store):
    provenance = read_inputs(fill(store), ASKED).provenance
    assert provenance.quality == "approximate"
    assert set(provenance.sources) == {"名录", "测量", "登记", "普查"}


@pytest.mark.parametrize(
    ("layer", "code"),
    [("roads", "no_roads"), ("care_facilities", "no_facilities"), ("elders", "no_demand")],
)
def test_a_layer_that_is_missing_is_named(store, layer, code):
    with pytest.raises(NotFound) as refused:
        read_inputs(fill(store, **{layer: []}), ASKED)
    assert refused.value.code == code


def test_zero_elders_are_no_demand(store):
    with pytest.raises(NotFound, match="合计为 0") as refused:
        read_inputs(fill(store, elders=[elders(NEAR, 0, 500)]), ASKED)
    assert refused.value.code == "no_demand"


def test_an_unknown_count_is_refused_and_not_taken_for_zero(store):
    with pytest.raises(InputError, match=NEAR) as refused:
        read_inputs(fill(store, elders=[elders(NEAR, None, 500)]), ASKED)
    assert refused.value.code == "demand_missing"


def test_only_the_newest_year_counts(store):
    rows = [elders(NEAR, 30, 500), elders(NEAR, 99, 500, year=2010)]
    assert read_inputs(fill(store, elders=rows), ASKED).demand["weight"].sum() == 30


def test_a_planned_or_closed_facility_does_not_count(store):
    rows = [
        station("西站", 0),
        station("规划", 100, status="planned"),
        station("规划类", 100, kind="planned", status=None),
        station("关门", 200, status="closed"),
        station("养老院", 300, kind="nursing_home"),
        station("未写状态", 400, status=None),
    ]
    inputs = read_inputs(fill(store, care_facilities=rows), ASKED)
    assert sorted(inputs.counted["name"]) == sorted(["西站", "未写状态"])
    assert "养老院" in set(inputs.facilities["name"])
    assert "规划" not in set(inputs.facilities["name"])


def test_asking_for_a_kind_counts_only_that_kind(store):
    rows = [
        station("西站", 0),
        station("养老院", 300, kind="nursing_home"),
        station("?", 9, kind=None),
    ]
    asked = CareQuestion(kinds=("nursing_home",))
    assert list(read_inputs(fill(store, care_facilities=rows), asked).counted["name"]) == ["养老院"]


def test_a_facility_without_a_kind_counts_and_is_said(store):
    inputs = read_inputs(fill(store, care_facilities=[station("?", 0, kind=None)]), ASKED)
    assert len(inputs.counted) == 1
    assert "没有填类型" in inputs.warnings[0]


def test_the_data_hash_forgets_versions_but_sees_values(store, tmp_path, clock):
    from layers.store import open_store

    before = read_inputs(fill(store), ASKED).data_hash
    other = open_store(f"gpkg:{tmp_path / 'b.gpkg'}", create=True, clock=clock, min_free_mb=0)
    with other:
        fill(other, care_facilities=[station("东站", 900)])
        moved = read_inputs(other, ASKED).data_hash
        (id_,) = (row["id"] for row in other.find("care_facilities"))
        other.put("care_facilities", [{**station("西站", 0), "id": id_}], actor=Actor("else"))
        assert moved != before
        assert read_inputs(other, ASKED).data_hash == before


def test_a_day_in_the_past_asks_for_what_was_valid_then(store):
    ended = station("旧站", 1400, valid_to=DAY.replace(year=2021))
    fill(store, care_facilities=[station("西站", 0), ended])
    assert len(read_inputs(store, ASKED).counted) == 1
    then = CareQuestion(as_of=DAY.replace(year=2020))
    assert len(read_inputs(store, then).counted) == 2


def test_a_network_is_built_once_a_mode(store):
    inputs = read_inputs(fill(store), ASKED)
    assert inputs.network() is inputs.network("walk")
    assert inputs.network("car") is not inputs.network()


def test_a_road_closed_to_cars_is_no_road_for_them(store):
    inputs = read_inputs(fill(store, roads=road(0, 500, 3000, car="none", walk="both")), ASKED)
    assert len(inputs.network("walk").edges) == 2
    assert inputs.network("car").edges.empty


def test_reading_writes_nothing(store):
    head = fill(store).head()
    read_inputs(store, ASKED)
    assert store.head() == head
    assert store.put("roads", road(0, 500, 1400, 3000), actor=CLERK).unchanged == 3
