from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from geo import circles, land
from geo.circles import service_circles
from geo.errors import CrsError, GeometryError, InputError
from geo.network import Network, from_edges, read_osm, snap
from tests.build import ORIGIN, PLANE, edges
from tests.geo.laws import (
    SLACK_M,
    in_plane,
    misplaced_land,
    roads_of,
    worst_other_inside,
    worst_reached_outside,
)

X0, Y0 = ORIGIN
STEP_M, OFF_M, WALK_MPS = 10.0, 60.0, 1.1
T = STEP_M / 2 + SLACK_M


def streets(*pieces, **columns) -> Network:
    return from_edges(edges(pieces, **columns))


def places(*xy, index=None) -> gpd.GeoDataFrame:
    points = [shapely.Point(x + X0, y + Y0) for x, y in xy]
    return gpd.GeoDataFrame(geometry=points, index=index, crs=PLANE)


def straight(**columns) -> Network:
    return streets((1, 2, [(0, 0), (100, 0)]), **columns)


def square(side: float) -> Network:
    corners = [(0, 0), (side, 0), (side, side), (0, side)]
    return streets(*[(k, (k + 1) % 4, [corners[k], corners[(k + 1) % 4]]) for k in range(4)])


def spot(x, y) -> shapely.Point:
    return shapely.Point(x + X0, y + Y0)


def test_rows_are_facilities_in_their_order_times_minutes_ascending():
    facilities = places((10, 0), (90, 0), index=["b", "a"])
    answer = service_circles(straight(), facilities, minutes=(2, 1))
    assert answer["facility_id"].tolist() == ["b", "b", "a", "a"]
    assert answer["minutes"].tolist() == [1, 2, 1, 2]
    assert list(answer.columns) == [
        "facility_id", "minutes", "connected", "reached_m", "area_m2", "geometry",
    ]  # fmt: skip
    assert isinstance(answer.index, pd.RangeIndex)
    assert answer.crs == straight().crs


def test_road_is_cut_exactly_where_the_time_is_used_up():
    answer = service_circles(straight(), places((50, 0)), minutes=(0.5,), speed_mps=1.0)
    assert answer["reached_m"].item() == pytest.approx(60.0, abs=1e-5)


def test_the_walk_to_the_road_takes_its_time():
    answer = service_circles(straight(), places((50, 20)), minutes=(0.5,), speed_mps=1.0)
    assert answer["reached_m"].item() == pytest.approx(20.0, abs=1e-5)


def test_reached_from_both_ends_leaves_the_gap_in_the_middle():
    way_round = [(0, 0), (0, 100), (100, 100), (100, 0)]  # 300 m beside the direct 100 m
    network = streets((1, 2, [(0, 0), (100, 0)]), (1, 2, way_round))
    answer = service_circles(network, places((50, 0)), minutes=(2.5,), speed_mps=1.0)
    assert answer["reached_m"].item() == pytest.approx(300.0, abs=1e-5)
    outline = answer.geometry.item()
    assert outline.contains(spot(0, 99))
    assert outline.contains(spot(100, 99))
    assert not outline.intersects(spot(50, 100))


def test_one_way_street_is_reached_from_the_side_that_may_drive_on():
    network = straight(forward=[True], backward=[False])
    to, out = (
        service_circles(
            network, places((50, 0)), minutes=(0.5,), speed_mps=1.0, direction=direction
        )
        for direction in ("to_facility", "from_facility")
    )
    assert [to["reached_m"].item(), out["reached_m"].item()] == pytest.approx([30, 30], abs=1e-5)
    assert to.geometry.item().contains(spot(22, 5))
    assert not to.geometry.item().contains(spot(78, 5))
    assert out.geometry.item().contains(spot(78, 5))
    assert not out.geometry.item().contains(spot(22, 5))


def test_land_beside_an_unreached_street_is_out_however_near():
    network = streets((1, 2, [(0, 0), (200, 0)]), (3, 4, [(0, 30), (200, 30)]))
    outline = service_circles(network, places((100, 0))).geometry.item()
    assert outline.contains(spot(100, 14))
    assert not outline.intersects(spot(100, 16))


def test_outline_runs_at_the_off_road_distance():
    outline = service_circles(straight(), places((50, 0)), off_road_m=40.0).geometry.item()
    edge = shapely.get_coordinates(outline.exterior)
    road = shapely.LineString([(X0, Y0), (X0 + 100, Y0)])
    away = shapely.distance(shapely.points(edge), road)
    assert away.min() > 39.5
    assert away.max() < 42.5


