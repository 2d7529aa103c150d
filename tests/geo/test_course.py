"""A boundary's course in words."""

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString

from geo.course import DIRECTIONS, describe_line, direction_name, line_legs
from geo.errors import GeometryError, InputError
from geo.geodesy import GRS80

STAIRS = LineString([(113, 36.5), (113, 36.51), (113.02, 36.51), (113.02, 36.52)])


@pytest.mark.parametrize(
    ("azimuth", "name"),
    [
        (0, "北"),
        (11.24, "北"),
        (11.25, "北偏东北"),
        (33.75, "东北"),
        (56.25, "东偏东北"),
        (90, "东"),
        (135, "东南"),
        (180, "南"),
        (202.5, "南偏西南"),
        (270, "西"),
        (303.75, "西北"),
        (337, "北偏西北"),
        (348.74, "北偏西北"),
        (348.75, "北"),
        (-90, "西"),
        (720, "北"),
    ],
)
def test_each_direction_has_its_sector(azimuth, name):
    assert direction_name(azimuth) == name


def test_there_are_sixteen_directions():
    assert len(set(DIRECTIONS)) == 16


def test_no_azimuth_has_no_direction():
    with pytest.raises(InputError):
        direction_name(float("nan"))


def test_stairs_are_three_legs():
    legs = line_legs(STAIRS)
    assert list(legs["direction"]) == ["北", "东", "北"]
    assert list(legs["length_m"].round()) == [1110, 1792, 1110]


def test_the_description_reads_as_one_sentence():
    assert describe_line(STAIRS, start="示-001", end="示-002") == (
        "从示-001起，向北行 1.11 千米，转向东行 1.79 千米，转向北行 1.11 千米，"
        "至示-002，全长 4.01 千米。"
    )


def test_small_bends_are_not_told_but_their_length_counts():
    bent = LineString([(113, 36.5), (113.001, 36.51), (113, 36.52)])
    (leg,) = line_legs(bent).itertuples(index=False)
    assert leg.direction == "北"
    assert leg.length_m == pytest.approx(GRS80.geometry_length(bent), rel=1e-12)
    assert leg.length_m > GRS80.geometry_length(LineString([bent.coords[0], bent.coords[-1]]))


def test_legs_of_one_direction_are_one():
    gentle = LineString([(113, 36.5), (113, 36.52), (113.003, 36.54)])
    assert len(line_legs(gentle, tolerance_m=0)) == 1


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=2, max_size=25, unique=True
    ),
    st.floats(0, 500),
)
def test_legs_add_up_to_the_line(steps, tolerance_m):
    line = LineString([(113 + x / 1000, 36.5 + y / 1000) for x, y in steps])
    legs = line_legs(line, tolerance_m=tolerance_m)
    assert legs["length_m"].sum() == pytest.approx(GRS80.geometry_length(line), rel=1e-9)
    assert (legs["direction"].to_numpy()[1:] != legs["direction"].to_numpy()[:-1]).all()


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=9))
def test_a_line_that_returns_to_its_places_is_described_too(steps):
    line = LineString([(113 + x / 1000, 36.5 + y / 1000) for x, y in steps])
    if line.length:
        legs = line_legs(line, tolerance_m=50)
        assert legs["length_m"].sum() == pytest.approx(GRS80.geometry_length(line), rel=1e-9)


@pytest.mark.parametrize("shape", [shapely.Point(113, 36), LineString(), shapely.MultiLineString()])
def test_what_is_no_line_has_no_course(shape):
    with pytest.raises(GeometryError):
        line_legs(shape)
