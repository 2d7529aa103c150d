"""Documents kept as made: written by the step that makes them, the same ever after."""

from __future__ import annotations

from datetime import date

import pytest

from api.case_documents import document_list, keep_made, kept_document
from layers.cases import act, open_case
from layers.errors import NotFound
from layers.files import Files
from layers.store import open_store
from layers.verify import verify
from tests.case_walks import fill_county, walked_inspection, walked_nomination
from tests.layers.cases.conftest import CLERK, DAY, NAME, REVIEWER, SECOND, walk


@pytest.fixture
def store(tmp_path):
    with open_store(f"gpkg:{tmp_path / 'county.gpkg'}", create=True, min_free_mb=0) as opened:
        fill_county(opened)
        yield opened


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path)


def test_step_that_makes_a_document_keeps_it(store, files):
    case = walked_inspection(store)
    assert keep_made(store, files, case, REVIEWER) == []
    record = store.sheet_records("documents")[f"{case.id}/report"]
    assert (record["version"], list(record["files"])) == (case.version, ["docx"])
    assert files.path(record["files"]["docx"]).read_bytes()[:2] == b"PK"
    assert list(store.sheet_records("documents")) == [f"{case.id}/report"]


def test_kept_file_is_that_of_the_step_whatever_comes_after(store, files):
    case = walked_inspection(store)
    keep_made(store, files, case, REVIEWER)
    first = kept_document(store, files, case.id, "report", "docx", CLERK).read_bytes()
    day = date(2024, 4, 3)
    sent = {"sent_to": "长治市民政局", "sent_on": day, "document_no": "示9号"}
    act(store, case.id, "submit_report", CLERK, sent, on=day)
    after = kept_document(store, files, case.id, "report", "docx", CLERK, publisher="别的单位")
    assert after.read_bytes() == first


def test_document_made_before_files_were_kept_is_what_it_would_have_been(store, files):
    case = walked_inspection(store)
    day = date(2024, 4, 3)
    sent = {"sent_to": "长治市民政局", "sent_on": day, "document_no": "示9号"}
    moved = act(store, case.id, "submit_report", CLERK, sent, on=day)
    late = kept_document(store, files, case.id, "records", "xlsx", CLERK)
    store.put_sheet_record(
        "documents", f"{case.id}/records", {"version": 0, "files": {}}, actor=CLERK
    )
    assert kept_document(store, files, moved.id, "records", "xlsx", CLERK) == late


def test_document_made_again_keeps_the_one_before(store, files):
    case = walked_nomination(store)
    keep_made(store, files, case, CLERK)
    first = store.sheet_records("documents")[f"{case.id}/nomination"]
    points = {"age": 30, "continuity": 25, "content": 20, "fabric": 15, "renown": 10}
    again = walk(
        store,
        case,
        [("return", SECOND, {"reason": "补"}), ("score", REVIEWER, {"points": points})],
    )
    assert kept_document(store, files, case.id, "nomination", "docx", CLERK) == files.path(
        first["files"]["docx"]
    )
    again = walk(store, case, [("submit", CLERK, {"authority": "山西省民政厅"})])
    keep_made(store, files, again, CLERK)
    second = store.sheet_records("documents")[f"{case.id}/nomination"]
    assert second["files"] != first["files"]
    assert [one["files"] for one in second["earlier"]] == [first["files"]]


def test_document_not_made_yet_is_not_found(store, files):
    case = open_case(store, "place_name", CLERK, NAME, on=DAY)
    with pytest.raises(NotFound) as caught:
        kept_document(store, files, case.id, "filing", "docx", CLERK)
    assert caught.value.code == "document_not_made"


def test_format_that_it_does_not_have_is_not_found(store, files):
    case = walked_inspection(store)
    with pytest.raises(NotFound) as caught:
        kept_document(store, files, case.id, "report", "xlsx", CLERK)
    assert caught.value.code == "document_format"


def test_file_that_is_gone_is_said_to_be(store, files):
    case = walked_inspection(store)
    keep_made(store, files, case, CLERK)
    kept_document(store, files, case.id, "report", "docx", CLERK).unlink()
    with pytest.raises(NotFound) as caught:
        kept_document(store, files, case.id, "report", "docx", CLERK)
    assert caught.value.code == "unknown_file"


def test_document_that_cannot_be_written_does_not_undo_the_step(store, files, monkeypatch):
    case = walked_inspection(store)
    monkeypatch.setattr("webmap.documents.filled.load_template", _broken)
    (said,) = keep_made(store, files, case, CLERK)
    assert said.startswith("联检报告未能写出")
    monkeypatch.undo()
    assert kept_document(store, files, case.id, "report", "docx", CLERK).exists()


def _broken(name):
    raise NotFound("模板坏了。", where=name)


def test_list_tells_what_is_made_and_what_is_not(store, files):
    case = open_case(store, "place_name", CLERK, NAME, on=DAY)
    assert [body["made"] for body in document_list(store, case)] == [False] * 4
    done = walked_inspection(store)
    keep_made(store, files, done, CLERK)
    bodies = document_list(store, done)
    assert [body["name"] for body in bodies] == ["plan", "records", "report"]
    assert [bool(body["files"]) for body in bodies] == [False, False, True]


def test_keeping_documents_leaves_the_chain_whole(store, files, tmp_path):
    keep_made(store, files, walked_inspection(store), CLERK)
    assert verify(f"gpkg:{tmp_path / 'county.gpkg'}").ok
    assert list(files.altered()) == []