def test_small_block_inside_reached_roads_is_filled_and_a_field_stays_open():
    yard = service_circles(square(300), places((0, 0)), minutes=(60,)).geometry.item()
    assert yard.contains(spot(150, 150))
    field = service_circles(square(700), places((0, 0)), minutes=(60,)).geometry.item()
    assert not field.intersects(spot(350, 350))
    assert len(field.interiors) == 1


def test_block_is_not_filled_when_told_not_to_or_when_a_road_round_it_is_out_of_reach():
    facility = places((0, 0))
    bare = service_circles(square(300), facility, minutes=(60,), fill_m2=0.0).geometry.item()
    assert not bare.intersects(spot(150, 150))
    partly = service_circles(square(300), facility, minutes=(8,), speed_mps=1.0).geometry.item()
    assert partly.contains(spot(300, 0))
    assert not partly.intersects(spot(150, 150))


def test_block_enclosed_only_together_is_filled_when_dissolved():
    network, facilities = square(300), places((0, 0), (300, 300))
    kwargs = {"minutes": (6,), "speed_mps": 1.0}
    alone = service_circles(network, facilities, **kwargs)
    together = service_circles(network, facilities, dissolve=True, **kwargs)
    assert not alone.intersects(spot(150, 150)).any()
    assert together.intersects(spot(150, 150)).all()
    assert together["facility_id"].isna().all()
    assert together["connected"].all()
    assert together["reached_m"].item() == pytest.approx(1200.0, abs=1e-3)


@pytest.mark.parametrize("areal", [True, False])
@pytest.mark.parametrize("dissolve", [True, False])
def test_unconnected_facility_has_an_empty_circle(areal, dissolve):
    facilities = places((50, 600))
    answer = service_circles(straight(), facilities, areal=areal, dissolve=dissolve)
    assert answer.geometry.item().is_empty
    assert answer.geometry.item().geom_type == "Polygon"
    assert answer[["connected", "reached_m", "area_m2"]].to_numpy().tolist() == [[False, 0, 0]]


def test_empty_point_empty_frame_and_empty_network_are_normal_input():
    empty = gpd.GeoDataFrame(geometry=[shapely.Point()], crs=PLANE)
    assert service_circles(straight(), empty).geometry.item().is_empty
    assert len(service_circles(straight(), empty.iloc[:0])) == 0
    assert len(service_circles(straight(), empty.iloc[:0], minutes=(5, 9), dissolve=True)) == 2
    nothing = from_edges(straight().edges.iloc[:0])
    assert service_circles(nothing, places((0, 0)))["connected"].tolist() == [False]


def test_long_walk_to_the_road_is_added_as_a_strip():
    outline = service_circles(straight(), places((50, 200)), buffer_m=10.0).geometry.item()
    assert outline.geom_type == "Polygon"
    assert outline.contains(spot(50, 199))
    assert outline.contains(spot(59, 150))
    assert not outline.intersects(spot(61.5, 150))


def test_walk_that_ends_before_the_road_is_cut():
    answer = service_circles(straight(), places((50, 200)), minutes=(1,), speed_mps=1.0)
    assert answer["connected"].item()
    assert answer["reached_m"].item() == 0.0
    outline = answer.geometry.item()
    assert outline.contains(spot(50, 145))
    assert not outline.intersects(spot(50, 139))


def test_facility_that_gets_nowhere_near_a_site_still_has_its_strip():
    answer = service_circles(straight(), places((55, 0)), minutes=(0.05, 5), speed_mps=1.0)
    first, last = answer.geometry
    assert answer["reached_m"].iloc[0] == pytest.approx(6.0, abs=1e-5)
    assert first.contains(spot(57.9, 0))
    assert not first.intersects(spot(58.2, 0))
    assert last.covers(first)


def test_area_is_geodesic():
    network = _in_degrees(square(300))
    facility = gpd.GeoSeries([network.nodes.geometry.iloc[0]], crs=network.crs).to_frame("geometry")
    answer = service_circles(network, facility, minutes=(2, 20), dissolve=False)
    for shape, area in zip(answer.geometry, answer["area_m2"], strict=True):
        exact, _ = network.crs.get_geod().geometry_area_perimeter(shapely.orient_polygons(shape))
        assert area == pytest.approx(exact, rel=1e-6)


