"""A planner tries out candidates and roads on the sample county."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from geo.coverage import coverage, gaps
from geo.network import read_osm
from geo.whatif import WhatIf
from layers.analysis.inputs import read_inputs
from layers.analysis.question import CareQuestion
from layers.store import open_store
from tests.calling import xygeo

pytestmark = pytest.mark.slow

COUNTS = ("total", "covered", "uncovered", "gained", "lost", "change", "misled")


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    assert xygeo("init", "--sample", data=folder).code == 0
    return folder


def beside(network, n, seed):
    """So many places within some hundred metres of the network's nodes."""
    rng = np.random.default_rng(seed)
    nodes = network.nodes.geometry.to_numpy()[rng.choice(len(network.nodes), n, replace=False)]
    x, y = (np.array([getattr(node, axis) for node in nodes]) for axis in "xy")
    places = gpd.points_from_xy(x + rng.normal(0, 2e-3, n), y + rng.normal(0, 2e-3, n))
    return gpd.GeoDataFrame(geometry=places, index=[f"n{i:03d}" for i in range(n)], crs=network.crs)


def require_equal(network, standing, demand, spots, **asked):
    """Each spot by itself, then two with a facility less, against doing it from scratch."""
    whatif = WhatIf(network, standing, demand, by="unit", weight="weight", **asked)
    questions = [(spots.iloc[[i]], []) for i in range(len(spots))]
    questions += [(spots.iloc[i : i + 2], [standing.index[i]]) for i in range(5)]
    for some, removed in questions:
        answer = whatif.at(some, removed=removed)
        both = pd.concat([standing[["geometry"]].drop(index=removed), some])
        scratch = coverage(network, both, demand, **asked)
        assert_frame_equal(answer.coverage, scratch, check_exact=True)
        assert_frame_equal(answer.gaps, gaps(scratch, "unit", weight="weight"), check_exact=True)


@pytest.mark.parametrize("direction", ["to_facility", "from_facility"])
@pytest.mark.parametrize("mode", ["walk", "car"])
def test_a_moved_candidate_answers_for_all_villages_as_if_from_scratch(sample, mode, direction):
    with open_store(f"gpkg:{sample / 'county.gpkg'}") as store:
        inputs = read_inputs(store, CareQuestion(mode=mode))
    network = inputs.network()
    spots = beside(network, 15, 7)
    require_equal(network, inputs.counted, inputs.demand, spots, direction=direction)


def test_and_so_it_does_on_the_footpaths_of_a_real_town(shared_data):
    network = read_osm(shared_data / "osm" / "heidelberg.osm.pbf")
    every = beside(network, 320, 8)
    demand = every.iloc[50:300].assign(unit=[f"u{i % 9}" for i in range(250)], weight=3.0)
    require_equal(network, every.iloc[:50], demand, every.iloc[300:])


def plan(folder):
    file = folder / "plan.json"
    candidates = [{"id": "XY-F009"}, {"lon": 113.0253, "lat": 36.56}]
    roads = {"closed": [{"point": [113.0253, 36.5355]}], "slowed": [{"road": "1-0", "factor": 0.5}]}
    body = {"candidates": candidates, "removed": ["XY-S003"], "roads": roads}
    file.write_text(json.dumps(body), "utf-8")
    return file


@pytest.mark.parametrize("age", ["60", "80"])
def test_no_count_of_a_few_people_is_told_by_village(sample, tmp_path, age):
    words = ("scenario", "run", plan(tmp_path), "--by", "village", "--age", age, "--minutes", 45)
    rows = xygeo(*words, "--json", data=sample).json["rows"]
    assert len(rows) == 238
    told = [
        value
        for row in rows
        for name, value in row.items()
        if name.split("_")[0] in COUNTS and isinstance(value, int | float)
    ]
    assert not [value for value in told if 0 < abs(value) < 5]
    assert any(row["gained"] not in (0, None) for row in rows)


def test_a_scenario_run_again_gives_the_same_and_writes_nothing(sample, tmp_path):
    words = ("scenario", "run", plan(tmp_path), "--save", "甲案", "--json")
    first = xygeo(*words, data=sample).json
    with open_store(f"gpkg:{sample / 'county.gpkg'}") as store:
        head = store.head()
    assert xygeo(*words, data=sample).json == first
    with open_store(f"gpkg:{sample / 'county.gpkg'}") as store:
        assert store.head() == head
    assert xygeo("scenario", "show", "甲案", "--json", data=sample).json["stale"] is False
    assert xygeo("verify", data=sample).code == 0
