"""What a county or township sheet reads."""

from datetime import UTC, date, datetime

import pytest
import shapely

from layers.analysis.division_picture import division_picture
from layers.errors import NotFound
from layers.store import Actor, open_store

ACTOR = Actor("王工", "reviewer")
COUNTY, EAST, WEST = "140499000000", "140499101000", "140499102000"


def row(code: str, name: str, level: str, geometry=None, **more):
    parent = {"township": COUNTY, "village": f"{code[:9]}000"}.get(level)
    kind = more.pop("kind", level)
    known = {"code": code, "name": name, "level": level, "kind": kind, "parent_code": parent}
    return {
        "legal": True,
        "quality": "synthetic",
        "source": "手工",
        **known,
        "geometry": geometry,
        **more,
    }


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("s") / "county.gpkg"
    clock = lambda: datetime(2026, 11, 1, 20, tzinfo=UTC)  # noqa: E731
    with open_store(f"gpkg:{path}", create=True, clock=clock) as opened:
        rows = [
            row(COUNTY, "示意县", "county", shapely.box(113.0, 36.5, 113.04, 36.54)),
            row(EAST, "虒亭镇", "township", shapely.box(113.02, 36.5, 113.04, 36.54)),
            row(WEST, "贾垴镇", "township", shapely.box(113.0, 36.5, 113.02, 36.54)),
            row("140499101200", "上村", "village", shapely.Point(113.03, 36.52)),
            row(
                "140499102001",
                "府前社区",
                "village",
                shapely.Point(113.01, 36.52),
                kind="community",
            ),
            row("140499102200", "无位村", "village"),
            row("140499103000", "开发区", "township", kind="zone", legal=False),
            row("140499103498", "开发区虚拟社区", "village", kind="virtual", legal=False),
        ]
        opened.put("divisions", rows, actor=ACTOR, reason="测试")
        places = {
            "F1": ("东站", "station", "in_service", shapely.Point(113.031, 36.52), None),
            "F2": ("西站", "station", "in_service", shapely.Point(113.011, 36.52), EAST),
            "F3": ("无位站", "station", None, None, EAST),
            "F4": ("规划站", "planned", "planned", shapely.Point(113.03, 36.53), EAST),
            "F5": ("停办站", "station", "closed", shapely.Point(113.03, 36.51), EAST),
        }
        opened.put(
            "care_facilities",
            [
                {"id": key, "name": name, "kind": kind, "status": status, "geometry": at}
                | {"township_code": town, "quality": "synthetic", "source": "手工"}
                for key, (name, kind, status, at, town) in places.items()
            ],
            actor=ACTOR,
            reason="测试",
        )
        yield opened


def test_a_county_has_its_divisions_and_the_facilities_in_service(store):
    picture = division_picture(store)
    assert sorted(picture.villages["name"]) == ["上村", "府前社区", "无位村"]
    assert sorted(picture.facilities["name"]) == ["东站", "无位站", "西站"]
    assert picture.facilities["counted"].all()
    assert len(picture.within) == 0
    assert picture.as_of is None


def test_the_day_is_that_of_the_latest_event_in_the_bureau_s_zone(store):
    assert division_picture(store).data_date == date(2026, 11, 2)
    assert division_picture(store, time_zone="UTC").data_date == date(2026, 11, 1)


def test_units_without_a_place_that_are_no_divisions_are_named_and_left_out(store):
    assert sorted(division_picture(store).idle) == ["开发区", "开发区虚拟社区"]


@pytest.mark.parametrize("asked", ["虒亭镇", EAST])
def test_a_township_has_its_own_villages_and_what_stands_inside(store, asked):
    picture = division_picture(store, township=asked)
    assert list(picture.villages["name"]) == ["上村"]
    assert sorted(picture.facilities["name"]) == ["东站", "无位站"]
    assert len(picture.townships) == 2


def test_an_unknown_township_is_refused_with_those_there_are(store):
    with pytest.raises(NotFound, match=f"虒亭镇 {EAST}") as caught:
        division_picture(store, township="无此镇")
    assert caught.value.code == "no_township"


def test_the_hash_follows_what_is_drawn(store):
    whole = division_picture(store).data_hash
    assert whole == division_picture(store).data_hash
    assert whole != division_picture(store, township=EAST).data_hash


def test_the_rows_drawn_are_told_by_layer(store):
    rows = division_picture(store, township=EAST).drawn_rows
    assert set(rows["divisions"]) == {COUNTY, EAST, WEST, "140499101200"}
    assert set(rows["care_facilities"]) == {"F1", "F3"}


def test_stretches_not_agreed_on_are_read_from_their_lines(tmp_path):
    with open_store(f"gpkg:{tmp_path / 'county.gpkg'}", create=True) as opened:
        line = shapely.LineString([(113.0, 36.5), (113.0, 36.54)])
        row = {"name": "甲乙线", "code_a": "140498", "code_b": "140499", "geometry": line}
        row |= {"undetermined": [{"from": "起点", "to": "终点"}], "source": "手工"}
        opened.put("boundary_lines", [row], actor=ACTOR, reason="测试")
        (stretch,) = division_picture(opened).undetermined
        assert stretch.equals(line)
