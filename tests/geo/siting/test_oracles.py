"""Equal objectives with spopt, which asks CBC through pulp: on drawn tables and on real roads."""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.network import read_osm
from geo.reach import cost_matrix
from geo.siting import lscp, mclp, p_center, p_median
from tests.geo.siting.tables import plane

pulp = pytest.importorskip("pulp")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    locate = pytest.importorskip("spopt.locate")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # the oracles' own
]


def solved(problem) -> float:
    """What CBC makes of a model of spopt."""
    return float(problem.solve(pulp.PULP_CBC_CMD(msg=False)).problem.objective.value())


@pytest.fixture(scope="module")
def heidelberg(shared_data) -> tuple[pd.DataFrame, pd.Series]:
    """Minutes on foot from 90 homes to 40 places in the middle of the town."""
    network = read_osm(shared_data / "osm" / "heidelberg.osm.pbf")
    nodes = network.nodes[network.nodes["component"] == 0]
    at = shapely.get_coordinates(nodes.geometry.to_numpy())
    near = np.argsort(np.hypot(*(at - np.median(at, axis=0)).T), kind="stable")[:4000]
    rng = np.random.default_rng(6)
    picks = nodes.iloc[np.sort(rng.choice(near, 130, replace=False))].index
    homes, places = picks[:90], picks[90:]

    def points(ids: pd.Index) -> gpd.GeoDataFrame:
        return nodes.loc[ids, ["geometry"]]

    cost = cost_matrix(network, points(homes), points(places)).round(3)
    return cost, pd.Series(rng.integers(1, 60, 90).astype(float), index=cost.index)


def drawn(seed: int) -> tuple[pd.DataFrame, pd.Series]:
    cost, people = plane(50, 35, seed)
    return cost.round(3), people


@pytest.fixture(params=["heidelberg", 1, 2])
def question(request: pytest.FixtureRequest) -> tuple[pd.DataFrame, pd.Series]:
    """Real roads, and two planes."""
    if isinstance(request.param, int):
        return drawn(request.param)
    return request.getfixturevalue(request.param)


def test_lscp_needs_as_many_sites(question):
    cost, _ = question
    limit = float(cost.min(axis=1).max()) + 60
    oracle = locate.LSCP.from_cost_matrix(cost.to_numpy(), limit + 1e-6)
    assert lscp(cost, minutes=limit / 60).objective == pytest.approx(solved(oracle))


@pytest.mark.parametrize(("p", "minutes"), [(2, 8), (5, 6)])
def test_mclp_covers_as_many(question, p, minutes):
    cost, people = question
    oracle = locate.MCLP.from_cost_matrix(
        cost.to_numpy(), people.to_numpy(), 60 * minutes + 1e-6, p_facilities=p
    )
    found = mclp(cost, people, minutes=minutes, p=p)
    assert found.status == "optimal"
    assert found.objective == pytest.approx(solved(oracle))


@pytest.mark.parametrize("seed", range(1, 5))
@pytest.mark.parametrize(("p", "minutes"), [(18, 12), (22, 11)])
def test_mclp_misses_as_few_where_nearly_everybody_is_covered(seed, p, minutes):
    cost, people = plane(110, 90, seed)
    oracle = locate.MCLP.from_cost_matrix(
        cost.to_numpy(), people.to_numpy(), 60 * minutes + 1e-6, p_facilities=p
    )
    found = mclp(cost, people, minutes=minutes, p=p)
    assert found.status == "optimal"
    assert found.objective > 0.98 * people.sum()
    assert found.objective == pytest.approx(solved(oracle))


@pytest.mark.parametrize("p", [1, 3, 8])
def test_p_median_walks_as_far(question, p):
    cost, people = question
    oracle = locate.PMedian.from_cost_matrix(cost.to_numpy(), people.to_numpy(), p_facilities=p)
    found = p_median(cost, people, p=p)
    assert found.status == "optimal"
    assert found.objective == pytest.approx(solved(oracle))


@pytest.mark.parametrize("p", [2, 6])
def test_p_center_has_as_far_a_worst(question, p):
    cost, _ = question
    oracle = locate.PCenter.from_cost_matrix(cost.to_numpy(), p_facilities=p)
    assert p_center(cost, p=p).objective == pytest.approx(solved(oracle))


def test_sites_that_stand_count_as_with_spopt(question):
    cost, people = question
    standing = [0, 5]
    stands = np.zeros(cost.shape[1])
    stands[standing] = 1
    oracle = locate.PMedian.from_cost_matrix(
        cost.to_numpy(),
        people.to_numpy(),
        p_facilities=5,
        predefined_facilities_arr=stands,
    )
    found = p_median(cost, people, p=3, existing=cost.columns[standing])
    assert found.objective == pytest.approx(solved(oracle))
