"""`xygeo case documents` and `xygeo case nameplates` as a clerk types them."""

from __future__ import annotations

import pytest
from docx import Document
from openpyxl import load_workbook

from layers.cases import open_case
from layers.store import open_store
from tests.calling import xygeo
from tests.case_walks import fill_county, walked_inspection
from tests.layers.cases.conftest import CLERK, DAY, NAME, walk

CONSULT = (
    "--set",
    "consult_from=2024-03-01",
    "--set",
    "consult_to=2024-03-08",
    "--set",
    "summary=无",
)


@pytest.fixture
def data(tmp_path):
    """A store on paper with an inspection that was signed and a name that was checked."""
    with open_store(f"gpkg:{tmp_path / 'county.gpkg'}", create=True, min_free_mb=0) as store:
        fill_county(store)
        walked_inspection(store)
        name = open_case(store, "place_name", CLERK, NAME, on=DAY, case_id="地名-1/甲")
        walk(store, name, [("check", CLERK, {})])
    return tmp_path


def test_step_says_that_it_made_a_document_and_keeps_it(data):
    answer = xygeo("case", "act", "地名-1/甲", "consult", *CONSULT, "--on", "2024-03-08", data=data)
    assert answer.code == 0, answer.err
    assert "已形成 征求意见报告" in answer.out
    assert len(list((data / "files").rglob("*.docx"))) == 1


def test_documents_are_listed_with_those_still_to_come(data):
    answer = xygeo("case", "documents", "地名-1/甲", data=data)
    assert answer.code == 0
    assert answer.out.count("尚未形成") == 4


def test_documents_are_written_into_a_folder(data, tmp_path):
    xygeo("case", "act", "地名-1/甲", "consult", *CONSULT, "--on", "2024-03-08", data=data)
    answer = xygeo(
        "case", "documents", "地名-1/甲", "--name", "consultation", "--out", tmp_path / "文书",
        "--json", data=data,
    )  # fmt: skip
    (body,) = answer.json["documents"]
    assert body["written"] == {"docx": str(tmp_path / "文书" / "地名-1_甲-consultation.docx")}
    titles = [one.text for one in Document(body["written"]["docx"]).paragraphs]
    assert "关于“建设路”命名征求意见的报告" in titles


def test_every_format_of_every_document_is_written(data, tmp_path):
    (case,) = xygeo("case", "list", "--type", "inspection", "--json", data=data).json["cases"]
    answer = xygeo("case", "documents", case["id"], "--out", tmp_path / "o", data=data)
    assert answer.code == 0, answer.err
    assert sorted(path.suffix for path in (tmp_path / "o").iterdir()) == [
        ".docx", ".docx", ".docx", ".xlsx",
    ]  # fmt: skip


def test_document_not_made_yet_is_refused_by_its_code(data):
    answer = xygeo("case", "documents", "地名-1/甲", "--name", "filing", "--json", data=data)
    assert (answer.code, answer.json["error"]["code"]) == (1, "document_not_made")


def test_unknown_document_is_refused(data):
    answer = xygeo("case", "documents", "地名-1/甲", "--name", "strange", data=data)
    assert (answer.code, "没有文书“strange”" in answer.err) == (1, True)


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    assert xygeo("init", "--sample", data=folder).code == 0
    return folder


@pytest.mark.slow
def test_plates_of_the_pilot_villages(sample, tmp_path):
    answer = xygeo(
        "case", "nameplates", "--on", "2024-03-01", "--out", tmp_path / "牌.xlsx", "--json",
        data=sample,
    )  # fmt: skip
    names = [plate["name"] for plate in answer.json["plates"]]
    assert names == ["善福村", "贾垴村", "东山底村", "西山底村", "洛江沟村"]
    sheet = load_workbook(tmp_path / "牌.xlsx").worksheets[0]
    assert [sheet.cell(row, 2).value for row in range(5, 10)] == names
    assert sheet.oddHeader.right.text == "示意数据 非法定"


def test_plates_need_a_known_village(data):
    answer = xygeo("case", "nameplates", "--village", "140423999999", data=data)
    assert (answer.code, "140423999999" in answer.err) == (1, True)


def test_plates_in_another_format_are_wrong_use(data, tmp_path):
    assert xygeo("case", "nameplates", "--out", tmp_path / "a.pdf", data=data).code == 2
