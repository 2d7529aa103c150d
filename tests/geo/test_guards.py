import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from geo.guards import guard_places

FAR_M = 120.0


def line(count: int, x: float = 500_000.0, y: float = 4_000_000.0) -> np.ndarray:
    return np.column_stack((x + 10.0 * np.arange(count), np.full(count, y)))


def test_guards_stand_at_the_asked_distance_and_four_far_outside():
    sites = line(30)
    distance, _ = cKDTree(sites).query(guard_places(sites, FAR_M))
    assert (distance >= FAR_M).all()
    assert (distance < FAR_M + 0.5).sum() == len(distance) - 4
    assert (distance > 10 * FAR_M).sum() == 4


def test_guards_leave_no_gap_round_a_road():
    sites = line(30)
    guards = guard_places(sites, FAR_M)[:-4]
    angle = np.unwrap(np.sort(np.arctan2(*(guards - sites.mean(axis=0)).T)))
    assert len(guards) > 30
    pairs = cKDTree(guards).query(guards, k=3)[0][:, 2]
    assert pairs.max() < FAR_M / 2
    assert np.diff(angle).max() < 0.5


def test_guards_do_not_depend_on_the_order_of_sites():
    sites = np.random.default_rng(1).uniform(0, 900, (60, 2))
    shuffled = sites[np.random.default_rng(2).permutation(60)]
    assert np.array_equal(guard_places(sites, FAR_M), guard_places(shuffled, FAR_M))


def test_roads_far_apart_are_guarded_window_by_window():
    sites = np.concatenate((line(5), line(5, 590_000.0, 4_040_000.0)))
    distance, nearest = cKDTree(sites).query(guard_places(sites, FAR_M)[:-4])
    assert distance.max() < FAR_M + 0.5
    assert set(nearest // 5) == {0, 1}


@given(st.integers(0, 10_000), st.floats(5, 200))
def test_no_guard_is_nearer_than_asked(seed, far_m):
    rng = np.random.default_rng(seed)
    sites = rng.uniform(0, 2000, (rng.integers(1, 80), 2))
    distance, _ = cKDTree(sites).query(guard_places(sites, far_m))
    assert distance.min() >= far_m
