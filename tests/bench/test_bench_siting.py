"""Siting beside spopt with CBC, and every node of Heidelberg as a candidate."""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.network import read_osm
from geo.reach import cost_matrix
from geo.screening import screen_candidates
from geo.siting import lscp, mclp, p_center, p_median
from tests.bench.timing import best_of, say
from tests.geo.siting.tables import plane

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

pulp = pytest.importorskip("pulp")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    locate = pytest.importorskip("spopt.locate")

pytestmark = [pytest.mark.bench, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def network(shared_data):
    return read_osm(shared_data / "osm" / "heidelberg.osm.pbf")


def question(network, n: int) -> tuple[pd.DataFrame, pd.Series]:
    """Walking seconds from n homes to n places in the town, and people."""
    big = network.nodes[network.nodes["component"] == 0]
    rng = np.random.default_rng(n)
    picks = big.iloc[rng.choice(len(big), 2 * n, replace=False)][["geometry"]]
    cost = cost_matrix(network, picks.iloc[:n], picks.iloc[n:])
    return cost, pd.Series(rng.integers(1, 60, n).astype(float), index=cost.index)


def cpu_of(question: Callable[[], T]) -> tuple[float, T]:
    """Seconds of CPU, those of child processes included, and the answer."""
    begin = os.times()
    answer = question()
    return sum(os.times()[:4]) - sum(begin[:4]), answer


def peer(problem) -> float:
    return float(problem.solve(pulp.PULP_CBC_CMD(msg=False)).problem.objective.value())


@pytest.mark.parametrize(("n", "p"), [(100, 10), (300, 10), (300, 30)])
def test_p_median(network, n, p):
    cost, people = question(network, n)
    found = p_median(cost, people, p=p)
    table, weights, values = cost.to_numpy(), people.to_numpy(), []

    def other() -> None:
        values.append(peer(locate.PMedian.from_cost_matrix(table, weights, p_facilities=p)))

    spopt_s = best_of(1, other)
    say(
        f"p_median {n} x {n}, p={p}", best_of(3, lambda: p_median(cost, people, p=p)), spopt=spopt_s
    )
    print(
        f"{found.status}, gap {found.gap:g}; objective {found.objective:.3f}, spopt {values[0]:.3f}"
    )


@pytest.mark.parametrize("p", [5, 25, 50])
def test_p_median_of_500(network, p):
    cost, people = question(network, 500)
    found = p_median(cost, people, p=p)
    say(f"p_median 500 x 500, p={p}", best_of(3, lambda: p_median(cost, people, p=p)))
    print(f"{found.status}, gap {found.gap:g}")


@pytest.mark.parametrize("n", [100, 300])
def test_covering(network, n):
    cost, people = question(network, n)
    table, weights = cost.to_numpy(), people.to_numpy()
    for p, minutes in ((5, 15), (20, 15), (20, 10)):
        limit_s = 60.0 * minutes + 1e-6
        spopt_s = best_of(
            1,
            lambda limit_s=limit_s, p=p: peer(
                locate.MCLP.from_cost_matrix(table, weights, limit_s, p_facilities=p)
            ),
        )
        mine_s = best_of(3, lambda p=p, minutes=minutes: mclp(cost, people, minutes=minutes, p=p))
        say(f"mclp {n} x {n}, p={p}, {minutes} min", mine_s, spopt=spopt_s)
    for minutes in (20, 30):
        reached = cost[(cost <= 60 * minutes).any(axis=1)]
        spopt_s = best_of(
            1,
            lambda reached=reached, minutes=minutes: peer(
                locate.LSCP.from_cost_matrix(reached.to_numpy(), 60.0 * minutes + 1e-6)
            ),
        )
        mine_s = best_of(3, lambda reached=reached, minutes=minutes: lscp(reached, minutes=minutes))
        say(f"lscp {n} x {n}, {minutes} min", mine_s, spopt=spopt_s)


@pytest.mark.parametrize(
    ("n", "p", "minutes"),
    [(300, 10, 8), (300, 20, 10), (300, 30, 9), (300, 30, 11), (500, 25, 10), (500, 25, 11)],
)
def test_covering_of_a_plane(n, p, minutes):
    """From half of the people to all of them: nearly all is the hardest. CPU time, CBC's too."""
    cost, people = plane(n, n, 1)
    table, weights = cost.to_numpy(), people.to_numpy()
    spopt_s, theirs = cpu_of(
        lambda: peer(
            locate.MCLP.from_cost_matrix(table, weights, 60.0 * minutes + 1e-6, p_facilities=p)
        )
    )
    mine_s, mine = cpu_of(lambda: mclp(cost, people, minutes=minutes, p=p))
    share = mine.objective / weights.sum()
    say(f"mclp plane {n} x {n}, p={p}, {minutes} min, {share:.1%}", mine_s, spopt=spopt_s)
    print(f"{mine.status}; objective {mine.objective:g}, spopt {theirs:g}")


def test_p_center(network):
    cost, _ = question(network, 100)
    spopt_s = best_of(
        1, lambda: peer(locate.PCenter.from_cost_matrix(cost.to_numpy(), p_facilities=8))
    )
    say("p_center 100 x 100, p=8", best_of(3, lambda: p_center(cost, p=8)), spopt=spopt_s)


@pytest.mark.parametrize("homes", [240, 5000])
def test_screening_of_every_node(network, homes):
    rng = np.random.default_rng(9)
    at = shapely.get_coordinates(network.nodes.geometry.to_numpy())
    at = at[rng.integers(0, len(at), homes)] + rng.normal(0, 5e-4, (homes, 2))
    demand = gpd.GeoDataFrame(
        {"people": rng.integers(0, 40, homes)}, geometry=gpd.points_from_xy(*at.T), crs=network.crs
    )
    stands = network.nodes[["geometry"]].iloc[::1500]
    say(
        f"{len(network.nodes)} nodes, {homes} homes, 15 minutes",
        best_of(3, lambda: screen_candidates(network, demand, facilities=stands, weight="people")),
    )
