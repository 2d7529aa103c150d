"""`xygeo history` and `xygeo verify`, called as a user does."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime

import pytest
import shapely

from layers.store import Actor, open_store
from layers.stores.gpkg_geometry import register_functions
from layers.verify import verify
from tests.calling import xygeo, xygeo_process

CLERK = Actor("王经办")
REVIEWER = Actor("审核员", "reviewer", verified=True)
SITE = {
    "id": "府前",
    "name": "府前养老服务驿站",
    "kind": "station",
    "beds": 30,
    "source": "台账",
    "geometry": shapely.Point(113.02528123456789, 36.5),
}


@pytest.fixture
def data(tmp_path):
    """A store with a facility in three versions and one village's elders."""
    moment = datetime(2024, 6, 30, 20, 0, tzinfo=UTC)  # already July in the county
    with open_store(
        f"gpkg:{tmp_path / 'county.gpkg'}", create=True, clock=lambda: moment, min_free_mb=0
    ) as store:
        store.put("care_facilities", [SITE], actor=CLERK)
        moved = SITE | {"kind": "canteen", "opened": date(2024, 1, 2), "beds": None}
        store.put(
            "care_facilities",
            [moved | {"geometry": shapely.Point(113.1, 36.6)}],
            actor=REVIEWER,
            reason="现场核对",
        )
        store.delete("care_facilities", ["府前"], actor=CLERK, reason="重复")
        counts = {"village_code": "140423100001", "year": 2020, "population": 900, "age60": 200}
        store.put("elders", [counts | {"age80": 9}], actor=CLERK)
        store.put("elders", [counts | {"age80": 7}], actor=CLERK)
    return tmp_path


def test_history_gives_every_version_oldest_first(data):
    first, second, third = xygeo("history", "care_facilities", "府前", "--json", data=data).json[
        "versions"
    ]
    assert [v["version"] for v in (first, second, third)] == [1, 2, 3]
    assert [v["action"] for v in (first, second, third)] == ["create", "update", "delete"]
    assert (first["actor"], first["verified"]) == ("王经办", False)
    assert (second["actor"], second["verified"]) == ("审核员", True)
    assert second["at"] == "2024-06-30T20:00:00.000Z"
    assert second["reason"] == "现场核对"
    assert first["geometry"] == {"type": "Point", "coordinates": [113.02528123456789, 36.5]}
    assert (first["properties"]["beds"], second["properties"]["opened"]) == (30, "2024-01-02")
    assert (third["properties"], third["geometry"]) == (None, None)


def test_history_for_people_says_who_when_and_what_changed(data):
    text = xygeo("history", "care_facilities", "府前", data=data).out
    assert "版本 1  2024-07-01 04:00:00  王经办（未验证）  新建" in text
    assert "版本 2  2024-07-01 04:00:00  审核员  更改  理由：现场核对" in text
    assert "  类型：养老服务驿站 → 老年食堂" in text
    assert "  床位：30 张 → （空）" in text
    assert "  位置：113.025281, 36.500000 → 113.100000, 36.600000" in text
    assert text.count("名称：") == 1
    assert "版本 3  2024-07-01 04:00:00  王经办（未验证）  删除  理由：重复" in text


def test_the_code_of_a_former_unit_tells_its_whole_id(data):
    unit = {"code": "140423200200", "name": "善福村", "level": "village", "kind": "village"}
    ended = unit | {"parent_code": "140423200000", "legal": True, "valid_to": date(2021, 1, 1)}
    with open_store(f"gpkg:{data / 'county.gpkg'}", min_free_mb=0) as store:
        store.put("divisions", [ended], actor=REVIEWER)
    answer = xygeo("history", "divisions", "140423200200", data=data)
    assert (answer.code, "但有 140423200200@2021-01-01，请用完整标识再查" in answer.err) == (
        1,
        True,
    )
    assert xygeo("history", "divisions", "140423200200@2021-01-01", data=data).code == 0


def test_a_whole_number_of_yuan_has_no_decimals(data):
    with open_store(f"gpkg:{data / 'county.gpkg'}", min_free_mb=0) as store:
        site = {"id": "侯堡", "name": "示意", "investment_yuan": 4e6, "floor_area_m2": 10.5}
        store.put("care_facilities", [site], actor=CLERK)
    text = xygeo("history", "care_facilities", "侯堡", data=data).out
    assert "  投资：4000000 元\n" in text
    assert "  建筑面积：10.5 m²\n" in text


