import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo import reach_kernels as kernels
from geo.search_records import ARC, NODE

NONE = np.inf


def scratch(roads, room=None):
    """Clean buffers; `room` of the lists is what a network gives them unless told otherwise."""
    start, arcs = roads
    nodes = np.zeros(len(start), NODE)
    nodes["seconds"] = NONE
    nodes["start"] = start
    nodes["position"] = 10 * np.arange(len(start))
    return nodes, np.zeros((3, room or len(start) + len(arcs)), np.uint32)


def graph(n, arcs):
    """Compressed rows of (tail, head, seconds)."""
    arcs = sorted(arcs)
    tails = np.array([arc[0] for arc in arcs], np.int64)
    indptr = np.concatenate(([0], np.cumsum(np.bincount(tails, minlength=n)))).astype(np.int64)
    packed = np.zeros(len(arcs), ARC)
    packed["head"], packed["seconds"] = [arc[1] for arc in arcs], [arc[2] for arc in arcs]
    return indptr, packed


def legs(seeds):
    """Legs of places given as (node, seconds); their number is the label."""
    pairs = [pair for seed in seeds for pair in (seed, (-1, NONE))]
    node, seconds = zip(*pairs, strict=True)
    return np.array(node, np.int32), np.array(seconds, float)


def run(roads, seeds, limit_s=NONE, width_s=1.0, buffers=None):
    """Seconds and label of the nodes found, by node; without labels the seconds are the same."""
    nodes, lists = buffers or scratch(roads)
    question = roads[1], *legs(seeds), limit_s, width_s, nodes, lists
    bare = nodes["seconds"][lists[2, : kernels.search(*question)]].tolist()
    kernels.reset(len(bare), nodes, lists)
    count = kernels.labelled_search(*question)
    rows = lists[2, :count].tolist()
    found = {row: (float(nodes["seconds"][row]), int(nodes["label"][row])) for row in rows}
    assert len(found) == count
    assert sorted(bare) == sorted(seconds for seconds, _ in found.values())
    kernels.reset(count, nodes, lists)
    return found


PATH = graph(4, [(0, 1, 5.0), (1, 2, 7.0), (2, 3, 1.0)])


def test_a_search_finds_what_its_limit_allows():
    assert run(PATH, [(0, 2.0)], limit_s=14.0) == {0: (2, 0), 1: (7, 0), 2: (14, 0)}
    assert run(PATH, [(0, 2.0)], limit_s=1.9) == {}


def test_places_without_a_node_or_out_of_reach_are_none():
    assert run(PATH, [(-1, 0.0), (3, np.inf), (2, 0.0)]) == {2: (0, 2), 3: (1, 2)}


def test_of_two_places_at_one_node_the_nearer_counts_then_the_first():
    assert run(PATH, [(3, 4.0), (3, 3.0), (3, 3.0)]) == {3: (3, 1)}


def test_both_legs_of_a_place_count():
    node, seconds = np.array([0, 2], np.int32), np.array([9.0, 1.0])
    nodes, lists = scratch(PATH)
    assert kernels.labelled_search(PATH[1], node, seconds, NONE, 1.0, nodes, lists) == 4
    assert nodes["seconds"][:4].tolist() == [9, 14, 1, 2]
    assert nodes["label"][:4].tolist() == [0, 0, 0, 0]


def test_a_label_travels_over_arcs_of_no_length():
    roads = graph(3, [(0, 1, 0.0), (1, 0, 0.0), (1, 2, 0.0), (2, 1, 0.0)])
    found = run(roads, [(0, 2.0), (2, 1.0), (0, 1.0)])
    assert {label for _, label in found.values()} == {1}


def test_a_smaller_label_that_comes_late_and_as_early_is_told_on():
    # 3 is reached by 1 at once and goes on to 4 before 0 comes through the middle, as early.
    roads = graph(5, [(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (3, 4, 1.0)])
    true = {0: (0, 0), 1: (1, 0), 2: (2, 0), 3: (3, 0), 4: (4, 0)}
    for width_s in (0.5, 100.0):
        assert run(roads, [(0, 0.0), (3, 3.0)], width_s=width_s) == true


def test_closed_arcs_are_not_used():
    assert run(graph(2, [(0, 1, np.inf)]), [(0, 0.0)]) == {0: (0, 0)}


def test_a_full_list_begins_anew_with_what_is_still_to_do():
    # Every way to a node is shorter the more nodes it passes: it is improved again and again.
    n = 12
    arcs = [
        (t, h, float(2**n >> (t + 1)) * (h - t) ** 2) for t in range(n) for h in range(t + 1, n)
    ]
    roads = graph(n, sorted(arcs))
    true = run(roads, [(0, 0.0)], width_s=1e9)
    tight = scratch(roads, n + n - 1)  # all nodes, and what one of them adds
    assert run(roads, [(0, 0.0)], width_s=1e9, buffers=tight) == true
    assert true == run(roads, [(0, 0.0)], width_s=1e-9)


def test_buffers_are_clean_after_each_search():
    nodes, lists = scratch(PATH)
    for _ in range(3):
        assert len(run(PATH, [(0, 0.0)], buffers=(nodes, lists))) == 4
        assert np.isinf(nodes["seconds"]).all()
        assert not nodes["state"].any()


def test_a_bounded_search_hands_out_positions_and_leaves_buffers_clean():
    nodes, lists = scratch(PATH)
    row, leg_s = (leg.reshape(-1, 2) for leg in legs([(3, 0.0), (1, 2.0), (0, 0.0)]))
    position, seconds = kernels.bounded(PATH[1], row, leg_s, 1, 2, 9.0, 1.0, nodes, lists)
    assert dict(zip(position.tolist(), seconds.tolist(), strict=True)) == {10: 2, 20: 9}
    assert np.isinf(nodes["seconds"]).all()
    assert not nodes["state"].any()


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
                st.tuples(st.integers(0, n - 1), st.integers(0, 9)),
                min_size=1,
                max_size=4,
            ),
        )
    ),
    st.sampled_from([0.01, 1.0, 100.0]),
    st.sampled_from([15.0, NONE]),
)
def test_any_width_gives_what_relaxing_gives(case, width_s, limit_s):
    n, arcs, seeds = case
    best = dict.fromkeys(range(n), (np.inf, 0))
    for label, (node, seconds) in enumerate(seeds):
        best[node] = min(best[node], (float(seconds), label))
    for _ in range(n):
        for tail, head, seconds in arcs:
            d, label = best[tail]
            if d + seconds <= limit_s and d < np.inf:
                best[head] = min(best[head], (d + seconds, label))
    true = {node: at for node, at in best.items() if at[0] <= limit_s and at[0] < np.inf}
    arcs = [(t, h, float(s)) for t, h, s in arcs]
    assert run(graph(n, arcs), seeds, limit_s, width_s) == true


def test_parts_that_touch_or_overlap_are_joined_in_whatever_order_on_their_edge():
    edge = np.array([1, 1, 1, 2, 2], np.int64)
    start, stop = np.array([0.6, 0, 0.2, 0.5, 0]), np.array([1, 0.3, 0.6, 1, 0.4])
    count = kernels.merge_parts(edge, start, stop)
    parts = list(zip(edge[:count], start[:count], stop[:count], strict=True))
    assert parts == [(1, 0, 1), (2, 0, 0.4), (2, 0.5, 1)]
