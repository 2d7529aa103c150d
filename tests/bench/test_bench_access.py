"""Scores of access beside PySAL's `access`, on pairs within reach."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from geo.access import e2sfca
from geo.capacity import serve_by_capacity
from tests.bench.timing import best_of, say
from tests.geo.test_access import BREAKS, WEIGHTS

pytestmark = pytest.mark.bench


def county(n, m):
    draw = np.random.default_rng(7)
    homes, sites = draw.uniform(0, 6000, (n, 2)), draw.uniform(0, 6000, (m, 2))
    away = np.linalg.norm(homes[:, None] - sites[None], axis=2)
    costs = pd.DataFrame(away).where(away <= 2400, np.inf)
    people = pd.Series(draw.integers(1, 300, n), index=costs.index)
    return costs, people, pd.Series(draw.integers(5, 60, m), index=costs.columns)


@pytest.mark.parametrize(("n", "m"), [(238, 23), (1000, 100), (4000, 200)])
def test_scores_beside_pysal(n, m):
    access = pytest.importorskip("access")
    costs, people, places = county(n, m)
    pairs = costs.stack().rename("cost").reset_index()
    pairs.columns = ["origin", "dest", "cost"]
    pairs = pairs[np.isfinite(pairs["cost"])]
    steps = access.weights.step_fn(dict(zip(BREAKS, WEIGHTS, strict=True)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = access.Access(
            demand_df=pd.DataFrame({"id": costs.index, "people": people}),
            demand_index="id",
            demand_value="people",
            supply_df=pd.DataFrame({"id": costs.columns, "places": places}),
            supply_index="id",
            supply_value="places",
            cost_df=pairs,
            cost_origin="origin",
            cost_dest="dest",
            cost_name="cost",
        )

        def theirs() -> object:
            return peer.enhanced_two_stage_fca(
                name="it", cost="cost", max_cost=BREAKS[-1], weight_fn=steps
            )

        theirs_s = best_of(3, theirs)
    mine_s = best_of(10, lambda: e2sfca(costs, people, places))
    say(f"E2SFCA {n} x {m}, {len(pairs)} pairs", mine_s, pysal_access=theirs_s)


def test_capacity_of_a_county():
    costs, people, places = county(1000, 100)
    mine_s = best_of(5, lambda: serve_by_capacity(costs, people, places, minutes=30))
    say("served by capacity 1000 x 100", mine_s)
