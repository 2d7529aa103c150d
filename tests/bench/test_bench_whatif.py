"""A candidate dragged over the county: each move answers for all demand, beside doing it anew."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.coverage import coverage, gaps
from geo.network import read_osm
from geo.reach import AGE_SPEEDS_MPS
from geo.road_edits import read_road_edits
from geo.robustness import Condition, robustness
from geo.scenarios import edited_roads
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

    bare = [best_of(3, lambda at=at: whatif.at(spots.iloc[[at]])) for at in range(MOVES)]
    print(f"\n{what}, a move: median {np.median(times):.2f} ms, worst {times.max():.2f} ms")
    print(f"  without the two tables: median {np.median(bare) * 1e3:.2f} ms")
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


def test_roads_added_closed_and_slowed(shared_data):
    network = read_osm(shared_data / "osm" / "heidelberg.osm.pbf")
    at = shapely.get_coordinates(network.nodes.geometry.to_numpy())
    edits = {
        "added": [[at[100].tolist(), at[20_000].tolist()]],
        "closed": [{"point": at[300].tolist()}, {"point": at[400].tolist(), "extent": "place"}],
        "slowed": [{"road": 7, "factor": 0.5}],
    }
    facilities, homes = (
        gpd.GeoDataFrame(geometry=gpd.points_from_xy(*at[::step][:n].T), crs=network.crs)
        for step, n in ((600, 50), (120, 250))
    )
    read = read_road_edits(edits)

    def asked():
        return coverage(edited_roads(network, read).network, facilities, homes)

    say("four edits of 40,166 roads", best_of(5, lambda: edited_roads(network, read)))
    say("the same and coverage of 250 homes", best_of(5, asked))


def test_robustness_of_ten_sites():
    rng = np.random.default_rng(1)
    demand = pd.Series(rng.integers(1, 500, 238).astype(float))
    conditions = [
        Condition(m, s) for m in ("walk", "etrike", "car") for s in AGE_SPEEDS_MPS.values()
    ]
    costs = {one: pd.DataFrame(rng.uniform(0, 6000, (238, 41))) for one in conditions}
    options = {f"site {site}": [site] for site in range(31, 41)}

    def asked():
        return robustness(
            costs, demand, options, asked=conditions[0], existing=list(range(31)), draws=200
        )

    worlds = int(asked().summary.loc["together", "worlds"].iloc[0])
    say(f"ten sites in {worlds:,} worlds", best_of(3, asked))
