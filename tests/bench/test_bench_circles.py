"""Circles beside Valhalla's isochrones, and beside the triangulation that they rest on.

`falsely inside`: of the road places a shape holds, the share that is out of reach; `outside`: of
the road places within reach, the share it leaves out. Exact reach is `geo.reach`'s.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from time import perf_counter

import geopandas as gpd
import numpy as np
import pytest
import shapely
from scipy.spatial import Delaunay

from geo.circles import service_circles
from geo.network import Network, read_osm, snap
from geo.reach import access_legs, bounded_search, edge_parts

pytestmark = pytest.mark.bench

WALK_MPS = 1.1
MINUTES = 15


@pytest.fixture(scope="module")
def heidelberg(shared_data: Path) -> Network:
    return read_osm(shared_data / "osm" / "heidelberg.osm.pbf")


@pytest.fixture(scope="module")
def facilities(heidelberg: Network) -> gpd.GeoDataFrame:
    big = heidelberg.nodes[heidelberg.nodes["component"] == 0]
    rows = np.random.default_rng(7).choice(len(big), 50, replace=False)
    return gpd.GeoDataFrame(geometry=big.geometry.iloc[np.sort(rows)].reset_index(drop=True))


@pytest.fixture(scope="module")
def valhalla_actor(shared_data: Path, tmp_path_factory: pytest.TempPathFactory):
    try:
        import valhalla
    except ImportError:
        pytest.skip("pyvalhalla is missing: pip install -r bench.lock")
    folder = tmp_path_factory.mktemp("valhalla")
    (folder / "tiles").mkdir()
    config = valhalla.get_config(tile_dir=folder / "tiles", tile_extract="")
    (folder / "valhalla.json").write_text(json.dumps(config))
    build = Path(valhalla.__file__).parent / "bin" / "valhalla_build_tiles"
    roads = shared_data / "osm" / "heidelberg.osm.pbf"
    command = [build, "-c", folder / "valhalla.json", roads]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)  # it leaves a report
    return valhalla.Actor(config)


def best_of(rounds: int, question) -> float:
    times = []
    for _ in range(rounds):
        begin = perf_counter()
        question()
        times.append(perf_counter() - begin)
    return min(times)


def isochrone(actor, point: shapely.Point, **options) -> shapely.Geometry:
    """Their shape by their fastest way: text in, text out, one parse into a geometry."""
    request = {
        "locations": [{"lon": point.x, "lat": point.y}],
        "costing": "pedestrian",
        "costing_options": {"pedestrian": {"walking_speed": 3.6 * WALK_MPS}},
        "contours": [{"time": MINUTES}],
        "polygons": True,
        "reverse": True,
        **options,
    }
    return shapely.from_geojson(actor.isochrone(json.dumps(request)))


def road_places(network: Network) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Edge, fraction and lon/lat of a place somewhere in every 10 m of road."""
    count = np.ceil(network.planar_m / 10.0).astype(int)
    edge = np.repeat(np.arange(len(count)), count)
    k = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    fraction = (k + np.random.default_rng(11).random(len(k))) / count[edge]
    spots = shapely.line_interpolate_point(
        network.edges.geometry.to_numpy()[edge], fraction, normalized=True
    )
    return edge, fraction, spots


def exactly_reached(network, facilities, row, edge, fraction) -> np.ndarray:
    legs = access_legs(network, snap(network, facilities), speed_mps=WALK_MPS)
    limit = {"limit_s": 60.0 * MINUTES, "speed_mps": WALK_MPS}
    nodes, seconds = bounded_search(network, legs, row, **limit)
    parts = edge_parts(network, legs, row, nodes, seconds, **limit)
    reached = np.zeros(len(edge), bool)
    first = np.searchsorted(edge, np.arange(len(network.edges) + 1))
    for e, start, stop in zip(parts.edge, parts.start, parts.stop, strict=True):
        here = slice(first[e], first[e + 1])
        reached[here] |= (fraction[here] >= start) & (fraction[here] <= stop)
    return reached


def test_circles_beside_valhalla(heidelberg, facilities, valhalla_actor):
    facilities = facilities.set_crs(heidelberg.crs)
    circles = service_circles(heidelberg, facilities, minutes=(MINUTES,))  # prepares the network

    def ours():
        service_circles(heidelberg, facilities, minutes=(MINUTES,))

    singles = [facilities.iloc[[row]] for row in range(len(facilities))]

    def one_by_one():
        for facility in singles:
            service_circles(heidelberg, facility, minutes=(MINUTES,))

    plain = {"generalize": 0.0, "denoise": 0.0}
    theirs = best_of(
        3, lambda: [isochrone(valhalla_actor, p, **plain) for p in facilities.geometry]
    )
    all_at_once, single = best_of(5, ours), best_of(3, one_by_one)
    strips = facilities.iloc[:10]
    corridor = best_of(3, lambda: service_circles(heidelberg, strips, areal=False)) / 10
    per = theirs / len(facilities)
    print(f"\nValhalla {1e3 * per:.2f} ms a circle")
    print(f"  areal, 50 in one call {all_at_once / theirs:.3f} x (target 0.5)")
    print(f"  areal, a call each    {single / theirs:.3f} x (over half of it frames and checks)")
    print(f"  corridor              {corridor / per:.2f} x (target 20)")

    edge, fraction, spots = road_places(heidelberg)
    shapes = {
        "areal": list(circles.geometry),
        "Valhalla plain": [isochrone(valhalla_actor, p, **plain) for p in facilities.geometry],
        "Valhalla default": [isochrone(valhalla_actor, p) for p in facilities.geometry],
    }
    tallies = {name: np.zeros(4) for name in shapes}
    for row in range(len(facilities)):
        reached = exactly_reached(heidelberg, facilities, row, edge, fraction)
        for name, made in shapes.items():
            shapely.prepare(made[row])
            inside = shapely.contains(made[row], spots)
            tallies[name] += (
                (inside & ~reached).sum(),
                inside.sum(),
                (reached & ~inside).sum(),
                reached.sum(),
            )
    for name, (wrong, inside, missed, reached) in tallies.items():
        print(f"  {name}: falsely inside {wrong / inside:.2%}, outside {missed / reached:.2%}")
    assert min(tallies["areal"][[1, 3]]) > 0


def test_dissolved_beside_single_and_first_call_beside_delaunay(shared_data, facilities):
    network = read_osm(shared_data / "osm" / "heidelberg.osm.pbf")
    facilities = facilities.set_crs(network.crs).iloc[:20]
    _ = network.lines, network.planar_m
    begin = perf_counter()
    service_circles(network, facilities.iloc[:1])
    first = perf_counter() - begin
    _, _, spots = road_places(network)
    xy = np.column_stack((shapely.get_x(spots), shapely.get_y(spots)))
    bare = best_of(2, lambda: Delaunay(xy))
    alone = best_of(3, lambda: service_circles(network, facilities))
    merged = best_of(3, lambda: service_circles(network, facilities, dissolve=True))
    print(f"\nfirst call {first:.2f} s = {first / bare:.2f} x Delaunay of {len(xy)} (target 4)")
    print(f"20 dissolved {1e3 * merged:.1f} ms = {merged / alone:.2f} x 20 alone (target 1)")
