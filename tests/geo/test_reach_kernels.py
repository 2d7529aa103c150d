import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo import reach_kernels as kernels

NONE = np.inf


def scratch(n, buckets=8):
    links = np.zeros((5, n), np.int32)
    links[2] = -1
    return np.full(n, np.inf), links, np.full((2, buckets), -1, np.int32)


def graph(n, arcs):
    """Compressed rows of (tail, head, seconds)."""
    arcs = sorted(arcs)
    tails = np.array([arc[0] for arc in arcs], np.int64)
    indptr = np.concatenate(([0], np.cumsum(np.bincount(tails, minlength=n)))).astype(np.int64)
    heads = np.array([arc[1] for arc in arcs], np.int32)
    return indptr, heads, np.array([arc[2] for arc in arcs], np.float64)


def run(roads, seeds, limit_s=NONE, per_s=1.0, buffers=None):
    """Seconds and label of the nodes found; seeds are (node, seconds, label)."""
    n = len(roads[0]) - 1
    dist, links, ends = buffers or scratch(n)
    node, seconds, label = (np.array(column) for column in zip(*seeds, strict=True))
    count = kernels.search(
        *roads, node.astype(np.int32), seconds.astype(float), label.astype(np.int32),
        limit_s, per_s, dist, links, ends,
    )  # fmt: skip
    found = {int(i): (float(dist[i]), int(links[3, i])) for i in links[4, :count]}
    kernels.reset(count, dist, links)
    return found


PATH = graph(4, [(0, 1, 5.0), (1, 2, 7.0), (2, 3, 1.0)])


def test_a_search_finds_what_its_limit_allows():
    assert run(PATH, [(0, 2.0, 0)], limit_s=14.0) == {0: (2, 0), 1: (7, 0), 2: (14, 0)}
    assert run(PATH, [(0, 2.0, 0)], limit_s=1.9) == {}


def test_seeds_without_a_node_or_out_of_reach_are_none():
    assert run(PATH, [(-1, 0.0, 0), (3, np.inf, 1), (2, 0.0, 2)]) == {2: (0, 2), 3: (1, 2)}


def test_of_two_seeds_at_one_node_the_nearer_counts_then_the_smaller_label():
    assert run(PATH, [(3, 4.0, 1), (3, 3.0, 9), (3, 3.0, 8)]) == {3: (3, 8)}


def test_a_label_travels_over_arcs_of_no_length():
    roads = graph(3, [(0, 1, 0.0), (1, 0, 0.0), (1, 2, 0.0), (2, 1, 0.0)])
    found = run(roads, [(0, 1.0, 5), (2, 1.0, 3)])
    assert {label for _, label in found.values()} == {3}


def test_closed_arcs_are_not_used():
    assert run(graph(2, [(0, 1, np.inf)]), [(0, 0.0, 0)]) == {0: (0, 0)}


def test_dead_ends_are_found_and_improved():
    # 1 is a dead end on 0, and a seed itself; 2 ends nowhere.
    roads = graph(3, [(0, 1, 4.0), (1, 0, 4.0), (0, 2, 1.0)])
    assert run(roads, [(0, 1.0, 0)]) == {0: (1, 0), 1: (5, 0), 2: (2, 0)}
    assert run(roads, [(0, 1.0, 0), (1, 9.0, 1)]) == {0: (1, 0), 1: (5, 0), 2: (2, 0)}
    assert run(roads, [(1, 1.0, 1)]) == {0: (5, 1), 1: (1, 1), 2: (6, 1)}


def test_buffers_are_clean_after_each_search():
    buffers = scratch(4)
    for _ in range(3):
        assert len(run(PATH, [(0, 0.0, 0)], buffers=buffers)) == 4
        dist, links, ends = buffers
        assert np.isinf(dist).all()
        assert (links[2] == -1).all()
        assert (ends[0] == -1).all()


@given(
    st.integers(1, 8).flatmap(
        lambda n: st.tuples(
            st.just(n),
            st.lists(
                st.tuples(
                    st.integers(0, n - 1), st.integers(0, n - 1), st.sampled_from([0, 1, 3, 40])
                ),
                max_size=24,
            ),
            st.lists(
                st.tuples(st.integers(0, n - 1), st.integers(0, 9), st.integers(0, 5)),
                min_size=1,
                max_size=4,
            ),
        )
    ),
    st.sampled_from([0.01, 1.0, 100.0]),
    st.sampled_from([15.0, NONE]),
)
def test_any_width_of_buckets_gives_what_relaxing_gives(case, per_s, limit_s):
    n, arcs, seeds = case
    best = dict.fromkeys(range(n), (np.inf, 0))
    for node, seconds, label in seeds:
        best[node] = min(best[node], (float(seconds), label))
    for _ in range(n):
        for tail, head, seconds in arcs:
            d, label = best[tail]
            if d + seconds <= limit_s and d < np.inf:
                best[head] = min(best[head], (d + seconds, label))
    true = {node: at for node, at in best.items() if at[0] <= limit_s and at[0] < np.inf}
    arcs = [(t, h, float(s)) for t, h, s in arcs]
    assert run(graph(n, arcs), seeds, limit_s, per_s) == true


def test_parts_that_touch_or_overlap_are_joined():
    edge = np.array([1, 1, 1, 2, 2], np.int64)
    start, stop = np.array([0, 0.2, 0.6, 0, 0.5]), np.array([0.3, 0.6, 1, 0.4, 1])
    count = kernels.merge_parts(edge, start, stop)
    parts = list(zip(edge[:count], start[:count], stop[:count], strict=True))
    assert parts == [(1, 0, 1), (2, 0, 0.4), (2, 0.5, 1)]
