import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.crs import require_measuring_crs
from geo.edges import clean_edges, end_nodes, slope_cost_m
from geo.errors import CrsError, GeometryError, InputError, NetworkError
from tests.build import edges

TWO = [(1, 2, [(0, 0), (100, 0)]), (2, 3, [(100, 0), (100, 50)])]
LINE = shapely.LineString([(0, 0), (1, 1)])


def clean(frame, mode="walk", slope=None):
    return clean_edges(frame, mode, slope, require_measuring_crs(frame.crs, "路网"))


def refusal(kind, frame, mode="walk", slope=None):
    with pytest.raises(kind) as caught:
        clean(frame, mode, slope)
    return caught.value


def test_what_is_left_out_is_filled_in():
    frame = clean(edges(TWO))
    assert frame.length_m.tolist() == [100.0, 50.0]
    assert frame.speed_mps.isna().all()
    assert frame.forward.all()
    assert frame.backward.all()
    assert frame.way_id.tolist() == [-1, -1]
    assert frame.highway.tolist() == ["", ""]
    assert frame.index.name == "edge_id"


def test_given_columns_are_kept_and_others_dropped():
    frame = clean(edges(TWO, length_m=[120, 60], highway=["path", None], way_id=[7, 8], tint="x"))
    assert frame.length_m.tolist() == [120.0, 60.0]
    assert frame.highway.tolist() == ["path", ""]
    assert frame.way_id.tolist() == [7, 8]
    assert "tint" not in frame


def test_the_input_is_not_changed():
    before = edges(TWO)
    after = before.copy(deep=True)
    clean(before)
    pd.testing.assert_frame_equal(before, after)


def test_ids_are_kept_and_put_in_order():
    frame = edges(TWO).set_index(pd.Index([9, 4]))
    assert clean(frame).index.tolist() == [4, 9]
    assert clean(frame).u.tolist() == [2, 1]


def test_degrees_are_measured_on_the_ellipsoid():
    line = shapely.LineString([(113, 36.5), (113.001, 36.5)])
    frame = gpd.GeoDataFrame({"u": [1], "v": [2]}, geometry=[line], crs=4326)
    assert clean(frame).length_m[0] == pytest.approx(89.591, abs=0.001)
    assert clean(frame).crs == "EPSG:4490"


def test_heights_are_left_out_of_lines():
    frame = gpd.GeoDataFrame(
        {"u": [1], "v": [2]}, geometry=[shapely.LineString([(0, 0, 5), (3, 4, 9)])], crs=4547
    )
    assert clean(frame).length_m[0] == 5
    assert not clean(frame).geometry[0].has_z


def test_missing_flags_and_speeds_take_the_default():
    frame = clean(edges(TWO, forward=[False, None], speed_mps=[2.0, None]))
    assert frame.forward.tolist() == [False, True]
    assert frame.speed_mps[0] == 2
    assert np.isnan(frame.speed_mps[1])


def test_a_tricycle_has_its_speed_and_a_car_must_say_it():
    assert clean(edges(TWO), "etrike").speed_mps.tolist() == [15 / 3.6] * 2
    assert refusal(NetworkError, edges(TWO), "car").code == "speed_missing"
    assert refusal(NetworkError, edges(TWO, speed_mps=[9, None]), "car").code == "speed_missing"
    assert clean(edges(TWO, speed_mps=[9, 8]), "car").speed_mps.tolist() == [9, 8]


def test_a_road_without_a_factor_has_its_usual_speed():
    assert clean(edges(TWO, speed_factor=[0.5, None])).speed_factor.tolist() == [0.5, 1.0]
    assert "speed_factor" not in clean(edges(TWO))


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"length_m": [1, -1]}, "length_invalid"),
        ({"length_m": [1, None]}, "length_invalid"),
        ({"speed_mps": [1, 0]}, "speed_invalid"),
        ({"speed_factor": [1, 0]}, "speed_invalid"),
        ({"speed_mps": [1, -2]}, "speed_invalid"),
        ({"speed_mps": [1, float("inf")]}, "speed_invalid"),
    ],
)
def test_impossible_lengths_and_speeds_are_named_by_row(columns, code):
    error = refusal(NetworkError, edges(TWO, **columns))
    assert (error.code, error.where) == (code, "1")


