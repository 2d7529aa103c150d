"""Tables of seconds: a street worked out by hand, drawn ones, and the best choice by trying all."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

INF = np.inf

# Four villages and three places along one street; a place is 100 s from its village.
STREET = pd.DataFrame(
    [[0, 300, 600], [300, 0, 300], [600, 300, 0], [900, 600, 300]],
    index=["v1", "v2", "v3", "v4"],
    columns=["a", "b", "c"],
    dtype=float,
)
PEOPLE = pd.Series([10.0, 20, 30, 40], index=STREET.index)


@st.composite
def questions(draw, *, cut_off: bool = True) -> tuple[pd.DataFrame, pd.Series]:
    """Small tables of whole seconds (so that ties happen) and people, some ways missing."""
    n, m = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    way = st.integers(0, 9) if not cut_off else st.one_of(st.integers(0, 9), st.just(INF))
    cells = draw(st.lists(way, min_size=n * m, max_size=n * m))
    people = draw(st.lists(st.integers(1, 9), min_size=n, max_size=n))
    cost = pd.DataFrame(
        np.array(cells, float).reshape(n, m) * 60.0,
        index=[f"d{i}" for i in range(n)],
        columns=[f"s{j}" for j in range(m)],
    )
    return cost, pd.Series(people, index=cost.index, dtype=float)


def plane(n: int, m: int, seed: int) -> tuple[pd.DataFrame, pd.Series]:
    """Seconds between drawn places on a plane, and people."""
    rng = np.random.default_rng(seed)
    homes = rng.random((n, 2)) * 5000
    sites = homes[rng.choice(n, m, replace=False)] + rng.normal(0, 50, (m, 2))
    cost = np.hypot(*(homes[:, None] - sites[None]).transpose(2, 0, 1))
    return pd.DataFrame(cost), pd.Series(rng.integers(1, 50, n).astype(float))


def choices(free: Sequence[object], sizes: Iterable[int]) -> list[tuple[object, ...]]:
    """All choices of so many sites."""
    return [one for size in sizes for one in combinations(free, size)]


def best_of(
    cost: pd.DataFrame,
    picks: Iterable[tuple[object, ...]],
    existing: Sequence[object],
    value: Callable[[np.ndarray], float],
) -> float:
    """Least value over choices, of each row's seconds to the nearest open site."""
    found = [value(cost[[*pick, *existing]].to_numpy().min(axis=1, initial=INF)) for pick in picks]
    return min(found, default=INF)
