"""What every store promises, whatever keeps it."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from layers.errors import InvalidRecord, NotAllowed, NotFound, StaleVersion, StoreError
from layers.history import GENESIS
from layers.schema import parse_schema
from layers.store import Actor, Query, each, open_store, read_frame

if TYPE_CHECKING:
    from layers.store import Store

CLERK = Actor("经办甲")
REVIEWER = Actor("审核乙", role="reviewer")
STATION = {
    "name": "府前社区养老服务驿站",
    "kind": "station",
    "beds": 25,
    "floor_area_m2": 1200.5,
    "services": ["助餐", "助洁"],
    "opened": date(2023, 11, 15),
    "geometry": shapely.Point(113.0252812345678, 36.5354712345678),
}
UNIT = {
    "code": "140423101222",
    "name": "前王沟村",
    "level": "village",
    "kind": "village",
    "parent_code": "140423101000",
    "legal": True,
}


@pytest.fixture
def store_url(each_store_url: str) -> str:
    return each_store_url


def put_one(store: Store, row: dict, *, actor: Actor = CLERK, layer="care_facilities", **options):
    return store.put(layer, [row], actor=actor, **options).ids[0]


def points(store: Store, number: int) -> list[str]:
    rows = [
        {"name": f"示意{i}", "geometry": shapely.Point(113 + i / 100, 36.5)} for i in range(number)
    ]
    return list(store.put("care_facilities", rows, actor=CLERK).ids)


# What is put comes back


def test_every_value_comes_back_as_given(store):
    found = store.get("care_facilities", put_one(store, STATION))
    assert {k: found[k] for k in STATION} == STATION
    assert type(found["beds"]) is int
    assert type(found["opened"]) is date


def test_coordinates_come_back_unrounded(store):
    line = shapely.LineString([(112.9000000000001, 36.1), (1 / 3 + 112, 2 / 3 + 36)])
    made = put_one(
        store, {"way_id": 7, "piece": 0, "highway": "path", "geometry": line}, layer="roads"
    )
    assert store.get("roads", made)["geometry"].wkb == line.wkb


def test_what_is_left_out_is_none(store):
    found = store.get("care_facilities", put_one(store, {"name": "甲"}))
    assert found["geometry"] is None
    assert found["beds"] is None


def test_an_empty_geometry_is_none(store):
    made = put_one(store, {"name": "甲", "geometry": shapely.Point()})
    assert store.get("care_facilities", made)["geometry"] is None


def test_system_values_are_written_by_the_store_alone(store):
    made = put_one(store, {"name": "甲", "version": 99, "updated_at": "x", "updated_by": "别人"})
    found = store.get("care_facilities", made)
    assert (found["version"], found["updated_by"]) == (1, "经办甲")
    assert found["updated_at"].tzinfo is UTC


def test_numpy_and_pandas_values_are_taken(store):
    made = put_one(store, {"name": "甲", "beds": np.int64(3), "floor_area_m2": np.float64(2.5),
                           "care_beds": pd.NA, "opened": pd.NaT, "day_places": 4.0})  # fmt: skip
    found = store.get("care_facilities", made)
    assert (found["beds"], found["floor_area_m2"], found["day_places"]) == (3, 2.5, 4)
    assert found["care_beds"] is None
    assert found["opened"] is None


def test_made_ids_are_ulids_in_order_of_making(store):
    ids = [put_one(store, {"name": str(i)}) for i in range(3)]
    assert sorted(ids) == ids
    assert {len(i) for i in ids} == {26}


def test_declared_keys_make_the_id(store):
    made = put_one(store, {"village_code": "140423100007", "year": 2020}, layer="elders")
    assert made == "140423100007-2020"


def test_an_id_that_contradicts_the_key_is_refused(store):
    with pytest.raises(InvalidRecord, match="140423101222") as caught:
        put_one(store, UNIT | {"id": "140423101223"}, layer="divisions")
    assert caught.value.where == "id"


# Refusals name row and field, and nothing is half-written


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("beds", "25"),
        ("beds", 2.5),
        ("beds", True),
        ("beds", -1),
        ("beds", 2**63),
        ("floor_area_m2", float("inf")),
        ("floor_area_m2", "1e3"),
        ("name", 5),
        ("name", ""),
        ("name", "a\x00b"),
        ("name", "a\u202eb"),
        ("name", "\ud800"),
        ("name", "甲\n乙"),
        ("name", "长" * 201),
        ("kind", "hotel"),
        ("township_code", "1404231"),
        ("services", "助餐"),
        ("services", ["理发"]),
        ("opened", "2023-02-30"),
        ("opened", datetime(2023, 1, 1, 9, tzinfo=UTC)),
        ("quality", "best"),
        ("colour", "red"),
        ("geometry", "POINT (113 36)"),
        ("geometry", shapely.LineString([(113, 36), (113, 37)])),
        ("geometry", shapely.Point(113, float("nan"))),
        ("geometry", shapely.Point(113, 36, 900)),
        ("geometry", shapely.Point(4_500_000, 4_000_000)),
    ],
)
def test_a_wrong_value_is_refused_with_its_field(store, field, value):
    rows = [STATION, STATION | {"name": "乙"} | {field: value}]
    with pytest.raises(InvalidRecord, match="第 2 行") as caught:
        store.put("care_facilities", rows, actor=CLERK)
    assert caught.value.where == field
    assert [f.row for f in caught.value.findings] == [2]
    assert store.count("care_facilities") == 0
    assert store.head().seq == 0


def test_a_required_field_left_out_is_refused(store):
    with pytest.raises(InvalidRecord, match="名称"):
        put_one(store, {"beds": 3})


def test_a_broken_rule_is_refused(store):
    with pytest.raises(InvalidRecord, match="护理床位（5）应不大于床位（3）"):
        put_one(store, {"name": "甲", "beds": 3, "care_beds": 5})


def test_a_period_that_ends_before_it_begins_is_refused(store):
    with pytest.raises(InvalidRecord, match="生效日期"):
        put_one(store, {"name": "甲", "valid_from": "2020-01-01", "valid_to": "2020-01-01"})


def test_one_id_twice_in_a_put_is_refused(store):
    with pytest.raises(InvalidRecord, match="重复") as caught:
        store.put("care_facilities", [STATION | {"id": "a"}] * 2, actor=CLERK)
    assert caught.value.code == "duplicate_id"


def test_a_generator_that_fails_leaves_nothing(store):
    def rows():
        yield from ({"name": str(i)} for i in range(3000))
        raise OSError("the file broke off")

    with pytest.raises(OSError, match="broke"):
        store.put("care_facilities", rows(), actor=CLERK)
    assert store.count("care_facilities") == 0


def test_an_unknown_layer_is_named(store):
    with pytest.raises(NotFound) as caught:
        store.find("villages")
    assert caught.value.code == "unknown_layer"


# Versions, history, events


def test_a_changed_row_is_a_new_version(store):
    made = put_one(store, STATION)
    result = store.put("care_facilities", [STATION | {"id": made, "beds": 30}], actor=CLERK)
    assert (result.new, result.changed, result.unchanged, result.stored) == (0, 1, 0, 1)
    assert store.get("care_facilities", made)["version"] == 2


def test_an_unchanged_row_makes_no_event(store):
    made = put_one(store, STATION)
    head = store.head()
    again = store.get("care_facilities", made)
    result = store.put("care_facilities", [again], actor=REVIEWER)
    assert (result.new, result.changed, result.unchanged) == (0, 0, 1)
    assert store.head() == head


def test_history_keeps_every_version_whole(store):
    made = put_one(store, STATION, reason="首次登记")
    store.put("care_facilities", [STATION | {"id": made, "beds": 30}], actor=REVIEWER)
    store.delete("care_facilities", [made], actor=CLERK, reason="撤销")
    first, second, third = store.history("care_facilities", made)
    assert (first.row["beds"], second.row["beds"], third.row) == (25, 30, None)
    assert first.row["geometry"].equals(STATION["geometry"])
    assert [v.action for v in (first, second, third)] == ["create", "update", "delete"]
    assert [v.actor for v in (first, second, third)] == ["经办甲", "审核乙", "经办甲"]
    assert (first.reason, third.reason) == ("首次登记", "撤销")


def test_a_deleted_feature_is_gone_and_may_return_with_the_next_version(store):
    made = put_one(store, STATION)
    assert store.delete("care_facilities", [made], actor=CLERK) == 1
    with pytest.raises(NotFound):
        store.get("care_facilities", made)
    put_one(store, STATION | {"id": made})
    assert store.get("care_facilities", made)["version"] == 3


def test_deleting_is_all_or_nothing(store):
    made = put_one(store, STATION)
    with pytest.raises(NotFound, match="nobody"):
        store.delete("care_facilities", [made, "nobody"], actor=CLERK)
    assert store.count("care_facilities") == 1


def test_history_of_what_never_was_is_not_found(store):
    with pytest.raises(NotFound):
        store.history("care_facilities", "nobody")


def test_one_event_a_changed_row_and_one_txn_a_put(store):
    points(store, 2)
    points(store, 1)
    events = list(store.changes())
    assert [(e.seq, e.txn, e.version) for e in events] == [(1, 1, 1), (2, 1, 1), (3, 3, 1)]
    assert (events[0].actor, events[0].role, events[0].verified) == ("经办甲", "clerk", False)
    assert [e.prev for e in events] == [GENESIS, events[0].hash, events[1].hash]


def test_changes_start_after_a_number_and_stop_at_a_limit(store):
    points(store, 5)
    put_one(store, UNIT, layer="divisions")
    assert [e.seq for e in store.changes(after=3)] == [4, 5, 6]
    assert [e.seq for e in store.changes(after=1, limit=2)] == [2, 3]
    assert [e.id for e in store.changes(layer="divisions")] == ["140423101222"]


def test_head_is_the_last_event_of_the_store_or_of_a_layer(store):
    assert store.head() == (0, GENESIS, None)
    points(store, 1)
    put_one(store, UNIT, layer="divisions")
    assert store.head("care_facilities").seq == 1
    assert store.head().seq == 2
    assert store.head().at == next(store.changes(after=1)).at


def test_a_clock_set_back_makes_no_older_event(store, clock):
    points(store, 1)
    clock.now = clock.now.replace(year=2000)
    points(store, 1)
    first, second = store.changes()
    assert second.at == first.at


# Conflicts


def test_a_stale_version_is_refused_before_anything_is_written(store):
    made = put_one(store, STATION)
    rows = [{"name": "新"}, STATION | {"id": made, "beds": 9}]
    with pytest.raises(StaleVersion, match="第 1 版") as caught:
        store.put("care_facilities", rows, actor=CLERK, expect={made: 2})
    assert caught.value.where == made
    assert store.count("care_facilities") == 1


def test_the_expected_version_is_let_through(store):
    made = put_one(store, STATION)
    put_one(store, STATION | {"id": made, "beds": 9}, expect={made: 1})
    with pytest.raises(StaleVersion):
        store.delete("care_facilities", [made], actor=CLERK, expect={made: 1})
    assert store.delete("care_facilities", [made], actor=CLERK, expect={made: 2}) == 1


def test_expecting_version_0_means_there_must_be_none(store):
    put_one(store, STATION | {"id": "a"}, expect={"a": 0})
    with pytest.raises(StaleVersion):
        put_one(store, STATION | {"id": "a"}, expect={"a": 0})


def test_of_many_writers_with_one_version_one_wins(store):
    made = put_one(store, STATION)
    won = []

    def write(beds: int) -> None:
        try:
            put_one(store, STATION | {"id": made, "beds": beds}, expect={made: 1})
            won.append(beds)
        except StaleVersion:
            pass

    threads = [threading.Thread(target=write, args=[30 + i]) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert store.get("care_facilities", made)["beds"] == won[0]
    assert len(store.history("care_facilities", made)) == 2


# Truth of quality and source


def test_a_new_row_is_approximate_and_from_its_writer(store):
    found = store.get("care_facilities", put_one(store, {"name": "甲"}))
    assert (found["quality"], found["source"]) == ("approximate", "经办甲")


def test_an_update_without_quality_and_source_keeps_them(store):
    made = put_one(store, {"name": "甲", "quality": "synthetic", "source": "示意"})
    put_one(store, {"id": made, "name": "乙"})
    found = store.get("care_facilities", made)
    assert (found["quality"], found["source"]) == ("synthetic", "示意")


@pytest.mark.parametrize(
    ("actor", "reason"), [(CLERK, "实测"), (REVIEWER, ""), (Actor("规划", role="planner"), "实测")]
)
def test_raising_quality_needs_a_reviewer_and_a_reason(store, actor, reason):
    made = put_one(store, {"name": "甲"})
    with pytest.raises(NotAllowed) as caught:
        put_one(store, {"id": made, "name": "甲", "quality": "surveyed"}, actor=actor,
                reason=reason)  # fmt: skip
    assert (caught.value.code, caught.value.where) == ("quality_raise", made)


def test_a_new_row_above_approximate_counts_as_raising(store):
    with pytest.raises(NotAllowed):
        put_one(store, {"name": "甲", "quality": "surveyed"})
    put_one(store, {"name": "甲", "quality": "surveyed"}, actor=REVIEWER, reason="验收")


def test_a_reviewer_with_a_reason_raises_quality_and_anybody_lowers_it(store):
    made = put_one(store, {"name": "甲", "quality": "synthetic"})
    put_one(store, {"id": made, "name": "甲", "quality": "surveyed"}, actor=REVIEWER, reason="实测")
    put_one(store, {"id": made, "name": "甲", "quality": "synthetic"})
    qualities = [(v.row["quality"], v.actor) for v in store.history("care_facilities", made)]
    assert qualities == [("synthetic", "经办甲"), ("surveyed", "审核乙"), ("synthetic", "经办甲")]


# Replacing and merging


def test_a_put_replaces_and_a_merge_keeps_what_is_left_out(store):
    made = put_one(store, STATION)
    put_one(store, {"id": made, "name": "甲", "beds": 1}, merge=True)
    merged = store.get("care_facilities", made)
    assert (merged["beds"], merged["services"]) == (1, ["助餐", "助洁"])
    assert merged["geometry"].equals(STATION["geometry"])
    put_one(store, {"id": made, "name": "甲"})
    replaced = store.get("care_facilities", made)
    assert (replaced["beds"], replaced["services"], replaced["geometry"]) == (None, None, None)


def test_a_merge_can_empty_a_field(store):
    made = put_one(store, STATION)
    put_one(store, {"id": made, "beds": None, "geometry": None}, merge=True)
    found = store.get("care_facilities", made)
    assert (found["beds"], found["geometry"], found["name"]) == (None, None, STATION["name"])


# Batches


def test_a_batch_is_one_transaction(store):
    with store.batch(CLERK, "改名"):
        put_one(store, UNIT | {"valid_to": "2020-01-01"}, layer="divisions")
        put_one(store, UNIT | {"name": "王家沟村", "valid_from": "2020-01-01"}, layer="divisions")
        assert store.count("divisions") == 2
    assert {(e.txn, e.reason) for e in store.changes()} == {(1, "改名")}


def test_a_batch_that_fails_leaves_nothing(store):
    def fill():
        with store.batch(CLERK):
            points(store, 3)
            put_one(store, {"beds": 1})

    with pytest.raises(InvalidRecord):
        fill()
    assert store.count("care_facilities") == 0
    assert store.head().seq == 0


def test_a_put_refused_inside_a_batch_is_undone_alone(store):
    with store.batch(CLERK):
        points(store, 1)
        with pytest.raises(InvalidRecord):
            store.put("care_facilities", [{"name": "甲"}, {"beds": 1}], actor=CLERK)
        points(store, 1)
    assert [(e.seq, e.txn) for e in store.changes()] == [(1, 1), (2, 1)]


def test_other_threads_do_not_see_an_open_batch(store):
    seen = []
    with store.batch(CLERK):
        points(store, 2)
        thread = threading.Thread(target=lambda: seen.append(store.count("care_facilities")))
        thread.start()
        thread.join()
    assert seen == [0]
    assert store.count("care_facilities") == 2


def test_a_batch_has_one_actor(store):
    with pytest.raises(InputError, match="审核乙"), store.batch(CLERK):
        put_one(store, STATION, actor=REVIEWER)


# Questions


def test_a_bbox_gives_what_touches_it_edges_included(store):
    ids = points(store, 5)
    found = store.find("care_facilities", Query(bbox=(113.01, 36.5, 113.03, 37)))
    assert [r["id"] for r in found] == ids[1:4]
    assert store.count("care_facilities", Query(bbox=(113.01, 36.5, 113.03, 37))) == 3


def test_a_bbox_is_exact_where_the_index_is_not(store):
    put_one(store, {"name": "甲", "geometry": shapely.Point(113.0000001, 36.5)})
    assert not store.find("care_facilities", Query(bbox=(112, 36, 113, 37)))


def test_a_line_whose_envelope_alone_meets_the_bbox_is_left_out(store):
    slanted = shapely.LineString([(113, 36), (114, 37)])
    put_one(store, {"way_id": 1, "piece": 0, "highway": "path", "geometry": slanted},
            layer="roads")  # fmt: skip
    assert not store.find("roads", Query(bbox=(113.6, 36.0, 114, 36.4)))
    assert len(store.find("roads", Query(bbox=(113.4, 36.4, 113.6, 36.6)))) == 1


def test_features_without_geometry_match_no_bbox(store):
    put_one(store, {"name": "甲"})
    world = Query(bbox=(-180, -90, 180, 90))
    assert not store.find("care_facilities", world)
    ids = points(store, 3)
    assert [r["id"] for r in store.find("care_facilities", world)] == ids
    assert store.count("care_facilities", Query(bbox=(113.0, 36.5, 113.02, 36.5))) == 3


def test_pages_join_without_gap_or_repeat_under_writes(store):
    ids = points(store, 5)
    first = store.find("care_facilities", Query(limit=2))
    store.delete("care_facilities", [ids[1], ids[2]], actor=CLERK)
    new = points(store, 1)
    second = store.find("care_facilities", Query(limit=2, after=first.after))
    third = store.find("care_facilities", Query(limit=2, after=second.after))
    assert [r["id"] for r in [*first, *second, *third]] == [ids[0], ids[1], ids[3], ids[4], *new]
    assert third.after is None


def test_a_table_has_the_cursor_behind_each_row(store):
    ids = points(store, 4)
    table = store.table("care_facilities", Query(limit=3))
    rest = store.table("care_facilities", Query(after=table.cursors[1]))
    assert rest.columns["id"] == ids[2:]
    assert len(store.table("care_facilities", Query(limit=0)).cursors) == 0


def test_keys_are_cursor_and_version_and_choose_rows(store):
    ids = points(store, 4)
    store.put("care_facilities", [{"id": ids[1], "name": "改名"}], actor=CLERK)
    keys = store.keys("care_facilities", Query(limit=3))
    assert [version for _, version in keys] == [1, 2, 1]
    chosen = store.table("care_facilities", Query(cursors=[keys[2][0], keys[1][0]]))
    assert chosen.columns["id"] == [ids[1], ids[2]]
    after = store.keys("care_facilities", Query(after=keys[2][0]))
    assert len(after) == 1
    assert store.keys("care_facilities", Query(cursors=[])) == []


def test_each_walks_all_pages_and_keeps_the_question(store):
    ids = points(store, 7)
    query = Query(bbox=(113.01, 36, 114, 37), at=date(2024, 1, 1), limit=5)
    assert [r["id"] for r in each(store, "care_facilities", query, size=2)] == ids[1:6]


@pytest.mark.parametrize("bbox", [(114, 36, 113, 37), (113, 37, 114, 36), (float("nan"), 1, 2, 3)])
def test_a_bbox_the_wrong_way_round_is_refused(bbox):
    with pytest.raises(InputError, match="西"):
        Query(bbox=bbox)


def test_a_negative_limit_is_refused_and_none_of_nothing_is_nothing(store):
    points(store, 2)
    assert store.find("care_facilities", Query(limit=0)) == []
    with pytest.raises(InputError):
        Query(limit=-1)


def test_ids_choose_features(store):
    ids = points(store, 3)
    assert [r["id"] for r in store.find("care_facilities", Query(ids=[ids[2], "x"]))] == [ids[2]]


# Valid time


@pytest.fixture
def renamed(store):
    """A unit renamed on 1 January 2020: two periods of one code."""
    old = UNIT | {"valid_to": "2020-01-01"}
    new = UNIT | {"name": "王家沟村", "valid_from": date(2020, 1, 1)}
    store.put("divisions", [old, new], actor=CLERK)
    return store


def test_the_present_period_has_the_code_as_id_and_a_past_one_its_end(renamed):
    names = {r["id"]: r["name"] for r in renamed.find("divisions")}
    assert names == {"140423101222": "王家沟村", "140423101222@2020-01-01": "前王沟村"}


@pytest.mark.parametrize(
    ("day", "name"),
    [("2019-12-31", "前王沟村"), ("2020-01-01", "王家沟村"), ("2024-06-30", "王家沟村")],
)
def test_a_day_chooses_the_period_from_inclusive_to_exclusive(renamed, day, name):
    at = date.fromisoformat(day)
    assert [r["name"] for r in renamed.find("divisions", Query(at=at))] == [name]
    assert renamed.get("divisions", "140423101222", at=at)["name"] == name


@pytest.mark.parametrize(
    ("first", "last", "names"),
    [
        ("2019-12-31", "2019-12-31", ["前王沟村"]),
        ("2019-12-31", "2020-01-01", ["前王沟村", "王家沟村"]),
        ("2020-01-01", None, ["王家沟村"]),
        (None, "2019-12-31", ["前王沟村"]),
        (None, None, ["前王沟村", "王家沟村"]),
    ],
)
def test_a_time_chooses_what_was_valid_on_some_day_of_it(renamed, first, last, names):
    during = tuple(None if day is None else date.fromisoformat(day) for day in (first, last))
    query = Query(during=during)
    assert [r["name"] for r in renamed.find("divisions", query)] == names
    assert renamed.count("divisions", query) == len(names)


def test_what_was_not_valid_that_day_is_not_found(store):
    put_one(store, UNIT | {"valid_from": "2021-01-01"}, layer="divisions")
    with pytest.raises(NotFound, match="2020-06-30"):
        store.get("divisions", "140423101222", at=date(2020, 6, 30))


def test_a_closed_unit_may_keep_its_plain_code(store):
    put_one(store, UNIT, layer="divisions")
    put_one(store, UNIT | {"id": "140423101222", "valid_to": "2021-01-01"}, layer="divisions")
    assert len(store.history("divisions", "140423101222")) == 2


# Frames


def test_a_frame_has_typed_columns_and_the_right_crs(store):
    put_one(store, STATION)
    put_one(store, {"name": "甲"})
    frame = read_frame(store, "care_facilities")
    assert frame.crs.to_epsg() == 4490
    assert frame.index.name == "id"
    assert frame.index.is_unique
    types = frame.dtypes.astype(str).to_dict()
    assert (types["name"], types["beds"], types["floor_area_m2"]) == ("str", "Int64", "float64")
    assert (types["opened"], types["updated_at"]) == ("datetime64[s]", "datetime64[ms, UTC]")
    assert frame["services"].tolist() == [["助餐", "助洁"], None]
    assert frame["beds"].isna().tolist() == [False, True]
    assert frame.geometry.iloc[0].equals(STATION["geometry"])
    assert frame.geometry.iloc[1] is None


def test_a_frame_of_nothing_has_all_columns_and_types(store):
    put_one(store, UNIT, layer="divisions")
    full, empty = read_frame(store, "divisions"), read_frame(store, "divisions", Query(ids=[]))
    assert len(empty) == 0
    assert empty.dtypes.astype(str).to_dict() == full.dtypes.astype(str).to_dict()
    assert empty["legal"].dtype == "boolean"


def test_a_frame_keeps_numbers_beyond_double_precision(store):
    number = 2**53 + 1
    put_one(store, {"way_id": number, "piece": 0, "highway": "path"}, layer="roads")
    put_one(store, {"way_id": 2, "piece": 0, "u": 1, "highway": "path"}, layer="roads")
    assert read_frame(store, "roads")["way_id"].tolist() == [number, 2]


# Layers


def test_a_store_has_all_layers_that_have_a_schema_file(store):
    assert {"care_facilities", "divisions", "elders", "roads"} <= set(store.layers())


def test_a_layer_of_the_stores_own_needs_no_python(store, store_url):
    fields = {"name": {"title": "名称", "type": "text"}, "height": {"title": "高", "type": "real"}}
    wells = {"name": "wells", "title": "水井", "geometry": ["Point"], "fields": fields}
    store.add_layer(parse_schema(wells))
    made = put_one(store, {"name": "老井", "height": 2}, layer="wells")
    assert "wells" in store.layers()
    with open_store(store_url, min_free_mb=0) as again:
        assert again.get("wells", made)["height"] == 2.0
        assert again.schema("wells").title == "水井"


def test_an_unlisted_layer_keeps_rows_and_history_but_is_no_collection(store):
    fields = {"state": {"title": "步骤", "type": "text"}}
    drafts = {"name": "drafts", "title": "草稿", "listed": False, "fields": fields}
    store.add_layer(parse_schema(drafts | {"geometry": ["Point"]}))
    made = put_one(store, {"state": "开", "geometry": shapely.Point(113, 36)}, layer="drafts")
    put_one(store, {"id": made, "state": "结"}, layer="drafts")
    assert "drafts" not in store.layers()
    assert [v.row["state"] for v in store.history("drafts", made)] == ["开", "结"]
    assert store.find("drafts", Query(bbox=(112, 35, 114, 37))) == []


def test_a_schema_that_grows_needs_no_migration(store):
    fields = {"name": {"title": "名称", "type": "text"}}
    wells = {"name": "wells", "title": "水井", "fields": fields}
    store.add_layer(parse_schema(wells))
    made = put_one(store, {"name": "老井"}, layer="wells")
    fields["depth_m"] = {"title": "深", "type": "real"}
    store.add_layer(parse_schema(wells))
    assert store.get("wells", made)["depth_m"] is None
    assert put_one(store, {"id": made, "name": "老井", "depth_m": 9.5}, layer="wells") == made
    assert store.get("wells", made)["version"] == 2


def test_a_summary_counts_qualities_sources_and_bounds(store):
    ids = points(store, 3)
    put_one(store, {"name": "甲", "quality": "synthetic", "source": "示意"})
    summary = store.summary("care_facilities")
    assert summary.count == 4
    assert summary.qualities == {"approximate": 3, "synthetic": 1}
    assert summary.sources == ("经办甲", "示意")
    assert summary.bounds == (113.0, 36.5, 113.02, 36.5)
    store.delete("care_facilities", ids, actor=CLERK)
    assert store.summary("care_facilities").bounds is None


def test_bounds_shrink_when_the_outermost_feature_moves_or_goes(store):
    ids = points(store, 4)
    put_one(store, {"id": ids[3], "name": "移", "geometry": shapely.Point(113.005, 36.6)})
    assert store.summary("care_facilities").bounds == (113.0, 36.5, 113.02, 36.6)
    store.delete("care_facilities", [ids[0]], actor=CLERK)
    assert store.summary("care_facilities").bounds == (113.005, 36.5, 113.02, 36.6)


coordinate = st.floats(-80, 80, allow_nan=False)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 4), coordinate, coordinate), min_size=1, max_size=12))
def test_bounds_are_always_those_of_the_features(store, moves):
    for name, x, y in moves:
        shape = shapely.Point(x, y) if name else None
        put_one(store, {"id": f"f{name}", "name": "点", "geometry": shape})
        frame = read_frame(store, "care_facilities")
        there = frame.geometry[frame.geometry.notna()]
        expected = tuple(there.total_bounds) if len(there) else None
        assert store.summary("care_facilities").bounds == expected


# Records of sheets


def test_sheet_records_are_kept_by_kind_and_make_no_event(store):
    store.put_sheet_record("binding", "晋S(2024)001号", {"data_hash": "ab"}, actor=CLERK)
    store.put_sheet_record("binding", "晋S(2024)001号", {"data_hash": "cd"}, actor=CLERK)
    store.put_sheet_record("pins", "circles", {"x": 1.5}, actor=CLERK)
    assert store.sheet_records("binding") == {"晋S(2024)001号": {"data_hash": "cd"}}
    assert store.head().seq == 0


# Opening and closing


def test_a_missing_store_says_how_to_make_one(tmp_path):
    with pytest.raises(StoreError, match="xygeo init") as caught:
        open_store(f"gpkg:{tmp_path / 'none.gpkg'}")
    assert caught.value.code == "store_missing"


@pytest.mark.parametrize("url", ["", "gpkg:", "county.gpkg", "mysql://host/db"])
def test_an_address_of_no_store_is_refused(url):
    with pytest.raises(InputError, match="地址"):
        open_store(url)


def test_what_was_stored_is_there_after_reopening(store, store_url):
    made = put_one(store, STATION)
    store.close()
    with open_store(store_url, min_free_mb=0) as again:
        assert again.get("care_facilities", made)["name"] == STATION["name"]


def test_closing_twice_is_harmless_and_a_closed_store_says_so(store):
    store.close()
    store.close()
    with pytest.raises(StoreError) as caught:
        store.count("divisions")
    assert caught.value.code == "store_closed"


def test_same_clock_same_rows_same_chain(tmp_path, clock):
    heads = []
    for name in ("a", "b"):
        with open_store(f"gpkg:{tmp_path / name / 'c.gpkg'}", create=True,
                        clock=lambda: clock.now, min_free_mb=0) as opened:  # fmt: skip
            put_one(opened, STATION | {"id": "a"})
            heads.append(opened.head())
    assert heads[0] == heads[1]


def test_actors_need_a_printable_name():
    for name in ("", "  ", "a\nb"):
        with pytest.raises(InputError, match="操作人"):
            replace(CLERK, name=name)
