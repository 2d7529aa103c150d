"""A candidate dragged over the county: each move answers for all demand, beside doing it anew."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.coverage import coverage, gaps
from geo.network import read_osm
from geo.whatif import WhatIf
from layers.analysis.inputs import read_inputs
from layers.analysis.question import CareQuestion
from layers.sample import fill_sample
from layers.store import open_store
from tests.bench.timing import best_of, say

pytestmark = pytest.mark.bench

MOVES = 50


def told(what, network, facilities, demand, spots):
    """Print median and worst of the moves, and one answer from scratch."""
    whatif = WhatIf(network, facilities, demand, by="unit", weight="weight")

    def move(at):
        answer = whatif.at(spots.iloc[[at]])
        return answer.coverage, answer.gaps

    move(0)
    times = np.array([best_of(3, lambda at=at: move(at)) for at in range(MOVES)]) * 1e3
    both = gpd.GeoDataFrame(pd.concat([facilities[["geometry"]], spots.iloc[[0]]]))

    def afresh():
        return gaps(coverage(network, both, demand), "unit", weight="weight")

    print(f"\n{what}, a move: median {np.median(times):.2f} ms, worst {times.max():.2f} ms")
    say(what, np.median(times) / 1e3, afresh=best_of(3, afresh))


def test_sample_county(tmp_path):
    with open_store(f"gpkg:{tmp_path / 'county.gpkg'}", create=True) as store:
        fill_sample(store)
        inputs = read_inputs(store, CareQuestion())
    network = inputs.network()
    box = np.random.default_rng(7).choice(len(network.nodes), MOVES, replace=False)
    spots = network.nodes.iloc[box][["geometry"]]
    spots = spots.set_axis([f"候选{i:03d}" for i in range(MOVES)])
    demand = inputs.demand
    told(f"sample county, {len(demand)} villages", network, inputs.counted, demand, spots)


def test_heidelberg(shared_data):
    network = read_osm(shared_data / "osm" / "heidelberg.osm.pbf")
    at = shapely.get_coordinates(network.nodes.geometry.to_numpy())
    rng = np.random.default_rng(7)
    chosen = at[rng.choice(len(at), 50 + 250 + MOVES, replace=False)]
    chosen += rng.normal(0, 2e-4, chosen.shape)
    every = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*chosen.T), crs=network.crs)
    demand = every.iloc[50:300].assign(unit=[f"u{i % 9}" for i in range(250)], weight=10.0)
    told("Heidelberg, 50 facilities, 250 homes", network, every.iloc[:50], demand, every.iloc[300:])