def test_corridor_follows_the_road_and_ends_flat():
    answer = service_circles(
        straight(), places((50, 0)), minutes=(0.5,), speed_mps=1.0, areal=False, buffer_m=8.0
    )
    outline = answer.geometry.item()
    assert outline.bounds == pytest.approx((X0 + 20, Y0 - 8, X0 + 80, Y0 + 8), abs=1e-6)
    assert answer["area_m2"].item() == pytest.approx(60 * 16, rel=1e-4)


def test_corridor_disc_at_a_junction_is_no_wider_than_the_walk_that_is_left():
    network = streets((1, 2, [(0, 0), (50, 0)]), (2, 3, [(50, 0), (50, 50)]))
    outline = service_circles(
        network, places((0, 0)), minutes=(54 / 60,), speed_mps=1.0, areal=False
    ).geometry.item()
    assert outline.contains(spot(53.9, -0.2))
    assert not outline.intersects(spot(54.1, -0.2))


def test_same_answer_for_permuted_roads_and_facilities():
    network = _town(seed=3)
    pieces = network.edges
    facilities = places((15, 3), (160, 90), (90, 170), index=[7, 5, 9])
    straight_on = service_circles(from_edges(pieces), facilities, minutes=(1, 3))
    rng = np.random.default_rng(1)
    shuffled = service_circles(
        from_edges(pieces.iloc[rng.permutation(len(pieces))]),
        facilities.iloc[[2, 0, 1]],
        minutes=(3, 1),
    )
    key = ["facility_id", "minutes"]
    assert_frame_equal(
        straight_on.sort_values(key, ignore_index=True),
        shuffled.sort_values(key, ignore_index=True),
        check_exact=True,
    )


def test_inputs_are_left_as_they_were():
    network, facilities = straight(), places((50, 10), index=["x"])
    before = facilities.copy()
    service_circles(network, facilities)
    assert_frame_equal(facilities, before)


def test_triangulation_is_made_once_and_two_are_kept(monkeypatch):
    network, calls = straight(), []
    build = land.build_cells
    monkeypatch.setattr(land, "build_cells", lambda *a, **k: calls.append(1) or build(*a, **k))
    for step_m in (10.0, 10.0, 5.0, 10.0, 4.0, 5.0, 10.0):
        service_circles(network, places((50, 0)), step_m=step_m)
    assert len(calls) == 4


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"minutes": ()}, "no_minutes"),
        ({"minutes": (5, 0)}, "not_positive"),
        ({"minutes": (float("nan"),)}, "not_positive"),
        ({"speed_mps": 0}, "not_positive"),
        ({"step_m": -1}, "not_positive"),
        ({"off_road_m": 0}, "not_positive"),
        ({"buffer_m": 0}, "not_positive"),
        ({"fill_m2": -1}, "negative"),
        ({"max_snap_m": -1}, "negative"),
        ({"direction": "home"}, "unknown_direction"),
    ],
)
def test_wrong_arguments_are_refused(options, code):
    with pytest.raises(InputError) as caught:
        service_circles(straight(), places((50, 0)), **options)
    assert caught.value.code == code


def test_road_that_ends_behind_a_crossing_bridge_is_held_by_a_stub():
    bridge = (3, 4, [(43, -60), (43, 60)])  # its site at (43, 0) stands between 40 and 50
    network = streets((1, 2, [(0, 0), (100, 0)]), bridge)
    kwargs = {"minutes": (49.5 / 60,), "speed_mps": 1.0}
    outline = service_circles(network, places((0, 0)), **kwargs).geometry.item()
    assert outline.contains(spot(49, 2))
    assert not outline.intersects(spot(49, 3))
    assert not outline.intersects(spot(49.6, 0))


def test_walk_over_land_of_a_road_that_is_not_reached_is_held_by_a_thin_strip():
    corner = [(0, 0), (100, 0), (40, 60)]  # travelled one way: of the corner only what follows
    network = streets((1, 2, corner), forward=[True], backward=[False])
    kwargs = {"direction": "from_facility", "minutes": (2,), "fill_m2": 0.0}
    alone = service_circles(network, places((120, -6), (10, 0)), **kwargs).geometry
    assert alone[0].contains(spot(119, -5.7))
    assert not alone[0].intersects(spot(117, -9))
    together = service_circles(network, places((120, -6), (10, 0)), dissolve=True, **kwargs)
    assert together.geometry.item().symmetric_difference(alone.union_all()).area < 1e-3


