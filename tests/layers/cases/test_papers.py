"""What the documents of cases say: as it was when they were made, from history alone."""

from __future__ import annotations

import json
from datetime import date

import pytest

from layers.cases import act, document_rows, open_case, plate_rows
from layers.errors import NotFound
from tests.case_walks import (
    fill_county,
    fill_street,
    walked_inspection,
    walked_name,
    walked_nomination,
    walked_siting,
)
from tests.layers.cases.conftest import CLERK, DAY, LINE, NAME, REVIEWER, walk


@pytest.fixture
def placed(store):
    fill_county(store, placed=True)
    return store


@pytest.fixture
def bare(store):
    fill_county(store)
    return store


def test_document_is_not_there_until_it_is_made(bare):
    case = open_case(
        bare, "inspection", CLERK, {"line_id": LINE, "year": 2024, "lead_code": "140423"}, on=DAY
    )
    with pytest.raises(NotFound, match="与邻县商定方案") as caught:
        document_rows(bare, case.id, "plan")
    assert caught.value.code == "document_not_made"


def test_unknown_document_names_those_there_are(bare):
    case = open_case(bare, "place_name", CLERK, NAME, on=DAY)
    with pytest.raises(NotFound, match="announcement（标准地名公告）") as caught:
        document_rows(bare, case.id, "report")
    assert caught.value.code == "unknown_document"


def test_rows_are_plain_json(placed):
    for case in (walked_inspection(placed), walked_name(placed), walked_nomination(placed)):
        for name in case.documents:
            rows = document_rows(placed, case.id, name)
            assert json.loads(json.dumps(rows)) == rows


def test_record_has_what_was_seen_and_else_what_is_registered(placed):
    case = walked_inspection(placed)
    first, second = document_rows(placed, case.id, "records")["tables"]["markers"]
    assert (first["number"], first["state"], first["kind"]) == ("示-001", "损坏", "单立")
    assert (first["lon"], first["lat"]) == (112.92, 36.71)
    assert (first["ref1_distance_m"], first["ref1_azimuth_deg"]) == (99.5, 40.5)
    assert first["ref2_distance_m"] == 12.0
    assert (first["party_a"], first["party_b"]) == ("在场", "在场")
    assert (first["seen_on"], second["seen_on"]) == ("2024-03-02", "2024-03-03")


def test_findings_are_numbered_and_stand_at_their_marker(placed):
    case = walked_inspection(placed)
    rows = document_rows(placed, case.id, "report")
    (finding,) = rows["tables"]["findings"]
    assert (finding["number"], finding["kind"]) == ("2024-01", "F01 界桩损坏")
    assert (finding["marker"], finding["state"]) == ("示-001", "已核验")
    assert [row["findings"] for row in rows["tables"]["markers"]] == [["2024-01"], []]


def test_record_shows_the_finding_as_it_stood_when_it_was_signed(placed):
    case = walked_inspection(placed)
    (finding,) = document_rows(placed, case.id, "records")["tables"]["findings"]
    assert (finding["state"], finding["result"]) == ("已发现", None)


def test_each_document_has_the_signatures_of_its_own_step(placed):
    case = walked_inspection(placed)
    assert document_rows(placed, case.id, "records")["fields"]["signed_a_on"] == "2024-03-20"
    assert document_rows(placed, case.id, "report")["fields"]["signed_a_on"] == "2024-04-01"


def test_later_steps_and_later_edits_change_nothing(placed):
    case = walked_inspection(placed)
    before = {name: document_rows(placed, case.id, name) for name in case.documents}
    day = date(2024, 4, 3)
    sent = {"sent_to": "长治市民政局", "sent_on": day, "document_no": "示9号"}
    act(placed, case.id, "submit_report", CLERK, sent, on=day)
    act(placed, case.id, "archive", REVIEWER, {"archive_no": "示-1"}, on=day)
    marker = placed.get("boundary_markers", "m1")
    placed.put("boundary_markers", [{**marker, "number": "改-001"}], actor=CLERK)
    placed.delete("boundary_markers", ["m2"], actor=CLERK)
    placed.put(
        "boundary_markers",
        [{"id": "m3", "number": "示-003", "line_ids": [LINE], "kind": "single"}],
        actor=CLERK,
    )
    line = placed.get("boundary_lines", LINE)
    placed.put("boundary_lines", [{**line, "name": "改名"}], actor=CLERK)
    assert {name: document_rows(placed, case.id, name) for name in case.documents} == before


def test_deadline_is_that_of_the_line_then_with_its_basis(placed):
    case = walked_inspection(placed)
    fields = document_rows(placed, case.id, "report")["fields"]
    assert (fields["due_on"], fields["next_due_on"]) == ("2023-12-31", "2029-12-31")
    assert "条号未核" in fields["basis"]


