"""What a boundary-line sheet draws, read from a small store."""

from datetime import date

import numpy as np
import pytest
import shapely

from geo.errors import InputError
from layers.analysis.line_picture import line_picture
from layers.errors import NotFound
from tests.layers.analysis.boundary import ACTOR, ID, LINE, filled, marker


@pytest.fixture
def picture(tmp_path):
    with filled(tmp_path) as store:
        yield line_picture(store, ID)


def test_markers_stand_in_the_order_of_the_line(picture):
    assert list(picture.markers["number"]) == ["1", "2", "3"]
    assert list(picture.markers["worn"]) == [False, False, True]
    assert picture.markers["along_m"].iloc[0] == 0


def test_references_keep_their_order_and_what_was_not_recorded(picture):
    own = picture.references[picture.references["marker"] == picture.markers.index[1]]
    assert list(own["name"]) == ["独立树", "水塔"]
    assert list(own["place"]) == [1, 2]
    assert own["grid_azimuth_deg"].iloc[0] == 30.5
    assert np.isnan(own["grid_azimuth_deg"].iloc[1])


def test_both_sides_are_named_and_only_the_own_has_ground(picture):
    assert list(picture.sides.index) == ["140498", "140499"]
    assert list(picture.sides["name"]) == ["邻县", "示意县"]
    assert list(picture.sides["stored"]) == [False, True]
    assert picture.sides.geometry["140498"] is None


def test_a_side_that_nothing_names_has_its_code(tmp_path):
    with filled(tmp_path, name="北线") as store:
        assert list(line_picture(store, ID).sides["name"]) == ["140498", "示意县"]
    with filled(tmp_path / "other", name="甲县-乙县") as store:
        assert list(line_picture(store, ID).sides["name"]) == ["140498", "示意县"]


def test_a_line_nobody_disputes_is_determined(picture):
    assert len(picture.undetermined) == 0
    assert picture.determined.iloc[0].equals(LINE)


def test_rows_that_are_drawn_are_told_by_layer(picture):
    assert picture.drawn_rows["boundary_lines"] == [ID]
    assert len(picture.drawn_rows["boundary_markers"]) == 3
    assert len(picture.drawn_rows["divisions"]) == 1


def test_the_course_runs_from_the_first_marker_to_the_end(picture):
    first = picture.courses()[0]
    assert first.startswith("从1起，向东行")
    assert "至终点" in first


def test_a_line_in_two_stretches_has_no_course(tmp_path):
    parts = shapely.MultiLineString([LINE.coords[:2], [(113.2, 36.5), (113.3, 36.5)]])
    with filled(tmp_path, geometry=parts) as store:
        assert line_picture(store, ID).courses() == ()


def test_stretches_not_agreed_on_are_cut_out_and_joined(tmp_path):
    open_parts = [{"from": "2", "to": "3"}, {"from": "1", "to": "2"}]
    with filled(tmp_path, undetermined=open_parts) as store:
        picture = line_picture(store, ID)
    assert len(picture.undetermined) == 1
    west, _, east, _ = picture.undetermined.total_bounds
    assert (west, east) == pytest.approx((113.0, 113.08))
    assert picture.determined.total_bounds[[0, 2]] == pytest.approx([113.08, 113.1])


def test_the_ends_may_be_named(tmp_path):
    with filled(tmp_path, undetermined=[{"from": "起点", "to": "终点"}]) as store:
        picture = line_picture(store, ID)
    assert len(picture.determined) == 0


def test_a_stretch_between_unknown_markers_is_refused(tmp_path):
    parts = [{"from": "9", "to": "3"}]
    with (
        filled(tmp_path, undetermined=parts) as store,
        pytest.raises(InputError, match="“9”") as caught,
    ):
        line_picture(store, ID)
    assert caught.value.code == "unknown_marker"


def test_the_only_line_needs_no_name(tmp_path):
    with filled(tmp_path) as store:
        assert line_picture(store).line.index[0] == ID
        assert line_picture(store, "示意县-邻县").line.index[0] == ID


def test_an_unknown_line_is_refused_with_those_there_are(tmp_path):
    with filled(tmp_path) as store, pytest.raises(NotFound, match=ID) as caught:
        line_picture(store, "140423-140430")
    assert caught.value.code == "no_line"


def test_a_line_without_a_place_is_refused(tmp_path):
    with filled(tmp_path, geometry=None) as store, pytest.raises(NotFound) as caught:
        line_picture(store, ID)
    assert caught.value.code == "line_without_place"


def test_a_line_without_markers_is_a_line(tmp_path):
    with filled(tmp_path, markers=[]) as store:
        picture = line_picture(store, ID)
    assert picture.markers.empty
    assert picture.references.empty
    assert picture.courses()[0].startswith("从起点起")


def test_the_day_asked_for_chooses_the_markers(tmp_path):
    rows = [marker("1", 113.01, valid_from=date(2020, 1, 1)), marker("2", 113.02)]
    with filled(tmp_path, markers=rows) as store:
        assert list(line_picture(store, ID, as_of=date(2019, 1, 1)).markers["number"]) == ["2"]


def test_the_hash_follows_the_markers(tmp_path):
    with filled(tmp_path) as store:
        before = line_picture(store, ID).data_hash
        assert line_picture(store, ID).data_hash == before
        store.put("boundary_markers", [marker("4", 113.09)], actor=ACTOR, reason="测")
        assert line_picture(store, ID).data_hash != before
