"""One day of the clerk on the command line: four cases from the sample to their end, and the proof.

Everything goes through `xygeo`; what may not be done is tried too, and changes nothing.
"""

from __future__ import annotations

import json
import zipfile

import pytest
from PIL import ExifTags, Image

from tests.calling import xygeo

pytestmark = pytest.mark.slow

DAY = "2024-03-01"
CLERK, REVIEWER, SECOND = ("甲岗", "clerk"), ("乙岗", "reviewer"), ("丙岗", "reviewer")
PLANNER = ("丁岗", "planner")
REFS = json.dumps([{"name": f"示意方位物{n}", "distance_m": 10 * n} for n in (1, 2, 3)])
INSPECTION, NAME = "示意-联检-01", "示意-地名-01"
NOMINATION, SITING = "示意-遗产-01", "示意-选址-01"


class Office:
    """A data folder and those who work on it."""

    def __init__(self, folder):
        self.folder = folder

    def ask(self, *words):
        answer = xygeo(*words, "--json", data=self.folder)
        assert answer.code == 0, answer.out + answer.err
        return answer.json

    def step(self, case_id, action, who, *settings, on=DAY):
        return self.ask(*self._words(case_id, action, who, settings, on))

    def refused(self, case_id, action, who, *settings, on=DAY):
        answer = xygeo(*self._words(case_id, action, who, settings, on), "--json", data=self.folder)
        assert answer.code == 1, answer.out
        return answer.json["error"]["code"]

    def show(self, case_id, who=CLERK):
        return self.ask("case", "show", case_id, "--on", DAY, "--actor", who[0], "--role", who[1])

    def walked(self, case_id):
        """Actions of a case's history, repeats told once."""
        actions = [event["action"] for event in self.show(case_id)["events"]]
        return [a for a, before in zip(actions, ["", *actions], strict=False) if a != before]

    @staticmethod
    def _words(case_id, action, who, settings, on):
        given = [part for one in settings for part in ("--set", one)]
        return (
            "case",
            "act",
            case_id,
            action,
            *given,
            "--actor",
            who[0],
            "--role",
            who[1],
            "--on",
            on,
        )


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    folder = tmp_path_factory.mktemp("county")
    assert xygeo("init", "--sample", data=folder).code == 0
    return Office(folder)


@pytest.fixture(autouse=True)
def _proved(office):
    """Each case ends with a store that verifies."""
    yield
    assert office.ask("verify")["findings"] == []


def photo_of(place, file):
    """A photo that says where it was taken."""
    tags = Image.Exif()
    tags[ExifTags.IFD.GPSInfo] = {
        ExifTags.GPS.GPSLatitudeRef: "N",
        ExifTags.GPS.GPSLatitude: (place[1], 0.0, 0.0),
        ExifTags.GPS.GPSLongitudeRef: "E",
        ExifTags.GPS.GPSLongitude: (place[0], 0.0, 0.0),
    }
    Image.new("RGB", (40, 30), "green").save(file, exif=tags)
    return file


def markers_of(office, line_id):
    out = office.folder / "markers.geojson"
    office.ask("export", "boundary_markers", out)
    features = json.loads(out.read_text(encoding="utf-8"))["features"]
    return [f for f in features if line_id in f["properties"]["line_ids"]]


