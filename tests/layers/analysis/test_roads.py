"""Stored roads give the network that reading the file for one mode gives."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.errors import NetworkError
from geo.network import from_edges, read_osm
from geo.reach import nearest_facility
from layers.analysis.roads import network_of, road_edges
from layers.importers import import_file
from layers.store import Actor, open_store, read_frame
from tests.layers.importers.osm import write_pbf

CLERK = Actor("clerk")


@pytest.fixture
def stored(store, tmp_path):
    import_file(store, "roads", write_pbf(tmp_path / "in.osm.pbf"), actor=CLERK)
    return read_frame(store, "roads")


def test_a_mode_gets_its_own_rows_directions_and_speeds(stored):
    edges = road_edges(stored, "car")
    assert edges[["way_id", "u", "v", "forward", "backward"]].to_numpy().tolist() == [
        [10, 1, 2, True, False],
        [10, 2, 3, True, False],
        [30, 3, 6, True, False],
    ]
    assert edges["speed_mps"].tolist() == [25 / 3.6, 25 / 3.6, 100 / 3.6]
    assert road_edges(stored, "walk")["speed_mps"].isna().all()
    assert road_edges(stored, "etrike")["speed_mps"].tolist() == [15 / 3.6] * 3


def test_the_order_of_stored_rows_does_not_matter(stored):
    assert road_edges(stored[::-1], "walk").equals(road_edges(stored, "walk"))


def test_a_row_that_says_nothing_of_a_mode_follows_its_class(stored):
    stored = stored.assign(walk=None, car=None, car_kmh=np.nan)
    assert road_edges(stored, "walk")["way_id"].tolist() == [10, 10, 20, 20, 40]
    assert road_edges(stored, "car")["speed_mps"].mul(3.6).round(9).tolist() == [25, 25, 100, 60]


def test_rows_without_place_or_nodes_are_left_out(stored):
    bare = stored.copy()
    bare.loc["10-0", "geometry"] = None
    bare.loc["20-0", "u"] = None
    assert len(road_edges(bare, "walk")) == len(road_edges(stored, "walk")) - 2


def test_no_roads_are_a_network_that_connects_nothing(store):
    assert len(network_of(read_frame(store, "roads"), "walk").nodes) == 0


def test_an_unknown_mode_is_refused(stored):
    with pytest.raises(NetworkError):
        road_edges(stored, "boat")


def test_edges_are_what_from_edges_takes(stored):
    assert from_edges(road_edges(stored, "walk")).report["components"] == 1


@pytest.fixture(scope="module", params=["liechtenstein", "heidelberg"])
def extract(request, shared_data, tmp_path_factory):
    """An extract, and its roads as they come out of a store."""
    path = shared_data / "osm" / f"{request.param}.osm.pbf"
    folder = tmp_path_factory.mktemp(request.param)
    with open_store(f"gpkg:{folder / 'county.gpkg'}", create=True, min_free_mb=0) as store:
        report = import_file(store, "roads", path, actor=CLERK)
        assert report.findings == ()
        return path, read_frame(store, "roads")


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["walk", "etrike", "car"])
def test_stored_roads_have_the_metres_and_seconds_of_the_file(extract, mode):
    path, roads = extract
    direct, stored = read_osm(path, mode), network_of(roads, mode)
    assert stored.report["total_m"] == pytest.approx(direct.report["total_m"], abs=1e-6)
    shared = direct.nodes.index
    assert shared.isin(stored.nodes.index).all()
    extra = stored.nodes.index.difference(shared)
    ends = stored.edges[["u", "v"]].stack()
    assert (ends.value_counts().reindex(extra) == 2).all()
    facilities = _places(direct, 50)
    for direction in ("to_facility", "from_facility"):
        wanted = nearest_facility(direct, facilities, direction=direction)
        found = nearest_facility(stored, facilities, direction=direction).loc[shared]
        np.testing.assert_allclose(found["seconds"], wanted["seconds"], rtol=0, atol=1e-6)
        assert np.isfinite(wanted["seconds"]).mean() > 0.5


def _places(network, count):
    """Points near roads: nodes moved by some metres."""
    random = np.random.default_rng(7)
    xy = shapely.get_coordinates(network.nodes.geometry.to_numpy())
    chosen = xy[random.choice(len(xy), count, replace=False)]
    return gpd.GeoDataFrame(
        geometry=shapely.points(chosen + random.normal(0, 5e-5, chosen.shape)), crs=4490
    )