def test_paper_only_inspection_has_no_map_and_no_places(bare):
    case = walked_inspection(bare)
    rows = document_rows(bare, case.id, "report")
    assert rows["map"] is None
    assert {(row["lon"], row["lat"]) for row in rows["tables"]["markers"]} == {(None, None)}


def test_map_has_the_line_its_markers_and_both_counties(placed):
    case = walked_inspection(placed)
    shown = document_rows(placed, case.id, "report")["map"]
    assert [one["name"] for one in shown["points"]] == ["示-001", "示-002"]
    assert [one["state"] for one in shown["points"]] == ["damaged", "intact"]
    assert {one["name"] for one in shown["areas"]} == {"襄垣县", "沁县"}
    assert len(shown["lines"]) == 1


def test_made_up_marker_puts_the_notice_on_the_document(placed):
    marker = placed.get("boundary_markers", "m2")
    placed.put("boundary_markers", [{**marker, "quality": "synthetic"}], actor=CLERK)
    case = walked_inspection(placed)
    assert document_rows(placed, case.id, "records")["notice"] == "示意数据 非法定"


def test_real_rows_have_no_notice(placed):
    assert document_rows(placed, walked_inspection(placed).id, "records")["notice"] == ""


def test_made_up_case_says_so(bare):
    case = open_case(bare, "place_name", CLERK, NAME, on=DAY, quality="synthetic")
    data = {"consult_from": DAY, "consult_to": DAY, "summary": "无"}
    walk(bare, case, [("check", CLERK, {}), ("consult", CLERK, data)])
    assert document_rows(bare, case.id, "consultation")["notice"] == "示意数据 非法定"


def test_name_has_its_division_in_words_and_its_deadlines(bare):
    case = walked_name(bare)
    fields = document_rows(bare, case.id, "announcement")["fields"]
    assert (fields["division"], fields["action"]) == ("襄垣县虒亭镇", "命名")
    assert (fields["filing_due"], fields["announce_due"]) == ("2024-03-16", "2024-03-16")
    assert document_rows(bare, case.id, "application")["fields"]["approved_on"] is None


def test_renaming_says_the_old_name(bare):
    bare.put(
        "place_names",
        [{"id": "old", "name": "旧路", "kind": "street"}],
        actor=CLERK,
    )
    case = walked_name(bare, old_name_id="old")
    fields = document_rows(bare, case.id, "announcement")["fields"]
    assert (fields["action"], fields["old_name"]) == ("更名", "旧路")


def test_name_that_is_given_up_is_announced_as_such(bare):
    row = {"id": "old", "name": NAME["name"], "kind": "street", "status": "standard"}
    row |= {"pinyin_tone": NAME["pinyin_tone"], "division_code": NAME["division_code"]}
    bare.put("place_names", [row], actor=REVIEWER, reason="接收旧册")
    case = walked_name(bare, old_name_id="old", purpose="retirement")
    fields = document_rows(bare, case.id, "announcement")["fields"]
    assert (fields["action"], fields["announcement"]) == ("销名", "地名销名公告")
    assert (fields["given"], fields["given_up"], fields["replaced"]) == (None, "建设路", None)


def test_nomination_counts_evidence_and_points(bare):
    rows = document_rows(bare, walked_nomination(bare).id, "nomination")
    assert {row["complete"] for row in rows["tables"]["criteria"]} == {"齐"}
    assert (rows["fields"]["score"], rows["fields"]["score_limit"]) == (80.5, 100)
    assert rows["fields"]["named_years"] == 1524


def test_comparison_has_the_site_and_what_it_changes(store):
    fill_street(store)
    rows = document_rows(store, walked_siting(store).id, "comparison")
    fields = rows["fields"]
    assert (fields["model"], fields["mode"], fields["age"]) == ("最大覆盖", "步行", "60岁及以上")
    assert (fields["direction"], fields["minutes"], fields["gained"]) == ("前往设施", 15, 90)
    assert [row["covered"] for row in rows["tables"]["change"]] == [70, 160]
    assert [one["name"] for one in rows["map"]["points"]] == fields["chosen"]


def test_plates_of_villages_have_a_spelling_to_confirm_and_their_names(bare):
    village = {
        "code": "140423104201", "name": "虒亭村", "level": "village", "kind": "village",
        "parent_code": "140423104000", "legal": True,
    }  # fmt: skip
    bare.put("divisions", [village], actor=CLERK)
    rows = plate_rows(bare, on=DAY, villages=["140423104201"])
    (plate,) = rows["tables"]["plates"]
    assert (plate["pinyin"], plate["spelling"]) == ("Sītíngcūn", "拟，待核")
    assert plate["division"] == "虒亭镇"


def test_plates_of_an_unknown_village_are_refused(bare):
    with pytest.raises(NotFound) as caught:
        plate_rows(bare, on=DAY)
    assert caught.value.code == "unknown_village"
