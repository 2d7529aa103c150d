"""County and township sheets, from a picture made by hand."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from tests.webmap.printing.build import division_picture, frame, small_picture
from webmap.printing import SheetError, SheetOptions, load_recipe
from webmap.printing.compose import compose
from webmap.printing.items import PathItem, TextItem

EAST, WEST = "140499102000", "140499101000"


def drawn(picture=None, name: str = "county", **options):
    # The square county is so small that the county's own scale would be a dot.
    options = {"scale": 25_000, **options} if name == "county" else options
    return compose(picture or division_picture(), load_recipe(name), SheetOptions(**options))


def words(sheet) -> list[str]:
    return [item.text for item in sheet.items if isinstance(item, TextItem)]


def names(sheet) -> set[str]:
    return {placed.label.name for placed in sheet.placed}


def paths(sheet, layer: str) -> list[PathItem]:
    return [i for i in sheet.items if isinstance(i, PathItem) and i.layer == layer]


def test_a_county_names_all_its_divisions_short():
    sheet = drawn()
    assert names(sheet) == {
        *("示意县", "虒亭镇", "贾垴镇", "虒亭", "上马", "贾垴", "磛疃", "示意日间照料中心01"),
    }
    assert sheet.title == "示意县行政区划与养老服务设施图"


def test_towns_that_touch_have_tints_of_their_own():
    fills = [item.fill for item in paths(drawn(), "townships")]
    assert len(fills) == len(set(fills)) == 2


def test_the_county_s_own_scale_is_never_fitted():
    assert compose(division_picture(), load_recipe("county")).page.scale == 180_000
    a1 = SheetOptions(paper="A1")
    assert compose(division_picture(), load_recipe("county"), a1).page.scale == 80_000


def test_a_scale_too_large_is_refused_naming_the_largest_that_fits():
    with pytest.raises(SheetError, match="最大可用 1:25,000") as caught:
        drawn(scale=10_000)
    assert caught.value.code == "scale_too_large"


def test_the_panel_counts_villages_communities_and_facilities():
    found = words(drawn())
    assert found[found.index("乡镇") - 1] == "2"
    assert [found[found.index(what) - 1] for what in ("村", "社区", "在用养老服务设施")] == [
        *("3", "1", "1"),
    ]
    start = found.index("贾垴镇", found.index("乡镇一览"))
    assert found[start + 1 : start + 5] == [EAST, "2", "0", "0"]
    assert found[found.index("合计") + 1 :][:3] == ["3", "1", "1"]


def test_the_legend_has_what_occurs_and_nothing_else():
    found = words(drawn())
    assert {"村", "社区", "县界", "乡镇界", "农村日间照料中心"} <= set(found)
    assert not {"村界", "养老服务驿站", "服务圈", "县道"} & set(found)


def test_a_township_mutes_its_neighbours():
    sheet = drawn(division_picture(township=EAST), "township")
    assert sheet.title == "贾垴镇行政区划与养老服务设施图"
    assert len(paths(sheet, "townships")) == 1
    placed = {placed.label.name: placed.label for placed in sheet.placed}
    assert {"贾垴镇", "贾垴", "磛疃"} <= placed.keys()
    assert "上马" not in placed
    letters = {i.text: i.fill for i in sheet.items if isinstance(i, TextItem)}
    assert "虒亭镇" not in placed or letters["虒亭镇"] != letters["贾垴镇"]


def test_a_township_without_any_place_has_nothing_to_draw():
    picture = division_picture(township=EAST)
    nowhere = gpd.GeoSeries([shapely.Polygon()], index=picture.within.index, crs=4490)
    within = picture.within.set_geometry(nowhere)
    empty = division_picture(township=EAST, within=within, villages=picture.villages[:0])
    with pytest.raises(SheetError) as caught:
        drawn(empty, "township")
    assert caught.value.code == "nothing_to_draw"


def test_a_legal_village_without_a_place_is_among_the_unplaced():
    picture = division_picture()
    villages = picture.villages.copy()
    villages.loc[villages.index[0], "geometry"] = None
    sheet = drawn(division_picture(villages=villages))
    assert [(label.layer, label.name) for label in sheet.unplaced] == [("divisions", "虒亭")]


def test_village_outlines_are_drawn_once_and_below_their_towns():
    x, y, d = 113.02, 36.52, 0.02
    shapes = [shapely.box(x - d, y - d, x, y), shapely.box(x - d, y, x, y + d)]
    villages = frame(
        {"code": ["1", "2"], "name": ["甲坡村", "乙坡村"], "kind": ["village"] * 2}
        | {"parent_code": [WEST] * 2},
        shapes,
        ["140499101200", "140499101201"],
    )
    sheet = drawn(division_picture(villages=villages))
    (border,) = paths(sheet, "village")
    assert len(border.lines) == 1
    assert np.ptp(border.lines[0][:, 1]) < 1  # the line between the two, not the town's outline
    assert {"甲坡", "乙坡"} <= names(sheet)
    assert "村界" in words(sheet)


def test_a_picture_draws_only_the_layers_it_has():
    with pytest.raises(SheetError, match="units") as caught:
        compose(small_picture(), load_recipe("county"))
    assert caught.value.code == "recipe"


def test_gaps_fill_towns_by_the_share_left_uncovered():
    sheet = compose(small_picture(), load_recipe("gaps"))
    # 虒亭镇 80 of 200 uncovered: 40 %; 贾垴镇 all.
    fills = {item.fill for item in paths(sheet, "shares")}
    assert fills == {"#f3b06b", "#cf6350"}
    found = words(sheet)
    assert {"未覆盖 40%–60%", "未覆盖 80% 以上"} <= set(found)
    assert "未覆盖 20%–40%" not in found
    assert not paths(sheet, "elders")


def test_a_town_whose_counts_are_hidden_is_grey():
    base = small_picture()
    gaps = base.gaps.assign(total=[3.0, 200.0], covered=[0.0, 120.0], uncovered=[3.0, 80.0])
    sheet = compose(replace(base, gaps=gaps), load_recipe("gaps"))
    assert "#e2e0dc" in {item.fill for item in paths(sheet, "shares")}
    assert "无数据或人数过少" in words(sheet)


def test_a_named_road_is_named_once_beside_itself():
    base = small_picture()
    roads = base.roads.assign(name=["襄五线", "襄五线", "小路"])
    sheet = drawn(division_picture(roads=roads))
    placed = [one for one in sheet.placed if one.label.layer == "roads"]
    assert [(one.label.name, one.label.id) for one in placed] == [("襄五线", "R1")]
    box = shapely.box(*placed[0].box.bounds)
    lines = [line for item in paths(sheet, "roads") for line in item.lines]
    assert not any(shapely.LineString(line).intersects(box) for line in lines)


def test_an_undetermined_stretch_is_never_solid():
    x, y, d = 113.02, 36.52, 0.02
    west = shapely.LineString([(x - d, y - d), (x - d, y + d)])
    sheet = drawn(division_picture(undetermined=gpd.GeoSeries([west], crs=4490)))
    (stretch,) = paths(sheet, "undetermined")
    assert stretch.dash
    left = min(float(line[:, 0].min()) for line in stretch.lines)
    county = [line for item in paths(sheet, "county") if item.stroke for line in item.lines]
    assert not any((np.abs(line[:, 0] - left) < 0.01).sum() > 1 for line in county)
    assert "未定界" in words(sheet)
    assert "未定界" not in words(drawn())
