import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.crs import STORED_CRS
from geo.errors import CrsError, GeometryError, InputError
from geo.frames import (
    nullable,
    require_columns,
    require_direction,
    require_not_negative,
    require_points,
    require_positive,
    require_unique_index,
    require_weights,
    sorted_positions,
    take_ids,
)

HERE = shapely.Point(113.0, 36.5)


def frame(*shapes, index=None, crs="EPSG:4490"):
    return gpd.GeoDataFrame(geometry=list(shapes), index=index, crs=crs)


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), "fast", None])
def test_what_is_not_positive_is_refused_by_name(value):
    with pytest.raises(InputError, match="speed_mps") as caught:
        require_positive(value, "speed_mps")
    assert caught.value.where == "speed_mps"


def test_zero_and_infinity_are_not_negative():
    assert require_not_negative(0, "x") == 0
    assert require_not_negative(float("inf"), "x") == float("inf")
    for value in (-0.1, float("nan"), "far"):
        with pytest.raises(InputError):
            require_not_negative(value, "x")


def test_an_unknown_direction_is_refused():
    with pytest.raises(InputError, match="sideways"):
        require_direction("sideways")


def test_missing_columns_are_all_named():
    with pytest.raises(InputError, match="b、c") as caught:
        require_columns(pd.DataFrame({"a": [1]}), ("a", "b", "c"), "表")
    assert caught.value.code == "column_missing"


def test_an_id_twice_is_named():
    with pytest.raises(InputError, match="“7”") as caught:
        require_unique_index(pd.DataFrame(index=[7, 8, 7]), "设施")
    assert caught.value.code == "duplicate_id"


def test_a_missing_id_is_refused():
    with pytest.raises(InputError) as caught:
        require_unique_index(pd.DataFrame(index=["a", None]), "设施")
    assert caught.value.code == "id_missing"


def test_points_give_their_coordinates_and_nan_where_empty_or_null():
    xy = require_points(frame(HERE, shapely.Point(), None), STORED_CRS, "点")
    np.testing.assert_array_equal(xy, [[113.0, 36.5], [np.nan] * 2, [np.nan] * 2])


def test_a_line_among_points_is_named_by_row():
    line = shapely.LineString([(0, 0), (1, 1)])
    with pytest.raises(GeometryError, match=r"“b”行.*LineString"):
        require_points(frame(HERE, line, index=["a", "b"]), STORED_CRS, "点")


def test_an_infinite_coordinate_is_named_by_row():
    with pytest.raises(GeometryError, match="“1”行") as caught:
        require_points(frame(HERE, shapely.Point(np.inf, 1)), STORED_CRS, "点")
    assert caught.value.code == "not_finite"


def test_points_without_crs_or_in_another_one_are_refused():
    for crs, code in ((None, "crs_missing"), ("EPSG:4547", "crs_differs")):
        with pytest.raises(CrsError) as caught:
            require_points(frame(HERE, crs=crs), STORED_CRS, "点")
        assert caught.value.code == code


@pytest.mark.parametrize("bad", [-1, None, float("nan"), "many", float("inf")])
def test_a_bad_weight_is_named_by_row(bad):
    with pytest.raises(InputError, match="“y”行") as caught:
        require_weights(pd.Series([1, bad], index=["x", "y"], dtype=object), "列")
    assert caught.value.where == "y"


def test_zero_is_a_weight():
    assert require_weights(pd.Series([0, 2]), "列").tolist() == [0.0, 2.0]


@pytest.mark.parametrize(
    ("ids", "dtype"),
    [
        (pd.Index([3, 1]), "Int64"),
        (pd.Index(["b", "a"]), "string"),
        (pd.Index(["b", "a"], dtype=object), "string"),
        (pd.RangeIndex(2), "Int64"),
        (pd.Index([1.5, 2.5]), "Float64"),
        (pd.Index(["a", (1, 2)], dtype=object, tupleize_cols=False), "object"),
    ],
)
def test_ids_keep_their_kind_and_can_be_missing(ids, dtype):
    taken = pd.Series(take_ids(ids, np.array([1, -1])))
    assert str(taken.dtype) == dtype
    assert taken[0] == ids[1]
    assert taken[1] is pd.NA


def test_no_ids_at_all_are_all_missing():
    assert pd.isna(take_ids(pd.RangeIndex(0), np.array([-1, -1]))).all()


def test_nullable_text_has_pandas_na():
    assert nullable(pd.Series(["a", None, np.nan]))[2] is pd.NA


def test_ids_of_which_none_is_there_are_missing_text():
    for ids in (pd.Series([None, np.nan], dtype=object), pd.Index([], dtype=object)):
        assert nullable(ids).dtype == "string"


def test_ids_of_mixed_kinds_sort_as_text():
    assert sorted_positions(pd.Index([2, "10", 1], dtype=object)).tolist() == [2, 1, 0]