def test_nested_values_and_lists_are_told_in_words(data):
    tree = {"name": "独立树", "grid_azimuth_deg": 33.5, "distance_m": 12}
    marker = {"id": "M1", "number": "1", "kind": "single", "line_ids": ["140423-140430"]}
    question = {"model": "mclp", "minutes": 15}
    with open_store(f"gpkg:{data / 'county.gpkg'}", min_free_mb=0) as store:
        store.put("boundary_markers", [marker | {"refs": [tree, {"name": "桥头"}]}], actor=REVIEWER)
        store.put("siting_scenarios", [{"id": "S1", "question": question}], actor=CLERK)
    text = xygeo("history", "boundary_markers", "M1", data=data).out
    assert "  所在界线：140423-140430\n" in text
    assert "  方位物：名称 独立树，坐标方位角 33.5 °，距离 12 m；名称 桥头\n" in text
    text = xygeo("history", "siting_scenarios", "S1", data=data).out
    assert "  问题：模型 最大覆盖，时限 15 分钟\n" in text


def test_an_unknown_feature_or_layer_is_refused(data):
    answer = xygeo("history", "care_facilities", "没有", "--json", data=data)
    assert (answer.code, answer.json["error"]["where"]) == (1, "没有")
    assert xygeo("history", "nothing", "x", data=data).code != 0


def test_counts_of_people_have_no_public_past(data):
    answer = xygeo("history", "elders", "140423100001-2020", "--json", data=data).json
    for version in answer["versions"]:
        assert version["properties"]["suppressed"] == ["age60", "age80"]
        assert version["properties"]["age80"] is None
        assert version["properties"]["population"] == 900
    text = xygeo("history", "elders", "140423100001-2020", data=data).out
    assert "80岁及以上：有改动，已隐去" in text
    assert "9 人" not in text


def test_counts_in_full_go_into_the_access_log(data):
    answer = xygeo("history", "elders", "140423100001-2020", "--full", "--json", data=data).json
    assert [v["properties"]["age80"] for v in answer["versions"]] == [9, 7]
    assert "suppressed" not in answer["versions"][0]["properties"]
    with closing(sqlite3.connect(data / "accounts.sqlite")) as connection:
        actions = [row[0] for row in connection.execute("SELECT action FROM access_log")]
    assert actions == ["history_full"]


def test_a_store_as_written_passes(data):
    answer = xygeo("verify", "--json", data=data)
    assert answer.code == 0
    body = answer.json
    assert (body["ok"], body["events"], body["findings"]) == (True, 5, [])
    assert body["head"]["seq"] == 5
    assert body["head"]["at"] == "2024-06-30T20:00:00.000Z"
    assert body["head"]["hash"] in xygeo("verify", data=data).out


def test_a_change_behind_its_back_is_named(data):
    with closing(sqlite3.connect(data / "county.gpkg")) as connection, connection:
        register_functions(connection)
        connection.execute("UPDATE elders SET age60 = 201")
    answer = xygeo("verify", "--json", data=data)
    assert answer.code == 1
    assert not answer.json["ok"]
    (finding,) = answer.json["findings"]
    assert finding.keys() == {"kind", "layer", "id", "seq", "message"}
    assert (finding["kind"], finding["layer"]) == ("row", "elders")
    assert finding["id"] == "140423100001-2020"
    text = xygeo("verify", data=data)
    assert (text.code, "核验未通过，1 处" in text.out) == (1, True)


def test_a_head_kept_elsewhere_proves_that_the_end_was_not_cut(data, tmp_path):
    head = xygeo("verify", "--json", data=data).json["head"]
    kept = tmp_path / "kept.json"
    kept.write_text(json.dumps(head), encoding="utf-8")
    assert xygeo("verify", "--anchor", kept, data=data).code == 0
    kept.write_text(json.dumps(head | {"seq": 6}), encoding="utf-8")
    answer = xygeo("verify", "--anchor", kept, "--json", data=data)
    assert (answer.code, answer.json["findings"][0]["kind"]) == (1, "anchor")


def test_an_unusable_anchor_and_a_missing_store_are_refused(data, tmp_path):
    answer = xygeo("verify", "--anchor", tmp_path / "none.json", "--json", data=data)
    assert (answer.code, answer.json["error"]["code"]) == (1, "anchor_unreadable")
    answer = xygeo("verify", "--json", data=tmp_path / "elsewhere")
    assert (answer.code, answer.json["error"]["code"]) == (1, "store_missing")
    assert not (tmp_path / "elsewhere").exists()


def test_verify_writes_nothing(data):
    before = {path.name: path.read_bytes() for path in data.iterdir()}
    assert xygeo("verify", data=data).code == 0
    assert {path.name: path.read_bytes() for path in data.iterdir()} == before


@pytest.mark.slow
def test_verify_passes_while_another_process_writes(data):
    with open_store(f"gpkg:{data / 'county.gpkg'}", min_free_mb=0) as store:
        with store.batch(CLERK):
            store.put("care_facilities", [{"name": "写到一半"}], actor=CLERK)
            answer = xygeo_process("verify", "--json", "--data", data)
            assert (answer.code, answer.json["events"]) == (0, 5)
        assert xygeo_process("verify", "--json", "--data", data).json["events"] == 6
    assert verify(data / "county.gpkg").ok