def test_inspection_goes_from_the_plan_to_the_archive(office, tmp_path):
    step = office.step
    plan = (
        "plan_from=2024-04-01",
        "plan_to=2024-05-31",
        "members_a=甲县民政局",
        "members_b=乙区民政局",
    )
    assert office.refused(INSPECTION, "archive", CLERK) == "role"
    assert office.refused(INSPECTION, "archive", REVIEWER) == "state"
    assert office.refused(INSPECTION, "draft_plan", CLERK) == "case_data"
    step(INSPECTION, "draft_plan", CLERK, *plan)
    agreed = step(
        INSPECTION, "agree_plan", REVIEWER,
        "neighbour_agreed_on=2024-02-20", "neighbour_document_no=示〔2024〕1号",
    )  # fmt: skip
    assert [made["name"] for made in agreed["documents"]] == ["plan"]
    step(INSPECTION, "file_plan", CLERK, "filed_with=市民政局", f"filed_on={DAY}")
    step(INSPECTION, "start_office", CLERK)
    step(INSPECTION, "start_field", CLERK, "documents_checked=协议书、附图、界桩登记表")

    markers = markers_of(office, "140403-140423")
    assert markers
    for marker in markers:
        record = (
            f"marker_id={marker['id']}",
            "state=intact",
            f"refs_checked={REFS}",
            "present_a=是",
        )
        assert office.refused(INSPECTION, "record_marker", CLERK, *record, "present_b=否") == (
            "both_present"
        )
        step(INSPECTION, "record_marker", CLERK, *record, "present_b=是")
    (first, *_) = markers
    picture = photo_of(first["geometry"]["coordinates"], tmp_path / "界桩.jpg")
    words = ("--marker", first["id"], "--on", DAY, "--actor", CLERK[0])
    photo = office.ask("case", "photo", INSPECTION, picture, *words)
    assert (photo["position"], photo["warning"]) == ("near", None)
    kept = office.folder / "files" / photo["id"][:2] / photo["id"]
    with Image.open(kept) as picture:
        assert not picture.getexif()

    signed = ("signed_a_on=2024-03-01", "signed_b_on=2024-03-01")
    step(INSPECTION, "sign_records", REVIEWER, *signed)
    finding = office.ask(
        "case", "open", "finding", "--set", f"parent_id={INSPECTION}", "--set", "kind=F01",
        "--set", "description=示意破损", "--set", f"marker_id={first['id']}",
        "--on", DAY, "--actor", CLERK[0],
    )["id"]  # fmt: skip
    assert office.refused(INSPECTION, "draft_report", CLERK) == "no_open_finding"
    step(INSPECTION, "rectify", CLERK)
    step(finding, "agree", REVIEWER, "both_sides=双方现场确认")
    assert office.refused(finding, "start_work", CLERK, "neighbour_present=否") == (
        "neighbour_present_for_markers"
    )
    step(finding, "start_work", CLERK, "neighbour_present=是")
    step(finding, "finish", CLERK, "result=已修复")
    step(finding, "verify", REVIEWER)

    step(INSPECTION, "draft_report", CLERK)
    step(INSPECTION, "sign_report", REVIEWER, *signed)
    step(
        INSPECTION,
        "submit_report",
        CLERK,
        "sent_to=市民政局",
        f"sent_on={DAY}",
        "document_no=示2号",
    )
    done = step(INSPECTION, "archive", REVIEWER, "archive_no=示-2024-01")
    assert (done["state_title"], done["closed"]) == ("已归档", True)
    assert [due["on"] for due in done["due"]][-1] == "2029-12-31"

    lines = {line["line_id"]: line for line in office.ask("case", "calendar", "--on", DAY)["lines"]}
    turn = lines["140403-140423"]
    assert (turn["due"], turn["lead_code"], turn["case_id"]) == ("2029-12-31", "140403", None)
    assert office.walked(INSPECTION) == [
        "open", "draft_plan", "agree_plan", "file_plan", "start_office", "start_field",
        "record_marker", "add_photo", "sign_records", "rectify", "draft_report", "sign_report",
        "submit_report", "archive",
    ]  # fmt: skip
    written = office.ask("case", "documents", INSPECTION, "--out", tmp_path / "out")["documents"]
    assert {one["name"] for one in written if one["made"]} == {"plan", "records", "report"}
    assert all(zipfile.is_zipfile(file) for one in written for file in one["written"].values())


def test_place_name_goes_from_the_proposal_into_force_and_out_of_it(office):
    step = office.step
    step(NAME, "check", CLERK)
    step(
        NAME, "consult", CLERK, "consult_from=2024-02-01", "consult_to=2024-02-20", "summary=无异议"
    )
    step(NAME, "review", REVIEWER, "opinion=同意")
    assert office.refused(NAME, "return", REVIEWER, "reason=x") == "four_eyes"
    step(NAME, "return", SECOND, "reason=补位置描述")
    step(NAME, "revise", CLERK)
    _to_force(office, NAME, "2024-03-01")
    hit = office.ask("search", "示意路")["hits"][0]
    assert (hit["layer"], hit["status"], hit["match"]) == ("place_names", "current", "exact")
    name_id = hit["id"]

    settings = {
        "name": "示意路", "kind": "street", "pinyin_tone": "Shìyì Lù", "meaning": "示意",
        "division_code": "140423100000", "origin": "示意", "reason": "道路已不存在",
        "purpose": "retirement", "old_name_id": name_id,
    }  # fmt: skip
    words = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
    opened = office.ask(
        "case", "open", "place_name", *words, "--on", "2024-06-01", "--actor", CLERK[0]
    )
    step(opened["id"], "check", CLERK, on="2024-06-01")
    step(
        opened["id"], "consult", CLERK, "consult_from=2024-06-01", "consult_to=2024-06-01",
        "summary=无异议", on="2024-06-01",
    )  # fmt: skip
    step(opened["id"], "review", REVIEWER, "opinion=同意", on="2024-06-01")
    _to_force(office, opened["id"], "2024-06-01", reviewed=True)
    assert office.ask("search", "示意路")["hits"][0]["status"] == "former"
    assert office.ask("search", "示意路", "--as-of", "2024-04-01")["hits"][0]["status"] == "current"
    versions = office.ask("history", "place_names", name_id)["versions"]
    assert [one["properties"]["status"] for one in versions] == ["standard", "former"]


