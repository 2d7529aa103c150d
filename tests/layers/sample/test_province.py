"""The made-up province: the same from every side, and nothing real in it."""

from __future__ import annotations

import hashlib

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.errors import InputError
from layers.analysis.roads import network_of
from layers.sample.province import SampleProvince, province_county
from layers.sample.province_files import write_province
from layers.store import Actor, open_store, read_frame

SMALL = SampleProvince(counties=5, side=12, villages=10)


@pytest.fixture(scope="module")
def counties():
    return [province_county(SMALL, number) for number in range(1, 6)]


@pytest.fixture(scope="module")
def roads(counties, tmp_path_factory):
    path = tmp_path_factory.mktemp("province") / "s.gpkg"
    with open_store(f"gpkg:{path}", create=True) as store:
        for county in counties:
            for layer, rows in county.layers.items():
                store.put(layer, rows, actor=Actor("示意数据"))
        return read_frame(store, "roads")


def test_a_store_takes_every_row(counties, roads):
    assert len(roads) == sum(len(county.layers["roads"]) for county in counties)


def test_every_row_says_that_it_is_made_up(counties):
    rows = [row for county in counties for layer in county.layers.values() for row in layer]
    assert {row["quality"] for row in rows} == {"synthetic"}
    assert {row["source"] for row in rows} == {"示意数据（种子 7）"}
    names = [row["name"] for row in rows if "name" in row] + [c.name for c in counties]
    assert all(name.startswith("示意") for name in names)
    assert all(county.code.startswith("99") for county in counties)


def test_a_county_is_the_same_in_a_larger_province_but_for_its_neighbours():
    larger = SampleProvince(counties=9, side=12, villages=10)
    first, again = province_county(SMALL, 1), province_county(larger, 1)
    assert first.layers["elders"] == again.layers["elders"]
    assert first.layers["roads"] == again.layers["roads"]


def test_another_seed_is_another_province(counties):
    other = province_county(SampleProvince(counties=5, side=12, villages=10, seed=8), 1)
    assert other.layers["elders"] != counties[0].layers["elders"]


def test_roads_run_on_over_the_borders(counties, roads):
    outline = counties[0].layers["divisions"][0]["geometry"]
    assert roads.crosses(outline.exterior).any()
    whole = network_of(roads, "walk")
    share = (whole.nodes["component"] == 0).mean()
    assert share > 0.95


@pytest.mark.parametrize("mode", ["walk", "etrike", "car"])
def test_node_ids_have_one_place(roads, mode):
    # from_edges refuses an id at two places.
    assert len(network_of(roads, mode).edges) > 100


def test_counties_share_their_borders_and_overlap_nowhere(counties):
    shapes = [county.layers["divisions"][0]["geometry"] for county in counties]
    joined = shapely.union_all(shapes)
    assert joined.area == pytest.approx(sum(shape.area for shape in shapes))
    assert joined.geom_type == "Polygon"
    for county, shape in zip(counties, shapes, strict=True):
        villages = [row["geometry"] for row in county.layers["elders"]]
        assert shapely.within(villages, shape.buffer(1e-9)).all()


def test_age_bands_lie_within_each_other(counties):
    for row in counties[0].layers["elders"]:
        bands = [row[name] for name in ("population", "age60", "age65", "age70", "age80")]
        assert bands == sorted(bands, reverse=True)


def test_coordinates_lie_on_the_lattice(counties):
    shapes = [row["geometry"] for layer in counties[1].layers.values() for row in layer]
    degrees = shapely.get_coordinates(shapes)
    assert (np.round(degrees, 6) == degrees).all()


def test_the_bytes_are_those_of_every_machine(counties):
    roads = counties[2].layers["roads"]
    text = "".join(f"{row['id']} {row['highway']} {row['geometry'].wkt}" for row in roads)
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert digest[:16] == "81d459b05cd7da43"


@pytest.mark.parametrize(
    "wrong", [{"counties": 0}, {"counties": 401}, {"side": 5}, {"villages": 0}, {"seed": -1}]
)
def test_sizes_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        SampleProvince(**wrong)


def test_there_are_no_more_counties_than_asked_for():
    for number in (0, 6):
        with pytest.raises(InputError, match="示意省只有 5 个县"):
            province_county(SMALL, number)


def test_the_real_size_is_a_hundred_and_seventeen_counties_of_a_counties_size():
    county = province_county(SampleProvince(), 117)
    assert (county.code, county.name) == ("990117", "示意县117")
    assert 5_000 < len(county.layers["roads"]) < 7_000
    assert 10_000 < sum(row["age60"] for row in county.layers["elders"]) < 30_000


def test_files_hold_the_counties_and_the_same_bytes_again(counties, tmp_path):
    told = []
    first = write_province(tmp_path / "a", SMALL, on_progress=lambda s, _w: told.append(s))
    second = write_province(tmp_path / "b", SMALL)
    names = sorted(p.relative_to(first.parent) for p in first.parent.rglob("*") if p.is_file())
    assert len(names) == 2 + 3 * 5
    for name in names:
        assert (first.parent / name).read_bytes() == (second.parent / name).read_bytes(), name
    assert told == sorted(told)
    assert told[-1] == 1
    roads = gpd.read_parquet(first.parent / "roads.parquet")
    assert len(roads) == sum(len(county.layers["roads"]) for county in counties)
    elders = gpd.read_parquet(first.parent / "990003" / "elders.parquet")
    assert elders["age60"].to_list() == [r["age60"] for r in counties[2].layers["elders"]]