def test_facility_on_a_road_closed_to_all_reaches_its_own_place():
    network = straight(forward=[False], backward=[False])
    answer = service_circles(network, places((50, 20)), speed_mps=1.0)
    assert answer[["connected", "reached_m"]].to_numpy().tolist() == [[True, 0.0]]
    assert answer.geometry.item().contains(shapely.MultiPoint([spot(50, 20), spot(50, 0)]))


def test_node_reached_at_the_very_limit_counts_in_one_limit_as_in_many():
    late = 1 - 0.5e-6 / 60  # half a millionth of a second too early for the node at 60 s
    network = streets((1, 2, [(0, 0), (60, 0)]))
    kwargs = {"speed_mps": 1.0, "step_m": 50.0}
    alone = service_circles(network, places((0, 0)), minutes=(late,), **kwargs)
    among = service_circles(network, places((0, 0)), minutes=(late, 2), **kwargs)
    assert alone["area_m2"].iloc[0] == among["area_m2"].iloc[0]


def test_wrong_facilities_are_refused():
    with pytest.raises(InputError):
        service_circles(straight(), places((1, 0), (2, 0), index=["a", "a"]))
    with pytest.raises(CrsError):
        service_circles(straight(), places((1, 0)).set_crs("EPSG:4490", allow_override=True))
    with pytest.raises(GeometryError):
        service_circles(straight(), places((1, 0)).buffer(5).to_frame("geometry"))


# --- laws ---------------------------------------------------------------------------------------


def _in_degrees(network: Network) -> Network:
    return from_edges(network.edges.to_crs("EPSG:4490").drop(columns="length_m"))