def _to_force(office, case_id, on, *, reviewed=False):
    step, day = office.step, {"on": on}
    if not reviewed:
        step(case_id, "check", CLERK, **day)
        consulted = (f"consult_from={on}", f"consult_to={on}", "summary=无异议")
        step(case_id, "consult", CLERK, *consulted, **day)
        step(case_id, "review", REVIEWER, "opinion=同意", **day)
    step(case_id, "submit", CLERK, "authority=县人民政府", **day)
    approved = step(
        case_id, "approve", SECOND, "authority=县人民政府", "document_no=示3号",
        f"approved_on={on}", **day,
    )  # fmt: skip
    assert [(due["what"], due["done"]) for due in approved["due"]] == [("报送备案", False)]
    step(case_id, "file", CLERK, f"filed_on={on}", **day)
    step(case_id, "announce", CLERK, f"announced_on={on}", "channels=县政府网站", **day)
    done = step(case_id, "publish", REVIEWER, **day)
    assert {made["name"] for made in done["documents"]} == {
        "consultation", "application", "filing", "announcement"
    }  # fmt: skip


def test_nomination_goes_from_the_evidence_to_the_list(office, tmp_path):
    step = office.step
    criteria = office.show(NOMINATION)["data"]["criteria"]
    points = json.dumps({"age": 30, "continuity": 20, "content": 15, "fabric": 10, "renown": 5})
    evidence = ("evidence_kind=gazetteer", "citation=示意县志")
    for criterion in criteria[1:]:
        step(NOMINATION, "add_evidence", CLERK, f"criterion={criterion}", *evidence)
    (score,) = [
        one for one in office.show(NOMINATION, REVIEWER)["actions"] if one["action"] == "score"
    ]
    assert score["warnings"] == ["还缺佐证材料：建置历史。"]
    assert office.refused(NOMINATION, "score", REVIEWER, f"points={points}") == (
        "every_hard_criterion_has_evidence"
    )
    step(NOMINATION, "add_evidence", CLERK, f"criterion={criteria[0]}", *evidence)
    step(NOMINATION, "score", REVIEWER, f"points={points}")
    step(NOMINATION, "submit", CLERK, "authority=省民政厅")
    step(NOMINATION, "list", REVIEWER, "authority=省民政厅", "document_no=示5号")
    out = tmp_path / "heritage.jsonld"
    office.ask("export", "heritage_names", out)
    assert "虒亭镇" in out.read_text(encoding="utf-8")
    assert office.walked(NOMINATION) == ["open", "add_evidence", "score", "submit", "list"]


def test_siting_goes_from_the_question_to_the_decision(office):
    step = office.step
    assert office.refused(SITING, "compute", CLERK) == "role"
    computed = step(SITING, "compute", PLANNER)
    assert computed["data"]["result"]["quality"] == "synthetic"
    step(SITING, "review", REVIEWER, "opinion=同意")
    assert office.refused(SITING, "adopt", REVIEWER) == "four_eyes"
    assert office.refused(SITING, "adopt", SECOND) == "synthetic_acknowledged"
    done = step(SITING, "adopt", SECOND, "acknowledge_synthetic=是")
    assert [made["name"] for made in done["documents"]] == ["comparison"]
    assert office.walked(SITING) == ["open", "compute", "review", "adopt"]
    assert office.ask("case", "list", "--state", "adopted")["count"] == 1
