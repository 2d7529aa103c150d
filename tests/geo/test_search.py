import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.network import from_edges, snap
from geo.reach import nearest_facility
from geo.search import access_legs, bounded_search, edge_parts
from tests.build import edges, grid, points, street
from tests.geo.draws import few, networks, places
from tests.geo.plain import along, relaxed

DIRECTIONS = ("to_facility", "from_facility")


def around(network, at, limit_s, direction="to_facility", speed_mps=1.0):
    """Nodes, their seconds, and edge parts of one facility."""
    snapped = snap(network, points({"f": at}))
    options = {"speed_mps": speed_mps, "direction": direction}
    legs = access_legs(network, snapped, **options)
    nodes, found = bounded_search(network, legs, 0, limit_s=limit_s, **options)
    nodes, found = nodes[np.argsort(nodes)], found[np.argsort(nodes)]
    parts = edge_parts(network, legs, 0, nodes, found, limit_s=limit_s, **options)
    rows = zip(parts.edge, parts.start, parts.stop, strict=True)
    return nodes.tolist(), found.tolist(), [(int(e), float(a), float(b)) for e, a, b in rows]


def test_a_facility_reaches_along_its_edge_before_any_node():
    assert around(street(0, 100), (50, 0), 25) == ([], [], [(0, 0.25, 0.75)])


def test_an_edge_reached_from_both_ends_has_a_gap_in_the_middle():
    square = [(0, 1, [(0, 0), (100, 0)]), (1, 2, [(100, 0), (100, 100)]),
              (2, 3, [(100, 100), (0, 100)]), (3, 0, [(0, 100), (0, 0)])]  # fmt: skip
    nodes, found, parts = around(from_edges(edges(square)), (50, 0), 190)
    assert (nodes, found) == ([0, 1, 2, 3], [50, 50, 150, 150])
    assert parts == [(0, 0, 1), (1, 0, 1), (2, 0, 0.4), (2, 0.6, 1), (3, 0, 1)]


def test_parts_that_meet_are_one():
    assert around(street(0, 100, 200), (0, 0), 150)[2] == [(0, 0, 1), (1, 0, 0.5)]


def test_parts_of_one_way_streets_follow_the_direction():
    network = street(0, 100, 200, 300, backward=False)
    assert around(network, (130, 0), 60)[2] == [(0, 0.7, 1), (1, 0, 0.3)]
    assert around(network, (130, 0), 100, "from_facility")[2] == [(1, 0.3, 1), (2, 0, 0.3)]


def test_the_offset_comes_off_the_parts():
    assert around(street(0, 100), (50, 20), 30)[2] == [(0, 0.4, 0.6)]
    assert around(street(0, 100), (50, 40), 30)[2] == []


def test_a_facility_that_is_not_connected_reaches_nothing():
    assert around(street(0, 100), (50, 5000), 1e6) == ([], [], [])
    assert around(street(0, 100), None, 1e6) == ([], [], [])


def test_many_facilities_are_searched_together():
    network = street(0, 100, 200, 300)
    snapped = snap(network, points({"a": (0, 0), "b": (300, 0)}))
    legs = access_legs(network, snapped, speed_mps=1.0)
    rows = np.array([0, 1])
    nodes, found = bounded_search(network, legs, rows, limit_s=100, speed_mps=1.0)
    assert dict(zip(nodes.tolist(), found.tolist(), strict=True)) == {0: 0, 1: 100, 2: 100, 3: 0}
    parts = edge_parts(network, legs, rows, nodes, found, limit_s=100, speed_mps=1.0)
    assert parts.edge.tolist() == [0, 2]


def test_a_facility_that_is_not_there_is_refused():
    network = street(0, 100)
    legs = access_legs(network, snap(network, points({"f": (0, 0)})), speed_mps=1.0)
    for row in (-1, 1):
        with pytest.raises(IndexError):
            bounded_search(network, legs, row, limit_s=100, speed_mps=1.0)


def test_searches_leave_nothing_behind_and_may_run_in_threads():
    network = grid(8, 8)
    at = points({i: (13.0 * i, 29.0 * i) for i in range(24)})
    legs = access_legs(network, snap(network, at), speed_mps=1.0)

    def search(row):
        return bounded_search(network, legs, row, limit_s=300, speed_mps=1.0)

    alone = [search(row) for row in range(24)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(search, list(range(24)) * 20))
    for i, (nodes, found) in enumerate(together):
        np.testing.assert_array_equal(nodes, alone[i % 24][0])
        np.testing.assert_array_equal(found, alone[i % 24][1])


@few
@given(networks(), places, st.floats(0, 900), st.sampled_from(DIRECTIONS))
def test_edge_parts_are_where_the_cost_is_within_the_limit(network, at, limit_s, direction):
    _, _, parts = around(network, at, limit_s, direction)
    own = snap(network, points({"f": at})).loc["f"]
    offset_s = own.offset_m if own.connected else np.inf
    ahead, behind = network.edge_seconds(1.0)
    if direction == "from_facility":
        ahead, behind = behind, ahead
    least = relaxed(network, own, offset_s, ahead, behind)
    for e, (u, v) in enumerate(network.edges[["u", "v"]].to_numpy()):
        for share in (0.1, 0.35, 0.5, 0.77):
            ways = [least[u] + along(share, behind[e]), least[v] + along(1 - share, ahead[e])]
            if own.connected and own.edge_id == e:
                part = own.fraction - share
                ways.append(offset_s + along(abs(part), ahead[e] if part > 0 else behind[e]))
            inside = any(edge == e and a <= share <= b for edge, a, b in parts)
            if abs(min(ways) - limit_s) > 1e-6:
                assert inside == (min(ways) < limit_s)


@settings(max_examples=25)
@given(st.lists(st.floats(1e-3, 1e5), min_size=5, max_size=30), st.floats(1e-9, 1e6))
def test_the_width_of_a_search_does_not_change_the_answer(lengths, width_s):
    stops = np.concatenate(([0], np.cumsum(lengths)))
    network = street(*stops)
    at = points({"a": (0, 0)})
    true = nearest_facility(network, at, speed_mps=1.0)
    roads = network.kept["geo.search"].roads
    roads[1.0, "to_facility"] = replace(roads[1.0, "to_facility"], width_s=width_s)
    pd.testing.assert_frame_equal(true, nearest_facility(network, at, speed_mps=1.0))


def test_importing_the_module_does_not_load_numba():
    code = "import sys, geo.reach, geo.coverage; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_warming_up_loads_the_kernels():
    code = (
        "import sys, geo.reach; geo.reach.warm_up()\n"
        "sys.exit(not {'geo.reach_kernels', 'geo.snapping_kernels'} <= set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