def test_an_edge_without_geometry_is_named_by_row():
    for shape in (None, shapely.LineString()):
        frame = edges(TWO).set_geometry([LINE, shape], crs=4547)
        assert refusal(NetworkError, frame).where == "1"


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_what_is_no_line_or_not_finite_is_named_by_row():
    for shape in (shapely.Point(0, 0), shapely.MultiLineString([LINE])):
        frame = edges(TWO).set_geometry([LINE, shape], crs=4547)
        assert refusal(GeometryError, frame).code == "not_a_line"
    frame = edges(TWO).set_geometry([LINE, shapely.LineString([(0, 0), (np.nan, 1)])], crs=4547)
    error = refusal(GeometryError, frame)
    assert (error.code, error.where) == ("not_finite", "1")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda f: f.drop(columns="u"), "column_missing"),
        (lambda f: f.assign(u=[1.5, 2]), "node_id_invalid"),
        (lambda f: f.assign(v=pd.array([1, None], dtype="Int64")), "node_id_invalid"),
        (lambda f: f.set_index(pd.Index([3, 3])), "duplicate_id"),
        (lambda f: f.set_index(pd.Index(["a", "b"])), "edge_id_invalid"),
        (lambda f: f.assign(length_m=["long", "short"]), "not_a_number"),
        (lambda f: f.assign(forward=["yes", "no"]), "not_a_flag"),
    ],
)
def test_columns_that_are_not_what_they_should_be_are_refused(change, code):
    assert refusal(InputError, change(edges(TWO))).code == code


def test_no_edges_are_no_error():
    for mode in ("walk", "etrike", "car"):
        frame = clean(edges([]), mode=mode)
        assert len(frame) == 0
    ids, xy, u, v = end_nodes(frame)
    assert (len(ids), xy.shape, len(u), len(v)) == (0, (0, 2), 0, 0)


def test_a_frame_without_crs_is_refused():
    with pytest.raises(CrsError):
        clean(edges(TWO).set_crs(None, allow_override=True))


def test_nodes_are_the_ends_of_edges_in_order_of_their_ids():
    ids, xy, u, v = end_nodes(clean(edges([(7, 3, [(0, 0), (10, 0)]), (3, 5, [(10, 0), (9, 9)])])))
    assert ids.tolist() == [3, 5, 7]
    assert (xy - xy[2]).tolist() == [[10, 0], [9, 9], [0, 0]]
    assert (u.tolist(), v.tolist()) == ([2, 0], [0, 1])


def test_a_node_up_to_a_metre_apart_is_one_whatever_the_order_of_rows():
    frame = clean(edges([(1, 2, [(0, 0), (100, 0)]), (2, 3, [(100.6, 0.6), (200, 0)])]))
    swapped = clean(frame.set_index(pd.Index([1, 0])))
    np.testing.assert_array_equal(end_nodes(frame)[1], end_nodes(swapped)[1])


@pytest.mark.parametrize("crs", [4547, 4490])
def test_a_node_at_places_more_than_a_metre_apart_is_named(crs):
    step = 1.0 if crs == 4547 else 1e-5
    lines = [LINE, shapely.LineString([(1 + 1.2 * step, 1), (2, 2)])]
    frame = gpd.GeoDataFrame({"u": [1, 2], "v": [2, 3]}, geometry=lines, crs=crs)
    with pytest.raises(NetworkError, match="节点 2 在两处") as caught:
        end_nodes(clean(frame))
    assert (caught.value.code, caught.value.where) == ("node_at_two_places", "2")


def test_tobler_walks_fastest_gently_downhill():
    frame = clean(edges([TWO[0]] * 2, ascent_m=[0.0, -5.0]), slope="tobler")
    up, down = slope_cost_m(frame, "tobler")
    assert up[0] == down[0] == pytest.approx(100)
    assert up[1] == pytest.approx(100 * np.exp(-3.5 * 0.05))  # S = -0.05, the fastest
    assert down[1] == pytest.approx(100 * np.exp(3.5 * 0.05))  # S = +0.05


def test_naismith_counts_climb_only():
    frame = clean(edges([TWO[0]], ascent_m=[10.0]), slope="naismith")
    up, down = slope_cost_m(frame, "naismith")
    assert up[0] == pytest.approx(100 + 79.2)
    assert down[0] == 100


def test_an_edge_of_no_length_has_no_slope():
    frame = clean(edges([TWO[0]], ascent_m=[1.0], length_m=[0.0]), slope="tobler")
    assert slope_cost_m(frame, "tobler")[0].tolist() == [0.0]


def test_without_slope_the_climb_is_ignored():
    frame = clean(edges([TWO[0]], ascent_m=[50.0]))
    assert slope_cost_m(frame, None)[0].tolist() == [100.0]


def test_unknown_slopes_and_missing_climbs_are_refused():
    assert refusal(NetworkError, edges(TWO), slope="steep").code == "unknown_slope"
    assert refusal(NetworkError, edges(TWO, ascent_m=1.0), "etrike", "tobler").code == (
        "unknown_slope"
    )
    assert refusal(NetworkError, edges(TWO), slope="tobler").code == "ascent_missing"
    error = refusal(NetworkError, edges(TWO, ascent_m=[1.0, None]), slope="naismith")
    assert (error.code, error.where) == ("ascent_missing", "1")
