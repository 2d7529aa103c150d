"""Boundary lines and markers of the sample county."""

from itertools import pairwise

import numpy as np
import pytest
import shapely

from geo.geodesy import GRS80
from layers import facts
from layers.sample.plane import to_plane

REAL_KM = {
    "140403-140423": 3.37,
    "140405-140423": 35.49,
    "140406-140423": 32.55,
    "140423-140426": 28.34,
    "140423-140429": 39.45,
    "140423-140430": 37.21,
}


@pytest.fixture(scope="module")
def lines(county):
    return {row["id"]: row for row in county["boundary_lines"]}


@pytest.fixture(scope="module")
def markers(county):
    return county["boundary_markers"]


def test_six_lines_have_their_real_lengths(lines):
    lengths = {
        i: round(GRS80.geometry_length(row["geometry"]) / 1000, 2) for i, row in lines.items()
    }
    assert lengths == REAL_KM


def test_the_lines_together_are_the_outline(lines):
    together = shapely.union_all([row["geometry"] for row in lines.values()])
    assert shapely.equals(together, facts.outline().exterior)


def test_lines_are_real_and_only_what_the_report_says_is_filled(lines):
    assert {row["quality"] for row in lines.values()} == {"approximate"}
    inspected = {i: row["last_inspected_year"] for i, row in lines.items()}
    known = {"140423-140429": 2023, "140423-140430": 2023}
    assert inspected == dict.fromkeys(REAL_KM, None) | known
    assert not any(
        {"length_km", "agreement_no", "lead_code_last"} & row.keys() for row in lines.values()
    )


def test_lines_run_from_west_to_east_or_north_to_south_as_their_markers(lines, markers):
    for line, row in lines.items():
        ends = shapely.get_coordinates(row["geometry"])[[0, -1]]
        east, north = np.diff(to_plane(ends), axis=0)[0]
        assert east > 0 if abs(east) >= abs(north) else north < 0
        own = [m["geometry"] for m in markers if m["line_ids"] == [line]]
        along = [row["geometry"].project(point) for point in own]
        assert along == sorted(along)


def test_every_tripoint_has_a_marker_of_both_lines(lines, markers):
    corners = [m for m in markers if m["kind"] == "tripoint"]
    assert len(corners) == 6
    for marker in corners:
        assert len(marker["line_ids"]) == 2
        for line in marker["line_ids"]:
            ends = {lines[line]["geometry"].coords[0], lines[line]["geometry"].coords[-1]}
            assert marker["geometry"].coords[0] in ends


def test_markers_stand_on_their_line_every_four_to_six_kilometres(lines, markers):
    for line, row in lines.items():
        plane = shapely.LineString(to_plane(shapely.get_coordinates(row["geometry"])))
        own = [m["geometry"] for m in markers if line in m["line_ids"]]
        points = [shapely.Point(to_plane(np.array(point.coords))[0]) for point in own]
        assert max(plane.distance(point) for point in points) < 0.1
        places = sorted(plane.project(point) for point in points)
        steps = [b - a for a, b in pairwise(places)]
        assert all(4000 < step < 6000 for step in steps) or line == "140403-140423"  # 3.4 km


def test_markers_are_numbered_through_and_made_up(markers):
    assert [m["number"] for m in markers] == [f"示-{n:03d}" for n in range(1, len(markers) + 1)]
    assert {m["quality"] for m in markers} == {"synthetic"}


def test_a_marker_has_three_objects_well_apart(markers):
    for marker in markers:
        angles = sorted(ref["grid_azimuth_deg"] for ref in marker["refs"])
        gaps = [b - a for a, b in pairwise([*angles, angles[0] + 360])]
        assert len(gaps) == 3
        assert min(gaps) > 65
        assert all(0 <= angle < 360 for angle in angles)
        assert all(6 <= ref["distance_m"] <= 60 for ref in marker["refs"])
        assert len({ref["name"] for ref in marker["refs"]}) == 3
        assert all(ref["name"].startswith("示意") for ref in marker["refs"])
