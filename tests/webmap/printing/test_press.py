"""From a store to a sheet."""

from datetime import date

import pytest
import shapely

from tests.webmap.printing.stores import ACTOR, TOWN, opened
from webmap.printing import SheetError, sheet


@pytest.fixture(scope="module")
def rough(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("rough"), "synthetic") as store:
        yield store


@pytest.fixture
def surveyed(tmp_path):
    with opened(tmp_path, "surveyed") as store:
        yield store


def public(store, number: str = "晋S(2026)001号"):
    return sheet(store, "circles", publish="public", review_no=number, approval="F1", actor=ACTOR)


def test_a_store_gives_its_sheet_with_its_own_date(rough):
    drawn = sheet(rough, "circles")
    assert drawn.day == date(2026, 11, 1)
    assert {placed.label.name for placed in drawn.placed} >= {"虒亭镇", "虒亭驿站"}
    assert drawn.title == "示意县15分钟养老服务圈与覆盖缺口"


def test_the_question_comes_from_the_options(rough):
    drawn = sheet(rough, "circles", minutes=30, mode="etrike")
    assert drawn.title.startswith("示意县30分钟")


def test_the_same_store_gives_the_same_bytes(rough):
    assert sheet(rough, "circles").pdf == sheet(rough, "circles").pdf


def test_an_unknown_sheet_is_refused_before_anything_is_read():
    with pytest.raises(SheetError) as caught:
        sheet(None, "nope")
    assert caught.value.code == "unknown_sheet"


def test_public_lists_the_rows_that_hinder_it(rough):
    with pytest.raises(SheetError, match=f"divisions {TOWN} synthetic") as caught:
        public(rough)
    assert caught.value.code == "public_not_allowed"
    assert rough.sheet_records("binding") == {}


def test_rough_roads_alone_hinder_a_public_sheet(surveyed):
    line = shapely.LineString([(113.0, 36.53), (113.03, 36.53)])
    road = {"way_id": 2, "piece": 0, "u": 7, "v": 8, "highway": "track", "geometry": line}
    modes = {"walk": "both", "etrike": "both", "car": "both", "quality": "approximate"}
    surveyed.put("roads", [{**road, **modes, "source": "手工"}], actor=ACTOR, reason="测试")
    with pytest.raises(SheetError, match="roads 2-0 approximate"):
        public(surveyed)


def test_public_needs_somebody(surveyed):
    with pytest.raises(SheetError, match="actor"):
        sheet(surveyed, "circles", publish="public", review_no="1", approval="2")


def test_a_number_stays_with_its_content(surveyed):
    first = public(surveyed)
    assert public(surveyed).data_hash == first.data_hash
    moved = {"village_code": "140499101201", "year": 2020, "population": 90, "age60": 60}
    surveyed.put(
        "elders",
        [{**moved, "quality": "surveyed", "geometry": shapely.Point(113.012, 36.5205)}],
        actor=ACTOR,
        reason="测试",
    )
    with pytest.raises(SheetError) as caught:
        public(surveyed)
    assert caught.value.code == "number_bound_elsewhere"
    assert public(surveyed, "晋S(2026)002号").mode == "public"


def test_pins_are_kept_with_the_sheet_and_win(surveyed):
    pin = {"layer": "divisions", "id": TOWN, "x_mm": 70.0, "y_mm": 70.0}
    sheet(surveyed, "circles", pins=[pin], actor=ACTOR)
    rows = {row["id"]: row for row in sheet(surveyed, "circles").to_json()["placed"]}
    assert (rows[TOWN]["x_mm"], rows[TOWN]["y_mm"]) == (70.0, 70.0)


def test_another_question_is_other_content(surveyed):
    public(surveyed)
    asked = {"publish": "public", "review_no": "晋S(2026)001号", "approval": "F1", "actor": ACTOR}
    with pytest.raises(SheetError) as caught:
        sheet(surveyed, "circles", minutes=30, **asked)
    assert caught.value.code == "number_bound_elsewhere"
    with pytest.raises(SheetError, match="晋S"):
        sheet(surveyed, "circles", paper="A1", **asked)
    with pytest.raises(SheetError, match="晋S"):
        sheet(surveyed, "circles", graticule=True, **asked)


def test_a_number_given_for_an_internal_sheet_is_not_printed(rough):
    drawn = sheet(rough, "circles", review_no="晋S9", approval="F9", publish="review")
    assert "晋S9" not in drawn.svg
    assert any("审图号" in warning for warning in drawn.warnings)


def test_internal_sheets_say_so(rough):
    assert "内部用图" in sheet(rough, "circles").svg
    assert "内部用图" not in sheet(rough, "circles", publish="review").svg
