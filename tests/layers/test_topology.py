"""Findings T01-T08: none in the sample county, one for each fault planted in it."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import CrsError
from layers.sample import sample_rows
from layers.topology import check_divisions

TOWNS = [f"140423{number}000" for number in range(100, 109)]
METRE_DEG = 1 / 111_000


def county():
    return gpd.GeoDataFrame(sample_rows("divisions"), crs="EPSG:4490").set_index("id")


COUNTY = county()
OUTLINE = COUNTY.geometry["140423000000"]


def planted(unit, **values):
    """The county in which one row is otherwise."""
    frame = COUNTY.copy()
    for name, value in values.items():
        frame.at[unit, name] = value
    return frame


def added(row, **values):
    """The county with a copy of a row, changed."""
    new = COUNTY.loc[[row]].copy()
    for name, value in values.items():
        new[name] = [value]
    return pd.concat([COUNTY, new])


def only(frame):
    (finding,) = check_divisions(frame)
    return finding


def on(finding, shape):
    return shapely.dwithin(shapely.Point(finding.where), shape, 1e-9)


def inner(town, size_m):
    """A square inside a town."""
    middle = shapely.Point(shapely.maximum_inscribed_circle(COUNTY.geometry[town]).coords[0])
    return shapely.buffer(middle, size_m / 2 * METRE_DEG, cap_style="square")


def inner_line(town):
    """A line that two towns share, from the first to the second neighbour found."""
    ground = COUNTY.geometry[town]
    for other in TOWNS:
        shared = shapely.intersection(ground, COUNTY.geometry[other])
        if other != town and shapely.length(shared) > 0:
            return other, shared
    raise AssertionError


def test_the_sample_county_fits_together_on_every_day():
    assert check_divisions(COUNTY) == []


@settings(max_examples=30)
@given(st.sampled_from(TOWNS), st.floats(10, 400))
def test_a_hole_in_a_town_is_one_gap_of_the_county(town, size_m):
    hole = inner(town, size_m)
    finding = only(planted(town, geometry=COUNTY.geometry[town].difference(hole)))
    assert finding.code == "T01"
    assert set(finding.ids) >= {"140423000000", town}
    assert finding.area_m2 == pytest.approx(shapely.area(hole) * 111_000**2 * 0.805, rel=0.01)
    assert on(finding, hole)
    assert "缝隙" in finding.message


@settings(max_examples=30)
@given(st.sampled_from(TOWNS), st.floats(0.5, 4.5))
def test_a_narrow_slit_is_a_sliver(town, width_m):
    x, y = inner(town, 10).centroid.coords[0]
    slit = shapely.box(x - 0.002, y, x + 0.002, y + width_m * METRE_DEG)
    finding = only(planted(town, geometry=COUNTY.geometry[town].difference(slit)))
    assert (finding.code, finding.level) == ("T03", "warning")
    assert on(finding, slit)


@settings(max_examples=30)
@given(st.sampled_from(TOWNS), st.floats(20, 300))
def test_a_town_over_its_neighbour_is_one_overlap(town, reach_m):
    other, line = inner_line(town)
    middle = shapely.line_interpolate_point(shapely.line_merge(line), 0.5, normalized=True)
    bulge = shapely.buffer(middle, reach_m * METRE_DEG).intersection(COUNTY.geometry[other])
    finding = only(planted(town, geometry=COUNTY.geometry[town].union(bulge)))
    assert finding.code == "T02"
    assert set(finding.ids) >= {town, other}
    assert on(finding, bulge)


def test_a_narrow_overlap_is_a_sliver():
    town = TOWNS[0]
    other, line = inner_line(town)
    strip = shapely.buffer(line, 2 * METRE_DEG).intersection(COUNTY.geometry[other])
    findings = check_divisions(planted(town, geometry=COUNTY.geometry[town].union(strip)))
    assert {finding.code for finding in findings} == {"T03"}
    assert any({town, other} <= set(finding.ids) for finding in findings)


def test_a_town_over_the_county_line_is_outside():
    town = next(
        t for t in TOWNS if COUNTY.geometry[t].boundary.intersection(OUTLINE.boundary).length
    )
    line = shapely.line_merge(COUNTY.geometry[town].boundary.intersection(OUTLINE.boundary))
    middle = shapely.line_interpolate_point(shapely.get_geometry(line, 0), 0.5, normalized=True)
    bump = shapely.buffer(middle, 40 * METRE_DEG).difference(OUTLINE)
    finding = only(planted(town, geometry=COUNTY.geometry[town].union(bump)))
    assert (finding.code, finding.ids) == ("T04", (town, "140423000000"))
    assert on(finding, bump)
    assert finding.area_m2 == pytest.approx(40**2 * np.pi / 2 * 0.805, rel=0.15)


def test_a_village_in_another_town_is_outside_its_own():
    place = COUNTY.geometry["140423102200"]
    finding = only(planted("140423100204", geometry=place))
    assert finding.code == "T04"
    assert finding.ids[0] == "140423100204"
    assert "140423100000" in finding.ids
    assert (finding.where, finding.area_m2) == (place.coords[0], None)


def test_a_code_that_contradicts_its_parent_is_one_finding():
    finding = only(planted("140423100204", parent_code="140423102000"))
    assert (finding.code, finding.ids) == ("T05", ("140423100204",))
    assert "140423100000" in finding.message
    assert on(finding, COUNTY.geometry["140423100204"])


def test_a_town_of_another_county_is_a_contradiction_not_a_gap():
    assert only(planted(TOWNS[3], parent_code="140424000000")).code == "T05"


def test_a_village_without_its_town_is_one_finding():
    row = {"code": "140423199200", "parent_code": "140423199000", "name": "示意村"}
    frame = added("140423100204", **row)
    frame.index = [*frame.index[:-1], row["code"]]
    finding = only(frame)
    assert (finding.code, finding.ids) == ("T06", ("140423199200",))
    assert "140423199000" in finding.message


def test_a_village_before_its_town_has_no_parent():
    late = planted(TOWNS[1], valid_from=pd.Timestamp("2022-06-01"))
    codes = {finding.code for finding in check_divisions(late)}
    assert "T06" in codes
    message = next(f.message for f in check_divisions(late) if f.code == "T06")
    assert TOWNS[1] in message


def test_children_of_a_missing_town_are_named_once():
    frame = COUNTY.drop(index=[i for i in COUNTY.index if i.startswith(TOWNS[4])])
    codes = [finding.code for finding in check_divisions(frame)]
    assert codes.count("T06") == 1
    assert "T01" in codes  # its ground is now nobody's


def test_a_missing_parent_code_is_a_missing_parent():
    finding = only(planted("140423100204", parent_code=None))
    assert finding.code == "T06"
    assert "没有填上级代码" in finding.message


def test_a_crossed_polygon_is_one_finding():
    town = TOWNS[2]
    ring = shapely.get_coordinates(COUNTY.geometry[town])
    ring[[2, 3]] = ring[[3, 2]]
    crossed = shapely.Polygon(ring)
    assert not crossed.is_valid
    finding = only(planted(town, geometry=crossed))
    assert (finding.code, finding.ids, finding.area_m2) == ("T07", (town,), None)
    assert on(finding, crossed.boundary)


@pytest.mark.parametrize("unit", [TOWNS[5], "140423100204", "140423000000"])
def test_a_code_twice_at_one_time_is_one_finding(unit):
    finding = only(added(unit, name="示意"))
    assert (finding.code, finding.ids) == ("T08", (unit, unit))


def test_a_code_twice_one_after_the_other_is_no_fault():
    day = pd.Timestamp("2022-06-01").date()
    frame = added("140423100204", valid_to=day)
    first = len(frame) - 1
    frame.iloc[list(frame.index).index("140423100204"), frame.columns.get_loc("valid_from")] = day
    assert frame["valid_to"].iloc[first] == day
    assert check_divisions(frame) == []


def test_a_fault_of_a_former_day_is_found_and_dated():
    unit = "140423200000@2021-01-01"
    assert unit in COUNTY.index
    hole = COUNTY.geometry[unit].representative_point().buffer(0.001)
    finding = only(planted(unit, geometry=COUNTY.geometry[unit].difference(hole)))
    assert (finding.code, "2021-01-01 以前" in finding.message) == ("T01", True)
    assert on(finding, hole)


def test_a_parent_with_point_children_has_no_gaps():
    village = COUNTY.geometry["140423100204"].buffer(0.0001)
    assert check_divisions(planted("140423100204", geometry=village)) == []


def test_no_rows_have_no_findings():
    assert check_divisions(COUNTY.iloc[:0]) == []


def test_a_finding_carries_what_the_body_promises():
    body = only(
        planted(TOWNS[0], geometry=COUNTY.geometry[TOWNS[0]].difference(inner(TOWNS[0], 50)))
    )
    assert list(body.to_json()) == ["code", "level", "ids", "where", "area_m2", "message"]


def test_a_village_in_a_hole_of_its_town_is_no_second_fault():
    village = COUNTY.geometry["140423100204"]
    ground = COUNTY.geometry["140423100000"].difference(village.buffer(0.0005))
    assert only(planted("140423100000", geometry=ground)).code == "T01"


def test_under_an_invalid_county_nothing_more_is_found():
    ring = shapely.get_coordinates(OUTLINE)
    ring[[10, 30]] = ring[[30, 10]]
    crossed = shapely.Polygon(ring)
    assert not crossed.is_valid
    finding = only(planted("140423000000", geometry=crossed))
    assert (finding.code, finding.ids) == ("T07", ("140423000000",))


def test_a_polygon_with_coordinates_that_are_no_numbers_is_invalid_and_placed():
    written = shapely.to_wkt(COUNTY.geometry[TOWNS[0]], rounding_precision=6)
    first, _, rest = written.split(", ", 2)
    with np.errstate(invalid="ignore"):
        unread = shapely.from_wkt(f"{first}, nan nan, {rest}")
    finding = only(planted(TOWNS[0], geometry=unread))
    assert finding.code == "T07"
    assert np.isfinite(finding.where).all()


def test_a_collection_is_no_polygon_and_no_fault_of_fitting():
    odd = shapely.GeometryCollection([COUNTY.geometry["140423100204"]])
    assert check_divisions(planted("140423100204", geometry=odd)) == []


def test_metres_are_refused_before_anything_is_judged():
    frame = COUNTY.copy()
    frame.geometry = COUNTY.geometry.scale(1000, 1000, origin=(0, 0))
    with pytest.raises(CrsError) as caught:
        check_divisions(frame)
    assert caught.value.code == "not_degrees"