def _town(seed: int, *, one_way: float = 0.3, bridges: int = 2) -> Network:
    """A crooked 6 x 6 grid, 50 m apart, with missing, one-way and slanting streets, and bridges."""
    rng = np.random.default_rng(seed)
    at = {k: np.array([k % 6, k // 6]) * 50.0 + rng.uniform(-18, 18, 2) for k in range(36)}
    pairs = [(k, k + 1) for k in range(36) if k % 6 < 5] + [(k, k + 6) for k in range(30)]
    pairs = [p for p in pairs if rng.random() < 0.8]
    pairs += [tuple(rng.choice(36, 2, replace=False)) for _ in range(bridges)]
    pieces = []
    for u, v in pairs:
        middle = (at[u] + at[v]) / 2 + rng.uniform(-8, 8, 2)
        pieces.append((int(u), int(v), [at[u], middle, at[v]]))
    kind = rng.random(len(pieces))
    return streets(*pieces, forward=kind > one_way / 2, backward=kind < 1 - one_way / 2)


towns = st.builds(_town, st.integers(0, 10_000))
flat_towns = st.builds(_town, st.integers(0, 10_000), bridges=st.just(0))
spots = st.tuples(st.floats(-40, 290), st.floats(-40, 290))
directions = st.sampled_from(["to_facility", "from_facility"])
lawful = settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])


@lawful
@given(towns, spots, st.floats(0.2, 6), directions)
def test_circle_holds_the_land_of_reached_roads_and_no_other(network, where, minutes, direction):
    facility = places(where)
    answer = service_circles(network, facility, minutes=(minutes,), direction=direction)
    roads = roads_of(network, facility, minutes=minutes, direction=direction)
    circle, added = answer.geometry.item(), _added(network, facility, minutes, direction)
    assert circle.is_valid
    assert answer["reached_m"].item() == pytest.approx(roads.metres, abs=1e-4)
    assert worst_other_inside(circle, roads, besides=added) <= T
    assert worst_reached_outside(circle, roads) <= T
    wrong = misplaced_land(
        circle, roads, step_m=STEP_M, off_road_m=OFF_M, count=3000, seed=1, besides=added
    )
    assert not len(wrong)


def _added(network, facility, minutes, direction):
    """The strip that laws 1 and 3 except: only where there is a long leg or little road."""
    leg_m = snap(network, facility)["offset_m"].item()
    if leg_m <= OFF_M and 60 * minutes * WALK_MPS - leg_m >= STEP_M:
        return None
    strips = service_circles(
        network, facility, minutes=(minutes,), direction=direction, areal=False
    )
    return strips.geometry.item()


@lawful
@given(towns, st.lists(spots, min_size=1, max_size=4), directions, st.booleans())
def test_longer_limits_hold_shorter_ones(network, where, direction, areal):
    answer = service_circles(
        network, places(*where), minutes=(0.1, 0.5, 1, 3), direction=direction, areal=areal
    )
    for _, rows in answer.groupby("facility_id"):
        for inner, outer in zip(rows.geometry.iloc[:-1], rows.geometry.iloc[1:], strict=True):
            assert inner.difference(outer).area < 1e-3
        assert rows["reached_m"].is_monotonic_increasing


@lawful
@given(flat_towns, st.lists(spots, min_size=2, max_size=5), directions, st.booleans())
def test_dissolved_is_the_union_and_blocks_enclosed_together(network, where, direction, areal):
    kwargs = {"minutes": (1, 2), "direction": direction, "areal": areal, "fill_m2": 0.0}
    alone = service_circles(network, places(*where), **kwargs)
    together = service_circles(network, places(*where), dissolve=True, **kwargs)
    for minutes, rows in alone.groupby("minutes"):
        merged = together[together["minutes"] == minutes].geometry.item()
        assert merged.symmetric_difference(rows.geometry.union_all()).area < 1e-3


@lawful
@given(towns, spots, st.floats(0.2, 6), directions)
def test_corridor_holds_the_reached_roads_and_a_strip(network, where, minutes, direction):
    facility = places(where)
    answer = service_circles(
        network, facility, minutes=(minutes,), direction=direction, areal=False
    )
    roads = roads_of(network, facility, minutes=minutes, direction=direction)
    corridor = answer.geometry.item()
    leg = shapely.shortest_line(facility.geometry.item(), shapely.union_all(network.lines))
    assert corridor.is_valid
    assert worst_reached_outside(corridor, roads) <= 2.0
    far = worst_other_inside(corridor, roads, besides=leg.buffer(25.0))
    assert far <= 25.0 + 0.75


@lawful
@given(towns, spots, st.floats(0.5, 4))
def test_land_made_round_the_reached_part_only_is_the_same(network, where, minutes):
    whole = service_circles(network, places(where), minutes=(minutes,))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(circles, "MAX_SITES", 10)
        near = service_circles(network, places(where), minutes=(minutes,))
    assert_frame_equal(near.drop(columns="geometry"), whole.drop(columns="geometry"))
    assert near.geometry.item().symmetric_difference(whole.geometry.item()).area < 1e-3


@pytest.mark.slow
@pytest.mark.parametrize("direction", ["to_facility", "from_facility"])
@pytest.mark.parametrize(
    ("town", "mode", "minutes"),
    [("heidelberg", "walk", 15), ("liechtenstein", "car", 4), ("liechtenstein", "etrike", 8)],
)
def test_laws_hold_on_real_roads(shared_data: Path, town, mode, minutes, direction):
    network = read_osm(shared_data / "osm" / f"{town}.osm.pbf", mode)
    rng = np.random.default_rng(5)
    near = shapely.get_coordinates(network.nodes.geometry.to_numpy())[
        rng.choice(len(network.nodes), 6, replace=False)
    ]
    points = shapely.points(near + rng.normal(0, 2e-4, near.shape))
    facilities = gpd.GeoDataFrame(geometry=points, crs=network.crs)
    limits = (minutes / 3, minutes)
    answer = service_circles(network, facilities, minutes=limits, direction=direction)
    assert answer.is_valid.all()
    for row in range(len(facilities)):
        facility, rows = facilities.iloc[[row]], answer[answer["facility_id"] == row]
        inner, outer = rows.geometry
        assert inner.difference(outer).area < 1e-12
        circle = in_plane(network, outer)
        roads = roads_of(network, facility, minutes=minutes, direction=direction)
        assert rows["reached_m"].iloc[1] == pytest.approx(roads.metres, abs=1e-3)
        assert worst_other_inside(circle, roads) <= T
        assert worst_reached_outside(circle, roads) <= T
        wrong = misplaced_land(
            circle, roads, step_m=STEP_M, off_road_m=OFF_M, count=20_000, seed=row
        )
        assert not len(wrong)
